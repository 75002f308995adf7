"""How many cases were turned round 整顿转化: accepted in a year, those opened again taken off and shown; by campaign,
by field, by unit. Each number is the length of a list of cases, counted case by case by the programme.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from baolei.programme.rectification import TurnedRound, turned_round
from baolei.rectification import doors
from baolei.rectification.models import Passage
from baolei.rectification.walk import walked

Key = TypeVar("Key", bound=Hashable)
ACCEPTED, AGAIN, TURNED = PARTS = ("accepted", "again", "turned")
"""What a number counts: accepted in the year; of these opened again in it; what is left."""


@dataclass(frozen=True, slots=True)
class Told:
    """A case that was accepted in a year: its campaign, field, place in the tree, and whether it was opened again."""

    case: int
    year: int
    campaign: str
    field: str
    at: str
    again: bool


def told(found: Any, day: date) -> list[Told]:
    """What some cases tell of each year in which they were accepted; two questions to the database."""
    of_case: dict[int, list[Any]] = defaultdict(list)
    for one in Passage.objects.filter(act__in=("accept", "reopen"), case__in=found.order_by().values("pk")):
        of_case[one.case_id].append(one)
    listed = doors.placed(found, day).order_by().values_list("pk", "campaign", "field", "at")
    return [
        Told(pk, year, campaign, field, at, bool(counted.reopened))
        for pk, campaign, field, at in listed for year in sorted({one.on.year for one in of_case[pk]})
        if (counted := of_year(of_case[pk], year)).accepted
    ]  # fmt: skip


def of_year(passages: Iterable[Any], year: int) -> TurnedRound:
    """How many of some cases were turned round in a year."""
    return turned_round(walked(passages), date(year, 1, 1), date(year, 12, 31))


def counted(listed: Iterable[Told], key: Callable[[Told], Key]) -> dict[Key, TurnedRound]:
    """How many were turned round, by what `key` says of each."""
    numbers: dict[Key, list[int]] = defaultdict(lambda: [0, 0])
    for one in listed:
        numbers[key(one)][0] += 1
        numbers[key(one)][1] += one.again
    return {name: TurnedRound(*both) for name, both in numbers.items()}


def rows_of(listed: Iterable[Told], year: int, part: str) -> list[int]:
    """The cases behind a number of a year: what stands one click away."""
    return [one.case for one in listed if one.year == year
            and (part == ACCEPTED or one.again == (part == AGAIN))]  # fmt: skip
