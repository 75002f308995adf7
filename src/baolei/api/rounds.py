"""Rounds to programs: those that concern a mandate, one with its calendar, and what is done with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as noop
from ninja import Query, Router, Schema

from baolei.api import shapes
from baolei.api.asking import Paged, may
from baolei.api.doing import LISTS, Upon, by_people, done, listed_acts, posting
from baolei.api.filling import node
from baolei.api.reading import Reading, getting, listed, one_of, one_row, only, reading
from baolei.api.shapes import Pages, means
from baolei.ballots.poll_forms import OF_POLLS
from baolei.ballots.poll_views import acts_on_polls
from baolei.declarations import doors as declaring
from baolei.naming.forms import OF_LIST
from baolei.naming.models import NamingList
from baolei.naming.views import acts_on_list
from baolei.notices.forms import Post
from baolei.notices.views import may_post
from baolei.organisations.forms_of_people import PeopleForm
from baolei.organisations.models import UnitState
from baolei.programme import phases
from baolei.reviews import doors as reviewing
from baolei.reviews.bulk_form import PassInBulk
from baolei.rounds import doors, models
from baolei.rounds.forms import OF_ROUND, OpenRound
from baolei.rounds.views import may_open, rows, steps
from baolei.scores.models import Run
from baolei.scores.run_forms import AskForRun
from baolei.triage.forms import SortRound
from baolei.warehouse.rulebook import round_rules

router = Router()
get, post = getting(router), posting(router, {"why": "年度工作"})

ON_ROUNDS: dict[str, type[PeopleForm]] = {"open": OpenRound}
"""What is done before there is a round."""
ON_ROUND: dict[str, type[PeopleForm]] = {
    **OF_ROUND, **{f"polls-{name}": form for name, form in OF_POLLS.items()},
    "ask-for-run": AskForRun, "pass-in-bulk": PassInBulk, **OF_LIST, "post": Post, "sort": SortRound,
}  # fmt: skip
"""What is done with a round in all the rooms it passes through."""
LED: dict[str, type[PeopleForm]] = dict(OF_ROUND)
"""What whoever leads a round may do at any time. Its passage to the next phase stands above this room, with the
conductor: the front hands it down, and it stands here from then on.
"""


class OfRounds(Paged):
    """Rounds."""

    year: int | None = may(noop("Of this year."), ge=1900, le=2200)
    phase: str | None = may(noop("In this phase; or planned, closed, cancelled."), max_length=20)


class Round(Schema):
    """A round: who is judged in it, by what, and where it stands."""

    id: int
    name: str
    year: int = means(noop("The year that is judged."))
    unit: shapes.Node | None = means(noop("Itself and everything below it is judged."))
    edition: str
    digest: str = means(noop("The digest of the standard as it was when the round was opened."))
    basis: str
    document: str
    phase: str
    phase_name: str
    ends: date | None = means(noop("The last day of the phase; null before it begins and after it has ended."))
    ended: datetime | None


class Rounds(Pages):
    """Rounds."""

    items: list[Round]


class Span(Schema):
    """A phase on the calendar, first and last day counted."""

    phase: str
    name: str
    does: str
    begins: date
    ends: date
    days: int = means(noop("Working days."))
    standing: str


class RoundWhole(Round):
    """A round with its calendar, and how many declarations of the mandate stand where."""

    calendar: list[Span]
    declarations: dict[str, int] = means(noop("How many declarations of the mandate stand where."))


@get("/rounds", "rounds", Rounds, "rounds", noop("Rounds"), noop("Those that concern the mandate: of its units, of "
     "those below and above them."))  # fmt: skip
def rounds(request: HttpRequest, ask: Query[OfRounds]) -> Rounds:
    """Rounds."""
    read = reading(request)
    one_of("phase", ask.phase, [one.code for one in phases.table(round_rules()).states])
    found = only(doors.rounds(read.scope).prefetch_related("spans"), year=ask.year, phase=ask.phase)
    got = listed(request, ask, read, found, "pk")
    return Rounds(items=[Round(**one) for one in _filled(got.rows, read)], next=got.next)


@get("/rounds/{int:round}", "round", RoundWhole, "rounds", noop("One round"), noop("With its calendar, and how many "
     "declarations of the mandate stand where."))  # fmt: skip
def round(request: HttpRequest, round: int) -> RoundWhole:
    """A round."""
    read = reading(request)
    this = seen(read, round)
    mine = declaring.declarations(read.scope).filter(round=this).order_by()
    return RoundWhole(
        **next(iter(_filled([this], read))),
        calendar=[Span(phase=one.span.phase, name=one.name, does=one.does, begins=one.span.begins,
                            ends=one.span.ends, days=one.days, standing=one.standing)
                  for one in steps(this, read.day)],
        declarations=dict(mine.values_list("state").annotate(Count("pk"))),
    )  # fmt: skip


def _filled(found: list[models.Round], read: Reading) -> Iterable[dict[str, Any]]:
    """What rounds have in common; three questions."""
    states = UnitState.objects.on(read.day).filter(unit__in={one.unit_id for one in found})
    units = {one.unit_id: one for one in states}
    for row in rows(found, read.day):
        one = row.round
        yield {
            "id": one.pk, "name": one.name, "year": one.year, "unit": node(units.get(one.unit_id)),
            "edition": one.edition, "digest": one.digest, "basis": one.basis, "document": one.document,
            "phase": one.phase, "phase_name": row.phase, "ends": row.ends, "ended": one.ended_at,
        }  # fmt: skip


def seen(read: Reading, number: int) -> models.Round:
    """A round that concerns the mandate. Raises Http404 for any other."""
    this: models.Round = one_row(doors.rounds(read.scope).filter(pk=number))
    return this


# ---- acts ----


def upon(read: Reading, number: int) -> Upon:
    """A round, and what may be done with it."""
    this = seen(read, number)
    return by_people(read, this, this.name, {} if this.ended_at else _open(read, this))


def _open(read: Reading, this: models.Round) -> dict[str, type[PeopleForm]]:
    """What is open to somebody in a round that has not ended."""
    found: dict[str, type[PeopleForm]] = {}
    if doors.leads(read.written, this):
        made = NamingList.objects.filter(round=this).first()
        found = LED | {"ask-for-run": AskForRun} | acts_on_list(read.written, this, made)
        found |= {f"polls-{name}": form for name, form in acts_on_polls(read.written, this).items()}
        found |= {"post": Post} if may_post(read.written, this) else {}
        found |= {"sort": SortRound} if this.runs.filter(state=Run.DONE).exists() else {}
    if reviewing.waiting(read.caller.account, read.day).filter(declaration__round=this).exists():
        found["pass-in-bulk"] = PassInBulk
    return found


def upon_all(read: Reading) -> Upon:
    """What may be done before there is a round. Raises Http404 for whoever reads no records."""
    if not (read.scope.units or read.scope.organisations):
        raise Http404
    return by_people(read, None, "", ON_ROUNDS if may_open(read.written, read.day) else {})


@get("/rounds/acts", "acts_on_rounds", shapes.Acts, "acts", noop("What may be done before there is a round"), LISTS)
def acts_on_rounds(request: HttpRequest) -> shapes.Acts:
    """What may be done."""
    return listed_acts(upon_all(reading(request)), "api_act_on_rounds")


@post("/rounds/acts/{slug:act}", "act_on_rounds", noop("Open a round"))
def act_on_rounds(request: HttpRequest, act: str) -> HttpResponse:
    """Do it."""
    return done(request, upon_all, act)
