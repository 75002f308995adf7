"""What waits for somebody: the shape in which every room says it, gathered on the page of the day.

Counted from the records whenever the page is opened and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.people.models import Account

SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Task:
    """So many things of one kind that wait for whoever reads this, and where to do them.

    `urgent` where a day has passed; `due` the nearest day.
    """

    title: str
    count: int
    url: str
    note: str = ""
    urgent: bool = False
    due: date | None = None


def soonest(found: Any, day: str) -> tuple[int, date | None]:
    """How many rows, and the first of their days in a column; one question."""
    told = found.order_by().aggregate(number=Count("pk"), first=Min(day))
    return told["number"], told["first"]


def by_kind(found: Any, day: str, kinds: Mapping[str, Q]) -> dict[str, tuple[int, date | None]]:
    """The same for each kind of rows, told apart by a condition; one question for all kinds."""
    numbers = {f"{kind}_number": Count("pk", filter=which) for kind, which in kinds.items()}
    first = {f"{kind}_first": Min(day, filter=which) for kind, which in kinds.items()}
    told = found.order_by().aggregate(**numbers, **first)
    return {kind: (told[f"{kind}_number"], told[f"{kind}_first"]) for kind in kinds}


def in_order(found: Iterable[Task]) -> list[Task]:
    """Those that count something, the urgent first, then by their nearest day."""
    return sorted((task for task in found if task.count), key=lambda task: (not task.urgent, task.due or date.max))


def tasks(account: Account, today: date) -> list[Task]:
    """What waits for somebody as the holder of mandates: those of one's own that end soon."""
    ending = [one.until for one in account.in_force(today) if one.until and one.until <= today + SOON]
    return [
        Task(_("Mandates of yours that end within thirty days"), len(ending), f"{reverse('today')}#mandates",
             _("Ask whoever gives them for new ones in time; what they open closes after their last day."),
             due=min(ending, default=None))
    ]  # fmt: skip
