"""The evaluation, step by step: what method.md calls the order of a verdict, as a tuple one can read.

Every step is a pure function of the edition and of what stands on the board before it. Names, shapes and units are in
the steps' own docstrings; `INPUTS` lists what the round itself brings.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scipy.special import ndtr

from baolei.programme.scoring import (
    ballots,
    change,
    conditions,
    doubts,
    items,
    leniency,
    ranks,
    readings,
    totals,
    uncertainty,
    verdict,
    visits,
    weights,
)
from baolei.programme.scoring.steps import Board, Step, walk
from baolei.programme.standard.edition import Edition

INPUTS = (
    "field",
    "county",
    "league",
    "code",
    "entitled",
    "served",
    "fact_branch",
    "fact_item",
    "fact_num",
    "fact_den",
    "answers",
    "ballots",
    "panel_branch",
    "panel_source",
    "panel_rater",
    "panel_answers",
    "mark_branch",
    "mark_code",
    "mark_value",
    "mark_matter",
    "mark_level",
    "visit_branch",
    "visit_wave",
    "visit_probability",
    "visit_organisation",
    "visit_overall",
    "last_branch",
    "last_score",
    "last_se",
    "last_named",
    "last_below",
    "seed",
    "parameters",
)
"""What a round brings: n branches (field, county, league, code, entitled, served), m facts sorted by branch and item,
answers int [n,A,Q,G+1] (ballots that gave each grade, then "don't know"), ballots int [n,A] (valid ones), the panel's
ratings, marks, visits, last year, the public seed, and the parameters frozen before any verdict."""


def _prior_chance(edition: Edition, board: Board) -> dict[str, Any]:
    """The chance before any visit to the branch itself: what the visit list is drawn by. float64 [n]."""
    cut = board["cut"][board["field"].astype("int64")]
    return {"prior_chance": ndtr((board["prior_theta"] - cut) / board["prior_spread"])}


STEPS: tuple[Step, ...] = (
    Step(
        "items to points",
        "method 2.2",
        ("fact_branch", "fact_item", "fact_num", "fact_den", "field"),
        ("fact_available", "fact_points", "item_earned", "item_available", "items_missing"),
        items.item_points,
    ),
    Step(
        "severity of identified raters",
        "method 2.5",
        ("answers", "panel_branch", "panel_source", "panel_rater", "panel_answers"),
        ("severity", "severity_shift"),
        ballots.panel_severity,
    ),
    Step(
        "printed means of ballots",
        "method 2.3",
        ("answers", "severity_shift"),
        ("asked_n", "asked_mean", "asked_unknown"),
        ballots.ballot_means,
    ),
    Step(
        "frozen figures",
        "method 2.3, 2.12",
        ("field", "asked_n", "asked_mean", "parameters"),
        ("phantom", "norm"),
        ballots.freeze,
    ),
    Step(
        "phantom ballots",
        "method 2.3",
        ("field", "asked_n", "asked_mean", "phantom", "norm"),
        ("asked_score", "asked_points"),
        ballots.shrink,
    ),
    Step(
        "cells",
        "method 2.9",
        ("field", "item_earned", "item_available", "asked_points"),
        ("earned", "available", "base"),
        totals.cells,
    ),
    Step(
        "county leniency",
        "method 2.6",
        (
            "field",
            "county",
            "league",
            "item_earned",
            "visit_branch",
            "visit_wave",
            "visit_organisation",
            "visit_probability",
        ),
        (
            "leniency",
            "leniency_se",
            "leniency_n",
            "inflation",
            "inflation_se",
            "leniency_of",
            "leniency_told",
            "leniency_line",
        ),
        leniency.leniency,
    ),
    Step(
        "bonus, deduction, score",
        "method 2.7",
        ("field", "base", "leniency_line", "mark_branch", "mark_code", "mark_matter", "mark_level"),
        ("bonus", "deduction", "score"),
        totals.adjust,
    ),
    Step(
        "gates and vetoes",
        "method 2.7",
        ("field", "mark_branch", "mark_code", "mark_value"),
        ("gates_open", "vetoes"),
        conditions.gates,
    ),
    Step(
        "floors and stars",
        "method 2.7",
        ("field", "earned", "available", "phantom", "ballots", "parameters"),
        ("ratio", "ratio_se", "floors_broken", "floors_watched", "stars"),
        conditions.floors,
    ),
    Step(
        "least evidence",
        "method 2.8",
        ("field", "ballots", "entitled", "served", "items_missing"),
        ("evidence_short", "evidence_needed"),
        conditions.evidence,
    ),
    Step(
        "standard error",
        "method 3.1",
        ("field", "phantom", "ballots", "parameters"),
        ("variance", "se"),
        uncertainty.standard_error,
    ),
    Step(
        "expected quality",
        "method 3.1",
        (
            "field",
            "score",
            "variance",
            "leniency_line",
            "leniency_of",
            "leniency_told",
            "parameters",
            "visit_branch",
            "visit_wave",
            "visit_probability",
            "visit_overall",
        ),
        (
            "center",
            "reliability",
            "dispersion",
            "visit_sigma",
            "prior_theta",
            "prior_spread",
            "theta",
            "spread",
            "standing",
            "standing_se",
            "visited",
        ),
        uncertainty.expect,
    ),
    Step(
        "chance of the line",
        "method 3.1",
        ("field", "theta", "spread"),
        ("cut", "probability", "confirmation"),
        uncertainty.chance,
    ),
    Step(
        "line and seats",
        "method 2.10",
        (
            "field",
            "league",
            "score",
            "earned",
            "ratio",
            "theta",
            "standing",
            "visited",
            "leniency_line",
            "leniency_of",
            "gates_open",
            "vetoes",
            "floors_broken",
        ),
        ("over_line", "seats"),
        verdict.line_up,
    ),
    Step(
        "tiers",
        "method 2.10",
        (
            "field",
            "over_line",
            "score",
            "stars",
            "theta",
            "spread",
            "gates_open",
            "vetoes",
            "floors_broken",
            "evidence_short",
        ),
        ("tier", "named", "held", "candidate"),
        verdict.tiers,
    ),
    Step("ranks", "method 2.9", ("score", "field"), ("rank",), ranks.ranks),
    Step(
        "rank intervals",
        "method 3.2",
        ("field", "theta", "spread", "seed"),
        ("rank_low", "rank_high"),
        ranks.rank_intervals,
    ),
    Step(
        "weights",
        "method 3.3",
        ("field", "earned", "available", "score", "base"),
        ("weight_low", "weight_high", "robust", "effective"),
        weights.weight_bounds,
    ),
    Step(
        "other readings",
        "method 2.3, 3.3",
        ("field", "answers", "asked_n", "asked_points", "phantom", "earned", "available", "base", "score"),
        ("moved",),
        readings.other_readings,
    ),
    Step(
        "sources that disagree",
        "method 3.4",
        ("field", "league", "earned", "available", "phantom", "ballots", "parameters"),
        ("gap", "gap_z", "disagree"),
        doubts.disagreement,
    ),
    Step("ballots too much alike", "method 3.5", ("field", "league", "answers"), ("alike_p", "alike"), doubts.alike),
    Step(
        "against last year",
        "method 4",
        (
            "field",
            "score",
            "se",
            "standing",
            "standing_se",
            "vetoes",
            "last_branch",
            "last_score",
            "last_se",
            "last_named",
            "last_below",
        ),
        ("change", "delta", "has_last", "title"),
        change.change,
    ),
    Step(
        "chance before a visit",
        "method 3.6",
        ("field", "prior_theta", "prior_spread", "cut"),
        ("prior_chance",),
        _prior_chance,
    ),
    Step(
        "whom to visit",
        "method 3.6",
        ("field", "county", "code", "prior_chance", "gap_z", "alike", "change", "visited", "seed"),
        ("draw_number", "draw_probability", "drawn", "borderline"),
        visits.visit_list,
    ),
)


def score(edition: Edition, board: Board, told: Callable[[Step], None] = lambda step: None) -> dict[str, Any]:
    """Evaluate a round: the board of `INPUTS` in, the same board with everything the STEPS give out."""
    return walk(STEPS, edition, board, told)
