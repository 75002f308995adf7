"""A branch's sheet, the list of branches of a unit, and the search."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from baolei.organisations.current import current_or_404
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.trails import steps, within
from baolei.programme.scoring.rollup import INTERVAL
from baolei.scores import listing, sheet_files, sheet_page
from baolei.scores.models import Run
from baolei.scores.results import Seen, results
from baolei.scores.spread import spread

PAGE = 50
BADGES = {"confirmed": "confirmed", "visit": "visit", "held": "few", "unnamed": "unconfirmed"}
"""How each standing of a list is drawn."""

MOST = 50
"""So many units, and so many branches, are shown for a search."""


def seen_by(request: HttpRequest) -> Seen:
    """The round as the visitor of this page may see it today. Raises Http404 where there is none."""
    return results(current_or_404()).visible_to(request.user, timezone.localdate())


@require_safe
def branch(request: HttpRequest, code: str) -> HttpResponseBase:
    """The sheet, for the branch and those above it. Raises PermissionDenied for everybody else."""
    seen = seen_by(request)
    try:
        sheet = seen.sheet(code)
    except KeyError:
        raise Http404(code) from None
    fell = spread(seen, sheet.row)
    if asked_format(request):
        return download(request, sheet.row["name"], sheet_files.grids(sheet, seen.results.edition, fell))
    run = Run.objects.filter(results=seen.results.opened.digest).select_related("round").first()
    shown = sheet_page.context(seen, sheet, run=run, spread=fell)
    return render(request, "scores/sheet.html", {**shown, **_around(seen, sheet.row["unit"], sheet.row["name"])})


def _around(seen: Seen, unit: str, name: str) -> dict[str, Any]:
    trail = [*steps(seen.results.places.trail(unit)), {"label": name, "url": ""}]
    return {"trail": trail, "as_of": seen.results.as_of, "digest": seen.results.opened.digest}


@require_safe
def branches(request: HttpRequest, code: str) -> HttpResponseBase:
    """The branches of a unit, for those who answer for it. Raises PermissionDenied for everybody else."""
    seen = seen_by(request)
    tree, edition = seen.results.places, seen.results.edition
    if code not in tree:
        raise Http404(code)
    asked = listing.Asked.of(request.GET, edition)
    rows = listing.chosen(seen, code, asked)
    place = tree.place(code)
    title = _("%(unit)s: Party branches") % {"unit": place.name}
    if asked_format(request):
        return download(request, title, {"branches": listing.as_grid(seen, rows)})
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    trail = [*steps(tree.trail(code)), {"label": _("Party branches"), "url": ""}]
    shown = {"place": place, "trail": trail, "asked": asked, "edition": edition, "page": page,
             "standings": listing.standing_words().items()}  # fmt: skip
    return render(request, "scores/branches.html", {**shown, "rows": shown_rows(seen, page.object_list)})


def shown_rows(seen: Seen, rows: Any) -> list[dict[str, Any]]:
    """Rows of a list with the words and the places of their bars."""
    edition, tree = seen.results.edition, seen.results.places
    names = {field.code: field.name for field in edition.fields}
    words = listing.standing_words()
    return [
        {
            "row": row,
            "field": names[row.field],
            "unit": tree.place(row.unit),
            "tier": edition.tiers[row.tier],
            "standing": BADGES[row.standing],
            "words": words[row.standing],
            "floor": edition.total / 200,
            "ceiling": edition.total / 100,
            "low": row.score - INTERVAL * row.se,
            "high": min(edition.total / 100, row.score + INTERVAL * row.se),
        }
        for row in seen.listed(rows)
    ]


@require_safe
def find(request: HttpRequest) -> HttpResponseBase:
    """Units by part of their name, by code or by the initials of the name; branches likewise, of one's own scope."""
    asked = request.GET.get("q", "")[:100]
    seen = seen_by(request)
    tree = seen.results.places
    units, branches, number = tree.search(asked, seen.open_rows(), MOST)
    above = [(place, within(tree.trail(place.code)[:-1])) for place in units]
    found = [(spot, within(tree.trail(spot.unit)[1:])) for spot in branches]
    if asked_format(request):
        return download(request, _("Search"), listing.found_grids(above, found))
    shown = {"asked": asked.strip(), "units": above, "branches": found, "number": number, "most": MOST}
    return render(request, "scores/find.html", shown)
