"""What happens of itself: what the branches did is followed, what was late goes upward, what was not amended lapses.

Every piece can be done again and again: it finds what is to be done by looking. Nothing below calls this room; it
fetches what was left there.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.declarations import actions as declaring
from baolei.declarations.models import Declaration
from baolei.ledger.actions import record
from baolei.organisations.directory import pieces
from baolei.programme import declaration as rules
from baolei.programme import review
from baolei.reviews import actions, entering
from baolei.reviews.doors import rule_of
from baolei.reviews.models import OPEN_STATES, Opinion, Step
from baolei.rounds.models import Round
from baolei.warehouse.rulebook import workdays

PHASE = "review"
LATE_STATES = ("opinions", "third", "decision")


def run_clock(now: datetime) -> dict[str, int]:
    """Do all that is due by now; how many of each. Twice is once."""
    return {
        "followed": catch_up(now), "lapsed": lapse(now), "expired": expire(now), "escalated": escalate(now)
    }  # fmt: skip


def catch_up(now: datetime) -> int:
    """Follow what branches did: handed in again, withdrew; and let enter what was frozen since the review began."""
    found = 0
    mended = Step.objects.filter(state="returned", declaration__state=rules.FROZEN)
    gone = Step.objects.filter(state__in=OPEN_STATES, declaration__state=rules.WITHDRAWN)
    for pk in list(mended.values_list("pk", flat=True)):
        found += _resubmitted(pk, now)
    for pk in list(gone.values_list("pk", flat=True)):
        found += _withdrawn(pk, now)
    there = Step.objects.filter(declaration=OuterRef("pk"))
    waiting = Declaration.objects.filter(~Exists(there), round=OuterRef("pk"), state=rules.FROZEN)
    for this in Round.objects.filter(Exists(waiting), phase=PHASE):
        found += entering.begin_all(actor=None, now=now, round=this)
    return found


@transaction.atomic
def _resubmitted(pk: int, now: datetime) -> int:
    """The same step begins anew: what was said of the earlier state has lapsed."""
    mine = _held(pk)
    if mine.state != "returned" or mine.declaration.state != rules.FROZEN:
        return 0
    review.next_state(mine.state, "resubmit", "branch")
    mine.opinions.filter(lapsed=False).update(lapsed=True)
    entering.anew(mine, localdate(now))
    mine.turn += 1
    mine.save()
    _recorded("resubmit", mine, now, {"step": mine.code, "turn": mine.turn})
    return 1


@transaction.atomic
def _withdrawn(pk: int, now: datetime) -> int:
    mine = _held(pk)
    if mine.state not in OPEN_STATES:
        return 0
    mine.state = review.next_state(mine.state, "withdraw", "branch")
    mine.save()
    _recorded("withdraw", mine, now, {"step": mine.code})
    return 1


def lapse(now: datetime) -> int:
    """Let opinions lapse whose declaration has changed: only those that were looked at are looked at again."""
    spoken = Opinion.objects.filter(step=OuterRef("pk"), lapsed=False)
    asked = Step.objects.filter(Exists(spoken), state__in=LATE_STATES, declaration__state=rules.FROZEN,
                                declaration__round__ended_at=None)  # fmt: skip
    found = 0
    for pk in list(asked.values_list("pk", flat=True)):
        with transaction.atomic():
            mine = _held(pk)
            before = mine.opinions.filter(lapsed=False).count()
            actions.refreshed(mine, now)
            found += before - mine.opinions.filter(lapsed=False).count()
    return found


def expire(now: datetime) -> int:
    """What was returned and not amended in time has lapsed."""
    late = Step.objects.filter(state="returned", due__lt=localdate(now), declaration__state=rules.RETURNED,
                               declaration__round__ended_at=None)  # fmt: skip
    found = 0
    for pk in list(late.values_list("pk", flat=True)):
        with transaction.atomic():
            mine = _held(pk)
            if mine.state != "returned" or mine.declaration.state != rules.RETURNED:
                continue
            mine.state = review.next_state(mine.state, "expire", "clock")
            mine.save()
            declaring.lapse(actor=None, now=now, declaration=mine.declaration, why=_("not amended in time"))
            _recorded("expire", mine, now, {"step": mine.code})
            found += 1
    return found


def escalate(now: datetime) -> int:
    """Pass upward what is late beyond its days: to the body of the next step, or to the head of its own."""
    today = localdate(now)
    late = Step.objects.filter(state__in=LATE_STATES, escalates_on__lt=today, declaration__state=rules.FROZEN,
                               declaration__round__ended_at=None)  # fmt: skip
    found = late.select_related("declaration__round").order_by("declaration__round", "seat", "pk")
    number = 0
    for piece in pieces(found):
        for _key, some in groupby(piece, key=lambda one: (one.declaration.round_id, one.seat)):
            number += _passed_upward(list(some), today, now)
    return number


@transaction.atomic
def _passed_upward(late: list[Step], today: date, now: datetime) -> int:
    """Steps of one round at bodies of one kind; one entry in the ledger for all of them."""
    held = list(Step.objects.select_for_update().filter(Q(pk__in=[one.pk for one in late]), state__in=LATE_STATES))
    declarations = {one.declaration_id: one.declaration for one in late}
    for one in held:
        one.declaration = declarations[one.declaration_id]
    if not held:
        return 0
    code = held[0].seat
    seats = entering.next_seats(held, today) if rule_of(code).escalate_to == "next" else {}
    goes: dict[tuple[str, int | None, int | None], list[int]] = defaultdict(list)
    for one in held:
        review.next_state(one.state, "escalate", "clock")
        seat = seats.get(one.pk)
        body = (seat.rule.code, seat.unit, seat.organisation) if seat else (one.seat, one.unit_id, one.organisation_id)
        goes[body].append(one.pk)
    for (at, unit, organisation), steps in goes.items():
        due = workdays().after(today, rule_of(at).decision_days)
        Step.objects.filter(pk__in=steps).update(
            state="escalated", seat=at, unit=unit, organisation=organisation, due=due, decision_due=due,
            escalates_on=due,
        )  # fmt: skip
    this = declarations[held[0].declaration_id].round
    record(actor=None, act="reviews.escalate", subject=f"round:{this.pk}", path=this.path, now=now,
           after={"step": code, "organisations": len(held)})  # fmt: skip
    return len(held)


def _held(pk: int) -> Step:
    found: Step = Step.objects.select_for_update().get(pk=pk)
    found.declaration = Declaration.objects.select_related("round").get(pk=found.declaration_id)
    return found


def _recorded(what: str, mine: Step, now: datetime, after: dict[str, Any]) -> None:
    declaration = mine.declaration
    record(actor=None, act=f"reviews.{what}", subject=f"organisation:{declaration.organisation_id}",
           path=declaration.path, now=now, after=after)  # fmt: skip
