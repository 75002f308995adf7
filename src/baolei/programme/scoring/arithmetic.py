"""Exact fixed-point arithmetic: whole cents in and out, half up, as a spreadsheet's ROUND does (method 2.9)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

LARGEST = 2**62
"""No product may exceed this: beyond it 64-bit arithmetic would silently wrap."""


def half_up(num: Any, den: Any) -> Any:
    """num/den rounded to the nearest whole number, halves away from zero downwards never: floor((2·num + den)/(2·den)).

    Arrays or scalars of integers; den > 0. Same as a spreadsheet's ROUND for num ≥ 0.
    """
    return (2 * num + den) // (2 * den)


def share_out(total: Ints, weight: Ints, group: Ints, groups: int) -> Ints:
    """Divide `total[g]` among the members of each group in proportion to `weight`, whole cents, nothing lost.

    Largest remainder; on equal remainders the earlier member. `group` [m] numbers the group of each member and is
    sorted; `total` [groups]. A group whose weights are all 0 gets nothing. Returns int64 [m].
    """
    sums = np.bincount(group, weights=weight, minlength=groups).astype(np.int64)
    of = np.maximum(sums[group], 1)
    whole, rest = np.divmod(total[group] * weight, of)
    left = np.where(sums > 0, total, 0) - np.bincount(group, weights=whole, minlength=groups).astype(np.int64)
    order = np.lexsort((-rest, group))
    first = np.searchsorted(group, np.arange(groups))
    place = np.empty(len(group), dtype=np.int64)
    place[order] = np.arange(len(group)) - first[group[order]]
    return whole + (place < left[group])


def sums_by(group: npt.NDArray[Any], values: npt.NDArray[Any], groups: int) -> Ints:
    """Exact sums of whole numbers by group, int64 [groups]; every sum must stay below 2**53."""
    return np.bincount(group, weights=values, minlength=groups).astype(np.int64)
