"""Evidence 佐证: where the fact of an item comes from. What a room holds is counted, and the rows behind it are shown.

A fact is so many of so many. Each room names the items it can tell of (`SOURCES` in its `facts.py`): counted of all
branches together, and row by row of one; the rows of a branch add up to its fact.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

Facts = dict[int, tuple[int, int]]
"""For each organisation (pk) so many of so many; those of whom nothing is known are left out."""


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


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from.

    `facts` of organisations for a year, as far as it is over on a day; `rows` those behind the fact of one.
    `always` is said of what the house knows of every branch; the others are known of branches that record them.
    """

    facts: Callable[[Collection[int], int, dt.date], Facts]
    rows: Callable[[int, int, dt.date], list[Row]]
    always: bool = False


def added_up(rows: Iterable[Row]) -> tuple[int, int]:
    """The two numbers that rows come to: the fact they stand behind.

    >>> added_up([Row("March", 1, 1), Row("April", 0, 1)])
    (1, 2)
    """
    listed = list(rows)
    return sum(one.done for one in listed), sum(one.due for one in listed)
