"""What waits in the public notices: objections by their clocks, for whoever looks into one and whoever leads the round;
a list to be laid open.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.naming.models import NamingList
from baolei.notices import doors, own
from baolei.notices.actions import PHASE
from baolei.notices.models import Objection, Posting
from baolei.organisations.doors import Scope
from baolei.people.models import Account
from baolei.people.tasks import Task, soonest
from baolei.programme.notice import UPHELD
from baolei.rounds import doors as round_doors


def tasks(account: Account, writing: Scope, today: date, *, leads: bool = True) -> list[Task]:
    """An objection waits for the one person who looks into it; what has nobody yet, for those who lead the round."""
    handled = Q(handler=account, state="handling") | Q(appeal_handler=account, state="appealed")
    mine = _task(_("Objections you look into"), Objection.objects.filter(handled), today,
                 _("Answer with a reason; who raised it is open to you alone."))  # fmt: skip
    if not (writing.units and leads):
        return [mine, *_of_branch(writing, today)]
    led = round_doors.own(writing)
    open_ones = Objection.objects.filter(posting__list__round__in=led)
    orphaned = Q(state="overdue") | Q(state="appealed", appeal_handler=None)
    return [
        mine,
        _task(_("Objections received"), open_ones.filter(state="received"), today,
              _("Acknowledge them, so that somebody independent looks into them; or pass them on.")),
        _task(_("Objections that nobody looks into"), open_ones.filter(orphaned), today,
              _("The clock has run out, or nobody was found: have another person chosen.")),
        *_unposted(led, today), *_of_branch(writing, today),
    ]  # fmt: skip


def _task(title: str, found: Any, today: date, note: str) -> Task:
    """Some objections as a task that leads to the one that is due first."""
    number, due = soonest(found, "due")
    if not number:
        return Task(title, 0, "")
    first = found.order_by("due", "pk").values_list("pk", flat=True)[0]
    return Task(title, number, reverse("objection", args=[first]), note, due is not None and due < today, due)


def _of_branch(writing: Scope, today: date) -> list[Task]:
    """What a branch may do about its own name: object while its days run, and appeal against the answer."""
    if not writing.organisations:
        return []
    held, until, waiting = doors.held(writing), list[tuple[date, int]](), 0
    running = Posting.objects.filter(list__adopted_on=None, list__round__ended_at=None)
    for posting in running.select_related("list__round"):
        days = [own.days_for(line, posting).last for line in own.lines_of(held, posting.list.round)
                if own.may_object(line, posting, today)]  # fmt: skip
        waiting += len(days)
        until += [(day, posting.list.round_id) for day in days]
    due, this = min(until) if until else (None, 0)
    answered = doors.of_branches(writing).filter(state="answered", appeal_by__gte=today).exclude(outcome=UPHELD)
    return [
        Task(_("Your branches that are not on the list"), waiting, reverse("objections", args=[this]) if this else "",
             _("Read why; the branch may object until its days are over."), due=due),
        _task(_("Answers to objections of your branches"), answered, today,
              _("Read what was found; the branch may appeal to the level above.")),
    ]  # fmt: skip


def _unposted(led: Any, today: date) -> list[Task]:
    waiting = NamingList.objects.filter(
        round__in=led.filter(phase=PHASE), posting=None, round__spans__phase=F("round__phase")
    )
    found = sorted(waiting.values_list("round__spans__ends", "round"))
    if not found:
        return []
    due, this = found[0]
    return [
        Task(_("Lists to be laid open"), len(found), reverse("objections", args=[this]),
             _("Everybody sees it then, and may object while its days run."), due < today, due)
    ]  # fmt: skip
