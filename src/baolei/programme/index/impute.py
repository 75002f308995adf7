"""Fill the gaps, in the open: every filled cell is counted.

OECD/JRC Handbook (2008) step 3: the mean or median of all units, or of the unit's own group.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from baolei.programme.index.figures import Figures, Numbers, one
from baolei.programme.scoring.steps import Board
from baolei.programme.standard.index_edition import Impute, IndexEdition


def filled(values: Numbers, rule: Impute, groups: NDArray[Any] | None = None) -> Numbers:
    """`values` (units x indicators) without gaps; a gap stays where a whole group has nothing."""
    if rule.method == "constant":
        return np.where(np.isfinite(values), values, rule.value)
    middle = np.nanmedian if rule.method.endswith("median") else np.nanmean
    whole = np.zeros(len(values), dtype=object) if groups is None else groups
    result = values.copy()
    for group in sorted(set(whole)):
        rows = np.flatnonzero(whole == group)
        part = values[rows]
        known = np.isfinite(part).any(axis=0)
        centre = np.full(part.shape[1], np.nan)
        if known.any():
            centre[known] = middle(part[:, known], axis=0)
        result[rows] = np.where(np.isfinite(part), part, centre)
    return result


def run(edition: IndexEdition, board: Board) -> dict[str, Any]:
    """Gives `value_imputed` and `value_filled`, the number of cells filled."""
    before: Figures = board["value_screened"]
    values = before.values
    if edition.impute:
        groups = None
        if edition.impute.by:
            labels: Figures = board["value_label"]
            at = {unit: row for row, unit in enumerate(labels.rows)}
            groups = labels.column(edition.impute.by)[[at[unit] for unit in before.rows]]
        values = filled(before.values, edition.impute, groups)
    count = float(np.isnan(before.values).sum() - np.isnan(values).sum())
    return {
        "value_imputed": Figures(before.rows, before.columns, values),
        "value_filled": one("value_filled", ["cells"], [count]),
    }
