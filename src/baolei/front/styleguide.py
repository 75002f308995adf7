"""What the style guide shows: every component once, with the worked example's figures and others that are invented."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baolei.front.templatetags.numbers import count, points, share
from baolei.organisations.tiles import tiles

Drawing = dict[str, Any]

LEAGUES = [
    "呼和浩特市",
    "包头市",
    "呼伦贝尔市",
    "兴安盟",
    "通辽市",
    "赤峰市",
    "锡林郭勒盟",
    "乌兰察布市",
    "鄂尔多斯市",
    "巴彦淖尔市",
    "乌海市",
    "阿拉善盟",
]


class ExampleForm(forms.Form):
    """A form with something wrong in it."""

    reason = forms.CharField(
        label=gettext_lazy("Reason for the return"), help_text=gettext_lazy("The branch will read these words.")
    )
    until = forms.DateField(label=gettext_lazy("Answer by"), widget=forms.DateInput(attrs={"type": "date"}))


def context(page: str) -> dict[str, Any]:
    """Everything the style guide needs; `page` is the page of the example list."""
    return {
        "trail": _trail(),
        "today": date(2026, 11, 23),
        "drawings": [draw() for draw in DRAWINGS],
        "rows": _rows(page),
        "sheet": _sheet(),
        "form": ExampleForm(data={"reason": "", "until": "2026-12-01"}),
    }


def _trail() -> list[dict[str, str]]:
    names = ["内蒙古自治区", "赤峰市", "巴林左旗", "碧流台镇", "东方红村"]
    return [{"label": name, "url": "?"} for name in names]


def _rows(page: str) -> Page[Any]:
    """An invented list of branches, five to a page."""
    standings = ["confirmed", "confirmed", "visit", "visit", "unconfirmed", "unconfirmed", "few", "act"]
    rows = [
        {
            "name": name,
            "members": 12 + 3 * place,
            "score": 91.2 - 1.7 * place,
            "low": 87.8 - 1.7 * place,
            "high": 93.9 - 1.7 * place,
            "standing": standings[place % 8],
        }
        for place, name in enumerate(f"{league}示例党支部" for league in LEAGUES)
    ]
    return Paginator(rows, 5).get_page(page)


def _sheet() -> dict[str, Any]:
    """The sums of the worked example: strengths as rows, sources as columns, in points."""
    sources = [_("assessment by organisation"), _("members"), _("the public"), _("society")]
    strengths = [
        (_("political function"), (11.17, 3.72, 3.36, 2.58)),
        (_("team building"), (6.86, 3.66, 4.09, 1.66)),
        (_("organisational activities"), (10.67, 4.69, 3.23, None)),
        (_("playing its role"), (3.52, 0.92, 7.69, 5.22)),
        (_("public service"), (1.58, 0.91, 7.01, 3.38)),
    ]
    lines = [(name, leaves, sum(leaf for leaf in leaves if leaf is not None)) for name, leaves in strengths]
    sums = [33.80, 13.90, 25.38, 12.84]
    return {"sources": sources, "lines": lines, "sums": sums, "base": 85.92}


def _table(columns: list[str], rows: list[list[str]]) -> dict[str, Any]:
    """A table whose first column are names and whose others are numbers."""
    heads: list[dict[str, Any]] = [{"label": columns[0]}, *({"label": label, "number": True} for label in columns[1:])]
    return {"columns": heads, "rows": rows}


def _drawing(kind: str, title: str, says: str, data: dict[str, Any], table: dict[str, Any], **more: str) -> Drawing:
    note = _("Invented figures, to show the drawing.")
    return {
        "id": f"chart-{kind}",
        "kind": kind,
        "title": title,
        "says": says,
        "data": data,
        "table": table,
        "note": note,
        **more,
    }


def _tiles() -> Drawing:
    values = {tile.code: None if int(tile.code) % 17 == 3 else 22 + int(tile.code) * 37 % 41 for tile in tiles()}
    placed = [
        {"code": tile.code, "name": tile.name, "x": tile.x, "y": tile.y, "value": values[tile.code]} for tile in tiles()
    ]
    rows = [[tile.name, points(values[tile.code], 0)] for tile in tiles()]
    return _drawing(
        "tiles",
        _("Share of named branches by banner"),
        _("Each square is one banner, county or district where it lies; no border is drawn."),
        {"tiles": placed, "unit": "%"},
        _table([_("Banner"), _("Share, %")], rows),
    )


def _intervals() -> Drawing:
    estimates = [45.2, 44.1, 43.8, 42.9, 42.0, 41.4, 40.8, 40.1, 39.5, 38.8, 37.9, 35.6]
    half = [1.1, 1.3, 0.9, 1.6, 0.8, 0.7, 1.5, 1.2, 1.4, 1.3, 2.6, 2.9]
    lows = [points(value - wide, 1) for value, wide in zip(estimates, half, strict=True)]
    highs = [points(value + wide, 1) for value, wide in zip(estimates, half, strict=True)]
    rows = [
        [name, points(value, 1), low, high]
        for name, value, low, high in zip(LEAGUES, estimates, lows, highs, strict=True)
    ]
    data = {
        "names": LEAGUES,
        "estimates": estimates,
        "lows": [float(low) for low in lows],
        "highs": [float(high) for high in highs],
        "unit": "%",
        "reference": {"value": 41.1, "label": _("region 41.1%")},
    }
    return _drawing(
        "intervals",
        _("Share of named branches by league"),
        _("Where two bars overlap, the order of the two is not known."),
        data,
        _table([_("League"), _("Share, %"), _("From"), _("To")], rows),
        size="l",
    )


def _histogram() -> Drawing:
    edges = list(range(60, 102, 2))
    counts = [40, 61, 110, 188, 320, 522, 811, 1190, 1644, 2102, 2480, 2655, 2540, 2177, 1630, 1040, 560, 250, 80, 12]
    rows = [[f"{low}–{low + 2}", count(number)] for low, number in zip(edges, counts, strict=False)]
    return _drawing(
        "histogram",
        _("Distribution of scores"),
        _("Most branches lie between 76 and 90 points."),
        {"edges": edges, "counts": counts, "reference": {"value": 85, "label": _("line 85")}},
        _table([_("Points"), _("Branches")], rows),
    )


def _bars() -> Drawing:
    parts = [
        (_("confirmed"), "confirmed", [31, 28, 35, 26]),
        (_("visit first"), "visit", [14, 17, 12, 15]),
        (_("not confirmed"), "unconfirmed", [55, 55, 53, 59]),
    ]
    fields = [_("village"), _("community"), _("state enterprise"), _("school")]
    data = {
        "categories": fields,
        "stacked": True,
        "unit": "%",
        "series": [{"name": name, "tone": tone, "values": values} for name, tone, values in parts],
    }
    rows = [[field, *(str(values[place]) for _name, _tone, values in parts)] for place, field in enumerate(fields)]
    return _drawing(
        "bars",
        _("How sure the names are, by field"),
        _("Pattern and colour say the same."),
        data,
        _table([_("Field"), *(name for name, _tone, _values in parts)], rows),
    )


def _slope() -> Drawing:
    years = {"赤峰市": [38.0, 41.4], "兴安盟": [42.5, 42.9], "乌海市": [41.0, 37.9], "阿拉善盟": [34.8, 35.6]}
    series = [{"name": name, "values": values} for name, values in years.items()]
    rows = [[name, *(points(value, 1) for value in values)] for name, values in years.items()]
    return _drawing(
        "slope",
        _("Two years"),
        _("One of the four has fallen."),
        {"categories": ["2025", "2026"], "series": series, "unit": "%"},
        _table([_("League"), "2025", "2026"], rows),
    )


def _funnel() -> Drawing:
    branches = [180 + 53 * place for place in range(40)]
    shares = [41.1 + (place * 29 % 23 - 11) * 60 / size**0.62 for place, size in enumerate(branches)]
    spots = [
        {"name": tile.name, "x": size, "y": round(value, 1)}
        for tile, size, value in zip(tiles(), branches, shares, strict=False)
    ]
    xs = list(range(150, 2401, 150))

    def band(name: str, times: float) -> dict[str, Any]:
        error = [times * 100 * (0.411 * 0.589 / x) ** 0.5 for x in xs]
        return {"name": name, "xs": xs, "lows": [41.1 - e for e in error], "highs": [41.1 + e for e in error]}

    data = {
        "points": spots,
        "bands": [band("95%", 1.96), band("99.8%", 3.09)],
        "xName": _("branches"),
        "yName": _("share named, %"),
        "centre": {"value": 41.1, "label": _("region 41.1%")},
    }
    rows = [[spot["name"], count(spot["x"]), points(spot["y"], 1)] for spot in spots]
    return _drawing(
        "funnel",
        _("Banners by size"),
        _("Inside the funnel a banner differs from the region by no more than chance."),
        data,
        _table([_("Banner"), _("Branches"), _("Share, %")], rows),
    )


def _boxes() -> Drawing:
    fields = [_("village"), _("community"), _("state enterprise"), _("school")]
    five = [[61, 76, 81, 86, 97], [63, 78, 83, 87, 96], [66, 80, 85, 89, 98], [64, 79, 84, 88, 97]]
    heads = [_("Field"), _("least"), _("lower quarter"), _("middle"), _("upper quarter"), _("largest")]
    rows = [[field, *map(str, box)] for field, box in zip(fields, five, strict=True)]
    return _drawing(
        "boxes",
        _("Scores by field"),
        _("Fields have different tables and are never ranked together."),
        {"categories": fields, "boxes": five},
        _table(heads, rows),
        size="s",
    )


def _heat() -> Drawing:
    strengths = [
        _("political function"),
        _("team building"),
        _("organisational activities"),
        _("playing its role"),
        _("public service"),
    ]
    cells = [[i, j, 62 + (i * 7 + j * 5) % 31] for j in range(6) for i in range(5)]
    rows = [[LEAGUES[j], *(str(value) for _i, at, value in cells if at == j)] for j in range(6)]
    return _drawing(
        "heat",
        _("Strengths by league"),
        _("Mean points out of 100."),
        {"xs": strengths, "ys": LEAGUES[:6], "cells": cells},
        _table([_("League"), *strengths], rows),
    )


def _river() -> Drawing:
    flows = [
        (_("declared"), _("assessed"), 6120),
        (_("declared"), _("evidence pending"), 380),
        (_("assessed"), _("named"), 2515),
        (_("assessed"), _("not named"), 3605),
    ]
    tones = {_("named"): "confirmed", _("evidence pending"): "visit", _("not named"): "unconfirmed"}
    names = dict.fromkeys(name for source, target, _value in flows for name in (source, target))
    data = {
        "nodes": [{"name": name, "tone": tones.get(name)} for name in names],
        "links": [{"source": source, "target": target, "value": value} for source, target, value in flows],
    }
    rows = [[source, target, count(value)] for source, target, value in flows]
    table = {
        "columns": [{"label": _("From")}, {"label": _("To")}, {"label": _("Branches"), "number": True}],
        "rows": rows,
    }
    return _drawing("river", _("The river of a round"), _("What became of the branches that declared."), data, table)


def _areas() -> Drawing:
    sizes = {
        _("village"): 11050,
        _("community"): 2600,
        _("school"): 6400,
        _("state enterprise"): 9100,
        _("government office"): 14200,
        _("retired members"): 4100,
    }
    rows = [[name, count(size), share(size / sum(sizes.values()))] for name, size in sizes.items()]
    return _drawing(
        "areas",
        _("Branches by field"),
        _("Government offices and villages are the two largest fields."),
        {"nodes": [{"name": name, "value": size} for name, size in sizes.items()]},
        _table([_("Field"), _("Branches"), _("Share")], rows),
        size="s",
    )


def _lines() -> Drawing:
    months = [f"{month}" for month in range(1, 13)]
    due = [100] * 12
    held = [92, 90, 95, 96, 94, 97, 91, 93, 97, 98, 96, 99]
    rows = [[month, str(first), str(second)] for month, first, second in zip(months, due, held, strict=True)]
    data = {
        "categories": months,
        "unit": "%",
        "series": [{"name": _("meetings due"), "values": due}, {"name": _("meetings held"), "values": held}],
    }
    return _drawing(
        "lines",
        _("Meetings held, by month"),
        _("Held as a share of due."),
        data,
        _table([_("Month"), _("meetings due"), _("meetings held")], rows),
        size="s",
    )


DRAWINGS: tuple[Callable[[], Drawing], ...] = (
    _tiles,
    _intervals,
    _histogram,
    _bars,
    _funnel,
    _slope,
    _boxes,
    _heat,
    _lines,
    _river,
    _areas,
)
