"""Who sees lists and titles: lines and titles of the branches somebody answers for; the leader of a round decides."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from baolei.naming.effect_models import Effect, Support
from baolei.naming.models import Demonstration, Line, Title, TitleReview
from baolei.organisations import doors
from baolei.organisations.doors import Scope
from baolei.paths import at_or_below
from baolei.rounds.models import Round


def lines(scope: Scope) -> Any:
    """The lines of the branches of a scope."""
    found = Line.objects.select_related("list__round", "declaration")
    if scope.whole:
        return found
    return found.filter(declaration__organisation__in=doors.organisations(scope).values("organisation"))


def lines_of(scope: Scope, this: Round) -> Any:
    """The lines of a round's list that a scope reads: all of them for whoever answers for the whole round."""
    if scope.holds(this.path):
        return Line.objects.select_related("list__round", "declaration").filter(list__round=this)
    return lines(scope).filter(list__round=this)


def titles(scope: Scope) -> Any:
    """The titles of the branches of a scope."""
    found = Title.objects.select_related("round")
    if scope.whole:
        return found
    return found.filter(organisation__in=doors.organisations(scope).values("organisation"))


def looks(scope: Scope) -> Any:
    """What a year's results ask of the titles of the branches of a scope."""
    found = TitleReview.objects.select_related("title__round")
    if scope.whole:
        return found
    return found.filter(title__organisation__in=doors.organisations(scope).values("organisation"))


def demonstrations(scope: Scope) -> Any:
    """The sites and bases given by the units of a scope, and those in which its branches stand."""
    found = Demonstration.objects.select_related("by", "second")
    if scope.whole:
        return found
    mine = Q(branches__in=doors.organisations(scope).values("organisation"))
    for path in scope.units:
        mine |= at_or_below(path)
    return found.filter(pk__in=Demonstration.objects.filter(mine).values("pk"))


def effects(scope: Scope) -> Any:
    """The effects that the branches of a scope told."""
    return doors.of_organisations(Effect.objects.select_related("checked_by", "honour"), scope)


def supports(scope: Scope) -> Any:
    """The support given to the organisations of a scope, or by its units."""
    found = Support.objects.select_related("by")
    if scope.whole:
        return found
    return found.filter(
        Q(organisation__in=doors.organisations(scope).values("organisation")) | doors.ranges(scope.units)
    )
