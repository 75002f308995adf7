"""Lists of centres, and of where villages lie, as they come from a spreadsheet: every row right, or nothing is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from baolei.centres import actions
from baolei.centres.actions import Entered
from baolei.centres.models import Centre, Spot
from baolei.ledger.actions import record
from baolei.organisations.doors import units, writing_scope
from baolei.organisations.models import UnitState
from baolei.people.models import Account
from baolei.programme.organisation.levels import LEVELS
from baolei.programme.refusals import ActRefused, Refusal
from baolei.programme.standard.edition import Text
from baolei.warehouse.rulebook import centres as centre_rules

SEPARATORS = "、,，;；/ "


@dataclass(frozen=True, slots=True)
class Said:
    """A row as it was sent: its number in the sheet, its values by column."""

    number: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with a row in a column ('' the whole row), and what would be right."""

    number: int
    column: str
    wrong: Text
    right: Text


class ListRefused(Refusal):
    """A list some of whose rows cannot be taken; nothing of it is kept."""

    def __init__(self, faults: Sequence[RowFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"{len(self.faults)} rows")


@transaction.atomic
def take_centres(
    *, actor: Account, now: datetime, unit: UnitState, name: str, digest: str, rows: Sequence[Said]
) -> int:
    """Enter the centres of a list for units at or below one; a name that stands there already is left as it is. How
    many are new. Raises NotPossible for a unit of somebody else's, ListRefused naming every row that is wrong.
    """
    today = localdate(now)
    actions.keeper(actor, unit, today)
    homes, faults, made = _homes(actor, unit, today), list[RowFault](), 0
    there = set(Centre.objects.values_list("unit", "name"))
    for row in rows:
        home = homes.get(row.values["unit"])
        if home is not None and (home.unit_id, row.values["name"]) in there:
            continue
        fault = _enter(actor, now, home, row, digest)
        faults += [fault] if fault else []
        if home is not None:
            there.add((home.unit_id, row.values["name"]))
        made += 1
    if faults:
        raise ListRefused(faults)
    record(actor=actor, act="centres.take_centres", subject=f"unit:{unit.unit_id}", path=unit.path, now=now,
           after={"file": name[:255], "sha256": digest, "rows": len(rows), "new": made})  # fmt: skip
    return made


@transaction.atomic
def take_spots(*, actor: Account, now: datetime, unit: UnitState, name: str, digest: str, rows: Sequence[Said]) -> int:
    """Say of villages at or below a unit where they lie, in the place of what was said before; how many. Raises
    NotPossible for a unit of somebody else's, ListRefused naming every row that is wrong.
    """
    today = localdate(now)
    actions.keeper(actor, unit, today)
    homes, faults = _homes(actor, unit, today), list[RowFault]()
    for row in rows:
        home = homes.get(row.values["unit"])
        if home is None or home.level != len(LEVELS):
            faults.append(_no_unit(row))
            continue
        Spot.objects.update_or_create(unit_id=home.unit_id, defaults={
            "lon": row.values["lon"], "lat": row.values["lat"], "households": row.values["households"] or 0,
            "how": Spot.FILE, "day": today})  # fmt: skip
    if faults:
        raise ListRefused(faults)
    record(actor=actor, act="centres.take_spots", subject=f"unit:{unit.unit_id}", path=unit.path, now=now,
           after={"file": name[:255], "sha256": digest, "rows": len(rows)})  # fmt: skip
    return len(rows)


def _enter(actor: Account, now: datetime, home: UnitState | None, row: Said, digest: str) -> RowFault | None:
    """Enter the centre of a row; what is wrong with it, None for nothing."""
    if home is None:
        return _no_unit(row)
    key = hashlib.sha256(f"{digest}:{row.number}".encode()).hexdigest()[:32]
    try:
        said, since = _entered(row, localdate(now))
        actions.open_centre(actor=actor, now=now, unit=home, key=key, said=said, since=since)
    except _Wrong as wrong:
        return RowFault(row.number, wrong.column, wrong.wrong, wrong.right)
    except ActRefused as refused:
        return RowFault(row.number, "", refused.wrong, refused.right)
    except Refusal as refused:
        return RowFault(row.number, "", Text(str(refused), str(refused)), Text("", ""))
    return None


class _Wrong(Exception):
    def __init__(self, column: str, wrong: Text, right: Text) -> None:
        self.column, self.wrong, self.right = column, wrong, right
        super().__init__(column)


def _homes(actor: Account, unit: UnitState, today: date) -> dict[str, UnitState]:
    """The units at or below one that the actor answers for, by code."""
    return {one.code: one for one in units(writing_scope(actor, today)).under(unit.path)}


def _no_unit(row: Said) -> RowFault:
    code = row.values["unit"]
    return RowFault(
        row.number, "unit",
        Text(f"本单位范围内没有这一级的单位 {code}", f"no unit of code {code} and that level lies here"),
        Text("填本单位或下级单位的统计用区划代码", "give the statistical code of this unit or one below"),
    )  # fmt: skip


def _entered(row: Said, today: date) -> tuple[Entered, date]:
    """The centre a row means, and since when it is open."""
    said = row.values
    entered = Entered(
        said["kind"] or Centre.POINT, said["name"], _services(said["services"]), said["address"] or "",
        said["days"] or "", said["opens"], said["closes"], said["lon"], said["lat"],
    )  # fmt: skip
    return entered, said["since"] or today


def _services(words: str) -> list[str]:
    """The classes named in a cell, by name or code, several one after another."""
    rules = centre_rules().services
    by_name = {one.name.zh: code for code, one in rules.items()} | {code: code for code in rules}
    plain = words
    for sign in SEPARATORS:
        plain = plain.replace(sign, "\n")
    found = [words] if words in by_name else [one for one in plain.split("\n") if one]
    if strange := [one for one in found if one not in by_name]:
        raise _Wrong("services", Text(f"没有“{strange[0]}”这类服务", f"{strange[0]!r} is no class of service"),
                     Text("从中选，用顿号隔开：" + "、".join(one.name.zh for one in rules.values()),
                          "some of: " + ", ".join(one.name.en for one in rules.values())))  # fmt: skip
    return sorted({by_name[one] for one in found})
