"""Ballots to points: the plain mean, with k phantom ballots at the field's published mean (method 2.3, 2.4, 2.5)."""

from __future__ import annotations

from typing import Any

import numpy as np

from baolei.programme.scoring.arithmetic import Ints, half_up, sums_by
from baolei.programme.scoring.steps import Board
from baolei.programme.scoring.tables import tables
from baolei.programme.standard.edition import Edition


def panel_severity(edition: Edition, board: Board) -> dict[str, Any]:
    """How severe each identified member of a panel is, and what to take from the sums of answers (method 2.5).

    β_r = Σ(y − branch mean)/(n_r + λ), iterated; only for raters of enough branches. Gives `severity` (float64
    [raters]: points of 100, rounded to 0.01) and `severity_shift` (int64 [n,A,Q], cents to subtract from the sums).
    """
    answers = board["answers"]
    shift = np.zeros(answers.shape[:3], dtype=np.int64)
    if not edition.policy.severity or not len(board["panel_branch"]):
        return {"severity": np.zeros(0), "severity_shift": shift}
    lay = tables(edition)
    grade = board["panel_answers"]
    said = grade < len(lay.values)
    value = np.where(said, lay.values[np.minimum(grade, len(lay.values) - 1)], 0)
    count = said.sum(axis=1)
    rows = count > 0
    mean = value[rows].sum(axis=1) / count[rows]
    beta = np.zeros(int(board["panel_rater"].max()) + 1)  # also of raters who ticked nothing that counts
    if rows.any():
        found = severity_of(
            board["panel_branch"][rows],
            board["panel_rater"][rows],
            mean,
            float(edition.policy.severity_lambda),
            edition.policy.severity_branches,
        )
        beta[: len(found)] = found
    cents = np.round(beta * 100).astype(np.int64)
    weight = np.where(said, cents[board["panel_rater"]][:, None], 0)
    at = (board["panel_branch"].astype(np.int64) * answers.shape[1] + board["panel_source"])[:, None] * answers.shape[2]
    flat = (at + np.arange(answers.shape[2])).reshape(-1)
    shift = sums_by(flat, weight.reshape(-1), shift.size).reshape(shift.shape)
    return {"severity": cents / 100, "severity_shift": shift}


def severity_of(branch: Ints, rater: Ints, value: Any, strength: float, least: int, rounds: int = 200) -> Any:
    """β of each rater (float64 [max rater + 1]); 0 for raters of fewer than `least` branches.

    Alternates branch means and shrunken rater means until nothing moves by 1e-9; converges to the BLUP of a crossed
    model with `strength` = σ²/τ²_β (method 2.5).
    """
    raters, branches = int(rater.max()) + 1, int(branch.max()) + 1
    n_r, n_b = np.bincount(rater, minlength=raters), np.maximum(np.bincount(branch, minlength=branches), 1)
    beta = np.zeros(raters)
    for _ in range(rounds):
        level = np.bincount(branch, weights=value - beta[rater], minlength=branches) / n_b
        fresh = np.bincount(rater, weights=value - level[branch], minlength=raters) / (n_r + strength)
        fresh[n_r < least] = 0
        moved, beta = np.abs(fresh - beta).max(), fresh
        if moved < 1e-9:
            break
    return beta


def ballot_means(edition: Edition, board: Board) -> dict[str, Any]:
    """Printed means. Gives `asked_n`, `asked_mean` (int64 [n,A,S]; answers, and cents on the 0-100 scale, 0 if none)
    and `asked_unknown` (int64 [n,A,S]: "don't know", counted, never scored)."""
    lay = tables(edition)
    answers = board["answers"]
    n, asked = answers.shape[:2]
    strengths = lay.cells.shape[1]
    count = np.zeros((asked, strengths, n), dtype=np.int64)
    total, unknown = count.copy(), count.copy()
    for a, q in zip(*np.nonzero(lay.speaks >= 0), strict=True):
        s = lay.speaks[a, q]
        for g, value in enumerate(lay.values):
            count[a, s] += answers[:, a, q, g]
            total[a, s] += 100 * value * answers[:, a, q, g]
        total[a, s] -= board["severity_shift"][:, a, q]
        unknown[a, s] += answers[:, a, q, len(lay.values)]
    count, total, unknown = (np.moveaxis(table, 2, 0) for table in (count, total, unknown))
    mean = np.clip(half_up(total, np.maximum(count, 1)), 0, 10_000)
    return {"asked_n": count, "asked_mean": np.where(count > 0, mean, 0), "asked_unknown": unknown}


def freeze(edition: Edition, board: Board) -> dict[str, Any]:
    """The figures that stand before any verdict: k and μ of every field and source.

    From the snapshot's frozen parameters where given (last year's), else the edition's k and this year's mean of the
    branches' printed means. Gives `phantom` (int64 [F,A]), `norm` (int64 [F,A,S], cents on the 0-100 scale).
    """
    lay = tables(edition)
    field, mean, count = board["field"].astype(np.int64), board["asked_mean"], board["asked_n"]
    fields, asked, strengths = lay.phantom.shape[0], mean.shape[1], mean.shape[2]
    phantom, norm = lay.phantom.copy(), np.zeros((fields, asked, strengths), dtype=np.int64)
    for a in range(asked):
        for s in range(strengths):
            have = count[:, a, s] > 0
            sums = sums_by(field[have], mean[have, a, s], fields)
            number = np.bincount(field[have], minlength=fields)
            norm[:, a, s] = np.where(number > 0, half_up(sums, np.maximum(number, 1)), 0)
    _overlay(edition, board["parameters"], phantom, norm)
    return {"phantom": phantom, "norm": norm}


def _overlay(edition: Edition, parameters: Any, phantom: Ints, norm: Ints) -> None:
    """Put the snapshot's frozen figures in the place of estimated ones."""
    for f, field in enumerate(edition.fields):
        for a, source in enumerate(edition.asked()):
            k = parameters.get("phantom", {}).get(field.code, {}).get(source.code)
            phantom[f, a] = phantom[f, a] if k is None else k
            for s, strength in enumerate(edition.strengths):
                mu = parameters.get("norm", {}).get(field.code, {}).get(source.code, {}).get(strength.code)
                norm[f, a, s] = norm[f, a, s] if mu is None else mu


def shrink(edition: Edition, board: Board) -> dict[str, Any]:
    """x = R2((n·m + k·μ)/(n + k)) and its points (method 2.3).

    Gives `asked_score` (int64 [n,A,S], cents on the 0-100 scale), `asked_points` (int64 [n,A,S], cents).
    """
    lay = tables(edition)
    field = board["field"].astype(np.int64)
    n, m = board["asked_n"], board["asked_mean"]
    k, mu = board["phantom"][field][:, :, None], board["norm"][field]
    score = np.where(n + k > 0, half_up(n * m + k * mu, np.maximum(n + k, 1)), mu)
    worth = np.moveaxis(lay.cells[:, :, lay.asked], 1, 2)[field]
    return {"asked_score": score, "asked_points": half_up(worth * score, 10_000)}
