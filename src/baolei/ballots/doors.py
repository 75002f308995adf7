"""Who enters ballots: whoever answers for the branch from above, and never those who fill in its declaration. Who holds
the polls of a branch's meetings, and who reads them.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from baolei.ballots.models import MeetingPoll, Panel, Panellist, Poll, Printing
from baolei.declarations import doors as declaring
from baolei.declarations.models import Declaration
from baolei.organisations import doors
from baolei.organisations.doors import Scope
from baolei.organisations.models import WIDTH, OrganisationState
from baolei.paths import at_or_below
from baolei.people.models import Account
from baolei.programme.ballot.meetings import ABOVE, BRANCH, Kind
from baolei.rounds.models import Round

TOWNSHIP = 4 * WIDTH
"""So long is the path of a township: the lowest unit of which polls are printed, counted and published."""


def counted_by(writing: Scope) -> Any:
    """The declarations whose ballots this scope enters: of branches that serve its units, but for those that it holds
    by affiliation and whose declaration it fills in.
    """
    return _but_held(declaring.declarations(Scope(writing.day, writing.units, whole=writing.whole)), writing)


def branches_from_above(writing: Scope) -> Any:
    """The branches whose members this scope links to accounts: those that serve its units, but for those that it holds
    by affiliation, as the branch itself and the committee above it do.
    """
    return _but_held(doors.organisations(Scope(writing.day, writing.units, whole=writing.whole)), writing)


def _but_held(found: Any, writing: Scope) -> Any:
    """What is found, but for that of organisations which the scope holds by affiliation."""
    if not writing.organisations:
        return found
    held = doors.organisations(Scope(writing.day, (), writing.organisations)).values("organisation")
    return found.exclude(organisation__in=held)


def counts(writing: Scope, declaration: Declaration) -> bool:
    """Whether this scope enters the ballots about one branch."""
    return declaring.answers_for(writing, declaration) and not declaring.fills_in(writing, declaration)


def printings_of(this: Round, writing: Scope) -> Any:
    """The printings of a round in the units of this scope: it takes their files, and asks for others."""
    return printings(writing).filter(round=this)


def printings(writing: Scope) -> Any:
    """The printings in the units of this scope."""
    return Printing.objects.filter(_in_units(writing)).select_related("round", "poll__declaration")


def polls(scope: Scope) -> Any:
    """The polls about branches whose ballots this scope counts."""
    found = Poll.objects.select_related("declaration__round")
    return found.filter(declaration__in=counted_by(scope).values("pk"))


# ---- meetings ----


def meetings(scope: Scope) -> Any:
    """The polls of meetings of the branches of a scope."""
    found = MeetingPoll.objects.all()
    if scope.whole:
        return found
    return found.filter(organisation__in=doors.organisations(scope).values("organisation"))


def holds_meeting(writing: Scope, branch: OrganisationState, kind: Kind) -> bool:
    """Whether this scope sets up and runs a poll of a kind at a branch: where the rules say so only from above it."""
    if not doors.organisations(writing).filter(organisation=branch.organisation_id).exists():
        return False
    return kind.held_by == BRANCH or doors.above(writing, branch)


def reads_comments(scope: Scope, branch: OrganisationState, kind: Kind) -> bool:
    """Whether what was added in words is open to this scope, which reads the totals."""
    return kind.comments == BRANCH or (kind.comments == ABOVE and doors.above(scope, branch))


# ---- panels ----


def panels(scope: Scope) -> Any:
    """The panels that the units of a scope, or those below them, have named."""
    return Panel.objects.filter(_in_units(scope))


def _in_units(scope: Scope) -> Q:
    """What stands in the units of a scope, or below them."""
    found = Q(pk__in=())
    for path in scope.units:
        found |= at_or_below(path)
    return found


def rates(account: Any, writing: Scope, panellist: Panellist) -> bool:
    """Whether this account fills in a panellist's form: the panellist's own, or, where it is on paper, somebody's who
    answers for the unit that has named the panel.
    """
    if panellist.account_id:
        return isinstance(account, Account) and account.pk == panellist.account_id
    return writing.holds(panellist.panel.path)
