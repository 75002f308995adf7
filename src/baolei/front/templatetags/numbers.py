"""Numbers and days in templates, as they are printed everywhere (`programme/printed.py`)."""

from __future__ import annotations

from datetime import date

from django import template
from django.utils.dateformat import format as date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from baolei.programme.printed import UNKNOWN, Number, cents, count, points, share, signed

__all__ = ["Number", "cents", "count", "day", "days_left", "long_day", "points", "share", "signed"]

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


@register.filter
def days_left(due: date, today: date) -> str:
    """How long there is until a day, the day itself counted in: 3 days left, the last day is today, 2 days past."""
    days = (due - today).days
    if not days:
        return _("today is the last day")
    if days < 0:
        return ngettext("%(days)s day past", "%(days)s days past", -days) % {"days": count(-days)}
    return ngettext("%(days)s day left", "%(days)s days left", days) % {"days": count(days)}
