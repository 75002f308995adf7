"""Rectification 整顿: a case from its opening to the look-back a year after, closed item by item.

A case comes of a confirmed candidate of triage, a finding of the structural audit, or a superior's decision with its
reason. It stands in the ledger of those in its line and nowhere else. Clocks, campaigns: `rulebook/rectification.yaml`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from baolei.programme.organisation.periods import months_later
from baolei.programme.refusals import ActRefused
from baolei.programme.ruled import Rows, Ruled, numbers, read_as, since, text
from baolei.programme.standard.edition import Text
from baolei.programme.states import Row, State, Table
from baolei.programme.triage import expected_score
from baolei.programme.workdays import Workdays

NUMBERS = (
    "plan_days", "usual_months", "most_months", "report_days", "check_days", "accept_days", "look_back_months",
)  # fmt: skip
WHO = BRANCH, TOWNSHIP, COUNTY = "branch", "township", "county"
"""Who acts on a case, from the branch upward."""


class CaseRefused(ActRefused):
    """An act on a case whose ground is missing: lists that do not stand, problems still open, too long an extension."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign 专项整治: what it is called, the situations (`triage.yaml`) and fields it is about, empty for all."""

    code: str
    name: Text
    situations: frozenset[str]
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class Found:
    """Where a problem comes from; `confirmed` where it is settled only with the word of the body that found it."""

    code: str
    name: Text
    confirmed: bool


@dataclass(frozen=True, slots=True)
class RectificationRules:
    """In force from a day: numbers by name; campaigns, the four linked persons and where problems come from by code;
    the roles that stand for branch, township and county; the boxes of a branch's forms.
    """

    since: dt.date
    source: Text
    numbers: Mapping[str, Ruled]
    campaigns: Mapping[str, Campaign]
    linked: Mapping[str, Text]
    who: Mapping[str, tuple[str, ...]]
    found: Mapping[str, Found]
    boxes: Mapping[str, int]

    def number(self, name: str) -> int:
        """One of `NUMBERS`. Raises KeyError for another name."""
        return self.numbers[name].value


def rectification_rules(rows: Rows, situations: Collection[str], fields: Collection[str]) -> RectificationRules:
    """The rules written in `rulebook/rectification.yaml`, held to the situations and fields there are.

    Raises ValueError naming a situation or field that is unknown, and an extension shorter than the usual time.
    """
    with read_as("rectification"):
        rules = RectificationRules(
            since(rows), text(rows["source"]), numbers(rows, NUMBERS),
            {code: Campaign(code, text(row["name"]), frozenset(row.get("situations", ())),
                            frozenset(row.get("fields", ()))) for code, row in rows["campaigns"].items()},
            {row["code"]: text(row["name"]) for row in rows["linked"]},
            {who: tuple(rows["who"][who]) for who in WHO},
            {code: Found(code, text(row["name"]), row.get("confirmed", False)) for code, row in rows["found"].items()},
            {form: rows["boxes"][form] for form in ("report",)},
        )  # fmt: skip
    faults = [f"{one.code} is about {sorted(strange)[0]}, which is not there" for one in rules.campaigns.values()
              if (strange := (one.situations - set(situations)) | (one.fields - set(fields)))]  # fmt: skip
    if rules.number("most_months") < rules.number("usual_months"):
        faults.append("most_months must not be less than usual_months")
    if faults:
        raise ValueError("rectification: " + "; ".join(faults))
    return rules


# -- the walk ---------------------------------------------------------------------------------------------------------

OPENED, UNDER_WAY, APPLIED, CHECKED, ACCEPTED = "opened", "under_way", "applied", "checked", "accepted"
CLOSED, DISMISSED, LAPSED = "closed", "dismissed", "lapsed"


def _always(state: str) -> tuple[Row, ...]:
    """What can happen to a case wherever it stands: its organisation is merged or dissolved."""
    return (Row(state, "lapse", LAPSED, "county"),)


STATES = Table(
    states=(
        State(OPENED, Text("已立案，拟订三张清单", "opened, its lists are drawn up"), "township", "plan_days"),
        State(UNDER_WAY, Text("整顿中", "under way"), "branch", "usual_months"),
        State(
            APPLIED,
            Text("申请销号，苏木乡镇逐项核验", "to be struck off, the township checks"),
            "township",
            "check_days",
        ),
        State(CHECKED, Text("核验通过，旗县验收", "checked, the county looks"), "county", "accept_days"),
        State(ACCEPTED, Text("验收通过，回访期", "accepted, looked back on"), "county", "look_back_months"),
        State(CLOSED, Text("销号", "closed")),
        State(DISMISSED, Text("撤案", "dismissed")),
        State(LAPSED, Text("因合并、撤销终结", "lapsed with a merger or dissolution")),
    ),
    rows=(
        Row(OPENED, "plan", UNDER_WAY, "township"),
        Row(OPENED, "dismiss", DISMISSED, "county"),
        *_always(OPENED),
        Row(UNDER_WAY, "report", UNDER_WAY, "branch"),
        Row(UNDER_WAY, "settle", UNDER_WAY, "township"),
        Row(UNDER_WAY, "extend", UNDER_WAY, "county"),
        Row(UNDER_WAY, "apply", APPLIED, "branch"),
        Row(UNDER_WAY, "dismiss", DISMISSED, "county"),
        *_always(UNDER_WAY),
        Row(APPLIED, "check", CHECKED, "township"),
        Row(APPLIED, "send_back", UNDER_WAY, "township"),
        *_always(APPLIED),
        Row(CHECKED, "accept", ACCEPTED, "county"),
        Row(CHECKED, "send_back", UNDER_WAY, "county"),
        *_always(CHECKED),
        Row(ACCEPTED, "close", CLOSED, "county"),
        Row(ACCEPTED, "reopen", UNDER_WAY, "county"),
        *_always(ACCEPTED),
    ),
    words={
        "plan": Text("定下清单", "set the lists"),
        "report": Text("每月报告", "report of the month"),
        "settle": Text("逐项销号", "settle a problem"),
        "extend": Text("延期", "extend"),
        "apply": Text("申请销号", "ask to be struck off"),
        "check": Text("核验通过", "checked"),
        "send_back": Text("退回继续整顿", "send back"),
        "accept": Text("验收通过", "accept"),
        "close": Text("回访合格，销号", "close after the look-back"),
        "reopen": Text("回访不合格，重新整顿", "open again"),
        "dismiss": Text("撤案", "dismiss"),
        "lapse": Text("合并或撤销", "merged or dissolved"),
        "branch": Text("党支部", "branch"),
        "township": Text("苏木乡镇党委", "township committee"),
        "county": Text("旗县委组织部", "county's organisation department"),
    },
)
"""The life of a case."""

REASONED = frozenset({"dismiss", "extend", "send_back", "reopen", "lapse"})
"""Acts that say why."""
LIVING = tuple(state.code for state in STATES.states if not state.final)
"""The states of a case that something still waits for."""
ON_THE_LIST = (OPENED, UNDER_WAY, APPLIED, CHECKED)
"""Not accepted as mended yet."""


def due(state: str, day: dt.date, ends: dt.date, rules: RectificationRules, calendar: Workdays) -> dt.date | None:
    """By when a state that was entered on a day is left, of a case that ends on a day; None for a final one."""
    within = STATES.state(state).within
    if not within:
        return None
    if within == "usual_months":
        return ends
    number = rules.number(within)
    return months_later(day, number) if within.endswith("_months") else calendar.after(day, number)


# -- lists ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem of a case: what is done about it, who answers for it and by when; what proves it settled, and since
    when ('' and None while it is open).
    """

    words: str
    measure: str
    answers: str
    by: dt.date
    proof: str = ""
    settled: dt.date | None = None


def planned(problems: Sequence[Problem], linked: Mapping[str, str], ends: dt.date, rules: RectificationRules) -> None:
    """Raises CaseRefused, naming what is missing, unless the lists stand: a problem at least; each with a measure, a
    name and a day within the case; all linked persons named.
    """
    if not problems:
        raise CaseRefused(
            Text("问题清单是空的", "the list of problems is empty"), Text("至少写明一个问题", "name one problem")
        )
    for number, one in enumerate(problems, 1):
        if not (one.words.strip() and one.measure.strip() and one.answers.strip()) or one.by > ends:
            raise CaseRefused(
                Text(
                    f"第{number}个问题没有写全，或者时限晚于{ends}",
                    f"problem {number} is not whole, or due after {ends}",
                ),
                Text("写明问题、措施、责任人和时限", "write the problem, the measure, who answers and by when"),
            )
    lacking = [name for code, name in rules.linked.items() if not linked.get(code, "").strip()]
    if lacking:
        raise CaseRefused(
            Text("、".join(one.zh for one in lacking) + "没有写", "not named: " + ", ".join(one.en for one in lacking)),
            Text("四个一都要写明", "name all four"),
        )


def may_apply(problems: Iterable[Problem]) -> None:
    """Raises CaseRefused, with how many are left, unless every problem is settled and something proves it."""
    left = sum(not (one.settled and one.proof.strip()) for one in problems)
    if left:
        raise CaseRefused(
            Text(f"还有{left}个问题没有销号", f"{left} problems are not settled"),
            Text("逐项销号以后再申请", "settle them one by one, then ask"),
        )


def looked_at(problems: Collection[int], mended: Collection[int]) -> None:
    """Raises CaseRefused, with how many are left, unless each of a case's problems was looked at and found mended."""
    left = len(set(problems) - set(mended))
    if left:
        raise CaseRefused(
            Text(f"还有{left}个问题没有逐项核验", f"{left} problems were not found mended"),
            Text("逐项核验；没有整改到位的，退回继续整顿", "look at each; send back what is not mended"),
        )


def two_persons(checked_by: Collection[int], accepts: int) -> None:
    """Raises CaseRefused where whoever checked a case for the township accepts it for the county."""
    if accepts in checked_by:
        raise CaseRefused(
            Text("核验和验收不能是同一个人", "whoever checked it does not accept it"),
            Text("请另一人验收", "another person accepts it"),
        )


def may_close(due: dt.date | None, today: dt.date) -> None:
    """Raises CaseRefused while the look-back has not come yet."""
    if due is None or today < due:
        raise CaseRefused(
            Text("回访期未满", "the time of looking back is not over"),
            Text(f"{due}以后回访", f"look back on it from {due} on"),
        )


def extended(opened: dt.date, ends: dt.date, months: int, rules: RectificationRules) -> dt.date:
    """The last day of a case after it was extended by so many months. Raises CaseRefused beyond the most there is."""
    new, latest = months_later(ends, months), months_later(opened, rules.number("most_months"))
    if months < 1 or new > latest:
        raise CaseRefused(
            Text(f"不能延到{new}", f"it cannot last until {new}"), Text(f"最晚到{latest}", f"{latest} at the latest")
        )
    return new


# -- reports ----------------------------------------------------------------------------------------------------------


def reports_due(since: dt.date, until: dt.date, there: Collection[dt.date]) -> tuple[dt.date, ...]:
    """The months (as their first days) between two days for which a report is owed and not there: the months that a
    case was under way in from their first day to their last.
    """
    month = months_later((since - dt.timedelta(days=1)).replace(day=1), 1)
    found = []
    while months_later(month, 1) <= until + dt.timedelta(days=1):
        if month not in there:
            found.append(month)
        month = months_later(month, 1)
    return tuple(found)


def report_by(month: dt.date, rules: RectificationRules, calendar: Workdays) -> dt.date:
    """The day by which the report of a month is in."""
    return calendar.after(months_later(month.replace(day=1), 1) - dt.timedelta(days=1), rules.number("report_days"))


def owed(passages: Iterable[Passage], until: dt.date, there: Collection[dt.date]) -> tuple[dt.date, ...]:
    """The months (as their first days) for which one case owes a report on a day: whole months under way, not there.

    `passages` are those of the case, in their order.
    """
    found: list[dt.date] = []
    begun: dt.date | None = None
    for one in passages:
        if one.act in ("plan", "send_back", "reopen"):
            begun = one.day
        elif one.act in ("apply", "dismiss", "lapse") and begun is not None:
            found += reports_due(begun, one.day, there)
            begun = None
    if begun is not None:
        found += reports_due(begun, until, there)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Burden:
    """What cases ask of a branch in a month: reports and boxes to fill in."""

    reports: int
    boxes: int


def burden(reports: int, rules: RectificationRules) -> Burden:
    """The burden of so many reports."""
    return Burden(reports, reports * rules.boxes["report"])


# -- figures ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Passage:
    """A case came by an act into a state on a day."""

    case: str
    act: str
    day: dt.date


@dataclass(frozen=True, slots=True)
class TurnedRound:
    """Of a time: cases accepted, accepted ones opened again, and what is left 整顿转化."""

    accepted: int
    reopened: int

    @property
    def number(self) -> int:
        """How many were turned round: those opened again do not count."""
        return self.accepted - self.reopened


def turned_round(passages: Iterable[Passage], since: dt.date, until: dt.date) -> TurnedRound:
    """How many cases were turned round between two days, both counted: accepted, not merely said to be done; a case
    counts once, and one opened again is subtracted and shown.
    """
    inside = sorted((one for one in passages if since <= one.day <= until), key=lambda one: one.day)
    accepted = {one.case for one in inside if one.act == "accept"}
    last = {one.case: one.act for one in inside if one.act in ("accept", "reopen")}
    return TurnedRound(len(accepted), sum(last[case] == "reopen" for case in accepted))


@dataclass(frozen=True, slots=True)
class Scored:
    """A branch in two years: its scores, and last year's mean (all cents) and reliability (0-1) of its field."""

    before: int
    after: int
    mean: float
    reliability: float


@dataclass(frozen=True, slots=True)
class Effect:
    """What became of the scores of so many branches: the mean change, and the one to be expected without any action, in
    cents.
    """

    n: int
    observed: float
    expected: float

    @property
    def left(self) -> float:
        """The effect that may be claimed: observed less expected, never observed less before (method 4)."""
        return self.observed - self.expected


def effect(scored: Iterable[Scored]) -> Effect:
    """What may be claimed for rectification: the worst of a year score higher the next by chance alone (regression to
    the mean), which is taken off.

    >>> effect([Scored(5000, 6000, mean=8000.0, reliability=0.8)])
    Effect(n=1, observed=1000.0, expected=600.0)
    """
    listed = list(scored)
    if not listed:
        return Effect(0, 0.0, 0.0)
    observed = sum(one.after - one.before for one in listed) / len(listed)
    chance = sum(expected_score(one.before, one.mean, one.reliability) - one.before for one in listed) / len(listed)
    return Effect(len(listed), observed, chance)
