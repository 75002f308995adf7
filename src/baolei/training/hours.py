"""The hours of people in a year, from rosters and from what branches studied together: all people at once, or some.

A branch's own study counts for all who belonged to it on its last day, but those noted as absent. The same sums as
`classes_of` gives person by person; a test holds the two together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
from django.db.models import Count, Exists, F, OuterRef, Q, Sum

from baolei.organisations.drawing import Ints, table
from baolei.organisations.models import Membership
from baolei.programme.evidence import up_to
from baolei.programme.training import MEMBER, Class
from baolei.training.models import Attendance, Missed, TrainingClass

Chosen = Any
"""Members: a list of their numbers or a question for them; None for all there are."""


def span(year: int, until: date) -> tuple[date, date]:
    """The days of a year as far as it is over."""
    return date(year, 1, 1), up_to(year, until)


def attended(days: tuple[date, date], members: Chosen = None) -> Any:
    """What stands on rosters of classes that ended on these days, nothing struck."""
    found = Attendance.objects.filter(struck_on=None, held__struck_on=None, held__last__range=days).order_by()
    return found if members is None else found.filter(member__in=members)


def hours(year: int, until: date, members: Chosen = None) -> dict[int, int]:
    """By member the class hours of a year. Three questions to the database, whatever the number of people."""
    days = span(year, until)
    found: dict[int, int] = defaultdict(int)
    for member, number in _summed(attended(days, members), "held__hours").tolist():
        found[member] += number
    studied = _studied(days)
    if members is not None:
        studied = studied.filter(member__in=members)
    for member, number in _summed(studied, "organisation__classes__hours").tolist():
        found[member] += number
    for member, number in _summed(_missed(days, members), "held__hours").tolist():
        found[member] -= number
    return found


def concentrated(year: int, until: date) -> dict[int, int]:
    """By member how many concentrated classes of a year."""
    return _counted(attended(span(year, until)).filter(held__concentrated=True))


def rotations(year: int, until: date, levels: Iterable[str]) -> dict[int, int]:
    """By member how many classes of rotation at these levels in a year."""
    found = attended(span(year, until)).filter(held__rotation=True, held__level__in=list(levels))
    return _counted(found)


def classes_of(days: tuple[date, date], members: Chosen) -> dict[int, list[Class]]:
    """Of these people every class that ended on these days, as the programme asks for it."""
    found: dict[int, list[Class]] = defaultdict(list)
    columns = ("last", "level", "hours", "concentrated", "rotation")
    for member, *said in attended(days, members).values_list("member", *(f"held__{one}" for one in columns)).iterator():
        found[member].append(Class(*said))
    missed = set(_missed(days, members).values_list("held", "member"))
    studied = _studied(days).filter(member__in=members).order_by("organisation__classes__last")
    named = studied.values_list(
        "member", "organisation__classes", *(f"organisation__classes__{one}" for one in columns)
    )
    for member, held, *said in named.iterator():
        if (held, member) not in missed:
            found[member].append(Class(*said))
    return found


def on_record(year: int, until: date, *, of_members: bool = False, organisation: int | None = None) -> set[int]:
    """The organisations (or this one) of which any class of a year is on record; with `of_members`, of whose plain
    members any is.

    Of all others nothing is known: a secretary on the county's roster tells nothing of what the branch studied.
    """
    days = span(year, until)
    own = TrainingClass.objects.filter(whole=True, struck_on=None, last__range=days).order_by()
    seats = attended(days)
    if of_members:
        seats = seats.filter(role=MEMBER)
    if organisation is not None:
        own, seats = own.filter(organisation=organisation), seats.filter(organisation=organisation)
    return {of for found in (own, seats) for of in found.values_list("organisation", flat=True).distinct()}


def _studied(days: tuple[date, date]) -> Any:
    """Each membership with each of its branch's own classes that it touched."""
    of = "organisation__classes__"
    return Membership.objects.filter(
        Q(until=None) | Q(until__gte=F(f"{of}last")), since__lte=F(f"{of}last"),
        **{f"{of}whole": True, f"{of}struck_on": None, f"{of}last__range": days},
    ).order_by()  # fmt: skip


def _missed(days: tuple[date, date], members: Chosen) -> Any:
    """The absences of those whom `_studied` counts: where a membership was put right since, neither does."""
    belonged = Membership.objects.filter(
        Q(until=None) | Q(until__gte=OuterRef("held__last")), member=OuterRef("member"),
        organisation=OuterRef("held__organisation"), since__lte=OuterRef("held__last"),
    )  # fmt: skip
    found = Missed.objects.filter(Exists(belonged), held__struck_on=None, held__last__range=days).order_by()
    return found if members is None else found.filter(member__in=members)


def studied_by(days: tuple[date, date]) -> dict[int, int]:
    """By branch the class hours of its own classes that ended on these days."""
    own = TrainingClass.objects.filter(whole=True, struck_on=None, last__range=days).order_by()
    return dict(table(own.values_list("organisation").annotate(Sum("hours"))).tolist())


def more_or_less(days: tuple[date, date]) -> Ints:
    """What sets members apart from their branch: member and class hours of those on rosters, and, below 0, of those who
    were not there when it studied; a member may be there twice.
    """
    missed = _summed(_missed(days, None), "held__hours")
    return np.concatenate([_summed(attended(days), "held__hours"), missed * (1, -1)])


def _summed(found: Any, what: str) -> Ints:
    return table(found.values_list("member").annotate(Sum(what)))


def _counted(found: Any) -> dict[int, int]:
    return dict(table(found.values_list("member").annotate(Count("pk"))).tolist())
