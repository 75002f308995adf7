"""Grids and their matters, centres and points with looks at them, for every community of a region: invented by lot."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

GRIDS, MATTERS, LOOKS = 7, 5, 4
"""Grids of a community, matters of a grid, looks at a centre."""
SINCE, VILLAGE = date(2020, 1, 1), 5
ENDINGS = ("confirmed", "called", "unconfirmed", "not_fixed")
DAYS = 365


def fill(lived: Any, year: int, until: date, seed: int, share: float) -> None:
    """What places record of a year, beside what the branches lived: this share of all communities."""
    from django.db import transaction

    from baolei.cli.demo_life import recorder
    from baolei.organisations.models import UnitState

    villages = UnitState.objects.on(until).filter(level=VILLAGE).order_by("unit").values_list("unit", flat=True)
    units, random = np.array(list(villages), np.int64), np.random.default_rng([seed, year, 2])
    units = units[random.random(len(units)) < share]
    calendar = np.array([date(year, 1, 1) + timedelta(days=one) for one in range(2 * DAYS)], object)
    with transaction.atomic():
        _grids(lived, units, calendar, random, until)
        _centres(lived, units, calendar, random, recorder())


def _grids(lived: Any, units: Any, calendar: Any, random: Any, until: date) -> None:
    """Grids, half of them with the branch of their community; matters reported on any day, closed in every way or
    open, one in five passed upward.
    """
    from baolei.cli.demo_house import keys, numbered, only, write
    from baolei.matters.models import Grid, Matter, Step
    from baolei.organisations.models import OrganisationState

    homes = dict(OrganisationState.objects.on(until).filter(kind="branch").values_list("unit", "organisation"))
    at = np.repeat(units, GRIDS)
    grids, branches = numbered(Grid, len(at)), np.array([homes.get(one) for one in at.tolist()], object)
    write(lived, "grids", Grid, len(at), id=grids, unit_id=at, code=keys(grids), name="网格", since=SINCE, taken=0,
          organisation_id=only(random.random(len(at)) < 0.5, branches))  # fmt: skip
    of, grid = np.repeat(at, MATTERS), np.repeat(grids, MATTERS)
    on, took, luck = (random.integers(0, high, len(of)) for high in (DAYS, 30, len(ENDINGS) + 1))
    closed = luck < len(ENDINGS)
    ending = np.where(closed, np.array([*ENDINGS, ""], object)[luck], "")
    pks = numbered(Matter, len(of))
    write(lived, "matters", Matter, len(of), id=pks, unit_id=of, grid_id=grid, kind="request", channel="resident",
          words="路灯不亮，晚上看不清路", at=datetime(calendar[0].year, 1, 1, tzinfo=UTC), on=calendar[on], contact="",
          state=np.where(closed, "over", "lying"), holder_id=of, level=VILLAGE, due=only(~closed, calendar[on + 15]),
          ends=calendar[on + 20], paused="", ending=ending, unfixed=np.where(ending == "not_fixed", "means", ""),
          closed_on=only(closed, calendar[on + took]), reopened=0)  # fmt: skip
    up = random.random(len(of)) < 0.2
    write(lived, "acts upon matters", Step, int(up.sum()), matter_id=pks[up], act="escalate", before="lying",
          after="lying", at=datetime(calendar[0].year, 1, 1, tzinfo=UTC), unit_id=of[up], note="",
          ends=calendar[on[up] + 20])  # fmt: skip


def _centres(lived: Any, units: Any, calendar: Any, random: Any, by: int) -> None:
    """A service centre in each community, a point in four of ten; looks at them in every quarter, most found open."""
    from baolei.centres.models import Centre, Look
    from baolei.cli.demo_house import keys, numbered, write

    pointed = units[random.random(len(units)) < 0.4]
    at = np.concatenate([units, pointed])
    kind = np.repeat(np.array([Centre.CENTRE, Centre.POINT], object), [len(units), len(pointed)])
    pks = numbered(Centre, len(at))
    write(lived, "centres and points", Centre, len(at), id=pks, unit_id=at, level=VILLAGE, key=keys(pks), kind=kind,
          name="党群服务中心", address="", days="12345", opens="08:30:00", closes="17:30:00", entered=SINCE,
          by_id=by)  # fmt: skip
    seen = np.repeat(pks, LOOKS)
    day = np.tile(np.arange(LOOKS) * (DAYS // LOOKS), len(pks)) + random.integers(0, DAYS // LOOKS, len(seen))
    write(lived, "looks at them", Look, len(seen), centre_id=seen, day=calendar[day],
          open=random.random(len(seen)) < 0.9, by_id=by)  # fmt: skip
