"""The circle reckoned: for every place of a unit the minutes to the nearest point of each class, by each profile.

A job: pages do not wait. Points of neighbouring units count as well, since a border stops nobody who needs a doctor.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from baolei.centres import doors, roads
from baolei.centres.actions import keeper
from baolei.centres.models import Centre, CircleRun, Minutes, Offer, PlaceCircle, Spot, Standing
from baolei.jobs import Work
from baolei.ledger.actions import record
from baolei.organisations.models import UnitState
from baolei.organisations.pouring import pour
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme.access import Answers, Box, Floats, Ints, nearest
from baolei.programme.centres import OPEN, complete
from baolei.programme.organisation.levels import LEVELS, VILLAGE
from baolei.warehouse.rulebook import CENTRES, text
from baolei.warehouse.rulebook import centres as centre_rules

SILENCE = timedelta(minutes=5)
"""A job that has not been heard of for so long is begun again."""
Snapped = tuple[Ints, Floats]


@dataclass(frozen=True, slots=True)
class Place:
    """A village or community: unit (pk), its code and name, the profile that measures it, its spot (None: not known),
    its households (0: not known).
    """

    unit: int
    code: str
    name: str
    profile: str
    lon: float | None
    lat: float | None
    households: int


@dataclass(frozen=True, slots=True)
class Point:
    """A centre at work that lies somewhere: its number, its spot, the services it offers."""

    centre: int
    lon: float
    lat: float
    services: frozenset[str]


@transaction.atomic
def ask(*, actor: Account | None, now: datetime, unit: UnitState) -> CircleRun:
    """Have the circle of a unit reckoned anew. Raises NotPossible."""
    today = timezone.localdate(now)
    if actor is not None:
        keeper(actor, unit, today)
    used = doors.roads()
    if used is None:
        raise NotPossible(_("no roads have been read in yet: the office of the region does that once"))
    try:
        with transaction.atomic():
            made: CircleRun = CircleRun.objects.create(
                unit_id=unit.unit_id, roads=used, day=today, asked_by=actor, asked_at=now
            )
    except IntegrityError:
        raise NotPossible(_("it is being reckoned already: wait until it is done")) from None
    record(actor=actor, act="centres.reckon", subject=f"unit:{unit.unit_id}", path=unit.path, now=now,
           after={"roads": used.digest})  # fmt: skip
    CIRCLES.enqueue(made.pk)
    return made


# ---- what goes in ----


def villages(path: str, day: date) -> Any:
    """The villages and communities at or below a unit on a day as states, in the order of their codes."""
    return UnitState.objects.on(day).under(path).filter(level=len(LEVELS)).order_by("code")


def placed(states: Any) -> list[Place]:
    """Villages as places, in the order given: two questions whatever their number."""
    rules, found = centre_rules(), []
    spots = {one.unit_id: one for one in Spot.objects.filter(unit__in=states.values("unit"))}
    for unit, code, name in states.values_list("unit_id", "code", "name"):
        spot = spots.get(unit)
        found.append(Place(unit, code, name, rules.profile_of(VILLAGE.kind(name)), spot.lon if spot else None,
                           spot.lat if spot else None, spot.households if spot else 0))  # fmt: skip
    return found


def places(path: str, day: date) -> list[Place]:
    """All places at or below a unit on a day."""
    return placed(villages(path, day))


def points(day: date, within: Box | None = None) -> list[Point]:
    """The centres at work on a day that lie somewhere (within degrees west, south, east, north), in the order of their
    numbers: where they say, else where their village is.
    """
    at_work = Standing.objects.on(day).filter(state=OPEN).values("centre")
    there = _inside(within) if within else Q(lon__isnull=False)
    spots = Spot.objects.filter(there)
    found = Centre.objects.filter(there | Q(lon=None, unit__in=spots.values("unit")), pk__in=at_work)
    listed = list(found.order_by("pk").values_list("pk", "unit", "lon", "lat"))
    at = {unit: (lon, lat) for unit, lon, lat in spots.values_list("unit", "lon", "lat")}
    offered: dict[int, set[str]] = defaultdict(set)
    offers = Offer.objects.filter(centre__in=[pk for pk, *_rest in listed]) if within else Offer.objects
    for centre, service in offers.values_list("centre", "service"):
        offered[centre].add(service)
    return [Point(pk, *((lon, lat) if lon is not None else at[unit]), frozenset(offered[pk]))
            for pk, unit, lon, lat in listed]  # fmt: skip


def _inside(within: Box) -> Q:
    west, south, east, north = within
    return Q(lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north)


def inputs(run: CircleRun, where: Sequence[Place], open_points: Sequence[Point]) -> str:
    """The digest of everything the minutes follow from."""
    told = [run.roads.digest, text(CENTRES), [[one.unit, one.profile, one.lon, one.lat] for one in where],
            [[one.centre, one.lon, one.lat, sorted(one.services)] for one in open_points]]  # fmt: skip
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


# ---- the job ----


def _do(number: int) -> None:
    run = CircleRun.objects.select_related("roads").get(pk=number)
    home = UnitState.objects.on(run.day).get(unit=run.unit_id)
    where, open_points, rules = places(home.path, run.day), points(run.day), centre_rules()
    CircleRun.objects.filter(pk=number).update(total=len(rules.profiles) * len(rules.services))
    found: dict[tuple[str, str], Answers] = {}
    located = np.zeros(len(where), bool)
    for profile in rules.profiles:
        there, reached = _snapped(run, profile, where), _snapped(run, profile, open_points)
        mine = np.array([one.profile == profile for one in where], bool)
        located |= mine & (there[0] >= 0)
        for service in rules.services:
            found[profile, service] = _nearest(run, profile, service, (there, reached), open_points)
            CircleRun.objects.filter(pk=number).update(done=len(found), beat=timezone.now())
    _write(run, where, open_points, found, located)
    CircleRun.objects.filter(pk=number).update(
        state=CircleRun.DONE, said="", inputs=inputs(run, where, open_points), ended_at=timezone.now()
    )


def _snapped(run: CircleRun, profile: str, some: Sequence[Place] | Sequence[Point]) -> Snapped:
    lon = np.array([np.nan if one.lon is None else one.lon for one in some], float)
    lat = np.array([np.nan if one.lat is None else one.lat for one in some], float)
    known = ~np.isnan(lon)
    node, off = np.full(len(some), -1, np.int32), np.full(len(some), np.inf)
    if known.any():
        node[known], off[known] = roads.over(run.roads, profile).snapped(lon[known], lat[known])
    return node, off


def _nearest(
    run: CircleRun, profile: str, service: str, at: tuple[Snapped, Snapped], open_points: Sequence[Point]
) -> Answers:
    """The nearest point of a class, as its place in `open_points`."""
    there, (node, off) = at
    offers = np.array([service in one.services for one in open_points], bool)
    kept = np.where(offers, node, -1).astype(np.int32)
    return nearest(roads.over(run.roads, profile), (kept, off), there)


@transaction.atomic
def _write(
    run: CircleRun, where: Sequence[Place], open_points: Sequence[Point], found: Mapping[tuple[str, str], Answers],
    located: Any,
) -> None:  # fmt: skip
    rules = centre_rules()
    Minutes.objects.filter(run=run).delete()
    PlaceCircle.objects.filter(run=run).delete()
    pour(Minutes, ("run_id", "unit_id", "service", "profile", "minutes", "centre_id"), (
        (run.pk, place.unit, service, profile, *_told(answers, at, open_points))
        for (profile, service), answers in found.items() for at, place in enumerate(where)
    ))  # fmt: skip
    pour(PlaceCircle, ("run_id", "unit_id", "profile", "located", "complete"), (
        (run.pk, place.unit, place.profile, bool(located[at]), bool(located[at]) and complete(
            {service: _told(found[place.profile, service], at, open_points)[0] for service in rules.services}, rules))
        for at, place in enumerate(where)
    ))  # fmt: skip


def _told(answers: Answers, at: int, open_points: Sequence[Point]) -> tuple[float | None, int | None]:
    """Minutes and centre of a place, to the hundredth; none of either where none is reached."""
    if answers.point[at] < 0:
        return None, None
    return round(float(answers.minutes[at]), 2), open_points[answers.point[at]].centre


def _failed(number: int, words: str) -> None:
    CircleRun.objects.filter(pk=number).update(state=CircleRun.FAILED, said=words[:500], ended_at=timezone.now())


CIRCLES = Work(
    "centres.circle", lambda: CircleRun.objects.filter(state__in=[CircleRun.WAITING, CircleRun.RUNNING]), SILENCE, _do,
    _failed, {"state": CircleRun.RUNNING, "done": 0},
)  # fmt: skip
