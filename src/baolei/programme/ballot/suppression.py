"""Which totals of a tree of units may be shown, so that nobody works out a small group by subtraction.

The totals that are shown form a laminar family: of two units one lies in the other, or they have no ballot in common.
Whatever can be reckoned from them is put together of *residuals*: a shown unit less the shown ones nearest below it. So
all is safe exactly where every residual is nothing or at least k ballots (safety.md, "Small groups and differencing").

Whether ballots agree is a second matter: where a few all say the same, their total tells what each of them said. So a
question with fewer than ten ballots, nearly all on one side, is told as a band; and so are residuals kept (`exactly`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from operator import add

from baolei.programme.standard.edition import Text

SMALLEST = 5
"""So many ballots stand behind every total that can be worked out, at least."""
BAND_BELOW = 10
"""From so many ballots on, a total is told even where all agree."""

Parents = Mapping[str, str | None]
"""The unit that each unit lies in directly; None for the highest."""

BANDS = {
    "better": Text("几乎都是较好的等次", "nearly all in the better grades"),
    "worse": Text("几乎都是较差的等次", "nearly all in the worse grades"),
    "unknown": Text("几乎都不了解", "nearly all do not know"),
    "blank": Text("几乎都没有填", "nearly all left it blank"),
}
"""What is said instead of numbers."""


# ---- which units are shown ----


def published(
    parents: Parents, ballots: Mapping[str, int], k: int = SMALLEST, anyway: Collection[str] = ()
) -> frozenset[str]:
    """The units whose totals may be shown: as many as can be on the highest level, then on the next, and so on; among
    equals those with more ballots, then the first by code. The same units and ballots, the same choice.

    `ballots`: how many stand behind the figures (the valid ones) in each unit itself, apart from the units below it.
    Units without any are not shown: there is nothing to show. `anyway`: units without any below them whose totals are
    told elsewhere, of k ballots or more; they are shown, and what could be worked out with them is not. Raises
    ValueError for a k below 5, a number below 0, for one of `anyway` that must not be shown, and for what is no tree.

    The highest come first because every level below is read within them, and because one hidden township often covers
    a small one, where a league hidden for its sake would hide a hundred. A greedy choice from above would have to be
    mended; the optimum costs no more. For each unit the best choice below it is kept for every number of ballots still
    hidden there (0 to k-1, or k and more), so the work is the number of units times k².
    """
    if k < SMALLEST:
        raise ValueError(f"k is {k}: {SMALLEST} or more would be right")
    if wrong := [unit for unit, number in ballots.items() if number < 0 or unit not in parents]:
        raise ValueError(f"{wrong[0]} has {ballots[wrong[0]]} ballots: a number for a unit of the tree would be right")
    order, depth = _from_above(parents)
    held = _with_below(parents, order, ballots)
    worth = _worth(depth, held)
    return _chosen(parents, order, _best(parents, order, ballots, worth, k, frozenset(anyway)))


def _from_above(parents: Parents) -> tuple[list[str], dict[str, int]]:
    """The units, each after the one it lies in, and how deep each lies."""
    below: dict[str | None, list[str]] = {}
    for unit in sorted(parents):
        below.setdefault(parents[unit], []).append(unit)
    order, depth = list(below.get(None, ())), dict.fromkeys(below.get(None, ()), 0)
    for unit in order:  # grows as it is read
        for one in below.get(unit, ()):
            depth[one] = depth[unit] + 1
            order.append(one)
    if len(order) < len(parents):
        lost = sorted(set(parents) - set(order))[0]
        raise ValueError(f"{lost} lies in no unit of the tree, or in itself: give every unit up to the highest")
    return order, depth


def _with_below(parents: Parents, order: Sequence[str], ballots: Mapping[str, int]) -> dict[str, int]:
    """Ballots of each unit with those of all below it."""
    held = {unit: ballots.get(unit, 0) for unit in order}
    for unit in reversed(order):
        above = parents[unit]
        if above is not None:
            held[above] += held[unit]
    return held


def _worth(depth: Mapping[str, int], held: Mapping[str, int]) -> dict[str, int]:
    """What showing a unit is worth: one number, so that a unit outweighs whatever can be shown below its level, and on
    a level one unit more outweighs any number of ballots.
    """
    most = sum(held.values()) + 1
    level = (len(depth) + 1) * most
    deepest = max(depth.values(), default=0)
    return {unit: (most + held[unit]) * level ** (deepest - depth[unit]) if held[unit] else 0 for unit in depth}


_Hidden = dict[int, int]
"""The best worth of a choice, by how many ballots it leaves hidden (k stands for k and more)."""
_Step = dict[int, tuple[int, int]]
"""For a number of hidden ballots: how many of them were there before a unit below was added, and how many it adds."""


@dataclass(slots=True)
class _Choice:
    """The best choices within a unit: what they are worth by what they leave hidden; from which of them the unit itself
    is shown (None: from none); how the units directly below were added.
    """

    hidden: _Hidden
    shown_from: int | None = None
    steps: list[tuple[str, _Step]] = field(default_factory=list)


def _best(
    parents: Parents,
    order: Sequence[str],
    ballots: Mapping[str, int],
    worth: Mapping[str, int],
    k: int,
    anyway: frozenset[str],
) -> dict[str, _Choice]:
    """From below: the best choices within each unit."""
    best = {unit: _Choice({min(ballots.get(unit, 0), k): 0}) for unit in order}
    for unit in reversed(order):
        choice = best[unit]
        may = [left for left in (0, k) if left in choice.hidden] if worth[unit] else []
        passed = dict(choice.hidden)
        if may:
            choice.shown_from = max(may, key=choice.hidden.__getitem__)
            passed[0] = choice.hidden[choice.shown_from] + worth[unit]
        if unit in anyway:
            if not may:
                raise ValueError(f"{unit} must not be told anywhere: only what has nothing or {k} ballots left may be")
            passed = {0: passed[0]}
        choice.hidden = passed
        above = parents[unit]
        if above is not None:
            best[above].hidden, step = _joined(best[above].hidden, passed, k)
            best[above].steps.append((unit, step))
    return best


def _joined(one: _Hidden, other: _Hidden, k: int) -> tuple[_Hidden, _Step]:
    found: _Hidden = {}
    step: _Step = {}
    for left, value in sorted(one.items()):
        for more, added in sorted(other.items()):
            hidden = min(left + more, k)
            if value + added > found.get(hidden, -1):
                found[hidden], step[hidden] = value + added, (left, more)
    return found, step


def _chosen(parents: Parents, order: Sequence[str], best: Mapping[str, _Choice]) -> frozenset[str]:
    """From above: which units the best choice shows."""
    shown = set()
    left = {unit: max(sorted(best[unit].hidden), key=best[unit].hidden.__getitem__)
            for unit in order if parents[unit] is None}  # fmt: skip
    for unit in order:
        inside, choice = left[unit], best[unit]
        if inside == 0 and choice.shown_from is not None:
            shown.add(unit)
            inside = choice.shown_from
        for below, step in reversed(choice.steps):
            inside, left[below] = step[inside]
    return frozenset(shown)


def residuals(parents: Parents, ballots: Mapping[str, int], shown: Collection[str]) -> dict[str, int]:
    """The ballots of each shown unit that lie in none of the shown units below it: what anybody can work out.

    Whoever publishes asks this of what he is about to publish: each is 0 or at least k. Raises ValueError for no tree.
    """
    order, _depth = _from_above(parents)
    loose = {unit: ballots.get(unit, 0) for unit in order}
    for unit in reversed(order):
        above = parents[unit]
        if unit not in shown and above is not None:
            loose[above] += loose[unit]
    return {unit: loose[unit] for unit in order if unit in shown}


# ---- where nearly all agree ----


def banded(answers: Sequence[int], below: int = BAND_BELOW) -> str | None:
    """The band (one of `BANDS`) that a question is told as instead of its numbers; None where they may be told.

    `answers`: how many gave each grade, the best first, then "don't know", then nothing (`tally.Totals`). Told as a
    band are fewer than `below` ballots of which all, or all but one, are on one side. All but one too: were the band
    kept for those that all agree, it would say that they do.
    """
    number, grades = sum(answers), len(answers) - 2
    better = -(-grades // 2)
    sides = (sum(answers[:better]), sum(answers[better:grades]), answers[grades], answers[grades + 1])
    if not 0 < number < below or max(sides) < number - 1:
        return None
    return list(BANDS)[sides.index(max(sides))]


def exactly(parents: Parents, answers: Mapping[str, Sequence[int]], shown: Collection[str]) -> frozenset[str]:
    """Of the shown units those whose numbers on one question may be told, so that nothing that can be worked out from
    them all is a few ballots that nearly all agree. The others are told as a band where `banded` gives one, else not
    at all: their ballots are in the numbers of the unit above.

    `answers`: as in `banded`, in each unit itself, apart from the units below it. From below: a unit of few that agree
    is taken back; where only its residual is, the smallest shown unit nearest below is taken back to cover it.
    """
    order, _depth = _from_above(parents)
    width = max(map(len, answers.values()), default=2)
    loose = {unit: _plus(answers.get(unit, ()), [0] * width) for unit in order}
    near: dict[str, list[str]] = {unit: [] for unit in order}
    """The units told exactly nearest below each; those that are keep what is then their own in `loose`."""
    told: set[str] = set()
    for unit in reversed(order):
        if unit in shown:
            _cover(unit, loose, near, told)
        above = parents[unit]
        if above is None:
            continue
        if unit in told:
            near[above].append(unit)
        else:
            loose[above] = _plus(loose[above], loose[unit])
            near[above] += near[unit]
    return frozenset(told)


def _cover(unit: str, loose: dict[str, list[int]], near: dict[str, list[str]], told: set[str]) -> None:
    """Tell a unit exactly, taking back units below it as far as its residual needs them; or not, where that fails."""
    whole, below = loose[unit], list(near[unit])
    taken: list[str] = []
    while banded(whole):
        if not below:
            return
        least = min(below, key=lambda one: (sum(loose[one]), one))
        below.remove(least)
        below += near[least]
        whole = _plus(whole, loose[least])
        taken.append(least)
    loose[unit], near[unit] = whole, below
    told.difference_update(taken)
    told.add(unit)


def _plus(one: Sequence[int], other: Sequence[int]) -> list[int]:
    if len(one) == len(other):
        return list(map(add, one, other))
    return [a + b for a, b in zip_longest(one, other, fillvalue=0)]
