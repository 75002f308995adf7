"""The map of the circle: roads by the minutes to the nearest point, places within and beyond, points. No border, no
tile of anybody's: only what the network itself knows. Lines differ in stroke and places in shape, not in colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from baolei.centres import roads
from baolei.centres.circle import Place, points
from baolei.centres.models import CircleRun
from baolei.programme.access import Box, Floats, Ints, boxed, nearest, widened
from baolei.warehouse.rulebook import centres as centre_rules

WIDE, HIGH, EDGE = 960, 640, 24
MOST_PIECES, MOST_PLACES = 6_000, 600
BANDS = (5.0, 10.0, 15.0)
"""Up to so many minutes: three bands, and a fourth for what lies beyond."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something on the map: where, what it is called, its page, what it says when pointed at, its class."""

    x: float
    y: float
    name: str
    unit: int
    look: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """The map: its size, for each band the path of its roads, the places, the points; how long a bar of the scale is,
    in parts of the map, and how many kilometres that is.
    """

    wide: int
    high: int
    bands: tuple[tuple[str, str], ...]
    places: tuple[Mark, ...]
    points: tuple[Mark, ...]
    bar: float
    kilometres: int


def draw(
    run: CircleRun, where: Sequence[Place], minutes: Mapping[int, float | None], service: str, profile: str
) -> Drawn | None:
    """The map of some places; None where too few are located to draw one, or too many to read it."""
    placed = [one for one in where if one.lon is not None and one.lat is not None]
    if not 1 <= len(placed) <= MOST_PLACES:
        return None
    lon, lat = np.array([one.lon for one in placed], float), np.array([one.lat for one in placed], float)
    on = _Sheet.about(lon, lat)
    limit = centre_rules().number("circle_minutes")
    marks = tuple(
        Mark(*on.at(one.lon or 0, one.lat or 0), one.name, one.unit, _look(minutes.get(one.unit), limit))
        for one in placed
    )
    there = [one for one in points(run.day, on.degrees) if service in one.services]
    spots = tuple(Mark(*on.at(one.lon, one.lat), "", one.centre, "point") for one in there)
    return Drawn(WIDE, on.high, _bands(run, on, service, profile), marks, spots, on.bar, on.kilometres)


def _look(minutes: float | None, limit: int) -> str:
    return "gap" if minutes is None or minutes > limit else "near"


@dataclass(frozen=True, slots=True)
class _Sheet:
    """How the ground is laid on the page: as far east and north as on the ground, in the middle latitude."""

    west: float
    north: float
    east: float
    south: float
    scale: float
    narrow: float
    high: int

    @classmethod
    def about(cls, lon: Floats, lat: Floats) -> _Sheet:
        """The sheet that holds these spots and a little about them."""
        narrow = float(np.cos(np.radians((lat.min() + lat.max()) / 2)))
        pad = max(0.02, 0.05 * max((lon.max() - lon.min()) * narrow, lat.max() - lat.min()))
        west, east = lon.min() - pad / narrow, lon.max() + pad / narrow
        south, north = lat.min() - pad, lat.max() + pad
        scale = min((WIDE - 2 * EDGE) / ((east - west) * narrow), (HIGH - 2 * EDGE) / (north - south))
        return cls(west, north, east, south, scale, narrow, round((north - south) * scale + 2 * EDGE))

    def at(self, lon: Any, lat: Any) -> tuple[Any, Any]:
        """Where a spot lies on the page, or many; the sheet is put in the middle."""
        left = (WIDE - (self.east - self.west) * self.narrow * self.scale) / 2
        return (np.round(left + (lon - self.west) * self.narrow * self.scale, 1),
                np.round(EDGE + (self.north - lat) * self.scale, 1))  # fmt: skip

    @property
    def degrees(self) -> Box:
        """West, south, east, north of what lies on the sheet."""
        return float(self.west), float(self.south), float(self.east), float(self.north)

    @property
    def kilometres(self) -> int:
        """How many kilometres the bar of the scale stands for: about a fifth of the page."""
        about = WIDE / 5 / self.scale * 111.2
        return next((one for one in (100, 50, 20, 10, 5, 2) if one <= about), 1)

    @property
    def bar(self) -> float:
        """How long that bar is."""
        return round(self.kilometres / 111.2 * self.scale, 1)


def _bands(run: CircleRun, on: _Sheet, service: str, profile: str) -> tuple[tuple[str, str], ...]:
    """For each band the roads in it as one path of an SVG; of very many the smaller ones are left out."""
    network = roads.opened(run.roads).network
    over = roads.over(run.roads, profile)
    inside = np.zeros(network.nodes, bool)
    inside[boxed(network.lon, network.lat, on.degrees)] = True
    speeds = np.array(over.profile.speeds)[network.road]
    kept = np.flatnonzero(inside[network.start] & inside[network.end] & (speeds > 0))
    if len(kept) > MOST_PIECES:
        kept = kept[np.argsort(network.road[kept], kind="stable")[:MOST_PIECES]]
    near, found = _at_nodes(run.pk, run.inputs, service, profile, on.degrees)
    start, end = network.start[kept], network.end[kept]
    worst = np.maximum(found[np.searchsorted(near, start)], found[np.searchsorted(near, end)])
    band = np.searchsorted(np.array(BANDS), worst, side="left")
    (x, y), (to_x, to_y) = (on.at(network.lon[ends], network.lat[ends]) for ends in (start, end))
    lines = [f"M{a:g} {b:g}L{c:g} {d:g}" for a, b, c, d in zip(x, y, to_x, to_y, strict=True)]
    return tuple(
        (f"band-{number}", "".join(lines[one] for one in np.flatnonzero(band == number)))
        for number in range(len(BANDS) + 1)
    )


@lru_cache(maxsize=64)
def _at_nodes(run: int, inputs: str, service: str, profile: str, sheet: Box) -> tuple[Ints, Floats]:
    """The junctions on a sheet and about it, and the minutes of each to the nearest point of a class as of a reckoning
    (and its inputs); beyond the last band infinite. Only the roads about the sheet are searched.
    """
    this = CircleRun.objects.select_related("roads").get(pk=run)
    over, near = roads.over(this.roads, profile).around(sheet, BANDS[-1])
    if not len(near):
        return near, np.zeros(0)
    about = (float(over.lon.min()), float(over.lat.min()), float(over.lon.max()), float(over.lat.max()))
    there = [one for one in points(this.day, widened(about, over.profile.snap_metres)) if service in one.services]
    spots = over.snapped(np.array([one.lon for one in there]), np.array([one.lat for one in there]))
    every = np.arange(len(near), dtype=np.int32)
    return near, nearest(over, spots, (every, np.zeros(len(near))), BANDS[-1]).minutes
