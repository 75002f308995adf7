"""Organisation life 组织生活: what a branch owes in a year, what of it is on record, and what a gathering counts for.

A gathering is recorded once and counts for every form it was (a theme day may hold the members' meeting and the
lecture). Whoever was absent is noted, with a class of reasons; whoever came is not. Frequencies: the Branch Rules
(`meetings` of the set-up rules); what is asked beside them: `rulebook/life.yaml`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from baolei.programme.organisation.periods import periods
from baolei.programme.organisation.rules import MONTHS, SetupRules
from baolei.programme.refusals import ActRefused
from baolei.programme.ruled import Numbered, Rows, Ruled, numbers, read_as, since, text
from baolei.programme.standard.edition import Text

NUMBERS = (
    "lectures_per_year", "lecturer_per_year", "hub_sessions_per_year", "filled_in_days", "excellent_of",
    "briefings_per_year", "nearby_per_year",
)  # fmt: skip
BY_PERIOD = ("lectures_per_year", "hub_sessions_per_year", "briefings_per_year", "nearby_per_year")
"""Numbers by which a year is divided."""
HOME, BRIEFINGS = COUNTED = ("home", "briefings")
"""What branches of some fields count by the quarter beside talks: study brought home 送学上门, briefings 情况通报."""
MEMBERS, COMMITTEE, GROUP, THEME, LECTURE = MEETINGS = (
    "members_meeting", "committee_meeting", "group_meeting", "theme_party_day", "party_lecture",
)  # fmt: skip
"""The three meetings and one lecture 三会一课, and the theme Party day 主题党日."""
LIFE_MEETING, APPRAISAL, HUB = "organisation_life_meeting", "democratic_appraisal", "hub_session"
FORMS = (*MEETINGS, LIFE_MEETING, APPRAISAL, HUB)
"""Every form that a gathering can count for."""
STUDY = "study"
EXCELLENT = "excellent"
YEAR = 12
DAY = dt.timedelta(days=1)


class AppraisalRefused(ActRefused):
    """Grades that cannot stand: somebody on probation is graded, or somebody has two."""


@dataclass(frozen=True, slots=True)
class Absence:
    """A class of reasons for which somebody was not there; `excused` is no fault of theirs."""

    code: str
    name: Text
    excused: bool


@dataclass(frozen=True, slots=True)
class Often:
    """So often at least, once in so many `months` (1, 3 or 12) each."""

    least: int
    months: int


@dataclass(frozen=True, slots=True)
class LifeRules:
    """In force from a day: numbers by name; what is lighter by field and form; classes of absence, topics, grades; what
    of `COUNTED` a field counts.
    """

    since: dt.date
    source: Text
    numbers: Mapping[str, Ruled]
    lighter: Mapping[str, Mapping[str, Often]]
    absences: Mapping[str, Absence]
    topics: Mapping[str, Text]
    grades: Mapping[str, Text]
    counted: Mapping[str, tuple[str, ...]]

    def number(self, name: str) -> int:
        """One of `NUMBERS`. Raises KeyError for another name."""
        return self.numbers[name].value


def life_rules(rows: Rows) -> LifeRules:
    """The rules written in `rulebook/life.yaml`.

    Raises ValueError naming what is missing: a number, a topic `study`, a grade `excellent`; and a number by which a
    year cannot be divided.
    """
    with read_as("life"):
        rules = LifeRules(
            since(rows), text(rows["source"]), numbers(rows, NUMBERS),
            {field: {code: Often(row["least"], MONTHS[row["per"]]) for code, row in forms.items()}
             for field, forms in rows["lighter"].items()},
            {row["code"]: Absence(row["code"], text(row["name"]), row["excused"]) for row in rows["absences"]},
            {row["code"]: text(row["name"]) for row in rows["topics"]},
            {row["code"]: text(row["name"]) for row in rows["grades"]},
            {field: tuple(names) for field, names in rows["counted"].items()},
        )  # fmt: skip
    faults = [f"no {code} among the {name}" for code, name, there in (
        (STUDY, "topics", rules.topics), (EXCELLENT, "grades", rules.grades)) if code not in there]  # fmt: skip
    faults += [f"{name} must divide 12" for name in BY_PERIOD
               if not rules.number(name) or YEAR % rules.number(name)]  # fmt: skip
    faults += [f"{name} of {field} is none of " + ", ".join(COUNTED)
               for field, names in rules.counted.items() for name in names if name not in COUNTED]  # fmt: skip
    if not rules.number("excellent_of"):
        faults.append("excellent_of must be 1 at least")
    if faults:
        raise ValueError("life: " + "; ".join(faults))
    return rules


# -- what is owed -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Has:
    """What a branch has on a day: a committee, so many Party groups, so many hub households."""

    committee: bool = False
    groups: int = 0
    hubs: int = 0


_ONE_EACH: Mapping[str, Callable[[Has], int]] = {
    COMMITTEE: lambda has: int(has.committee),
    GROUP: lambda has: has.groups,
    HUB: lambda has: has.hubs,
}
"""Forms that are owed by a part of a branch, and how many such parts there are; all others are owed by the branch."""


@dataclass(frozen=True, slots=True)
class Held:
    """A gathering as it counts for one form: its day, which group or hub household held it (0 for the branch), and of
    one that is no more its last day.
    """

    day: dt.date
    part: int = 0
    stands: dt.date | None = None


HELD, OPEN, NONE, COMING = "held", "open", "none", "coming"


def standing(done: bool, first: dt.date, last: dt.date, today: dt.date) -> str:
    """How what is owed in a period stands: one of the four words above."""
    if done:
        return HELD
    if today > last:
        return NONE
    return OPEN if today >= first else COMING


@dataclass(frozen=True, slots=True)
class Due:
    """One form of organisation life in one period: `done` of `needed`. `done` is never more: what is held twice in
    March does not stand for April.
    """

    form: str
    first: dt.date
    last: dt.date
    needed: int
    done: int

    def standing(self, today: dt.date) -> str:
        """`held`, `open` (the period runs), `none` (it is over and nothing is on record), or `coming`."""
        return standing(self.done >= self.needed, self.first, self.last, today)


def frequencies(field: str, setup: SetupRules, rules: LifeRules) -> dict[str, Often]:
    """How often a branch of a field owes each form, by its code; forms without a count are left out.

    Sources: Branch Rules (trial), articles 11-16; lectures, hub sessions and what is lighter: `rulebook/life.yaml`.
    """
    found = {code: Often(one.least, MONTHS[one.per]) for code, one in setup.meetings.items()
             if one.per and not one.pairs}  # fmt: skip
    found[LECTURE] = Often(1, YEAR // rules.number("lectures_per_year"))
    found[HUB] = Often(1, YEAR // rules.number("hub_sessions_per_year"))
    return found | dict(rules.lighter.get(field, {}))


def owed(
    form: str, often: Often, year: int, *, founded: dt.date, has: Callable[[dt.date], Has], held: Iterable[Held]
) -> tuple[Due, ...]:
    """What is owed of one form in a year, period by period.

    `has` tells what the branch has on a day; what counts is the last day of each period. A period in which the branch
    did not yet exist from the first day asks for nothing, nor does one for which there is no committee, group or hub.
    """
    days = list(held)
    found = []
    for first, last in periods(year, often.months):
        parts = _ONE_EACH[form](has(last)) if form in _ONE_EACH else 1
        if founded <= first and parts:
            inside = [one.part for one in days
                      if first <= one.day <= last and (one.stands is None or last <= one.stands)]  # fmt: skip
            found.append(Due(form, first, last, parts * often.least, _done(form, inside, parts, often.least)))
    return tuple(found)


def _done(form: str, inside: Sequence[int], parts: int, least: int) -> int:
    """Of the gatherings in a period those that count: of each group or hub so many as it owes, of the branch too."""
    if form not in (GROUP, HUB):
        return min(len(inside), least)
    return min(sum(min(inside.count(part), least) for part in set(inside)), parts * least)


def fact(due: Iterable[Due], until: dt.date) -> tuple[int, int]:
    """How many are done of how many are due in periods that are over on a day: the fact of an item."""
    over = [one for one in due if one.last <= until]
    return sum(one.done for one in over), sum(one.needed for one in over)


# -- of gatherings ----------------------------------------------------------------------------------------------------


def present(should_attend: int, absent: int) -> int:
    """How many came: those who should attend but for those noted as absent. Raises ValueError for more absent."""
    if not 0 <= absent <= should_attend:
        raise ValueError(f"{absent} absent of {should_attend}")
    return should_attend - absent


def filled_in(held: dt.date, entered: dt.date, rules: Numbered) -> bool:
    """Whether a record was made so much later that it is marked so. It counts all the same."""
    return (entered - held).days > rules.number("filled_in_days")


def opens_with_study(agenda: Sequence[str]) -> bool:
    """Whether the first item of an agenda (topics in their order) is study of the latest instructions 第一议题."""
    return bool(agenda) and agenda[0] == STUDY


def excellent_most(graded: int, rules: LifeRules) -> int:
    """How many of those graded may be excellent, in general: a third, rounded down to whole persons.

    >>> excellent_most(8, rules), excellent_most(9, rules)
    (2, 3)
    """
    return graded // rules.number("excellent_of")


def excellent_beyond(grades: Iterable[str], rules: LifeRules) -> int:
    """How many more are excellent than in general may be. "In general" is no ban: it asks for a reason, which is kept.

    >>> excellent_beyond(["excellent", "excellent", "qualified"], rules)
    1
    """
    given = list(grades)
    return max(0, given.count(EXCELLENT) - excellent_most(len(given), rules))


def graded(full: Sequence[str], probationary: Sequence[str], grades: Mapping[str, str], rules: LifeRules) -> int:
    """How many full members have a grade, after the grades of one appraisal were checked: a grade of the rules for
    full members only. Who is on probation takes part and is not graded. Raises AppraisalRefused.
    """
    for member, grade in grades.items():
        if member in probationary:
            raise AppraisalRefused(
                Text(f"{member}是预备党员，不评定等次", f"{member} is on probation and is not graded"),
                Text("只给正式党员评定等次", "grade full members only"),
            )
        if member not in full or grade not in rules.grades:
            named = "、".join(one.zh for one in rules.grades.values()), ", ".join(rules.grades)
            raise AppraisalRefused(
                Text(f"{member}的等次“{grade}”不对", f"{grade!r} of {member} cannot be"),
                Text(f"只给本支部正式党员评{named[0]}", f"one of {named[1]}, for a full member of this branch"),
            )
    return len(grades)


def talks_due(committee: int, others: int) -> int:
    """How many pairs talk heart to heart in a year at least: every two of the committee, and every other member with
    one of it. What is said is nobody's record.
    """
    return sum(pairs_due(committee, others))


def pairs_due(committee: int, others: int) -> tuple[int, int]:
    """The same in its two parts: pairs within the committee, pairs of one of it with another member.

    >>> pairs_due(3, 4)
    (3, 4)
    """
    return committee * (committee - 1) // 2, others if committee else 0
