"""Bring every indicator onto one scale, with more always better.

Goalposts (UNDP) are fixed before the year, so no unit's figure depends on another's; minimum-maximum and z-scores
(OECD/JRC Handbook step 5) are for indices that compare a closed set.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.stats import rankdata

from baolei.programme.index.figures import Figures, Numbers
from baolei.programme.refusals import CaseRefused, Fault
from baolei.programme.scoring.steps import Board
from baolei.programme.standard.index_edition import IndexEdition, Indicator, Normalise

SCALES: dict[str, Callable[[Any], Any]] = {"linear": lambda x: x, "ln": np.log, "log10": np.log10, "sqrt": np.sqrt}


def goalposts(values: Numbers, item: Indicator, rule: Normalise) -> Numbers:
    """Share of the way from `low` to `high` on the item's scale, capped as the rule says, onto the rule's range."""
    scale = SCALES[item.scale]
    low, high = float(item.low or 0.0), float(1.0 if item.high is None else item.high)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (scale(values) - scale(low)) / (scale(high) - scale(low))
    if rule.cap in ("both", "above"):
        share = np.minimum(share, 1.0)
    if rule.cap in ("both", "below"):
        share = np.maximum(share, 0.0)
    share = share if item.direction > 0 else 1.0 - share
    return np.asarray(rule.low + (rule.high - rule.low) * share, dtype=np.float64)


def min_max(values: Numbers, item: Indicator, rule: Normalise) -> Numbers:
    """Least value seen -> `low`, greatest -> `high`; the other way round where less is better."""
    signed = SCALES[item.scale](values) * item.direction
    least, most = np.nanmin(signed), np.nanmax(signed)
    return np.asarray(rule.low + (rule.high - rule.low) * (signed - least) / (most - least), dtype=np.float64)


def z_score(values: Numbers, item: Indicator, rule: Normalise) -> Numbers:
    """Distance from the mean in standard deviations (of the sample, n - 1, or of the population, n)."""
    scaled = SCALES[item.scale](values)
    return item.direction * standardised(scaled, 1 if rule.deviation == "sample" else 0)


def standardised(values: Numbers, lost: int = 1) -> Numbers:
    """(x - mean) / SD over the values present, the SD with n - `lost` degrees of freedom."""
    return np.asarray((values - np.nanmean(values)) / np.nanstd(values, ddof=lost), dtype=np.float64)


def ranked(values: Numbers, item: Indicator, rule: Normalise) -> Numbers:
    """Mean rank from 0 (worst) to 1 (best) over the values present, onto the rule's range."""
    result = np.full(len(values), np.nan)
    known = np.isfinite(values)
    ranks = rankdata(values[known] * item.direction)
    result[known] = rule.low + (rule.high - rule.low) * (ranks - 1) / max(1, len(ranks) - 1)
    return result


METHODS = {"goalposts": goalposts, "min_max": min_max, "z_score": z_score, "rank": ranked}
RELATIVE = {"min_max", "z_score"}
"""Methods that divide by the spread of what is seen."""


def _faults(values: Figures, item: Indicator, rule: Normalise) -> list[Fault]:
    column = values.column(item.code)
    known = column[np.isfinite(column)]
    if rule.method in RELATIVE and len(np.unique(known)) < 2:
        wrong = f"indicator {item.code} has fewer than two different values"
        return [Fault("units", 0, wrong, "screen it out, or give goalposts")]
    allowed = known.min(initial=1.0) > 0 if item.scale in ("ln", "log10") else known.min(initial=0.0) >= 0
    if item.scale != "linear" and not allowed and rule.cap not in ("both", "below"):
        unit = values.rows[int(np.nanargmin(column))]
        return [
            Fault("units", 0, f"indicator {item.code} of {unit} cannot be taken on scale {item.scale}", "cap below")
        ]
    return []


def run(edition: IndexEdition, board: Board) -> dict[str, Any]:
    """Gives `normal`, units x indicators. Raises CaseRefused where an indicator cannot be brought onto the scale."""
    before: Figures = board["value_treated"]
    rule = edition.normalise
    if rule is None or rule.method == "none":
        return {"normal": before}
    items = {item.code: item for item in edition.items}
    faults = [fault for code in before.columns for fault in _faults(before, items[code], rule)]
    if faults:
        raise CaseRefused(faults)
    columns = [METHODS[rule.method](before.column(code), items[code], rule) for code in before.columns]
    values = np.column_stack(columns) if columns else before.values
    return {"normal": Figures(before.rows, before.columns, values)}
