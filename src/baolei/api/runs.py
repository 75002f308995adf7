"""Runs of a round to programs: what was frozen and what came out; the branches of the mandate, and the sheet of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_noop as noop
from ninja import Query, Router, Schema

from baolei.api.asking import Paged, may
from baolei.api.doing import Upon, by_people
from baolei.api.reading import Reading, getting, listed, listed_numbers, one_of, one_row, only, reading
from baolei.api.rounds import seen as round_seen
from baolei.api.shapes import Pages, means
from baolei.organisations.forms_of_people import PeopleForm
from baolei.programme.naming import STANDINGS
from baolei.programme.scoring.sheet import Sheet as Scored
from baolei.programme.standard.edition import Edition
from baolei.rounds import doors
from baolei.scores import listing, models, sheet_page
from baolei.scores.results import NotOpen, Row, Seen, results
from baolei.scores.run_forms import OF_RUN
from baolei.scores.title import checks
from baolei.warehouse.opened import opened

router = Router()
get = getting(router)
ON_RUN: dict[str, type[PeopleForm]] = OF_RUN


class OfRuns(Paged):
    """Runs."""

    state: str | None = may(noop("Standing so."), max_length=7)


class OfBranches(Paged):
    """Branches of a run."""

    field: str | None = may(noop("Of this field."), max_length=40)
    standing: str | None = may(noop("Standing so: confirmed, visit, held or unnamed."), max_length=10)


class Run(Schema):
    """One scoring of a round: anybody who holds the snapshot computes the same results."""

    id: int
    round: int
    why: str
    seed: str = means(noop("The public number by which visits are drawn."))
    state: str = means(noop("waiting, running, done or failed."))
    state_name: str
    done: int
    total: int = means(noop("So many steps there are; “done” says how many are done."))
    branches: int
    snapshot: str
    results: str
    said: str = means(noop("What went wrong; empty for nothing."))
    asked: datetime
    ended: datetime | None
    shown: datetime | None = means(noop("On the public pages since."))


class Runs(Pages):
    """Runs of a round."""

    items: list[Run]


class Branch(Schema):
    """A branch in the results of a run."""

    code: str
    name: str
    field: str
    unit: str = means(noop("The code of the unit it serves."))
    members: int
    score: float
    se: float = means(noop("Standard error of the score."))
    probability: float = means(noop("Chance of truly standing over the line."))
    tier: str
    standing: str


class Branches(Pages):
    """Branches in the results of a run."""

    items: list[Branch]


class SheetLine(Schema):
    """A line of a sheet; closed (null) where too few ballots stand behind it."""

    strength: str
    source: str
    code: str
    name: str
    worked_out: str
    of: float
    points: float | None
    against: float | None = means(noop("Points above or below the mean of the field."))


class Check(Schema):
    """A condition of the title: what is asked, what was found, whether it is met."""

    asked: str
    found: str
    met: bool


class Lever(Schema):
    """Arithmetic, not a promise: what so much more on a line would give."""

    code: str
    name: str
    step: str
    gain: float
    effort: int


class Evidence(Schema):
    """Ballots behind a source; null where fewer than five."""

    source: str
    ballots: int | None
    needed: int
    short: bool


class Sheet(Schema):
    """Why a branch has this score, line by line, and what would lift it most."""

    code: str
    name: str
    field: str
    tier: str
    base: float
    bonus: float
    deduction: float
    score: float
    low: float
    high: float
    line: float = means(noop("The line of the field."))
    standing: str
    lines: list[SheetLine]
    title: list[Check]
    levers: list[Lever]
    evidence: list[Evidence]
    doubts: list[str]
    results: str = means(noop("Digest of the results."))


@get("/rounds/{int:round}/runs", "runs", Runs, "runs", noop("Runs of a round"), noop("With their digests."))
def runs(request: HttpRequest, round: int, ask: Query[OfRuns]) -> Runs:
    """Runs."""
    read = reading(request)
    this = round_seen(read, round)
    one_of("state", ask.state, dict(models.Run.STATES))
    got = listed(request, ask, read, only(models.Run.objects.filter(round=this), state=ask.state), "pk",
                 path=this.path)  # fmt: skip
    return Runs(items=[_run(one) for one in got.rows], next=got.next)


@get("/runs/{int:run}", "run", Run, "runs", noop("One run"), noop("How far it is, or what came out of it."))
def run(request: HttpRequest, run: int) -> Run:
    """A run."""
    return _run(seen(reading(request), run))


@get("/runs/{int:run}/branches", "run_branches", Branches, "runs", noop("Branches in a run"),
     noop("Those of the mandate, with their scores."))  # fmt: skip
def run_branches(request: HttpRequest, run: int, ask: Query[OfBranches]) -> Branches:
    """Branches."""
    read = reading(request)
    mine = seen(read, run)
    found = _results(read, mine)
    edition = found.results.edition
    one_of("field", ask.field, [one.code for one in edition.fields])
    one_of("standing", ask.standing, STANDINGS)
    asked = listing.Asked(field=ask.field or "", standing=ask.standing or "")
    numbers = sorted(map(int, listing.among(found, found.open_rows(), asked)))
    got = listed_numbers(request, ask, read, numbers, path=mine.round.path)
    return Branches(items=[_branch(row, edition) for row in found.listed(got.rows)] if got.rows else [], next=got.next)


@get("/runs/{int:run}/sheets/{str:code}", "run_sheet", Sheet, "runs", noop("The sheet of a branch"),
     noop("Why this score, to the cent; what is closed on the page is closed here."))  # fmt: skip
def run_sheet(request: HttpRequest, run: int, code: str) -> Sheet:
    """A sheet. Raises Http404 for a branch outside the mandate, as for one that is not there."""
    read = reading(request)
    mine = seen(read, run)
    found = _results(read, mine)
    try:
        scored = found.sheet(code)
    except (KeyError, NotOpen):
        raise Http404(code) from None
    return _sheet(found, scored, mine)


def _run(one: models.Run) -> Run:
    return Run(
        id=one.pk, round=one.round_id, why=one.why, seed=one.seed, state=one.state,
        state_name=one.get_state_display(), done=one.done, total=one.total, branches=one.branches,
        snapshot=one.snapshot, results=one.results, said=one.said, asked=one.asked_at, ended=one.ended_at,
        shown=one.shown_at,
    )  # fmt: skip


def _branch(row: Row, edition: Edition) -> Branch:
    return Branch(code=row.code, name=row.name, field=row.field, unit=row.unit, members=row.members, score=row.score,
                  se=row.se, probability=row.probability, tier=edition.tiers[row.tier].code,
                  standing=row.standing)  # fmt: skip


def _sheet(found: Seen, scored: Scored, mine: models.Run) -> Sheet:
    language, row, edition = get_language() or "", scored.row, found.results.edition
    told: Mapping[str, Any] = sheet_page.context(found, scored, run=mine, spread=[])
    return Sheet(
        code=row["code"], name=row["name"], field=row["field"], tier=edition.tiers[row["tier"]].code,
        base=row["base"] / 100, bonus=row["bonus"] / 100, deduction=row["deduction"] / 100, score=told["score"],
        low=told["low"], high=told["high"], line=scored.line / 100, standing=told["standing"],
        lines=_lines(scored, language),
        title=[Check(asked=one.asked, found=one.found, met=one.met) for one in checks(scored, edition)],
        levers=[Lever(code=one.code, name=one.name.say(language), step=one.step, gain=one.gain / 100,
                      effort=one.effort) for one in scored.levers],
        evidence=[Evidence(source=name.say(language), ballots=number, needed=needed, short=short)
                  for name, number, needed, _entitled, short in told["evidence"]],
        doubts=told["doubts"], results=mine.results,
    )  # fmt: skip


def _lines(scored: Scored, language: str) -> list[SheetLine]:
    return [
        SheetLine(strength=one.strength, source=one.source, code=one.code, name=one.name.say(language),
                  worked_out=one.formula, of=one.available / 100, points=one.points / 100 if one.shown else None,
                  against=round(one.against / 100, 4) if one.shown else None)
        for one in scored.leaves
    ]  # fmt: skip


def seen(read: Reading, number: int) -> models.Run:
    """A run of a round that concerns the mandate. Raises Http404 for any other."""
    found = models.Run.objects.filter(pk=number, round__in=doors.rounds(read.scope).values("pk"))
    mine: models.Run = one_row(found.select_related("round"))
    return mine


def _results(read: Reading, mine: models.Run) -> Seen:
    """What came out, as the mandate may see it. Raises Http404 where it is not done, or its files are gone."""
    found = opened(mine.results_folder) if mine.state == models.Run.DONE else None
    if found is None:
        raise Http404(mine.pk)
    return results(found).visible_to(read.caller.account, read.day)


def upon(read: Reading, number: int) -> Upon:
    """A run, and what may be done with it by whoever leads its round."""
    mine = seen(read, number)
    leads = doors.leads(read.written, mine.round) and mine.state == models.Run.DONE
    return by_people(read, mine, mine.round.name, ON_RUN if leads else {})
