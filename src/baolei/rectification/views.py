"""The pages of rectification: the ledger of a unit, one organisation's cases and problems, one case, what is done."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from baolei.organisations import doors as tree_doors
from baolei.organisations.asked import as_number, asked_organisation
from baolei.organisations.directory import names_of
from baolei.organisations.doors import Scope, scope_of, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import OrganisationState, UnitState
from baolei.organisations.people_views import answered, sent
from baolei.organisations.trails import down_to_organisation
from baolei.programme import rectification as rules
from baolei.programme.rectification import BRANCH, COUNTY, LIVING, OPENED, STATES, TOWNSHIP, UNDER_WAY
from baolei.rectification import actions, doors, tables
from baolei.rectification.forms import OF_CASE, OF_PROBLEM
from baolei.rectification.models import Case, Problem
from baolei.rectification.opening_forms import OpenCase, PassOn
from baolei.rectification.turned import PARTS, rows_of, told
from baolei.warehouse.rulebook import rectification as rule_book

PAGE = 50


# ---- the ledger of a unit ----


@login_required
@require_safe
def ledger(request: HttpRequest) -> HttpResponseBase:
    """The cases of my part of the tree, or of one unit of it: where each stands, what is late."""
    today = timezone.localdate()
    scope = scope_of(request.user, today)
    unit = unit_asked(request, scope)
    chosen, found = _asked(request, scope, unit, today)
    name = unit.name if unit else ""
    if asked_format(request):
        grid = tables.case_grid(tables.each_row(found, today))
        title = f"{name} {_('Ledger of rectification')}".strip()
        return download(request, title, {"cases": grid}, [title, today.isoformat()], path=unit.path if unit else "")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = {
        "unit": unit, "page": page, "rows": tables.rows(list(page.object_list), today), "chosen": chosen,
        "campaigns": tables.campaigns(), "states": tables.states(), "late": chosen.get("late"),
        "trail": [{"label": _("Rectification"), "url": ""}],
    }  # fmt: skip
    return render(request, "rectification/ledger.html", shown)


def unit_asked(request: HttpRequest, scope: Scope) -> UnitState | None:
    """The unit that was asked for. Raises Http404 for one outside the scope."""
    asked = as_number(request.GET.get("unit", ""))
    if asked is None:
        return None
    found: UnitState | None = tree_doors.units(scope).filter(unit=asked).first()
    if found is None:
        raise Http404(asked)
    return found


def of_unit(scope: Scope, unit: UnitState | None) -> Any:
    """The cases of a scope, or of a unit in it."""
    return doors.cases(Scope(scope.day, (unit.path,)) if unit else scope)


def _asked(request: HttpRequest, scope: Scope, unit: UnitState | None, today: date) -> tuple[dict[str, str], Any]:
    """What was asked for, and the cases that answer it, those that wait first."""
    known = {"campaign": tables.campaigns(), "state": tables.states()}
    chosen = {name: said for name, words in known.items() if (said := request.GET.get(name, "")) in words}
    found = of_unit(scope, unit).filter(**chosen)
    if request.GET.get("field"):
        chosen["field"] = request.GET["field"][:40]
        found = found.filter(field=chosen["field"])
    if request.GET.get("late"):
        chosen["late"] = "1"
        found = found.filter(state__in=LIVING, due__lt=today)
    year, part = as_number(request.GET.get("year", "")), request.GET.get("part", "")
    if year and part in PARTS:
        chosen |= {"year": str(year), "part": part}
        found = found.filter(pk__in=rows_of(told(found, today), year, part))
    return chosen, found.order_by("due", "-pk") if "part" not in chosen else found.order_by("pk")


# ---- one organisation ----


@login_required
@require_safe
def organisation(request: HttpRequest, organisation: int) -> HttpResponseBase:
    """An organisation's cases, the problems that were passed on to it, and what its cases ask of it this month."""
    today = timezone.localdate()
    scope = scope_of(request.user, today)
    state = asked_organisation(scope, organisation)
    mine = tables.rows(list(doors.cases(scope).filter(organisation=organisation)), today)
    alone = doors.problems(scope).filter(organisation=organisation, case=None).order_by("settled", "by", "pk")
    if asked_format(request):
        grids = {"cases": tables.case_grid(mine), "problems": tables.problem_grid(alone)}
        title = f"{state.name} {_('Rectification')}"
        return download(request, title, grids, [title, today.isoformat()], path=doors.home_of(organisation, today)[0])
    seats = doors.seats(_account(request), organisation, today) if _writes(request, today) else frozenset()
    page = Paginator(alone, PAGE).get_page(request.GET.get("page"))
    shown = {
        "state": state, "rows": mine, "page": page, "sources": tables.sources(), "today": today,
        "problems": [(one, tables.sources().get(one.found, ""), one.late(today)) for one in page.object_list],
        "opens": COUNTY in seats, "passes_on": bool(seats & {TOWNSHIP, COUNTY}),
        "burden": rules.burden(sum(len(one.owed) for one in mine), rule_book()),
        "trail": [*down_to_organisation(state, scope), {"label": _("Rectification"), "url": ""}],
    }  # fmt: skip
    return render(request, "rectification/organisation.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def open_case(request: HttpRequest, organisation: int) -> HttpResponse:
    """Open a case of an organisation that one answers for at the county."""
    return _upon_organisation(request, organisation, OpenCase, frozenset({COUNTY}))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pass_on(request: HttpRequest, organisation: int) -> HttpResponse:
    """Enter a problem that was passed on to an organisation one answers for from above."""
    return _upon_organisation(request, organisation, PassOn, frozenset({TOWNSHIP, COUNTY}))


def _upon_organisation(request: HttpRequest, organisation: int, form_of: Any, wanted: frozenset[str]) -> HttpResponse:
    today = timezone.localdate()
    scope = writing_scope(request.user, today)
    state = asked_organisation(scope, organisation)
    if not doors.seats(_account(request), organisation, today) & wanted:
        raise Http404(organisation)
    form = form_of(sent(request), about=state, actor=request.user, scope=scope, today=today)
    back = reverse("rectification", args=[organisation])
    way = [*down_to_organisation(state, scope), {"label": _("Rectification"), "url": back},
           {"label": str(form.verb), "url": ""}]  # fmt: skip
    return answered(request, form, state.name, back, way)


# ---- one case ----


@login_required
@require_safe
def case(request: HttpRequest, case: int) -> HttpResponseBase:
    """A case: where it stands and until when, problem by problem, its reports, what was done and why."""
    today = timezone.localdate()
    scope = scope_of(request.user, today)
    mine = _case(scope, case)
    row = tables.rows([mine], today)[0]
    problems, reports = mine.problems.order_by("pk"), mine.reports.select_related("by")
    passages = mine.passages.select_related("by")
    if asked_format(request):
        grids = {"problems": tables.problem_grid(problems), "reports": tables.report_grid(reports),
                 "acts": tables.passage_grid(passages), "case": tables.case_grid([row])}  # fmt: skip
        return download(request, row.name, grids, [row.name, row.campaign, today.isoformat()],
                        path=doors.home_of(mine.organisation_id, today)[0] or mine.path)  # fmt: skip
    seats = doors.seats_of_case(_account(request), mine, today) if _writes(request, today) else frozenset()
    called = tables.sources()
    shown = {
        "row": row, "case": mine, "acts": acts_on(mine, seats, today), "today": today,
        "problems": [(one, called.get(one.found, ""), one.late(today), acts_on_problem(one, seats))
                     for one in problems],
        "linked": _linked(mine), "reports": reports, "situations": tables.situations(mine.situations),
        "passages": [(one, tables.words(one.act), tables.states()[one.after]) for one in passages],
        "burden": rules.burden(len(row.owed), rule_book()), "owed": row.owed,
        "waits": mine.state == rules.ACCEPTED and not _due(mine, today), "trail": _way(scope, mine, row.name),
    }  # fmt: skip
    return render(request, "rectification/case.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_case(request: HttpRequest, case: int, act: str) -> HttpResponse:
    """Do something with a case that the table gives to whoever asks."""
    today = timezone.localdate()
    scope = writing_scope(request.user, today)
    mine = _case(scope, case)
    offered = acts_on(mine, doors.seats_of_case(_account(request), mine, today), today)
    if act not in offered:
        raise Http404(act)
    form = offered[act](sent(request), about=mine, actor=request.user, scope=scope, today=today)
    return _answered(request, form, scope, mine)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_problem(request: HttpRequest, problem: int, act: str) -> HttpResponse:
    """Settle a problem, or take it off the list."""
    today = timezone.localdate()
    scope = writing_scope(request.user, today)
    one: Problem | None = doors.problems(scope).filter(pk=problem).first()
    if one is None:
        raise Http404(problem)
    account = _account(request)
    seats = (doors.seats_of_case(account, one.case, today) if one.case
             else doors.seats(account, one.organisation_id, today))  # fmt: skip
    offered = acts_on_problem(one, seats)
    if act not in offered:
        raise Http404(act)
    form = offered[act](sent(request), about=one, actor=request.user, scope=scope, today=today)
    if one.case:
        return _answered(request, form, scope, one.case)
    state = asked_organisation(scope, one.organisation_id)
    back = reverse("rectification", args=[one.organisation_id])
    way = [*down_to_organisation(state, scope), {"label": _("Rectification"), "url": back},
           {"label": str(form.verb), "url": ""}]  # fmt: skip
    return answered(request, form, one.words, back, way)


def acts_on(mine: Case, seats: frozenset[str], today: date) -> dict[str, Any]:
    """What may be done with a case as it stands by whoever acts as these, by its name in the address."""
    offered = {row.act for row in STATES.ways(mine.state) if row.who in seats} - {"settle"}
    if TOWNSHIP in seats and mine.state in (OPENED, UNDER_WAY):
        offered |= {"problem", "link"}
    if BRANCH in seats and mine.state in LIVING:
        offered.add("answer")
    if "lapse" in offered and OrganisationState.objects.on(today).filter(organisation=mine.organisation_id).exists():
        offered.discard("lapse")
    if "report" in offered and not actions.months_to_report(mine, today):
        offered.discard("report")
    if not _due(mine, today):
        offered.discard("close")
    if {"plan", "apply"} & offered and not _ready(mine):
        offered -= {"plan", "apply"}
    return {name: form for name, form in OF_CASE.items() if name in offered}


def _ready(mine: Case) -> bool:
    """Whether the button is of use: a problem is listed, or all of them are settled."""
    if mine.state == UNDER_WAY:
        return not mine.problems.filter(settled=None).exists()
    return mine.problems.exists()


def acts_on_problem(one: Problem, seats: frozenset[str]) -> dict[str, Any]:
    """The same of one problem."""
    if one.case is None:
        may = {"settle"} if seats & {TOWNSHIP, COUNTY} and not one.settled else set()
    else:
        may = {UNDER_WAY: {"settle"}, OPENED: {"take_off"}}.get(one.case.state, set()) if TOWNSHIP in seats else set()
        may -= {"settle"} if one.settled else set()
    return {name: form for name, form in OF_PROBLEM.items() if name in may}


def _answered(request: HttpRequest, form: Any, scope: Scope, mine: Case) -> HttpResponse:
    name = names_of([mine.organisation_id]).get(mine.organisation_id, "")
    back = reverse("case", args=[mine.pk])
    way = [*_way(scope, mine, name)[:-1], {"label": tables.campaigns().get(mine.campaign, mine.campaign), "url": back},
           {"label": str(form.verb), "url": ""}]  # fmt: skip
    return answered(request, form, name, back, way)


def _due(mine: Case, today: date) -> bool:
    return mine.due is not None and mine.due <= today


def _linked(mine: Case) -> list[tuple[str, str]]:
    there = dict(mine.linked.values_list("role", "who"))
    return [(name.say(get_language() or ""), there.get(code, "")) for code, name in rule_book().linked.items()]


def _way(scope: Scope, mine: Case, name: str) -> list[dict[str, str]]:
    """Down to the organisation where it still stands, else from the ledger."""
    state = tree_doors.organisations(scope).filter(organisation=mine.organisation_id).first()
    last = {"label": tables.campaigns().get(mine.campaign, mine.campaign), "url": ""}
    if state is None:
        return [{"label": _("Rectification"), "url": reverse("rectification_ledger")}, {"label": name, "url": ""}, last]
    here = {"label": _("Rectification"), "url": reverse("rectification", args=[mine.organisation_id])}
    return [*down_to_organisation(state, scope), here, last]


def _account(request: HttpRequest) -> Any:
    return request.user


def _writes(request: HttpRequest, today: date) -> bool:
    scope = writing_scope(request.user, today)
    return bool(scope.units or scope.organisations)


def _case(scope: Scope, case: int) -> Case:
    found: Case | None = doors.cases(scope).filter(pk=case).first()
    if found is None:
        raise Http404(case)
    return found
