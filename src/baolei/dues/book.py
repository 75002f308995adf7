"""The dues book 党费台账 of one branch, reckoned when it is opened: who has agreed on what, who is paid to which month.

It is open to the branch alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection as Many
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Min

from baolei.dues.models import Agreement, Collection, Payment, Waiver
from baolei.organisations.models import Membership
from baolei.programme import dues as rules
from baolei.programme.dues import last_day, month_of, number_of
from baolei.warehouse.rulebook import dues as dues_rules

DAY = timedelta(days=1)
Span = tuple[date, date | None]
"""Since when and until when somebody belonged to a branch."""


@dataclass(frozen=True, slots=True)
class Line:
    """A member: the amount in fen agreed on for the month (None where none is), the last month paid for, the months up
    to the one asked about that are due and not paid, those waived, and whether the branch is reminded of a talk.
    """

    member: int
    name: str
    fen: int | None
    paid_to: date | None
    owed: tuple[date, ...]
    waived: tuple[tuple[date, date], ...]
    talk: bool

    @property
    def asked(self) -> int:
        """What the months owed come to in fen, by the amount agreed on now; 0 where none is."""
        return (self.fen or 0) * len(self.owed)

    @property
    def usual(self) -> bool:
        """Whether something is owed, and no more months than are paid at once in general."""
        return 0 < len(self.owed) <= dues_rules().number("usual_months")


@dataclass(frozen=True, slots=True)
class Kept:
    """What is on record of some members, by member."""

    payments: dict[int, list[rules.Payment]]
    waived: dict[int, list[tuple[date, date]]]

    def free(self, member: int) -> list[date]:
        """The months that were waived for a member."""
        return [month for first, last in self.waived[member] for month in months(first, last)]


def months(first: date, last: date) -> list[date]:
    """The months from one to another, both included."""
    return [month_of(number) for number in range(number_of(first), number_of(last) + 1)]


def begun(organisation: int) -> date | None:
    """The first month that is on record of a branch; of what was before nothing is known."""
    first = Collection.objects.filter(organisation=organisation, struck_on=None).aggregate(Min("first"))["first__min"]
    return month_of(first) if first is not None else None


def kept(members: Many[int]) -> Kept:
    """What stands of the payments and waivers of members, whichever branch recorded it."""
    payments: dict[int, list[rules.Payment]] = defaultdict(list)
    waived: dict[int, list[tuple[date, date]]] = defaultdict(list)
    paid = Payment.objects.filter(member__in=members, struck_on=None, collection__struck_on=None)
    for member, day, first, last in paid.values_list(
        "member", "collection__day", "collection__first", "collection__last"
    ):
        payments[member].append(rules.Payment(day, month_of(first), month_of(last)))
    for member, first, last in Waiver.objects.filter(member__in=members, state=Waiver.APPROVED).values_list(
        "member", "first", "last"
    ):
        waived[member].append((month_of(first), month_of(last)))
    return Kept(payments, waived)


def due_of(spans: Iterable[Span], since: date, until: date, waived: Sequence[date]) -> list[date]:
    """The months over on a day for which somebody owes dues to the branch they belonged to in these spans, as far as
    they are not before `since`.
    """
    return [
        month
        for first, last in spans
        for year in range(max(first, since).year, until.year + 1)
        for month in rules.months_due(
            max(first, since), year, until, left=last + DAY if last else None, waived=waived
        )
    ]  # fmt: skip


def book(organisation: int, through: date, today: date) -> list[Line]:
    """The members of a branch today by name, each with what is owed up to the month `through`, that month included."""
    here = Membership.objects.on(today).filter(organisation=organisation).order_by("member__name", "member")
    names = dict(here.values_list("member", "member__name"))
    spans: dict[int, list[Span]] = defaultdict(list)
    for member, since, until in Membership.objects.filter(organisation=organisation, member__in=names).values_list(
        "member", "since", "until"
    ):
        spans[member].append((since, until))
    agreed = _agreed(names, through)
    told, known, until = kept(names), begun(organisation), last_day(number_of(through))

    def line(member: int) -> Line:
        paid, waived = told.payments[member], told.waived[member]
        due = due_of(spans[member], known or through, until, told.free(member))
        to = rules.paid_to(paid)
        settled = max([one for _first, one in waived] + ([to] if to else []), default=None)
        admitted = max(min(since for since, _until in spans[member]), known or today)
        talk = known is not None and rules.to_be_talked_to(admitted, settled, today, dues_rules())
        return Line(member, names[member], agreed.get(member), to, rules.owed(due, paid), tuple(sorted(waived)), talk)

    return [line(member) for member in names]


def _agreed(members: Many[int], month: date) -> dict[int, int]:
    """The amounts in force in a month, by member."""
    found = Agreement.objects.filter(member__in=members, struck_on=None, since__lte=number_of(month)).order_by("since")
    return dict(found.values_list("member", "fen"))
