"""Who sees which matters and grids, and as what somebody acts on a matter.

A matter is seen by those at its unit and above it; it is acted on by whoever holds a role at the unit it lies with.
The seats are those of the administrative tree: `rulebook/matters.yaml`, `who`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser

from baolei.matters.models import Call, Grid, GridCode, Matter
from baolei.organisations import doors
from baolei.organisations.doors import Scope, nodes_of
from baolei.organisations.models import Unit, UnitState, lineage
from baolei.people.models import Account, InTree
from baolei.people.roles import reading
from baolei.programme.matters import CALLER, HOLDER, LOWEST
from baolei.warehouse.rulebook import matters as matter_rules

CALLS_AT = 4
"""The level of units that calls back: townships and sub-districts."""


def scope(account: Account | AnonymousUser, today: date) -> Scope:
    """The part of the administrative tree whose matters somebody sees: that of their seats, and of their mandates that
    read records.
    """
    return doors.scope_by_roles(account, today, matter_rules().roles | set(reading("records")))


def seats(account: Account | AnonymousUser, today: date) -> dict[int, int]:
    """The units (pk) at which somebody acts on what lies there, with their levels."""
    held: dict[str, set[str]] = {}
    for role, tree, path in nodes_of(account, today):
        if tree == InTree.UNIT:
            held.setdefault(path, set()).add(role)
    if not held:
        return {}
    who = matter_rules().who
    found = UnitState.objects.on(today).filter(path__in=held).values_list("unit", "level", "path")
    return {unit: level for unit, level, path in found if held[path] & set(who[level])}


def acts_as(account: Account | AnonymousUser | None, matter: Matter, today: date) -> frozenset[str]:
    """As what somebody acts on a matter: who holds it; who calls back, if drawn, not who entered or handled it."""
    if not isinstance(account, Account):
        return frozenset()
    mine, found = seats(account, today), set[str]()
    if matter.holder_id in mine:
        found.add(HOLDER)
    drawn = Call.objects.filter(matter=matter, outcome="").values_list("draw__unit", flat=True)
    if account.pk not in (matter.handler_id, matter.by_id) and any(unit in mine for unit in drawn):
        found.add(CALLER)
    return frozenset(found)


def matters(scope: Scope) -> Any:
    """The matters of a scope."""
    return doors.of_units(Matter.objects.all(), scope)


def grids(scope: Scope) -> Any:
    """The grids of a scope, those that ended included."""
    return doors.of_units(Grid.objects.all(), scope)


def grid_of_code(code: str, today: date) -> Grid | None:
    """The grid of a code on a wall that still holds; None for any other."""
    found = GridCode.objects.filter(code=code, revoked=None).select_related("grid").first()
    grid: Grid | None = found.grid if found else None
    return grid if grid and (grid.until is None or grid.until >= today) else None


def places(unit: Unit | int, today: date) -> dict[int, UnitState]:
    """The units above a unit and itself, as they stand today, by level. One that was merged is found where it stood."""
    return places_of({0: path_of(unit)}, today)[0]


def places_of(paths: Mapping[int, str], today: date) -> dict[int, dict[int, UnitState]]:
    """The same for units whose paths are told."""
    wanted = {above for path in paths.values() for above in lineage(path)}
    found = {state.path: state for state in UnitState.objects.on(today).filter(path__in=wanted)}
    return {unit: {found[above].level: found[above] for above in lineage(path) if above in found}
            for unit, path in paths.items()}  # fmt: skip


def path_of(unit: Unit | int) -> str:
    """The path of a unit as it stands, or stood last: where the ledger files what is done there."""
    found = UnitState.objects.filter(unit=unit).order_by("-since").values_list("path", flat=True).first()
    return found or ""


def paths_of(units: Collection[int]) -> dict[int, str]:
    """The same for many units."""
    return dict(UnitState.objects.filter(unit__in=units).order_by("since").values_list("unit", "path"))


def reports_for(account: Account | AnonymousUser, grid: Grid, today: date) -> str:
    """As what somebody reports a matter of a grid: its unit's workers, or the desk there or above; '' for nobody."""
    mine = seats(account, today)
    if not mine:
        return ""
    if grid.unit_id in mine:
        at = path_of(grid.unit_id)
        worker = any(role == "grid_worker" and tree == InTree.UNIT and path == at
                     for role, tree, path in nodes_of(account, today))  # fmt: skip
        return Matter.WORKER if worker else Matter.DESK
    above = {state.unit_id for state in places(grid.unit_id, today).values() if state.level < LOWEST}
    return Matter.DESK if above & set(mine) else ""
