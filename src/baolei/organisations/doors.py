"""Who sees what of the two trees: one guarded door for each kind of record.

A mandate at a unit opens what serves that unit or one below it; a mandate at a Party organisation opens it and what is
affiliated with it. Everything a page shows comes through here; what lies outside is as if it were not there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q

from baolei.organisations.models import (
    WIDTH,
    Election,
    Finding,
    Membership,
    Notice,
    NoticeRole,
    Organisation,
    OrganisationState,
    QuarterNumbers,
    Succession,
    Transfer,
    UnitState,
    lineage,
)
from baolei.paths import at_or_below, outermost
from baolei.people.models import Account, InTree, Mandate
from baolei.people.roles import What, reading, writing

Held = tuple[str, str, str]
"""A mandate in force: its role, its tree, its path there."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What somebody answers for on a day: paths in the tree of units and in that of Party organisations.

    `whole` when the paths hold everything there is, so that nothing needs to be asked of the database.
    """

    day: date
    units: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    whole: bool = False

    def holds(self, unit: str) -> bool:
        """Whether a unit's path lies in it."""
        return bool(self.units) and unit.startswith(self.units)


def scope_of(account: Account | AnonymousUser, today: date, day: date | None = None, what: What = "records") -> Scope:
    """What this account reads of the records (or results) today, as it stood on `day`: its nodes with what belonged to
    them on that day.

    Nothing for somebody who has not logged in.
    """
    return _scope(nodes_of(account, today), reading(what), today, day or today)


def writing_scope(account: Account | AnonymousUser, today: date) -> Scope:
    """The records that this account may change today."""
    return _scope(nodes_of(account, today), writing(), today, today)


def scope_by_roles(account: Account | AnonymousUser, today: date, roles: Collection[str]) -> Scope:
    """What this account holds in the tree of units by any of these roles."""
    return replace(_scope(nodes_of(account, today), tuple(roles), today, today), organisations=())


def both_scopes(account: Account | AnonymousUser, today: date, day: date) -> tuple[Scope, Scope]:
    """The records it reads, as they stood on `day`, and those it may change today, in one question for its mandates."""
    nodes = nodes_of(account, today)
    reads = _scope(nodes, reading("records"), today, day)
    if day == today and _paths(nodes, writing()) == (reads.units, reads.organisations):
        return reads, reads
    return reads, _scope(nodes, writing(), today, today)


def scopes_of_mandate(mandate: Mandate, today: date, day: date) -> tuple[Scope, Scope]:
    """What one mandate by itself opens: the records it reads, as they stood on `day`, and those it may change today.

    Nothing where it is not in force today, whatever its account holds besides.
    """
    one = Mandate.objects.standing(today).filter(pk=mandate.pk, account__is_active=True)
    nodes = list(one.values_list("role", "tree", "path"))
    return _scope(nodes, reading("records"), today, day), _scope(nodes, writing(), today, today)


def nodes_of(account: Account | AnonymousUser, today: date) -> list[Held]:
    """Role, tree and path of the mandates in force; none for somebody who has not logged in."""
    if not isinstance(account, Account):
        return []
    return [(one.role, one.tree, one.path) for one in account.in_force(today)]


def _scope(nodes: list[Held], roles: tuple[str, ...], today: date, day: date) -> Scope:
    units, own = _paths(nodes, roles)
    if day != today:
        units = _paths_then(UnitState, "unit", units, today, day)
        own = _paths_then(OrganisationState, "organisation", own, today, day)
    whole = False
    if any(len(path) == WIDTH for path in units):  # somebody stands at the top of a tree: is it the only one?
        roots = UnitState.objects.on(day).filter(above=None).values_list("path", flat=True)
        whole = set(roots) <= set(units)
    return Scope(day, units, own, whole)


def _paths(nodes: list[Held], roles: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Where mandates of these roles stand in the two trees, outermost only."""
    units, own = (
        outermost(path for role, in_tree, path in nodes if role in roles and in_tree == tree)
        for tree in (InTree.UNIT, InTree.PARTY)
    )
    return units, own


def _paths_then(states: Any, node: str, paths: tuple[str, ...], today: date, day: date) -> tuple[str, ...]:
    """Where the nodes that stand at these paths today stood on another day."""
    if not paths:
        return ()
    nodes = states.objects.on(today).filter(path__in=paths).values(node)
    return outermost(states.objects.on(day).filter(**{f"{node}__in": nodes}).values_list("path", flat=True))


def codes(scope: Scope, day: date) -> tuple[tuple[str, ...], frozenset[str]]:
    """The statistical codes that the outermost units of a scope had on another day, and the codes of its organisations
    held by affiliation: by these the results of that day's round are kept.
    """
    tops = UnitState.objects.on(scope.day).filter(path__in=scope.units).values("unit")
    held = OrganisationState.objects.on(scope.day).filter(ranges(scope.organisations)).values("organisation")
    return (
        outermost(UnitState.objects.on(day).filter(unit__in=tops).values_list("code", flat=True)),
        frozenset(OrganisationState.objects.on(day).filter(organisation__in=held).values_list("code", flat=True)),
    )


def units(scope: Scope) -> Any:
    """The units of a scope as they stood on its day."""
    if scope.whole:
        return UnitState.objects.on(scope.day)
    return _in_ranges(UnitState.objects.on(scope.day), scope.units)


def organisations(scope: Scope, below: str = "") -> Any:
    """The Party organisations of a scope as they stood on its day; with `below`, those that serve a unit at or below
    this path.
    """
    found = OrganisationState.objects.on(scope.day)
    if below:
        found = found.filter(unit__in=UnitState.objects.on(scope.day).under(below).values("unit"))
    if scope.whole or (below and scope.holds(below)):
        return found
    mine = ranges(scope.organisations)
    if scope.units:
        mine |= Q(unit__in=units(scope).values("unit"))
    return found.filter(mine)


def memberships(scope: Scope) -> Any:
    """Who belonged where on the day, in the organisations of a scope."""
    return of_organisations(Membership.objects.on(scope.day), scope)


def findings(scope: Scope, below: str = "") -> Any:
    """What the audit found in the organisations of a scope, open and closed."""
    found = Finding.objects.all()
    if scope.whole and not below:
        return found
    return found.filter(organisation__in=organisations(scope, below).values("organisation"))


def transfers(scope: Scope) -> Any:
    """The transfers of members from or to the organisations of a scope."""
    found = Transfer.objects.all()
    if scope.whole:
        return found
    mine = organisations(scope).values("organisation")
    return found.filter(Q(source__in=mine) | Q(to__in=mine))


def elections(scope: Scope) -> Any:
    """The elections on record of the organisations of a scope."""
    return of_organisations(Election.objects.all(), scope)


def notices(held: Iterable[Held], today: date, writing: Scope | None = None) -> Any:
    """The notices, in force and past, that reach whoever holds these mandates: those for the unit of a mandate (for one
    in the Party tree the unit its organisation serves) and for the units above it, and for its role; an administrator
    those for the whole region. With `writing` also those for the units of that scope, where they may be withdrawn.
    """
    found = Q(pk__in=[])
    for role, here in _places(list(held), today).items():
        for_role = NoticeRole.objects.filter(role=role).values("notice")
        found |= _for_units(here) & (Q(for_all=True) | Q(pk__in=for_role))
    found &= Q(since__lte=today)
    if writing and writing.units:
        found |= _for_units(units(writing))
    for_some = NoticeRole.objects.filter(notice=OuterRef("pk"))
    return Notice.objects.annotate(for_all=~Exists(for_some)).filter(found)


def _for_units(states: Any) -> Q:
    """For one of these units, or for one that has been merged into it since."""
    here = states.values("unit")
    merged = Succession.objects.filter(main=True, after__in=here).values("before")
    return Q(unit__in=here) | Q(unit__in=merged)


def _places(held: list[Held], today: date) -> dict[str, Any]:
    """For each role the units at which and above which it is held."""
    homes = _served({path for _role, tree, path in held if tree == InTree.PARTY}, today)
    paths: dict[str, set[str]] = {}
    for role, tree, path in held:
        home = homes.get(path, "") if tree == InTree.PARTY else path
        paths.setdefault(role, set()).update(lineage(home))
    whole = {role for role, tree, _path in held if tree == InTree.NONE}
    states = UnitState.objects.on(today)
    return {role: states.filter(above=None) if role in whole else states.filter(path__in=some)
            for role, some in paths.items()}  # fmt: skip


def _served(organisations: set[str], today: date) -> dict[str, str]:
    """For the paths of organisations the paths of the units they serve."""
    if not organisations:
        return {}
    found = OrganisationState.objects.on(today).filter(
        Q(unit__states__until=None) | Q(unit__states__until__gte=today), path__in=organisations,
        unit__states__since__lte=today,
    )  # fmt: skip
    return dict(found.values_list("path", "unit__states__path"))


def above(scope: Scope, state: OrganisationState) -> bool:
    """Whether a scope answers for an organisation from above it, not only as the organisation itself."""
    if any(len(path) < len(state.path) and state.path.startswith(path) for path in scope.organisations):
        return True
    return bool(scope.units) and units(scope).filter(unit=state.unit_id).exists()


def held_by(writing: Scope, organisation: Organisation | int) -> bool:
    """Whether a scope holds an organisation by affiliation: its secretary, or the committee above it."""
    held = Scope(writing.day, (), writing.organisations)
    return bool(held.organisations) and organisations(held).filter(organisation=organisation).exists()


def numbers(scope: Scope) -> Any:
    """The numbers of quarters that stand, of the organisations of a scope."""
    return of_organisations(QuarterNumbers.objects.filter(struck_on=None), scope)


def itself(scope: Scope, state: OrganisationState) -> bool:
    """Whether a scope answers for this very organisation, as its secretary does, no committee above it."""
    return state.path in scope.organisations


def from_above(scope: Scope, state: OrganisationState) -> bool:
    """Whether an organisation lies in a scope that answers for it from above it."""
    mine: bool = organisations(scope).filter(organisation=state.organisation_id).exists()
    return mine and above(scope, state)


def home_path(state: OrganisationState) -> str:
    """The path of the unit that an organisation serves, as that unit stands today; '' where it stands no more."""
    found = UnitState.objects.filter(unit=state.unit_id, until=None).values_list("path", flat=True).first()
    return found or ""


def above_unit(scope: Scope, state: UnitState) -> bool:
    """Whether a scope answers for an administrative unit from above it."""
    return any(len(path) < len(state.path) and state.path.startswith(path) for path in scope.units)


def of_organisations(found: Any, scope: Scope) -> Any:
    """Of some records those of the organisations of a scope."""
    if scope.whole:
        return found
    return found.filter(organisation__in=organisations(scope).values("organisation"))


def of_units(found: Any, scope: Scope) -> Any:
    """Of some records those of the units of a scope."""
    return found if scope.whole else found.filter(unit__in=units(scope).values("unit"))


def _in_ranges(found: Any, paths: tuple[str, ...]) -> Any:
    return found.filter(ranges(paths))


def ranges(paths: Iterable[str], field: str = "path") -> Q:
    """At or below one of these paths; nothing for none."""
    found = Q(pk__in=[])
    for path in paths:
        found |= at_or_below(path, field)
    return found
