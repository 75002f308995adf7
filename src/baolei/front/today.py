"""The page of the day: what waits for whoever has logged in, what was done lately, and the way to each node."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from baolei.organisations import records
from baolei.organisations.doors import scope_of, writing_scope
from baolei.organisations.models import OrganisationState, UnitState
from baolei.organisations.tasks import tasks
from baolei.people.models import Account, InTree

LATELY = 8
"""So many of the last acts are shown."""


@login_required
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """What waits for me today, where I answer, and what was done there lately."""
    account, day = request.user, timezone.localdate()
    assert isinstance(account, Account)
    scope = scope_of(account, day)
    shown = {
        "tasks": tasks(writing_scope(account, day), day), "mandates": account.standing(day),
        "lately": records.rows(records.visible(scope)[:LATELY]), "day": day,
    }  # fmt: skip
    return render(request, "front/today.html", shown)


@login_required
@require_safe
def go(request: HttpRequest, mandate: int) -> HttpResponse:
    """To the node at which one of one's own mandates stands. Raises Http404 for any other."""
    account, day = request.user, timezone.localdate()
    assert isinstance(account, Account)
    held = account.standing(day).filter(pk=mandate).first()
    if held is None:
        raise Http404(mandate)
    if held.tree == InTree.UNIT:
        unit = UnitState.objects.on(day).filter(path=held.path).first()
        return redirect("tree_unit", unit.unit_id) if unit else redirect("today")
    organisation = OrganisationState.objects.on(day).filter(path=held.path).first()
    return redirect("organisation", organisation.organisation_id) if organisation else redirect("today")
