"""What deserves a second look: sources that disagree, ballots too much alike. For review only (method 3.4, 3.5)."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import chdtr, ndtr

from baolei.programme.scoring.arithmetic import Bools, Floats, Ints
from baolei.programme.scoring.steps import Board
from baolei.programme.scoring.tables import tables
from baolei.programme.scoring.uncertainty import reading_variance
from baolei.programme.scoring.weights import source_readings
from baolei.programme.standard.edition import Edition

FALSE_DISCOVERY = 0.10
"""Of the branches flagged in a league, at most this share may be expected to be innocent."""

LEAST_ALIKE = 10
"""Fewer ballots than this are never called too much alike."""


def disagreement(edition: Edition, board: Board) -> dict[str, Any]:
    """Each source against what the others suggest, by field: z = d/√(v + τ²).

    p by Bonferroni over sources; Benjamini-Hochberg within each league. Gives `gap` (float64 [n,R], points of 100 above
    what the others suggest, NaN where unknown), `gap_z` (float64 [n,R]), `disagree` (bool [n]).
    """
    field = board["field"].astype(np.int64)
    reading, variance = source_readings(board), reading_variance(edition, board)
    gap, z = np.full_like(reading, np.nan), np.zeros_like(reading)
    for f in range(len(edition.fields)):
        rows = np.flatnonzero(field == f)
        for r in range(reading.shape[1]):
            _one_source(reading, variance, rows, r, gap, z)
    p = np.minimum(1.0, reading.shape[1] * 2 * ndtr(-np.abs(z).max(axis=1)))
    return {"gap": gap, "gap_z": z, "disagree": benjamini_hochberg(p, board["league"], FALSE_DISCOVERY)}


def _one_source(reading: Floats, variance: Floats, rows: Ints, r: int, gap: Floats, z: Floats) -> None:
    others = np.delete(reading[rows], r, axis=1)
    own = reading[rows, r]
    with np.errstate(invalid="ignore"):
        rest = np.where(np.isfinite(others), others, 0).sum(axis=1) / np.maximum(np.isfinite(others).sum(axis=1), 1)
    good = np.isfinite(own) & np.isfinite(others).any(axis=1)
    if good.sum() < 3:
        return
    x, y, at = rest[good], own[good], rows[good]
    spread = float(((x - x.mean()) ** 2).sum())
    slope = float(((x - x.mean()) * (y - y.mean())).sum()) / spread if spread > 0 else 0.0
    left = y - y.mean() - slope * (x - x.mean())
    tau = max(float((left**2).mean() - variance[at, r].mean()), 0.0)
    gap[at, r] = left
    z[at, r] = left / np.sqrt(variance[at, r] + tau)


def alike(edition: Edition, board: Board) -> dict[str, Any]:
    """Ballots of a source that vary far less than the field's ballots do at that mean (ceiling-aware).

    (n−1)s² over the expected s², lower tail of χ². Gives `alike_p` (float64 [n,A]) and `alike` (bool [n], after
    Benjamini-Hochberg within each league).
    """
    lay = tables(edition)
    answers, field = board["answers"], board["field"].astype(np.int64)
    values = lay.values.astype(float)
    p = np.ones(answers.shape[:2])
    for a in range(answers.shape[1]):
        questions = np.flatnonzero(lay.speaks[a] >= 0)
        observed, could, size = (np.zeros(len(field)) for _ in range(3))
        for q in questions:
            spread, room, number = _spread(answers[:, a, q, : len(values)], values)
            observed += spread / len(questions)
            could += room / len(questions)
            size += number / len(questions)
        expected = _field_ratio(observed, could, size, field, len(edition.fields))[field] * could
        usual = np.maximum(expected, 1e-9)
        p[:, a] = np.where(size >= LEAST_ALIKE, chdtr(np.maximum(size - 1, 1), (size - 1) * observed / usual), 1.0)
    worst = np.minimum(1.0, p.min(axis=1) * p.shape[1]) if p.shape[1] else np.ones(len(field))
    return {"alike_p": p, "alike": benjamini_hochberg(worst, board["league"], FALSE_DISCOVERY)}


def _spread(counts: Ints, values: Floats) -> tuple[Floats, Floats, Floats]:
    """Variance of a question's grades, the room it has at that mean, and the number of answers (float64 [n] each)."""
    number, total, square = (np.zeros(len(counts)) for _ in range(3))
    for g, value in enumerate(values):
        number += counts[:, g]
        total += value * counts[:, g]
        square += value**2 * counts[:, g]
    mean = total / np.maximum(number, 1)
    spread = (square / np.maximum(number, 1) - mean**2) * number / np.maximum(number - 1, 1)
    return spread, np.maximum((values.max() - mean) * (mean - values.min()), 1.0), number


def _field_ratio(observed: Floats, could: Floats, size: Floats, field: Ints, fields: int) -> Floats:
    """What share of the room for disagreement a field's ballots use, weighted by ballots (float64 [F])."""
    have = np.where(size > 1, size, 0)
    used = np.bincount(field, weights=have * observed, minlength=fields)
    return used / np.maximum(np.bincount(field, weights=have * could, minlength=fields), 1e-9)


def benjamini_hochberg(p: Floats, group: Ints, level: float) -> Bools:
    """Benjamini-Hochberg in each group: which are rejected at false discovery rate `level` (bool [n])."""
    group = np.asarray(group, dtype=np.int64)
    order = np.lexsort((p, group))
    number = np.bincount(group, minlength=int(group.max()) + 1 if len(group) else 0)
    start = np.concatenate([[0], np.cumsum(number)[:-1]]).astype(np.int64)
    step = np.arange(len(p)) - start[group[order]] + 1
    holds = p[order] <= level * step / number[group[order]]
    last = np.zeros(len(number), dtype=np.int64)
    np.maximum.at(last, group[order][holds], step[holds])
    out = np.zeros(len(p), dtype=bool)
    out[order] = step <= last[group[order]]
    return out
