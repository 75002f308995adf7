"""Offices: the terms that end soon, and the structure of those who hold posts."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from baolei.organisations import doors
from baolei.organisations.asked import asked_day
from baolei.organisations.directory import pieces, table
from baolei.organisations.doors import scope_of
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.holders import Cell, holders
from baolei.organisations.models import OrganisationState
from baolei.organisations.tasks import terms_ending
from baolei.organisations.trails import down_to_unit
from baolei.programme.printed import count, share
from baolei.warehouse.spreadsheets import Column, Grid

PAGE = 50


@login_required
@require_safe
def terms(request: HttpRequest) -> HttpResponseBase:
    """The terms of office that end within ninety days, the nearest first."""
    today = timezone.localdate()
    found = terms_ending(scope_of(request.user, today), today).order_by("ends", "pk")
    title = _("Terms that end")
    if asked_format(request):
        columns = (Column(_("Organisation")), Column(_("Elected"), "day"), Column(_("Term ends"), "day"))
        rows = (row for some in pieces(found) for row in _named(some))
        grid = Grid(title, columns, ((row["name"], row["term"].elected, row["term"].ends) for row in rows))
        return download(request, title, {"terms": grid}, [title, today.isoformat()])
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "organisations/terms.html", {"page": page, "rows": _named(page.object_list)})


@login_required
@require_safe
def structure(request: HttpRequest, unit: int) -> HttpResponseBase:
    """The structure of office holders at a unit and below it: both posts in one hand, age, education; as of a day."""
    day, today = asked_day(request), timezone.localdate()
    scope = scope_of(request.user, today, day)
    state = doors.units(scope).filter(unit=unit).first()
    if state is None:
        raise Http404(unit)
    found = holders(scope, state)
    parts = {"ages": (_("By age"), found.ages), "education": (_("By education"), found.education)}
    if asked_format(request):
        grids = {key: _grid(title, cells) for key, (title, cells) in parts.items()}
        return download(request, f"{state.name} {_('Office holders')}", grids, [state.name, day.isoformat()],
                        path=state.path)  # fmt: skip
    shown = {
        "state": state, "found": found, "day": day, "past": day != today,
        "drawings": [_drawing(key, title, cells) for key, (title, cells) in parts.items()],
        "trail": [*down_to_unit(state, scope), {"label": _("Office holders"), "url": ""}],
    }  # fmt: skip
    return render(request, "organisations/holders.html", shown)


def _named(found: Any) -> list[dict[str, Any]]:
    listed = list(found)
    states = OrganisationState.objects.open().filter(organisation__in=[one.organisation_id for one in listed])
    names = dict(states.values_list("organisation_id", "name"))
    return [{"term": one, "name": names.get(one.organisation_id, "")} for one in listed]


def _drawing(key: str, title: str, cells: tuple[Cell, ...]) -> dict[str, Any]:
    names = [cell.name.say(get_language() or "") for cell in cells]
    rows = [(name, _number(cell), share(cell.share))
            for name, cell in zip(names, cells, strict=True)]  # fmt: skip
    most = max(cells, key=lambda cell: cell.number or 0)
    known = bool(cells[0].of)
    return {
        "id": key, "kind": "bars", "title": title,
        "says": _("Most are in “%(band)s”.") % {"band": most.name.say(get_language() or "")},
        "data": {"categories": names, "series": [{"name": title, "values": [cell.number for cell in cells]}]}
        if known else None,
        "table": table((title, _("Holders"), _("Share")), rows),
    }  # fmt: skip


def _number(cell: Cell) -> str:
    return _("fewer than five, or withheld") if cell.number is None else count(cell.number)


def _grid(title: str, cells: tuple[Cell, ...]) -> Grid:
    language = get_language() or ""
    columns = (Column(title), Column(_("Holders"), "whole"))
    return Grid(title, columns, [(cell.name.say(language), cell.number) for cell in cells])
