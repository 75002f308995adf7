"""The page on which anybody can redo who is over the line."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from baolei.naming import seats
from baolei.naming.models import NamingList
from baolei.organisations.doors import scope_of
from baolei.organisations.downloads import asked_format, download
from baolei.programme.naming import TIE_KEYS
from baolei.programme.standard.edition import Edition
from baolei.rounds.views import one_of, trail
from baolei.scores.models import Run
from baolei.scores.results import Seen, results
from baolei.standards.at_hand import at_hand
from baolei.warehouse.opened import opened


@login_required
@require_safe
def naming_seats(request: HttpRequest, round: int) -> HttpResponseBase:
    """How the seats of a round were shared, step by step; where there is a line and no seats, how it was reached."""
    this = one_of(scope_of(request.user, timezone.localdate()), round)
    made = NamingList.objects.filter(round=this).select_related("run").first()
    edition = at_hand(this.edition)
    capped = edition.policy.seats is not None
    title = _("How the seats were shared") if capped else _("How the line was reached")
    shown: dict[str, Any] = {
        "round": this, "list": made, "title": title, "capped": capped,
        "trail": [*trail(this, last=False), {"label": _("List"), "url": reverse("naming_list", args=[this.pk])},
                  {"label": title, "url": ""}],
    }  # fmt: skip
    if made is None:
        return render(request, "naming/seats.html", shown)
    found = _shared(request, made.run, edition) if capped else _lined(made.run, edition)
    if asked_format(request):
        return download(request, f"{this.name} {title}", found.pop("grids"), [this.name, made.run.results],
                        path=this.path)  # fmt: skip
    return render(request, "naming/seats.html", {**shown, **found, "results": made.run.results})


def _shared(request: HttpRequest, run: Run, edition: Edition) -> dict[str, Any]:
    page = seats.shared(run)
    if page is None:
        raise Http404(run.pk)
    seen = _seen(request, run)
    groups = [(seats.group_name(one.row.group, edition), one, seats.edges_seen(one, seen)) for one in page.groups]
    return {
        "page": page, "groups": groups, "keys": [one.say(get_language() or "") for one in TIE_KEYS],
        "grids": {"seats": seats.seat_grid(page, edition),
                  "edges": seats.edge_grid((name, edges) for name, _one, edges in groups)},
    }  # fmt: skip


def _lined(run: Run, edition: Edition) -> dict[str, Any]:
    lines = seats.lined(run, edition)
    return {"lines": lines, "grids": {"lines": seats.line_grid(lines)}}


def _seen(request: HttpRequest, run: Run) -> Seen:
    found = opened(run.results_folder)
    if found is None:
        raise Http404(run.pk)
    return results(found).visible_to(request.user, timezone.localdate())
