"""The year's plan: what suggests itself, on which day it falls, what comes next; and the calendar a phone reads."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baolei.programme.life import Often
from baolei.programme.plan import Planned, coming, next_of, proposed
from baolei.warehouse.icalendar import Event, calendar

YEAR, MADE = 2026, dt.datetime(2026, 1, 5, 1, 2, 3, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("often", "quarter", "months"),
    [(Often(1, 1), 0, tuple(range(1, 13))), (Often(1, 3), 0, (2, 5, 8, 11)), (Often(1, 12), 0, (6,)),
     (Often(1, 12), 4, (11,)), (Often(1, 12), 1, (2,)), (Often(1, 3), 4, (2, 5, 8, 11))],
)  # fmt: skip
def test_a_plan_suggests_itself_with_time_left_in_each_period(
    often: Often, quarter: int, months: tuple[int, ...]
) -> None:
    assert proposed(often, quarter) == months


@given(st.sampled_from([1, 2, 3, 4, 6, 12]))
def test_every_period_has_one_month_of_its_own(months: int) -> None:
    found = proposed(Often(1, months))
    assert [(month - 1) // months for month in found] == list(range(12 // months))


@given(st.integers(1, 12), st.none() | st.integers(1, 31), st.integers(2020, 2040))
def test_a_planned_day_lies_in_its_month(month: int, day: int | None, year: int) -> None:
    found = Planned("theme_party_day", month, day).on(year)
    assert (found.year, found.month) == (year, month)

    last = (found + dt.timedelta(days=1)).day == 1
    assert found.day == day or (last and (day is None or found.day < day))


def test_a_month_without_such_a_day_has_its_last() -> None:
    assert Planned("theme_party_day", 2, 30).on(2026) == dt.date(2026, 2, 28)
    assert Planned("theme_party_day", 2, 30).on(2028) == dt.date(2028, 2, 29)
    assert Planned("theme_party_day", 4, None).on(2026) == dt.date(2026, 4, 30)


def test_today_is_still_to_come_and_yesterday_is_not() -> None:
    plan = [Planned("theme_party_day", month, 5) for month in (3, 1, 2)]
    assert [day.month for day, _one in coming(plan, YEAR, dt.date(2026, 1, 5), 9)] == [1, 2, 3]
    assert [day.month for day, _one in coming(plan, YEAR, dt.date(2026, 1, 6), 1)] == [2]
    first, last = dt.date(2026, 2, 1), dt.date(2026, 3, 31)
    assert next_of(plan, "theme_party_day", YEAR, first, last) == dt.date(2026, 2, 5)
    assert next_of(plan, "members_meeting", YEAR, first, last) is None


def test_a_calendar_is_what_phones_read() -> None:
    events = [Event("plan-1@baolei", dt.date(2026, 12, 31), "主题党日，学习；讨论, 修路\\植树" * 3, "一\n二")]
    made = calendar("东方红村党支部", events, MADE)
    lines = made.split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert lines[-2:] == [b"END:VCALENDAR", b""]
    assert all(len(line) <= 75 for line in lines)
    for line in lines:
        line.decode()  # no sign is cut in two
    whole = made.replace(b"\r\n ", b"").decode()
    assert "SUMMARY:" + "主题党日，学习；讨论\\, 修路\\\\植树" * 3 in whole
    assert "DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101" in whole
    assert "DESCRIPTION:一\\n二" in whole
    assert "DTSTAMP:20260105T010203Z" in whole
    assert made == calendar("东方红村党支部", events, MADE)


@given(st.text(max_size=200))
def test_nothing_somebody_typed_begins_a_line_of_its_own(words: str) -> None:
    made = calendar("x", [Event("k", dt.date(2026, 1, 1), words)], MADE)
    for line in made.split(b"\r\n"):
        assert b"\n" not in line
        assert len(line) <= 75
    assert made.count(b"BEGIN:VEVENT") == 1 + words.count("BEGIN:VEVENT")
