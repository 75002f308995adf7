"""The two trees as they stand on a day, and what the structural audit found in them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from baolei.ledger.models import Head
from baolei.organisations import audit_page, directory, doors, organisation_files, records
from baolei.organisations.acting import acts_on_organisation, acts_on_unit
from baolei.organisations.doors import Scope, both_scopes, scope_of
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import (
    AuditRun,
    Election,
    Finding,
    Group,
    HubHousehold,
    Membership,
    OrganisationState,
    Post,
    Term,
    UnitState,
)
from baolei.organisations.trails import down_to_organisation, down_to_unit
from baolei.people.tasks import SOON
from baolei.programme.organisation.rules import SetupRules
from baolei.warehouse.rulebook import setup_rules
from baolei.warehouse.spreadsheets import Grid

PAGE, MOST = 50, 50


@login_required
@require_safe
def tree(request: HttpRequest, unit: int | None = None) -> HttpResponseBase:
    """A unit, the units below it and the organisations that serve it, as of a day."""
    day = asked_day(request)
    (scope, writing), rules = both_scopes(request.user, timezone.localdate(), day), setup_rules(day)
    state, history = _through_the_years(scope, unit)
    if state is None:
        return _without_units(request, scope)
    line, *units = _lines([state, *directory.below(state, day)], day, rules)
    here = doors.organisations(scope).filter(unit=state.unit_id).order_by("path")
    if asked_format(request):
        grids = {"units": directory.unit_grid(units, _language()),
                 "organisations": _rows_grid(here, day, rules),
                 "history": directory.history_grid(history, day, codes=True)}  # fmt: skip
        return download(request, state.name, grids, _notes(state.name, day), path=state.path)
    listed, more = directory.first(here, PAGE)
    shown = {
        "line": line, "units": units, "rows": _said(directory.rows(listed, day), rules), "more": more,
        "trail": down_to_unit(state, scope), "history": history if len(history) > 1 else [],
        "acts": acts_on_unit(writing, state) if day == writing.day else {},
    }  # fmt: skip
    return render(request, "organisations/tree.html", {**shown, **_as_of(day)})


@login_required
@require_safe
def organisations(request: HttpRequest, unit: int) -> HttpResponseBase:
    """Every Party organisation that serves a unit or one below it, fifty at a time."""
    day = asked_day(request)
    scope, rules = scope_of(request.user, timezone.localdate(), day), setup_rules(day)
    state = _unit(scope, unit)
    if state is None:
        raise Http404(unit)
    kind, words = request.GET.get("kind", ""), request.GET.get("q", "")[:100]
    found = doors.organisations(scope, state.path).order_by("path")
    if kind in rules.kinds:
        found = found.filter(kind=kind)
    if words.strip():
        found = found.filter(directory.named(words))
    title = _("%(unit)s: Party organisations") % {"unit": state.name}
    if asked_format(request):
        return download(request, title, {"organisations": _rows_grid(found, day, rules)}, _notes(title, day),
                        path=state.path)  # fmt: skip
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = {"state": state, "page": page, "rows": _said(directory.rows(page.object_list, day), rules),
             "kinds": rules.kinds.values(), "kind": kind, "words": words,
             "trail": [*down_to_unit(state, scope), {"label": _("Party organisations"), "url": ""}]}  # fmt: skip
    return render(request, "organisations/organisations.html", {**shown, **_as_of(day)})


@login_required
@require_safe
def organisation(request: HttpRequest, organisation: int) -> HttpResponseBase:
    """A Party organisation: where it stands, who holds its posts, its members, what the audit found."""
    day = asked_day(request)
    (scope, writing), rules = both_scopes(request.user, timezone.localdate(), day), setup_rules(day)
    state = doors.organisations(scope).filter(organisation=organisation).first()
    if state is None:
        raise Http404(organisation)
    members = Membership.objects.on(day).filter(organisation=organisation).select_related("member").order_by("pk")
    found = list(Finding.objects.filter(organisation=organisation, since__lte=day).order_by("until", "due"))
    run = directory.last_run()
    below = doors.organisations(scope).filter(above=organisation).order_by("code")
    if asked_format(request):
        listed = audit_page.rows(found, run.day if run else day, rules)
        grids = {"members": directory.member_grid(members.iterator()),
                 "organisations": _rows_grid(below, day, rules),
                 "findings": audit_page.finding_grid(listed, _language()),
                 **organisation_files.grids(organisation, day)}  # fmt: skip
        return download(request, state.name, grids, _notes(state.name, day), path=_home(state, day))
    page = Paginator(members, PAGE).get_page(request.GET.get("page"))
    affiliated, more = directory.first(below, PAGE)
    shown = {
        "state": state, "kind": rules.kinds[state.kind], "trail": down_to_organisation(state, scope),
        "unit": UnitState.objects.on(day).filter(unit=state.unit_id).first(),
        "members": page, "size": page.paginator.count,
        "full": Membership.objects.on(day).filter(organisation=organisation, kind=Membership.FULL).count(),
        "posts": Post.objects.on(day).filter(organisation=organisation).select_related("holder").order_by("pk"),
        "term": Term.objects.filter(organisation=organisation, elected__lte=day).order_by("-elected").first(),
        "findings": audit_page.rows(found, run.day if run else day, rules),
        "below": _said(directory.rows(affiliated, day), rules), "more": more,
        "history": OrganisationState.objects.filter(organisation=organisation).order_by("since"),
        "groups": Group.objects.on(day).filter(organisation=organisation).select_related("leader").order_by("name"),
        "hubs": HubHousehold.objects.on(day).filter(organisation=organisation).select_related("host").order_by("grid"),
        "elections": Election.objects.filter(organisation=organisation, on__lte=day).order_by("-on"),
        **_what_may_be_done(writing, state, day, rules),
    }  # fmt: skip
    return render(request, "organisations/organisation.html", {**shown, **_as_of(day)})


@login_required
@require_safe
def search(request: HttpRequest) -> HttpResponseBase:
    """Units and organisations by part of the name, the initials in pinyin or the code."""
    day = asked_day(request)
    scope, rules = scope_of(request.user, timezone.localdate(), day), setup_rules(day)
    asked = request.GET.get("q", "")[:100]
    units, found = directory.search(asked, scope, MOST)
    listed = directory.rows(found, day)
    lines = _lines(units, day, rules)
    if asked_format(request):
        grids = {"units": directory.unit_grid(lines, _language()),
                 "organisations": directory.organisation_grid(listed, rules, _language())}  # fmt: skip
        return download(request, _("Search"), grids, _notes(asked, day))
    shown = {"asked": asked.strip(), "units": lines, "rows": _said(listed, rules), "most": MOST,
             "trail": [{"label": _("Organisations"), "url": reverse("tree")},
                       {"label": _("Search"), "url": ""}]}  # fmt: skip
    return render(request, "organisations/search.html", {**shown, **_as_of(day)})


@login_required
@require_safe
def audit(request: HttpRequest) -> HttpResponseBase:
    """What the structural audit found at a unit and below it: how much of what, where, and each finding."""
    run = directory.last_run()
    if run is None:
        return render(request, "organisations/audit.html", {})
    day = run.day
    scope, rules = scope_of(request.user, timezone.localdate(), day), setup_rules(day)
    asked = request.GET.get("unit", "")
    state = _unit(scope, int(asked) if asked.isdecimal() and len(asked) < 15 else None)
    if state is None:
        return _without_units(request, scope)
    flag = request.GET.get("flag", "") if request.GET.get("flag") in rules.flags else ""
    which = request.GET.get("which", "") if request.GET.get("which") in {"late", "soon", "closed"} else ""
    found = _found(scope, state, flag, which, day)
    here, *units = directory.lines([state, *directory.below(state, day)], run)
    if asked_format(request):
        grids = {"findings": audit_page.finding_grid(audit_page.each_row(found, day, rules), _language()),
                 "units": audit_page.unit_grid(units, rules, _language()),
                 "kinds": audit_page.kind_grid(audit_page.kinds(here.count, rules), _language()),
                 **directory.drawn_grids(trend=audit_page.trend(state, rules),
                                         map=_map(run, day, flag, state))}  # fmt: skip
        title = f"{state.name} {_('Structural audit')}"
        return download(request, title, grids, _notes(state.name, day), path=state.path)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = {
        "run": run, "day": day, "line": here, "kinds": audit_page.kinds(here.count, rules), "units": units,
        "flag": rules.flags[flag] if flag else None, "which": which, "page": page,
        "rows": audit_page.rows(list(page.object_list), day, rules), "trend": audit_page.trend(state, rules),
        "map": _map(run, day, flag, state),
        "trail": down_to_unit(state, scope, "audit"),
    }  # fmt: skip
    return render(request, "organisations/audit.html", shown)


@login_required
@require_safe
def ledger(request: HttpRequest) -> HttpResponseBase:
    """What was done, by whom, where and why, within one's mandate; newest first."""
    today = timezone.localdate()
    scope = records.scope_of_reader(request.user, today)
    called = records.acts()
    act = request.GET.get("act", "") if request.GET.get("act") in called else ""
    found = records.visible(scope)
    if act:
        found = found.filter(act=act)
    if asked_format(request):
        grid = records.grid(records.each_row(found))
        return download(request, _("Ledger"), {"ledger": grid}, _notes(_("Ledger"), today))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    head = Head.objects.filter(pk=1).first() if scope.whole else None
    shown = {"page": page, "rows": records.rows(page.object_list), "acts": called, "act": act, "head": head,
             "root": head.root() if head else ""}  # fmt: skip
    return render(request, "organisations/records.html", shown)


def _map(run: AuditRun, day: date, flag: str, state: UnitState) -> dict[str, Any] | None:
    return audit_page.tile_map(run, day, flag) if state.level == 1 else None


def _found(scope: Scope, state: UnitState, flag: str, which: str, day: date) -> Any:
    below = "" if scope.whole and scope.units == (state.path,) else state.path
    found = doors.findings(scope, below)
    found = (
        found.exclude(until=None).order_by("-until", "pk") if which == "closed" else found.open().order_by("due", "pk")
    )
    if which == "late":
        found = found.filter(due__lt=day)
    if which == "soon":
        found = found.filter(due__range=(day, day + SOON))
    return found.filter(flag=flag) if flag else found


def _unit(scope: Scope, unit: int | None) -> UnitState | None:
    """The state of a unit of the scope; without a number the outermost one. Raises Http404 for what lies outside."""
    found = doors.units(scope)
    state: UnitState | None = (found if unit is None else found.filter(unit=unit)).order_by("path").first()
    if unit is None:
        return state
    if state is None:
        raise Http404(unit)
    return state


def _without_units(request: HttpRequest, scope: Scope) -> HttpResponse:
    """For those who answer for a Party organisation alone its page; else what is missing and who gives it."""
    own = doors.organisations(scope).order_by("path").first()
    if own:
        return redirect("organisation", own.organisation_id)
    return render(request, "organisations/nothing.html", {})


def _what_may_be_done(writing: Scope, state: OrganisationState, day: date, rules: SetupRules) -> dict[str, Any]:
    """The acts that may be entered on an organisation today; none on a page of the past."""
    if day != writing.day or not doors.organisations(writing).filter(pk=state.pk).exists():
        return {"acts": {}, "elects": False}
    return {"acts": acts_on_organisation(writing, state), "elects": rules.kinds[state.kind].may("hold_term_elections")}


def _lines(states: list[UnitState], day: date, rules: SetupRules) -> list[directory.Line]:
    """Units as rows: today with what the last look through counted, on an earlier day with what there was then."""
    return directory.lines(states) if day == timezone.localdate() else directory.lines_of(states, day, rules)


def _home(state: OrganisationState, day: date) -> str:
    """The path of the unit that an organisation serves."""
    return UnitState.objects.on(day).filter(unit=state.unit_id).values_list("path", flat=True).first() or ""


def _rows_grid(found: Any, day: date, rules: SetupRules) -> Grid:
    return directory.organisation_grid(directory.each_row(found, day), rules, _language())


def _said(rows: list[directory.Row], rules: SetupRules) -> list[dict[str, Any]]:
    return [{"row": row, "kind": rules.kinds[row.state.kind].name} for row in rows]


def _through_the_years(scope: Scope, unit: int | None) -> tuple[UnitState | None, list[UnitState]]:
    """The state of a unit of the scope on its day, and all its states."""
    if unit is None:
        return _unit(scope, None), []
    states = list(UnitState.objects.filter(unit=unit).order_by("since"))
    held = [one for one in states if one.since <= scope.day and (one.until is None or one.until >= scope.day)]
    if not held or not scope.holds(held[-1].path):
        raise Http404(unit)
    return held[-1], states


def asked_day(request: HttpRequest) -> date:
    """The day asked for, today without one. Raises Http404 for what is no day."""
    asked = request.GET.get("day", "")
    if not asked:
        return timezone.localdate()
    try:
        found = parse_date(asked)
    except ValueError:
        found = None
    if found is None:
        raise Http404(asked)
    return found


def _as_of(day: date) -> dict[str, Any]:
    return {"day": day, "past": day != timezone.localdate()}


def _notes(title: str, day: date) -> list[str]:
    return [title, f"{_('As of')}: {day.isoformat()}"]


def _language() -> str:
    return get_language() or ""
