"""Ballots of members and of the public, and ratings of the society panel, for the branches of the demo."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baolei.programme.scoring.arithmetic import Bools, Ints
from baolei.programme.scoring.tables import tables
from baolei.programme.standard.edition import Edition, Source
from baolei.warehouse import truth as model
from baolei.warehouse.demo.places import mix
from baolei.warehouse.truth import Bits, Codes, Mood, Scenario, Truth

PACKED = 16
"""Answers of a ballot that fit into one 64-bit key, of at most eight possible answers each."""


@dataclass(frozen=True, slots=True)
class Poll:
    """Ballots of one source: branch [b], answers [b,Q] as wide as the longest ballot, raters [b] (none but a panel's).

    Sorted by branch and answers: no order of casting stays.
    """

    branch: Ints
    answers: Codes
    rater: Ints


@dataclass(frozen=True, slots=True)
class People:
    """Who may answer: county (int [n]), members entitled, people served."""

    county: Ints
    field: Ints
    entitled: Ints
    served: Ints


def polls(edition: Edition, scenario: Scenario, truth: Truth, people: People, bits: Bits) -> dict[str, Poll]:
    """The ballots of every asked source, by its code. A field whose table gives a source nothing does not ask it."""
    found = {}
    weight = tables(edition).weight
    for source, place in zip(edition.asked(), tables(edition).asked, strict=True):
        asked = weight[people.field, place] > 0
        if source.kind == "panel":
            found[source.code] = _panel(edition, source, scenario, truth, people, asked, bits)
        elif source is members_source(edition):
            number = np.where(asked, bits.binomial(people.entitled, mix()["turnout"]), 0)
            found[source.code] = _members(edition, source, scenario, truth, number, bits)
        else:
            number = model.turnout(bits, scenario.public_ballots, scenario.ballot_spread, len(asked))
            number = np.where(model.absent(bits, scenario, truth) | ~asked, 0, np.minimum(number, people.served))
            found[source.code] = _public(edition, source, scenario, truth, number, bits)
    return found


def members_source(edition: Edition) -> Source | None:
    """The source in which members vote: whose least evidence counts those entitled, else the first of ballots."""
    ballots = [source for source in edition.asked() if source.kind == "ballots"]
    counted = [source for source in ballots if source.minimum is not None and source.minimum.of == "entitled"]
    return next(iter(counted + ballots), None)


def _questions(edition: Edition, source: Source) -> Ints:
    place = {strength.code: number for number, strength in enumerate(edition.strengths)}
    return np.array([place[question.strength] for question in edition.questions[source.code]], dtype=np.int64)


def _mood(halo: float, noise: float) -> Mood:
    return Mood(halo, noise, unknown=mix()["unknown"], blank=mix()["blank"])


def _members(edition: Edition, source: Source, scenario: Scenario, truth: Truth, number: Ints, bits: Bits) -> Poll:
    branch = np.repeat(np.arange(len(number)), number)
    level = model.member_level(bits, scenario, truth).astype(np.float32)[:, _questions(edition, source)]
    mood = _mood(scenario.member_halo, scenario.member_noise)
    return _sealed(edition, branch, model.answers(bits, mood, level[branch], tables(edition).values))


def _public(edition: Edition, source: Source, scenario: Scenario, truth: Truth, number: Ints, bits: Bits) -> Poll:
    """Honest ballots, and those that stuffers put in."""
    branch = np.repeat(np.arange(len(number)), number)
    level = model.public_level(bits, scenario, truth).astype(np.float32)[:, _questions(edition, source)][branch]
    level += model.neglected(bits, scenario, truth, branch).astype(np.float32)[:, None]
    mood = _mood(scenario.public_halo, scenario.public_noise)
    honest = model.answers(bits, mood, level, tables(edition).values)
    extra = np.repeat(np.arange(len(number)), np.rint(number * scenario.stuffed * truth.stuffs).astype(np.int64))
    top = np.zeros((len(extra), honest.shape[1]), dtype=np.uint8)
    return _sealed(edition, np.concatenate([branch, extra]), np.concatenate([honest, top]))


def _panel(
    edition: Edition, source: Source, scenario: Scenario, truth: Truth, people: People, asked: Bools, bits: Bits
) -> Poll:
    branch, rater, severity = model.panel(bits, scenario, people.county, asked)
    level = truth.lived[:, _questions(edition, source)][branch] - severity[:, None]
    mood = _mood(scenario.rater_halo, scenario.rater_noise)
    return _sealed(edition, branch, model.answers(bits, mood, level, tables(edition).values), rater)


def _sealed(edition: Edition, branch: Ints, code: Codes, rater: Ints | None = None) -> Poll:
    """Blank to the width of the longest ballot, and sorted by branch, answers (and rater)."""
    longest = max(len(edition.questions[source.code]) for source in edition.asked())
    blank = len(edition.grades) + 1
    wide = np.full((len(code), longest), blank, dtype=np.uint8)
    wide[:, : code.shape[1]] = code
    keys = [branch]
    for start in range(0, longest, PACKED):
        key = np.zeros(len(wide), dtype=np.int64)
        for column in range(start, min(start + PACKED, longest)):
            key = key * (blank + 1) + wide[:, column]
        keys.append(key)
    order = np.lexsort((*([] if rater is None else [rater]), *reversed(keys)))
    return Poll(branch[order], wide[order], np.zeros(0, dtype=np.int64) if rater is None else rater[order])
