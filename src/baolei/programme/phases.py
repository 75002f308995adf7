"""The phases of a round 评价轮次: their order, their calendar in working days, and who may take part.

A phase begins on the first working day after the one before has ended. Extending one moves those after it by as many
working days; none is ever made shorter than its rule allows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from baolei.programme.refusals import ActRefused
from baolei.programme.ruled import text
from baolei.programme.standard.edition import Text
from baolei.programme.states import Row, State, Table
from baolei.programme.workdays import DAY, Workdays

PLANNED, CLOSED, CANCELLED = "planned", "closed", "cancelled"
BEGIN, PASS, CANCEL = "begin", "pass", "cancel"
OFFICE = "office"
"""Who opened the round: it begins it, passes it from phase to phase, or cancels it."""


class CalendarRefused(ActRefused):
    """A calendar of phases (轮次安排) that leaves one out, turns their order, or gives one too few days."""


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase: what it is called, what is done in it, whose turn it is, its working days as planned and at least."""

    code: str
    name: Text
    does: Text
    owner: str
    days: int
    least: int


@dataclass(frozen=True, slots=True)
class PaperRules:
    """Files beside the words of an answer: the kinds that are taken, megabytes as sent and unpacked, how many for an
    item and for a whole declaration, months they are kept after the round has ended.
    """

    kinds: tuple[str, ...]
    each_mb: int
    unpacked_mb: int
    per_item: int
    per_declaration: int
    kept_months: int


@dataclass(frozen=True, slots=True)
class RoundRules:
    """The phases in their order; who takes part (`tiers` of organisations, `months` they must have stood); the levels
    of units that may open a round; the minutes an answer takes, by the effort of its item; the files beside answers.
    """

    phases: tuple[Phase, ...]
    tiers: frozenset[str]
    months: int
    levels: frozenset[int]
    minutes: dict[int, int]
    papers: PaperRules

    def phase(self, code: str) -> Phase:
        """The phase of this code. Raises KeyError where there is none."""
        for one in self.phases:
            if one.code == code:
                return one
        raise KeyError(code)


@dataclass(frozen=True, slots=True)
class Span:
    """A phase on the calendar: its first and its last day, both counted."""

    phase: str
    begins: dt.date
    ends: dt.date


def round_rules(rows: Mapping[str, Any]) -> RoundRules:
    """The rules written in `rulebook/rounds.yaml`. Raises ValueError for a phase named twice or too short."""
    phases = tuple(
        Phase(row["code"], text(row["name"]), text(row["does"]), row["owner"], row["working_days"], row["least"])
        for row in rows["phases"]
    )
    for place, one in enumerate(phases):
        if one.code in {PLANNED, CLOSED, CANCELLED, *(other.code for other in phases[:place])}:
            raise ValueError(f"rounds: the phase {one.code!r} stands twice, or is called as a state of the round")
        if not 1 <= one.least <= one.days:
            raise ValueError(f"rounds: {one.code}: working_days {one.days} is below least {one.least}, or that below 1")
    eligible = rows["eligible"]
    return RoundRules(
        phases, frozenset(eligible["tiers"]), eligible["established_months"], frozenset(rows["opened_by_levels"]),
        dict(rows["minutes_by_effort"]), PaperRules(**{**rows["papers"], "kinds": tuple(rows["papers"]["kinds"])}),
    )  # fmt: skip


# ---- the states of a round ----


def table(rules: RoundRules) -> Table:
    """The states of a round as a table: planned, each phase, closed; cancelled from any of them but the end."""
    phases = tuple(State(one.code, one.name, OFFICE, "calendar") for one in rules.phases)
    states = (
        State(PLANNED, Text("已安排", "planned"), OFFICE, "calendar"), *phases,
        State(CLOSED, Text("已结束", "closed")), State(CANCELLED, Text("已取消", "cancelled")),
    )  # fmt: skip
    way = [PLANNED, *(one.code for one in rules.phases), CLOSED]
    rows = [Row(here, BEGIN if here == PLANNED else PASS, to, OFFICE) for here, to in pairwise(way)]
    rows += [Row(here, CANCEL, CANCELLED, OFFICE) for here in way[:-1]]
    words = {
        BEGIN: Text("启动", "begin"), PASS: Text("转入下一阶段", "pass on"), CANCEL: Text("取消", "cancel"),
        OFFICE: Text("组织部门", "the organisation department"),
    }  # fmt: skip
    return Table(states, tuple(rows), words)


@dataclass(frozen=True, slots=True)
class Need:
    """What must be before a phase begins. Where it is `waived`, whoever leads the round may go on without it, with a
    reason of its own that the ledger keeps.
    """

    code: str
    words: Text
    waived: bool


NEEDS: Mapping[str, tuple[Need, ...]] = MappingProxyType({
    "scoring": (
        Need("sealed", Text("发出票的投票都已封存", "every poll whose slips are out is sealed"), False),
        Need("closed", Text("社会评价小组都已办结", "every panel that was named is closed"), False),
        Need("settled", Text("每叠已录入的选票都已核定", "every pile of ballots begun is settled"), True),
    ),
    "visits": (Need("scored", Text("本轮已计分", "the round is scored"), True),),
    "review": (Need("visited", Text("抽中的都已核查", "every visit drawn is made"), True),),
    "notice": (
        Need("reviewed", Text("审核都已办结", "every review has come to its end"), True),
        Need("current", Text("计分之后没有再改动", "nothing has changed since the round was scored"), True),
    ),
    "naming": (
        Need("listed", Text("名单上有支部", "a name stands on the list"), True),
        Need("laid_open", Text("名单已公示", "the list was laid open"), False),
        Need("over", Text("公示期已满", "the days of the notice are over"), False),
        Need("answered", Text("异议和复核都已办结", "every objection and appeal has come to its end"), False),
    ),
    CLOSED: (Need("adopted", Text("名单已发文命名", "the list is adopted under its document"), True),),
})  # fmt: skip
"""What each phase needs before it begins; those not named need nothing but the end of the one before."""


def need(code: str) -> Need:
    """The need of a code. Raises KeyError where there is none."""
    found = {one.code: one for needs in NEEDS.values() for one in needs}
    return found[code]


# ---- the calendar ----


def planned(rules: RoundRules, begins: dt.date, workdays: Workdays) -> tuple[Span, ...]:
    """The calendar of a round that begins on a day (or on the next one worked), each phase as long as planned."""
    spans: list[Span] = []
    first = workdays.after(begins - DAY, 1)
    for one in rules.phases:
        last = workdays.after(first, one.days - 1)
        spans.append(Span(one.code, first, last))
        first = workdays.after(last, 1)
    return tuple(spans)


def extended(
    spans: Sequence[Span], phase: str, ends: dt.date, rules: RoundRules, workdays: Workdays
) -> tuple[Span, ...]:
    """The calendar with one phase ending later (or earlier), those after it moved with their working days kept.

    Raises KeyError for a phase that is none, CalendarRefused where it would end on a day nobody works or too early.
    """
    place = [one.phase for one in spans].index(phase) if phase in {one.phase for one in spans} else -1
    if place < 0:
        raise KeyError(phase)
    if not workdays.worked(ends):
        raise CalendarRefused(
            Text(f"{ends}不是工作日", f"{ends} is no working day"),
            Text(f"请填{workdays.after(ends, 1)}", f"enter {workdays.after(ends, 1)}"),
        )
    moved = [*spans[:place], replace(spans[place], ends=ends)]
    for old in spans[place + 1 :]:
        first = workdays.after(moved[-1].ends, 1)
        moved.append(Span(old.phase, first, workdays.after(first, workdays.between(old.begins, old.ends))))
    checked(moved, rules, workdays)
    return tuple(moved)


def checked(spans: Sequence[Span], rules: RoundRules, workdays: Workdays) -> None:
    """Refuse a calendar that leaves a phase out, turns their order or makes one too short. Raises CalendarRefused."""
    for wrong, right in _faults(spans, rules, workdays):
        raise CalendarRefused(wrong, right)


def _faults(spans: Sequence[Span], rules: RoundRules, workdays: Workdays) -> Iterator[tuple[Text, Text]]:
    wanted = [one.code for one in rules.phases]
    if [one.phase for one in spans] != wanted:
        yield (
            Text("阶段不全或者次序不对", "phases are missing or out of order"),
            Text("按此次序：" + "、".join(one.name.zh for one in rules.phases),
                 "in this order: " + ", ".join(one.name.en for one in rules.phases)),
        )  # fmt: skip
        return
    for one in spans:
        rule, days = rules.phase(one.phase), workdays.between(one.begins - DAY, one.ends)
        if days < rule.least:
            yield (
                Text(
                    f"“{rule.name.zh}”只有{max(days, 0)}个工作日", f"{rule.name.en!r} has {max(days, 0)} working days"
                ),
                Text(f"至少{rule.least}个工作日", f"at least {rule.least}"),
            )
    for before, after in pairwise(spans):
        if after.begins <= before.ends:
            name = rules.phase(after.phase).name
            yield (
                Text(f"“{name.zh}”{after.begins}开始，上一阶段{before.ends}才结束",
                     f"{name.en!r} begins on {after.begins}, the phase before ends on {before.ends}"),
                Text(f"请从{before.ends + DAY}以后开始", f"begin it after {before.ends}"),
            )  # fmt: skip


# ---- who takes part ----


def not_taking_part(
    *, tier: str, field: str, standing_since: dt.date, begins: dt.date, fields: frozenset[str], rules: RoundRules
) -> str:
    """Why an organisation does not take part in a round that begins on a day: `tier`, `field` or `young`; '' where it
    does. `fields` are those of the edition.
    """
    if tier not in rules.tiers:
        return "tier"
    if field not in fields:
        return "field"
    return "young" if standing_since > youngest(begins, rules) else ""


def youngest(begins: dt.date, rules: RoundRules) -> dt.date:
    """The last day on which an organisation that takes part may have been established."""
    months = begins.year * 12 + begins.month - 1 - rules.months
    year, month = divmod(months, 12)
    last = (dt.date(year + (month == 11), (month + 1) % 12 + 1, 1) - DAY).day
    return dt.date(year, month + 1, min(begins.day, last))
