"""Rows about grids and their workers: what becomes of each, and how it is written. A row is a grid and one of its
workers, or a grid alone; a grid with several workers stands in several rows, a worker of several grids as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from baolei.matters.grids import CODE
from baolei.matters.models import Grid, GridCode, Holding, Worker
from baolei.organisations.models import OrganisationState, UnitState
from baolei.people.receipts import signs
from baolei.programme.matters import LOWEST
from baolei.sheets.errand import Errand
from baolei.sheets.journal import Journal
from baolei.sheets.lines import CHANGED, NEW, WRONG, Line
from baolei.sheets.says import changed_later, not_found, taken

DAY = timedelta(days=1)


def judge(lines: Sequence[Line], errand: Errand, known: dict[str, Any]) -> None:
    """Find out for each line what becomes of it; `known` is what rows before say of the same grids and workers."""
    asked = [line for line in lines if line.state != WRONG]
    units = {one.code: one for one in _open(UnitState, "unit", asked) if errand.holds(one.path)}
    branches = {one.code: one for one in _open(OrganisationState, "branch", asked)}
    here = {one.code: one for one in Grid.objects.filter(code__in=_said("code", asked), until=None)}
    people = {one.number: one for one in Worker.objects.filter(number__in=_said("worker", asked))}
    held = {(one.grid_id, one.worker_id): one for one in Holding.objects.filter(grid__in=here.values(), until=None)}
    for line in asked:
        unit, branch = units.get(line.values["unit"]), branches.get(line.values["branch"])
        _places(line, unit, branch)
        _once(line, known, people)
        if unit is None or line.state == WRONG:
            continue
        grid, worker = here.get(line.values["code"]), people.get(line.values["worker"])
        if grid is not None and grid.unit_id != unit.unit_id:
            taken(line, "code", line.values["code"])
            continue
        stands = held.get((grid.pk, worker.pk)) if grid and worker else None
        line.held = {"unit": unit.unit_id, "branch": branch.organisation_id if branch else None, "grid": grid,
                     "worker": worker, "stands": stands}  # fmt: skip
        _settle(line, errand)


def _open(states: Any, column: str, lines: Sequence[Line]) -> Any:
    return states.objects.open().filter(code__in=_said(column, lines))


def _said(column: str, lines: Sequence[Line]) -> set[str]:
    return {line.values[column] for line in lines if line.values.get(column)}


def _places(line: Line, unit: UnitState | None, branch: OrganisationState | None) -> None:
    """The unit is a village or community within reach, the branch one that serves it."""
    if unit is None:
        not_found(line, "unit", "单位", "unit", line.values["unit"])
    elif unit.level != LOWEST:
        line.wrong("unit", (f"{unit.name}不是嘎查村或社区", f"{unit.name} is no village or community"),
                   ("网格设在嘎查村、社区", "grids belong to villages and communities"))  # fmt: skip
    if line.values["branch"] and (branch is None or (unit is not None and branch.unit_id != unit.unit_id)):
        not_found(line, "branch", "党支部", "branch", line.values["branch"])


def _once(line: Line, known: dict[str, Any], people: Mapping[str, Worker]) -> None:
    """A number of a grid or worker means one and the same in all rows, and in the house."""
    number, name = line.values["worker"], line.values["worker_name"]
    if bool(number) != bool(name):
        line.wrong("worker_name", ("网格员编号和姓名要一起填", "a worker has a number and a name"),
                   ("补全，或者两格都不填", "fill in both or neither"))  # fmt: skip
    there = people[number].name if number in people else None
    for key, said, before in ((f"g{line.values['code']}", line.values["name"], None), (f"w{number}", name, there)):
        if said and (known.setdefault(key, before or said)) != said:
            line.wrong("name" if key[0] == "g" else "worker_name",
                       (f"同一编号已是“{known[key]}”", f"this number is that of {known[key]!r}"),
                       ("核对编号和名称", "check number and name"))  # fmt: skip


def _settle(line: Line, errand: Errand) -> None:
    grid, stands, values = line.held["grid"], line.held["stands"], line.values
    values["full_time"] = bool(values["full_time"])
    if grid is None or (values["worker"] and stands is None):
        line.state = NEW
    before: dict[str, Any] = {}
    if grid is not None and grid.name != values["name"]:
        before["name"] = grid.name
    if grid is not None and values["branch"] and grid.organisation_id != line.held["branch"]:
        before["branch"] = ""
    if stands is not None and stands.full_time != values["full_time"]:
        before["full_time"] = stands.full_time
        if stands.since > errand.day:
            changed_later(line, values["worker_name"], stands.since, errand.day)
    if line.state != NEW:
        line.settle(before)
    line.node = grid.pk if grid else None


def write(lines: Sequence[Line], errand: Errand, journal: Journal) -> None:
    """Write the new and the changed among lines that were judged against the house alone."""
    mine = [line for line in lines if line.state in (NEW, CHANGED)]
    grids, people = _grids(mine, errand, journal), _people(mine, journal)
    seen = set[tuple[int, int]]()
    rows = []
    for line in mine:
        if not line.values["worker"]:
            continue
        pair, stands = (grids[line.values["code"]], people[line.values["worker"]]), line.held["stands"]
        full = line.values["full_time"]
        if pair in seen or (stands and stands.full_time == full):
            continue
        seen.add(pair)
        if stands and stands.since == errand.day:
            journal.change([stands], full_time=full)
            continue
        if stands:
            journal.change([stands], until=errand.day - DAY)
        rows.append((*pair, full, errand.day))
    journal.make(Holding, ("grid_id", "worker_id", "full_time", "since"), rows)


def _grids(lines: Sequence[Line], errand: Errand, journal: Journal) -> dict[str, int]:
    """The numbers (pk) of the grids of these rows; new ones made with their codes, the others changed."""
    first = {line.values["code"]: line for line in reversed(lines)}
    new = {code: line for code, line in first.items() if line.held["grid"] is None}
    numbers = journal.make(
        Grid, ("unit_id", "code", "name", "organisation_id", "since", "taken"),
        [(line.held["unit"], code, line.values["name"], line.held["branch"], errand.day, 0)
         for code, line in new.items()],
    )  # fmt: skip
    journal.make(GridCode, ("grid_id", "code", "since"), [(number, signs(CODE), errand.day) for number in numbers])
    found = dict(zip(new, numbers, strict=True))
    for code, line in first.items():
        grid = line.held["grid"]
        if grid is not None:
            found[code] = grid.pk
            if "name" in line.before or "branch" in line.before:
                journal.change([grid], name=line.values["name"],
                               organisation_id=line.held["branch"] or grid.organisation_id)  # fmt: skip
    return found


def _people(lines: Sequence[Line], journal: Journal) -> dict[str, int]:
    """The numbers (pk) of the workers of these rows, new ones made."""
    found = {line.values["worker"]: line.held["worker"] for line in lines if line.values["worker"]}
    names = {line.values["worker"]: line.values["worker_name"] for line in lines}
    new = [number for number, worker in found.items() if worker is None]
    made = journal.make(Worker, ("number", "name"), [(number, names[number]) for number in new])
    return {number: worker.pk for number, worker in found.items() if worker} | dict(zip(new, made, strict=True))
