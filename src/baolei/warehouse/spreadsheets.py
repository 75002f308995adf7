"""Tables as files to take away: a workbook for people, CSV for machines (and for Excel and WPS, hence the BOM).

A cell is text, a number or a day, never a formula: what somebody typed into a name must not run in a spreadsheet.
Rows are taken one by one and written as they come, so a list may be as long as it likes: memory does not grow with it.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO, Any, Literal

import xlsxwriter

Kind = Literal["text", "whole", "points", "share", "day"]
Value = str | int | float | dt.date | None

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"

MOST = 1_048_575
"""Rows that a tab of a workbook holds below its head."""

BORN = dt.datetime(2000, 1, 1)  # noqa: DTZ001  a workbook knows no zone
"""When every workbook says it was made, so that the same tables are the same bytes, and a digest proves them."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_FORMATS: dict[Kind, dict[str, Any]] = {
    "text": {},
    "whole": {"num_format": "#,##0"},
    "points": {"num_format": "0.00"},
    "share": {"num_format": "0.0%"},
    "day": {"num_format": "yyyy-mm-dd"},
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head and what stands in it. Points and shares are given as numbers (86.42, 0.411)."""

    label: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its name (a workbook's tab), its columns, its rows; None where a value is not known or not shown.

    The rows of a long list are a generator, and are asked for only when the table is written.
    """

    name: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Value]]


def as_csv(grid: Grid) -> bytes:
    """One table as CSV, in memory."""
    out = io.BytesIO()
    write_csv(grid, out)
    return out.getvalue()


def as_workbook(grids: Iterable[Grid], notes: Sequence[str] = ()) -> bytes:
    """Tables as one workbook, in memory."""
    out = io.BytesIO()
    write_workbook(grids, notes, out)
    return out.getvalue()


def write_csv(grid: Grid, out: IO[bytes]) -> int:
    """One table as CSV: UTF-8 with BOM, lines ended as spreadsheets want them, no formula runs; how many rows."""
    out.write("\N{ZERO WIDTH NO-BREAK SPACE}".encode())
    writer = csv.writer(codecs.getwriter("utf-8")(out), lineterminator="\r\n")
    writer.writerow([harmless(column.label) for column in grid.columns])
    number = 0
    for number, row in enumerate(grid.rows, 1):  # noqa: B007  the last number is how many there were
        writer.writerow([_plain(value) for value in row])
    return number


def write_workbook(grids: Iterable[Grid], notes: Sequence[str], out: IO[bytes]) -> int:
    """Tables as one workbook, a tab each, heads fixed; `notes` (source, date, scope) on a last tab of their own.

    How many rows there were. Rows leave memory as soon as they are written; what is unfinished lies on the disk.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"created": BORN})
        formats: dict[str, Any] = {kind: book.add_format(settings) for kind, settings in _FORMATS.items()}
        formats["head"] = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        taken: set[str] = set()
        number = sum(
            _write(book.add_worksheet(_tab(part.name, taken)), part, formats) for grid in grids for part in _parts(grid)
        )
        if notes:
            page = book.add_worksheet(_tab("说明 notes", taken))
            page.set_column(0, 0, 100)
            for row, note in enumerate(notes):
                page.write_string(row, 0, note)
    return number


def _parts(grid: Grid) -> Iterator[Grid]:
    """The table, or where it is longer than a tab can be as many tables as it takes: no row is lost in silence."""
    rows, more = iter(grid.rows), True
    while more:
        yield Grid(grid.name, grid.columns, islice(rows, MOST))
        first = next(rows, None)
        more = first is not None
        rows = chain([first], rows) if first is not None else rows


def _write(page: Any, grid: Grid, formats: dict[str, Any]) -> int:
    page.freeze_panes(1, 1)
    for place, column in enumerate(grid.columns):
        page.set_column(place, place, 24 if column.kind == "text" else 13)
        page.write_string(0, place, column.label, formats["head"])
    number = 0
    for number, row in enumerate(grid.rows, 1):
        for place, (value, column) in enumerate(zip(row, grid.columns, strict=True)):
            _cell(page, number, place, value, formats[column.kind])
    return number


def _cell(page: Any, row: int, place: int, value: Value, look: Any) -> None:
    if value is None:
        return
    if isinstance(value, str):
        page.write_string(row, place, value, look)
    elif isinstance(value, dt.date):
        page.write_datetime(row, place, dt.datetime(value.year, value.month, value.day), look)  # noqa: DTZ001
    else:
        page.write_number(row, place, value, look)


def _plain(value: Value) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return value.isoformat()
    return harmless(value) if isinstance(value, str) else value


def harmless(text: str) -> str:
    """A leading apostrophe where a spreadsheet would take the text for a formula."""
    return "'" + text if text.lstrip(" ").startswith(_FORMULA) else text


def _tab(name: str, taken: set[str]) -> str:
    """A name a workbook accepts: at most 31 characters, none of []:*?/\\, each once."""
    plain = re.sub(r"[\[\]:*?/\\]", " ", name).strip("' ")[:28] or "1"
    tab, number = plain, 2
    while tab.lower() in taken:
        tab, number = f"{plain} {number}", number + 1
    taken.add(tab.lower())
    return tab
