"""Who looks into an objection: a reviewer whom the tree and a lottery choose, and who had no part in it."""

from __future__ import annotations

from datetime import date

from baolei.declarations.models import Declaration
from baolei.notices.models import Objection
from baolei.organisations.models import WIDTH, OrganisationState, UnitState, lineage
from baolei.people.models import InTree, Mandate
from baolei.programme import notice
from baolei.reviews.models import Decision, Opinion
from baolei.scores.models import Visit

REVIEWER = "reviewer"


def chosen(objection: Objection, today: date, up: int) -> notice.Handler | None:
    """Who looks into it, at least so many levels above the direct superior; None where nobody independent is left."""
    seed = f"{objection.posting.list.round_id}:{objection.pk}"
    return notice.handler(
        _upward(_superior(objection.line.declaration, today)), _reviewers(today), involved(objection), seed, up=up
    )


def involved(objection: Objection) -> set[str]:
    """The accounts that declared, visited, reviewed, decided, laid open or have looked into it already."""
    line, posting = objection.line, objection.posting
    found = {line.by_id, line.second_id, line.proposed_by_id, posting.posted_by_id, posting.list.drawn_by_id,
             line.declaration.submitted_by_id, objection.handler_id, objection.appeal_handler_id}  # fmt: skip
    found |= set(Visit.objects.filter(declaration=line.declaration_id).values_list("by", flat=True))
    found |= set(line.declaration.marks.values_list("by", flat=True))
    found |= set(Opinion.objects.filter(step__declaration=line.declaration_id).values_list("person", flat=True))
    found |= set(Decision.objects.filter(step__declaration=line.declaration_id).values_list("by", flat=True))
    return {str(pk) for pk in found if pk}


def _reviewers(today: date) -> dict[str, list[str]]:
    """Every reviewer in force, with each node at or above which they stand, by whatever mandate."""
    standing = Mandate.objects.standing(today).filter(account__is_active=True, tree=InTree.UNIT)
    who = standing.filter(role=REVIEWER).values("account")
    found: dict[str, list[str]] = {}
    for account, path in standing.filter(account__in=who).values_list("account", "path"):
        found.setdefault(str(account), []).extend(_upward(path))
    return found


def _superior(declaration: Declaration, today: date) -> str:
    """The unit of the branch's direct superior: of the organisation it is affiliated with, else above its own unit."""
    states = OrganisationState.objects.on(today)
    branch = states.filter(organisation=declaration.organisation_id).first()
    if branch and len(branch.path) > WIDTH:
        superior = states.filter(path=branch.path[:-WIDTH]).first()
        home = UnitState.objects.on(today).filter(unit=superior.unit_id).first() if superior else None
        if home:
            return str(home.path)
    return str(declaration.path[:-WIDTH] or declaration.path)


def _upward(path: str) -> list[str]:
    return lineage(path)[::-1]
