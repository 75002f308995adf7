"""The letters after a round: to a branch, for itself and those above it; to each level, for whoever answers for it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from baolei.declarations.views import declared, way_to
from baolei.declarations.views import rows as declaration_rows
from baolei.figures import summary as levels
from baolei.figures import unit as page
from baolei.figures.letter import MOST_SAID, Basis, basis, letter_grid, letter_to
from baolei.organisations.doors import Scope, scope_of
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.places import Place
from baolei.people.models import Account
from baolei.rounds.models import Round
from baolei.rounds.views import one_of, trail
from baolei.scores.listing import standing_words
from baolei.scores.results import Seen, results
from baolei.warehouse.opened import opened

PAGE = 50
"""Branches on a page, and the most that are listed where there are units below."""


@login_required
@require_safe
def letter(request: HttpRequest, declaration: int) -> HttpResponseBase:
    """The letter to a branch. Raises Http404 for whoever is neither the branch nor above it."""
    account, today = _account(request), timezone.localdate()
    mine = declared(scope_of(account, today), declaration)
    row, on = declaration_rows([mine])[0], basis(mine.round)
    shown: dict[str, Any] = {"row": row, "today": today,
                             "trail": [*way_to(row, last=False), {"label": _("Letter"), "url": ""}]}  # fmt: skip
    try:
        found = letter_to(mine, account, today, on) if on else None
    except PermissionDenied:
        raise Http404(declaration) from None
    if found is None:
        if asked_format(request):
            raise Http404(declaration)
        return render(request, "figures/no_letter.html", {**shown, "shown": on is not None})
    if asked_format(request):
        grid = letter_grid(found, _("Letter"))
        return download(request, row.name, {"letter": grid}, [row.name, found.basis.run.results], path=mine.path)
    sheet = found.sheet
    shown |= {
        "letter": found, "sheet": sheet, "result": sheet.row, "total": found.edition.total / 100,
        "said": found.said[-MOST_SAID:], "short_of": sheet.line - sheet.row["score"],
        "way_gain": sum(one.gain for one in sheet.way),
    }  # fmt: skip
    return render(request, "figures/letter.html", shown)


@login_required
@require_safe
def summary(request: HttpRequest, round: int) -> HttpResponseBase:
    """The summary of a round for a level: of the unit asked for, else of the topmost one somebody answers for."""
    account, today = _account(request), timezone.localdate()
    scope = scope_of(account, today)
    this = one_of(scope, round)
    on = basis(this)
    if on is None:
        return _nothing(request, scope, this)
    seen = _seen(account, on)
    place = _place(request, seen)
    found = levels.summary(seen, place, scope, this, on, today)
    strengths = page.strengths(found.sums, seen.results.edition, None)
    rows = seen.rows_of(place.code)
    lists = len(rows) <= PAGE or not any(one.code for one in found.parts)
    branches = Paginator(rows, PAGE).get_page(request.GET.get("page")) if lists else None
    if asked_format(request):
        grids = {
            "units": levels.part_grid(found), "tiers": levels.tier_grid(found), "reasons": levels.reason_grid(found),
            "strengths": page.strength_grid(strengths, _("Strength")), "returns": levels.return_grid(found),
            "burden": levels.burden_grid(found),
        }  # fmt: skip
        return download(request, f"{this.name} {place.name}", grids, [this.name, on.run.results],
                        path=levels.path_of(place.code, on))  # fmt: skip
    words, edition = standing_words(), seen.results.edition
    shown = {
        "round": this, "summary": found, "sums": found.sums, "place": place, "strengths": strengths,
        "scale": page.scale([page.Line("", "", one.sums, ()) for one in found.parts] +
                            [page.Line("", "", found.sums, ())]),
        "page": branches, "digest": on.run.results, "adopted": on.made, "trail": _trail(this, seen, place),
        "rows": [(row, edition.tiers[row.tier], words[row.standing], pk) for row, pk in
                 levels.letters(seen.listed(list(branches.object_list)), this, on)] if branches else [],
    }  # fmt: skip
    return render(request, "figures/summary.html", shown)


def _nothing(request: HttpRequest, scope: Scope, this: Round) -> HttpResponseBase:
    """Before anything is shown: for whoever will have a summary, what will stand here."""
    if asked_format(request) or not (scope.whole or scope.units):
        raise Http404(this.pk)
    shown = {"round": this, "trail": [*trail(this, last=False), {"label": _("Summary"), "url": ""}]}
    return render(request, "figures/no_summary.html", shown)


def _seen(account: Account, on: Basis) -> Seen:
    found = opened(on.run.results_folder)
    if found is None:
        raise Http404(on.run.pk)
    return results(found).visible_to(account, timezone.localdate())


def _place(request: HttpRequest, seen: Seen) -> Place:
    """The unit asked for, else the first that somebody answers for. Raises Http404 for one outside the scope."""
    places = seen.results.places
    tops = [places.root.code] if seen.sight.covers(places.root.code) else list(seen.sight.paths)
    code = request.GET.get("unit", "") or next((one for one in tops if one in places), "")
    if code not in places or not seen.sight.covers(code):
        raise Http404(code)
    return places.place(code)


def _trail(this: Round, seen: Seen, place: Place) -> list[dict[str, str]]:
    """The way to a summary: the round, the units above as far as they are open, the unit."""
    url = reverse("summary", args=[this.pk])
    above = [one for one in seen.results.places.trail(place.code)[:-1] if seen.sight.covers(one.code)]
    return [*trail(this, last=False), *({"label": one.name, "url": f"{url}?unit={one.code}"} for one in above),
            {"label": f"{place.name} · {_('Summary')}", "url": ""}]  # fmt: skip


def _account(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user
