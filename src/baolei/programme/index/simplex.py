"""Nelder-Mead's simplex search after Nash (1979), algorithm 19, the one R's `optim` runs by default.

Kept beside scipy's because published optimised weights stop where *this* search stops: first steps of a tenth of the
largest start value, and the end when worst and best differ by less than `stop` relative to the start.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from baolei.programme.index.figures import Numbers

REFLECT, CONTRACT, EXPAND = 1.0, 0.5, 2.0


def first_simplex(start: Numbers) -> Numbers:
    """n + 1 points: the start, and the start moved along each axis."""
    step = 0.1 * float(np.abs(start).max()) or 0.1
    return np.vstack([start, start + step * np.eye(len(start))])


def lowest(function: Callable[[Numbers], float], start: Numbers, stop: float, at_most: int = 500) -> Numbers:
    """The point at which the search for a minimum of `function` stops; at most about `at_most` calls."""
    points = first_simplex(start)
    values = np.array([function(point) for point in points])
    tolerance = stop * (abs(values[0]) + stop)
    calls = len(values)
    size = float(np.abs(points - points[0]).sum())
    while calls <= at_most and values.max() > values.min() + tolerance:
        low, high = int(values.argmin()), int(values.argmax())
        centre = np.delete(points, high, axis=0).mean(axis=0)
        if _replaced(function, points, values, centre, low, high):
            calls += 2
            continue
        points[:] = points[low] + CONTRACT * (points - points[low])
        values[:] = [value if row == low else function(points[row]) for row, value in enumerate(values)]
        calls += len(values)
        smaller = float(np.abs(points - points[low]).sum())
        if smaller >= size:
            break
        size = smaller
    return np.asarray(points[values.argmin()])


def _replaced(
    function: Callable[[Numbers], float], points: Numbers, values: Numbers, centre: Numbers, low: int, high: int
) -> bool:
    """Put a better point in place of the worst; False when the simplex must shrink instead."""
    worst = values[high]
    mirrored = (1 + REFLECT) * centre - REFLECT * points[high]
    value = function(mirrored)
    if value < values[low]:
        beyond = EXPAND * mirrored + (1 - EXPAND) * centre
        further = function(beyond)
        points[high], values[high] = (beyond, further) if further < value else (mirrored, value)
        return True
    if value < worst:
        points[high], values[high] = mirrored, value
    inner = (1 - CONTRACT) * points[high] + CONTRACT * centre
    reached = function(inner)
    if reached < values[high]:
        points[high], values[high] = inner, reached
        return True
    return bool(value < worst)
