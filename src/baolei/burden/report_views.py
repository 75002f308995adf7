"""The pages of the burden report: of a unit and a month, of one branch; and what a branch says of a form there."""

from __future__ import annotations

import re
from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from baolei.burden import doors, register, report, tables
from baolei.burden.forms import Complain
from baolei.burden.models import RegisteredForm
from baolei.burden.report import Month
from baolei.burden.views import trail
from baolei.organisations import doors as tree_doors
from baolei.organisations.asked import as_number, unit_of, without_units
from baolei.organisations.doors import Scope, both_scopes, scope_of, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import OrganisationState, UnitState, lineage
from baolei.organisations.people_views import answered
from baolei.organisations.trails import down_to_organisation
from baolei.programme.asked import Burden
from baolei.warehouse.rulebook import setup_rules

MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
YEAR = 12


@login_required
@require_safe
def burden(request: HttpRequest) -> HttpResponseBase:
    """What a month asks of all branches of a unit: by form, by unit below, by the level that asks, and a year ago."""
    today = timezone.localdate()
    scope = scope_of(request.user, today)
    asked = request.GET.get("unit", "")
    unit = unit_of(scope, as_number(asked) if asked else None)
    if unit is None:
        own = register.own_branch(scope)
        return redirect("branch_burden", own.organisation_id) if own else without_units(request, scope)
    month = asked_month(request, today)
    found = report.of_unit(scope, unit, month)
    title = _("%(name)s: burden %(month)s") % {"name": unit.name, "month": tables.month_name(month)}
    if asked_format(request):
        grids = {"lines": tables.line_grid((month, line) for line in found.lines),
                 "units": tables.unit_grid(found.units), "by": tables.by_grid(found.by),
                 "months": tables.month_grid(found.months)}  # fmt: skip
        return download(request, title, grids, [title, today.isoformat()], path=unit.path)
    shown = {
        "unit": unit, "month": tables.month_name(month), "months": _months(today), "found": found,
        "drawing": tables.drawing(found), "each": -(-found.total.minutes // found.branches) if found.branches else 0,
        "lines": [(line, tables.known_from(line.counted)) for line in found.lines],
        "by": [(register.level_name(one.level), one, one.level == unit.level) for one in found.by],
        "way": _way(scope, unit), "trail": [*trail(), {"label": _("Burden report"), "url": ""}],
    }  # fmt: skip
    return render(request, "burden/burden.html", shown)


@login_required
@require_safe
def branch_burden(request: HttpRequest, organisation: int) -> HttpResponseBase:
    """What was asked of one branch in twelve months, form by form; the branch says there what is too much."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    state = _branch(scope, organisation)
    month = asked_month(request, today)
    found = report.of_branch(state, tree_doors.home_path(state), month)
    title = _("%(name)s: burden %(month)s") % {"name": state.name, "month": tables.month_name(month)}
    totals = [(one, _sum(lines)) for one, lines in found.items()]
    if asked_format(request):
        grids = {"lines": tables.line_grid((one, line) for one, lines in found.items() for line in lines),
                 "months": tables.month_grid(totals)}  # fmt: skip
        return download(request, title, grids, [title, today.isoformat()], path=tree_doors.home_path(state))
    shown = {
        "state": state, "month": tables.month_name(month), "months": _months(today), "total": totals[0][1],
        "lines": [(line, tables.known_from(line.counted), line.listed.house or line.listed.pk)
                  for line in found[month]],
        "totals": [(tables.month_name(one), told) for one, told in totals],
        "speaks": tree_doors.itself(writing, state),
        "trail": [*down_to_organisation(state, scope), {"label": _("Burden"), "url": ""}],
    }  # fmt: skip
    return render(request, "burden/branch.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def complain(request: HttpRequest, organisation: int, about: str) -> HttpResponse:
    """Say, for the own branch, that a form is asked twice or not needed."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    state = _branch(writing, organisation)
    if not tree_doors.itself(writing, state):
        raise Http404(organisation)
    name, meant = _form(scope_of(request.user, today), about)
    asked = Complain(request.POST or None, about=(state, meant), actor=request.user, scope=writing, today=today)
    back = reverse("branch_burden", args=[organisation])
    way = [*down_to_organisation(state, writing), {"label": _("Burden"), "url": back}, {"label": asked.verb, "url": ""}]
    return answered(request, asked, name, back, way)


def asked_month(request: HttpRequest, today: date) -> Month:
    """The month asked for, this one without one. Raises Http404 for what is none, or has not begun."""
    said = request.GET.get("month", "")
    if not said:
        return today.year, today.month
    found = MONTH.fullmatch(said)
    month = (int(found[1]), int(found[2])) if found else (9999, 1)
    if month > (today.year, today.month):
        raise Http404(said)
    return month


def _months(today: date) -> list[str]:
    return [tables.month_name(report.earlier((today.year, today.month), back)) for back in range(YEAR)]


def _sum(lines: list[report.Line]) -> Burden:
    return sum((line.burden for line in lines), Burden())


def _branch(scope: Scope, organisation: int) -> OrganisationState:
    found = tree_doors.organisations(scope).filter(organisation=organisation)
    state: OrganisationState | None = found.filter(kind__in=setup_rules(scope.day).branches).first()
    if state is None:
        raise Http404(organisation)
    return state


def _form(scope: Scope, about: str) -> tuple[str, RegisteredForm | str]:
    """What a form is called, and itself or its code. Raises Http404 for one that asks nothing of this scope."""
    number = as_number(about)
    if number is None:
        house = {one.code: one.name for one in tables.house_rows()}
        if about not in house:
            raise Http404(about)
        return house[about], about
    form = doors.forms(scope).filter(pk=number, state=RegisteredForm.AGREED).first()
    if form is None:
        raise Http404(about)
    return form.title, form


def _way(scope: Scope, unit: UnitState) -> list[UnitState]:
    """The units above, as far up as the scope reaches."""
    above = [path for path in lineage(unit.path)[:-1] if scope.holds(path)]
    return list(UnitState.objects.on(scope.day).filter(path__in=above).order_by("path"))
