"""Working days 工作日: deadlines that leave out weekends and holidays, and count the Saturdays worked in exchange.

The day from which a period runs is not counted; its last day is a working day (民法典, articles 201 and 203).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Workdays:
    """The days that are worked: the weekend (ISO numbers), the days off and on that differ from it, the years known."""

    weekend: frozenset[int]
    off: frozenset[dt.date]
    on: frozenset[dt.date]
    years: frozenset[int]

    def worked(self, day: dt.date) -> bool:
        """Whether a day is a working day."""
        return day in self.on or (day not in self.off and day.isoweekday() not in self.weekend)

    def known(self, day: dt.date) -> bool:
        """Whether the holidays of its year have been announced; else it is counted by its week alone."""
        return day.year in self.years

    def after(self, day: dt.date, count: int) -> dt.date:
        """The `count`-th working day after a day, which is itself not counted; 0 is the day, or the next one worked.

        Raises ValueError for a negative count.
        """
        if count < 0:
            raise ValueError(f"{count} working days: a deadline lies ahead")
        while count > 0 or not self.worked(day):
            day += DAY
            count -= self.worked(day)
        return day

    def between(self, since: dt.date, until: dt.date) -> int:
        """How many working days lie after `since` up to `until`, that day counted; negative where it is past."""
        if until < since:
            return -self.between(until, since)
        return sum(self.worked(since + offset * DAY) for offset in range(1, (until - since).days + 1))


def workdays(rows: Mapping[str, Any]) -> Workdays:
    """The calendar that is written in `rulebook/workdays.yaml`.

    Raises ValueError naming a day worked in exchange that is off as well or no weekend, a span that ends before it
    begins, or a day written another way than YYYY-MM-DD.
    """
    off, on = set[dt.date](), set[dt.date]()
    for row in rows["years"].values():
        off |= set(_days(row["rest"]))
        on |= set(_days(row["worked"]))
    weekend = frozenset(rows["weekend"])
    both = sorted(off & on) or sorted(day for day in on if day.isoweekday() not in weekend)
    if both:
        raise ValueError(f"workdays: {both[0]} is worked in exchange, but it is off as well or no weekend")
    return Workdays(weekend, frozenset(off), frozenset(on), frozenset(rows["years"]))


def _days(written: Sequence[dt.date | str]) -> Iterator[dt.date]:
    """Each day of a list of days and of spans."""
    for one in written:
        first, _, last = str(one).partition("/")
        day, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last or first)
        if end < day:
            raise ValueError(f"workdays: {one} ends before it begins")
        while day <= end:
            yield day
            day += DAY
