"""Numbers and days as they are printed: thousands separated, halves rounded up, nothing that is not known."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django import template
from django.utils.dateformat import format as date_format
from django.utils.translation import get_language

register = template.Library()

Number = int | float | Decimal

UNKNOWN = "—"
MINUS = "\N{MINUS SIGN}"


def rounded(value: Number, places: int) -> Decimal:
    """`value` with so many decimals, halves away from zero, as on paper. Floats are taken as they print."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _printed(value: Decimal, sign: str = "") -> str:
    return f"{value:{sign},f}".replace("-", MINUS)


@register.filter
def count(value: int | None) -> str:
    """15938 -> 15,938; a dash for what is not known."""
    return UNKNOWN if value is None else _printed(Decimal(value))


@register.filter
def points(value: Number | None, places: int = 2) -> str:
    """86.415 -> 86.42; a dash for what is not known."""
    return UNKNOWN if value is None else _printed(rounded(value, places))


@register.filter
def signed(value: Number | None, places: int = 2) -> str:
    """1 -> +1.00, -0.5 -> −0.50."""
    return UNKNOWN if value is None else _printed(rounded(value, places), "+")


@register.filter
def share(value: Number | None, places: int = 1) -> str:
    """0.411 -> 41.1%; a dash for what is not known."""
    if value is None:
        return UNKNOWN
    return _printed(rounded(Decimal(str(value)) * 100, places)) + "%"


@register.filter
def day(value: date | None) -> str:
    """2026-11-23, for tables."""
    return UNKNOWN if value is None else f"{value:%Y-%m-%d}"


@register.filter
def long_day(value: date | None) -> str:
    """2026年11月23日 or 23 November 2026, for prose."""
    if value is None:
        return UNKNOWN
    if (get_language() or "").startswith("zh"):
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {date_format(value, 'F')} {value.year}"
