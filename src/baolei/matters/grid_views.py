"""The grids of a unit, one grid with its workers and its sheet for the wall, and the months of a unit."""

from __future__ import annotations

from datetime import date
from typing import Any

import segno
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from baolei.matters import actions, doors, tables
from baolei.matters import grids as grid_actions
from baolei.matters.forms import OF_GRID, OF_UNIT
from baolei.matters.models import Grid
from baolei.organisations import directory
from baolei.organisations.asked import asked_unit
from baolei.organisations.doors import Scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import UnitState
from baolei.organisations.people_views import answered, sent
from baolei.organisations.trails import down_to_unit
from baolei.people.models import Account
from baolei.programme.matters import LOWEST, OPEN
from baolei.programme.organisation.periods import months_later

PAGE, LATELY = 50, 20
MONTHS = 12


# ---- the grids of a unit ----


@login_required
@require_safe
def of_unit(request: HttpRequest, unit: int) -> HttpResponseBase:
    """The grids of a village or community; above it how many there are in each unit below."""
    today = timezone.localdate()
    scope, state = _unit(request, unit, today)
    children = directory.below(state, today) if state.level < LOWEST else []
    found = Grid.objects.on(today).filter(unit=unit).order_by("code", "pk")
    if asked_format(request):
        sheet = (
            tables.below_sheet(tables.below(children)) if children else tables.grid_sheet(tables.grids(found, today))
        )
        title = f"{state.name} {_('Grids')}"
        return download(request, title, {"grids": sheet}, [title, today.isoformat()], path=state.path)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    writes = grid_actions.writes(_account(request), state, today) and state.level == LOWEST
    shown = {
        "state": state, "page": page, "rows": tables.grids(page.object_list, today) if not children else [],
        "below": tables.below(children), "sums": tables.kept(state.path), "writes": writes, "forms": OF_UNIT,
        "landmarks": actions.landmarks(unit), "leaf": state.level == LOWEST,
        "trail": [*down_to_unit(state, scope), {"label": _("Grids"), "url": ""}],
    }  # fmt: skip
    return render(request, "matters/grids.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_unit(request: HttpRequest, unit: int, act: str) -> HttpResponse:
    """Enter a grid or a landmark of a unit one answers for."""
    today = timezone.localdate()
    scope, state = _unit(request, unit, today)
    if act not in OF_UNIT or state.level != LOWEST or not grid_actions.writes(_account(request), state, today):
        raise Http404(act)
    form = OF_UNIT[act](sent(request), about=state, actor=request.user, scope=scope, today=today)
    back = reverse("grids", args=[unit])
    way = [*down_to_unit(state, scope), {"label": _("Grids"), "url": back}, {"label": str(form.verb), "url": ""}]
    return answered(request, form, state.name, back, way)


# ---- one grid ----


@login_required
@require_safe
def grid(request: HttpRequest, grid: int) -> HttpResponseBase:
    """A grid: its branch or Party group, who works there, what is open there."""
    today = timezone.localdate()
    scope, mine, state = _grid(request, grid, today)
    held = mine.holdings.select_related("worker").order_by("until", "worker__name", "pk")
    workers = [one for one in held if one.until is None or one.until >= today]
    open_ones = mine.matters.filter(state__in=OPEN).select_related("grid", "landmark").order_by("due", "pk")
    if asked_format(request):
        rows = tables.each_row(open_ones, today)
        title = f"{state.name} {mine.name}"
        return download(
            request, title, {"matters": tables.matter_grid(rows)}, [title, today.isoformat()], path=state.path
        )
    page = Paginator(open_ones, LATELY).get_page(request.GET.get("page"))
    writes = grid_actions.writes(_account(request), state, today) and mine.until is None
    offered = {name: form for name, form in OF_GRID.items() if name != "release" or workers} if writes else {}
    shown = {
        "grid": mine, "state": state, "row": tables.grids(Grid.objects.filter(pk=mine.pk), today)[0],
        "workers": workers, "page": page, "rows": tables.rows(page.object_list, today), "forms": offered,
        "code": mine.codes.filter(revoked=None).first(),
        "trail": [*down_to_unit(state, scope), {"label": _("Grids"), "url": reverse("grids", args=[mine.unit_id])},
                  {"label": mine.name, "url": ""}],
    }  # fmt: skip
    return render(request, "matters/grid.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_grid(request: HttpRequest, grid: int, act: str) -> HttpResponse:
    """Do something with a grid of a unit one answers for."""
    today = timezone.localdate()
    scope, mine, state = _grid(request, grid, today)
    if act not in OF_GRID or mine.until is not None or not grid_actions.writes(_account(request), state, today):
        raise Http404(act)
    form = OF_GRID[act](sent(request), about=mine, actor=request.user, scope=scope, today=today)
    back = reverse("grid", args=[mine.pk]) if act != "end" else reverse("grids", args=[mine.unit_id])
    way = [*down_to_unit(state, scope), {"label": mine.name, "url": reverse("grid", args=[mine.pk])},
           {"label": str(form.verb), "url": ""}]  # fmt: skip
    return answered(request, form, mine.name, back, way)


@login_required
@require_safe
def sheet(request: HttpRequest, grid: int) -> HttpResponse:
    """The sheet of a grid for the wall: its code, for everybody to report at."""
    today = timezone.localdate()
    _scope, mine, state = _grid(request, grid, today)
    code = mine.codes.filter(revoked=None).first()
    if code is None:
        raise Http404(grid)
    address = request.build_absolute_uri(reverse("report_here", args=[code.code]))
    picture = segno.make(address, error="m").svg_inline(scale=6, border=4, dark="#000", light="#fff")
    shown = {
        "grid": mine, "state": state, "address": address, "picture": mark_safe(picture),
        "trail": [{"label": mine.name, "url": reverse("grid", args=[mine.pk])},
                  {"label": pgettext("grid", "Sheet"), "url": ""}],
    }  # fmt: skip
    return render(request, "matters/sheet.html", shown)


# ---- the months of a unit ----


@login_required
@require_safe
def months(request: HttpRequest, unit: int) -> HttpResponseBase:
    """The matters of a unit month by month, beside its own year before: a unit is compared with itself alone."""
    today = timezone.localdate()
    scope, state = _unit(request, unit, today)
    this = today.replace(day=1)
    first = months_later(this, 1 - 2 * MONTHS)
    found = tables.months(state.path, first, this)
    listed = [found.get(month, tables.Month(month)) for month in (months_later(first, n) for n in range(2 * MONTHS))]
    ago, now = listed[:MONTHS], listed[MONTHS:]
    if asked_format(request):
        title = f"{state.name} {_('Matters by month')}"
        grids = {"months": tables.month_sheet(listed), "confirmed": directory.drawn_grid(drawing(ago, now))}
        return download(request, title, grids, [title, today.isoformat()], path=state.path)
    total = tables.sum_of(now)
    shown = {
        "state": state, "months": list(reversed(now)), "total": total, "before": tables.sum_of(ago),
        "drawing": drawing(ago, now), "below": directory.below(state, today), "sums": tables.kept(state.path),
        "trail": [*down_to_unit(state, scope), {"label": _("Matters by month"), "url": ""}],
    }  # fmt: skip
    return render(request, "matters/months.html", shown)


def drawing(ago: list[tables.Month], now: list[tables.Month]) -> dict[str, Any]:
    """The share of the closed that was confirmed, month by month, beside the year before."""

    def said(one: tables.Month) -> str:
        return "—" if one.share is None else f"{one.share:.1f}"

    def value(one: tables.Month) -> float | None:
        return None if one.share is None else round(one.share, 1)

    columns = [{"label": _("Month")}, {"label": _("confirmed, %"), "number": True},
               {"label": _("A year earlier"), "number": True}]  # fmt: skip
    return {
        "id": "matters-months", "kind": "lines", "title": _("Of the matters closed, confirmed"),
        "says": _("%(month)s: %(now)s; a year earlier %(before)s.") % {
            "month": f"{now[-1].month:%Y-%m}", "now": said(now[-1]), "before": said(ago[-1])},
        "data": {"categories": [f"{one.month:%Y-%m}" for one in now], "unit": "%",
                 "series": [{"name": _("these twelve months"), "values": [value(one) for one in now]},
                            {"name": _("a year earlier"), "values": [value(one) for one in ago],
                             "tone": "unconfirmed"}]},
        "table": {"columns": columns, "rows": [
            (f"{one.month:%Y-%m}", said(one), said(before)) for before, one in zip(ago, now, strict=True)]},
        "note": _("By the month in which a matter was reported. A unit is compared with itself alone."), "size": "s",
    }  # fmt: skip


# ---- shared ----


def _unit(request: HttpRequest, unit: int, today: date) -> tuple[Scope, UnitState]:
    """A unit of which one sees the matters. Raises Http404 for any other."""
    scope = doors.scope(_account(request), today)
    return scope, asked_unit(scope, unit)


def _grid(request: HttpRequest, grid: int, today: date) -> tuple[Scope, Grid, UnitState]:
    """A grid of such a unit. Raises Http404 for any other."""
    number = Grid.objects.filter(pk=grid).values_list("unit", flat=True).first()
    if number is None:
        raise Http404(grid)
    scope, state = _unit(request, number, today)
    mine: Grid = Grid.objects.get(pk=grid)
    return scope, mine, state


def _account(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user
