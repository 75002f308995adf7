"""Read a file that was sent and find out, row by row, what would become of it. Nothing in the house is touched."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from baolei.organisations.pouring import pour, take_stock
from baolei.programme.cells import CellRefused
from baolei.sheets import child, heads, limits
from baolei.sheets.errand import Errand, errand
from baolei.sheets.handlers import HANDLERS, Handler, Key
from baolei.sheets.heads import Head
from baolei.sheets.lease import still_mine
from baolei.sheets.lines import CHANGED, NEW, SAME, WRONG, Line, is_sample, kept, read, unpacked
from baolei.sheets.models import Batch, Row
from baolei.sheets.scan import FileRefused, letters, place

Cells = tuple[int, list[Any]]
RING = 10**6


def stage(batch: Batch, now: datetime) -> None:
    """Read the file of a batch and leave it ready to be looked at, or refused with the reason. Begins anew if cut off.

    Raises Lost.
    """
    sent, out = upload(batch), upload(batch).with_suffix(".rows")
    try:
        about = child.read(sent, out)
        _Staging(batch, errand(batch, now), about, out, now).run()
    except FileRefused as refused:
        _refuse(batch, refused, now)
    finally:
        out.unlink(missing_ok=True)
    sent.unlink(missing_ok=True)


def upload(batch: Batch) -> Path:
    """Where the file of a batch is kept until it has been read."""
    return Path(settings.BAOLEI_UPLOADS) / batch.kept_as


def _refuse(batch: Batch, refused: FileRefused, now: datetime) -> None:
    Row.objects.filter(batch=batch).delete()
    notes = [["refused", refused.zh, refused.en]]
    still_mine(batch, now, being=Batch.WAITING, state=Batch.REFUSED, notes=notes, closed=now, worker="")


class _Staging:
    """One pass over the rows of a file for each layer of the tree, parents before children; chunk by chunk."""

    def __init__(self, batch: Batch, task: Errand, about: dict[str, Any], out: Path, now: datetime) -> None:
        self.batch, self.errand, self.about, self.out, self.now = batch, task, about, out, now
        self.handler: Handler = HANDLERS[batch.kind]
        self.head: Head = heads.find(task.kind, list(islice(child.rows(out), heads.SEARCHED)))
        self.broken = _broken(about["broken"])
        self.seen: dict[Key, dict[Any, int]] = {}
        self.known: dict[str, Any] = {}
        self.codes: dict[str, int] = {}
        self.counts = dict.fromkeys((NEW, CHANGED, SAME, WRONG, "skipped"), 0)
        self.place = self.done = 0

    def run(self) -> None:
        """Read everything."""
        merged = heads.merged_below(self.head, self.about["merged"])
        if merged:
            raise heads.merged_refused(merged)
        Row.objects.filter(batch=self.batch).delete()
        waves = self._waves() if self.handler.stacked else {}
        self._above()
        for wave in sorted(set(waves.values())) or [0]:
            self.place = -(-self.place // limits.CHUNK) * limits.CHUNK  # a layer begins a chunk of its own
            rows = (row for row in self._rows() if waves.get(row[0], 0) == wave)
            while chunk := list(islice(rows, limits.CHUNK)):
                self._chunk(chunk, ring=wave == RING)
        take_stock(Row)
        self._finish()

    def _rows(self) -> Iterator[Cells]:
        return (row for row in child.rows(self.out) if row[0] > self.head.row)

    def _waves(self) -> dict[int, int]:
        """For each row how many rows of this sheet it stands under; RING where it stands under itself."""
        columns = {code: self.errand.kind.column(code) for code in ("code", "above")}
        above: dict[str, str] = {}
        code_of: dict[int, str] = {}
        for number, cells in self._rows():
            said = {code: _clean(column, cells, self.head.places.get(code)) for code, column in columns.items()}
            if said["code"]:
                code_of[number] = said["code"]
                above.setdefault(said["code"], said["above"])
                self.codes.setdefault(said["code"], number)
        depth = _depths(above)
        self.batch.total = sum(1 for _ in self._rows())
        return {number: depth[code] for number, code in code_of.items()} | dict.fromkeys(
            (number for number, _ in self._rows() if number not in code_of), 0
        )

    def _above(self) -> None:
        """Keep what stands above the rows, so that the sheet can be given back as it was."""
        top = [row for row in islice(child.rows(self.out), heads.SEARCHED) if row[0] <= self.head.row]
        Row.objects.bulk_create([Row(batch=self.batch, number=number, cells=cells) for number, cells in top])
        self.batch.total = self.batch.total or sum(1 for _ in self._rows())

    def _chunk(self, chunk: Sequence[Cells], *, ring: bool) -> None:
        lines, cells_of = [], {}
        for number, cells in chunk:
            cells_of[number] = cells
            if is_sample(self.errand.kind, self.head.places, cells):
                self.counts["skipped"] += 1
                continue
            lines.append(line := self._line(number, cells))
            if ring:
                line.wrong("above", ("上级代码绕成了一圈", "what stands above goes round in a ring"),
                           ("核对这一行和它上级的代码", "check the codes of this row and of those above"))  # fmt: skip
        self.handler.judge(lines, self.errand, self.known)
        with transaction.atomic():
            self._keep(lines, cells_of)
            self.done += len(chunk)
            still_mine(self.batch, self.now, being=Batch.WAITING, done=self.done, total=self.batch.total)

    def _line(self, number: int, cells: list[Any]) -> Line:
        line = read(self.errand.kind, self.head.places, number, cells, bool(self.about["epoch1904"]))
        for at in self.broken.get(number, ()):
            if column := next((code for code, stands in self.head.places.items() if stands == at - 1), None):
                line.wrong(column, (f"单元格 {letters(at)}{number} 是出错的公式",
                                    f"cell {letters(at)}{number} is a broken formula"),
                           ("改成它应有的值", "write the value it should have"))  # fmt: skip
        if line.state != WRONG:
            self._once(line)
        return line

    def _once(self, line: Line) -> None:
        """Each thing stands in one row."""
        key, mark = self.handler.key(line.values)
        rows = self.seen.setdefault(key, {})
        first = rows.get(mark) or (next(iter(rows.values())) if rows and (mark is None or None in rows) else None)
        rows.setdefault(mark, line.number)
        if first:
            line.wrong("", (f"与第 {first} 行重复", f"the same as row {first}"),
                       ("两行留一行；若是同名的两人，都填写入党日期",
                        "keep one; for two people of one name give both their days of joining"))  # fmt: skip

    def _keep(self, lines: Sequence[Line], cells_of: dict[int, list[Any]]) -> None:
        rows = []
        for line in lines:
            self._say_why(line)
            self.counts[line.state] += 1
            rows.append(_row(self.batch, line, self.place, cells_of.pop(line.number)))
            self.place += 1
        rows += [_row(self.batch, Line(number, {}), None, cells) for number, cells in cells_of.items()]
        pour(Row, ("batch_id", "number", "place", "state", "cells", "values", "faults", "before"), rows)

    def _say_why(self, line: Line) -> None:
        """Where what stands above is in this sheet and wrong itself, say that instead of 'not found'."""
        above = line.values.get("above")
        if line.missing == "above" and above in self.codes:
            line.faults = [one for one in line.faults if one.column != "above"]
            number = self.codes[above]
            line.wrong("above", (f"上级在第 {number} 行，那一行有错",
                                 f"what it stands under is in row {number}, which is wrong"),
                       (f"先改正第 {number} 行", f"put row {number} right first"))  # fmt: skip

    def _finish(self) -> None:
        about, head = self.about, self.head
        held = {"row": head.row, "places": head.places, "format": about["format"], "sheet": about.get("sheet", "")}
        still_mine(
            self.batch, self.now, being=Batch.WAITING, state=Batch.READY, head=held, notes=self._notes(),
            counts=self.counts, step=limits.CHUNK, chunk=0, done=0, tries=0, worker="",
        )  # fmt: skip

    def _notes(self) -> list[list[str]]:
        about, notes = self.about, []
        if about["hidden"]:
            shown = "、".join(map(str, about["hidden"][:5]))
            notes.append(["hidden", f"有 {len(about['hidden'])} 行是隐藏的（第 {shown} 行等），也一并读入",
                          f"{len(about['hidden'])} hidden rows ({shown}, …) were read as well"])  # fmt: skip
        if about["others"]:
            shown = "、".join(about["others"][:5])
            notes.append(["others", f"只读入第一个可见的工作表“{about['sheet']}”，未读：{shown}",
                          f"only the first sheet {about['sheet']!r} was read, not: {shown}"])  # fmt: skip
        if self.head.strange:
            shown = "、".join(one[:20] for one in self.head.strange[:8])
            notes.append(
                ["strange", f"这些列不需要，未读入：{shown}", f"these columns are not needed and not kept: {shown}"]
            )
        return notes


def _row(batch: Batch, line: Line, at: int | None, cells: list[Any]) -> tuple[Any, ...]:
    held = (cells, kept(line.values), [one.plain() for one in line.faults], kept(line.before))
    return (batch.pk, line.number, at, line.state, *(json.dumps(one, ensure_ascii=False) for one in held))


def _clean(column: Any, cells: list[Any], at: int | None) -> Any:
    try:
        return column.clean(unpacked(cells[at]), False) if at is not None and at < len(cells) else None
    except CellRefused:
        return None


def _broken(cells: Sequence[str]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for one in cells:
        row, column = place(one)
        found.setdefault(row, []).append(column)
    return found


def _depths(above: dict[str, str]) -> dict[str, int]:
    """How many of the keys each key stands under; RING in a ring and below one."""
    depth: dict[str, int] = {}
    for start in above:
        way, code = dict[str, None](), start
        while code in above and code not in depth and code not in way:
            way[code] = None
            code = above[code]
        at = RING if code in way else depth.get(code, -1)
        for one in reversed(way):
            depth[one] = at = RING if at == RING else at + 1
    return depth
