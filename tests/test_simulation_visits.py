"""What the simulated truth taught the scoring: enough visits in every county, no branch explained by its own visit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baolei.programme.scoring.change import KEPT, WATCH, WITHDRAWN, change
from baolei.programme.scoring.leniency import county_gaps, gaps_without_own
from baolei.programme.scoring.visits import draw
from baolei.warehouse.simulation import table

SOME = settings(max_examples=50, deadline=None)


@SOME
@given(st.integers(0, 10_000), st.integers(0, 9))
def test_every_county_is_visited_often_enough_and_whoever_the_lottery_drew_stays_drawn(seed, least):
    bits = np.random.default_rng(seed)
    county = bits.integers(0, 6, 200)
    number, probability = bits.random(200), bits.uniform(0.01, 0.2, 200)
    drawn = draw(number, probability, county, least)
    assert drawn[number < probability].all()
    for c in range(6):
        mine, lottery = county == c, number < probability
        assert drawn[mine].sum() == max((lottery & mine).sum(), min(least, mine.sum()))


@SOME
@given(st.integers(0, 10_000))
def test_the_gap_without_a_visit_is_the_gap_of_the_visits_without_it(seed):
    bits = np.random.default_rng(seed)
    place, gap, weight = bits.integers(0, 4, 30), bits.normal(3, 5, 30), bits.uniform(5, 20, 30)
    place[:2] = 0
    # κ and the overall mean stay those of all visits, so a county of its own is compared at the same κ
    row = 0
    told = gaps_without_own(place, gap, weight, 4, 2.5)
    others = np.flatnonzero((place == 0) & (np.arange(30) != row))
    overall = np.average(gap, weights=weight)
    full, number, _ = county_gaps(place, gap, weight, 4, 2.5)
    mean = np.average(gap[place == 0], weights=weight[place == 0])
    shrink = (full[0] - overall) / (mean - overall)
    kappa = number[0] / shrink - number[0]
    left = np.average(gap[others], weights=weight[others])
    expected = len(others) / (len(others) + kappa) * (left - overall) + overall
    assert told[row] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("standing", "below", "verdict"),
    [(83.0, 0, KEPT), (81.0, 0, WATCH), (81.0, 1, WITHDRAWN), (77.0, 0, WITHDRAWN)],
)
def test_a_name_is_lost_by_the_reading_it_is_given_by(standing, below, verdict):
    edition = table()  # line 82
    board = {
        "field": np.zeros(1, dtype=np.int64), "score": np.array([6000]), "se": np.array([2.0]),
        "standing": np.array([standing]), "standing_se": np.array([3.0]), "vetoes": np.zeros(1, dtype=np.int64),
        "last_branch": np.zeros(1, dtype=np.int64), "last_score": np.array([8500]), "last_se": np.array([200]),
        "last_named": np.array([True]), "last_below": np.array([below]),
    }  # fmt: skip
    assert change(edition, board)["title"][0] == verdict
