"""Strict and lenient raters, and counties that see themselves too well: what is estimated, and from how much."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import worked
from baolei.programme.scoring.ballots import panel_severity, severity_of
from baolei.programme.scoring.leniency import LEAST_COUNTIES, county_gaps

EDITION = replace(worked.edition(), policy=replace(worked.edition().policy, severity=True, severity_branches=2))


def ridge(branch, rater, value, strength, kept):
    """The severities that minimise Σ(y − branch − β)² + strength·Σβ², solved at once; 0 for raters not kept."""
    n, raters = len(value), int(rater.max()) + 1
    design = np.zeros((n, branch.max() + 1 + raters))
    design[np.arange(n), branch] = 1
    design[np.arange(n), branch.max() + 1 + rater] = 1
    use = np.concatenate([np.isin(np.arange(branch.max() + 1), branch), kept])
    design = design[:, use]
    penalty = np.diag([*np.zeros(use[: branch.max() + 1].sum()), *np.full(kept.sum(), strength)])
    found = np.zeros(raters)
    found[kept] = np.linalg.solve(design.T @ design + penalty, design.T @ value)[-kept.sum() :] if kept.any() else 0
    return found


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6))
def test_severity_is_the_shrunken_effect_of_the_crossed_model(seed, least):
    bits = np.random.default_rng(seed)
    branch, rater = bits.integers(0, 12, 60), bits.integers(0, 7, 60)
    value = bits.normal(80, 5, 12)[branch] + bits.normal(0, 4, 7)[rater] + bits.normal(0, 2, 60)
    kept = np.bincount(rater, minlength=int(rater.max()) + 1) >= least
    found = severity_of(branch, rater, value, 1.5, least, rounds=5000)
    np.testing.assert_allclose(found, ridge(branch, rater, value, 1.5, kept), atol=1e-6)


def test_more_rounds_come_nearer_and_the_search_ends_when_they_are_used_up():
    bits = np.random.default_rng(1)
    branch, rater = bits.integers(0, 12, 60), bits.integers(0, 7, 60)
    value = bits.normal(80, 5, 60)
    end = severity_of(branch, rater, value, 1.5, 1)
    away = [np.abs(severity_of(branch, rater, value, 1.5, 1, rounds) - end).max() for rounds in (0, 1, 3, 9, 27)]
    assert away == sorted(away, reverse=True)
    assert away[-2] > 1e-6


def panel(answers):
    """The severity of raters 0, 1, 2 … who each rated branches 0 and 1 of two, with these five answers on both."""
    rows = [(branch, rater, said) for branch in (0, 1) for rater, said in enumerate(answers)]
    branch, rater, said = (np.array(column) for column in zip(*rows, strict=True))
    board = {
        "answers": np.zeros((2, 3, 5, 5), dtype=np.int32), "panel_branch": branch, "panel_rater": rater,
        "panel_source": np.zeros(len(rows), dtype=np.int64), "panel_answers": said.astype(np.uint8),
    }  # fmt: skip
    return panel_severity(EDITION, board)


BEST, WORST, UNKNOWN = [0] * 5, [3] * 5, [4] * 5


def test_a_strict_rater_is_told_from_a_lenient_one_and_the_sum_is_put_right():
    found = panel([BEST, WORST])
    lenient, strict = found["severity"]
    assert lenient == -strict > 0
    assert found["severity_shift"].sum() == 0
    assert panel([BEST, BEST])["severity"].tolist() == [0, 0]


def test_a_rater_who_ticked_nothing_that_counts_has_no_severity_and_stops_nothing():
    found = panel([BEST, WORST, UNKNOWN])
    assert found["severity"].tolist() == [*panel([BEST, WORST])["severity"], 0]
    nobody = panel([UNKNOWN, UNKNOWN])
    assert nobody["severity"].tolist() == [0, 0]
    assert not nobody["severity_shift"].any()


def test_how_far_counties_are_drawn_together_is_learned_only_from_enough_of_them():
    bits = np.random.default_rng(3)

    def drawn(counties):
        place = np.repeat(np.arange(counties), 12)
        gap = bits.normal(0, 1, counties)[place] * 20 + bits.normal(3, 1, len(place))
        delta, number, overall = county_gaps(place, gap, np.ones(len(place)), counties, 2.5)
        means = np.bincount(place, weights=gap) / 12
        return (delta - overall) / (means - overall), number

    few, number = drawn(LEAST_COUNTIES - 1)
    assert number.tolist() == [12] * (LEAST_COUNTIES - 1)
    assert few == pytest.approx(np.full(LEAST_COUNTIES - 1, 12 / 14.5))  # κ as the edition has it
    assert (drawn(LEAST_COUNTIES)[0] > 0.95).all()  # counties truly differ: hardly drawn together at all
