"""A small country for the tests of centres: three villages on one road, ten minutes apart on foot, and one far out."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import numpy as np

import stage
from baolei.centres import actions, circle, roads
from baolei.centres.actions import Entered
from baolei.centres.models import Centre, CircleRun, RoadMap, Spot
from baolei.organisations.models import UnitState
from baolei.people.models import Account
from baolei.programme.access import Network, metres_between
from baolei.warehouse.osm import ReadIn, named_of

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
TODAY, MAY = date(2026, 11, 20), date(2024, 5, 1)
BANNER, TOWNSHIP = "150422", "150422103"
EAST, MIDDLE, WEST, FAR = (f"{TOWNSHIP}{number}" for number in ("216", "217", "218", "219"))
AWAY = "150521"
ALL = ("party", "affairs", "health", "daily", "culture")
LONS = {EAST: 119.0, MIDDLE: 119.01, WEST: 119.02, FAR: 119.3}
LAT = 44.0


def country(*, synthetic: bool = False) -> RoadMap:
    """One street from the first village to the last and back, some 800 metres a piece; FAR lies at its end."""
    lon = np.linspace(119.0, 119.3, 31)
    lat = np.full(31, LAT)
    start, end = np.arange(30, dtype=np.int32), np.arange(1, 31, dtype=np.int32)
    metres = metres_between(lon[start], lat[start], lon[end], lat[end]).astype(np.float32)
    street, sealed = np.full(30, 3, np.uint8), np.zeros(30, np.uint8)
    network = Network(lon, lat, start, end, metres, street, sealed, np.zeros(30, bool))
    places = [(f"村{code[-3:]}", LONS[code], LAT) for code in LONS]
    return roads.keep(ReadIn(network, named_of(places)), name="stage.osm", synthetic=synthetic, now=NOW, why="测试")


def villages(*located: str) -> dict[str, UnitState]:
    """The four villages; those named lie where they lie, with a hundred households each."""
    found = {code: stage.unit(code) for code in LONS}
    for code in located:
        Spot.objects.create(unit=found[code].unit, lon=LONS[code], lat=LAT, households=100, how="file", day=TODAY)
    return found


def clerk(code: str = BANNER) -> Account:
    return Account.objects.filter(username=f"banner_clerk-{code}").first() or stage.mandated(code, "banner_clerk")


def centre(code: str, by: Account, *, services: tuple[str, ...] = ALL, since: date = MAY, **said: Any) -> Centre:
    """A service centre of a unit, open since May 2024."""
    kind, name = said.pop("kind", Centre.CENTRE), said.pop("name", f"{code}服务中心")
    return actions.open_centre(
        actor=by, now=NOW, unit=stage.unit(code), key=f"{Centre.objects.count():032x}", since=since,
        said=Entered(kind, name, services, **said),
    )  # fmt: skip


def reckoned(by: Account, code: str = BANNER) -> CircleRun:
    """The circle of a unit, reckoned now."""
    made = circle.ask(actor=by, now=NOW, unit=stage.unit(code))
    if made.state == CircleRun.WAITING:
        circle.CIRCLES.perform(made.pk)  # within a test's transaction nothing is queued
    made.refresh_from_db()
    return made
