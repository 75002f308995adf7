"""Access: over a network of roads, the minutes from each place to the nearest point, and which point that is.

A network is arrays: where each junction lies, and for each piece of road from where to where, how long, of which class.
A profile turns it into minutes: walking, or driving out on the grassland. One search from all points at once answers
for every place; it runs against the traffic, because people go to the point and a road may be one-way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

# SciPy is imported where it is used: it takes more than half a second, and most commands ask no road.

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]

Box = tuple[float, float, float, float]
"""Degrees west, south, east, north."""

EARTH = 6_371_008.8
"""Metres from the middle of the earth to its face, as the mean of the ellipsoid has it."""
SMALL_EARTH = 6_350_000
"""The same, and a little less: so no box comes out too narrow."""
CLOSE = 1e-6
KMH = 1000 / 60
"""Metres a minute of one kilometre an hour."""
LEAST = 1e-6
"""Minutes that the shortest piece of road takes: nothing is reached in no time."""
NONE = -1
CROWDED = 5_000
"""With a point to so many junctions or fewer all spread at once: measured, see benchmarks/access.py."""
SPREAD = 30_000
"""From so many junctions on a mark on each is quicker than putting them in order."""


@dataclass(frozen=True, slots=True)
class Network:
    """Roads as arrays: longitude and latitude of the junctions; of each piece its two junctions, its metres, and its
    class and surface as their place in the lists of the rules; whether it is open against its direction for wheels.
    """

    lon: Floats
    lat: Floats
    start: Ints
    end: Ints
    metres: npt.NDArray[np.float32]
    road: npt.NDArray[np.uint8]
    surface: npt.NDArray[np.uint8]
    oneway: npt.NDArray[np.bool_]

    @property
    def nodes(self) -> int:
        """How many junctions there are."""
        return len(self.lon)


@dataclass(frozen=True, slots=True)
class Profile:
    """How somebody gets about: kilometres an hour by class of road (0: not at all), what is left of them by surface,
    whether a one-way road binds, and from how far off the road people come, at which speed.
    """

    speeds: tuple[float, ...]
    surfaces: tuple[float, ...]
    bound_by_oneway: bool
    snap_metres: float
    off_road: float


def metres_between(lon: Floats, lat: Floats, other_lon: Floats, other_lat: Floats) -> Floats:
    """Metres over the face of the earth, pair by pair."""
    one, two = np.radians(lat), np.radians(other_lat)
    half = np.sin((two - one) / 2) ** 2 + np.cos(one) * np.cos(two) * np.sin(np.radians(other_lon - lon) / 2) ** 2
    found: Floats = 2 * EARTH * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return found


def curve(lon: Floats, lat: Floats) -> npt.NDArray[np.int64]:
    """In which order junctions are kept: neighbours on the ground are neighbours in memory (Morton's curve), so that a
    search finds what it needs next close by.
    """

    def spread(values: Floats) -> npt.NDArray[np.uint64]:
        low = values.min() if len(values) else 0.0
        width = (values.max() - low) or 1.0 if len(values) else 1.0
        bits = ((values - low) / width * (2**20 - 1)).astype(np.uint64)
        for shift, mask in ((16, 0x0000FFFF0000FFFF), (8, 0x00FF00FF00FF00FF), (4, 0x0F0F0F0F0F0F0F0F),
                            (2, 0x3333333333333333), (1, 0x5555555555555555)):  # fmt: skip
            bits = (bits | (bits << np.uint64(shift))) & np.uint64(mask)
        return bits

    return np.argsort(spread(lon) | (spread(lat) << np.uint64(1)), kind="stable")


@dataclass(frozen=True, eq=False)
class Roads:
    """A network as one profile goes over it: for each junction those from which one gets to it, and in how many
    minutes. Made once and asked often.
    """

    into: csr_matrix
    lon: Floats
    lat: Floats
    open: npt.NDArray[np.bool_]
    profile: Profile

    @cached_property
    def _tree(self) -> tuple[Any, Ints]:
        from scipy.spatial import cKDTree

        at = np.flatnonzero(self.open).astype(np.int32)
        return cKDTree(_on_the_ball(self.lon[at], self.lat[at])) if len(at) else None, at

    @cached_property
    def fastest(self) -> float:
        """How many metres, as the crow flies, the fastest piece of road gets in a minute: so fast nobody gets away."""
        if not self.into.nnz:
            return 0.0
        to = np.repeat(np.arange(self.into.shape[0]), np.diff(self.into.indptr))
        come = self.into.indices
        metres = metres_between(self.lon[to], self.lat[to], self.lon[come], self.lat[come])
        return float((metres / self.into.data).max())

    def snapped(self, lon: Floats, lat: Floats) -> tuple[Ints, Floats]:
        """The junction nearest to each spot among those this profile gets to, and the minutes to it off the road; -1
        where none lies within reach.
        """
        tree, at = self._tree
        if tree is None:
            return np.full(len(lon), NONE, np.int32), np.full(len(lon), np.inf)
        far, index = tree.query(_on_the_ball(lon, lat), workers=1)
        metres = 2 * EARTH * np.arcsin(np.clip(far / 2, 0, 1))
        near = metres <= self.profile.snap_metres
        node = np.where(near, at[np.minimum(index, len(at) - 1)], NONE).astype(np.int32)
        return node, np.where(near, metres / (self.profile.off_road * KMH), np.inf)

    def around(self, box: Box, minutes: float) -> tuple[Roads, Ints]:
        """The roads from which somebody gets into a box (degrees west, south, east, north) within so many minutes, and
        a little more; and which junctions of the whole these are, in order. Whoever asks for the junctions in the box
        and for no more than those minutes hears the same of the part as of the whole, sooner.
        """
        fastest = max(self.fastest, self.profile.off_road * KMH)
        near = boxed(self.lon, self.lat, box, fastest * minutes + self.profile.snap_metres).astype(np.int32)
        return Roads(self.into[near][:, near], self.lon[near], self.lat[near], self.open[near], self.profile), near


def boxed(lon: Floats, lat: Floats, box: Box, metres: float = 0.0) -> npt.NDArray[np.int64]:
    """Which spots lie in a box of degrees, made so many metres wider on each side."""
    west, south, east, north = widened(box, metres)
    return np.flatnonzero((lat >= south) & (lat <= north) & (lon >= west) & (lon <= east))


def widened(box: Box, metres: float) -> Box:
    """A box of degrees, so many metres wider on each side."""
    west, south, east, north = box
    up = float(np.degrees(metres / SMALL_EARTH)) + CLOSE
    narrow = max(0.05, math.cos(math.radians(min(89.0, max(abs(south - up), abs(north + up))))))
    return west - up / narrow, south - up, east + up / narrow, north + up


def _on_the_ball(lon: Floats, lat: Floats) -> Floats:
    """Spots on a ball of radius 1, where what is near is near at every latitude."""
    x, y = np.radians(lon), np.radians(lat)
    return np.column_stack([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)])


def roads(network: Network, profile: Profile) -> Roads:
    """A network as a profile goes over it. Of pieces between the same two junctions the quickest is kept."""
    pace = np.array(profile.speeds)[network.road] * np.array(profile.surfaces)[network.surface] * KMH
    usable = (pace > 0) & (network.start != network.end)
    back = usable & ~network.oneway if profile.bound_by_oneway else usable
    minutes = np.maximum(network.metres[usable] / pace[usable], LEAST)
    again = np.maximum(network.metres[back] / pace[back], LEAST)
    # Row: where one gets to; column: where one comes from.
    to = np.concatenate([network.end[usable], network.start[back]])
    come = np.concatenate([network.start[usable], network.end[back]])
    into = _quickest(to, come, np.concatenate([minutes, again]), network.nodes)
    touched = np.zeros(network.nodes, bool)
    touched[to], touched[come] = True, True
    return Roads(into, network.lon, network.lat, touched, profile)


def _quickest(rows: Ints, columns: Ints, minutes: Floats, nodes: int) -> csr_matrix:
    """A matrix of the least minutes of each pair; adding them up, as a sparse matrix would, makes a road of two."""
    from scipy.sparse import csr_matrix

    key = rows.astype(np.int64) * nodes + columns
    order = np.lexsort((minutes, key))
    key = key[order]
    first = np.concatenate([[True], key[1:] != key[:-1]]) if len(key) else np.zeros(0, bool)
    kept = order[first]
    starts = np.zeros(nodes + 1, np.int32)
    np.cumsum(np.bincount(rows[kept], minlength=nodes), out=starts[1:])
    return csr_matrix((minutes[kept], columns[kept].astype(np.int32), starts), shape=(nodes, nodes))


@dataclass(frozen=True, slots=True)
class Answers:
    """For each place the minutes to the nearest point (infinite: none can be reached) and which point it is, by its
    place in the list (-1: none).
    """

    minutes: Floats
    point: Ints


def nearest(
    over: Roads, points: tuple[Ints, Floats], places: tuple[Ints, Floats], limit: float = np.inf
) -> Answers:  # fmt: skip
    """The nearest of the points from each place, both as `snapped` gave them; the way off the road counts at both ends.

    Of points equally near, any; the minutes are the same. What lies beyond `limit` counts as out of reach.
    """
    node, off = points
    there = np.flatnonzero(node >= 0)
    at, lead = places
    if not len(there) or not len(at):
        return Answers(np.full(len(at), np.inf), np.full(len(at), NONE, np.int32))
    search = _wave if len(there) * CROWDED > over.into.shape[0] else _outward
    minutes, who = search(over.into, node[there], np.maximum(off[there], LEAST))
    on = at >= 0
    found = np.where(on, minutes[np.where(on, at, 0)], np.inf) + np.where(on, lead, np.inf)
    found[found > limit] = np.inf
    point = np.where(np.isfinite(found), there[who[np.where(on, at, 0)]], NONE).astype(np.int32)
    return Answers(found, point)


def _wave(into: csr_matrix, node: Ints, off: Floats) -> tuple[Floats, Ints]:
    """The minutes of every junction to the nearest point, and its place in the list: all points spread at once, step by
    step, and a junction that is reached sooner than before spreads again.

    For many points: each has few steps to go, and a step is one stroke over arrays.
    """
    starts, to, cost = into.indptr, into.indices, into.data
    minutes, who = np.full(into.shape[0], np.inf), np.zeros(into.shape[0], np.int32)
    np.minimum.at(minutes, node, off)
    first = off == minutes[node]
    who[node[first]] = np.flatnonzero(first)
    changed, front = np.zeros(into.shape[0], bool), np.unique(node)
    while len(front):
        low, number = starts[front], starts[front + 1] - starts[front]
        ends = np.cumsum(number, dtype=np.int32)
        arcs = np.arange(ends[-1], dtype=np.int32) + np.repeat(low - (ends - number), number)
        head, sooner = to[arcs], np.repeat(minutes[front], number) + cost[arcs]
        better = np.flatnonzero(sooner < minutes[head])
        head, sooner = head[better], sooner[better]
        np.minimum.at(minutes, head, sooner)
        won = sooner == minutes[head]
        who[head[won]] = np.repeat(who[front], number)[better[won]]
        changed[head] = True
        front = (np.flatnonzero(changed) if len(head) > SPREAD else np.unique(head)).astype(np.int32)
        changed[head] = False
    return minutes, who


def _outward(into: csr_matrix, node: Ints, off: Floats) -> tuple[Floats, Ints]:
    """The same by Dijkstra's search, which settles each junction once, the nearest first: for few points far apart.

    Each point gets a junction of its own, so that the search tells which of them it set out from.
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    size, more = into.shape[0], len(node)
    graph = csr_matrix(
        (np.concatenate([into.data, off]), np.concatenate([into.indices, node]).astype(np.int32),
         np.concatenate([into.indptr, into.indptr[-1] + np.arange(1, more + 1)]).astype(np.int32)),
        shape=(size + more, size + more),
    )  # fmt: skip
    sources = np.arange(size, size + more, dtype=np.int32)
    minutes, _before, who = dijkstra(graph, directed=True, indices=sources, min_only=True, return_predecessors=True)
    return minutes[:size], np.clip(who[:size] - size, 0, more - 1).astype(np.int32)
