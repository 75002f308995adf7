"""What waits in the organisations: findings that are due, transfers to be taken a step further, terms that end,
mandates to be approved.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from baolei.organisations import doors
from baolei.organisations.appointing import to_approve
from baolei.organisations.doors import Scope
from baolei.organisations.models import Term, Transfer
from baolei.organisations.post_counts import REMINDER, soon
from baolei.people.models import Account
from baolei.people.tasks import SOON, Task, by_kind, soonest
from baolei.programme.organisation.periods import whole_months
from baolei.warehouse.rulebook import setup_rules


def tasks(writing: Scope, today: date) -> list[Task]:
    """What waits for whoever may change these organisations."""
    if not (writing.units or writing.organisations):
        return []
    return [*_findings(writing, today), *_transfers(writing, today), *_terms(writing, today)]


def tasks_of_appointing(account: Account, today: date) -> list[Task]:
    """The mandates that wait for this person's approval."""
    return [
        Task(_("Mandates that wait for your approval"), to_approve(account, today).count(), reverse("waiting"),
             _("They count only once you have approved them; refuse what should not be."))
    ]  # fmt: skip


def terms_ending(scope: Scope, today: date) -> Any:
    """The last terms of the scope's organisations that end within the months in which the rules remind of them."""
    return ending(today).filter(organisation__in=doors.organisations(scope).values("organisation"))


def left(today: date, ends: date) -> str:
    """How long a term still runs, in words."""
    months = whole_months(today, ends)
    if not months:
        return _("less than a month left")
    return ngettext("%(months)d month left", "%(months)d months left", months) % {"months": months}


def ending(today: date) -> Any:
    """The same of all organisations that still stand."""
    later = Term.objects.filter(organisation=OuterRef("organisation"), elected__gt=OuterRef("elected"))
    until = soon(today, setup_rules(today))
    return Term.objects.filter(ends__range=(today, until)).exclude(Exists(later))


def _findings(scope: Scope, today: date) -> list[Task]:
    page = reverse("audit")
    kinds = {"late": Q(due__lt=today), "near": Q(due__range=(today, today + SOON))}
    told = by_kind(doors.findings(scope).open(), "due", kinds)
    near, due = told["near"]
    return [
        Task(_("Findings of the structural audit past their day"), told["late"][0], f"{page}?which=late",
             _("Cure them, or file the approved exception."), True),
        Task(_("Findings due within thirty days"), near, f"{page}?which=soon", due=due),
    ]  # fmt: skip


def _transfers(scope: Scope, today: date) -> list[Task]:
    page = reverse("transfers")
    under_way = doors.transfers(scope).filter(state__in=(Transfer.REQUESTED, Transfer.SENT, Transfer.RECEIVED))
    mine = Q() if scope.whole else Q(source__in=doors.organisations(scope).values("organisation"))
    to_us = Q(to__isnull=False) if scope.whole else Q(to__in=doors.organisations(scope).values("organisation"))
    kinds = {
        "late": Q(state=Transfer.SENT, valid_to__lt=today),
        "coming": to_us & Q(state=Transfer.SENT, valid_to__gte=today),
        "asked": mine & Q(state=Transfer.REQUESTED), "received": mine & Q(state=Transfer.RECEIVED),
    }  # fmt: skip
    told = by_kind(under_way, "valid_to", kinds)
    coming, due = told["coming"]
    return [
        Task(_("Transfers whose letter is out of date"), told["late"][0], f"{page}?which=late",
             _("Ask the other side; receiving still works."), True),
        Task(_("Members to be received"), coming, page, due=due),
        Task(_("Letters of transfer to be sent"), told["asked"][0], page),
        Task(_("Receipts of transfers to be noted"), told["received"][0], page),
    ]  # fmt: skip


def _terms(scope: Scope, today: date) -> list[Task]:
    number, first = soonest(terms_ending(scope, today), "ends")
    months = setup_rules(today).number(REMINDER)
    return [
        Task(_("Terms of office that end within %(months)d months") % {"months": months}, number, reverse("terms"),
             _("Prepare the election in time."), due=first)
    ]  # fmt: skip
