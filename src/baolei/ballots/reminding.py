"""Reminders: to units in which too few have voted, never to persons, of whom nobody knows whether they have."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.ballots.doors import TOWNSHIP
from baolei.ballots.models import Polling, Turnout
from baolei.ledger.actions import record
from baolei.organisations.models import Unit, UnitState
from baolei.organisations.notices import Words, post_notice
from baolei.organisations.units import NotPossible
from baolei.paths import at_or_below
from baolei.people.models import Account
from baolei.programme.piles import PHASE
from baolei.rounds.models import Round

PAUSE = timedelta(days=2)
"""So long a round is not reminded again."""
TOLD = ("township_clerk",)
"""The roles that a reminder is for: those who hand slips out, in the unit it is sent to."""


@transaction.atomic
def remind(*, actor: Account | None, now: datetime, round: Round, why: str) -> int:
    """Post a notice to every township in which polls have too few ballots: how many townships. Raises NotPossible."""
    this: Round = Round.objects.select_for_update().get(pk=round.pk)
    today = localdate(now)
    mine: Polling = Polling.objects.select_for_update().get_or_create(round=this)[0]
    ends = this.spans.get(phase=PHASE).ends
    if this.phase != PHASE or ends < today:
        raise NotPossible(_("units are reminded while ballots are cast"))
    if mine.reminded and today < mine.reminded + PAUSE:
        raise NotPossible(
            _("the units were reminded on %(day)s: remind them again from %(next)s on")
            % {"day": mine.reminded, "next": mine.reminded + PAUSE}
        )
    units = low_units(this, today)
    if not units:
        raise NotPossible(_("no unit has polls with too few ballots, as they were counted last"))
    for unit, low in units:
        title = _("Ballots are still missing")
        text = _(
            "%(round)s: in this township %(low)d polls have fewer ballots than they need; they close after %(day)s. "
            "Hand out the slips that are left, and see that people can vote alone. Nobody knows who has voted, and "
            "nobody is to be asked."
        ) % {"round": this.name, "low": low, "day": ends}
        words = Words(title, text, today, ends, roles=TOLD)
        post_notice(actor=actor, now=now, unit=Unit.objects.get(pk=unit.unit_id), words=words, why=why)
    Polling.objects.filter(pk=mine.pk).update(reminded=today)
    record(actor=actor, act="ballots.remind", subject=f"round:{this.pk}", path=this.path, now=now, why=why,
           after={"units": len(units)})  # fmt: skip
    return len(units)


def low_units(this: Round, day: date) -> list[tuple[UnitState, int]]:
    """The townships in which polls have too few ballots, each with how many, as they were counted last."""
    low: dict[str, int] = {}
    found = Turnout.objects.filter(at_or_below(this.path), round=this, low__gt=0)
    for path, number in found.values_list("path", "low"):
        if len(path) == TOWNSHIP:
            low[path] = low.get(path, 0) + number
    states = UnitState.objects.filter(path__in=low).on(day).order_by("code")
    return [(one, low[one.path]) for one in states]
