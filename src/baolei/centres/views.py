"""The pages of centres: those of a unit with their coverage, one centre, and what is done with it."""

from __future__ import annotations

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

from baolei.centres import actions, doors, facts, forms, tables
from baolei.centres.models import HIGHEST, Centre
from baolei.organisations import doors as tree_doors
from baolei.organisations.asked import as_number, asked_unit, drawn_key
from baolei.organisations.doors import Scope, above_unit, both_scopes, scope_of, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import UnitState
from baolei.organisations.people_views import answered, in_words
from baolei.organisations.trails import down_to_unit
from baolei.people.models import Account
from baolei.programme.centres import FOLLOWS
from baolei.programme.refusals import Refusal

PAGE = 50


@login_required
@require_safe
def unit_centres(request: HttpRequest, unit: int) -> HttpResponseBase:
    """The centres and points at and below a unit, and how many units of each level have one at work."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    scope = kept_scope(scope, writing, unit)
    state = asked_unit(scope, unit)
    level = as_number(request.GET.get("level", "")) or 0
    below = UnitState.objects.on(today).under(state.path)
    found = doors.centres(scope).filter(unit__in=below.values("unit")).order_by("level", "unit", "name", "pk")
    without = _without(state, level, today) if level else None
    found = found.filter(level=level) if level else found
    covered = facts.centre_coverage(state.path, today)
    title = _("%(name)s: service centres") % {"name": state.name}
    if asked_format(request):
        grids = {"coverage": tables.coverage_grid(covered),
                 "centres": tables.centre_grid(tables.centre_rows(found, today))}  # fmt: skip
        return download(request, title, grids, [title, today.isoformat()], path=state.path)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "centres/unit.html", {
        "state": state, "covered": [(tables.level_name(one.level), one) for one in covered], "page": page,
        "rows": tables.centre_rows(page.object_list, today), "today": today, "level": level,
        "level_name": tables.level_name(level) if level in (2, 3, 4, 5) else "", "without": without,
        "keeps": writing.holds(state.path), "enters": writing.holds(state.path) and state.level >= HIGHEST,
        "trail": [*down_to_unit(state, scope), {"label": _("Service centres"), "url": ""}],
    })  # fmt: skip


def _without(state: UnitState, level: int, today: Any) -> list[UnitState]:
    """The first units of a level that have no service centre at work: the rows behind what is missing."""
    covered = facts.covered_units(state.path, today).values("unit")
    found = UnitState.objects.on(today).under(state.path).filter(level=level).exclude(unit__in=covered)
    return list(found.order_by("code")[:PAGE])


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def open_centre(request: HttpRequest, unit: int) -> HttpResponse:
    """Enter a centre of a unit."""
    today = timezone.localdate()
    state = asked_unit(writing_scope(request.user, today), unit)
    if state.level < HIGHEST:
        raise Http404(unit)
    form = forms.CentreForm(request.POST or None, unit=state, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.open_centre(
                actor=_who(request), now=timezone.now(), unit=state, key=drawn_key(request), said=form.said(),
                since=form.cleaned_data["since"],
            )  # fmt: skip
        except Refusal as refused:
            form.add_error(None, in_words(refused))
        else:
            messages.success(request, _("The centre is entered"))
            return redirect("centre", made.pk)
    return _asking(request, state, form, _("Enter a centre or point"), reverse("unit_centres", args=[unit]))


@login_required
@require_safe
def centre(request: HttpRequest, centre: int) -> HttpResponseBase:
    """One centre: what it offers, when, how it stood, what was found when somebody looked in."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    this = doors.centres(scope).filter(pk=centre).first() or doors.centres(writing).filter(pk=centre).first()
    if this is None:
        raise Http404(centre)
    scope = kept_scope(scope, writing, this.unit_id)
    state = asked_unit(scope, this.unit_id)
    looks = this.looks.all()
    if asked_format(request):
        return download(request, this.name, {"looks": tables.look_grid(looks)}, [this.name, today.isoformat()],
                        path=state.path)  # fmt: skip
    row = tables.centre_rows([this], today)[0]
    last = this.standings.get(until=None)
    return render(request, "centres/centre.html", {
        "one": this, "row": row, "state": state, "standings": this.standings.all(), "looks": looks[:PAGE],
        "keeps": writing.holds(state.path), "looks_in": above_unit(writing, state),
        "steps": bool(FOLLOWS[last.state]), "trail": _way(state, scope, this.name),
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_centre(request: HttpRequest, centre: int) -> HttpResponse:
    """Put a centre's particulars right."""
    today = timezone.localdate()
    this, state = _one(writing_scope(request.user, today), centre)
    form = forms.CentreForm(request.POST or None, unit=state, centre=this, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_centre(actor=_who(request), now=timezone.now(), centre=this, said=form.said(),
                                  why=form.cleaned_data["why"])  # fmt: skip
        except Refusal as refused:
            form.add_error(None, in_words(refused))
        else:
            messages.success(request, _("The centre is put right"))
            return redirect("centre", this.pk)
    return _asking(request, state, form, _("Put the centre right"), reverse("centre", args=[this.pk]))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def set_standing(request: HttpRequest, centre: int) -> HttpResponse:
    """Open, pause or close a centre from a day on."""
    return _act(request, centre, forms.SetStanding)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def look_in(request: HttpRequest, centre: int) -> HttpResponse:
    """Note whether somebody from above found it open."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    if not above_unit(writing, _one(writing, centre)[1]):
        raise Http404(centre)
    return _act(request, centre, forms.LookIn)


def _act(request: HttpRequest, centre: int, form_of: Any) -> HttpResponse:
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    this, state = _one(writing, centre)
    form = form_of(request.POST or None, about=this, actor=request.user, scope=writing, today=today)
    way = [*_way(state, writing, this.name), {"label": str(form.verb), "url": ""}]
    return answered(request, form, this.name, reverse("centre", args=[this.pk]), way)


def _asking(request: HttpRequest, state: UnitState, form: Any, verb: str, back: str) -> HttpResponse:
    scope = scope_of(request.user, timezone.localdate())
    shown = {"form": form, "state": state, "verb": verb, "back": back, "key": drawn_key(request),
             "trail": _way(state, scope, verb)}  # fmt: skip
    return render(request, "centres/ask.html", shown, status=422 if form.is_bound else 200)


def _way(state: UnitState, scope: Scope, last: str) -> list[dict[str, str]]:
    page = reverse("unit_centres", args=[state.unit_id]) if scope.holds(state.path) else ""
    return [*down_to_unit(state, scope), {"label": _("Service centres"), "url": page}, {"label": last, "url": ""}]


def kept_scope(reads: Scope, writing: Scope, unit: int) -> Scope:
    """What opens a unit's centres: what somebody reads, or for the keeper of a centre, who reads nothing else, what is
    kept there.
    """
    return reads if tree_doors.units(reads).filter(unit=unit).exists() else writing


def _one(scope: Scope, centre: int) -> tuple[Centre, UnitState]:
    this = doors.centres(scope).filter(pk=centre).first()
    if this is None:
        raise Http404(centre)
    return this, asked_unit(scope, this.unit_id)


def _who(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user
