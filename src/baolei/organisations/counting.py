"""What there was at units and below them on a day, counted in the borders of that day or of another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import Count

from baolei.organisations.borders import placed
from baolei.organisations.models import WIDTH, Finding, Membership, OrganisationState, UnitCount, UnitState
from baolei.paths import outermost
from baolei.programme.organisation.rules import SetupRules

FEW = 500
"""Units named one by one in a question; for more everything is asked for."""


def nothing() -> UnitCount:
    """The count where there is nothing."""
    return UnitCount(organisations=0, branches=0, members=0, flagged=0)


def count(
    states: Sequence[UnitState], day: date, rules: SetupRules, borders: date | None = None
) -> dict[str, UnitCount]:
    """For each path of these units, which stand in the borders of a day (`day` itself without one), its count of what
    there was on `day`.
    """
    counted = {state.path: nothing() for state in states}
    branches = {code for code, kind in rules.kinds.items() if kind.tier == "branch"}
    for top in outermost(counted):
        homes, chosen = _homes(top, day) if borders in (None, day) else _homes_in(top, day, borders or day)
        _count(counted, homes, chosen, day, branches)
    return counted


def _homes(top: str, day: date) -> tuple[dict[int, str], Any]:
    """The units at or below a path with their paths, and how to ask for them."""
    found = UnitState.objects.on(day).under(top)
    return dict(found.values_list("unit_id", "path")), found.values("unit")


def _homes_in(top: str, day: date, borders: date) -> tuple[dict[int, str], Any]:
    """The units that are served on a day and counted at or below a path in other borders; how to ask for them."""
    served = set(OrganisationState.objects.on(day).order_by().values_list("unit_id", flat=True).distinct())
    found = {unit: path for unit, path in placed(served, day, borders).items() if path.startswith(top)}
    return found, list(found) if len(found) <= FEW else None


def _count(counted: dict[str, UnitCount], homes: dict[int, str], chosen: Any, day: date, branches: set[str]) -> None:
    """Add what serves these units on a day to the units that stand over them."""
    here = OrganisationState.objects.on(day)
    pks: dict[str, Any] = {}
    if chosen is not None:
        here = here.filter(unit__in=chosen)
        pks = {"organisation__in": here.values("organisation")}
    members = dict(
        Membership.objects.on(day).filter(**pks).order_by().values_list("organisation").annotate(Count("pk"))
    )
    flags: dict[int, list[str]] = {}
    for organisation, flag in Finding.objects.open_on(day).filter(**pks).values_list("organisation_id", "flag"):
        flags.setdefault(organisation, []).append(flag)
    for organisation, unit, kind in here.values_list("organisation_id", "unit_id", "kind"):
        raised = flags.get(organisation, [])
        for one in _over(counted, homes.get(unit, "")):
            one.organisations += 1
            one.branches += kind in branches
            one.members += members.get(organisation, 0)
            one.flagged += bool(raised)
            for flag in raised:
                one.findings[flag] = one.findings.get(flag, 0) + 1


def _over(counted: dict[str, UnitCount], path: str) -> Iterator[UnitCount]:
    for end in range(WIDTH, len(path) + 1, WIDTH):
        if path[:end] in counted:
            yield counted[path[:end]]
