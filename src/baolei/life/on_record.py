"""What is on record of a year: what gatherings count for, which branches record any, since when each is there."""

from __future__ import annotations

from datetime import date
from typing import Any

from baolei.life.models import Gathering, Session


def last_day(year: int) -> date:
    """The last day of a year."""
    return date(year, 12, 31)


def on_record(year: int, organisation: int | None = None) -> set[int]:
    """The branches (or this one) of which any gathering of a year is on record. Of all others nothing is known: that
    none is there tells nothing of what was held.
    """
    found = Gathering.objects.filter(struck_on=None, on__gte=date(year, 1, 1), on__lte=last_day(year))
    if organisation is not None:
        found = found.filter(organisation=organisation)
    return set(found.order_by().values_list("organisation", flat=True).distinct())


def sessions(year: int) -> Any:
    """What the gatherings of a year count for, as far as they count."""
    return Session.objects.filter(
        quorate=True, gathering__struck_on=None, gathering__on__gte=date(year, 1, 1), gathering__on__lte=last_day(year)
    ).order_by()
