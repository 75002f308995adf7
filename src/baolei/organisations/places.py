"""The administrative tree and the branches standing in it, as the results of a round name them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from baolei.organisations.spelling import folded, initials, is_initials
from baolei.programme.organisation.levels import LEVELS
from baolei.programme.scoring.rollup import roll_up
from baolei.programme.standard.edition import Text
from baolei.warehouse.opened import Opened

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Place:
    """One administrative unit: statistical code, name, level from 1 (region) to 5 (village), code of the unit above."""

    code: str
    name: str
    level: int
    parent: str

    @property
    def word(self) -> Text:
        """What such a unit is called: a banner, a county, a sumu."""
        return LEVELS[self.level - 1].word(self.name)


@dataclass(frozen=True, slots=True)
class Spot:
    """One branch as an address: code, name, the unit it serves and its field."""

    code: str
    name: str
    unit: str
    field: str


class Places:
    """The tree, and which branches serve which unit. Branches are named by their row in the results."""

    def __init__(self, opened: Opened) -> None:
        rows = opened.table("units").to_pylist()
        self._places = {row["code"]: Place(row["code"], row["name"], row["level"], row["parent"]) for row in rows}
        below: dict[str, list[Place]] = defaultdict(list)
        for place in self._places.values():
            below[place.parent].append(place)
        self._below = {code: tuple(found) for code, found in below.items()}
        self.root = self._below[""][0]
        branches = opened.table("branches")
        self._codes, self._names = branches["code"], branches["name"]
        units = branches["unit"].to_numpy(zero_copy_only=False).astype(str)
        self._order: Ints = np.lexsort((np.arange(len(units)), units)).astype(np.int64)
        self._units = units[self._order]
        self._unit_of = units
        self._fields = branches["field"]
        self._row = {code: row for row, code in enumerate(self._codes.to_pylist())}

    def __contains__(self, code: str) -> bool:
        return code in self._places

    def place(self, code: str) -> Place:
        """The unit with this code; KeyError when the round has none."""
        return self._places[code]

    def below(self, code: str) -> tuple[Place, ...]:
        """The units right below, in the order of their codes."""
        return self._below.get(code, ())

    def trail(self, code: str) -> tuple[Place, ...]:
        """The way from the root down to the unit itself."""
        found = [self._places[code]]
        while found[-1].parent:
            found.append(self._places[found[-1].parent])
        return tuple(reversed(found))

    def at_level(self, level: int) -> tuple[Place, ...]:
        """Every unit of a level."""
        return tuple(place for place in self._places.values() if place.level == level)

    def branches(self, code: str) -> Ints:
        """Rows of the branches that serve this unit or one below it, in the order of their units."""
        start, end = np.searchsorted(self._units, [code, code + "~"])
        return self._order[start:end]

    def served(self, codes: Iterable[str]) -> int:
        """How many of these units at least one branch serves, branches of units below them left out."""
        return len(np.intersect1d(list(codes), self._units))

    def summed(self, field: Ints, fields: Sequence[str], values: Ints) -> dict[tuple[str, str], tuple[int, ...]]:
        """Sums of `values` [n,C] by unit code and field code ('' for all fields), from each branch's unit upwards.

        `field` [n] is each branch's place in `fields`.
        """
        codes = list(self._places)
        at = {code: number for number, code in enumerate(codes)}
        group = field * len(codes) + np.array([at[code] for code in self._unit_of])
        parent = np.array([at.get(place.parent, -1) for place in self._places.values()])
        level = np.array([place.level for place in self._places.values()])
        cells, sums = roll_up(parent, level, group, values)
        names = ["", *fields]
        width = int(group.max()) // len(codes) + 2
        return {
            (codes[cell // width], names[cell % width]): tuple(row)
            for cell, row in zip(cells.tolist(), sums.tolist(), strict=True)
        }

    def has_branch(self, code: str) -> bool:
        """Whether the round has a branch of this code."""
        return code in self._row

    def row(self, code: str) -> int:
        """The row of the branch with this code; KeyError when the round has none."""
        return self._row[code]

    def spot(self, row: int) -> Spot:
        """The branch in this row, as an address."""
        return Spot(
            self._codes[row].as_py(), self._names[row].as_py(), str(self._unit_of[row]), self._fields[row].as_py()
        )

    def named(self, words: str) -> npt.NDArray[np.bool_]:
        """Which branches have `words` in their name or begin with it as their code; bool [n]."""
        return _named(self._names, self._codes, folded(words))

    @cached_property
    def initials(self) -> pa.Array:
        """The initials of every branch's name; made when first looked for, or beforehand by whoever starts a server."""
        return pa.array([initials(name) for name in self._names.to_pylist()])

    def search(self, words: str, among: Ints, most: int = 50) -> tuple[list[Place], list[Spot], int]:
        """Units (at most `most`) and branches (likewise) by part of the name, the code or the initials in pinyin.

        Units come from the top down, those whose name begins with the words first. Only branches in the rows `among`
        are looked at: they are those open to whoever asks. The number is that of all branches found.
        """
        asked = folded(words)
        if not asked:
            return [], [], 0
        units = [place for place in self._places.values() if asked in place.name or place.code.startswith(asked)]
        names, codes = self._names.take(among), self._codes.take(among)
        hit = _named(names, codes, asked)
        if is_initials(asked):
            typed = asked.lower()
            units += [place for place in self._places.values() if initials(place.name).startswith(typed)]
            hit |= np.asarray(pc.starts_with(self.initials.take(among), typed))
        units.sort(key=lambda place: (place.level, not place.name.startswith(asked), place.code))
        rows = among[hit]
        return units[:most], [self.spot(int(row)) for row in rows[:most]], len(rows)


def _named(names: pa.ChunkedArray, codes: pa.ChunkedArray, asked: str) -> npt.NDArray[np.bool_]:
    found = np.asarray(pc.match_substring(names, asked, ignore_case=True))
    return np.asarray(found | np.asarray(pc.starts_with(codes, asked.upper())), dtype=bool)


@lru_cache(maxsize=2)
def places(opened: Opened) -> Places:
    """The tree of these results; made once."""
    return Places(opened)
