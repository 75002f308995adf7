"""Declarations enter a step: all of a round at once, one at a time, or anew."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.timezone import localdate

from baolei.declarations.models import Declaration
from baolei.ledger.actions import record
from baolei.organisations.pouring import pour
from baolei.people.models import Account
from baolei.programme import declaration as rules
from baolei.programme.review import Deadlines, deadlines
from baolei.reviews.doors import rule_of
from baolei.reviews.models import Gap, Step
from baolei.reviews.routes import Branch, Seat, Way, route_of, ways
from baolei.rounds.models import Round
from baolei.warehouse.rulebook import review, workdays

FIRST = 1
COLUMNS = ("declaration_id", "number", "code", "seat", "unit_id", "organisation_id", "state", "turn", "entered", "due",
           "decision_due", "escalates_on")  # fmt: skip


def days_of(seat: str, entered: date) -> Deadlines:
    """The days of a step that is entered on a day."""
    return deadlines(rule_of(seat), entered, workdays(), review())


@transaction.atomic
def begin_all(*, actor: Account | None, now: datetime, round: Round) -> int:
    """Let every frozen declaration of a round that is not on its way yet enter its first step. How many.

    Twice is once. Raises NotPossible where a field has no route, or nobody stands above a branch.
    """
    today = localdate(now)
    there = Step.objects.filter(declaration=OuterRef("pk"))
    found = Declaration.objects.filter(~Exists(there), round=round, state=rules.FROZEN).order_by("path", "pk")
    branches = [Branch(*row) for row in found.values_list("pk", "organisation_id", "field", "path")]
    if not branches:
        return 0
    begun = ways(branches, round, today)
    pour(Step, COLUMNS, _first_steps(begun, today))
    gaps = [(pk, code, to) for pk, way in begun.items() for code, to in way.gaps]
    pour(Gap, ("declaration_id", "code", "to"), gaps)
    record(actor=actor, act="reviews.begin", subject=f"round:{round.pk}", path=round.path, now=now,
           after={"organisations": len(branches), "gaps": len(gaps)})  # fmt: skip
    return len(branches)


def _first_steps(begun: dict[int, Way], today: date) -> Iterable[tuple[Any, ...]]:
    days = dict[str, Deadlines]()
    for pk, way in begun.items():
        seat = way.seats[0]
        code = seat.rule.code
        if code not in days:
            days[code] = days_of(code, today)
        due = days[code]
        yield (pk, FIRST, code, code, seat.unit, seat.organisation, "opinions", FIRST, today, due.opinions,
               due.decision, due.escalates)  # fmt: skip


def next_seat(step: Step, today: date) -> Seat | None:
    """The step after this one; None after the last. A body that has judged in place of a late one has judged."""
    return next_seats([step], today)[step.pk]


def next_seats(steps: Iterable[Step], today: date) -> dict[int, Seat | None]:
    """The same for many steps of one round, by step."""
    mine = list(steps)
    branches = [
        Branch(one.declaration_id, one.declaration.organisation_id, one.declaration.field, one.declaration.path)
        for one in mine
    ]
    found = ways(branches, mine[0].declaration.round, today)
    return {
        one.pk: found[one.declaration_id].after(one.seat, route_of(one.declaration.field, review())) for one in mine
    }


def go_on(step: Step, seat: Seat, today: date) -> Step:
    """The step after one that was passed."""
    code, due = seat.rule.code, days_of(seat.rule.code, today)
    made: Step = Step.objects.create(
        declaration=step.declaration, number=step.number + 1, code=code, seat=code, unit_id=seat.unit,
        organisation_id=seat.organisation, entered=today, due=due.opinions, decision_due=due.decision,
        escalates_on=due.escalates,
    )  # fmt: skip
    return made


def anew(step: Step, today: date) -> None:
    """Let a step wait for opinions from a day on, with new days; not saved."""
    due = days_of(step.seat, today)
    step.state, step.entered, step.due = "opinions", today, due.opinions
    step.decision_due, step.escalates_on = due.decision, due.escalates
