"""What centres tell: coverage per level and pooled, communities with a whole circle, looks that found a point open.

Each figure is a number of a number on a day, for a part of the tree, with the rows behind it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.centres.models import Centre, CircleRun, Look, PlaceCircle, Standing
from baolei.organisations.drawing import table
from baolei.organisations.facts import of_units, unit_served
from baolei.organisations.models import UnitState, lineage
from baolei.programme.centres import OPEN, coverage
from baolei.programme.evidence import Facts, Row, Source, shared, up_to
from baolei.warehouse.rulebook import centres as centre_rules


@dataclass(frozen=True, slots=True)
class Figure:
    """So many of so many on a day, at and below a unit's path; `level` 0 for all levels together. `url`: the rows."""

    what: str
    level: int
    numerator: int
    denominator: int
    day: date
    path: str
    url: str

    @property
    def share(self) -> float | None:
        """The share, 0 to 1; None where there is nothing to count."""
        return self.numerator / self.denominator if self.denominator else None


# ---- coverage of centres ----


def covered_units(path: str, day: date) -> Any:
    """The units at or below a path that have a service centre at work on a day."""
    at_work = Standing.objects.on(day).filter(state=OPEN, centre__kind=Centre.CENTRE).values("centre__unit")
    return _units(path, day).filter(unit__in=at_work)


def centre_coverage(path: str, day: date) -> list[Figure]:
    """Units with at least one service centre at work, of the units there are: level by level, and together (`level` 0,
    last). Points do not count, nor what is paused.
    """
    home = UnitState.objects.on(day).filter(path=path).values_list("unit", flat=True).first()
    page = reverse("unit_centres", args=[home]) if home else ""
    found = coverage(_by_level(_units(path, day)), _by_level(covered_units(path, day)))
    levels = [*sorted(level for level in found if level), 0]
    return [Figure("centre_coverage", level, *found[level], day, path, f"{page}?level={level}" if level else page)
            for level in levels]  # fmt: skip


def _units(path: str, day: date) -> Any:
    return UnitState.objects.on(day).under(path).filter(level__in=list(centre_rules().levels)).order_by()


def _by_level(states: Any) -> dict[int, int]:
    return dict(states.values_list("level").annotate(Count("pk")))


# ---- the circle ----


def last_run(path: str) -> CircleRun | None:
    """The last reckoning that holds a unit: its own, or one of a unit above."""
    above = UnitState.objects.open().filter(path__in=lineage(path)).values("unit")
    found: CircleRun | None = (
        CircleRun.objects.filter(state=CircleRun.DONE, unit__in=above).select_related("roads").first()
    )
    return found


def whole_circles(path: str) -> Figure | None:
    """Places whose circle is complete, of the places whose spot is known; None before the first reckoning."""
    run = last_run(path)
    if run is None:
        return None
    home = UnitState.objects.on(run.day).filter(path=path).values_list("unit", flat=True).first()
    told = _circles(run, path).aggregate(all=Count("pk"), whole=Count("pk", filter=Q(complete=True)))
    page = reverse("circle", args=[home]) if home else ""
    return Figure("whole_circles", 0, told["whole"], told["all"], run.day, path, page)


def _circles(run: CircleRun, path: str) -> Any:
    here = UnitState.objects.on(run.day).under(path).values("unit")
    return PlaceCircle.objects.filter(run=run, unit__in=here, located=True)


# ---- evidence ----


def points_open(organisations: Collection[int], year: int, until: date) -> Facts:
    """15分钟便民服务圈服务点正常开放: looks of the year that found a point of the branch's unit open, of all looks."""
    return _looks(organisations, year, until, Centre.POINT)


def point_rows(organisation: int, year: int, until: date) -> list[Row]:
    """Each look at a point of the branch's unit."""
    return _look_rows(organisation, year, until, Centre.POINT)


def centres_open(items: Collection[str], organisations: Collection[int], year: int, until: date) -> dict[str, Facts]:
    """党群服务中心正常开放: the same of service centres; each of these items says it."""
    return dict.fromkeys(items, _looks(organisations, year, until, Centre.CENTRE))


def centre_rows(organisation: int, year: int, until: date) -> list[Row]:
    """Each look at a service centre of the branch's unit."""
    return _look_rows(organisation, year, until, Centre.CENTRE)


def _looks(organisations: Collection[int], year: int, until: date, kind: str) -> Facts:
    last = up_to(year, until)
    looks = _seen(year, last, kind).values_list("centre__unit")
    seen = table(looks.annotate(opened=Count("pk", filter=Q(open=True)), all=Count("pk")))
    return of_units(organisations, last, {unit: (opened, number) for unit, opened, number in seen.tolist()})


def _look_rows(organisation: int, year: int, until: date, kind: str) -> list[Row]:
    last = up_to(year, until)
    home = unit_served(organisation, last)
    looks = _seen(year, last, kind).filter(centre__unit__in=home).select_related("centre").order_by("day", "pk")
    return [Row(_("%(day)s, %(name)s: open") % {"day": one.day, "name": one.centre.name} if one.open
                else _("%(day)s, %(name)s: not open") % {"day": one.day, "name": one.centre.name},
                int(one.open), 1, reverse("centre", args=[one.centre_id])) for one in looks]  # fmt: skip


def _seen(year: int, last: date, kind: str) -> Any:
    return Look.objects.filter(day__range=(date(year, 1, 1), last), centre__kind=kind).order_by()


SOURCES: dict[str, Source] = {
    "service_circle": Source(points_open, point_rows),
    **shared(centres_open, {"centre_open": centre_rows, "park_centre_open": centre_rows}),
}
"""The items that looks at centres and points tell of, by code."""
