"""How many cases were turned round, by campaign, field and unit; the cases behind each number are one click away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from baolei.organisations.asked import as_number
from baolei.organisations.doors import Scope, scope_of
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import WIDTH, UnitState
from baolei.programme.rectification import TurnedRound
from baolei.rectification import tables
from baolei.rectification.turned import ACCEPTED, AGAIN, TURNED, Told, counted, told
from baolei.rectification.views import of_unit, unit_asked
from baolei.warehouse.rulebook import fields
from baolei.warehouse.spreadsheets import Column, Grid

YEARS = 5
NONE = TurnedRound(0, 0)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of figures: what it is called and where it leads on, its numbers, and for each the cases behind it."""

    name: str
    number: TurnedRound
    accepted_url: str
    again_url: str
    turned_url: str
    url: str = ""


@login_required
@require_safe
def turned_round(request: HttpRequest) -> HttpResponseBase:
    """How many cases of my part of the tree, or of one unit of it, were turned round in a year."""
    today = timezone.localdate()
    scope = scope_of(request.user, today)
    unit = unit_asked(request, scope) or _top(scope)
    year = as_number(request.GET.get("year", "")) or today.year
    every = told(of_unit(scope, unit), today)
    listed = [one for one in every if one.year == year]
    at = {"unit": str(unit.unit_id)} if unit else {}
    named = {"campaigns": _by_campaign(listed, at, year), "fields": _by_field(listed, at, year),
             "units": _by_unit(listed, unit, year, today)}  # fmt: skip
    years = _years(every, today)
    if asked_format(request):
        title = f"{unit.name if unit else ''} {_('Turned round')} {year}".strip()
        grids = {name: _grid(lines, name) for name, lines in named.items()} | {"years": _year_grid(years)}
        return download(request, title, grids, [title, today.isoformat()], path=unit.path if unit else "")
    shown = {
        **named, "years_table": years, "heads": list(tables.campaigns().values()), "unit": unit, "year": year,
        "years": range(today.year, today.year - YEARS, -1), "total": counted(listed, lambda _one: "").get("", NONE),
        "trail": [{"label": _("Rectification"), "url": reverse("rectification_ledger")},
                  {"label": _("Turned round"), "url": ""}],
    }  # fmt: skip
    return render(request, "rectification/turned.html", shown)


def _top(scope: Scope) -> UnitState | None:
    """The unit one answers for, where it is one."""
    if len(scope.units) != 1:
        return None
    found: UnitState | None = UnitState.objects.on(scope.day).filter(path=scope.units[0]).first()
    return found


def _by_campaign(listed: Sequence[Told], at: dict[str, str], year: int) -> list[Line]:
    numbers = counted(listed, lambda one: one.campaign)
    return [_line(name, numbers.get(code, NONE), at | {"campaign": code}, year)
            for code, name in tables.campaigns().items()]  # fmt: skip


def _by_field(listed: Sequence[Told], at: dict[str, str], year: int) -> list[Line]:
    numbers, language = counted(listed, lambda one: one.field), get_language() or ""
    return [_line(name.say(language), numbers[code], at | {"field": code}, year)
            for code, name in fields().items() if code in numbers]  # fmt: skip


def _by_unit(listed: Sequence[Told], unit: UnitState | None, year: int, today: date) -> list[Line]:
    """One unit itself and the units right below it."""
    if unit is None:
        return []
    numbers = counted(listed, lambda one: one.at[: len(unit.path) + WIDTH])
    found = UnitState.objects.on(today).filter(path__in=numbers).order_by("code")
    base = reverse("turned_round")
    return [_line(one.name, numbers[one.path], {"unit": str(one.unit_id)}, year,
                  "" if one.unit_id == unit.unit_id else f"{base}?year={year}&unit={one.unit_id}")
            for one in found]  # fmt: skip


def _line(name: str, number: TurnedRound, asked: dict[str, str], year: int, url: str = "") -> Line:
    def behind(part: str) -> str:
        return f"{reverse('rectification_ledger')}?{urlencode(asked | {'year': year, 'part': part})}"

    return Line(name, number, behind(ACCEPTED), behind(AGAIN), behind(TURNED), url)


def _years(every: Sequence[Told], today: date) -> list[tuple[int, list[TurnedRound]]]:
    numbers = counted(every, lambda one: (one.year, one.campaign))
    return [(year, [numbers.get((year, code), NONE) for code in tables.campaigns()])
            for year in range(today.year, today.year - YEARS, -1)]  # fmt: skip


def _grid(lines: Sequence[Line], name: str) -> Grid:
    heads = (Column(_("Name")), Column(_("Accepted"), "whole"), Column(_("Opened again"), "whole"),
             Column(_("Turned round"), "whole"))  # fmt: skip
    called: dict[str, Any] = {"campaigns": _("Campaigns"), "fields": _("Fields"), "units": _("Units")}
    return Grid(called[name], heads, [
        (one.name, one.number.accepted, one.number.reopened, one.number.number) for one in lines
    ])  # fmt: skip


def _year_grid(years: Sequence[tuple[int, list[TurnedRound]]]) -> Grid:
    heads = (Column(_("Year"), "whole"), *(Column(name, "whole") for name in tables.campaigns().values()))
    return Grid(_("Years"), heads, [(year, *(one.number for one in numbers)) for year, numbers in years])
