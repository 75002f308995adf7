"""Crossed effects against the mixed-model equations written out in full, and against the iteration of method 2.5."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import multivariate_normal

import index_cases as made
from baolei.programme.index import crossed, effects
from baolei.programme.refusals import CaseRefused
from baolei.programme.standard.index_edition import Effects


def ratings(seed=4, units=12, raters=9, each=5, unit_sd=1.0, rater_sd=0.7):
    """Unit and rater of every rating, a covariate, and the rating."""
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(units), each)
    rater = np.concatenate([rng.choice(raters, each, replace=False) for _ in range(units)])
    x = rng.normal(size=len(unit))
    y = 3 + 0.5 * x + rng.normal(0, unit_sd, units)[unit] + rng.normal(0, rater_sd, raters)[rater]
    return unit, rater, x, y + rng.normal(0, 0.8, len(unit))


def covariance(factors, variances, residual):
    size = len(factors[0])
    shared = [
        variance * (factor[:, None] == factor[None, :]) for factor, variance in zip(factors, variances, strict=True)
    ]
    return sum(shared) + residual * np.eye(size)


def written_out(response, fixed, factors, variances, residual, reml):
    """-2 log likelihood, beta, and effects, from the covariance matrix of all ratings."""
    inverse = np.linalg.inv(covariance(factors, variances, residual))
    information = fixed.T @ inverse @ fixed
    beta = np.linalg.solve(information, fixed.T @ inverse @ response)
    rest = response - fixed @ beta
    deviance = -2 * multivariate_normal(cov=covariance(factors, variances, residual)).logpdf(rest)
    if reml:
        deviance += np.linalg.slogdet(information)[1] - len(beta) * math.log(2 * math.pi)
    levels = [np.eye(factor.max() + 1)[factor] for factor in factors]
    blups = [variance * z.T @ inverse @ rest for z, variance in zip(levels, variances, strict=True)]
    return deviance, beta, blups


@pytest.mark.parametrize("reml", [False, True])
@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0,)])
def test_one_solution_equals_the_equations_written_out(reml, order):
    unit, rater, x, y = ratings()
    both = [unit, rater]
    factors = [both[place] for place in order]
    variances, residual = [(1.1, 0.4)[place] for place in order], 0.6
    fixed = np.column_stack([np.ones(len(y)), x])
    sums = crossed.sums(y, fixed, factors)
    ratios = np.sqrt(np.array(variances) / residual)[list(sums.order)]
    found = crossed.solve(sums, ratios, reml, residual)
    deviance, beta, blups = written_out(y, fixed, factors, variances, residual, reml)
    assert found.deviance == pytest.approx(deviance, abs=1e-8)
    assert found.fixed == pytest.approx(beta, abs=1e-10)
    for ours, theirs in zip(found.effects, blups, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-10)


def test_three_crossed_factors_are_solved_alike():
    unit, rater, _, y = ratings()
    third = np.arange(len(y)) % 4
    factors, variances, residual = [unit, rater, third], [1.1, 0.4, 0.2], 0.6
    fixed = np.ones((len(y), 1))
    sums = crossed.sums(y, fixed, factors)
    found = crossed.solve(sums, np.sqrt(np.array(variances) / residual)[list(sums.order)], residual=residual)
    deviance, _, blups = written_out(y, fixed, factors, variances, residual, False)
    assert found.deviance == pytest.approx(deviance, abs=1e-8)
    for ours, theirs in zip(found.effects, blups, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-10)


@pytest.mark.parametrize("method", ["ml", "reml"])
def test_the_variances_found_are_the_most_likely(method):
    unit, rater, x, y = ratings()
    fixed = np.column_stack([np.ones(len(y)), x])
    rule = Effects("t", "y", "u", ("r",), ("x",), method)
    found, variances = effects.fit(y, fixed, [unit, rater], rule)

    def deviance(logs):
        *spread, residual = np.exp(logs)
        return written_out(y, fixed, [unit, rater], spread, residual, method == "reml")[0]

    best = minimize(
        deviance, np.zeros(3), method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-9, "maxiter": 2000}
    )
    assert found.deviance == pytest.approx(best.fun, abs=1e-6)
    assert [*variances, found.residual] == pytest.approx(np.exp(best.x), rel=1e-4)


def test_the_iteration_of_the_method_ends_at_the_same_effects():
    unit, rater, _, y = ratings()
    variance, severity, residual = 1.1, 0.4, 0.6
    rule = Effects("t", "y", "u", ("r",), (), "given", {"u": variance, "r": severity, "residual": residual})
    found, _ = effects.fit(y, np.ones((len(y), 1)), [unit, rater], rule)
    branch, beta = np.zeros(12), np.zeros(9)
    centred = y - found.fixed[0]
    for _ in range(2000):
        n = np.bincount(unit)
        branch = np.bincount(unit, centred - beta[rater]) / (n + residual / variance)
        m = np.bincount(rater, minlength=9)
        beta = np.bincount(rater, centred - branch[unit], 9) / (m + residual / severity)
    np.testing.assert_allclose(found.effects[0], branch, atol=1e-12)
    np.testing.assert_allclose(found.effects[1], beta, atol=1e-12)


def test_a_factor_that_explains_nothing_has_no_variance_at_all():
    unit, rater, _, y = ratings(rater_sd=0.0, seed=8)
    y = y - np.bincount(rater, y)[rater] / np.bincount(rater)[rater]
    rule = Effects("t", "y", "u", ("r",))
    found, variances = effects.fit(y, np.ones((len(y), 1)), [unit, rater], rule)
    assert variances[1] == 0
    assert not found.effects[1].any()


def test_moments_are_those_of_the_balanced_analysis_of_variance():
    unit, y = np.repeat(np.arange(6), 4), np.random.default_rng(1).normal(size=24)
    y = y + np.repeat([0, 1, 2, 3, 4, 5], 4)
    table = y.reshape(6, 4)
    within = table.var(axis=1, ddof=1).mean()
    between = (4 * table.mean(axis=1).var(ddof=1) - within) / 4
    assert effects.moments(y, unit) == pytest.approx((between, within))


def words(unit, rater, x, y):
    rows = [f"u{u},r{r},{a!r},{b!r}" for u, r, a, b in zip(unit, rater, x.tolist(), y.tolist(), strict=True)]
    return "u,r,x,y\n" + "\n".join(rows)


def test_the_edition_gives_effects_intervals_and_phantom_ballots():
    unit, rater, x, y = ratings(unit_sd=2.0)
    body = "effects: {table: marks, response: y, units: u, raters: [r], fixed: [x], method: reml, level: 0.9}"
    found = made.evaluated(body, marks=words(unit, rater, x, y))
    variance = dict(zip(found["effect_variance"].rows, found["effect_variance"].values[:, 0], strict=True))
    fit = dict(zip(found["effect_fit"].columns, found["effect_fit"].values[0], strict=True))
    units = found["effect_unit"]
    assert fit["k"] == pytest.approx(variance["residual"] / variance["u"])
    assert found["effect_fixed"].rows == ("intercept", "x")
    assert found["effect_fixed"].column("estimate")[1] == pytest.approx(0.5, abs=0.4)
    width = (units.column("high") - units.column("low")) / units.column("error")
    assert width == pytest.approx([2 * 1.6448536] * 12)
    above, below = found["effect_count"].values[:, 0]
    assert above == (units.column("low") > 0).sum() > 0
    assert below == (units.column("high") < 0).sum() > 0
    assert found["effect_rater"].rows == tuple(dict.fromkeys(f"r{name}" for name in rater))


def test_standard_errors_are_those_of_the_posterior_written_out():
    unit, rater, _, y = ratings()
    variances, residual = (1.1, 0.4), 0.6
    sums = crossed.sums(y, np.ones((len(y), 1)), [unit, rater])
    found = crossed.solve(sums, np.sqrt(np.array(variances) / residual)[list(sums.order)], residual=residual)
    inverse = np.linalg.inv(covariance([unit, rater], variances, residual))
    for factor, variance, errors in zip([unit, rater], variances, found.errors, strict=True):
        z = np.eye(factor.max() + 1)[factor]
        posterior = variance * np.eye(z.shape[1]) - variance**2 * z.T @ inverse @ z
        np.testing.assert_allclose(errors, np.sqrt(np.diag(posterior)), atol=1e-10)


def test_rows_with_a_gap_are_left_out():
    marks = "u,y\n" + "\n".join(f"{u},{v}" for u, v in [("a", 1), ("a", 2), ("b", 4), ("b", 5), ("c", 9), ("c", 7)])
    body = "effects: {table: marks, response: y, units: u, method: moments}"
    whole = made.evaluated(body, marks=marks)
    gappy = made.evaluated(body, marks=marks + "\nd,-\n-,3")
    np.testing.assert_array_equal(whole["effect_unit"].values, gappy["effect_unit"].values)
    assert gappy["effect_fit"].column("rows") == [6]


def test_one_reading_for_each_unit_cannot_be_taken_apart():
    with pytest.raises(CaseRefused, match="3 units and 3 readings cannot be told apart"):
        made.evaluated("effects: {table: m, response: y, units: u}", m="u,y\na,1\nb,2\nc,3")


def test_an_effect_can_be_the_score_that_is_classed():
    unit, rater, x, y = ratings()
    body = """
    effects: {table: marks, response: y, units: u}
    score: {of: effect, decimals: 1}
    rank: {ties: min}
    tiers: {lines: [{code: above, at_least: 0}, {code: below}]}
    """
    found = made.evaluated(body, marks=words(unit, rater, x, y))
    score = found["score"].column("score")
    assert [word == "above" for word in found["tier"].column("tier")] == (score >= 0).tolist()
    assert found["rank"].column("rank")[score.argmax()] == 1


def test_readings_that_never_differ_and_covariates_that_say_the_same_are_refused():
    same = "u,y,x,z\n" + "\n".join(f"{u},{v},{x},{2 * x}" for u, v in (("a", 1), ("b", 2), ("c", 4)) for x in (1, 2))
    with pytest.raises(CaseRefused) as refused:
        made.evaluated("effects: {table: m, response: y, units: u, fixed: [x, z]}", m=same)
    assert [fault.wrong for fault in refused.value.faults] == [
        "readings of one unit never differ",
        "the covariates are not independent of each other",
    ]


def test_factors_too_large_to_cross_are_refused(monkeypatch):
    monkeypatch.setattr(effects, "MOST", 8)
    with pytest.raises(CaseRefused, match="the smaller factors have 9 levels together"):
        made.evaluated("effects: {table: m, response: y, units: u, raters: [r]}", m=words(*ratings()))


def test_cells_that_are_no_numbers_are_named():
    with pytest.raises(CaseRefused, match=r"m\.csv:3: y is 'good'"):
        made.evaluated("effects: {table: m, response: y, units: u}", m="u,y\na,1\na,good\nb,2\nc,3\nc,1")
