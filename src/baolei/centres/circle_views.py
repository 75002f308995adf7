"""The pages of the 15-minute circle: places with their minutes and the map, one place explained, the next points."""

from __future__ import annotations

from typing import Any

import numpy as np
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from baolei.centres import circle as reckoning
from baolei.centres import doors, drawn, facts, forms, next_points, roads, tables
from baolei.centres.models import CircleRun, Minutes, Spot
from baolei.centres.views import kept_scope
from baolei.organisations.asked import as_number, asked_unit
from baolei.organisations.doors import both_scopes, scope_of, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import UnitState
from baolei.organisations.people_views import answered, in_words
from baolei.organisations.trails import down_to_unit
from baolei.people.models import Account
from baolei.programme.access import metres_between
from baolei.programme.organisation.levels import LEVELS
from baolei.programme.refusals import Refusal
from baolei.warehouse.rulebook import centres as centre_rules

PAGE, OFFERED, FEW = 50, 40, 5


@login_required
@require_safe
def circle(request: HttpRequest, unit: int) -> HttpResponseBase:
    """Places of a unit with their minutes to each class; of a village which points these are."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    scope = kept_scope(scope, writing, unit)
    state = asked_unit(scope, unit)
    run = facts.last_run(state.path)
    shown = {
        "state": state, "run": run, "keeps": writing.holds(state.path), "under_way": _under_way(state),
        "trail": [*down_to_unit(state, scope), {"label": _("15-minute circle"), "url": ""}], "roads": doors.roads(),
        "limit": centre_rules().number("circle_minutes"), "at_most": centre_rules().number("minutes_shown"),
        "spot": Spot.objects.filter(unit=unit).first(), "village": state.level == len(LEVELS),
    }  # fmt: skip
    if run is None:
        if asked_format(request):
            raise Http404(unit)
        return render(request, "centres/circle.html", shown)
    if state.level == len(LEVELS):
        return _explained(request, state, run, shown)
    return _places(request, state, run, shown)


def _under_way(state: UnitState) -> CircleRun | None:
    found: CircleRun | None = CircleRun.objects.filter(unit=state.unit_id).first()
    return found if found and (found.under_way or found.state == CircleRun.FAILED) else None


def _places(request: HttpRequest, state: UnitState, run: CircleRun, shown: dict[str, Any]) -> HttpResponseBase:
    service, profile = _asked(request)
    villages = reckoning.villages(state.path, run.day)
    title = _("%(name)s: 15-minute circle") % {"name": state.name}
    if asked_format(request):
        grids = {"circle": tables.circle_grid(tables.circle_rows(run, reckoning.placed(villages), profile))}
        return download(request, title, grids, tables.notes_of(title, run), path=state.path)
    page = Paginator(villages, PAGE).get_page(request.GET.get("page"))
    number = page.paginator.count
    where = reckoning.placed(villages) if number <= drawn.MOST_PLACES else []
    near = tables.minutes_of(run, [one.unit for one in where], profile, service)
    minutes = {one.unit: near.get((one.unit, profile or one.profile, service)) for one in where}
    mapped = profile or _usual(where)
    on_page = where[page.start_index() - 1 : page.end_index()] if where else reckoning.placed(page.object_list)
    rows = tables.circle_rows(run, on_page, profile)
    return render(request, "centres/circle.html", {
        **shown, "page": page, "rows": rows, "service": service, "profile": profile,
        "services": tables.service_names(), "profiles": _profiles(),
        "whole": facts.whole_circles(state.path), "map": _map(run, where, minutes, service, mapped),
        "mapped": _profiles()[mapped], "bands": _bands(),
        "unlocated": number - Spot.objects.filter(unit__in=villages.values("unit")).count(),
        "gaps": [one for one in where if one.lon is not None and _far(minutes.get(one.unit))],
        "service_name": tables.service_names()[service], "number": number,
    })  # fmt: skip


def _map(run: CircleRun, where: list[reckoning.Place], minutes: Any, service: str, profile: str) -> drawn.Drawn | None:
    """The map; None where none is drawn, or the file of the roads is gone."""
    try:
        return drawn.draw(run, where, minutes, service, profile)
    except Refusal:
        return None


def _suggested(run: CircleRun, state: UnitState, service: str, most: int) -> tuple[next_points.Suggestion | None, str]:
    """The next points; or none, and why where it is not for their number."""
    try:
        return next_points.next_points(run, state, service, most), ""
    except Refusal as refused:
        return None, in_words(refused)


def _usual(where: list[reckoning.Place]) -> str:
    """The profile that measures most of these places."""
    by = [one.profile for one in where] or list(centre_rules().profiles)
    return max(dict.fromkeys(by), key=by.count)


def _far(minutes: float | None) -> bool:
    return minutes is None or minutes > centre_rules().number("circle_minutes")


def _bands() -> list[tuple[str, str]]:
    """What the strokes of the map mean."""
    words = [_("up to %(minutes)d minutes") % {"minutes": end} for end in drawn.BANDS]
    return [(f"band-{number}", one) for number, one in enumerate([*words, _("farther")])]


def _explained(request: HttpRequest, state: UnitState, run: CircleRun, shown: dict[str, Any]) -> HttpResponseBase:
    """Of one place which point is the nearest of each class, in how many minutes, on foot and by car."""
    found = Minutes.objects.filter(run=run, unit=state.unit_id).select_related("centre")
    by = {(one.service, one.profile): one for one in found}
    mine = set(doors.centres(scope_of(request.user, timezone.localdate())).filter(
        pk__in=[one.centre_id for one in found if one.centre_id]).values_list("pk", flat=True))  # fmt: skip
    lines = [(name, code in centre_rules().circle, [
        (one, one.centre_id in mine) if (one := by.get((code, profile))) else (None, False)
        for profile in centre_rules().profiles]) for code, name in tables.service_names().items()]  # fmt: skip
    if asked_format(request):
        title = _("%(name)s: 15-minute circle") % {"name": state.name}
        where = reckoning.places(state.path, run.day)
        rows = [row for profile in centre_rules().profiles for row in tables.circle_rows(run, where, profile)]
        return download(request, title, {"circle": tables.circle_grid(rows)}, tables.notes_of(title, run),
                        path=state.path)  # fmt: skip
    place = reckoning.places(state.path, run.day)[:1]
    row = tables.circle_rows(run, place)[0] if place else None
    return render(request, "centres/place.html", {**shown, "lines": lines, "profiles": _profiles(), "row": row})


@login_required
@require_safe
def next_page(request: HttpRequest, unit: int) -> HttpResponseBase:
    """Where to open the next points of a class."""
    today = timezone.localdate()
    scope = scope_of(request.user, today)
    state = asked_unit(scope, unit)
    run = facts.last_run(state.path)
    if run is None or state.level == len(LEVELS):
        raise Http404(unit)
    service, _profile = _asked(request)
    most = min(max(as_number(request.GET.get("k", "")) or FEW, 1), centre_rules().number("next_most"))
    found, fault = _suggested(run, state, service, most)
    title = _("%(name)s: next points") % {"name": state.name}
    if asked_format(request):
        if found is None:
            raise Http404(unit)
        return download(request, title, {"next": tables.next_grid(found)}, tables.notes_of(title, run),
                        path=state.path)  # fmt: skip
    page = reverse("circle", args=[unit])
    return render(request, "centres/next.html", {
        "state": state, "run": run, "found": found, "fault": fault, "service": service,
        "services": tables.service_names(),
        "service_name": tables.service_names()[service], "k": most, "limit": centre_rules().number("circle_minutes"),
        "ks": (1, 3, 5, 10, 20), "most_places": next_points.MOST_PLACES,
        "share": round(100 * found.gain / found.bound) if found and found.bound else 100,
        "trail": [*down_to_unit(state, scope), {"label": _("15-minute circle"), "url": page},
                  {"label": _("Next points"), "url": ""}],
    })  # fmt: skip


@login_required
@require_POST
def reckon(request: HttpRequest, unit: int) -> HttpResponse:
    """Have the circle of a unit reckoned anew."""
    state = asked_unit(writing_scope(request.user, timezone.localdate()), unit)
    assert isinstance(request.user, Account)
    try:
        reckoning.ask(actor=request.user, now=timezone.now(), unit=state)
    except Refusal as refused:
        messages.error(request, in_words(refused))
    else:
        messages.success(request, _("The circle is being reckoned: this page may be left and found again"))
    return redirect("circle", unit)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def place_at(request: HttpRequest, unit: int) -> HttpResponse:
    """Say at which named place of the map a village lies."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    state = asked_unit(writing, unit)
    if state.level != len(LEVELS) or doors.roads() is None:
        raise Http404(unit)
    form = forms.PlaceAt(request.POST or None, about=state, actor=request.user, scope=writing, today=today,
                         offered=_named_near(state))  # fmt: skip
    back = reverse("circle", args=[unit])
    way = [*down_to_unit(state, writing), {"label": _("15-minute circle"), "url": back},
           {"label": str(form.verb), "url": ""}]  # fmt: skip
    return answered(request, form, state.name, back, way)


def _named_near(state: UnitState) -> list[tuple[str, str]]:
    """Named places of the map: those called alike first, then the nearest to the neighbours, else by name."""
    used = doors.roads()
    if used is None:
        return []
    named = roads.named(used)
    lon, lat = _about(state)
    alike = np.array([bool(one) and (one in state.name or state.name.startswith(one)) for one in named.name.tolist()])
    far = np.zeros(len(named.name))
    if lon is not None and lat is not None:
        far = metres_between(named.lon, named.lat, np.float64(lon), np.float64(lat))  # type: ignore[arg-type]
    order = np.lexsort((far, ~alike))[:OFFERED]
    return [(str(at), f"{named.name[at]}（{named.lon[at]:.3f}, {named.lat[at]:.3f}）") for at in order.tolist()]


def _about(state: UnitState) -> tuple[float | None, float | None]:
    """The middle of the neighbours whose spot is known."""
    beside = UnitState.objects.open().filter(above=state.above_id).values("unit")
    spots = list(Spot.objects.filter(unit__in=beside).values_list("lon", "lat"))
    if not spots:
        return None, None
    return float(np.mean([lon for lon, _lat in spots])), float(np.mean([lat for _lon, lat in spots]))


def _asked(request: HttpRequest) -> tuple[str, str]:
    """The class and the profile asked for: the first class of the circle, and each place's own profile ('') without.
    Raises Http404 for what is none.
    """
    rules = centre_rules()
    service, profile = request.GET.get("service", "") or rules.circle[0], request.GET.get("profile", "")
    if service not in rules.services or (profile and profile not in rules.profiles):
        raise Http404(service)
    return service, profile


def _profiles() -> dict[str, str]:
    language = get_language() or ""
    return {code: name.say(language) for code, (name, _profile) in centre_rules().profiles.items()}
