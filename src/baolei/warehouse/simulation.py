"""`baolei simulate`: does the method name the right ones, on data whose truth is known? Goals stand beside the figures.

For every seed a year is drawn (rulebook/simulation/scenarios.yaml says how), named by plain means, by a trimmed mean
and by the pipeline with its visits, and held against the truth; then a second year shows who loses a name.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from baolei.programme.standard.edition import Edition
from baolei.warehouse import truth as model
from baolei.warehouse.editions import edition as read_edition
from baolei.warehouse.simulation_figures import doubt_figures, naming_figures, true_top, withdrawal_figures
from baolei.warehouse.simulation_methods import naming_of, ours, plain, plain_with_visits, topped_up
from baolei.warehouse.simulation_world import World, first_year, next_year
from baolei.warehouse.truth import Scenario

PLAIN, BUDGET, TRIMMED, OURS, TOPPED = "plain", "plain_visits", "trimmed", "ours", "ours_top_up"
METHODS = (PLAIN, BUDGET, TRIMMED, OURS, TOPPED)
TRIM = 0.10

Figures = dict[str, dict[str, float]]
"""Figures by method, then by name."""


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal held against the figures: what was wanted (None: only reported), what was got, whether it holds."""

    code: str
    name: Mapping[str, str]
    at_least: float | None
    at_most: float | None
    got: float

    @property
    def required(self) -> bool:
        """Whether the scenario asks for it."""
        return self.at_least is not None or self.at_most is not None

    @property
    def ok(self) -> bool:
        """Whether it holds; a figure that could not be computed holds nothing."""
        if not self.required:
            return True
        low = -math.inf if self.at_least is None else self.at_least
        high = math.inf if self.at_most is None else self.at_most
        return low <= self.got <= high


@dataclass(frozen=True, slots=True)
class Outcome:
    """A scenario over its seeds: means of all figures, and the goals."""

    scenario: str
    seeds: tuple[int, ...]
    figures: Figures
    goals: tuple[Goal, ...]

    @property
    def ok(self) -> bool:
        """Whether every required goal holds."""
        return all(goal.ok for goal in self.goals)


def simulate(name: str, seeds: Iterable[int], told: Callable[[int], None] = lambda seed: None) -> Outcome:
    """Run scenario `name` over the seeds; `told(seed)` before each. KeyError when there is no such scenario."""
    scenario, edition, every = model.scenario(name), table(), []
    for seed in seeds:
        told(seed)
        every.append((seed, one_seed(edition, scenario, seed)))
    means = _means([figures for _, figures in every])
    return Outcome(name, tuple(seed for seed, _ in every), means, held(name, means))


@lru_cache(maxsize=1)
def table() -> Edition:
    """The edition under which the simulated truth is evaluated."""
    return read_edition(Path(str(resources.files("baolei").joinpath("rulebook/simulation/edition.yaml"))))


def one_seed(edition: Edition, scenario: Scenario, seed: int) -> Figures:
    """All figures of all methods in the world that `seed` draws."""
    world = first_year(edition, scenario, seed)
    board, visits = ours(edition, world, seed)
    said = {
        PLAIN: plain(edition, world.board),
        BUDGET: plain_with_visits(edition, world, seed, visits),
        TRIMMED: plain(edition, world.board, TRIM),
        OURS: naming_of(board),
        TOPPED: naming_of(topped_up(edition, world, board, seed)),
    }
    figures = {method: naming_figures(edition, world, naming) for method, naming in said.items()}
    figures[OURS] |= doubt_figures(edition, world, board)
    figures[OURS] |= a_year_later(edition, world, board, seed)
    return figures


def a_year_later(edition: Edition, world: World, board: Mapping[str, Any], seed: int) -> dict[str, float]:
    """Who loses the name in the second year. The line is now absolute: where the last seat fell in each field.

    A name is lost by the rule of the pipeline (method 4) on the second year's own scores, visits included.
    """
    field = board["field"].astype(np.int64)
    _, cut = true_top(edition, world)
    line = [round(_line(board, field == f)) for f in range(len(edition.fields))]
    strict = replace(
        edition,
        digest=f"{edition.digest}-{seed}",
        fields=tuple(replace(field_, line=cents) for field_, cents in zip(edition.fields, line, strict=True)),
    )
    later = next_year(strict, world, seed)
    n = len(field)
    later.board.update(
        last_branch=np.arange(n),
        last_score=board["score"],
        last_se=np.round(board["se"] * 100).astype(np.int64),
        last_named=board["named"],
        last_below=(board["standing"] * 100 < np.array(line)[field]).astype(np.int64),
    )
    after, _ = ours(strict, later, seed + 1)
    return withdrawal_figures(board["named"], later.truth.quality, cut[field], after["title"])


def _line(board: Mapping[str, Any], rows: Any) -> float:
    """The standing over which a field has as many branches as it named, cents."""
    return float(np.quantile(100 * board["standing"][rows], 1 - board["named"][rows].mean()))


def _means(every: list[Figures]) -> Figures:
    """Means over the seeds; a figure that a seed lacks (nobody of the kind) is left out of its mean."""
    return {
        method: {name: float(np.nanmean([figures[method][name] for figures in every])) for name in every[0][method]}
        for method in METHODS
    }


def held(name: str, figures: Figures) -> tuple[Goal, ...]:
    """The goals of scenario `name` held against the figures."""
    return tuple(
        Goal(
            code=goal["code"],
            name=goal["name"],
            at_least=goal.get("at_least", {}).get(name),
            at_most=goal.get("at_most", {}).get(name),
            got=_against(goal, figures),
        )
        for goal in model.goals()
    )


def _against(goal: Mapping[str, Any], figures: Figures) -> float:
    own = figures[OURS][goal["code"]]
    match goal.get("against"):
        case "plain":
            return own - figures[PLAIN][goal["code"]]
        case "ratio":
            return own / figures[PLAIN][goal["code"]] if figures[PLAIN][goal["code"]] else math.nan
        case _:
            return own
