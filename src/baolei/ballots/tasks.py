"""What waits in the ballots: piles that another person has counted, for whoever may count them again; votes in which a
member may take a token.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.ballots import doors, electors, listing
from baolei.ballots.models import Pile
from baolei.organisations.doors import Scope
from baolei.people.models import Account
from baolei.people.tasks import Task, soonest
from baolei.programme import declaration as rules
from baolei.programme import piles
from baolei.urn.store import ISSUE


def tasks(account: Account, writing: Scope, today: date) -> list[Task]:
    """Piles counted once, or counted twice and differently: only for who has not counted them, nor handed in what they
    are about. And votes in which this account may take a token.
    """
    mine = _to_take(account)
    if not writing.units:
        return mine
    return [
        *mine,
        _task(account, writing, today, listing.ONE, _("Piles of paper ballots that wait for a second count"),
              _("Count them as if nobody had: what the first person found is not shown.")),
        _task(account, writing, today, listing.DIFFERS, _("Piles on which two counts differ"),
              _("A third person counts again; two that agree settle it.")),
    ]  # fmt: skip


def _to_take(account: Account) -> list[Task]:
    """Votes in which somebody may still take a token."""
    found = electors.polls_of(account).filter(phase=ISSUE, declaration__round__spans__phase=piles.PHASE)
    number, due = soonest(found.exclude(issued__account=account), "declaration__round__spans__ends")
    return [Task(_("Votes in which you may take a token"), number, reverse("my_ballots"),
                 _("Tokens are taken before the casting begins."), due=due)]  # fmt: skip


def _task(account: Account, writing: Scope, today: date, which: str, title: str, note: str) -> Task:
    about = doors.counted_by(writing).filter(
        round__phase=piles.PHASE, round__ended_at=None, state=rules.SUBMITTED
    ).exclude(submitted_by=account)  # fmt: skip
    looked = Pile.objects.filter(declaration=OuterRef("declaration"), source=OuterRef("source"), by=account)
    found = listing.standing_so(which).filter(
        ~Exists(looked), Q(declaration__round__spans__phase=F("declaration__round__phase")),
        declaration__in=about.order_by().values("pk"),
    )  # fmt: skip
    rows = list(
        found.order_by().values_list("declaration__round__spans__ends", "declaration__round").annotate(Count("pk"))
    )
    if not rows:
        return Task(title, 0, "")
    due, nearest, _number = min(rows)
    url = f"{reverse('piles', args=[nearest])}?which={which}"
    return Task(title, sum(row[2] for row in rows), url, note, due < today, due)
