"""The life of a title: from-to, looked at every year, watched, withdrawn, lapsed; each branch counted once; bases.

Whether a title is kept, watched or to be withdrawn is told by `scoring.change` (a clear fall, or two years below); here
it is carried out, by people, after the branch has answered. Who lost a title regains one by the entry rule, as anybody.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from baolei.programme.decided import Decided
from baolei.programme.organisation.levels import LEVELS
from baolei.programme.organisation.periods import months_later
from baolei.programme.refusals import ActRefused
from baolei.programme.ruled import Rows, Ruled, numbers, read_as, since, text
from baolei.programme.scoring import change
from baolei.programme.standard.edition import Text
from baolei.programme.states import Row, State, Table

NUMBERS = ("validity_months", "review_months", "answer_days", "base_branches_least")
DAY = dt.timedelta(days=1)


class TitleRefused(ActRefused):
    """An act on a title that takes a decision of two people, and has none."""


@dataclass(frozen=True, slots=True)
class Honour:
    """A kind of honour that a unit gives: to one branch, or to `several` led by one of them."""

    code: str
    name: Text
    several: bool


@dataclass(frozen=True, slots=True)
class TitleRules:
    """In force from a day: numbers by name, the levels that give titles, highest first, and the honours beside them."""

    since: dt.date
    source: Text
    numbers: Mapping[str, Ruled]
    levels: tuple[str, ...]
    honours: Mapping[str, Honour]

    def number(self, name: str) -> int:
        """One of `NUMBERS`. Raises KeyError for another name."""
        return self.numbers[name].value


def title_rules(rows: Rows) -> TitleRules:
    """The rules written in `rulebook/titles.yaml`.

    Raises ValueError naming a number that is missing or 0, and levels that are none or stand in another order.
    """
    with read_as("titles"):
        honours = {row["code"]: Honour(row["code"], text(row["name"]), _several(row)) for row in rows["honours"]}
        rules = TitleRules(since(rows), text(rows["source"]), numbers(rows, NUMBERS), tuple(rows["levels"]), honours)
    zero = [f"{name} must be 1 at least" for name, one in rules.numbers.items() if one.value < 1]
    if [level.code for level in LEVELS if level.code in rules.levels] != list(rules.levels):
        zero.append("the levels stand from the region down: " + ", ".join(rules.levels))
    if zero:
        raise ValueError("titles: " + "; ".join(zero))
    return rules


def _several(row: Rows) -> bool:
    if row["branches"] not in ("one", "several"):
        raise ValueError(f"titles: {row['code']} takes 'one' or 'several' branches, not {row['branches']!r}")
    return bool(row["branches"] == "several")


# -- the walk ---------------------------------------------------------------------------------------------------------

IN_FORCE, WATCHED, WITHDRAWING = "in_force", "watched", "withdrawing"
WITHDRAWN, LAPSED, EXPIRED, GIVEN_UP = "withdrawn", "lapsed", "expired", "given_up"


def _ends(state: str) -> tuple[Row, ...]:
    """The ends that every title in force can come to without anybody's fault."""
    return (
        Row(state, "lapse", LAPSED, "committee"),
        Row(state, "expire", EXPIRED, "clock"),
        Row(state, "give_up", GIVEN_UP, "branch"),
    )


STATES = Table(
    states=(
        State(IN_FORCE, Text("有效", "in force"), "committee", "review_months"),
        State(WATCHED, Text("观察", "watched"), "committee", "review_months"),
        State(WITHDRAWING, Text("拟撤销，听取申辩", "to be withdrawn, the branch answers"), "committee", "answer_days"),
        State(WITHDRAWN, Text("已撤销", "withdrawn")),
        State(LAPSED, Text("因合并、撤销失效", "lapsed with a merger or dissolution")),
        State(EXPIRED, Text("期满", "expired")),
        State(GIVEN_UP, Text("主动放弃", "given up")),
    ),
    rows=(
        Row(IN_FORCE, "keep", IN_FORCE, "committee"),
        Row(IN_FORCE, "watch", WATCHED, "committee"),
        Row(IN_FORCE, "propose", WITHDRAWING, "committee"),
        *_ends(IN_FORCE),
        Row(WATCHED, "keep", IN_FORCE, "committee"),
        Row(WATCHED, "watch", WATCHED, "committee"),
        Row(WATCHED, "propose", WITHDRAWING, "committee"),
        *_ends(WATCHED),
        Row(WITHDRAWING, "retain", WATCHED, "committee"),
        Row(WITHDRAWING, "withdraw", WITHDRAWN, "committee"),
        *_ends(WITHDRAWING),
    ),
    words={
        "keep": Text("复核合格", "kept"),
        "watch": Text("首次低于界线", "first year below the line"),
        "propose": Text("提出撤销", "withdrawal proposed"),
        "retain": Text("申辩成立", "the answer is accepted"),
        "withdraw": Text("决定撤销", "withdraw"),
        "lapse": Text("合并或撤销", "merged or dissolved"),
        "expire": Text("期满", "its term is over"),
        "give_up": Text("主动放弃", "give up"),
        "committee": Text("命名党委", "committee that named"),
        "branch": Text("党支部", "branch"),
        "clock": Text("系统", "the clock"),
    },
)
"""The life of one title."""

BY_TWO = frozenset({"propose", "retain", "withdraw"})
"""Acts that two people decide, with a reason."""

_YEARLY = {change.KEPT: "keep", change.WATCH: "watch", change.WITHDRAWN: "propose"}


def yearly(verdict: int) -> str:
    """The act that this year's results ask for, from `title` of `scoring.change`.

    A withdrawal is only proposed. Raises ValueError for a branch that held no title last year.
    """
    if verdict not in _YEARLY:
        raise ValueError(f"no title to look at: {verdict}")
    return _YEARLY[verdict]


@dataclass(frozen=True, slots=True)
class Title:
    """A title of a branch: tier `code`, `level` that gave it, the round, its days; where it stands, since when ended.

    `decided`: by whom and why it came there, for acts of `BY_TWO`.
    """

    branch: str
    code: str
    level: str
    round: str
    since: dt.date
    until: dt.date
    state: str = IN_FORCE
    ended: dt.date | None = None
    decided: Decided | None = None

    def holds(self, day: dt.date) -> bool:
        """Whether it is in force on a day; watched titles are, and those whose withdrawal is only proposed."""
        return self.since <= day <= self.until and (self.ended is None or day < self.ended)


def grant(branch: str, code: str, level: str, given_in: str, day: dt.date, rules: TitleRules) -> Title:
    """A title from a day on, for as long as the rules say; also the way back for who lost one.

    Raises ValueError for a level that gives no titles.
    """
    if level not in rules.levels:
        raise ValueError(f"a {level} gives no titles: " + ", ".join(rules.levels))
    return Title(branch, code, level, given_in, day, months_later(day, rules.number("validity_months")) - DAY)


def carry(title: Title, act: str, who: str, day: dt.date, decided: Decided | None = None) -> Title:
    """The title after an act on a day.

    Raises NotHere for what is not open there or not to this person, TitleRefused for an act of `BY_TWO` that nobody
    decided.
    """
    to = STATES.next_state(title.state, act, who)
    if act in BY_TWO and decided is None:
        raise TitleRefused(
            Text(
                "撤销或保留称号须由两人决定并写明理由", "to withdraw a title or keep it takes two people and a reason"
            ),
            Text("写明决定人、复核人和理由", "name both, and write why"),
        )
    return replace(title, state=to, ended=day if STATES.state(to).final else None, decided=decided)


def reviews(title: Title, rules: TitleRules) -> tuple[dt.date, ...]:
    """The days on which a title is looked at again before its term is over."""
    every, days = rules.number("review_months"), list[dt.date]()
    while (day := months_later(title.since, every * (len(days) + 1))) <= title.until:
        days.append(day)
    return tuple(days)


# -- counted once -----------------------------------------------------------------------------------------------------


def highest(titles: Iterable[Title], day: dt.date, rules: TitleRules) -> dict[str, Title]:
    """The title each branch counts with on a day: that of the highest level, the latest where there are two."""
    found: dict[str, Title] = {}
    for title in sorted(titles, key=lambda one: (-rules.levels.index(one.level), one.since)):
        if title.holds(day):
            found[title.branch] = title
    return found


def share_named(titles: Iterable[Title], branches: Collection[str], day: dt.date, rules: TitleRules) -> Fraction:
    """The share of branches that hold a title on a day, each counted once. Raises ValueError without branches."""
    if not branches:
        raise ValueError("a share of no branches")
    return Fraction(len(highest(titles, day, rules).keys() & set(branches)), len(set(branches)))


def may_be_given(kind: str, branches: Sequence[str], lead: str, rules: TitleRules) -> None:
    """Raises TitleRefused unless it goes to as many branches as its kind takes, the lead among them."""
    least, honour = rules.number("base_branches_least"), rules.honours[kind]
    if not honour.several and list(branches) != [lead]:
        raise TitleRefused(
            Text(f"{honour.name.zh}只有一个党支部", f"a {honour.name.en} is one branch"), Text("只填一个", "enter one")
        )
    if len(set(branches)) != len(branches) or lead not in branches:
        raise TitleRefused(
            Text("成员支部有重复，或牵头支部不在其中", "a branch is named twice, or the lead is none of them"),
            Text("每个支部填一次，牵头支部也填上", "name each once, the lead too"),
        )
    if honour.several and len(branches) < least:
        raise TitleRefused(
            Text(f"{honour.name.zh}至少要有 {least} 个党支部", f"a {honour.name.en} takes {least} branches at least"),
            Text("补充成员支部", "add branches"),
        )


@dataclass(frozen=True, slots=True)
class Base:
    """A demonstration base 示范基地: branches near each other whose titles stand together."""

    code: str
    name: str
    branches: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BaseStanding:
    """Which branches of a base hold a title on a day, which do not, and whether the base stands."""

    named: tuple[str, ...]
    without: tuple[str, ...]
    stands: bool


def base_stands(base: Base, titles: Iterable[Title], day: dt.date, rules: TitleRules) -> BaseStanding:
    """Whether a base stands on a day: every branch of it holds a title, and there are as many as the rules ask."""
    held = highest(titles, day, rules)
    named = tuple(branch for branch in base.branches if branch in held)
    without = tuple(branch for branch in base.branches if branch not in held)
    return BaseStanding(named, without, not without and len(named) >= rules.number("base_branches_least"))


def diagram(language: str = "zh") -> str:
    """The life of a title as a Mermaid diagram, in Chinese or English."""
    return STATES.diagram(language)
