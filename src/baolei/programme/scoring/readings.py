"""What else could have been decided: verdicts under other readings of the same records (method 2.3, 3.3).

Nobody is judged by these. They are counted and published, so that everybody sees how much hangs on a choice that could
have been made otherwise: other values of the grades, a mean that forgives no weakness, one source or strength less.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from baolei.programme.scoring.arithmetic import Bools, Floats, Ints
from baolei.programme.scoring.steps import Board
from baolei.programme.scoring.tables import Tables, tables
from baolei.programme.standard.edition import Edition

EQUAL_STEPS, GEOMETRIC, WITHOUT = "equal_steps", "geometric", "without_"


def reading_names(edition: Edition) -> tuple[str, ...]:
    """The other readings in their order: equal steps, geometric mean, without each source and each strength."""
    left_out = [source.code for source in edition.sources] + [strength.code for strength in edition.strengths]
    return (EQUAL_STEPS, GEOMETRIC, *(WITHOUT + code for code in left_out))


def other_readings(edition: Edition, board: Board) -> dict[str, Any]:
    """Who would cross the line under each other reading, if as many branches of each field stood over it.

    Gives `moved` (bool [n,V], V in the order of `reading_names`): over the line by the printed score and not by the
    reading, or the reverse. Bonus and deduction stay as they are.
    """
    lay, field = tables(edition), board["field"].astype(np.int64)
    earned, available = (np.ascontiguousarray(np.moveaxis(board[name], 0, 2)) for name in ("earned", "available"))
    others = [_equal_steps(lay, field, board), _geometric(earned, available)]
    others += [_ratio(*(part.sum(axis=(0, 1)) - part[:, r].sum(axis=0) for part in (earned, available)))
               for r in range(earned.shape[1])]  # fmt: skip
    others += [_ratio(*(part.sum(axis=(0, 1)) - part[s].sum(axis=0) for part in (earned, available)))
               for s in range(earned.shape[0])]  # fmt: skip
    over, extra = board["score"] >= lay.line[field], board["score"] - board["base"]
    rows = [np.flatnonzero(field == f) for f in range(len(edition.fields))]
    moved = [over != _first(rows, other + extra, board["score"], over) for other in others]
    return {"moved": np.stack(moved, axis=1)}


def _first(fields: list[Ints], value: Floats, score: Ints, over: Bools) -> Bools:
    """As many branches of each field as are `over`, with the highest value; on equal values the higher printed score,
    then the earlier row.
    """
    key = -((np.rint(value * 1e6).astype(np.int64) << 18) + score)
    first = np.zeros(len(key), dtype=bool)
    for rows in fields:
        room = int(over[rows].sum())
        if room:
            own = key[rows]
            last = np.partition(own, room - 1)[room - 1]
            first[rows[own < last]] = True
            first[rows[own == last][: room - int((own < last).sum())]] = True
    return first


def _ratio(earned: Ints, available: Ints) -> Floats:
    """Points of a hundred percent of what is left, in cents of the whole table."""
    return np.asarray(10_000 * earned / np.maximum(available, 1))


def _geometric(earned: Ints, available: Ints) -> Floats:
    """The weighted geometric mean of the strengths: what one lacks another does not make up for."""
    have, could = earned.sum(axis=1), available.sum(axis=1)
    ratio = np.clip(have / np.maximum(could, 1), 1e-3, None)
    weight = could / np.maximum(could.sum(axis=0), 1)
    return np.asarray(10_000 * np.exp((weight * np.log(ratio)).sum(axis=0)))


def _equal_steps(lay: Tables, field: Ints, board: Board) -> Floats:
    """The score in cents with grades at equal distances from 100 to 0, phantom ballots and all."""
    n = board["asked_n"]
    mean = _means(lay, board["answers"], np.linspace(100, 0, len(lay.values)), n)
    base = board["base"].astype(float)
    for a, s in np.ndindex(*n.shape[1:]):
        number, own = n[:, a, s], mean[a, s]
        heard = np.bincount(field, weights=number > 0, minlength=len(lay.line))
        norm = np.bincount(field, weights=np.where(number > 0, own, 0), minlength=len(lay.line)) / np.maximum(heard, 1)
        k, mu = board["phantom"][field, a], norm[field]
        result = np.where(number + k > 0, (number * own + k * mu) / np.maximum(number + k, 1), mu)
        base += lay.cells[:, s, lay.asked[a]][field] * result / 100 - board["asked_points"][:, a, s]
    return np.asarray(base)


def _means(lay: Tables, answers: Ints, values: Floats, number: Ints) -> Floats:
    """Plain means of the answers with these values for the grades, float64 [A,S,n] on 0-100."""
    total = np.zeros((*number.shape[1:], len(number)))
    for a, q in zip(*np.nonzero(lay.speaks >= 0), strict=True):
        for g, value in enumerate(values):
            total[a, lay.speaks[a, q]] += value * answers[:, a, q, g]
    return np.asarray(total / np.maximum(np.moveaxis(number, 0, 2), 1))
