"""What grids and matters tell: figures of a place with numerator, denominator and the rows behind; facts of items.

Grids and workers are counted as they stand on a day, each person once; matters by when they were reported. Those that a
call-back confirmed, that nobody confirmed, and that were closed though not fixed are figures of their own.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.matters import tables
from baolei.matters.models import WITH_PARTY, Grid, Holding, Matter, Step
from baolei.organisations.drawing import table
from baolei.organisations.facts import of_units, unit_served
from baolei.organisations.models import UnitState
from baolei.paths import at_or_below
from baolei.programme.evidence import Facts, Row, Source, up_to
from baolei.programme.matters import CLOSED, GOOD


@dataclass(frozen=True, slots=True)
class Figure:
    """So many of so many (None where it is a count), and the rows behind it as a query of this room."""

    numerator: int
    denominator: int | None
    rows: Any


# ---- figures of a place ----


def grids(path: str, day: date) -> Figure:
    """The grids at or below a place on a day; '' is everywhere."""
    found = _grids(path, day)
    return Figure(found.count(), None, found)


def grids_with_party(path: str, day: date) -> Figure:
    """Those with a branch or a Party group, of all grids."""
    found = _grids(path, day)
    mine = found.filter(WITH_PARTY)
    return Figure(mine.count(), found.count(), mine)


def workers(path: str, day: date, *, full_time: bool | None = None) -> Figure:
    """The workers of those grids, each person once; full-time who is so in any of them, part-time the others."""
    held = Holding.objects.on(day).filter(grid__in=_grids(path, day).values("pk"))
    full = held.filter(full_time=True)
    found = held if full_time is None else full if full_time else held.exclude(worker__in=full.values("worker"))
    return Figure(found.values("worker").distinct().count(), None, found)


def workers_per_grid(path: str, day: date) -> Figure:
    """Workers, of grids: how many persons to a grid on average."""
    found = workers(path, day)
    return Figure(found.numerator, _grids(path, day).count(), found.rows)


def ended(path: str, first: date, last: date, ending: str) -> Figure:
    """Of the matters reported between two days those that ended so: confirmed, called, unconfirmed, not_fixed."""
    found = _matters(path, first, last)
    mine = found.filter(ending=ending)
    return Figure(mine.count(), found.count(), mine)


def solved(path: str, first: date, last: date) -> Figure:
    """Of the matters reported between two days those that the asker or a sampled call-back confirmed as fixed."""
    found = _matters(path, first, last)
    mine = found.filter(ending__in=GOOD)
    return Figure(mine.count(), found.count(), mine)


def _grids(path: str, day: date) -> Any:
    found = Grid.objects.on(day)
    return found.filter(unit__in=_units(path, day)) if path else found


def _matters(path: str, first: date, last: date) -> Any:
    found = Matter.objects.filter(on__gte=first, on__lte=last)
    return found.filter(unit__in=_units(path, last)) if path else found


def _units(path: str, day: date) -> Any:
    return UnitState.objects.on(day).filter(at_or_below(path)).values("unit")


# ---- of the grids in which a branch is at work ----


def grids_of(organisations: Collection[int], day: date) -> dict[int, list[Grid]]:
    """By branch (pk) the grids of a day in which it, or a Party group of it, is at work; one question."""
    mine = Q(organisation__in=organisations) | Q(group__organisation__in=organisations)
    found: dict[int, list[Grid]] = {}
    for grid in Grid.objects.on(day).filter(mine).select_related("group").order_by("code", "pk"):
        for one in {grid.organisation_id, grid.group.organisation_id if grid.group else None} & set(organisations):
            found.setdefault(one, []).append(grid)
    return found


def endings_by_month(grids: Collection[Grid], first: date) -> list[tuple[date, str, int]]:
    """Of the matters reported in grids from a day on: month, how they ended ('' for open), how many. What was merged
    counts in the other one.
    """
    found = Matter.objects.filter(grid__in=[one.pk for one in grids], on__gte=first, merged_into=None).order_by()
    return list(found.annotate(month=TruncMonth("on")).values_list("month", "ending").annotate(number=Count("pk")))


# ---- facts of items ----


def grid_party_presence(organisations: Collection[int], year: int, until: date) -> Facts:
    """支部、党小组建在网格上: grids with a branch or a Party group at the end, of all grids of the unit served."""
    last = up_to(year, until)
    party = Count("pk", filter=WITH_PARTY)
    rows = Grid.objects.on(last).order_by().values_list("unit").annotate(party=party, all=Count("pk"))
    return of_units(organisations, last, {unit: (done, due) for unit, done, due in table(rows).tolist()})


def presence_rows(organisation: int, year: int, until: date) -> list[Row]:
    """Each grid, and whether it has a branch or a Party group."""
    last = up_to(year, until)
    found = Grid.objects.on(last).filter(unit__in=unit_served(organisation, last)).order_by("code", "pk")
    return [Row(one.name, int(bool(one.organisation_id or one.group_id)), 1, reverse("grid", args=[one.pk]))
            for one in found]  # fmt: skip


def matters_of(which: str, organisations: Collection[int], year: int, until: date) -> Facts:
    """网格事项: matters of a year that were closed as the item asks, of those it asks about, by the unit served."""
    last = up_to(year, until)
    rows = _asked(which, year, last).order_by().values_list("unit").annotate(
        done=Count("pk", filter=_done(which, last)), all=Count("pk"))  # fmt: skip
    return of_units(organisations, last, {unit: (done, due) for unit, done, due in table(rows).tolist()})


def matter_rows(which: str, organisation: int, year: int, until: date) -> list[Row]:
    """Each of these matters: its kind and day, never a word of it."""
    last, called = up_to(year, until), tables.kinds()
    found = _asked(which, year, last).filter(unit__in=unit_served(organisation, last)).order_by("on", "pk")
    done = set(found.filter(_done(which, last)).values_list("pk", flat=True))
    return [
        Row(_("%(kind)s reported on %(day)s") % {"kind": called.get(one.kind, one.kind), "day": one.on},
            int(one.pk in done), 1, reverse("asked", args=[one.pk]))
        for one in found
    ]  # fmt: skip


TAKEN, PASSED_ON = "taken", "passed_on"


def _asked(which: str, year: int, last: date) -> Any:
    """The matters of a year that an item asks about: all that stand by themselves, or those that were passed upward."""
    found = Matter.objects.filter(on__gte=date(year, 1, 1), on__lte=last, merged_into=None)
    if which == TAKEN:
        return found
    upward = Step.objects.filter(matter=OuterRef("pk"), act="escalate")
    return found.filter(Exists(upward))


def _done(which: str, last: date) -> Q:
    if which == TAKEN:
        return Q(ending__in=GOOD, closed_on__lte=last) & Q(closed_on__lte=F("ends"))
    return Q(ending__in=CLOSED, closed_on__lte=last)


SOURCES: dict[str, Source] = {
    "grid_party_presence": Source(grid_party_presence, presence_rows),
    "grid_matters": Source(partial(matters_of, TAKEN), partial(matter_rows, TAKEN)),
    "grid_passed_on": Source(partial(matters_of, PASSED_ON), partial(matter_rows, PASSED_ON)),
}
"""The items that grids and matters tell of, by code."""
