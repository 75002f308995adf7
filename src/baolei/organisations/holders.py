"""The structure of office holders at a unit and below it: counts of many, never one person's age or education.

Cells of one to four are not shown; with a single such cell the next smallest is withheld as well, so that none can be
worked out from the sum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, F, Value, When

from baolei.organisations import doors
from baolei.organisations.doors import Scope
from baolei.organisations.models import Post, UnitState
from baolei.organisations.post_counts import AGE, EDUCATION
from baolei.organisations.villages import VILLAGE, villages
from baolei.programme.standard.edition import Text
from baolei.warehouse.rulebook import structure

LEAST = 5
"""No cell of fewer is shown."""


@dataclass(frozen=True, slots=True)
class Cell:
    """How many, of all; `number` is None where it may not be shown."""

    name: Text
    number: int | None
    of: int

    @property
    def share(self) -> float | None:
        """Its share, 0 to 1; None where it may not be shown or there is nobody."""
        return None if self.number is None or not self.of else self.number / self.of


@dataclass(frozen=True, slots=True)
class Holders:
    """Secretaries and committee members at a unit and below: how many, how old, how educated; villages headed by both.

    `villages` have a secretary; in `both` of them the secretary also heads the villagers' or residents' committee
    (一肩挑, None where that may not be shown); `vacant` villages have no secretary in post.
    """

    secretaries: int
    members: int
    villages: int
    both: int | None
    vacant: int
    ages: tuple[Cell, ...]
    education: tuple[Cell, ...]

    @property
    def share(self) -> float | None:
        """Villages where one person holds both posts, of those with a secretary, 0 to 1."""
        return None if self.both is None or not self.villages else self.both / self.villages


def holders(scope: Scope, state: UnitState) -> Holders:
    """The structure at a unit of the scope and everything below it, on the scope's day."""
    mine = doors.organisations(scope, state.path)
    posts = Post.objects.on(scope.day).filter(organisation__in=mine.values("organisation"))
    told = posts.values("kind", band=_band(scope.day), level=F("holder__education")).annotate(
        number=Count("holder", distinct=True)
    ).order_by()  # fmt: skip
    rows = list(told)
    wanted = structure()
    ages = [(name, code) for code, name, _to in wanted.ages]
    led, both, vacant = _villages(scope, state)
    return Holders(
        sum(row["number"] for row in rows if row["kind"] == Post.SECRETARY),
        sum(row["number"] for row in rows if row["kind"] != Post.SECRETARY),
        led,
        both if LEAST <= both <= led - LEAST or both == led >= LEAST else None,
        vacant,
        _cells(ages, [(row["band"], row["number"]) for row in rows]),
        _cells([(name, code) for code, name in wanted.education.items()],
               [(row["level"], row["number"]) for row in rows]),
    )  # fmt: skip


def _band(day: date) -> Case:
    """The age band of a post's holder, in the year of the day; '' where the year of birth is not known."""
    born = "holder__birth_year"
    whens = [When(**{f"{born}__gte": day.year - to}, then=Value(code)) for code, _name, to in structure().ages]
    return Case(When(**{f"{born}__isnull": True}, then=Value("")), *whens, default=Value(""))


def _villages(scope: Scope, state: UnitState) -> tuple[int, int, int]:
    """How many villages have a secretary in post, in how many of them that person heads the committee of the village
    too, and how many have none.
    """
    homes = doors.units(scope).filter(level=VILLAGE).under(state.path).order_by()
    serving = doors.organisations(scope, state.path).filter(unit__in=homes.values("unit"))
    found = villages(scope.day, homes.values_list("unit_id", flat=True), serving).values()
    led = sum(one.secretary for one in found)
    return led, sum(one.one for one in found), len(found) - led


def cells_kept(counted: Mapping[str, int]) -> dict[str, tuple[Cell, ...]]:
    """By age and by education what the last look through counted of a unit (`UnitCount.posts`), each person once."""
    wanted = structure()
    ages = [(name, code) for code, name, _to in wanted.ages]
    education = [(name, code) for code, name in wanted.education.items()]
    return {
        key: _cells(named, [(code, counted.get(f"{prefix}{code}", 0)) for _name, code in named])
        for key, prefix, named in (("ages", AGE, ages), ("education", EDUCATION, education))
    }


def _cells(named: Sequence[tuple[Text, str]], rows: Sequence[tuple[str, int]]) -> tuple[Cell, ...]:
    numbers = [sum(number for code, number in rows if code == wanted) for _name, wanted in named]
    total = sum(numbers)
    shown = withheld(numbers)
    return tuple(Cell(name, number, total) for (name, _code), number in zip(named, shown, strict=True))


def withheld(numbers: Sequence[int]) -> list[int | None]:
    """The numbers without those of one to four, and without the next smallest where only one had to go.

    >>> withheld([40, 3, 12, 0]), withheld([2, 3, 9])
    ([40, None, None, 0], [None, None, 9])
    """
    small = {place for place, number in enumerate(numbers) if 0 < number < LEAST}
    if len(small) == 1:
        others = sorted((number, place) for place, number in enumerate(numbers) if number >= LEAST)
        small |= {place for _number, place in others[:1]}
    return [None if place in small else number for place, number in enumerate(numbers)]
