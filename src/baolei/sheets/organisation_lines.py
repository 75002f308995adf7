"""Rows about Party organisations: what becomes of each, and how it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from baolei.organisations import doors
from baolei.organisations.actions import may_stand
from baolei.organisations.models import Organisation, OrganisationState, UnitState, segment_of
from baolei.organisations.spelling import initials
from baolei.organisations.units import NotPossible
from baolei.sheets.errand import Errand
from baolei.sheets.journal import Journal
from baolei.sheets.lines import CHANGED, NEW, WRONG, Line
from baolei.sheets.says import changed_later, not_found, taken, under_itself
from baolei.sheets.states import move, restate


@dataclass(slots=True)
class Node:
    """An organisation that another may stand under: in the house, or (number 0) earlier in the same sheet."""

    number: int
    name: str
    kind: str
    path: str


Known = dict[str, Node]


@dataclass(frozen=True, slots=True)
class House:
    """What the house knows of the codes in some lines: states by code, which of them are within reach, units by code,
    the codes of what stands above and of the units served, by number.
    """

    here: dict[str, OrganisationState]
    inside: set[int]
    units: dict[str, int]
    above: dict[int, str]
    serves: dict[int, str]


def judge(lines: Sequence[Line], errand: Errand, known: Known) -> None:
    """Find out for each line what becomes of it; `known` are the lines before, of which some stand above these."""
    house = _house(lines, errand)
    for line in lines:
        if line.state == WRONG:
            continue
        _judge(line, house, errand, known)
        if line.state != WRONG:
            values = line.values
            known[values["code"]] = Node(0, values["name"], values["kind"], line.held["path"])


def _house(lines: Sequence[Line], errand: Errand) -> House:
    asked = {line.values[column] for line in lines for column in ("code", "above") if line.values.get(column)}
    here = {one.code: one for one in OrganisationState.objects.open().filter(code__in=asked)}
    numbers = [one.organisation_id for one in here.values()]
    inside = doors.organisations(errand.scope).filter(organisation__in=numbers)
    homes = {line.values["unit"] for line in lines if line.values.get("unit")}
    units = UnitState.objects.open().under(errand.path).filter(code__in=homes)
    tops = OrganisationState.objects.open().filter(organisation__in={one.above_id for one in here.values()})
    served = UnitState.objects.open().filter(unit__in={one.unit_id for one in here.values()})
    return House(
        here, set(inside.values_list("organisation_id", flat=True)), dict(units.values_list("code", "unit_id")),
        dict(tops.values_list("organisation_id", "code")), dict(served.values_list("unit_id", "code")),
    )  # fmt: skip


def _judge(line: Line, house: House, errand: Errand, known: Known) -> None:
    values = line.values
    state = house.here.get(values["code"])
    if state is not None and state.organisation_id not in house.inside:
        taken(line, "code", values["code"])
        return
    unit = house.units.get(values["unit"])
    if unit is None:
        not_found(line, "unit", "单位", "unit", values["unit"])
    above = _above(line, state, house, known)
    _fits(line, above, errand)
    if state is None:
        line.state = line.state or NEW
        line.held = {"unit": unit, "above": above, "path": f"{above.path if above else ''}+{values['code']}"}
        return
    if above and above.path.startswith(state.path):
        under_itself(line, above.name, state.name)
    elif state.since > errand.day:
        changed_later(line, state.name, state.since, errand.day)
    elif line.state != WRONG:
        _settle(line, state, unit, above, house)


def _above(line: Line, state: OrganisationState | None, house: House, known: Known) -> Node | None:
    """What the line stands under. Where it stands already it may stay, even when that is out of reach."""
    code = line.values["above"]
    if code is None and state is not None:
        code = line.values["above"] = house.above.get(state.above_id or 0)
    if code is None:
        return None
    if code in known:
        return known[code]
    top = house.here.get(code)
    stays = state is not None and house.above.get(state.above_id or 0) == code
    if top is None and stays:
        top = OrganisationState.objects.open().get(organisation=state.above_id) if state else None
    if top is None or not (stays or top.organisation_id in house.inside):
        not_found(line, "above", "党组织", "Party organisation", code)
        return None
    return Node(top.organisation_id, top.name, top.kind, top.path)


def _fits(line: Line, above: Node | None, errand: Errand) -> None:
    """Whether the rules let an organisation of this kind stand there."""
    if line.state == WRONG:
        return
    kinds, kind = errand.rules.kinds, errand.rules.kinds[line.values["kind"]]
    try:
        may_stand(kind.code, above, errand.rules)
    except NotPossible as refused:
        under = "、".join(kinds[one].name.zh for one in kind.under)
        where = f"在{above.name}（{kinds[above.kind].name.zh}）之下" if above else "没有上级"
        line.wrong("above", (f"{kind.name.zh}不能{where}", str(refused)),
                   (f"上级应是：{under}", ", ".join(kinds[one].name.en for one in kind.under)))  # fmt: skip


def _settle(
    line: Line, state: OrganisationState, unit: int | None, above: Node | None, house: House
) -> None:  # fmt: skip
    """An empty cell leaves what is there."""
    values, before = line.values, dict[str, Any]()
    stood = {"name": state.name, "kind": state.kind, "field": state.field or None, "unit_active": state.unit_active,
             "above": house.above.get(state.above_id or 0), "unit": house.serves.get(state.unit_id, "")}  # fmt: skip
    for column, old in stood.items():
        if values[column] is None:
            values[column] = old
        elif values[column] != old:
            before[column] = old
    line.settle(before)
    line.node = state.organisation_id
    path = (above.path if above else "") + segment_of(state.organisation_id) if "above" in before else state.path
    line.held = {"unit": unit, "above": above, "state": state, "path": path}


def write(lines: Sequence[Line], errand: Errand, journal: Journal) -> None:
    """Write the new and the changed among lines that were judged against the house alone."""
    new = [line for line in lines if line.state == NEW]
    numbers = journal.make(Organisation, (), [()] * len(new)) if new else []
    journal.make(
        OrganisationState,
        ("organisation_id", "code", "name", "initials", "kind", "field", "above_id", "unit_id", "unit_active", "path",
         "since"),
        [_row(number, line, errand) for number, line in zip(numbers, new, strict=True)],
    )  # fmt: skip
    stays = [line for line in lines if line.state == CHANGED and "above" not in line.before]
    restate(journal, [line.held["state"] for line in stays], [_news(line) for line in stays], errand.day)
    for line in lines:
        if line.state == CHANGED and "above" in line.before:
            _move(line, errand, journal)


def _row(number: int, line: Line, errand: Errand) -> tuple[Any, ...]:
    values, above = line.values, line.held["above"]
    path = (above.path if above else "") + segment_of(number)
    return (number, values["code"], values["name"], initials(values["name"]), values["kind"], values["field"] or "",
            above.number if above else None, line.held["unit"], values["unit_active"] is not False, path,
            errand.day)  # fmt: skip


def _news(line: Line) -> dict[str, Any]:
    values = line.values
    return {"name": values["name"], "initials": initials(values["name"]), "kind": values["kind"],
            "field": values["field"] or "", "unit_id": line.held["unit"],
            "unit_active": values["unit_active"]}  # fmt: skip


def _move(line: Line, errand: Errand, journal: Journal) -> None:
    state = OrganisationState.objects.open().get(organisation=line.node)
    above = OrganisationState.objects.open().get(organisation=line.held["above"].number)
    path = above.path + segment_of(state.organisation_id)
    move(journal, state, path, {**_news(line), "above_id": above.organisation_id}, errand.day)
