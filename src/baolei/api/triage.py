"""A sorted round to programs: how many stand where, the branches, the candidates; what people decide about them."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext_noop as noop
from ninja import Query, Router, Schema

from baolei.api import shapes
from baolei.api.asking import Number, Paged, may
from baolei.api.doing import Upon, by_people
from baolei.api.reading import Reading, below, getting, listed, one_of, one_row, only, reading
from baolei.api.rounds import seen as round_seen
from baolei.api.shapes import Pages, means
from baolei.organisations.forms_of_people import PeopleForm
from baolei.paths import at_or_below
from baolei.programme.triage import CLASSES
from baolei.triage import doors, models, tables
from baolei.triage.forms import OF_CANDIDATE, OF_SORTED
from baolei.triage.views import acts_on, acts_on_candidate, so_far
from baolei.warehouse.rulebook import triage as rules

router = Router()
get = getting(router)
ON_SORTED: dict[str, type[PeopleForm]] = OF_SORTED
ON_CANDIDATE: dict[str, type[PeopleForm]] = OF_CANDIDATE


class OfSorted(Paged):
    """Sorted branches."""

    stands: Literal["advanced", "middle", "lagging"] | None = may(noop("In this class."))
    standing: Literal["undecided", "waits", "decided", "departs"] | None = may(noop("How far people are with it."))
    below: str | None = may(noop("Serving a unit at or below the one of this code."), max_length=30)
    declaration: Number | None = may(noop("Of the declaration of this number."))


class OfCandidates(Paged):
    """Candidates."""

    situation: str | None = may(noop("For this situation, such as W01."), max_length=10)
    state: str | None = may(noop("raised, confirmed or dismissed."), max_length=9)
    below: str | None = may(noop("Serving a unit at or below the one of this code."), max_length=30)


class CountsOfUnit(Schema):
    """How many branches of a unit stand in each class; null for a cell that is closed."""

    unit: shapes.Node | None
    advanced: int | None
    middle: int | None
    lagging: int | None


class Triage(Schema):
    """A round, sorted by the criteria on the figures of one run."""

    round: int
    run: int | None = means(noop("Null where the round is not sorted yet."))
    day: date | None
    units: list[CountsOfUnit] = means(noop("The units right below that of the round, as far as the mandate reaches."))
    whole: list[CountsOfUnit] = means(noop("The whole round, for a mandate that does not hold it: no small cells."))


class Sorted(Schema):
    """A branch in its class: what the criteria propose and why, what people made of it, what the branch says."""

    id: int
    round: int
    declaration: int
    organisation: shapes.Named
    unit: str
    score: str
    was: str = means(noop("Last year's class; new for none."))
    proposed: str
    why: str
    asked: str = means(noop("What somebody put forward; empty for nothing."))
    decided: str
    waits: bool = means(noop("Whether a second person has to agree."))
    reason: str
    decided_on: date | None
    answer: str = means(noop("What the branch says."))


class SortedBranches(Pages):
    """Sorted branches."""

    items: list[Sorted]


class Figure(Schema):
    """A figure on which the class stands."""

    name: str
    value: str


class SortedWhole(Sorted):
    """A sorted branch with all its figures."""

    figures: list[Figure]


class Candidate(Schema):
    """A situation of weak and lax organisations that figures raised of a branch."""

    id: int
    round: int
    declaration: int
    sorted: int
    organisation: shapes.Named
    unit: str
    situation: str
    situation_name: str
    why: str
    state: str
    state_name: str
    reason: str
    answer: str = means(noop("What the branch says."))


class Candidates(Pages):
    """Candidates for rectification."""

    items: list[Candidate]


@get("/rounds/{int:round}/triage", "triage", Triage, "triage", noop("How a round is sorted"),
     noop("How many branches stand in each class."))  # fmt: skip
def triage(request: HttpRequest, round: int) -> Triage:
    """How many stand where."""
    read = reading(request)
    this = round_seen(read, round)
    sorting = models.Sorting.objects.filter(round=this).first()
    if sorting is None:
        return Triage(round=this.pk, run=None, day=None, units=[], whole=[])
    holds = read.scope.whole or read.scope.holds(this.path)
    mine = doors.counts(doors.branches(read.scope).filter(sorting=sorting), this.path)
    return Triage(
        round=this.pk, run=sorting.run_id, day=sorting.day, units=_counted(mine, read),
        whole=[] if holds else _counted(doors.counts_for_all(sorting), read),
    )  # fmt: skip


def _counted(counts: doors.Counts, read: Reading) -> list[CountsOfUnit]:
    return [
        CountsOfUnit(
            unit=shapes.Node(id=line.unit.unit_id, code=line.unit.code, name=line.unit.name),
            **dict(zip(CLASSES, line.numbers, strict=True)),
        )
        for line in tables.lines(counts, read.day)
    ]


@get("/rounds/{int:round}/sorted", "sorted_branches", SortedBranches, "triage", noop("Sorted branches of a round"),
     noop("Those of the mandate, by class and by how far people are with them."))  # fmt: skip
def sorted_branches(request: HttpRequest, round: int, ask: Query[OfSorted]) -> SortedBranches:
    """Sorted branches."""
    read = reading(request)
    this = round_seen(read, round)
    path = below(read, ask.below)
    found = doors.branches(read.scope).filter(at_or_below(path, "declaration__path"), sorting__round=this)
    found = so_far(only(found, stands=ask.stands, declaration=ask.declaration), ask.standing or "")
    got = listed(request, ask, read, found, "pk", path=path or this.path)
    return SortedBranches(items=[Sorted(**_filled(row)) for row in tables.branch_rows(got.rows)], next=got.next)


@get("/sorted/{int:sorted}", "sorted", SortedWhole, "triage", noop("One sorted branch"),
     noop("Where the criteria put it, on which figures, and what people decided."))  # fmt: skip
def sorted_branch(request: HttpRequest, sorted: int) -> SortedWhole:
    """A sorted branch."""
    mine = sorted_seen(reading(request), sorted)
    figures = [Figure(name=name, value=value) for name, value in tables.figures(mine.why)]
    return SortedWhole(**_filled(tables.branch_rows([mine])[0]), figures=figures)


@get("/rounds/{int:round}/candidates", "candidates", Candidates, "triage", noop("Candidates for rectification"),
     noop("Of the branches of the mandate, each with the criterion and the figures that raised it."))  # fmt: skip
def candidates(request: HttpRequest, round: int, ask: Query[OfCandidates]) -> Candidates:
    """Candidates."""
    read = reading(request)
    this = round_seen(read, round)
    one_of("situation", ask.situation, rules().situations)
    one_of("state", ask.state, dict(models.Candidate.STATES))
    path = below(read, ask.below)
    found = doors.candidates(read.scope).filter(at_or_below(path, "declaration__path"), sorting__round=this)
    got = listed(request, ask, read, only(found, situation=ask.situation, state=ask.state), "pk",
                 path=path or this.path)  # fmt: skip
    return Candidates(items=[_candidate(row) for row in tables.candidate_rows(got.rows)], next=got.next)


@get("/candidates/{int:candidate}", "candidate", Candidate, "triage", noop("One candidate for rectification"),
     noop("With the criterion and the figures that raised it."))  # fmt: skip
def candidate(request: HttpRequest, candidate: int) -> Candidate:
    """A candidate."""
    return _candidate(tables.candidate_rows([candidate_seen(reading(request), candidate)])[0])


def _filled(row: tables.Branch) -> dict[str, Any]:
    one = row.sorted
    return {
        "id": one.pk, "round": one.declaration.round_id, "declaration": one.declaration_id,
        "organisation": shapes.Named(id=one.declaration.organisation_id, name=row.name), "unit": row.unit,
        "score": row.score, "was": one.was, "proposed": one.proposed, "why": row.why, "asked": one.asked,
        "decided": one.decided, "waits": one.waits, "reason": one.reason, "decided_on": one.decided_on,
        "answer": one.answer,
    }  # fmt: skip


def _candidate(row: tables.Raised) -> Candidate:
    one = row.candidate
    return Candidate(
        id=one.pk, round=one.declaration.round_id, declaration=one.declaration_id, sorted=row.sorted,
        organisation=shapes.Named(id=one.declaration.organisation_id, name=row.name), unit=row.unit,
        situation=one.situation, situation_name=row.situation, why=row.why, state=one.state,
        state_name=one.get_state_display(), reason=one.reason, answer=one.answer,
    )  # fmt: skip


def sorted_seen(read: Reading, number: int) -> models.Sorted:
    """A sorted branch of the mandate. Raises Http404 for any other."""
    mine: models.Sorted = one_row(doors.branches(read.scope).filter(pk=number))
    return mine


def candidate_seen(read: Reading, number: int) -> models.Candidate:
    """A candidate of the mandate. Raises Http404 for any other."""
    one: models.Candidate = one_row(doors.candidates(read.scope).filter(pk=number))
    return one


def upon_sorted(read: Reading, number: int) -> Upon:
    """A sorted branch, and what may be done with it; it is another person who agrees."""
    mine = sorted_seen(read, number)
    open_ones = acts_on(read.written, mine)
    if mine.decided_by_id == read.caller.account.pk:
        open_ones.pop("agree", None)
    return by_people(read, mine, tables.branch_rows([mine])[0].name, open_ones)


def upon_candidate(read: Reading, number: int) -> Upon:
    """A candidate, and what may be done with it."""
    one = candidate_seen(read, number)
    acts = acts_on_candidate(read.caller.account, read.written, one)
    return by_people(read, one, tables.candidate_rows([one])[0].name, acts)
