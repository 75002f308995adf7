"""Grids 网格 and their workers; matters 群众诉求 from the report to the asker's word.

Of an asker nothing is kept but a sealed contact, with the matter it belongs to and sealed afresh each time; no column
and no relation leads from one matter of somebody to another one. A matter that was split off or merged has no contact.
"""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from baolei.organisations.models import Group, Organisation, StateQuerySet, Unit
from baolei.paths import PathField
from baolei.people.models import Account
from baolei.programme.matters import AFTER, CLOSED, LYING, MERGED, OPEN, PAUSED, REASONED, STATES

LONGEST_WORDS, LONGEST_NOTE, LONGEST_LINE = 500, 500, 100


def _known_steps() -> Q:
    """The rows of the table of states: no step says anything else."""
    return reduce(or_, (Q(act=row.act, before=row.state, after=row.to) for row in STATES.rows))


# ---- grids ----


class Grid(models.Model):
    """A grid of a village or community, from a day to a day; the branch or the Party group at work in it.

    `hour` and `taken` count what came in lately from people who are not logged in, so that nobody floods it.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="grids", verbose_name=_("unit"))
    code = models.CharField(_("number"), max_length=40)
    name = models.CharField(_("name"), max_length=LONGEST_LINE)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="grids")
    group = models.ForeignKey(Group, models.PROTECT, null=True, related_name="grids")
    since = models.DateField(_("from"))
    until = models.DateField(_("to"), null=True)
    hour = models.DateTimeField(null=True)
    taken = models.PositiveIntegerField(default=0)

    objects: ClassVar[models.Manager[Any]] = StateQuerySet.as_manager()

    class Meta:
        verbose_name = _("grid")
        verbose_name_plural = _("grids")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="grid_in_order"),
            models.UniqueConstraint(fields=["code"], condition=Q(until__isnull=True), name="grid_code_held_once"),
            models.CheckConstraint(condition=~Q(code="") & ~Q(name=""), name="grid_is_named"),
        ]

    def __str__(self) -> str:
        return self.name


WITH_PARTY = Q(organisation__isnull=False) | Q(group__isnull=False)
"""The condition that a branch or a Party group is at work in a grid."""


class GridCode(models.Model):
    """What stands in the QR code of a grid, until it is revoked. It is on a wall: no secret."""

    grid = models.ForeignKey(Grid, models.PROTECT, related_name="codes")
    code = models.CharField(max_length=24, unique=True)
    since = models.DateField(_("from"))
    revoked = models.DateField(_("revoked on"), null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("code of a grid")
        verbose_name_plural = _("codes of grids")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["grid"], condition=Q(revoked=None), name="grid_has_one_code"),
            models.CheckConstraint(
                condition=Q(revoked__isnull=True) | Q(revoked__gte=F("since")), name="grid_code_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Worker(models.Model):
    """A grid worker: one person once, by the number of the place's own register; with an account or without."""

    number = models.CharField(_("number"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=LONGEST_LINE)
    account = models.OneToOneField(Account, models.SET_NULL, null=True, related_name="grid_worker")

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("grid worker")
        verbose_name_plural = _("grid workers")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(number="") & ~Q(name=""), name="worker_is_named")
        ]

    def __str__(self) -> str:
        return self.name


class Holding(models.Model):
    """That a worker is at work in a grid, full-time or part-time, from a day to a day."""

    grid = models.ForeignKey(Grid, models.PROTECT, related_name="holdings")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="holdings")
    full_time = models.BooleanField(_("full-time"))
    since = models.DateField(_("from"))
    until = models.DateField(_("to"), null=True)

    objects: ClassVar[models.Manager[Any]] = StateQuerySet.as_manager()

    class Meta:
        verbose_name = _("worker of a grid")
        verbose_name_plural = _("workers of grids")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="holding_in_order"),
            models.UniqueConstraint(
                fields=["grid", "worker"], condition=Q(until__isnull=True), name="worker_in_a_grid_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.worker_id} in {self.grid_id}"


class Landmark(models.Model):
    """A public place of a unit that a report may name: a gate, a well, a bus stop. Never a home, never coordinates."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="landmarks")
    name = models.CharField(_("name"), max_length=LONGEST_LINE)
    until = models.DateField(_("to"), null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("landmark")
        verbose_name_plural = _("landmarks")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["unit", "name"], condition=Q(until=None), name="landmark_named_once"),
            models.CheckConstraint(condition=~Q(name=""), name="landmark_is_named"),
        ]

    def __str__(self) -> str:
        return self.name


# ---- matters ----


class Matter(models.Model):
    """A matter: what was said of it, the unit it lies with, the day by which its state is to be left, how it ended.

    `key` and `code` are digests of the key a page drew and of the receipt: what is kept leads to neither. `contact` is
    sealed. `due` is the clock of the hand-over, `ends` that of the whole; while it is paused `left_here` and
    `left_whole` are the working days they have left. `ending` is how it was closed, whatever was asked afterwards.
    """

    WORKER, RESIDENT, DESK, PROGRAM, SPLIT = "worker", "resident", "desk", "program", "split"
    CHANNELS = (
        (WORKER, _("by a grid worker")), (RESIDENT, _("by a resident")), (DESK, _("at the desk")),
        (PROGRAM, _("by another system")), (SPLIT, _("split off")),
    )  # fmt: skip

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    grid = models.ForeignKey(Grid, models.PROTECT, related_name="matters", verbose_name=_("grid"))
    landmark = models.ForeignKey(Landmark, models.PROTECT, null=True, related_name="+", verbose_name=_("landmark"))
    kind = models.CharField(_("kind"), max_length=20)
    channel = models.CharField(_("reported"), max_length=8, choices=CHANNELS)
    words = models.CharField(_("what it is about"), max_length=LONGEST_WORDS, blank=True)
    at = models.DateTimeField(_("reported at"))
    on = models.DateField(_("reported on"))
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("entered by"))
    key = models.CharField(max_length=64, null=True, unique=True)
    code = models.CharField(max_length=64, null=True, unique=True)
    contact = models.TextField(blank=True)

    state = models.CharField(_("standing"), max_length=11, default=LYING)
    holder = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("lies with"))
    level = models.PositiveSmallIntegerField(_("level"))
    handler = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("in whose hands"))
    due = models.DateField(_("due"), null=True)
    ends = models.DateField(_("to be ended by"))
    paused = models.CharField(_("waits"), max_length=20, blank=True)
    left_here = models.SmallIntegerField(null=True)
    left_whole = models.SmallIntegerField(null=True)
    ending = models.CharField(_("ending"), max_length=11, blank=True)
    unfixed = models.CharField(_("why it is not fixed"), max_length=20, blank=True)
    closed_on = models.DateField(_("closed on"), null=True)
    reopened = models.PositiveSmallIntegerField(_("opened again"), default=0)
    satisfaction = models.PositiveSmallIntegerField(_("satisfaction"), null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    part_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="parts")
    removed_on = models.DateField(_("contact and words removed on"), null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("matter")
        verbose_name_plural = _("matters")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["holder", "state", "due"], name="matter_in_a_queue"),
            models.Index(fields=["due", "state"], condition=Q(due__isnull=False), name="matter_due"),
            models.Index(fields=["due", "id", "unit"], condition=Q(state__in=OPEN), name="matter_open"),
            models.Index(fields=["unit", "on"], name="matter_of_a_unit"),
            models.Index(fields=["grid", "state"], name="matter_of_a_grid"),
            models.Index(
                fields=["closed_on"], condition=Q(removed_on=None, closed_on__isnull=False), name="matter_to_be_removed"
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state__in=[one.code for one in STATES.states]), name="matter_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, ending="", closed_on=None, due__isnull=False)
                | Q(state__in=CLOSED, ending=F("state"), closed_on__isnull=False, due__isnull=False)
                | Q(state=AFTER[0], ending__in=CLOSED, closed_on__isnull=False, due__isnull=False)
                | Q(state=AFTER[1], ending__in=CLOSED, closed_on__isnull=False, due=None)
                | Q(state=MERGED, ending=MERGED, closed_on__isnull=False, due=None),
                name="matter_ends_as_it_was_closed",
            ),
            models.CheckConstraint(
                condition=Q(state=PAUSED, left_here__isnull=False, left_whole__isnull=False) & ~Q(paused="")
                | ~Q(state=PAUSED) & Q(left_here=None, left_whole=None, paused=""),
                name="matter_clocks_stand_while_paused",
            ),
            models.CheckConstraint(
                condition=Q(part_of=None, merged_into=None) | Q(contact=""), name="matter_joined_has_no_contact"
            ),
            models.CheckConstraint(
                condition=Q(part_of=None) | Q(code=None, by=None, channel="split"), name="matter_split_off_has_no_asker"
            ),
            models.CheckConstraint(
                condition=Q(state=MERGED, merged_into__isnull=False) | ~Q(state=MERGED) & Q(merged_into=None),
                name="matter_merged_into_another",
            ),
            models.CheckConstraint(
                condition=Q(channel__in=["worker", "desk"], by__isnull=False)
                | Q(channel__in=["resident", "program", "split"], by=None),
                name="matter_of_a_resident_names_nobody",
            ),
            models.CheckConstraint(condition=~Q(words="") | Q(removed_on__isnull=False), name="matter_has_words"),
            models.CheckConstraint(
                condition=Q(removed_on=None) | Q(contact="", words="", code=None, key=None), name="matter_removed_whole"
            ),
            models.CheckConstraint(
                condition=Q(satisfaction=None) | Q(satisfaction__range=(1, 5)), name="matter_satisfaction_known"
            ),
            models.CheckConstraint(
                condition=Q(ending="not_fixed") & ~Q(unfixed="") | ~Q(ending="not_fixed") & Q(unfixed=""),
                name="matter_not_fixed_says_why",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"matter {self.pk}"

    def late(self, today: date) -> bool:
        """Whether the hand-over or the whole has gone on longer than it may."""
        return self.state in OPEN and ((self.due is not None and self.due < today) or self.ends < today)


class Step(models.Model):
    """A matter came by an act from a state into a state; `by` nobody is the clock or the asker.

    `unit` is where it lay afterwards; `due` and `ends` are the clocks as the act left them. `removed`: its note went
    with the words of the matter.
    """

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="steps")
    act = models.CharField(max_length=13)
    before = models.CharField(max_length=11)
    after = models.CharField(max_length=11)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("who"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    note = models.CharField(_("note"), max_length=LONGEST_NOTE, blank=True)
    due = models.DateField(null=True)
    ends = models.DateField()
    removed = models.BooleanField(_("note removed"), default=False)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("act upon a matter")
        verbose_name_plural = _("acts upon matters")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=_known_steps(), name="matter_step_by_the_table"),
            models.CheckConstraint(
                condition=~Q(act__in=sorted(REASONED)) | ~Q(note="") | Q(by=None) | Q(removed=True),
                name="matter_step_says_why",
            ),
            models.CheckConstraint(condition=Q(removed=False) | Q(note=""), name="matter_step_removed_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.act}"


# ---- call-backs ----


class Draw(models.Model):
    """A sample of a unit's unconfirmed matters of a week, drawn with a seed that was not known before.

    `numbers` are those it was drawn from, `digest` theirs: who knows seed and numbers draws the same ones. Matters
    without a contact cannot be called back; `without` says how many.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    week = models.DateField(_("week from"))
    seed = models.CharField(_("seed"), max_length=64)
    numbers = models.JSONField(_("drawn from"), default=list)
    digest = models.CharField("SHA-256", max_length=64)
    without = models.PositiveIntegerField(_("without a contact"))
    on = models.DateField(_("drawn on"))

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("draw of call-backs")
        verbose_name_plural = _("draws of call-backs")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["unit", "week"], name="draw_once_a_week"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.week}"


class Call(models.Model):
    """A matter that was drawn, to be called back; what the asker said, or that nobody was reached."""

    YES, NO, NOBODY = "yes", "no", "nobody"
    OUTCOMES = ((YES, _("fixed")), (NO, _("not fixed")), (NOBODY, _("nobody reached")))

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="calls")
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="calls")
    outcome = models.CharField(_("outcome"), max_length=6, choices=OUTCOMES, blank=True)
    on = models.DateField(_("called on"), null=True)
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("called by"))

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("call-back")
        verbose_name_plural = _("call-backs")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["draw", "matter"], name="call_drawn_once"),
            models.CheckConstraint(
                condition=Q(outcome="", on=None, by=None) | ~Q(outcome="") & Q(on__isnull=False, by__isnull=False),
                name="call_made_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draw_id} {self.matter_id}"


# ---- counted by night ----


class Tally(models.Model):
    """Of the matters of a unit and the units below, reported in a month, how many there are of each ending; `path` is
    the unit's when counted.

    `handed`: confirmed with a code that staff held. `in_time`: confirmed, by the asker or a sampled call-back, and
    closed by the day the whole was due.
    """

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    path = PathField(max_length=64)
    month = models.DateField()
    reported = models.PositiveIntegerField(default=0)
    confirmed = models.PositiveIntegerField(default=0)
    handed = models.PositiveIntegerField(default=0)
    called = models.PositiveIntegerField(default=0)
    unconfirmed = models.PositiveIntegerField(default=0)
    not_fixed = models.PositiveIntegerField(default=0)
    merged = models.PositiveIntegerField(default=0)
    reopened = models.PositiveIntegerField(default=0)
    in_time = models.PositiveIntegerField(default=0)
    rated = models.PositiveIntegerField(default=0)
    rating = models.PositiveIntegerField(default=0)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("count of matters")
        verbose_name_plural = _("counts of matters")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["path", "month"], name="tally_of_a_place")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["unit", "month"], name="tally_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="tally_of_a_month"),
            models.CheckConstraint(
                condition=Q(
                    reported__gte=F("confirmed")
                    + F("handed")
                    + F("called")
                    + F("unconfirmed")
                    + F("not_fixed")
                    + F("merged")
                ),
                name="tally_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.month:%Y-%m}"


class GridTally(models.Model):
    """Of a unit its grids, those with a branch or Party group, and its workers: each person once, in one unit."""

    unit = models.OneToOneField(Unit, models.CASCADE, related_name="+")
    path = PathField(max_length=64)
    grids = models.PositiveIntegerField(default=0)
    party = models.PositiveIntegerField(default=0)
    full_time = models.PositiveIntegerField(default=0)
    part_time = models.PositiveIntegerField(default=0)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("count of grids")
        verbose_name_plural = _("counts of grids")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["path"], name="grid_tally_of_a_place")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(grids__gte=F("party")), name="grid_tally_adds_up")
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}"


class Night(models.Model):
    """What the clock did on a day: once, however often it is asked."""

    day = models.DateField(unique=True)
    passed = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)
    drawn = models.PositiveIntegerField(default=0)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("night's work on matters")
        verbose_name_plural = _("nights' work on matters")

    def __str__(self) -> str:
        return f"{self.day}"
