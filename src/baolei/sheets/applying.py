"""Write a batch into the house, chunk by chunk. Each chunk is one transaction that also says how far it came: whatever
dies, whenever, the next process goes on where the last whole chunk ended.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from baolei.ledger.actions import record
from baolei.sheets.errand import Errand, errand
from baolei.sheets.handlers import HANDLERS
from baolei.sheets.journal import Journal
from baolei.sheets.lease import still_mine
from baolei.sheets.lines import CHANGED, NEW, WRONG, Line, restored
from baolei.sheets.models import Batch, Row
from baolei.sheets.reverting import take_back
from baolei.sheets.states import ChangedLater
from baolei.sheets.touched import look_again


class Overtaken(Exception):
    """The house has changed since the rows were looked at: a row that was right is wrong now."""

    def __init__(self, line: Line, zh: str, en: str) -> None:
        self.notes = [["stopped", f"第 {line.number} 行：{zh}", f"row {line.number}: {en}"]]
        super().__init__(en)


def apply(batch: Batch, now: datetime) -> None:
    """Write what is left of a batch and look at what it touched anew. All of it or, where a row has become wrong in the
    meantime, nothing. Raises Lost.
    """
    chunks = _chunks(batch)
    try:
        while batch.chunk < chunks:
            _chunk(batch, errand(batch, now), now)
    except Overtaken as overtaken:
        still_mine(batch, now, being=Batch.APPLYING, state=Batch.STOPPING, notes=batch.notes + overtaken.notes)
        take_back(batch, now)
        return
    _finish(batch, now)


def _chunks(batch: Batch) -> int:
    last = (
        Row.objects.filter(batch=batch, place__isnull=False).order_by("-place").values_list("place", flat=True).first()
    )
    return 0 if last is None else last // batch.step + 1


@transaction.atomic
def _chunk(batch: Batch, task: Errand, now: datetime) -> None:
    """Write the next chunk, if it is still the next one."""
    here = batch.chunk
    still_mine(batch, now, being=Batch.APPLYING, chunk=here + 1, tries=0)
    span = (here * batch.step, (here + 1) * batch.step - 1)
    rows = list(Row.objects.filter(batch=batch, place__range=span, state__in=(NEW, CHANGED)).order_by("place"))
    lines = [Line(row.number, restored(task.kind, row.values)) for row in rows]
    handler, journal = HANDLERS[batch.kind], Journal(batch, here)
    handler.judge(lines, task, {})
    for line in lines:
        if line.state == WRONG:
            raise Overtaken(line, line.faults[0].wrong.zh, line.faults[0].wrong.en)
    try:
        handler.write(lines, task, journal)
    except ChangedLater as refused:
        raise Overtaken(lines[0], "要移动的组织之下，有生效日期之后的变更", str(refused)) from refused
    journal.write()
    still_mine(batch, now, being=Batch.APPLYING, done=batch.done + len(lines))


@transaction.atomic
def _finish(batch: Batch, now: datetime) -> None:
    look_again(batch, now)
    still_mine(batch, now, being=Batch.APPLYING, state=Batch.APPLIED, closed=now, worker="", tries=0)
    recorded(batch, "applied", now, {"counts": batch.counts})


def recorded(batch: Batch, step: str, now: datetime, after: dict[str, Any]) -> None:
    """One entry of the ledger for one step of a batch."""
    path = errand(batch, now).path
    told = {"file": batch.name, "sha256": batch.digest, "kind": batch.kind, "day": batch.day.isoformat(), **after}
    record(actor=None, act=f"sheets.{step}", subject=f"batch:{batch.pk}", path=path, now=now, why=batch.why, after=told)
