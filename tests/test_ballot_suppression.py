"""Totals of a tree of units: nobody works out a small group from what is shown, and nothing is hidden without need."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from baolei.programme.ballot.suppression import BANDS, banded, exactly, published, residuals

K = 5


@st.composite
def trees(draw: st.DrawFn, most: int = 8) -> tuple[dict[str, str | None], dict[str, int]]:
    """A tree (or several) of so many units, with ballots in any of them."""
    number = draw(st.integers(1, most))
    parents: dict[str, str | None] = {"u0": None}
    for n in range(1, number):
        parents[f"u{n}"] = draw(st.sampled_from([*parents, None] if n < 3 else [*parents]))
    return parents, {unit: draw(st.integers(0, 9)) for unit in parents if draw(st.booleans())}


def ancestors(parents: dict[str, str | None], unit: str) -> set[str]:
    """A unit and all it lies in."""
    found: set[str] = set()
    at: str | None = unit
    while at is not None:
        found.add(at)
        at = parents[at]
    return found


def rank(rows: list[list[int]]) -> int:
    """The rank of a matrix, in fractions."""
    left, found = [[Fraction(value) for value in row] for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in left if row[column]), None)
        if pivot is None:
            continue
        left = [row for row in left if row is not pivot]
        left = [[a - row[column] / pivot[column] * b for a, b in zip(row, pivot, strict=True)] for row in left]
        found += 1
    return found


def isolated(parents: dict[str, str | None], ballots: dict[str, int], shown: frozenset[str], k: int) -> list[list[str]]:
    """The attacker: every group of units with ballots, fewer than k together, of which some sum of what is shown, with
    any factors, tells something while it tells nothing of anybody else.
    """
    cells = [unit for unit in parents if ballots.get(unit)]
    rows = [[int(unit in ancestors(parents, cell)) for cell in cells] for unit in sorted(shown)]
    full = rank(rows)
    found = []
    for size in range(1, len(cells) + 1):
        for group in combinations(range(len(cells)), size):
            if sum(ballots[cells[at]] for at in group) >= k:
                continue
            rest = [[value for at, value in enumerate(row) if at not in group] for row in rows]
            if rank(rest) < full:
                found.append([cells[at] for at in group])
    return found


def held(parents: dict[str, str | None], ballots: dict[str, int], unit: str) -> int:
    return sum(number for cell, number in ballots.items() if unit in ancestors(parents, cell))


@settings(max_examples=300)
@given(trees(), st.sampled_from([5, 5, 7]))
def test_an_attacker_who_knows_linear_algebra_isolates_no_small_group(
    tree: tuple[dict[str, str | None], dict[str, int]], k: int
) -> None:
    parents, ballots = tree
    shown = published(parents, ballots, k)
    assert isolated(parents, ballots, shown, k) == []
    assert all(left == 0 or left >= k for left in residuals(parents, ballots, shown).values())
    assert all(held(parents, ballots, unit) >= k for unit in shown)


@settings(max_examples=300)
@given(trees(), st.data())
def test_the_attacker_agrees_with_the_rule_on_whatever_might_be_shown(
    tree: tuple[dict[str, str | None], dict[str, int]], data: st.DataObject
) -> None:
    parents, ballots = tree
    full = [unit for unit in parents if held(parents, ballots, unit)]
    assume(full)
    shown = frozenset(data.draw(st.lists(st.sampled_from(full))))
    safe = all(left == 0 or left >= K for left in residuals(parents, ballots, shown).values())
    assert safe is (isolated(parents, ballots, shown, K) == [])


@settings(max_examples=150)
@given(trees(7))
def test_no_safe_choice_shows_more_on_the_highest_level_where_it_differs(
    tree: tuple[dict[str, str | None], dict[str, int]],
) -> None:
    parents, ballots = tree
    depth = {unit: len(ancestors(parents, unit)) - 1 for unit in parents}
    may = [unit for unit in parents if held(parents, ballots, unit)]

    def worth(shown: frozenset[str]) -> list[tuple[int, int]]:
        at = [[unit for unit in shown if depth[unit] == level] for level in range(len(parents))]
        return [(len(units), sum(held(parents, ballots, unit) for unit in units)) for units in at]

    choices = [frozenset(unit for unit, yes in zip(may, picks, strict=True) if yes)
               for picks in product((False, True), repeat=len(may))]  # fmt: skip
    safe = [shown for shown in choices if all(n == 0 or n >= K for n in residuals(parents, ballots, shown).values())]
    best = published(parents, ballots)
    assert best in safe
    assert worth(best) == max(map(worth, safe))


@given(trees())
def test_one_more_would_always_be_too_many(tree: tuple[dict[str, str | None], dict[str, int]]) -> None:
    parents, ballots = tree
    shown = published(parents, ballots)
    for unit in set(parents) - shown:
        if held(parents, ballots, unit):
            more = residuals(parents, ballots, shown | {unit})
            assert any(0 < left < K for left in more.values()), unit


@given(trees(), st.randoms(use_true_random=False))
def test_the_order_in_which_units_are_told_decides_nothing(
    tree: tuple[dict[str, str | None], dict[str, int]], chance: object
) -> None:
    parents, ballots = tree
    units = list(parents)
    chance.shuffle(units)  # type: ignore[attr-defined]
    assert published({unit: parents[unit] for unit in units}, ballots) == published(parents, ballots)


REGION: dict[str, str | None] = {
    "region": None, "a": "region", "b": "region", "a1": "a", "a2": "a", "a3": "a", "b1": "b", "b2": "b",
}  # fmt: skip


@pytest.mark.parametrize(("ballots", "hidden"), [
    ({"a1": 9, "a2": 9, "a3": 9, "b1": 9, "b2": 9}, set()),  # nothing is hidden where nothing need be
    ({"a1": 9, "a2": 8, "a3": 7, "b1": 3, "b2": 9}, {"b1", "b2"}),  # a small one takes its only neighbour with it
    ({"a1": 9, "a2": 6, "a3": 3, "b1": 9, "b2": 9}, {"a3", "a2"}),  # … the smallest of two
    ({"a1": 3, "a2": 2, "a3": 30, "b1": 9, "b2": 9}, {"a1", "a2"}),  # two small ones hide each other
    ({"a1": 9, "a2": 9, "b1": 2, "b2": 1}, {"b", "b1", "b2", "a", "a3", "a1"}),  # a small league hides the other one
    ({"a1": 9, "a2": 0, "a3": 9, "b1": 9, "b2": 9}, {"a2"}),  # nobody voted: nothing to show, nothing to hide
    ({"a1": 2, "b1": 2}, set(REGION)), ({"a1": 5}, set(REGION) - {"region", "a", "a1"}), ({}, set(REGION)),
])  # fmt: skip
def test_what_is_hidden_in_a_region_of_two_leagues(ballots: dict[str, int], hidden: set[str]) -> None:
    assert set(REGION) - published(REGION, ballots) == hidden


def test_a_tree_that_is_none_is_refused() -> None:
    for parents in ({"a": "b", "b": "a"}, {"a": "elsewhere"}, {"a": "a"}):
        with pytest.raises(ValueError, match="give every unit up to the highest"):
            published(parents, {})
    with pytest.raises(ValueError, match="5 or more"):
        published(REGION, {}, 4)
    for ballots in ({"a": -1}, {"nowhere": 6}):
        with pytest.raises(ValueError, match="would be right"):
            published(REGION, ballots)


def test_a_whole_region_is_decided_at_once() -> None:
    parents: dict[str, str | None] = {"r": None}
    for a, b, c in product(range(4), range(5), range(100)):
        parents |= {f"{a}": "r", f"{a}.{b}": f"{a}", f"{a}.{b}.{c}": f"{a}.{b}"}
    ballots = {unit: sum(map(ord, unit)) * 7 % 23 for unit in parents if unit.count(".") == 2}
    shown = published(parents, ballots)
    assert all(left == 0 or left >= K for left in residuals(parents, ballots, shown).values())
    assert {unit for unit in parents if unit.count(".") < 2} <= shown
    large = [unit for unit, number in ballots.items() if number >= K]
    assert 0 <= len(large) - sum(unit in shown for unit in large) <= 20  # one for a township at most


# ---- bands ----


@pytest.mark.parametrize(("answers", "band"), [
    ((5, 0, 0, 0, 0, 0), "better"), ((3, 2, 0, 0, 0, 0), "better"), ((0, 0, 0, 9, 0, 0), "worse"),
    ((0, 0, 0, 0, 7, 0), "unknown"), ((0, 0, 0, 0, 0, 6), "blank"), ((4, 0, 1, 0, 0, 0), "better"),
    ((4, 0, 2, 0, 0, 0), None), ((2, 1, 1, 1, 0, 0), None), ((10, 0, 0, 0, 0, 0), None), ((0,) * 6, None),
    ((3, 2, 0, 0, 0), "better"), ((0, 0, 5, 0, 0), "worse"), ((3, 0, 2, 0, 0), None), ((5, 0, 0), "better"),
])  # fmt: skip
def test_few_that_nearly_agree_are_told_as_a_band(answers: tuple[int, ...], band: str | None) -> None:
    assert banded(answers) == band
    assert band is None or BANDS[band].zh


def test_a_band_does_not_tell_that_all_agree() -> None:
    assert banded((7, 0, 0, 0, 0, 0)) == banded((6, 0, 0, 1, 0, 0)) == banded((4, 3, 0, 0, 0, 0)) == "better"


ANSWERS = st.tuples(*[st.integers(0, 5)] * 2, *[st.sampled_from([0, 0, 0, 1])] * 4)


@settings(max_examples=300)
@given(trees(), st.data())
def test_nobody_works_out_a_few_who_nearly_agree(
    tree: tuple[dict[str, str | None], dict[str, int]], data: st.DataObject
) -> None:
    parents = tree[0]
    answers = {unit: data.draw(ANSWERS) for unit in parents if unit in tree[1]}
    shown = published(parents, {unit: sum(numbers) for unit, numbers in answers.items()})
    told = exactly(parents, answers, shown)
    assert told <= shown
    totals = {unit: [sum(column) for column in zip(*(numbers for cell, numbers in answers.items()
              if unit in ancestors(parents, cell)), strict=True)] for unit in told}  # fmt: skip
    cells = [unit for unit in parents if sum(answers.get(unit, ()))]
    for factors in product((-1, 0, 1), repeat=len(told)) if len(told) < 7 else ():
        chosen = dict(zip(sorted(told), factors, strict=True))
        parts = [sum(chosen[unit] for unit in told & ancestors(parents, cell)) for cell in cells]
        if set(parts) <= {0, 1} and any(parts):
            left = [sum(chosen[unit] * totals[unit][at] for unit in told) for at in range(6)]
            assert sum(left) >= K
            assert banded(left) is None, chosen


def test_a_unit_is_told_as_a_band_and_its_neighbour_covers_it() -> None:
    parents: dict[str, str | None] = {"t": None, "x": "t", "y": "t", "z": "t"}
    mixed, agreed = (5, 5, 5, 5, 0, 0), (6, 0, 0, 0, 0, 0)
    shown = published(parents, {"x": 6, "y": 20, "z": 24})
    assert shown == {"t", "x", "y", "z"}
    found = exactly(parents, {"x": agreed, "y": mixed, "z": (6, 6, 6, 6, 0, 0)}, shown)
    assert found == {"t", "z"}  # x is a band; y is the smaller of those that keep it from being worked out
    assert exactly(parents, {"x": (2, 2, 2, 0, 0, 0), "y": mixed, "z": mixed}, shown) == shown
    assert exactly({"t": None}, {"t": agreed}, {"t"}) == frozenset()
    assert exactly(parents, {}, set()) == frozenset()
