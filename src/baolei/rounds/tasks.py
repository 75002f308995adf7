"""What waits in the rounds: those one leads that are to be begun, and those whose phase is past its last day."""

from __future__ import annotations

from datetime import date

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.organisations.doors import writing_scope
from baolei.paths import at_or_below
from baolei.people.models import Account
from baolei.people.tasks import Task
from baolei.programme.phases import PLANNED
from baolei.rounds.models import Round, Span
from baolei.warehouse.rulebook import round_rules


def tasks(account: Account, today: date) -> list[Task]:
    """A round to be begun once its first day has come, and passed on (or extended) once a phase's last day is past."""
    units = writing_scope(account, today).units
    if not units:
        return []
    mine = Q(pk__in=[])
    for path in units:
        mine |= at_or_below(path)
    led = Round.objects.filter(mine, ended_at=None)
    first = round_rules().phases[0].code
    planned = Span.objects.filter(round__in=led.filter(phase=PLANNED), phase=first, begins__lte=today)
    over = Span.objects.filter(round__in=led.exclude(phase=PLANNED), round__phase=F("phase"), ends__lt=today)
    return [
        _task(_("Rounds to be begun"), list(planned.values_list("round_id", "begins"))),
        _task(_("Rounds whose phase is past its last day: pass them on, or move its end"),
              list(over.values_list("round_id", "ends"))),
    ]  # fmt: skip


def _task(title: str, found: list[tuple[int, date]]) -> Task:
    page = reverse("round", args=[found[0][0]]) if len(found) == 1 else reverse("rounds")
    return Task(title, len(found), page, urgent=True, due=min((day for _pk, day in found), default=None))
