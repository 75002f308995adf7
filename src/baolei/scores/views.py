"""Pages of branches: the list of a unit, and the sheet of one."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from baolei.programme.scoring.sheet import Leaf, Sheet, points_text
from baolei.scores.exports import as_file
from baolei.scores.results import Results, current, may_see

PAGE = 50
CONFIRMATION = ("unconfirmed", "visit", "confirmed")
ORDERS = {
    "score": "score",
    "-score": "score",
    "name": "name",
    "-name": "name",
    "chance": "probability",
    "-chance": "probability",
}


def opened() -> Results:
    """The round on show; 404 when there is none."""
    results = current()
    if results is None:
        raise Http404(_("No round has been evaluated yet."))
    return results


def trail(results: Results, code: str) -> list[dict[str, str]]:
    """The way down the tree to a unit."""
    return [{"label": results.units[step]["name"], "url": reverse("unit", args=[step])} for step in results.above(code)]


@require_safe
def branches(request: HttpRequest, code: str) -> HttpResponse:
    """The branches of a unit with their results, for those who answer for it."""
    results = opened()
    if code not in results.units:
        raise Http404(code)
    if not may_see(request.user, code):
        raise PermissionDenied
    order = request.GET.get("sort", "-score")
    key = ORDERS.get(order, "score")
    field, tier = request.GET.get("field", ""), request.GET.get("tier", "")
    rows = [
        row
        for row in results.inside(code)
        if (not field or row["field"] == field) and (not tier or results.edition.tiers[row["tier"]].code == tier)
    ]
    rows.sort(key=lambda row: row[key], reverse=order.startswith("-") or order not in ORDERS)
    language = get_language() or "zh"
    names = {each.code: each.name.say(language) for each in results.edition.fields}
    if form := request.GET.get("format"):
        heads = [_("Code"), _("Name"), _("Field"), _("Score"), _("SE"), _("Chance"), _("Tier")]
        table = [
            [
                row["code"],
                row["name"],
                names[row["field"]],
                row["score"] / 100,
                row["se"],
                row["probability"],
                results.edition.tiers[row["tier"]].name.say(language),
            ]
            for row in rows
        ]
        return as_file(form, f"branches-{code}", heads, table)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = [
        {
            "row": row,
            "field": names[row["field"]],
            "score": row["score"] / 100,
            "tier": results.edition.tiers[row["tier"]].name.say(language),
            "standing": CONFIRMATION[row["confirmation"]],
        }
        for row in page
    ]
    context = {
        "unit": results.units[code],
        "trail": [*trail(results, code), {"label": _("Branches"), "url": ""}],
        "page": page,
        "shown": shown,
        "total": len(rows),
        "fields": [(each.code, names[each.code]) for each in results.edition.fields],
        "tiers": [(each.code, each.name.say(language)) for each in results.edition.tiers],
        "field": field,
        "tier": tier,
    }
    return render(request, "scores/branches.html", context)


@require_safe
def branch(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet of a branch: every line of its score, for those who answer for it."""
    results = opened()
    if results.row(code) is None:
        raise Http404(code)
    if not may_see(request.user, code):
        raise PermissionDenied
    sheet = results.sheet(code)
    language = get_language() or "zh"
    if form := request.GET.get("format"):
        heads = [_("Source"), _("Strength"), _("Line"), _("How it is worked out"), _("Available"), _("Points earned")]
        table = [
            [
                leaf.source,
                leaf.strength,
                leaf.name.say(language),
                leaf.formula,
                leaf.available / 100,
                leaf.points / 100 if leaf.shown else "",
            ]
            for leaf in sheet.leaves
        ]
        return as_file(form, f"sheet-{code}", heads, table)
    return render(request, "scores/branch.html", _sheet_context(results, sheet, language))


def _sheet_context(results: Results, sheet: Sheet, language: str) -> dict[str, Any]:
    row = sheet.row
    field = results.sums[results.root, row["field"]]["branches"]
    return {
        "sheet": sheet,
        "row": row,
        "trail": [*trail(results, row["unit"]), {"label": row["name"], "url": ""}],
        "score": row["score"] / 100,
        "line": sheet.line / 100,
        "base": row["base"] / 100,
        "bonus": row["bonus"] / 100,
        "deduction": row["deduction"] / 100,
        "leniency_line": row["leniency_line"] / 100,
        "low": max(0.0, row["score"] / 100 - 1.645 * row["se"]),
        "high": row["score"] / 100 + 1.645 * row["se"],
        "total": results.edition.total / 100,
        "standing": CONFIRMATION[row["confirmation"]],
        "field": sheet.field.say(language),
        "tier": sheet.tier.say(language),
        "field_size": field,
        "sources": [
            {
                "name": name.say(language),
                "code": code,
                "shown": shown,
                "earned": earned / 100,
                "available": available / 100,
                "lines": [_line(leaf, language) for leaf in sheet.leaves if leaf.source == code],
            }
            for code, name, earned, available, shown in sheet.sources
        ],
        "strengths": [
            {
                "code": code,
                "name": name.say(language),
                "earned": None if earned is None else earned / 100,
                "available": None if available is None else available / 100,
            }
            for code, name, earned, available in sheet.strengths
        ],
        "conditions": [
            {
                "kind": each.kind,
                "name": each.name.say(language),
                "met_by": each.met_by.say(language) if each.met_by else "",
            }
            for each in sheet.conditions
        ],
        "gains": [_line(leaf, language) for leaf in sheet.gains],
        "losses": [_line(leaf, language) for leaf in sheet.losses],
        "levers": [
            {"name": each.name.say(language), "step": each.step, "gain": each.gain / 100} for each in sheet.levers[:6]
        ],
        "way": [each.name.say(language) for each in sheet.way],
        "delta": row["delta"] / 100 if row["has_last"] else None,
    }


def _line(leaf: Leaf, language: str) -> dict[str, Any]:
    return {
        "strength": leaf.strength,
        "name": leaf.name.say(language),
        "formula": leaf.formula,
        "shown": leaf.shown,
        "applies": leaf.applies,
        "available": points_text(leaf.available),
        "points": points_text(leaf.points),
        "against": leaf.against / 100,
    }
