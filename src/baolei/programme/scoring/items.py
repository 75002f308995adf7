"""Items to points: goalposts fixed before the year, never statistics of the sample (method 2.2)."""

from __future__ import annotations

from typing import Any

import numpy as np

from baolei.programme.scoring.arithmetic import Bools, Ints, half_up, share_out, sums_by
from baolei.programme.scoring.steps import Board
from baolei.programme.scoring.tables import Tables, tables
from baolei.programme.standard.edition import Edition, Item

BLOCK = 4096
"""Branches worked on at a time: their facts' numbers fit into the cache, and memory is taken once."""


def item_points(edition: Edition, board: Board) -> dict[str, Any]:
    """Points of every fact.

    Gives `fact_available` and `fact_points` (int64 [m], cents), `item_earned` and `item_available` (int64 [n,S,R]),
    `items_missing` (int32 [n]: items of the field for which no fact was given).
    An item that is not applicable (den = 0) or not given leaves its points to the other items of its cell, in
    proportion and in whole cents; a cell with no item left leaves them to the source's other cells.
    """
    lay, field, branch = tables(edition), board["field"].astype(np.int64), board["fact_branch"]
    blocks = range(0, max(len(field), 1), BLOCK)
    edges = np.searchsorted(branch, [*blocks, len(field)])
    parts = []
    for first, low, high in zip(blocks, edges[:-1], edges[1:], strict=True):
        facts = {name: board[f"fact_{name}"][low:high].astype(np.int64) for name in ("branch", "item", "num", "den")}
        facts["branch"] -= first
        parts.append(_points_of(edition, lay, field[first : first + BLOCK], **facts))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _points_of(
    edition: Edition, lay: Tables, field: Ints, branch: Ints, item: Ints, num: Ints, den: Ints
) -> dict[str, Any]:
    """The same for one block of branches: few enough that the work stays in the cache."""
    of = field[branch]
    worth = lay.points[of, item]
    counts = (den > 0) & (worth > 0)
    available = _available(lay, field, branch, item, np.where(counts, worth, 0))
    top, bottom = earned_share(edition, lay, of, item, num, den)
    points = np.where(counts, half_up(available * top, bottom), 0)
    n, strengths, sources = len(field), lay.cells.shape[1], lay.cells.shape[2]
    cell = (branch * strengths + lay.strength[item]) * sources + lay.source[item]
    shape = (n, strengths, sources)
    given = np.bincount(branch[worth > 0], minlength=n)
    return {
        "fact_available": available,
        "fact_points": points,
        "item_earned": sums_by(cell, points, n * strengths * sources).reshape(shape),
        "item_available": sums_by(cell, available, n * strengths * sources).reshape(shape),
        "items_missing": ((lay.points > 0).sum(axis=1)[field] - given).astype(np.int32),
    }


def earned_share(edition: Edition, lay: Tables, field: Ints, item: Ints, num: Ints, den: Ints) -> tuple[Ints, Ints]:
    """The earned share of each fact as an exact fraction (numerator, denominator > 0), clamped to [0, 1]."""
    low, span, unit = lay.low[field, item], lay.span[field, item], lay.unit[field, item]
    sign = np.sign(span)
    bottom = np.maximum(np.abs(span) * den, 1)
    top = np.clip(sign * (num * unit - low * den), 0, bottom)
    for place, described in enumerate(edition.items.values()):
        if described.kind == "steps":
            rows = np.flatnonzero(item == place)
            top[rows], bottom[rows] = _climb(described, num[rows], den[rows])
    return top, bottom


def _climb(item: Item, num: Ints, den: Ints) -> tuple[Ints, Ints]:
    """The share of the first rung that holds, 0 where none does."""
    top, bottom = np.zeros_like(num), np.ones_like(num)
    open_: Bools = np.ones(len(num), dtype=bool)
    for rung in item.table:
        left, right = num * rung.bound.denominator, rung.bound.numerator * den
        holds = open_ & ((left >= right) if item.table_upward else (left <= right))
        top[holds], bottom[holds] = rung.share.numerator, rung.share.denominator
        open_ &= ~holds
    return top, bottom


def _available(lay: Tables, field: Ints, branch: Ints, item: Ints, worth: Ints) -> Ints:
    """What each fact can earn once the points of absent items have been shared out."""
    strengths, sources = lay.cells.shape[1:]
    cell = (branch * strengths + lay.strength[item]) * sources + lay.source[item]
    have = sums_by(cell, worth, len(field) * strengths * sources).reshape(len(field), strengths, sources)
    want = np.zeros_like(have)
    want[:, :, lay.found] = lay.cells[field][:, :, lay.found]
    want = _move_empty_cells(have, want, lay)
    touched = (have != want) & (have > 0)
    rows = np.flatnonzero(touched.reshape(-1)[cell] & (worth > 0))
    if not len(rows):
        return worth
    rows = rows[np.lexsort((item[rows], cell[rows]))]
    groups, group = np.unique(cell[rows], return_inverse=True)
    available = worth.copy()
    available[rows] = share_out(want.reshape(-1)[groups], worth[rows], group.astype(np.int64), len(groups))
    return available


def _move_empty_cells(have: Ints, want: Ints, lay: Tables) -> Ints:
    """A cell without any item left leaves its points to the source's other cells."""
    moved = want.copy()
    for source in lay.found:
        empty = (have[:, :, source] == 0) & (want[:, :, source] > 0)
        rows = np.flatnonzero(empty.any(axis=1))
        if not len(rows):
            continue
        present = np.where(empty[rows], 0, want[rows, :, source])
        group = np.repeat(np.arange(len(rows)), present.shape[1])
        total = want[rows, :, source].sum(axis=1)
        moved[rows, :, source] = share_out(total, present.reshape(-1), group, len(rows)).reshape(present.shape)
    return moved
