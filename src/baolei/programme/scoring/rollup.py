"""Sums for every unit at every level: additive columns only, so totals agree at every level (method 2.12)."""

from __future__ import annotations

from typing import Any

import numpy as np

from baolei.programme.scoring.arithmetic import Floats, Ints
from baolei.programme.scoring.steps import Board
from baolei.programme.standard.edition import Edition

INTERVAL = 1.645
"""Half-width of a 90 % interval in standard errors."""


SUMMED = (
    "named", "tier", "confirmation", "held", "candidate", "evidence_short", "visited", "disagree", "score",
    "probability", "earned", "available",
)  # fmt: skip
"""What of the board is summed."""


def columns(edition: Edition, board: Board) -> dict[str, Any]:
    """What is summed for each branch: counts, cents, and millionths of chance, all whole numbers (int64 [n])."""
    named = board["named"].astype(np.int64)
    out = {"branches": np.ones(len(named), dtype=np.int64)}
    out |= {f"tier_{tier.code}": (board["tier"] == place).astype(np.int64) for place, tier in enumerate(edition.tiers)}
    chance = board["probability"]
    out |= {
        "named": named,
        "confirmed": named * (board["confirmation"] == 2),
        "visit_first": named * (board["confirmation"] == 1),
        "held": board["held"].astype(np.int64),
        "candidates": board["candidate"].astype(np.int64),
        "short": (board["evidence_short"] != 0).astype(np.int64),
        "visited": board["visited"].astype(np.int64),
        "disagree": board["disagree"].astype(np.int64),
        "score": board["score"],
        "chance": np.rint(chance * 1e6).astype(np.int64),
        "chance_variance": np.rint(chance * (1 - chance) * 1e6).astype(np.int64),
    }
    earned, available = board["earned"], board["available"]
    for s, strength in enumerate(edition.strengths):
        out[f"earned_{strength.code}"] = earned[:, s].sum(axis=1)
        out[f"available_{strength.code}"] = available[:, s].sum(axis=1)
    for r, source in enumerate(edition.sources):
        out[f"earned_{source.code}"] = earned[:, :, r].sum(axis=1)
        out[f"available_{source.code}"] = available[:, :, r].sum(axis=1)
    return out


def roll_up(parent: Any, level: Any, group: Ints, values: Ints) -> tuple[Ints, Ints]:
    """Sum `values` [n,C] over `group` [n] = unit·F + field, and up the tree `parent` [u] (−1 at the root).

    Returns the cells that hold anything, as (unit·(F+1) + field+1, with field 0 for all fields together) and their sums
    [cells,C]. `level` [u] orders the climb: the deepest first.
    """
    units = len(parent)
    fields = int(group.max()) // units + 1 if len(group) else 1
    unit, field = group % units, group // units
    wide = fields + 1
    cell, total = _summed(unit * wide + field + 1, values)
    for depth in range(int(max(level)), 1, -1):
        below = np.flatnonzero((level[cell // wide] == depth) & (parent[cell // wide] >= 0))
        above = parent[cell[below] // wide].astype(np.int64) * wide + cell[below] % wide
        cell, total = _summed(np.concatenate([cell, above]), np.concatenate([total, total[below]]))
    return _summed(np.concatenate([cell // wide * wide, cell]), np.concatenate([total, total]))


def _summed(cell: Ints, values: Ints) -> tuple[Ints, Ints]:
    """Each different cell once, in order, and the sum of its values [cells,C]."""
    order = np.argsort(cell, kind="stable")
    cell = cell[order]
    start = np.flatnonzero(np.diff(cell, prepend=-1))
    return cell[start], np.add.reduceat(values[order], start, axis=0) if len(start) else values[:0]


def standardised_share(named: Ints, size: Ints, mix: Ints) -> Floats:
    """Share named of each place at the region's field mix: Σ_f (N_f/N)·share_cf over fields present (float64 [c]).

    `named`, `size` [c,F]; `mix` [F]. Fields in which a place has no branch leave their weight to the others.
    """
    weight = np.where(size > 0, mix[None, :], 0).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(size > 0, named / np.maximum(size, 1), 0.0)
        return np.asarray((weight * share).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-12))
