"""Reviews to programs: what waits for a mandate, the steps of a round, one with what was said as far as it is open."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop as noop
from ninja import Query, Router, Schema

from baolei.api import shapes
from baolei.api.asking import Number, Paged, may
from baolei.api.doing import Upon, by_people
from baolei.api.reading import Reading, getting, listed, one_of, one_row, only, reading
from baolei.api.rounds import seen as round_seen
from baolei.api.shapes import Pages, means
from baolei.organisations.forms_of_people import PeopleForm
from baolei.programme.review import STATES
from baolei.reviews import clock, doors, listing, models
from baolei.reviews.conflicts import checked
from baolei.reviews.forms import OF_STEP

router = Router()
get = getting(router)
ON_STEP: dict[str, type[PeopleForm]] = OF_STEP


class OfWaiting(Paged):
    """What waits."""

    round: Number | None = may(noop("Of the round of this number."))
    step: str | None = may(noop("At this step, by its code."), max_length=40)
    late: bool | None = may(noop("Past their day (true) or not (false)."))


class OfSteps(Paged):
    """Steps of a round."""

    step: str | None = may(noop("At this step, by its code."), max_length=40)
    state: str | None = may(noop("Standing so."), max_length=10)
    declaration: Number | None = may(noop("Of the declaration of this number."))


class Step(Schema):
    """A step on the way of a declaration: the body that judges, where it stands, by when."""

    id: int
    round: int
    declaration: int
    organisation: shapes.Named
    unit: str
    step: str
    step_name: str
    judged_by: str = means(noop("The step whose body judges: another one, once it was late and passed upward."))
    state: str
    state_name: str
    turn: int = means(noop("The time it was handed in to this step."))
    since: date
    due: date
    late: bool


class Steps(Pages):
    """Steps of reviews."""

    items: list[Step]


class Opinion(Schema):
    """What somebody said; only that it was given, until all that were asked for are in."""

    person: str
    closed: bool
    verdict: str
    verdict_name: str
    reasons: dict[str, str] = means(noop("By item."))


class Decision(Schema):
    """What a step concluded."""

    verdict: str
    verdict_name: str
    by: str
    at: datetime
    why: str
    reasons: dict[str, str] = means(noop("By item."))


class Difference(Schema):
    """What the branch has changed since the step returned it."""

    what: str
    before: str
    after: str


class StepWhole(Step):
    """A step with what was said, as far as it is open to the mandate."""

    body: str
    in_place_of: list[str] = means(noop("Steps that should have looked before, but have no body."))
    opinions: list[Opinion]
    decisions: list[Decision]
    changes: list[Difference]
    conflict: str = means(noop("Why the own judgement is excluded; empty where it is not."))


@get("/reviews", "reviews", Steps, "reviews", noop("What waits for me"), noop("Steps at which the mandate is to give "
     "an opinion, to conclude, or to take over what was late."))  # fmt: skip
def reviews(request: HttpRequest, ask: Query[OfWaiting]) -> Steps:
    """What waits."""
    read = _caught_up(request)
    found = only(doors.waiting(read.caller.account, read.day), declaration__round=ask.round, code=ask.step)
    if ask.late is not None:
        found = found.filter(due__lt=read.day) if ask.late else found.filter(due__gte=read.day)
    got = listed(request, ask, read, found, "pk")
    return Steps(items=[Step(**one) for one in _filled(got.rows, read)], next=got.next)


@get("/rounds/{int:round}/reviews", "round_reviews", Steps, "reviews", noop("Review steps of a round"),
     noop("Those at which the mandate judges, and those of the branches below it."))  # fmt: skip
def round_reviews(request: HttpRequest, round: int, ask: Query[OfSteps]) -> Steps:
    """Steps."""
    read = _caught_up(request)
    this = round_seen(read, round)
    one_of("state", ask.state, [one.code for one in STATES.states])
    found = doors.steps(read.caller.account, read.day).filter(declaration__round=this)
    found = only(found, code=ask.step, state=ask.state, declaration=ask.declaration)
    got = listed(request, ask, read, found, "pk", path=this.path)
    return Steps(items=[Step(**one) for one in _filled(got.rows, read)], next=got.next)


@get("/reviews/{int:step}", "review", StepWhole, "reviews", noop("One review step"), noop("Opinions are closed until "
     "all that were asked for are in; then they are open to the body and to those above it."))  # fmt: skip
def review(request: HttpRequest, step: int) -> StepWhole:
    """A step."""
    read = _caught_up(request)
    mine = seen(read, step)
    way = listing.history(mine.declaration, read.day)
    here = next(one for one in way if one.row.step.pk == mine.pk)
    conflict = _conflict(read, mine)
    return StepWhole(
        **_filled([mine], read)[0], body=here.body, in_place_of=list(here.instead),
        opinions=[
            Opinion(person=one.name, closed=one.closed, verdict=one.code, verdict_name=str(one.verdict),
                    reasons=dict(one.reasons))
            for one in listing.said_at(mine, read.caller.account, read.day, {})
        ],
        decisions=[_decision(one) for one in here.decisions],
        changes=[Difference(what=what, before=before, after=after)
                 for what, before, after in listing.changes(mine, {})],
        conflict=conflict.reason.say(read.language) if conflict else "",
    )  # fmt: skip


def _decision(one: models.Decision) -> Decision:
    return Decision(verdict=one.verdict, verdict_name=one.get_verdict_display(), by=one.by.name, at=one.at,
                    why=one.why, reasons=one.items)  # fmt: skip


def _filled(found: list[models.Step], read: Reading) -> list[dict[str, Any]]:
    return [
        {
            "id": row.step.pk, "round": row.step.declaration.round_id, "declaration": row.step.declaration_id,
            "organisation": shapes.Named(id=row.step.declaration.organisation_id, name=row.name), "unit": row.unit,
            "step": row.step.code, "step_name": row.level, "judged_by": row.step.seat, "state": row.step.state,
            "state_name": row.standing, "turn": row.step.turn, "since": row.step.entered, "due": row.step.due,
            "late": row.late,
        }
        for row in listing.rows(found, read.day)
    ]  # fmt: skip


def seen(read: Reading, number: int) -> models.Step:
    """A step that the mandate sees. Raises Http404 for any other."""
    mine: models.Step = one_row(doors.steps(read.caller.account, read.day).filter(pk=number))
    return mine


def _caught_up(request: HttpRequest) -> Reading:
    """What a request reads, once the clock has done what was due."""
    clock.catch_up(timezone.now())
    return reading(request)


def _conflict(read: Reading, mine: models.Step) -> Any:
    """What ties the caller to the branch, by all mandates and records of that person; None for nothing."""
    return checked(read.caller.account, [mine.declaration], read.day, [mine.pk])[mine.declaration_id].conflict


def upon(read: Reading, number: int) -> Upon:
    """A step, and what may be done there; nothing by whoever is tied to the branch."""
    mine = seen(read, number)
    account = read.caller.account
    names = listing.open_acts(account, mine, read.day) if _conflict(read, mine) is None else []
    return by_people(read, mine, listing.rows([mine], read.day)[0].name, {name: ON_STEP[name] for name in names})
