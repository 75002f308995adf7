"""What waits in the reviews: late, due soon, passed upward to me, and the rest."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.declarations.doors import declarations
from baolei.organisations.doors import Scope, writing_scope
from baolei.people.models import Account
from baolei.people.tasks import Task, by_kind
from baolei.reviews import doors
from baolei.reviews.models import Step
from baolei.warehouse.rulebook import review, workdays


def tasks(account: Account, today: date) -> list[Task]:
    """The steps that wait for somebody; a reminder from so many working days before they are due."""
    page = reverse("reviews")
    told = _counted(account, today)
    (near, near_due), (upward, upward_due), (later, later_due) = told["near"], told["upward"], told["later"]
    return [
        Task(_("Reviews past their day"), told["late"][0], f"{page}?which=late",
             _("Left any longer they pass to the level above."), True),
        Task(_("Reviews due within days"), near, page, due=near_due),
        Task(_("Reviews passed upward to you because they were late"), upward, page, due=upward_due),
        Task(_("Reviews that wait for you"), later, page, due=later_due),
        *_returned(account, today),
    ]  # fmt: skip


def _counted(account: Account, today: date) -> dict[str, tuple[int, date | None]]:
    """How many steps wait for somebody and when the first is due, by how near that is."""
    soon = workdays().after(today, max(review().reminders, default=0))
    upward = Q(state="escalated")
    kinds = {"late": Q(due__lt=today), "near": Q(due__range=(today, soon)) & ~upward,
             "upward": upward & Q(due__gte=today), "later": Q(due__gt=soon) & ~upward}  # fmt: skip
    return by_kind(doors.waiting(account, today), "due", kinds)


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
