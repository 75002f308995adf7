"""Who sees which rounds, and who leads them.

A round is seen by whoever answers for a unit in it or above it: a secretary sees the region's round and the league's,
and no other league's. It is led by whoever writes at its unit.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from baolei.organisations import doors
from baolei.organisations.doors import Scope
from baolei.organisations.models import UnitState, lineage
from baolei.paths import at_or_below
from baolei.rounds.models import Round


def rounds(scope: Scope) -> Any:
    """The rounds of a scope: of its units, of those below and above them, and of the units its organisations serve."""
    if scope.whole:
        return Round.objects.all()
    homes = {*scope.units, *_served(scope)}
    above = {part for path in homes for part in lineage(path)}
    found = Q(path__in=above)
    for path in scope.units:
        found |= at_or_below(path)
    return Round.objects.filter(found)


def leads(writing: Scope, this: Round) -> bool:
    """Whether this scope, of records that may be changed, leads a round: it holds the unit of the round."""
    return writing.holds(this.path)


def own(writing: Scope) -> Any:
    """The rounds that go on and whose own unit this scope holds, not one above it: those it is the first to lead."""
    return Round.objects.filter(path__in=writing.units, ended_at=None)


def _served(scope: Scope) -> list[str]:
    """The paths of the units that the organisations held by affiliation serve."""
    if not scope.organisations:
        return []
    mine = doors.organisations(Scope(scope.day, (), scope.organisations)).values("unit")
    return list(UnitState.objects.on(scope.day).filter(unit__in=mine).values_list("path", flat=True))
