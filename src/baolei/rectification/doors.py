"""Who sees which cases and problems, and who acts as branch, township or county.

A case is seen in its line and nowhere else: by its branch, by those who answer for it from above in either tree. Where
the organisation stands no more, by those at the unit it served when the case was opened, and above it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from baolei.organisations import doors
from baolei.organisations.doors import Scope, nodes_of
from baolei.organisations.models import OrganisationState, UnitState, lineage
from baolei.paths import at_or_below
from baolei.people.models import Account, InTree
from baolei.programme.rectification import BRANCH, COUNTY, TOWNSHIP, WHO
from baolei.rectification.models import Case, Problem
from baolei.warehouse.rulebook import rectification

LEVEL = {TOWNSHIP: (4,), COUNTY: (1, 2, 3)}
"""The levels of units at which somebody stands for the township, for the county."""


def cases(scope: Scope) -> Any:
    """The cases of a scope."""
    found = Case.objects.select_related("organisation", "by")
    if scope.whole:
        return found
    here = Q(organisation__in=doors.organisations(scope).values("organisation"))
    if scope.units:
        stands = OrganisationState.objects.on(scope.day).filter(organisation=OuterRef("organisation"))
        here |= Q(doors.ranges(scope.units), ~Exists(stands))
    return found.filter(here)


def problems(scope: Scope) -> Any:
    """The problems of a scope: those of its cases, and those that stand by themselves."""
    found = Problem.objects.select_related("case", "organisation")
    if scope.whole:
        return found
    alone = Q(case=None, organisation__in=doors.organisations(scope).values("organisation"))
    return found.filter(alone | Q(case__in=cases(scope).values("pk")))


def placed(found: Any, day: date) -> Any:
    """Cases with `at`: the path of the unit that the organisation serves on a day; of one that stands no more, that of
    when its case was opened. The same by which `cases` decides.
    """
    served = OrganisationState.objects.on(day).filter(organisation=OuterRef(OuterRef("organisation"))).values("unit")
    here = UnitState.objects.on(day).filter(unit__in=served).values("path")[:1]
    return found.annotate(at=Coalesce(Subquery(here), "path"))


# ---- who acts as what ----


def held(account: Account, who: str, today: date) -> Any:
    """The organisations, as they stand today, for which somebody is the branch, the township or the county."""
    found = OrganisationState.objects.on(today)
    units, own = _paths(account, who, today)
    if who == BRANCH:
        return found.filter(path__in=own)
    mine = Q(pk__in=[])
    for path in own:
        mine |= at_or_below(path) & ~Q(path=path)
    if units:
        mine |= Q(unit__in=UnitState.objects.on(today).filter(doors.ranges(units)).values("unit"))
    return found.filter(mine)


def seats(account: Account | None, organisation: int, today: date) -> frozenset[str]:
    """As what somebody acts on the cases of an organisation that stands today: branch, township, county."""
    if account is None:
        return frozenset()
    return frozenset(who for who in WHO if held(account, who, today).filter(organisation=organisation).exists())


def seats_of_case(account: Account | None, case: Case, today: date) -> frozenset[str]:
    """The same of a case; of an organisation that stands no more, the county it lay in when the case was opened."""
    if account is None:
        return frozenset()
    if OrganisationState.objects.on(today).filter(organisation=case.organisation_id).exists():
        return seats(account, case.organisation_id, today)
    units, _own = _paths(account, COUNTY, today)
    return frozenset({COUNTY} if set(units) & set(lineage(case.path)) else ())


def _paths(account: Account, who: str, today: date) -> tuple[list[str], list[str]]:
    """The paths of units and of organisations at which somebody holds a role that stands for `who`."""
    roles = rectification().who[who]
    nodes = [(tree, path) for role, tree, path in nodes_of(account, today) if role in roles]
    at = [path for tree, path in nodes if tree == InTree.UNIT]
    if at:
        standing = UnitState.objects.on(today).filter(path__in=at, level__in=LEVEL.get(who, ()))
        at = list(standing.values_list("path", flat=True))
    return at, [path for tree, path in nodes if tree == InTree.PARTY]


def home_of(organisation: int, today: date) -> tuple[str, str]:
    """The path of the unit that an organisation serves today, and its field; ('', '') where it stands no more."""
    state = OrganisationState.objects.on(today).filter(organisation=organisation).first()
    if state is None:
        return "", ""
    unit = UnitState.objects.on(today).filter(unit=state.unit_id).values_list("path", flat=True).first()
    return unit or "", state.field
