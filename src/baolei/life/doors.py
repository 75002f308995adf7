"""Who sees what of organisation life, and who records it: the branch itself, and the committee above it."""

from __future__ import annotations

from typing import Any

from baolei.life.models import Gathering
from baolei.organisations import doors
from baolei.organisations.doors import Scope
from baolei.organisations.models import Organisation, OrganisationState, UnitState


def gatherings(scope: Scope) -> Any:
    """The gatherings of the organisations of a scope, those struck among them."""
    found = Gathering.objects.select_related("organisation", "by")
    if scope.whole:
        return found
    return found.filter(organisation__in=doors.organisations(scope).values("organisation"))


def records_for(writing: Scope, organisation: Organisation) -> bool:
    """Whether this scope holds the branch by affiliation: its secretary, or the committee above it."""
    held = Scope(writing.day, (), writing.organisations)
    return bool(held.organisations) and doors.organisations(held).filter(organisation=organisation).exists()


def unit_path(state: OrganisationState) -> str:
    """The path of the unit that an organisation serves, as it stands on the day of its state."""
    found = UnitState.objects.filter(unit=state.unit_id, until=None).values_list("path", flat=True).first()
    return found or ""
