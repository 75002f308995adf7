"""What waits in the triage: situations to be decided, classes that wait for a second person; for a branch, what was
raised of it and not answered yet.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.declarations.doors import answered_for
from baolei.organisations.doors import Scope, organisations
from baolei.people.models import Account
from baolei.people.tasks import Task
from baolei.triage.models import Candidate, Sorted


def tasks(account: Account, writing: Scope, today: date) -> list[Task]:
    """What this person decides of the branches below, and answers for the own one."""
    if not (writing.units or writing.organisations):
        return []
    return [*_to_decide(account, writing), *_to_answer(writing, today)]


def _to_decide(account: Account, writing: Scope) -> list[Task]:
    below = answered_for(writing).filter(round__ended_at=None).order_by().values("pk")
    raised = Candidate.objects.filter(declaration__in=below, state=Candidate.RAISED)
    asked = Sorted.objects.filter(declaration__in=below, decided="").exclude(asked="").exclude(decided_by=account)
    number, this = _first(raised, "declaration__round")
    waiting, one = _first(asked, "pk")
    return [
        Task(_("Candidates for rectification to be decided"), number,
             f"{reverse('triage', args=[this])}?state={Candidate.RAISED}" if number else "",
             _("Read the figures and the branch's answer; confirm or dismiss, with a reason.")),
        Task(_("Classes of branches that wait for a second person"), waiting,
             reverse("sorted", args=[one]) if waiting else "",
             _("Somebody else put forward another class than the criteria: it counts once you agree.")),
    ]  # fmt: skip


def _to_answer(writing: Scope, today: date) -> list[Task]:
    if not writing.organisations:
        return []
    own = organisations(Scope(today, (), writing.organisations)).filter(path__in=writing.organisations)
    mine = Candidate.objects.filter(
        declaration__organisation__in=own.values("organisation"), declaration__round__ended_at=None,
        state=Candidate.RAISED, answer="",
    )  # fmt: skip
    number, this = _first(mine, "pk")
    where = Sorted.objects.filter(sorting__candidates=this, declaration__candidates=this) if number else None
    return [
        Task(_("Situations raised of your branch, not answered yet"), number,
             reverse("sorted", args=[where.values_list("pk", flat=True)[0]]) if where else "",
             _("Nothing is decided yet: say what the figures do not say."))
    ]  # fmt: skip


def _first(found: Any, column: str) -> tuple[int, int]:
    told = found.order_by().aggregate(number=Count("pk"), first=Min(column))
    return told["number"], told["first"]
