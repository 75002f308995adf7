"""What waits in the lists: what a second person has to agree to, a list to be drawn up or adopted; for a branch, the
title that somebody proposes to withdraw.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Count, F, Min
from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.naming import doors
from baolei.naming.models import Line
from baolei.organisations.doors import Scope
from baolei.people.models import Account
from baolei.people.tasks import Task
from baolei.programme import titles
from baolei.rounds import doors as round_doors

NOTICE, NAMING = "notice", "naming"


def tasks(account: Account, writing: Scope, today: date, *, leads: bool = True) -> list[Task]:
    """What this person has to decide on the lists of the own unit's rounds, where they lead one, and to answer for the
    own branches.
    """
    return [*(_of_leader(account, writing, today) if leads else ()), *_of_branch(writing, today)]


def _of_leader(account: Account, writing: Scope, today: date) -> list[Task]:
    if not writing.units:
        return []
    mine = round_doors.own(writing)
    proposed = Line.objects.filter(list__round__in=mine, list__adopted_on=None).exclude(proposed="")
    waiting = proposed.exclude(proposed_by=account).aggregate(number=Count("pk"), first=Min("pk"))
    at = mine.filter(spans__phase=F("phase")).values_list("spans__ends", "pk").order_by("spans__ends")
    undrawn = list(at.filter(phase=NOTICE, naming=None))
    unadopted = list(at.filter(phase=NAMING, naming__adopted_on=None))
    return [
        Task(_("Names on a list that wait for a second person"), waiting["number"],
             reverse("naming_line", args=[waiting["first"]]) if waiting["number"] else "",
             _("Somebody else proposes to strike or to add them: it counts once you agree.")),
        _task(_("Lists to be drawn up"), undrawn, today, _("Before it is laid open, a list is drawn up from a run.")),
        _task(_("Lists to be adopted"), unadopted, today, _("Enter the number of the naming document.")),
    ]  # fmt: skip


def _task(title: str, found: list[tuple[date, int]], today: date, note: str) -> Task:
    if not found:
        return Task(title, 0, "")
    due, nearest = found[0]
    return Task(title, len(found), reverse("naming_list", args=[nearest]), note, due < today, due)


def _of_branch(writing: Scope, today: date) -> list[Task]:
    if not writing.organisations:
        return []
    own = doors.titles(Scope(today, (), writing.organisations)).filter(state=titles.WITHDRAWING, answer="")
    found = own.order_by().aggregate(number=Count("pk"), first=Min("pk"))
    return [
        Task(_("Titles that are to be withdrawn, and not answered yet"), found["number"],
             reverse("title", args=[found["first"]]) if found["number"] else "",
             _("Read why, and say what the branch has to say before it is decided."))
    ]  # fmt: skip
