"""What a branch tells it has brought about, looked into from above it; and what its superiors gave it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from baolei.organisations.models import Organisation, Unit
from baolei.paths import PathField
from baolei.people.models import Account
from baolei.programme.effects import EffectKind, SupportKind
from baolei.warehouse.rulebook import effects


class Effect(models.Model):
    """An effect of a year as the branch tells it: `part`, for a share of `whole`; how it was looked into from above.

    `path`: where the branch was at home when it was told. What was not confirmed stays to be seen and counts nowhere.
    """

    TOLD, CONFIRMED, REFUSED, WITHDRAWN = "told", "confirmed", "refused", "withdrawn"
    STATES = (
        (TOLD, _("told, not looked into yet")), (CONFIRMED, _("looked into and confirmed")),
        (REFUSED, _("looked into, not confirmed")), (WITHDRAWN, _("taken back by the branch")),
    )  # fmt: skip

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="effects", verbose_name=_("branch"))
    path = PathField(_("path"), max_length=60, db_index=True)
    kind = models.CharField(_("kind"), max_length=20)
    year = models.PositiveSmallIntegerField(_("year"))
    part = models.BigIntegerField(_("number"))
    whole = models.BigIntegerField(_("of"), null=True)
    words = models.CharField(_("how it came about"), max_length=300)
    honour = models.ForeignKey(
        "naming.Demonstration", models.PROTECT, null=True, related_name="effects", verbose_name=_("honour")
    )
    told_on = models.DateField(_("told on"))
    told_by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("told by"))
    state = models.CharField(_("standing"), max_length=10, choices=STATES, default=TOLD)
    checked_on = models.DateField(_("looked into on"), null=True)
    checked_by = models.ForeignKey(
        Account, models.PROTECT, null=True, related_name="+", verbose_name=_("looked into by")
    )
    checked_how = models.CharField(_("how it was looked into"), max_length=300, blank=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("effect")
        verbose_name_plural = _("effects")
        ordering: ClassVar[list[str]] = ["-year", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "year"], condition=Q(state__in=["told", "confirmed"]),
                name="effect_once_a_year",
            ),
            models.CheckConstraint(condition=Q(part__gte=0), name="effect_not_below_nothing"),
            models.CheckConstraint(
                condition=Q(whole=None) | Q(whole__gt=0, part__lte=F("whole")), name="effect_part_of_its_whole"
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=["told", "withdrawn"], checked_on__isnull=True, checked_by__isnull=True)
                    | Q(state__in=["confirmed", "refused"], checked_on__isnull=False, checked_by__isnull=False)
                    & ~Q(checked_how="") & ~Q(checked_by=F("told_by"))
                ),
                name="effect_looked_into_by_another",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.kind} {self.year}"

    @property
    def rule(self) -> EffectKind:
        """What kind of effect it is."""
        return effects().effects[self.kind]

    @property
    def kind_name(self) -> str:
        """Its kind in the language of the page."""
        return self.rule.name.say(get_language() or "")

    @property
    def share(self) -> float | None:
        """The part of its whole, 0 to 1; None for what is no share."""
        return self.part / self.whole if self.whole else None


class Support(models.Model):
    """What a unit gave a Party organisation on a day: kind, for money the sum in yuan, under which document.

    What was entered in error is struck and stays to be seen.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("given by the unit"))
    level = models.CharField(_("given by the level"), max_length=10)
    path = PathField(_("path"), max_length=60, db_index=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="supports", verbose_name=_("given to"))
    kind = models.CharField(_("kind"), max_length=20)
    yuan = models.BigIntegerField(_("sum in yuan"), null=True)
    words = models.CharField(_("what was given"), max_length=200)
    document = models.CharField(_("document"), max_length=100, blank=True)
    on = models.DateField(_("given on"))
    entered = models.DateField(_("entered on"))
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("entered by"))
    struck_on = models.DateField(_("struck on"), null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("support")
        verbose_name_plural = _("support given")
        ordering: ClassVar[list[str]] = ["-on", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(yuan=None) | Q(yuan__gt=0), name="support_sum_above_nothing"),
            models.CheckConstraint(condition=Q(on__lte=F("entered")), name="support_given_before_it_is_entered"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.kind}"

    @property
    def rule(self) -> SupportKind:
        """What kind of support it is."""
        return effects().supports[self.kind]

    @property
    def kind_name(self) -> str:
        """Its kind in the language of the page."""
        return self.rule.name.say(get_language() or "")
