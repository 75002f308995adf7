"""What else organisation life tells of branches: appraisals and who was told, talks, Party groups at work, and what
branches of retired members count by the quarter.

Each fact is asked of the tables for all branches at once; where a branch has entered nothing, nothing is known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import ExtractMonth
from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.life.models import Appraisal, Quarter
from baolei.life.on_record import last_day, on_record, sessions
from baolei.organisations.facts import founded
from baolei.organisations.models import Group, Membership, Post
from baolei.programme import life as rules
from baolei.programme.evidence import Facts, Row, Source
from baolei.programme.organisation.periods import months_later
from baolei.warehouse.rulebook import life as life_rules

QUARTERS = range(1, 5)


# ---- the appraisal of members ----


def appraised(organisations: Collection[int], year: int, until: date) -> Facts:
    """Of each branch's full members on the day of the appraisal those who took part and were told (by a day).

    Known of branches that have entered the committee's opinion. Who is on probation takes part without a grade, and so
    is not due. Of somebody noted as absent from the gathering it is not said that he took part.
    """
    mine = set(organisations)
    return {organisation: (told, due) for organisation, due, told in _appraisals(year, until) if organisation in mine}


def _appraisals(year: int, until: date) -> Any:
    held = Appraisal.objects.filter(year=year, gathering__on__lte=until, gathering__struck_on=None).order_by()
    told = Count("grades", filter=Q(grades__took_part=True, grades__told__lte=until))
    return held.annotate(told=told).values_list("organisation", "due", "told").iterator()


def appraised_rows(organisation: int, year: int, until: date) -> list[Row]:
    """How many took part and were told, and how many not yet: counts, and no names, for rows are read further up."""
    found = Appraisal.objects.filter(organisation=organisation, year=year, gathering__on__lte=until,
                                     gathering__struck_on=None).first()  # fmt: skip
    if found is None:
        return []
    told = found.grades.filter(took_part=True, told__lte=until).count()
    page = reverse("appraisal", args=[found.gathering_id])
    rows = [Row(_("took part and were told the outcome"), told, told, page),
            Row(_("not told yet, or did not take part"), 0, found.due - told, page)]  # fmt: skip
    return [row for row in rows if row.due]


# ---- heart-to-heart talks ----


def talked(organisations: Collection[int], year: int, until: date) -> Facts:
    """Of the pairs that talk once a year in general those that did, once the year is over: within the committee, and
    one of it with every other member, as these were on its last day. Known of branches that count any.
    """
    if until < last_day(year):
        return {}
    mine, found = set(organisations), {}
    counted = _counted(year, mine, "within", "across")
    due = _people(year, set(counted))
    for organisation, rows in counted.items():
        done = _talks(rows, *rules.pairs_due(*due.get(organisation, (0, 0))))
        if sum(needed for _number, needed in done):
            found[organisation] = sum(number for number, _needed in done), sum(needed for _number, needed in done)
    return found


def talked_rows(organisation: int, year: int, until: date) -> list[Row]:
    """The two kinds of pairs: how many talked of how many."""
    counted = _counted(year, {organisation}, "within", "across").get(organisation)
    if counted is None or until < last_day(year):
        return []
    due = rules.pairs_due(*_people(year, {organisation}).get(organisation, (0, 0)))
    named = (_("within the committee"), _("committee with members"))
    page = f"{reverse('life_talks', args=[organisation])}?year={year}"
    return [Row(words, number, needed, page)
            for words, (number, needed) in zip(named, _talks(counted, *due), strict=True) if needed]  # fmt: skip


def _talks(rows: Iterable[tuple[int, ...]], within: int, across: int) -> list[tuple[int, int]]:
    """What quarters have counted of each kind, and how many pairs there are; no more are done than there are."""
    added = [sum(numbers) for numbers in zip(*(row[1:] for row in rows), strict=True)]
    return [(min(added[0], within), within), (min(added[1], across), across)]


def _people(year: int, organisations: Collection[int]) -> dict[int, tuple[int, int]]:
    """By organisation how many sit in its committee (or its secretary) on the last day of a year, and how many other
    members there are.
    """
    day = last_day(year)
    posts = Post.objects.on(day).filter(Q(committee=True) | Q(kind=Post.SECRETARY)).order_by()
    inside = Q(holder__memberships__until=None) | Q(holder__memberships__until__gte=day)
    seated = posts.filter(inside, holder__memberships__organisation=F("organisation"),
                          holder__memberships__since__lte=day)  # fmt: skip
    seats, mine = (dict(some.values_list("organisation").annotate(Count("holder", distinct=True)).iterator())
                   for some in (posts, seated))  # fmt: skip
    members = Membership.objects.on(day).order_by().values_list("organisation").annotate(Count("pk"))
    return {organisation: (seats.get(organisation, 0), number - mine.get(organisation, 0))
            for organisation, number in members.iterator() if organisation in organisations}  # fmt: skip


def _counted(
    year: int, organisations: Collection[int], *columns: str, until: date | None = None
) -> dict[int, list[tuple[int, ...]]]:
    """By branch the quarters of a year that are over, of which these columns were entered: number of the quarter, then
    the columns.
    """
    last = max((one for one in QUARTERS if _last_of(year, one) <= (until or last_day(year))), default=0)
    rows = Quarter.objects.filter(year=year, quarter__lte=last, **{f"{one}__isnull": False for one in columns})
    if len(organisations) == 1:
        rows = rows.filter(organisation__in=organisations)
    found = defaultdict(list)
    for organisation, *numbers in rows.order_by("quarter").values_list("organisation", "quarter", *columns).iterator():
        if organisation in organisations:
            found[organisation].append(tuple(numbers))
    return dict(found)


def _last_of(year: int, quarter: int) -> date:
    return months_later(date(year, 3 * quarter - 2, 1), 3) - rules.DAY


# ---- study brought home, briefings ----


def brought_home(organisations: Collection[int], year: int, until: date) -> Facts:
    """Of the members excused from gatherings those whom study was brought home, over the quarters that were counted:
    a member is one in each quarter.
    """
    counted = _counted(year, set(organisations), "brought", "excused", until=until)
    added = {one: (sum(row[1] for row in rows), sum(row[2] for row in rows)) for one, rows in counted.items()}
    return {one: said for one, said in added.items() if said[1]}


def brought_home_rows(organisation: int, year: int, until: date) -> list[Row]:
    """Quarter by quarter."""
    rows = _counted(year, {organisation}, "brought", "excused", until=until).get(organisation, [])
    page = f"{reverse('life_talks', args=[organisation])}?year={year}"
    return [Row(f"{year} Q{quarter}", brought, excused, page) for quarter, brought, excused in rows if excused]


def briefed(organisations: Collection[int], year: int, until: date) -> Facts:
    """Of the half-years that are over those in which a briefing was given; known of branches that count any."""
    counted = _counted(year, set(organisations), "briefings", until=until)
    since = founded(counted)
    halves = {one: _halves(year, rows, since[one], until) for one, rows in counted.items()}
    return {one: (sum(done for _first, done in some), len(some)) for one, some in halves.items() if some}


def briefed_rows(organisation: int, year: int, until: date) -> list[Row]:
    """Half-year by half-year."""
    rows = _counted(year, {organisation}, "briefings", until=until).get(organisation)
    if rows is None:
        return []
    page = f"{reverse('life_talks', args=[organisation])}?year={year}"
    halves = _halves(year, rows, founded({organisation})[organisation], until)
    return [Row(_months(first, rules.YEAR // len(_periods("briefings_per_year"))), done, 1, page)
            for first, done in halves]  # fmt: skip


def _halves(year: int, rows: Iterable[tuple[int, ...]], since: date, until: date) -> list[tuple[date, int]]:
    """The periods for a briefing that are over, by their first day, and whether one was given (1 or 0)."""
    found = []
    for months in _periods("briefings_per_year"):
        first = date(year, months.start, 1)
        if since <= first and months_later(first, len(months)) - rules.DAY <= until:
            given = sum(number for quarter, number in rows if 3 * quarter in months)
            found.append((first, min(given, 1)))
    return found


def _periods(number: str) -> list[range]:
    """The months of each period by which a number of the rules divides a year."""
    size = rules.YEAR // life_rules().number(number)
    return [range(first, first + size) for first in range(1, rules.YEAR + 1, size)]


def _months(first: date, size: int) -> str:
    last = months_later(first, size - 1)
    return f"{first:%Y-%m}" if size == 1 else f"{first:%Y-%m} – {last:%Y-%m}"


# ---- Party groups ----


@dataclass(frozen=True, slots=True)
class _Group:
    """A Party group as it stood in a year, and the months in which it met."""

    organisation: int
    name: str
    since: date
    until: date | None
    met: frozenset[int]

    def stood(self, year: int, months: range) -> bool:
        """Whether it was there from the first day of some months to their last."""
        first = date(year, months.start, 1)
        last = months_later(first, len(months)) - rules.DAY
        return self.since <= first and (self.until is None or self.until >= last)


def _groups(year: int, organisation: int | None = None) -> Iterator[_Group]:
    """The groups of a year, of all branches or of one."""
    met = defaultdict[int, set[int]](set)
    held = sessions(year).filter(form=rules.GROUP)
    standing = Group.objects.filter(Q(until=None) | Q(until__gte=date(year, 1, 1)), since__lte=last_day(year))
    if organisation is not None:
        held, standing = held.filter(gathering__organisation=organisation), standing.filter(organisation=organisation)
    for part, month in held.values_list("part", ExtractMonth("gathering__on")).distinct().iterator():
        met[part].add(month)
    columns = ("pk", "organisation", "name", "since", "until")
    for pk, branch, name, since, until in standing.order_by("name", "pk").values_list(*columns).iterator():
        yield _Group(branch, name, since, until, frozenset(met[pk]))


def _over(year: int, periods: Iterable[range], until: date) -> list[range]:
    """The periods that are over on a day."""
    return [months for months in periods if months_later(date(year, months.start, 1), len(months)) - rules.DAY <= until]


def _by_group(
    told: Callable[[_Group, int, date], tuple[int, int]], organisations: Collection[int], year: int, until: date
) -> Facts:
    """What is told of groups, added up by branch; of branches that record any gathering."""
    known, found = set(organisations) & on_record(year), dict[int, tuple[int, int]]()
    for group in _groups(year):
        if group.organisation in known:
            done, due = told(group, year, until)
            before = found.get(group.organisation, (0, 0))
            found[group.organisation] = before[0] + done, before[1] + due
    return {organisation: said for organisation, said in found.items() if said[1]}


def _rows_by_group(
    told: Callable[[_Group, int, date], tuple[int, int]], organisation: int, year: int, until: date
) -> list[Row]:
    """Group by group."""
    if organisation not in on_record(year, organisation):
        return []
    page = f"{reverse('life', args=[organisation])}?year={year}"
    rows = [Row(group.name, *told(group, year, until), page) for group in _groups(year, organisation)]
    return [row for row in rows if row.due]


def _works(group: _Group, year: int, until: date) -> tuple[int, int]:
    """Whether a group met in every quarter that is over and in which it stood. Every group has a leader here."""
    quarters = [months for months in _over(year, [range(one, one + 3) for one in (1, 4, 7, 10)], until)
                if group.stood(year, months)]  # fmt: skip
    return int(bool(quarters) and all(group.met & set(months) for months in quarters)), int(bool(quarters))


def _nearby(group: _Group, year: int, until: date) -> tuple[int, int]:
    """In how many of the periods for a gathering nearby that are over a group met, of those in which it stood. What is
    held twice in one stands for no other.
    """
    periods = [months for months in _over(year, _periods("nearby_per_year"), until) if group.stood(year, months)]
    return sum(bool(group.met & set(months)) for months in periods), len(periods)


MORE: dict[str, Source] = {
    "democratic_appraisal": Source(appraised, appraised_rows),
    "talks_held": Source(talked, talked_rows),
    "groups_working": Source(partial(_by_group, _works), partial(_rows_by_group, _works)),
    "nearby_groups": Source(partial(_by_group, _nearby), partial(_rows_by_group, _nearby)),
    "study_brought_home": Source(brought_home, brought_home_rows),
    "briefings_given": Source(briefed, briefed_rows),
}
"""The items that these records tell of, by code."""
