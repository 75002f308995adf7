"""The page of the day: what the levels above have to say, what waits for whoever has logged in, what was done lately,
and the way to each node.
"""

from __future__ import annotations

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from baolei.ballots import tasks as of_ballots
from baolei.declarations import tasks as of_declarations
from baolei.naming import tasks as of_naming
from baolei.notices import tasks as of_notices
from baolei.organisations import doors, notices, records
from baolei.organisations import tasks as of_organisations
from baolei.organisations.doors import scope_of, writing_scope
from baolei.organisations.models import OrganisationState, UnitState
from baolei.people import tasks as of_people
from baolei.people.models import Account, InTree
from baolei.people.tasks import Task
from baolei.reviews import tasks as of_reviews
from baolei.rounds import tasks as of_rounds
from baolei.sheets import tasks as of_sheets

LATELY, NOTICES = 8, 5
"""So many of the last acts are shown, and so many notices."""


@login_required
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """What waits for me today, where I answer, and what was done there lately."""
    account, day = request.user, timezone.localdate()
    assert isinstance(account, Account)
    scope = scope_of(account, day)
    reached = doors.notices(doors.nodes_of(account, day), day).in_force(day).select_related("posted_by")
    shown = {
        "tasks": _tasks(account, day), "mandates": account.in_force(day),
        "notices": notices.rows(reached.order_by("-urgent", "-since", "-pk")[:NOTICES], day),
        "lately": records.rows(records.visible(scope)[:LATELY]), "day": day,
    }  # fmt: skip
    return render(request, "front/today.html", shown)


def _tasks(account: Account, day: date) -> list[Task]:
    """What waits in every room."""
    return of_people.in_order([
        *of_people.tasks(account, day), *of_organisations.tasks_of_appointing(account, day),
        *of_organisations.tasks(writing_scope(account, day), day), *of_sheets.tasks(account, day),
        *of_reviews.tasks(account, day), *of_declarations.tasks(account, day), *of_rounds.tasks(account, day),
        *of_ballots.tasks(account, day), *of_naming.tasks(account, day), *of_notices.tasks(account, day),
    ])  # fmt: skip


@login_required
@require_safe
def go(request: HttpRequest, mandate: int) -> HttpResponse:
    """To the node at which one of one's own mandates stands. Raises Http404 for any other."""
    account, day = request.user, timezone.localdate()
    assert isinstance(account, Account)
    held = next((one for one in account.in_force(day) if one.pk == mandate), None)
    if held is None:
        raise Http404(mandate)
    if held.tree == InTree.UNIT:
        unit = UnitState.objects.on(day).filter(path=held.path).first()
        return redirect("tree_unit", unit.unit_id) if unit else redirect("today")
    organisation = OrganisationState.objects.on(day).filter(path=held.path).first()
    return redirect("organisation", organisation.organisation_id) if organisation else redirect("today")
