"""Who enters ballots: whoever answers for the branch from above, and never those who fill in its declaration."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from baolei.ballots.models import Poll, Printing
from baolei.declarations import doors as declaring
from baolei.declarations.models import Declaration
from baolei.organisations import doors
from baolei.organisations.doors import Scope
from baolei.paths import at_or_below
from baolei.rounds.models import Round


def counted_by(writing: Scope) -> Any:
    """The declarations whose ballots this scope enters: of branches that serve its units, but for those that it holds
    by affiliation and whose declaration it fills in.
    """
    found = declaring.declarations(Scope(writing.day, writing.units, whole=writing.whole))
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
    held = Q(pk__in=())
    for path in writing.units:
        held |= at_or_below(path)
    return Printing.objects.filter(held).select_related("round", "poll__declaration")


def polls(scope: Scope) -> Any:
    """The polls about branches whose ballots this scope counts."""
    found = Poll.objects.select_related("declaration__round")
    return found.filter(declaration__in=counted_by(scope).values("pk"))
