"""What the demo's branches have on record, drawn from their truth: items, marks, last year."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from baolei.programme.scoring.arithmetic import Floats, Ints
from baolei.programme.scoring.items import item_points
from baolei.programme.scoring.tables import tables
from baolei.programme.standard.edition import Edition, Item
from baolei.warehouse.demo.places import mix
from baolei.warehouse.truth import Bits, Truth

DENOMINATORS = (12, 4, 24, 20, 50, 30, 16, 40)
"""How many there are to do, by turns of the items: meetings of a year, quarters, members, matters."""

Mark = tuple[int, str, int, str, str]
"""Branch, code, value, matter, level."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts of a block of branches, as parallel arrays sorted by branch and item."""

    branch: Ints
    item: Ints
    num: Ints
    den: Ints


def facts(edition: Edition, field: Ints, level: Floats, seed: list[int]) -> Facts:
    """Facts of every item of each branch's field, read at `level` [n,S].

    The draws depend on `seed` alone: the same branches read at another level (by visitors, say) do the same things,
    only more or less of them.
    """
    bits, says = np.random.default_rng(seed), mix()
    strengths = [strength.code for strength in edition.strengths]
    parts = []
    for place, item in enumerate(edition.items.values()):
        for f, table in enumerate(edition.fields):
            if item.code not in table.items:
                continue
            rows = np.flatnonzero(field == f)
            own = level[rows, strengths.index(item.strength)] + bits.normal(0, says["item_spread"], len(rows))
            goalposts = table.goalposts.get(item.code, (item.low, item.high))
            num, den = report(item, place, np.clip(own / 100, 0, 1), goalposts, bits)
            luck = bits.random(len(rows))
            counts = luck >= says["absent_items"]
            given = luck < 1 - says["missing_items"]
            part = np.stack([rows, np.full(len(rows), place), np.where(counts, num, 0), np.where(counts, den, 0)])
            parts.append(part[:, given])
    branch, which, num, den = np.concatenate(parts, axis=1)
    order = np.lexsort((which, branch))
    return Facts(branch[order], which[order], num[order], den[order])


def report(
    item: Item, place: int, share: Floats, goalposts: tuple[Fraction, Fraction], bits: Bits
) -> tuple[Ints, Ints]:
    """A numerator and a denominator for each branch that earn about `share` [n] of the item's points."""
    n = len(share)
    if item.kind == "yes_no":  # most do what is only yes or no
        return (bits.random(n) < np.sqrt(share)).astype(np.int64), np.ones(n, dtype=np.int64)
    if item.kind == "graded":
        top = len(item.anchors)
        grade = np.rint(share * top + bits.normal(0, 0.35, n))
        return np.clip(grade, 0, top).astype(np.int64), np.full(n, top)
    if item.kind == "steps":
        return climb(item, share, bits)
    low, high = map(float, goalposts)
    den = DENOMINATORS[place % len(DENOMINATORS)] + bits.integers(0, 6, n)
    if max(abs(low), abs(high)) > 2:  # goalposts of counts or amounts for one branch, not of shares
        den = np.ones(n, dtype=np.int64)
    x = low + share * (high - low)
    return np.maximum(np.rint(x * den), 0).astype(np.int64), den


def climb(item: Item, share: Floats, bits: Bits) -> tuple[Ints, Ints]:
    """Numbers that stand on the rung whose share is nearest."""
    rungs = [float(rung.share) for rung in item.table]
    bounds = [float(rung.bound) for rung in item.table]
    den = np.where(max(bounds) > 1, 1, 20 + bits.integers(0, 20, len(share)))
    nearest = np.abs(share[:, None] - np.array([*rungs, 0.0])[None, :]).argmin(axis=1)
    beyond = bounds[-1] - 0.3 if item.table_upward else bounds[-1] + 1
    at = np.array([*bounds, max(beyond, 0.0)])[nearest]
    num = np.ceil(at * den - 1e-9) if item.table_upward else np.floor(at * den + 1e-9)
    return num.astype(np.int64), den.astype(np.int64)


def points(edition: Edition, field: Ints, found: Facts) -> Ints:
    """What those facts earn from the sources assessed item by item, cents [n]: the scoring's own arithmetic."""
    board = {"field": field, "fact_branch": found.branch, "fact_item": found.item,
             "fact_num": found.num, "fact_den": found.den}  # fmt: skip
    earned = item_points(edition, board)["item_earned"]
    return np.asarray(earned[:, :, tables(edition).found].sum(axis=(1, 2)))


def marks(edition: Edition, quality: Floats, bits: Bits) -> list[Mark]:
    """Gates (mostly met), few vetoes, honours (some reported twice), deductions; sorted by branch."""
    n, says = len(quality), mix()
    standing = np.argsort(np.argsort(quality)) / max(n - 1, 1)
    rows: list[Mark] = []
    for gate in edition.gates:
        met = bits.random(n) >= says["gate_unmet"]
        rows += [(b, gate.code, int(yes), gate.code, "") for b, yes in enumerate(met)]
    for veto in edition.vetoes:
        rows += [(int(b), veto.code, 1, veto.code, "") for b in np.flatnonzero(bits.random(n) < says["veto"])]
    for bonus in edition.bonuses:
        levels = [level for level, _ in bonus.points]
        for b in np.flatnonzero(bits.random(n) < says["honour"] * standing):
            matter = f"{bonus.code}-1"
            rows.append((int(b), bonus.code, 1, matter, levels[int(bits.integers(len(levels)))]))
            if bits.random() < says["doubled_honour"]:
                rows.append((int(b), bonus.code, 1, matter, levels[-1]))
    for deduction in edition.deductions:
        some = np.flatnonzero(bits.random(n) < says["deduction"])
        rows += [(int(b), deduction.code, 1, f"{deduction.code}-1", "") for b in some]
    return sorted(rows)


def last_year(edition: Edition, field: Ints, truth: Truth, shift: Floats, drift: float, bits: Bits) -> dict[str, Any]:
    """Last year's score, SE, title and years below the line, for most branches; columns of the snapshot's table.

    `shift` [n]: what superiors add to the reading of the records, 0-100; the records are some four tenths of a score.
    """
    n = len(field)
    line = np.array([table.line for table in edition.fields], dtype=np.int64)[field]
    level = truth.quality - bits.normal(0, drift, n) + 0.4 * shift + bits.normal(0, 2.4, n)
    score = np.rint(np.clip(level, 0, 100) / 100 * edition.total).astype(np.int64)
    error = np.rint(np.maximum(bits.normal(2.4, 0.2, n), 1) / 100 * edition.total).astype(np.int64)
    below = np.where(score >= line, 0, bits.integers(1, 3, n))
    kept = np.flatnonzero(bits.random(n) < mix()["last_year"])
    return {"branch": kept, "score": score[kept], "se": error[kept], "named": (score >= line)[kept],
            "years_below": below[kept]}  # fmt: skip
