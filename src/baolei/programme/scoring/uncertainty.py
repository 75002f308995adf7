"""How sure is the score: SE, the expected quality θ, and the chance of truly standing over the line (method 3.1)."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import ndtr

from baolei.programme.scoring.arithmetic import Floats, Ints
from baolei.programme.scoring.leniency import DOUBLE, RANDOM
from baolei.programme.scoring.steps import Board
from baolei.programme.scoring.tables import tables
from baolei.programme.standard.edition import Edition

LEAST_VISITS = 100
"""Random visits from which the regression on re-inspections replaces the first-year formula for θ and φ."""

HUNDRED = 10_000
"""Cents of a table of 100 points, on whose scale an edition states its spreads."""

SHALLOWEST, STEEPEST = 0.05, 1.5
"""Bounds of that regression's slope. Over 1 it undoes what the scale's ceiling and phantom ballots pressed together."""

LEAST_DOUBLES = 30
"""Double visits from which the visitors' own spread is estimated rather than taken from the edition."""


def reading_variance(edition: Edition, board: Board) -> Floats:
    """Variance of one source's 0-100 reading of a branch, σ²/(n + k) for ballots, σ² for items; float64 [n,R]."""
    lay = tables(edition)
    sigma = board["parameters"].get("sigma", {})
    square = np.array([float(sigma.get(source.code, source.sigma)) ** 2 for source in edition.sources])
    variance = np.repeat(square[None, :], len(board["field"]), axis=0)
    k = board["phantom"][board["field"].astype(np.int64)]
    variance[:, lay.asked] /= np.maximum(board["ballots"] + k, 1)
    return variance


def standard_error(edition: Edition, board: Board) -> dict[str, Any]:
    """v = Σ (w_q/100)²·σ²_q/(n + k). Gives `variance` and `se` (float64 [n], points)."""
    weight = tables(edition).weight[board["field"].astype(np.int64)] / 10_000
    variance = (weight**2 * reading_variance(edition, board)).sum(axis=1)
    return {"variance": variance, "se": np.sqrt(variance)}


def expect(edition: Edition, board: Board) -> dict[str, Any]:
    """θ̂ = μ + ρ(S − δ − μ) and its spread s; a verified visit is combined by precision.

    μ, ρ, φ of each field: from the snapshot where frozen; else from re-inspections where there are enough; else
    ρ = max(0, 1 − mean v/Var S) and φ = 1. Gives `center`, `reliability`, `dispersion` (float64 [F]), `visit_sigma`
    (float, points), `prior_theta`, `prior_spread` (before the branch's own visits), `theta`, `spread`, `standing`,
    `standing_se` (float64 [n], points), `visited` (bool [n]).
    """
    field = board["field"].astype(np.int64)
    adjusted = (board["score"] + board["leniency_line"] - board["leniency_of"]) / 100
    center, reliability, dispersion, shift = _model(edition, board, field, adjusted)
    sigma = _visit_sigma(edition, board)
    prior = center[field] + shift + reliability[field] * (adjusted - center[field])
    spread = np.sqrt(np.maximum(reliability * dispersion, 1e-6)[field] * board["variance"])
    number, mean = visits_of(board, len(field))
    precision = number / sigma**2
    theta = (prior / spread**2 + precision * mean) / (1 / spread**2 + precision)
    plain = 1 / np.maximum(dispersion[field] * board["variance"], 1e-9)
    standing = (adjusted * plain + precision * mean) / (plain + precision)
    return {
        "center": center,
        "reliability": reliability,
        "dispersion": dispersion,
        "visit_sigma": sigma,
        "prior_theta": prior,
        "prior_spread": spread,
        "theta": theta,
        "spread": 1 / np.sqrt(1 / spread**2 + precision),
        "standing": standing,
        "standing_se": 1 / np.sqrt(plain + precision),
        "visited": number > 0,
    }


def visits_of(board: Board, n: int) -> tuple[Ints, Floats]:
    """Visits to each branch (int64 [n]) and the mean of the visitors' judgements (float64 [n], points, 0 if none)."""
    judged = board["visit_overall"] >= 0
    branch = board["visit_branch"][judged]
    number = np.bincount(branch, minlength=n)
    total = np.bincount(branch, weights=board["visit_overall"][judged] / 100, minlength=n)
    return number.astype(np.int64), total / np.maximum(number, 1)


def _model(edition: Edition, board: Board, field: Ints, adjusted: Floats) -> tuple[Floats, Floats, Floats, float]:
    fields = len(edition.fields)
    number = np.maximum(np.bincount(field, minlength=fields), 1)
    center = np.bincount(field, weights=adjusted, minlength=fields) / number
    mean_v = np.bincount(field, weights=board["variance"], minlength=fields) / number
    square = np.bincount(field, weights=(adjusted - center[field]) ** 2, minlength=fields)
    spread = np.maximum(square / np.maximum(number - 1, 1), 1e-9)
    reliability = np.clip(1 - mean_v / spread, 0, 1)
    dispersion, shift = np.ones(fields), 0.0
    told = (board["score"] + board["leniency_line"] - board["leniency_told"]) / 100
    learned = _from_visits(edition, board, field, told, center)
    if learned is not None:
        slope, shift, phi = learned
        reliability, dispersion = np.full(fields, slope), np.full(fields, phi)
    for f, table in enumerate(edition.fields):
        frozen = board["parameters"].get("field", {}).get(table.code, {})
        center[f] = frozen.get("center", center[f])
        reliability[f] = frozen.get("reliability", reliability[f])
        dispersion[f] = frozen.get("dispersion", dispersion[f])
    return center, reliability, dispersion, shift


def _from_visits(
    edition: Edition, board: Board, field: Ints, adjusted: Floats, center: Floats
) -> tuple[float, float, float] | None:
    """Slope, shift and φ of the visitors' judgement on the score, weighted by 1/π; None where visits are too few.

    `adjusted`: the score less the leniency that the county's other visits tell.
    """
    rows = np.flatnonzero((board["visit_wave"] == RANDOM) & (board["visit_overall"] >= 0))
    if len(rows) < LEAST_VISITS:
        return None
    branch = board["visit_branch"][rows]
    weight = 1 / board["visit_probability"][rows]
    middle = center[field[branch]]
    x, y = adjusted[branch] - middle, board["visit_overall"][rows] / 100 - middle
    mean_x, mean_y = np.average(x, weights=weight), np.average(y, weights=weight)
    slope = float((weight * (x - mean_x) * (y - mean_y)).sum() / max((weight * (x - mean_x) ** 2).sum(), 1e-9))
    slope = min(max(slope, SHALLOWEST), STEEPEST)
    shift = float(mean_y - slope * mean_x)
    left = np.average((y - shift - slope * x) ** 2, weights=weight) - _visit_sigma(edition, board) ** 2
    phi = left / max(float(np.average(slope * board["variance"][branch], weights=weight)), 1e-9)
    return slope, shift, float(max(1.0, phi))


def _visit_sigma(edition: Edition, board: Board) -> float:
    """Spread of one visit (points): √(mean squared difference of double visits / 2); else the edition's (of 100)."""
    told = float(edition.policy.visit_sigma) * edition.total / HUNDRED
    again = np.flatnonzero((board["visit_wave"] == DOUBLE) & (board["visit_overall"] >= 0))
    if len(again) < LEAST_DOUBLES:
        return told
    first = {
        int(branch): int(overall)
        for branch, wave, overall in zip(
            board["visit_branch"], board["visit_wave"], board["visit_overall"], strict=True
        )
        if wave != DOUBLE and overall >= 0
    }
    gaps = [
        first[int(b)] - int(v)
        for b, v in zip(board["visit_branch"][again], board["visit_overall"][again], strict=True)
        if int(b) in first
    ]
    if len(gaps) < LEAST_DOUBLES:
        return told
    return float(np.sqrt(np.mean(np.square(gaps)) / 2)) / 100


def chance(edition: Edition, board: Board) -> dict[str, Any]:
    """P = Φ((θ − C)/s): the chance of truly standing over the line.

    C is the field's line; where the edition caps seats, the quantile of the true spread that fits the seats.
    Gives `cut` (float64 [F], points), `probability` (float64 [n]), `confirmation` (int8 [n]: 2 confirmed, 1 visit
    first, 0 not confirmed).
    """
    field, policy = board["field"].astype(np.int64), edition.policy
    theta, spread = board["theta"], board["spread"]
    cut = tables(edition).line / 100
    if policy.seats is not None:
        cut = np.array(
            [
                quantile_of_truth(theta[field == f], spread[field == f], 1 - float(policy.seats))
                for f in range(len(edition.fields))
            ]
        )
    probability = ndtr((theta - cut[field]) / spread)
    sure, near = float(policy.confirmed), float(policy.visit_from)
    return {
        "cut": cut,
        "probability": probability,
        "confirmation": ((probability >= near).astype(np.int8) + (probability >= sure)).astype(np.int8),
    }


def quantile_of_truth(theta: Floats, spread: Floats, level: float) -> float:
    """The `level` quantile of the mixture of N(θ_i, s_i²): where truth, not its estimate, has this share below it."""
    if not len(theta):
        return float("nan")
    low, high = float((theta - 8 * spread).min()), float((theta + 8 * spread).max())
    for _ in range(60):
        middle = (low + high) / 2
        if ndtr((middle - theta) / spread).mean() < level:
            low = middle
        else:
            high = middle
    return (low + high) / 2
