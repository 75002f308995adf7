"""The figure that is printed, ranked and put in a class: the root of the tree, an effect, or a shrunken value."""

from __future__ import annotations

from typing import Any

import numpy as np

from baolei.programme.index.figures import Figures, one
from baolei.programme.index.rounding import half_up
from baolei.programme.scoring.steps import Board
from baolei.programme.standard.index_edition import IndexEdition


def source(edition: IndexEdition, board: Board) -> tuple[Figures, str]:
    """The figures the score is taken from, and their column."""
    if edition.score.of == "effect":
        return board["effect_unit"], "effect"
    if edition.score.of == "shrunk":
        return board["shrink_value"], "shrunk"
    return board["node"], edition.root


def run(edition: IndexEdition, board: Board) -> dict[str, Any]:
    """Gives `score` as printed and `score_exact` before rounding."""
    figures, column = source(edition, board)
    exact = figures.column(column) if column in figures.columns else np.full(len(figures.rows), np.nan)
    printed = exact if edition.score.decimals is None else half_up(exact, edition.score.decimals)
    return {"score": one("score", figures.rows, printed), "score_exact": one("score_exact", figures.rows, exact)}
