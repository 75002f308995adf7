"""The process that opens what somebody sent: one file in, lines of JSON out, little memory, nothing to lose.

`python -m baolei.sheets.reader UPLOAD OUT` writes OUT: a first line about the file, then one line for each row that is
not empty, `[row number, cell, cell, ...]`. A day is written ["d", "2021-07-01"], a moment ["t", ...]. No Django here:
what is read cannot reach what we know, and when a library breaks, only this process ends.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import sys
from collections.abc import Iterator
from typing import Any

from baolei.sheets import limits
from baolei.sheets.scan import SAVE_AGAIN, SPLIT, FileRefused, Scanned, locked, long_cell, scan

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
About = dict[str, Any]
Rows = Iterator[tuple[int, list[Any]]]

_AS_UTF8 = (
    "请在 Excel 或 WPS 中另存为“CSV UTF-8”或 .xlsx 再上传",
    "Save it as 'CSV UTF-8' or as .xlsx with Excel or WPS, and upload that.",
)


def opened(path: str) -> tuple[About, Rows]:
    """What the file is, and its rows. Raises FileRefused."""
    with open(path, "rb") as file:
        head = file.read(8)
    if head[:4] == ZIP:
        return _xlsx(path)
    if head == OLE:
        return _xls(path)
    if head[:2] == b"PK" or head[:4] == b"%PDF" or head[:5] == b"{\\rtf":
        raise FileRefused(("这不是表格文件", "this is no spreadsheet"), SAVE_AGAIN)
    return _csv(path)


def _xlsx(path: str) -> tuple[About, Rows]:
    scanned = scan(path)
    facts = scanned.facts
    about = {
        "format": "xlsx", "sheet": scanned.name, "others": scanned.others, "epoch1904": scanned.epoch1904,
        "hidden": facts.hidden, "merged": facts.merged, "broken": facts.broken,
    }  # fmt: skip
    return about, _calamine(path, scanned)


def _xls(path: str) -> tuple[About, Rows]:
    """The old binary format. Excel's encrypted xlsx has the same outside."""
    with open(path, "rb") as file:
        body = file.read()
    if "EncryptedPackage".encode("utf-16-le") in body:
        raise locked()
    if "_VBA_PROJECT".encode("utf-16-le") in body:
        raise FileRefused(("工作簿带有宏", "the workbook holds macros"), SAVE_AGAIN)
    if not any(name.encode("utf-16-le") in body for name in ("Workbook", "Book")):
        raise FileRefused(("这不是 Excel 工作簿", "this is no Excel workbook"), SAVE_AGAIN)
    about = {"format": "xls", "others": [], "epoch1904": False, "hidden": [], "merged": [], "broken": []}
    return about, _calamine(path, None)


def _calamine(path: str, scanned: Scanned | None) -> Rows:
    import python_calamine

    try:
        book = python_calamine.load_workbook(path)
        place = scanned.place if scanned else 0
        sheet = book.get_sheet_by_index(place)
    except python_calamine.PasswordError:
        raise locked() from None
    except Exception as error:
        raise FileRefused(
            ("文件已损坏或不完整", f"the file cannot be opened ({str(error)[:80]})"), SAVE_AGAIN
        ) from error
    if sheet.start is None:
        return
    if sheet.total_height > limits.ROWS or sheet.total_width > limits.COLUMNS:
        raise FileRefused(
            (
                f"超过 {limits.ROWS} 行或 {limits.COLUMNS} 列",
                f"more than {limits.ROWS} rows or {limits.COLUMNS} columns",
            ),
            SPLIT,
        )
    before = [None] * sheet.start[1]
    for number, cells in enumerate(sheet.iter_rows(), 1):
        yield number, [*before, *map(_cell, cells)]


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        if len(value) > limits.CELL:
            raise long_cell()
        return value or None
    if isinstance(value, dt.datetime):
        return ["t", value.isoformat()]
    if isinstance(value, dt.date):
        return ["d", value.isoformat()]
    if isinstance(value, (dt.time, dt.timedelta)):
        return str(value)
    return value


def _csv(path: str) -> tuple[About, Rows]:
    with open(path, "rb") as file:
        body = file.read()
    if b"\0" in body[:4096] or body.find(b"\0") >= 0:
        at = body.find(b"\0")
        raise FileRefused(
            (f"第 {at} 字节处有空字符，这不是文本", f"there is a NUL at byte {at}: this is no text"), _AS_UTF8
        )
    words, encoding = _decoded(body)
    about = {
        "format": "csv",
        "encoding": encoding,
        "others": [],
        "epoch1904": False,
        "hidden": [],
        "merged": [],
        "broken": [],
    }
    return about, _records(words)


def _decoded(body: bytes) -> tuple[str, str]:
    """UTF-8, or else GB18030, strictly: a guess would quietly corrupt names."""
    try:
        return body.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as first:
        try:
            return body.decode("gb18030"), "gb18030"
        except UnicodeDecodeError as second:
            raise FileRefused(
                (f"文字编码既不是 UTF-8（第 {first.start} 字节起），也不是 GB18030（第 {second.start} 字节起）",
                 f"the text is neither UTF-8 (from byte {first.start}) nor GB18030 (from byte {second.start})"),
                _AS_UTF8,
            ) from second  # fmt: skip


def _records(words: str) -> Rows:
    csv.field_size_limit(limits.CELL)
    first = words[: words.find("\n")] if "\n" in words else words
    mark = max(",\t;", key=first.count)
    reader = csv.reader(io.StringIO(words, newline=""), delimiter=mark, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            if number > limits.ROWS or len(cells) > limits.COLUMNS:
                raise FileRefused(
                    (f"第 {number} 行起超过 {limits.ROWS} 行或 {limits.COLUMNS} 列",
                     f"from row {number} on there are more than {limits.ROWS} rows or {limits.COLUMNS} columns"), SPLIT,
                )  # fmt: skip
            yield number, [cell or None for cell in cells]
    except csv.Error as error:
        if "field larger" in str(error):
            raise long_cell() from error
        raise FileRefused(
            (f"第 {number + 1} 行的引号没有配对，或文件不完整",
             f"in row {number + 1} a quotation mark is left open, or it is cut off"),
            _AS_UTF8,
        ) from error  # fmt: skip


def write(path: str, out: str) -> None:
    """Read `path` and write `out`, complete or not at all."""
    about, rows = opened(path)
    beside = out + ".part"
    with open(beside, "w", encoding="utf-8") as file:
        file.write(json.dumps(about, ensure_ascii=False) + "\n")
        for number, cells in rows:
            if any(cell is not None and (not isinstance(cell, str) or cell.strip()) for cell in cells):
                file.write(json.dumps([number, *cells], ensure_ascii=False) + "\n")
    os.replace(beside, out)


def limit() -> None:
    """Bound this process, where the system can."""
    try:
        import resource
    except ImportError:  # Windows: the scan before is all there is
        return
    resource.setrlimit(resource.RLIMIT_AS, (limits.MEMORY, limits.MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.SECONDS, limits.SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(arguments: list[str]) -> int:
    """0 when OUT was written, 3 with the reason as JSON on the output when the file is refused."""
    limit()
    try:
        write(*arguments)
    except FileRefused as refused:
        print(json.dumps([refused.zh, refused.en], ensure_ascii=False))
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
