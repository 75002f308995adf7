"""Minutes of 600,000 places to the nearest of 15,000 points over 1.5 million junctions, beside networkx and igraph.

The network is invented and looks like roads: a jittered grid, of it a random spanning tree and some roads more, so that
a junction has 2.3 neighbours; classes and one-way streets at random. Peers get the same graph, with the minutes already
worked out, and only search: what it takes them to take the graph in is told apart. Needs the group `bench`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import measure
import numpy as np
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import minimum_spanning_tree

from baolei.programme import access, siting

SIDE, ARCS, POINTS, PLACES = 1225, 3_500_000, 15_000, 600_000
PROFILES = {
    "foot": access.Profile((0, 4.8, 4.8, 4.5), (1.0, 0.8), False, 2_000, 3.6),
    "pastoral": access.Profile((100, 70, 40, 15), (1.0, 0.6), True, 5_000, 12.0),
}
NEXT, LIMIT, CANDIDATES = 20, 15.0, 50_000


def network(side: int, arcs: int, seed: int) -> access.Network:
    """Invented roads with `side` times `side` junctions, about 500 metres apart; so many directed arcs in all."""
    draw = np.random.default_rng(seed)
    nodes = side * side
    x, y = (part.ravel() for part in np.meshgrid(np.arange(side), np.arange(side)))
    lon = 111 + (x + draw.uniform(-0.3, 0.3, nodes)) * 0.006
    lat = 40 + (y + draw.uniform(-0.3, 0.3, nodes)) * 0.0045
    number = np.arange(nodes).reshape(side, side)
    start = np.concatenate([number[:, :-1].ravel(), number[:-1].ravel()])
    end = np.concatenate([number[:, 1:].ravel(), number[1:].ravel()])
    order = draw.permutation(len(start)) + 1.0
    tree = minimum_spanning_tree(coo_matrix((order, (start, end)), shape=(nodes, nodes)).tocsr()).data.astype(int)
    taken = np.zeros(len(start) + 1, bool)
    taken[tree] = True
    more = draw.permutation(np.flatnonzero(~taken[1:]) + 1)[: max(0, arcs // 2 - len(tree))]
    taken[more] = True
    kept = taken[order.astype(int)]
    start, end = start[kept], end[kept]
    place = np.empty(nodes, np.int64)
    along = access.curve(lon, lat)
    place[along] = np.arange(nodes)
    lon, lat, start, end = lon[along], lat[along], place[start].astype(np.int32), place[end].astype(np.int32)
    metres = access.metres_between(lon[start], lat[start], lon[end], lat[end]) * draw.uniform(1, 1.3, len(start))
    road = draw.choice(4, len(start), p=[0.02, 0.13, 0.45, 0.4]).astype(np.uint8)
    road[draw.random(len(start)) < 0.5] |= 1
    return access.Network(lon, lat, start, end, metres.astype(np.float32), road,
                          (draw.random(len(start)) < 0.4).astype(np.uint8), draw.random(len(start)) < 0.03)  # fmt: skip


def spots(net: access.Network, number: int, seed: int) -> tuple[Any, Any]:
    """So many spots near junctions, a few hundred metres off the road."""
    draw = np.random.default_rng(seed)
    at = draw.integers(0, net.nodes, number)
    return net.lon[at] + draw.normal(0, 0.001, number), net.lat[at] + draw.normal(0, 0.001, number)


def above(over: access.Roads, points: Any, places: Any) -> float:
    """By how many MiB a process that has loaded the inputs and nothing else grows at its peak (VmHWM) during one
    search: a process of its own, which reads them from files.
    """
    into = over.into
    with tempfile.TemporaryDirectory() as folder:
        arrays = {"data": into.data, "to": into.indices, "starts": into.indptr, "points": points[0], "off": points[1],
                  "places": places[0], "lead": places[1]}  # fmt: skip
        for name, array in arrays.items():
            np.save(Path(folder) / f"{name}.npy", array)
        told = subprocess.run([sys.executable, __file__, "--grow", folder], stdout=subprocess.PIPE, check=True)
    return float(told.stdout)


def grow(folder: Path) -> float:
    """What `above` asks of the other process."""
    has = {file.stem: np.load(file) for file in folder.iterdir()}
    into, nothing = csr_matrix((has["data"], has["to"], has["starts"])), np.zeros(0)
    over = access.Roads(into, nothing, nothing, nothing.astype(bool), PROFILES["foot"])
    Path("/proc/self/clear_refs").write_text("5")  # the kernel forgets the peak of the loading
    before = resident("VmRSS")
    access.nearest(over, (has["points"], has["off"]), (has["places"], has["lead"]))
    return resident("VmHWM") - before


def resident(word: str) -> float:
    """MiB that this process holds now (VmRSS), or held at most (VmHWM)."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(word)) / 1024


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    """What a call gives, and its seconds."""
    started = time.perf_counter()
    found = call()
    return found, time.perf_counter() - started


def networkx_minutes(over: access.Roads, points: Any) -> tuple[Callable[[], dict[int, float]], float]:
    """The search of networkx, ready to be called, and the seconds it took to take the graph in."""
    import networkx as nx

    started = time.perf_counter()
    graph = nx.DiGraph()
    into = over.into.tocoo()
    graph.add_weighted_edges_from(zip(into.row.tolist(), into.col.tolist(), into.data.tolist(), strict=True))
    node, off = points
    size = over.into.shape[0]
    graph.add_weighted_edges_from((size + one, int(node[one]), float(off[one])) for one in np.flatnonzero(node >= 0))
    sources = {size + int(one) for one in np.flatnonzero(node >= 0)}
    return lambda: nx.multi_source_dijkstra_path_length(graph, sources), time.perf_counter() - started


def igraph_minutes(over: access.Roads, points: Any) -> tuple[Callable[[], Any], float]:
    """The same of igraph, which searches from one source: a junction before all points, at no distance from them."""
    import igraph

    started = time.perf_counter()
    into = over.into.tocoo()
    node, off = points
    there, size = np.flatnonzero(node >= 0), over.into.shape[0]
    edges = np.column_stack([np.concatenate([into.row, np.full(len(there), size)]),
                             np.concatenate([into.col, node[there]])])  # fmt: skip
    weights = np.concatenate([into.data, off[there]]).tolist()
    graph = igraph.Graph(n=size + 1, edges=edges.tolist(), directed=True)
    return lambda: graph.distances(source=[size], weights=weights, mode="out")[0], time.perf_counter() - started


def main() -> int:
    """Print the table; 1 where a peer disagrees."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--side", type=int, default=SIDE)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--alone", action="store_true", help="without the peers")
    options.add_argument("--json", action="store_true")
    options.add_argument("--grow", type=Path, help=argparse.SUPPRESS)
    said = options.parse_args()
    if said.grow:
        print(grow(said.grow))
        return 0
    share = (said.side / SIDE) ** 2
    net = network(said.side, int(ARCS * share), 1)
    told: dict[str, Any] = {"junctions": net.nodes, "arcs": 2 * len(net.start)}
    at, home = spots(net, int(POINTS * share), 2), spots(net, int(PLACES * share), 3)
    agree = True
    for name, profile in PROFILES.items():
        over, taken = timed(lambda profile=profile: access.roads(net, profile))
        (points, places), snapping = timed(lambda over=over: (over.snapped(*at), over.snapped(*home)))

        def look(over: Any = over, points: Any = points, places: Any = places) -> access.Answers:
            return access.nearest(over, points, places)

        grown = above(over, points, places)
        runs = [timed(look) for _ in range(said.rounds)]
        mine = runs[-1][0]
        row = {"load s": taken, "snap s": snapping, "median s": measure.median([one[1] for one in runs]),
               "max s": max(one[1] for one in runs), "MiB above": grown,
               "reached": float(np.isfinite(mine.minutes).mean())}  # fmt: skip
        if not said.alone:
            agree &= beside(over, points, places, mine, row, said.rounds)
        told[name] = row
        print(f"{name}: {row}", file=sys.stderr, flush=True)
        told[f"{name} next {NEXT}"] = suggestion(over, mine, places)
    print(json.dumps(told, indent=1) if said.json else "\n".join(f"{key}: {value}" for key, value in told.items()))
    return 0 if agree else 1


def beside(
    over: access.Roads, points: Any, places: Any, mine: access.Answers, row: dict[str, Any], rounds: int
) -> bool:
    """The peers on the same graph, interleaved with ours; whether all places have the same minutes."""
    (peer, row["networkx loads s"]), (other, row["igraph loads s"]) = (
        networkx_minutes(over, points), igraph_minutes(over, points))  # fmt: skip
    ours, theirs, third = [], [], []
    for number in range(rounds):
        print(f"round {number + 1}", file=sys.stderr, flush=True)
        ours.append(timed(lambda: access.nearest(over, points, places))[1])
        found, took = timed(peer)
        theirs.append(took)
        reached, took = timed(other)
        third.append(took)
    node, lead = places
    size = over.into.shape[0]
    by_node = np.full(size, np.inf)
    keys = np.fromiter(found.keys(), np.int64, len(found))
    values = np.fromiter(found.values(), float, len(found))
    by_node[keys[keys < size]] = values[keys < size]
    row |= {"ours s": measure.median(ours), "networkx s": measure.median(theirs), "igraph s": measure.median(third)}
    row["times networkx"] = [round(theirs[one] / ours[one], 1) for one in range(rounds)]
    row["times igraph"] = [round(third[one] / ours[one], 1) for one in range(rounds)]
    same = [same_minutes(mine, node, lead, by_node), same_minutes(mine, node, lead, np.array(reached[:size]))]
    row["same minutes"] = same
    return all(same)


def same_minutes(mine: access.Answers, node: Any, lead: Any, by_node: Any) -> bool:
    """Whether a peer has the same minutes of every place (a point's own way off the road is at least a blink)."""
    theirs = np.where(node >= 0, by_node[np.maximum(node, 0)] + lead, np.inf)
    both = np.isfinite(theirs) & np.isfinite(mine.minutes)
    return bool((np.isfinite(theirs) == np.isfinite(mine.minutes)).all()
                and np.allclose(theirs[both], mine.minutes[both], atol=1e-5))  # fmt: skip


def suggestion(over: access.Roads, mine: access.Answers, places: Any) -> dict[str, Any]:
    """Where to open the next points, among so many places beyond the limit, for all of them; with bound and seconds."""
    beyond = np.flatnonzero((mine.minutes > LIMIT) & (places[0] >= 0))
    beyond = beyond[:: max(1, len(beyond) // CANDIDATES)]
    weight = np.ones(len(places[0]))

    def look() -> tuple[siting.Plan, int]:
        reach = siting.reach(
            over, (places[0][beyond], places[1][beyond]), places, LIMIT, weight * (mine.minutes > LIMIT)
        )
        return siting.suggest(reach, NEXT), len(beyond)

    (plan, candidates), took = timed(look)
    return {"candidates": candidates, "gain": plan.gain, "at most": plan.bound, "how": plan.how, "s": took,
            "gain / at most": plan.gain / plan.bound if plan.bound else 1.0}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
