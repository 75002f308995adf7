"""What must hold for every round, not only for the ones we thought of."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import rounds
import worked
from baolei.programme.scoring.arithmetic import half_up, share_out
from baolei.programme.scoring.pipeline import score
from baolei.programme.scoring.rollup import roll_up

EDITION = worked.edition()
SOME = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 10_000)


@SOME
@given(seeds, st.integers(0, 1000))
def test_the_order_of_branches_changes_nothing(seed, shuffle):
    one = rounds.board(EDITION, 40, seed)
    order = np.random.default_rng(shuffle).permutation(40)
    a, b = score(EDITION, one), score(EDITION, rounds.reorder(one, order))
    for name in ("score", "tier", "se", "rank", "probability", "drawn", "weight_low", "robust"):
        assert np.allclose(a[name][order].astype(float), b[name].astype(float), atol=1e-9), name


@SOME
@given(seeds, st.integers(0, 39), st.integers(0, 2), st.integers(0, 4))
def test_raising_one_grade_never_lowers_the_score(seed, branch, source, question):
    one = rounds.board(EDITION, 40, seed)
    one["parameters"] = {"norm": {"village": worked.NORM}}
    answers = one["answers"].copy()
    worse = [g for g in (1, 2, 3) if answers[branch, source, question, g]]
    if not worse:
        return
    answers[branch, source, question, worse[0]] -= 1
    answers[branch, source, question, worse[0] - 1] += 1
    after = score(EDITION, one | {"answers": answers})
    assert after["score"][branch] >= score(EDITION, one)["score"][branch]


@SOME
@given(seeds, st.data())
def test_doing_one_more_never_lowers_the_score(seed, data):
    one = rounds.board(EDITION, 30, seed)
    room = np.flatnonzero((one["fact_num"] < one["fact_den"]) & (one["fact_den"] > 0))
    row = data.draw(st.sampled_from(list(room)))
    more = one["fact_num"].copy()
    more[row] += 1
    before, after = score(EDITION, one), score(EDITION, one | {"fact_num": more})
    assert after["score"][one["fact_branch"][row]] >= before["score"][one["fact_branch"][row]]


@SOME
@given(seeds)
def test_totals_are_the_sums_of_printed_leaves_and_nothing_is_lost(seed):
    one = score(EDITION, rounds.board(EDITION, 40, seed, absent=0.4))
    leaves = np.bincount(one["fact_branch"], weights=one["fact_points"], minlength=40) + one["asked_points"].sum(
        axis=(1, 2)
    )
    assert (leaves == one["base"]).all()
    assert (one["fact_points"] <= one["fact_available"]).all()
    assert (one["fact_points"] >= 0).all()
    has_items = one["item_available"].sum(axis=(1, 2)) > 0
    assert (one["available"].sum(axis=(1, 2))[has_items] == EDITION.total).all()


@SOME
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 500)), min_size=1, max_size=20), st.integers(0, 3000))
def test_sharing_out_loses_no_cent(members, total):
    members.sort()
    group, weight = (np.array(column, dtype=np.int64) for column in zip(*members, strict=True))
    totals = np.full(4, total, dtype=np.int64)
    shares = share_out(totals, weight, group, 4)
    for g in range(4):
        assert shares[group == g].sum() == (total if weight[group == g].sum() else 0)
        if weight[group == g].sum():
            exact = total * weight[group == g] / weight[group == g].sum()
            assert (np.abs(shares[group == g] - exact) < 1).all()


@given(st.integers(0, 10**9), st.integers(1, 10**6))
def test_half_up_is_the_nearest_with_halves_up(num, den):
    got = half_up(num, den)
    assert 2 * abs(got * den - num) <= den
    if 2 * (num % den) == den:
        assert got == num // den + 1


@SOME
@given(seeds)
def test_rank_intervals_hold_the_rank_of_the_expected_quality_and_stay_in_the_field(seed):
    one = score(EDITION, rounds.board(EDITION, 40, seed))
    assert (one["rank_low"] >= 1).all()
    assert (one["rank_high"] <= 40).all()
    place = np.argsort(np.argsort(-one["theta"])) + 1
    assert (one["rank_low"] <= place + 3).all()
    assert (one["rank_high"] >= place - 3).all()


@SOME
@given(seeds)
def test_sums_agree_at_every_level(seed):
    bits = np.random.default_rng(seed)
    level = np.array([1, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5])
    parent = np.array([-1, 0, 0, 1, 1, 2, 3, 4, 5, 6, 8])
    unit, field = bits.integers(0, len(level), 60), bits.integers(0, 3, 60)
    values = np.stack([np.ones(60, dtype=np.int64), bits.integers(0, 9999, 60)], axis=1)
    kept, sums = roll_up(parent, level, field * len(level) + unit, values)
    fields = int(field.max()) + 1
    total = {(int(k) // (fields + 1), int(k) % (fields + 1)): row for k, row in zip(kept, sums, strict=True)}
    assert (total[0, 0] == values.sum(axis=0)).all()
    for place in range(len(level)):
        own = values[unit == place].sum(axis=0)
        below = sum(total.get((child, 0), 0) for child in np.flatnonzero(parent == place))
        assert (total.get((place, 0), np.zeros(2)) == own + below).all()
