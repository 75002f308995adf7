"""What waits in the reviews: late, due soon, passed upward to me, and the rest."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Min, Q
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
    told = _counted(account, today)
    return [
        Task(_("Reviews past their day"), told["late"], f"{page}?which=late",
             _("Left any longer they pass to the level above."), True),
        Task(_("Reviews due within days"), told["near"], page, due=told["near_due"]),
        Task(_("Reviews passed upward to you because they were late"), told["upward"], page, due=told["upward_due"]),
        Task(_("Reviews that wait for you"), told["later"], page, due=told["later_due"]),
        *_returned(account, today),
    ]  # fmt: skip


def _counted(account: Account, today: date) -> dict[str, Any]:
    """How many steps wait for somebody and when the first is due, by how near that is; in one question."""
    soon = workdays().after(today, max(review().reminders, default=0))
    upward = Q(state="escalated")
    kinds = {"late": Q(due__lt=today), "near": Q(due__range=(today, soon)) & ~upward,
             "upward": upward & Q(due__gte=today), "later": Q(due__gt=soon) & ~upward}  # fmt: skip
    numbers = {kind: Count("pk", filter=which) for kind, which in kinds.items()}
    first = {f"{kind}_due": Min("due", filter=which) for kind, which in kinds.items()}
    told: dict[str, Any] = doors.waiting(account, today).order_by().aggregate(**numbers, **first)
    return told


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
