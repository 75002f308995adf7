"""What waits in rectification: reports and applications of a branch; lists to be set, checks and acceptances of those
above it; look-backs. It reminds and decides nothing.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.people.models import Account
from baolei.people.tasks import Task, soonest
from baolei.programme.rectification import (
    ACCEPTED,
    APPLIED,
    BRANCH,
    CHECKED,
    COUNTY,
    OPENED,
    TOWNSHIP,
    UNDER_WAY,
    report_by,
)
from baolei.rectification import doors, tables
from baolei.rectification.models import Case
from baolei.warehouse.rulebook import rectification, workdays


def tasks(account: Account, today: date) -> list[Task]:
    """What this person does as branch, township or county."""
    roles = {one.role for one in account.in_force(today)}
    stands = {who for who, held in rectification().who.items() if roles & set(held)}
    found: list[Task] = []
    if BRANCH in stands:
        found += _of_branch(account, today)
    if TOWNSHIP in stands:
        found += [
            _task(_mine(account, TOWNSHIP, today, OPENED), today, OPENED, _("Lists of cases to be drawn up"),
                  _("Problems, measures, who answers by when; the linked persons. Then set the lists.")),
            _task(_mine(account, TOWNSHIP, today, APPLIED), today, APPLIED, _("Cases to be checked item by item"),
                  _("Look at each problem on the spot; send back what is not mended.")),
        ]  # fmt: skip
    if COUNTY in stands:
        late_look = _mine(account, COUNTY, today, ACCEPTED).filter(due__lte=today)
        found += [
            _task(_mine(account, COUNTY, today, CHECKED), today, CHECKED, _("Cases to be accepted"),
                  _("The township has found each problem mended; another person than the checker accepts.")),
            _task(late_look, today, ACCEPTED, _("Cases to be looked back on"),
                  _("A year is over: close the case, or open it again with what has come back.")),
        ]  # fmt: skip
    return found


def _mine(account: Account, who: str, today: date, state: str) -> Any:
    held = doors.held(account, who, today).values("organisation")
    return Case.objects.filter(organisation__in=held, state=state)


def _task(found: Any, today: date, state: str, title: str, note: str) -> Task:
    number, due = soonest(found, "due")
    return Task(title, number, f"{reverse('rectification_ledger')}?state={state}" if number else "", note,
                due is not None and due < today, due)  # fmt: skip


def _of_branch(account: Account, today: date) -> list[Task]:
    going = list(_mine(account, BRANCH, today, UNDER_WAY).order_by("pk"))
    owed = tables.owed_by(going, today)
    months = [month for found in owed.values() for month in found]
    first = next((pk for pk, found in owed.items() if found), 0)
    due = report_by(min(months), rectification(), workdays()) if months else None
    return [
        Task(_("Monthly reports of your case of rectification"), len(months),
             reverse("on_case", args=[first, "report"]) if first else "",
             _("One line, or none where nothing has changed."), due is not None and due < today, due)
    ]  # fmt: skip
