"""What waits in matters: those that lie with me, and call-backs that were drawn. It reminds and decides nothing."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.matters import calling, doors
from baolei.matters.models import Matter
from baolei.people.models import Account
from baolei.people.tasks import Task, soonest
from baolei.programme.matters import LYING, TAKEN


def tasks(account: Account, today: date) -> list[Task]:
    """What this person does where they hold a seat."""
    seats = doors.seats(account, today)
    if not seats:
        return []
    lying, first = soonest(Matter.objects.filter(holder__in=seats, state=LYING), "due")
    mine, soon = soonest(Matter.objects.filter(handler=account, state=TAKEN, holder__in=seats), "due")
    queue = reverse("matters")
    return [
        Task(_("Matters to be taken in hand"), lying, f"{queue}?state=lying",
             _("Each goes to the level above by itself once its day has passed."),
             first is not None and first < today, first),
        Task(_("Matters in your hands"), mine, f"{queue}?state=taken&hands=1",
             _("Say what was done; the asker confirms it."), soon is not None and soon < today, soon),
        Task(_("Call-backs drawn for your township"), calling.waiting(seats).count(), reverse("matter_calls"),
             _("Ask whether it is fixed. Whoever handled a matter does not call.")),
    ]  # fmt: skip
