"""Sums for every unit at every level: additive columns only, so totals agree at every level (method 2.12)."""

from __future__ import annotations

from typing import Any

import numpy as np

from baolei.programme.scoring.arithmetic import Floats, Ints
from baolei.programme.scoring.steps import Board
from baolei.programme.standard.edition import Edition

INTERVAL = 1.645
"""Half-width of a 90 % interval in standard errors."""


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
    total = np.zeros((units, fields + 1, values.shape[1]), dtype=np.int64)
    flat = unit * (fields + 1) + field + 1
    for c in range(values.shape[1]):
        total[:, :, c] = np.bincount(flat, weights=values[:, c], minlength=units * (fields + 1)).reshape(units, -1)
    total[:, 0] = total[:, 1:].sum(axis=1)
    for depth in range(int(max(level)), 1, -1):
        rows = np.flatnonzero((level == depth) & (parent >= 0))
        np.add.at(total, parent[rows], total[rows])
    cells = total.reshape(-1, values.shape[1])
    kept = np.flatnonzero(cells[:, 0] > 0)
    return kept, cells[kept]


def standardised_share(named: Ints, size: Ints, mix: Ints) -> Floats:
    """Share named of each place at the region's field mix: Σ_f (N_f/N)·share_cf over fields present (float64 [c]).

    `named`, `size` [c,F]; `mix` [F]. Fields in which a place has no branch leave their weight to the others.
    """
    weight = np.where(size > 0, mix[None, :], 0).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(size > 0, named / np.maximum(size, 1), 0.0)
        return np.asarray((weight * share).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-12))
