"""Words that the SQL checks of facts share: what PostgreSQL and SQLite write alike, and the few things they do not.

No month functions: periods are tables with a first and a last day. No GREATEST: the two write it differently.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise

NONE = "SELECT 0, 0, 0 WHERE 1 = 0"
"""Nothing is known of any branch."""
DAY = timedelta(days=1)
Span = tuple[date, date]


def day(on: date) -> str:
    """A day as the database writes it."""
    from django.db import connection

    return f"DATE '{on}'" if connection.vendor == "postgresql" else f"'{on}'"


def rows(name: str, columns: Sequence[str], values: Iterable[Sequence[object]]) -> str:
    """A little table of a WITH: days, numbers and words. There is at least one row."""
    lines = ", ".join("(" + ", ".join(map(literal, one)) + ")" for one in values)
    return f"{name} ({', '.join(columns)}) AS (VALUES {lines})"


def literal(one: object) -> str:
    """A value as it stands in SQL."""
    if isinstance(one, date):
        return day(one)
    return str(one) if isinstance(one, int) else f"'{one}'"


def among(words: Iterable[str]) -> str:
    """For IN: the words, or none."""
    return "(" + ", ".join(literal(one) for one in words) + ")"


def least(one: str, other: str) -> str:
    """The lower of two."""
    return f"(CASE WHEN {one} < {other} THEN {one} ELSE {other} END)"


def most(one: str, other: str) -> str:
    """The higher of two."""
    return f"(CASE WHEN {one} > {other} THEN {one} ELSE {other} END)"


def many(condition: str) -> str:
    """How many rows of a group are so."""
    return f"SUM(CASE WHEN {condition} THEN 1 ELSE 0 END)"


def stands(row: str, on: str) -> str:
    """Whether what has a first and maybe a last day (both count) is there on a day."""
    return f"({row}.since <= {on} AND ({row}.until IS NULL OR {row}.until >= {on}))"


def year_of(year: int) -> Span:
    """The days of a year."""
    return date(year, 1, 1), date(year, 12, 31)


def so_far(year: int, until: date) -> Span:
    """The days of a year as far as it is over."""
    return date(year, 1, 1), min(date(year, 12, 31), until)


def periods(year: int, months: int) -> list[Span]:
    """First and last day of each period of so many months of a year."""
    begins = [date(year, month, 1) for month in range(1, 13, months)] + [date(year + 1, 1, 1)]
    return [(first, following - DAY) for first, following in pairwise(begins)]


def over(year: int, months: int, until: date) -> list[Span]:
    """Those that are over on a day."""
    return [(first, last) for first, last in periods(year, months) if last <= until]


def months_back(on: date, months: int) -> date:
    """The same day so many months before, or the last of a month that has no such day."""
    whole = on.year * 12 + on.month - 1 - months
    following = date((whole + 1) // 12, (whole + 1) % 12 + 1, 1) - DAY
    return following.replace(day=min(on.day, following.day))
