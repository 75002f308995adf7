"""Where to open the next points of a class: among the villages of a unit, those that bring most within the limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from baolei.centres import roads
from baolei.centres.circle import Place, places
from baolei.centres.models import CircleRun, Minutes
from baolei.organisations.models import UnitState
from baolei.programme.siting import Reach, reach, suggest
from baolei.warehouse.rulebook import centres as centre_rules

MOST_PLACES = 2_000
"""Beyond so many places a smaller unit is opened: the question is put where it is decided."""


@dataclass(frozen=True, slots=True)
class Next:
    """One point to open: where, what it gains (places or households), and what all up to it gain together."""

    place: Place
    gain: int
    together: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The next points for a class of service: those that lie beyond the limit now, what was gained, at most possible.

    `households` says whether households were counted, else places. `exact`: nothing better exists.
    """

    service: str
    steps: tuple[Next, ...]
    beyond: int
    gain: int
    bound: int
    exact: bool
    households: bool


def next_points(run: CircleRun, unit: UnitState, service: str, most: int) -> Suggestion | None:
    """Where to open the next points; None where the unit has too many places to ask of it as a whole."""
    where = [one for one in places(unit.path, run.day) if one.lon is not None]
    if len(where) > MOST_PLACES:
        return None
    gaps = _gaps(run, where, service)
    households = bool(gaps) and all(one.households > 0 for one in where if one.unit in gaps)
    weight = np.array([(one.households if households else 1) if one.unit in gaps else 0 for one in where], float)
    if not weight.any():
        return Suggestion(service, (), 0, 0, 0, True, households)
    found = suggest(_reach(run, where, weight), most)
    steps, together = [], 0
    for at, gain in zip(found.chosen, found.gains, strict=True):
        together += round(gain)
        steps.append(Next(where[at], round(gain), together))
    return Suggestion(service, tuple(steps), int(weight.sum()), together, int(found.bound + 1e-6),
                      found.how == "exact", households)  # fmt: skip


def _gaps(run: CircleRun, where: Sequence[Place], service: str) -> set[int]:
    """The places whose nearest point of the class lies beyond the limit, each measured by its own profile."""
    limit, near = centre_rules().number("circle_minutes"), set[tuple[int, str]]()
    found = Minutes.objects.filter(run=run, service=service, minutes__lte=limit, unit__in=[one.unit for one in where])
    near |= set(found.values_list("unit", "profile"))
    return {one.unit for one in where if (one.unit, one.profile) not in near}


def _reach(run: CircleRun, where: Sequence[Place], weight: np.ndarray) -> Reach:
    """Which place reaches a point at which other, each by its own profile."""
    lon, lat = np.array([one.lon for one in where], float), np.array([one.lat for one in where], float)
    limit, covers = float(centre_rules().number("circle_minutes")), None
    for profile in {one.profile for one in where}:
        over = roads.over(run.roads, profile)
        node, off = over.snapped(lon, lat)
        own = np.array([one.profile == profile for one in where], bool)
        part = reach(over, (node, off), (np.where(own, node, -1).astype(np.int32), off), limit, weight).covers
        covers = part if covers is None else covers + part
    return Reach(covers, weight)
