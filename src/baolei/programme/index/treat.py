"""Take the outliers in, one point at a time, and say how many.

While |skewness| and kurtosis (both corrected for bias, as spreadsheets have them) exceed their limits, the outermost
value becomes the next one inward: at the top when the skew is positive, else at the bottom. Groeneveld's rule of the
EC-JRC, as COINr has it. Where `at_most` points are not enough, the indicator goes through a logarithm instead.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from baolei.programme.index.figures import Figures, Numbers, several
from baolei.programme.scoring.steps import Board
from baolei.programme.standard.index_edition import IndexEdition, Treat


def skewness(values: Numbers) -> float:
    """Skewness G1, corrected for bias (Joanes & Gill 1998, type 2); 0 for fewer than 3 values or no spread."""
    n, centred = len(values), values - values.mean()
    second = float((centred**2).mean())
    if n < 3 or second == 0:
        return 0.0
    return float((centred**3).mean() / second**1.5) * float(np.sqrt(n * (n - 1))) / (n - 2)


def kurtosis(values: Numbers) -> float:
    """Excess kurtosis G2, corrected for bias (Joanes & Gill 1998, type 2); 0 for fewer than 4 values or no spread."""
    n, centred = len(values), values - values.mean()
    second = float((centred**2).mean())
    if n < 4 or second == 0:
        return 0.0
    plain = float((centred**4).mean()) / second**2 - 3
    return ((n + 1) * plain + 6) * (n - 1) / ((n - 2) * (n - 3))


def crooked(values: Numbers, rule: Treat) -> bool:
    """Whether both limits are exceeded."""
    return abs(skewness(values)) > rule.skewness and kurtosis(values) > rule.kurtosis


def winsorised(values: Numbers, rule: Treat) -> tuple[Numbers, int]:
    """One indicator without gaps, and in how many rounds a point was moved in."""
    inward, rounds = values.copy(), 0
    while rounds < rule.at_most and crooked(inward, rule):
        edge = inward.max() if skewness(inward) >= 0 else inward.min()
        rest = inward[inward != edge]
        if len(np.unique(rest)) < 2:
            break
        inward[inward == edge] = rest.max() if skewness(inward) >= 0 else rest.min()
        rounds += 1
    return inward, rounds


def logarithm(values: Numbers) -> Numbers:
    """ln(x - min + 0.01 * range): the logarithm that takes any indicator (COIN Tool)."""
    low, high = values.min(), values.max()
    return np.asarray(np.log(values - low + 0.01 * (high - low)), dtype=np.float64)


def treated(values: Numbers, rule: Treat) -> Numbers:
    """One indicator, gaps left as they are."""
    known = np.isfinite(values)
    result = values.copy()
    if known.any():
        inward, rounds = winsorised(values[known], rule)
        beyond = rounds >= rule.at_most and crooked(inward, rule) and rule.otherwise == "log"
        result[known] = logarithm(values[known]) if beyond else inward
    return result


def run(edition: IndexEdition, board: Board) -> dict[str, Any]:
    """Gives `value_treated` and `value_treatment`, indicators x (low, high): points moved in at either end."""
    before: Figures = board["value_imputed"]
    rule, values = edition.treat, before.values
    if rule:
        columns = [treated(values[:, place], rule) for place in range(values.shape[1])]
        values = np.column_stack(columns) if columns else values
    with np.errstate(invalid="ignore"):
        low, high = (values > before.values).sum(axis=0), (values < before.values).sum(axis=0)
    return {
        "value_treated": Figures(before.rows, before.columns, values),
        "value_treatment": several(before.columns, {"low": low, "high": high}),
    }
