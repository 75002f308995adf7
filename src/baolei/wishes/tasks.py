"""What waits in the room of wishes: at the desk of a community, for a branch, for a member with something in hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.organisations import doors as tree_doors
from baolei.organisations.doors import Scope
from baolei.people.models import Account
from baolei.people.tasks import Task, soonest
from baolei.programme import wishes as rules
from baolei.wishes import doors
from baolei.wishes.models import Claim, Deed, Pairing, Wish

SOON = timedelta(days=7)


def tasks(account: Account, writing: Scope, today: date) -> list[Task]:
    """What this person has to see to."""
    return [*_of_member(account, today), *_of_desk(writing, today), *_of_branch(writing, today)]


def _of_member(account: Account, today: date) -> list[Task]:
    held = doors.registration_of(account)
    if held is None:
        return []
    number, due = soonest(Wish.objects.filter(claims__registration=held, claims__state=Claim.OPEN), "due")
    return [Task(_("Small wishes that you have taken up"), number, reverse("my_wishes"),
                 _("Do them, or give them back; the receiver confirms."), due is not None and due < today,
                 due)]  # fmt: skip


def _of_desk(writing: Scope, today: date) -> list[Task]:
    if not (writing.units or writing.organisations):
        return []
    here = doors.communities(writing).values("unit")
    wishes = Wish.objects.filter(unit__in=here)
    return [
        _at_desk(wishes.filter(state=rules.FULFILLED), today, "due", _("Small wishes to be confirmed"),
                 _("Ask whoever has the wish, by a call or a visit.")),
        _at_desk(wishes.filter(state=rules.LIT, due__lte=today + SOON), today, "due",
                 _("Small wishes whose term ends within a week"),
                 _("Show them for longer with consent given anew, or let them end.")),
        _at_desk(Pairing.objects.filter(unit__in=here, state=rules.PROPOSED), today, "proposed",
                 _("Pairings with branches to be answered"), _("Agree, or do not; no reason is asked.")),
        _at_desk(Deed.objects.filter(unit__in=here, state=rules.REPORTED), today, "reported",
                 _("Practical deeds to be confirmed"), _("Ask some of those it was for, then confirm.")),
    ]  # fmt: skip


def _at_desk(found: Any, today: date, day: str, title: str, note: str) -> Task:
    """Of several communities the page of the one that waits longest; only a `due` day is a deadline."""
    first = found.order_by(day, "pk").first()
    if first is None:
        return Task(title, 0, "")
    due = first.due if day == "due" else None
    return Task(title, found.count(), reverse("wishes_of_unit", args=[first.unit_id]), note,
                due is not None and due < today, due)  # fmt: skip


def _of_branch(writing: Scope, today: date) -> list[Task]:
    if not writing.organisations:
        return []
    held = tree_doors.organisations(Scope(writing.day, (), writing.organisations)).values("organisation")
    going = Deed.objects.filter(organisation__in=held, state=rules.BEGUN, until__lte=today + SOON)
    first = going.order_by("until", "pk").first()
    return [Task(_("Practical deeds that end within a week"), going.count(),
                 reverse("deed", args=[first.pk]) if first else "", _("Report them done, or give them up and say why."),
                 first is not None and first.until < today, first.until if first else None)]  # fmt: skip
