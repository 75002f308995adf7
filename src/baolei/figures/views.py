"""The round by unit, from the region down, and the figures of the article."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from baolei.figures import catalogue, drawings, readings
from baolei.figures import unit as page
from baolei.organisations import directory
from baolei.organisations.asked import as_number
from baolei.organisations.current import current, current_or_404
from baolei.organisations.doors import Scope, scope_of
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import UnitState
from baolei.organisations.places import Place
from baolei.organisations.trails import steps
from baolei.scores.results import Seen, results
from baolei.scores.views import shown_rows

EMBEDDED = 30
"""Up to so many branches are listed on the page of their unit itself."""


@require_safe
def region(request: HttpRequest) -> HttpResponseBase:
    """The whole region; where no round has been evaluated yet, what this is and how to begin."""
    opened = current()
    if opened is None:
        return render(request, "front/home.html", {"waiting": True})
    return _unit(request, results(opened).places.root.code)


@require_safe
def unit(request: HttpRequest, code: str) -> HttpResponseBase:
    """One unit and what is below it."""
    return _unit(request, code)


def _unit(request: HttpRequest, code: str) -> HttpResponseBase:
    seen = results(current_or_404()).visible_to(request.user, timezone.localdate())
    tree, edition = seen.results.places, seen.results.edition
    if code not in tree:
        raise Http404(code)
    place = tree.place(code)
    if not seen.stands_alone(code):
        return render(request, "figures/together.html", {"place": place, "trail": steps(tree.trail(code))})
    asked = request.GET.get("field", "")
    field = asked if seen.sight.covers(code) and asked in {one.code for one in edition.fields} else ""
    shown = _tables(request, seen, place, field)
    shown |= _around(seen, place, field)
    if asked_format(request):
        return download(request, place.name, _grids(shown))
    return render(request, "figures/unit.html", shown)


def _tables(request: HttpRequest, seen: Seen, place: Place, field: str) -> dict[str, Any]:
    """The numbers of the page, as rows."""
    found, edition = seen.results, seen.results.edition
    sums = found.sums(place.code, field)
    lines, hidden = page.unit_lines(seen, place, field)
    open_fields = seen.sight.covers(place.code) or place == found.places.root
    fields = page.field_lines(seen, place) if open_fields and not field else []
    return {
        "place": place,
        "sums": sums,
        "standing": page.standing_parts(sums),
        "tiers": page.tier_parts(sums, edition),
        "strengths": page.strengths(sums, edition, edition.field(field) if field else None),
        "agree": page.agree(lines, sums),
        "units": page.ordered(lines, request.GET.get("sort", "")),
        "hidden": hidden,
        "scale": page.scale([*lines, page.Line(place.name, "", sums, ())]),
        "fields": fields,
        "field_scale": page.scale(fields),
        "leniencies": any(line.leniency is not None and line.url for line in lines),
    }


def _grids(shown: dict[str, Any]) -> dict[str, Any]:
    """The same rows as files, and the tables behind the drawings."""
    tables = {
        "units": page.unit_grid(shown["units"], _("Units below"), leniency=shown["leniencies"]),
        "fields": page.unit_grid(shown["fields"], _("Fields"), leniency=False),
        "tiers": page.part_grid(shown["tiers"], _("Tier")),
        "standing": page.part_grid(shown["standing"], _("Standing")),
        "strengths": page.strength_grid(shown["strengths"], _("Strength")),
        **{name: directory.drawn_grid(shown[name]) for name in ("map", "scores") if shown[name]},
    }
    return {name: grid for name, grid in tables.items() if grid.rows}


def _around(seen: Seen, place: Place, field: str) -> dict[str, Any]:
    """What stands around the tables: the trail, the fields to choose from, the drawings, the branches."""
    found = seen.results
    tree, edition = found.places, found.edition
    inside = seen.sight.covers(place.code)
    table = edition.field(field) if field else None
    rows = tree.branches(place.code)
    few = inside and not field and len(rows) <= EMBEDDED
    round_ = found.opened.manifest.get("round", {})
    return {
        "trail": steps(tree.trail(place.code)),
        "edition": edition,
        "field": table,
        "choice": [one for one in edition.fields if found.sums(place.code, one.code).branches] if inside else [],
        "members": page.members(found, place.code, field),
        "below": len(tree.below(place.code)),
        "map": drawings.tile_map(found, field) if place == tree.root else None,
        "scores": _distribution(seen, place, field) if inside and table else None,
        "leniency": seen.leniency(place.code) if place.level == page.BANNER else None,
        "inflation": found.inflation if place == tree.root else None,
        "inside": inside,
        "branches": shown_rows(seen, rows) if few else [],
        "round": round_.get("title", {}).get("en" if (get_language() or "").startswith("en") else "zh", ""),
        "as_of": found.as_of,
        "digest": found.opened.digest,
    }


def _distribution(seen: Seen, place: Place, field: str) -> dict[str, Any] | None:
    edition = seen.results.edition
    scores, table = seen.scores(place.code, field), edition.field(field)
    if not drawings.enough_to_draw(len(scores)):
        return None
    return drawings.distribution(scores, edition, table, table.name.say(get_language() or ""))


@require_safe
def article(request: HttpRequest) -> HttpResponseBase:
    """The figures of the article: from the live records of the house, and from the round that is on show."""
    today = timezone.localdate()
    scope, opened = scope_of(request.user, today), current()
    units = UnitState.objects.on(today).filter(level__in=readings.LEVELS).order_by("level", "code")
    unit = _chosen(request, units, scope)
    live = readings.shown(unit, inside=scope.holds(unit.path)) if unit else []
    if opened is None and not live:
        raise Http404
    found = results(opened) if opened else None
    figures = catalogue.figures(found) if found else ()
    if asked_format(request):
        grids = readings.grids(live, unit) if unit and live else {}
        if found:
            grids |= catalogue.grids(figures, found.places.root.name, found.as_of)
        return download(request, _("Figures"), grids)
    shown = {
        "live": readings.grouped(live), "unit": unit, "day": live[0].day if live else None,
        "choice": [one for one in units if scope.holds(one.path)], "groups": catalogue.grouped(figures),
        "found": found,
    }  # fmt: skip
    return render(request, "figures/article.html", shown)


def _chosen(request: HttpRequest, units: Any, scope: Scope) -> UnitState | None:
    """The unit that is asked for: one of those one answers for, else the region, which is open to everybody."""
    asked = request.GET.get("unit", "")
    chosen = units.filter(unit=as_number(asked)) if asked else units.filter(above=None)
    one: UnitState | None = chosen.first()
    if asked and (one is None or not scope.holds(one.path)):
        raise Http404(asked)
    return one
