"""Who sees which declarations, and who does what with them: whoever answers for the branch itself fills its declaration
in; whoever answers for it from above looks at it, and returns it.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from baolei.declarations.models import Declaration, Dispute, Paper
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
    return doors.held_by(writing, declaration.organisation_id)


def answers_for(writing: Scope, declaration: Declaration) -> bool:
    """Whether this scope answers for the branch from above it."""
    state = OrganisationState.objects.on(writing.day).filter(organisation=declaration.organisation_id).first()
    return state is not None and doors.from_above(writing, state)


def answered_for(writing: Scope) -> Any:
    """The declarations for which `answers_for` holds: of the branches that this scope answers for from above them."""
    return (
        declarations(writing) if writing.whole else Declaration.objects.select_related("round").filter(_below(writing))
    )


def _below(writing: Scope) -> Q:
    """Of the organisations that a scope answers for from above them."""
    held = doors.organisations(Scope(writing.day, (), writing.organisations)).exclude(path__in=writing.organisations)
    served = doors.organisations(Scope(writing.day, writing.units))
    return Q(organisation__in=served.values("organisation")) | Q(organisation__in=held.values("organisation"))


# ---- facts of the records, and what is said of them ----


def disputes(scope: Scope) -> Any:
    """What the branches of a scope call not right."""
    return doors.of_organisations(Dispute.objects.select_related("by", "answered_by"), scope)


def disputes_to_answer(writing: Scope) -> Any:
    """What waits for an answer from this scope: of branches that it answers for from above them."""
    found = Dispute.objects.filter(answered_on=None).select_related("by", "organisation")
    return found if writing.whole else found.filter(_below(writing))
