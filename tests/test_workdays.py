"""Working days: holidays as they were announced, Saturdays worked in exchange, deadlines that leave them out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baolei.programme.workdays import workdays as read
from baolei.warehouse.rulebook import workdays

CALENDAR = workdays()
DAYS = st.dates(date(2023, 1, 1), date(2027, 6, 30))


@pytest.mark.parametrize(("year", "worked"), [(2023, 249), (2024, 251), (2025, 248), (2026, 248)])
def test_a_year_has_as_many_working_days_as_were_announced(year: int, worked: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=offset) for offset in range(366)]
    assert sum(CALENDAR.worked(day) for day in days if day.year == year) == worked
    assert CALENDAR.known(date(year, 7, 1))


def test_the_spring_festival_of_2026_and_the_saturdays_around_it() -> None:
    assert CALENDAR.worked(date(2026, 2, 14)), "a Saturday worked in exchange"
    assert not CALENDAR.worked(date(2026, 2, 16)), "a Monday of the festival"
    assert CALENDAR.after(date(2026, 2, 13), 1) == date(2026, 2, 14)
    assert CALENDAR.after(date(2026, 2, 13), 2) == date(2026, 2, 24)
    assert CALENDAR.between(date(2026, 2, 13), date(2026, 2, 28)) == 6
    assert not CALENDAR.known(date(2027, 1, 4)), "not announced yet: by the week alone"
    assert CALENDAR.worked(date(2027, 1, 4))


@given(DAYS, st.integers(1, 60))
def test_a_deadline_is_a_working_day_that_many_working_days_away(day: date, count: int) -> None:
    due = CALENDAR.after(day, count)
    assert CALENDAR.worked(due)
    assert CALENDAR.between(day, due) == count
    assert CALENDAR.between(due, day) == -count


@given(DAYS)
def test_no_days_at_all_is_the_day_or_the_next_one_worked(day: date) -> None:
    due = CALENDAR.after(day, 0)
    assert due == day if CALENDAR.worked(day) else CALENDAR.after(day, 1) == due


def test_a_deadline_lies_ahead() -> None:
    with pytest.raises(ValueError, match="lies ahead"):
        CALENDAR.after(date(2026, 1, 5), -1)


@pytest.mark.parametrize(("off", "on", "says"), [
    (["2026-01-03"], ["2026-01-03"], "2026-01-03 is worked in exchange"),
    ([], ["2026-01-05"], "no weekend"),
    (["2026-01-05/2026-01-03"], [], "ends before it begins"),
    (["1 January"], [], "Invalid isoformat"),
])  # fmt: skip
def test_a_calendar_that_contradicts_itself_is_refused(off: list[Any], on: list[Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read({"weekend": [6, 7], "years": {2026: {"rest": off, "worked": on}}})
