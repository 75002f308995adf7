"""Whom to visit: a lottery anyone can check, and the few nearest the line (method 3.6)."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from baolei.programme.scoring.arithmetic import Bools, Floats, Ints
from baolei.programme.scoring.steps import Board
from baolei.programme.standard.edition import Edition


def visit_list(edition: Edition, board: Board) -> dict[str, Any]:
    """The draw. A branch is visited when u < π, u from SHA-256(public seed | branch code).

    π_i = min(1, π₀ + (b − π₀)·N·r_i/Σr), raised where a county would expect fewer visits than the edition's least; a
    county that chance leaves with fewer is filled up to it in the order of u/π. Gives `draw_number`, `draw_probability`
    (float64 [n]), `drawn` (bool [n]), `borderline` (bool [n]: nearest the line, neither drawn nor visited already).
    """
    policy = edition.policy
    n = len(board["field"])
    budget, floor = float(policy.visit_random), min(float(policy.visit_floor), float(policy.visit_random))
    interest = _interest(board)
    total = float(interest.sum())
    share = interest * n / total if total > 0 else np.ones(n)
    probability = np.minimum(1.0, floor + (budget - floor) * share)
    probability = np.round(_least_per_county(probability, board["county"], policy.visit_at_least), 6)
    number = lottery(board["seed"], board["code"])
    drawn = draw(number, probability, board["county"], policy.visit_at_least)
    return {
        "draw_number": number,
        "draw_probability": probability,
        "drawn": drawn,
        "borderline": _nearest(edition, board, drawn | board["visited"]),
    }


def lottery(seed: str, codes: Any) -> Floats:
    """u = first 8 hex digits of SHA-256(seed|code) / 16⁸ for each code, float64 in [0, 1)."""
    head = hashlib.sha256(f"{seed}|".encode())
    out = np.empty(len(codes))
    for place, code in enumerate(codes):
        mine = head.copy()
        mine.update(str(code).encode())
        out[place] = int.from_bytes(mine.digest()[:4], "big")
    return out / 2**32


def draw(number: Floats, probability: Floats, county: Ints, least: int) -> Bools:
    """Whom the lottery draws: u < π, and in every county at least the first `least` in the order of u/π. bool [n].

    Leniency needs that many visits to be told at all, and a lottery alone leaves every second county short of what it
    expects.
    """
    turn = number / np.maximum(probability, 1e-9)
    order = np.lexsort((turn, county))
    first = np.searchsorted(county[order], county[order])
    place = np.empty(len(turn), dtype=np.int64)
    place[order] = np.arange(len(turn)) - first
    return (turn < 1) | (place < least)


def _interest(board: Board) -> Floats:
    """r = 0.4·4P(1−P) + 0.3·min(1, |z|/3) + 0.2·flag + 0.1·jump against last year."""
    p = board["prior_chance"]
    z = np.minimum(1, np.abs(board["gap_z"]).max(axis=1) / 3) if board["gap_z"].size else np.zeros(len(p))
    return np.asarray(0.4 * 4 * p * (1 - p) + 0.3 * z + 0.2 * board["alike"] + 0.1 * (board["change"] != 0))


def _least_per_county(probability: Floats, county: Ints, least: int) -> Floats:
    expected = np.bincount(county, weights=probability)
    factor = np.maximum(1.0, least / np.maximum(expected, 1e-9))
    return np.minimum(1.0, probability * factor[county])


def _nearest(edition: Edition, board: Board, drawn: Bools) -> Bools:
    """The share of branches nearest the line before any visit of their own, among those not `drawn` or visited."""
    share = edition.policy.visit_borderline
    n = len(drawn)
    wanted = n * share.numerator // share.denominator
    distance = np.abs(board["prior_chance"] - 0.5)
    rows = np.flatnonzero(~drawn)
    near = rows[np.lexsort((rows, distance[rows]))][:wanted]
    out = np.zeros(n, dtype=bool)
    out[near] = True
    return out
