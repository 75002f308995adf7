"""The sheet as it was sent, given back with what is wrong in it: the cell coloured, a note on it, the cure in words at
the end of the row. Values only: no formula, link or macro of the sender comes back.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from typing import IO, Any

import xlsxwriter

from baolei.sheets.errand import Errand
from baolei.sheets.heads import CURE
from baolei.sheets.lines import WRONG, Fault, unpacked
from baolei.sheets.models import Batch, Row

NOTES = 2_000
"""So many cells get a note of their own; all get their colour and their words at the end of the row."""


def marked(batch: Batch, errand: Errand, language: str) -> IO[bytes]:
    """The sheet of a batch with its faults marked, as an open file."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  the answer closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        page = book.add_worksheet((batch.head.get("sheet") or errand.kind.name.zh)[:31])
        _Writer(book, page, batch, errand, language).write()
    file.seek(0)
    return file


class _Writer:
    def __init__(self, book: Any, page: Any, batch: Batch, errand: Errand, language: str) -> None:
        self.page, self.batch, self.language = page, batch, language
        self.names = {column.code: column.name.say(language) for column in errand.kind.columns}
        self.plain = book.add_format({"num_format": "@"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.bad = book.add_format({"num_format": "@", "bg_color": "#fbe9e7", "font_color": "#b3261e", "border": 1,
                                    "border_color": "#b3261e"})  # fmt: skip
        self.cure = book.add_format({"text_wrap": False, "font_color": "#b3261e"})
        self.head = book.add_format({"bold": True, "bg_color": "#b3261e", "font_color": "#ffffff"})
        self.noted = 0

    def write(self) -> None:
        places, head = self.batch.head["places"], self.batch.head["row"]
        rows = Row.objects.filter(batch=self.batch).order_by("number")
        last = max([*places.values(), *(len(cells) - 1 for cells in rows[:50].values_list("cells", flat=True))]) + 1
        self.page.freeze_panes(head, 0)
        self.page.set_column(0, last - 1, 16)
        self.page.set_column(last, last, 80)
        for row in rows.iterator(chunk_size=2000):
            faults = [Fault.of(one) for one in row.faults] if row.state == WRONG else []
            wrong = {places[one.column]: one for one in faults if one.column in places}
            for place in range(max(len(row.cells), *(at + 1 for at in wrong)) if wrong else len(row.cells)):
                cell = unpacked(row.cells[place]) if place < len(row.cells) else None
                self._cell(row.number - 1, place, cell, wrong.get(place))
            if row.number == head:
                self.page.write_string(head - 1, last, CURE[0], self.head)
            elif faults:
                self.page.write_string(row.number - 1, last, "；".join(map(self._words, faults)), self.cure)

    def _cell(self, row: int, place: int, cell: Any, fault: Fault | None) -> None:
        look = self.bad if fault else self.plain
        if cell is None:
            if fault:
                self.page.write_blank(row, place, None, look)
        elif isinstance(cell, dt.date):
            self.page.write_string(row, place, cell.isoformat()[:10], look)
        elif isinstance(cell, (int, float)) and not isinstance(cell, bool):
            self.page.write_number(row, place, cell, look)
        else:
            self.page.write_string(row, place, str(cell), look)
        if fault and self.noted < NOTES:
            self.noted += 1
            self.page.write_comment(row, place, self._words(fault), {"x_scale": 2})

    def _words(self, fault: Fault) -> str:
        name = f"{self.names[fault.column]}：" if fault.column in self.names else ""
        return f"{name}{fault.wrong.say(self.language)}。{fault.right.say(self.language)}"
