"""What there was at units and below them on a day, counted in the borders of that day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import Count

from baolei.organisations.models import WIDTH, Finding, Membership, OrganisationState, UnitCount, UnitState
from baolei.paths import outermost
from baolei.programme.organisation.rules import SetupRules


def nothing() -> UnitCount:
    """The count where there is nothing."""
    return UnitCount(organisations=0, branches=0, members=0, flagged=0)


def count(states: Sequence[UnitState], day: date, rules: SetupRules) -> dict[str, UnitCount]:
    """For each path of these units its count."""
    counted = {state.path: nothing() for state in states}
    branches = {code for code, kind in rules.kinds.items() if kind.tier == "branch"}
    for top in outermost(counted):
        _count(counted, top, day, branches)
    return counted


def _count(counted: dict[str, UnitCount], top: str, day: date, branches: set[str]) -> None:
    """Add everything at or below a path to the units that stand over it."""
    homes = UnitState.objects.on(day).under(top)
    path = dict(homes.values_list("unit_id", "path"))
    here = OrganisationState.objects.on(day).filter(unit__in=homes.values("unit"))
    pks: dict[str, Any] = {"organisation__in": here.values("organisation")}
    members = dict(
        Membership.objects.on(day).filter(**pks).order_by().values_list("organisation").annotate(Count("pk"))
    )
    flagged = set(Finding.objects.open_on(day).filter(**pks).values_list("organisation_id", flat=True))
    for organisation, unit, kind in here.values_list("organisation_id", "unit_id", "kind"):
        for one in _over(counted, path[unit]):
            one.organisations += 1
            one.branches += kind in branches
            one.members += members.get(organisation, 0)
            one.flagged += organisation in flagged


def _over(counted: dict[str, UnitCount], path: str) -> Iterator[UnitCount]:
    for end in range(WIDTH, len(path) + 1, WIDTH):
        if path[:end] in counted:
            yield counted[path[:end]]
