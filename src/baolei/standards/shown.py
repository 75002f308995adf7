"""The table of a field as inputs: the grid of strengths by sources, and the items of each cell beneath it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from baolei.programme.located import Path
from baolei.standards.book import Book, text
from baolei.standards.faults import Said
from baolei.standards.table_forms import TableForm
from baolei.standards.tables import KINDS
from baolei.warehouse.spreadsheets import Column, Grid

Faults = Mapping[Path, list[Said]]


@dataclass(frozen=True, slots=True)
class CellInput:
    """A cell that can be entered: strength, source, its input, whether it is made of items, what is wrong with it."""

    strength: str
    source: str
    name: str
    bound: BoundField
    of_items: bool
    faults: list[Said]


@dataclass(frozen=True, slots=True)
class StrengthInput:
    """A strength as a row of inputs: its name in this field, its cells, their sum, what is wrong with the row."""

    code: str
    name: str
    cells: list[CellInput]
    sum: float
    faults: list[Said]


@dataclass(frozen=True, slots=True)
class ItemInput:
    """An item of a field as inputs: its points, its goalposts here (None where it has none), what is wrong with it."""

    code: str
    name: str
    kind: str
    known: bool
    points: BoundField
    posts: tuple[BoundField, BoundField] | None
    faults: list[Said]


@dataclass(frozen=True, slots=True)
class ItemsOfCell:
    """The items of a strength by one source: what they add up to, and what the cell holds."""

    strength: str
    source: str
    name: str
    rows: list[ItemInput]
    sum: float
    cell: float


def cell_inputs(form: TableForm, book: Book, faults: Faults) -> list[StrengthInput]:
    """The grid, a row for each strength."""
    language = get_language() or ""
    sources = {entry["code"]: text(entry["name"]).say(language) for entry in book.head.body["sources"]}
    rows = []
    for code, name in strength_names(form.body, book).items():
        row = form.body["cells"].get(code, {})
        cells = [
            CellInput(code, source, label, form[f"cell-{code}-{source}"], source in book.words.found,
                      faults.get(("cells", code, source), []))
            for source, label in sources.items()
        ]  # fmt: skip
        rows.append(StrengthInput(code, name, cells, round(sum(row.values()), 2), faults.get(("cells", code), [])))
    return rows


def strength_names(table: Mapping[str, Any], book: Book) -> dict[str, str]:
    """What the strengths are called in this field."""
    language, own = get_language() or "", table.get("strength_names", {})
    return {
        entry["code"]: text(own.get(entry["code"], entry["name"])).say(language)
        for entry in book.head.body["strengths"]
    }


def item_inputs(form: TableForm, book: Book, faults: Faults) -> list[ItemsOfCell]:
    """The items cell by cell; those that no list defines stand last, in a cell of their own."""
    names, language = strength_names(form.body, book), get_language() or ""
    sources = {entry["code"]: text(entry["name"]).say(language) for entry in book.head.body["sources"]}
    grouped: dict[tuple[str, str], list[ItemInput]] = {
        (strength, source): [] for strength in names for source in book.words.found
    }
    for code in form.body["items"]:
        body = book.items[code].body if code in book.items else {}
        cell = (body.get("strength", ""), book.words.source_of(body)) if body else ("", "")
        grouped.setdefault(cell, []).append(_item(form, code, body, faults))
    several = len(book.words.found) > 1
    return [
        ItemsOfCell(strength, source,
                    _called(names.get(strength, strength), sources.get(source, source), several), rows,
                    round(sum(form.body["items"][row.code] for row in rows), 2),
                    form.body["cells"].get(strength, {}).get(source, 0))
        for (strength, source), rows in grouped.items()
        if rows or form.body["cells"].get(strength, {}).get(source)
    ]  # fmt: skip


def _called(strength: str, source: str, several: bool) -> str:
    """What a cell is called: by its strength, and by its source where several sources have items."""
    return f"{strength} · {source}" if several else strength


def _item(form: TableForm, code: str, body: Mapping[str, Any], faults: Faults) -> ItemInput:
    name = text(body["name"]).say(get_language() or "") if body else code
    counted = f"low-{code}" in form.fields
    said = [one for path, some in faults.items() for one in some
            if path[:2] in (("items", code), ("goalposts", code))]  # fmt: skip
    return ItemInput(
        code, name, str(KINDS.get(body.get("kind", ""), "")), bool(body), form[f"item-{code}"],
        (form[f"low-{code}"], form[f"high-{code}"]) if counted else None, said,
    )  # fmt: skip


def field_grids(book: Book, table: Mapping[str, Any]) -> dict[str, Grid]:
    """The table of a field as files, as it stands in the draft."""
    language, sources = get_language() or "", book.head.body["sources"]
    heads = [Column(text(entry["name"]).say(language), "points") for entry in sources]
    cells = []
    for strength, name in strength_names(table, book).items():
        row = table["cells"].get(strength, {})
        cells.append((name, *(row.get(entry["code"]) for entry in sources), sum(row.values())))
    items = [_item_row(code, points, book, table.get("goalposts", {}).get(code, {}))
             for code, points in table["items"].items()]  # fmt: skip
    columns = (
        Column(_("Code")),
        Column(_("Item")),
        Column(_("Worth"), "points"),
        Column(pgettext("goalpost", "from")),
        Column(pgettext("goalpost", "to")),
    )
    return {
        "cells": Grid(_("Cells"), (Column(_("Strength")), *heads, Column(_("Sum"), "points")), cells),
        "items": Grid(_("Items"), columns, items),
    }


def _item_row(code: str, points: Any, book: Book, posts: Mapping[str, Any]) -> tuple[Any, ...]:
    body = book.items[code].body if code in book.items else {}
    name = text(body["name"]).say(get_language() or "") if body else ""
    both = [str(posts.get(key, body.get(key, ""))) for key in ("low", "high")]
    return (code, name, points, *both)
