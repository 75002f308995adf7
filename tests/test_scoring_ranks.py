"""How wide ranks are: small fields in one pass, large ones chunk by chunk, both counted as if written out."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import rankdata

import worked
from baolei.programme.scoring import ranks
from baolei.programme.scoring.weights import GRID, rank_under_weights

DRAWS, COVER = 200, Fraction(9, 10)
OUTSIDE = 10
"""Of 200 draws the outermost ten on either side are left out: nine tenths stay."""


def field(seed, size, wide=300):
    """A field of `size` branches: θ in whole units of 1/100 %, some alike, some without any spread."""
    bits = np.random.default_rng(seed)
    theta = bits.integers(0, 12, size).astype(np.int32) * 100
    return theta, (bits.integers(0, 4, size) * wide // 3).astype(np.int32)


def written_out(theta, spread, pieces):
    """Best and worst rank by the definition: every draw ranked, each branch's ranks in order, the outermost cut off.

    `pieces`: rows, first draw, number of draws, and the seed of each call of `draw`.
    """
    readings = np.empty((DRAWS, len(theta)), dtype=np.int64)
    for rows, first, size, seed in pieces:
        readings[first : first + size, rows] = ranks.draw(theta[rows], spread[rows], size, seed)
    inorder = np.sort(rankdata(-readings, method="min", axis=1), axis=0)
    return inorder[OUTSIDE], inorder[DRAWS - 1 - OUTSIDE]


def bounds(theta, spread, seed):
    return ranks.rank_bounds(theta, spread, DRAWS, COVER, seed)


@pytest.mark.parametrize(("size", "block"), [(1, 1 << 18), (37, 1 << 18), (37, 20_000), (90, 1)])
def test_one_pass_ranks_every_draw_whatever_the_block(monkeypatch, size, block):
    monkeypatch.setattr(ranks, "BLOCK", block)
    theta, spread = field(size, size)
    reach = spread.astype(np.int64) * int(ranks._NORMAL[-1]) // 1024 + 1
    grid = int((theta + reach).max() - (theta - reach).min()) + 1
    step = max(1, block // max(size, grid))
    pieces = [(slice(None), first, min(step, DRAWS - first), (5, first)) for first in range(0, DRAWS, step)]
    low, high = bounds(theta, spread, 5)
    for found, expected in zip((low, high), written_out(theta, spread, pieces), strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(("size", "chunk", "block"), [(37, 64, 1 << 18), (37, 8, 100), (90, 30, 30), (91, 30, 7)])
def test_chunk_by_chunk_ranks_every_draw_whatever_the_chunk(monkeypatch, size, chunk, block):
    for name, value in (("SMALL", size), ("CHUNK", chunk), ("BLOCK", block)):
        monkeypatch.setattr(ranks, name, value)
    theta, spread = field(size, size)
    step = max(1, block // chunk)
    pieces = [
        (slice(start, start + chunk), first, min(step, DRAWS - first), (5, number, first))
        for number, start in enumerate(range(0, size, chunk))
        for first in range(0, DRAWS, step)
    ]
    low, high = bounds(theta, spread, 5)
    for found, expected in zip((low, high), written_out(theta, spread, pieces), strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("seed", range(4))
def test_a_field_of_one_chunk_and_one_block_is_drawn_alike_and_ranked_alike_both_ways(monkeypatch, seed):
    monkeypatch.setattr(ranks, "BLOCK", 1 << 30)
    theta, spread = field(seed, 60)
    one_pass = bounds(theta, spread, seed)
    monkeypatch.setattr(ranks, "SMALL", 60)
    np.testing.assert_array_equal(one_pass, bounds(theta, spread, seed))


def test_where_the_draws_differ_both_ways_give_the_same_bounds_but_for_chance(monkeypatch):
    bits = np.random.default_rng(3)
    theta, spread = bits.normal(8000, 400, 400).astype(np.int32), np.full(400, 200, dtype=np.int32)
    one_pass = ranks.rank_bounds(theta, spread, 2000, COVER, 9)
    monkeypatch.setattr(ranks, "SMALL", 400)
    monkeypatch.setattr(ranks, "CHUNK", 150)
    for one, other in zip(one_pass, ranks.rank_bounds(theta, spread, 2000, COVER, 9), strict=True):
        assert np.abs(one - other).mean() < 4  # of 400 places; the intervals themselves are some 170 wide
        assert abs((one - other).mean()) < 1
        assert (one != other).any()  # they are other draws indeed


@pytest.mark.parametrize("small", [1, 65_536])
def test_without_spread_everybody_has_the_rank_of_the_score(monkeypatch, small):
    monkeypatch.setattr(ranks, "SMALL", small)
    theta = np.array([700, 900, 700, 100, 900, 900], dtype=np.int32)
    low, high = bounds(theta, np.zeros(6, dtype=np.int32), 1)
    assert low.tolist() == high.tolist() == [4, 1, 4, 6, 1, 1]


def test_large_and_small_fields_of_a_round_are_each_ranked_among_their_own(monkeypatch):
    edition = worked.edition()
    town = replace(edition.fields[0], code="town")
    edition = replace(edition, fields=(edition.fields[0], town, replace(town, code="empty")))
    bits = np.random.default_rng(4)
    of = np.repeat([0, 1], [80, 20])[bits.permutation(100)]
    board = {"field": of, "theta": bits.normal(85, 5, 100), "spread": np.full(100, 2.0), "seed": "s"}
    plain = ranks.rank_intervals(edition, board)
    monkeypatch.setattr(ranks, "SMALL", 50)
    monkeypatch.setattr(ranks, "CHUNK", 30)
    found = ranks.rank_intervals(edition, board)
    for name in ("rank_low", "rank_high"):
        np.testing.assert_array_equal(found[name][of == 1], plain[name][of == 1])
        assert found[name].min() >= 1
        assert [found[name][of == f].max() for f in (0, 1)] <= [80, 20]
    place = np.empty(100)
    for f in (0, 1):
        place[of == f] = rankdata(-board["theta"][of == f], method="min")
    held = (found["rank_low"] <= place) & (place <= found["rank_high"])
    assert held.mean() > 0.95


# -- random weights ---------------------------------------------------------------------------------------------------


def test_ranks_under_random_weights_are_those_of_every_weighting_written_out():
    bits = np.random.default_rng(2)
    values = bits.integers(0, 101, (30, 4)).astype(np.float32)
    weight = np.array([40, 30, 20, 10], dtype=np.float32)
    draws, within = 130, 0.2
    mean, best, worst = rank_under_weights(values, weight, draws, within, 11)
    moved = np.random.Generator(np.random.PCG64(11)).uniform(1 - within, 1 + within, size=(draws, 4))
    tried = (weight * moved.astype(np.float32)).astype(np.float32)
    tried *= np.float32(GRID / 100) / tried.sum(axis=1, keepdims=True)
    rank = rankdata(-np.rint(tried @ values.T), method="min", axis=1)
    np.testing.assert_allclose(mean, rank.mean(axis=0))
    np.testing.assert_array_equal(best, rank.min(axis=0))
    np.testing.assert_array_equal(worst, rank.max(axis=0))


def test_no_weighting_takes_the_first_place_from_who_is_best_at_everything():
    values = np.array([[100, 100, 100], [0, 100, 50], [100, 0, 50], [0, 0, 0]], dtype=np.float32)
    mean, best, worst = rank_under_weights(values, np.array([1, 1, 1], dtype=np.float32), 50, 0.5, 1)
    assert (mean[0], best[0], worst[0]) == (1, 1, 1)
    assert (mean[3], best[3], worst[3]) == (4, 4, 4)
    assert best[1:3].tolist() == [2, 2]
    assert worst[1:3].tolist() == [3, 3]


def test_weights_that_may_not_move_give_one_rank():
    values = np.random.default_rng(1).uniform(0, 100, (20, 3)).astype(np.float32)
    weight = np.array([50, 30, 20], dtype=np.float32)
    mean, best, worst = rank_under_weights(values, weight, 3, 0.0, 1)
    np.testing.assert_array_equal(best, worst)
    np.testing.assert_array_equal(mean, best)
    np.testing.assert_array_equal(best, rankdata(-np.rint(values @ weight), method="min"))
