"""Training 教育培训: classes that were held, who attended them, and rosters on their way in.

Hours are those of lessons that were held. Nothing is measured: no log-in, no screen, no minute of anybody's.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from baolei.organisations.models import Member, Organisation, Unit
from baolei.people.models import Account
from baolei.programme.training import BRANCH, MEMBER, ROLES

LONGEST_TITLE = 100
COUNTED = ("member", "officer", "secretary", "rotated", "new")
"""What is counted of people: the hours of each role, the rotation of secretaries, new secretaries."""


class TrainingClass(models.Model):
    """A class that a unit or a Party organisation held, from a day to a day; its hours count for the year of the last.

    `whole` is a branch's own study together: all its members were there but those noted as absent, and only these are
    kept. Of every other class whoever attended is kept. `key` is the name the page gave the record before it was sent:
    sent twice it is kept once. A record made in error is struck, with the reason in the ledger, never written over.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("held by"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="classes")
    key = models.CharField(max_length=32, unique=True)
    level = models.CharField(_("level"), max_length=10)
    title = models.CharField(_("title"), max_length=LONGEST_TITLE)
    first = models.DateField(_("first day"))
    last = models.DateField(pgettext_lazy("training", "last day"))
    hours = models.PositiveSmallIntegerField(_("class hours"))
    concentrated = models.BooleanField(_("concentrated training"), default=False)
    rotation = models.BooleanField(_("rotation of secretaries"), default=False)
    audience = models.CharField(_("held for"), max_length=20)
    whole = models.BooleanField(default=False)
    should_attend = models.PositiveIntegerField(_("should attend"), default=0)
    absent = models.PositiveIntegerField(_("absent"), default=0)
    entered = models.DateField(_("entered on"))
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("entered by"))
    struck_on = models.DateField(_("struck on"), null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("training class")
        verbose_name_plural = _("training classes")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organisation", "last"], name="class_of_an_organisation"),
            models.Index(fields=["unit", "last"], name="class_of_a_unit"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(unit=None, organisation__isnull=False) | Q(unit__isnull=False, organisation=None),
                name="class_has_one_host",
            ),
            models.CheckConstraint(
                condition=Q(last__gte=F("first"), entered__gte=F("last")), name="class_days_in_order"
            ),
            models.CheckConstraint(condition=Q(hours__gte=1), name="class_has_hours"),
            models.CheckConstraint(
                condition=Q(whole=False)
                | Q(level=BRANCH, organisation__isnull=False, concentrated=False, rotation=False, should_attend__gte=1),
                name="class_of_a_whole_branch",
            ),
            models.CheckConstraint(condition=Q(absent__lte=F("should_attend")), name="class_no_more_absent"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def present(self) -> int:
        """How many came to a branch's own study."""
        return int(self.should_attend - self.absent)


class Attendance(models.Model):
    """That somebody attended a class, and as what: role and branch are those of its last day, and stay so.

    One entered in error is struck; then the same person may be entered anew.
    """

    held = models.ForeignKey(TrainingClass, models.PROTECT, related_name="attendances")
    member = models.ForeignKey(Member, models.PROTECT, related_name="attendances")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    role = models.CharField(_("as"), max_length=9, default=MEMBER)
    struck_on = models.DateField(_("struck on"), null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("attendance of a class")
        verbose_name_plural = _("attendances of classes")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organisation", "held"], name="attendance_of_a_branch"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["held", "member"], condition=Q(struck_on=None), name="attended_once"),
            models.CheckConstraint(condition=Q(role__in=ROLES), name="attendance_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} at {self.held_id}"


class Missed(models.Model):
    """That a member was not at a branch's own study. No reason: it would be nobody's business."""

    held = models.ForeignKey(TrainingClass, models.PROTECT, related_name="missed")
    member = models.ForeignKey(Member, models.PROTECT, related_name="missed")

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("absence from a class")
        verbose_name_plural = _("absences from classes")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["held", "member"], name="missed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} not at {self.held_id}"


class Roster(models.Model):
    """A list of who attended, sent and not entered yet: it waits until each row is settled, then it is gone."""

    held = models.OneToOneField(TrainingClass, models.CASCADE, related_name="roster")
    name = models.CharField(_("file"), max_length=255)
    digest = models.CharField("SHA-256", max_length=64)
    sent = models.DateField(_("sent on"))
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("sent by"))

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("roster on its way in")
        verbose_name_plural = _("rosters on their way in")

    def __str__(self) -> str:
        return self.name


class RosterLine(models.Model):
    """A row of a roster: what it says, and whom it means; or why it is left out. Neither: somebody has to settle it."""

    roster = models.ForeignKey(Roster, models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField(_("row"))
    name = models.CharField(_("name"), max_length=200)
    branch = models.CharField(_("branch"), max_length=200)
    joined = models.DateField(_("joined the Party"), null=True)
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    left_out = models.CharField(_("left out"), max_length=20, blank=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("row of a roster")
        verbose_name_plural = _("rows of rosters")
        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["roster", "number"], name="roster_line_once"),
            models.UniqueConstraint(fields=["roster", "member"], name="roster_member_once"),
            models.CheckConstraint(condition=Q(left_out="") | Q(member=None), name="roster_line_entered_or_left_out"),
        ]

    def __str__(self) -> str:
        return f"{self.roster_id}:{self.number}"

    @property
    def settled(self) -> bool:
        """Whether it is known what becomes of it."""
        return self.member_id is not None or bool(self.left_out)


class Coverage(models.Model):
    """How many different people of an organisation reached something in a year, of how many, as counted on a day.

    Each person counts in one organisation, so that sums over a place are of people and not of seats. `open`: of whom
    nothing is on record; of new secretaries those whose time still runs.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    year = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=9)
    reached = models.PositiveIntegerField()
    people = models.PositiveIntegerField()
    open = models.PositiveIntegerField(default=0)
    counted = models.DateField()

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("coverage of training")
        verbose_name_plural = _("coverage of training")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["year", "organisation", "what"], name="coverage_once"),
            models.CheckConstraint(condition=Q(what__in=COUNTED), name="coverage_of_what"),
            models.CheckConstraint(condition=Q(people__gte=F("reached") + F("open")), name="coverage_of_people_there"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.year} {self.what}"
