"""Five levels, codes and paths; a tree that refuses what is none, and whose sums agree at every level."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
from importlib import resources

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from baolei.programme.organisation import levels, paths
from baolei.programme.organisation.periods import ALWAYS, Period, hold, months_later, whole_months
from baolei.programme.organisation.tree import Tree, Unit, tree, units_on
from baolei.programme.refusals import TreeRefused

DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2040, 12, 31))


def small() -> Tree:
    """A region, two leagues, one banner with two townships; a gacha that hangs right under its banner."""
    return tree(
        ["15", "1504", "1525", "150422", "150422103", "150422104", "150422103216", "G"],
        ["区", "赤峰", "锡林郭勒", "巴林左旗", "甲", "乙", "丙嘎查", "直属嘎查"],
        ["", "15", "15", "1504", "150422", "150422", "150422103", "150422"],
        [1, 2, 2, 3, 4, 4, 5, 5],
    )


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Any forest of up to 40 units, listed in any order."""
    above = [-1]
    for row in range(1, draw(st.integers(1, 40))):
        above.append(draw(st.integers(-1, row - 1)))
    level: list[int] = []
    for parent in above:
        level.append(1 if parent < 0 else min(level[parent] + 1, 6))
    kept = [row for row in range(len(above)) if level[row] <= 5]
    order = draw(st.permutations(kept))
    return tree(
        [f"U{row}" for row in order],
        ["" for _ in order],
        [f"U{above[row]}" if above[row] >= 0 else "" for row in order],
        [level[row] for row in order],
    )


# -- levels and codes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "name", "kind", "zh"),
    [
        (2, "兴安盟", "league", "盟"),
        (2, "赤峰市", "city", "市"),
        (3, "巴林左旗", "banner", "旗"),
        (3, "武川县", "county", "县"),
        (3, "新城区", "district", "区"),
        (3, "通辽经济技术开发区", "zone", "开发区（管理区）"),
        (4, "杭锦苏木", "sumu", "苏木"),
        (4, "东街街道办事处", "subdistrict", "街道"),
        (4, "半截店牧场", "other", "开发区、农牧林场等"),
        (5, "乌审召嘎查村委员会", "gacha", "嘎查"),
        (5, "巴彦杭盖嘎查社区", "gacha", "嘎查"),
        (5, "嘎查甸子村委会", "village", "村"),
        (5, "白彦兔村村民委员会", "village", "村"),
        (5, "良种场社区筹备处", "community", "社区"),
        (5, "税苑社区居委会", "community", "社区"),
        (5, "沙尔沁虚拟社区", "other", "类似村（居）的单位"),
        (5, "三分场村生活区", "other", "类似村（居）的单位"),
        (5, "伊根队", "other", "类似村（居）的单位"),
    ],
)
def test_a_unit_is_called_what_people_there_call_it(level: int, name: str, kind: str, zh: str) -> None:
    assert levels.level(level).kind(name) == kind
    assert levels.level(level).word(name).zh == zh


def test_levels_are_found_by_code_and_by_number() -> None:
    assert [levels.level(number).code for number in range(1, 6)] == [
        "region", "league", "banner", "township", "village",
    ]  # fmt: skip
    assert levels.level("banner").number == 3
    for stranger in ("county", 6):
        with pytest.raises(KeyError, match="one of 1 to 5"):
            levels.level(stranger)


def test_a_statistical_code_tells_level_and_parent_with_or_without_its_zeros() -> None:
    assert levels.short("150422000000") == "150422"
    assert levels.level_of("150422103216").code == "village"
    assert levels.level_of("150400").code == "league"
    chain = ["150422103216"]
    while above := levels.parent_of(chain[-1]):
        chain.append(above)
    assert chain == ["150422103216", "150422103", "150422", "1504", "15"]
    for wrong in ("", "1", "15042", "15042a", "１５", "000000"):
        with pytest.raises(ValueError, match="no statistical code"):
            levels.level_of(wrong)


def test_zones_are_told_from_the_blocks_of_the_codes() -> None:
    assert [levels.is_zone(code) for code in ("150172", "150123400", "150123400500", "150102400498")] == [True] * 4
    assert [levels.is_zone(code) for code in ("15", "150422", "150422103", "150123400216")] == [False] * 4


# -- dates and paths --------------------------------------------------------------------------------------------------


def test_a_period_counts_both_its_days() -> None:
    year = Period(dt.date(2023, 1, 1), dt.date(2023, 12, 31))
    assert [year.holds(dt.date(2023, *day)) for day in ((1, 1), (12, 31))] == [True, True]
    assert not year.holds(dt.date(2024, 1, 1))
    assert ALWAYS.holds(dt.date(1, 1, 1))
    assert year.overlaps(Period(dt.date(2023, 12, 31)))
    assert not year.overlaps(Period(dt.date(2024, 1, 1)))
    with pytest.raises(ValueError, match="before it begins"):
        Period(dt.date(2023, 2, 1), dt.date(2023, 1, 1))


@given(st.lists(st.tuples(st.none() | DAYS, st.none() | DAYS), max_size=8), DAYS)
def test_columns_of_validity_agree_with_periods(rows: list[tuple[dt.date | None, dt.date | None]], on: dt.date) -> None:
    rows = [(a, b) if not (a and b and b < a) else (b, a) for a, b in rows]
    since = np.array([a for a, _ in rows], dtype="datetime64[D]")
    until = np.array([b for _, b in rows], dtype="datetime64[D]")
    assert hold(since, until, on).tolist() == [Period(a, b).holds(on) for a, b in rows]


@given(DAYS, st.integers(0, 300))
def test_months_are_counted_back_as_they_are_counted_on(day: dt.date, months: int) -> None:
    later = months_later(day, months)
    assert whole_months(day, later) == months
    assert whole_months(day, later - dt.timedelta(1)) == max(0, months - 1)


def test_months_end_where_the_month_ends() -> None:
    assert months_later(dt.date(2023, 8, 31), -6) == dt.date(2023, 2, 28)
    assert whole_months(dt.date(2023, 8, 31), dt.date(2023, 1, 1)) == 0


@given(st.integers(0, 36**4 - 1), st.integers(0, 36**4 - 1))
def test_segments_sort_as_their_numbers(one: int, other: int) -> None:
    assert (paths.segment(one) < paths.segment(other)) == (one < other)


def test_paths_say_their_depth_and_refuse_what_does_not_fit() -> None:
    assert paths.depth(paths.segment(0) + paths.segment(7)) == 1
    for broken in ("", "00000"):
        with pytest.raises(ValueError, match="no path"):
            paths.depth(broken)
    for number in (-1, 36**4):
        with pytest.raises(ValueError, match="does not fit"):
            paths.segment(number)


@given(trees())
def test_what_stands_below_is_one_range_of_paths(found: Tree) -> None:
    path = found.paths()
    assert len(set(path)) == len(path)
    assert [paths.depth(one) for one in path] == found.depth.tolist()
    for row, code in enumerate(found.code):
        low, high = paths.span(path[row])
        assert high is not None
        below = found.below(code).tolist()
        assert below == [paths.under(one, path[row]) for one in path] == [low <= one < high for one in path]
        assert below == [code in found.chain(other) for other in found.code]
    assert paths.span("") == ("", None)
    assert all(paths.under(one, "") for one in path)


# -- trees ------------------------------------------------------------------------------------------------------------


def test_a_tree_knows_its_chains_and_its_levels() -> None:
    found = small()
    assert found.chain("150422103216") == ("15", "1504", "150422", "150422103", "150422103216")
    assert len(found) == 8
    assert "1504" in found
    assert "1505" not in found
    assert [found.code[row] if row >= 0 else "" for row in found.at_level(4)] == [
        "", "", "", "", "150422103", "150422104", "150422103", "",
    ]  # fmt: skip
    assert found.at_level(3)[found.place("G")] == found.place("150422")


@given(trees(), st.data())
def test_sums_agree_at_every_level(found: Tree, data: st.DataObject) -> None:
    n = len(found)
    own = np.array(data.draw(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=n, max_size=n)))
    total = found.roll_up(own)
    assert total.dtype == own.dtype
    assert total[found.parent < 0].sum(axis=0).tolist() == own.sum(axis=0).tolist()
    for row, code in enumerate(found.code):
        assert total[row].tolist() == own[found.below(code)].sum(axis=0).tolist()
        children = found.parent == row
        assert total[row].tolist() == (own[row] + total[children].sum(axis=0)).tolist()


def test_sums_want_one_row_for_each_unit() -> None:
    with pytest.raises(ValueError, match="7 rows for a tree of 8"):
        small().roll_up(np.zeros(7, dtype=int))


def test_everything_that_is_no_tree_is_said_at_once() -> None:
    with pytest.raises(TreeRefused) as refused:
        tree(
            ["15", "1504", "1504", "", "A", "B", "C", "D", "E", "S"],
            [""] * 10,
            ["", "15", "15", "15", "C", "A", "B", "A", "9999", "S"],
            [1, 2, 2, 3, 3, 3, 3, 3, 7, 4],
        )
    said = str(refused.value)
    for part in (
        "units:3: the code '1504' stands twice — keep one; the first is on row 2",
        "units:4: has no code",
        "units:5: a ring: A → C → B → A",
        "units:9: E hangs under '9999', which is not here",
        "units:9: E stands on level 7 — 1 (region) to 5 (village)",
        "units:8: D stands on level 3 under A of level 3",
        "units:10: a ring: S → S",
    ):
        assert part in said
    assert said.count("a ring:") == 2
    assert "units:1:" not in said


def test_a_statistical_tree_must_agree_with_its_codes() -> None:
    with pytest.raises(TreeRefused) as refused:
        tree(["15", "1504", "150522", "X"], [""] * 4, ["", "15", "1504", "15"], [1, 3, 4, 5], statistical=True)
    assert [str(fault) for fault in refused.value.faults] == [
        "units:2: 1504 is said to stand on level 3 — its code is that of a league, level 2",
        "units:3: 150522 hangs under 1504 — its code says 1505",
        "units:3: 150522 is said to stand on level 4 — its code is that of a banner, level 3",
        "units:4: 'X' is no statistical code: 2, 4, 6, 9 or 12 digits — the code of the statistics office",
    ]
    with pytest.raises(TreeRefused, match="its code says nothing above"):
        tree(["15", "10"], ["", ""], ["10", ""], [1, 1], statistical=True)


def test_a_banner_that_moved_stands_in_each_year_where_it_stood() -> None:
    moved = dt.date(2023, 7, 1)
    units = [
        Unit("15", "区", "", 1),
        Unit("1504", "赤峰", "15", 2),
        Unit("1505", "通辽", "15", 2),
        Unit("B", "某旗", "1504", 3, Period(until=moved - dt.timedelta(1))),
        Unit("B", "某旗", "1505", 3, Period(since=moved)),
    ]
    assert units_on(units, dt.date(2023, 6, 30)).chain("B") == ("15", "1504", "B")
    assert units_on(units, moved).chain("B") == ("15", "1505", "B")
    with pytest.raises(TreeRefused, match="units on 2023-07-01:5: the code 'B' stands twice"):
        units_on([*units[:3], Unit("B", "某旗", "1504", 3), units[4]], moved)


def test_an_empty_tree_is_a_tree() -> None:
    found = tree([], [], [], [])
    assert len(found) == 0
    assert found.paths() == ()
    assert found.roll_up(np.zeros(0)).tolist() == []


def test_the_real_region_stands() -> None:
    data = resources.files("baolei").joinpath("rulebook/divisions/inner_mongolia_2023.csv.gz").read_bytes()
    rows = list(csv.DictReader(gzip.decompress(data).decode().splitlines()))
    found = tree(
        [row["code"] for row in rows],
        [row["name"] for row in rows],
        [row["parent_code"] for row in rows],
        [levels.level(row["level"]).number for row in rows],
        statistical=True,
    )
    counts = found.roll_up(np.eye(6, dtype=int)[found.level])
    assert counts[found.place("15")].tolist() == [0, 1, 12, 108, 1225, 14592]
    for level in range(1, 5):
        assert counts[found.level == level, 5].sum() == 14592
    kinds = [levels.VILLAGE.kind(name) for name, level in zip(found.name, found.level, strict=True) if level == 5]
    assert {kind: kinds.count(kind) for kind in ("gacha", "village", "community", "other")} == {
        "gacha": 3071,
        "village": 8063,
        "community": 2913,
        "other": 545,
    }
