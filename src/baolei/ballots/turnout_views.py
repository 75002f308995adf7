"""The page of turnout: how many ballots are in, unit by unit down to the townships; what they say stands nowhere."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from baolei.ballots import turnout as counting
from baolei.ballots.doors import TOWNSHIP
from baolei.ballots.models import Polling
from baolei.ballots.poll_views import way
from baolei.organisations.asked import as_number
from baolei.organisations.doors import Scope, both_scopes
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import UnitState, lineage
from baolei.programme.piles import PHASE
from baolei.rounds import doors as round_doors
from baolei.rounds.models import Round
from baolei.rounds.views import one_of


@login_required
@require_safe
def turnout(request: HttpRequest, round: int) -> HttpResponseBase:
    """The turnout of a round in my part of the tree: of a unit and of those right below it, for one source."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    this = one_of(scope, round)
    if not scope.units:
        raise Http404(round)
    unit = _unit(request, scope, this, today)
    source = counting.chosen(this, request.GET.get("source"))
    found, whole = counting.shown(this, scope, unit, source, today)
    listed = counting.ordered(found, request.GET.get("sort", ""))
    if asked_format(request):
        title = f"{this.name} {_('Turnout')}"
        return download(request, title, {"turnout": counting.grid(listed)}, [title, today.isoformat()],
                        path=unit.path if unit else this.path)  # fmt: skip
    shown = {
        "round": this, "unit": unit, "rows": listed, "whole": whole, "sources": counting.sources(this),
        "source": source, "polling": Polling.objects.filter(round=this).first(),
        "way": _above(scope, this, unit, today), "deepest": TOWNSHIP,
        "reminds": this.phase == PHASE and round_doors.leads(writing, this),
        "trail": way(this, _("Turnout")),
    }  # fmt: skip
    return render(request, "ballots/turnout.html", shown)


def _unit(request: HttpRequest, scope: Scope, this: Round, today: date) -> UnitState | None:
    """The unit that is asked for, or the only one of the scope; None for several. Raises Http404 for one outside it."""
    here = UnitState.objects.on(today)
    if request.GET.get("unit"):
        unit: UnitState | None = here.filter(unit=as_number(request.GET["unit"])).first()
        if unit is None or not scope.holds(unit.path) or not unit.path.startswith(this.path):
            raise Http404(request.GET["unit"])
        return unit
    tops = counting.tops(scope, this, today)
    return tops[0] if len(tops) == 1 else None


def _above(scope: Scope, this: Round, unit: UnitState | None, today: date) -> list[Any]:
    """The units above the one shown, as far as the scope reaches."""
    if unit is None:
        return []
    paths = [path for path in lineage(unit.path)[:-1] if scope.holds(path) and path.startswith(this.path)]
    return list(UnitState.objects.on(today).filter(path__in=paths).order_by("path")) if paths else []
