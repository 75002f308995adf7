"""Take hold of both ends to lead the middle 抓两头带中间: where a branch stands, what raised it, what truly moved.

Every class and every situation of a weak and lax organisation (软弱涣散) has an absolute, published criterion; none has
a share to fill. The machine proposes with its figures, people decide. Criteria: `rulebook/triage.yaml`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from baolei.programme.decided import Decided
from baolei.programme.organisation.rules import TESTS
from baolei.programme.refusals import ActRefused
from baolei.programme.ruled import Rows, Ruled, basis, numbers, read_as, since, text
from baolei.programme.standard.edition import Basis, Text

ADVANCED, MIDDLE, LAGGING = CLASSES = ("advanced", "middle", "lagging")
NEW, GONE = "new", "gone"
"""Where a branch comes from that was not there last year, and where one goes that is no longer."""

PLAIN_TESTS = ("more_than", "less_than", "at_least", "at_most", "is")
KEYS = frozenset({"code", "name", "when", "finding", "fields", "active", "source", "standing"})
"""All that a class or a situation may say; a share of branches that must fall into it is not among them."""

Figures = Mapping[str, Any]
"""What is known of a branch, by column; a column that is absent or None is not known, and raises nothing."""


class FindingRefused(ActRefused):
    """A finding by a body that is not competent for it, or without a document."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One condition: a column, a test of `PLAIN_TESTS`, the limit, and the name of its number in `rule`, if any."""

    column: str
    test: str
    limit: int | bool
    rule: str = ""

    def holds(self, figures: Figures) -> bool:
        """Whether the figure is known and passes."""
        value = figures.get(self.column)
        return value is not None and bool(TESTS[self.test](value, self.limit))


When = tuple[tuple[Criterion, ...], ...]
"""Alternatives, each a row of conditions that must all hold."""


@dataclass(frozen=True, slots=True)
class Class:
    """Advanced, middle or lagging, and what puts a branch there."""

    code: str
    name: Text
    when: When


@dataclass(frozen=True, slots=True)
class Situation:
    """A situation of weak and lax organisations: raised by figures (`when`), or only by a finding of `bodies`.

    `fields` it can occur in, empty for all; `active` whether it is looked at at all.
    """

    code: str
    name: Text
    when: When
    bodies: frozenset[str]
    fields: frozenset[str]
    active: bool
    basis: Basis


@dataclass(frozen=True, slots=True)
class TriageRules:
    """Everything in force from a day: classes in the order they are looked at, situations and bodies by code."""

    since: dt.date
    source: Text
    numbers: Mapping[str, Ruled]
    classes: tuple[Class, ...]
    bodies: Mapping[str, Text]
    situations: Mapping[str, Situation]


def triage_rules(rows: Rows) -> TriageRules:
    """The rules written in `rulebook/triage.yaml`.

    Raises ValueError naming a limit, test, class or body that is unknown, a situation that nothing or both figures and
    a finding would raise, and whatever else a row says, a quota above all.
    """
    with read_as("triage"):
        limits = numbers(rows, tuple(rows["numbers"]))
        rules = TriageRules(
            since(rows),
            text(rows["source"]),
            limits,
            tuple(Class(row["code"], text(row["name"]), _when(row["when"], limits)) for row in rows["classes"]),
            {code: text(row) for code, row in rows["bodies"].items()},
            {code: _situation(code, row, rows, limits) for code, row in rows["situations"].items()},
        )
        named = [*((row["code"], row) for row in rows["classes"]), *rows["situations"].items()]
        strange = [f"{code} may not say {key!r}" for code, row in named for key in row if key not in KEYS]
    if faults := [*strange, *_faults(rules)]:
        raise ValueError("triage: " + "; ".join(faults))
    return rules


def _situation(code: str, row: Rows, file: Rows, limits: Mapping[str, Ruled]) -> Situation:
    return Situation(
        code,
        text(row["name"]),
        _when(row.get("when", ()), limits),
        frozenset(row.get("finding", ())),
        frozenset(row.get("fields", ())),
        row.get("active", True),
        basis(row, file),
    )


def _when(alternatives: Sequence[Sequence[Rows]], limits: Mapping[str, Ruled]) -> When:
    return tuple(tuple(_criterion(row, limits) for row in every) for every in alternatives)


def _criterion(row: Rows, limits: Mapping[str, Ruled]) -> Criterion:
    test = next(key for key in row if key != "column")
    limit = row[test]
    named = isinstance(limit, str)
    return Criterion(row["column"], test, limits[limit].value if named else limit, limit if named else "")


def _faults(rules: TriageRules) -> Iterator[str]:
    if sorted(one.code for one in rules.classes) != sorted(CLASSES) or rules.classes[-1].when:
        yield "the classes are " + ", ".join(CLASSES) + ", the last of which takes the rest"
    places = [(one.code, one.when) for one in rules.classes]
    places += [(one.code, one.when) for one in rules.situations.values()]
    for code, when in places:
        tests = {criterion.test for every in when for criterion in every}
        yield from (f"{code}: no test {test!r}" for test in sorted(tests - set(PLAIN_TESTS)))
    for one in rules.situations.values():
        if bool(one.when) == bool(one.bodies):
            yield f"{one.code} is raised either by figures or by a finding"
        yield from (f"{one.code}: no body {body!r}" for body in sorted(one.bodies - rules.bodies.keys()))


def _raised(when: When, figures: Figures) -> dict[str, Any] | None:
    """The figures of the first alternative that holds, None where none does."""
    for every in when:
        if all(criterion.holds(figures) for criterion in every):
            return {criterion.column: figures[criterion.column] for criterion in every}
    return None


# -- where a branch stands --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where the criteria put a branch, and the figures that did; a person decides."""

    code: str
    figures: Mapping[str, Any]


def sort(figures: Figures, rules: TriageRules) -> Proposal:
    """Advanced, middle or lagging by the criteria: the first class that holds, else the last, with no figures."""
    for one in rules.classes[:-1]:
        found = _raised(one.when, figures)
        if found is not None:
            return Proposal(one.code, found)
    return Proposal(rules.classes[-1].code, {})


@dataclass(frozen=True, slots=True)
class Sorted:
    """What people made of a proposal: the class, the proposal it answers, who decided and why."""

    code: str
    proposal: Proposal
    decided: Decided

    @property
    def departs(self) -> bool:
        """Whether they decided otherwise than the criteria propose; shown wherever the class is."""
        return self.code != self.proposal.code


def decide(proposal: Proposal, code: str, decided: Decided) -> Sorted:
    """The class two people give a branch, with their reason. Raises ValueError for what is no class."""
    if code not in CLASSES:
        raise ValueError(f"no class {code!r}: one of " + ", ".join(CLASSES))
    return Sorted(code, proposal, decided)


# -- candidates for rectification -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Finding:
    """A body found a situation in a branch: its code, the body, the document it stands in."""

    situation: str
    body: str
    document: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A situation that is raised, by figures or by findings; whether a case is opened, people decide."""

    situation: Situation
    figures: Mapping[str, Any]
    findings: tuple[Finding, ...] = ()


def candidates(figures: Figures, findings: Iterable[Finding], field: str, rules: TriageRules) -> tuple[Candidate, ...]:
    """Every situation raised for a branch of this field, in the order of the rules.

    Raises FindingRefused for a finding of a body that is not competent, or without its document; KeyError for an
    unknown situation.
    """
    found = [competent(finding, rules) for finding in findings]
    raised = []
    for code, one in rules.situations.items():
        if not one.active or (one.fields and field not in one.fields):
            continue
        by_figures = _raised(one.when, figures)
        by_bodies = tuple(finding for finding in found if finding.situation == code)
        if by_figures is not None or by_bodies:
            raised.append(Candidate(one, by_figures or {}, by_bodies))
    return tuple(raised)


def competent(finding: Finding, rules: TriageRules) -> Finding:
    """The finding, where its body is competent for the situation and a document is named; else FindingRefused."""
    one = rules.situations[finding.situation]
    if finding.body not in one.bodies:
        bodies = [rules.bodies[body] for body in sorted(one.bodies)]
        raise FindingRefused(
            Text(f"“{one.name.zh}”不由该部门认定", f"{one.name.en!r} is not for this body to find"),
            Text("由下列部门认定：" + "、".join(body.zh for body in bodies),
                 "it is found by " + ", ".join(body.en for body in bodies))
            if bodies
            else Text("按数据标准排查", "it is raised by figures alone"),
        )  # fmt: skip
    if not finding.document.strip():
        raise FindingRefused(
            Text("没有写明认定文件", "no document is named"), Text("写明文号和日期", "name it, with its day")
        )
    return finding


# -- what moved -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Year:
    """A branch in one year: its class, field and score (cents)."""

    code: str
    field: str
    score: int


@dataclass(frozen=True, slots=True)
class Move:
    """The branches of one class last year that are still there: how many, their mean change and the change that was to
    be expected without any action, in cents.
    """

    code: str
    n: int
    observed: float
    expected: float

    @property
    def effect(self) -> float:
        """What is left of the change: observed less expected, never observed less before (method 4)."""
        return self.observed - self.expected


@dataclass(frozen=True, slots=True)
class Movement:
    """How many went from which class to which (`NEW` and `GONE` at the edges), and what truly moved in each class."""

    cells: Mapping[tuple[str, str], int]
    moves: tuple[Move, ...]

    @property
    def branches(self) -> int:
        """All branches of either year, each once."""
        return sum(self.cells.values())


def expected_score(score: int, mean: float, reliability: float) -> float:
    """The next score to expect without any action, in cents: μ + ρ(S − μ). Source: method 4."""
    return mean + reliability * (score - mean)


def movement(
    last: Mapping[str, Year], now: Mapping[str, Year], mean: Mapping[str, float], reliability: Mapping[str, float]
) -> Movement:
    """What became of last year's classes, regression to the mean taken off.

    `last` and `now` by branch; `mean` (cents) and `reliability` (0-1) by field, those of last year's run (`center` in
    points, `reliability`). Raises KeyError for a field without them.
    """
    cells = Counter(
        (last[branch].code if branch in last else NEW, now[branch].code if branch in now else GONE)
        for branch in {**last, **now}
    )
    return Movement(dict(cells), tuple(_move(code, last, now, mean, reliability) for code in CLASSES))


def _move(
    code: str,
    last: Mapping[str, Year],
    now: Mapping[str, Year],
    mean: Mapping[str, float],
    reliability: Mapping[str, float],
) -> Move:
    both = [(was, now[branch]) for branch, was in last.items() if was.code == code and branch in now]
    n = len(both)
    if not n:
        return Move(code, 0, 0.0, 0.0)
    observed = sum(after.score - was.score for was, after in both) / n
    due = sum(expected_score(was.score, mean[was.field], reliability[was.field]) - was.score for was, _ in both) / n
    return Move(code, n, observed, due)
