"""A row of a sheet on its way into the house: what its cells say, what is wrong with them, what becomes of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from baolei.programme.cells import CellRefused, Raw, plain
from baolei.programme.standard.edition import Text
from baolei.sheets.kinds import Kind

NEW, CHANGED, SAME, WRONG = "new", "changed", "same", "wrong"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a column ('' the whole row), and what would be right."""

    column: str
    wrong: Text
    right: Text

    def plain(self) -> list[str]:
        """As JSON keeps it."""
        return [self.column, self.wrong.zh, self.wrong.en, self.right.zh, self.right.en]

    @classmethod
    def of(cls, held: Sequence[str]) -> Fault:
        """The same again."""
        column, *words = held
        return cls(column, Text(words[0], words[1]), Text(words[2], words[3]))


@dataclass(slots=True)
class Line:
    """A row: its number in the sheet, what its cells say by column, and what was found out about it.

    `before` holds what stood there, by column, for what will be changed; `node` the number of what is changed or meant;
    `missing` the column whose code names nothing that is there.
    """

    number: int
    values: dict[str, Any]
    faults: list[Fault] = field(default_factory=list)
    state: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    node: int | None = None
    held: dict[str, Any] = field(default_factory=dict)
    missing: str = ""

    def wrong(self, column: str, wrong: tuple[str, str], right: tuple[str, str]) -> None:
        """Note a fault."""
        self.faults.append(Fault(column, Text(*wrong), Text(*right)))
        self.state = WRONG

    def settle(self, before: Mapping[str, Any]) -> None:
        """With nothing wrong: changed where something differs from what stood there, else the same."""
        if self.state != WRONG:
            self.before = dict(before)
            self.state = CHANGED if before else SAME


def read(kind: Kind, places: Mapping[str, int], number: int, cells: Sequence[Any], epoch1904: bool) -> Line:
    """A row of cells as a line of a kind; `places` says which column stands where."""
    line = Line(number, {})
    for column in kind.columns:
        at = places.get(column.code)
        raw = unpacked(cells[at]) if at is not None and at < len(cells) else None
        try:
            line.values[column.code] = value = column.clean(raw, epoch1904)
        except CellRefused as refused:
            line.faults.append(Fault(column.code, refused.wrong, refused.right))
            line.state, line.values[column.code] = WRONG, None
            continue
        if value is None and column.needed:
            line.wrong(column.code, (f"没有填写{column.name.zh}", f"{column.name.en} is missing"),
                       (f"填写{column.name.zh}：{column.note.zh}", f"fill it in: {column.note.en}"))  # fmt: skip
    return line


def is_sample(kind: Kind, places: Mapping[str, int], cells: Sequence[Any]) -> bool:
    """Whether this is the row of examples of the template, left where it was."""
    sample = kind.sample
    said = {code: plain(unpacked(cells[at])) for code, at in places.items() if at < len(cells)}
    return bool(said) and all(words == plain(sample[code]) for code, words in said.items())


def unpacked(cell: Any) -> Raw:
    """A cell as the reader wrote it, as a value again."""
    if isinstance(cell, list):
        form, words = cell
        return dt.date.fromisoformat(words) if form == "d" else dt.datetime.fromisoformat(words)
    found: Raw = cell
    return found


def kept(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON keeps them."""
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in values.items()}


def restored(kind: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
    """The same again, days as days."""
    days = {one.code for one in kind.columns if one.code == "joined"}
    return {name: dt.date.fromisoformat(value) if value and name in days else value for name, value in values.items()}
