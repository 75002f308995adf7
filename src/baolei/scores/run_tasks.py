"""What waits in the runs, for whoever leads the round: one that failed, one under way, none asked for yet."""

from __future__ import annotations

from datetime import date

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.organisations.doors import Scope
from baolei.people.tasks import Task
from baolei.rounds import doors
from baolei.scores.models import Run

PHASE = "scoring"


def tasks(writing: Scope, today: date) -> list[Task]:
    """The last run of each round of one's own unit where it failed or is under way; the rounds to be scored."""
    if not writing.units:
        return []
    mine, last = doors.own(writing), dict[int, tuple[int, str]]()
    for this, pk, state in Run.objects.filter(round__in=mine).order_by("pk").values_list("round", "pk", "state"):
        last[this] = pk, state
    failed = [pk for pk, state in last.values() if state == Run.FAILED]
    going = [pk for pk, state in last.values() if state in Run.OPEN]
    unscored = sorted(
        (ends, pk) for ends, pk in
        mine.filter(phase=PHASE, spans__phase=F("phase")).values_list("spans__ends", "pk") if pk not in last
    )  # fmt: skip
    due = unscored[0][0] if unscored else None
    return [
        Task(_("Runs that failed"), len(failed), reverse("run", args=failed[:1]) if failed else "",
             _("Open it to read why, put that right, and ask for another."), True),
        Task(_("Rounds to be scored"), len(unscored),
             reverse("runs", args=[unscored[0][1]]) if unscored else "",
             _("Enter the public number and ask for a run."), due is not None and due < today, due),
        Task(_("Runs under way"), len(going), reverse("run", args=going[:1]) if going else "",
             _("The page says how far it is; nobody has to wait beside it.")),
    ]  # fmt: skip
