"""The two trees as they stand on a day, and what the structural audit found in them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from baolei.ledger.models import Head
from baolei.organisations import audit_page, directory, doors, organisation_files, records
from baolei.organisations.acting import acts_on_organisation, acts_on_unit
from baolei.organisations.asked import (
    as_of,
    asked_borders,
    asked_day,
    in_borders,
    notes,
    unit_of,
    without_units,
)
from baolei.organisations.borders import counted_as
from baolei.organisations.doors import Scope, both_scopes, scope_of
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import (
    Election,
    Finding,
    Group,
    HubHousehold,
    Membership,
    OrganisationState,
    Post,
    Term,
    UnitState,
    VillageHead,
)
from baolei.organisations.post_counts import REMINDER, soon
from baolei.organisations.tasks import ending, left
from baolei.organisations.trails import down_to_organisation, down_to_unit
from baolei.programme.organisation.rules import Kind, SetupRules
from baolei.warehouse.rulebook import setup_rules
from baolei.warehouse.spreadsheets import Grid

PAGE, MOST = 50, 50


@login_required
@require_safe
def tree(request: HttpRequest, unit: int | None = None) -> HttpResponseBase:
    """A unit, the units below it and the organisations that serve it, as of a day."""
    day, today = asked_day(request), timezone.localdate()
    within = asked_borders(request, day)
    (scope, writing), rules = both_scopes(request.user, today, within), setup_rules(day)
    state, history = _through_the_years(scope, counted_as(unit, day, within))
    if state is None:
        return without_units(request, scope)
    line, *units = _lines([state, *directory.below(state, within)], day, rules, within)
    here = doors.organisations(scope).filter(unit=state.unit_id).order_by("path")
    if within != day:  # who served it then is listed in the borders of then
        here = here.none()
    if asked_format(request):
        grids = {"units": directory.unit_grid(units, _language()),
                 "organisations": _rows_grid(here, day, rules),
                 "history": directory.history_grid(history, day, codes=True)}  # fmt: skip
        return download(request, state.name, grids, notes(state.name, day, within), path=state.path)
    listed, more = directory.first(here, PAGE)
    shown = {
        "line": line, "units": units, "rows": _said(directory.rows(listed, day, state), rules), "more": more,
        "trail": down_to_unit(state, scope), "history": history if len(history) > 1 else [],
        "acts": acts_on_unit(writing, state) if day == within == writing.day else {},
    }  # fmt: skip
    return render(request, "organisations/tree.html", {**shown, **as_of(day), **in_borders(state, day, within)})


@login_required
@require_safe
def organisations(request: HttpRequest, unit: int) -> HttpResponseBase:
    """Every Party organisation that serves a unit or one below it, fifty at a time."""
    day = asked_day(request)
    scope, rules = scope_of(request.user, timezone.localdate(), day), setup_rules(day)
    state = unit_of(scope, unit)
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
        return download(request, title, {"organisations": _rows_grid(found, day, rules)}, notes(title, day),
                        path=state.path)  # fmt: skip
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = {"state": state, "page": page, "rows": _said(directory.rows(page.object_list, day), rules),
             "kinds": rules.kinds.values(), "kind": kind, "words": words,
             "trail": [*down_to_unit(state, scope), {"label": _("Party organisations"), "url": ""}]}  # fmt: skip
    return render(request, "organisations/organisations.html", {**shown, **as_of(day)})


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
        return download(request, state.name, grids, notes(state.name, day), path=_home(state, day))
    counts = members.order_by().aggregate(size=Count("pk"), full=Count("pk", filter=Q(kind=Membership.FULL)))
    pages = Paginator(members, PAGE)
    pages.count = counts["size"]  # counted once, with the full members
    page = pages.get_page(request.GET.get("page"))
    affiliated, more = directory.first(below, PAGE)
    shown = {
        "state": state, "kind": rules.kinds[state.kind], "trail": down_to_organisation(state, scope),
        "unit": UnitState.objects.on(day).filter(unit=state.unit_id).first(),
        "members": page, **counts,
        "posts": Post.objects.on(day).filter(organisation=organisation).select_related("holder").order_by("pk"),
        **_terms(scope, state, rules.kinds[state.kind], day),
        "heads": VillageHead.objects.on(day).filter(organisation=organisation).select_related("holder").first(),
        "findings": audit_page.rows(found, run.day if run else day, rules),
        "below": _said(directory.rows(affiliated, day), rules), "more": more,
        "history": OrganisationState.objects.filter(organisation=organisation).order_by("since"),
        "groups": Group.objects.on(day).filter(organisation=organisation).select_related("leader").order_by("name"),
        "hubs": HubHousehold.objects.on(day).filter(organisation=organisation).select_related("host").order_by("grid"),
        "elections": Election.objects.filter(organisation=organisation, on__lte=day).order_by("-on"),
        **_what_may_be_done(writing, state, day, rules),
    }  # fmt: skip
    return render(request, "organisations/organisation.html", {**shown, **as_of(day)})


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
        return download(request, _("Search"), grids, notes(asked, day))
    shown = {"asked": asked.strip(), "units": lines, "rows": _said(listed, rules), "most": MOST,
             "trail": [{"label": _("Organisations"), "url": reverse("tree")},
                       {"label": _("Search"), "url": ""}]}  # fmt: skip
    return render(request, "organisations/search.html", {**shown, **as_of(day)})


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
        return download(request, _("Ledger"), {"ledger": grid}, notes(_("Ledger"), today))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    head = Head.objects.filter(pk=1).first() if scope.whole else None
    shown = {"page": page, "rows": records.rows(page.object_list), "acts": called, "act": act, "head": head,
             "root": head.root() if head else ""}  # fmt: skip
    return render(request, "organisations/records.html", shown)


def _terms(scope: Scope, state: OrganisationState, kind: Kind, day: date) -> dict[str, Any]:
    """The term of an organisation, how long it still runs where that is soon; and of how many organisations affiliated
    with it that is said.
    """
    term = Term.objects.filter(organisation=state.organisation_id, elected__lte=day).order_by("-elected").first()
    last = soon(day, setup_rules(day))
    below = 0
    if kind.tier != "branch" and day == timezone.localdate():
        mine = doors.organisations(scope).under(state.path).exclude(pk=state.pk)
        below = ending(day).filter(organisation__in=mine.values("organisation")).count()
    return {"term": term, "ending_below": below, "months": setup_rules(day).number(REMINDER),
            "term_left": left(day, term.ends) if term and day <= term.ends <= last else ""}  # fmt: skip


def _what_may_be_done(writing: Scope, state: OrganisationState, day: date, rules: SetupRules) -> dict[str, Any]:
    """The acts that may be entered on an organisation today; none on a page of the past."""
    if day != writing.day or not doors.organisations(writing).filter(pk=state.pk).exists():
        return {"acts": {}, "elects": False}
    return {"acts": acts_on_organisation(writing, state), "elects": rules.kinds[state.kind].may("hold_term_elections")}


def _lines(states: list[UnitState], day: date, rules: SetupRules, within: date | None = None) -> list[directory.Line]:
    """Units as rows: today with what the last look through counted, on an earlier day, or in other borders, with what
    there was then.
    """
    if day == timezone.localdate() and within in (None, day):
        return directory.lines(states)
    return directory.lines_of(states, day, rules, within)


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
        return unit_of(scope, None), []
    states = list(UnitState.objects.filter(unit=unit).order_by("since"))
    held = [one for one in states if one.since <= scope.day and (one.until is None or one.until >= scope.day)]
    if not held or not scope.holds(held[-1].path):
        raise Http404(unit)
    return held[-1], states


def _language() -> str:
    return get_language() or ""
