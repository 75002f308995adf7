"""What waits in the public notices: lists to be laid open, objections to be acknowledged, looked into, reassigned."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.naming.models import NamingList
from baolei.notices import doors, own
from baolei.notices.actions import PHASE
from baolei.notices.models import Objection, Posting
from baolei.organisations.doors import writing_scope
from baolei.people.models import Account
from baolei.people.tasks import Task
from baolei.rounds import doors as round_doors
from baolei.rounds.models import Round


def tasks(account: Account, today: date) -> list[Task]:
    """What waits for somebody as the leader of a round, and as the one who looks into an objection."""
    return [*_led(account, today), *_looked_into(account, today), *_own(account, today)]


def _led(account: Account, today: date) -> list[Task]:
    writing = writing_scope(account, today)
    found: list[Task] = []
    for this in Round.objects.running().filter(naming__isnull=False):
        if not round_doors.leads(writing, this):
            continue
        page = reverse("objections", args=[this.pk])
        opens = this.phase == PHASE and NamingList.objects.filter(round=this, posting=None, lines__listed=True).exists()
        mine = Objection.objects.filter(posting__list__round=this)
        found += [
            Task(_("Lists to be laid open"), int(opens), page),
            _task(_("Objections to be acknowledged"), mine.filter(state="received"), page, today),
            _task(_("Objections that nobody has answered in time: have another look into them"),
                  mine.filter(Q(state="overdue") | Q(state="appealed", appeal_handler=None)), page, today),
        ]  # fmt: skip
    return found


def _looked_into(account: Account, today: date) -> list[Task]:
    mine = Objection.objects.filter(
        Q(handler=account, state="handling") | Q(appeal_handler=account, state="appealed")
    ).select_related("posting__list")
    first = mine.order_by("due").first()
    page = reverse("objections", args=[first.posting.list.round_id]) if first else ""
    return [_task(_("Objections that you look into"), mine, page, today)]


def _own(account: Account, today: date) -> list[Task]:
    """What a branch may do about its own name: object, and appeal against the answer."""
    writing = writing_scope(account, today)
    if not writing.organisations:
        return []
    found: list[Task] = []
    held = doors.held(writing)
    for posting in Posting.objects.filter(list__adopted_on=None, list__round__ended_at=None).select_related(
        "list__round"
    ):
        page = reverse("objections", args=[posting.list.round_id])
        days = [own.days_for(one, posting).last for one in own.lines_of(held, posting.list.round)
                if own.may_object(one, posting, today)]  # fmt: skip
        found.append(Task(_("Your branches that are not on the list: they may object"), len(days), page,
                          due=min(days, default=None)))  # fmt: skip
        answered = Objection.objects.filter(posting=posting, own=True, state="answered", appeal_by__gte=today,
                                            line__declaration__organisation__in=held)  # fmt: skip
        found.append(
            _task(_("Answers to objections of your branches: read them; you may appeal"), answered, page, today)
        )
    return found


def _task(title: str, found: Any, page: str, today: date) -> Task:
    due = found.aggregate(first=Min("due"))["first"]
    return Task(title, found.count(), page, urgent=bool(due and due < today), due=due)
