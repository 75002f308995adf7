"""What waits for inspectors: the visits drawn where they inspect, but for second looks at what they visited."""

from __future__ import annotations

from datetime import date

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.people.models import Account
from baolei.people.tasks import Task
from baolei.rounds.models import Round, Span
from baolei.scores import doors
from baolei.scores.models import Visit
from baolei.warehouse.rulebook import visits as rules

PHASE = "visits"
"""The phase of a round by whose last day visits are made."""


def tasks(account: Account, today: date) -> list[Task]:
    """The visits to be made, by round; a second look at what somebody visited is not theirs."""
    if not doors.inspects(account, today):
        return []
    waiting = Visit.objects.filter(
        doors.mine(account, today), on=None, declaration__round__ended_at=None,
        declaration__round__phase__in=rules().second_looks,
    ).exclude(declaration__visits__by=account)  # fmt: skip
    counts = dict(waiting.order_by().values_list("declaration__round").annotate(Count("pk")))
    ends = dict(Span.objects.filter(round__in=counts, phase=PHASE).values_list("round", "ends"))
    return [
        Task(_("%(round)s: branches to visit") % {"round": this.name}, counts[this.pk],
             f"{reverse('visits', args=[this.pk])}?which=open",
             _("Open each sheet once while there is a connection: it can then be filled in without one."),
             bool(ends.get(this.pk)) and ends[this.pk] < today, ends.get(this.pk))
        for this in Round.objects.filter(pk__in=counts).order_by("pk")
    ]  # fmt: skip
