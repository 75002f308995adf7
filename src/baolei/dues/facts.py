"""What dues tell of branches in a year, as the fact of an item: months that were paid in time, of the months due.

The same as `programme.dues.months_due` and `on_time` say of one member, asked of the tables. Twenty million payments a
year are not looked at one by one: of a member who stood in one branch throughout, a collection tells by its number. All
others (who moved, came, left or turned full member; of whose payments one is struck; who has a waiver) are counted by
themselves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection as Many
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db.models import Case, Count, F, IntegerField, Min, Q, Sum, Value, When
from django.db.models.functions import Greatest, Least
from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.dues import book
from baolei.dues.models import Collection, Payment, Waiver
from baolei.organisations.directory import pieces
from baolei.organisations.drawing import Ints, table
from baolei.organisations.models import Membership
from baolei.programme import dues as rules
from baolei.programme.dues import last_day, month_of, number_of
from baolei.programme.evidence import Facts, Row, Source, up_to
from baolei.programme.life import filled_in
from baolei.programme.organisation.periods import months_later
from baolei.programme.visibility import least
from baolei.warehouse.rulebook import life as life_rules
from baolei.warehouse.rulebook import visibility

FEW = 500
"""Branches whose members are all counted one by one, and asked for by name."""
ENTERED_LATE = 12
"""Months: nobody's move is entered later than so."""
DAY = timedelta(days=1)


@dataclass(slots=True)
class Tally:
    """Of a branch: person-months paid in time, person-months due, members on the last day counted."""

    done: int = 0
    due: int = 0
    people: int = 0

    @property
    def share(self) -> float | None:
        """Paid in time of what was due, 0 to 1."""
        return self.done / self.due if self.due else None


@dataclass(frozen=True, slots=True)
class Months:
    """The months of a year that are over on a day, by number: the first, the last. None are where last < first."""

    first: int
    last: int

    @property
    def each(self) -> range:
        """Them all."""
        return range(self.first, self.last + 1)


def over(year: int, until: date) -> Months:
    """The months of a year that are over on a day."""
    first = number_of(date(year, 1, 1))
    return Months(first, min(number_of(until + DAY) - 1, first + 11))


def dues_on_time(organisations: Many[int], year: int, until: date) -> Facts:
    """按月交清: of the members of each branch that records dues, months paid in time of months due. Of the months
    before the first on record nothing is known; they are not counted.
    """
    return {organisation: (one.done, one.due) for organisation, one in counted(organisations, year, until).items()
            if one.due}  # fmt: skip


def counted(organisations: Many[int], year: int, until: date) -> dict[int, Tally]:
    """The counts of those branches that have dues on record for a year, as far as it is over on a day."""
    mine, months = set(organisations), over(year, until)
    if months.last < months.first:
        return {}
    few = mine if len(mine) <= FEW else None
    begun = _begun(mine, few, months)
    found = {organisation: Tally() for organisation in begun}
    odd = None if few is not None else _odd(months)
    paid = _paid(months, odd, few)
    if odd is not None:
        _add_collections(found, months, paid)
    belonging = _of(Membership.objects, few) if odd is None else Membership.objects.filter(odd)
    _add_payments(found, begun, months, paid, belonging)
    _add_due(found, begun, months, few)
    _add_waived(found, begun, months, few)
    return found


def dues_rows(organisation: int, year: int, until: date) -> list[Row]:
    """Month by month how many members paid in time of how many who owed; of a branch of fewer than five in one row."""
    lines = by_month(organisation, year, until)
    page = f"{reverse('dues', args=[organisation])}?year={year}"
    if lines and min(line.due for line in lines) < least(visibility()):
        words, whole = _("%(year)d as far as it is over, all members together") % {"year": year}, total(lines)
        return [Row(words, whole.done, whole.due, page, any(line.late for line in lines))]
    return [Row(line.month.strftime("%Y-%m"), line.done, line.due, page, line.late) for line in lines]


@dataclass(frozen=True, slots=True)
class Line:
    """One month of a branch: members who paid in time, members who owed; whether it was put on record much later."""

    month: date
    done: int
    due: int
    late: bool


def total(lines: Iterable[Line]) -> Tally:
    """Months of a branch together."""
    told = list(lines)
    return Tally(sum(one.done for one in told), sum(one.due for one in told))


def by_month(organisation: int, year: int, until: date) -> list[Line]:
    """One branch's months of a year that are over on a day, by the rules, member by member."""
    begun = book.begun(organisation)
    months = over(year, until)
    if begun is None or not _on_record(months).filter(organisation=organisation).exists():
        return []
    spans: dict[int, list[book.Span]] = defaultdict(list)
    for member, since, to in Membership.objects.filter(organisation=organisation).values_list(
        "member", "since", "until"
    ):
        spans[member].append((since, to))
    told, since = book.kept(spans), max(begun, date(year, 1, 1))
    last = up_to(year, until)
    done: dict[date, int] = defaultdict(int)
    due: dict[date, int] = defaultdict(int)
    for member, lived in spans.items():
        for month in book.due_of(lived, since, last, told.free(member)):
            due[month] += 1
            done[month] += rules.on_time([month], told.payments[member])
    late = _late(organisation, months)
    return [Line(month, done[month], due[month], number_of(month) in late) for month in sorted(due)]


def _late(organisation: int, months: Months) -> set[int]:
    """The months paid for by what was entered much later than it was received."""
    found = _on_record(months).filter(organisation=organisation).values_list("day", "entered", "first", "last")
    return {number for day, entered, first, last in found if filled_in(day, entered, life_rules())
            for number in range(first, last + 1)}  # fmt: skip


SOURCES: dict[str, Source] = {"dues_on_time": Source(dues_on_time, dues_rows)}
"""The item that dues tell of."""


# ---- all branches at once ----


def _on_record(months: Months) -> Any:
    """The collections that stand, for any month of the year."""
    return Collection.objects.filter(struck_on=None, first__lte=months.first + 11, last__gte=months.first).order_by()


def _begun(mine: set[int], few: set[int] | None, months: Months) -> dict[int, int]:
    """The branches with dues on record for the year, each with the first month of it from which on they are counted."""
    there = table(_of(_on_record(months), few).values_list("organisation").annotate(Min("first"))).tolist()
    found = {organisation: max(first, months.first) for organisation, first in there if organisation in mine}
    # What is on record for years before counts from the first month of this one on.
    early = Collection.objects.filter(struck_on=None, first__lt=months.first).order_by().values_list("organisation")
    before = {organisation for (organisation,) in table(_of(early, few).distinct()).tolist()}
    return {organisation: months.first if organisation in before else first for organisation, first in found.items()}


def _of(found: Any, few: set[int] | None) -> Any:
    return found if few is None else found.filter(organisation__in=few)


def _waived(months: Months) -> Any:
    """The members with a waiver for any month of the year."""
    return Waiver.objects.filter(state=Waiver.APPROVED, first__lte=months.last, last__gte=months.first).values("member")


def _odd(months: Months) -> Q:
    """The members who are counted one by one where all others are counted by collections."""
    received = _on_record(months).aggregate(Min("day"))["day__min"] or month_of(months.first)
    since = months_later(min(received, month_of(months.first)), -ENTERED_LATE)
    moved = Membership.objects.filter(
        Q(since__gt=since) | Q(until__gte=since, until__lt=last_day(months.last))
    ).order_by().values("member")  # fmt: skip
    struck = Payment.objects.filter(struck_on__isnull=False).order_by().values("member")
    return Q(member__in=moved.union(struck, _waived(months)))


@dataclass(frozen=True, slots=True)
class _Paid:
    """Payments, by column: member, branch that collected, first month paid in time, last month, whether struck."""

    member: Ints
    branch: Ints
    first: Ints
    last: Ints
    struck: Ints


def _paid(months: Months, odd: Q | None, few: set[int] | None) -> _Paid:
    """The payments for months of the year of those who are counted one by one."""
    theirs = Payment.objects.filter(odd) if odd is not None else Payment.objects.filter(
        member__in=_of(Membership.objects, few).values("member"))  # fmt: skip
    theirs = theirs.filter(collection__struck_on=None, collection__in_time__lte=months.last,
                           collection__last__gte=months.first).order_by()  # fmt: skip
    struck = Case(When(struck_on=None, then=0), default=1, output_field=IntegerField())
    of = "collection__"
    return _Paid(*table(theirs.annotate(struck=struck).values_list(
        "member", f"{of}organisation", f"{of}in_time", f"{of}last", "struck")).T)  # fmt: skip


def _add_collections(found: dict[int, Tally], months: Months, paid: _Paid) -> None:
    """Add what collections tell by their number, without those who are counted one by one."""
    begins = Greatest(F("in_time"), Value(months.first))
    number = Greatest(Least(F("last"), Value(months.last)) - begins + 1, Value(0))
    told = _on_record(months).values_list("organisation").annotate(months=Sum(number * F("people")))
    for organisation, done in table(told).tolist():
        if organisation in found:
            found[organisation].done += done
    theirs = np.minimum(paid.last, months.last) - np.maximum(paid.first, months.first) + 1
    for organisation, done in _by_branch(paid.branch, np.maximum(theirs, 0)):
        if organisation in found:
            found[organisation].done -= done


def _add_payments(found: dict[int, Tally], begun: dict[int, int], months: Months, paid: _Paid, belonging: Any) -> None:
    """Add the months paid in time of these memberships, counted one by one; those with a waiver are left out."""
    theirs = belonging.exclude(member__in=_waived(months)).filter(since__lte=last_day(months.last)).order_by("member")
    member, branch, since, until = np.array([
        (member, branch, max(number_of(since), begun[branch]), number_of(until + DAY) - 1 if until else months.last)
        for member, branch, since, until in theirs.values_list("member", "organisation", "since", "until")
        if branch in begun
    ], np.int64).reshape(-1, 4).T  # fmt: skip
    stands = np.flatnonzero(paid.struck == 0)
    first, after = (np.searchsorted(member, paid.member[stands], side=side) for side in ("left", "right"))
    each = np.repeat(stands, after - first)  # a payment stands once beside each membership of its member
    step = np.arange(len(each)) - np.repeat(np.cumsum(after - first) - (after - first), after - first)
    at = np.repeat(first, after - first) + step
    begins = np.maximum(paid.first[each], since[at])
    ends = np.minimum(np.minimum(paid.last[each], until[at]), months.last)
    for organisation, done in _by_branch(branch[at], np.maximum(ends - begins + 1, 0)):
        found[organisation].done += done


def _by_branch(branches: Ints, numbers: Ints) -> Iterable[tuple[int, int]]:
    """Numbers added up by branch."""
    pks, at = np.unique(branches, return_inverse=True)
    sums = np.zeros(len(pks), np.int64)
    np.add.at(sums, at, numbers)
    return zip(pks.tolist(), sums.tolist(), strict=True)


def _add_due(found: dict[int, Tally], begun: dict[int, int], months: Months, few: set[int] | None) -> None:
    """Add the months due: all for who was there from the first month's end to the last one's, else those between."""
    belonging = _of(Membership.objects.exclude(member__in=_waived(months)), few).order_by()
    first, last = last_day(months.first), last_day(months.last)
    whole = Q(since__lte=first) & (Q(until=None) | Q(until__gte=last))
    for organisation, people in table(
        belonging.filter(whole).values_list("organisation").annotate(Count("pk"))
    ).tolist():
        if organisation in found:
            found[organisation].people += people
            found[organisation].due += people * max(0, months.last - begun[organisation] + 1)
    part = belonging.filter(~whole, Q(until=None) | Q(until__gte=first), since__lte=last)
    for organisation, since, until in part.values_list("organisation", "since", "until"):
        if organisation in found:
            ends = months.last if until is None else min(months.last, number_of(until + DAY) - 1)
            found[organisation].due += max(0, ends - max(number_of(since), begun[organisation]) + 1)
            found[organisation].people += until is None or until >= last


def _add_waived(found: dict[int, Tally], begun: dict[int, int], months: Months, few: set[int] | None) -> None:
    """Add those with a waiver, by the rules themselves: they are few."""
    last = last_day(months.last)
    theirs = _of(Membership.objects.filter(member__in=_waived(months)), few).order_by("member")
    for some in pieces(theirs.values_list("member", "organisation", "since", "until")):
        told = book.kept({member for member, *_rest in some})
        for member, organisation, since, until in some:
            if organisation not in found:
                continue
            one, free = found[organisation], told.free(member)
            due = book.due_of([(since, until)], month_of(begun[organisation]), last, free)
            one.due += len(due)
            one.done += rules.on_time(due, told.payments[member])
            one.people += since <= last and (until is None or until >= last)
