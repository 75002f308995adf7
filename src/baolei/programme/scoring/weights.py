"""What the weights decide: exact best and worst case, effective weights, random weights (method 2.1, 3.3)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from baolei.programme.scoring.arithmetic import Floats, Ints
from baolei.programme.scoring.steps import Board
from baolei.programme.scoring.tables import tables
from baolei.programme.standard.edition import Edition

GRID = 10_000
"""Rank resolution of random weights: 0.01 of a hundred-point scale."""


def source_readings(board: Board) -> Floats:
    """Each source's own reading of a branch, 0-100; NaN where the source has nothing to say. float64 [n,R]."""
    earned, available = board["earned"].sum(axis=1), board["available"].sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(available > 0, 100 * earned / np.maximum(available, 1), np.nan)


def weight_bounds(edition: Edition, board: Board) -> dict[str, Any]:
    """Highest and lowest score when every source's weight may move by ±within and still add up (method 3.3).

    Filling from the best (worst) source is the optimum of the linear programme. Bonus and deduction stay. Gives
    `weight_low`, `weight_high` (float64 [n], points), `robust` (bool [n]: both on one side of the line) and
    `effective` (float64 [F,R]: e_q = Cov(w_q·y_q, T)/Var(T), adds up to 1).
    """
    field = board["field"].astype(np.int64)
    lay = tables(edition)
    weight = lay.weight[field] / 100
    reading = np.nan_to_num(source_readings(board), nan=0.0)
    within = float(edition.policy.weights_within)
    extra = (board["score"] - board["base"]) / 100
    high = greedy(reading, weight, within) + extra
    low = -greedy(-reading, weight, within) + extra
    line = lay.line[field] / 100
    return {
        "weight_low": low,
        "weight_high": high,
        "robust": (low >= line) | (high < line),
        "effective": effective(board["earned"].sum(axis=1) / 100, field, len(edition.fields)),
    }


def greedy(reading: Floats, weight: Floats, within: float) -> Floats:
    """max Σ w'·y/100 over w' in [(1−within)w, (1+within)w] with Σw' = Σw; exact. [n,R], [n,R] → [n]."""
    order = np.argsort(-reading, axis=1, kind="stable")
    y, w = np.take_along_axis(reading, order, axis=1), np.take_along_axis(weight, order, axis=1)
    spare = within * w.sum(axis=1)
    total = ((1 - within) * w * y).sum(axis=1)
    for place in range(y.shape[1]):
        used = np.minimum(2 * within * w[:, place], spare)
        total += used * y[:, place]
        spare -= used
    return np.asarray(total / 100)


def effective(part: Floats, field: Ints, fields: int) -> Floats:
    """Share of each part in the variance of the sum, by field: float64 [F,R]; rows add up to 1, or are 0."""
    out = np.zeros((fields, part.shape[1]))
    for f in range(fields):
        own = part[field == f]
        if len(own) < 2:
            continue
        total = own.sum(axis=1)
        spread = float(((total - total.mean()) ** 2).sum())
        if spread > 0:
            out[f] = ((own - own.mean(axis=0)) * (total - total.mean())[:, None]).sum(axis=0) / spread
    return out


def rank_under_weights(
    values: npt.NDArray[np.float32], weight: npt.NDArray[np.float32], draws: int, within: float, seed: int
) -> tuple[Floats, npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Ranks of n alternatives over random weights in ±within, renormalised: mean, best and worst (each [n]).

    `values` [n,K] on 0-100, `weight` [K]. Ranks are counted on a grid of 0.01, ties share the best.
    """
    bits = np.random.Generator(np.random.PCG64(seed))
    tried = weight * bits.uniform(1 - within, 1 + within, size=(draws, len(weight))).astype(np.float32)
    tried *= np.float32(GRID / 100) / tried.sum(axis=1, keepdims=True)
    n = len(values)
    total = np.zeros(n, dtype=np.int64)
    best, worst = np.full(n, n, dtype=np.int32), np.zeros(n, dtype=np.int32)
    for start in range(0, draws, 50):
        scores = np.rint(tried[start : start + 50] @ values.T).astype(np.int32)
        for line in scores:
            above = n - np.cumsum(np.bincount(line, minlength=GRID + 1)).astype(np.int32)
            rank = above[line] + 1
            total += rank
            np.minimum(best, rank, out=best)
            np.maximum(worst, rank, out=worst)
    return total / draws, best, worst
