"""Several studies of one question, pooled: how much they differ beyond chance, and their common mean.

DerSimonian & Laird (1986): Q = sum w (y - mean)^2 with w = 1/v; between-study variance by moments, not below 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from baolei.programme.index.figures import Figures, Numbers, nothing, several
from baolei.programme.index.table import Table
from baolei.programme.refusals import CaseRefused, Fault
from baolei.programme.scoring.steps import Board
from baolei.programme.standard.index_edition import IndexEdition


@dataclass(frozen=True, slots=True)
class Pooled:
    """Between-study variance, pooled mean with its standard error, and Cochran's Q."""

    between: float
    mean: float
    error: float
    q: float


def between_studies(value: Numbers, variance: Numbers, fixed: bool = False) -> Pooled:
    """Pool values with known sampling variances; `fixed` takes them to differ by chance alone."""
    weight = 1 / variance
    mean = float((weight * value).sum() / weight.sum())
    q = float((weight * (value - mean) ** 2).sum())
    scale = float(weight.sum() - (weight**2).sum() / weight.sum())
    between = 0.0 if fixed or scale <= 0 else max(0.0, (q - (len(value) - 1)) / scale)
    final = 1 / (variance + between)
    return Pooled(between, float((final * value).sum() / final.sum()), math.sqrt(1 / float(final.sum())), q)


def effect_sizes(cells: Numbers, measure: str) -> tuple[Numbers, Numbers]:
    """Effect and sampling variance of each row of (events, non-events) x (treated, controls).

    Half an event is added to every cell of a row that has an empty one (Haldane, Anscombe).
    """
    counts = np.where((cells == 0).any(axis=1)[:, None], cells + 0.5, cells)
    a, b, c, d = counts.T
    treated, controls = a + b, c + d
    if measure == "log_odds_ratio":
        return np.log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d
    if measure == "log_risk_ratio":
        return np.log((a / treated) / (c / controls)), 1 / a - 1 / treated + 1 / c - 1 / controls
    return a / treated - c / controls, a * b / treated**3 + c * d / controls**3


def run(edition: IndexEdition, board: Board) -> dict[str, Any]:
    """Gives `pool_study` (units x effect, variance) and `pool_fit` (tau2, mean, error, Q)."""
    rule = edition.pool
    if rule is None:
        return {"pool_study": nothing(), "pool_fit": nothing()}
    table: Table = board["tables"]["units"]
    units: Figures = board["value_raw"]
    faults: list[Fault] = []
    names = rule.cells or (rule.value, rule.variance)
    columns = np.column_stack([table.numbers(name, faults) for name in names])
    faults += [
        Fault(
            table.place, table.lines[row], "a figure is missing or below zero", "every study needs all of its figures"
        )
        for row in np.flatnonzero(~(columns[:, 0 if rule.cells else 1 :] >= 0).all(axis=1))
    ]
    if faults:
        raise CaseRefused(faults)
    value, variance = effect_sizes(columns, rule.measure) if rule.cells else (columns[:, 0], columns[:, 1])
    found = between_studies(value, variance, fixed=rule.between == "none")
    fit = {"tau2": [found.between], "mean": [found.mean], "error": [found.error], "Q": [found.q]}
    return {
        "pool_study": several(units.rows, {"effect": value, "variance": variance}),
        "pool_fit": several(["fit"], fit),
    }
