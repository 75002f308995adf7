"""The simulated truth: its goals hold, its figures are what they say, and a worse method is caught."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baolei.cli.simulate import simulate as command
from baolei.warehouse import simulation, truth
from baolei.warehouse.simulation import OURS, PLAIN, Goal, held, one_seed, table
from baolei.warehouse.simulation_figures import calibration_error, naming_figures, true_top, withdrawal_figures
from baolei.warehouse.simulation_methods import Naming, best, plain_mean, trimmed
from baolei.warehouse.simulation_world import first_year, next_year, visit

SMALL = replace(truth.scenario("typical"), branches=400, counties=8)


@pytest.fixture(scope="module")
def world():
    return first_year(table(), SMALL, 7)


# ---- the goals ----


def test_the_goals_hold(capsys):
    assert command("typical", range(100, 103), as_json=True) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["ok"]
    assert said["seeds"] == [100, 101, 102]
    assert {goal["code"] for goal in said["goals"] if goal["required"]} == {
        "precision", "false", "bad", "county_gap", "ece", "cover", "rank_cover", "withdrawn_good"}  # fmt: skip


def test_a_method_without_visits_and_leniency_falls_short(monkeypatch):
    policy = replace(table().policy, leniency_mode="off", visit_random=0, visit_floor=0, visit_borderline=0,
                     visit_at_least=0)  # fmt: skip
    blind = replace(table(), digest="blind", policy=policy)
    monkeypatch.setattr(simulation, "table", lambda: blind)
    outcome = simulation.simulate("typical", range(100, 102))
    short = {goal.code for goal in outcome.goals if not goal.ok}
    assert {"precision", "county_gap", "cover"} <= short
    assert not outcome.ok


def test_the_command_says_in_its_exit_code_that_a_goal_falls_short(monkeypatch, capsys):
    def wanting_too_much(name, figures):
        return (Goal("precision", {"zh": "准确率", "en": "precision"}, 1.0, None, 0.85),)

    monkeypatch.setattr(simulation, "held", wanting_too_much)
    monkeypatch.setattr(simulation, "one_seed", lambda edition, scenario, seed: fake_figures())
    assert command("hard", range(1, 2), as_json=False) == 1
    assert "✗" in capsys.readouterr().out


def fake_figures():
    names = ("spearman", "precision", "false", "bad", "stuffers", "neglecters", "county_gap")
    return {method: dict.fromkeys(names, 0.5) for method in simulation.METHODS}


def test_the_same_seed_gives_the_same_figures():
    assert one_seed(table(), SMALL, 3) == one_seed(table(), SMALL, 3)
    assert one_seed(table(), SMALL, 3) != one_seed(table(), SMALL, 4)


# ---- the table ----


def test_every_parameter_stands_in_the_table_and_says_where_it_comes_from():
    assert truth.scenarios() == ("typical", "hard", "benign")
    rows = truth._table()["parameters"]
    assert set(rows) == {field.name for field in fields(truth.Scenario)}
    assert all(row["about"] and row["source"] for row in rows.values())
    assert truth.scenario("hard").leniency_spread > truth.scenario("typical").leniency_spread
    with pytest.raises(KeyError, match="no scenario 'easy'"):
        truth.scenario("easy")


@pytest.mark.parametrize(
    ("at_least", "at_most", "got", "ok"),
    [(0.8, 0.9, 0.85, True), (0.8, 0.9, 0.79, False), (0.8, 0.9, 0.91, False), (0.8, None, float("nan"), False),
     (None, 0.01, 0.01, True), (None, None, float("nan"), True)],
)  # fmt: skip
def test_a_goal_holds_or_not(at_least, at_most, got, ok):
    assert Goal("some", {"zh": "某", "en": "some"}, at_least, at_most, got).ok is ok


def test_goals_are_held_against_plain_as_they_say():
    names = {goal["code"] for goal in truth.goals()}
    figures = {OURS: dict.fromkeys(names, 0.3), PLAIN: dict.fromkeys(names, 0.5)}
    got = {goal.code: goal.got for goal in held("typical", figures)}
    assert got["precision"] == pytest.approx(-0.2)
    assert got["false"] == pytest.approx(0.6)
    assert got["ece"] == pytest.approx(0.3)


# ---- the figures ----


def test_naming_the_truly_first_is_perfect_and_naming_the_last_is_not(world):
    top, cut = true_top(table(), world)
    assert top.sum() == round(0.411 * 400)
    right = naming_figures(table(), world, Naming(top, world.truth.quality))
    assert right["precision"] == right["spearman"] == pytest.approx(1)
    assert right["false"] == right["bad"] == right["county_gap"] == right["stuffers"] == 0
    last = best(table(), world.board, -world.truth.quality)
    wrong = naming_figures(table(), world, Naming(last, -world.truth.quality))
    assert wrong["precision"] == 0
    assert wrong["false"] > wrong["bad"] > 0.4
    assert np.isfinite(cut).all()


def test_calibration_error_is_that_of_the_textbook():
    assert calibration_error(np.array([0.25, 0.25, 0.25, 0.25]), np.array([True, False, False, False])) == 0
    assert calibration_error(np.array([0.95, 0.95]), np.array([False, False])) == pytest.approx(0.95)
    # two bins, off by .05 and .35
    assert calibration_error(np.array([0.05, 0.05, 0.65, 0.65]), np.array([0, 0, 1, 1], dtype=bool)) == pytest.approx(
        0.2
    )


def test_only_names_lost_by_the_truly_good_count_against_us():
    named = np.array([True, True, True, True, False])
    quality, cut = np.array([85, 85, 70, 79, 90]), np.full(5, 80.0)
    title = np.array([2, 0, 2, 1, -1])
    figures = withdrawal_figures(named, quality, cut, title)
    assert figures == {"withdrawn_good": 0.5, "withdrawn": 0.5, "fallen_caught": 1.0}


# ---- the methods we compare with ----


@given(st.lists(st.integers(0, 12), min_size=5, max_size=5), st.sampled_from([0.0, 0.1, 0.2]))
@settings(max_examples=100, deadline=None)
def test_trimming_cuts_the_ends_of_the_sorted_answers(counts, share):
    answers = np.repeat(np.arange(5), counts)
    cut = int(len(answers) * share)
    kept = answers[cut : len(answers) - cut]
    assert (trimmed(np.array(counts), share) == np.bincount(kept, minlength=5)).all()


def test_the_plain_mean_is_what_one_would_work_out_by_hand(world):
    edition, board = table(), world.board
    values = [grade.value for grade in edition.grades]
    reading = plain_mean(edition, board)
    for branch in (0, 17, int(np.flatnonzero(board["ballots"][:, 1] == 0)[0])):
        total = weight = 0.0
        for (strength, source), cents in edition.fields[board["field"][branch]].cells.items():
            if cents == 0:
                continue
            s = [each.code for each in edition.strengths].index(strength)
            if source == "org":
                mean = board["fact_num"][branch * 5 + s] / 100
            else:
                a = ["mem", "mas", "soc"].index(source)
                q = [question.strength for question in edition.questions[source]].index(strength)
                counts = board["answers"][branch, a, q, :5]
                if not counts.sum():
                    continue
                mean = (counts * values).sum() / counts.sum()
            total, weight = total + cents * mean, weight + cents
        assert reading[branch] == pytest.approx(total / weight)


# ---- the noise ----


def test_the_fields_are_even_and_seats_are_exact(world):
    named = best(table(), world.board, world.truth.quality)
    assert named.sum() == round(0.411 * 400)
    assert set(np.bincount(world.board["field"][named])) <= {32, 33}


def test_lenient_counties_read_higher_and_inflated_records_higher_still():
    bits = np.random.default_rng(1)
    model = replace(truth.scenario("hard"), superior_noise=0.0)
    county = np.arange(1000) % 10
    drawn = truth.draw_truth(bits, model, county, np.full((1000, 5), 0.2))
    gap = (truth.superiors(bits, model, drawn, county) - drawn.lived).mean(axis=1)
    open_ = (drawn.lived.max(axis=1) + drawn.leniency[county] + drawn.inflates < 100) & (drawn.lived.min(axis=1) > 40)
    assert gap[open_] == pytest.approx((drawn.leniency[county] + drawn.inflates)[open_])


def test_nobody_can_say_more_than_the_best_grade_and_stuffing_says_nothing_else():
    bits = np.random.default_rng(2)
    grades = np.array([100, 80, 60, 40, 20])
    high = truth.answers(bits, truth.Mood(5, 5), np.full((500, 4), 130.0), grades)
    assert (high == 0).all()
    low = truth.answers(bits, truth.Mood(0.01, 0.01), np.full((10, 4), 61.0), grades)
    assert (low == 2).all()
    some = truth.answers(bits, truth.Mood(5, 5, unknown=0.3, blank=0.1), np.full((2000, 4), 80.0), grades)
    assert (some == 5).mean() == pytest.approx(0.3, abs=0.03)
    assert (some == 6).mean() == pytest.approx(0.1, abs=0.02)


def test_counts_of_answers_are_those_of_the_ballots():
    bits = np.random.default_rng(3)
    branch, code = bits.integers(0, 6, 300), bits.integers(0, 7, (300, 3)).astype(np.uint8)
    counts = truth.count_answers(branch, code, 6, 5)
    for b, q, g in [(0, 0, 0), (3, 2, 4), (5, 1, 5)]:
        assert counts[b, q, g] == ((branch == b) & (code[:, q] == g)).sum()


def test_a_panel_member_rates_a_branch_once_and_stays_in_the_county():
    county = np.arange(60) // 20
    branch, rater, severity = truth.panel(np.random.default_rng(4), SMALL, county, np.ones(60, dtype=bool))
    assert len(set(zip(branch, rater, strict=True))) == len(branch) == 60 * SMALL.raters
    assert (rater // SMALL.rater_pool == county[branch]).all()
    for one in np.unique(rater):
        assert len(set(severity[rater == one])) == 1


def test_visits_see_the_truth_but_for_their_own_error(world):
    many = np.ones(len(world.county), dtype=bool)
    seen = visit(np.random.default_rng(5), table(), world, many, np.ones(len(many)), wave=1)
    error = seen["visit_overall"] / 100 - world.truth.quality[seen["visit_branch"]]
    assert abs(error.mean()) < 0.6
    assert error.std() == pytest.approx(3, abs=0.4)


def test_a_year_later_quality_has_drifted_and_everything_else_is_drawn_anew(world):
    later = next_year(table(), world, 7)
    moved = later.truth.quality - world.truth.quality
    assert moved.std() == pytest.approx(SMALL.drift, abs=0.3)
    assert (later.truth.neglects == world.truth.neglects).all()
    assert (later.truth.leniency != world.truth.leniency).all()
    assert (later.board["answers"] != world.board["answers"]).any()
