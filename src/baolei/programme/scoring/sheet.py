"""A branch's sheet: why this score, line by line to the printed cent; against the field; what would lift it (2.11).

Everything here can be re-computed by hand from what is printed. A source with too few ballots is shown only inside the
total; its lines, and whatever would let them be worked out by subtraction, stay closed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from baolei.programme.scoring.arithmetic import half_up
from baolei.programme.scoring.items import earned_share
from baolei.programme.scoring.tables import tables
from baolei.programme.standard.edition import Edition, Item, Text

RATIO_STEP = Fraction(1, 10)
"""The next step of a ratio: a tenth of its denominator, until a year's own improvements are on record (ours)."""

BALLOT_STEP = 300
"""The next step of a source's mean: 3.00 of 100, likewise (ours)."""

MOST_LEVERS = 20


@dataclass(frozen=True, slots=True)
class Leaf:
    """One printed line. Cents throughout; `num`/`den` for items, `n`, `mean`, `norm`, `phantom`, `result` for ballots.

    `worth` is the table's own figure; `available` differs from it where absent items of the cell left their points.
    `formula` is the line's arithmetic as one would write it down; '' where the leaf is not shown.
    """

    strength: str
    source: str
    code: str
    name: Text
    worth: int
    available: int
    points: int
    formula: str
    shown: bool = True
    applies: bool = True
    against: float = 0.0
    num: int = 0
    den: int = 0
    n: int = 0
    mean: int = 0
    norm: int = 0
    phantom: int = 0
    result: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Lever:
    """Arithmetic, not a promise: this much more on this line gives this many cents."""

    code: str
    name: Text
    step: str
    gain: int
    effort: int


@dataclass(frozen=True, slots=True)
class Open:
    """A condition that stands in the way, and what would meet it."""

    kind: str
    code: str
    name: Text
    met_by: Text | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything a secretary needs to re-compute and to understand one score. `row` is the branch's row of results."""

    row: Mapping[str, Any]
    field: Text
    tier: Text
    leaves: tuple[Leaf, ...]
    strengths: tuple[tuple[str, Text, int | None, int | None], ...]
    sources: tuple[tuple[str, Text, int, int, bool], ...]
    conditions: tuple[Open, ...]
    levers: tuple[Lever, ...]
    way: tuple[Lever, ...]
    line: int
    gains: tuple[Leaf, ...]
    losses: tuple[Leaf, ...]

    @property
    def hidden(self) -> bool:
        """Whether a source is shown only inside the total."""
        return any(not shown for *_, shown in self.sources)


def sheet(
    edition: Edition,
    row: Mapping[str, Any],
    facts: Sequence[Mapping[str, Any]],
    asked: Sequence[Mapping[str, Any]],
    figures: Mapping[str, Any],
    closed: Collection[str],
) -> Sheet:
    """The sheet of one branch from its row of results, its items' rows, its ballots' rows and the field's figures.

    `closed` are the sources with too few ballots to be shown (`visibility.closed`).
    """
    table = edition.field(row["field"])
    means = figures["fields"][row["field"]]
    leaves = (*_item_leaves(edition, row, facts, means), *_ballot_leaves(edition, row, asked, means, closed))
    levers = tuple(
        sorted(_levers(edition, row, leaves), key=lambda lever: (-lever.gain / lever.effort, lever.effort, lever.code))[
            :MOST_LEVERS
        ]
    )
    shown = sorted((leaf for leaf in leaves if leaf.shown and leaf.available), key=lambda leaf: -leaf.against)
    return Sheet(
        row=row,
        field=table.name,
        tier=edition.tiers[row["tier"]].name,
        leaves=leaves,
        strengths=tuple(
            (
                strength.code,
                table.strength_names.get(strength.code, strength.name),
                None if closed else row[f"earned_{strength.code}"],
                None if closed else row[f"available_{strength.code}"],
            )
            for strength in edition.strengths
        ),
        sources=tuple(
            (
                source.code,
                source.name,
                row[f"earned_{source.code}"],
                row[f"available_{source.code}"],
                source.code not in closed,
            )
            for source in edition.sources
        ),
        conditions=conditions(edition, row),
        levers=levers,
        way=smallest_way(levers, table.line - row["score"]),
        line=table.line,
        gains=tuple(leaf for leaf in shown if leaf.against > 0)[:5],
        losses=tuple(leaf for leaf in reversed(shown) if leaf.against < 0)[:5],
    )


def points_text(cents: int) -> str:
    """Cents as points with two decimals."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def _item_leaves(
    edition: Edition, row: Mapping[str, Any], facts: Sequence[Mapping[str, Any]], means: Mapping[str, Any]
) -> list[Leaf]:
    table = edition.field(row["field"])
    given = {fact["item"]: fact for fact in facts}
    leaves = []
    for code, worth in table.items.items():
        item, fact = edition.items[code], given.get(code)
        applies = fact is not None and fact["den"] > 0
        num, den = (fact["num"], fact["den"]) if fact is not None else (0, 0)
        available, points = (fact["available"], fact["points"]) if fact is not None else (0, 0)
        leaves.append(Leaf(
            item.strength, item.source, code, item.name, worth, available, points,
            _item_formula(edition, row, item, num, den, available, points) if applies else "",
            applies=applies, num=num, den=den, against=points - float(means["items"][code]["mean"]),
        ))  # fmt: skip
    return _carry_over(leaves)


def _carry_over(leaves: list[Leaf]) -> list[Leaf]:
    """What absent items stand below the field's mean, borne by those that took over their points; the sum stays."""
    out = []
    for leaf in leaves:
        cell = [other for other in leaves if (other.strength, other.source) == (leaf.strength, leaf.source)]
        absent = sum(other.against for other in cell if not other.applies)
        took_over = sum(other.available for other in cell if other.applies)
        borne = leaf.against + absent * leaf.available / took_over if leaf.applies and took_over else 0.0
        out.append(replace(leaf, against=borne) if absent and took_over else leaf)
    return out


def _item_formula(
    edition: Edition, row: Mapping[str, Any], item: Item, num: int, den: int, available: int, points: int
) -> str:
    low, high = edition.field(row["field"]).goalposts.get(item.code, (item.low, item.high))
    says = f"{num:,}/{den:,}"
    if item.kind == "steps":
        top, bottom = _share(edition, row["field"], item.code, num, den)
        says = f"{says} → {float(Fraction(top, bottom)):g}"
    elif low != 0 or high != 1:
        says = f"({says} − {float(low):g}) ÷ ({float(high):g} − {float(low):g}) → 0…1"
    return f"{says} × {points_text(available)} = {points_text(points)}"


def _share(edition: Edition, field: str, code: str, num: int, den: int) -> tuple[int, int]:
    lay = tables(edition)
    f = [table.code for table in edition.fields].index(field)
    one = [np.array([value], dtype=np.int64) for value in (f, list(edition.items).index(code), num, den)]
    top, bottom = earned_share(edition, lay, *one)
    return int(top[0]), int(bottom[0])


def _ballot_leaves(
    edition: Edition, row: Mapping[str, Any], asked: Sequence[Mapping[str, Any]], means: Mapping[str, Any],
    closed: Collection[str],
) -> list[Leaf]:  # fmt: skip
    names = {strength.code: strength.name for strength in edition.strengths}
    names |= edition.field(row["field"]).strength_names
    leaves = []
    for cell in asked:
        source, strength, n, k = cell["source"], cell["strength"], cell["n"], cell["phantom"]
        shown = source not in closed
        formula = (
            f"({n}×{points_text(cell['mean'])} + {k}×{points_text(cell['norm'])}) ÷ {n + k} = "
            f"{points_text(cell['result'])} → × {points_text(cell['available'])} ÷ 100 = "
            f"{points_text(cell['points'])}"
        )
        leaves.append(Leaf(
            strength, source, f"{source}.{strength}", names[strength], cell["available"], cell["available"],
            cell["points"], formula if shown else "", shown,
            against=cell["points"] - float(means["asked"][source][strength]), n=n, mean=cell["mean"], norm=cell["norm"],
            phantom=k, result=cell["result"], unknown=cell["unknown"],
        ))  # fmt: skip
    return leaves


def conditions(edition: Edition, row: Mapping[str, Any]) -> tuple[Open, ...]:
    """Gates not met, vetoes standing, floors broken or to be looked at, evidence short; each with what meets it."""
    table = edition.field(row["field"])
    out = [
        Open("gate", gate.code, gate.name, gate.met_by)
        for place, gate in enumerate(edition.gates)
        if row["gates_open"] >> place & 1
    ]
    out += [
        Open("veto", veto.code, veto.name, veto.met_by)
        for place, veto in enumerate(edition.vetoes)
        if row["vetoes"] >> place & 1
    ]
    for kind, column in (("floor", "floors_broken"), ("floor_watch", "floors_watched")):
        out += [
            Open(kind, strength.code, table.strength_names.get(strength.code, strength.name))
            for place, strength in enumerate(edition.strengths)
            if row[column] >> place & 1
        ]
    out += [
        Open("evidence", source.code, source.name)
        for place, source in enumerate(edition.sources)
        if row["evidence_short"] >> place & 1
    ]
    return tuple(out)


def _levers(edition: Edition, row: Mapping[str, Any], leaves: Sequence[Leaf]) -> list[Lever]:
    out = []
    for leaf in leaves:
        if leaf.code in edition.items:
            lever = _item_lever(edition, row, leaf) if leaf.applies else None
        else:
            lever = _ballot_lever(leaf) if leaf.shown else None
        if lever is not None and lever.gain > 0:
            out.append(lever)
    return out


def _item_lever(edition: Edition, row: Mapping[str, Any], leaf: Leaf) -> Lever | None:
    item = edition.items[leaf.code]
    low, high = edition.field(row["field"]).goalposts.get(item.code, (item.low, item.high))
    to = _next(item, leaf.num, leaf.den, low, high)
    if to is None:
        return None
    top, bottom = _share(edition, row["field"], leaf.code, to, leaf.den)
    gain = int(half_up(leaf.available * top, bottom)) - leaf.points
    return Lever(leaf.code, leaf.name, f"{leaf.num:,} → {to:,} / {leaf.den:,}", gain, item.effort)


def _next(item: Item, num: int, den: int, low: Fraction, high: Fraction) -> int | None:
    """The next feasible numerator: the next grade, the next meeting, the next rung, a tenth more of a ratio."""
    if item.kind == "steps":
        return _next_rung(item, num, den)
    full = -(-high * den // 1) if high > low else high * den // 1
    step = max(1, -(-den * RATIO_STEP.numerator // RATIO_STEP.denominator)) if item.kind == "ratio" else 1
    to = min(num + step, int(full)) if high > low else max(num - step, int(full))
    return to if (to > num) == (high > low) and to != num else None


def _next_rung(item: Item, num: int, den: int) -> int | None:
    """The numerator that just reaches the next better rung."""
    if item.table_upward:
        ahead = [-(-rung.bound * den // 1) for rung in item.table if rung.bound * den > num]
        return int(min(ahead)) if ahead else None
    ahead = [rung.bound * den // 1 for rung in item.table if rung.bound * den < num]
    return int(max(ahead)) if ahead else None


def _ballot_lever(leaf: Leaf) -> Lever | None:
    """A better mean of the ballots there are; never more ballots."""
    to = min(10_000, leaf.mean + BALLOT_STEP)
    if not leaf.n or to == leaf.mean:
        return None
    result = int(half_up(leaf.n * to + leaf.phantom * leaf.norm, leaf.n + leaf.phantom))
    gain = int(half_up(leaf.available * result, 10_000)) - leaf.points
    return Lever(leaf.code, leaf.name, f"{points_text(leaf.mean)} → {points_text(to)}", gain, 3)


def smallest_way(levers: Sequence[Lever], short: int) -> tuple[Lever, ...]:
    """The fewest levers, and among those the least effort, whose gains close a gap of `short` cents; () where none do.

    Exact: a table over every sum of gains up to the gap.
    """
    if short <= 0 or sum(lever.gain for lever in levers) < short:
        return ()
    best: dict[int, tuple[int, int, tuple[int, ...]]] = {0: (0, 0, ())}
    for place, lever in enumerate(levers):
        for reached, (count, effort, taken) in list(best.items()):
            if reached >= short:
                continue
            to = min(reached + lever.gain, short)
            offer = (count + 1, effort + lever.effort, (*taken, place))
            if to not in best or offer[:2] < best[to][:2]:
                best[to] = offer
    return tuple(levers[place] for place in best[short][2])
