"""Public notice 公示: a list laid open before it stands, objections with their clocks, and who looks into them.

An objection is looked into by somebody whom the tree and a public lottery choose: nobody who decided, nobody who stands
at the branch's direct superior or under it; an appeal goes one level up. Numbers: `rulebook/notice.yaml`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from baolei.programme.refusals import ActRefused
from baolei.programme.ruled import Rows, Ruled, numbers, read_as, since, text
from baolei.programme.scoring.visits import lottery
from baolei.programme.standard.edition import Text
from baolei.programme.states import Row, State, Table
from baolei.programme.workdays import Workdays

NUMBERS = ("notice_days", "sheet_days")
COUNTED = ("working", "calendar")
UPHELD, PARTLY, NOT_UPHELD = OUTCOMES = ("upheld", "partly", "not_upheld")
"""What an objection comes to."""
OUTCOME_NAMES = {
    UPHELD: Text("成立", "upheld"),
    PARTLY: Text("部分成立", "upheld in part"),
    NOT_UPHELD: Text("不成立", "not upheld"),
}


class ObjectionRefused(ActRefused):
    """An objection that cannot be taken up as it stands."""


class AnswerRefused(ActRefused):
    """An answer to an objection that gives no reason, or does not do what it says."""


@dataclass(frozen=True, slots=True)
class ObjectionKind:
    """A kind of objection: the working days of its clocks, whether it may be unnamed or come any time, and the body it
    is passed on to (None where it is answered here).
    """

    code: str
    name: Text
    acknowledge: int
    answer: int
    appeal: int
    appeal_answer: int
    unnamed: bool
    any_time: bool
    passed_to: Text | None


@dataclass(frozen=True, slots=True)
class NoticeRules:
    """In force from a day: numbers by name, how the days of a notice are counted, the kinds of objection.

    `notice_days` is the length of a public notice; `sheet_days` that in which a branch objects to its own sheet.
    """

    since: dt.date
    source: Text
    numbers: Mapping[str, Ruled]
    counted: str
    kinds: Mapping[str, ObjectionKind]


def notice_rules(rows: Rows) -> NoticeRules:
    """The rules written in `rulebook/notice.yaml`.

    Raises ValueError naming a number that is missing or 0, an unknown way to count, a body without a name.
    """
    with read_as("notice"):
        bodies = {"": None} | {code: text(row) for code, row in rows["bodies"].items()}
        kinds = {
            code: ObjectionKind(
                code, text(row["name"]), row["acknowledge"], row["answer"], row["appeal"], row["appeal_answer"],
                row["unnamed"], row["any_time"], bodies[row["passed_to"]],
            )
            for code, row in rows["kinds"].items()
        }  # fmt: skip
        rules = NoticeRules(since(rows), text(rows["source"]), numbers(rows, NUMBERS), rows["counted"], kinds)
        clocks = {code: min(one.acknowledge, one.answer, one.appeal, one.appeal_answer) for code, one in kinds.items()}
        faults = [f"{code} needs a day at least for each clock" for code, least in clocks.items() if least < 1]
    if rules.counted not in COUNTED:
        faults.append(f"days are counted {rules.counted!r}, not one of " + ", ".join(COUNTED))
    faults += [f"{name}: a day at least" for name, one in rules.numbers.items() if one.value < 1]
    if faults:
        raise ValueError("notice: " + "; ".join(faults))
    return rules


# -- the days ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Notice:
    """The days of a notice: posted on the first, closed after the last."""

    first: dt.date
    last: dt.date

    def open(self, day: dt.date) -> bool:
        """Whether objections are taken on this day."""
        return self.first <= day <= self.last


def period(
    rules: NoticeRules, posted: dt.date, calendar: Workdays, *, days: int | None = None, counted: str = ""
) -> Notice:
    """The days of a notice posted on a day, which is itself not counted; `days` and `counted` where an edition says.

    Raises ValueError for less than a day, or another way to count.
    """
    length = rules.numbers["notice_days"].value if days is None else days
    way = counted or rules.counted
    if length < 1 or way not in COUNTED:
        raise ValueError(f"a notice of {length} {way} days")
    last = calendar.after(posted, length) if way == "working" else calendar.after(posted + dt.timedelta(days=length), 0)
    return Notice(posted, last)


@dataclass(frozen=True, slots=True)
class Clocks:
    """The days of one objection; the appeal's days count from the answer that is due, and move with the one given."""

    acknowledge: dt.date
    answer: dt.date
    appeal: dt.date
    appeal_answer: dt.date


def clocks(kind: ObjectionKind, lodged: dt.date, calendar: Workdays, *, answered: dt.date | None = None) -> Clocks:
    """Until when an objection lodged on a day is acknowledged, answered, appealed, and the appeal answered."""
    answer = calendar.after(lodged, kind.answer)
    appeal = calendar.after(answered or answer, kind.appeal)
    return Clocks(calendar.after(lodged, kind.acknowledge), answer, appeal, calendar.after(appeal, kind.appeal_answer))


# -- objection and answer ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Objection:
    """What somebody holds against a name (or its absence): kind, branch, words, the day, `by` ('' unnamed)."""

    kind: str
    branch: str
    words: str
    lodged: dt.date
    by: str = ""


def lodge(objection: Objection, notice: Notice, rules: NoticeRules) -> ObjectionKind:
    """The kind of an objection that is taken up.

    Raises ObjectionRefused for one without words, outside the days of the notice, or unnamed where a name is needed to
    answer it; KeyError for an unknown kind.
    """
    kind = rules.kinds[objection.kind]
    if not objection.words.strip():
        raise ObjectionRefused(
            Text("没有写明异议内容", "nothing is objected to"), Text("写明事由", "write what is wrong")
        )
    if not kind.any_time and not notice.open(objection.lodged):
        raise ObjectionRefused(
            Text(f"{objection.lodged} 不在公示期内", f"{objection.lodged} lies outside the notice"),
            Text(f"公示期为 {notice.first} 至 {notice.last}", f"it runs from {notice.first} to {notice.last}"),
        )
    if not kind.unnamed and not objection.by:
        raise ObjectionRefused(
            Text(f"“{kind.name.zh}”须实名提出", f"{kind.name.en!r} needs a name"),
            Text("写明姓名和联系方式，内容对被反映的支部保密", "give yours; the branch concerned never learns it"),
        )
    return kind


def for_branch(objection: Objection) -> Objection:
    """The objection as the branch concerned may see it: without who raised it."""
    return replace(objection, by="")


@dataclass(frozen=True, slots=True)
class Answer:
    """What an objection comes to, why, and what is put right by it (codes of corrections, e.g. strike, recompute).

    Raises AnswerRefused without a reason, for one upheld (in part) that puts nothing right, and for one not upheld that
    does; ValueError for another outcome.
    """

    outcome: str
    reason: str
    corrections: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.outcome not in OUTCOMES:
            raise ValueError(f"no outcome {self.outcome!r}: one of " + ", ".join(OUTCOMES))
        if not self.reason.strip():
            raise AnswerRefused(
                Text("答复没有写理由", "the answer gives no reason"),
                Text("写明查了什么、结论为何", "say what was found"),
            )
        if (self.outcome == NOT_UPHELD) == bool(self.corrections):
            raise AnswerRefused(
                Text("结论与处理不一致", "the outcome and what is done about it do not agree"),
                Text(
                    "成立或部分成立的写明如何纠正，不成立的不作纠正",
                    "say what is put right where it is upheld, and nothing where it is not",
                ),
            )


# -- who looks into it ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Handler:
    """Who looks into an objection, and how many levels above the branch's direct superior the pool was drawn from."""

    person: str
    up: int


def handler(
    above: Sequence[str],
    candidates: Mapping[str, Sequence[str]],
    involved: Collection[str],
    seed: str,
    *,
    up: int = 1,
) -> Handler | None:
    """Who looks into an objection against a branch: the nearest independent reviewer, by lottery among equals.

    `above` are the branch's ancestors, its direct superior first; `candidates` where each person stands, that node
    first, then its ancestors; `involved` who decided, opined or declared. Somebody is independent who stands under the
    ancestor `up` levels above the superior, and not under the one below it; where nobody is, one level higher. None
    where no level has anybody: then the top answers in committee. For an appeal pass the first handler's `up` + 1.
    Raises ValueError for `up` below 1: that would be the superior.
    """
    if up < 1:
        raise ValueError("the direct superior does not look into objections")
    for level in range(up, len(above)):
        pool = sorted(
            person
            for person, path in candidates.items()
            if person not in involved and above[level] in path and above[level - 1] not in path
        )
        if pool:
            return Handler(min(zip(lottery(seed, pool).tolist(), pool, strict=True))[1], level)
    return None


# -- the walk ---------------------------------------------------------------------------------------------------------

_WORDS = {
    "close": Text("公示期满", "the days are over"),
    "object": Text("收到异议", "somebody objects"),
    "dismiss": Text("异议不成立", "not upheld"),
    "correct": Text("部分成立，更正", "upheld in part, corrected"),
    "strike": Text("撤下", "strike off"),
    "restore": Text("申诉后恢复", "put back after an appeal"),
    "confirm": Text("申诉后维持", "confirmed after an appeal"),
    "answer": Text("作出答复", "answer"),
    "acknowledge": Text("受理并指派", "acknowledge and assign"),
    "assign": Text("逾期未受理，自动指派", "assigned by itself when overdue"),
    "pass_on": Text("移送有权机关", "pass on to the competent body"),
    "withdraw": Text("撤回异议", "withdraw"),
    "escalate": Text("逾期上报", "pass upward when overdue"),
    "reassign": Text("另行指派", "name another"),
    "appeal": Text("申诉", "appeal"),
    "settle": Text("无申诉，办结", "nobody appeals"),
    "office": Text("公示承办单位", "office"),
    "anybody": Text("任何人", "anybody"),
    "handler": Text("独立核查人", "independent reviewer"),
    "objector": Text("异议人", "objector"),
    "party": Text("异议人或党支部", "objector or branch"),
    "above": Text("上一级", "level above"),
    "clock": Text("系统", "the clock"),
}

NOTICE = Table(
    states=(
        State("posted", Text("公示中", "laid open"), "office", "notice_days", late="close"),
        State("questioned", Text("有异议，暂缓", "objected to, on hold"), "handler", "answer"),
        State("set_aside", Text("拟撤下，可申诉", "set aside, open to appeal"), "above", "appeal", late="settle"),
        State("stands", Text("无异议或异议不成立", "stands")),
        State("struck", Text("撤下", "struck off")),
    ),
    rows=(
        Row("posted", "close", "stands", "clock"),
        Row("posted", "object", "questioned", "anybody"),
        Row("posted", "strike", "set_aside", "office"),
        Row("questioned", "object", "questioned", "anybody"),
        Row("questioned", "dismiss", "posted", "handler"),
        Row("questioned", "correct", "posted", "handler"),
        Row("questioned", "strike", "set_aside", "handler"),
        Row("set_aside", "restore", "posted", "above"),
        Row("set_aside", "confirm", "struck", "above"),
        Row("set_aside", "settle", "struck", "clock"),
    ),
    words={code: _WORDS[code] for code in (
        "close", "object", "dismiss", "correct", "strike", "restore", "confirm", "settle",
        "office", "anybody", "handler", "above", "clock",
    )},
)  # fmt: skip
"""One name of a list that is laid open. It stands when the days are over and its last objection is closed; the clock
closes at once what comes back after the last day.
"""

OBJECTION = Table(
    states=(
        State("received", Text("已收到", "received"), "office", "acknowledge", late="assign"),
        State("handling", Text("核查中", "looked into"), "handler", "answer", late="escalate"),
        State("overdue", Text("逾期，已报上一级", "overdue, passed upward"), "above", "acknowledge"),
        State("answered", Text("已答复，可申诉", "answered, open to appeal"), "party", "appeal", late="settle"),
        State("appealed", Text("上一级核查中", "looked into one level up"), "above", "appeal_answer"),
        State("closed", Text("办结", "closed")),
        State("passed_on", Text("已移送", "passed on")),
        State("withdrawn", Text("已撤回", "withdrawn")),
    ),
    rows=(
        Row("received", "acknowledge", "handling", "office"),
        Row("received", "assign", "handling", "clock"),
        Row("received", "pass_on", "passed_on", "office"),
        Row("received", "withdraw", "withdrawn", "objector"),
        Row("handling", "answer", "answered", "handler"),
        Row("handling", "pass_on", "passed_on", "handler"),
        Row("handling", "withdraw", "withdrawn", "objector"),
        Row("handling", "escalate", "overdue", "clock"),
        Row("overdue", "reassign", "handling", "above"),
        Row("answered", "appeal", "appealed", "party"),
        Row("answered", "settle", "closed", "clock"),
        Row("appealed", "answer", "closed", "above"),
    ),
    words={code: _WORDS[code] for code in (
        "acknowledge", "assign", "pass_on", "withdraw", "answer", "escalate", "reassign", "appeal", "settle", "office",
        "handler", "objector", "party", "above", "clock",
    )},
)  # fmt: skip
"""One objection from its receipt to its end; the deadlines are the clocks of its kind."""


def is_settled(state: str, outcome: str) -> bool:
    """Whether an objection is only to be closed by the clock: it was upheld, and nobody appeals against that."""
    return state == "answered" and outcome == UPHELD


def standing(state: str, outcome: str) -> Text:
    """Where an objection stands, in words."""
    if is_settled(state, outcome):
        return Text("已答复，待办结", "answered, to be closed")
    return OBJECTION.state(state).name


def next_state(state: str, act: str, who: str = "") -> str:
    """The state of an objection after an act. Raises NotHere for what is not open there, KeyError for no state."""
    return OBJECTION.next_state(state, act, who)


def diagram(language: str = "zh") -> str:
    """The states of an objection as a Mermaid diagram; those of a name on the list are `NOTICE.diagram`."""
    return OBJECTION.diagram(language)
