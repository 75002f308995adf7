"""What waits for whoever leads a round: the next passage, and the last day of the present phase."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import F, Min
from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.organisations.doors import Scope
from baolei.people.tasks import Task
from baolei.programme.phases import PLANNED
from baolei.rounds import doors

SOON = timedelta(days=7)


def tasks(writing: Scope, today: date) -> list[Task]:
    """The rounds of one's own unit that are to be passed on, and those whose phase ends within a week."""
    if not writing.units:
        return []
    mine = doors.own(writing)
    begin = list(mine.filter(phase=PLANNED).annotate(day=Min("spans__begins")).values_list("day", "pk"))
    ends = list(mine.filter(spans__phase=F("phase")).values_list("spans__ends", "pk"))
    return [
        _task(_("Rounds whose first day has come"), [one for one in begin if one[0] and one[0] <= today], today,
              _("Pass the round on: the declarations are opened then.")),
        _task(_("Rounds whose phase is over"), [one for one in ends if one[0] < today], today,
              _("Pass the round on to its next phase, or extend this one and say why.")),
        _task(_("Rounds whose phase ends within a week"), [one for one in ends if today <= one[0] <= today + SOON],
              today),
    ]  # fmt: skip


def _task(title: str, found: list[tuple[date, int]], today: date, note: str = "") -> Task:
    if not found:
        return Task(title, 0, "")
    due, nearest = min(found)
    return Task(title, len(found), reverse("round", args=[nearest]), note, due < today, due)
