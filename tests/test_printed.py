"""Numbers as they are printed: nothing lost, halves up, one sign, a dash for what is not known."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baolei.programme.printed import MINUS, UNKNOWN, cents, count, percent, points, rounded, share, signed

DECIMALS = st.decimals(-(10**9), 10**9, places=6)


def back(text: str) -> Decimal:
    """The number a reader reads."""
    return Decimal(text.replace(",", "").replace(MINUS, "-").removesuffix("%"))


def test_what_is_not_known_is_a_dash_everywhere():
    assert [say(None) for say in (count, points, cents, signed, share)] == [UNKNOWN] * 5


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        (count(0), "0"),
        (count(999), "999"),
        (count(15938), "15,938"),
        (count(-1200), f"{MINUS}1,200"),
        (points(86.415), "86.42"),
        (points(Decimal("86.4149")), "86.41"),
        (points(-0.005), f"{MINUS}0.01"),
        (points(0.5, 0), "1"),
        (points(2.5, 0), "3"),
        (cents(8642), "86.42"),
        (cents(-5), f"{MINUS}0.05"),
        (cents(123456789), "1,234,567.89"),
        (signed(1), "+1.00"),
        (signed(-0.5), f"{MINUS}0.50"),
        (share(0.411), "41.1%"),
        (share(0.0005), "0.1%"),
        (share(1, 0), "100%"),
    ],
)
def test_a_number_is_printed_as_on_paper(printed, text):
    assert printed == text


def test_what_rounds_to_nothing_has_no_minus():
    assert points(-0.004) == points(0) == "0.00"
    assert signed(-0.004) == signed(0.004) == "+0.00"
    assert share(-0.0004) == "0.0%"


@given(st.integers(-(10**15), 10**15))
def test_counts_and_cents_lose_nothing(value):
    assert back(count(value)) == value
    assert back(cents(value)) * 100 == value


@given(DECIMALS, st.integers(0, 4))
def test_what_is_printed_is_the_nearest_with_halves_away_from_zero(value, places):
    got, step = Fraction(back(points(value, places))), Fraction(1, 10**places)
    assert (got / step).denominator == 1
    assert abs(got - Fraction(value)) <= step / 2
    if abs(got - Fraction(value)) == step / 2:
        assert abs(got) > abs(Fraction(value))
    assert got == Fraction(rounded(value, places))


@given(DECIMALS, DECIMALS)
def test_a_larger_number_is_never_printed_smaller(one, other):
    low, high = sorted((one, other))
    assert back(signed(low)) <= back(signed(high))
    assert back(share(low)) <= back(share(high))


def test_a_part_in_whole_percent() -> None:
    assert [percent(1, 8), percent(7, 8), percent(0, 3), percent(2, 3), percent(1, 0)] == [13, 88, 0, 67, None]
