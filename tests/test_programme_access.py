"""Access: the minutes that a plain search gives, on every network; the next points against every choice there is."""

from __future__ import annotations

import heapq
import math
from itertools import combinations, pairwise
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from baolei.programme import access, siting
from baolei.programme.access import Network, Profile, Roads
from baolei.programme.siting import EXACT, GREEDY, SHARE, Plan, Reach

WALK = Profile((4.8, 3.0, 0.0), (1.0, 0.5), False, 2_000, 3.6)
DRIVE = Profile((60.0, 25.0, 0.0), (1.0, 0.5), True, 2_000, 12.0)
PLACES = 12


def network(lon: list[float], lat: list[float], pieces: list[tuple[int, int, float, int, int, bool]]) -> Network:
    columns = list(zip(*pieces, strict=True)) or [()] * 6
    return Network(np.array(lon), np.array(lat), np.array(columns[0], np.int32), np.array(columns[1], np.int32),
                   np.array(columns[2], np.float32), np.array(columns[3], np.uint8), np.array(columns[4], np.uint8),
                   np.array(columns[5], bool))  # fmt: skip


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Up to thirty junctions about a town, with roads of every kind between them, doubled and rings too."""
    number = draw(st.integers(1, 30))
    spots = st.lists(st.floats(0, 0.05), min_size=number, max_size=number)
    junction = st.integers(0, number - 1)
    pieces = st.tuples(
        junction, junction, st.floats(1, 5_000, width=32), st.integers(0, 2), st.integers(0, 1), st.booleans()
    )
    return network(
        [111 + one for one in draw(spots)], [40 + one for one in draw(spots)], draw(st.lists(pieces, max_size=60))
    )


@st.composite
def asked(draw: st.DrawFn) -> tuple[Network, Profile, list[tuple[float, float]], list[tuple[float, float]]]:
    """A network, a profile, some points and some places, a few of them far from any road."""
    spot = st.tuples(st.floats(111 - 0.05, 111.1), st.floats(39.95, 40.1))
    return (draw(networks()), draw(st.sampled_from([WALK, DRIVE])), draw(st.lists(spot, max_size=5)),
            draw(st.lists(spot, min_size=1, max_size=PLACES)))  # fmt: skip


def arrays(spots: list[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([one[0] for one in spots], float), np.array([one[1] for one in spots], float)


def ways_of(net: Network, how: Profile) -> dict[int, list[tuple[int, float]]]:
    """From each junction where one gets in how many minutes."""
    ways: dict[int, list[tuple[int, float]]] = {}
    for a, b, metres, road, surface, oneway in zip(net.start.tolist(), net.end.tolist(), net.metres.tolist(),
                                                   net.road.tolist(), net.surface.tolist(), net.oneway.tolist(),
                                                   strict=True):  # fmt: skip
        pace = how.speeds[road] * how.surfaces[surface] * 1000 / 60
        if pace:
            ways.setdefault(a, []).append((b, metres / pace))
            if not (how.bound_by_oneway and oneway):
                ways.setdefault(b, []).append((a, metres / pace))
    return ways


def plainly(ways: dict[int, list[tuple[int, float]]], points: tuple, place: tuple[int, float]) -> float:
    """The minutes from a place to the nearest point, by a search that goes with the traffic, one place at a time."""
    if place[0] < 0:
        return math.inf
    ends: dict[int, float] = {}
    for node, off in zip(points[0].tolist(), points[1].tolist(), strict=True):
        if node >= 0:
            ends[node] = min(ends.get(node, math.inf), off)
    best, seen, queue = math.inf, set(), [(place[1], place[0])]
    while queue:
        far, node = heapq.heappop(queue)
        if node in seen:
            continue
        seen.add(node)
        best = min(best, far + ends.get(node, math.inf))
        for other, minutes in ways.get(node, []):
            heapq.heappush(queue, (far + minutes, other))
    return best


@settings(deadline=None)
@given(asked())
def test_the_minutes_are_those_of_a_plain_search(case: tuple) -> None:
    net, how, points, places = case
    over = access.roads(net, how)
    at, home = over.snapped(*arrays(points)), over.snapped(*arrays(places))
    found = access.nearest(over, at, home)
    ways = ways_of(net, how)
    wanted = [plainly(ways, at, (int(node), float(lead))) for node, lead in zip(*home, strict=True)]
    np.testing.assert_allclose(found.minutes, wanted, atol=1e-3)
    for place, point in enumerate(found.point.tolist()):
        assert (point < 0) == math.isinf(wanted[place])
        if point >= 0:  # it is as far as it says to that very point alone
            alone = access.nearest(over, (at[0][[point]], at[1][[point]]), home)
            np.testing.assert_allclose(alone.minutes[place], found.minutes[place], atol=1e-6)


@settings(deadline=None)
@given(asked())
def test_spreading_from_all_points_at_once_and_searching_outward_are_one(case: tuple) -> None:
    net, how, points, places = case
    over = access.roads(net, how)
    at, home = over.snapped(*arrays(points)), over.snapped(*arrays(places))
    with mock.patch.object(access, "CROWDED", 10**9), mock.patch.object(access, "SPREAD", 3):
        wave = access.nearest(over, at, home)
    with mock.patch.object(access, "CROWDED", 0):
        outward = access.nearest(over, at, home)
    np.testing.assert_array_equal(wave.minutes, outward.minutes)


@settings(deadline=None)
@given(asked(), st.sampled_from([0.5, 3.0, 15.0]), st.tuples(st.integers(0, 7), st.integers(0, 7)))
def test_the_roads_about_a_box_give_its_junctions_the_minutes_of_the_whole(
    case: tuple, minutes: float, corners: tuple[int, int]
) -> None:
    net, how, points, _places = case
    over = access.roads(net, how)
    one, other = (corner % net.nodes for corner in corners)
    west, east = sorted((net.lon[one], net.lon[other]))
    south, north = sorted((net.lat[one], net.lat[other]))
    inside = access.boxed(net.lon, net.lat, (west, south, east, north)).astype(np.int32)
    nothing = np.zeros(len(inside))
    whole = access.nearest(over, over.snapped(*arrays(points)), (inside, nothing), minutes)
    part, near = over.around((west, south, east, north), minutes)
    there = np.searchsorted(near, inside).astype(np.int32)
    assert near[there].tolist() == inside.tolist()
    of_part = access.nearest(part, part.snapped(*arrays(points)), (there, nothing), minutes)
    np.testing.assert_array_equal(of_part.minutes, whole.minutes)


def test_of_a_long_road_only_the_piece_about_the_box_is_searched() -> None:
    lon, lat = np.linspace(111, 113, 401), np.full(401, 40.0)
    start, end = np.arange(400, dtype=np.int32), np.arange(1, 401, dtype=np.int32)
    metres = access.metres_between(lon[start], lat[start], lon[end], lat[end]).astype(np.float32)
    flat = np.zeros(400, np.uint8)
    over = access.roads(Network(lon, lat, start, end, metres, flat, flat, flat.astype(bool)), WALK)
    part, near = over.around((112.0, 39.9, 112.1, 40.1), 15)
    assert 20 < len(near) < 40
    points = (np.array([112.05, 111.995, 111.5]), np.full(3, 40.001))
    inside = access.boxed(lon, lat, (112.0, 39.9, 112.1, 40.1)).astype(np.int32)
    nothing = np.zeros(len(inside))
    whole = access.nearest(over, over.snapped(*points), (inside, nothing), 15)
    there = np.searchsorted(near, inside).astype(np.int32)
    of_part = access.nearest(part, part.snapped(*points), (there, nothing), 15)
    np.testing.assert_array_equal(of_part.minutes, whole.minutes)
    assert 0 < np.isfinite(whole.minutes).sum() < len(inside)


def test_a_one_way_road_binds_wheels_and_not_feet() -> None:
    ring = network([111, 111.01, 111.02], [40, 40, 40], [(0, 1, 900, 0, 0, True), (1, 2, 900, 0, 0, True)])
    spots = (np.array([0, 2], np.int32), np.zeros(2))
    for how, wanted in ((DRIVE, [1.8, 0.0]), (WALK, [22.5, 0.0])):
        over = access.roads(ring, how)
        there = access.nearest(over, (np.array([2], np.int32), np.zeros(1)), spots)
        np.testing.assert_allclose(there.minutes, wanted, atol=1e-3)
    back = access.nearest(access.roads(ring, DRIVE), (np.array([0], np.int32), np.zeros(1)), spots)
    assert back.minutes.tolist() == [pytest.approx(0, abs=1e-5), math.inf]


def test_of_two_roads_between_the_same_junctions_the_quicker_counts() -> None:
    twice = network([111, 111.01], [40, 40], [(0, 1, 1600, 0, 0, False), (0, 1, 800, 0, 0, False)])
    found = access.nearest(access.roads(twice, WALK), (np.array([1], np.int32), np.zeros(1)),
                           (np.array([0], np.int32), np.zeros(1)))  # fmt: skip
    assert found.minutes[0] == pytest.approx(10, abs=1e-3)


def test_what_lies_beyond_the_limit_or_off_every_road_is_out_of_reach() -> None:
    road = network([111, 111.01], [40, 40], [(0, 1, 800, 0, 0, False)])
    over = access.roads(road, WALK)
    places = over.snapped(np.array([111.0, 112.0]), np.array([40.0, 40.0]))
    assert places[0].tolist() == [0, -1]
    assert places[1][1] == math.inf
    points = over.snapped(np.array([111.01]), np.array([40.0]))
    assert access.nearest(over, points, places).point.tolist() == [0, -1]
    assert access.nearest(over, points, places, limit=9).minutes.tolist() == [math.inf, math.inf]


def test_a_network_without_a_usable_road_reaches_nothing() -> None:
    shut = access.roads(network([111, 111.01], [40, 40], [(0, 1, 800, 2, 0, False)]), WALK)
    assert shut.fastest == 0
    assert shut.snapped(np.array([111.0]), np.array([40.0]))[0].tolist() == [-1]


def test_the_way_to_the_road_counts_at_both_ends() -> None:
    over = access.roads(network([111, 111.01], [40, 40], [(0, 1, 800, 0, 0, False)]), WALK)
    north = 40 + 0.006 / 6.671  # some hundred metres
    points, places = (
        over.snapped(np.array([111.01]), np.array([north])),
        over.snapped(np.array([111.0]), np.array([north])),
    )
    off = access.metres_between(np.array([111.0]), np.array([40.0]), np.array([111.0]), np.array([north]))[0]
    found = access.nearest(over, points, places)
    assert found.minutes[0] == pytest.approx(10 + 2 * off / 60, abs=1e-3)


@settings(deadline=None)
@given(networks())
def test_the_curve_is_an_order_of_all_junctions(net: Network) -> None:
    assert sorted(access.curve(net.lon, net.lat).tolist()) == list(range(net.nodes))
    assert access.curve(np.zeros(0), np.zeros(0)).tolist() == []


# ---- the next points ----


@st.composite
def reaches(draw: st.DrawFn) -> tuple[Reach, int]:
    """Up to seven candidates, eight places with their weights, and how many to choose."""
    rows, columns = draw(st.integers(1, 7)), draw(st.integers(1, 8))
    covers = np.array(
        draw(st.lists(st.lists(st.booleans(), min_size=columns, max_size=columns), min_size=rows, max_size=rows))
    )
    weight = draw(st.lists(st.integers(0, 50), min_size=columns, max_size=columns))
    return Reach(csr_matrix(covers.astype(np.int8)), np.array(weight, float)), draw(st.integers(1, 4))


def gain(found: Reach, chosen: tuple[int, ...]) -> float:
    return float(found.weight[np.asarray(found.covers[list(chosen)].sum(axis=0)).ravel() > 0].sum()) if chosen else 0.0


def best(found: Reach, most: int) -> float:
    rows = range(found.covers.shape[0])
    return max(gain(found, some) for number in range(most + 1) for some in combinations(rows, min(number, len(rows))))


@settings(deadline=None)
@given(reaches())
def test_one_after_another_is_within_its_bound_of_the_best(case: tuple[Reach, int]) -> None:
    found, most = case
    plan, top = siting.greedy(found, most), best(found, most)
    assert plan.gain == pytest.approx(gain(found, plan.chosen))
    assert plan.gain >= SHARE * top - 1e-9
    assert plan.gain - 1e-9 <= top <= plan.bound + 1e-9
    assert all(before >= after - 1e-9 for before, after in pairwise(plan.gains))


@settings(deadline=None)
@given(reaches())
def test_few_candidates_are_settled_exactly(case: tuple[Reach, int]) -> None:
    found, most = case
    plan = siting.suggest(found, most)
    assert plan.how == EXACT
    assert plan.gain == pytest.approx(best(found, most)) == pytest.approx(plan.bound)
    assert len(plan.chosen) == len(set(plan.chosen)) <= most


def test_exact_beats_one_after_another_where_the_best_first_step_is_a_trap() -> None:
    covers = np.array([[1, 1, 1, 1, 0, 0], [1, 1, 0, 0, 1, 0], [0, 0, 1, 1, 0, 1]], np.int8)
    found = Reach(csr_matrix(covers), np.array([2.0, 2, 2, 2, 1, 1]))
    assert siting.greedy(found, 2).gain == 9
    assert siting.suggest(found, 2) == Plan((1, 2), (5.0, 5.0), 10.0, EXACT)


def test_many_candidates_and_those_that_time_runs_out_for_say_how_far_off_they_may_be() -> None:
    covers = np.array([[1, 1, 1, 1, 0, 0], [1, 1, 0, 0, 1, 0], [0, 0, 1, 1, 0, 1]], np.int8)
    found = Reach(csr_matrix(covers), np.array([2.0, 2, 2, 2, 1, 1]))
    with mock.patch.object(siting, "FEW", 0):
        plan = siting.suggest(found, 2)
    assert (plan.how, plan.gain, plan.chosen) == (GREEDY, 9, (0, 1))
    assert 10 <= plan.bound < 14
    unsolved = mock.Mock(success=False, x=None, mip_dual_bound=-9.5)
    with mock.patch("scipy.optimize.milp", return_value=unsolved):
        assert siting.exact(found, 2, plan) == Plan((0, 1), plan.gains, 9.5, GREEDY)
    unsolved.mip_dual_bound = None
    with mock.patch("scipy.optimize.milp", return_value=unsolved):
        assert siting.exact(found, 2, plan).bound == plan.bound


@settings(deadline=None)
@given(asked(), st.integers(1, 40))
def test_a_candidate_covers_the_places_that_would_reach_a_point_there(case: tuple, limit: int) -> None:
    net, how, candidates, places = case
    over = access.roads(net, how)
    at, home = over.snapped(*arrays(candidates)), over.snapped(*arrays(places))
    with mock.patch.object(siting, "TOGETHER", 2):
        found = siting.reach(over, at, home, float(limit), np.ones(len(places))).covers.toarray()
    for row in range(len(candidates)):
        alone = access.nearest(over, (at[0][[row]], at[1][[row]]), home).minutes
        clear = np.abs(alone - limit) > 1e-6
        np.testing.assert_array_equal(found[row][clear] > 0, (alone <= limit)[clear])


def test_places_that_weigh_nothing_are_left_out() -> None:
    over: Roads = access.roads(network([111, 111.01], [40, 40], [(0, 1, 800, 0, 0, False)]), WALK)
    both = (np.array([0, 1], np.int32), np.zeros(2))
    found = siting.reach(over, both, both, 15.0, np.array([1.0, 0.0]))
    assert found.covers.toarray().tolist() == [[1, 0], [1, 0]]
