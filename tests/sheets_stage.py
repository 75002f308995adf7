"""A township with two branches, and its clerk who sends spreadsheets."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

import xlsxwriter

import stage
from baolei.organisations import actions as organisations
from baolei.organisations.actions import Act
from baolei.organisations.models import Member, Membership, Organisation
from baolei.people.models import Account
from baolei.sheets import actions, jobs
from baolei.sheets.actions import Sent
from baolei.sheets.kinds import kinds
from baolei.sheets.models import Batch, Row
from baolei.warehouse.rulebook import setup_rules

BEGUN, DAY = date(2020, 1, 1), date(2026, 11, 1)
NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
TOWNSHIP, VILLAGE = "150422103", "150422103216"

Cells = list[list[Any]]


def act(on: date = BEGUN) -> Act:
    return Act(actor=None, now=NOW, on=on, why="批复", rules=setup_rules(on))


def town() -> dict[str, Organisation]:
    """碧流台镇党委 with two branches in 东方红村: B1 of nine full members, B2 of two."""
    home, village = stage.unit(TOWNSHIP), stage.unit(VILLAGE)
    made = dict[str, Organisation]()
    for code, name, kind, above, unit in (
        ("C1", "碧流台镇党委", "local_committee", None, home),
        ("W1", "碧流台镇机关党委", "grassroots_committee", "C1", home),
        ("B1", "东方红村党支部", "branch", "W1", village), ("B2", "碧流台村党支部", "branch", "W1", village),
    ):  # fmt: skip
        made[code] = organisations.establish(
            act=act(), code=code, name=name, kind=kind, above=made.get(above or ""), unit=unit.unit, document="批1",
            field="village" if kind == "branch" else "",
        ).organisation  # fmt: skip
    for code, number in (("B1", 9), ("B2", 2)):
        for place in range(number):
            member = Member.objects.create(
                name=f"党员{code}{'甲乙丙丁戊己庚辛壬'[place]}", joined=date(2001, 7, place + 1)
            )
            Membership.objects.create(member=member, organisation=made[code], kind="full", since=BEGUN)
    return made


def clerk(code: str = TOWNSHIP) -> Account:
    return stage.mandated(code)


def workbook(rows: Cells, **options: Any) -> bytes:
    """Rows as a workbook."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **options}) as book:
        page = book.add_worksheet("表")
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                page.write(number, place, cell)
    return out.getvalue()


def heads(kind: str) -> list[str]:
    return [column.name.zh for column in kinds(DAY)[kind].columns]


def send(
    kind: str, rows: Cells, *, by: Account | None = None, unit: str = TOWNSHIP, day: date = DAY, body: bytes = b""
) -> Batch:
    """Send rows under the heads of their kind, and have them read."""
    sender = by or Account.objects.filter(username=f"organiser-{unit}").first() or clerk(unit)
    sent = body or workbook([heads(kind), *rows])
    batch, new = actions.send(
        actor=sender, unit=stage.unit(unit), kind=kind, day=day, why="依据1号文", sent=Sent("表.xlsx", [sent]), now=NOW
    )
    assert new
    return work(batch)


def work(batch: Batch) -> Batch:
    """What the worker does with a batch."""
    jobs.run(batch.pk)
    batch.refresh_from_db()
    return batch


def applied(kind: str, rows: Cells, **more: Any) -> Batch:
    """Sent, read, and written."""
    batch = send(kind, rows, **more)
    assert batch.state == Batch.READY, batch.notes
    assert batch.counts["wrong"] == 0, faults(batch)
    return write(batch)


def write(batch: Batch, *, only_right: bool = False) -> Batch:
    actions.apply(actor=batch.sender, batch=batch, only_right=only_right, now=NOW)
    return work(batch)


def revert(batch: Batch) -> Batch:
    actions.revert(actor=batch.sender, batch=batch, why="传错了", now=NOW)
    return work(batch)


def faults(batch: Batch) -> dict[int, list[list[str]]]:
    """What is wrong: for each row the columns with what is said of them."""
    rows = Row.objects.filter(batch=batch, state="wrong")
    return {row.number: [[one[0], one[1]] for one in row.faults] for row in rows}


def counts(batch: Batch) -> tuple[int, ...]:
    """New, changed, same, wrong, skipped."""
    return tuple(batch.counts[name] for name in ("new", "changed", "same", "wrong", "skipped"))
