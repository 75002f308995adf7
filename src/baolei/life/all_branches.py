"""A year of all branches at once, in columns: what each is, what parts it has, what it held month by month.

Counted by the database; what comes back is a few rows for each branch, however many gatherings there are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models import Count, Q

from baolei.life.on_record import last_day, sessions
from baolei.organisations.drawing import CHUNK, Ints, on_each, place_in, table
from baolei.organisations.models import Group, HubHousehold, OrganisationState, Post
from baolei.programme.life import DAY, GROUP, HUB, YEAR
from baolei.programme.organisation.periods import months_later

Truths = npt.NDArray[np.bool_]
PARTS: Mapping[str, Any] = {GROUP: Group, HUB: HubHousehold}
"""Forms that parts of a branch hold, each for itself."""


def first_day_of(year: int, month: int) -> date:
    """The first day of a month, counted from 0."""
    return date(year, month + 1, 1)


def last_day_of(year: int, month: int) -> date:
    """The last day of a month, counted from 0."""
    return months_later(first_day_of(year, month), 1) - DAY


def last_days(year: int) -> Ints:
    """The last day of each month of a year, as ordinals."""
    return np.array([last_day_of(year, month).toordinal() for month in range(YEAR)], np.int64)


@dataclass(frozen=True, slots=True)
class Board:
    """Branches in order of their numbers, the day each began (as an ordinal), the field it stood in last in a year."""

    year: int
    pks: Ints
    founded: Ints
    fields: npt.NDArray[np.object_]

    def rows(self, organisations: Ints) -> tuple[Ints, Truths]:
        """The places of organisations on the board, and which of them stand on it."""
        at = np.searchsorted(self.pks, organisations).clip(0, max(len(self.pks) - 1, 0))
        return at, self.pks[at] == organisations if len(self.pks) else np.zeros(len(organisations), np.bool_)


def board_of(organisations: Collection[int], year: int) -> Board:
    """The branches of these that have ever stood."""
    mine, founded, fields = set(organisations), dict[int, date](), dict[int, str]()
    end = last_day(year)
    states = OrganisationState.objects.order_by("since", "pk").values_list("organisation", "since", "field")
    for organisation, since, field in states.iterator(chunk_size=CHUNK):
        if organisation in mine:
            founded.setdefault(organisation, since)
            if since <= end:
                fields[organisation] = field
    pks = sorted(founded)
    return Board(year, np.array(pks, np.int64), np.array([founded[pk].toordinal() for pk in pks], np.int64),
                 np.array([fields.get(pk, "") for pk in pks], object))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parts:
    """Groups or hub households: their number, the place of their branch, their first and last day as ordinals."""

    pks: Ints
    at: Ints
    since: Ints
    until: Ints

    def standing(self, year: int, size: int) -> Ints:
        """By branch (of so many) and month how many there are on the month's last day."""
        found = np.zeros((size, YEAR), np.int64)
        for month, day in enumerate(last_days(year)):
            np.add.at(found[:, month], self.at[(self.since <= day) & (day <= self.until)], 1)
        return found

    def last(self, pks: Ints) -> Ints:
        """The last day of each of these; of one that is none of them, there is no end."""
        if not len(self.pks):
            return np.full(len(pks), date.max.toordinal())
        place = np.searchsorted(self.pks, pks).clip(0, len(self.pks) - 1)
        return np.where(self.pks[place] == pks, self.until[place], date.max.toordinal())


def parts_of(form: str, board: Board) -> Parts:
    """The groups or hub households of these branches that hold a form, in order of their numbers."""
    rows = PARTS[form].objects.order_by("pk").values_list("pk", "organisation", "since", "until")
    spans = [(pk, organisation, since.toordinal(), (until or date.max).toordinal())
             for pk, organisation, since, until in rows.iterator(chunk_size=CHUNK)]  # fmt: skip
    pks, organisations, since, until = np.array(spans, np.int64).reshape(-1, 4).T
    at, here = board.rows(organisations)
    return Parts(pks[here], at[here], since[here], until[here])


def committees_of(board: Board) -> Ints:
    """By branch and month 1 where it has a committee on the month's last day, 0 where it has none."""
    year = board.year
    posts = Post.objects.filter(
        Q(until=None) | Q(until__gte=first_day_of(year, 0)), committee=True, since__lte=last_day(year)
    )
    ends = (last_day_of(year, month) for month in range(YEAR))
    rows = table(posts.order_by().values_list("organisation").annotate(**on_each(ends)))
    at, here = board.rows(rows[:, 0])
    found = np.zeros((len(board.pks), YEAR), np.int64)
    found[at[here]] = rows[here, 1:] > 0
    return found


@dataclass(frozen=True, slots=True)
class Held:
    """How often a form was held in each month: by branch (its place), and by group or hub household (its number, 0 for
    the branch).
    """

    at: Ints
    part: Ints
    months: Ints


def by_month(year: int, day: str) -> dict[str, Count]:
    """How many rows there are in each month of a year, by a column of days."""
    return {
        f"month_{month}": Count("pk", filter=Q(
            (f"{day}__gte", first_day_of(year, month)), (f"{day}__lte", last_day_of(year, month))
        ))
        for month in range(YEAR)
    }  # fmt: skip


def held_by(forms: Collection[str], board: Board) -> dict[str, Held]:
    """How often each of these forms was held, by branch, part and month: one question for all of them."""
    counted = sessions(board.year).filter(form__in=forms).annotate(which=place_in("form", forms))
    rows = table(
        counted.values_list("which", "gathering__organisation", "part").annotate(
            **by_month(board.year, "gathering__on")
        )
    )
    at, here = board.rows(rows[:, 1])
    found = {}
    for number, form in enumerate(forms):
        mine = here & (rows[:, 0] == number)
        found[form] = Held(at[mine], rows[mine, 2], rows[mine, 3:])
    return found
