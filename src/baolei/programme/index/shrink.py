"""Small numbers drawn towards the mean of all: the less is known, the more (method 2.3).

James-Stein as Efron & Morris (1975) for equal numbers of trials; (n m + k mu)/(n + k) with k by moments (beta-binomial)
or given (phantom ballots) for unequal ones; normal with a variance for each value (k by DerSimonian-Laird).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from baolei.programme.index.figures import Figures, Numbers, nothing, several
from baolei.programme.index.pool import between_studies
from baolei.programme.index.table import Table
from baolei.programme.refusals import CaseRefused, Fault
from baolei.programme.scoring.steps import Board
from baolei.programme.standard.index_edition import IndexEdition, Shrink


def james_stein(share: Numbers, trials: float) -> tuple[Numbers, float, float]:
    """Shrunken shares, c and the mean: mean + c (share - mean), c = 1 - (k - 3) V / S, not below 0.

    V = mean (1 - mean)/trials is the sampling variance at the mean, S the sum of squares, k the number of shares.
    """
    mean = float(share.mean())
    spread = float(((share - mean) ** 2).sum())
    variance = mean * (1 - mean) / trials
    keep = max(0.0, 1 - (len(share) - 3) * variance / spread) if spread > 0 else 0.0
    return mean + keep * (share - mean), keep, mean


def beta_binomial(successes: Numbers, trials: Numbers) -> tuple[float, float]:
    """k and mu of the beta prior by moments (Kleinman 1973, weights n); k is infinite when chance explains all."""
    share = successes / trials
    total, units = trials.sum(), len(trials)
    mean = float(successes.sum() / total)
    spread = float((trials * (share - mean) ** 2).sum())
    typical = float(total - (trials**2).sum() / total)
    between = (spread - (units - 1) * mean * (1 - mean)) / typical
    overlap = between / (mean * (1 - mean) * (1 - (units - 1) / typical)) if 0 < mean < 1 else 0.0
    return ((1 - overlap) / overlap if overlap > 0 else float("inf")), mean


def phantom(share: Numbers, trials: Numbers, k: float, mean: float) -> Numbers:
    """(n m + k mu)/(n + k): k ballots at the mean are added to a unit's own."""
    return mean + (share - mean) * (trials / (trials + k) if np.isfinite(k) else np.zeros(len(share)))


def _shares(rule: Shrink, own: Numbers, trials: Numbers, place: str) -> tuple[Numbers, Numbers, dict[str, float]]:
    share = own / trials
    if rule.method == "james_stein":
        if len(np.unique(trials)) > 1 or len(share) < 4:
            right = "use beta_binomial where the numbers of trials differ, and at least 4 units"
            raise CaseRefused([Fault(place, 0, "James-Stein is for equal numbers of trials", right)])
        drawn, keep, mean = james_stein(share, float(trials[0]))
        return share, drawn, {"c": keep, "mean": mean}
    k, mean = beta_binomial(own, trials)
    k, mean = (k if rule.phantom is None else rule.phantom), (mean if rule.mean is None else rule.mean)
    return share, phantom(share, trials, k, mean), {"k": k, "mean": mean}


def _normal(value: Numbers, variance: Numbers) -> tuple[Numbers, Numbers, dict[str, float]]:
    found = between_studies(value, variance)
    keep = found.between / (found.between + variance) if found.between > 0 else np.zeros(len(value))
    return value, found.mean + keep * (value - found.mean), {"mean": found.mean, "between": found.between}


def run(edition: IndexEdition, board: Board) -> dict[str, Any]:
    """Gives `shrink_value` (units x raw, shrunk) and `shrink_fit` (c or k, mean; squared errors against the truth)."""
    rule = edition.shrink
    if rule is None:
        return {"shrink_value": nothing(), "shrink_fit": nothing()}
    table: Table = board["tables"]["units"]
    faults: list[Fault] = []
    columns = {
        name: table.numbers(getattr(rule, name), faults)
        for name in ("successes", "trials", "value", "variance", "truth")
        if getattr(rule, name)
    }
    faults += [
        Fault(table.place, table.lines[row], f"{getattr(rule, name)} is missing", "every unit needs one")
        for name, values in columns.items()
        if name != "truth"
        for row in np.flatnonzero(~np.isfinite(values))
    ]
    if faults:
        raise CaseRefused(faults)
    raw, drawn, fit = (
        _normal(columns["value"], columns["variance"])
        if rule.method == "normal"
        else _shares(rule, columns["successes"], columns["trials"], table.place)
    )
    if rule.truth:
        fit["error_raw"] = float(((raw - columns["truth"]) ** 2).sum())
        fit["error_shrunk"] = float(((drawn - columns["truth"]) ** 2).sum())
    units: Figures = board["value_raw"]
    return {
        "shrink_value": several(units.rows, {"raw": raw, "shrunk": drawn}),
        "shrink_fit": several(["fit"], {name: [value] for name, value in fit.items()}),
    }
