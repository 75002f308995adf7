"""What wishes and deeds tell of branches in a year, as facts of items; and the figures of a place.

Taken up and confirmed by those they are for, never how many one member did: rows behind a fact are months and deeds. A
branch that leads a community is told of what was taken up there, any other of what its members took up elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Left
from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.organisations.models import OrganisationState, UnitState
from baolei.organisations.villages import VILLAGE, leading
from baolei.paths import at_or_below
from baolei.programme.evidence import Facts, Row, Source, shared, up_to
from baolei.programme.wishes import CONFIRMED
from baolei.warehouse.rulebook import wishes as wish_rules
from baolei.wishes.models import Claim, Deed, Registration, Wish


@dataclass(frozen=True, slots=True)
class Taken:
    """A wish that was taken up: whose branch, in which community, when, and whether it was confirmed by then."""

    wish: int
    branch: int
    unit: int
    day: date
    done: bool


def _taken(year: int, until: date, **of: Any) -> Iterator[Taken]:
    """What was taken up in a year as far as it is over on a day (of some communities, by a branch); given back it was
    not.
    """
    last = up_to(year, until)
    found = Claim.objects.filter(state__in=Claim.COUNTED, day__range=(date(year, 1, 1), last), **of).order_by("pk")
    columns = found.values_list("wish", "organisation", "wish__unit", "day", "confirmed")
    for wish, branch, unit, day, confirmed in columns.iterator():
        yield Taken(wish, branch, unit, day, confirmed is not None and confirmed <= last)


def _leaders(day: date) -> dict[int, list[int]]:
    """By community the organisations (pk) that lead it on a day."""
    found: dict[int, list[int]] = defaultdict(list)
    for unit, organisation in _leading(day).values_list("unit", "organisation"):
        found[unit].append(organisation)
    return found


def _leading(day: date) -> Any:
    units = UnitState.objects.on(day).filter(level=VILLAGE).values("unit")
    return OrganisationState.objects.on(day).filter(leading(), unit__in=units)


def _led(organisation: int, day: date) -> list[int]:
    """The community that an organisation leads on a day, if any."""
    return list(_leading(day).filter(organisation=organisation).values_list("unit", flat=True))


# ---- wishes of a community ----


def of_taken(items: Collection[str], organisations: Collection[int], year: int, until: date) -> dict[str, Facts]:
    """The facts of items that tell of what was taken up, which is gone through once."""
    taken, leaders, mine = list(_taken(year, until)), _leaders(up_to(year, until)), set(organisations)
    counted = {"small_wishes": _wishes_done, "registered_service": _services_done, "silver_service": _services_done}
    told = {count: count(taken, leaders, mine) for count in {counted[item] for item in items}}
    return {item: told[counted[item]] for item in items}


def _wishes_done(taken: Iterable[Taken], leaders: dict[int, list[int]], mine: set[int]) -> Facts:
    """微心愿完成: of the wishes of the community that a branch leads that were taken up, those confirmed by whoever had
    them; each wish once, however often it was taken up.
    """
    wishes: dict[int, dict[int, bool]] = defaultdict(dict)
    for one in taken:
        for leader in leaders.get(one.unit, ()):
            if leader in mine:
                wishes[leader][one.wish] = wishes[leader].get(one.wish, False) or one.done
    return {leader: (sum(told.values()), len(told)) for leader, told in wishes.items()}


def small_wish_rows(organisation: int, year: int, until: date) -> list[Row]:
    """By the month in which a wish was taken up first."""
    told = dict[int, tuple[date, bool]]()
    for one in _taken(year, until, wish__unit__in=_led(organisation, up_to(year, until))):
        first, done = told.get(one.wish, (one.day, False))
        told[one.wish] = min(first, one.day), done or one.done
    return _by_month(told.values(), organisation, year)


# ---- services taken up by members ----


def _services_done(taken: Iterable[Taken], leaders: dict[int, list[int]], mine: set[int]) -> Facts:
    """报到党员认领事项完成: of what was taken up, what the receiver confirms. Of a branch that leads a
    community what was taken up there, of any other what its members took up.
    """
    leading_ones = {leader for led in leaders.values() for leader in led}
    found: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for one in taken:
        for told_of in (*leaders.get(one.unit, ()), *(() if one.branch in leading_ones else (one.branch,))):
            if told_of in mine:
                found[told_of][0] += one.done
                found[told_of][1] += 1
    return {organisation: (done, due) for organisation, (done, due) in found.items()}


def registered_service_rows(organisation: int, year: int, until: date) -> list[Row]:
    """By the month in which something was taken up."""
    led = _led(organisation, up_to(year, until))
    mine = _taken(year, until, **({"wish__unit__in": led} if led else {"organisation": organisation}))
    return _by_month(((one.day, one.done) for one in mine), organisation, year)


def _by_month(taken: Iterable[tuple[date, bool]], organisation: int, year: int) -> list[Row]:
    sums: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    for day, done in taken:
        sums[day.replace(day=1)][0] += done
        sums[day.replace(day=1)][1] += 1
    return [Row(_("taken up in %(month)s") % {"month": month.strftime("%Y-%m")}, done, due, _page(organisation, year))
            for month, (done, due) in sorted(sums.items())]  # fmt: skip


# ---- deeds of a branch ----


def _deeds(item: str, year: int, until: date) -> Any:
    kinds = [code for code, kind in wish_rules().deeds.items() if kind.item == item]
    return Deed.objects.filter(kind__in=kinds, planned__range=(date(year, 1, 1), up_to(year, until))).order_by("pk")


def _deed_source(item: str) -> Source:
    """Of the deeds of a kind that a branch planned in a year, those the receiver has confirmed."""

    def facts(organisations: Collection[int], year: int, until: date) -> Facts:
        mine, found = set(organisations), defaultdict[int, list[int]](lambda: [0, 0])
        for organisation, confirmed in _deeds(item, year, until).values_list("organisation", "confirmed").iterator():
            if organisation in mine:
                found[organisation][0] += confirmed is not None and confirmed <= up_to(year, until)
                found[organisation][1] += 1
        return {organisation: (done, due) for organisation, (done, due) in found.items()}

    def rows(organisation: int, year: int, until: date) -> list[Row]:
        last = up_to(year, until)
        return [
            Row(one.title, int(one.confirmed is not None and one.confirmed <= last), 1, reverse("deed", args=[one.pk]))
            for one in _deeds(item, year, until).filter(organisation=organisation)
        ]

    return Source(facts, rows)


def _page(organisation: int, year: int) -> str:
    return f"{reverse('wishes_of_branch', args=[organisation])}?year={year}"


SOURCES: dict[str, Source] = {
    **shared(
        of_taken,
        {
            "small_wishes": small_wish_rows,
            "registered_service": registered_service_rows,
            "silver_service": registered_service_rows,
        },
    ),
    **{item: _deed_source(item) for item in ("help_to_base", "public_benefit", "free_advice")},
}
"""The items that wishes and deeds tell of, by code."""


# ---- figures of a place ----

REGISTERED, LIT, TAKEN, DONE, DEEDS = FIGURES = ("registered", "lit", "taken", "done", "deeds")
"""Members registered on the last day; wishes shown in a time, taken up, confirmed; deeds confirmed."""
PLANNED = "planned"
"""Of how many deeds."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a place with what it is out of (None where it stands by itself), and the rows behind it by unit."""

    code: str
    num: int
    den: int | None
    rows: tuple[tuple[str, int, int | None], ...]


def figures(path: str, since: date, until: date, width: int) -> dict[str, Figure]:
    """The figures at and below a path for a time; rows by the units whose paths are `width` long, in their order.

    Registered are different members on the last day, each once; wishes taken up and confirmed are of those shown in the
    time, deeds confirmed of all that were planned in it.
    """
    told = {code: counted(code, path, since, until, width) for code in (*FIGURES, PLANNED)}
    of = {TAKEN: LIT, DONE: TAKEN, DEEDS: PLANNED}
    found = {}
    for code in FIGURES:
        mine, whole = told[code], told[of[code]] if code in of else None
        rows = tuple(
            (place, mine.get(place, 0), None if whole is None else whole.get(place, 0))
            for place in sorted(mine.keys() | (whole or {}).keys())
        )
        found[code] = Figure(code, sum(mine.values()), None if whole is None else sum(whole.values()), rows)
    return found


def counted(code: str, path: str, since: date, until: date, width: int) -> dict[str, int]:
    """How many, by the path of the unit they lie in, cut to a width; communities are those of the last day."""
    days = (since, until)
    wishes, claims = Wish.objects.filter(lit__range=days), Claim.objects.filter(wish=OuterRef("pk"))
    asked: dict[str, Any] = {
        REGISTERED: Registration.objects.filter(Q(ended=None) | Q(ended__gt=until), since__lte=until),
        LIT: wishes,
        TAKEN: wishes.filter(Exists(claims.filter(state__in=Claim.COUNTED, day__lte=until))),
        DONE: wishes.filter(Exists(claims.filter(confirmed__lte=until))),
        DEEDS: Deed.objects.filter(planned__range=days, state=CONFIRMED, confirmed__lte=until),
        PLANNED: Deed.objects.filter(planned__range=days),
    }
    on = (Q(unit__states__until=None) | Q(unit__states__until__gte=until)) & Q(unit__states__since__lte=until)
    found = asked[code].filter(on, at_or_below(path, "unit__states__path"))
    places = found.order_by().annotate(place=Left("unit__states__path", width)).values_list("place")
    return dict(places.annotate(Count("pk")))
