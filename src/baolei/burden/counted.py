"""What was really filled in, counted from the records: for each form of the house how often in a month, how many boxes,
how many minutes. What is not here is estimated by the register. A room that is built later adds one line to `COUNTED`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, Sum, Value, When
from django.db.models.functions import TruncDate

from baolei.declarations.models import Answer, Declaration
from baolei.dues.models import Collection
from baolei.life.affairs_models import Announcement, BranchTask
from baolei.life.models import Gathering, Quarter
from baolei.organisations.models import Election, QuarterNumbers, Transfer
from baolei.programme.asked import Asking, Burden
from baolei.programme.standard.edition import Item
from baolei.rectification.models import Report
from baolei.rounds.models import Round
from baolei.standards.at_hand import at_hand
from baolei.training.models import TrainingClass
from baolei.warehouse.rulebook import round_rules
from baolei.wishes.models import Deed

CHOSEN = ("yes_no", "graded")
"""Kinds of items that are chosen in one box; the others are counted in two."""

NOTHING = Burden()


@dataclass(frozen=True, slots=True)
class Real:
    """What was filled in, and how many answers were spared, since the records held them."""

    burden: Burden = NOTHING
    spared: int = 0

    def __add__(self, other: Real) -> Real:
        return Real(self.burden + other.burden, self.spared + other.spared)


@dataclass(frozen=True, slots=True)
class Counted:
    """Where what was filled in is on record: its rows (none that were struck), the columns of day and branch, and where
    they are known better than by the form's own figure, the sums of boxes, minutes and answers spared.
    """

    rows: Callable[[], Any]
    day: str
    organisation: str = "organisation"
    sums: Callable[[], dict[str, Any]] = dict


def by_month(source: Counted, asking: Asking, mine: Any, first: date, last: date) -> dict[tuple[int, int], Real]:
    """By year and month what was filled in by these organisations (a query of their numbers) in some days.

    Asked for by day: the store need not take millions of days apart.
    """
    rows = _within(source, mine, first, last).values(at=F(source.day)).annotate(**_asked(source))
    found: dict[tuple[int, int], Real] = {}
    for row in rows.iterator():
        month = row["at"].year, row["at"].month
        found[month] = found.get(month, Real()) + _real(row, asking)
    return found


def by_branch(source: Counted, asking: Asking, mine: Any, first: date, last: date) -> dict[int, Real]:
    """By organisation what was filled in by these in some days."""
    found = _within(source, mine, first, last).values(branch=F(source.organisation)).annotate(**_asked(source))
    return {row["branch"]: _real(row, asking) for row in found.iterator()}


def _within(source: Counted, mine: Any, first: date, last: date) -> Any:
    return source.rows().order_by().filter(
        **{f"{source.organisation}__in": mine, f"{source.day}__gte": first, f"{source.day}__lte": last}
    )  # fmt: skip


def _asked(source: Counted) -> dict[str, Any]:
    return {"number": Count("pk", distinct=True), **source.sums()}


def _real(row: dict[str, Any], asking: Asking) -> Real:
    number = row["number"]
    boxes, minutes = row.get("filled"), row.get("took")
    return Real(
        Burden(number, number * asking.boxes if "filled" not in row else boxes or 0,
               number * asking.minutes if "took" not in row else minutes or 0),
        row.get("spared") or 0,
    )  # fmt: skip


# ---- the rooms ----


def _declared() -> Any:
    """The declarations that were handed in, by the day of it."""
    return Declaration.objects.filter(submitted_at__isnull=False).annotate(handed_in=TruncDate("submitted_at"))


def _answered() -> dict[str, Any]:
    """Of declarations the boxes filled in by hand and the minutes that took, and the answers the records held."""
    editions = {code: at_hand(code).items.values()
                for code in Round.objects.order_by().values_list("edition", flat=True).distinct()}  # fmt: skip
    by_hand, minutes = Q(answers__origin=Answer.BRANCH), round_rules().minutes
    chosen = [_items(code, [one for one in items if one.kind in CHOSEN]) for code, items in editions.items()]
    efforts = [(_items(code, [one for one in items if one.effort == effort]), minutes[effort])
               for code, items in editions.items() for effort in minutes]  # fmt: skip
    return {
        "filled": Sum(Case(*(When(by_hand & one, then=Value(1)) for one in chosen), When(by_hand, then=Value(2)),
                           default=Value(0), output_field=IntegerField())),
        "took": Sum(Case(*(When(by_hand & one, then=Value(each)) for one, each in efforts), default=Value(0),
                         output_field=IntegerField())),
        "spared": Count("answers", filter=Q(answers__origin=Answer.RECORD)),
    }  # fmt: skip


def _items(edition: str, items: list[Item]) -> Q:
    return Q(round__edition=edition, answers__item__in=[one.code for one in items])


COUNTED: dict[str, Counted] = {
    "gathering": Counted(lambda: Gathering.objects.filter(struck_on=None), "entered"),
    "declaration": Counted(_declared, "handed_in", sums=_answered),
    "election": Counted(Election.objects.all, "on"),
    "transfer": Counted(Transfer.objects.all, "requested", "source"),
    "dues": Counted(lambda: Collection.objects.filter(struck_on=None), "entered"),
    "quarterly": Counted(lambda: QuarterNumbers.objects.filter(struck_on=None), "entered"),
    "talks": Counted(Quarter.objects.all, "entered"),
    "announcement": Counted(lambda: Announcement.objects.filter(struck_on=None), "entered"),
    "task": Counted(lambda: BranchTask.objects.filter(reported__isnull=False), "reported"),
    "training": Counted(lambda: TrainingClass.objects.filter(struck_on=None, organisation__isnull=False), "entered"),
    "rectification": Counted(Report.objects.all, "on", "case__organisation"),
    "deed": Counted(Deed.objects.all, "planned"),
}
"""By the code of a form of the house, where it is on record that it was filled in."""
