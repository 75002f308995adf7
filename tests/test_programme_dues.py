"""Party dues: the calculator at its steps, months due, months paid in time."""

from __future__ import annotations

import datetime as dt
from copy import deepcopy
from itertools import pairwise
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from baolei.programme import dues
from baolei.programme.dues import Payment
from baolei.warehouse import rulebook

RULES = rulebook.dues()


def month(number: int, year: int = 2026) -> dt.date:
    return dt.date(year, number, 1)


@pytest.mark.parametrize(
    ("yuan", "fen", "owed"),
    [(0, 0, 0), (2999, 99, 1500), (3000, 0, 1500), (3000, 1, 3000), (5000, 0, 5000), (5000, 1, 7500), (10000, 0, 15000),
     (10000, 1, 20000), (20000, 0, 40000)],
)  # fmt: skip
def test_dues_of_who_is_paid_by_the_month_at_each_step(yuan: int, fen: int, owed: int) -> None:
    base = yuan * 100 + fen
    assert dues.monthly("employed", base, RULES) == dues.monthly("self_employed", base, RULES) == (owed, owed)


@pytest.mark.parametrize(("base", "owed"), [(500_000, 2500), (500_001, 5000), (500_049, 5000), (500_050, 5001)])
def test_dues_of_retired_members_and_half_a_fen_rounded_up(base: int, owed: int) -> None:
    assert dues.monthly("retired", base, RULES) == (owed, owed)


def test_two_jiao_of_a_farmer_and_of_who_lives_on_relief() -> None:
    assert dues.monthly("farmer", 0, RULES) == (20, 100)
    assert dues.monthly("relief", 0, RULES) == (20, 20)


@pytest.mark.parametrize(("kind", "base"), [("employed", -1), ("nobody", 100)])
def test_what_cannot_be_reckoned_is_refused(kind: str, base: int) -> None:
    with pytest.raises(dues.DuesRefused, match="choose who pays"):
        dues.monthly(kind, base, RULES)


def test_dues_begin_with_the_month_of_the_admitting_meeting_and_end_before_the_month_of_leaving() -> None:
    until = dt.date(2026, 12, 31)
    assert dues.months_due(dt.date(2026, 3, 31), 2026, until)[0] == month(3)
    assert dues.months_due(dt.date(2020, 1, 1), 2026, until, left=dt.date(2026, 5, 1)) == tuple(map(month, range(1, 5)))
    assert dues.months_due(dt.date(2027, 1, 1), 2026, until) == ()


def test_a_month_is_due_when_it_is_over_and_not_where_it_was_waived() -> None:
    old = dt.date(2020, 1, 1)
    assert dues.months_due(old, 2026, dt.date(2026, 3, 30)) == (month(1), month(2))
    assert dues.months_due(old, 2026, dt.date(2026, 3, 31), waived=[dt.date(2026, 2, 14)]) == (month(1), month(3))


def test_paid_in_time_is_by_the_last_day_of_the_month_or_before() -> None:
    due = tuple(map(month, (1, 2, 3, 4)))
    paid = [Payment(dt.date(2026, 1, 31), month(1), month(1)), Payment(dt.date(2026, 3, 1), month(2), month(3))]
    assert dues.on_time(due, paid) == 2, "January and March; February was paid a day late"
    assert dues.paid_to(paid) == month(3)
    assert (dues.on_time(due, []), dues.paid_to([])) == (0, None)


def test_six_months_without_payment_remind_and_five_do_not() -> None:
    old = dt.date(2020, 1, 1)
    assert not dues.to_be_talked_to(old, month(1), dt.date(2026, 7, 31), RULES)
    assert dues.to_be_talked_to(old, month(1), dt.date(2026, 8, 1), RULES)
    assert not dues.to_be_talked_to(dt.date(2026, 2, 20), None, dt.date(2026, 7, 31), RULES)
    assert dues.to_be_talked_to(dt.date(2026, 2, 20), None, dt.date(2026, 8, 1), RULES)


@pytest.mark.parametrize(
    ("said", "fen"), [("0", 0), ("3000", 300_000), ("3000.01", 300_001), ("6,800.5", 680_050), (" 0.2 ", 20)]
)
def test_an_amount_is_read_in_fen(said: str, fen: int) -> None:
    assert dues.in_fen(said, 100_000_000) == fen


@pytest.mark.parametrize("said", ["", "-1", "三千", "3000.001", "1e5", "３０００", "nan", "3000元"])
def test_what_is_no_amount_is_refused_with_an_example(said: str) -> None:
    with pytest.raises(dues.DuesRefused, match=r"3200 or 3200\.50"):
        dues.in_fen(said, 100_000_000)


def test_a_digit_too_many_is_refused() -> None:
    assert dues.in_fen("1000000", 100_000_000) == 100_000_000
    with pytest.raises(dues.DuesRefused, match="more than 1,000,000 yuan"):
        dues.in_fen("1000000.01", 100_000_000)


@given(st.dates(dt.date(1921, 7, 1), dt.date(2999, 12, 1)))
def test_a_month_and_its_number_lead_to_each_other(day: dt.date) -> None:
    number = dues.number_of(day)
    assert dues.month_of(number) == dues.first_of(day) <= day <= dues.last_day(number) < dues.month_of(number + 1)


@given(st.sets(st.integers(24_312, 24_348)))
def test_spans_hold_the_months_they_are_made_of_and_no_other(numbers: set[int]) -> None:
    found = dues.spans(map(dues.month_of, numbers))
    held = [number for first, last in found for number in range(dues.number_of(first), dues.number_of(last) + 1)]
    assert held == sorted(numbers)
    assert all(dues.number_of(one[1]) + 1 < dues.number_of(other[0]) for one, other in pairwise(found))


def test_owed_are_the_months_that_no_payment_covers() -> None:
    paid = [Payment(dt.date(2026, 2, 3), month(1), month(2)), Payment(dt.date(2026, 4, 1), month(4), month(4))]
    assert dues.owed(map(month, (5, 4, 3, 2, 1)), paid) == (month(3), month(5))


@given(st.integers(0, 5_000_000), st.integers(0, 5_000_000), st.sampled_from(["employed", "retired"]))
def test_who_has_more_never_pays_less(one: int, other: int, kind: str) -> None:
    low, high = sorted((one, other))
    assert dues.monthly(kind, low, RULES) <= dues.monthly(kind, high, RULES)


def _rows(change: Any) -> Any:
    rows = deepcopy(yaml.safe_load(rulebook.text(rulebook.DUES)))
    change(rows)
    return rows


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda rows: rows["tables"]["employed"].pop(), "the table employed must rise"),
        (lambda rows: rows["tables"]["retired"][0].pop("up_to"), "the table retired must rise"),
        (lambda rows: rows["tables"]["employed"].reverse(), "the table employed must rise"),
        (lambda rows: rows["tables"]["employed"][1].update(up_to=3000), "the table employed must rise"),
        (lambda rows: rows["tables"]["employed"][3].update(per_mille=1), "the table employed must rise"),
        (lambda rows: rows["kinds"]["retired"].update(table="pensions"), "retired pays by a table that is not there"),
        (lambda rows: rows["kinds"]["farmer"].update(table="employed"), "farmer pays by a table that is not there"),
    ],
)
def test_tables_that_cannot_be_are_named(change: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        dues.dues_rules(_rows(change))
