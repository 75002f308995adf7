"""Who sees what of organisation life, and who records it: the branch itself, and the committee above it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from baolei.life.models import Gathering
from baolei.organisations import doors
from baolei.organisations.doors import Scope, writing_scope
from baolei.organisations.models import WIDTH, Organisation, OrganisationState, UnitState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account


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


def own(scope: Scope, state: OrganisationState) -> bool:
    """Whether somebody answers in this scope for this branch itself, as its secretary does."""
    return state.path in scope.organisations


def sees_grades(scope: Scope, state: OrganisationState) -> bool:
    """Whether this scope opens what is about members by name: the branch itself, and the committee directly above it.

    Whoever answers for more (a unit, a committee further up) has no need of it.
    """
    return own(scope, state) or (state.path[:-WIDTH] or None) in scope.organisations


def branch_of(actor: Account, organisation: Organisation, today: date) -> OrganisationState:
    """The branch as it stands today, for which the actor enters something. Raises NotPossible."""
    state: OrganisationState | None = OrganisationState.objects.on(today).filter(organisation=organisation).first()
    if state is None or not records_for(writing_scope(actor, today), organisation):
        raise NotPossible(_("this is entered by the branch itself, or by the committee above it"))
    return state
