"""Grids of villages and communities, their codes, landmarks, and workers full-time and part-time: all invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import yaml

from baolei.cli.demo_house import Ints, Objects, numbered, write
from baolei.cli.demo_life import Lived
from baolei.people.receipts import LETTERS

VILLAGES, GRIDS, WORKERS = 14_592, 100_300, 251_300
"""Those of the whole region; a part of it has its share."""
LANDMARKS = ("村部门口", "卫生室旁", "文化广场")
FULL_TIME, TWO_GRIDS, ENDED, BRANCH, GROUP = 0.2, 0.04, 0.03, 0.75, 0.08


@dataclass(frozen=True, slots=True)
class Places:
    """Villages in the order of the tree, with the units above them by level in `above` (0: none), and their codes;
    `levels` are those of the units above each, its own included.
    """

    units: Ints
    codes: Objects
    above: Ints
    levels: list[tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Grids:
    """Grids, each with the place of its village; landmarks by number, three for each village in turn."""

    pks: Ints
    village: Ints
    landmarks: Ints


def places(below: str, day: date) -> Places:
    """The villages at or below a path on a day."""
    from baolei.organisations.models import UnitState, lineage
    from baolei.programme.matters import LOWEST

    there = {path: (unit, level) for path, unit, level in
             UnitState.objects.on(day).order_by("path").values_list("path", "unit", "level")}  # fmt: skip
    found = UnitState.objects.on(day).filter(level=LOWEST).order_by("path")
    mine = list((found.under(below) if below else found).values_list("unit", "code", "path"))
    above = np.zeros((len(mine), LOWEST + 1), np.int64)
    for place, (_unit, _code, path) in enumerate(mine):
        for one in lineage(path):
            unit, level = there.get(one, (0, 0))
            above[place, level] = unit
    above[:, 0] = 0
    levels = [tuple(np.flatnonzero(one).tolist()) for one in above]
    return Places(np.array([one[0] for one in mine], np.int64), np.array([one[1] for one in mine], object), above,
                  levels)  # fmt: skip


def lay_grids(lived: Lived, here: Places, day: date, random: Any) -> Grids:
    """Lay the grids of villages three years before a day, with their codes, landmarks and workers."""
    from baolei.matters.models import Grid, GridCode, Landmark

    since = date(day.year - 3, 1, 1)
    village, rank = spread(share(GRIDS, len(here.units)), len(here.units), random)
    pks = numbered(Grid, len(village))
    branches, groups = _party(day)
    lots = random.random(len(village))
    drawn = list(zip(here.units[village].tolist(), lots.tolist(), strict=True))
    group = [groups.get(unit) if lot < GROUP else None for unit, lot in drawn]
    branch = [branches.get(unit) if lot < BRANCH and not mine else None
              for (unit, lot), mine in zip(drawn, group, strict=True)]  # fmt: skip
    write(lived, "grids", Grid, len(village), id=pks, unit_id=here.units[village],
          code=np.array([f"{here.codes[at]}{place + 1:03d}" for at, place in zip(village, rank, strict=True)], object),
          name=np.array([f"第{place + 1}网格" for place in rank.tolist()], object),
          organisation_id=np.array(branch, object), group_id=np.array(group, object), since=since, taken=0)  # fmt: skip
    write(lived, "codes of grids", GridCode, len(pks), grid_id=pks, code=_signs(len(pks), random), since=since)
    marks, number = numbered(Landmark, len(here.units) * len(LANDMARKS)), len(here.units) * len(LANDMARKS)
    write(lived, "landmarks", Landmark, number, id=marks, unit_id=np.repeat(here.units, len(LANDMARKS)),
          name=np.tile(np.array(LANDMARKS, object), len(here.units)))  # fmt: skip
    made = Grids(pks, village, marks)
    _work(lived, here, made, since, random)
    return made


def _work(lived: Lived, here: Places, grids: Grids, since: date, random: Any) -> None:
    """Workers of villages, each in a grid; some in two, some in another one before."""
    from baolei.matters.models import Holding, Worker

    village, rank = spread(share(WORKERS, len(here.units)), len(here.units), random)
    pks, number = numbered(Worker, len(village)), len(village)
    first = np.searchsorted(grids.village, village)
    there = np.searchsorted(grids.village, village, side="right") - first
    write(lived, "grid workers", Worker, number, id=pks, name=names(number, random),
          number=np.array([f"{here.codes[at]}W{place + 1:02d}" for at, place in zip(village, rank, strict=True)],
                          object))  # fmt: skip
    some = there > 0
    mine = grids.pks[(first + rank % np.maximum(there, 1))[some]]
    next_ = grids.pks[(first + (rank + 1) % np.maximum(there, 1))[some]]
    lot, many = random.random(len(mine)), there[some] > 1
    two, before = many & (lot < TWO_GRIDS), many & (lot > 1 - ENDED)
    full = random.random(len(mine)) < FULL_TIME
    for name, who, grid, until in (("workers at work", np.ones(len(mine), bool), mine, None), ("", two, next_, None),
                                   ("", before, next_, date(since.year, 12, 31))):  # fmt: skip
        write(lived, name or "workers at work", Holding, int(who.sum()), grid_id=grid[who], worker_id=pks[some][who],
              full_time=full[who], until=until, since=since)  # fmt: skip


def share(of_all: int, villages: int) -> int:
    """The share that so many villages have of a number of the whole region."""
    return round(of_all * villages / VILLAGES)


def spread(number: int, over: int, random: Any) -> tuple[Ints, Ints]:
    """So many things spread over places as evenly as it goes: the place of each, and the how-manieth it is there."""
    if not over:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    counts = np.full(over, number // over, np.int64)
    counts[random.permutation(over)[: number % over]] += 1
    at = np.repeat(np.arange(over), counts)
    return at, np.arange(number) - np.repeat(np.cumsum(counts) - counts, counts)


def names(number: int, random: Any) -> Objects:
    """Invented names."""
    from baolei.warehouse.rulebook import text

    known = yaml.safe_load(text("demo/names.yaml"))
    surnames, given = list(known["surnames"]), list(known["given"])
    drawn = random.integers(0, (len(surnames), len(given), len(given)), (number, 3)).tolist()
    return np.array([surnames[one] + given[two] + given[three] for one, two, three in drawn], object)


def _signs(number: int, random: Any) -> Objects:
    """Codes of walls: no secret, and never the same."""
    from baolei.matters.grids import CODE

    drawn = random.choice(np.array(list(LETTERS)), (number, CODE))
    return np.array(["".join(one) for one in drawn.tolist()], object)


def _party(day: date) -> tuple[dict[int, int], dict[int, int]]:
    """By unit a branch that serves it, and a Party group of that branch."""
    from baolei.organisations.models import Group, OrganisationState

    branches, groups = dict[int, int](), dict[int, int]()
    found = OrganisationState.objects.on(day).filter(kind="branch").order_by("path")
    for unit, organisation in found.values_list("unit", "organisation").iterator(chunk_size=20_000):
        branches.setdefault(unit, organisation)
    for organisation, group in Group.objects.on(day).order_by("pk").values_list("organisation", "pk"):
        groups.setdefault(organisation, group)
    return branches, {unit: groups[one] for unit, one in branches.items() if one in groups}
