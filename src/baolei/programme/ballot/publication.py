"""What of the ballots of a source is shown, once and for ever, for every unit of a tree.

Three kinds are shown apart, and no ballot is in two of them: those cast by slips, those on paper, and those of
branches that voted in both ways while one of the two is too few to stand alone. A branch with enough ballots is always
shown: its sheet tells mean and number already, so hiding it here would hide nothing, and what it was to cover would lie
open. The units above it give way instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from baolei.programme.ballot.suppression import SMALLEST, Parents, banded, exactly, published
from baolei.programme.ballot.tally import Totals, together
from baolei.programme.standard.edition import Text

SLIPS, PAPER, BOTH = "slips", "paper", "both"
KINDS = {
    SLIPS: Text("扫码投票", "cast by slips"),
    PAPER: Text("纸质票", "on paper"),
    BOTH: Text("扫码投票和纸质票合计", "slips and paper together"),
}
"""How the ballots behind a total were given."""

FEW, COVER = "few", "cover"
WHY = {
    FEW: Text("有效票太少，不显示", "too few valid ballots to be shown"),
    COVER: Text(
        "显示出来，就能减出票数太少的单位，所以不显示", "shown, it would give away by subtraction a unit with too few"
    ),
}
"""Why a unit is not shown."""

Said = tuple[int, ...] | str | None
"""What is told of a question: its numbers (`tally.Totals`), a band (`suppression.BANDS`), or nothing of itself."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of a unit: its valid ballots and each question; or `why` it is not, and then nothing."""

    valid: int | None = None
    said: tuple[Said, ...] = ()
    why: str = ""


def apart(slips: Totals | None, paper: Totals | None, k: int = SMALLEST) -> dict[str, Totals]:
    """The ballots of a branch by kind. Where both ways were used, each stands alone only if both are k or more: else
    the smaller would follow from the sheet, which tells of both together.
    """
    found = {kind: one for kind, one in ((SLIPS, slips), (PAPER, paper)) if one is not None and one.valid}
    if len(found) < 2 or min(one.valid for one in found.values()) >= k:
        return found
    return {BOTH: together(list(found.values()))}


def publication(parents: Parents, own: Mapping[str, Totals], k: int = SMALLEST) -> dict[str, Shown]:
    """What is shown of every unit with ballots of a kind.

    `parents`: the tree, branches its leaves. `own`: the totals of each branch. `k`: so many ballots stand behind every
    total that can be worked out, the sheets being known. Raises ValueError as `suppression.published` does.
    """
    valid = {unit: one.valid for unit, one in own.items()}
    which = published(parents, valid, k, [unit for unit, number in valid.items() if number >= k])
    width = max((len(one.answers) for one in own.values()), default=0)
    told = [exactly(parents, {unit: one.answers[at] for unit, one in own.items()}, which) for at in range(width)]
    return {
        unit: _shown(unit, one, told) if unit in which else Shown(why=FEW if one.valid < k else COVER)
        for unit, one in _with_below(parents, own).items()
    }


def _shown(unit: str, totals: Totals, told: list[frozenset[str]]) -> Shown:
    said = (numbers if unit in told[at] else banded(numbers) for at, numbers in enumerate(totals.answers))
    return Shown(totals.valid, tuple(said))


def _with_below(parents: Parents, own: Mapping[str, Totals]) -> dict[str, Totals]:
    """The totals of each unit with those of all below it; of units that have any."""
    parts: dict[str, list[Totals]] = {}
    for unit, one in own.items():
        at: str | None = unit
        while at is not None and one.valid:
            parts.setdefault(at, []).append(one)
            at = parents[at]
    return {unit: together(held) for unit, held in parts.items()}
