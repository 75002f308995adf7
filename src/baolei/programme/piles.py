"""Piles of paper ballots 纸质选票: counted by two people apart; where they differ a third look settles.

A ballot is written as one line, a sign for each question: the number of the grade (1 is the best), 0 for "don't know",
- for a question left blank. A pile is those lines sorted, so that nothing keeps the order of the papers.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence

from baolei.programme.refusals import ActRefused
from baolei.programme.standard.edition import Text

PHASE = "ballots"
"""The phase of a round in which ballots are entered."""
UNKNOWN, BLANK, SPOILED = "0", "-", "x"
"""What stands for "don't know", for a question left blank, and for a whole paper that is spoiled."""
MOST = 2000
"""So many papers make a pile at most."""
NAMED = 5
"""So many lines that cannot be are named."""

_BETWEEN = str.maketrans("", "", " \t,;、。.|/")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−─ー_", BLANK))

Pile = tuple[str, ...]


class PileRefused(ActRefused):
    """A pile of ballots that cannot be read as it was entered; names the line and what would be right."""


def read(text: str, questions: int, grades: int) -> Pile:
    """The ballots of a pile, sorted, from one line for each; `grades` are at most nine. Kind to full-width signs, to
    what stands between the answers, and to empty lines. Raises PileRefused.
    """
    lines = [(place, _plain(line)) for place, line in enumerate(text.splitlines(), 1)]
    ballots = [(place, line) for place, line in lines if line]
    signs = {UNKNOWN, BLANK, *map(str, range(1, grades + 1))}
    wrong = [(place, line) for place, line in ballots if len(line) != questions or not signs.issuperset(line)]
    if wrong:
        raise PileRefused(_wrong(wrong, signs), _right(questions, grades))
    if len(ballots) > MOST:
        raise PileRefused(
            Text(f"有{len(ballots)}张选票", f"there are {len(ballots)} ballots"),
            Text(f"一叠至多{MOST}张", f"a pile has at most {MOST}"),
        )
    return tuple(sorted(line for _place, line in ballots))


def differences(first: Sequence[str], second: Sequence[str]) -> tuple[Pile, Pile]:
    """What only the first of two piles has, and what only the second; a ballot as often as it is too many."""
    one, other = Counter(first), Counter(second)
    return tuple(sorted((one - other).elements())), tuple(sorted((other - one).elements()))


def settled(looks: Sequence[Pile]) -> Pile | None:
    """The pile that two looks agree upon: the first two, or the third and one of them. None while there is none."""
    if len(looks) < 2:
        return None
    first, second, *third = looks
    if first == second:
        return first
    return next((one for one in third if one in (first, second)), None)


def papers(ballots: Sequence[str], spoiled: int) -> Pile:
    """A pile with its spoiled papers, as it is compared: two people who count these otherwise do not agree."""
    return tuple(sorted([*ballots, *[SPOILED] * spoiled]))


def _plain(line: str) -> str:
    return unicodedata.normalize("NFKC", line.translate(_DASHES)).translate(_BETWEEN).strip()


def _wrong(wrong: Sequence[tuple[int, str]], signs: set[str]) -> Text:
    """What is wrong with the first line, and which others are."""
    place, line = wrong[0]
    others = [str(one) for one, _line in wrong[1:]]
    more_zh = f"（另有{len(others)}行不对：{'、'.join(others[:NAMED])}）" if others else ""
    more_en = f" (as are {len(others)} others: {', '.join(others[:NAMED])})" if others else ""
    strange = next((one for one in line if one not in signs), "")
    if strange:
        return Text(f"第{place}行有“{strange}”{more_zh}", f"line {place} has {strange!r} in it{more_en}")
    answers = "1 answer" if len(line) == 1 else f"{len(line)} answers"
    return Text(f"第{place}行是{len(line)}个答案{more_zh}", f"line {place} has {answers}{more_en}")


def _right(questions: int, grades: int) -> Text:
    return Text(
        f"每行{questions}个，每个是1到{grades}、{UNKNOWN}（不了解）或者{BLANK}（没有填）",
        f"{questions} in each line, each of them 1 to {grades}, {UNKNOWN} (don't know) or {BLANK} (left blank)",
    )
