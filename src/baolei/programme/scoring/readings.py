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
    earned, available = board["earned"].astype(float), board["available"].astype(float)
    extra = (board["score"] - board["base"]).astype(float)
    others = [_equal_steps(lay, field, board), _geometric(earned, available)]
    others += [_ratio(np.delete(earned, r, axis=2), np.delete(available, r, axis=2)) for r in range(earned.shape[2])]
    others += [_ratio(np.delete(earned, s, axis=1), np.delete(available, s, axis=1)) for s in range(earned.shape[1])]
    over = board["score"] >= lay.line[field]
    room = np.bincount(field, weights=over, minlength=len(edition.fields)).astype(np.int64)
    return {"moved": np.stack([over != _first(field, other + extra, board["score"], room) for other in others], axis=1)}


def _first(field: Ints, value: Floats, score: Ints, room: Ints) -> Bools:
    """The `room` branches of each field with the highest value; on equal values the higher printed score."""
    order = np.lexsort((-score, -np.round(value, 6), field))
    start = np.searchsorted(field[order], np.arange(len(room)))
    place = np.empty(len(field), dtype=np.int64)
    place[order] = np.arange(len(field)) - start[field[order]]
    return np.asarray(place < room[field])


def _ratio(earned: Floats, available: Floats) -> Floats:
    """Points of a hundred percent of what is left, in cents of the whole table."""
    whole = available.sum(axis=(1, 2))
    return np.asarray(10_000 * earned.sum(axis=(1, 2)) / np.maximum(whole, 1))


def _geometric(earned: Floats, available: Floats) -> Floats:
    """The weighted geometric mean of the strengths: what one lacks another does not make up for."""
    have, could = earned.sum(axis=2), available.sum(axis=2)
    ratio = np.clip(have / np.maximum(could, 1), 1e-3, None)
    weight = could / np.maximum(could.sum(axis=1, keepdims=True), 1)
    return np.asarray(10_000 * np.exp((weight * np.log(ratio)).sum(axis=1)))


def _equal_steps(lay: Tables, field: Ints, board: Board) -> Floats:
    """The score in cents with grades at equal distances from 100 to 0, phantom ballots and all."""
    n, worth = board["asked_n"], np.moveaxis(lay.cells[:, :, lay.asked], 1, 2)[field]
    mean = _means(lay, board["answers"], np.linspace(100, 0, len(lay.values)), n)
    norm = np.zeros((len(lay.line), *mean.shape[1:]))
    number = np.zeros_like(norm)
    np.add.at(norm, field, np.where(n > 0, mean, 0))
    np.add.at(number, field, n > 0)
    k, mu = board["phantom"][field][:, :, None], (norm / np.maximum(number, 1))[field]
    result = np.where(n + k > 0, (n * mean + k * mu) / np.maximum(n + k, 1), mu)
    return np.asarray(board["base"] + (worth * result / 100 - board["asked_points"]).sum(axis=(1, 2)))


def _means(lay: Tables, answers: Ints, values: Floats, number: Ints) -> Floats:
    """Plain means of the answers with these values for the grades, float64 [n,A,S] on 0-100."""
    total = np.zeros(number.shape)
    for a, q in zip(*np.nonzero(lay.speaks >= 0), strict=True):
        for g, value in enumerate(values):
            total[:, a, lay.speaks[a, q]] += value * answers[:, a, q, g]
    return np.asarray(total / np.maximum(number, 1))
