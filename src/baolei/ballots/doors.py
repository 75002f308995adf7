"""Who enters ballots: whoever answers for the branch from above, and never those who fill in its declaration."""

from __future__ import annotations

from typing import Any

from baolei.declarations import doors as declaring
from baolei.declarations.models import Declaration
from baolei.organisations import doors
from baolei.organisations.doors import Scope


def counted_by(writing: Scope) -> Any:
    """The declarations whose ballots this scope enters: of branches that serve its units, but for those that it holds
    by affiliation and whose declaration it fills in.
    """
    found = declaring.declarations(Scope(writing.day, writing.units, whole=writing.whole))
    if not writing.organisations:
        return found
    held = doors.organisations(Scope(writing.day, (), writing.organisations)).values("organisation")
    return found.exclude(organisation__in=held)


def branches_from_above(writing: Scope) -> Any:
    """The branches whose members this scope links to accounts: those that serve its units, but for those that it holds
    by affiliation, as the branch itself and the committee above it do.
    """
    found = doors.organisations(Scope(writing.day, writing.units, whole=writing.whole))
    if not writing.organisations:
        return found
    held = doors.organisations(Scope(writing.day, (), writing.organisations)).values("organisation")
    return found.exclude(organisation__in=held)


def counts(writing: Scope, declaration: Declaration) -> bool:
    """Whether this scope enters the ballots about one branch."""
    return declaring.answers_for(writing, declaration) and not declaring.fills_in(writing, declaration)
