"""Polls of meetings 会议评议: what is asked at a meeting of a branch, of whom, who holds it, who reads what was added.

A branch and an office are appraised, never members by name (docs/decisions/0009-one-urn.md). Kinds and words:
`rulebook/meetings.yaml`; how many slips and ballots: `rulebook/ballots.yaml`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from baolei.programme.ballot.suppression import BANDS, banded, exactly, published
from baolei.programme.ballot.tally import MOST_GRADES, Totals
from baolei.programme.ruled import Rows, basis, read_as, since, text
from baolei.programme.standard.edition import Basis, Text

BRANCH, OFFICE, MEMBERS, NAMED, ABOVE, NOBODY = "branch", "office", "members", "named", "above", "none"
MAY_BE: Mapping[str, tuple[str, ...]] = {
    "about": (BRANCH, OFFICE), "entitled": (MEMBERS, NAMED), "held_by": (BRANCH, ABOVE),
    "comments": (BRANCH, ABOVE, NOBODY),
}  # fmt: skip
"""What a kind may say of each."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of poll: what it is called, says of itself and rests on; whom and what it asks, best grade first."""

    code: str
    name: Text
    note: Text
    basis: Basis
    about: str
    entitled: str
    held_by: str
    comments: str
    grades: tuple[Text, ...]
    questions: tuple[Text, ...]

    @property
    def form(self) -> dict[str, Any]:
        """What is asked, as the urn keeps it (canonical JSON) and the ballot page shows it."""
        return {
            "questions": [{"zh": one.zh, "en": one.en} for one in self.questions],
            "grades": [{"zh": one.zh, "en": one.en} for one in self.grades], "comments": self.comments != NOBODY,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class MeetingRules:
    """In force from a day: the kinds by code, in the order of the rulebook."""

    since: dt.date
    source: Text
    kinds: Mapping[str, Kind]


def meeting_rules(rows: Rows) -> MeetingRules:
    """The kinds written in `rulebook/meetings.yaml`.

    Raises ValueError naming what is missing or unknown; for a kind without questions, and for other than 2 to 9 grades.
    """
    with read_as("meetings"):
        kinds = {code: _kind(code, row, rows) for code, row in rows["kinds"].items()}
        rules = MeetingRules(since(rows), text(rows["source"]), kinds)
    faults = [
        f"{one.code}: {name} {getattr(one, name)!r} is none of {', '.join(allowed)}"
        for one in kinds.values() for name, allowed in MAY_BE.items() if getattr(one, name) not in allowed
    ]  # fmt: skip
    faults += [f"{one.code}: no question" for one in kinds.values() if not one.questions]
    faults += [
        f"{one.code}: 2 to {MOST_GRADES} grades" for one in kinds.values() if not 2 <= len(one.grades) <= MOST_GRADES
    ]
    if faults or not kinds:
        raise ValueError("meetings: " + "; ".join(faults or ["name one kind at least"]))
    return rules


def _kind(code: str, row: Rows, rows: Rows) -> Kind:
    return Kind(
        code, text(row["name"]), text(row["note"]), basis(row, rows), row["about"], row["entitled"], row["held_by"],
        row["comments"], tuple(map(text, row["grades"])), tuple(map(text, row["questions"])),
    )  # fmt: skip


# ---- what may be told ----


@dataclass(frozen=True, slots=True)
class Told:
    """One question as it may be told: how many gave each grade, the best first, then "don't know", then nothing; where
    that must not be, a band in words instead.
    """

    question: Text
    numbers: tuple[int, ...] | None
    band: Text | None = None


def exact(counted: Totals, k: int) -> frozenset[int] | None:
    """The questions (from 0) whose numbers may be told; None where no totals may be, as fewer than `k` valid ballots
    stand behind them. A meeting is a tree of one unit to the rules of `suppression`.
    """
    here: dict[str, str | None] = {"": None}
    if not published(here, {"": counted.valid}, k):
        return None
    return frozenset(place for place, numbers in enumerate(counted.answers) if exactly(here, {"": numbers}, {""}))


def told(questions: Sequence[Text], counted: Totals, k: int) -> tuple[Told, ...]:
    """What may be told of a meeting's ballots, question by question; () where nothing may be."""
    may = exact(counted, k)
    if may is None:
        return ()
    return tuple(
        Told(question, numbers) if place in may else Told(question, None, _band(numbers))
        for place, (question, numbers) in enumerate(zip(questions, counted.answers, strict=True))
    )


def _band(numbers: Sequence[int]) -> Text | None:
    found = banded(numbers)
    return BANDS[found] if found else None
