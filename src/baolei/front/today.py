"""The page of the day: what the levels above have to say, what waits for whoever has logged in, what was done lately,
and the way to each node.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Min
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from baolei.ballots import tasks as of_ballots
from baolei.centres import tasks as of_centres
from baolei.declarations import tasks as of_declarations
from baolei.declarations.doors import declarations
from baolei.ledger.verify import verify_last
from baolei.life import tasks as of_life
from baolei.matters import tasks as of_matters
from baolei.naming import tasks as of_naming
from baolei.notices import tasks as of_notices
from baolei.organisations import doors, notices, records
from baolei.organisations import tasks as of_organisations
from baolei.organisations.doors import Scope, both_scopes
from baolei.organisations.models import OrganisationState, UnitState
from baolei.people import tasks as of_people
from baolei.people.lockout import LOG_IN
from baolei.people.models import Account, InTree
from baolei.people.roles import allowing
from baolei.people.tasks import Task
from baolei.programme.phases import CANCELLED
from baolei.rectification import tasks as of_rectification
from baolei.reviews import tasks as of_reviews
from baolei.rounds import doors as round_doors
from baolei.rounds import tasks as of_rounds
from baolei.rounds.models import Round
from baolei.rounds.views import Row
from baolei.rounds.views import rows as round_rows
from baolei.scores import run_tasks as of_runs
from baolei.scores import visit_tasks as of_visits
from baolei.sheets import tasks as of_sheets
from baolei.triage import tasks as of_triage
from baolei.wishes import tasks as of_wishes

LATELY, NOTICES, ROUNDS = 8, 5, 3
"""So many of the last acts are shown, so many notices, so many rounds."""
FIRST = 7
"""So many tasks stand on the page at once, the most urgent; the others are folded under them."""
PROVED = 200
"""So many of the last entries of the ledger are proved anew whenever its reader opens the page."""


@dataclass(frozen=True, slots=True)
class Going:
    """A round as it stands: its row; the declaration of the only branch that is filled in here, None for several."""

    row: Row
    declaration: int | None
    looks: bool


@login_required
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """What waits for me today, where I answer, and what was done there lately."""
    account, day = request.user, timezone.localdate()
    assert isinstance(account, Account)
    scope, writing = both_scopes(account, day, day)
    audits = any(one.role in allowing("read_ledger") for one in account.in_force(day))
    reads = Scope(day, whole=True) if audits else scope
    reached = doors.notices(doors.nodes_of(account, day), day).in_force(day).select_related("posted_by")
    waiting = tasks(account, writing, day)
    shown = {
        "tasks": waiting, "first": waiting[:FIRST], "others": waiting[FIRST:], "mandates": account.in_force(day),
        "notices": notices.rows(reached.order_by("-urgent", "-since", "-pk")[:NOTICES], day),
        "lately": records.rows(records.visible(reads).exclude(act=LOG_IN)[:LATELY]), "day": day,
        "rounds": _going(reads, writing, day),
        "audits": audits, "proved": verify_last(PROVED) if audits else None, "proved_last": PROVED,
    }  # fmt: skip
    return render(request, "front/today.html", shown)


def tasks(account: Account, writing: Scope, day: date) -> list[Task]:
    """What waits for somebody in every room, the most urgent first; `writing` is what they may change. Whether they
    lead a round is asked once for all rooms: most people lead none.
    """
    leads = bool(writing.units) and round_doors.own(writing).exists()
    return of_people.in_order([
        *of_people.tasks(account, day), *of_organisations.tasks_of_appointing(account, day),
        *of_organisations.tasks(writing, day), *of_life.tasks(writing, day),
        *of_sheets.tasks(account, day), *(of_rounds.tasks(writing, day) if leads else ()),
        *of_declarations.tasks(writing, day), *of_ballots.tasks(account, writing, day, leads=leads),
        *(of_runs.tasks(writing, day) if leads else ()), *of_reviews.tasks(account, day),
        *of_visits.tasks(account, day), *of_naming.tasks(account, writing, day, leads=leads),
        *of_notices.tasks(account, writing, day, leads=leads), *of_triage.tasks(account, writing, day),
        *of_rectification.tasks(account, day), *of_wishes.tasks(account, writing, day),
        *of_matters.tasks(account, day), *of_centres.tasks(writing, day),
    ])  # fmt: skip


def _going(reads: Scope, writing: Scope, day: date) -> list[Going]:
    """The latest rounds that concern somebody, and where each stands."""
    found: list[Round] = list(round_doors.rounds(reads).exclude(phase=CANCELLED).prefetch_related("spans")[:ROUNDS])
    if not found:
        return []
    own = _own(writing, found, day)
    return [Going(row, own.get(row.round.pk), bool(reads.units)) for row in round_rows(found, day)]


def _own(writing: Scope, found: list[Round], day: date) -> dict[int, int]:
    """By round the declaration of whoever fills in exactly one."""
    if not writing.organisations:
        return {}
    held = declarations(Scope(day, (), writing.organisations)).filter(round__in=found).order_by()
    told: Any = held.values_list("round").annotate(Count("pk"), Min("pk"))
    return {this: first for this, number, first in told if number == 1}


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
