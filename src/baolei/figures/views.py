"""Pages of units from the region down to the village, the article page, the standard, and the search."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from baolei.figures.catalogue import catalogue
from baolei.figures.tiles import tiles
from baolei.scores.exports import as_file
from baolei.scores.results import SMALL, Results, current, may_see, share
from baolei.scores.views import opened, trail

FOUND = 40
LEVEL_OF_BANNERS = 3


@require_safe
def region(request: HttpRequest) -> HttpResponse:
    """The whole region, or what to do where no round has been evaluated yet."""
    results = current()
    if results is None:
        return render(request, "front/home.html")
    return _unit(request, results, results.root)


@require_safe
def unit(request: HttpRequest, code: str) -> HttpResponse:
    """One unit: shares, tiers, strengths, its units below, its fields."""
    results = opened()
    if code not in results.units:
        raise Http404(code)
    return _unit(request, results, code)


def _unit(request: HttpRequest, results: Results, code: str) -> HttpResponse:
    children = _children(results, code)
    if form := request.GET.get("format"):
        heads = [_("Code"), _("Unit"), _("Branches"), _("Named"), _("Share named (%)"), _("from"), _("to")]
        return as_file(form, f"unit-{code}", heads, [_flat(child) for child in children])
    row = results.sums.get((code, ""))
    language = get_language() or "zh"
    context: dict[str, Any] = {
        "unit": results.units[code],
        "trail": trail(results, code),
        "row": row,
        "children": children,
    }
    context["may_see"] = may_see(request.user, code)
    context["round"] = results.manifest.get("round", {}).get("title", {}).get("en" if language == "en" else "zh", "")
    if row is not None:
        context |= _figures(results, code, row, language)
    return render(request, "figures/unit.html", context)


def _flat(child: dict[str, Any]) -> list[Any]:
    found = child["share"] or {}
    return [
        child["code"],
        child["name"],
        child["branches"],
        child["named"] if found else "",
        *(round(found[key], 1) if found else "" for key in ("named", "low", "high")),
    ]


def _children(results: Results, code: str) -> list[dict[str, Any]]:
    out = []
    for child in results.children.get(code, []):
        row = results.sums.get((child, ""))
        if row is not None:
            out.append(
                {
                    "code": child,
                    "name": results.units[child]["name"],
                    "branches": row["branches"],
                    "named": row["named"],
                    "confirmed": row["confirmed"],
                    "share": share(row),
                }
            )
    return sorted(out, key=lambda child: -(child["share"] or {"named": -1})["named"])


def _figures(results: Results, code: str, row: dict[str, Any], language: str) -> dict[str, Any]:
    edition = results.edition
    enough = row["branches"] >= SMALL
    tiers = [(tier.name.say(language), row[f"tier_{tier.code}"]) for tier in edition.tiers]
    strengths = [
        (strength.name.say(language), 100 * row[f"earned_{strength.code}"] / max(row[f"available_{strength.code}"], 1))
        for strength in edition.strengths
    ]
    charts = [_tier_chart(tiers), _strength_chart(strengths)] if enough else []
    if code == results.root:
        charts.insert(0, _map(results))
    if enough:
        charts.append(_histogram(results, code))
    fields = [
        {
            "name": field.name.say(language),
            "branches": own["branches"],
            "share": share(own),
            "line": field.line / 100,
            "mean": own["score"] / own["branches"] / 100 if own["branches"] >= SMALL else None,
        }
        for field, own in results.fields_of(code)
    ]
    return {
        "share": share(row),
        "tiers": tiers,
        "charts": charts,
        "fields": fields,
        "county": results.counties.get(code),
        "small": not enough,
    }


def _table(heads: list[str], rows: list[list[Any]]) -> dict[str, Any]:
    columns = [{"label": heads[0]}, *({"label": head, "number": True} for head in heads[1:])]
    return {"columns": columns, "rows": rows}


def _tier_chart(tiers: list[tuple[str, int]]) -> dict[str, Any]:
    tones = ["confirmed", "plain", "visit", "act"]
    series = [
        {"name": name, "values": [count], "tone": tones[min(place, 3)]} for place, (name, count) in enumerate(tiers)
    ]
    return {
        "id": "tiers",
        "kind": "bars",
        "title": _("Branches by tier"),
        "size": "s",
        "says": _("Every branch stands in exactly one tier."),
        "data": {"categories": [_("Branches")], "series": series, "stacked": True},
        "table": _table([_("Tier"), _("Branches")], [[name, f"{count:,}"] for name, count in tiers]),
    }


def _strength_chart(strengths: list[tuple[str, float]]) -> dict[str, Any]:
    return {
        "id": "strengths",
        "kind": "bars",
        "title": _("The five strengths"),
        "size": "s",
        "says": _("Points earned of those available, in percent."),
        "data": {
            "categories": [name for name, _value in strengths],
            "unit": "%",
            "series": [{"name": _("earned"), "values": [round(value, 1) for _name, value in strengths]}],
        },
        "table": _table([_("Strength"), "%"], [[name, f"{value:.1f}"] for name, value in strengths]),
    }


def _map(results: Results) -> dict[str, Any]:
    placed, rows = [], []
    for tile in tiles():
        row = results.sums.get((tile.code, ""))
        found = share(row) if row else None
        value = round(found["named"], 1) if found else None
        placed.append(
            {
                "code": tile.code,
                "name": tile.name,
                "x": tile.x,
                "y": tile.y,
                "value": value,
                "url": reverse("unit", args=[tile.code]) if tile.code in results.units else None,
            }
        )
        rows.append([tile.name, "—" if value is None else f"{value:.1f}"])
    return {
        "id": "map",
        "kind": "tiles",
        "title": _("Share named in each banner"),
        "size": "l",
        "says": _("One square for each banner, about where it lies; darker is more."),
        "data": {"tiles": placed, "unit": "%"},
        "table": _table([_("Banner"), "%"], rows),
        "note": _("Our own arrangement of squares; no border is drawn."),
    }


def _histogram(results: Results, code: str) -> dict[str, Any]:
    top = results.edition.total / 100
    edges = np.linspace(top * 0.4, top, 31)
    scores = np.array([row["score"] for row in results.inside(code)]) / 100
    counts = np.histogram(np.maximum(scores, edges[0]), edges)[0]
    shown = [int(count) if count == 0 or count >= SMALL else None for count in counts]
    rows = [
        [f"{low:g}-{high:g}", "<5" if count is None else f"{count:,}"]
        for low, high, count in zip(edges[:-1], edges[1:], shown, strict=True)
    ]
    return {
        "id": "scores",
        "kind": "histogram",
        "title": _("Distribution of scores"),
        "says": _("How many branches have which score; bars under five branches are left out."),
        "data": {"edges": [float(edge) for edge in edges], "counts": [count or 0 for count in shown]},
        "table": _table([_("Score"), _("Branches")], rows),
    }


@require_safe
def article(request: HttpRequest) -> HttpResponse:
    """The figures of the article that these records can give, each with numerator, denominator, date and scope."""
    results = opened()
    known, missing = catalogue(results)
    if form := request.GET.get("format"):
        heads = [_("Figure"), _("Value"), _("Numerator"), _("Denominator"), _("Date"), _("Definition")]
        rows = [[each.name, each.value, each.numerator, each.denominator, each.date, each.definition] for each in known]
        return as_file(form, "figures", heads, rows)
    scope = results.units[results.root]["name"]
    return render(
        request,
        "figures/article.html",
        {"known": known, "missing": missing, "scope": scope, "edition": results.edition.digest[:12]},
    )


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Units, and branches one answers for, by part of the name or the beginning of the code."""
    results = opened()
    wanted = request.GET.get("q", "").strip()
    units, branches = [], []
    if wanted:
        units = [unit for code, unit in results.units.items() if wanted in unit["name"] or code.startswith(wanted)]
        scope = request.user.scope(dt.date.today()) if request.user.is_authenticated else ()  # noqa: DTZ011
        branches = [
            row
            for row in results.branches
            if row["code"].startswith(scope or ("-",)) and (wanted in row["name"] or row["code"].startswith(wanted))
        ]
    context = {
        "wanted": wanted,
        "units": units[:FOUND],
        "branches": branches[:FOUND],
        "more": len(units) > FOUND or len(branches) > FOUND,
    }
    return render(request, "figures/find.html", context)


@require_safe
def standard(request: HttpRequest) -> HttpResponse:
    """The edition of the round: fields, cells, items, gates, tiers; nominal weights beside effective ones."""
    results = opened()
    language = get_language() or "zh"
    edition = results.edition
    chosen = request.GET.get("field", edition.fields[0].code)
    table = next((field for field in edition.fields if field.code == chosen), edition.fields[0])
    effective = results.figures["fields"].get(table.code, {}).get("effective", {})
    total = edition.total
    context = {
        "edition": edition,
        "name": edition.name.say(language),
        "source": edition.source.say(language),
        "fields": [(field.code, field.name.say(language)) for field in edition.fields],
        "chosen": table.code,
        "line": table.line / 100,
        "sources": [source.name.say(language) for source in edition.sources],
        "cells": [
            {
                "name": table.strength_names.get(s.code, s.name).say(language),
                "points": [table.cells.get((s.code, q.code), 0) / 100 for q in edition.sources],
            }
            for s in edition.strengths
        ],
        "nominal": [
            100 * sum(p for (_s, of), p in table.cells.items() if of == q.code) / total for q in edition.sources
        ],
        "effective": [None if effective.get(q.code) is None else 100 * effective[q.code] for q in edition.sources],
        "items": [
            {
                "name": edition.items[code].name.say(language),
                "strength": edition.items[code].strength,
                "points": points / 100,
                "kind": edition.items[code].kind,
            }
            for code, points in table.items.items()
        ],
        "gates": [
            (gate.name.say(language), gate.met_by.say(language) if gate.met_by else "") for gate in edition.gates
        ],
        "tiers": [tier.name.say(language) for tier in edition.tiers],
    }
    return render(request, "figures/standard.html", context)
