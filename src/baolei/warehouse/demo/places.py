"""Where the demo region's branches are: the real tree of places, peopled by a mix that is data."""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

LEVELS = {"region": 1, "league": 2, "banner": 3, "township": 4, "village": 5}
COMMUNITY_ENDS = ("社区", "社区居委会", "社区居民委员会", "居委会", "居民委员会")


@dataclass(frozen=True, slots=True)
class Place:
    """A unit of the administrative tree: statistical code, name, level 1-5, code of its parent ('' for the root)."""

    code: str
    name: str
    level: int
    parent: str


@dataclass(frozen=True, slots=True)
class Seat:
    """One branch to be: the unit it serves, its field, its number within the unit."""

    unit: Place
    field: str
    number: int


@cache
def mix() -> dict[str, Any]:
    """The demo's mix of fields, sizes and names."""
    text = resources.files("baolei").joinpath("rulebook/demo/mix.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


@cache
def places() -> tuple[Place, ...]:
    """The 15,938 units of Inner Mongolia, parents before children, in the order of their codes."""
    data = resources.files("baolei").joinpath("rulebook/divisions/inner_mongolia_2023.csv.gz").read_bytes()
    rows = csv.DictReader(gzip.decompress(data).decode().splitlines())
    found = [Place(row["code"], row["name"], LEVELS[row["level"]], row["parent_code"]) for row in rows]
    return tuple(sorted(found, key=lambda place: (place.level, place.code)))


def within(scope: str) -> tuple[Place, ...]:
    """The units at or below `scope`, and those above it, so that the tree stays whole. KeyError for an unknown code."""
    by_code = {place.code: place for place in places()}
    if scope not in by_code:
        raise KeyError(scope)
    above = {scope}
    while by_code[scope].parent:
        scope = by_code[scope].parent
        above.add(scope)
    root = max(above, key=len)
    return tuple(place for place in places() if place.code in above or place.code.startswith(root))


def kind(place: Place) -> str:
    """What sort of unit this is for the mix."""
    if place.level < 5:
        return {1: "region", 2: "league", 3: "banner", 4: "township"}[place.level]
    if place.name.endswith(COMMUNITY_ENDS) or "社区" in place.name:
        return "community"
    if "嘎查" in place.name:
        return "pastoral_gacha" if place.code[:6] in mix()["pastoral"] else "gacha"
    return "village" if "村" in place.name else "other"


def seats(units: tuple[Place, ...], fields: frozenset[str], scale: float, bits: np.random.Generator) -> list[Seat]:
    """The branches of these units, in the order of units: mean numbers of the mix, times `scale`, rounded by chance."""
    found = []
    for unit in units:
        number = 0
        for field, mean in mix()["per"][kind(unit)].items():
            if field not in fields:
                continue
            wanted = mean * scale
            count = int(wanted) + int(bits.random() < wanted - int(wanted))
            for _ in range(count):
                number += 1
                found.append(Seat(unit, field, number))
    return found


def names(found: list[Seat], bits: np.random.Generator) -> list[str]:
    """An invented name for each branch: the real place and a plain word."""
    words: dict[str, list[str]] = mix()["names"]
    choice = bits.random(len(found))
    return [
        words[seat.field][int(pick * len(words[seat.field]))].format(place=short(seat.unit.name), n=seat.number)
        for seat, pick in zip(found, choice, strict=True)
    ]


def short(name: str) -> str:
    """A place's name as people say it before 党支部."""
    for end in ("村民委员会", "居民委员会", "村委会", "居委会", "嘎查委员会"):
        if name.endswith(end) and len(name) > len(end) + 1:
            return name[: -len(end)] + {"村": "村", "嘎": "嘎查"}.get(end[0], "")
    return name


def codes(found: list[Seat]) -> npt.NDArray[Any]:
    """Branch codes: the unit's code, a dash, the number within the unit; sorted as the tree is."""
    return np.array([f"{seat.unit.code}-{seat.number:04d}" for seat in found], dtype=object)
