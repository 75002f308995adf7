"""Ranks, and how wide they really are (method 2.9, 3.2).

Draws θ ~ N(θ̂, s²) are made from counted random bits and a table of normal quantiles, in whole hundredths of a percent
of the table, so that ranks are counted, not sorted, and the same seed gives the same ranks on every machine. Memory is
bounded whatever the number of branches.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from baolei.programme.scoring.arithmetic import Ints
from baolei.programme.scoring.steps import Board
from baolei.programme.standard.edition import Edition

CHUNK, BLOCK = 16_384, 100
"""Branches and draws worked on at a time."""

_SHIFT = 10
_NORMAL = np.rint(ndtri((np.arange(65_536) + 0.5) / 65_536) * (1 << _SHIFT)).astype(np.int32)
"""Standard normal quantiles of 16 random bits, in 1/1024."""


def ranks(edition: Edition, board: Board) -> dict[str, Any]:
    """Competition ranks 1, 2, 2, 4 on the printed score within the field. Gives `rank` (int32 [n])."""
    field, score = board["field"].astype(np.int64), board["score"]
    order = np.lexsort((-score, field))
    start = np.searchsorted(field[order], np.arange(len(edition.fields)))
    place = np.arange(len(field)) - start[field[order]]
    fresh = np.ones(len(field), dtype=bool)
    fresh[1:] = (score[order][1:] != score[order][:-1]) | (field[order][1:] != field[order][:-1])
    rank = np.empty(len(field), dtype=np.int32)
    rank[order] = place[np.maximum.accumulate(np.where(fresh, np.arange(len(field)), 0))] + 1
    return {"rank": rank}


def rank_intervals(edition: Edition, board: Board) -> dict[str, Any]:
    """The middle `cover` of the ranks of each branch in its field over the edition's number of draws.

    Gives `rank_low`, `rank_high` (int32 [n]): order statistics of the draws, best and worst.
    """
    field = board["field"].astype(np.int64)
    low, high = np.zeros(len(field), dtype=np.int32), np.zeros(len(field), dtype=np.int32)
    scale = 10_000 / (edition.total / 100)
    draws, cover = edition.policy.rank_draws, float(edition.policy.rank_cover)

    def one(f: int) -> None:
        rows = np.flatnonzero(field == f)
        if len(rows):
            theta = np.rint(board["theta"][rows] * scale).astype(np.int32)
            spread = np.rint(board["spread"][rows] * scale).astype(np.int32)
            seed = seed_of(board["seed"], "ranks", edition.fields[f].code)
            low[rows], high[rows] = rank_bounds(theta, spread, draws, cover, seed)

    with ThreadPoolExecutor(2) as pool:  # each field writes its own rows: the order of work changes nothing
        list(pool.map(one, range(len(edition.fields))))
    return {"rank_low": low, "rank_high": high}


def seed_of(*words: str) -> int:
    """A 64-bit seed from words: anyone can recompute it."""
    return int(hashlib.sha256("|".join(words).encode()).hexdigest()[:16], 16)


def draw(theta: npt.NDArray[np.int32], spread: npt.NDArray[np.int32], draws: int, seed: tuple[int, ...]) -> Any:
    """`draws` readings of each branch, int32 [draws, branches]; whole units, deterministic in `seed`."""
    size = draws * len(theta)
    raw = np.random.PCG64(np.random.SeedSequence(seed)).random_raw(-(-size // 4))
    z = _NORMAL[raw.astype("<u8", copy=False).view("<u2")[:size].reshape(draws, len(theta))]
    z *= spread
    z >>= _SHIFT
    z += theta
    return z


def rank_bounds(
    theta: npt.NDArray[np.int32], spread: npt.NDArray[np.int32], draws: int, cover: float, seed: int
) -> tuple[Ints, Ints]:
    """Best and worst rank of the middle `cover` of `draws` rankings of one field (int [n] each)."""
    n = len(theta)
    reach = 5 * int(spread.max()) + 1
    floor, grid = int(theta.min()) - reach, int(theta.max() - theta.min()) + 2 * reach + 1
    above = _count_above(theta - np.int32(floor), spread, draws, seed, grid)
    outside = int((1 - cover) / 2 * draws)
    low, high = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    kind = np.uint16 if n < 65_536 else np.uint32
    for chunk, start in enumerate(range(0, n, CHUNK)):
        rows = slice(start, start + CHUNK)
        seen = np.empty((len(theta[rows]), draws), dtype=kind)
        for block, first in enumerate(range(0, draws, BLOCK)):
            x = draw(theta[rows] - np.int32(floor), spread[rows], min(BLOCK, draws - first), (seed, chunk, block))
            x += (np.arange(len(x), dtype=np.int32) * grid)[:, None]
            seen[:, first : first + len(x)] = above[first : first + len(x)].reshape(-1)[x].T
        if kind is np.uint16:
            seen.sort(axis=1, kind="stable")  # a radix sort for 16 bits: three times as fast as a partition
        else:
            seen.partition((outside, draws - 1 - outside), axis=1)
        low[rows], high[rows] = seen[:, outside], seen[:, draws - 1 - outside]
    return low + 1, high + 1


def _count_above(
    theta: npt.NDArray[np.int32], spread: npt.NDArray[np.int32], draws: int, seed: int, grid: int
) -> npt.NDArray[np.uint32]:
    """For every draw and every value, how many branches lie above it: uint32 [draws, grid]."""
    count = np.zeros((draws, grid), dtype=np.uint32)
    for chunk, start in enumerate(range(0, len(theta), CHUNK)):
        rows = slice(start, start + CHUNK)
        for block, first in enumerate(range(0, draws, BLOCK)):
            x = draw(theta[rows], spread[rows], min(BLOCK, draws - first), (seed, chunk, block))
            for offset, line in enumerate(x):
                count[first + offset] += np.bincount(line, minlength=grid).astype(np.uint32)
    np.cumsum(count, axis=1, out=count)
    return np.subtract(np.uint32(len(theta)), count, out=count)
