"""A tree read from rows, paths, ancestors, what stands below, sums that agree at every level."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from baolei.programme.organisation.levels import level_of, parent_of
from baolei.programme.organisation.paths import segment
from baolei.programme.organisation.periods import ALWAYS, Period
from baolei.programme.refusals import Fault, TreeRefused

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Unit:
    """One administrative unit: statistical code, name, code of the unit above ('' at the top), level, validity."""

    code: str
    name: str
    parent: str
    level: int
    period: Period = ALWAYS


@dataclass(frozen=True, slots=True)
class Tree:
    """Nodes in the order given: `code`, `name` [n]; `parent` int64 [n], −1 at a root; `level` int8 [n].

    `depth` int64 [n] counts the steps from the root. Made by `tree` or `units_on`, which refuse whatever is no tree.
    """

    code: tuple[str, ...]
    name: tuple[str, ...]
    parent: Ints
    level: npt.NDArray[np.int8]
    depth: Ints
    _place: dict[str, int] = field(repr=False)

    def __len__(self) -> int:
        return len(self.code)

    def __contains__(self, code: str) -> bool:
        return code in self._place

    def place(self, code: str) -> int:
        """The row of this code. Raises KeyError when it is not in the tree."""
        return self._place[code]

    def chain(self, code: str) -> tuple[str, ...]:
        """The codes from the root down to `code` itself. Raises KeyError when it is not in the tree."""
        at, found = self.place(code), [code]
        while (at := int(self.parent[at])) >= 0:
            found.append(self.code[at])
        return tuple(reversed(found))

    def at_level(self, number: int) -> Ints:
        """The row of each node's ancestor on level `number` (itself if it stands there), −1 if none; int64 [n]."""
        found = np.where(self.level == number, np.arange(len(self)), -1)
        for rows in self._downwards():
            found[rows] = np.where(found[rows] < 0, found[self.parent[rows]], found[rows])
        return found

    def below(self, code: str) -> npt.NDArray[np.bool_]:
        """Which nodes are `code` or stand below it; bool [n]. Raises KeyError when it is not in the tree."""
        inside = np.zeros(len(self), dtype=bool)
        inside[self.place(code)] = True
        for rows in self._downwards():
            inside[rows] |= inside[self.parent[rows]]
        return inside

    def paths(self) -> tuple[str, ...]:
        """A path of fixed-width segments for each node; siblings are numbered in the order of their codes."""
        found = [""] * len(self)
        numbered: dict[int, int] = {}
        for row in sorted(range(len(self)), key=lambda row: (self.depth[row], self.code[row])):
            above = int(self.parent[row])
            number = numbered[above] = numbered.get(above, -1) + 1
            found[row] = (found[above] if above >= 0 else "") + segment(number)
        return tuple(found)

    def roll_up(self, own: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """From what each node has of its own ([n] or [n,C]) to what it has with all below it, same shape and type.

        Whole numbers stay exact; the sum over the roots is the sum of `own`, and each node's is the sum of its
        children's and its own. Raises ValueError when `own` has not one row for each node.
        """
        if len(own) != len(self):
            raise ValueError(f"{len(own)} rows for a tree of {len(self)} nodes")
        total = np.array(own)
        for rows in reversed(list(self._downwards())):
            np.add.at(total, self.parent[rows], total[rows])
        return total

    def _downwards(self) -> Iterator[Ints]:
        """The rows of depth 1, of depth 2, and so on."""
        order = np.argsort(self.depth, kind="stable")
        bounds = np.searchsorted(self.depth[order], np.arange(1, int(self.depth.max(initial=0)) + 2))
        return (order[low:high] for low, high in pairwise(bounds))


def tree(
    code: Sequence[str],
    name: Sequence[str],
    parent: Sequence[str],
    level: Sequence[int] | npt.NDArray[Any],
    *,
    place: str = "units",
    statistical: bool = False,
) -> Tree:
    """The tree of these columns, one row for each node; `parent` is a code, '' at a root.

    With `statistical`, code, parent and level must also agree with each other. Raises TreeRefused with every orphan,
    cycle, doubled code and wrong level, each with its row counted from 1.
    """
    found, faults = grow(code, name, parent, level, place)
    faults += _level_faults(place, found)
    if statistical:
        faults += _statistical_faults(place, found, parent)
    if faults:
        raise TreeRefused(faults)
    return found


def grow(
    code: Sequence[str], name: Sequence[str], parent: Sequence[str], level: Sequence[int] | npt.NDArray[Any], place: str
) -> tuple[Tree, list[Fault]]:
    """The tree of these columns and what is wrong with its shape; it may be used only where nothing is."""
    rows = {one: row for row, one in reversed(list(enumerate(code))) if one}
    above = np.array([rows.get(one, -1) for one in parent], dtype=np.int64)
    depth = _depth(above)
    faults = [*_code_faults(place, code), *_orphans(place, code, parent, rows), *_rings(place, code, above, depth)]
    return Tree(tuple(code), tuple(name), above, np.asarray(level, dtype=np.int8), depth, rows), faults


def units_on(units: Iterable[Unit], on: dt.date, *, place: str = "units", statistical: bool = False) -> Tree:
    """The tree as it stood on a day: of all units, those whose validity holds `on`. Raises TreeRefused like `tree`."""
    held = [unit for unit in units if unit.period.holds(on)]
    return tree(
        [unit.code for unit in held],
        [unit.name for unit in held],
        [unit.parent for unit in held],
        [unit.level for unit in held],
        place=f"{place} on {on}",
        statistical=statistical,
    )


def _code_faults(place: str, code: Sequence[str]) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for row, one in enumerate(code, 1):
        if not one:
            yield Fault(place, row, "has no code", "every unit needs its own")
        elif one in first:
            yield Fault(place, row, f"the code {one!r} stands twice", f"keep one; the first is on row {first[one]}")
        else:
            first[one] = row


def _orphans(place: str, code: Sequence[str], parent: Sequence[str], rows: dict[str, int]) -> Iterator[Fault]:
    for row, above in enumerate(parent):
        if above and above not in rows:
            yield Fault(
                place,
                row + 1,
                f"{code[row]} hangs under {above!r}, which is not here",
                "the code of a unit listed here",
            )


def _level_faults(place: str, found: Tree) -> Iterator[Fault]:
    code, above, steps = found.code, found.parent, found.level
    for row in np.flatnonzero((steps < 1) | (steps > 5)):
        yield Fault(place, int(row) + 1, f"{code[row]} stands on level {steps[row]}", "1 (region) to 5 (village)")
    own = np.arange(len(code))
    for row in np.flatnonzero((above >= 0) & (above != own) & (steps <= steps[above])):
        yield Fault(
            place,
            int(row) + 1,
            f"{code[row]} stands on level {steps[row]} under {code[above[row]]} of level {steps[above[row]]}",
            "a unit stands below the one it hangs under",
        )


def _depth(above: Ints) -> Ints:
    """Steps from the root; −1 where no root is ever reached."""
    depth = np.where(above < 0, 0, -1).astype(np.int64)
    reached = 0
    while (rows := np.flatnonzero((depth < 0) & (depth[above] == reached))).size:
        reached += 1
        depth[rows] = reached
    return depth


def _rings(place: str, code: Sequence[str], above: Ints, depth: Ints) -> Iterator[Fault]:
    """One fault for each ring; what merely hangs below a ring is not to blame."""
    seen: set[int] = set()
    for start in np.flatnonzero(depth < 0):
        walk: list[int] = []
        at = int(start)
        while at not in seen:
            seen.add(at)
            walk.append(at)
            at = int(above[at])
        if at in walk:
            ring = walk[walk.index(at) :]
            names = " → ".join(code[row] for row in [*ring, at])
            yield Fault(place, min(ring) + 1, f"a ring: {names}", "each hangs under the next; one must hang elsewhere")


def _statistical_faults(place: str, found: Tree, parent: Sequence[str]) -> Iterator[Fault]:
    for row, one in enumerate(found.code):
        try:
            stands, above = level_of(one), parent_of(one)
        except ValueError as error:
            yield Fault(place, row + 1, str(error), "the code of the statistics office")
            continue
        if stands.number != found.level[row]:
            wrong = f"{one} is said to stand on level {found.level[row]}"
            yield Fault(place, row + 1, wrong, f"its code is that of a {stands.code}, level {stands.number}")
        if parent[row] and parent[row] != above:
            yield Fault(place, row + 1, f"{one} hangs under {parent[row]}", f"its code says {above or 'nothing above'}")
