"""Divide indicators by what makes them comparable: people, area, output.

A denominator of zero makes the indicator *not applicable* (NaN), never zero (DHIS2, method 2.2).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from baolei.programme.index.figures import Figures, Numbers
from baolei.programme.scoring.steps import Board
from baolei.programme.standard.index_edition import IndexEdition


def divided(numerator: Numbers, denominator: Numbers) -> Numbers:
    """numerator / denominator, NaN where either is missing or the denominator is zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(denominator == 0, np.nan, numerator / denominator)


def run(edition: IndexEdition, board: Board) -> dict[str, Any]:
    """Gives `value_denominated`, units x indicators."""
    raw: Figures = board["value_raw"]
    extra: Figures = board["value_extra"]
    values = raw.values.copy()
    for item in edition.items:
        if item.denominator and item.code in raw.columns:
            place = raw.columns.index(item.code)
            values[:, place] = divided(values[:, place], extra.column(item.denominator))
    return {"value_denominated": Figures(raw.rows, raw.columns, values)}
