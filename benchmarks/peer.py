"""A thousand random weightings of 80,000 alternatives by 40 criteria, beside pymcdm and scikit-criteria.

The two peers are timed on a few draws and scaled, as a thousand would take minutes; the ratio is printed for that.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings

import measure
import numpy as np

from baolei.programme.scoring.weights import rank_under_weights

BRANCHES, CRITERIA, DRAWS, PEER_DRAWS, WITHIN = 80_000, 40, 1_000, 3, 0.2


def main() -> int:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--json", action="store_true")
    said = options.parse_args()
    warnings.filterwarnings("ignore")
    bits = np.random.default_rng(1)
    values = (bits.beta(6, 2, size=(BRANCHES, CRITERIA)) * 100).astype(np.float32)
    weight = bits.uniform(0.5, 1.5, CRITERIA).astype(np.float32)
    ways = {
        "baolei": (ours, DRAWS),
        "pymcdm 1.4.0": (pymcdm, PEER_DRAWS),
        "scikit-criteria 0.10": (skcriteria, PEER_DRAWS),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(said.rounds):
        for name, (way, draws) in ways.items():
            started = time.perf_counter()
            way(values, weight, draws)
            seconds[name].append((time.perf_counter() - started) * DRAWS / draws)
    base = measure.median(seconds["baolei"])
    rows = [{"what": name, "s for 1,000 draws": measure.median(times), "times ours": measure.median(times) / base}
            for name, times in seconds.items()]  # fmt: skip
    measure.show(f"{DRAWS:,} weightings, {BRANCHES:,} x {CRITERIA}", rows, {}, said.json)
    return 0


def ours(values, weight, draws):
    """Mean, best and worst rank over the draws."""
    return rank_under_weights(values, weight, draws, WITHIN, 7)


def tried(weight, draws):
    """Random weights within ±20 %, adding up to 1."""
    bits = np.random.default_rng(7)
    some = weight * bits.uniform(1 - WITHIN, 1 + WITHIN, size=(draws, len(weight)))
    return some / some.sum(axis=1, keepdims=True)


def pymcdm(values, weight, draws):
    """Weighted sum and ranking by pymcdm, one draw after the other."""
    from pymcdm.helpers import rrankdata
    from pymcdm.methods import WSM
    from pymcdm.normalizations import minmax_normalization

    matrix, types, method = values.astype(float), np.ones(values.shape[1]), WSM(minmax_normalization)
    return [rrankdata(method(matrix, one, types)) for one in tried(weight, draws)]


def skcriteria(values, weight, draws):
    """Weighted sum and ranking by scikit-criteria, one draw after the other."""
    import skcriteria as skc
    from skcriteria.agg.simple import WeightedSumModel

    matrix, method = values.astype(float), WeightedSumModel()
    return [
        method.evaluate(skc.mkdm(matrix, [max] * values.shape[1], weights=one)).rank_ for one in tried(weight, draws)
    ]


if __name__ == "__main__":
    sys.exit(main())
