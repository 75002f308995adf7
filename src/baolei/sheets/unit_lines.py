"""Rows about administrative units: what becomes of each, and how it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from baolei.organisations.models import Unit, UnitState, segment_of
from baolei.organisations.spelling import initials
from baolei.programme.organisation.levels import LEVELS
from baolei.sheets.errand import Errand
from baolei.sheets.journal import Journal
from baolei.sheets.lines import CHANGED, NEW, WRONG, Line
from baolei.sheets.says import changed_later, itself_or_outside, not_found, taken, under_itself
from baolei.sheets.states import move, restate


@dataclass(frozen=True, slots=True)
class Node:
    """A unit that another may stand under: in the house, or (number 0) earlier in the same sheet."""

    number: int
    name: str
    level: int
    path: str


Known = dict[str, Node]


def judge(lines: Sequence[Line], errand: Errand, known: Known) -> None:
    """Find out for each line what becomes of it; `known` are the lines before, of which some stand above these."""
    here = _held(lines)
    codes = dict(
        UnitState.objects.open().filter(unit__in={one.above_id for one in here.values()}).values_list("unit_id", "code")
    )
    for line in lines:
        if line.state == WRONG:
            continue
        _judge(line, here, codes, errand, known)
        if line.state != WRONG:
            node = line.held["above"]
            known[line.values["code"]] = Node(0, line.values["name"], node.level + 1, line.held["path"])


def _held(lines: Sequence[Line]) -> dict[str, UnitState]:
    asked = {line.values[column] for line in lines for column in ("code", "above") if line.values.get(column)}
    return {one.code: one for one in UnitState.objects.open().filter(code__in=asked)}


def _judge(line: Line, here: dict[str, UnitState], codes: dict[int, str], errand: Errand, known: Known) -> None:
    values, state = line.values, here.get(line.values["code"])
    if state is not None and not _within(line, state, errand):
        return
    above = known.get(values["above"]) or _node(here.get(values["above"]), errand)
    if above is None:
        not_found(line, "above", "单位", "unit", values["above"])
    elif above.level >= len(LEVELS):
        line.wrong("above", (f"{above.name}已是最末一级，下面不能再设单位", f"{above.name} is of the last level"),
                   ("填写乡镇、街道一级或以上的代码", "give the code of a township or above"))  # fmt: skip
    if state is None or above is None:
        line.state = line.state or NEW
        line.held = {"above": above, "path": f"{above.path}+{values['code']}" if above else ""}
        return
    if above.path.startswith(state.path):
        under_itself(line, above.name, state.name)
    elif state.since > errand.day:
        changed_later(line, state.name, state.since, errand.day)
    elif state.level != above.level + 1:
        line.wrong("above", (f"{state.name}是第 {state.level} 级，{above.name}是第 {above.level} 级",
                             f"{state.name} is of level {state.level}, {above.name} of level {above.level}"),
                   ("填写高一级单位的代码", "give the code of a unit one level above"))  # fmt: skip
    _settle(line, state, above, codes.get(state.above_id or 0, ""))


def _within(line: Line, state: UnitState, errand: Errand) -> bool:
    """Whether the unit is one that may be changed from here; notes the fault where it is not."""
    if not errand.holds(state.path):
        taken(line, "code", line.values["code"])
    elif state.path == errand.path:
        itself_or_outside(line, state.name)
    return line.state != WRONG


def _settle(line: Line, state: UnitState, above: Node, stood: str) -> None:
    before = {"name": state.name} if state.name != line.values["name"] else {}
    if stood != line.values["above"]:
        before["above"] = stood
    line.settle(before)
    line.node = state.unit_id
    path = above.path + segment_of(state.unit_id) if "above" in before else state.path
    line.held = {"above": above, "path": path, "state": state}


def _node(state: UnitState | None, errand: Errand) -> Node | None:
    if state is None or not errand.holds(state.path):
        return None
    return Node(state.unit_id, state.name, state.level, state.path)


def write(lines: Sequence[Line], errand: Errand, journal: Journal) -> None:
    """Write the new and the changed among lines that were judged against the house alone."""
    new = [line for line in lines if line.state == NEW]
    numbers = journal.make(Unit, (), [()] * len(new)) if new else []
    journal.make(
        UnitState, ("unit_id", "code", "name", "initials", "path", "since", "level", "above_id"),
        [_row(number, line, errand) for number, line in zip(numbers, new, strict=True)],
    )  # fmt: skip
    renamed = [line for line in lines if line.state == CHANGED and "above" not in line.before]
    restate(journal, [line.held["state"] for line in renamed], [_named(line) for line in renamed], errand.day)
    for line in lines:
        if line.state == CHANGED and "above" in line.before:
            _move(line, errand, journal)


def _row(number: int, line: Line, errand: Errand) -> tuple[Any, ...]:
    values, above = line.values, line.held["above"]
    path = above.path + segment_of(number)
    return (number, values["code"], values["name"], initials(values["name"]), path, errand.day, above.level + 1,
            above.number)  # fmt: skip


def _named(line: Line) -> dict[str, Any]:
    return {"name": line.values["name"], "initials": initials(line.values["name"])}


def _move(line: Line, errand: Errand, journal: Journal) -> None:
    state = UnitState.objects.open().get(unit=line.node)
    above = UnitState.objects.open().get(unit=line.held["above"].number)
    path = above.path + segment_of(state.unit_id)
    move(journal, state, path, {**_named(line), "above_id": above.unit_id}, errand.day)
