"""Drawings of a round: the tile map and the distribution of scores, as data for charts.js with their tables."""

from __future__ import annotations

from typing import Any

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.organisations.tiles import tiles
from baolei.programme.printed import count, points, share
from baolei.programme.standard.edition import Edition, FieldTable
from baolei.scores.results import Results
from baolei.scores.sums import LEAST_CELL

Drawing = dict[str, Any]


def tile_map(results: Results, field: str) -> Drawing:
    """Every banner as a square, darker for a larger share of names; at the region's field mix when all fields count."""
    placed, rows = [], []
    for tile in tiles():
        if tile.code not in results.places:
            continue
        sums = results.sums(tile.code, field)
        value = sums.share if field else results.standardised(tile.code)
        says = _("%(share)s · named here %(plain)s, without error %(low)s–%(high)s · %(branches)s branches") % {
            "share": share(value), "plain": share(sums.share), "low": share(sums.low), "high": share(sums.high),
            "branches": count(sums.branches),
        }  # fmt: skip
        shown = None if value is None else round(100 * value, 1)
        placed.append(
            {
                "code": tile.code,
                "name": tile.name,
                "x": tile.x,
                "y": tile.y,
                "value": shown,
                "says": says if shown is not None else None,
                "url": reverse("unit", args=[tile.code]),
            }
        )
        rows.append([tile.name, count(sums.branches), share(sums.share), f"{share(sums.low)}–{share(sums.high)}",
                     share(value)])  # fmt: skip
    heads = [
        _("Banner"),
        _("Branches"),
        _("Share named"),
        _("90% interval"),
        _("At the region's field mix"),
    ]
    title = _("Share of named branches by banner")
    says = _("At the region's mix of fields, so that a banner of schools and one of villages can be compared.")
    return {
        "id": "map",
        "kind": "tiles",
        "title": title,
        "says": _("In this field alone.") if field else says,
        "data": {"tiles": placed, "unit": "%"},
        "table": table(heads, rows),
        "note": _("One square for each banner about where it lies; no border is drawn. A click opens it."),
    }


def distribution(scores: Any, edition: Edition, field: FieldTable, name: str) -> Drawing:
    """How many branches of a field have which score, with the field's line. Few in a bar are put to the next one."""
    low, high = edition.total / 200, edition.total / 100
    edges = np.linspace(low, high, 26)
    counts = np.histogram(np.clip(scores / 100, low, high), edges)[0]
    rows = [
        [f"{points(a, 0)}–{points(b, 0)}", count(int(number))]
        for a, b, number in zip(edges, edges[1:], counts, strict=False)
    ]
    over = int((scores >= field.line).sum())
    says = _("%(over)s of %(all)s branches have at least the line of %(line)s points; the lowest bar holds all below.")
    return {
        "id": "scores",
        "kind": "histogram",
        "title": _("Distribution of scores: %(field)s") % {"field": name},
        "says": says % {"over": count(over), "all": count(len(scores)), "line": points(field.line / 100)},
        "data": {
            "edges": [float(edge) for edge in edges],
            "counts": [int(number) for number in counts],
            "reference": {"value": field.line / 100, "label": _("line %(line)s") % {"line": points(field.line / 100)}},
        },
        "table": table([_("Points"), _("Branches")], rows),
    }


def enough_to_draw(number: int) -> bool:
    """Whether a distribution of so many branches says anything."""
    return number >= 4 * LEAST_CELL


def table(heads: list[str], rows: list[list[str]]) -> dict[str, Any]:
    """A table whose first column are names and whose others are numbers."""
    columns: list[dict[str, Any]] = [{"label": heads[0]}]
    columns += [{"label": label, "number": True} for label in heads[1:]]
    return {"columns": columns, "rows": rows}
