"""Raters who overlap: what is the unit's, what is the severity of those who rated it (method 2.5).

A unit's effect is its best linear unbiased prediction: n/(n + k) of its own distance from what is expected, where
k = residual variance / variance between units is the number of "phantom ballots" (method 2.3). With raters crossed, the
iteration of method 2.5 (unit means of y - beta, then raters' means shrunk by their own k) has this as its fixed point.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import norm

from baolei.programme.index import crossed
from baolei.programme.index.figures import Figures, Numbers, nothing, one, several
from baolei.programme.index.table import Table
from baolei.programme.refusals import CaseRefused, Fault
from baolei.programme.scoring.steps import Board
from baolei.programme.standard.index_edition import Effects, IndexEdition

STEP, FLAT = 1e-4, 2e-3
"""Step of the central difference in ln t, and the slope of the deviance at which the search ends: at that slope the
deviance is within about 1e-8 of its least, where a change of 1 is one standard error."""

MOST = 6000
"""Levels that are crossed with the largest factor: their equations are solved in full (6,000: 0.3 GB)."""

GIVES = ("effect_unit", "effect_rater", "effect_variance", "effect_fixed", "effect_fit", "effect_count")


def likely_ratios(given: crossed.Sums, reml: bool) -> Numbers:
    """The ratios t = SD of a factor / SD of the residual that are most likely; exactly 0 where none is needed."""

    def deviance(logs: Numbers) -> float:
        return crossed.deviance(given, np.exp(logs), reml)

    def slope(logs: Numbers) -> Numbers:
        moves = STEP * np.eye(len(logs))
        return np.array([(deviance(logs + move) - deviance(logs - move)) / (2 * STEP) for move in moves])

    found = minimize(deviance, np.zeros(len(given.sizes)), jac=slope, method="BFGS", options={"gtol": FLAT})
    ratios = np.exp(found.x)
    for place in range(len(ratios)):
        without = np.where(np.arange(len(ratios)) == place, 0.0, ratios)
        if crossed.deviance(given, without, reml) <= found.fun + 1e-6:
            ratios = without
    return np.asarray(ratios, dtype=np.float64)


def moments(response: Numbers, unit: NDArray[np.intp]) -> tuple[float, float]:
    """Variance between units and within them by one-way analysis of variance, unequal numbers (method 2.3)."""
    count = np.bincount(unit).astype(np.float64)
    mean = np.bincount(unit, response) / count
    total, units = count.sum(), len(count)
    within = float(((response - mean[unit]) ** 2).sum() / (total - units))
    between = float((count * (mean - response.mean()) ** 2).sum() / (units - 1))
    typical = float((total - (count**2).sum() / total) / (units - 1))
    return max(0.0, (between - within) / typical), within


def fit(
    response: Numbers, fixed: Numbers, factors: list[NDArray[np.intp]], rule: Effects
) -> tuple[crossed.Solution, Numbers]:
    """The solution, and the variance of each factor in the order of `factors` (units first)."""
    given = crossed.sums(response, fixed, factors)
    back = [given.order.index(place) for place in range(len(factors))]
    reml, residual = rule.method == "reml", None
    if rule.method in ("ml", "reml"):
        ratios = likely_ratios(given, reml)
    else:
        variances, residual = _given(response, factors, rule)
        ratios = np.sqrt(variances / residual)[list(given.order)]
    solution = crossed.solve(given, ratios, reml, residual)
    return solution, ratios[back] ** 2 * solution.residual


def _given(response: Numbers, factors: list[NDArray[np.intp]], rule: Effects) -> tuple[Numbers, float]:
    if rule.method == "moments":
        between, within = moments(response, factors[0])
        return np.array([between]), within
    names = (rule.units, *rule.raters)
    return np.array([rule.variances[name] for name in names]), float(rule.variances["residual"])


def levels(words: Sequence[str]) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    """The different words in order of first appearance, and the number of each row's word."""
    seen: dict[str, int] = {}
    number = np.array([seen.setdefault(word, len(seen)) for word in words], dtype=np.intp)
    return tuple(seen), number


def run(edition: IndexEdition, board: Board) -> dict[str, Any]:
    """Gives `effect_unit` (units x n, raw, effect, error, low, high, adjusted), `effect_rater`, `effect_variance`,
    `effect_fixed`, `effect_fit` (mean, k, loglik, rows) and `effect_count` (units above and below by their interval).
    """
    rule = edition.effects
    if rule is None:
        return {name: nothing() for name in GIVES}
    table: Table = board["tables"][rule.table]
    response, fixed, words = _columns(table, rule)
    named = [levels(column) for column in words]
    faults = list(_untold(table.place, response, fixed, named))
    if faults:
        raise CaseRefused(faults)
    solution, variances = fit(response, fixed, [number for _, number in named], rule)
    return _given_back(rule, response, named, solution, variances)


def _untold(
    place: str, response: Numbers, fixed: Numbers, named: list[tuple[tuple[str, ...], NDArray[np.intp]]]
) -> Iterator[Fault]:
    """Why variances could not be told apart in these readings."""
    units, unit = named[0]
    if len(units) < 3 or len(units) >= len(response):
        wrong = f"{len(units)} units and {len(response)} readings cannot be told apart"
        yield Fault(place, 0, wrong, "give several readings of several units")
        return
    mean = np.bincount(unit, response) / np.bincount(unit)
    if not (response != mean[unit]).any():
        yield Fault(place, 0, "readings of one unit never differ", "then the mean of a unit needs no model")
    if np.linalg.matrix_rank(fixed) < fixed.shape[1]:
        yield Fault(place, 0, "the covariates are not independent of each other", "leave one of them out")
    levels_of = sorted(len(codes) for codes, _ in named)
    if sum(levels_of[:-1]) > MOST:
        wrong = f"the smaller factors have {sum(levels_of[:-1]):,} levels together"
        yield Fault(place, 0, wrong, f"at most {MOST:,} can be crossed with the largest factor")


def _columns(table: Table, rule: Effects) -> tuple[Numbers, Numbers, list[list[str]]]:
    """Response, design (intercept first), the words of each factor: only the rows in which nothing is missing."""
    faults: list[Fault] = []
    numbers = [table.numbers(column, faults) for column in (rule.response, *rule.fixed)]
    if faults:
        raise CaseRefused(faults)
    factors = [table.columns[column] for column in (rule.units, *rule.raters)]
    known = np.isfinite(np.column_stack(numbers)).all(axis=1)
    known &= np.array([all(row) for row in zip(*factors, strict=True)], dtype=bool)
    rows = np.flatnonzero(known)
    design = np.column_stack([np.ones(len(rows)), *(column[rows] for column in numbers[1:])])
    return numbers[0][rows], design, [[factor[row] for row in rows] for factor in factors]


def _given_back(
    rule: Effects,
    response: Numbers,
    named: list[tuple[tuple[str, ...], NDArray[np.intp]]],
    solution: crossed.Solution,
    variances: Numbers,
) -> dict[str, Any]:
    units = _effects(rule, response, named[0], solution, 0)
    names = [rule.units, *rule.raters]
    raters = [_effects(rule, response, named[place], solution, place) for place in range(1, len(names))]
    low, high = units.column("low"), units.column("high")
    fit_of = {
        "mean": [solution.fixed[0]],
        "k": [solution.residual / variances[0] if variances[0] > 0 else math.inf],
        "loglik": [-solution.deviance / 2],
        "rows": [len(response)],
    }
    return {
        "effect_unit": units,
        "effect_rater": _stacked(rule.raters, raters),
        "effect_variance": one("effect_variance", [*names, "residual"], [*variances, solution.residual]),
        "effect_fixed": several(
            ["intercept", *rule.fixed], {"estimate": solution.fixed, "error": solution.fixed_errors}
        ),
        "effect_fit": several(["fit"], fit_of),
        "effect_count": one("effect_count", ["above", "below"], [(low > 0).sum(), (high < 0).sum()]),
    }


def _effects(
    rule: Effects,
    response: Numbers,
    named: tuple[tuple[str, ...], NDArray[np.intp]],
    solution: crossed.Solution,
    place: int,
) -> Figures:
    codes, number = named
    count = np.bincount(number, minlength=len(codes)).astype(np.float64)
    effect, error = solution.effects[place], solution.errors[place]
    reach = float(norm.ppf(0.5 + rule.level / 2)) * error
    columns = {
        "n": count,
        "raw": np.bincount(number, response, len(codes)) / count,
        "effect": effect,
        "error": error,
        "low": effect - reach,
        "high": effect + reach,
        "adjusted": solution.fixed[0] + effect,
    }
    return several(codes, columns)


def _stacked(names: tuple[str, ...], parts: list[Figures]) -> Figures:
    """Effects of all raters; rows are levels, or factor=level where there are several factors."""
    if not parts:
        return nothing()
    rows = [
        f"{name}={row}" if len(names) > 1 else row for name, part in zip(names, parts, strict=True) for row in part.rows
    ]
    return Figures(tuple(rows), parts[0].columns, np.vstack([part.values for part in parts]))
