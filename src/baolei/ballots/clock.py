"""What polls do of themselves: they begin and end by the calendar of their round, and their page says its last day.

The worker asks every minute, and asking twice changes nothing.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.timezone import localdate

from baolei.ballots import polling, printing, turnout
from baolei.ballots.counted import OUT
from baolei.ballots.models import Poll, Polling
from baolei.ballots.urns import opened
from baolei.ledger.actions import record
from baolei.programme.phases import CANCELLED
from baolei.programme.piles import PHASE
from baolei.rounds.models import Round, Span
from baolei.urn.store import CAST, ISSUE, SET_UP


def run_clock(*, now: datetime) -> None:
    """Begin and end what is due, tell the urn of days that were moved, count the turnout, delete files not taken."""
    today = localdate(now)
    for this in _over(today):
        polling.end(actor=None, now=now, round=this, why="")
    for this in _out_of():
        _leave(this, now)
    for this in _due(today):
        polling.begin(actor=None, now=now, round=this, why="")
    for mine in _moved():
        _redate(mine.round, now)
    printing.forget(now)
    turnout.run_clock(now)


def _with(*phases: str) -> Any:
    """The rounds that have polls in these phases."""
    return Round.objects.filter(pk__in=Poll.objects.filter(phase__in=phases).order_by().values("declaration__round"))


def _over(today: date) -> list[Round]:
    """Rounds whose ballots are still open after the last day, or which were cancelled meanwhile."""
    open_ones = _with(ISSUE, CAST)
    late = open_ones.filter(spans__in=Span.objects.filter(phase=PHASE, ends__lt=today))
    return [*late.exclude(phase=CANCELLED), *open_ones.filter(phase=CANCELLED)]


def _due(today: date) -> list[Round]:
    """Rounds in which ballots are collected, whose first day has come, with slips or tokens given out that nobody can
    cast yet.
    """
    days = Span.objects.filter(phase=PHASE, begins__lte=today, ends__gte=today)
    ready = polling.can_begin(Poll.objects.all()).order_by().values("declaration__round")
    return list(Round.objects.filter(pk__in=ready, phase=PHASE, spans__in=days))


def _out_of() -> list[Round]:
    """Rounds with open polls about branches that have left them."""
    gone = Poll.objects.filter(phase__in=(ISSUE, CAST), declaration__state__in=OUT)
    return list(Round.objects.filter(pk__in=gone.order_by().values("declaration__round")))


@transaction.atomic
def _leave(this: Round, now: datetime) -> None:
    """End the casting about branches that have left a round; they are sealed with the others, and count for nothing."""
    number = polling.stop(Poll.objects.filter(declaration__round=this, declaration__state__in=OUT))
    if number:
        record(actor=None, act="ballots.leave", subject=f"round:{this.pk}", path=this.path, now=now,
               after={"polls": number})  # fmt: skip


def _moved() -> list[Polling]:
    """Of rounds whose calendar says another last day than the urn was told."""
    days = Span.objects.filter(phase=PHASE, round__in=_with(SET_UP, ISSUE, CAST)).exclude(
        ends=F("round__polling__closes")
    )
    return list(Polling.objects.filter(round__in=days.values("round")).select_related("round"))


@transaction.atomic
def _redate(this: Round, now: datetime) -> None:
    """Tell the urn on which day the polls of a round close now, so that their pages say so."""
    day = polling.last_day(this)
    numbers = Poll.objects.filter(declaration__round=this, phase__in=(SET_UP, ISSUE, CAST)).values_list(
        "number", flat=True
    )
    with opened() as urn:
        urn.set_days([bytes.fromhex(one) for one in numbers], None, day)
    Polling.objects.filter(round=this).update(closes=day)
    record(actor=None, act="ballots.redate", subject=f"round:{this.pk}", path=this.path, now=now,
           after={"until": day.isoformat() if day else ""})  # fmt: skip
