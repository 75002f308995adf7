"""Dues as whoever stands above a branch sees them: shares of many, never who paid."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from baolei.dues import facts, overview
from baolei.dues.doors import collecting
from baolei.dues.overview import Place
from baolei.organisations.asked import asked_year, unit_of
from baolei.organisations.doors import Scope, scope_of
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import OrganisationState
from baolei.organisations.trails import down_to_organisation, down_to_unit
from baolei.programme.visibility import least
from baolei.warehouse.rulebook import dues as dues_rules
from baolei.warehouse.rulebook import visibility
from baolei.warehouse.spreadsheets import Column, Grid


@login_required
@require_safe
def unit(request: HttpRequest, unit: int) -> HttpResponseBase:
    """How much of what was due was paid in its month at a unit: the units below it side by side."""
    today = timezone.localdate()
    scope = scope_of(request.user, today)
    state = unit_of(scope, unit)
    if state is None:
        raise Http404(unit)
    year = asked_year(request, today)
    places, whole = overview.below_unit(scope, state, year, today)
    trail = [*down_to_unit(state, scope), {"label": _("Party dues"), "url": ""}]
    return _shares(request, state.name, state.path, year, places, whole, trail)


def from_above(request: HttpRequest, scope: Scope, state: OrganisationState, year: int) -> HttpResponseBase:
    """An organisation as it is seen from above: a committee's branches side by side, a branch's months."""
    today = scope.day
    trail = [*down_to_organisation(state, scope), {"label": _("Party dues"), "url": ""}]
    if state.kind not in collecting(today):
        places, whole = overview.below_organisation(scope, state, year, today)
        return _shares(request, state.name, "", year, places, whole, trail)
    months = facts.by_month(state.organisation_id, year, today)
    if any(one.due < least(visibility()) for one in months):
        months = []
    if asked_format(request):
        title = _("%(name)s: dues %(year)d") % {"name": state.name, "year": year}
        return download(request, title, {"months": month_grid(months)}, [title, today.isoformat()])
    shown = {"state": state, "year": year, "years": years(today), "months": months, "trail": trail,
             "total": facts.total(months)}  # fmt: skip
    return render(request, "dues/months.html", shown)


def _shares(
    request: HttpRequest, name: str, path: str, year: int, places: list[Place], whole: Place, trail: Any
) -> HttpResponseBase:
    today = timezone.localdate()
    if asked_format(request):
        title = _("%(name)s: dues %(year)d") % {"name": name, "year": year}
        return download(request, title, {"places": _grid([*places, whole])}, [title, today.isoformat()], path=path)
    shown = {"name": name, "year": year, "years": years(today), "places": places, "whole": whole, "trail": trail}
    return render(request, "dues/shares.html", shown)


def years(today: date) -> range:
    """The years to choose among."""
    return range(today.year, today.year - 3, -1)


def month_grid(months: Iterable[facts.Line]) -> Grid:
    """Months: members who paid in time, of those who owed."""
    columns = (Column(_("Month")), Column(_("Paid in time"), "whole"), Column(_("Owed"), "whole"))
    return Grid(_("By month"), columns, ((one.month.strftime("%Y-%m"), one.done, one.due) for one in months))


def _grid(places: Iterable[Place]) -> Grid:
    columns = (Column(_("Unit or organisation")), Column(_("Party branches"), "whole"),
               Column(_("With dues on record"), "whole"), Column(_("Members"), "whole"),
               Column(_("Person-months due"), "whole"), Column(_("Paid in time"), "whole"),
               Column(_("Share"), "share"))  # fmt: skip
    return Grid(_("On time"), columns, (
        (one.name, one.branches, one.recorded, one.people, one.due, one.done, one.share) for one in places
    ))  # fmt: skip


def rules_said() -> dict[str, Any]:
    """The tables of rates as the page of the calculator shows them: by whom, and the rows in yuan and per cent."""
    rules, language = dues_rules(), get_language() or ""
    names: dict[str, list[str]] = {}
    for name, table in rules.kinds.values():
        if table:
            names.setdefault(table, []).append(name.say(language))
    tables = [
        (names[code], [(before.up_to if before else 0, row.up_to, row.per_mille / 10)
                       for before, row in zip((None, *rows[:-1]), rows, strict=True)])
        for code, rows in rules.tables.items()
    ]  # fmt: skip
    return {"tables": tables, "source": rules.source.say(language)}
