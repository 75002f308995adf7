"""The tables of a sorted round: how many stand where, what moved since last year, branches and candidates as rows; in
words, and as files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from baolei.declarations.views import rows as named
from baolei.organisations.directory import pieces
from baolei.organisations.doors import Scope
from baolei.organisations.models import UnitState
from baolei.paths import at_or_below
from baolei.programme.printed import cents, share, signed
from baolei.programme.triage import CLASSES, GONE, NEW, Criterion, Move, Movement, Year
from baolei.programme.triage import movement as moved
from baolei.scores.sums import LEAST_CELL
from baolei.triage import doors
from baolei.triage.models import Candidate, Sorted, Sorting
from baolei.warehouse.rulebook import triage
from baolei.warehouse.spreadsheets import Column, Grid

SIGNS = {"more_than": ">", "less_than": "<", "at_least": "≥", "at_most": "≤"}
FROM, TO = (*CLASSES, NEW), (*CLASSES, GONE)
"""Rows and columns of the matrix of movement."""


def classes() -> dict[str, str]:
    """What the classes are called, and where a branch comes from and goes to at the edges."""
    language = get_language() or ""
    named_ = {one.code: one.name.say(language) for one in triage().classes}
    return {code: named_[code] for code in CLASSES} | {NEW: pgettext("branch", "new"), GONE: pgettext("branch", "gone")}


def situations() -> dict[str, str]:
    """What the situations are called, by code."""
    language = get_language() or ""
    return {code: f"{code} {one.name.say(language)}" for code, one in triage().situations.items()}


def columns() -> dict[str, str]:
    """What the figures are called; one that is not here stands as it is."""
    return _columns(get_language() or "")


@cache
def _columns(_language: str) -> dict[str, str]:
    return {
        "score": _("score"), "tier": _("tier, 0 the highest"), "named": _("named"),
        "confirmation": _("how sure (2 confirmed, 1 visit first, 0 not)"), "probability": _("chance to deserve it"),
        "candidate": _("below 60 and likely truly so"), "visited": _("seen by a visit"),
        "on_the_list": _("on the list of weak and lax organisations"),
        "secretary_vacant_days": _("days without a secretary"), "committee_incomplete": _("committee incomplete"),
        "committee_missing": _("no committee"), "term_overdue_days": _("days past the end of the term"),
        "secretary_vacant": _("no secretary"), "term_overdue": _("term overdue"), "empty_shell": _("empty shell"),
        "dormant_unit": _("its unit is dormant"), "oversized_branch": _("oversized branch"),
        "below_minimum": _("too few full members"), "inactive_branch": _("without activity"),
        "satisfaction_percent": _("satisfaction of the public in percent"),
        "enough_ballots": _("enough ballots"), "quarters_short": _("quarters short of meetings"),
        "months_without_candidate": _("months without a candidate for membership"),
        "months_unpublished": _("months without publication"), "village_income_yuan": _("collective income in yuan"),
        "place_usable": _("place can be used"), "case_reopened": _("case reopened"), "last_place": _("last place"),
    }  # fmt: skip


def figure(column: str, value: Any) -> str:
    """A figure as it is printed."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None:
        return "—"
    if column == "score":
        return cents(value)
    return share(value) if column == "probability" else str(value)


def criterion(told: Sequence[Any]) -> str:
    """A criterion that holds, in words: its column, the figure, and the limit it passed."""
    column, test, limit, value = told
    called = columns().get(column, column)
    if test == "is":
        return f"{called}{_(': ')}{figure(column, value)}"
    return f"{called}{_(': ')}{figure(column, value)} ({SIGNS[test]} {figure(column, limit)})"


def conditions(every: Iterable[Criterion]) -> str:
    """The conditions of an alternative in words, as they are published."""
    called = columns()
    return _(" and ").join(
        called.get(one.column, one.column) + ("" if one.test == "is" and one.limit else f" {SIGNS.get(one.test, '=')} "
                                              f"{figure(one.column, one.limit)}")
        for one in every
    )  # fmt: skip


def reasons(told: Iterable[Sequence[Any]]) -> str:
    """All criteria that hold."""
    return _("; ").join(criterion(one) for one in told)


# ---- how many stand where ----


@dataclass(frozen=True, slots=True)
class Line:
    """A unit and how many of its branches stand in each class, None where that is closed; `open` where none is."""

    unit: UnitState
    numbers: tuple[int | None, ...]

    @property
    def open(self) -> bool:
        """Whether it may be looked into."""
        return None not in self.numbers

    @property
    def total(self) -> int | None:
        """All of them, None where a cell is closed."""
        return sum(number or 0 for number in self.numbers) if self.open else None


def lines(counts: doors.Counts, day: date) -> list[Line]:
    """Counts by path as rows, by the code of the unit."""
    units = UnitState.objects.on(day).filter(path__in=counts).order_by("code")
    return [Line(unit, tuple(counts[unit.path][code] for code in CLASSES)) for unit in units]


def line_grid(listed: Iterable[Line], name: str) -> Grid:
    """Counts as a file; what is closed is empty."""
    called = classes()
    heads = (Column(_("Unit")), *(Column(called[code], "whole") for code in CLASSES))
    return Grid(name, heads, [(one.unit.name, *one.numbers) for one in listed])


# ---- what moved ----


@dataclass(frozen=True, slots=True)
class Row:
    """The branches that stood somewhere last year: where they stand now, and of their mean score what changed, what
    regression to the mean alone would have changed, and what is left; a dash for fewer than five.
    """

    name: str
    numbers: tuple[int, ...]
    n: int
    observed: str
    expected: str
    effect: str

    @property
    def pairs(self) -> list[tuple[str, int]]:
        """What each column is called, and how many."""
        called = classes()
        return [(called[code], number) for code, number in zip(TO, self.numbers, strict=True)]


def movement(scope: Scope, sorting: Sorting, path: str = "") -> Movement | None:
    """What became of last year's classes in a scope, at or below a path, regression to the mean taken off; None
    without a last year.
    """
    if not sorting.expects:
        return None
    last: dict[Any, Year] = {}
    now: dict[Any, Year] = {}
    found = doors.branches(scope).filter(at_or_below(path, "declaration__path"), sorting=sorting).order_by()
    for pk, field, was, was_score, code, score in found.values_list(
        "pk", "declaration__field", "was", "was_score", "stands", "score"
    ):
        now[pk] = Year(code, field, score)
        if was != NEW and field in sorting.expects:
            last[pk] = Year(was, field, was_score)
    field = next(iter(sorting.expects))
    gone = [code for home, code in sorting.gone if home.startswith(path) and (scope.whole or scope.holds(home))]
    last |= {f"gone-{number}": Year(code, field, 0) for number, code in enumerate(gone)}
    mean = {field: one[0] for field, one in sorting.expects.items()}
    return moved(last, now, mean, {field: one[1] for field, one in sorting.expects.items()})


def moves(found: Movement) -> list[Row]:
    """The matrix of movement as rows."""
    called, by = classes(), {one.code: one for one in found.moves}
    return [_row(called[code], found, code, by.get(code)) for code in FROM]


def _row(name: str, found: Movement, code: str, move: Move | None) -> Row:
    numbers = tuple(found.cells.get((code, to), 0) for to in TO)
    if move is None or move.n < LEAST_CELL:
        return Row(name, numbers, move.n if move else 0, "—", "—", "—")
    said = (signed(value / 100) for value in (move.observed, move.expected, move.effect))
    return Row(name, numbers, move.n, *said)


def move_grid(listed: Iterable[Row]) -> Grid:
    """The matrix as a file."""
    called = classes()
    heads = (
        Column(_("Last year")), *(Column(called[code], "whole") for code in TO), Column(_("Change of the mean score")),
        Column(_("Regression to the mean alone")), Column(_("What is left")),
    )  # fmt: skip
    return Grid(_("Movement"), heads, [
        (one.name, *one.numbers, one.observed, one.expected, one.effect) for one in listed
    ])  # fmt: skip


# ---- branches and candidates ----


@dataclass(frozen=True, slots=True)
class Branch:
    """A sorted branch as a row: itself, what it and its unit are called, the classes in words, and why."""

    sorted: Sorted
    name: str
    unit: str
    proposed: str
    asked: str
    decided: str
    was: str
    why: str
    score: str


@dataclass(frozen=True, slots=True)
class Raised:
    """A candidate as a row: itself, the branch's name and unit, its row of the sorting, the situation, why."""

    candidate: Candidate
    sorted: int
    name: str
    unit: str
    situation: str
    why: str


def branch_rows(found: Sequence[Sorted]) -> list[Branch]:
    """Sorted branches as rows, in the order given."""
    called = classes() | {"": ""}
    return [
        Branch(one, row.name, row.unit, called[one.proposed], called[one.asked], called[one.decided], called[one.was],
               reasons(one.why["criteria"]), cents(one.score))
        for one, row in zip(found, named([one.declaration for one in found]), strict=True)
    ]  # fmt: skip


def candidate_rows(found: Sequence[Candidate]) -> list[Raised]:
    """Candidates as rows, in the order given."""
    called = situations()
    mine = Sorted.objects.filter(sorting__in={one.sorting_id for one in found},
                                 declaration__in={one.declaration_id for one in found})  # fmt: skip
    at = dict(mine.values_list("declaration_id", "pk"))
    return [
        Raised(one, at[one.declaration_id], row.name, row.unit, called.get(one.situation, one.situation),
               reasons(one.figures))
        for one, row in zip(found, named([one.declaration for one in found]), strict=True)
    ]  # fmt: skip


def figures(why: Mapping[str, Any]) -> list[tuple[str, str]]:
    """All figures that were known of a branch, in words."""
    called = columns()
    return [(called.get(column, column), figure(column, value)) for column, value in why["figures"].items()]


def each_branch(found: Any) -> Iterator[Branch]:
    """Any number of sorted branches as rows, piece by piece."""
    for some in pieces(found):
        yield from branch_rows(some)


def each_candidate(found: Any) -> Iterator[Raised]:
    """Any number of candidates as rows, piece by piece."""
    for some in pieces(found):
        yield from candidate_rows(some)


def branch_grid(listed: Iterable[Branch]) -> Grid:
    """Sorted branches as a file."""
    heads = (
        Column(_("Party branch")), Column(_("Unit served")), Column(_("Score")), Column(_("Last year")),
        Column(_("Proposed by the criteria")), Column(_("Because")), Column(_("Put forward")), Column(_("Decided")),
        Column(_("Decided on"), "day"), Column(_("Reason")), Column(_("What the branch says")),
    )  # fmt: skip
    return Grid(_("Sorted branches"), heads, (
        (one.name, one.unit, one.score, one.was, one.proposed, one.why, one.asked, one.decided, one.sorted.decided_on,
         one.sorted.reason, one.sorted.answer) for one in listed
    ))  # fmt: skip


def candidate_grid(listed: Iterable[Raised]) -> Grid:
    """Candidates as a file."""
    heads = (
        Column(_("Party branch")), Column(_("Unit served")), Column(_("Situation")), Column(_("Because")),
        Column(pgettext("process", "Standing")), Column(_("Reason")), Column(_("What the branch says")),
    )  # fmt: skip
    return Grid(_("Candidates for rectification"), heads, (
        (one.name, one.unit, one.situation, one.why, one.candidate.get_state_display(), one.candidate.reason,
         one.candidate.answer) for one in listed
    ))  # fmt: skip


def figure_grid(why: Mapping[str, Any]) -> Grid:
    """All figures of a branch as a file."""
    return Grid(_("Figures"), (Column(_("Figure")), Column(_("Value"))), figures(why))
