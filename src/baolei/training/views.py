"""The pages of training in a place: what was held, how many people it reached; in a branch its own people's hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from baolei.organisations import directory
from baolei.organisations import doors as tree_doors
from baolei.organisations.asked import as_number, asked_organisation, asked_year, drawn_key
from baolei.organisations.doors import Scope, both_scopes, scope_of, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import OrganisationState, UnitState
from baolei.organisations.people_views import in_words
from baolei.organisations.trails import down_to_organisation, down_to_unit
from baolei.people.models import Account
from baolei.programme.refusals import Refusal
from baolei.programme.training import BRANCH
from baolei.training import actions, coverage, doors, forms, people, tables
from baolei.training.coverage import Cell
from baolei.training.forms import RecordClass
from baolei.training.models import COUNTED, TrainingClass

PAGE, PEOPLE = 20, 100


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the coverage: what it is called, its page, its cells in the order of the columns."""

    name: str
    url: str
    cells: list[Cell]


@login_required
@require_safe
def of_unit(request: HttpRequest, unit: int) -> HttpResponseBase:
    """Training at a unit and below it: how many different people were reached, and the classes of the unit."""
    today, year = timezone.localdate(), asked_year(request, timezone.localdate())
    scope, writing = both_scopes(request.user, today, today)
    state = _unit(scope, unit)
    found = doors.classes(scope).filter(unit=unit, last__year=year).order_by("-last", "-pk")
    sums = coverage.of_units(state.path, year, today)
    below = {one.path: (one.name, reverse("training_of_unit", args=[one.unit_id]))
             for one in directory.below(state, today)}  # fmt: skip
    names = {state.path: (_("%(name)s itself") % {"name": state.name}, ""), **below}
    title = _("%(name)s: training %(year)d") % {"name": state.name, "year": year}
    way = [*down_to_unit(state, scope), {"label": _("Training"), "url": ""}]
    return _page(request, state, title, found, places(sums, names), {
        "year": year, "scope": scope, "records": writing.holds(state.path) and bool(actions.levels(state)),
        "trail": way, "record_url": reverse("record_class_of_unit", args=[unit]),
    })  # fmt: skip


@login_required
@require_safe
def training(request: HttpRequest, organisation: int) -> HttpResponseBase:
    """Training of a Party organisation: of a branch its classes, and to itself its people's hours; of a committee what
    was reached in the organisations affiliated with it.
    """
    today, year = timezone.localdate(), asked_year(request, timezone.localdate())
    scope, writing = both_scopes(request.user, today, today)
    state = asked_organisation(scope, organisation)
    branch, own = actions.tier(state) == BRANCH, tree_doors.itself(scope, state)
    found = doors.classes(scope).filter(tables.of_organisation(organisation), last__year=year).order_by("-last", "-pk")
    sums = coverage.of_organisations(state.path, year, today)
    below = {} if branch else _affiliated(state, today)
    lines = places(sums, {state.path: (state.name, ""), **below}, all_open=branch and own)
    standing = people.of_branch(organisation, year, today) if branch and own else []
    title = _("%(name)s: training %(year)d") % {"name": state.name, "year": year}
    way = [*down_to_organisation(state, scope), {"label": _("Training"), "url": ""}]
    return _page(request, state, title, found, lines, {
        "year": year, "scope": scope, "branch": branch, "records": doors.records_for(writing, state, branch),
        "trail": way, "record_url": reverse("record_class", args=[organisation]), "standing": standing, "own": own,
    })  # fmt: skip


def _page(
    request: HttpRequest, state: Any, title: str, found: Any, lines: list[Place], shown: dict[str, Any]
) -> HttpResponseBase:  # fmt: skip
    """The page, or its tables as files."""
    today, standing = timezone.localdate(), shown.get("standing", [])
    if asked_format(request):
        grids = {"coverage": tables.coverage_grid(lines), "classes": tables.class_grid(found, shown["scope"])}
        grids |= {"people": tables.people_grid(standing)} if standing else {}
        return download(request, title, grids, [title, today.isoformat()], path=doors.unit_path(state))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    roles = forms.role_names()
    return render(request, "training/training.html", {
        **shown, "state": state, "lines": lines, "columns": tables.columns(), "page": page, "today": today,
        "rows": tables.class_rows(page.object_list, shown["scope"]), "years": range(today.year, today.year - 3, -1),
        "counted": coverage.counted_on(shown["year"]), "people": [(one, roles[one.role]) for one in standing],
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest, organisation: int) -> HttpResponse:
    """Record a class of a Party organisation, or what a branch studied together."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    state = asked_organisation(writing, organisation)
    if not doors.records_for(writing, state, actions.tier(state) == BRANCH):
        raise Http404(organisation)
    back = reverse("training", args=[organisation])
    return _recording(request, state, back, down_to_organisation(state, scope_of(request.user, today)))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def record_of_unit(request: HttpRequest, unit: int) -> HttpResponse:
    """Record a class of a unit."""
    today = timezone.localdate()
    state = _unit(writing_scope(request.user, today), unit)
    if not actions.levels(state):
        raise Http404(unit)
    way = down_to_unit(state, scope_of(request.user, today))
    return _recording(request, state, reverse("training_of_unit", args=[unit]), way)


def _recording(request: HttpRequest, host: actions.Host, back: str, way: list[dict[str, str]]) -> HttpResponse:
    """The form of a class; once it is sent and nothing is wrong, the page of the class."""
    today = timezone.localdate()
    form = RecordClass(request.POST or None, host=host, today=today)
    absent = {int(one) for one in request.POST.getlist("absent") if as_number(one) is not None}
    if request.method == "POST" and form.is_valid() and (made := _kept(request, host, form, absent)):
        messages.success(request, _("The class is recorded"))
        return redirect("training_class", made.pk)
    members = (
        actions.invited(host.organisation_id, today) if isinstance(host, OrganisationState) and form.branch else []
    )
    shown = {
        "form": form, "host": host, "key": drawn_key(request), "back": back, "absent": absent, "members": members,
        "trail": [*way, {"label": _("Training"), "url": back}, {"label": _record_words(form.branch), "url": ""}],
        "verb": _record_words(form.branch),
    }  # fmt: skip
    return render(request, "training/record.html", shown, status=422 if form.is_bound else 200)


def _kept(request: HttpRequest, host: actions.Host, form: RecordClass, absent: set[int]) -> TrainingClass | None:
    """The class, on record now; None, with the fault on the form, where it cannot be."""
    assert isinstance(request.user, Account)
    try:
        return actions.record_class(
            actor=request.user, now=timezone.now(), host=host, key=drawn_key(request), held=form.held(absent)
        )
    except Refusal as refused:
        form.add_error(None, in_words(refused))
    return None


def _record_words(branch: bool) -> str:
    return _("Record study together") if branch else _("Record a class")


def places(sums: dict[str, coverage.Sums], named: dict[str, tuple[str, str]], *, all_open: bool = False) -> list[Place]:
    """The lines of the coverage with their names, the total last where there are several; without those of nobody."""
    shown = coverage.shown({path: sums[path] for path in named if path in sums}, all_open=all_open)
    total = shown.pop("")
    lines = [Place(*named[path], [cells[what] for what in COUNTED]) for path, cells in shown.items()]
    if len(lines) > 1:
        lines.append(Place(_("Together"), "", [total[what] for what in COUNTED]))
    return lines


def _affiliated(state: OrganisationState, today: date) -> dict[str, tuple[str, str]]:
    """The organisations affiliated right below one, by path: name and page."""
    found = OrganisationState.objects.on(today).filter(above=state.organisation_id).order_by("code")
    return {one.path: (one.name, reverse("training", args=[one.organisation_id])) for one in found}


def _unit(scope: Scope, unit: int) -> UnitState:
    state: UnitState | None = tree_doors.units(scope).filter(unit=unit).first()
    if state is None:
        raise Http404(unit)
    return state
