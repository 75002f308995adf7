"""The year's plan 年度计划: in which months a branch means to hold what, what comes next, and the days of a calendar.

A plan is a help to whoever made it. Nothing counts for or against a branch because it was planned.
"""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from baolei.programme.life import YEAR, Often

LAST_DAY = 31


@dataclass(frozen=True, slots=True)
class Planned:
    """That a form of organisation life is meant for a month, and for a day of it (None: in the course of the month)."""

    form: str
    month: int
    day: int | None = None

    def on(self, year: int) -> dt.date:
        """Its day in a year; the last of the month where the month has no such day, or none is named.

        >>> Planned("theme_party_day", 2, 30).on(2026)
        datetime.date(2026, 2, 28)
        """
        last = monthrange(year, self.month)[1]
        return dt.date(year, self.month, min(self.day or last, last))


def proposed(often: Often, quarter: int = 0) -> tuple[int, ...]:
    """The months that suggest themselves where nothing is planned: every month, or the middle month of each period.

    `quarter` is the usual one of what is held once a year (0 for none): its middle month. So there is time left
    afterwards in either case.

    >>> proposed(Often(1, 3)), proposed(Often(1, 12), quarter=4)
    ((2, 5, 8, 11), (11,))
    """
    if often.months == YEAR and quarter:
        return (quarter * 3 - 1,)
    return tuple(range((often.months + 1) // 2, YEAR + 1, often.months))


def coming(plan: Iterable[Planned], year: int, today: dt.date, most: int) -> list[tuple[dt.date, Planned]]:
    """What is planned from today on, the next first, `most` of it at most."""
    dated = [(one.on(year), one) for one in plan]
    return sorted((pair for pair in dated if pair[0] >= today), key=lambda pair: (pair[0], pair[1].form))[:most]


def next_of(plan: Sequence[Planned], form: str, year: int, first: dt.date, last: dt.date) -> dt.date | None:
    """The first day between two days for which a form is planned; None where it is not."""
    days = [one.on(year) for one in plan if one.form == form]
    return min((day for day in days if first <= day <= last), default=None)
