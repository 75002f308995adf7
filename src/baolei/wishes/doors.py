"""Who sees what of wishes: a community's desk its own, a branch what it does, a member what is near, unnamed.

A community's desk is whoever answers for the community or its township, and whoever leads the Party organisation that
leads it. An account is a member where somebody has said so from above the branch (a room above this one keeps it).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from baolei.organisations import doors
from baolei.organisations.doors import Scope
from baolei.organisations.models import WIDTH, Membership, OrganisationState, UnitState
from baolei.organisations.villages import VILLAGE, leading
from baolei.people.models import Account
from baolei.warehouse.rulebook import setup_rules
from baolei.wishes.models import Deed, Pairing, Registration, Wish

BANNER_PATH, TOWNSHIP_PATH = 3 * WIDTH, 4 * WIDTH
"""So long are the paths of a banner and of a township."""


def communities(scope: Scope) -> Any:
    """The communities at whose desk a scope sits: no level above the township does, which sees counts only."""
    mine = doors.ranges(path for path in scope.units if len(path) >= TOWNSHIP_PATH)
    if scope.organisations:
        held = doors.organisations(Scope(scope.day, (), scope.organisations)).filter(leading())
        mine |= Q(unit__in=held.values("unit"))
    return UnitState.objects.on(scope.day).filter(mine, level=VILLAGE)


def wishes(scope: Scope) -> Any:
    """The wishes of the communities at whose desk a scope sits, all that is kept of them."""
    return Wish.objects.filter(unit__in=communities(scope).values("unit"))


def registrations(scope: Scope) -> Any:
    """Who is registered with the communities at whose desk a scope sits, in no order of merit."""
    found = Registration.objects.filter(ended=None, unit__in=communities(scope).values("unit"))
    return found.select_related("member")


def deeds(scope: Scope) -> Any:
    """The deeds of the branches of a scope, and those for its communities."""
    return _of_either(Deed.objects.all(), scope)


def pairings(scope: Scope) -> Any:
    """The pairings of the branches of a scope, and those of its communities."""
    return _of_either(Pairing.objects.all(), scope)


def _of_either(found: Any, scope: Scope) -> Any:
    if scope.whole:
        return found
    theirs = Q(organisation__in=doors.organisations(scope).values("organisation"))
    here = Q(unit__in=doors.units(scope).values("unit")) | Q(unit__in=communities(scope).values("unit"))
    return found.filter(theirs | here)


def is_branch(state: OrganisationState, day: date) -> bool:
    """Whether an organisation is a branch."""
    return state.kind in setup_rules(day).branches


# ---- members ----


def member_of(account: Account | AnonymousUser) -> int | None:
    """The member (pk) that an account is, None for one that is none."""
    linked = getattr(account, "elector", None) if account.is_active else None
    return None if linked is None else int(linked.member_id)


def registration_of(account: Account | AnonymousUser) -> Registration | None:
    """The registration of an account's member that stands."""
    member = member_of(account)
    found: Registration | None = None if member is None else Registration.objects.filter(
        member=member, ended=None).select_related("member").first()  # fmt: skip
    return found


def branch_of(member: int, today: date) -> Membership | None:
    """Where a member belongs today."""
    found: Membership | None = Membership.objects.on(today).filter(member=member).select_related("member").first()
    return found


def home_of(unit: int, today: date) -> UnitState | None:
    """A community as it stands today."""
    found: UnitState | None = UnitState.objects.on(today).filter(unit=unit, level=VILLAGE).first()
    return found


def around(member: int, today: date) -> Any:
    """The communities with which a member may register: those of the banner where the own branch is at home."""
    belongs = branch_of(member, today)
    branch = (
        OrganisationState.objects.on(today).filter(organisation=belongs.organisation_id).first() if belongs else None
    )
    return around_branch(branch, today, own=True) if branch else UnitState.objects.none()


def around_branch(branch: OrganisationState, today: date, *, own: bool = False) -> Any:
    """The communities of the banner where a branch is at home; of an office above banners those of all it is over.
    `own`: with the one it is at home in.
    """
    path = doors.home_path(branch)
    found = UnitState.objects.on(today).filter(level=VILLAGE)
    if not path:
        return found.none()
    found = found.under(path[:BANNER_PATH])
    return found if own else found.exclude(unit=branch.unit_id)
