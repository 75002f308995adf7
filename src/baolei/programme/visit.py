"""Visits 实地核查: who makes them, which branches are looked at twice, and how far two looks agree.

Whom to visit at all is the engine's (`scoring.visits`). A second look is another person's and another team's, who do
not see what the first one found. Source and numbers: `rulebook/visits.yaml`.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from baolei.programme.ruled import Rows, Ruled, numbers, read_as, since, text
from baolei.programme.scoring.visits import lottery
from baolei.programme.standard.edition import Text

NUMBERS = ("second_look_percent",)
SECOND = "second"
"""What stands between the public number and the code in the lottery of second looks."""


@dataclass(frozen=True, slots=True)
class VisitRules:
    """In force from a day: numbers by name, the roles that visit, the phases in which a second look is awaited."""

    since: dt.date
    source: Text
    numbers: Mapping[str, Ruled]
    roles: tuple[str, ...]
    second_looks: frozenset[str]

    @property
    def share(self) -> float:
        """The share of visits that are made twice, 0 to 1."""
        return self.numbers["second_look_percent"].value / 100


def visit_rules(rows: Rows) -> VisitRules:
    """The rules written in `rulebook/visits.yaml`. Raises ValueError for a share over 100 % and for no role at all."""
    with read_as("visits"):
        rules = VisitRules(
            since(rows), text(rows["source"]), numbers(rows, NUMBERS), tuple(rows["roles"]),
            frozenset(rows["second_looks"]),
        )  # fmt: skip
    if rules.share > 1:
        raise ValueError("visits: second_look_percent must be 100 at most")
    if not rules.roles:
        raise ValueError("visits: roles must name one at least")
    return rules


def second_look(seed: str, codes: Sequence[str]) -> dict[str, float]:
    """By code the number that decides on a second look, in [0, 1): the first 8 hexadecimal digits of
    SHA-256(public number|second|code), over 16⁸. A branch is looked at twice where it is below the share.
    """
    return dict(zip(codes, lottery(f"{seed}|{SECOND}", codes).tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two looks at the same branches agree, on 0-100: so many pairs, the mean of the differences (second less
    first), their mean size, and the spread of one look, √(mean squared difference / 2).
    """

    pairs: int
    mean: float
    size: float
    spread: float


def agreement(pairs: Iterable[tuple[float, float]]) -> Agreement | None:
    """The agreement of pairs (first, second); None where there is no pair."""
    gaps = [second - first for first, second in pairs]
    if not gaps:
        return None
    return Agreement(
        len(gaps), fmean(gaps), fmean(abs(gap) for gap in gaps), math.sqrt(fmean(gap**2 for gap in gaps) / 2)
    )
