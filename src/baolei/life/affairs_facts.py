"""What decisions and affairs tell of branches in a year, as facts of items: so many of so many, all branches at once.

A branch that keeps none of a record is left out: nothing on record is not nothing done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from functools import partial
from typing import Any

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.life.affairs_models import Announcement, BranchTask, Listed, Matter, MatterStep, Resolution
from baolei.organisations.models import OrganisationState
from baolei.programme import affairs as rules
from baolei.programme.affairs import Kind, Public
from baolei.programme.evidence import Facts, Row, Source, up_to
from baolei.programme.life import filled_in
from baolei.warehouse.rulebook import affairs as affairs_rules

CHUNK = 5000
Made = dict[int, list[tuple[str, date]]]
"""By branch what was made public, kind and day."""


# ---- resolutions ----


def resolutions(organisations: Collection[int], year: int, until: date) -> Facts:
    """Of the resolutions due in a year those carried out and reported to the members' meeting, as far as it is over."""
    return _only(organisations, _due_resolutions(year, until), _told(until))


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


def matters(item: str, organisations: Collection[int], year: int, until: date) -> Facts:
    """Of the matters decided in a year those that went through every step of an item as the rules ask."""
    wanted = affairs_rules().step_items[item]
    taken = Count("steps", filter=_counted(wanted, until))
    found = _decided(year, until).order_by().annotate(taken=taken).values_list("organisation", "taken")
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    mine = set(organisations)
    for organisation, number in found.iterator(chunk_size=CHUNK):
        if organisation in mine:
            counts[organisation][0] += number == len(wanted)
            counts[organisation][1] += 1
    return {organisation: (done, due) for organisation, (done, due) in counts.items()}


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


def announced(item: str, organisations: Collection[int], year: int, until: date) -> Facts:
    """In how many periods of a year that are over the kinds of an item were made public, of how many; of branches that
    have any of these kinds on record.
    """
    said = affairs_rules()
    wanted = said.kind_items[item]
    made, found = _made(year, until, wanted, organisations), {}
    for organisation, (founded, field) in _branches(made.keys(), year).items():
        owed = rules.made_public(said.kinds_in(field, wanted), year, founded, made[organisation])
        done, due = rules.public_fact(owed, until)
        if due:
            found[organisation] = (done, due)
    return found


def announced_rows(item: str, organisation: int, year: int, until: date) -> list[Row]:
    """Period by period whether each kind was made public."""
    wanted, language = affairs_rules().kind_items[item], get_language() or ""
    made = _made(year, until, wanted, [organisation])
    if not made:
        return []
    page, field = f"{reverse('affairs', args=[organisation])}?year={year}", _field(organisation, year)
    days = _late_days(organisation, year)
    return [
        Row(f"{one.first:%Y-%m} – {one.last:%Y-%m} {one.kind.named(field).say(language)}", int(one.done), 1, page,
            one.done and any(one.first <= on <= one.last for on in days.get(one.kind.code, ())))
        for one in strip(organisation, year, wanted, made.get(organisation, [])) if one.last <= until
    ]  # fmt: skip


def strip(
    organisation: int, year: int, wanted: Collection[str] = (), made: Iterable[tuple[str, date]] | None = None
) -> list[Public]:
    """What one branch makes public in a year, period by period, kind by kind."""
    found = _branches([organisation], year).get(organisation)
    if found is None:
        return []
    founded, field = found
    kinds: tuple[Kind, ...] = affairs_rules().kinds_in(field, wanted)
    if made is None:
        made = _made(year, date(year, 12, 31), [one.code for one in kinds], [organisation]).get(organisation, [])
    return rules.made_public(kinds, year, founded, made)


def _made(year: int, until: date, kinds: Collection[str], organisations: Collection[int]) -> Made:
    """What was made public until a day, of branches that have any of it on record."""
    found = Announcement.objects.filter(
        struck_on=None, kind__in=kinds, on__gte=date(year, 1, 1), on__lte=up_to(year, until)
    )
    mine, made = set(organisations), defaultdict(list)
    if len(mine) == 1:
        found = found.filter(organisation__in=mine)
    rows = found.order_by().values_list("organisation", "kind", "on")
    for organisation, kind, on in rows.iterator(chunk_size=CHUNK):
        if organisation in mine:
            made[organisation].append((kind, on))
    return made


def _late_days(organisation: int, year: int) -> dict[str, list[date]]:
    found = Announcement.objects.filter(struck_on=None, organisation=organisation, on__year=year)
    days = defaultdict(list)
    for kind, on, entered in found.values_list("kind", "on", "entered"):
        if late(on, entered):
            days[kind].append(on)
    return days


def listed(organisations: Collection[int], year: int, until: date) -> Facts:
    """Of the matters of the branch's own list due in a year those made public by their day."""
    in_time = Q(announcements__struck_on=None, announcements__on__lte=F("due"))
    return _only(organisations, _due_listed(year, until), in_time)


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
    return _only(organisations, _due_tasks(year, until), Q(done_on__lte=F("task__due")))


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


def _only(organisations: Collection[int], due: Any, done: Q) -> Facts:
    """Of what is due of each branch how much is done."""
    mine = set(organisations)
    counted = due.order_by().values_list("organisation").annotate(
        n_done=Count("pk", filter=done, distinct=True), n_due=Count("pk", distinct=True)
    )  # fmt: skip
    rows: Iterator[tuple[int, int, int]] = counted.iterator(chunk_size=CHUNK)
    return {organisation: (done, due) for organisation, done, due in rows if organisation in mine}


def late(on: date | None, entered: date | None) -> bool:
    """Whether something that was done on a day was entered much later."""
    return on is not None and entered is not None and filled_in(on, entered, affairs_rules())


def _branches(organisations: Collection[int], year: int) -> dict[int, tuple[date, str]]:
    """Of each branch the day from which it is there, and its field at the end of a year."""
    found = OrganisationState.objects.filter(since__lte=date(year, 12, 31))
    mine, known = set(organisations), dict[int, tuple[date, str]]()
    if len(mine) == 1:
        found = found.filter(organisation__in=mine)
    rows = found.order_by("since").values_list("organisation", "since", "field")
    for organisation, since, field in rows.iterator(chunk_size=CHUNK):
        if organisation in mine:
            known[organisation] = (known.get(organisation, (since, ""))[0], field)
    return known


def _field(organisation: int, year: int) -> str:
    return _branches([organisation], year).get(organisation, (date.max, ""))[1]


def _of(item: str, facts: Callable[..., Facts], rows: Callable[..., list[Row]]) -> Source:
    return Source(partial(facts, item), partial(rows, item))


AFFAIRS: dict[str, Source] = {
    "resolutions_done": Source(resolutions, resolution_rows),
    **{item: _of(item, matters, matter_rows) for item in ("four_discussions", "gacha_decisions")},
    **{item: _of(item, announced, announced_rows)
       for item in ("affairs_published", "village_accounts_open", "accounts_published", "reports_to_community")},
    "party_affairs_open": Source(listed, listed_rows),
    "tasks_done": Source(tasks, task_rows),
}  # fmt: skip
"""The items that decisions and affairs tell of, by code."""
