"""Review level by level 逐级审核: the steps of each field, blind opinions, conflicts of interest, what a step decides.

Two people look at a branch without seeing what the other said; where they differ a third does, where all three differ
the head decides with a reason. Who sends something back, or turns it down, says why at the items. Source and days:
`rulebook/review.yaml`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from baolei.programme.decided import ReasonMissing
from baolei.programme.organisation.periods import months_later
from baolei.programme.refusals import ActRefused
from baolei.programme.ruled import Rows, Ruled, basis, numbers, read_as, since, text
from baolei.programme.scoring.visits import lottery
from baolei.programme.standard.edition import Basis, Text
from baolei.programme.states import Row, State, Table
from baolei.programme.workdays import Workdays

PASS, RETURN, REJECT = VERDICTS = ("pass", "return", "reject")
"""What an opinion can say: goes on, goes back to be mended, is turned down."""

TREES, UPWARD = ("party", "unit"), ("next", "head")
NUMBERS = ("opinions", "opinions_most", "mend_days", "bulk_one_in", "bulk_sample_least")


class NotDecided(ActRefused):
    """A decision that does not follow from the opinions."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a route: the ancestor that judges, who gives opinions and who decides there, working days.

    `tree` and `stands`: the nearest ancestor of that kind (party) or level (unit); an `optional` step is left out where
    a branch has none. `escalate_to`: 'next' (the step after it) or 'head', `escalate_after` working days past due.
    """

    code: str
    name: Text
    tree: str
    stands: str
    optional: bool
    roles: tuple[str, ...]
    decides: tuple[str, ...]
    opinion_days: int
    decision_days: int
    escalate_after: int
    escalate_to: str
    basis: Basis


@dataclass(frozen=True, slots=True)
class Route:
    """The steps a field takes, lowest first."""

    code: str
    name: Text
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A tie that keeps somebody from reviewing: `of` membership, post or part, until so many months after its end."""

    code: str
    of: str
    months: int
    reason: Text


@dataclass(frozen=True, slots=True)
class ReviewRules:
    """Everything in force from a day: the route of each field, conflicts, numbers by name, reminders (working days)."""

    since: dt.date
    source: Text
    routes: Mapping[str, Route]
    conflicts: tuple[Conflict, ...]
    numbers: Mapping[str, Ruled]
    reminders: tuple[int, ...]

    def number(self, name: str) -> int:
        """One of `NUMBERS`. Raises KeyError for another name."""
        return self.numbers[name].value


def review_rules(rows: Rows) -> ReviewRules:
    """The rules written in `rulebook/review.yaml`.

    Raises ValueError naming what is missing or unknown: a number, a step of a route, a field with two routes, a step
    without roles, a last step that passes upward or may be left out, a third opinion that could not decide.
    """
    with read_as("review"):
        steps = {code: _step(code, row, rows) for code, row in rows["steps"].items()}
        routes = [
            (row["fields"], Route(code, text(row["name"]), tuple(steps[one] for one in row["steps"])))
            for code, row in rows["routes"].items()
        ]
        rules = ReviewRules(
            since(rows),
            text(rows["source"]),
            {field: route for fields, route in routes for field in fields},
            tuple(Conflict(row["code"], row["of"], row["within_months"], text(row["reason"]))
                  for row in rows["conflicts"]),
            numbers(rows, NUMBERS),
            tuple(rows["reminders"]),
        )  # fmt: skip
        faults = [*_faults(rules, [field for fields, _ in routes for field in fields])]
    if faults:
        raise ValueError("review: " + "; ".join(faults))
    return rules


def _step(code: str, row: Rows, file: Rows) -> Step:
    escalate = row["escalate"]
    return Step(
        code,
        text(row["name"]),
        row["tree"],
        row["stands"],
        row.get("optional", False),
        tuple(row["roles"]),
        tuple(row["decides"]),
        row["opinion_days"],
        row["decision_days"],
        escalate["after"],
        escalate["to"],
        basis(row, file),
    )


def _faults(rules: ReviewRules, fields: Sequence[str]) -> Iterable[str]:
    yield from (f"field {field} takes {count} routes" for field, count in Counter(fields).items() if count > 1)
    for route in {route.code: route for route in rules.routes.values()}.values():
        if not route.steps or route.steps[-1].optional or route.steps[-1].escalate_to == "next":
            yield f"route {route.code} must end in a step that is never left out and passes to its head"
    for step in {step.code: step for route in rules.routes.values() for step in route.steps}.values():
        if step.tree not in TREES or step.escalate_to not in UPWARD:
            yield f"step {step.code} stands in {step.tree!r} and passes to {step.escalate_to!r}"
        if not step.roles or not step.decides or min(step.opinion_days, step.decision_days, step.escalate_after) < 1:
            yield f"step {step.code} needs roles, and at least one day for each deadline"
    yield from (f"conflict {one.code}: of {one.of!r}" for one in rules.conflicts if one.of not in TIES)
    if not 2 <= rules.number("opinions") < rules.number("opinions_most") or not rules.number("bulk_one_in"):
        yield "at least 2 opinions, more where they differ, and one in a number that is not 0"


def route(rules: ReviewRules, field: str) -> Route:
    """The steps a branch of this field takes. Raises KeyError for a field without a route."""
    return rules.routes[field]


def steps_of(taken: Route, bodies: Collection[str]) -> tuple[Step, ...]:
    """The steps a branch passes: those whose body (kind or level) is among its ancestors; optional ones drop out.

    Raises ValueError naming the steps that may not be left out, and have no body.
    """
    missing = [step.code for step in taken.steps if step.stands not in bodies and not step.optional]
    if missing:
        raise ValueError(f"route {taken.code}: nobody stands at " + ", ".join(missing))
    return tuple(step for step in taken.steps if step.stands in bodies)


# -- who may not ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spell:
    """A person's time in a branch, as a member or in a post; `until` is the last day, None while it lasts."""

    branch: str
    since: dt.date
    until: dt.date | None = None


TIES = ("membership", "post", "part")


def excluded(
    posts: Iterable[Spell],
    memberships: Iterable[Spell],
    branch: str,
    day: dt.date,
    rules: ReviewRules,
    *,
    took_part: bool = False,
) -> Conflict | None:
    """Why a person does not review this branch on this day (回避), None where nothing stands against it.

    `took_part`: declared for it, or judged it at an earlier step.
    """
    spells = {"membership": tuple(memberships), "post": tuple(posts), "part": (Spell(branch, day),) * took_part}
    return next(
        (one for one in rules.conflicts if any(_ties(spell, one, branch, day) for spell in spells[one.of])), None
    )


def _ties(spell: Spell, conflict: Conflict, branch: str, day: dt.date) -> bool:
    if spell.branch != branch or spell.since > day:
        return False
    return spell.until is None or spell.until >= months_later(day, -conflict.months)


# -- opinions ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one person says of a declaration as it stood (`digest`): a verdict, and reasons by item code.

    Raises ReasonMissing for a return or a reject without words at an item, or an item named without words;
    ValueError for another verdict.
    """

    verdict: str
    reasons: Mapping[str, str]
    digest: str

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS:
            raise ValueError(f"no verdict {self.verdict!r}: one of " + ", ".join(VERDICTS))
        empty = sorted(item for item, words in self.reasons.items() if not words.strip())
        if empty:
            raise ReasonMissing(
                Text(f"{'、'.join(empty)} 没有写理由", f"no reason is written at {', '.join(empty)}"),
                Text("逐项写明理由", "write a reason at each item that is named"),
            )
        if self.verdict != PASS and not self.reasons:
            raise ReasonMissing(
                Text("退回或不通过没有写理由", "returned or rejected without a reason"),
                Text("至少在一项指标下写明理由", "write the reason at one item or more"),
            )


def about(opinion: Opinion, items: Collection[str]) -> Opinion:
    """The opinion, where every reason stands at an item of the declaration. Raises ReasonMissing naming the others."""
    strange = sorted(set(opinion.reasons) - set(items))
    if strange:
        raise ReasonMissing(
            Text(f"申报表没有 {'、'.join(strange)}", f"the declaration has no {', '.join(strange)}"),
            Text("理由写在申报表的指标下", "give the reason at an item of the declaration"),
        )
    return opinion


def lapsed(opinion: Opinion, digest: str) -> bool:
    """Whether the declaration has changed since: the opinion no longer counts, and is asked for again."""
    return opinion.digest != digest


def current(opinions: Mapping[str, Opinion], digest: str) -> dict[str, Opinion]:
    """The opinions that still count, by who gave them: those on the declaration as it stands."""
    return {who: opinion for who, opinion in opinions.items() if not lapsed(opinion, digest)}


def opened(opinions: Collection[Opinion], needed: int) -> bool:
    """Whether the opinions may be seen: all that are needed are in."""
    return len(opinions) >= needed


def needed(opinions: Sequence[Opinion], rules: ReviewRules) -> int:
    """How many opinions a step needs: two, a third where they differ (so that the third is given blind as well)."""
    few = rules.number("opinions")
    differ = len({opinion.verdict for opinion in opinions}) > 1
    return rules.number("opinions_most") if len(opinions) >= few and differ else few


def visible(opinions: Mapping[str, Opinion], person: str, rules: ReviewRules) -> dict[str, Opinion]:
    """The opinions a person sees, by who gave them: their own, and the others once all that are needed are in."""
    shown = opened(opinions.values(), needed(tuple(opinions.values()), rules))
    return {who: opinion for who, opinion in opinions.items() if shown or who == person}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What opinions come to: 'waiting', 'agreed', 'differ' (one more is asked), 'majority' or 'tie'; the verdict."""

    kind: str
    verdict: str = ""

    @property
    def decided(self) -> bool:
        """Whether a verdict follows."""
        return bool(self.verdict)


def outcome(opinions: Sequence[Opinion], rules: ReviewRules) -> Outcome:
    """Where a step stands, by its opinions that have not lapsed. Raises ValueError for more than are ever asked."""
    most = rules.number("opinions_most")
    if len(opinions) > most:
        raise ValueError(f"{len(opinions)} opinions, where {most} are asked at most")
    if len(opinions) < rules.number("opinions"):
        return Outcome("waiting")
    verdict, votes = Counter(opinion.verdict for opinion in opinions).most_common(1)[0]
    if votes == len(opinions):
        return Outcome("agreed", verdict)
    if len(opinions) < most:
        return Outcome("differ")
    return Outcome("majority", verdict) if 2 * votes > most else Outcome("tie")


def settle(found: Outcome, verdict: str, reason: str = "") -> str:
    """The verdict put in force by whoever decides at the step: the one that follows, or after a tie their own.

    Raises NotDecided before the opinions are in or against them, ReasonMissing for a tie settled without a reason.
    """
    if found.kind == "tie" and verdict in VERDICTS:
        if not reason.strip():
            raise ReasonMissing(
                Text(
                    "三人意见各不相同，由负责人裁定，但没有写理由",
                    "three opinions differ, and the head gives no reason",
                ),
                Text("写明裁定理由", "write why"),
            )
        return verdict
    if not found.decided or found.verdict != verdict:
        raise NotDecided(
            Text("审核意见得不出这一结论", "this does not follow from the opinions"),
            Text("等意见齐备，按意见办理", "wait until all are in, and do as they say"),
        )
    return verdict


@dataclass(frozen=True, slots=True)
class Change:
    """An item that differs between two states of a declaration; None where one of them does not have it."""

    item: str
    before: Any
    after: Any


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    """What was changed between two states of a declaration, in the order of its items, added ones last."""
    return tuple(
        Change(item, old.get(item), new.get(item))
        for item in dict.fromkeys((*old, *new))
        if (item in old, old.get(item)) != (item in new, new.get(item))
    )


# -- many at once -----------------------------------------------------------------------------------------------------


def bulk_sample(codes: Collection[str], seed: str, rules: ReviewRules) -> tuple[str, ...]:
    """The branches to be opened before so many are passed together: one in k, drawn by the public lottery."""
    ordered = sorted(codes)
    wanted = max(rules.number("bulk_sample_least"), -(-len(ordered) // rules.number("bulk_one_in")))
    drawn = sorted(zip(lottery(seed, ordered).tolist(), ordered, strict=True))
    return tuple(code for _, code in drawn[:wanted])


def bulk_hindrance(
    confirmed: Mapping[str, bool], looked_at: Collection[str], seed: str, rules: ReviewRules
) -> Text | None:
    """Why these branches cannot be passed together, None where they can.

    `confirmed` says of each whether its place over the line is sure; `looked_at` are those that were opened.
    """
    unsure = sorted(code for code, sure in confirmed.items() if not sure)
    if unsure:
        return Text(f"{len(unsure)} 个支部未达“确认”，须逐个审核", f"{len(unsure)} are not confirmed: one by one")
    left = [code for code in bulk_sample(confirmed, seed, rules) if code not in looked_at]
    if left:
        return Text(f"抽到的支部还有 {len(left)} 个没有打开看", f"{len(left)} of the sample have not been opened")
    return None


def may_pass_in_bulk(confirmed: Mapping[str, bool], looked_at: Collection[str], seed: str, rules: ReviewRules) -> bool:
    """Whether these branches may be passed together: all confirmed, and the drawn sample opened first."""
    return bulk_hindrance(confirmed, looked_at, seed, rules) is None


# -- the clock --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The days of one step: opinions due, reminders before that, the decision due, and when it passes upward."""

    opinions: dt.date
    reminders: tuple[dt.date, ...]
    decision: dt.date
    escalates: dt.date


def deadlines(step: Step, entered: dt.date, calendar: Workdays, rules: ReviewRules) -> Deadlines:
    """The days of a step that was entered on a day, in working days."""
    opinions = calendar.after(entered, step.opinion_days)
    soon = sorted((days for days in rules.reminders if days < step.opinion_days), reverse=True)
    return Deadlines(
        opinions,
        tuple(calendar.after(entered, step.opinion_days - days) for days in soon),
        calendar.after(opinions, step.decision_days),
        calendar.after(opinions, step.escalate_after),
    )


STATES = Table(
    states=(
        State("opinions", Text("待提出意见", "opinions are awaited"), "reviewer", "opinion_days", late="escalate"),
        State(
            "third",
            Text("意见不一，待第三人", "a third opinion is awaited"),
            "reviewer",
            "opinion_days",
            late="escalate",
        ),
        State("decision", Text("待作出结论", "the decision is awaited"), "decider", "decision_days", late="escalate"),
        State("escalated", Text("逾期，已报上一级", "overdue, passed upward"), "above", "decision_days"),
        State("returned", Text("已退回补正", "returned to be mended"), "branch", "mend_days", late="expire"),
        State("passed", Text("通过", "passed")),
        State("rejected", Text("不通过", "rejected")),
        State("withdrawn", Text("已撤回", "withdrawn")),
    ),
    rows=(
        Row("opinions", "agree", "decision", "reviewer"),
        Row("opinions", "differ", "third", "reviewer"),
        Row("opinions", "lapse", "opinions", "clock"),
        Row("opinions", "escalate", "escalated", "clock"),
        Row("opinions", "withdraw", "withdrawn", "branch"),
        Row("third", "opine", "decision", "reviewer"),
        Row("third", "lapse", "opinions", "clock"),
        Row("third", "escalate", "escalated", "clock"),
        Row("third", "withdraw", "withdrawn", "branch"),
        Row("decision", PASS, "passed", "decider"),
        Row("decision", RETURN, "returned", "decider"),
        Row("decision", REJECT, "rejected", "decider"),
        Row("decision", "lapse", "opinions", "clock"),
        Row("decision", "escalate", "escalated", "clock"),
        Row("decision", "withdraw", "withdrawn", "branch"),
        Row("escalated", "reassign", "opinions", "above"),
        Row("escalated", "withdraw", "withdrawn", "branch"),
        Row("returned", "resubmit", "opinions", "branch"),
        Row("returned", "withdraw", "withdrawn", "branch"),
        Row("returned", "expire", "withdrawn", "clock"),
    ),
    words={
        "agree": Text("意见一致", "the opinions agree"),
        "differ": Text("意见不一", "the opinions differ"),
        "opine": Text("第三人提出意见", "the third is given"),
        "lapse": Text("申报有改动，意见失效", "opinions lapse, the declaration changed"),
        "escalate": Text("逾期上报", "pass upward when overdue"),
        "withdraw": Text("撤回申报", "withdraw"),
        PASS: Text("通过", "pass"),
        RETURN: Text("退回补正", "return"),
        REJECT: Text("不通过", "reject"),
        "reassign": Text("另行指定审核人", "name other reviewers"),
        "resubmit": Text("补正后重报", "hand in again"),
        "expire": Text("逾期未补正", "not mended in time"),
        "reviewer": Text("审核人", "reviewer"),
        "decider": Text("本级负责人", "head of the step"),
        "above": Text("上一级", "level above"),
        "branch": Text("党支部", "branch"),
        "clock": Text("系统", "the clock"),
    },
)
"""One step of a review, from its opinions to its end; deadlines are the step's own and `mend_days`."""


def next_state(state: str, act: str, who: str = "") -> str:
    """The state of a step after an act. Raises NotHere for what is not open there, KeyError for no state."""
    return STATES.next_state(state, act, who)


def diagram(language: str = "zh") -> str:
    """The states of a step as a Mermaid diagram, in Chinese or English."""
    return STATES.diagram(language)
