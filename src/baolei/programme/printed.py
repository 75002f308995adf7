"""Numbers as they are printed: thousands separated, halves rounded up, a dash for what is not known."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

Number = int | float | Decimal

UNKNOWN = "—"
MINUS = "\N{MINUS SIGN}"


def rounded(value: Number, places: int) -> Decimal:
    """`value` with so many decimals, halves away from zero, as on paper. Floats are taken as they print."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def count(value: int | None) -> str:
    """15938 -> 15,938; a dash for what is not known."""
    return UNKNOWN if value is None else _printed(Decimal(int(value)))


def points(value: Number | None, places: int = 2) -> str:
    """86.415 -> 86.42; a dash for what is not known."""
    return UNKNOWN if value is None else _printed(rounded(value, places))


@lru_cache(maxsize=1 << 14)
def cents(value: int | None) -> str:
    """8642 -> 86.42: hundredths as points, exactly; a dash for what is not known."""
    return UNKNOWN if value is None else _printed(Decimal(int(value)).scaleb(-2))


def signed(value: Number | None, places: int = 2) -> str:
    """1 -> +1.00, -0.5 -> −0.50."""
    return UNKNOWN if value is None else _printed(rounded(value, places), "+")


def share(value: Number | None, places: int = 1) -> str:
    """0.411 -> 41.1%; a dash for what is not known."""
    return UNKNOWN if value is None else _printed(rounded(Decimal(str(value)) * 100, places)) + "%"


def percent(part: int, whole: int) -> int | None:
    """What part of a whole, in whole percent, halves up; None of nothing."""
    return (200 * part + whole) // (2 * whole) if whole else None


def _printed(value: Decimal, sign: str = "") -> str:
    value = value if value else abs(value)  # what rounds to nothing has no minus
    return f"{value:{sign},f}".replace("-", MINUS)
