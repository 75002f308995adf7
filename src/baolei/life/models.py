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
            models.Index(fields=["organisation", "on"], name="gathering_of_a_branch"),
            # The facts of all branches are counted from these columns alone, without the minutes beside them.
            models.Index(fields=["id", "organisation", "on", "struck_on", "study"], name="gathering_for_facts"),
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


class Appraisal(models.Model):
    """The democratic appraisal of members 民主评议党员 of a year: what the committee decided after a gathering held it.

    `due` are the full members of that day, `probationary` took part and have no grade. `counts` are how many have each
    grade: they stay when somebody is erased. `beyond` says why more than is general are excellent. What was voted about
    members by name stays in the branch, on paper, and is nowhere here.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="appraisals")
    year = models.PositiveSmallIntegerField(_("year"))
    gathering = models.OneToOneField(Gathering, models.PROTECT, related_name="appraisal")
    decided = models.DateField(_("entered on"))
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("entered by"))
    due = models.PositiveSmallIntegerField(_("full members"))
    probationary = models.PositiveSmallIntegerField(_("on probation"), default=0)
    counts = models.JSONField(_("how many have each grade"), default=dict)
    beyond = models.CharField(_("why more are excellent than in general"), max_length=LONGEST_LINE, blank=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("appraisal of members")
        verbose_name_plural = _("appraisals of members")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "year"], name="appraisal_once_a_year"),
            models.CheckConstraint(condition=Q(due__gte=1), name="appraisal_of_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.year}"

    @property
    def graded(self) -> int:
        """How many have a grade."""
        return sum(int(number) for number in self.counts.values())


class Grade(models.Model):
    """A member's grade: the committee's opinion. `took_part` says that the gathering did not note the member absent;
    `told` is the day on which the member was told (反馈).

    Of somebody erased neither member nor grade is left, only that one took part and was told.
    """

    appraisal = models.ForeignKey(Appraisal, models.CASCADE, related_name="grades")
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="grades")
    grade = models.CharField(_("grade"), max_length=20, blank=True)
    took_part = models.BooleanField(_("took part"))
    told = models.DateField(_("told on"), null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("grade")
        verbose_name_plural = _("grades")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["appraisal", "member"], name="graded_once"),
            models.CheckConstraint(
                condition=Q(member__isnull=True, grade="") | (Q(member__isnull=False) & ~Q(grade="")),
                name="grade_of_a_member",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appraisal_id} {self.grade}"


class Quarter(models.Model):
    """What a branch counts by the quarter, as numbers and nothing else: pairs that talked heart to heart 谈心谈话 for
    the first time in the year (within the committee, of one of it with a member, of two members); of `excused` from
    gatherings those whom study was `brought` home; briefings 情况通报. None: not said.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="quarters")
    year = models.PositiveSmallIntegerField(_("year"))
    quarter = models.PositiveSmallIntegerField(_("quarter"))
    within = models.PositiveSmallIntegerField(_("within the committee"), null=True)
    across = models.PositiveSmallIntegerField(_("committee with members"), null=True)
    mutual = models.PositiveSmallIntegerField(_("members with each other"), null=True)
    excused = models.PositiveSmallIntegerField(_("excused from gatherings"), null=True)
    brought = models.PositiveSmallIntegerField(_("study brought home to"), null=True)
    briefings = models.PositiveSmallIntegerField(_("briefings"), null=True)
    entered = models.DateField(_("entered on"))
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("entered by"))

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("counts of a quarter")
        verbose_name_plural = _("counts of quarters")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["year"], name="quarters_of_a_year")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "year", "quarter"], name="quarter_counted_once"),
            models.CheckConstraint(condition=Q(quarter__range=(1, 4)), name="quarter_of_four"),
            models.CheckConstraint(
                condition=Q(brought__isnull=True, excused__isnull=True)
                | Q(brought__isnull=False, excused__isnull=False, brought__lte=F("excused")),
                name="quarter_no_more_brought_than_excused",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.year}.{self.quarter}"


class PlanRow(models.Model):
    """That a branch means to hold a form in a month of a year, and on which day of it (None: in its course)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="plan_rows")
    year = models.PositiveSmallIntegerField(_("year"))
    form = models.CharField(_("form"), max_length=30)
    month = models.PositiveSmallIntegerField(_("month"))
    day = models.PositiveSmallIntegerField(_("day"), null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("row of a plan")
        verbose_name_plural = _("rows of plans")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "year", "form", "month"], name="planned_once"),
            models.CheckConstraint(condition=Q(form__in=FORMS), name="plan_form_known"),
            models.CheckConstraint(
                condition=Q(month__range=(1, 12)) & (Q(day__isnull=True) | Q(day__range=(1, 31))),
                name="plan_in_a_month",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.year}.{self.month} {self.form}"


# What decisions lead to stands in a file of its own; Django finds models through this one.
from baolei.life import affairs_models  # noqa: E402, F401
