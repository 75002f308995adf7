"""The likelihood of crossed random intercepts, exact and fast: sums first, then one elimination.

y = X beta + sum over factors of Z_j b_j + e,  b_j ~ N(0, s2 t_j^2),  e ~ N(0, s2).

For given ratios t the mixed-model equations are solved once (Henderson 1975; Bates et al. 2015, "Fitting linear
mixed-effects models using lme4"). The factor with most levels is diagonal and is eliminated by a Schur complement; what
remains is as large as the other factors together. Only sums over the rows are kept, so a million ratings cost no more
than a thousand once they are added up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import solve_triangular

from baolei.programme.index.figures import Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Cross-products of the data. The factor eliminated is called *wide*, the others together *rest*."""

    order: tuple[int, ...]  # factors as given, the wide one first
    sizes: tuple[int, ...]  # levels of each, in that order
    wide_count: Numbers
    meeting: sparse.csr_array  # wide x rest: how often they meet
    rest: Numbers  # rest x rest
    wide_data: Numbers  # wide x (X, y)
    rest_data: Numbers  # rest x (X, y)
    data: Numbers  # (X, y) x (X, y)
    rows: int


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """What the equations give: `deviance` profiled over beta and s2; effects and their SE factor by factor as given."""

    deviance: float
    residual: float
    fixed: Numbers
    fixed_errors: Numbers
    effects: tuple[Numbers, ...]
    errors: tuple[Numbers, ...]


def sums(response: Numbers, fixed: Numbers, factors: list[NDArray[np.intp]]) -> Sums:
    """Add up: `fixed` is rows x columns (the intercept among them), each factor gives the level number of every row."""
    levels = [int(factor.max()) + 1 for factor in factors]
    wide = int(np.argmax(levels))
    order = (wide, *(place for place in range(len(factors)) if place != wide))
    rows = len(response)
    ones = np.ones(rows)
    data = np.column_stack([fixed, response])

    def indicator(place: int) -> sparse.csr_array:
        return sparse.csr_array((ones, (np.arange(rows), factors[place])), shape=(rows, levels[place]))

    first = indicator(wide)
    others = [indicator(place) for place in order[1:]]
    rest = sparse.hstack(others, format="csr") if others else sparse.csr_array((rows, 0))
    return Sums(
        order,
        tuple(levels[place] for place in order),
        np.asarray(first.sum(axis=0), dtype=np.float64).ravel(),
        sparse.csr_array(first.T @ rest),
        (rest.T @ rest).toarray(),
        first.T @ data,
        rest.T @ data,
        data.T @ data,
        rows,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Reduced:
    """The equations after the wide factor and the rest are eliminated: what is left speaks of beta and y alone."""

    spread: Numbers  # ratio of every level of the rest
    weight: Numbers  # t^2 / (1 + t^2 n) of every level of the wide factor
    root: Numbers  # Cholesky factor of the Schur complement
    half: Numbers  # root^-1 (rest x (X, y))
    inner: Numbers  # (X, y) x (X, y)
    logarithm: float  # of the determinant


def _reduce(given: Sums, ratios: Numbers) -> _Reduced:
    wide, spread = float(ratios[0]), np.repeat(ratios[1:], given.sizes[1:])
    diagonal = 1.0 + wide**2 * given.wide_count
    weight = wide**2 / diagonal
    both = (given.meeting.T @ (sparse.diags_array(weight) @ given.meeting)).toarray()
    root = np.linalg.cholesky(spread[:, None] * (given.rest - both) * spread + np.eye(len(spread)))
    toward = spread[:, None] * (given.rest_data - given.meeting.T @ (weight[:, None] * given.wide_data))
    half = solve_triangular(root, toward, lower=True) if len(spread) else toward
    inner = given.data - given.wide_data.T @ (weight[:, None] * given.wide_data) - half.T @ half
    logarithm = float(np.log(diagonal).sum() + 2 * np.log(np.diag(root)).sum())
    return _Reduced(spread, weight, root, half, inner, logarithm)


def _least(reduced: _Reduced) -> tuple[Numbers, float]:
    """beta, and the penalised sum of squares that is left."""
    inner = reduced.inner
    fixed: Numbers = np.linalg.solve(inner[:-1, :-1], inner[:-1, -1]).astype(np.float64)
    return fixed, float(inner[-1, -1] - inner[:-1, -1] @ fixed)


def deviance(given: Sums, ratios: Numbers, reml: bool = False, residual: float | None = None) -> float:
    """-2 log (restricted) likelihood at its most likely beta for `ratios` t (in the order of `given.order`).

    The residual variance is the most likely one too, unless it is given.
    """
    reduced = _reduce(given, ratios)
    squares = _least(reduced)[1]
    freedom = given.rows - (len(reduced.inner) - 1 if reml else 0)
    variance = squares / freedom if residual is None else residual
    extra = float(np.linalg.slogdet(reduced.inner[:-1, :-1])[1]) if reml else 0.0
    return reduced.logarithm + extra + freedom * math.log(2 * math.pi * variance) + squares / variance


def solve(given: Sums, ratios: Numbers, reml: bool = False, residual: float | None = None) -> Solution:
    """Effects with their standard errors, beta and the residual variance for `ratios` t."""
    reduced = _reduce(given, ratios)
    fixed, squares = _least(reduced)
    variance = squares / (given.rows - (len(fixed) if reml else 0)) if residual is None else residual
    left = reduced.half[:, -1] - reduced.half[:, :-1] @ fixed
    if len(left):
        left = solve_triangular(reduced.root, left, lower=True, trans="T")
    rest = reduced.spread * left
    own = given.wide_data[:, -1] - given.wide_data[:, :-1] @ fixed
    wide = reduced.weight * (own - given.meeting @ rest)
    return Solution(
        deviance(given, ratios, reml, residual),
        variance,
        fixed,
        np.sqrt(variance * np.diag(np.linalg.inv(reduced.inner[:-1, :-1]))),
        _parted(given, wide, rest),
        _parted(given, *_errors(given, reduced, variance)),
    )


def _errors(given: Sums, reduced: _Reduced, variance: float) -> tuple[Numbers, Numbers]:
    """Standard errors of the effects of the wide factor and of the rest, beta taken as known."""
    size = len(reduced.spread)
    inverse = solve_triangular(reduced.root, np.eye(size), lower=True) if size else np.empty((0, 0))
    mixed = (
        (given.meeting @ sparse.diags_array(reduced.spread)) @ inverse.T if size else np.zeros((len(reduced.weight), 0))
    )
    wide = reduced.weight + reduced.weight**2 * (mixed**2).sum(axis=1)
    rest = reduced.spread**2 * (inverse**2).sum(axis=0)
    return np.sqrt(variance * wide), np.sqrt(variance * rest)


def _parted(given: Sums, wide: Numbers, rest: Numbers) -> tuple[Numbers, ...]:
    """One array for each factor, in the order in which the factors were given."""
    parts = [wide, *np.split(rest, np.cumsum(given.sizes[1:-1]))] if len(given.sizes) > 1 else [wide]
    return tuple(parts[given.order.index(place)] for place in range(len(given.order)))
