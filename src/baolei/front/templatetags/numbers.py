"""Numbers and days in templates, as they are printed everywhere (`programme/printed.py`)."""

from __future__ import annotations

from datetime import date

from django import template
from django.utils.dateformat import format as date_format
from django.utils.translation import get_language

from baolei.programme.printed import UNKNOWN, Number, cents, count, points, share, signed

__all__ = ["Number", "cents", "count", "day", "long_day", "points", "share", "signed"]

register = template.Library()

for _printer in (cents, count, points, share, signed):
    register.filter(_printer.__name__, _printer)


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
