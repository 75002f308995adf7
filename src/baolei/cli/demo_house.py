"""Branches of a year, who belonged to them and what they held, as arrays: from these rooms are invented by lot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from baolei.cli.demo_life import Branch, Lived, Met

Ints = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]
Objects = npt.NDArray[np.object_]
BLOCK, FAR, QUARTERS = 100_000, 1_000_000, 4
VILLAGES = ("village", "pastoral_gacha", "community")
BANNER = 3


@dataclass(frozen=True)
class House:
    """Branches of a year with who belonged to them (`at` which, by its place), and what they held.

    Days are counted from the first of January; `last` is the last one lived, and nothing is on record after it.
    """

    year: int
    last: int
    by: int
    random: np.random.Generator
    branches: Sequence[Branch]
    at: Ints
    member: Ints
    since: Ints
    until: Ints
    full: Truths
    number: int
    met: Sequence[Met]

    @cached_property
    def size(self) -> int:
        """How many branches."""
        return len(self.branches)

    @cached_property
    def pks(self) -> Ints:
        """The branches by number."""
        return np.array([one.pk for one in self.branches], np.int64)

    @cached_property
    def fields(self) -> Objects:
        """Their fields."""
        return np.array([one.field for one in self.branches], object)

    @cached_property
    def places(self) -> dict[int, int]:
        """The place of each branch by its number."""
        return {one.pk: place for place, one in enumerate(self.branches)}

    @cached_property
    def calendar(self) -> Objects:
        """The days of the year and those after it."""
        first = date(self.year, 1, 1)
        return np.array([first + timedelta(days=one) for one in range(800)], object)

    @cached_property
    def months(self) -> Ints:
        """The first day of each month, and of the month after the year."""
        first = date(self.year, 1, 1)
        days = [date(self.year + one // 12, one % 12 + 1, 1) - first for one in range(13)]
        return np.array([one.days for one in days], np.int64)

    @cached_property
    def quarters(self) -> list[int]:
        """The quarters that are over, from 0."""
        return [one for one in range(QUARTERS) if self.months[3 * one + 3] - 1 <= self.last]

    def days(self, of: Any) -> Objects:
        """Days as the database takes them; below 0 none."""
        chosen = np.asarray(of)
        return only(chosen >= 0, self.calendar[np.maximum(chosen, 0)])

    def entered(self, of: Any, within: int = 8) -> Objects:
        """The day on which something of a day was entered."""
        later = np.minimum(np.asarray(of) + self.random.integers(0, within, len(of)), self.last)
        return self.days(np.where(np.asarray(of) < 0, -1, later))

    def lots(self, number: int, below: float) -> Truths:
        """So many lots, of which this share is drawn."""
        return self.random.random(number) < below

    def upto(self, of: Any) -> Ints:
        """Days, and -1 for those that have not come."""
        return np.where(np.asarray(of) <= self.last, of, -1)

    def there(self, day: Any) -> Truths:
        """Who belonged to a branch on a day, or on a day for each branch."""
        days = np.asarray(day)
        chosen = days[self.at] if days.ndim else days
        return np.asarray((self.since <= chosen) & (chosen <= self.until))

    def counted(self, mask: Truths) -> Ints:
        """How many by branch."""
        return np.bincount(self.at[mask], minlength=self.size)

    def ranks(self, at: Ints) -> Ints:
        """By lot a place among those of the same branch, from 0."""
        order = np.lexsort((self.random.random(len(at)), at))
        starts = np.searchsorted(at[order], np.arange(self.size))
        ranks = np.empty(len(at), np.int64)
        ranks[order] = np.arange(len(at)) - starts[at[order]]
        return ranks

    def gatherings(self, form: str) -> Gatherings:
        """The gatherings that counted for a form."""
        first = date(self.year, 1, 1).toordinal()
        found = [(self.places[one.branch.pk], one.on.toordinal() - first, self.number + place)
                 for place, one in enumerate(self.met) if form in one.forms]  # fmt: skip
        at, on, pk = np.array(sorted(found), np.int64).reshape(-1, 3).T
        return Gatherings(at, on, pk)


@dataclass(frozen=True, slots=True)
class Gatherings:
    """Gatherings by branch and day."""

    at: Ints
    on: Ints
    pk: Ints

    def from_(self, at: Ints, on: Ints) -> Ints:
        """The place of the first of a branch on a day or after it; -1 where there is none."""
        return self._found(np.atleast_1d(np.searchsorted(self._key(self.at, self.on), self._key(at, on))), at)

    def to(self, at: Ints, on: Ints) -> Ints:
        """The place of the last of a branch on a day or before it; -1 where there is none."""
        after = np.searchsorted(self._key(self.at, self.on), self._key(at, on), side="right")
        return self._found(np.atleast_1d(after) - 1, at)

    def numbers(self, places: Ints) -> Objects:
        """The numbers of those at some places; none at -1."""
        return only(places >= 0, self.pk[places]) if len(self.pk) else np.full(len(places), None)

    def _found(self, places: Any, at: Ints) -> Ints:
        if not len(self.at):
            return np.full(len(at), -1, np.int64)
        inside = places.clip(0, len(self.at) - 1)
        return np.where((places == inside) & (self.at[inside] == at), inside, -1)

    @staticmethod
    def _key(at: Ints, on: Ints) -> Ints:
        return at * 1000 + on


def only(where: Any, of: Any) -> Objects:
    """Values, and nothing where it is not so."""
    found: Objects = np.array(of, object)
    found[~np.asarray(where)] = None
    return found


def write(lived: Lived, name: str, model: Any, number: int, /, **columns: Any) -> None:
    """Write so many rows, given by column: each one value for all of them, or an array."""
    from baolei.organisations.pouring import pour

    parts = [one if isinstance(one, np.ndarray) else np.broadcast_to(np.array(one, object), number)
             for one in columns.values()]  # fmt: skip
    if number:
        pour(model, tuple(columns), (
            row for start in range(0, number, BLOCK)
            for row in zip(*(one[start:start + BLOCK].tolist() for one in parts), strict=True)
        ))  # fmt: skip
    lived.wrote(name, model, number)


def numbered(model: Any, number: int) -> Ints:
    """The numbers of so many new rows."""
    from baolei.organisations.pouring import next_number

    return np.arange(number, dtype=np.int64) + next_number(model)


def keys(of: Ints) -> Objects:
    """The names that pages would have given them."""
    return np.array([f"{one:032x}" for one in of.tolist()], object)


def joined(parts: Sequence[Ints]) -> Ints:
    """One after another."""
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def hosts_of(house: House) -> tuple[Ints, Objects, Ints]:
    """The units that hold classes and set tasks, the levels of these, and by branch which of them is its own."""
    from baolei.organisations.models import OrganisationState, UnitState
    from baolei.warehouse.rulebook import training as rules

    day = house.calendar[house.last]
    units = {path: (unit, level) for path, unit, level in
             UnitState.objects.on(day).filter(level__lte=BANNER).values_list("path", "unit", "level")}  # fmt: skip
    lengths = sorted({len(path) for path in units}, reverse=True)
    homes = dict(UnitState.objects.on(day).values_list("unit", "path"))
    stands = OrganisationState.objects.on(day).filter(kind="branch").values_list("organisation", "unit")
    path_of = {branch: homes.get(unit, "") for branch, unit in stands.iterator(chunk_size=20_000)}
    above = [next((units[path[:one]] for one in lengths if path[:one] in units), (0, 0))
             for path in (path_of.get(one.pk, "") for one in house.branches)]  # fmt: skip
    hosts = sorted({one for one in above if one[0]})
    places = {one: place for place, one in enumerate(hosts)}
    return (np.array([unit for unit, _ in hosts], np.int64),
            np.array([rules().levels[level - 1] for _, level in hosts], object),
            np.array([places.get(one, -1) for one in above], np.int64))  # fmt: skip
