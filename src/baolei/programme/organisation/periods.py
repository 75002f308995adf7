"""From when to when something holds: dates without hours, both ends counted, an open end as None."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` to `until`, both days included; None is open. Raises ValueError when it ends before it begins."""

    since: dt.date | None = None
    until: dt.date | None = None

    def __post_init__(self) -> None:
        if self.since and self.until and self.until < self.since:
            raise ValueError(f"ends on {self.until}, before it begins on {self.since}")

    def holds(self, on: dt.date) -> bool:
        """Whether `on` lies in the period."""
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)

    def overlaps(self, other: Period) -> bool:
        """Whether some day lies in both."""
        begins = max(self.since or dt.date.min, other.since or dt.date.min)
        ends = min(self.until or dt.date.max, other.until or dt.date.max)
        return begins <= ends


ALWAYS = Period()


def hold(since: npt.NDArray[np.datetime64], until: npt.NDArray[np.datetime64], on: dt.date) -> npt.NDArray[np.bool_]:
    """The same for columns: datetime64[D] [n] and [n], NaT open; bool [n]."""
    today = np.datetime64(on, "D")
    found: npt.NDArray[np.bool_] = (np.isnat(since) | (since <= today)) & (np.isnat(until) | (until >= today))
    return found


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day `months` later (earlier when negative), or the last day of that month where it has no such day.

    >>> months_later(dt.date(2023, 8, 31), -6)
    datetime.date(2023, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def periods(year: int, months: int) -> tuple[tuple[dt.date, dt.date], ...]:
    """First and last day of the periods of so many months in a year; `months` divides 12.

    >>> [str(last) for _first, last in periods(2026, 3)]
    ['2026-03-31', '2026-06-30', '2026-09-30', '2026-12-31']
    """
    begins = (months_later(dt.date(year, 1, 1), step) for step in range(0, 12, months))
    return tuple((first, months_later(first, months) - dt.timedelta(days=1)) for first in begins)


def whole_months(since: dt.date, on: dt.date) -> int:
    """How many whole months lie between two days, 0 when `on` is not later: months_later(since, m) <= on."""
    months = (on.year - since.year) * 12 + on.month - since.month
    return max(0, months if months_later(since, months) <= on else months - 1)
