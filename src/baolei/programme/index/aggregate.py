"""Up the tree: every node is a weighted mean of its children, from the leaves to the root.

Arithmetic means let one pillar pay for another, geometric means (UNDP since 2010) less so. The weight of an absent
child goes to those present in proportion ("re-sharing", hospital stars), or leaves the node blank.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from baolei.programme.index.figures import Figures, Numbers
from baolei.programme.index.normalise import standardised
from baolei.programme.index.rank import places
from baolei.programme.index.rounding import half_up
from baolei.programme.refusals import CaseRefused, Fault
from baolei.programme.scoring.steps import Board
from baolei.programme.standard.index_edition import IndexEdition, Mean


def shares(values: Numbers, weights: Numbers, rule: Mean) -> Numbers:
    """Units x children: what share of the node each child has; NaN where the child is absent or the node blank."""
    present = np.isfinite(values) & (weights > 0)
    enough = present.sum(axis=1) >= max(1, rule.at_least)
    if rule.missing == "blank":
        enough &= present.sum(axis=1) == (weights > 0).sum()
    kept = np.where(present, weights, 0.0)
    total = kept.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(present & enough[:, None], kept / total, np.nan)


def mean(values: Numbers, share: Numbers, kind: str) -> Numbers:
    """The weighted mean of each row; NaN where no child has a share."""
    there = np.isfinite(share)
    weight, inner = np.where(there, share, 0.0), np.where(there, values, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        if kind == "geometric":
            result = np.exp((weight * np.log(inner)).sum(axis=1))
        elif kind == "harmonic":
            result = 1.0 / (weight / inner).sum(axis=1)
        elif kind == "least":
            result = np.where(there, values, np.inf).min(axis=1)
        else:
            result = (weight * inner).sum(axis=1)
    return np.where(there.any(axis=1), result, np.nan)


def node(values: Numbers, weights: Numbers, rule: Mean) -> tuple[Numbers, Numbers]:
    """A node's values and the shares its children had in them."""
    share = shares(values, weights, rule)
    result = mean(values, share, rule.mean)
    if rule.standardise and np.isfinite(result).any():
        result = standardised(result)
    return (result if rule.decimals is None else half_up(result, rule.decimals)), share


NONE_GIVEN: Mapping[str, float] = MappingProxyType({})


def climb(edition: IndexEdition, normal: Figures, given: Mapping[str, float] = NONE_GIVEN) -> tuple[Figures, Figures]:
    """All nodes (units x nodes) and the share of each node in its parent; `given` weights override the edition's."""
    known = {code: normal.values[:, place] for place, code in enumerate(normal.columns)}
    share_of: dict[str, Numbers] = {edition.root: np.ones(len(normal.rows))}
    for branching in edition.nodes:
        children = [child for child in edition.children[branching.code] if child.code in known]
        gap = np.full((len(normal.rows), 1), np.nan)  # a node none of whose indicators is left
        values = np.column_stack([gap, *(known[child.code] for child in children)])
        weight = np.array([0.0, *(given.get(child.code, child.weight) for child in children)])
        _check_signs(edition, normal.rows, branching.code, values)
        known[branching.code], share = node(values, weight, edition.mean_of(branching.code))
        share_of |= {child.code: share[:, place] for place, child in enumerate(children, start=1)}
    codes = tuple(branching.code for branching in edition.nodes)
    return (
        Figures(normal.rows, codes, np.column_stack([known[code] for code in codes])),
        Figures(normal.rows, codes, np.column_stack([share_of[code] for code in codes])),
    )


def _check_signs(edition: IndexEdition, units: tuple[str, ...], code: str, values: Numbers) -> None:
    kind = edition.mean_of(code).mean
    if kind not in ("geometric", "harmonic"):
        return
    with np.errstate(invalid="ignore"):
        wrong = np.flatnonzero((values < 0).any(axis=1))
    if len(wrong):
        what = f"node {code} has a negative part, of which there is no {kind} mean"
        raise CaseRefused(
            [Fault("units", 0, f"{units[row]}: {what}", "normalise onto 0 or more") for row in wrong[:20]]
        )


def run(edition: IndexEdition, board: Board) -> dict[str, Any]:
    """Gives `node` (units x nodes), `node_share` (a node's weight in its parent), `node_rank` (as printed)."""
    normal: Figures = board["normal"]
    if not edition.nodes:
        empty = Figures(normal.rows, (), np.empty((len(normal.rows), 0)))
        return {"node": empty, "node_share": empty, "node_rank": empty}
    values, share = climb(edition, normal)
    decimals = edition.score.decimals
    printed = values.values if decimals is None else half_up(values.values, decimals)
    ranks = np.column_stack([places(printed[:, place]) for place in range(len(values.columns))])
    return {"node": values, "node_share": share, "node_rank": Figures(values.rows, values.columns, ranks)}
