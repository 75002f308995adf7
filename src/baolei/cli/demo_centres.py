"""Service centres and points of the demo's banner, where its villages lie, and the roads between them: all invented."""

from __future__ import annotations

import itertools
from datetime import date, time
from typing import Any

import numpy as np

NAME = "演示路网 invented roads"
POINTS = (("party", "affairs"), ("party", "affairs", "daily"), ("health", "daily"), ("culture", "mediation"), ("care",))
SHARE_OF_CENTRES, SHARE_OF_POINTS = 0.97, 0.45
_KEYS = itertools.count(1)


def make_centres(banner: str, day: date, seed: int, by: int) -> int:
    """Centres at and above a banner's villages, points in some of them, roads, and the circle reckoned; how many
    centres and points. A second time nothing.
    """
    from django.utils import timezone

    from baolei.centres import circle
    from baolei.centres.models import Centre
    from baolei.organisations.models import WIDTH, UnitState

    if Centre.objects.exists():
        return 0
    here = list(UnitState.objects.on(day).under(banner).order_by("path"))
    draw, since = np.random.default_rng([seed, 17]), date(day.year - 2, 5, 1)
    _roads([one for one in here if one.level == 5], day, seed)
    league = list(UnitState.objects.on(day).filter(path=banner[: 2 * WIDTH]))
    for one in [*league, *here]:
        if one.level < 5 or draw.random() < SHARE_OF_CENTRES:
            _centre(one, Centre.CENTRE, f"{one.name}党群服务中心", POINTS[int(draw.integers(0, 2))], since, by, day)
        if one.level == 5 and draw.random() < SHARE_OF_POINTS:
            kind = POINTS[int(draw.integers(2, len(POINTS)))]
            _centre(one, Centre.POINT, f"{one.name}便民服务点", kind, since, by, day)
        if one.level == 4:
            _centre(one, Centre.POINT, f"{one.name}综合服务站", ("health", "daily", "culture"), since, by, day)
    unit = next(one for one in here if one.path == banner)
    _look(day, by, draw)
    now = timezone.now()
    run = circle.ask(actor=None, now=now, unit=unit)
    circle.CIRCLES.perform(run.pk)
    return int(Centre.objects.count())


def _roads(villages: list[Any], day: date, seed: int) -> None:
    """The roads, and where each village lies: the first of a township in its middle."""
    from django.utils import timezone

    from baolei.centres import roads
    from baolei.centres.models import Spot
    from baolei.warehouse.made_roads import made, scattered

    townships = {path: number for number, path in enumerate(dict.fromkeys(one.path[:-5] for one in villages))}
    lon, lat = scattered([townships[one.path[:-5]] for one in villages], seed)
    roads.keep(made([one.name for one in villages], lon, lat, seed), name=NAME, synthetic=True, now=timezone.now(),
               why="演示")  # fmt: skip
    households = np.random.default_rng([seed, 18]).integers(80, 900, len(villages))
    Spot.objects.bulk_create(
        Spot(unit_id=one.unit_id, lon=float(x), lat=float(y), households=int(number), how=Spot.SYNTHETIC, day=day)
        for one, x, y, number in zip(villages, lon, lat, households, strict=True)
    )


def _centre(unit: Any, kind: str, name: str, services: tuple[str, ...], since: date, by: int, day: date) -> None:
    """One centre; of a level above the village it lies where the first village below does."""
    from baolei.centres.models import Centre, Offer, Spot, Standing
    from baolei.organisations.models import UnitState
    from baolei.programme.centres import OPEN

    spot = None
    if unit.level < 5:
        below = UnitState.objects.on(day).under(unit.path).filter(level=5)
        spot = Spot.objects.filter(unit__in=below.values("unit")).order_by("pk").first()
    made = Centre.objects.create(
        unit_id=unit.unit_id, level=unit.level, key=f"{next(_KEYS):032x}", kind=kind, name=name, days="12345",
        opens=time(8, 30), closes=time(17, 30), lon=spot.lon if spot else None, lat=spot.lat if spot else None,
        entered=day, by_id=by,
    )  # fmt: skip
    Standing.objects.create(centre=made, state=OPEN, since=since)
    Offer.objects.bulk_create(Offer(centre=made, service=one) for one in services)


def _look(day: date, by: int, draw: np.random.Generator) -> None:
    """Somebody from above looked in at one in three, most of them open."""
    from baolei.centres.models import Centre, Look

    chosen = [pk for pk in Centre.objects.filter(level=5).order_by("pk").values_list("pk", flat=True)
              if draw.random() < 1 / 3]  # fmt: skip
    Look.objects.bulk_create(
        Look(centre_id=pk, day=date(day.year, 3, 1), open=bool(draw.random() < 0.9), by_id=by) for pk in chosen
    )
