"""What every step gives: figures with named rows and named columns, so that any result can be printed and compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """A table of results: `values[row, column]`, floats (NaN: there is none) or words ('' : there is none)."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: NDArray[Any]

    def __post_init__(self) -> None:
        if self.values.shape != (len(self.rows), len(self.columns)):
            raise ValueError(f"{self.values.shape} values for {len(self.rows)} rows and {len(self.columns)} columns")

    def column(self, code: str) -> NDArray[Any]:
        """One column; KeyError when there is none of that name."""
        if code not in self.columns:
            raise KeyError(f"no column {code!r}; there are {', '.join(self.columns)}")
        return np.asarray(self.values[:, self.columns.index(code)])

    def pick(self, columns: Iterable[str]) -> Figures:
        """The named columns, in the order asked for."""
        wanted = tuple(columns)
        return Figures(self.rows, wanted, self.values[:, [self.columns.index(code) for code in wanted]])

    @property
    def wordy(self) -> bool:
        """Whether the values are words rather than numbers."""
        return self.values.dtype == object


def one(name: str, rows: Iterable[str], values: Iterable[Any], words: bool = False) -> Figures:
    """A single column called `name`."""
    ids = tuple(rows)
    array = np.array(list(values), dtype=object if words else np.float64)
    return Figures(ids, (name,), array.reshape(len(ids), 1))


def several(rows: Iterable[str], columns: Mapping[str, Iterable[float]]) -> Figures:
    """Columns by name over the same rows."""
    ids = tuple(rows)
    arrays = [np.asarray(list(values), dtype=np.float64) for values in columns.values()]
    stacked = np.column_stack(arrays) if arrays else np.empty((len(ids), 0))
    return Figures(ids, tuple(columns), stacked.reshape(len(ids), len(arrays)))


def nothing() -> Figures:
    """No rows, no columns: what a step gives that was asked for nothing."""
    return Figures((), (), np.empty((0, 0)))
