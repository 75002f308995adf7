"""Visits to the demo's branches by the programme's own rule (method 3.6): the lottery, then those near the line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from baolei.programme.scoring.arithmetic import Ints
from baolei.programme.scoring.leniency import BORDERLINE, DOUBLE, RANDOM
from baolei.programme.scoring.pipeline import score
from baolei.programme.scoring.tables import tables
from baolei.programme.standard.edition import Edition
from baolei.warehouse.demo.blocks import Block, scenario, verified
from baolei.warehouse.rounds import WAVES

FEW_DRAWS = 100
"""Rank draws of passes that only tell whom to visit."""

TEAMS = 400


def visits(edition: Edition, board: dict[str, Any], made: list[Block], seed: int) -> pa.Table:
    """Score, draw and visit at random, score again, visit those nearest the line; a tenth of the drawn twice.

    `board` is what the snapshot's reader made of the round so far. Returns the snapshot's table of visits.
    """
    quick = replace(edition, policy=replace(edition.policy, rank_draws=FEW_DRAWS))
    bits = np.random.default_rng([seed, 7])
    first = score(quick, board)
    found = _Findings(edition, made, bits)
    random = np.flatnonzero(first["drawn"])
    again = random[bits.random(len(random)) < scenario().double_visits]
    branch = np.concatenate([random, again])
    wave = np.repeat([RANDOM, DOUBLE], [len(random), len(again)])
    organisation, overall = found.visit(branch)
    chance = np.where(wave == RANDOM, first["draw_probability"][branch], 1.0)
    so_far = {"visit_branch": branch, "visit_wave": wave, "visit_probability": chance,
              "visit_organisation": organisation, "visit_overall": overall}  # fmt: skip
    near = np.flatnonzero(score(quick, board | so_far)["borderline"])
    more = found.visit(near)
    return _table(
        np.concatenate([branch, near]),
        np.concatenate([wave, np.full(len(near), BORDERLINE)]),
        np.concatenate([chance, np.ones(len(near))]),
        np.concatenate([organisation, more[0]]),
        np.concatenate([overall, more[1]]),
        bits,
    )


class _Findings:
    """What teams find where they go: each visit has an error of its own, shared by its records and its judgement."""

    def __init__(self, edition: Edition, made: list[Block], bits: np.random.Generator) -> None:
        self._bits, self._total = bits, edition.total
        self._points = np.concatenate([verified(edition, block) for block in made])
        self._quality = np.concatenate([block.truth.quality for block in made])
        lay = tables(edition)
        field = np.concatenate([block.field for block in made])
        self._worth = lay.weight[:, lay.found].sum(axis=1)[field]

    def visit(self, branch: Ints) -> tuple[Ints, Ints]:
        """Organisation's points as verified, and the judgement of the whole; cents [b]."""
        error = self._bits.normal(0, scenario().visit_noise, len(branch)) / 100
        worth = self._worth[branch]
        points = np.clip(self._points[branch] + error * worth, 0, worth)
        whole = np.clip(self._quality[branch] / 100 + error, 0, 1) * self._total
        return np.rint(points).astype(np.int64), np.rint(whole).astype(np.int64)


def _table(
    branch: Ints,
    wave: Ints,
    chance: npt.NDArray[np.float64],
    organisation: Ints,
    overall: Ints,
    bits: np.random.Generator,
) -> pa.Table:
    """The visits in the order of branches; a second visit is another team's."""
    team = bits.integers(0, TEAMS, int(branch.max()) + 1 if len(branch) else 0)
    team = (team[branch] + (wave == DOUBLE)) % TEAMS
    order = np.lexsort((wave, branch))
    kinds = pa.array(list(WAVES))
    return pa.table({
        "branch": branch[order], "wave": pa.DictionaryArray.from_arrays(pa.array(wave[order].astype(np.int32)), kinds),
        "team": team[order], "probability": chance[order], "organisation": organisation[order],
        "overall": overall[order],
    })  # fmt: skip
