"""What a batch would do, as its page shows it: counts, examples of each sort of row, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from baolei.sheets.kinds import Kind
from baolei.sheets.lines import CHANGED, NEW, SAME, WRONG, Fault
from baolei.sheets.models import Batch, Row
from baolei.warehouse.spreadsheets import Column, Grid, Value

EXAMPLES, FAULTS = 8, 50
MEANT = (NEW, CHANGED, SAME, WRONG)
"""What a row can be that is neither empty nor the example of the template."""


@dataclass(frozen=True, slots=True)
class Example:
    """A row: its number, and for each column what it says and what stood there ('' where nothing changes)."""

    number: int
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that is wrong: row, column, what, and what would be right."""

    number: int
    column: str
    wrong: str
    right: str


def examples(batch: Batch, kind: Kind, state: str) -> list[Example]:
    """The first rows of a state."""
    rows = Row.objects.filter(batch=batch, state=state).order_by("number")[:EXAMPLES]
    return [Example(row.number, tuple(_cell(row, column) for column in kind.columns)) for row in rows]


def _cell(row: Row, column: Any) -> tuple[str, str]:
    before = column.shown(row.before[column.code]) or "—" if column.code in row.before else ""
    return column.shown(row.values.get(column.code)), before


def faults(batch: Batch, kind: Kind, language: str, most: int = FAULTS) -> list[Said]:
    """What is wrong, in the order of the rows."""
    names = {column.code: column.name.say(language) for column in kind.columns}
    found = []
    for row in Row.objects.filter(batch=batch, state=WRONG).order_by("number")[:most]:
        for one in map(Fault.of, row.faults):
            name = names.get(one.column, _("the whole row"))
            found.append(Said(row.number, name, one.wrong.say(language), one.right.say(language)))
    return found[:most]


def fault_grid(batch: Batch, kind: Kind, language: str) -> Grid:
    """All that is wrong, as a file."""
    columns = (Column(_("Row"), "whole"), Column(_("Column")), Column(_("What is wrong")),
               Column(_("What would be right")))  # fmt: skip
    most = batch.counts.get(WRONG, 0) * len(kind.columns)
    return Grid(_("What is wrong"), columns, [
        (one.number, one.column, one.wrong, one.right) for one in faults(batch, kind, language, most)
    ])  # fmt: skip


def shown(batch: Batch, kind: Kind, language: str) -> dict[str, Any]:
    """Everything the page of a batch says."""
    counts = batch.counts
    meant = counts.get(NEW, 0) + counts.get(CHANGED, 0)
    samples = [
        (name, rows)
        for name, state in ((_("New"), NEW), (_("Changed"), CHANGED))
        if (rows := examples(batch, kind, state))
    ]
    notes = [(code, zh if language.startswith("zh") else en) for code, zh, en in batch.notes]
    return {
        "kind": kind, "samples": samples, "faults": faults(batch, kind, language) if counts.get(WRONG) else [],
        "notes": notes, "meant": meant, "wrong": counts.get(WRONG, 0), "percent": _percent(batch),
        "nothing_filled": batch.state == Batch.READY and not any(counts.get(one) for one in MEANT),
    }  # fmt: skip


def _percent(batch: Batch) -> int:
    return min(100, 100 * batch.done // batch.total) if batch.total else 0


def grid_rows(batches: list[Batch], names: dict[int, str]) -> list[tuple[Value, ...]]:
    """Spreadsheets as rows of a file."""
    return [
        (one.pk, one.name, one.get_kind_display(), names.get(one.unit_id, ""), one.day, one.get_state_display(),
         one.counts.get(NEW, 0), one.counts.get(CHANGED, 0), one.counts.get(WRONG, 0), one.sender.name,
         one.at.isoformat(timespec="seconds"), one.digest)
        for one in batches
    ]  # fmt: skip


def grid(rows: Iterable[tuple[Value, ...]]) -> Grid:
    """The list of spreadsheets as a file."""
    columns = (Column(_("Number"), "whole"), Column(_("File")), Column(_("List of")), Column(_("For the unit")),
               Column(_("Holds from"), "day"), Column(_("Standing")), Column(_("New"), "whole"),
               Column(_("Changed"), "whole"), Column(_("Wrong"), "whole"), Column(_("Sent by")),
               Column(_("Sent at")), Column("SHA-256"))  # fmt: skip
    return Grid(_("Spreadsheets"), columns, rows)
