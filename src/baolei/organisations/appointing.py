"""Whose accounts and mandates somebody sees, and where one can be given: the room of people knows no tree."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q

from baolei.organisations.doors import Scope, scope_of
from baolei.organisations.models import OrganisationState, UnitState
from baolei.paths import at_or_below
from baolei.people.mandates import WHOLE_HOUSE, Node
from baolei.people.models import Account, InTree, Mandate
from baolei.people.roles import approving, roles


def appoints(held: Iterable[str]) -> bool:
    """Whether whoever holds these roles has anything to do with other people's accounts."""
    known = roles()
    return any(known[role].may & {"open_accounts", "disable_accounts"} or known[role].approves
               for role in held if role in known)  # fmt: skip


def mandates(account: Account, on: date) -> Any:
    """The mandates somebody sees: an administrator all, others those at and below the nodes where they give any."""
    nodes = [(one.tree, one.path) for one in account.in_force(on)
             if one.role in roles() and (roles()[one.role].approves or one.tree == InTree.NONE)]  # fmt: skip
    if any(tree == InTree.NONE for tree, _path in nodes):
        return Mandate.objects.all()
    found = Q(pk__in=[])
    for tree, path in nodes:
        found |= _held_at(tree, path, on)
    return Mandate.objects.filter(found)


def to_approve(account: Account, on: date) -> Any:
    """The mandates that wait and that this person may approve: given by another, to a third."""
    found = Q(pk__in=[])
    for one in account.in_force(on):
        approves = [code for code in roles() if one.role in approving(code)]
        found |= Q(role__in=approves) & (Q() if one.tree == InTree.NONE else _held_at(one.tree, one.path, on))
    others = Mandate.objects.waiting().exclude(account=account).exclude(given_by=account)
    return others.filter(found)


def _held_at(tree: str, path: str, on: date) -> Q:
    """The mandates held at a node or below it: of a unit also those of the organisations that serve one there."""
    held = at_or_below(path) & Q(tree=tree)
    if tree == InTree.UNIT:
        homes = UnitState.objects.on(on).under(path).values("unit")
        served = OrganisationState.objects.on(on).filter(unit__in=homes).values("path")
        held |= Q(tree=InTree.PARTY, path__in=served)
    return held


def accounts(account: Account, on: date) -> Any:
    """The accounts somebody sees: those with such a mandate, and those without any that the same person opened."""
    seen = mandates(account, on)
    if any(one.tree == InTree.NONE for one in account.in_force(on)):
        return Account.objects.all()
    return Account.objects.filter(Q(pk__in=seen.values("account")) | Q(opened_by=account))


def nodes(account: Account, on: date) -> Scope:
    """Where somebody gives mandates: an administrator everywhere, others where they read."""
    everywhere = any(one.tree == InTree.NONE for one in account.in_force(on))
    return Scope(on, whole=True) if everywhere else scope_of(account, on)


def node_of(state: UnitState | OrganisationState, on: date) -> Node:
    """The node of a unit or of an organisation, with the path of the unit it lies in."""
    if isinstance(state, UnitState):
        return Node(InTree.UNIT, state.path, state.path)
    unit = UnitState.objects.on(on).filter(unit=state.unit_id).first()
    return Node(InTree.PARTY, state.path, unit.path if unit else "")


def home_of(mandate: Mandate, on: date) -> str:
    """The path of the unit in which a mandate stands; '' for the whole house."""
    if mandate.tree != InTree.PARTY:
        return str(mandate.path)
    state = OrganisationState.objects.on(on).filter(path=mandate.path).first()
    return node_of(state, on).home if isinstance(state, OrganisationState) else ""


def node_meant(role: str, state: Any, on: date) -> Node:
    """The node a new mandate of a role is to stand at: the state chosen, or the whole house."""
    return WHOLE_HOUSE if state is None else node_of(state, on)
