"""Conditions that are met or not met: gates, vetoes, floors, stars, least evidence (method 2.7, 2.8)."""

from __future__ import annotations

from typing import Any

import numpy as np

from baolei.programme.scoring.arithmetic import Bools, Ints
from baolei.programme.scoring.steps import Board
from baolei.programme.scoring.tables import tables
from baolei.programme.scoring.totals import places_of
from baolei.programme.standard.edition import Condition, Edition, Minimum


def gates(edition: Edition, board: Board) -> dict[str, Any]:
    """Gates not met and vetoes standing, one bit each in the edition's order (int64 [n]).

    A gate without a record is not met: the sheet says what would meet it. The score is left alone.
    Gives `gates_open`, `vetoes`.
    """
    n = len(board["field"])
    met = _bits(edition.gates, board, n)
    return {"gates_open": (1 << len(edition.gates)) - 1 - met, "vetoes": _bits(edition.vetoes, board, n)}


def _bits(conditions: tuple[Condition, ...], board: Board, n: int) -> Ints:
    bits = np.zeros(n, dtype=np.int64)
    places = places_of(board["mark_code"], [condition.code for condition in conditions])
    for place in range(len(conditions)):
        rows = (places == place) & (board["mark_value"] > 0)
        bits[board["mark_branch"][rows]] |= 1 << place
    return bits


def floors(edition: Edition, board: Board) -> dict[str, Any]:
    """Floors ("all five strong") with a guard of one standard error, and stars.

    R = earned/available of a strength. R < floor − SE blocks; floor − SE ≤ R < floor asks for a look at that strength.
    Gives `ratio` (float64 [n,S], NaN where nothing was available), `ratio_se` (float64 [n,S]), `floors_broken`,
    `floors_watched` (int64 [n], one bit a strength), `stars` (int64 [n]).
    """
    earned, available = board["earned"].sum(axis=2), board["available"].sum(axis=2)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(available > 0, earned / np.maximum(available, 1), np.nan)
    se = _ratio_se(edition, board, available)
    broken = np.zeros(len(earned), dtype=np.int64)
    watched, stars = broken.copy(), broken.copy()
    star = edition.policy.star_at
    for s, strength in enumerate(edition.strengths):
        stars += (earned[:, s] * star.denominator >= star.numerator * available[:, s]) & (available[:, s] > 0)
        if strength.floor is not None:
            low = ratio[:, s] < float(strength.floor) - se[:, s]
            broken |= low.astype(np.int64) << s
            watched |= (~low & (ratio[:, s] < float(strength.floor))).astype(np.int64) << s
    return {"ratio": ratio, "ratio_se": se, "floors_broken": broken, "floors_watched": watched, "stars": stars}


def _ratio_se(edition: Edition, board: Board, available: Ints) -> Any:
    """Standard error of each strength's ratio: the total's formula (method 3.1) within the strength's own cells."""
    from baolei.programme.scoring.uncertainty import reading_variance

    per_source = reading_variance(edition, board)
    share = board["available"] / 10_000
    variance = np.einsum("nsr,nr->ns", share**2, per_source)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(available > 0, np.sqrt(variance) / np.maximum(available, 1) * 100, np.nan)


def evidence(edition: Edition, board: Board) -> dict[str, Any]:
    """Sources with less than the least evidence, one bit each (int64 [n]), in the edition's order of sources.

    Thin evidence means "collect more before naming", never exclusion. A source of items is short when an item was not
    given. Gives `evidence_short`, `evidence_needed` (int64 [n,A]).
    """
    lay = tables(edition)
    n = len(board["field"])
    short = np.zeros(n, dtype=np.int64)
    asked_here = lay.weight[board["field"].astype(np.int64)]
    needed = np.zeros((n, len(lay.asked)), dtype=np.int64)
    for a, source in enumerate(edition.asked()):
        r = int(lay.asked[a])
        if source.minimum is not None:
            needed[:, a] = least_ballots(source.minimum, board["entitled"], board["served"])
        lacking: Bools = (board["ballots"][:, a] < needed[:, a]) & (asked_here[:, r] > 0)
        short |= lacking.astype(np.int64) << r
    for r in lay.found:
        short |= (board["items_missing"] > 0).astype(np.int64) << int(r)
    return {"evidence_short": short, "evidence_needed": needed}


def least_ballots(minimum: Minimum, entitled: Any, served: Any) -> Ints:
    """The least number of ballots (method 2.8): max(at_least, min(at_most, ceil(share × of))), never more than `of`."""
    if not minimum.of:
        return np.full(len(entitled), minimum.at_least, dtype=np.int64)
    of = np.asarray(entitled if minimum.of == "entitled" else served, dtype=np.int64)
    share = -(-of * minimum.share.numerator // minimum.share.denominator)
    share = np.minimum(share, minimum.at_most) if minimum.at_most else share
    return np.minimum(np.maximum(share, minimum.at_least), of)
