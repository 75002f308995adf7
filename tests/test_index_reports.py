"""Shrinkage, pooling, agreement and rank sets: textbook figures, and simulations whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

import index_cases as made
from baolei.programme.index import agreement, pool, rank_sets, shrink
from baolei.programme.refusals import CaseRefused


def test_phantom_ballots_are_added_to_a_units_own():
    body = "shrink: {method: phantom, successes: good, trials: n, phantom: 5, mean: 0.8}"
    found = made.evaluated(body, "id,good,n\nu,10,10\nv,0,5")["shrink_value"]
    assert found.column("shrunk") == pytest.approx([(10 + 5 * 0.8) / 15, 5 * 0.8 / 10])


def test_beta_binomial_moments_find_the_prior_that_made_the_shares():
    rng = np.random.default_rng(2)
    trials = rng.integers(5, 60, 4000)
    successes = rng.binomial(trials, rng.beta(6.0, 4.0, 4000))
    k, mean = shrink.beta_binomial(successes.astype(float), trials.astype(float))
    assert k == pytest.approx(10, rel=0.08)
    assert mean == pytest.approx(0.6, abs=0.01)


def test_shares_that_differ_by_chance_alone_become_their_mean():
    successes, trials = np.array([5.0, 5, 5, 5]), np.array([10.0, 10, 10, 10])
    k, mean = shrink.beta_binomial(successes, trials)
    assert k == float("inf")
    assert shrink.phantom(successes / trials, trials, k, mean).tolist() == [0.5] * 4
    assert shrink.james_stein(np.array([0.5, 0.5, 0.5, 0.5]), 10)[1] == 0


def test_james_stein_is_for_equal_trials():
    with pytest.raises(CaseRefused, match="equal numbers of trials"):
        made.evaluated("shrink: {method: james_stein, successes: s, trials: n}", "id,s,n\na,1,5\nb,2,6\nc,3,5\nd,1,5")


def test_values_with_known_errors_are_shrunk_by_their_variance():
    body = "shrink: {method: normal, value: y, variance: v, truth: t}"
    found = made.evaluated(body, "id,y,v,t\na,0,1,0\nb,10,1,9\nc,20,4,18\nd,30,9,27")
    raw, drawn = found["shrink_value"].values.T
    assert (np.abs(drawn - drawn.mean()) < np.abs(raw - drawn.mean())).all()
    assert found["shrink_fit"].column("error_raw") == [0 + 1 + 4 + 9]


def test_a_missing_figure_is_named():
    with pytest.raises(CaseRefused, match=r"units\.csv:3: n is missing"):
        made.evaluated("shrink: {method: beta_binomial, successes: s, trials: n}", "id,s,n\na,1,5\nb,2,-")


def test_effect_sizes_and_the_empty_cell():
    cells = np.array([[10.0, 90, 20, 80]])
    assert pool.effect_sizes(cells, "log_odds_ratio")[0] == pytest.approx([np.log(10 * 80 / (90 * 20))])
    assert pool.effect_sizes(cells, "risk_difference")[0] == pytest.approx([-0.1])
    effect, variance = pool.effect_sizes(np.array([[0.0, 10, 5, 5]]), "log_risk_ratio")
    assert effect == pytest.approx([np.log((0.5 / 11) / (5.5 / 11))])
    assert variance == pytest.approx([1 / 0.5 - 1 / 11 + 1 / 5.5 - 1 / 11])


def test_equal_studies_differ_by_nothing():
    found = pool.between_studies(np.array([2.0, 2.0, 2.0]), np.array([1.0, 2.0, 4.0]))
    assert (found.between, found.mean, found.q) == (0, pytest.approx(2), pytest.approx(0))
    body = "pool: {measure: value, value: y, variance: v, between: none}"
    fit = made.evaluated(body, "id,y,v\na,1,1\nb,4,2")["pool_fit"]
    assert fit.column("mean") == pytest.approx([2])
    assert fit.column("tau2") == [0]


def test_icc_needs_every_rater_on_every_unit():
    with pytest.raises(CaseRefused, match="every rater once on every unit"):
        made.evaluated("agreement: {methods: [icc], raters: [x, y]}", "id,x,y\na,1,2\nb,3,-")


def test_numbers_are_asked_of_words_only_where_they_are_needed():
    units = "id,x,y\na,yes,yes\nb,no,no\nc,yes,no"
    nominal = made.evaluated("agreement: {methods: [krippendorff], raters: [x, y], levels: [nominal]}", units)
    # One unit of three apart: observed 2/6; six readings, three of each word: expected 2·3·3/(6·5).
    assert nominal["agreement_alpha"].values[0, 0] == pytest.approx(1 - (2 / 6) / (2 * 3 * 3 / (6 * 5)))
    with pytest.raises(CaseRefused, match="'no' is no number"):
        made.evaluated("agreement: {methods: [krippendorff], raters: [x, y]}", units)


def test_alpha_is_one_where_all_agree_and_about_nothing_by_chance():
    same = [(str(unit), rater, str(unit % 3)) for unit in range(12) for rater in "ab"]
    rng = np.random.default_rng(0)
    chance = [(str(unit), rater, str(rng.integers(3))) for unit in range(2000) for rater in "ab"]
    for level in ("nominal", "ordinal", "interval", "ratio"):
        assert agreement.alpha(same, level) == pytest.approx(1)
        assert agreement.alpha(chance, level) == pytest.approx(0, abs=0.06)


def test_dawid_and_skene_find_how_each_rater_errs():
    rng = np.random.default_rng(6)
    truth = rng.choice(3, 1500, p=[0.5, 0.3, 0.2])
    rates = np.array([[[0.9, 0.05, 0.05], [0.1, 0.8, 0.1], [0.05, 0.15, 0.8]]] * 4)
    rates[3] = [[0.4, 0.3, 0.3], [0.3, 0.4, 0.3], [0.3, 0.3, 0.4]]
    rows = [
        f"{unit},r{rater},{rng.choice(3, p=rates[rater, true])}"
        for unit, true in enumerate(truth)
        for rater in range(4)
    ]
    body = "agreement: {methods: [dawid_skene], table: marks, unit: u, rater: r, value: v, stop: 1.0e-6}"
    found = made.evaluated(body, marks="u,r,v\n" + "\n".join(rows))
    assert found["agreement_share"].values[:, 0] == pytest.approx([0.5, 0.3, 0.2], abs=0.05)
    assert found["agreement_right"].values[0] == pytest.approx([0.9, 0.8, 0.8], abs=0.08)
    assert found["agreement_error"].rows[:2] == ("r0.0", "r0.1")
    np.testing.assert_allclose(found["agreement_error"].values.reshape(4, 3, 3), rates, atol=0.08)
    assert (found["agreement_class"].values.argmax(axis=1) == truth).mean() > 0.93


def test_a_rater_may_rate_a_unit_more_than_once():
    counts = np.array([[[3.0, 0], [1, 0]], [[0, 3], [0, 1]], [[2, 1], [1, 0]], [[0, 3], [1, 0]]])
    belief, share, rates = agreement.dawid_skene(counts, 1e-12)
    assert belief.sum(axis=1) == pytest.approx([1] * 4)
    assert share == pytest.approx([0.5, 0.5], abs=0.05)
    assert rates.sum(axis=2) == pytest.approx(np.ones((2, 2)))


def test_every_round_of_the_search_makes_the_ratings_more_likely_and_it_ends_when_told():
    rng = np.random.default_rng(2)
    counts = rng.multinomial(1, [0.5, 0.3, 0.2], size=(40, 5)).astype(float)

    def likelihood(share, rates):
        each = np.log(share) + np.einsum("urg,rtg->ut", counts, np.log(np.maximum(rates, 1e-300)))
        return float(np.log(np.exp(each).sum(axis=1)).sum())

    by_round = [likelihood(*agreement.dawid_skene(counts, 0.0, at_most)[1:]) for at_most in (0, 1, 2, 3, 10, 50)]
    assert by_round == sorted(by_round)
    assert by_round[0] < by_round[1] < by_round[-1]


def test_rank_sets_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(11)
    truth, error = np.linspace(0, 6, 12)[::-1], rng.uniform(0.3, 1.0, 12)
    held, best, rounds = 0, 0, 40
    for _ in range(rounds):
        value = truth + rng.normal(size=12) * error
        noise = rng.standard_normal((800, 12)) * error
        low, high = rank_sets.bounds(value, error, 0.9, noise)
        held += ((low <= np.arange(1, 13)) & (high >= np.arange(1, 13))).sum()
        best += rank_sets.among_best(value, error, 3, 0.9, noise)[:3].all()
    assert held / (12 * rounds) >= 0.9
    assert best / rounds >= 0.9


def test_units_far_apart_have_the_place_they_have():
    body = "rank_sets: {value: y, error: e, best: 2, levels: [0.9, 0.95], draws: 500}"
    found = made.evaluated(body, "id,y,e\na,30,1\nb,10,1\nc,20,1\nd,19.9,1")
    assert found["rankset_bounds"].columns == ("place", "low_90", "high_90", "low_95", "high_95")
    assert found["rankset_bounds"].values.tolist() == [
        [1, 1, 1, 1, 1], [4, 4, 4, 4, 4], [2, 2, 3, 2, 3], [3, 2, 3, 2, 3],
    ]  # fmt: skip
    assert found["rankset_best"].column("best_95").tolist() == [1, 0, 1, 1]
    assert found["rankset_size"].values[:, 0].tolist() == [3, 3]


def test_a_unit_alone_is_first_and_without_a_best_nobody_is_asked_for_it():
    found = made.evaluated("rank_sets: {value: y, error: e, best: 1, levels: [0.9], draws: 100}", "id,y,e\na,3,1")
    assert found["rankset_bounds"].values.tolist() == [[1, 1, 1]]
    assert found["rankset_best"].values.tolist() == [[1]]
    plain = made.evaluated("rank_sets: {value: y, error: e, levels: [0.9], draws: 100}", "id,y,e\na,3,1\nb,9,1")
    assert plain["rankset_bounds"].values.tolist() == [[2, 2, 2], [1, 1, 1]]
    assert plain["rankset_best"].rows == plain["rankset_size"].rows == ()


def test_the_same_seed_draws_the_same_sets():
    rng = np.random.default_rng(0)
    units = "id,y,e\n" + "\n".join(f"u{n},{rng.normal():.4f},0.5" for n in range(15))
    body = "rank_sets: {value: y, error: e, best: 3, draws: 400, seed: 9}"
    first, second = made.evaluated(body, units), made.evaluated(body, units)
    np.testing.assert_array_equal(first["rankset_bounds"].values, second["rankset_bounds"].values)


def test_an_error_of_nothing_is_refused():
    with pytest.raises(CaseRefused, match=r"units\.csv:3"):
        made.evaluated("rank_sets: {value: y, error: e}", "id,y,e\na,1,1\nb,2,0")


def test_a_study_without_its_variance_is_named():
    with pytest.raises(CaseRefused, match=r"units\.csv:3: a figure is missing or below zero"):
        made.evaluated("pool: {measure: value, value: y, variance: v}", "id,y,v\na,1,1\nb,4,-")


def test_a_shrunken_value_can_be_the_score():
    body = "shrink: {method: phantom, successes: s, trials: n, phantom: 2, mean: 0.5}\nscore: {of: shrunk, decimals: 2}"
    assert made.evaluated(body, "id,s,n\na,4,4\nb,0,1")["score"].column("score").tolist() == [0.83, 0.33]
