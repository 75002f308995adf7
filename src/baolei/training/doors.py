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
    found = Attendance.objects.select_related("member")
    if scope.whole:
        return found
    return found.filter(organisation__in=doors.organisations(scope).values("organisation"))


def records_for(writing: Scope, state: OrganisationState, branch: bool) -> bool:
    """Whether this scope records for an organisation: for a branch, itself and the committee above it; for a committee
    also whoever answers for its unit.
    """
    held = Scope(writing.day, (), writing.organisations) if branch else writing
    some = bool(held.organisations or held.units)
    return some and doors.organisations(held).filter(organisation=state.organisation_id).exists()


def own(scope: Scope, state: OrganisationState) -> bool:
    """Whether this is the branch's own scope: it sees its people's hours, which nobody above it does."""
    return state.path in scope.organisations


def host_of(held: TrainingClass, day: Any) -> UnitState | OrganisationState | None:
    """The host of a class as it stands on a day."""
    states: Any = UnitState.objects.filter(unit=held.unit_id) if held.unit_id else OrganisationState.objects.filter(
        organisation=held.organisation_id)  # fmt: skip
    found: UnitState | OrganisationState | None = states.on(day).first()
    return found


def unit_path(host: UnitState | OrganisationState) -> str:
    """The path of the unit under which the ledger files what is done with a host's classes."""
    if isinstance(host, UnitState):
        return str(host.path)
    found = UnitState.objects.filter(unit=host.unit_id, until=None).values_list("path", flat=True).first()
    return found or ""
