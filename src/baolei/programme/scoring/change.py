"""This year against last: clear change or none, and when a title is withdrawn (method 4)."""

from __future__ import annotations

from typing import Any

import numpy as np

from baolei.programme.scoring.arithmetic import Ints
from baolei.programme.scoring.steps import Board
from baolei.programme.scoring.tables import tables
from baolei.programme.standard.edition import Edition, Policy

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
    verdict = verdicts(
        edition.policy,
        board["standing"][rows],
        board["standing_se"][rows],
        line,
        board["last_below"],
        board["vetoes"][rows],
    )
    title[rows] = np.where(board["last_named"], verdict, NOT_NAMED)
    return {"change": moved, "delta": delta, "has_last": has_last, "title": title}


def verdicts(policy: Policy, standing: Any, se: Any, line: Any, below: Any, vetoes: Any) -> Ints:
    """What this year's results ask of titles that are held: KEPT, WATCH or WITHDRAWN, by the edition's rule.

    `standing` with its `se` in points, `line` in cents, `below`: successive years under the line up to last year.
    """
    counted, sure = np.round(np.asarray(standing) * 100), 100 * float(policy.withdrawal_se)
    under = counted < line
    clearly = counted < line - sure * np.asarray(se)
    again = under & (np.asarray(below) + 1 >= policy.withdrawal_years)
    out = clearly | again | (np.asarray(vetoes) != 0)
    return np.asarray(np.where(out, WITHDRAWN, np.where(under, WATCH, KEPT)), dtype=np.int64)
