"""The register of forms 表格登记: what each asks of branches, on what basis, until when; what was refused because it is
on record already; what branches say of a form.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from baolei.organisations.models import Organisation, Unit
from baolei.paths import PathField
from baolei.people.models import Account

LONGEST_WORDS, LONGEST_BOX = 500, 100
"""Characters of a reason, a complaint, an answer; and of what one box asks."""


class RegisteredForm(models.Model):
    """A form that a unit asks of the branches below it, of `fields` and `kinds` (none for all), `often` as the rules
    name it, in its days: never without an end.

    Proposed by one person, agreed to or refused by another with a reason. `branches` is how many it would ask on the
    day it was proposed, `insists` why boxes are asked that are on record. `used_for` is what was last done with it.
    """

    PROPOSED, AGREED, REFUSED, WITHDRAWN, EXPIRED = "proposed", "agreed", "refused", "withdrawn", "expired"
    STATES = (
        (PROPOSED, pgettext_lazy("form", "proposed")),
        (AGREED, _("in force")),
        (REFUSED, _("refused")),
        (WITHDRAWN, _("withdrawn")),
    )

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("owner"))
    path = PathField(_("place in the tree"), max_length=60, db_index=True)
    title = models.CharField(_("title of the form"), max_length=100)
    basis = models.CharField(_("legal basis"), max_length=200)
    fields = models.JSONField(_("fields asked"), default=list)
    kinds = models.JSONField(_("kinds of organisations asked"), default=list)
    often = models.CharField(_("how often"), max_length=10)
    minutes = models.PositiveSmallIntegerField(_("minutes of one filling in"))
    begins = models.DateField(_("from"))
    ends = models.DateField(_("expires"))
    branches = models.PositiveIntegerField(_("branches asked"))
    insists = models.CharField(_("why it asks what is on record"), max_length=LONGEST_WORDS, blank=True)
    state = models.CharField(_("standing"), max_length=9, choices=STATES, default=PROPOSED)
    proposed_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("proposed by"))
    proposed_on = models.DateField(_("proposed on"))
    decided_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by"))
    decided_on = models.DateField(_("decided on"), null=True)
    reason = models.CharField(_("reason"), max_length=LONGEST_WORDS, blank=True)
    ended_on = models.DateField(_("withdrawn on"), null=True)
    used_on = models.DateField(_("last used"), null=True)
    used_for = models.CharField(_("what it was used for"), max_length=LONGEST_WORDS, blank=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("registered form")
        verbose_name_plural = _("registered forms")
        ordering: ClassVar[list[str]] = ["path", "pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "ends"], name="form_in_force")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(ends__gte=F("begins")), name="form_expires"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(basis=""), name="form_stands_on_something"),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "agreed", "refused", "withdrawn"]), name="form_state_known"
            ),
            models.CheckConstraint(
                condition=(Q(state__in=["proposed", "withdrawn"], decided_by__isnull=True, decided_on__isnull=True)
                           | (Q(state__in=["agreed", "refused", "withdrawn"], decided_by__isnull=False,
                                decided_on__isnull=False) & ~Q(reason=""))),
                name="form_decided_by_somebody_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | Q(proposed_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="form_takes_two",
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn", ended_on__isnull=False) | (~Q(state="withdrawn")
                                                                          & Q(ended_on__isnull=True)),
                name="form_withdrawn_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(used_on__isnull=True, used_for="") | (Q(used_on__isnull=False) & ~Q(used_for="")),
                name="form_used_for_something",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    def standing(self, today: date) -> str:
        """Where it stands on a day: what was agreed to expires by itself."""
        return self.EXPIRED if self.state == self.AGREED and self.ends < today else str(self.state)


class Box(models.Model):
    """What a form asks in one box. `found` is what it was like when it was proposed ({name, percent, where, code});
    `duplicate` that it asks what is on record, so that a second person had to let it through with a reason.
    """

    form = models.ForeignKey(RegisteredForm, models.CASCADE, related_name="boxes")
    place = models.PositiveSmallIntegerField()
    asks = models.CharField(_("asks"), max_length=LONGEST_BOX)
    found = models.JSONField(default=list)
    duplicate = models.BooleanField(_("on record already"), default=False)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("box of a form")
        verbose_name_plural = _("boxes of forms")
        ordering: ClassVar[list[str]] = ["form", "place"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["form", "place"], name="box_in_its_place"),
            models.CheckConstraint(condition=~Q(asks=""), name="box_asks_something"),
        ]

    def __str__(self) -> str:
        return self.asks


class DuplicateRefused(models.Model):
    """A box that a unit wanted to ask and that was refused, since it is on record: once a day for the same words."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    path = PathField(_("place in the tree"), max_length=60, db_index=True)
    on = models.DateField(_("day"))
    title = models.CharField(_("title of the form"), max_length=100)
    asks = models.CharField(_("asks"), max_length=LONGEST_BOX)
    plain = models.CharField(max_length=LONGEST_BOX)
    found = models.CharField(_("on record as"), max_length=200)
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("duplicate refused")
        verbose_name_plural = _("duplicates refused")
        ordering: ClassVar[list[str]] = ["-on", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["unit", "on", "plain"], name="duplicate_refused_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.asks} {self.on}"


class Complaint(models.Model):
    """What a branch says of a form: of a registered one, or (`house`) of one of the house's own.

    `owner` is the place of the unit that asks: it answers, and every level above it sees. Nobody but the branch itself
    is shown which one it is.
    """

    TWICE, NEEDLESS = "twice", "needless"
    KINDS = ((TWICE, _("asked twice")), (NEEDLESS, _("not needed")))

    form = models.ForeignKey(RegisteredForm, models.PROTECT, null=True, related_name="complaints")
    house = models.CharField(_("form of the house"), max_length=30, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    owner = PathField(_("owner"), max_length=60, db_index=True)
    kind = models.CharField(_("what is wrong"), max_length=8, choices=KINDS)
    words = models.CharField(_("in words"), max_length=LONGEST_WORDS, blank=True)
    on = models.DateField(_("day"))
    due = models.DateField(_("to be answered by"))
    answer = models.CharField(_("answer"), max_length=LONGEST_WORDS, blank=True)
    answered_on = models.DateField(_("answered on"), null=True)
    answered_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("complaint about a form")
        verbose_name_plural = _("complaints about forms")
        ordering: ClassVar[list[str]] = ["-on", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(form__isnull=True) & ~Q(house="") | Q(form__isnull=False, house=""),
                name="complaint_about_one_form",
            ),
            models.CheckConstraint(condition=Q(kind__in=["twice", "needless"]), name="complaint_kind_known"),
            models.CheckConstraint(
                condition=Q(answer="", answered_on__isnull=True, answered_by__isnull=True)
                | (~Q(answer="") & Q(answered_on__isnull=False, answered_by__isnull=False)),
                name="complaint_answered_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["organisation", "form", "kind"], condition=Q(answered_on__isnull=True, form__isnull=False),
                name="complaint_open_once",
            ),
            models.UniqueConstraint(
                fields=["organisation", "house", "kind"], condition=Q(answered_on__isnull=True, form__isnull=True),
                name="complaint_about_the_house_open_once",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.on}"

    def late(self, today: date) -> bool:
        """Whether it was answered after its day, or is past it and waits."""
        return (self.answered_on or today) > self.due
