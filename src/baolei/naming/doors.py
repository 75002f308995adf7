"""Who sees lists and titles: lines and titles of the branches somebody answers for; the leader of a round decides."""

from __future__ import annotations

from typing import Any

from baolei.naming.models import Line, Title
from baolei.organisations import doors
from baolei.organisations.doors import Scope


def lines(scope: Scope) -> Any:
    """The lines of the branches of a scope."""
    found = Line.objects.select_related("list__round", "declaration")
    if scope.whole:
        return found
    return found.filter(declaration__organisation__in=doors.organisations(scope).values("organisation"))


def titles(scope: Scope) -> Any:
    """The titles of the branches of a scope."""
    found = Title.objects.select_related("round")
    if scope.whole:
        return found
    return found.filter(organisation__in=doors.organisations(scope).values("organisation"))
