"""Where to open the next points: those k places that bring most people within the limit who are beyond it now.

Few candidates are settled exactly. Of many the best is taken one after another; that never gains less than 1 - 1/e of
what is possible, and mostly far more: the plan says how much any choice could have gained at most.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from baolei.programme.access import CLOSE, LEAST, Floats, Ints, Roads, boxed

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix  # as in access: imported where it is used

EXACT, GREEDY = "exact", "greedy"
SHARE = 1 - 1 / math.e
"""What taking the best one after another is sure to gain of what is possible."""
TOGETHER = 64
"""So many candidates are searched from at once: neighbours, so that the piece of the network about them is small."""
FEW, SECONDS = 40_000, 10.0
"""So many pairs of candidate and place are settled exactly, within so many seconds."""
Lots = list[npt.NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class Reach:
    """Which places (columns) a point at each candidate (rows) would bring within the limit, and what each weighs."""

    covers: csr_matrix
    weight: Floats


@dataclass(frozen=True, slots=True)
class Plan:
    """Candidates in the order to open them, what each adds, and what any such choice could gain at most (`bound`).

    `how` is `exact` where nothing better exists, else `greedy`.
    """

    chosen: tuple[int, ...]
    gains: tuple[float, ...]
    bound: float
    how: str

    @property
    def gain(self) -> float:
        """What they gain together."""
        return sum(self.gains)


def reach(
    over: Roads, candidates: tuple[Ints, Floats], places: tuple[Ints, Floats], limit: float, weight: Floats
) -> Reach:
    """Which places reach which candidate within the limit; those that weigh nothing are left out of account.

    Candidates are taken with their neighbours, and searched from on the piece of the network about them alone.
    """
    from scipy.sparse.csgraph import dijkstra

    node, off = candidates
    at, lead = places
    counted = np.flatnonzero((at >= 0) & (weight > 0) & (lead <= limit))
    counted = counted[np.argsort(at[counted], kind="stable")]
    rows: Lots = []
    columns: Lots = []
    order = np.argsort(node, kind="stable")
    order = order[(node[order] >= 0) & (off[order] <= limit)]
    for begin in range(0, len(order), TOGETHER):
        some = order[begin : begin + TOGETHER]
        lon, lat = over.lon[node[some]], over.lat[node[some]]
        near = boxed(over.lon, over.lat, (lon.min(), lat.min(), lon.max(), lat.max()), over.fastest * limit)
        piece = over.into[near][:, near]
        minutes = dijkstra(piece, directed=True, indices=np.searchsorted(near, node[some]), limit=limit)
        lo, hi = np.searchsorted(at[counted], [near[0], near[-1] + 1])
        here = counted[lo:hi]
        spot = np.searchsorted(near, at[here])
        inside = near[np.minimum(spot, len(near) - 1)] == at[here]
        here, spot = here[inside], spot[inside]
        within = minutes[:, spot] + np.maximum(off[some], LEAST)[:, None] + lead[here][None, :] <= limit
        row, column = np.nonzero(within)
        rows.append(some[row])
        columns.append(here[column])
    return Reach(_sets(rows, columns, (len(node), len(at))), weight)


def _sets(
    rows: list[npt.NDArray[np.int64]], columns: list[npt.NDArray[np.int64]], shape: tuple[int, int]
) -> csr_matrix:
    from scipy.sparse import csr_matrix

    row = np.concatenate(rows) if rows else np.zeros(0, np.int64)
    column = np.concatenate(columns) if columns else np.zeros(0, np.int64)
    return csr_matrix((np.ones(len(row), np.int8), (row, column)), shape=shape)


def suggest(found: Reach, most: int) -> Plan:
    """The next points, at most so many, none that gains nothing. Small questions are settled exactly."""
    useful = np.flatnonzero(found.covers @ found.weight > 0)
    wanted = np.flatnonzero((np.asarray(found.covers.sum(axis=0)).ravel() > 0) & (found.weight > 0))
    few = Reach(found.covers[useful][:, wanted], found.weight[wanted])
    plan = greedy(few, most)
    if len(useful) * len(wanted) <= FEW and plan.gain < plan.bound - CLOSE:
        plan = exact(few, most, plan)
    elif plan.gain >= plan.bound - CLOSE:
        plan = Plan(plan.chosen, plan.gains, plan.gain, EXACT)
    return Plan(tuple(int(useful[one]) for one in plan.chosen), plan.gains, plan.bound, plan.how)


def greedy(found: Reach, most: int) -> Plan:
    """The one that gains most, then the one that gains most beside it, and so on; of equals the first in the list.

    After each step nothing of the same number can gain more than what is had and the best of what is still to be had.
    """
    covers, left = found.covers, found.weight.astype(float).copy()
    onto = covers.T.tocsr()
    gain = np.asarray(covers @ left, float)
    bound, chosen, gains = _at_most(gain, most), [], []
    for _step in range(min(most, len(gain))):
        best = int(np.argmax(gain))
        if gain[best] <= CLOSE:
            break
        chosen.append(best)
        gains.append(float(gain[best]))
        taken = covers.indices[covers.indptr[best] : covers.indptr[best + 1]]
        gain = gain - np.asarray(onto[taken].T @ left[taken], float)
        left[taken] = 0.0
        bound = min(bound, sum(gains) + _at_most(gain, most))
    return Plan(tuple(chosen), tuple(gains), max(bound, sum(gains)), GREEDY)


def _at_most(gain: Floats, most: int) -> float:
    return float(np.sort(gain)[::-1][:most].sum())


def exact(found: Reach, most: int, start: Plan, seconds: float = SECONDS) -> Plan:
    """The best choice there is, by whole-number programming; where time runs out `start`, with a sharper bound."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import block_array, eye_array

    candidates, places = found.covers.shape
    goal = np.concatenate([np.zeros(candidates), -found.weight])
    links = block_array([[-found.covers.T.astype(float), eye_array(places)]], format="csr")
    number = np.concatenate([np.ones(candidates), np.zeros(places)])
    solved = milp(goal, integrality=number, bounds=Bounds(0, 1), options={"time_limit": seconds, "mip_rel_gap": 0},
                  constraints=[LinearConstraint(links, -np.inf, 0), LinearConstraint(number, 0, most)])  # fmt: skip
    if not solved.success:
        limit = solved.mip_dual_bound
        bound = start.bound if limit is None or not np.isfinite(limit) else min(start.bound, -float(limit))
        return Plan(start.chosen, start.gains, max(bound, start.gain), GREEDY)
    best = greedy(Reach(_only(found.covers, solved.x[:candidates] > 0.5), found.weight), most)
    return Plan(best.chosen, best.gains, best.gain, EXACT)


def _only(covers: csr_matrix, kept: npt.NDArray[np.bool_]) -> csr_matrix:
    """The sets of the candidates that were taken, the others empty; greedy over them puts them in order."""
    from scipy.sparse import csr_matrix

    rows = np.repeat(kept, np.diff(covers.indptr))
    starts = np.concatenate([[0], np.cumsum(np.where(kept, np.diff(covers.indptr), 0))])
    return csr_matrix((covers.data[rows], covers.indices[rows], starts), shape=covers.shape)
