"""Any table as a file for WPS and Excel: xlsx, or CSV with the mark that makes Excel read Chinese."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from django.http import HttpResponse

RISKY = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so would be run as a formula."""


def as_file(form: str, name: str, heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> HttpResponse:
    """The table as an attachment `name`.xlsx, or .csv for any other form."""
    safe = [[_safe(value) for value in row] for row in rows]
    body, kind = (_xlsx(heads, safe), "xlsx") if form == "xlsx" else (_csv(heads, safe), "csv")
    types = {
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "csv": "text/csv; charset=utf-8",
    }
    return HttpResponse(
        body, content_type=types[kind], headers={"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    )


def _safe(value: Any) -> Any:
    text = str(value) if isinstance(value, str) or hasattr(value, "translate") else value
    return f"'{text}" if isinstance(text, str) and text.startswith(RISKY) else text


def _csv(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([str(head) for head in heads])
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def _xlsx(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        for place, head in enumerate(heads):
            sheet.write_string(0, place, str(head), bold)
        for line, row in enumerate(rows, start=1):
            for place, value in enumerate(row):
                sheet.write(line, place, value)
        sheet.freeze_panes(1, 0)
    return out.getvalue()
