"""Classes: by lines fixed beforehand, or by k-means where an official method asks for it.

K-means is in one dimension (Lloyd's), started from the medians of the k quantile groups (type 1 quantiles: values that
occur). A pass with a `reach` lets only points that near move their centre (SAS FASTCLUS, option STRICT), as the
hospital stars do in their second pass; every point is put in the class of the nearest centre all the same.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from baolei.programme.index.figures import Figures, Numbers, one
from baolei.programme.refusals import CaseRefused, Fault
from baolei.programme.scoring.steps import Board
from baolei.programme.standard.index_edition import IndexEdition, KMeans, Line, Pass


def by_lines(values: Numbers, lines: tuple[Line, ...]) -> list[str]:
    """The first class whose line the value reaches, '' for none or no value; `lines` stand best first."""
    words = []
    for value in values:
        reached = (line.code for line in lines if line.at_least is None or value >= line.at_least)
        words.append("" if math.isnan(value) else next(reached, ""))
    return words


def quantile_medians(values: Numbers, k: int) -> Numbers:
    """Medians of the k groups cut at the type 1 quantiles 1/k, 2/k, …"""
    ordered = np.sort(values)
    # 1e-9 guards k-ths that binary fractions miss (0.6 * 5 = 3.0000000000000004), as R does.
    cuts = [ordered[max(0, math.ceil(len(ordered) * part / k - 1e-9) - 1)] for part in range(1, k)]
    group = np.searchsorted(np.array(cuts), values, side="left")
    return np.array([np.median(values[group == number]) for number in range(k) if (group == number).any()])


def nearest(values: Numbers, centres: Numbers) -> NDArray[np.intp]:
    """Number of the nearest centre, the lower one where two are as near."""
    return np.asarray(np.argmin(np.abs(values[:, None] - centres[None, :]), axis=1), dtype=np.intp)


def settle(values: Numbers, centres: Numbers, rule: Pass) -> tuple[Numbers, NDArray[np.intp]]:
    """Move centres to the means of their points until no point changes class, at most `rule.iterations` times."""
    label = np.full(len(values), -1, dtype=np.intp)
    near = np.zeros(len(values), dtype=bool)
    for _ in range(rule.iterations):
        after = nearest(values, centres)
        within = np.abs(values - centres[after]) <= (math.inf if rule.reach is None else rule.reach)
        if np.array_equal(after, label) and np.array_equal(within, near):
            break
        label, near = after, within
        centres = np.array(
            [
                values[near & (label == k)].mean() if (near & (label == k)).any() else centres[k]
                for k in range(len(centres))
            ]
        )
    return centres, label


def k_means(values: Numbers, rule: KMeans) -> tuple[NDArray[np.intp], Numbers]:
    """Class of each value, 1 (lowest) to k, and the centres. Raises ValueError when k classes cannot be started."""
    centres = quantile_medians(values, rule.k)
    if len(np.unique(centres)) < rule.k:
        raise ValueError(f"{len(values)} values with {len(np.unique(values))} different ones give no {rule.k} classes")
    label = np.zeros(len(values), dtype=np.intp)
    for stage in rule.passes:
        centres, label = settle(values, centres, stage)
    order = np.argsort(np.argsort(centres, kind="stable"), kind="stable")
    return order[label] + 1, np.sort(centres)


def _clustered(values: Numbers, peers: NDArray[Any], rule: KMeans) -> tuple[list[str], list[tuple[str, float]]]:
    words, centres = [""] * len(values), []
    groups = peers if rule.within == "peers" else np.where(np.isfinite(values), "all", "").astype(object)
    for group in sorted(set(groups) - {""}):
        rows = np.flatnonzero((groups == group) & np.isfinite(values))
        try:
            label, middle = k_means(values[rows], rule)
        except ValueError as error:
            raise CaseRefused([Fault("units", 0, f"peer group {group}: {error}", "ask for fewer classes")]) from error
        for row, number in zip(rows, label, strict=True):
            words[row] = str(number)
        centres += [(f"{group}.{number + 1}", float(centre)) for number, centre in enumerate(middle)]
    return words, centres


def run(edition: IndexEdition, board: Board) -> dict[str, Any]:
    """Gives `tier` of every unit judged, `tier_count` (classes) and `tier_centre` (k-means: peer group.class)."""
    score: Figures = board["score"]
    judged = board["evidence_eligible"].column("evidence_eligible") > 0
    values = np.where(judged, score.column("score"), np.nan)
    centres: list[tuple[str, float]] = []
    words = by_lines(values, edition.lines)
    if edition.k_means:
        words, centres = _clustered(values, board["peer"].column("peer"), edition.k_means)
    tally = Counter(word for word in words if word)
    return {
        "tier": one("tier", score.rows, words, words=True),
        "tier_count": one("tier_count", sorted(tally), [tally[word] for word in sorted(tally)]),
        "tier_centre": one("tier_centre", [name for name, _ in centres], [centre for _, centre in centres]),
    }
