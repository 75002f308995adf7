"""The sheet of every branch of an invented league: it adds up, says what stands in the way, and what would lift it."""

from __future__ import annotations

import itertools
import re
from fractions import Fraction

import pytest

from baolei.programme.scoring.sheet import Lever, points_text, smallest_way
from baolei.programme.standard.edition import Text
from baolei.warehouse.demo.region import build
from baolei.warehouse.editions import edition as read_edition
from baolei.warehouse.evaluate import evaluate
from baolei.warehouse.sheets import read_figures, sheet_of
from baolei.warehouse.snapshot import read_table


@pytest.fixture(scope="module")
def league(tmp_path_factory):
    home = tmp_path_factory.mktemp("league")
    build(home / "snapshot", scope="1529", scale=0.1, seed=7)
    evaluate(home / "snapshot", home / "results")
    results = home / "results"
    edition, figures = read_edition(results / "edition"), read_figures(results)
    rows = read_table(results / "branches.parquet").to_pylist()
    return edition, [sheet_of(results, row, edition, figures) for row in rows]


def test_the_printed_lines_add_up_to_the_base_and_the_base_to_the_score(league):
    edition, sheets = league
    for sheet in sheets:
        row = sheet.row
        assert sum(leaf.points for leaf in sheet.leaves) == row["base"]
        assert sum(earned for _, _, earned, _, _ in sheet.sources) == row["base"]
        adjusted = row["base"] + row["bonus"] - row["deduction"] - row["leniency_line"]
        assert row["score"] == min(max(adjusted, 0), edition.total)


def test_a_line_ends_in_the_points_it_earned(league):
    for sheet in league[1]:
        for leaf in sheet.leaves:
            if leaf.formula:
                assert leaf.formula.endswith(f"= {points_text(leaf.points)}")
            else:
                assert not (leaf.shown and leaf.applies)


def test_ballot_lines_are_worked_out_as_they_are_written(league):
    ballots = re.compile(r"\((\d+)×([\d.]+) \+ (\d+)×([\d.]+)\) ÷ (\d+) = ([\d.]+) → × ([\d.]+) ÷ 100 = ([\d.]+)")
    seen = 0
    for sheet in league[1]:
        for leaf in sheet.leaves:
            if said := ballots.fullmatch(leaf.formula):
                n, mean, k, norm, of, result, worth, points = map(Fraction, said.groups())
                assert abs((n * mean + k * norm) / of - result) <= Fraction(1, 200)
                assert abs(result * worth / 100 - points) <= Fraction(1, 200)
                seen += 1
    assert seen > 1000


def test_a_source_with_too_few_ballots_is_shown_only_inside_the_total(league):
    edition, sheets = league
    hidden = [sheet for sheet in sheets if sheet.hidden]
    assert hidden
    for sheet in hidden:
        closed = {code for code, *_, shown in sheet.sources if not shown}
        for source in edition.asked():
            few = 0 < sheet.row[f"ballots_{source.code}"] < (10 if source.code == "mas" else 5)
            assert (source.code in closed) == few
        assert all(earned is None and of is None for *_, earned, of in sheet.strengths), "no subtraction opens it"
        assert not any(leaf.formula for leaf in sheet.leaves if leaf.source in closed)
        assert not {lever.code for lever in sheet.levers} & {leaf.code for leaf in sheet.leaves if not leaf.shown}


def test_absent_items_leave_their_distance_to_the_mean_with_those_that_took_their_points(league):
    absent = [(sheet, leaf) for sheet in league[1] for leaf in sheet.leaves if not leaf.applies]
    assert absent
    for sheet, leaf in absent:
        cell = [other for other in sheet.leaves if (other.strength, other.source) == (leaf.strength, leaf.source)]
        if any(other.applies for other in cell):
            assert leaf.available == leaf.points == 0
            assert leaf.against == 0


def test_conditions_say_what_stands_in_the_way(league):
    edition, sheets = league
    kinds = {condition.kind for sheet in sheets for condition in sheet.conditions}
    assert {"gate", "veto", "evidence"} <= kinds
    for sheet in sheets:
        open_gates = [one.code for one in sheet.conditions if one.kind == "gate"]
        assert open_gates == [gate.code for at, gate in enumerate(edition.gates) if sheet.row["gates_open"] >> at & 1]
        assert sum(one.kind in ("floor", "floor_watch") for one in sheet.conditions) == (
            sheet.row["floors_broken"].bit_count() + sheet.row["floors_watched"].bit_count()
        )


def test_levers_lift_and_a_way_closes_the_gap(league):
    short = 0
    for sheet in league[1]:
        assert all(lever.gain > 0 for lever in sheet.levers)
        gap = sheet.line - sheet.row["score"]
        if sheet.way:
            short += 1
            assert sum(lever.gain for lever in sheet.way) >= gap > 0
        else:
            assert gap <= 0 or sum(lever.gain for lever in sheet.levers) < gap
    assert short


@pytest.mark.parametrize("gap", [-5, 0, 1, 30, 55, 90, 124, 125])
def test_the_way_is_the_shortest_and_of_those_the_easiest(gap):
    levers = [Lever(str(at), Text("", ""), "", gain, effort)
              for at, (gain, effort) in enumerate([(10, 1), (30, 5), (30, 2), (54, 9)])]  # fmt: skip
    closing = [taken for size in range(1, 5) for taken in itertools.combinations(levers, size)
               if sum(lever.gain for lever in taken) >= gap]  # fmt: skip
    way = smallest_way(levers, gap)
    if gap <= 0 or not closing:
        assert way == ()
    else:
        best = min((len(taken), sum(lever.effort for lever in taken)) for taken in closing)
        assert (len(way), sum(lever.effort for lever in way)) == best
        assert sum(lever.gain for lever in way) >= gap


@pytest.mark.parametrize(("cents", "text"), [(0, "0.00"), (8642, "86.42"), (-5, "-0.05"), (-120, "-1.20")])
def test_cents_are_printed_as_points(cents, text):
    assert points_text(cents) == text
