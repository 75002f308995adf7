"""Ranks, and how wide they really are (method 2.9, 3.2).

Draws θ ~ N(θ̂, s²) are made from counted random bits and a table of normal quantiles, in whole hundredths of a percent
of the table, so that ranks are counted, not sorted, and the same seed gives the same ranks on every machine. Memory is
bounded whatever the number of branches.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from baolei.programme.scoring.arithmetic import Ints
from baolei.programme.scoring.steps import WORKERS, Board
from baolei.programme.standard.edition import Edition

CHUNK, BLOCK = 16_384, 1 << 18
"""Branches of a large field, and single readings worked on at a time: few enough to stay in the cache."""

SMALL = 65_536
"""Fields below this size are ranked in one pass, in 16-bit ranks."""

Ranks = npt.NDArray[np.uint16]

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
    draws, cover = edition.policy.rank_draws, edition.policy.rank_cover
    members = [(described.code, np.flatnonzero(field == f)) for f, described in enumerate(edition.fields)]
    members = sorted((one for one in members if len(one[1])), key=lambda one: -len(one[1]))

    def rank(own: list[tuple[str, npt.NDArray[np.int64]]]) -> None:
        largest = max((len(rows) for _, rows in own if len(rows) < SMALL), default=0)
        room = np.empty(largest * draws, dtype=np.uint16)  # taken once: fresh memory costs as much as the work in it
        for code, rows in own:
            theta = np.rint(board["theta"][rows] * scale).astype(np.int32)
            spread = np.rint(board["spread"][rows] * scale).astype(np.int32)
            low[rows], high[rows] = rank_bounds(
                theta, spread, draws, cover, seed_of(board["seed"], "ranks", code), room
            )

    with ThreadPoolExecutor(WORKERS) as pool:  # fields have nothing to do with one another
        list(pool.map(rank, (members[hand::WORKERS] for hand in range(WORKERS))))
    return {"rank_low": low, "rank_high": high}


def seed_of(*words: str) -> int:
    """A 64-bit seed from words: anyone can recompute it."""
    return int(hashlib.sha256("|".join(words).encode()).hexdigest()[:16], 16)


def draw(theta: npt.NDArray[np.int32], spread: npt.NDArray[np.int32], draws: int, seed: tuple[int, ...]) -> Any:
    """`draws` readings of each branch, int32 [draws, branches]; whole units, deterministic in `seed`."""
    size = draws * len(theta)
    raw = np.random.PCG64(np.random.SeedSequence(seed)).random_raw(-(-size // 4))
    z = _NORMAL.take(raw.astype("<u8", copy=False).view("<u2")[:size]).reshape(draws, len(theta))
    z *= spread
    z >>= _SHIFT
    z += theta
    return z


def rank_bounds(
    theta: npt.NDArray[np.int32],
    spread: npt.NDArray[np.int32],
    draws: int,
    cover: Fraction,
    seed: int,
    room: Ranks | None = None,
) -> tuple[Ints, Ints]:
    """Best and worst rank of the middle `cover` of `draws` rankings of one field (int [n] each).

    `room`: memory to work in, at least n·draws long, where the field is ranked in one pass.
    """
    reach = (spread.astype(np.int64) * int(_NORMAL[-1]) >> _SHIFT) + 1  # no draw lies further out
    lowest = int((theta - reach).min())
    grid = int((theta + reach).max()) - lowest + 1
    theta = theta - np.int32(lowest)
    outside = int((1 - cover) * draws / 2)  # of fractions: floats make 99 of the 100 of 2,000 draws
    if len(theta) < SMALL:
        room = np.empty(len(theta) * draws, dtype=np.uint16) if room is None else room
        return _in_one_pass(theta, spread, seed, grid, outside, room[: len(theta) * draws].reshape(len(theta), draws))
    return _chunk_by_chunk(theta, spread, draws, seed, grid, outside)


def _blocks(n: int, draws: int) -> list[tuple[int, int]]:
    """Spans of draws that together hold every draw, each small enough to work on at once."""
    step = max(1, BLOCK // max(n, 1))
    return [(first, min(step, draws - first)) for first in range(0, draws, step)]


def _in_one_pass(
    theta: npt.NDArray[np.int32], spread: npt.NDArray[np.int32], seed: int, grid: int, outside: int, seen: Ranks
) -> tuple[Ints, Ints]:
    """A field whose every draw fits: count who is above, look the rank up, and sort each branch's 16-bit ranks."""
    n, draws = seen.shape
    blocks = _blocks(max(n, grid), draws)
    step = blocks[0][1]
    stretch = np.arange(0, step * grid, grid, dtype=np.int32)[:, None]  # each ranking counts in a stretch of its own
    above, rank = np.empty((step, grid), dtype=np.uint16), np.empty((step, n), dtype=np.uint16)
    for first, number in blocks:
        x = draw(theta, spread, number, (seed, first))
        x += stretch[:number]
        count = np.bincount(x.ravel(), minlength=number * grid).reshape(number, grid)
        np.cumsum(count, axis=1, out=count)
        np.subtract(n, count, out=above[:number], casting="unsafe")
        above.ravel().take(x, out=rank[:number], mode="clip")
        seen[:, first : first + number] = rank[:number].T
    seen.sort(axis=1, kind="stable")  # a radix sort for 16 bits: three times as fast as a partition
    return seen[:, outside].astype(np.int64) + 1, seen[:, draws - 1 - outside].astype(np.int64) + 1


def _chunk_by_chunk(
    theta: npt.NDArray[np.int32], spread: npt.NDArray[np.int32], draws: int, seed: int, grid: int, outside: int
) -> tuple[Ints, Ints]:
    """A field too large for one pass: count all chunks first, then draw each again and look its ranks up."""
    n = len(theta)
    chunks = [slice(start, start + CHUNK) for start in range(0, n, CHUNK)]
    above = np.zeros((draws, grid), dtype=np.uint32)
    for number, rows in enumerate(chunks):
        for first, size in _blocks(CHUNK, draws):
            for offset, line in enumerate(draw(theta[rows], spread[rows], size, (seed, number, first))):
                above[first + offset] += np.bincount(line, minlength=grid).astype(np.uint32)
    np.subtract(np.uint32(n), np.cumsum(above, axis=1, out=above), out=above)
    low, high = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    for number, rows in enumerate(chunks):
        seen = np.empty((len(theta[rows]), draws), dtype=np.uint32)
        for first, size in _blocks(CHUNK, draws):
            for offset, line in enumerate(draw(theta[rows], spread[rows], size, (seed, number, first))):
                seen[:, first + offset] = above[first + offset].take(line)
        seen.partition((outside, draws - 1 - outside), axis=1)
        low[rows], high[rows] = seen[:, outside], seen[:, draws - 1 - outside]
    return low + 1, high + 1
