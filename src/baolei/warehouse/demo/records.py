"""What the demo's branches have on record: items, marks, ballots, panel, last year; drawn from their truth."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from baolei.programme.scoring.tables import tables
from baolei.programme.standard.edition import Edition, Item
from baolei.warehouse.demo import noise as t

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ABSENT, MISSING = 0.012, 0.0006
"""Shares of items that do not apply, and that nobody filled in."""

DENOMINATORS = (12, 4, 24, 20, 50, 30, 16, 40)
"""How many there are to do, by turns of the items: meetings of a year, quarters, members, matters."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts of a block of branches, as parallel arrays."""

    branch: Ints
    item: Ints
    num: Ints
    den: Ints


def facts(edition: Edition, noise: t.Noise, field: Ints, true: t.Truth, bits: np.random.Generator) -> Facts:
    """Facts of every item of each branch's field, as its own superiors report them."""
    strengths = [strength.code for strength in edition.strengths]
    branches, items, nums, dens = [], [], [], []
    seen = true.quality + true.local[:, None] + bits.normal(0, noise.assessor, len(field))[:, None]
    for place, item in enumerate(edition.items.values()):
        for f, table in enumerate(edition.fields):
            if item.code not in table.items:
                continue
            rows = np.flatnonzero(field == f)
            rows = rows[bits.random(len(rows)) >= MISSING]
            level = seen[rows, strengths.index(item.strength)] + bits.normal(0, 6, len(rows))
            low, high = table.goalposts.get(item.code, (item.low, item.high))
            num, den = report(item, place, np.clip(level / 100, 0, 1), low, high, bits)
            gone = bits.random(len(rows)) < ABSENT
            branches.append(rows)
            items.append(np.full(len(rows), place))
            nums.append(np.where(gone, 0, num))
            dens.append(np.where(gone, 0, den))
    branch, item_ = np.concatenate(branches), np.concatenate(items)
    order = np.lexsort((item_, branch))
    return Facts(branch[order], item_[order], np.concatenate(nums)[order], np.concatenate(dens)[order])


def report(
    item: Item, place: int, share: Floats, low: Fraction, high: Fraction, bits: np.random.Generator
) -> tuple[Ints, Ints]:
    """A numerator and denominator that earn about `share` of the item's points."""
    n = len(share)
    if item.kind == "yes_no":
        return (bits.random(n) < np.clip(share * 1.12, 0, 0.995)).astype(np.int64), np.ones(n, dtype=np.int64)
    if item.kind == "graded":
        top = len(item.anchors)
        grade = np.rint(share * top + bits.normal(0, 0.35, n))
        return np.clip(grade, 0, top).astype(np.int64), np.full(n, top)
    if item.kind == "steps":
        return climb(item, share, bits)
    goal = float(max(abs(low), abs(high), 1))
    den = np.full(n, DENOMINATORS[place % len(DENOMINATORS)]) + bits.integers(0, 6, n)
    if goal > 2:  # the goalposts are counts or amounts for one branch, not shares
        den = np.ones(n, dtype=np.int64)
    x = float(low) + share * float(high - low)
    return np.maximum(np.rint(x * den), 0).astype(np.int64), den


def climb(item: Item, share: Floats, bits: np.random.Generator) -> tuple[Ints, Ints]:
    """Numbers that stand on the rung whose share is nearest."""
    rungs = [float(rung.share) for rung in item.table]
    bounds = [float(rung.bound) for rung in item.table]
    den = np.where(max(bounds) > 1, 1, 20 + bits.integers(0, 20, len(share)))
    nearest = np.abs(share[:, None] - np.array([*rungs, 0.0])[None, :]).argmin(axis=1)
    beyond = bounds[-1] - 0.3 if item.table_upward else bounds[-1] + 1
    at = np.array([*bounds, max(beyond, 0.0)])[nearest]
    num = np.ceil(at * den) if item.table_upward else np.floor(at * den)
    return num.astype(np.int64), den.astype(np.int64)


def verified(edition: Edition, noise: t.Noise, field: Ints, true: t.Truth, bits: Any) -> tuple[Ints, Ints]:
    """What visitors find at every branch, were they to go: (organisation's points, overall judgement), cents [n]."""
    lay = tables(edition)
    organisation = lay.cells[field][:, :, lay.found].sum(axis=2)
    n = len(field)
    points = (organisation * np.clip(true.quality, 0, 100) / 100).sum(axis=1)
    spread = organisation.sum(axis=1) * noise.visit / 100
    overall = true.total + bits.normal(0, noise.visit, n)
    top = edition.total
    return (np.rint(np.clip(points + bits.normal(0, 1, n) * spread, 0, None)).astype(np.int64),
            np.rint(np.clip(overall, 0, 100) / 100 * top).astype(np.int64))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """Ballots of one source: branch, answers padded with blanks; raters where they are identified."""

    branch: Ints
    answers: npt.NDArray[np.uint8]
    rater: Ints


def asked(
    edition: Edition, noise: t.Noise, source: str, branches: dict[str, Ints], true: t.Truth, bits: np.random.Generator
) -> Asked:
    """A source's ballots for a block of branches, sorted by branch and answers: no order of casting stays."""
    strengths = [strength.code for strength in edition.strengths]
    questions = np.array([strengths.index(question.strength) for question in edition.questions[source]])
    values = np.array([grade.value for grade in edition.grades])
    described = next(each for each in edition.sources if each.code == source)
    rater = np.zeros(0, dtype=np.int64)
    if described.kind == "panel":
        branch, grade, rater = panel(noise, true, branches["county"], questions, values, bits)
    elif described.minimum is not None and described.minimum.of == "entitled":
        level = (true.quality + bits.normal(0, noise.source_branch, len(true.total))[:, None])[:, questions]
        number = bits.binomial(branches["entitled"], noise.turnout)
        branch, grade = t.ballots(noise, level, number, noise.voter, values, np.zeros(len(number), dtype=bool), bits)
    else:
        level = t.public_level(noise, true, questions, bits)
        number = t.turnout_of_public(noise, true, branches["served"], bits)
        branch, grade = t.ballots(noise, level, number, noise.resident, values, true.neglects, bits)
        branch, grade = t.stuffed(noise, true, (branch, grade), number, bits)
    longest = max(len(each) for each in edition.questions.values())
    padded = np.full((len(branch), longest), len(values) + 1, dtype=np.uint8)
    padded[:, : grade.shape[1]] = grade
    key = branch.astype(np.int64)
    for q in range(longest):
        key = key * 8 + padded[:, q]
    order = np.lexsort((rater, key)) if len(rater) else np.argsort(key, kind="stable")
    return Asked(branch[order], padded[order], rater[order] if len(rater) else rater)


def panel(
    noise: t.Noise, true: t.Truth, county: Ints, questions: Ints, values: Ints, bits: np.random.Generator
) -> tuple[Ints, npt.NDArray[np.uint8], Ints]:
    """Ratings by the county's pool: who rates whom is drawn, each rater has a severity of their own."""
    n = len(county)
    severity = bits.normal(0, noise.severity, (int(county.max()) + 1 if n else 0, noise.pool))
    chosen = np.argsort(bits.random((n, noise.pool)), axis=1)[:, : noise.panel]
    branch = np.repeat(np.arange(n), noise.panel)
    who = chosen.reshape(-1)
    seen = true.quality[branch][:, questions] + severity[county[branch], who][:, None]
    seen = seen + bits.normal(0, noise.answer, seen.shape)
    grade = t.graded(seen, values, noise.unknown, bits)
    return branch, grade, county[branch] * noise.pool + who


def marks(edition: Edition, n: int, bits: np.random.Generator) -> list[tuple[int, str, int, str, str]]:
    """Gates (mostly met), few vetoes, honours (some twice), deductions: (branch, code, value, matter, level)."""
    rows: list[tuple[int, str, int, str, str]] = []
    for gate in edition.gates:
        rows += [(int(b), gate.code, int(met), gate.code, "") for b, met in enumerate(bits.random(n) >= 0.008)]
    for veto in edition.vetoes:
        rows += [(int(b), veto.code, 1, veto.code, "") for b in np.flatnonzero(bits.random(n) < 0.0012)]
    for bonus in edition.bonuses:
        levels = [level for level, _ in bonus.points]
        for b in np.flatnonzero(bits.random(n) < 0.09):
            level = levels[int(bits.integers(len(levels)))]
            rows.append((int(b), bonus.code, 1, f"{bonus.code}-1", level))
            if bits.random() < 0.2:
                rows.append((int(b), bonus.code, 1, f"{bonus.code}-1", levels[-1]))
    for deduction in edition.deductions:
        rows += [(int(b), deduction.code, 1, f"{deduction.code}-1", "") for b in np.flatnonzero(bits.random(n) < 0.03)]
    return rows
