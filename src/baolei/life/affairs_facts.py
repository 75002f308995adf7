"""What decisions and affairs tell of branches in a year, as facts of items: so many of so many, all branches at once.

A branch that keeps none of a record is left out: nothing on record is not nothing done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from functools import partial
from typing import Any

import numpy as np
from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.life.affairs_models import Announcement, BranchTask, Listed, Matter, MatterStep, Resolution
from baolei.life.all_branches import Board, board_of, by_month, first_day_of, last_day_of
from baolei.organisations.drawing import Ints, as_facts, place_in, so_many, table
from baolei.organisations.models import OrganisationState
from baolei.programme import affairs as rules
from baolei.programme.affairs import Kind, Public
from baolei.programme.evidence import Facts, Row, Source, shared, up_to
from baolei.programme.life import YEAR, filled_in
from baolei.warehouse.rulebook import affairs as affairs_rules

# ---- resolutions ----


def resolutions(organisations: Collection[int], year: int, until: date) -> Facts:
    """Of the resolutions due in a year those carried out and reported to the members' meeting, as far as it is over."""
    return _of_due(organisations, _due_resolutions(year, until), _told(until))


def resolution_rows(organisation: int, year: int, until: date) -> list[Row]:
    """Each resolution due in the year, and whether it was carried out and reported back."""
    found = _due_resolutions(year, until).filter(organisation=organisation).select_related("told").order_by("due", "pk")
    page = reverse("affairs", args=[organisation])
    return [Row(f"{one.due} {one.words}", int(_is_told(one, until)), 1, page, late(one.done_on, one.done_entered))
            for one in found]  # fmt: skip


def _due_resolutions(year: int, until: date) -> Any:
    return Resolution.objects.filter(struck_on=None, due__gte=date(year, 1, 1), due__lte=up_to(year, until))


def _told(until: date) -> Q:
    return Q(done_on__lte=until, told__struck_on=None, told__on__lte=until)


def _is_told(one: Resolution, until: date) -> bool:
    return bool(one.done_on and one.done_on <= until and one.told and not one.told.struck_on and one.told.on <= until)


# ---- major matters ----


def matters(items: Collection[str], organisations: Collection[int], year: int, until: date) -> dict[str, Facts]:
    """Of the matters decided in a year those that went through every step of an item as the rules ask."""
    wanted = affairs_rules().step_items
    taken = {f"taken_{place}": Count("steps", filter=_counted(wanted[item], until)) for place, item in enumerate(items)}
    rows = table(_decided(year, until).order_by().annotate(**taken).values_list("organisation", *taken))
    pks, at = np.unique(rows[:, 0], return_inverse=True)
    due, mine = np.bincount(at, minlength=len(pks)), np.isin(pks, list(organisations))
    found = {}
    for place, item in enumerate(items, 1):
        done = np.bincount(at[rows[:, place] == len(wanted[item])], minlength=len(pks))
        found[item] = as_facts(pks[mine], done[mine], due[mine])
    return found


def matter_rows(item: str, organisation: int, year: int, until: date) -> list[Row]:
    """Each matter decided in the year: how many of the steps were taken as the rules ask."""
    wanted = affairs_rules().step_items[item]
    found = _decided(year, until).filter(organisation=organisation).prefetch_related("steps").order_by("pk")
    rows = []
    for one in found:
        steps = [step for step in one.steps.all() if step.step in wanted and step.kept and step.on <= until]
        words = _("%(title)s: %(taken)d of %(steps)d steps") % {
            "title": one.title, "taken": len(steps), "steps": len(wanted)}  # fmt: skip
        entered_late = any(late(step.on, step.entered) for step in steps)
        rows.append(Row(words, int(len(steps) == len(wanted)), 1, reverse("matter", args=[one.pk]), entered_late))
    return rows


def _decided(year: int, until: date) -> Any:
    """The matters that were decided in a year, by whatever way they came there."""
    decided = MatterStep.objects.filter(
        step=affairs_rules().decides, on__gte=date(year, 1, 1), on__lte=up_to(year, until)
    )
    return Matter.objects.filter(struck_on=None, pk__in=decided.values("matter"))


def _counted(wanted: Collection[str], until: date) -> Q:
    return Q(steps__step__in=wanted, steps__kept=True, steps__on__lte=until)


# ---- what is made public ----


def announced(items: Collection[str], organisations: Collection[int], year: int, until: date) -> dict[str, Facts]:
    """In how many periods of a year that are over the kinds of an item were made public, of how many; of branches that
    have any of these kinds on record. `programme.affairs.made_public` says the same of one branch.
    """
    said = affairs_rules()
    kinds = {code: said.kinds[code] for item in items for code in said.kind_items[item]}
    board = board_of(organisations, year)
    made = _by_month(kinds, board, until)
    public = {code: _public(kind, made[code], board, until) for code, kind in kinds.items()}
    found = {}
    for item in items:
        mine = said.kind_items[item]
        known = np.any([made[code].any(axis=1) for code in mine], axis=0)
        done, due = (np.sum([public[code][place] for code in mine], axis=0) for place in (0, 1))
        found[item] = as_facts(board.pks[known], done[known], due[known])
    return found


def _by_month(kinds: Collection[str], board: Board, until: date) -> dict[str, Ints]:
    """How often branches made each of these kinds public in each month of a year until a day."""
    year, found = board.year, {code: np.zeros((len(board.pks), YEAR), np.int64) for code in kinds}
    made = _announcements(year, until).filter(kind__in=kinds).order_by()
    announcements = made.annotate(which=place_in("kind", kinds))
    rows = table(announcements.values_list("which", "organisation").annotate(**by_month(year, "on")))
    at, here = board.rows(rows[:, 1])
    for number, code in enumerate(kinds):
        mine = here & (rows[:, 0] == number)
        found[code][at[mine]] = rows[mine, 2:]
    return found


def _public(kind: Kind, made: Ints, board: Board, until: date) -> tuple[Ints, Ints]:
    """By branch in how many periods that are over a kind was made public, and in how many it was owed."""
    owes = np.isin(board.fields, list(kind.fields)) if kind.fields else np.ones(len(board.pks), np.bool_)
    done, due = np.zeros(len(board.pks), np.int64), np.zeros(len(board.pks), np.int64)
    for first in range(0, YEAR, kind.months):
        last = first + kind.months - 1
        if last_day_of(board.year, last) > until:
            break
        owed = owes & (board.founded <= first_day_of(board.year, first).toordinal())
        due += owed
        done += owed & (made[:, first : last + 1].sum(axis=1) > 0)
    return done, due


def announced_rows(item: str, organisation: int, year: int, until: date) -> list[Row]:
    """Period by period whether each kind was made public."""
    wanted, language = affairs_rules().kind_items[item], get_language() or ""
    made = _made(organisation, year, until, wanted)
    if not made:
        return []
    page, field = f"{reverse('affairs', args=[organisation])}?year={year}", _field(organisation, year)
    days = _late_days(organisation, year)
    return [
        Row(f"{one.first:%Y-%m} – {one.last:%Y-%m} {one.kind.named(field).say(language)}", int(one.done), 1, page,
            one.done and any(one.first <= on <= one.last for on in days.get(one.kind.code, ())))
        for one in strip(organisation, year, wanted, made) if one.last <= until
    ]  # fmt: skip


def strip(
    organisation: int, year: int, wanted: Collection[str] = (), made: Iterable[tuple[str, date]] | None = None
) -> list[Public]:
    """What one branch makes public in a year, period by period, kind by kind."""
    found = _branch(organisation, year)
    if found is None:
        return []
    founded, field = found
    kinds: tuple[Kind, ...] = affairs_rules().kinds_in(field, wanted)
    if made is None:
        made = _made(organisation, year, date(year, 12, 31), [one.code for one in kinds])
    return rules.made_public(kinds, year, founded, made)


def _made(organisation: int, year: int, until: date, kinds: Collection[str]) -> list[tuple[str, date]]:
    """What a branch made public until a day, kind and day."""
    found = _announcements(year, until).filter(organisation=organisation, kind__in=kinds)
    return list(found.order_by().values_list("kind", "on"))


def _announcements(year: int, until: date) -> Any:
    return Announcement.objects.filter(struck_on=None, on__gte=date(year, 1, 1), on__lte=up_to(year, until))


def _late_days(organisation: int, year: int) -> dict[str, list[date]]:
    found = Announcement.objects.filter(struck_on=None, organisation=organisation, on__year=year)
    days = defaultdict(list)
    for kind, on, entered in found.values_list("kind", "on", "entered"):
        if late(on, entered):
            days[kind].append(on)
    return days


def listed(organisations: Collection[int], year: int, until: date) -> Facts:
    """Of the matters of the branch's own list due in a year those made public by their day."""
    in_time = Announcement.objects.filter(listed=OuterRef("pk"), struck_on=None, on__lte=OuterRef("due"))
    return _of_due(organisations, _due_listed(year, until), Q(Exists(in_time)))


def listed_rows(organisation: int, year: int, until: date) -> list[Row]:
    """Each matter of the list due in the year, and whether it was made public by its day."""
    found = _due_listed(year, until).filter(organisation=organisation).prefetch_related("announcements")
    page, rows = f"{reverse('affairs', args=[organisation])}?year={year}", []
    for one in found.order_by("due", "pk"):
        made = [each for each in one.announcements.all() if not each.struck_on and each.on <= one.due]
        entered_late = any(late(each.on, each.entered) for each in made)
        rows.append(Row(f"{one.due} {one.words}", int(bool(made)), 1, page, entered_late))
    return rows


def _due_listed(year: int, until: date) -> Any:
    return Listed.objects.filter(struck_on=None, due__gte=date(year, 1, 1), due__lte=up_to(year, until))


# ---- tasks set from above ----


def tasks(organisations: Collection[int], year: int, until: date) -> Facts:
    """Of the tasks set to a branch that were due in a year those done by their day. A report counts until it is sent
    back.
    """
    return _of_due(organisations, _due_tasks(year, until), Q(done_on__lte=F("task__due")))


def task_rows(organisation: int, year: int, until: date) -> list[Row]:
    """Each task due in the year, and whether it was done by its day."""
    found = _due_tasks(year, until).filter(organisation=organisation).select_related("task").order_by("task__due", "pk")
    page = f"{reverse('affairs', args=[organisation])}?year={year}"
    return [Row(f"{one.task.due} {one.task.words}", int(one.in_time), 1, page, late(one.done_on, one.reported))
            for one in found]  # fmt: skip


def _due_tasks(year: int, until: date) -> Any:
    return BranchTask.objects.filter(
        task__withdrawn_on=None, task__due__gte=date(year, 1, 1), task__due__lte=up_to(year, until)
    )


# ---- what they have in common ----


def _of_due(organisations: Collection[int], due: Any, done: Q) -> Facts:
    """Of what is due of each branch how much is done."""
    counted = due.order_by().values_list("organisation")
    return so_many(counted.annotate(n_done=Count("pk", filter=done), n_due=Count("pk")), organisations)


def late(on: date | None, entered: date | None) -> bool:
    """Whether something that was done on a day was entered much later."""
    return on is not None and entered is not None and filled_in(on, entered, affairs_rules())


def _branch(organisation: int, year: int) -> tuple[date, str] | None:
    """The day from which a branch is there, and its field at the end of a year."""
    found = OrganisationState.objects.filter(organisation=organisation, since__lte=date(year, 12, 31))
    states = list(found.order_by("since").values_list("since", "field"))
    return (states[0][0], states[-1][1]) if states else None


def _field(organisation: int, year: int) -> str:
    found = _branch(organisation, year)
    return found[1] if found else ""


OF_STEPS = ("four_discussions", "gacha_decisions")
OF_KINDS = ("affairs_published", "village_accounts_open", "accounts_published", "reports_to_community")
AFFAIRS: dict[str, Source] = {
    "resolutions_done": Source(resolutions, resolution_rows),
    **shared(matters, {item: partial(matter_rows, item) for item in OF_STEPS}),
    **shared(announced, {item: partial(announced_rows, item) for item in OF_KINDS}),
    "party_affairs_open": Source(listed, listed_rows),
    "tasks_done": Source(tasks, task_rows),
}  # fmt: skip
"""The items that decisions and affairs tell of, by code."""
