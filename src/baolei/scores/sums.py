"""Sums over branches: what a unit or a field is told by. Additive, so that totals agree at every level."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from baolei.programme.scoring.rollup import INTERVAL

LEAST_CELL = 5
"""Shares and means of fewer branches are not shown."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Counts of branches, and cents earned and available, of everything that lies in one cell.

    `tiers` in the edition's order, best first; `earned` and `available` by strength; `score` in cents; `chance` and
    `variance` in millionths: Σp and Σp(1−p) of each branch's chance of truly deserving the title (`deserved`).
    """

    branches: int
    tiers: tuple[int, ...]
    named: int
    confirmed: int
    visit_first: int
    held: int
    candidates: int
    short: int
    visited: int
    disagree: int
    score: int
    chance: int
    variance: int
    earned: tuple[int, ...]
    available: tuple[int, ...]

    def __add__(self, other: Sums) -> Sums:
        return self._with(other, 1)

    def __sub__(self, other: Sums) -> Sums:
        return self._with(other, -1)

    def _with(self, other: Sums, sign: int) -> Sums:
        parts: dict[str, Any] = {}
        for name in self.__slots__:
            mine, theirs = getattr(self, name), getattr(other, name)
            if isinstance(mine, tuple):
                parts[name] = tuple(a + sign * b for a, b in zip(mine, theirs, strict=True))
            else:
                parts[name] = mine + sign * theirs
        return Sums(**parts)

    @property
    def enough(self) -> bool:
        """Whether shares and means of these branches may be shown."""
        return self.branches >= LEAST_CELL

    @property
    def share(self) -> float | None:
        """Named branches over branches; None for fewer than five."""
        return self.named / self.branches if self.enough else None

    @property
    def likely(self) -> float | None:
        """Share of branches expected to deserve the title, Σp/N; None for fewer than five."""
        return self.chance / 1e6 / self.branches if self.enough else None

    @property
    def low(self) -> float | None:
        """Lower end of the 90 % interval of the share that would be named without error: (Σp − 1.645·√Σp(1−p))/N.

        The share named is a count and exact; where it lies outside of this interval that says something.
        """
        return None if self.likely is None else max(0.0, self.likely - self._half_width())

    @property
    def high(self) -> float | None:
        """Upper end of the same interval."""
        return None if self.likely is None else min(1.0, self.likely + self._half_width())

    def _half_width(self) -> float:
        return INTERVAL * math.sqrt(self.variance / 1e6) / self.branches

    @property
    def mean(self) -> float | None:
        """Mean score in points; None for fewer than five branches."""
        return self.score / self.branches / 100 if self.enough else None

    @property
    def strengths(self) -> tuple[float | None, ...]:
        """Share of its points that each strength earned; None for fewer than five branches or where there are none."""
        return tuple(
            earned / available if self.enough and available else None
            for earned, available in zip(self.earned, self.available, strict=True)
        )


Key = TypeVar("Key")


def merged(rows: Sequence[tuple[Key, Sums]]) -> tuple[list[tuple[Key, Sums]], list[Key], Sums | None]:
    """Put cells of fewer than five branches together, so that none can be worked out from the total and the others.

    Gives the rows that stand alone, in the order given; the keys that were merged; and their sum, None where nothing
    was. The smallest row joins them where they alone would still be too few.
    """
    by_size = sorted((row for row in rows if row[1].branches), key=lambda row: row[1].branches)
    small = [row for row in by_size if not row[1].enough]
    if not small:
        return list(rows), [], None
    together = small[0][1]
    for _key, sums in small[1:]:
        together += sums
    larger = by_size[len(small) :]
    while together.branches < LEAST_CELL and larger:
        row = larger.pop(0)
        small.append(row)
        together += row[1]
    keys = [key for key, _sums in small]
    return [row for row in rows if row[0] not in keys], keys, together
