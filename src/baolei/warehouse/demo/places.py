"""The real tree of places, and the mix by which the demo region is peopled."""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

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


@cache
def mix() -> dict[str, Any]:
    """The demo's mix of sorts, sizes, names, misfits: rulebook/demo/mix.yaml."""
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
    above, code = {scope}, by_code[scope].parent
    while code:
        above.add(code)
        code = by_code[code].parent
    return tuple(place for place in places() if place.code in above or place.code.startswith(scope))


def kind(place: Place) -> str:
    """What sort of unit this is for the mix."""
    if place.level < 5:
        return {1: "region", 2: "league", 3: "banner", 4: "township"}[place.level]
    if place.name.endswith(COMMUNITY_ENDS) or "社区" in place.name:
        return "community"
    if "嘎查" in place.name:
        return "pastoral_gacha" if place.code[:6] in mix()["pastoral"] else "gacha"
    return "village" if "村" in place.name else "other"


def short(name: str) -> str:
    """A place's name as people say it before 党支部."""
    for end in ("村村民委员会", "村村委会", "村民委员会", "居民委员会", "村委会", "居委会", "嘎查委员会", "嘎查委会"):
        if name.endswith(end) and len(name) > len(end) + 1:
            kept = name[: -len(end)]
            word = {"村": "村", "嘎": "嘎查"}.get(end[0], "")
            return kept if word and kept.endswith(("嘎查", word)) else kept + word
    return name
