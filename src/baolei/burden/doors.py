"""Who sees which forms, who proposes and agrees, who hears the complaints.

A form is seen by the units at and above its owner, proposed ones too; what is or was in force is also seen by all whom
it asks, below. A complaint is seen by its owner and by every level above: no level can keep one from the next. Which
branch it came from is shown to the branch alone.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q

from baolei.burden.models import Complaint, DuplicateRefused, RegisteredForm
from baolei.organisations import doors
from baolei.organisations.doors import Scope
from baolei.organisations.models import OrganisationState, UnitState, lineage
from baolei.paths import at_or_below
from baolei.people.models import Account, InTree
from baolei.warehouse.rulebook import forms as form_rules

DECIDED = Q(decided_on__isnull=False) & ~Q(state=RegisteredForm.REFUSED)
"""What is or was in force."""


def forms(scope: Scope) -> Any:
    """The registered forms of a scope: its own and those below, and what those above ask of it."""
    found = RegisteredForm.objects.select_related("proposed_by", "decided_by")
    if scope.whole:
        return found
    return found.filter(doors.ranges(scope.units) | (Q(path__in=_above(scope)) & DECIDED))


def asking(path: str) -> Any:
    """The forms that are or were in force and ask branches at or below a unit: its own, those above, those below."""
    return RegisteredForm.objects.filter(Q(path__in=lineage(path)) | at_or_below(path), DECIDED)


def complaints(scope: Scope) -> Any:
    """The complaints about forms of a scope's units and those below them, and those that its own branches made."""
    found = Complaint.objects.select_related("form")
    if scope.whole:
        return found
    own = OrganisationState.objects.on(scope.day).filter(path__in=scope.organisations).values("organisation")
    return found.filter(doors.ranges(scope.units, "owner") | Q(organisation__in=own))


def duplicates(scope: Scope) -> Any:
    """The duplicates that were refused to the units of a scope."""
    found = DuplicateRefused.objects.all()
    return found if scope.whole else found.filter(doors.ranges(scope.units))


def _above(scope: Scope) -> set[str]:
    """The places above and at those that a scope answers for, of units and of branches."""
    homes = set(scope.units)
    if scope.organisations:
        mine = doors.organisations(Scope(scope.day, (), scope.organisations)).values("unit")
        homes |= set(UnitState.objects.on(scope.day).filter(unit__in=mine).values_list("path", flat=True))
    return {part for path in homes for part in lineage(path)}


# ---- who acts ----


def own_units(account: Account, today: date) -> Any:
    """The units for which somebody proposes forms: those of the own mandates, not those below them."""
    return UnitState.objects.on(today).filter(path__in=_places(account, today, form_rules().proposes)).order_by("path")


def keeps(account: Account, today: date, path: str) -> bool:
    """Whether somebody withdraws a form of this place, says what it was used for, and answers for it."""
    return path.startswith(tuple(_places(account, today, form_rules().proposes)))


def may_agree(account: Account, today: date, this: RegisteredForm) -> bool:
    """Whether somebody agrees to a form or refuses it: another person, of a unit at or above its owner, high enough."""
    if account.pk == this.proposed_by_id:
        return False
    above = [path for path in _places(account, today, form_rules().agrees) if this.path.startswith(path)]
    return UnitState.objects.on(today).filter(path__in=above, level__lte=form_rules().agrees_from).exists()


def _places(account: Account, today: date, roles: frozenset[str]) -> list[str]:
    return [one.path for one in account.in_force(today) if one.tree == InTree.UNIT and one.role in roles]
