"""What waits in the ballots: piles that another person has counted, for whoever may count them again; totals not yet
published, for whoever leads a round; words, for whoever looks them through.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.ballots import doors, listing, remarks
from baolei.ballots.models import Pile, Poll, Publication
from baolei.declarations.actions import BEFORE_THE_FREEZE
from baolei.organisations.doors import Scope
from baolei.people.models import Account
from baolei.people.tasks import Task
from baolei.programme import declaration as rules
from baolei.programme import piles
from baolei.programme.phases import PLANNED
from baolei.rounds import doors as round_doors
from baolei.urn.store import SEALED


def tasks(account: Account, writing: Scope, today: date) -> list[Task]:
    """Piles counted once, or counted twice and differently: only for who has not counted them, nor handed in what they
    are about.
    """
    if not writing.units:
        return []
    return [
        *_of_rounds(writing),
        _task(account, writing, today, listing.ONE, _("Piles of paper ballots that wait for a second count"),
              _("Count them as if nobody had: what the first person found is not shown.")),
        _task(account, writing, today, listing.DIFFERS, _("Piles on which two counts differ"),
              _("A third person counts again; two that agree settle it.")),
    ]  # fmt: skip


def _of_rounds(writing: Scope) -> list[Task]:
    """Rounds of one's own unit whose totals are not published; words on ballots that wait for somebody."""
    told = Publication.objects.exclude(state=Publication.FAILED).values("round")
    polled = Poll.objects.filter(phase=SEALED, declaration__round=OuterRef("pk"))
    rounds = list(round_doors.own(writing).exclude(phase__in=(PLANNED, *BEFORE_THE_FREEZE)).exclude(pk__in=told)
                  .filter(Exists(polled)).order_by("pk"))  # fmt: skip
    held = remarks.waiting(writing).order_by()
    first = held.values_list("poll__declaration__round", flat=True).first()
    return [
        Task(_("Rounds whose polls are sealed and not published"), len(rounds),
             reverse("poll_results", args=[rounds[0].pk]) if rounds else "",
             _("Publish the totals, once; scoring does not wait for it.")),
        Task(_("Words on ballots that wait for somebody to look through them"), held.count(),
             reverse("remarks", args=[first]) if first else "",
             _("Let through what tells of nobody; keep the rest back, with a reason.")),
    ]  # fmt: skip


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
