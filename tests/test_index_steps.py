"""Each step of an index by itself, against figures worked out by hand or by another library."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

import index_cases as made
from baolei.programme.index import impute, influence, tiers, treat
from baolei.programme.index.pipeline import STEPS
from baolei.programme.index.rank import places
from baolei.programme.index.rounding import half_up
from baolei.programme.index.simplex import lowest
from baolei.programme.refusals import CaseRefused
from baolei.programme.scoring.steps import check_order
from baolei.programme.standard.index_edition import Impute, KMeans, Line, Pass, Treat

TREE = """
items:
  - {code: a, parent: left}
  - {code: b, parent: left, weight: 3}
  - {code: c, parent: top, direction: -1}
nodes:
  - {code: top}
  - {code: left, parent: top, weight: 2}
"""
UNITS = """
id,a,b,c,people,side
u,10,20,5,2,E
v,30,-,1,4,E
w,-,40,3,0,W
"""


def column(figures, name):
    return figures.column(name).tolist()


def test_the_steps_stand_in_an_order_in_which_each_finds_what_it_needs():
    check_order(STEPS, {"tables", "value_raw", "value_extra", "value_label"})
    assert len({step.name for step in STEPS}) == len(STEPS)


def test_steps_asked_for_nothing_let_their_input_through():
    found = made.evaluated(TREE, UNITS)
    for name in ("value_denominated", "value_screened", "value_imputed", "value_treated", "normal"):
        np.testing.assert_array_equal(found[name].values, found["value_raw"].values)


def test_a_denominator_of_zero_makes_the_indicator_not_applicable():
    found = made.evaluated(TREE.replace("code: c,", "code: c, denominator: people,"), UNITS)
    assert column(found["value_denominated"], "c")[:2] == [2.5, 0.25]
    assert np.isnan(found["value_denominated"].column("c")[2])


def test_indicators_seen_too_seldom_and_units_known_too_little_drop_out():
    found = made.evaluated(TREE + "screen: {item_at_least: 3}", UNITS)
    assert found["value_screened"].columns == ("c",)
    assert column(found["value_screen"], "present") == [2, 2, 3]
    assert column(found["value_screen"], "kept") == [0, 0, 1]
    assert made.evaluated(TREE + "screen: {unit_share: 0.9}", UNITS)["value_screened"].rows == ("u",)


@pytest.mark.parametrize(
    ("rule", "a", "b"),
    [
        ("{method: mean}", [10, 30, 20], [20, 30, 40]),
        ("{method: median}", [10, 30, 20], [20, 30, 40]),
        ("{method: constant, value: 7}", [10, 30, 7], [20, 7, 40]),
        ("{method: group_mean, by: side}", [10, 30, None], [20, 20, 40]),
    ],
)
def test_gaps_are_filled_as_the_edition_says(rule, a, b):
    found = made.evaluated(TREE + f"impute: {rule}", UNITS)["value_imputed"]
    np.testing.assert_array_equal(found.column("a"), np.array(a, dtype=float))
    np.testing.assert_array_equal(found.column("b"), np.array(b, dtype=float))


def test_a_group_that_knows_nothing_keeps_its_gaps_and_they_are_not_counted_as_filled():
    values = np.array([[1.0, np.nan], [np.nan, np.nan], [np.nan, 8.0], [np.nan, np.nan]])
    groups = np.array(["E", "E", "W", "N"], dtype=object)
    found = impute.filled(values, Impute("group_median", "side"), groups)
    np.testing.assert_array_equal(found, [[1, np.nan], [1, np.nan], [np.nan, 8], [np.nan, np.nan]])
    units = "id,a,b,c,side\nu,1,2,3,E\nv,-,2,4,E\nw,-,-,-,N"
    figures = made.evaluated(TREE + "impute: {method: group_mean, by: side}", units)
    assert column(figures["value_filled"], "value_filled") == [1]


@given(st.lists(st.floats(-1e6, 1e6), min_size=5, max_size=40, unique=True))
def test_skewness_and_kurtosis_are_those_of_another_library(values):
    array = np.array(values)
    if array.std() < 1e-3 * max(1.0, np.abs(array).max()):
        return
    assert treat.skewness(array) == pytest.approx(scipy.stats.skew(array, bias=False), rel=1e-6, abs=1e-6)
    assert treat.kurtosis(array) == pytest.approx(scipy.stats.kurtosis(array, bias=False), rel=1e-6, abs=1e-6)


def test_outliers_come_in_one_at_a_time_from_the_side_they_stand_on():
    values = np.array([*range(20), 500.0, 900.0])
    inward, rounds = treat.winsorised(values, Treat(at_most=5))
    assert rounds == 2
    assert inward.max() == 19
    low, _ = treat.winsorised(-values, Treat(at_most=5))
    np.testing.assert_array_equal(low, -inward)


def test_where_too_many_points_would_move_the_logarithm_is_taken():
    values = np.array([*range(20), 5e3, 6e4, 7e5])
    log = treat.treated(values, Treat(at_most=1))
    assert log[0] == pytest.approx(np.log(0.01 * values.max()))
    left = treat.treated(values, Treat(at_most=1, otherwise="leave"))
    assert left.max() == 6e4


def test_an_indicator_nobody_knows_has_no_outliers():
    assert np.isnan(treat.treated(np.full(4, np.nan), Treat())).all()
    known = np.array([np.nan, *range(20), 500.0])
    inward = treat.treated(known, Treat())
    assert np.isnan(inward[0])
    np.testing.assert_array_equal(inward[1:], treat.treated(known[1:], Treat()))


NORMAL = {
    "{method: min_max, high: 100}": ([0, 100, np.nan], [0, 100, 50]),
    "{method: z_score}": ([-(0.5**0.5), 0.5**0.5, np.nan], [-1, 1, 0]),
    "{method: z_score, deviation: population}": ([-1, 1, np.nan], [-(1.5**0.5), 1.5**0.5, 0]),
    "{method: rank}": ([0, 1, np.nan], [0, 1, 0.5]),
    "{method: none}": ([10, 30, np.nan], [5, 1, 3]),
}


@pytest.mark.parametrize("rule", NORMAL)
def test_every_scale_puts_more_is_better_upward(rule):
    found = made.evaluated(TREE + f"normalise: {rule}", UNITS)["normal"]
    np.testing.assert_allclose(found.column("a"), NORMAL[rule][0])
    np.testing.assert_allclose(found.column("c"), NORMAL[rule][1])


@pytest.mark.parametrize(
    ("cap", "scale", "expected"),
    [
        ("both", "linear", [0, 0.5, 1]),
        ("none", "linear", [-0.5, 0.5, 1.5]),
        ("above", "linear", [-0.5, 0.5, 1]),
        ("below", "linear", [0, 0.5, 1.5]),
    ],
)
def test_goalposts_cap_where_the_edition_says(cap, scale, expected):
    body = f"""
    items: [{{code: a, parent: t, low: 10, high: 20, scale: {scale}}}]
    nodes: [{{code: t}}]
    normalise: {{method: goalposts, cap: {cap}}}
    """
    assert column(made.evaluated(body, "id,a\nu,5\nv,15\nw,25")["normal"], "a") == expected


def test_less_is_better_by_swapped_goalposts_or_by_direction():
    def shares(item):
        body = f"items: [{{code: a, parent: t, {item}}}]\nnodes: [{{code: t}}]\nnormalise: {{method: goalposts}}"
        return column(made.evaluated(body, "id,a\nu,12\nv,18")["normal"], "a")

    assert shares("low: 20, high: 10") == pytest.approx([0.8, 0.2])
    assert shares("low: 10, high: 20, direction: -1") == pytest.approx([0.8, 0.2])


def test_a_logarithm_of_nothing_is_the_worst_where_capped_and_refused_where_not():
    body = """
    items: [{code: a, parent: t, low: 1, high: 100, scale: ln}]
    nodes: [{code: t}]
    normalise: {method: goalposts, cap: %s}
    """
    assert column(made.evaluated(body % "both", "id,a\nu,0\nv,10")["normal"], "a") == pytest.approx([0, 0.5])
    with pytest.raises(CaseRefused, match="indicator a of u cannot be taken on scale ln"):
        made.evaluated(body % "above", "id,a\nu,0\nv,10")


def test_an_indicator_that_never_varies_has_no_relative_scale():
    with pytest.raises(CaseRefused, match="indicator a has fewer than two different values"):
        made.evaluated(TREE + "normalise: {method: min_max}", "id,a,b,c\nu,1,1,1\nv,1,2,2")


def test_means_climb_the_tree_and_absent_weights_are_shared():
    found = made.evaluated(TREE, UNITS)
    assert column(found["node"], "left") == [17.5, 30, 40]
    assert column(found["node"], "top") == pytest.approx([(2 * 17.5 + 5) / 3, (2 * 30 + 1) / 3, (2 * 40 + 3) / 3])
    assert column(found["node_share"], "left") == pytest.approx([2 / 3] * 3)
    blank = made.evaluated(TREE + "aggregate: {nodes: {left: {missing: blank}}}", UNITS)
    np.testing.assert_array_equal(blank["node"].column("left"), [17.5, np.nan, np.nan])
    assert column(blank["node"], "top") == pytest.approx([(2 * 17.5 + 5) / 3, 1, 3])
    least = made.evaluated(TREE + "aggregate: {nodes: {left: {at_least: 2}}}", UNITS)
    np.testing.assert_array_equal(least["node"].column("left"), [17.5, np.nan, np.nan])


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("geometric", (10 * 20**3) ** 0.25), ("harmonic", 4 / (1 / 10 + 3 / 20)), ("least", 10), ("arithmetic", 17.5)],
)
def test_every_kind_of_mean(kind, expected):
    found = made.evaluated(TREE + f"aggregate: {{nodes: {{left: {{mean: {kind}}}}}}}", UNITS)["node"]
    assert found.column("left")[0] == pytest.approx(expected)


def test_no_geometric_mean_of_a_negative_part():
    with pytest.raises(CaseRefused, match="u: node left has a negative part"):
        made.evaluated(TREE + "aggregate: {mean: geometric}", "id,a,b,c\nu,-1,2,3")


def test_a_node_can_be_standardised_and_rounded_on_the_way_up():
    units = "id,a,b,c\nu,1,1,0\nv,2,2,0\nw,3.4,3.4,0"
    found = made.evaluated(TREE + "aggregate: {nodes: {left: {standardise: true}}}", units)["node"]
    assert found.column("left").mean() == pytest.approx(0)
    assert found.column("left").std(ddof=1) == pytest.approx(1)
    rounded = made.evaluated(TREE + "aggregate: {nodes: {left: {decimals: 0}}}", units)["node"]
    assert column(rounded, "left") == [1, 2, 3]


def test_half_is_rounded_up():
    assert half_up(np.array([0.5, 1.5, 2.5, -0.5]), 0).tolist() == [1, 2, 3, 0]
    assert half_up(np.array([0.1245]), 3).tolist() == [0.125]


@pytest.mark.parametrize(
    ("ties", "expected"),
    [("min", [1, 2, 2, 4]), ("max", [1, 3, 3, 4]), ("average", [1, 2.5, 2.5, 4]), ("dense", [1, 2, 2, 3])],
)
def test_those_who_tie_share_a_place(ties, expected):
    assert places(np.array([9.0, 5, 5, 1]), ties).tolist() == expected


def test_places_run_the_other_way_where_less_is_better():
    assert places(np.array([9.0, np.nan, 1]), order="low")[[0, 2]].tolist() == [2, 1]


EVIDENCE = """
items:
  - {code: a1, parent: A}
  - {code: a2, parent: A}
  - {code: b1, parent: B}
  - {code: b2, parent: B}
nodes:
  - {code: all}
  - {code: A, parent: all, key: true}
  - {code: B, parent: all}
impute: {method: constant, value: 0}
evidence: {items: 2, nodes: 1, key_nodes: 1}
peers: evidence
rank: {within: peers}
"""


def test_filled_gaps_are_no_evidence_and_peers_are_ranked_apart():
    units = "id,a1,a2,b1,b2\nfull,1,1,1,1\nrich,9,9,9,9\nhalf,5,5,-,-\nwrong,-,-,5,5\npoor,5,-,-,-"
    found = made.evaluated(EVIDENCE, units)
    assert column(found["evidence_nodes"], "evidence_nodes") == [2, 2, 1, 1, 0]
    assert column(found["evidence_eligible"], "evidence_eligible") == [1, 1, 1, 0, 0]
    assert column(found["peer"], "peer") == ["2", "2", "1", "", ""]
    np.testing.assert_array_equal(found["rank"].column("rank"), [2, 1, 1, np.nan, np.nan])


def test_classes_by_lines_include_the_line_itself():
    lines = (Line("best", 0.8), Line("good", 0.7), Line("rest"))
    values = np.array([0.8, 0.7999, 0.7, 0.1, np.nan])
    assert tiers.by_lines(values, lines) == ["best", "good", "good", "rest", ""]


def test_k_means_finds_the_classes_that_are_there():
    values = np.concatenate([centre + np.linspace(-0.2, 0.2, 30) for centre in (0.0, 5, 9, 14, 20)])
    order = np.random.default_rng(3).permutation(len(values))
    label, centres = tiers.k_means(values[order], KMeans(5))
    assert centres == pytest.approx([0, 5, 9, 14, 20])
    assert label.tolist() == (order // 30 + 1).tolist()


def test_points_out_of_reach_are_classed_but_do_not_move_the_centre():
    values = np.array([0.0, 0.1, 0.2, 10, 10.1, 10.2, 11.6])
    rule = KMeans(2, passes=(Pass(), Pass(reach=1)))
    _, plain = tiers.k_means(values, KMeans(2))
    label, centres = tiers.k_means(values, rule)
    assert label.tolist() == [1, 1, 1, 2, 2, 2, 2]
    assert plain[1] == pytest.approx(values[3:].mean())
    assert centres[1] == pytest.approx(10.1)


def test_a_pass_ends_when_its_rounds_are_used_up_and_the_next_goes_on_from_there():
    values = np.sort(np.random.default_rng(8).normal(size=60)) ** 3
    start = tiers.quantile_medians(values, 4)
    once, label = tiers.settle(values, start, Pass(iterations=1))
    assert label.tolist() == tiers.nearest(values, start).tolist()
    assert once == pytest.approx([values[label == k].mean() for k in range(4)])
    settled, _ = tiers.settle(values, start, Pass())
    assert not np.allclose(once, settled)
    rounds = KMeans(4, passes=tuple(Pass(iterations=1) for _ in range(40)))
    assert tiers.k_means(values, rounds)[1] == pytest.approx(settled)


def test_too_few_different_values_for_the_classes_are_refused():
    with pytest.raises(CaseRefused, match="peer group all: 3 values"):
        made.evaluated(TREE + "tiers: {k_means: {k: 5}}", UNITS)


@given(st.integers(0, 10_000))
def test_best_and_worst_case_are_the_optimum_of_the_linear_programme(seed):
    rng = np.random.default_rng(seed)
    size, within = int(rng.integers(2, 9)), float(rng.uniform(0.05, 0.9))
    weights, values = rng.dirichlet(np.ones(size)), rng.normal(50, 20, size)
    worst, best = influence.box(values[None, :], weights, within)
    bounds = [((1 - within) * w, (1 + within) * w) for w in weights]
    for found, sign in ((worst[0], 1), (best[0], -1)):
        optimum = sign * linprog(sign * values, A_eq=np.ones((1, size)), b_eq=[1], bounds=bounds).fun
        assert found == pytest.approx(optimum, abs=1e-9)


def test_the_box_leaves_absent_parts_out():
    worst, best = influence.box(np.array([[10.0, np.nan, 20]]), np.array([0.25, 0.5, 0.25]), 0.2)
    assert (worst[0], best[0]) == (pytest.approx(0.6 * 10 + 0.4 * 20), pytest.approx(0.4 * 10 + 0.6 * 20))


INFLUENCE = (
    TREE.replace("weight: 3", "weight: 1").replace("direction: -1", "direction: 1")
    + "influence: {remove: [left], box: items, balance: {nodes: top, importance: [3, 1]}}"
)


@pytest.fixture(scope="module")
def many():
    rng = np.random.default_rng(5)
    rows = rng.normal(50, [[5, 10, 20]], (60, 3))
    return "id,a,b,c\n" + "\n".join(f"u{row},{a:.6f},{b:.6f},{c:.6f}" for row, (a, b, c) in enumerate(rows))


def test_shares_of_variance_add_up_and_weights_multiply(many):
    found = made.evaluated(
        INFLUENCE.replace("top, importance: [3, 1]", "[left, left]").replace(", balance: {nodes: [left, left]}", ""),
        many,
    )
    share = dict(zip(found["influence_share"].rows, column(found["influence_share"], "influence_share"), strict=True))
    weight = dict(
        zip(found["influence_weight"].rows, column(found["influence_weight"], "influence_weight"), strict=True)
    )
    assert weight == pytest.approx({"top": 1, "left": 2 / 3, "c": 1 / 3, "a": 1 / 3, "b": 1 / 3})
    assert share["a"] + share["b"] + share["c"] == pytest.approx(1)
    assert share["left"] == pytest.approx(share["a"] + share["b"])
    expected = np.corrcoef(found["node"].column("left"), found["node"].column("top"))[0, 1]
    assert found["influence_corr"].column("influence_corr")[
        found["influence_corr"].rows.index("left")
    ] == pytest.approx(expected)


def test_removing_a_pillar_leaves_the_ranks_of_the_other(many):
    found = made.evaluated(TREE + "influence: {remove: [left]}", many)
    with_it = places(found["node"].column("top"))
    without = places(found["normal"].column("c"))
    assert column(found["influence_removal"], "influence_removal") == pytest.approx([np.abs(with_it - without).mean()])


def test_balanced_weights_reach_the_importance_asked_for(many):
    body = """
    items: [{code: a, parent: x}, {code: b, parent: y}, {code: c, parent: z}]
    nodes: [{code: t}, {code: x, parent: t}, {code: y, parent: t}, {code: z, parent: t}]
    influence: {balance: {nodes: groups, importance: [1, 2, 1]}}
    """
    found = made.evaluated(body, many)["influence_balance"]
    ratio = found.column("corr") / found.column("corr").sum()
    assert ratio == pytest.approx([0.25, 0.5, 0.25], abs=1e-6)
    assert found.column("weight").sum() == pytest.approx(1)


def test_no_weight_is_taken_below_nothing_on_the_way_to_a_balance(many):
    body = """
    items: [{code: a, parent: x}, {code: b, parent: y}, {code: c, parent: z}]
    nodes: [{code: t}, {code: x, parent: t}, {code: y, parent: t}, {code: z, parent: t}]
    influence: {balance: {nodes: groups, importance: [100, 100, 1]}}
    """
    found = made.evaluated(body, many)["influence_balance"]
    assert (found.column("weight") > 0).all()
    assert found.column("weight").argmin() == found.column("corr").argmin() == 2


def test_the_simplex_ends_where_shrinking_it_leaves_it_larger_than_it_began():
    pits = [(1, 1), (1.1, 1), (1, 1.1), (1.1, 1.1), (1.15, 1.15), (1.05, 1.25), (1.025, 1.375)]

    def ground(point):
        """High ground with a pit at each point of a widening walk, every pit deeper than the one before."""
        return float(min(-depth if np.allclose(point, pit) else 10 for depth, pit in enumerate(pits)))

    assert lowest(ground, np.array([1.0, 1.0]), 1e-8) == pytest.approx([1.025, 1.375])


def test_the_simplex_finds_a_minimum_and_stops_early_when_told():
    def bowl(point):
        return float((point[0] - 3) ** 2 + 10 * (point[1] + 1) ** 2 + 2)

    assert lowest(bowl, np.array([1.0, 1.0]), 1e-14) == pytest.approx([3, -1], abs=1e-5)
    assert np.abs(lowest(bowl, np.array([1.0, 1.0]), 0.5) - [3, -1]).max() > 1e-3


def test_too_few_or_equal_values_have_no_shape():
    assert treat.skewness(np.array([1.0, 2.0])) == 0
    assert treat.kurtosis(np.array([1.0, 2.0, 9.0])) == 0
    assert treat.kurtosis(np.full(9, 3.0)) == treat.skewness(np.full(9, 3.0)) == 0


def test_two_different_values_are_never_made_one():
    values = np.array([0.0] * 30 + [1.0])
    assert treat.winsorised(values, Treat(at_most=5)) == (pytest.approx(values), 0)


def test_peers_by_a_column_of_the_units():
    body = EVIDENCE.replace("peers: evidence", "peers: kind") + "tiers: {k_means: {k: 2, within: peers}}\n"
    units = "id,a1,a2,b1,b2,kind\n" + "\n".join(f"u{n},{n},{n},{n},{n},{'x' if n < 4 else 'y'}" for n in range(8))
    found = made.evaluated(body, units)
    assert column(found["rank"], "rank") == [4, 3, 2, 1, 4, 3, 2, 1]
    assert column(found["tier"], "tier") == ["1", "1", "2", "2", "1", "1", "2", "2"]
    assert found["tier_centre"].rows == ("x.1", "x.2", "y.1", "y.2")


def test_a_box_over_indicators_leaves_out_those_that_were_dropped(many):
    body = TREE.replace("direction: -1", "direction: 1") + "screen: {item_at_least: 61}\ninfluence: {box: items}\n"
    assert made.evaluated(body, many)["influence_box"].rows == ()


def test_many_bad_cells_of_a_column_are_counted_not_listed():
    units = "id,a,b,c\n" + "\n".join(f"u{n},x,1,1" for n in range(100))
    with pytest.raises(CaseRefused, match="a is no number on 80 more lines") as refused:
        made.evaluated(TREE, units)
    assert len(refused.value.faults) == 21


def test_a_result_knows_its_columns():
    found = made.evaluated(TREE, UNITS)["node"]
    with pytest.raises(KeyError, match="there are left, top"):
        found.column("right")
    with pytest.raises(ValueError, match="values for 2 rows"):
        type(found)(("a", "b"), ("x",), np.zeros((1, 1)))
