"""What a branch's decisions lead to: resolutions, major matters, what is made public, tasks set from above.

Nothing here is about residents, and nobody is named: who answers for a resolution is a post or a body of the branch.
A record made in error is struck, with the reason in the ledger; it is never written over.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from baolei.organisations.models import Organisation, Unit
from baolei.people.models import Account
from baolei.programme.life import HELD, NONE, OPEN

LONGEST_LINE, LONGEST_TITLE, LONGEST_DOCUMENT = 200, 100, 100
DONE, TOLD = "done", "told"
WITHDRAWN, SET, REPORTED, CONFIRMED = "withdrawn", "set", "reported", "confirmed"


class Entered(models.Model):
    """What a branch enters: on which day, by whom; struck where it was an error."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    entered = models.DateField(_("entered on"))
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("entered by"))
    struck_on = models.DateField(_("struck on"), null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        abstract = True


class Resolution(Entered):
    """A resolution 决议 of a members' meeting: what is to be done by a day, and who answers (a post or a body).

    It is carried out on `done_on`, and reported back to the members' meeting `told`.
    """

    meeting = models.ForeignKey("life.Gathering", models.PROTECT, related_name="resolutions")
    words = models.CharField(_("resolution"), max_length=LONGEST_LINE)
    on = models.DateField(_("decided on"))
    due = models.DateField(_("due on"))
    who = models.CharField(_("who answers for it"), max_length=12)
    done_on = models.DateField(_("carried out on"), null=True)
    done_entered = models.DateField(null=True)
    told = models.ForeignKey("life.Gathering", models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("resolution")
        verbose_name_plural = _("resolutions")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organisation", "due"], name="resolution_of_a_branch"),
            models.Index(fields=["due", "organisation"], name="resolution_due"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(words="") & ~Q(who=""), name="resolution_says_something"),
            models.CheckConstraint(condition=Q(due__gte=F("on"), entered__gte=F("on")), name="resolution_in_order"),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True, done_entered__isnull=True, told__isnull=True)
                | Q(done_on__gte=F("on"), done_entered__gte=F("done_on")),
                name="resolution_told_once_done",
            ),
            models.UniqueConstraint(
                fields=["meeting", "words"], condition=Q(struck_on=None), name="resolution_once_of_a_meeting"
            ),
        ]

    def __str__(self) -> str:
        return self.words

    def standing(self, today: Any) -> str:
        """`told` (done, and reported back), `done`, `open`, or `none`: its day is over and nothing is on record."""
        if self.told_id:
            return TOLD
        if self.done_on:
            return DONE
        return NONE if today > self.due else OPEN


class Matter(Entered):
    """A major matter 重大事项 that goes by four discussions and two announcements: its title, and its steps."""

    title = models.CharField(_("matter"), max_length=LONGEST_TITLE)

    class Meta:
        verbose_name = _("major matter")
        verbose_name_plural = _("major matters")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organisation", "-id"], name="matter_of_a_branch")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(title=""), name="matter_has_a_title"),
            models.UniqueConstraint(
                fields=["organisation", "title"], condition=Q(struck_on=None), name="matter_once_of_a_branch"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class MatterStep(models.Model):
    """A step of a matter and its day; the gathering that it was, if any. Not `kept`: it was passed over, or taken
    otherwise than the rules ask, and the branch says so.
    """

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="steps")
    step = models.CharField(_("step"), max_length=20)
    on = models.DateField(_("day"))
    kept = models.BooleanField(_("taken as the rules ask"), default=True)
    gathering = models.ForeignKey("life.Gathering", models.PROTECT, null=True, related_name="+")
    entered = models.DateField(_("entered on"))
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("entered by"))

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("step of a matter")
        verbose_name_plural = _("steps of matters")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["step", "on"], name="matter_step_on")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["matter", "step"], name="matter_step_once"),
            models.CheckConstraint(condition=Q(entered__gte=F("on")), name="matter_step_entered_after"),
            models.CheckConstraint(condition=Q(kept=True) | Q(gathering=None), name="matter_step_passed_over"),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.step}"


class Listed(Entered):
    """A matter on the branch's own list of what is made public 公开目录, due on a day; set by a members' meeting."""

    meeting = models.ForeignKey("life.Gathering", models.PROTECT, related_name="listed")
    words = models.CharField(_("matter"), max_length=LONGEST_LINE)
    due = models.DateField(_("due on"))

    class Meta:
        verbose_name = _("listed matter")
        verbose_name_plural = _("listed matters")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["organisation", "due"], name="listed_of_branch")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(words=""), name="listed_says_something"),
            models.UniqueConstraint(
                fields=["organisation", "words", "due"], condition=Q(struck_on=None), name="listed_once"
            ),
        ]

    def __str__(self) -> str:
        return self.words


class Announcement(Entered):
    """Something was made public 公开: its kind, the day, where; `listed` the matter of the own list, if any."""

    kind = models.CharField(_("kind"), max_length=12)
    on = models.DateField(_("made public on"))
    place = models.CharField(_("where"), max_length=12)
    listed = models.ForeignKey(Listed, models.PROTECT, null=True, related_name="announcements")

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organisation", "on"], name="announced_by_a_branch"),
            models.Index(fields=["on", "kind"], name="announced_on"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(kind="") & ~Q(place=""), name="announcement_says_where"),
            models.CheckConstraint(condition=Q(entered__gte=F("on")), name="announcement_entered_after"),
            models.UniqueConstraint(
                fields=["organisation", "kind", "on"], condition=Q(struck_on=None, listed=None), name="announced_once"
            ),
            models.UniqueConstraint(fields=["listed"], condition=Q(struck_on=None), name="announced_once_of_the_list"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.on}"


class SetTask(models.Model):
    """A task 交办任务 that a superior sets once, to one or many branches: what, by when, by which document.

    It is set by a unit or by a Party organisation above the branches.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("unit"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    words = models.CharField(_("task"), max_length=LONGEST_LINE)
    document = models.CharField(_("document"), max_length=LONGEST_DOCUMENT)
    on = models.DateField(_("set on"))
    due = models.DateField(_("due on"))
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("set by"))
    withdrawn_on = models.DateField(_("withdrawn on"), null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("task set by superiors")
        verbose_name_plural = _("tasks set by superiors")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["due"], name="set_task_due")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(unit__isnull=True, organisation__isnull=False)
                | Q(unit__isnull=False, organisation__isnull=True),
                name="set_task_by_one_superior",
            ),
            models.CheckConstraint(condition=~Q(words="") & ~Q(document=""), name="set_task_says_something"),
            models.CheckConstraint(condition=Q(due__gte=F("on")), name="set_task_in_order"),
        ]

    def __str__(self) -> str:
        return self.words


class BranchTask(models.Model):
    """A task as it stands with one branch: reported done in one line, confirmed, or sent back with a reason."""

    task = models.ForeignKey(SetTask, models.PROTECT, related_name="branches")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    done_on = models.DateField(_("done on"), null=True)
    report = models.CharField(_("report"), max_length=LONGEST_LINE, blank=True)
    reported = models.DateField(_("reported on"), null=True)
    confirmed = models.DateField(_("confirmed on"), null=True)
    back = models.DateField(_("sent back on"), null=True)
    back_why = models.CharField(_("sent back because"), max_length=LONGEST_LINE, blank=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("task of a branch")
        verbose_name_plural = _("tasks of branches")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organisation", "task"], name="branch_task_of_a_branch")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["task", "organisation"], name="branch_task_once"),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True, reported__isnull=True, confirmed__isnull=True, report="")
                | (Q(reported__gte=F("done_on")) & ~Q(report="")),
                name="branch_task_reported_in_words",
            ),
            models.CheckConstraint(
                condition=Q(confirmed__isnull=True) | Q(confirmed__gte=F("reported")),
                name="branch_task_confirmed_after",
            ),
            models.CheckConstraint(
                condition=Q(back__isnull=True, back_why="") | (Q(back__isnull=False) & ~Q(back_why="")),
                name="branch_task_sent_back_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} {self.organisation_id}"

    @property
    def standing(self) -> str:
        """Whether it is set, reported, confirmed or withdrawn."""
        if self.task.withdrawn_on:
            return WITHDRAWN
        if self.confirmed:
            return CONFIRMED
        return REPORTED if self.reported else SET

    @property
    def in_time(self) -> bool:
        """Whether it was done by its day. A report counts until it is sent back: that nobody looked at it is no fault
        of the branch.
        """
        return bool(self.done_on and self.done_on <= self.task.due)

    def strip(self, today: Any) -> str:
        """How it stands for the list: `held`, `open`, or `none` where its day is over."""
        if self.reported:
            return HELD
        return NONE if today > self.task.due else OPEN
