"""A table of words as it was read, and how numbers are taken from it: every bad cell named, none guessed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from baolei.programme.index.figures import Numbers
from baolei.programme.refusals import Fault

SHOWN = 20
"""Faults of one kind that are told one by one; the others are counted."""


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of text by name, '' where a cell is missing; `lines[i]` is the line of row i in the file `place`."""

    place: str
    columns: Mapping[str, tuple[str, ...]]
    lines: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.lines)

    def absent(self, column: str) -> Fault:
        """The fault of asking for a column the table has not."""
        return Fault(self.place, 1, f"has no column {column!r}", f"it has {', '.join(list(self.columns)[:40])}")

    def numbers(self, column: str, faults: list[Fault]) -> Numbers:
        """A column as floats, NaN where the cell is missing; adds a fault for each cell that is no finite number."""
        words = self.columns[column]
        values = np.full(len(words), np.nan)
        wrong: list[Fault] = []
        for row, word in enumerate(words):
            if word == "":
                continue
            value = number(word)
            if value is None:
                wrong.append(Fault(self.place, self.lines[row], f"{column} is {word!r}", "write a number, or nothing"))
            else:
                values[row] = value
        if len(wrong) > SHOWN:
            more = f"{column} is no number on {len(wrong) - SHOWN} more lines"
            wrong[SHOWN:] = [
                Fault(self.place, wrong[SHOWN].line, more, "write numbers, or name the word under missing")
            ]
        faults += wrong
        return values


def number(word: str) -> float | None:
    """The finite number written in `word`, or None."""
    try:
        value = float(word)
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in word else None
