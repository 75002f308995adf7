"""What Party groups tell of branches in a year: whether they are at work, whether they meet nearby.

Of one branch group by group, as the rules say; of all branches the same in columns. A test holds the two together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np
from django.db.models import Q
from django.db.models.functions import ExtractMonth
from django.urls import reverse

from baolei.life.all_branches import Board, Held, Parts, first_day_of, last_day_of
from baolei.life.on_record import last_day, on_record, sessions
from baolei.organisations.drawing import Ints, as_facts
from baolei.organisations.models import Group
from baolei.programme import life as rules
from baolei.programme.evidence import Facts, Row
from baolei.warehouse.rulebook import life as life_rules

WORKING, NEARBY = "groups_working", "nearby_groups"


def by_number(number: str) -> list[range]:
    """The months of each period by which a number of the rules divides a year."""
    size = rules.YEAR // life_rules().number(number)
    return [range(first, first + size) for first in range(1, rules.YEAR + 1, size)]


def quarters() -> list[range]:
    """The months of each quarter."""
    return [range(first, first + 3) for first in range(1, rules.YEAR + 1, 3)]


def _over(year: int, periods: Iterable[range], until: date) -> list[range]:
    """The periods that are over on a day."""
    return [months for months in periods if _days(year, months)[1] <= until]


def _days(year: int, months: range) -> tuple[date, date]:
    """The first day of some months, and the last."""
    return first_day_of(year, months.start - 1), last_day_of(year, months.stop - 2)


# ---- of all branches ----


def of_groups(item: str, groups: Parts, held: Held, board: Board, until: date) -> Facts:
    """What an item tells of the groups of each branch, added up."""
    met = _met(groups, held)
    done, due = IN_COLUMNS[item](groups, met, board.year, until)
    of_all, of_done = np.zeros(len(board.pks), np.int64), np.zeros(len(board.pks), np.int64)
    np.add.at(of_all, groups.at, due)
    np.add.at(of_done, groups.at, done)
    return as_facts(board.pks, of_done, of_all)


def _met(groups: Parts, held: Held) -> Ints:
    """How often each group met in each month."""
    met = np.zeros((len(groups.pks), rules.YEAR), np.int64)
    if len(met):
        place = np.searchsorted(groups.pks, held.part).clip(0, len(met) - 1)
        known = groups.pks[place] == held.part
        np.add.at(met, place[known], held.months[known])
    return met


def _in_periods(
    groups: Parts, met: Ints, year: int, until: date, periods: Iterable[range]
) -> tuple[Ints, Ints]:  # fmt: skip
    """In how many periods that are over each group met, and in how many it stood; it counts where it stood."""
    done, stood = np.zeros(len(met), np.int64), np.zeros(len(met), np.int64)
    for months in _over(year, periods, until):
        first, last = (day.toordinal() for day in _days(year, months))
        there = (groups.since <= first) & (groups.until >= last)
        stood += there
        done += there & (met[:, months.start - 1 : months.stop - 1].sum(axis=1) > 0)
    return done, stood


def _all_work(groups: Parts, met: Ints, year: int, until: date) -> tuple[Ints, Ints]:
    done, stood = _in_periods(groups, met, year, until, quarters())
    due = (stood > 0).astype(np.int64)
    return due * (done == stood), due


def _all_nearby(groups: Parts, met: Ints, year: int, until: date) -> tuple[Ints, Ints]:
    return _in_periods(groups, met, year, until, by_number("nearby_per_year"))


IN_COLUMNS: Mapping[str, Callable[[Parts, Ints, int, date], tuple[Ints, Ints]]] = {
    WORKING: _all_work, NEARBY: _all_nearby,
}  # fmt: skip
"""By item what is told of each group: so many of so many."""


# ---- of one branch ----


@dataclass(frozen=True, slots=True)
class _Group:
    """A Party group as it stood in a year, and the months in which it met."""

    name: str
    since: date
    until: date | None
    met: frozenset[int]

    def stood(self, year: int, months: range) -> bool:
        """Whether it was there from the first day of some months to their last."""
        first, last = _days(year, months)
        return self.since <= first and (self.until is None or self.until >= last)


def _groups(year: int, organisation: int) -> Iterator[_Group]:
    """The groups of a branch in a year."""
    met = defaultdict[int, set[int]](set)
    held = sessions(year).filter(form=rules.GROUP, gathering__organisation=organisation)
    for part, month in held.values_list("part", ExtractMonth("gathering__on")).distinct():
        met[part].add(month)
    standing = Group.objects.filter(
        Q(until=None) | Q(until__gte=date(year, 1, 1)), organisation=organisation, since__lte=last_day(year)
    )
    for pk, name, since, until in standing.order_by("name", "pk").values_list("pk", "name", "since", "until"):
        yield _Group(name, since, until, frozenset(met[pk]))


def _rows(
    told: Callable[[_Group, int, date], tuple[int, int]], organisation: int, year: int, until: date
) -> list[Row]:  # fmt: skip
    """Group by group."""
    if organisation not in on_record(year, organisation):
        return []
    page = f"{reverse('life', args=[organisation])}?year={year}"
    rows = [Row(group.name, *told(group, year, until), page) for group in _groups(year, organisation)]
    return [row for row in rows if row.due]


def _works(group: _Group, year: int, until: date) -> tuple[int, int]:
    """Whether a group met in every quarter that is over and in which it stood. Every group has a leader here."""
    stood = [months for months in _over(year, quarters(), until) if group.stood(year, months)]
    return int(bool(stood) and all(group.met & set(months) for months in stood)), int(bool(stood))


def _nearby(group: _Group, year: int, until: date) -> tuple[int, int]:
    """In how many of the periods for a gathering nearby that are over a group met, of those in which it stood. What is
    held twice in one stands for no other.
    """
    periods = [months for months in _over(year, by_number("nearby_per_year"), until) if group.stood(year, months)]
    return sum(bool(group.met & set(months)) for months in periods), len(periods)


GROUP_ROWS = {WORKING: partial(_rows, _works), NEARBY: partial(_rows, _nearby)}
"""The rows behind the facts of groups, by item."""
