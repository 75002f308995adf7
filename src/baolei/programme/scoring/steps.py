"""What a step of the evaluation is, and how a tuple of steps is walked.

The walk is the whole machinery: each step names what it needs and what it gives, so the tuple can be read like the
article of a regulation, and a step in the wrong place is found before any figure is computed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

Board = Mapping[str, Any]

WORKERS = 2
"""Steps at work at a time: the cores of the smallest server we promise to run on."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: a pure function of the edition and of what earlier steps have put on the board.

    `article` says which rule it carries out. `needs` and `gives` are the names read from and put on the board.
    """

    name: str
    article: str
    needs: tuple[str, ...]
    gives: tuple[str, ...]
    run: Callable[[Any, Board], dict[str, Any]]


def walk(
    steps: tuple[Step, ...],
    edition: Any,
    board: Board,
    told: Callable[[Step], None] = lambda step: None,
) -> dict[str, Any]:
    """Run the steps over a copy of `board`, two at a time where they need nothing of one another.

    `told(step)` is called as each begins (progress). A step is shown only what it says it needs, so the tuple cannot
    lie about who uses what; and as each is a pure function, the order of work changes nothing.
    Raises ValueError when a step lacks what it needs, or gives other names than it says.
    """
    check_order(steps, board.keys())
    filled, waiting, running = dict(board), list(steps), dict[Future[dict[str, Any]], Step]()
    with ThreadPoolExecutor(WORKERS) as pool:
        while waiting or running:
            for step in _ready(waiting, filled)[: WORKERS - len(running)]:
                told(step)
                waiting.remove(step)
                running[pool.submit(step.run, edition, {name: filled[name] for name in step.needs})] = step
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                filled.update(_given(running.pop(future), future))
    return filled


def _ready(waiting: list[Step], filled: Board) -> list[Step]:
    return [step for step in waiting if all(name in filled for name in step.needs)]


def _given(step: Step, future: Future[dict[str, Any]]) -> dict[str, Any]:
    given = future.result()
    if set(given) != set(step.gives):
        raise ValueError(f"step {step.name} gave {sorted(given)}, not {sorted(step.gives)}")
    return given


def check_order(steps: tuple[Step, ...], given: Collection[str]) -> None:
    """Raise ValueError when a step needs what neither the board nor an earlier step gives."""
    known = set(given)
    for step in steps:
        missing = [name for name in step.needs if name not in known]
        if missing:
            raise ValueError(f"step {step.name} needs {', '.join(missing)}, which nothing before it gives")
        known.update(step.gives)
