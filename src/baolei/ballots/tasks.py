"""What waits in the paper ballots: piles that one person has counted, and those on which two differ."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.ballots import doors, listing
from baolei.ballots.counted import OUT
from baolei.ballots.models import Pile
from baolei.organisations.doors import writing_scope
from baolei.people.models import Account
from baolei.people.tasks import Task
from baolei.programme.piles import PHASE
from baolei.rounds.models import Round, Span


def tasks(account: Account, today: date) -> list[Task]:
    """The piles begun by others, while ballots are collected, that this person may enter next."""
    writing = writing_scope(account, today)
    if not writing.units:
        return []
    found: list[Task] = []
    by_me = Pile.objects.filter(declaration=OuterRef("declaration"), source=OuterRef("source"), by=account)
    for this in Round.objects.filter(phase=PHASE):
        mine = doors.counted_by(writing).filter(round=this).exclude(state__in=OUT).order_by()
        until = Span.objects.filter(round=this, phase=PHASE).values_list("ends", flat=True).first()
        for which, title in (
            (listing.ONE, _("Piles of ballots that wait for a second person")),
            (listing.DIFFERS, _("Piles of ballots on which two people differ")),
        ):
            wait = listing.standing_so(which).filter(~Exists(by_me), declaration__in=mine.values("pk"))
            page = f"{reverse('piles', args=[this.pk])}?which={which}"
            found.append(Task(title, wait.count(), page, due=until))
    return found
