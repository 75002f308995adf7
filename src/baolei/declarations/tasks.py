"""What waits in the declarations: those of one's own branches that are to be handed in, and by when."""

from __future__ import annotations

from datetime import date

from django.db.models import Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.declarations.actions import BEFORE_THE_FREEZE
from baolei.declarations.doors import declarations
from baolei.organisations.doors import Scope, writing_scope
from baolei.people.models import Account
from baolei.people.tasks import Task
from baolei.programme import declaration as rules


def tasks(account: Account, today: date) -> list[Task]:
    """The declarations that somebody fills in and has not handed in, while their round still takes them."""
    held = writing_scope(account, today).organisations
    if not held:
        return []
    own = declarations(Scope(today, (), held)).filter(
        state__in=(rules.OPEN, rules.RETURNED), round__phase__in=BEFORE_THE_FREEZE, round__ended_at=None
    )
    first = own.order_by("round__opened_at", "path", "pk").first()
    if first is None:
        return []
    last = own.aggregate(last=Min("round__spans__ends", filter=Q(round__spans__phase=BEFORE_THE_FREEZE[-1])))["last"]
    number = own.count()
    many = reverse("declarations", args=[first.round_id])
    url = many if number > 1 else reverse("declaration", args=[first.pk])
    return [Task(_("Declarations to be handed in"), number, url,
                 _("Filled with what the house knows already; what is not handed in before the freeze lapses."),
                 bool(last and last < today), last)]  # fmt: skip
