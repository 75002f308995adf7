"""This year against last: clear change or none, and when a title is withdrawn (method 4)."""

from __future__ import annotations

from typing import Any

import numpy as np

from baolei.programme.scoring.steps import Board
from baolei.programme.scoring.tables import tables
from baolei.programme.standard.edition import Edition

KEPT, WATCH, WITHDRAWN = 0, 1, 2
NOT_NAMED = -1
"""What becomes of last year's title: kept, watched (first miss), withdrawn; −1 where there was none."""


def change(edition: Edition, board: Board) -> dict[str, Any]:
    """Δ with its SE; "improved" or "declined" only beyond 1.645·SE_Δ; withdrawal by the edition's rule.

    A veto withdraws at once; else standing < C − k·SE in one year, or standing < C in successive years; the first miss
    is a watch. A name is lost by the reading it is given by: the score less the county's leniency, with the visit where
    there was one, and an SE that carries what re-inspections showed of the spread (φ). Gives `change` (int8 [n]:
    1 improved, −1 declined, 0 no clear change or no last year), `delta` (int64 [n], cents, 0 without last year),
    `has_last` (bool [n]), `title` (int8 [n]).
    """
    n = len(board["field"])
    rows = board["last_branch"].astype(np.int64)
    delta, moved = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int8)
    has_last, title = np.zeros(n, dtype=bool), np.full(n, NOT_NAMED, dtype=np.int8)
    has_last[rows] = True
    delta[rows] = board["score"][rows] - board["last_score"]
    clear = 164.5 * np.hypot(board["se"][rows], board["last_se"] / 100)
    moved[rows] = np.where(np.abs(delta[rows]) > clear, np.sign(delta[rows]), 0)
    line = tables(edition).line[board["field"].astype(np.int64)[rows]]
    policy = edition.policy
    standing, sure = np.round(board["standing"][rows] * 100), 100 * float(policy.withdrawal_se)
    below = standing < line
    clearly = standing < line - sure * board["standing_se"][rows]
    again = below & (board["last_below"] + 1 >= policy.withdrawal_years)
    out = clearly | again | (board["vetoes"][rows] != 0)
    verdict = np.where(out, WITHDRAWN, np.where(below, WATCH, KEPT))
    title[rows] = np.where(board["last_named"], verdict, NOT_NAMED)
    return {"change": moved, "delta": delta, "has_last": has_last, "title": title}
