"""Who sees what of training, and who records it: whoever answers for the host; and a branch for its own people."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q

from baolei.organisations import doors
from baolei.organisations.doors import Scope
from baolei.organisations.models import OrganisationState, UnitState
from baolei.training.models import Attendance, TrainingClass


def classes(scope: Scope) -> Any:
    """The classes that units and organisations of a scope held, and those that its people attended, struck or not."""
    found = TrainingClass.objects.select_related("by")
    if scope.whole:
        return found
    mine = doors.organisations(scope).values("organisation")
    theirs = Attendance.objects.filter(held=OuterRef("pk"), organisation__in=mine)
    return found.filter(Q(unit__in=doors.units(scope).values("unit")) | Q(organisation__in=mine) | Q(Exists(theirs)))


def attendances(scope: Scope) -> Any:
    """Who attended, as far as they belonged to the organisations of a scope then."""
    return doors.of_organisations(Attendance.objects.select_related("member"), scope)


def records_for(writing: Scope, state: OrganisationState, branch: bool) -> bool:
    """Whether this scope records for an organisation: for a branch, itself and the committee above it; for a committee
    also whoever answers for its unit.
    """
    if branch:
        return doors.held_by(writing, state.organisation_id)
    mine: bool = doors.organisations(writing).filter(organisation=state.organisation_id).exists()
    return mine


def host_of(held: TrainingClass, day: Any) -> UnitState | OrganisationState | None:
    """The host of a class as it stands on a day."""
    states: Any = UnitState.objects.filter(unit=held.unit_id) if held.unit_id else OrganisationState.objects.filter(
        organisation=held.organisation_id)  # fmt: skip
    found: UnitState | OrganisationState | None = states.on(day).first()
    return found


def unit_path(host: UnitState | OrganisationState) -> str:
    """The path of the unit under which the ledger files what is done with a host's classes."""
    return str(host.path) if isinstance(host, UnitState) else doors.home_path(host)
