"""The tile map: where each banner stands on the grid. Its origin is told in rulebook/tiles/README.md."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Tile:
    """One banner on the grid: statistical code, name, column from the west and row from the north, from 0."""

    code: str
    name: str
    x: int
    y: int


@cache
def tiles(region: str = "inner_mongolia") -> tuple[Tile, ...]:
    """All tiles of a region, in the order of their codes. Raises FileNotFoundError for a region without a tile map."""
    text = files("baolei").joinpath("rulebook", "tiles", f"{region}.json").read_text(encoding="utf-8")
    return tuple(Tile(**tile) for tile in json.loads(text))
