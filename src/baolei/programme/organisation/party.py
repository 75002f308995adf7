"""The second tree: Party organisations under each other by 隶属, each linked to the units it serves.

A joint, an enterprise or an industry committee's branch hangs where it is affiliated, not where it lies; the link says
where it lies. Counted along either tree it counts once.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from baolei.programme.organisation.periods import ALWAYS, Period
from baolei.programme.organisation.rules import SetupRules
from baolei.programme.organisation.tree import Tree, grow
from baolei.programme.refusals import Fault, TreeRefused


@dataclass(frozen=True, slots=True)
class PartyOrganisation:
    """One Party organisation: code, name, kind, code of the organisation it is affiliated with ('' at the top)."""

    code: str
    name: str
    kind: str
    parent: str
    period: Period = ALWAYS


@dataclass(frozen=True, slots=True)
class Affiliation:
    """The link between the trees: this organisation serves this administrative unit, from when to when.

    The first link of an organisation is its home: the unit under which it is counted in the administrative tree.
    """

    organisation: str
    unit: str
    period: Period = ALWAYS


@dataclass(frozen=True, slots=True)
class PartyTree:
    """The organisations of a day as a tree (`tree.level` 1 committee, 2 general branch, 3 branch) with their links.

    `units` are the codes of the units each serves, home first, in the order of the tree; `warnings` the soft faults.
    """

    tree: Tree
    kind: tuple[str, ...]
    units: tuple[tuple[str, ...], ...]
    warnings: tuple[Fault, ...]

    def home(self, administrative: Tree) -> npt.NDArray[np.int64]:
        """The row of each organisation's home in the administrative tree, −1 without one; int64 [n].

        What is counted by this row counts once, also for a joint branch that serves several units. Raises KeyError
        for a home that is not in that tree.
        """
        return np.array([administrative.place(units[0]) if units else -1 for units in self.units], dtype=np.int64)


TIERS = {"committee": 1, "general_branch": 2, "branch": 3}


def party_tree(
    organisations: Iterable[PartyOrganisation],
    links: Iterable[Affiliation],
    on: dt.date,
    rules: SetupRules,
    *,
    administrative: Collection[str] | None = None,
    place: str = "organisations",
) -> PartyTree:
    """The tree of Party organisations on a day.

    With `administrative` (a Tree, or codes) the units of links must be among them. Raises TreeRefused with everything
    that is no tree or stands where its kind may not: a branch without an organisation above it, a ring, an unknown
    kind, a link from or to nowhere. Rows of organisations are counted among those of the day, rows of links among all.
    A joint branch over more units than the rules like is a warning, not a refusal.
    """
    rows, place = [one for one in organisations if one.period.holds(on)], f"{place} on {on}"
    level = [TIERS[rules.kinds[one.kind].tier] if one.kind in rules.kinds else 0 for one in rows]
    tree, faults = grow(
        [one.code for one in rows], [one.name for one in rows], [one.parent for one in rows], level, place
    )
    faults += _kind_faults(rows, tree, rules, place)
    held = [(row, link) for row, link in enumerate(links, 1) if link.period.holds(on)]
    faults += _link_faults(held, tree, administrative)
    if faults:
        raise TreeRefused(faults)
    serves: dict[str, list[str]] = defaultdict(list)
    for _, link in held:
        serves[link.organisation].append(link.unit)
    units = tuple(tuple(serves[one.code]) for one in rows)
    return PartyTree(tree, tuple(one.kind for one in rows), units, tuple(_warnings(rows, units, rules, place)))


def _kind_faults(rows: Sequence[PartyOrganisation], tree: Tree, rules: SetupRules, place: str) -> Iterator[Fault]:
    kind_of = {one.code: one.kind for one in rows}
    for row, one in enumerate(rows, 1):
        kind = rules.kinds.get(one.kind)
        if kind is None:
            yield Fault(place, row, f"{one.code} is of no kind {one.kind!r}", "one of " + ", ".join(rules.kinds))
        elif not one.parent and not kind.top:
            wrong = f"{one.code} ({kind.name.zh}) has no organisation above it"
            yield Fault(place, row, wrong, "under a " + " or ".join(kind.under))
        elif one.parent in tree and kind_of[one.parent] in rules.kinds and kind_of[one.parent] not in kind.under:
            wrong = f"{one.code} ({kind.name.zh}) stands under {one.parent}, a {kind_of[one.parent]}"
            yield Fault(place, row, wrong, "under a " + " or ".join(kind.under))


def _link_faults(
    held: Sequence[tuple[int, Affiliation]], tree: Tree, administrative: Collection[str] | None
) -> Iterator[Fault]:
    seen: dict[tuple[str, str], int] = {}
    for row, link in held:
        if link.organisation not in tree:
            yield Fault("links", row, f"no organisation {link.organisation!r}", "one that stands on this day")
        if administrative is not None and link.unit not in administrative:
            yield Fault("links", row, f"no unit {link.unit!r}", "one that stands on this day")
        first = seen.setdefault((link.organisation, link.unit), row)
        if first != row:
            wrong = f"{link.organisation} is linked to {link.unit} twice on one day"
            yield Fault("links", row, wrong, f"keep one; the first is on row {first}")


def _warnings(
    rows: Sequence[PartyOrganisation], units: Sequence[tuple[str, ...]], rules: SetupRules, place: str
) -> Iterator[Fault]:
    most = rules.number("joint_branch_units_max")
    for row, (one, serves) in enumerate(zip(rows, units, strict=True), 1):
        kind = rules.kinds[one.kind]
        if not kind.several_units and len(serves) > 1:
            wrong = f"{one.code} ({kind.name.zh}) serves {len(serves)} units"
            yield Fault(place, row, wrong, "one; a branch of several units is a joint branch")
        elif one.kind == "joint_branch" and len(serves) > most:
            wrong = f"{one.code} ({kind.name.zh}) covers {len(serves)} units"
            yield Fault(place, row, wrong, f"in general no more than {most}; divide it")
