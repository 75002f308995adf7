"""What waits in the declarations: one's own that are still to be filled in and handed in, and until when."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.declarations.actions import BEFORE_THE_FREEZE
from baolei.declarations.doors import declarations
from baolei.organisations.doors import Scope, writing_scope
from baolei.people.models import Account
from baolei.people.tasks import Task
from baolei.programme import declaration as rules
from baolei.rounds.models import Span


def tasks(account: Account, today: date) -> list[Task]:
    """The declarations of one's own branches that are open, each round by itself; red once their phase has passed."""
    writing = writing_scope(account, today)
    if not writing.organisations:
        return []
    own = declarations(Scope(today, (), writing.organisations)).filter(
        state__in=(rules.OPEN, rules.RETURNED), round__phase__in=BEFORE_THE_FREEZE
    )
    first: dict[int, int] = {}
    number: dict[int, int] = {}
    for pk, this in own.order_by("pk").values_list("pk", "round_id"):
        first.setdefault(this, pk)
        number[this] = number.get(this, 0) + 1
    until = dict(Span.objects.filter(round__in=number, phase=BEFORE_THE_FREEZE[0]).values_list("round_id", "ends"))
    return [
        Task(
            _("Declarations to be filled in and handed in"), many, _page(this, first[this], many),
            _("What is not handed in by then may lapse; whoever does not wish to take part withdraws."),
            until[this] < today, until[this],
        )
        for this, many in number.items()
    ]  # fmt: skip


def _page(this: int, first: int, many: int) -> str:
    return reverse("declaration", args=[first]) if many == 1 else reverse("declarations", args=[this])
