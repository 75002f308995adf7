"""The pages of visits: the list of a round, a sheet to be filled in on a phone, and where a kept one is sent to."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models.functions import Substr
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from baolei.organisations.asked import as_number
from baolei.organisations.doors import both_scopes
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import WIDTH, UnitState
from baolei.organisations.people_views import in_words
from baolei.paths import at_or_below
from baolei.people.models import Account
from baolei.programme.refusals import Refusal
from baolei.programme.visibility import least
from baolei.rounds.views import one_of, trail
from baolei.scores import actions, doors, looks, visit_form, visit_listing
from baolei.scores.models import Visit
from baolei.scores.visit_form import Read
from baolei.scores.visit_listing import Row
from baolei.warehouse.rulebook import visibility
from baolei.warehouse.rulebook import visits as rules

PAGE = 50
WHICH = ("open", "done")
"""Visits to be made, visits made."""


@login_required
@require_safe
def visits(request: HttpRequest, round: int) -> HttpResponseBase:
    """The visits of a round, for those who lead it and those who make them: by unit, and by where they stand."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    this = one_of(scope, round)
    if not doors.sees_list(request.user, writing, this, today):
        raise Http404(round)
    found = doors.visits(request.user, today).filter(declaration__round=this)
    unit = UnitState.objects.on(today).filter(unit=as_number(request.GET.get("unit", ""))).first()
    if unit is not None:
        found = found.filter(at_or_below(unit.path, "declaration__path"))
    counts = {"open": found.filter(on=None).count(), "done": found.filter(on__isnull=False).count()}
    which = request.GET.get("which", "") if request.GET.get("which") in WHICH else ""
    chosen = found.filter(on__isnull=which == "open") if which else found
    if asked_format(request):
        grid = visit_listing.as_grid(visit_listing.each_row(chosen))
        return download(request, f"{this.name} {_('Visits')}", {"visits": grid}, [this.name, today.isoformat()],
                        path=this.path)  # fmt: skip
    page = Paginator(chosen, PAGE).get_page(request.GET.get("page"))
    shown = {
        "round": this, "page": page, "rows": visit_listing.rows(list(page.object_list)), "which": which, "unit": unit,
        "counts": counts, "units": _units(found, unit.path if unit else this.path, today),
        "share": rules().numbers["second_look_percent"].value,
        "seeds": sorted({one.run.seed for one in page.object_list}), "agreed": _agreed(found),
        "inspects": bool(doors.inspects(request.user, today)),
        "trail": [*trail(this, last=False), {"label": _("Visits"), "url": ""}],
    }  # fmt: skip
    return render(request, "scores/visits.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def visit(request: HttpRequest, visit: int) -> HttpResponseBase:
    """One visit: its sheet to be filled in by an inspector; what was found, once that may be told."""
    today = timezone.localdate()
    mine = _one(request, visit, today)
    writes = doors.writes(request.user, mine, today)
    faults: dict[str, str] = {}
    if request.method == "POST":
        if not writes:
            raise Http404(visit)
        answer, faults = _sent(request, mine)
        if answer is not None:
            return answer
    row = visit_listing.rows([mine])[0]
    told = doors.told(request.user, mine)
    parts = visit_form.sheet_of(mine, request.POST.dict() if faults else None, faults, shows=told)
    if asked_format(request):
        grid = visit_form.as_grid(parts, _("Sheet of the visit"))
        return download(request, row.name, {"sheet": grid}, [row.name, today.isoformat()], path=mine.declaration.path)
    shown = {
        "row": row, "parts": parts, "writes": writes, "faults": faults, "told": told, "today": today,
        "conflict": "" if mine.on else doors.hindrance(request.user, mine, today), "head": _head(request, mine),
        "lines": visit_form.told(mine) if told and mine.on else [],
        "longest": visit_form.LONGEST_WORDS, "trail": _way(row),
    }  # fmt: skip
    return render(request, "scores/visit.html", shown, status=422 if faults else 200)


@login_required
@require_POST
def save_visit(request: HttpRequest, visit: int) -> HttpResponse:
    """Take the sheet that a browser kept, once however often it is sent; what stands there now, or what is wrong."""
    today = timezone.localdate()
    mine = _one(request, visit, today)
    if not doors.visits_here(request.user, mine, today):
        raise Http404(visit)
    read = visit_form.read(mine, request.POST.dict(), today)
    key, seen = request.POST.get("key", "")[:64], as_number(request.POST.get("seen", ""))
    if read.sheet is None and not mine.deliveries.filter(key=key).exists():
        return JsonResponse({"faults": read.faults})
    try:
        made = _handed_in(request, mine, read, key, seen)
    except actions.WrittenSince as clash:
        return JsonResponse({"clash": str(clash), "version": clash.visit.version})
    except Refusal as refused:
        return JsonResponse({"refused": in_words(refused)})
    return JsonResponse({"version": made.version, "points": (made.organisation or 0) / 100})


def _handed_in(request: HttpRequest, mine: Visit, read: Read, key: str, seen: int | None) -> Visit:
    assert isinstance(request.user, Account)
    if read.sheet is None:  # it has arrived before: what is wrong with it now is no matter
        return mine
    return actions.visit(actor=request.user, now=timezone.now(), visit=mine, sheet=read.sheet, key=key, seen=seen)


def _sent(request: HttpRequest, mine: Visit) -> tuple[HttpResponse | None, dict[str, str]]:
    """A sheet sent without the script: the way on, or what is wrong with it."""
    read = visit_form.read(mine, request.POST.dict(), timezone.localdate())
    if read.sheet is None:
        return None, read.faults
    try:
        _handed_in(request, mine, read, "", as_number(request.POST.get("seen", "")))
    except Refusal as refused:
        return None, {"": in_words(refused)}
    messages.success(request, _("The sheet is handed in"))
    return redirect("visit", mine.pk), {}


def _one(request: HttpRequest, visit: int, today: Any) -> Visit:
    """A visit that its visitor may see. Raises Http404 for any other."""
    mine: Visit | None = doors.visits(request.user, today).filter(pk=visit).first()
    if mine is None:
        raise Http404(visit)
    return mine


def _head(request: HttpRequest, mine: Visit) -> dict[str, Any]:
    """What stands in the head of the sheet: as entered where it was sent, as it was handed in before, else empty."""
    if request.method == "POST":
        return {name: request.POST.get(name, "") for name in visit_form.HEAD}
    if mine.on is None:
        return {"on": timezone.localdate().isoformat(), "team": "", "words": "", "overall": ""}
    overall = "" if mine.overall is None else mine.overall // 100
    return {"on": mine.on.isoformat(), "team": mine.team or "", "words": mine.words, "overall": overall}


def _units(found: Any, path: str, today: Any) -> list[UnitState]:
    """The units right below the one of this path in which somebody is visited."""
    below = found.order_by().annotate(at=Substr("declaration__path", 1, len(path) + WIDTH))
    return list(UnitState.objects.on(today).filter(path__in=below.values("at")).exclude(path=path).order_by("code"))


def _agreed(found: Any) -> Any:
    """How far second looks agree with first ones; None where so few are in that one could be known by it."""
    told = looks.agreed(found)
    return told if told and told.pairs >= least(visibility()) else None


def _way(row: Row) -> list[dict[str, str]]:
    this = row.visit.declaration.round
    return [*trail(this, last=False), {"label": _("Visits"), "url": reverse("visits", args=[this.pk])},
            {"label": row.name, "url": ""}]  # fmt: skip
