"""What a step of the evaluation is, and how a tuple of steps is walked.

The walk is the whole machinery: each step names what it needs and what it gives, so the tuple can be read like the
article of a regulation, and a step in the wrong place is found before any figure is computed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

Board = Mapping[str, Any]


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
    """Run the steps in order over a copy of `board`; `told(step)` is called before each (progress).

    Raises ValueError when a step lacks what it needs, or gives other names than it says.
    """
    check_order(steps, board.keys())
    filled = dict(board)
    for step in steps:
        told(step)
        given = step.run(edition, filled)
        if set(given) != set(step.gives):
            raise ValueError(f"step {step.name} gave {sorted(given)}, not {sorted(step.gives)}")
        filled.update(given)
    return filled


def check_order(steps: tuple[Step, ...], given: Collection[str]) -> None:
    """Raise ValueError when a step needs what neither the board nor an earlier step gives."""
    known = set(given)
    for step in steps:
        missing = [name for name in step.needs if name not in known]
        if missing:
            raise ValueError(f"step {step.name} needs {', '.join(missing)}, which nothing before it gives")
        known.update(step.gives)
