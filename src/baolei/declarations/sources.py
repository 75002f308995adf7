"""What the house knows already: facts of items that are counted from the records of the rooms below, never asked.

The evidence catalogue. Each room names its items in its `facts.py`; a room that is built later adds one line here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from baolei.centres import facts as centres
from baolei.dues import facts as dues
from baolei.life import facts as life
from baolei.matters import facts as matters
from baolei.organisations import facts as organisations
from baolei.programme.evidence import Facts, Row, Source, added_up, facts_of
from baolei.rectification import facts as rectification
from baolei.training import facts as training
from baolei.wishes import facts as wishes

KNOWN: Mapping[str, Source] = {
    **organisations.SOURCES, **life.SOURCES, **dues.SOURCES, **training.SOURCES, **rectification.SOURCES,
    **wishes.SOURCES,
    **centres.SOURCES,
    **matters.SOURCES,
}  # fmt: skip
"""The items whose facts are counted from records, by code."""
ALWAYS_KNOWN = frozenset(code for code, source in KNOWN.items() if source.always)
"""Those known of every branch, since the house keeps what they are counted from; the others of those that record it."""


def known(items: Iterable[str], organisations: Iterable[int], year: int, until: date) -> dict[str, Facts]:
    """The facts of these items for these organisations in a year, up to a day, as far as records tell them."""
    return facts_of(items, KNOWN, set(organisations), year, until)


def rows_of(item: str, organisation: int, year: int, until: date) -> list[Row]:
    """The rows behind the fact of an item; none for one that is not counted from records."""
    return KNOWN[item].rows(organisation, year, until) if item in KNOWN else []


def fact_of(rows: list[Row]) -> tuple[int, int] | None:
    """What rows come to; None where there are none, of which nothing is known."""
    return added_up(rows) if rows else None
