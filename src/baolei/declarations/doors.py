"""Who sees which declarations, and who does what with them: whoever answers for the branch itself fills its declaration
in; whoever answers for it from above looks at it, and returns it.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from baolei.declarations.models import Declaration, Paper
from baolei.organisations import doors
from baolei.organisations.doors import Scope
from baolei.organisations.models import OrganisationState


def declarations(scope: Scope) -> Any:
    """The declarations of the branches of a scope."""
    found = Declaration.objects.select_related("round")
    if scope.whole:
        return found
    return found.filter(organisation__in=doors.organisations(scope).values("organisation"))


def papers(scope: Scope) -> Any:
    """The files beside the answers of a scope's declarations, those whose bytes are there."""
    found = Paper.objects.exclude(kept_as="").select_related("declaration")
    return found if scope.whole else found.filter(declaration__in=declarations(scope).values("pk"))


def fills_in(writing: Scope, declaration: Declaration) -> bool:
    """Whether this scope holds the branch by affiliation (its secretary, the committee above it): they fill it in."""
    held = Scope(writing.day, (), writing.organisations)
    return bool(held.organisations) and _holds(held, declaration)


def answers_for(writing: Scope, declaration: Declaration) -> bool:
    """Whether this scope answers for the branch from above it."""
    state = OrganisationState.objects.on(writing.day).filter(organisation=declaration.organisation_id).first()
    return state is not None and _holds(writing, declaration) and doors.above(writing, state)


def answered_for(writing: Scope) -> Any:
    """The declarations for which `answers_for` holds: of the branches that this scope answers for from above them."""
    if writing.whole:
        return declarations(writing)
    held = doors.organisations(Scope(writing.day, (), writing.organisations)).exclude(path__in=writing.organisations)
    served = doors.organisations(Scope(writing.day, writing.units))
    return Declaration.objects.select_related("round").filter(
        Q(organisation__in=served.values("organisation")) | Q(organisation__in=held.values("organisation"))
    )


def _holds(scope: Scope, declaration: Declaration) -> bool:
    found: bool = doors.organisations(scope).filter(organisation=declaration.organisation_id).exists()
    return found
