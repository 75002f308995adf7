"""From leaves to the printed score: cells, bonuses, deductions, the clamp (method 2.7, 2.9)."""

from __future__ import annotations

from typing import Any

import numpy as np

from baolei.programme.scoring.arithmetic import Bools, Ints, sums_by
from baolei.programme.scoring.steps import Board
from baolei.programme.scoring.tables import tables
from baolei.programme.standard.edition import Edition


def cells(edition: Edition, board: Board) -> dict[str, Any]:
    """What each cell earned and could earn: `earned`, `available` (int64 [n,S,R], cents) and `base` (int64 [n])."""
    lay = tables(edition)
    earned, available = board["item_earned"].copy(), board["item_available"].copy()
    earned[:, :, lay.asked] = np.moveaxis(board["asked_points"], 1, 2)
    available[:, :, lay.asked] = lay.cells[board["field"].astype(np.int64)][:, :, lay.asked]
    return {"earned": earned, "available": available, "base": earned.sum(axis=(1, 2))}


def adjust(edition: Edition, board: Board) -> dict[str, Any]:
    """Bonus and deduction, capped; the printed score S = clamp(B + bonus − deduction − leniency line, 0, total).

    A bonus lifts nobody over the line who stands further below it than the edition's reach; one matter counts once, at
    its highest level, and not at all where it is an item of the table. Gives `bonus`, `deduction`, `score` (int64 [n]).
    """
    base, lay, policy = board["base"], tables(edition), edition.policy
    n = len(base)
    bonus = np.minimum(_bonus(edition, board, n), policy.bonus_cap)
    line = lay.line[board["field"].astype(np.int64)]
    out_of_reach = base < line - policy.bonus_reach
    bonus = np.where(out_of_reach, np.minimum(bonus, np.maximum(line - 1 - base, 0)), bonus)
    deduction = np.minimum(_deduction(edition, board, n), policy.deduction_cap)
    score = np.clip(base + bonus - deduction - board["leniency_line"], 0, edition.total)
    return {"bonus": bonus, "deduction": deduction, "score": score}


def _bonus(edition: Edition, board: Board, n: int) -> Ints:
    best: dict[tuple[int, str], int] = {}
    worth = {(bonus.code, level): points for bonus in edition.bonuses for level, points in bonus.points}
    codes = {bonus.code for bonus in edition.bonuses}
    for row in np.flatnonzero(is_one_of(board["mark_code"], codes)):
        matter = str(board["mark_matter"][row])
        if matter not in edition.items:
            key = (int(board["mark_branch"][row]), matter)
            points = worth.get((str(board["mark_code"][row]), str(board["mark_level"][row])), 0)
            best[key] = max(best.get(key, 0), points)
    branch = np.array([key[0] for key in best], dtype=np.int64)
    return sums_by(branch, np.array(list(best.values()), dtype=np.int64), n)


def _deduction(edition: Edition, board: Board, n: int) -> Ints:
    total = np.zeros(n, dtype=np.int64)
    places = places_of(board["mark_code"], [entry.code for entry in edition.deductions])
    for number, entry in enumerate(edition.deductions):
        rows = places == number
        branch, matter = board["mark_branch"][rows], board["mark_matter"][rows]
        once = {(int(b), str(m)) for b, m in zip(branch, matter, strict=True)}
        total += sums_by(np.array([b for b, _ in once], dtype=np.int64), np.full(len(once), entry.points), n)
    return total


def is_one_of(words: Any, wanted: set[str]) -> Bools:
    """Which of an array of words are wanted, bool [len(words)]."""
    return np.fromiter((word in wanted for word in words), dtype=bool, count=len(words))


def places_of(words: Any, codes: list[str]) -> Ints:
    """The position of each word among `codes`, −1 for any other word; int64 [len(words)]."""
    place = {code: number for number, code in enumerate(codes)}
    return np.fromiter((place.get(word, -1) for word in words), dtype=np.int64, count=len(words))
