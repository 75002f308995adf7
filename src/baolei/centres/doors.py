"""Who sees what of centres: whoever reads a unit; who keeps them: whoever writes there; who looks in: from above."""

from __future__ import annotations

from typing import Any

from baolei.centres.models import Centre, CircleRun, RoadMap
from baolei.organisations import doors
from baolei.organisations.doors import Scope
from baolei.organisations.models import WIDTH, UnitState, lineage


def centres(scope: Scope) -> Any:
    """The centres and points of the units of a scope, closed ones too."""
    found = Centre.objects.all()
    return found if scope.whole else found.filter(unit__in=doors.units(scope).values("unit"))


def home(centre: Centre, scope: Scope) -> UnitState | None:
    """The unit that keeps a centre, as it stands on the day of the scope; None where it does not."""
    found: UnitState | None = UnitState.objects.on(scope.day).filter(unit=centre.unit_id).first()
    return found


def runs(scope: Scope) -> Any:
    """The reckonings that were made for units of a scope, or for one above them: everybody reads the own part."""
    paths = {above for path in scope.units for above in lineage(path)}
    found = CircleRun.objects.select_related("roads")
    if scope.whole:
        return found
    above = UnitState.objects.on(scope.day).filter(path__in=paths).values("unit")
    return found.filter(unit__in=above) | found.filter(unit__in=doors.units(scope).values("unit"))


def keeps_roads(writing: Scope) -> bool:
    """Whether somebody reads roads in for the house: who writes at the top of the tree."""
    return any(len(path) == WIDTH for path in writing.units)


def roads() -> RoadMap | None:
    """The network in use: the one read in last."""
    return RoadMap.objects.first()
