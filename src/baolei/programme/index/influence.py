"""What really moves the index: a nominal weight is not an influence (Paruolo, Saisana & Saltelli 2013).

Printed for every indicator and node: the effective weight, the correlation with the index, and the share of the
index's variance (covariance share: the shares of a level add up to 1). On request: what removing a pillar does to the
ranks, the weights that balance the correlations, and the exact best and worst case of every unit when weights move
within a box.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from baolei.programme.index.aggregate import climb
from baolei.programme.index.figures import Figures, Numbers, nothing, one, several
from baolei.programme.index.rank import places
from baolei.programme.index.simplex import lowest
from baolei.programme.scoring.steps import Board
from baolei.programme.standard.index_edition import Balance, IndexEdition


def effective_weights(edition: IndexEdition, seen: frozenset[str]) -> dict[str, float]:
    """Weight of every node and seen indicator in the root: the product of its shares on the way up."""
    weight = {edition.root: 1.0}
    for node in reversed(edition.nodes):
        children = [child for child in edition.children[node.code] if child.code in seen]
        total = sum(child.weight for child in children)
        weight |= {child.code: weight[node.code] * child.weight / total for child in children if total > 0}
    return weight


def correlation(left: Numbers, right: Numbers) -> float:
    """Pearson's r over the units that have both; NaN where one does not vary."""
    both = np.isfinite(left) & np.isfinite(right)
    if both.sum() < 2:
        return float("nan")
    a, b = left[both] - left[both].mean(), right[both] - right[both].mean()
    spread = float(np.sqrt((a**2).sum() * (b**2).sum()))
    return float((a * b).sum()) / spread if spread > 0 else float("nan")


def covariance_share(part: Numbers, weight: float, total: Numbers) -> float:
    """Cov(weight * part, total) / Var(total) over the units that have both (method 2.1)."""
    both = np.isfinite(part) & np.isfinite(total)
    if both.sum() < 2:
        return float("nan")
    a, b = part[both] - part[both].mean(), total[both] - total[both].mean()
    return float(weight * (a * b).sum() / (b**2).sum()) if b.any() else float("nan")


def removal(edition: IndexEdition, normal: Figures, codes: tuple[str, ...]) -> list[float]:
    """Mean absolute change of rank when each node's weight is set to nothing."""
    before = places(climb(edition, normal)[0].column(edition.root))
    changes = []
    for code in codes:
        after = places(climb(edition, normal, {code: 0.0})[0].column(edition.root))
        changes.append(float(np.nanmean(np.abs(after - before))))
    return changes


def balanced(edition: IndexEdition, normal: Figures, rule: Balance) -> tuple[Numbers, Numbers]:
    """Weights (adding up to 1) of `rule.nodes`, and their correlations with the index so weighted.

    Becker et al. (2017): the correlations, as shares of their sum, are brought to the asked-for importance.
    """
    wanted = np.array(rule.importance or [1.0] * len(rule.nodes), dtype=np.float64)
    wanted = wanted / wanted.sum()

    def correlations(weights: Numbers) -> Numbers:
        given = dict(zip(rule.nodes, weights / weights.sum(), strict=True))
        nodes, _ = climb(edition, normal, given)
        total = nodes.column(edition.root)
        return np.array([correlation(nodes.column(code), total) for code in rule.nodes])

    def distance(weights: Numbers) -> float:
        if (weights <= 0).any():
            return float("inf")
        got = correlations(weights)
        # The floor keeps the logarithm finite where the balance is exact to the last bit.
        return float(np.log(max(1e-32, float(((wanted - got / got.sum()) ** 2).mean()))))

    weights = lowest(distance, wanted, rule.stop)
    weights = weights / weights.sum()
    return weights, correlations(weights)


def box(values: Numbers, weights: Numbers, within: float) -> tuple[Numbers, Numbers]:
    """Worst and best weighted mean of each row with every weight in [(1-d)w, (1+d)w] and the same sum.

    The linear programme has a greedy optimum: start from the lower ends, give what is left to the highest (best case)
    or lowest (worst case) values first (method 3.3). Absent parts (NaN) leave their weight to the present ones.
    """
    present = np.isfinite(values)
    share = np.where(present, weights, 0.0)
    share = share / share.sum(axis=1, keepdims=True)
    inner = np.where(present, values, 0.0)
    ends = []
    for sign in (1.0, -1.0):
        order = np.argsort(sign * np.where(present, values, np.inf * sign), axis=1)
        sorted_share = np.take_along_axis(share, order, axis=1)
        sorted_value = np.take_along_axis(inner, order, axis=1)
        room = 2 * within * sorted_share
        left = np.clip(within - (np.cumsum(room, axis=1) - room), 0.0, room)
        ends.append(((sorted_share * (1 - within) + left) * sorted_value).sum(axis=1))
    return ends[0], ends[1]


def run(edition: IndexEdition, board: Board) -> dict[str, Any]:
    """Gives `influence_weight`, `_corr`, `_share`, `_removal`, `_balance` and `_box`."""
    normal: Figures = board["normal"]
    rule = edition.influence
    if not rule:
        keys = ("weight", "corr", "share", "removal", "balance", "box")
        return {f"influence_{key}": nothing() for key in keys}
    nodes: Figures = board["node"]
    total = nodes.column(edition.root)
    parts = {code: normal.column(code) for code in normal.columns} | {
        code: nodes.column(code) for code in nodes.columns
    }
    weight = effective_weights(edition, frozenset(parts))
    weights, correlations = balanced(edition, normal, rule.balance) if rule.balance else (np.empty(0), np.empty(0))
    balance = {"weight": weights, "corr": correlations}
    return {
        "influence_weight": one("influence_weight", weight, weight.values()),
        "influence_corr": one("influence_corr", parts, [correlation(part, total) for part in parts.values()]),
        "influence_share": one(
            "influence_share",
            parts,
            [covariance_share(part, weight.get(code, 0.0), total) for code, part in parts.items()],
        ),
        "influence_removal": one("influence_removal", rule.remove, removal(edition, normal, rule.remove)),
        "influence_balance": several(rule.balance.nodes if rule.balance else (), balance),
        "influence_box": _box(nodes, normal, rule.box, weight, rule.within),
    }


def _box(nodes: Figures, normal: Figures, codes: tuple[str, ...], weight: dict[str, float], within: float) -> Figures:
    held = {code: figures.column(code) for figures in (normal, nodes) for code in codes if code in figures.columns}
    if not held:
        return nothing()
    worst, best = box(np.column_stack(list(held.values())), np.array([weight[code] for code in held]), within)
    return several(nodes.rows, {"worst": worst, "best": best})
