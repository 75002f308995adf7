"""The ways of naming that are compared: plain means, a trimmed mean, and the pipeline itself with its visits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from baolei.programme.scoring.arithmetic import Bools, Floats
from baolei.programme.scoring.leniency import RANDOM
from baolei.programme.scoring.pipeline import score
from baolei.programme.scoring.tables import tables
from baolei.programme.scoring.verdict import seat_numbers
from baolei.programme.standard.edition import Edition
from baolei.warehouse import simulation_world as worlds
from baolei.warehouse.simulation_world import World

FEW_DRAWS = 100
"""Rank draws in a pass whose rank intervals nobody reads."""


@dataclass(frozen=True, slots=True)
class Naming:
    """What a method says: who is named (bool [n]) and its reading of each branch (float64 [n])."""

    named: Bools
    reading: Floats


def plain(edition: Edition, board: Mapping[str, Any], trim: float = 0.0) -> Naming:
    """The weighted mean of the sources, weights of absent ones shared out over the others; best take the seats.

    `trim`: share of the answers to each question that is cut at either end, of ballots and panels alike.
    """
    reading = plain_mean(edition, board, trim)
    return Naming(best(edition, board, reading), reading)


def plain_mean(edition: Edition, board: Mapping[str, Any], trim: float = 0.0) -> Floats:
    """Weighted mean on the 0-100 scale, float64 [n]."""
    lay = tables(edition)
    n = len(board["field"])
    worth = lay.cells[board["field"].astype(np.int64)].astype(float)
    share = np.full(worth.shape, np.nan)
    r = lay.found[0]
    strength = lay.strength[board["fact_item"]]
    share[board["fact_branch"], strength, r] = 100 * board["fact_num"] / board["fact_den"]
    for a, source in enumerate(lay.asked):
        counts = board["answers"][:, a, :, : len(lay.values)]
        kept = trimmed(counts, trim)
        with np.errstate(invalid="ignore"):
            mean = (kept * lay.values).sum(axis=2) / kept.sum(axis=2)
        for q, s in enumerate(lay.speaks[a]):
            if s >= 0:
                share[:, s, source] = mean[:, q]
    there = np.isfinite(share) & (worth > 0)
    total = (np.where(there, share, 0) * worth).reshape(n, -1).sum(axis=1)
    return np.asarray(total / np.where(there, worth, 0).reshape(n, -1).sum(axis=1))


def trimmed(counts: npt.NDArray[Any], share: float) -> npt.NDArray[Any]:
    """Counts by grade [..., G] with floor(share × answers) cut from the best and as many from the worst end."""
    number = counts.sum(axis=-1, keepdims=True)
    cut = np.floor(number * share)
    below = np.cumsum(counts, axis=-1)
    upper, lower = np.clip(below, cut, number - cut), np.clip(below - counts, cut, number - cut)
    return np.asarray(upper - lower)


def best(edition: Edition, board: Mapping[str, Any], reading: Floats) -> Bools:
    """The first of each field by `reading`, as many as it has seats. bool [n]."""
    field = board["field"].astype(np.int64)
    seats = seat_numbers(np.bincount(field, minlength=len(edition.fields)), edition.policy.seats or 0)  # type: ignore[arg-type]
    order = np.lexsort((np.arange(len(field)), -reading, field))
    start = np.searchsorted(field[order], np.arange(len(seats)))
    place = np.arange(len(field)) - start[field[order]]
    named = np.zeros(len(field), dtype=bool)
    named[order] = place < seats[field[order]]
    return named


def plain_with_visits(edition: Edition, world: World, seed: int, number: int) -> Naming:
    """The plain mean, and as many visits as ours spent anywhere at random; a visit takes the place of the mean.

    Visitors are not inflated and the plain mean is: the average difference on the visited is added to every visit, so
    that being visited does not count against anybody.
    """
    bits = np.random.default_rng([seed, 4])
    reading = plain_mean(edition, world.board)
    if not number:
        return Naming(best(edition, world.board, reading), reading)
    drawn = np.zeros(len(reading), dtype=bool)
    drawn[bits.choice(len(reading), min(number, len(reading)), replace=False)] = True
    visits = worlds.visit(bits, edition, world, drawn, np.ones(len(reading)), wave=1)
    found = visits["visit_overall"] / 100
    rows = visits["visit_branch"]
    reading = reading.copy()
    reading[rows] = found + (reading[rows] - found).mean()
    return Naming(best(edition, world.board, reading), reading)


# ---- ours ----


def ours(edition: Edition, world: World, seed: int) -> tuple[dict[str, Any], int]:
    """The pipeline in the order of a verdict (method 2.12): score, draw and visit, score, visit near the line, score.

    Returns the board of the last pass and the number of visits made.
    """
    bits = np.random.default_rng([seed, 3])
    quick = replace(edition, policy=replace(edition.policy, rank_draws=FEW_DRAWS))
    first = score(quick, world.board)
    lottery = worlds.visit(bits, edition, world, first["drawn"], first["draw_probability"], RANDOM)
    board = worlds.with_visits(world.board, lottery)
    second = score(quick, board)
    board = worlds.with_visits(board, worlds.borderline(bits, edition, world, second["borderline"]))
    return score(edition, board), len(board["visit_branch"])


def topped_up(edition: Edition, world: World, board: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Ours, where branches that would be named on thin evidence first get more ballots of the public.

    Up to the edition's least evidence, the thinnest first, as far as the scenario's budget goes.
    """
    bits = np.random.default_rng([seed, 5])
    a = [source.code for source in edition.asked()].index("mas")
    lack = np.maximum(board["evidence_needed"][:, a] - board["ballots"][:, a], 0)
    rows = np.flatnonzero(board["named"] & (lack > 0))
    rows = rows[np.argsort(-lack[rows], kind="stable")][: int(world.scenario.top_up * len(lack))]
    given = {name: board[name] for name in world.board}
    more = worlds.top_up(bits, edition, world, given, rows, lack[rows])
    return score(replace(edition, policy=replace(edition.policy, rank_draws=FEW_DRAWS)), more.board)


def naming_of(board: Mapping[str, Any]) -> Naming:
    """What the pipeline says, in the shape of the others."""
    return Naming(np.asarray(board["named"]), np.asarray(board["theta"]))
