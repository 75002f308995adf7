"""Where the columns of a sheet stand: its head is found wherever it is, in whatever order and with whatever signs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from baolei.programme.cells import narrow
from baolei.sheets.kinds import Kind
from baolei.sheets.lines import unpacked
from baolei.sheets.scan import FileRefused, letters, place

SEARCHED = 20
"""So many rows from the top may be titles and notes before the head."""

CURE = ("错误与改法", "What is wrong and what to do")
"""The head of the column that a marked sheet comes back with; it may be sent again as it is."""
_SIGNS = re.compile(r"[\s*＊:：、/·]|\([^)]*\)|（[^）]*）|\[[^\]]*\]|【[^】]*】")


@dataclass(slots=True)
class Head:
    """The head of a sheet: its last row, the place of each column counted from 0, heads that mean nothing to us."""

    row: int
    places: dict[str, int] = field(default_factory=dict)
    strange: list[str] = field(default_factory=list)


def find(kind: Kind, rows: Sequence[tuple[int, Sequence[Any]]]) -> Head:
    """The head among the first rows. Raises FileRefused when a needed column is nowhere, or one stands twice."""
    names = _names(kind)
    best: Head | None = None
    for at, (_number, cells) in enumerate(rows[:SEARCHED]):
        above = rows[at - 1][1] if at else ()
        for group in ((), above):
            head = _read(names, rows[at][0], cells, group)
            if best is None or len(head.places) > len(best.places):
                best = head
    if best is None:
        raise FileRefused(("工作表是空的", "the sheet is empty"), _TAKE_TEMPLATE)
    _complete(kind, best)
    return best


def merged_below(head: Head, ranges: Sequence[str]) -> list[str]:
    """The merged ranges that reach below the head."""
    return [one for one in ranges if place(one.partition(":")[2] or one)[0] > head.row]


def merged_refused(merged: Sequence[str]) -> FileRefused:
    """The refusal of a sheet with merged cells below its head."""
    return FileRefused(
        (f"表头以下有合并单元格：{'、'.join(merged[:5])}",
         f"there are merged cells below the head: {', '.join(merged[:5])}"),
        ("请取消合并，把每一行填写完整后再上传", "Take the merging off, fill in every row, and send it again."),
    )  # fmt: skip


_TAKE_TEMPLATE = (
    "请下载模板，把内容粘贴进去，或把表头改成模板的写法",
    "Download the template and paste into it, or call the columns as it does.",
)


def _read(names: dict[str, str], number: int, cells: Sequence[Any], above: Sequence[Any]) -> Head:
    """A row as a head; where a cell says nothing, the one above it may (merged across two rows)."""
    head, twice = Head(number), []
    for at in range(max(len(cells), len(above))):
        said = [_plain(row[at]) for row in (cells, above) if at < len(row)]
        code = next((names[one] for one in said if one in names), None)
        if code is None:
            head.strange += [one for one in said[:1] if one and one not in map(_plain, CURE)]
        elif code in head.places:
            twice.append((code, at))
        else:
            head.places[code] = at
    head.strange += [f"{letters(at + 1)}" for _code, at in twice]
    return head


def _names(kind: Kind) -> dict[str, str]:
    """Every way a column may be called, as `_plain` leaves it."""
    found: dict[str, str] = {}
    for column in kind.columns:
        for said in (column.name.zh, column.name.en, column.code, *column.also):
            found.setdefault(_plain(said), column.code)
    return found


def _plain(cell: Any) -> str:
    raw = unpacked(cell)
    return _SIGNS.sub("", narrow(raw)).lower() if isinstance(raw, str) else ""


def _complete(kind: Kind, head: Head) -> None:
    missing = [column.name for column in kind.columns if column.needed and column.code not in head.places]
    if not missing:
        return
    zh, en = "、".join(one.zh for one in missing), ", ".join(one.en for one in missing)
    if len(head.places) < 2:
        raise FileRefused((f"找不到表头：应有{zh}等列", f"there is no head with the columns {en}"), _TAKE_TEMPLATE)
    raise FileRefused(
        (f"第 {head.row} 行的表头里缺少：{zh}", f"the head in row {head.row} lacks: {en}"), _TAKE_TEMPLATE
    )
