"""A simulated year: a truth and the board that its four sources would hand to the scoring; and visits to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from baolei.programme.scoring.arithmetic import Bools, Floats, Ints
from baolei.programme.scoring.leniency import BORDERLINE, DOUBLE, RANDOM
from baolei.programme.scoring.tables import tables
from baolei.programme.standard.edition import Edition
from baolei.warehouse import truth as model
from baolei.warehouse.truth import Bits, Mood, Scenario, Truth

HUNDREDTHS = 10_000
"""A reading of 0-100 as a ratio: hundredths of a point of 100."""

NO_VISITS: dict[str, Any] = {
    "visit_branch": np.zeros(0, dtype=np.int64),
    "visit_wave": np.zeros(0, dtype=np.int64),
    "visit_probability": np.zeros(0),
    "visit_organisation": np.zeros(0, dtype=np.int64),
    "visit_overall": np.zeros(0, dtype=np.int64),
}


@dataclass(frozen=True, slots=True)
class World:
    """A simulated year. `public` [n,S]: what the public feels on average, from which a top-up would be drawn."""

    scenario: Scenario
    truth: Truth
    county: Ints
    public: Floats
    board: dict[str, Any]


def first_year(edition: Edition, scenario: Scenario, seed: int) -> World:
    """The year that seed draws: branches dealt evenly over counties, and over the edition's fields."""
    bits = np.random.default_rng([seed, 1])
    n = scenario.branches
    county = np.arange(n) * scenario.counties // n
    field = np.arange(n) % len(edition.fields)
    truth = model.draw_truth(bits, scenario, county, strength_weights(edition)[field])
    return observe(bits, edition, scenario, truth, county, field.astype(np.int16), str(seed))


def next_year(edition: Edition, world: World, seed: int) -> World:
    """The same branches a year later, everything but their truth drawn anew."""
    bits = np.random.default_rng([seed, 2])
    truth = model.another_year(bits, world.scenario, world.truth)
    return observe(bits, edition, world.scenario, truth, world.county, world.board["field"], f"{seed}-2")


def strength_weights(edition: Edition) -> Floats:
    """What each strength weighs in each field, [F,S], rows sum to 1."""
    points = tables(edition).cells.sum(axis=2).astype(float)
    return np.asarray(points / points.sum(axis=1, keepdims=True))


def observe(
    bits: Bits, edition: Edition, scenario: Scenario, truth: Truth, county: Ints, field: Any, seed: str
) -> World:
    """What the four sources make of a truth, as a board; no visits yet."""
    n = len(county)
    public = model.public_level(bits, scenario, truth)
    voters = model.turnout(bits, scenario.public_ballots, scenario.ballot_spread, n)
    voters = np.where(model.absent(bits, scenario, truth), 0, voters)
    asked = {
        "mem": _members(bits, edition, scenario, truth),
        "mas": _public(bits, edition, scenario, truth, public, voters),
    }
    rated, rater, rating = _society(bits, edition, scenario, truth, county)
    asked["soc"] = (rated, rating)
    answers, ballots = _count(edition, asked, n)
    facts = _facts(edition, model.superiors(bits, scenario, truth, county))
    board = {
        "field": field,
        "county": county.astype(np.int32),
        "league": np.zeros(n, dtype=np.int32),
        "code": np.array([f"B{place:05d}" for place in range(n)], dtype=object),
        "entitled": np.full(n, 40),
        "served": np.full(n, 200),
        **facts,
        "answers": answers,
        "ballots": ballots,
        "panel_branch": rated,
        "panel_source": np.full(len(rated), 2),
        "panel_rater": rater,
        "panel_answers": _padded(edition, rating),
        **{f"mark_{name}": np.zeros(0, dtype=kind) for name, kind in _MARKS},
        **NO_VISITS,
        **{f"last_{name}": np.zeros(0, dtype=kind) for name, kind in _LAST},
        "seed": seed,
        "parameters": {},
    }
    return World(scenario, truth, county, public, board)


_MARKS = (("branch", np.int64), ("code", object), ("value", np.int64), ("matter", object), ("level", object))
_LAST = (("branch", np.int64), ("score", np.int64), ("se", np.int64), ("named", np.bool_), ("below", np.int64))


def _members(bits: Bits, edition: Edition, scenario: Scenario, truth: Truth) -> tuple[Ints, model.Codes]:
    number = model.turnout(bits, scenario.member_ballots, scenario.ballot_spread, len(truth.quality))
    branch = np.repeat(np.arange(len(number)), number)
    level = model.member_level(bits, scenario, truth)[:, questions(edition, "mem")]
    mood = Mood(scenario.member_halo, scenario.member_noise)
    return branch, model.answers(bits, mood, level[branch], tables(edition).values)


def _public(
    bits: Bits, edition: Edition, scenario: Scenario, truth: Truth, public: Floats, voters: Ints
) -> tuple[Ints, model.Codes]:
    """Honest ballots of the public, then the stuffed ones: all of the best grade."""
    branch = np.repeat(np.arange(len(voters)), voters)
    level = public[:, questions(edition, "mas")][branch] + model.neglected(bits, scenario, truth, branch)[:, None]
    mood = Mood(scenario.public_halo, scenario.public_noise)
    honest = model.answers(bits, mood, level, tables(edition).values)
    extra = np.round(voters * scenario.stuffed * truth.stuffs).astype(np.int64)
    false = np.repeat(np.arange(len(voters)), extra)
    stuffed = np.zeros((len(false), honest.shape[1]), dtype=np.uint8)
    return np.concatenate([branch, false]), np.concatenate([honest, stuffed])


def _society(
    bits: Bits, edition: Edition, scenario: Scenario, truth: Truth, county: Ints
) -> tuple[Ints, Ints, model.Codes]:
    branch, rater, severity = model.panel(bits, scenario, county, np.ones(len(county), dtype=bool))
    level = truth.lived[:, questions(edition, "soc")][branch] - severity[:, None]
    mood = Mood(scenario.rater_halo, scenario.rater_noise)
    return branch, rater, model.answers(bits, mood, level, tables(edition).values)


def questions(edition: Edition, source: str) -> Ints:
    """The strength that each question of a source speaks to, int64 [Q]."""
    place = {strength.code: number for number, strength in enumerate(edition.strengths)}
    return np.array([place[question.strength] for question in edition.questions[source]], dtype=np.int64)


def _count(edition: Edition, asked: Mapping[str, tuple[Ints, model.Codes]], n: int) -> tuple[Any, Any]:
    grades = len(edition.grades)
    longest = max(len(edition.questions[source.code]) for source in edition.asked())
    answers = np.zeros((n, len(asked), longest, grades + 1), dtype=np.int32)
    ballots = np.zeros((n, len(asked)), dtype=np.int32)
    for a, source in enumerate(edition.asked()):
        branch, code = asked[source.code]
        answers[:, a, : code.shape[1]] = model.count_answers(branch, code, n, grades)
        ballots[:, a] = np.bincount(branch, minlength=n)
    return answers, ballots


def _padded(edition: Edition, rating: model.Codes) -> model.Codes:
    """Ratings as wide as the longest ballot, the rest blank."""
    longest = max(len(edition.questions[source.code]) for source in edition.asked())
    out = np.full((len(rating), longest), len(edition.grades) + 1, dtype=np.uint8)
    out[:, : rating.shape[1]] = rating
    return out


def _facts(edition: Edition, reading: Floats) -> dict[str, Any]:
    """One ratio for each strength: the organisation's reading in hundredths of 100."""
    n, strengths = reading.shape
    return {
        "fact_branch": np.repeat(np.arange(n), strengths).astype(np.int32),
        "fact_item": np.tile(np.arange(strengths), n).astype(np.int32),
        "fact_num": np.round(reading * 100).astype(np.int64).reshape(-1),
        "fact_den": np.full(n * strengths, HUNDREDTHS, dtype=np.int64),
    }


# ---- visits and top-ups ----


def visit(bits: Bits, edition: Edition, world: World, drawn: Bools, probability: Floats, wave: int) -> dict[str, Any]:
    """The visits of one wave to the branches `drawn` (bool [n]), as columns of the board; random ones partly doubled.

    `probability` [n]: of having been drawn; only the random wave's counts.
    """
    rows = np.flatnonzero(drawn)
    again = rows[bits.random(len(rows)) < world.scenario.double_visits] if wave == RANDOM else rows[:0]
    branch = np.concatenate([rows, again])
    documents, whole = model.verified(bits, world.scenario, world.truth, branch)
    worth = tables(edition).cells[world.board["field"][branch].astype(np.int64)][:, :, tables(edition).found[0]]
    return {
        "visit_branch": branch,
        "visit_wave": np.concatenate([np.full(len(rows), wave), np.full(len(again), DOUBLE)]),
        "visit_probability": probability[branch] if wave == RANDOM else np.ones(len(branch)),
        "visit_organisation": np.round((worth * documents).sum(axis=1) / 100).astype(np.int64),
        "visit_overall": np.round(whole * 100).astype(np.int64),
    }


def with_visits(board: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """The board with more visits."""
    return {**board, **{name: np.concatenate([board[name], more[name]]) for name in NO_VISITS}}


def borderline(bits: Bits, edition: Edition, world: World, near: Bools) -> dict[str, Any]:
    """The second wave, nearest the line."""
    return visit(bits, edition, world, near, np.ones(len(near)), BORDERLINE)


def top_up(bits: Bits, edition: Edition, world: World, board: Mapping[str, Any], rows: Ints, lack: Ints) -> World:
    """Collect `lack` [r] more ballots of the public on branches `rows`, honestly drawn."""
    branch = np.repeat(rows, lack)
    level = world.public[:, questions(edition, "mas")][branch]
    level = level + model.neglected(bits, world.scenario, world.truth, branch)[:, None]
    mood = Mood(world.scenario.public_halo, world.scenario.public_noise)
    code = model.answers(bits, mood, level, tables(edition).values)
    a = [source.code for source in edition.asked()].index("mas")
    answers, ballots = board["answers"].copy(), board["ballots"].copy()
    answers[:, a, : code.shape[1]] += model.count_answers(branch, code, len(world.county), len(edition.grades))
    ballots[:, a] += np.bincount(branch, minlength=len(world.county)).astype(np.int32)
    return replace(world, board={**board, "answers": answers, "ballots": ballots})
