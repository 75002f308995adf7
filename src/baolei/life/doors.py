"""Who sees what of organisation life, and who records it: the branch itself, and the committee above it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from baolei.life.models import Gathering
from baolei.organisations import doors
from baolei.organisations.doors import Scope, writing_scope
from baolei.organisations.models import WIDTH, Organisation, OrganisationState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account


def gatherings(scope: Scope) -> Any:
    """The gatherings of the organisations of a scope, those struck among them."""
    return doors.of_organisations(Gathering.objects.select_related("organisation", "by"), scope)


def sees_grades(scope: Scope, state: OrganisationState) -> bool:
    """Whether this scope opens what is about members by name: the branch itself, and the committee directly above it.

    Whoever answers for more (a unit, a committee further up) has no need of it.
    """
    return doors.itself(scope, state) or (state.path[:-WIDTH] or None) in scope.organisations


def branch_of(actor: Account, organisation: Organisation, today: date, otherwise: str = "") -> OrganisationState:
    """The branch as it stands today, for which the actor enters something. Raises NotPossible, saying who does."""
    state: OrganisationState | None = OrganisationState.objects.on(today).filter(organisation=organisation).first()
    if state is None or not doors.held_by(writing_scope(actor, today), organisation):
        raise NotPossible(otherwise or _("this is entered by the branch itself, or by the committee above it"))
    return state
