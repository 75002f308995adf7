"""The template of a list, to be filled in: heads, an example, drop-downs, notes. Every cell is text, so that no code
loses its zeros and no day is turned round.
"""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from baolei.sheets.kinds import Column, Kind

PREPARED = 5_000
"""So many rows have their drop-downs."""
LISTS = "选项"


def blank(kind: Kind) -> bytes:
    """The template of a kind as a workbook."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        page, notes, lists = book.add_worksheet(kind.name.zh), book.add_worksheet("说明"), book.add_worksheet(LISTS)
        _rows(book, page, kind)
        _lists(page, lists, kind)
        _notes(book, notes, kind)
        lists.hide()
    return out.getvalue()


def _rows(book: Any, page: Any, kind: Kind) -> None:
    as_text = book.add_format({"num_format": "@"})
    example = book.add_format({"num_format": "@", "italic": True, "font_color": "#566070", "bg_color": "#eeeeeb"})
    page.freeze_panes(1, 0)
    page.set_row(0, 30)
    for place, column in enumerate(kind.columns):
        page.set_column(place, place, max(14, 2 * len(column.name.zh) + 4), as_text)
        page.write_string(0, place, column.name.zh + ("*" if column.needed else ""), _head(book, column.needed))
        page.write_comment(0, place, f"{column.note.zh}\n{column.note.en}", {"x_scale": 1.6})
        page.write_string(1, place, column.sample, example)


def _head(book: Any, needed: bool) -> Any:
    colours = {"bg_color": "#1f5a96", "font_color": "#ffffff"} if needed else {"bg_color": "#e8eff7"}
    frame = {"border": 1, "border_color": "#b9bbb6", "valign": "vcenter"}
    return book.add_format({"bold": True, "num_format": "@", **frame, **colours})


def _lists(page: Any, lists: Any, kind: Kind) -> None:
    for place, column in enumerate(kind.columns):
        if not column.choices:
            continue
        words = [said[0] for said in column.choices.values()]
        lists.write_string(0, place, column.name.zh)
        for row, word in enumerate(words, 1):
            lists.write_string(row, place, word)
        letter = chr(65 + place)
        page.data_validation(1, place, PREPARED, place, {
            "validate": "list", "source": f"={LISTS}!${letter}$2:${letter}${len(words) + 1}", "error_type": "warning",
            "error_title": column.name.zh, "error_message": f"请从下拉框中选择{column.name.zh}",
        })  # fmt: skip


def _notes(book: Any, page: Any, kind: Kind) -> None:
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    page.set_column(0, 0, 22)
    page.set_column(1, 1, 60, wrap)
    lines: list[tuple[str, str]] = [
        (f"{kind.name.zh}导入模板", kind.about.zh), ("", kind.about.en), ("", ""), *GENERAL, ("", ""),
        *(_said(column) for column in kind.columns),
    ]  # fmt: skip
    for row, (head, words) in enumerate(lines):
        page.write_string(row, 0, head, bold)
        page.write_string(row, 1, words, wrap)


GENERAL = (
    ("怎样填写", "从第 2 行起填写；灰色的示例行可以保留，导入时自动跳过。表头可以换位置，不要改名。"),
    ("", "带 * 的列必填。空着的选填列不改动系统里已有的内容。"),
    ("", "已有的行按代码（党员按支部和姓名）对应：有变化的从生效日期起改，以前的记录不变。"),
    ("", "导入不会删除任何内容；表里没有的，系统里照旧。"),
    ("How to fill it in", "From row 2 on; the grey example may stay and is passed over. Columns marked * are needed."),
)


def _said(column: Column) -> tuple[str, str]:
    words = f"{column.note.zh}；" if column.note.zh else ""
    choices = f"可选：{'、'.join(said[0] for said in column.choices.values())}" if column.choices else ""
    return column.name.zh + ("*" if column.needed else ""), f"{words}{choices or f'例：{column.sample}'}"
