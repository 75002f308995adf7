"""The structural audit on its page: as the last look through counted it, or as of an earlier day, in old or new
borders.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from baolei.organisations import audit_page, directory, doors
from baolei.organisations.asked import (
    as_number,
    as_of,
    asked_borders,
    asked_day,
    in_borders,
    notes,
    unit_of,
    without_units,
)
from baolei.organisations.borders import counted_as
from baolei.organisations.doors import Scope, scope_of
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import AuditRun, Finding, UnitState
from baolei.organisations.trails import down_to_unit
from baolei.people.tasks import SOON
from baolei.programme.organisation.rules import SetupRules
from baolei.warehouse.rulebook import setup_rules

PAGE = 50


@login_required
@require_safe
def audit(request: HttpRequest) -> HttpResponseBase:
    """What the structural audit found at a unit and below it: how much of what, where, and each finding."""
    run = directory.last_run()
    if run is None:
        return render(request, "organisations/audit.html", {})
    if request.GET.get("day") or request.GET.get("borders"):
        return _of_a_day(request, run)
    day = run.day
    scope, rules = scope_of(request.user, timezone.localdate(), day), setup_rules(day)
    state = unit_of(scope, _asked_unit(request))
    if state is None:
        return without_units(request, scope)
    flag = _asked_flag(request, rules)
    which = request.GET.get("which", "") if request.GET.get("which") in {"late", "soon", "closed"} else ""
    found = _which(_found(scope, state, flag), which, day)
    here, *units = directory.lines([state, *directory.below(state, day)], run)
    shown_map = audit_page.tile_map(run, day, flag) if state.level == 1 else None
    if asked_format(request):
        grids = {"findings": audit_page.finding_grid(audit_page.each_row(found, day, rules), _language()),
                 "units": audit_page.unit_grid(units, rules, _language()),
                 "kinds": audit_page.kind_grid(audit_page.kinds(here.count, rules), _language()),
                 **directory.drawn_grids(trend=audit_page.trend(state, rules), map=shown_map)}  # fmt: skip
        return download(request, _title(state), grids, notes(state.name, day), path=state.path)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = {
        "run": run, "line": here, "kinds": audit_page.kinds(here.count, rules), "units": units,
        "flag": rules.flags[flag] if flag else None, "which": which, "page": page,
        "rows": audit_page.rows(list(page.object_list), day, rules), "trend": audit_page.trend(state, rules),
        "map": shown_map, "trail": down_to_unit(state, scope, "audit"), **as_of(day), "past": False,
    }  # fmt: skip
    return render(request, "organisations/audit.html", shown)


def _of_a_day(request: HttpRequest, run: AuditRun) -> HttpResponseBase:
    """The same as of a day, counted for it: what was open then, in the borders of then or of another day."""
    day = asked_day(request)
    within = asked_borders(request, day)
    scope, rules = scope_of(request.user, timezone.localdate(), within), setup_rules(day)
    state = unit_of(scope, counted_as(_asked_unit(request), day, within))
    if state is None:
        return without_units(request, scope)
    flag = _asked_flag(request, rules)
    here, *units = directory.lines_of([state, *directory.below(state, within)], day, rules, within)
    kinds = audit_page.kinds(here.count, rules, of_a_run=False)
    found = _found(scope, state, flag).open_on(day).order_by("due", "pk") if within == day else Finding.objects.none()
    if asked_format(request):
        listed = audit_page.each_row(found, day, rules, as_it_was=True)
        grids = {"units": audit_page.unit_grid(units, rules, _language()),
                 "kinds": audit_page.kind_grid(kinds, _language())}  # fmt: skip
        if within == day:
            grids["findings"] = audit_page.finding_grid(listed, _language())
        return download(request, _title(state), grids, notes(state.name, day, within), path=state.path)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = {
        "run": run, "line": here, "kinds": kinds, "units": units, "flag": rules.flags[flag] if flag else None,
        "page": page, "rows": audit_page.rows(list(page.object_list), day, rules, as_it_was=True),
        "trail": down_to_unit(state, scope, "audit"), **in_borders(state, day, within), "past": True,
    }  # fmt: skip
    return render(request, "organisations/audit.html", shown)


def _asked_unit(request: HttpRequest) -> int | None:
    return as_number(request.GET.get("unit", ""))


def _asked_flag(request: HttpRequest, rules: SetupRules) -> str:
    return request.GET.get("flag", "") if request.GET.get("flag") in rules.flags else ""


def _found(scope: Scope, state: UnitState, flag: str) -> Any:
    """The findings at a unit of the scope and below it, of one kind where one is asked for."""
    found = doors.findings(scope, "" if scope.whole and scope.units == (state.path,) else state.path)
    return found.filter(flag=flag) if flag else found


def _which(found: Any, which: str, day: date) -> Any:
    if which == "closed":
        return found.exclude(until=None).order_by("-until", "pk")
    found = found.open().order_by("due", "pk")
    if which == "late":
        return found.filter(due__lt=day)
    return found.filter(due__range=(day, day + SOON)) if which == "soon" else found


def _title(state: UnitState) -> str:
    return f"{state.name} {_('Structural audit')}"


def _language() -> str:
    return get_language() or ""
