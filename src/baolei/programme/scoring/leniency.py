"""How lenient a county's own assessors are, told by re-inspection of the same branches (method 2.6)."""

from __future__ import annotations

from typing import Any

import numpy as np

from baolei.programme.scoring.arithmetic import Floats, Ints
from baolei.programme.scoring.steps import Board
from baolei.programme.scoring.tables import tables
from baolei.programme.standard.edition import Edition

RANDOM, BORDERLINE, DOUBLE = 0, 1, 2
"""Waves of visits: drawn at random, near the line, second visit to a branch already visited."""

LEAST_COUNTIES = 3
"""With fewer counties there is no spread between counties to estimate: the edition's κ stands."""


def leniency(edition: Edition, board: Board) -> dict[str, Any]:
    """δ of every county and the inflation of the whole, in points.

    D = organisation's points as the county gave them − as verified, on branches visited at random, weighted by 1/π.
    δ_c = n_c/(n_c+κ)·(D̄_c − D̄) + D̄ where n_c is large enough, else D̄. Gives `leniency` (float64 [counties], cents
    rounded to whole cents), `leniency_se` (float64 [counties], cents), `leniency_n` (int64 [counties]), `inflation`,
    `inflation_se` (float, cents),
    `leniency_of` (float64 [n], cents, what is taken from the branch's standing), `leniency_told` (float64 [n]: the same
    as the county's *other* visits tell it, wherever the branch was visited itself) and `leniency_line` (int64 [n],
    cents printed as a line of the score; only in mode `score`).
    """
    policy, lay = edition.policy, tables(edition)
    place = board["county"] if policy.leniency_level == "banner" else board["league"]
    counties = int(place.max()) + 1 if len(place) else 0
    n = len(board["field"])
    none = {
        "leniency": np.zeros(counties),
        "leniency_se": np.zeros(counties),
        "leniency_n": np.zeros(counties, dtype=np.int64),
        "inflation": 0.0,
        "inflation_se": 0.0,
        "leniency_of": np.zeros(n),
        "leniency_told": np.zeros(n),
        "leniency_line": np.zeros(n, dtype=np.int64),
    }
    rows = np.flatnonzero(board["visit_wave"] == RANDOM)
    if policy.leniency_mode == "off" or not len(rows):
        return none
    branch = board["visit_branch"][rows]
    local = board["item_earned"][:, :, lay.found].sum(axis=(1, 2))
    gap = (local[branch] - board["visit_organisation"][rows]).astype(float)
    weight = 1 / board["visit_probability"][rows]
    delta, number, overall = county_gaps(place[branch], gap, weight, counties, float(policy.leniency_kappa))
    delta = np.where(number >= policy.leniency_visits, delta, overall).round()
    taken = delta[place]
    told = taken.copy()
    others = gaps_without_own(place[branch], gap, weight, counties, float(policy.leniency_kappa))
    told[branch] = np.where(number[place[branch]] >= policy.leniency_visits, others, taken[branch])
    overall_se = _survey_se(gap, weight, overall)
    own_se = county_se(place[branch], gap, number, float(policy.leniency_kappa), overall_se)
    return {
        "leniency": delta,
        "leniency_se": np.where(number >= policy.leniency_visits, own_se, overall_se),
        "leniency_n": number,
        "inflation": overall,
        "inflation_se": overall_se,
        "leniency_of": taken,
        "leniency_told": told,
        "leniency_line": (taken if policy.leniency_mode == "score" else np.zeros(n)).astype(np.int64),
    }


def county_gaps(place: Ints, gap: Floats, weight: Floats, counties: int, kappa: float) -> tuple[Floats, Ints, float]:
    """Shrunken mean gap of each county, visits in each, and the overall mean gap (all weighted by 1/π)."""
    mass = np.bincount(place, weights=weight, minlength=counties)
    number = np.bincount(place, minlength=counties)
    overall = float(np.average(gap, weights=weight))
    mean = np.bincount(place, weights=weight * gap, minlength=counties) / np.maximum(mass, 1e-300)
    kappa = _kappa(place, gap, number, kappa)
    delta = number / (number + kappa) * (mean - overall) + overall
    return np.where(number > 0, delta, overall), number.astype(np.int64), overall


def county_se(place: Ints, gap: Floats, number: Ints, kappa: float, overall_se: float) -> Floats:
    """Standard error of each county's shrunken mean gap, float64 [counties], in the unit of `gap`.

    What its visits leave open, s²_within/(n_c+κ), and as much of the overall mean's own error as the county is drawn
    to it. Where no county has two visits the spread within counties is that of all gaps.
    """
    kappa = _kappa(place, gap, number, kappa)
    within = _within(place, gap, number)
    drawn = kappa / (number + kappa)
    return np.asarray(np.sqrt(within / (number + kappa) + (drawn * overall_se) ** 2))


def gaps_without_own(place: Ints, gap: Floats, weight: Floats, counties: int, kappa: float) -> Floats:
    """The shrunken gap of each visit's county without that visit, float64 [visits].

    A branch's own visit must not explain the branch: a figure fitted to it would look surer than it is elsewhere.
    """
    mass = np.bincount(place, weights=weight, minlength=counties)[place] - weight
    total = np.bincount(place, weights=weight * gap, minlength=counties)[place] - weight * gap
    number = np.bincount(place, minlength=counties)
    overall = float(np.average(gap, weights=weight))
    left = number[place] - 1
    mean = np.where(left > 0, total / np.maximum(mass, 1e-300), overall)
    return np.asarray(left / (left + _kappa(place, gap, number, kappa)) * (mean - overall) + overall)


def _kappa(place: Ints, gap: Floats, number: Ints, default: float) -> float:
    """κ = s²_within/τ²_between by one-way analysis of variance; the default where it cannot be estimated."""
    groups = int((number > 0).sum())
    total = len(gap)
    if groups < LEAST_COUNTIES or total <= groups:
        return default
    mean = np.bincount(place, weights=gap, minlength=len(number)) / np.maximum(number, 1)
    within = _within(place, gap, number)
    between = float((number * (mean - gap.mean()) ** 2).sum()) / (groups - 1)
    size = (total - float((number.astype(float) ** 2).sum()) / total) / (groups - 1)
    spread = (between - within) / size
    return within / spread if spread > 0 and within > 0 else default


def _within(place: Ints, gap: Floats, number: Ints) -> float:
    """s²_within: the variance of gaps around the mean of their county; around the mean of all where none has two."""
    groups = int((number > 0).sum())
    if len(gap) <= groups:
        return float(gap.var())
    mean = np.bincount(place, weights=gap, minlength=len(number)) / np.maximum(number, 1)
    return float(((gap - mean[place]) ** 2).sum()) / (len(gap) - groups)


def _survey_se(gap: Floats, weight: Floats, overall: float) -> float:
    """Standard error of the inflation under Poisson sampling (method 2.6), cents."""
    drawn = 1 / weight
    return float(np.sqrt(((1 - drawn) / drawn**2 * (gap - overall) ** 2).sum()) / weight.sum())
