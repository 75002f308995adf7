"""What waits in the reviews: late, due soon, passed upward to me, and the rest."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Min
from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.declarations.doors import declarations
from baolei.organisations.doors import Scope, writing_scope
from baolei.people.models import Account
from baolei.people.tasks import Task
from baolei.reviews import doors
from baolei.reviews.models import Step
from baolei.warehouse.rulebook import review, workdays


def tasks(account: Account, today: date) -> list[Task]:
    """The steps that wait for somebody; a reminder from so many working days before they are due."""
    page = reverse("reviews")
    mine = doors.waiting(account, today)
    soon = workdays().after(today, max(review().reminders, default=0))
    late, near = mine.filter(due__lt=today), mine.filter(due__range=(today, soon))
    upward = mine.filter(state="escalated", due__gte=today)
    return [
        Task(_("Reviews past their day"), late.count(), f"{page}?which=late",
             _("Left any longer they pass to the level above."), True),
        Task(_("Reviews due within days"), near.exclude(state="escalated").count(), page, due=_first(near)),
        Task(_("Reviews passed upward to you because they were late"), upward.count(), page, due=_first(upward)),
        Task(_("Reviews that wait for you"), mine.filter(due__gt=soon).exclude(state="escalated").count(), page,
             due=_first(mine.filter(due__gt=soon))),
        *_returned(account, today),
    ]  # fmt: skip


def _first(found: Any) -> date | None:
    first: date | None = found.aggregate(first=Min("due"))["first"]
    return first


def _returned(account: Account, today: date) -> list[Task]:
    """What was returned to one's own branches: they read it on the declaration, this says until when."""
    writing = writing_scope(account, today)
    if not writing.organisations:
        return []
    own = declarations(Scope(today, (), writing.organisations)).filter(state="returned")
    back = Step.objects.filter(declaration__in=own.values("pk"), state="returned", declaration__round__ended_at=None)
    first = back.order_by("due").first()
    url = reverse("declaration", args=[first.declaration_id]) if first else ""
    late = bool(first and first.due < today)
    return [Task(_("Declarations returned to be mended"), back.count(), url,
                 _("Amend the items that are named and hand in again; what is not mended in time lapses."), late,
                 first.due if first else None)]  # fmt: skip
