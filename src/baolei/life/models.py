"""Organisation life 组织生活: a gathering, the forms it counts for, who was absent from it.

Who was there is nowhere written down: only absences are, each with a class of reasons. No photograph, no place, no time
of day.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from baolei.organisations.models import Member, Organisation
from baolei.people.models import Account
from baolei.programme.life import FORMS

LONGEST_MINUTES, LONGEST_LINE = 3000, 200
"""Characters: the minutes are one page."""


class Gathering(models.Model):
    """A gathering of a branch, its committee, one of its groups or hub households: held on a day, entered on a day.

    `key` is the name that the page gave the record before it was sent: sent twice it is kept once. `should_attend` are
    those who should, `absent` of them were not. `study` says that the agenda opened with study (第一议题). `agenda` are
    items {topic, words} in their order; `decisions` and `arising` (what is to be done) are lines.
    A record made in error is struck, with the reason in the ledger; it is never written over.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="gatherings")
    key = models.CharField(max_length=32, unique=True)
    on = models.DateField(_("held on"))
    entered = models.DateField(_("entered on"))
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("entered by"))
    should_attend = models.PositiveSmallIntegerField(_("should attend"))
    absent = models.PositiveSmallIntegerField(_("absent"), default=0)
    study = models.BooleanField(_("opened with study"), default=False)
    agenda = models.JSONField(_("agenda"), default=list)
    decisions = models.JSONField(_("decisions"), default=list)
    arising = models.JSONField(_("matters arising"), default=list)
    minutes = models.TextField(_("minutes"), max_length=LONGEST_MINUTES, blank=True)
    struck_on = models.DateField(_("struck on"), null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("gathering")
        verbose_name_plural = _("gatherings")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organisation", "on"], name="gathering_of_a_branch")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(entered__gte=F("on")), name="gathering_entered_after_it_was_held"),
            models.CheckConstraint(
                condition=Q(should_attend__gte=1, absent__lte=F("should_attend")), name="gathering_no_more_absent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.on}"

    @property
    def present(self) -> int:
        """How many came."""
        return int(self.should_attend - self.absent)


class Session(models.Model):
    """What a gathering counts for: one form of organisation life; `part` is the group or hub household that held it, 0
    for the branch. `quorate` says whether enough attended, by the rules of that day, for it to count.
    """

    gathering = models.ForeignKey(Gathering, models.CASCADE, related_name="sessions")
    form = models.CharField(_("form"), max_length=30)
    part = models.PositiveIntegerField(default=0)
    quorate = models.BooleanField(_("enough attended"), default=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["form", "gathering"], name="session_of_a_form")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["gathering", "form", "part"], name="session_once"),
            models.CheckConstraint(condition=Q(form__in=FORMS), name="session_form_known"),
        ]

    def __str__(self) -> str:
        return f"{self.gathering_id} {self.form}"


class Absence(models.Model):
    """That a member was not there, and of which class the reason was: a class, never a word about health or family."""

    gathering = models.ForeignKey(Gathering, models.CASCADE, related_name="absences")
    member = models.ForeignKey(Member, models.PROTECT, related_name="absences")
    reason = models.CharField(_("reason"), max_length=10)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["gathering", "member"], name="absent_once"),
        ]

    def __str__(self) -> str:
        return f"{self.gathering_id} {self.reason}"


# What decisions lead to stands in a file of its own; Django finds models through this one.
from baolei.life import affairs_models  # noqa: E402, F401
