"""Which ranks a unit could truly hold, and who could truly be among the best.

Drawing around the raw scores gives intervals that are too narrow; pairwise tests with a common critical value do not
(Mogstad, Romano, Shaikh & Wilhelm 2024, "Inference for Ranks"). A unit's place is at least 1 + the number of units
significantly better and at most n - the number significantly worse. The critical value is the quantile of the largest
studentised difference in seeded normal draws; pairs already told apart are left out and it is taken anew (stepdown).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from baolei.programme.index.figures import Numbers, nothing, one, several
from baolei.programme.index.rank import places
from baolei.programme.index.table import Table
from baolei.programme.refusals import CaseRefused, Fault
from baolei.programme.scoring.steps import Board
from baolei.programme.standard.index_edition import IndexEdition, RankSets

GIVES = ("rankset_bounds", "rankset_best", "rankset_size")
Mask = NDArray[np.bool_]


def studentised(value: Numbers, error: Numbers) -> tuple[Numbers, Numbers]:
    """units x units: (value of the column - value of the row) / its standard error, and that standard error."""
    spread = np.sqrt(error[:, None] ** 2 + error[None, :] ** 2)
    return (value[None, :] - value[:, None]) / spread, spread


def bounds(value: Numbers, error: Numbers, level: float, noise: Numbers) -> tuple[Numbers, Numbers]:
    """Least and greatest place of each unit, each unit's set holding with probability `level` (two-sided, marginal).

    "k is better" and "k is worse" are two hypotheses: rejecting one leaves the other in the family stepped down.
    """
    distance, spread = studentised(value, error)
    low, high = np.ones(len(value)), np.full(len(value), float(len(value)))
    for row in range(len(value)):
        others = np.arange(len(value)) != row
        chance = (noise[:, others] - noise[:, [row]]) / spread[row, others]
        apart = _told_apart(
            np.concatenate([distance[row, others], -distance[row, others]]), np.hstack([chance, -chance]), level
        )
        low[row] += apart[: others.sum()].sum()
        high[row] -= apart[others.sum() :].sum()
    return low, high


def _told_apart(distance: Numbers, chance: Numbers, level: float) -> Mask:
    """The hypotheses whose distance exceeds the critical value, stepping down until no more are found."""
    apart = np.zeros(len(distance), dtype=bool)
    while not apart.all():
        found = ~apart & (distance > np.quantile(chance[:, ~apart].max(axis=1), level))
        if not found.any():
            break
        apart |= found
    return apart


def among_best(value: Numbers, error: Numbers, best: int, level: float, noise: Numbers) -> Mask:
    """The units that could be among the `best` first; all true ones are in it with probability `level` (one-sided)."""
    distance, spread = studentised(value, error)
    asked = ~np.eye(len(value), dtype=bool)
    better = np.zeros_like(asked)
    while (asked & ~better).any():
        largest = np.max(list(_largest(noise, spread, asked & ~better)), axis=0)
        found = asked & ~better & (distance > np.quantile(largest, level))
        if not found.any():
            break
        better |= found
    return np.asarray(1 + better.sum(axis=1) <= best)


def _largest(noise: Numbers, spread: Numbers, pairs: Mask) -> Iterator[Numbers]:
    """Row by row, the largest studentised difference of every draw over the pairs still open."""
    for row in np.flatnonzero(pairs.any(axis=1)):
        yield ((noise - noise[:, [row]]) / spread[row])[:, pairs[row]].max(axis=1)


def run(edition: IndexEdition, board: Board) -> dict[str, Any]:
    """Gives `rankset_bounds` (units x place, low_95, high_95 …), `rankset_best` (1: possible) and `rankset_size`."""
    rule = edition.rank_sets
    if rule is None:
        return {name: nothing() for name in GIVES}
    value, error = _columns(board["tables"]["units"], rule)
    noise = np.random.default_rng(rule.seed).standard_normal((rule.draws, len(value))) * error
    units: tuple[str, ...] = board["value_raw"].rows
    columns: dict[str, Numbers] = {"place": places(value)}
    best: dict[str, Numbers] = {}
    for level in rule.levels:
        name = f"{100 * level:g}"
        columns[f"low_{name}"], columns[f"high_{name}"] = bounds(value, error, level, noise)
        if rule.best:
            best[f"best_{name}"] = among_best(value, error, rule.best, level, noise).astype(np.float64)
    return {
        "rankset_bounds": several(units, columns),
        "rankset_best": several(units, best) if best else nothing(),
        "rankset_size": one("rankset_size", best, [column.sum() for column in best.values()]),
    }


def _columns(table: Table, rule: RankSets) -> tuple[Numbers, Numbers]:
    faults: list[Fault] = []
    value, error = table.numbers(rule.value, faults), table.numbers(rule.error, faults)
    faults += [
        Fault(table.place, table.lines[row], "value or standard error is missing or not above zero", "give both")
        for row in np.flatnonzero(~(np.isfinite(value) & (error > 0)))
    ]
    if faults:
        raise CaseRefused(faults)
    return value, error
