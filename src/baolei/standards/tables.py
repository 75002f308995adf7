"""An edition as tables to be read: weights, the cells of a field, its items with their goalposts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from baolei.programme.printed import points
from baolei.programme.standard.edition import SCALE, Edition, FieldTable, Item, Text
from baolei.standards.book import book
from baolei.standards.models import OwnEdition
from baolei.warehouse.spreadsheets import Column, Grid

KINDS = {
    "ratio": gettext_lazy("share"),
    "count": gettext_lazy("done of due"),
    "yes_no": gettext_lazy("yes or no"),
    "graded": gettext_lazy("grade"),
    "steps": gettext_lazy("step table"),
}


@dataclass(frozen=True, slots=True)
class Weight:
    """A source's weight in a field: its share of the points, and how much of the scores' spread it really moves."""

    source: Text
    nominal: float
    effective: float | None


@dataclass(frozen=True, slots=True)
class CellRow:
    """A strength of a field: its name, points by source (None where the source says nothing), their sum, its floor."""

    code: str
    name: Text
    points: tuple[float | None, ...]
    sum: float
    floor: float | None


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item of a field: what it is, points, how it is measured and from where to where points are earned."""

    item: Item
    strength: Text
    points: float
    kind: str
    measured: str
    goalposts: str


def weights(edition: Edition, field: FieldTable, figures: Mapping[str, Any]) -> list[Weight]:
    """The sources of a field; `figures` are those of the results, whose effective weights add up to 1."""
    effective = figures.get("fields", {}).get(field.code, {}).get("effective", {})
    total = sum(field.cells.values()) or 1
    return [
        Weight(source.name, sum(p for (_s, q), p in field.cells.items() if q == source.code) / total,
               effective.get(source.code))
        for source in edition.sources
    ]  # fmt: skip


def cell_rows(edition: Edition, field: FieldTable) -> list[CellRow]:
    """The strengths of a field as rows."""
    rows = []
    for strength in edition.strengths:
        cells = [field.cells.get((strength.code, source.code), 0) for source in edition.sources]
        name = field.strength_names.get(strength.code, strength.name)
        floor = None if strength.floor is None else float(strength.floor)
        shown = tuple(cell / SCALE if cell else None for cell in cells)
        rows.append(CellRow(strength.code, name, shown, sum(cells) / SCALE, floor))
    return rows


def item_rows(edition: Edition, field: FieldTable) -> list[ItemRow]:
    """The items of a field, in the order of the strengths."""
    names = {strength.code: strength.name for strength in edition.strengths} | field.strength_names
    order = list(names)
    items = sorted(field.items, key=lambda code: order.index(edition.items[code].strength))
    return [
        ItemRow(item, names[item.strength], field.items[code] / SCALE, str(KINDS.get(item.kind, item.kind)),
                measured(item), goalposts(item, field))
        for code in items for item in (edition.items[code],)
    ]  # fmt: skip


def measured(item: Item) -> str:
    """What is counted over what, in words."""
    language = get_language() or ""
    parts = [text.say(language) for text in (item.numerator, item.denominator) if text]
    return " ÷ ".join(parts)


def goalposts(item: Item, field: FieldTable) -> str:
    """From where to where points are earned."""
    low, high = field.goalposts.get(item.code, (item.low, item.high))
    if item.kind == "yes_no":
        return _("yes: all, no: none")
    if item.kind == "graded":
        return " / ".join(text.say(get_language() or "") for text in item.anchors)
    if item.kind == "steps":
        sign = "≥" if item.table_upward else "≤"
        return "; ".join(f"{sign} {_number(rung.bound)}: {_percent(rung.share)}" for rung in item.table)
    return f"{_percent(low)} → {_percent(high)}" if item.kind == "ratio" else f"{_number(low)} → {_number(high)}"


def _percent(value: Fraction) -> str:
    return f"{float(100 * value):g}%"


def _number(value: Fraction) -> str:
    return f"{float(value):g}"


def grids(edition: Edition, field: FieldTable) -> dict[str, Grid]:
    """The tables of a field as files."""
    language = get_language() or ""
    heads = (Column(_("Strength")), *(Column(source.name.say(language), "points") for source in edition.sources),
             Column(_("Sum"), "points"))  # fmt: skip
    cells = [(row.name.say(language), *row.points, row.sum) for row in cell_rows(edition, field)]
    columns = (Column(_("Strength")), Column(_("Code")), Column(_("Item")), Column(_("Worth"), "points"),
               Column(_("Kind")), Column(_("Measured")), Column(_("Points are earned from … to")), Column(_("Record")),
               Column(_("Basis")))  # fmt: skip
    items = [
        (row.strength.say(language), row.item.code, row.item.name.say(language), row.points, row.kind, row.measured,
         row.goalposts, row.item.record, row.item.basis.say(language) if row.item.basis else "")
        for row in item_rows(edition, field)
    ]  # fmt: skip
    return {"cells": Grid(_("Cells"), heads, cells), "items": Grid(_("Items"), columns, items)}


def total(edition: Edition) -> str:
    """The points of the whole table, as printed."""
    return points(edition.total / SCALE, 0)


def edition_grids(edition: Edition, rows: Sequence[tuple[FieldTable, Sequence[Weight]]]) -> dict[str, Grid]:
    """The fields with their weights, and every condition of a title, as files."""
    language = get_language() or ""
    heads = [Column(_("Field")), Column(_("Code")), Column(_("Line"), "points"), Column(_("Items"), "whole")]
    for source in edition.sources:
        name = source.name.say(language)
        heads += [Column(name, "share"), Column(_("%(source)s, in effect") % {"source": name}, "share")]
    fields = [
        (field.name.say(language), field.code, field.line / SCALE, len(field.items),
         *(part for weight in weights for part in (weight.nominal, weight.effective)))
        for field, weights in rows
    ]  # fmt: skip
    kinds = ((_("Gate"), edition.gates), (_("Veto"), edition.vetoes))
    conditions = [
        (kind, one.name.say(language), one.met_by.say(language) if one.met_by else "")
        for kind, found in kinds for one in found
    ]  # fmt: skip
    columns = (Column(_("Kind")), Column(_("Condition")), Column(_("Met by")))
    return {
        "fields": Grid(_("Fields"), tuple(heads), fields),
        "conditions": Grid(_("Gates and vetoes"), columns, conditions),
    }


def list_grid(rows: Sequence[tuple[Edition, bool]]) -> Grid:
    """The editions at hand as a file."""
    language = get_language() or ""
    columns = (Column(_("Edition")), Column(_("Code")), Column(_("Valid from"), "day"), Column(_("to"), "day"),
               Column(_("Fields"), "whole"), Column(_("Worth"), "points"), Column("SHA-256"))  # fmt: skip
    return Grid(_("Editions"), columns, [
        (one.name.say(language), one.code, one.valid_from, one.valid_to, len(one.fields), one.total / SCALE, one.digest)
        for one, _own in rows
    ])  # fmt: skip


def draft_grid(drafts: Sequence[OwnEdition]) -> Grid:
    """The drafts as a file."""
    language = get_language() or ""
    texts = (_("Edition"), _("Code"), _("Drafted from"), _("Drafted by"), _("Last changed by"))
    columns = (*map(Column, texts), Column(_("Last changed"), "day"), Column(_("Faults"), "whole"))
    rows = []
    for one in drafts:
        read = book(one.files)
        rows.append((read.name.say(language), one.code, one.based_on, one.drafted_by.name, one.changed_by.name,
                     one.changed_at.date(), len(read.faults)))  # fmt: skip
    return Grid(_("Drafts"), columns, rows)
