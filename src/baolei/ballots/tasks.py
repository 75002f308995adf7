"""What waits in the ballots: piles that another person has counted, for whoever may count them again; of the polls what
townships have to print, to take and to see to, and what whoever leads the round has to; words, for whoever looks them
through; votes in which a member may take a token.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, Sum
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.ballots import doors, electors, listing, polling, printing, remarks
from baolei.ballots.counted import OUT
from baolei.ballots.doors import TOWNSHIP
from baolei.ballots.models import Panellist, Pile, Poll, Printing, Publication, Sealing, Turnout
from baolei.declarations.actions import BEFORE_THE_FREEZE
from baolei.organisations.doors import Scope
from baolei.paths import at_or_below
from baolei.people.models import Account
from baolei.people.tasks import Task, soonest
from baolei.programme import declaration as rules
from baolei.programme import piles
from baolei.programme.phases import PLANNED
from baolei.rounds import doors as round_doors
from baolei.urn.store import ISSUE, SEALED, SET_UP

SOON = timedelta(days=3)
"""So long before the last day of the casting too few ballots are a task."""


def tasks(account: Account, writing: Scope, today: date, *, leads: bool = True) -> list[Task]:
    """Piles counted once, or counted twice and differently: only for who has not counted them, nor handed in what they
    are about. And votes in which this account may take a token, branches that it rates on a panel; for who leads a
    round, what its polls ask.
    """
    mine = [*_to_take(account), *_to_rate(account)]
    if not writing.units:
        return mine
    return [
        *mine,
        *(_to_publish(writing) if leads else ()), _words(writing),
        _task(account, writing, today, listing.ONE, _("Piles of paper ballots that wait for a second count"),
              _("Count them as if nobody had: what the first person found is not shown.")),
        _task(account, writing, today, listing.DIFFERS, _("Piles on which two counts differ"),
              _("A third person counts again; two that agree settle it.")),
        *_of_townships(account, writing, today), *(_of_leaders(writing, today) if leads else ()),
    ]  # fmt: skip


# ---- polls ----


def _of_townships(account: Account, writing: Scope, today: date) -> list[Task]:
    """Slips to be printed, files to be taken, casting that ends soon with too few ballots."""
    towns = [path for path in writing.units if len(path) >= TOWNSHIP]
    files = doors.printings(writing).filter(state=Printing.READY)
    files = files.filter(Q(asked_by=account) | Q(path__in=towns)).order_by("made_at")
    first = files.first()
    page = reverse("printings", args=[first.round_id]) if first else ""
    return [
        _to_print(towns),
        Task(_("Files of slips to be taken"), files.count(), page,
             _("Each is handed out once, and deleted a day after it was made."), bool(first),
             localdate(first.made_at + printing.STANDS) if first else None),
        _too_few(Turnout.objects.filter(path__in=towns), today),
    ]  # fmt: skip


def _to_print(towns: list[str]) -> Task:
    held = Q(pk__in=())
    for path in towns:
        held |= at_or_below(path, "declaration__path")
    found = Poll.objects.filter(held, phase=SET_UP, people__gt=0, declaration__round__phase__in=BEFORE_THE_FREEZE)
    found = found.exclude(declaration__state__in=OUT).order_by()
    rows = list(found.values_list("declaration__round").annotate(Count("pk")))
    url = reverse("polls", args=[rows[0][0]]) if rows else ""
    return Task(_("Polls whose slips are to be printed"), sum(number for _round, number in rows), url)


def _too_few(found: Any, today: date) -> Task:
    """Polls with fewer ballots than they need, as they were counted last, in rounds whose casting ends soon."""
    rows = list(
        found.filter(low__gt=0, round__phase=piles.PHASE, round__spans__phase=piles.PHASE,
                     round__spans__ends__range=(today, today + SOON))
        .order_by().values_list("round__spans__ends", "round").annotate(Sum("low"))
    )  # fmt: skip
    title = _("Polls that end soon with too few ballots")
    if not rows:
        return Task(title, 0, "")
    due, nearest, _low = min(rows)
    return Task(title, sum(row[2] for row in rows), reverse("turnout", args=[nearest]),
                _("Hand out the slips that are left, or have more printed for the households that are next."), False,
                due)  # fmt: skip


def _of_leaders(writing: Scope, today: date) -> list[Task]:
    """Of the rounds of the own unit: casting to begin, too few ballots, a seal that failed."""
    mine = round_doors.own(writing)
    begin = list(mine.filter(phase=piles.PHASE, pk__in=_that_can_begin()).values_list("pk", flat=True))
    failed = list(Sealing.objects.filter(round__in=mine, state=Sealing.FAILED).values_list("round", flat=True))
    wide = [path for path in writing.units if len(path) < TOWNSHIP]
    return [
        Task(_("Rounds whose casting can begin"), len(begin), _polls(begin),
             _("Slips or tokens are given out. On the first day of the phase the casting begins by itself.")),
        Task(_("Rounds whose polls could not be sealed"), len(failed), _polls(failed),
             _("The page of the polls says why; end the casting once more, and it is sealed from where it stopped."),
             True),
        _too_few(Turnout.objects.filter(path__in=wide, round__in=mine, round__path=F("path")), today),
    ]  # fmt: skip


def _that_can_begin() -> Any:
    return polling.can_begin(Poll.objects.all()).order_by().values("declaration__round")


def _polls(rounds: list[int]) -> str:
    return reverse("polls", args=[rounds[0]]) if rounds else ""


# ---- piles ----


def _to_take(account: Account) -> list[Task]:
    """Votes in which somebody may still take a token."""
    found = electors.polls_of(account).filter(phase=ISSUE, declaration__round__spans__phase=piles.PHASE)
    number, due = soonest(found.exclude(issued__account=account), "declaration__round__spans__ends")
    return [Task(_("Votes in which you may take a token"), number, reverse("my_ballots"),
                 _("Tokens are taken before the casting begins."), due=due)]  # fmt: skip


def _to_rate(account: Account) -> list[Task]:
    """The branches that I am to rate, as one of a panel."""
    mine = Panellist.objects.filter(account=account, handed_in=None, panel__closed_on=None)
    mine = mine.filter(panel__round__phase=piles.PHASE, panel__round__ended_at=None).annotate(number=Count("ratings"))
    return [
        Task(_("Branches to be rated, in the panel of society"), one.number, reverse("rate", args=[one.pk]),
             _("Your ratings carry your name for those who run the round.")) for one in mine
    ]  # fmt: skip


def _to_publish(writing: Scope) -> list[Task]:
    """Rounds of one's own unit whose totals are not published."""
    told = Publication.objects.exclude(state=Publication.FAILED).values("round")
    polled = Poll.objects.filter(phase=SEALED, declaration__round=OuterRef("pk"))
    rounds = list(round_doors.own(writing).exclude(phase__in=(PLANNED, *BEFORE_THE_FREEZE)).exclude(pk__in=told)
                  .filter(Exists(polled)).order_by("pk"))  # fmt: skip
    return [
        Task(_("Rounds whose polls are sealed and not published"), len(rounds),
             reverse("poll_results", args=[rounds[0].pk]) if rounds else "",
             _("Publish the totals, once; scoring does not wait for it."))
    ]  # fmt: skip


def _words(writing: Scope) -> Task:
    """Words on ballots that wait for somebody."""
    told = remarks.waiting(writing).order_by().aggregate(number=Count("pk"), first=Min("poll__declaration__round"))
    return Task(_("Words on ballots that wait for somebody to look through them"), told["number"],
                reverse("remarks", args=[told["first"]]) if told["number"] else "",
                _("Let through what tells of nobody; keep the rest back, with a reason."))  # fmt: skip


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
