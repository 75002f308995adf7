"""Leave out indicators that too few units have, and units of which too little is known.

The hospital stars drop a measure seen at 100 hospitals or fewer; COINr screens units by the share of data present.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from baolei.programme.index.figures import Figures, several
from baolei.programme.scoring.steps import Board
from baolei.programme.standard.index_edition import IndexEdition, Screen


def kept_items(values: Figures, rule: Screen) -> list[str]:
    """The indicators seen at enough units."""
    present = np.isfinite(values.values).sum(axis=0)
    least = max(rule.item_at_least, rule.item_share * len(values.rows))
    return [code for code, count in zip(values.columns, present, strict=True) if count >= least]


def kept_units(values: Figures, rule: Screen) -> list[int]:
    """Row numbers of the units with enough indicators."""
    share = np.isfinite(values.values).mean(axis=1) if values.columns else np.ones(len(values.rows))
    return [int(row) for row in np.flatnonzero(share >= rule.unit_share)]


def run(edition: IndexEdition, board: Board) -> dict[str, Any]:
    """Gives `value_screened` and `value_screen`, indicators x (present, kept)."""
    before: Figures = board["value_denominated"]
    after = before
    if edition.screen:
        after = before.pick(kept_items(before, edition.screen))
        rows = kept_units(after, edition.screen)
        after = Figures(tuple(after.rows[row] for row in rows), after.columns, after.values[rows])
    present = np.isfinite(before.values).sum(axis=0)
    kept = [float(code in after.columns) for code in before.columns]
    return {"value_screened": after, "value_screen": several(before.columns, {"present": present, "kept": kept})}
