"""Objections to programs: the queue of those one deals with; of those about one's branches only that there are any."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop as noop
from ninja import Query, Router, Schema

from baolei.api import shapes
from baolei.api.asking import Paged, may
from baolei.api.doing import Upon, by_people
from baolei.api.reading import Reading, getting, listed, one_of, one_row, only, reading
from baolei.api.rounds import seen as round_seen
from baolei.api.shapes import Pages, means
from baolei.notices import actions, doors, listing, models
from baolei.notices.choosing import REVIEWER
from baolei.notices.forms import OF_OBJECTION
from baolei.notices.views import acts_on
from baolei.organisations.forms_of_people import PeopleForm
from baolei.programme.notice import OBJECTION
from baolei.rounds.doors import leads

router = Router()
get = getting(router)
ON_OBJECTION: dict[str, type[PeopleForm]] = {**OF_OBJECTION}
OF_HANDLER = ("answer", "answer-appeal")
"""What only who looks into an objection does."""


class OfObjections(Paged):
    """Objections."""

    state: str | None = may(noop("Standing so."), max_length=12)


class Objection(Schema):
    """An objection in the queue: what it is about, where it stands, by when the next step is due."""

    id: int
    round: int
    line: int
    organisation: shapes.Named
    kind: str
    kind_name: str
    state: str
    state_name: str
    lodged: date
    due: date | None
    late: bool
    outcome: str


class Objections(Pages):
    """Objections."""

    items: list[Objection]


class ObjectionWhole(Objection):
    """An objection with its words; who raised it is open only to who looks into it, and while it is looked into."""

    words: str
    handler: str | None = means(noop("Who looks into it; not told to the branch that raised it."))
    reason: str
    corrections: list[str]
    appeal_words: str
    appeal_reason: str
    appeal_outcome: str
    raised_by: str | None = means(noop("Empty where no name was given; null for everybody but who looks into it."))
    contact: str | None


class ToldOf(Schema):
    """That there is an objection about a branch, or its outcome; no more."""

    organisation: shapes.Named
    told: str


class Told(Pages):
    """What branches are told of objections."""

    items: list[ToldOf]


@get("/rounds/{int:round}/objections", "objections", Objections, "objections", noop("Objections of a round"),
     noop("Those one deals with: who leads the round, looks into them, or raised them for a branch."))  # fmt: skip
def objections(request: HttpRequest, round: int, ask: Query[OfObjections]) -> Objections:
    """The queue."""
    read = reading(request)
    this = round_seen(read, round)
    one_of("state", ask.state, [one.code for one in OBJECTION.states])
    found = only(_mine(read).filter(posting__list__round=this), state=ask.state)
    got = listed(request, ask, read, found, "pk", path=this.path)
    return Objections(items=[Objection(**_filled(row)) for row in listing.rows(got.rows, read.day)], next=got.next)


@get("/rounds/{int:round}/objections/told", "objections_told", Told, "objections",
     noop("Objections about my branches"), noop("That there is one, or its outcome."))  # fmt: skip
def objections_told(request: HttpRequest, round: int, ask: Query[Paged]) -> Told:
    """What branches are told."""
    read = reading(request)
    this = round_seen(read, round)
    found = doors.concerning(read.scope).filter(posting__list__round=this).exclude(pk__in=_mine(read).values("pk"))
    got = listed(request, ask, read, found, "pk", path=this.path)
    return Told(items=[ToldOf(organisation=_organisation(row), told=listing.told(row))
                       for row in listing.rows(got.rows, read.day)], next=got.next)  # fmt: skip


@get("/objections/{int:objection}", "objection", ObjectionWhole, "objections", noop("One objection"),
     noop("With its words, for whoever leads the round or looks into it."))  # fmt: skip
def objection(request: HttpRequest, objection: int) -> ObjectionWhole:
    """An objection."""
    read = reading(request)
    mine = seen(read, objection)
    by = actions.raised_by(mine) if _looks_into(read, mine) and not mine.own else (None, None)
    inside = leads(read.changed, mine.posting.list.round) or _looks_into(read, mine)
    return ObjectionWhole(
        **_filled(listing.rows([mine], read.day)[0]), words=mine.words, reason=mine.reason,
        handler=mine.handler.name if mine.handler and inside else None, corrections=mine.corrections,
        appeal_words=mine.appeal_words, appeal_reason=mine.appeal_reason,
        appeal_outcome=listing.outcome(mine.appeal_outcome), raised_by=by[0], contact=by[1],
    )  # fmt: skip


def _mine(read: Reading) -> Any:
    """Those that somebody deals with by this mandate: one looks into an objection as a reviewer, and follows what one's
    own branches have raised.
    """
    if read.caller.mandate.role == REVIEWER:
        return doors.objections(read.caller.account, read.changed)
    return doors.of_rounds_led(read.changed) | doors.of_branches(read.changed)


def _looks_into(read: Reading, mine: models.Objection) -> bool:
    return read.caller.mandate.role == REVIEWER and doors.looks_into(read.caller.account, mine)


def _filled(row: listing.Row) -> dict[str, Any]:
    one = row.objection
    return {
        "id": one.pk, "round": one.posting.list.round_id, "line": one.line_id, "organisation": _organisation(row),
        "kind": one.kind, "kind_name": row.kind, "state": one.state, "state_name": row.standing,
        "lodged": one.lodged, "due": row.due, "late": row.late, "outcome": row.outcome,
    }  # fmt: skip


def _organisation(row: listing.Row) -> shapes.Named:
    return shapes.Named(id=row.objection.line.declaration.organisation_id, name=row.name)


def seen(read: Reading, number: int) -> models.Objection:
    """An objection that somebody deals with. Raises Http404 for any other."""
    mine: models.Objection = one_row(_mine(read).filter(pk=number))
    return mine


def upon(read: Reading, number: int) -> Upon:
    """An objection, and what may be done with it."""
    mine = seen(read, number)
    name = f"{listing.rows([mine], read.day)[0].name} {mine.pk}"
    offered = acts_on(read.caller.account, read.written, mine)
    if not _looks_into(read, mine):
        offered = {act: form for act, form in offered.items() if act not in OF_HANDLER}
    return by_people(read, mine, name, offered)
