"""Seats and ties, honours and deductions, visits: the corners of the way from figures to verdicts."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rounds
import small_edition
import worked
from baolei.programme.scoring.leniency import BORDERLINE, DOUBLE, RANDOM
from baolei.programme.scoring.pipeline import score
from baolei.programme.scoring.sheet import sheet
from baolei.programme.scoring.totals import adjust
from baolei.programme.scoring.uncertainty import LEAST_DOUBLES, expect, quantile_of_truth
from baolei.programme.scoring.verdict import fill_seats, seat_numbers

EDITION = worked.edition()
SMALL = small_edition.read(small_edition.FILES)


# -- seats ------------------------------------------------------------------------------------------------------------


@given(st.data())
def test_seats_go_to_the_first_and_those_who_tie_share_one_fate(data):
    n, groups = data.draw(st.integers(0, 25)), data.draw(st.integers(1, 3))
    small = st.lists(st.integers(0, 3), min_size=n, max_size=n)
    group = np.array(data.draw(st.lists(st.integers(0, groups - 1), min_size=n, max_size=n)), dtype=np.int64)
    keys = [np.array(data.draw(small), dtype=np.int64) for _ in range(2)]
    allowed = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)), dtype=bool)
    seats = np.array(data.draw(st.lists(st.integers(0, 12), min_size=groups, max_size=groups)), dtype=np.int64)
    got = fill_seats(group, seats, keys, allowed)
    assert not got[~allowed].any()
    for g in range(groups):
        left, key = int(seats[g]), list(zip(*(one.tolist() for one in keys), strict=True))
        for best in sorted({key[row] for row in range(n) if group[row] == g and allowed[row]}, reverse=True):
            alike = [row for row in range(n) if group[row] == g and allowed[row] and key[row] == best]
            admitted = left > 0 and 2 * left >= len(alike)  # at least half of those who tie fit
            assert got[alike].tolist() == [admitted] * len(alike)
            left = left - len(alike) if admitted else 0


def test_a_group_with_more_seats_than_allowed_seats_them_all_and_one_without_seats_none():
    group, key = np.array([0, 0, 0, 1, 1]), [np.array([3, 2, 1, 9, 8])]
    allowed = np.array([True, False, True, True, True])
    assert fill_seats(group, np.array([2, 0]), key, allowed).tolist() == [True, False, True, False, False]


@pytest.mark.parametrize(("seats", "got"), [(1, 1), (2, 1), (3, 5), (4, 5), (5, 5), (6, 6)])
def test_those_who_tie_are_seated_together_where_at_least_half_of_them_fit(seats, got):
    group, key = np.zeros(6, dtype=np.int64), [np.array([9, 5, 5, 5, 5, 1])]
    found = fill_seats(group, np.array([seats]), key, np.ones(6, dtype=bool))
    assert found.tolist() == [place < got for place in range(6)]


def test_a_field_without_branches_takes_no_seat_and_has_no_cut():
    table = EDITION.fields[0]
    edition = replace(
        EDITION,
        fields=(table, replace(table, code="nobody")),
        policy=replace(EDITION.policy, seats=Fraction(2, 5)),
    )
    found = score(edition, rounds.board(EDITION, 60, 3))
    assert found["seats"].tolist() == [24, 0]
    assert np.isfinite(found["cut"][0])
    assert np.isnan(found["cut"][1])
    assert np.isfinite(found["probability"]).all()
    assert found["over_line"].sum() <= 24


def test_a_fifth_of_the_truth_stands_over_the_cut_that_leaves_a_fifth():
    bits = np.random.default_rng(1)
    theta, spread = bits.normal(80, 6, 200), bits.uniform(1, 4, 200)
    truth = theta + spread * bits.standard_normal((5000, 200))
    assert (truth > quantile_of_truth(theta, spread, 0.8)).mean() == pytest.approx(0.2, abs=0.005)
    assert seat_numbers([37, 24, 9], Fraction(411, 1000)).tolist() == [15, 10, 4]


# -- honours and deductions -------------------------------------------------------------------------------------------


def adjusted(base, *marks):
    """Bonus, deduction and score of one branch with these marks (code, matter, level)."""
    code, matter, level = zip(*marks, strict=True) if marks else ((), (), ())
    board = {
        "base": np.array([base]), "field": np.zeros(1, dtype=np.int16), "leniency_line": np.zeros(1, dtype=np.int64),
        "mark_branch": np.zeros(len(code), dtype=np.int64), "mark_code": np.array(code, dtype=object),
        "mark_matter": np.array(matter, dtype=object), "mark_level": np.array(level, dtype=object),
    }  # fmt: skip
    found = adjust(SMALL, board)
    return tuple(int(found[name][0]) for name in ("bonus", "deduction", "score"))


BANNER, LEAGUE = ("honour", "H1", "banner"), ("honour", "H1", "league")


@pytest.mark.parametrize(
    ("marks", "bonus", "deduction"),
    [
        ([BANNER], 200, 0),
        ([BANNER, LEAGUE, BANNER], 300, 0),  # one matter counts once, at its highest level
        ([BANNER, ("honour", "H2", "banner")], 400, 0),
        ([LEAGUE, ("honour", "H2", "league")], 500, 0),  # the cap
        ([("honour", "meetings", "league")], 0, 0),  # an item of the table already
        ([("honour", "H1", "nation")], 0, 0),  # no such level
        ([("late", "F1", "")], 0, 50),
        ([("late", "F1", ""), ("late", "F1", "")], 0, 50),
        ([("late", f"F{number}", "") for number in range(11)], 0, 500),  # the cap
        ([BANNER, ("late", "F1", ""), ("breach", "B", "")], 200, 50),
    ],
)
def test_one_matter_counts_once(marks, bonus, deduction):
    assert adjusted(8600, *marks) == (bonus, deduction, 8600 + bonus - deduction)


@pytest.mark.parametrize(
    ("base", "bonus"),
    [(8300, 500), (8299, 200), (8000, 499), (7000, 500), (9800, 500)],  # the line is 85, the reach 2
)
def test_a_bonus_lifts_nobody_over_the_line_who_stands_further_below_than_its_reach(base, bonus):
    found = adjusted(base, LEAGUE, ("honour", "H2", "league"))
    assert found[0] == bonus
    assert found[2] == min(base + bonus, 10_000)
    assert base >= 8300 or found[2] < 8500


# -- visits -----------------------------------------------------------------------------------------------------------


def visited(doubles, *, first, gap=6):
    """The expectation of a round with so many double visits, of which so many had a first visit to be compared with."""
    board = score(EDITION, rounds.board(EDITION, 80, 5))
    overall = np.concatenate([np.full(first, 8000), np.full(doubles, 8000 + 100 * gap)])
    wave = np.concatenate([np.arange(first) % 2, np.full(doubles, DOUBLE)])
    assert {RANDOM, BORDERLINE} == {0, 1}
    board |= {
        "visit_branch": np.concatenate([np.arange(first), np.arange(doubles)]), "visit_wave": wave,
        "visit_overall": overall, "visit_probability": np.full(len(wave), 0.5),
        "visit_organisation": np.zeros(len(wave), dtype=np.int64),
    }  # fmt: skip
    return expect(EDITION, board)


def test_the_visitors_own_spread_is_learned_from_double_visits_only_where_there_are_enough_pairs():
    told = float(EDITION.policy.visit_sigma)
    assert visited(LEAST_DOUBLES - 1, first=60)["visit_sigma"] == told
    assert visited(LEAST_DOUBLES, first=LEAST_DOUBLES - 1)["visit_sigma"] == told  # one has no first visit
    assert visited(LEAST_DOUBLES, first=LEAST_DOUBLES)["visit_sigma"] == pytest.approx(6 / 2**0.5)
    assert visited(LEAST_DOUBLES + 5, first=LEAST_DOUBLES, gap=2)["visit_sigma"] == pytest.approx(2 / 2**0.5)


# -- the sheet --------------------------------------------------------------------------------------------------------


def test_where_less_is_better_the_lever_is_the_largest_number_that_reaches_the_next_rung():
    files = small_edition.bent(
        ("- {at_least: 10, share: 1}", "- {at_most: 2.5, share: 1}"),
        ("- {at_least: 5, share: 0.5}", "- {at_most: 5, share: 0.5}"),
    )
    edition = small_edition.read(files)
    zero = {f"{part}_{code}": 0 for part in ("earned", "available") for code in ("S1", "S2", "org", "mem")}
    row = zero | {
        "field": "village", "tier": 2, "score": 0, "gates_open": 0, "vetoes": 0, "floors_broken": 0,
        "floors_watched": 0, "evidence_short": 0,
    }  # fmt: skip
    means = {"fields": {"village": {"items": {code: {"mean": 0} for code in edition.items}}}}

    def lever(num, points):
        fact = {"item": "income", "num": num, "den": 3, "available": 1500, "points": points}
        return [(one.step, one.gain) for one in sheet(edition, row, [fact], [], means, ()).levers]

    assert lever(16, 0) == [("16 → 15 / 3", 750)]  # 15 of 3 is 5: reached
    assert lever(15, 750) == [("15 → 7 / 3", 750)]  # 7.5 is no whole number
    assert lever(8, 750) == [("8 → 7 / 3", 750)]
    assert lever(7, 1500) == lever(0, 1500) == []
