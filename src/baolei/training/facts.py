"""What classes tell of branches in a year, as facts of items: so many of so many, all branches at once.

Branches with no class on record are left out: nothing on record is not nothing done. Rows behind a fact name no member:
a branch sees its people's hours on its own page, nobody above it does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import numpy as np
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from baolei.organisations.drawing import table
from baolei.organisations.models import HubHousehold, Membership, Post
from baolei.programme.evidence import Facts, Row, Source
from baolei.programme.organisation.periods import Period
from baolei.programme.training import MEMBER, SECRETARY, hours_due, months_in
from baolei.training.hours import hours, more_or_less, on_record, span, studied_by
from baolei.warehouse.rulebook import training as training_rules


@dataclass(frozen=True, slots=True)
class Owed:
    """What somebody owes in a role in a year: member and organisation (pk), months in it, class hours due."""

    member: int
    organisation: int
    months: int
    due: int


# ---- secretaries ----


def secretary_training(organisations: Collection[int], year: int, until: date) -> Facts:
    """书记年度培训学时: class hours of each branch's secretaries, of those they owe for their months in office. What
    somebody has beyond that makes up for nobody else.
    """
    mine = set(organisations) & on_record(year, until)
    learnt = hours(year, until, _secretaries(year, until).values("holder"))
    found: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for one in of_secretaries(year, until):
        if one.organisation in mine:
            sums = found[one.organisation]
            sums[0] += min(learnt.get(one.member, 0), one.due)
            sums[1] += one.due
    return {organisation: (done, due) for organisation, (done, due) in found.items()}


def secretary_rows(organisation: int, year: int, until: date) -> list[Row]:
    """Each secretary of the year: hours reached, of those owed."""
    if organisation not in on_record(year, until, organisation=organisation):
        return []
    learnt = hours(year, until, _secretaries(year, until, organisation).values("holder"))
    return [
        Row(_("a secretary, %(months)d months in office: %(hours)d class hours of %(due)d")
            % {"months": one.months, "hours": learnt.get(one.member, 0), "due": one.due},
            min(learnt.get(one.member, 0), one.due), one.due, _page(organisation, year))
        for one in of_secretaries(year, until, organisation)
    ]  # fmt: skip


def of_secretaries(year: int, until: date, organisation: int | None = None) -> Iterator[Owed]:
    """Each secretary of a year in each organisation, with what is owed for the months in office there."""
    rows = _secretaries(year, until, organisation).order_by("organisation", "holder")
    columns = ("organisation", "holder", "since", "until")
    for (of, holder), spans in groupby(rows.values_list(*columns).iterator(), key=lambda row: row[:2]):
        yield owed(SECRETARY, holder, of, [row[2:] for row in spans], year, until)


def _secretaries(year: int, until: date, organisation: int | None = None) -> Any:
    found = posts(year, until).filter(kind=Post.SECRETARY)
    return found if organisation is None else found.filter(organisation=organisation)


# ---- members ----


def member_training(organisations: Collection[int], year: int, until: date) -> Facts:
    """党员培训达到学时: different members of each branch at the end who reached the hours of members for their months,
    of all of them; secretaries are members too.
    """
    mine = set(organisations) & on_record(year, until, of_members=True)
    found: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for organisation, reached, people in _there_throughout(year, until):
        found[organisation] = [reached, people]
    odd = _not_throughout(year, until)
    learnt = hours(year, until, odd)
    for one in of_members(year, until, among=odd):
        found[one.organisation][0] += learnt.get(one.member, 0) >= one.due
        found[one.organisation][1] += 1
    return {organisation: (done, due) for organisation, (done, due) in found.items() if organisation in mine}


def _there_throughout(year: int, until: date) -> Iterator[tuple[int, int, int]]:
    """Of the members who were in one branch throughout, nearly all: branch, those who reached their hours, people. All
    of a branch have its hours of study, but for what sets them apart.
    """
    first, last = days = span(year, until)
    throughout = Membership.objects.filter(Q(until=None) | Q(until__gte=last), since__lte=first)
    found = throughout.exclude(member__in=_not_throughout(year, until)).order_by()
    rows = table(found.values_list("member", "organisation"))
    rows = rows[np.argsort(rows[:, 0])]
    branches, at = np.unique(rows[:, 1], return_inverse=True)
    studied = studied_by(days)
    learnt = np.array([studied.get(pk, 0) for pk in branches.tolist()], np.int64)[at]
    apart = more_or_less(days)
    apart = apart[np.isin(apart[:, 0], rows[:, 0])]
    np.add.at(learnt, np.searchsorted(rows[:, 0], apart[:, 0]), apart[:, 1])
    reached = learnt >= owed(MEMBER, 0, 0, [(first, None)], year, until).due
    counted = np.bincount(at[reached], minlength=len(branches)), np.bincount(at, minlength=len(branches))
    yield from zip(branches.tolist(), *(one.tolist() for one in counted), strict=True)


def _not_throughout(year: int, until: date) -> Any:
    """The members who came, left or moved in a year."""
    first, last = span(year, until)
    part = Q(since__gt=first) | Q(until__lt=last)
    found = Membership.objects.filter(part, since__lte=last).exclude(until__lt=first)
    return found.order_by().values("member")


def member_rows(organisation: int, year: int, until: date) -> list[Row]:
    """By what members owe, how many of them reached it."""
    if organisation not in on_record(year, until, of_members=True, organisation=organisation):
        return []
    there = list(of_members(year, until, organisation))
    learnt = hours(year, until, [one.member for one in there])
    by_due: dict[int, list[bool]] = defaultdict(list)
    for one in there:
        by_due[one.due].append(learnt.get(one.member, 0) >= one.due)
    return [
        Row(ngettext("%(people)d member owes %(due)d class hours", "%(people)d members owe %(due)d class hours each",
                     len(reached)) % {"people": len(reached), "due": due},
            sum(reached), len(reached), _page(organisation, year))
        for due, reached in sorted(by_due.items(), reverse=True)
    ]  # fmt: skip


def of_members(
    year: int, until: date, organisation: int | None = None, *, among: Any = None
) -> Iterator[Owed]:  # fmt: skip
    """Each member of a branch on the last day, with what is owed for the months as a member of any branch: whoever
    moved counts once, where the move led. `among`: a question for members, no others are looked at.
    """
    first, last = span(year, until)
    found = Membership.objects.filter(since__lte=last).exclude(until__lt=first)
    if organisation is not None:
        at_the_end = Membership.objects.on(last).filter(organisation=organisation)
        found = found.filter(member__in=at_the_end.values("member"))
    if among is not None:
        found = found.filter(member__in=among)
    rows = found.order_by("member", "since").values_list("member", "organisation", "since", "until")
    for member, spans in groupby(rows.iterator(), key=lambda row: row[0]):
        listed = list(spans)
        of, ends = listed[-1][1], listed[-1][3]
        if ends is None or ends >= last:
            yield owed(MEMBER, member, of, [row[2:] for row in listed], year, until)


# ---- hosts of hub households ----


def hub_hosts_trained(organisations: Collection[int], year: int, until: date) -> Facts:
    """中心户户长培训: hosts of hub households at the end who attended a class of the year, of all of them."""
    mine = set(organisations) & on_record(year, until)
    hubs = _hubs(year, until)
    learnt = hours(year, until, hubs.values("host"))
    found: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for organisation, host in hubs.values_list("organisation", "host").iterator():
        if organisation in mine:
            found[organisation][0] += learnt.get(host, 0) > 0
            found[organisation][1] += 1
    return {organisation: (done, due) for organisation, (done, due) in found.items()}


def hub_rows(organisation: int, year: int, until: date) -> list[Row]:
    """Each hub household, and whether its host was trained in the year."""
    if organisation not in on_record(year, until, organisation=organisation):
        return []
    hubs = _hubs(year, until).filter(organisation=organisation).order_by("grid", "pk")
    learnt = hours(year, until, hubs.order_by().values("host"))
    return [Row(one.grid, int(learnt.get(one.host_id, 0) > 0), 1, _page(organisation, year)) for one in hubs]


def _hubs(year: int, until: date) -> Any:
    return HubHousehold.objects.on(span(year, until)[1]).order_by()


# ---- what is owed ----


def posts(year: int, until: date) -> Any:
    """The posts that somebody held on any day of a year so far."""
    first, last = span(year, until)
    return Post.objects.filter(since__lte=last).exclude(until__lt=first).order_by()


def owed(
    role: str, member: int, organisation: int, spans: list[tuple[date, date | None]], year: int, until: date
) -> Owed:  # fmt: skip
    """What somebody owes who was in a role from a day to a day, or several times."""
    first, last = span(year, until)
    if any(since <= first and (ends is None or ends >= last) for since, ends in spans):
        months = last.month  # most of a million people
    else:
        months = months_in(year, [Period(since, min(ends or last, last)) for since, ends in spans])
    return Owed(member, organisation, months, hours_due(role, months, training_rules()))


def _page(organisation: int, year: int) -> str:
    return f"{reverse('training', args=[organisation])}?year={year}"


SOURCES: dict[str, Source] = {
    "secretary_training": Source(secretary_training, secretary_rows),
    "member_training": Source(member_training, member_rows),
    "hub_hosts_trained": Source(hub_hosts_trained, hub_rows),
}
"""The items that classes tell of, by code."""
