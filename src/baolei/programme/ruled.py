"""Numbers of the rules kept as data: each with its source and how sure we are of it, and from when they hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from baolei.programme.standard.edition import Basis, Text

STANDINGS = ("seen", "memory", "ours")
"""How sure we are of a number: read in public material, remembered and to be checked, or set by us."""

Rows = Mapping[str, Any]


class Dated(Protocol):
    """Rules with the day from which they hold."""

    @property
    def since(self) -> dt.date:
        """The first day."""


class Numbered(Protocol):
    """Rules that are numbers by name."""

    def number(self, name: str, /) -> int:
        """The number of that name."""


Rules = TypeVar("Rules", bound=Dated)


@dataclass(frozen=True, slots=True)
class Ruled:
    """One number of the rules and what it rests on."""

    value: int
    basis: Basis


@contextmanager
def read_as(place: str) -> Iterator[None]:
    """While plain rows are read: whatever is missing or of another shape is a ValueError that names the place."""
    try:
        yield
    except KeyError as missing:
        raise ValueError(f"{place}: {missing} is missing or unknown") from missing
    except (TypeError, AttributeError) as other:
        raise ValueError(f"{place}: {other}") from other


def text(row: Rows) -> Text:
    """Words in both languages: {zh, en}. Raises KeyError where one is missing."""
    return Text(row["zh"], row["en"])


def basis(row: Rows, file: Rows) -> Basis:
    """What a row rests on: its own `source` and `standing`, else those of the file.

    Raises ValueError for a standing that is none of `STANDINGS`.
    """
    standing = row.get("standing", file.get("standing"))
    if standing not in STANDINGS:
        raise ValueError(f"{file['baolei']}: standing {standing!r} is none of " + ", ".join(STANDINGS))
    source = row.get("source", file["source"])
    return Basis(source["zh"], source["en"], standing)


def numbers(file: Rows, wanted: Sequence[str]) -> dict[str, Ruled]:
    """The numbers of a file by name, in the order wanted: whole, and at least 0.

    Raises ValueError naming every one that is missing, not wanted, or no such number.
    """
    place, rows = file["baolei"], file["numbers"]
    faults = [f"{name} is missing" for name in wanted if name not in rows]
    faults += [f"{name} is no number of these rules" for name in rows if name not in wanted]
    faults += [f"{name} must be a whole number from 0" for name, row in rows.items() if not _whole(row["value"])]
    if faults:
        raise ValueError(f"{place}: " + "; ".join(faults))
    return {name: Ruled(rows[name]["value"], basis(rows[name], file)) for name in wanted}


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def since(file: Rows) -> dt.date:
    """The day from which a file holds: `valid.from`. Raises ValueError for what is no day."""
    return dt.date.fromisoformat(str(file["valid"]["from"]))


def in_force(versions: Sequence[Rules], day: dt.date) -> Rules:
    """Of several versions of the same rules the one begun last; so a place puts its own beside ours.

    Raises ValueError where none has begun on that day.
    """
    begun = [rules for rules in versions if rules.since <= day]
    if not begun:
        raise ValueError(f"no such rules are in force on {day}")
    return max(begun, key=lambda rules: rules.since)
