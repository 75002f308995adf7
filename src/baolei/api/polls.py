"""Polls to programs: where those of a round stand, how many ballots are in; never what they say, nor who voted."""

from __future__ import annotations

from datetime import date, datetime

from django.http import Http404, HttpRequest
from django.utils.translation import gettext_noop as noop
from ninja import Query, Router, Schema

from baolei.api import shapes
from baolei.api.asking import Paged, known, may
from baolei.api.reading import below, getting, listed, one_of, only, reading
from baolei.api.rounds import seen as round_seen
from baolei.api.shapes import Pages, means
from baolei.ballots import doors, turnout
from baolei.ballots.models import Polling
from baolei.ballots.poll_views import Row, rows
from baolei.organisations.models import UnitState
from baolei.paths import at_or_below
from baolei.urn.store import PHASES

router = Router()
get = getting(router)


class OfPolls(Paged):
    """Polls."""

    phase: str | None = may(noop("In this phase."), max_length=10)
    source: str | None = may(noop("Of this source."), max_length=20)
    below: str | None = may(noop("Serving a unit at or below the one of this code."), max_length=30)


class Poll(Schema):
    """One source asked about one branch by slips."""

    id: int
    number: str = means(noop("What is typed from a slip."))
    declaration: int
    organisation: shapes.Named
    unit: str
    source: str
    source_name: str
    phase: str
    phase_name: str
    people: int = means(noop("How many may vote."))
    needed: int = means(noop("How many ballots are needed."))
    slips: int = means(noop("How many slips were printed."))
    ballots: int | None = means(noop("How many are in; null where fewer than five are, and before casting begins."))
    root: str = means(noop("Once sealed: the root over the ballots, hex."))


class Polls(Pages):
    """Polls."""

    items: list[Poll]


class OfTurnout(Schema):
    """Turnout."""

    source: str | None = may(noop("Of this source; without it the first that is asked."), max_length=20)
    below: str | None = may(noop("Of the units right below the one of this code."), max_length=30)


class TurnoutOfUnit(Schema):
    """How many ballots of a source are in at a unit and below it."""

    unit: shapes.Named
    code: str
    polls: int
    people: int
    slips: int
    ballots: int | None = means(noop("Null where it is closed: few are in, or others could be worked out by it."))
    too_few: int | None = means(noop("Polls with fewer ballots than they need; null where it is closed."))


class TurnoutOfRound(Schema):
    """The turnout of a round, as it was counted last."""

    counted: datetime | None
    closes: date | None = means(noop("The last day of the casting."))
    source: str
    items: list[TurnoutOfUnit]


@get("/rounds/{int:round}/polls", "polls", Polls, "ballots", noop("Polls of a round"), noop("Of the branches in the "
     "mandate: phase, slips, and ballots that are in, without the small numbers."))  # fmt: skip
def polls(request: HttpRequest, round: int, ask: Query[OfPolls]) -> Polls:
    """Polls."""
    read = reading(request)
    this = round_seen(read, round)
    if not read.scope.units:
        raise Http404(round)
    one_of("phase", ask.phase, list(PHASES))
    found = only(doors.polls(read.scope).filter(declaration__round=this), phase=ask.phase, source=ask.source)
    if ask.below:
        found = found.filter(at_or_below(below(read, ask.below), "declaration__path"))
    got = listed(request, ask, read, found, "pk", path=this.path)
    wanted = {one.pk for one in got.rows}
    told = {row.poll.pk: row for row in rows([one.declaration for one in got.rows]) if row.poll.pk in wanted}
    return Polls(items=[_poll(told[one.pk]) for one in got.rows], next=got.next)


def _poll(row: Row) -> Poll:
    one = row.poll
    return Poll(
        id=one.pk, number=one.short, declaration=one.declaration_id,
        organisation=shapes.Named(id=one.declaration.organisation_id, name=row.name), unit=row.unit,
        source=one.source, source_name=row.source, phase=one.phase, phase_name=row.phase, people=one.people,
        needed=one.least, slips=one.slips, ballots=row.cast, root=one.root,
    )  # fmt: skip


@get("/rounds/{int:round}/turnout", "turnout", TurnoutOfRound, "ballots", noop("Turnout of a round"), noop("How many "
     "ballots are in, unit by unit, as they were counted last; never what they say, nor who has voted."))  # fmt: skip
def turnout_of_round(request: HttpRequest, round: int, ask: Query[OfTurnout]) -> TurnoutOfRound:
    """Turnout."""
    read = reading(request)
    this = round_seen(read, round)
    known(request, ask)
    unit = UnitState.objects.on(read.day).get(path=below(read, ask.below)) if ask.below else None
    if not read.scope.units or (unit and not unit.path.startswith(this.path)):
        raise Http404(round)
    source = turnout.chosen(this, ask.source)
    found, _whole = turnout.shown(this, read.scope, unit, source, read.day)
    mine = Polling.objects.filter(round=this).first()
    return TurnoutOfRound(
        counted=mine.counted_at if mine else None, closes=mine.closes if mine else None, source=source,
        items=[_counted(one) for one in found],
    )  # fmt: skip


def _counted(row: turnout.Row) -> TurnoutOfUnit:
    unit = shapes.Named(id=row.unit.unit_id, name=row.unit.name)
    return TurnoutOfUnit(unit=unit, code=row.unit.code, polls=row.polls, people=row.people, slips=row.slips,
                         ballots=row.cast, too_few=row.low)  # fmt: skip
