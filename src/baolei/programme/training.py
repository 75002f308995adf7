"""Training 教育培训: hours due and reached, rotation of secretaries, coverage in distinct people.

An hour is one of a class that was held; nothing here is measured on a screen. Numbers: `rulebook/training.yaml`.
Source: Rules on educating members (2019) and the national plan of training.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from baolei.programme.organisation.periods import Period, months_later
from baolei.programme.refusals import ActRefused
from baolei.programme.ruled import Rows, Ruled, numbers, read_as, since, text
from baolei.programme.standard.edition import Text

NUMBERS = ("member_hours", "officer_hours", "officer_classes", "rotation_per_year", "new_secretary_months",
           "hours_per_day", "roster_days")  # fmt: skip
MEMBER, OFFICER, SECRETARY = ROLES = ("member", "officer", "secretary")
"""As what somebody attends: a member, a committee member, a secretary; on a roster who is two of these is the last.
What is owed is asked of each role for itself: a secretary is a member too.
"""
BRANCH, TWICE = "branch", "twice"
YEAR = 12


@dataclass(frozen=True, slots=True)
class TrainingRules:
    """In force from a day: numbers by name; the levels that hold classes, highest first, and those of rotation; whom a
    class is for, and why a row of a roster is left out, by code.
    """

    since: dt.date
    source: Text
    numbers: Mapping[str, Ruled]
    levels: tuple[str, ...]
    rotation_levels: tuple[str, ...]
    audiences: Mapping[str, Text]
    left_out: Mapping[str, Text]

    def number(self, name: str) -> int:
        """One of `NUMBERS`. Raises KeyError for another name."""
        return self.numbers[name].value


def training_rules(rows: Rows) -> TrainingRules:
    """The rules written in `rulebook/training.yaml`.

    Raises ValueError for levels of rotation that are no levels, without a level of the branch as the last, and without
    the reason `twice`.
    """
    with read_as("training"):
        audiences, left_out = (
            {row["code"]: text(row["name"]) for row in rows[key]} for key in ("audiences", "left_out")
        )
        rules = TrainingRules(since(rows), text(rows["source"]), numbers(rows, NUMBERS), tuple(rows["levels"]),
                              tuple(rows["rotation_levels"]), audiences, left_out)  # fmt: skip
    if strange := [one for one in rules.rotation_levels if one not in rules.levels]:
        raise ValueError(f"training: {strange[0]} is no level")
    if rules.levels[-1:] != (BRANCH,):
        raise ValueError(f"training: {BRANCH} is the last level")
    if TWICE not in rules.left_out:
        raise ValueError(f"training: left_out lacks {TWICE}")
    return rules


def levels_of(host: int, tier: str, rules: TrainingRules) -> tuple[str, ...]:
    """At which levels a host may hold a class, its own first: a branch its own; a unit or a committee that stands at
    administrative level `host` (1 the region to 5 the village) that level. `tier` is '' for a unit; other
    organisations than branches hold no class above theirs, but may below it.

    >>> levels_of(3, "", rules), levels_of(3, "committee", rules), levels_of(5, "branch", rules)
    (('banner',), ('banner', 'township'), ('branch',))
    """
    if tier == BRANCH:
        return (BRANCH,)
    mine = rules.levels[:-1][min(host, len(rules.levels) - 1) - 1 :]
    return mine if tier else mine[: 1 if host < len(rules.levels) else 0]


class TrainingRefused(ActRefused):
    """A class that cannot have been: it ends before it begins, holds no hours or more than its days do, or rotates
    secretaries below the level of rotation.
    """


def check(first: dt.date, held: Class, rules: TrainingRules) -> None:
    """Refuse a class that cannot have been; `first` is its first day. Raises TrainingRefused."""
    most = ((held.day - first).days + 1) * rules.number("hours_per_day")
    if held.day < first:
        raise TrainingRefused(
            Text(f"最后一天 {held.day} 早于第一天 {first}", f"the last day, {held.day}, is before the first, {first}"),
            Text("核对起止日期", "check both days"),
        )
    if not 1 <= held.hours <= most:
        raise TrainingRefused(
            Text(
                f"学时 {held.hours} 不合理：这几天最多 {most} 学时",
                f"{held.hours} class hours cannot be: its days hold {most} at most",
            ),
            Text("填写实际上课的学时", "enter the hours of lessons that were held"),
        )
    if held.level == BRANCH and (held.concentrated or held.rotation):
        raise TrainingRefused(
            Text(
                "支部集体学习不算集中培训或轮训", "the study of a branch is neither concentrated training nor rotation"
            ),
            Text("集中培训、轮训由上级举办", "a level above holds those"),
        )
    if held.rotation and held.level not in rules.rotation_levels:
        raise TrainingRefused(
            Text("书记轮训由县级以上举办", "secretaries are rotated by the county or a level above"),
            Text("去掉“轮训”，或更正举办层级", "take the mark of rotation off, or put the level right"),
        )


@dataclass(frozen=True, slots=True)
class Class:
    """A class as somebody attended it: last day, level, hours; whether concentrated 集中培训, whether rotation 轮训."""

    day: dt.date
    level: str
    hours: int
    concentrated: bool = False
    rotation: bool = False


def months_in(year: int, spans: Iterable[Period]) -> int:
    """In how many months of a year somebody was in a role, each month counted that a span touches."""
    begins, ends = dt.date(year, 1, 1), dt.date(year, YEAR, 31)
    touched = set[int]()
    for span in spans:
        first, last = max(span.since or begins, begins), min(span.until or ends, ends)
        if first <= last:
            touched.update(range(first.month, last.month + 1))
    return len(touched)


def hours_due(role: str, months: int, rules: TrainingRules) -> int:
    """Class hours owed by who was in a role for so many months of a year; half an hour is rounded up.

    >>> hours_due("secretary", 12, rules), hours_due("secretary", 5, rules), hours_due("member", 12, rules)
    (56, 23, 32)
    """
    whole = rules.number("member_hours" if role == MEMBER else "officer_hours")
    return (2 * whole * months + YEAR) // (2 * YEAR)


def reached(role: str, months: int, attended: Sequence[Class], rules: TrainingRules) -> bool:
    """Whether somebody's classes of a year come to what the role owes: the hours; of an officer in office all year the
    concentrated classes as well.
    """
    enough = sum(one.hours for one in attended) >= hours_due(role, months, rules)
    if role == MEMBER or months < YEAR:
        return enough
    return enough and sum(one.concentrated for one in attended) >= rules.number("officer_classes")


def rotated(attended: Iterable[Class], rules: TrainingRules) -> bool:
    """Whether a secretary was rotated in a year: classes of rotation at the county's level or above."""
    counted = [one for one in attended if one.rotation and one.level in rules.rotation_levels]
    return len(counted) >= rules.number("rotation_per_year")


NEW_DONE, NEW_OPEN, NEW_MISSED = "done", "open", "missed"


def new_secretary(took_office: dt.date, attended: Iterable[Class], today: dt.date, rules: TrainingRules) -> str:
    """Whether a new secretary has attended a class within the months of the rules: `done`, `open` or `missed`. The day
    months later still counts.
    """
    ends = months_later(took_office, rules.number("new_secretary_months"))
    if any(took_office <= one.day <= ends for one in attended):
        return NEW_DONE
    return NEW_OPEN if today <= ends else NEW_MISSED


def coverage(reached_by: Mapping[str, bool]) -> tuple[int, int]:
    """How many different people reached what they owe, of how many in the role: by person, so that nobody counts for
    every class.
    """
    return sum(reached_by.values()), len(reached_by)
