"""Invented roads for the demo and for tests: villages about their townships, joined to their neighbours by roads of
invented classes. Nothing of it is real, and whatever rests on it says so.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import cKDTree

from baolei.programme.access import Network, curve, metres_between
from baolei.warehouse.osm import ReadIn, named_of

Floats = npt.NDArray[np.float64]
EAST, NORTH = 119.0, 44.0
STEP = 500.0
"""Metres between two junctions along a road."""
NEIGHBOURS = 3
MAIN, LOCAL, STREET, TRACK = 1, 2, 3, 4
"""Places in the list of `roads` of rulebook/centres.yaml."""


def scattered(groups: Sequence[int], seed: int) -> tuple[Floats, Floats]:
    """Where villages lie, as degrees: those of one township (its number in `groups`) about its middle, the nearer the
    denser; townships some 20 km apart.
    """
    draw = np.random.default_rng([seed, 15])
    townships = max(groups, default=-1) + 1
    wide = int(np.ceil(np.sqrt(max(townships, 1))))
    at = np.arange(townships)
    x = (at % wide + draw.uniform(-0.3, 0.3, townships)) * 0.25
    y = (at // wide + draw.uniform(-0.3, 0.3, townships)) * 0.18
    group = np.asarray(groups, int)
    far = draw.exponential(1.0, len(group)) * np.where(draw.random(len(group)) < 0.5, 0.012, 0.06)
    turn = draw.uniform(0, 2 * np.pi, len(group))
    return EAST + x[group] + far * np.cos(turn) * 1.4, NORTH + y[group] + far * np.sin(turn)


def made(names: Sequence[str], lon: Floats, lat: Floats, seed: int) -> ReadIn:
    """Roads that join every one of these villages to its neighbours, all of them to one another."""
    draw = np.random.default_rng([seed, 16])
    pairs = _joined(lon, lat)
    metres = metres_between(lon[pairs[:, 0]], lat[pairs[:, 0]], lon[pairs[:, 1]], lat[pairs[:, 1]])
    kind = np.where(metres < 1500, STREET, draw.choice([MAIN, LOCAL, LOCAL, TRACK, TRACK], len(pairs)))
    parts = np.maximum(1, np.round(metres / STEP)).astype(int)
    x, y, start, end, road = [lon], [lat], list[int](), list[int](), list[int]()
    number = len(lon)
    for (a, b), pieces, one in zip(pairs.tolist(), parts.tolist(), kind.tolist(), strict=True):
        share = np.arange(1, pieces) / pieces
        bend = draw.normal(0, 0.0006, (2, pieces - 1))
        x.append(lon[a] + (lon[b] - lon[a]) * share + bend[0])
        y.append(lat[a] + (lat[b] - lat[a]) * share + bend[1])
        way = [a, *range(number, number + pieces - 1), b]
        number += pieces - 1
        start, end, road = start + way[:-1], end + way[1:], road + [one] * pieces
    named = named_of(list(zip(names, lon.tolist(), lat.tolist(), strict=True)))
    return ReadIn(_ordered(np.concatenate(x), np.concatenate(y), start, end, road), named)


def _joined(lon: Floats, lat: Floats) -> npt.NDArray[np.int64]:
    """Pairs of neighbours; with the tree that holds all together, once each."""
    flat = np.column_stack([lon * np.cos(np.radians(lat.mean() if len(lat) else 0)), lat])
    near = min(NEIGHBOURS, len(lon) - 1)
    if near < 1:
        return np.zeros((0, 2), np.int64)
    many = min(len(lon) - 1, 12)
    far, who = cKDTree(flat).query(flat, many + 1)
    own = np.repeat(np.arange(len(lon)), many)
    graph = coo_matrix((far[:, 1:].ravel() + 1e-9, (own, who[:, 1:].ravel())), shape=(len(lon), len(lon))).tocsr()
    tree = minimum_spanning_tree(graph).tocoo()
    close = np.column_stack([np.repeat(np.arange(len(lon)), near), who[:, 1 : near + 1].ravel()])
    return np.unique(np.sort(np.vstack([close, np.column_stack([tree.row, tree.col])]), axis=1), axis=0).astype(
        np.int64
    )


def _ordered(lon: Floats, lat: Floats, start: list[int], end: list[int], road: list[int]) -> Network:
    order = curve(lon, lat)
    place = np.empty(len(lon), np.int32)
    place[order] = np.arange(len(lon), dtype=np.int32)
    lon, lat = lon[order], lat[order]
    a, b = place[np.array(start, int)], place[np.array(end, int)]
    metres = metres_between(lon[a], lat[a], lon[b], lat[b]).astype(np.float32)
    kind = np.array(road, np.uint8)
    surface = np.where(kind == TRACK, 2, np.where(kind == LOCAL, 1, 0)).astype(np.uint8)
    return Network(lon, lat, a, b, metres, kind, surface, np.zeros(len(a), bool))
