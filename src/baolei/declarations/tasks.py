"""What waits in the declarations: those of one's own that are to be filled in, and those that came back before the
freeze. What is returned later, in a review, the room of reviews says.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.declarations import doors
from baolei.declarations.actions import BEFORE_THE_FREEZE
from baolei.organisations.doors import Scope
from baolei.people.tasks import Task
from baolei.programme import declaration as rules

PHASE = "self_assessment"
"""The phase by whose last day a branch hands in; until the freeze a late one is still taken."""


def tasks(writing: Scope, today: date) -> list[Task]:
    """The declarations that whoever fills them in has still to hand in, in one question, and in another what branches
    call not right.
    """
    answers = [_disputes(writing)] if writing.units or writing.organisations else []
    if not writing.organisations:
        return answers
    mine = doors.declarations(Scope(today, (), writing.organisations)).filter(
        state__in=(rules.OPEN, rules.RETURNED), round__phase__in=BEFORE_THE_FREEZE, round__ended_at=None,
        round__spans__phase=PHASE,
    )  # fmt: skip
    rows = list(
        mine.order_by().values("state", "round", "round__spans__ends").annotate(number=Count("pk"), first=Min("pk"))
    )
    back = [row for row in rows if row["state"] == rules.RETURNED]
    return [
        *answers,
        _task(_("Declarations that came back to be amended"), back, today,
              _("Amend the items that are named and hand in again; what is not handed in by the freeze lapses.")),
        _task(_("Declarations to be filled in and handed in"), [row for row in rows if row not in back], today,
              _("What the house knows stands there already; whoever does not take part withdraws, without a loss.")),
    ]  # fmt: skip


def _task(title: str, rows: Sequence[dict[str, Any]], today: date, note: str) -> Task:
    """One kind of them as a task: to the declaration itself where there is one, else to the list of its round."""
    number, due = sum(row["number"] for row in rows), min((row["round__spans__ends"] for row in rows), default=None)
    nearest = next((row for row in rows if row["round__spans__ends"] == due), None)
    if nearest is None:
        return Task(title, 0, "")
    if number == 1:
        url = reverse("declaration", args=[nearest["first"]])
    else:
        url = f"{reverse('declarations', args=[nearest['round']])}?state={nearest['state']}"
    return Task(title, number, url, note, due is not None and due < today, due)


def _disputes(writing: Scope) -> Task:
    """What branches below call not right, until somebody has answered."""
    number = doors.disputes_to_answer(writing).count()
    return Task(_("Facts that branches call not right"), number, reverse("disputes"),
                _("Look at the rows, and answer with the reason."))  # fmt: skip
