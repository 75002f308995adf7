"""Evidence 佐证: where the fact of an item comes from. What a room holds is counted, and the rows behind it are shown.

A fact is so many of so many. Each room names the items it can tell of (`SOURCES` in its `facts.py`): counted of all
branches together, and row by row of one; the rows of a branch add up to its fact.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from baolei.programme.standard.edition import Edition, FieldTable, Item

Told = TypeVar("Told")
JUDGED = "graded"
"""The kind of item that is judged by its anchors."""
Facts = dict[int, tuple[int, int]]
"""For each organisation (pk) so many of so many; those of whom nothing is known are left out."""


def up_to(year: int, day: dt.date) -> dt.date:
    """The day up to which a year is counted on a day: that day, or the last of the year once it is over."""
    return min(dt.date(year, 12, 31), day)


@dataclass(frozen=True, slots=True)
class Row:
    """One row behind a fact: what it is (in the reader's language), what it adds to both numbers, its page if any.

    `late` says that it was put on record much later than it was; it counts all the same.
    """

    words: str
    done: int
    due: int
    url: str = ""
    late: bool = False


Pass = Callable[[Collection[str], Collection[int], int, dt.date], Mapping[str, Facts]]
"""The facts of several items that are counted from the same records, which are gone through once for all of them."""
Behind = Callable[[Collection[str], int, int, dt.date], Mapping[str, list[Row]]]
"""The rows of one organisation behind several items that share a pass."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from.

    `facts` of organisations for a year, as far as it is over on a day; `rows` those behind the fact of one.
    `always` is said of what the house knows of every branch; the others are known of branches that record them.
    `several` is the pass of a source that others share, `behind` the same for the rows.
    """

    facts: Callable[[Collection[int], int, dt.date], Facts]
    rows: Callable[[int, int, dt.date], list[Row]]
    always: bool = False
    several: Pass | None = None
    behind: Behind | None = None


def shared(several: Pass, rows: Mapping[str, Callable[[int, int, dt.date], list[Row]]]) -> dict[str, Source]:
    """The sources of items that share a pass, by code: each with its own rows."""
    return {item: Source(_only(several, item), mine, several=several) for item, mine in rows.items()}


def shared_rows(several: Pass, behind: Behind, items: Iterable[str]) -> dict[str, Source]:
    """The sources of items that share a pass and the rows as well, by code."""
    return {item: Source(_only(several, item), _only(behind, item), several=several, behind=behind) for item in items}


def _only(several: Callable[..., Mapping[str, Told]], item: str) -> Callable[..., Told]:
    return lambda *asked: several([item], *asked)[item]


def facts_of(
    items: Iterable[str], sources: Mapping[str, Source], organisations: Collection[int], year: int, until: dt.date
) -> dict[str, Facts]:
    """The facts of these items, pass by pass; those without a source are left out."""
    known = {code: sources[code] for code in items if code in sources}
    return _pass_by_pass({code: (one.facts, one.several) for code, one in known.items()}, organisations, year, until)


def rows_of_each(
    items: Iterable[str], sources: Mapping[str, Source], organisation: int, year: int, until: dt.date
) -> dict[str, list[Row]]:
    """The rows of one organisation behind these items; those without a source are left out."""
    known = {code: sources[code] for code in items if code in sources}
    return _pass_by_pass({code: (one.rows, one.behind) for code, one in known.items()}, organisation, year, until)


def _pass_by_pass(
    ways: Mapping[str, tuple[Callable[..., Told], Callable[..., Mapping[str, Told]] | None]], *asked: Any
) -> dict[str, Told]:
    """What is told of each item: by its own way, or by the pass that it shares, gone through once."""
    found, together = dict[str, Told](), defaultdict[Callable[..., Mapping[str, Told]], list[str]](list)
    for code, (alone, several) in ways.items():
        if several is None:
            found[code] = alone(*asked)
        else:
            together[several].append(code)
    for several, codes in together.items():
        found |= several(codes, *asked)
    return found


def added_up(rows: Iterable[Row]) -> tuple[int, int]:
    """The two numbers that rows come to: the fact they stand behind.

    >>> added_up([Row("March", 1, 1), Row("April", 0, 1)])
    (1, 2)
    """
    listed = list(rows)
    return sum(one.done for one in listed), sum(one.due for one in listed)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of the items of a field that are counted: cents of all of them, and of those filled from records."""

    countable: int
    filled: int

    @property
    def share(self) -> float | None:
        """The share that nobody types, None where nothing is counted."""
        return self.filled / self.countable if self.countable else None


def countable(item: Item) -> bool:
    """Whether an item is counted or known, not judged by its grade."""
    return item.kind != JUDGED


def coverage(edition: Edition, field: FieldTable, known: Collection[str]) -> Coverage:
    """How many cents of a field's table records fill in without anybody typing for the evaluation: of all items but
    those that are judged; ballots are no items.
    """
    cents = {code: worth for code, worth in field.items.items() if worth and countable(edition.items[code])}
    return Coverage(sum(cents.values()), sum(worth for code, worth in cents.items() if code in known))
