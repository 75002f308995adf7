"""`baolei simulate`: the method against a truth that is known, goal by goal."""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from baolei.warehouse.simulation import OURS, Goal, Outcome
from baolei.warehouse.simulation import simulate as run

SHOWN = {"spearman": "rank r", "precision": "precision", "false": "false", "bad": "bad", "stuffers": "stuffers",
         "neglecters": "neglect", "county_gap": "gap"}  # fmt: skip
"""Figures of the table that compares the methods, and their short names."""


def simulate(scenario: str, seeds: Sequence[int], as_json: bool) -> int:
    """Run a scenario over its seeds and print goals and figures; 0 when every required goal holds, else 1.

    KeyError when there is no such scenario.
    """
    started = time.monotonic()
    console = Console(stderr=True)
    bar = Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
                   console=console, transient=True, disable=not console.is_terminal)  # fmt: skip
    with bar:
        task = bar.add_task(scenario, total=len(seeds))
        outcome = run(scenario, seeds, lambda seed: bar.update(task, completed=seed - seeds[0]))
    seconds = time.monotonic() - started
    if as_json:
        json.dump(plain(outcome, seconds), sys.stdout, ensure_ascii=False)
        print()
    else:
        show(outcome, seconds)
    return 0 if outcome.ok else 1


def plain(outcome: Outcome, seconds: float) -> dict[str, Any]:
    """An outcome for machines; a figure that could not be computed is null."""
    return {
        "scenario": outcome.scenario,
        "seeds": list(outcome.seeds),
        "ok": outcome.ok,
        "seconds": round(seconds, 2),
        "goals": [
            {
                "code": goal.code,
                "name": dict(goal.name),
                "at_least": goal.at_least,
                "at_most": goal.at_most,
                "got": _number(goal.got),
                "required": goal.required,
                "ok": goal.ok,
            }
            for goal in outcome.goals
        ],
        "figures": {
            method: {name: _number(value) for name, value in figures.items()}
            for method, figures in outcome.figures.items()
        },
    }


def _number(value: float) -> float | None:
    return round(value, 6) if math.isfinite(value) else None


def show(outcome: Outcome, seconds: float) -> None:
    """Two tables: the goals, and the methods side by side."""
    console = Console()
    first, last = outcome.seeds[0], outcome.seeds[-1]
    title = f"simulated truth · {outcome.scenario} · seeds {first}-{last}, means · {seconds:.0f} s"
    goals = Table(title=title, title_justify="left", expand=False)
    for heading in ("", "goal", "wanted", "got"):
        goals.add_column(heading, justify="right" if heading in ("wanted", "got") else "left")
    for goal in outcome.goals:
        mark = ("✓" if goal.ok else "✗") if goal.required else "·"
        goals.add_row(mark, f"{goal.name['zh']} {goal.name['en']}", wanted(goal), f"{goal.got:.4f}",
                      style=None if goal.ok else "red")  # fmt: skip
    console.print(goals)
    methods = Table(title="methods", title_justify="left", expand=False, box=SIMPLE_HEAD)
    methods.add_column("", no_wrap=True)
    for heading in SHOWN.values():
        methods.add_column(heading, justify="right")
    for method, figures in outcome.figures.items():
        methods.add_row(method, *(f"{figures[name]:.3f}" for name in SHOWN), style="bold" if method == OURS else None)
    console.print(methods)


def wanted(goal: Goal) -> str:
    """What a goal asks for, in signs."""
    if goal.at_least is not None and goal.at_most is not None:
        return f"{goal.at_least:g} to {goal.at_most:g}"
    if goal.at_least is not None:
        return f"≥ {goal.at_least:g}"
    return f"≤ {goal.at_most:g}" if goal.at_most is not None else "reported"
