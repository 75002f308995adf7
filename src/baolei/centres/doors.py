"""Who sees what of centres: whoever reads a unit; who keeps them: whoever writes there; who looks in: from above."""

from __future__ import annotations

from typing import Any

from baolei.centres.models import Centre, CircleRun, RoadMap
from baolei.organisations import doors
from baolei.organisations.doors import Scope
from baolei.organisations.models import UnitState, lineage


def centres(scope: Scope) -> Any:
    """The centres and points of the units of a scope, closed ones too."""
    return doors.of_units(Centre.objects.all(), scope)


def runs(scope: Scope) -> Any:
    """The reckonings that were made for units of a scope, or for one above them: everybody reads the own part."""
    paths = {above for path in scope.units for above in lineage(path)}
    found = CircleRun.objects.select_related("roads")
    if scope.whole:
        return found
    above = UnitState.objects.on(scope.day).filter(path__in=paths).values("unit")
    return found.filter(unit__in=above) | found.filter(unit__in=doors.units(scope).values("unit"))


def roads() -> RoadMap | None:
    """The network in use: the one read in last."""
    return RoadMap.objects.first()
