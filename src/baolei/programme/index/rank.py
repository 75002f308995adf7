"""Places: those who tie share one, and the rounded figure that is printed is the figure that is ranked (UNDP)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from baolei.programme.index.figures import Figures, Numbers, one
from baolei.programme.scoring.steps import Board
from baolei.programme.standard.index_edition import IndexEdition


def places(values: Numbers, ties: str = "min", order: str = "high") -> Numbers:
    """Place of each value (1 = best), NaN for NaN. `ties`: min gives 1, 2, 2, 4; also max, average, dense."""
    result = np.full(len(values), np.nan)
    known = np.isfinite(values)
    result[known] = rankdata(-values[known] if order == "high" else values[known], method=ties)
    return result


def within(values: Numbers, groups: NDArray[Any], ties: str, order: str) -> Numbers:
    """Places inside each group."""
    result = np.full(len(values), np.nan)
    for group in sorted(set(groups)):
        rows = np.flatnonzero(groups == group)
        result[rows] = places(values[rows], ties, order)
    return result


def run(edition: IndexEdition, board: Board) -> dict[str, Any]:
    """Gives `rank` of every unit that is judged."""
    score: Figures = board["score"]
    if edition.rank is None:
        return {"rank": one("rank", score.rows, np.full(len(score.rows), np.nan))}
    judged = board["evidence_eligible"].column("evidence_eligible") > 0
    values = np.where(judged, score.column("score"), np.nan)
    peers = board["peer"].column("peer") if edition.rank.within == "peers" else np.full(len(values), "", dtype=object)
    return {"rank": one("rank", score.rows, within(values, peers, edition.rank.ties, edition.rank.order))}
