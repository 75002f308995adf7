"""The counts of places, made by night: a page of the region reads one row a league, and not every wish there is.

Made at one hour they also keep what those made at any hour would tell: that something was confirmed between two looks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date

from django.db import transaction

from baolei.organisations.models import WIDTH, lineage
from baolei.organisations.pouring import pour
from baolei.organisations.villages import VILLAGE
from baolei.programme.evidence import up_to
from baolei.wishes.facts import FIGURES, counted
from baolei.wishes.models import Tally

YEARS = 3
"""So many years are shown, and so many counted."""

Counts = dict[str, dict[str, int]]


def years(today: date) -> range:
    """The years whose counts are shown, this one first."""
    return range(today.year, today.year - YEARS, -1)


@transaction.atomic
def count(today: date) -> None:
    """Count the years that may still change, in the place of what was counted before; a year that was counted after its
    end stays as it is.
    """
    for year in years(today):
        mine = Tally.objects.filter(year=year)
        if mine.filter(day__gt=date(year, 12, 31)).exists():
            continue
        mine.delete()
        pour(Tally, ("path", "year", "day", *FIGURES), _rows(year, today))


def _rows(year: int, today: date) -> list[tuple[object, ...]]:
    """The row of every unit at or below which there is something."""
    told: dict[str, Counter[str]] = {code: Counter() for code in FIGURES}
    for code, sums in told.items():
        for path, number in counted(code, "", date(year, 1, 1), up_to(year, today), WIDTH * VILLAGE).items():
            for above in lineage(path):
                sums[above] += number
    return [(path, year, today, *(sums[path] for sums in told.values())) for path in set().union(*told.values())]


def kept(paths: Collection[str], year: int) -> tuple[Counts, date] | None:
    """By figure the counts of units in a year, and the day they are of; None where no night has counted it yet."""
    there = Tally.objects.filter(year=year)
    last = there.order_by("-day").values_list("day", flat=True).first()
    if last is None:
        return None
    found: Counts = {code: {} for code in FIGURES}
    for path, *numbers in there.filter(path__in=paths).values_list("path", *FIGURES):
        for code, number in zip(FIGURES, numbers, strict=True):
            found[code][path] = number
    return found, last
