"""An edition laid out as arrays, so that the steps can work on all branches at once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np

from baolei.programme.scoring.arithmetic import Ints
from baolei.programme.standard.edition import Edition


@dataclass(frozen=True, slots=True)
class Tables:
    """F fields, S strengths, R sources (all), A sources that are asked, K items, Q questions, G grades.

    `cells` [F,S,R] cents; `points` [F,K] cents, 0 where the field does not use the item; `strength`, `source` [K];
    goalposts as whole numbers over a common denominator: r = (num·unit − low·den)/(span·den), [F,K] each;
    `asked` [A] positions among R; `speaks` [A,Q] strength of each question, −1 past the end of the ballot.
    """

    cells: Ints
    points: Ints
    strength: Ints
    source: Ints
    low: Ints
    span: Ints
    unit: Ints
    graded: Ints
    asked: Ints
    found: Ints
    speaks: Ints
    values: Ints
    line: Ints
    phantom: Ints
    weight: Ints


@lru_cache(maxsize=8)
def _tables(edition_digest: str, box: _Box) -> Tables:
    return _lay_out(box.edition)


class _Box:
    """Carries an edition into the cache by its digest and the order of its files, which the digest leaves out."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition

    def __hash__(self) -> int:
        return hash(self.edition.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Box) and other._key() == self._key()

    def _key(self) -> tuple[str, list[str], list[str]]:
        return self.edition.digest, list(self.edition.items), [table.code for table in self.edition.fields]


def tables(edition: Edition) -> Tables:
    """The arrays of an edition; computed once for each."""
    return _tables(edition.digest, _Box(edition))


def _lay_out(edition: Edition) -> Tables:
    strengths = {strength.code: place for place, strength in enumerate(edition.strengths)}
    sources = {source.code: place for place, source in enumerate(edition.sources)}
    items = list(edition.items.values())
    asked = edition.asked()
    cells = np.zeros((len(edition.fields), len(strengths), len(sources)), dtype=np.int64)
    points = np.zeros((len(edition.fields), len(items)), dtype=np.int64)
    low, span, unit = (np.ones_like(points) for _ in range(3))
    phantom = np.zeros((len(edition.fields), len(asked)), dtype=np.int64)
    for f, field in enumerate(edition.fields):
        for (strength, of), worth in field.cells.items():
            cells[f, strengths[strength], sources[of]] = worth
        for k, item in enumerate(items):
            points[f, k] = field.items.get(item.code, 0)
            low[f, k], span[f, k], unit[f, k] = _goalposts(*field.goalposts.get(item.code, (item.low, item.high)))
        phantom[f] = [field.phantom.get(source.code, source.phantom) for source in asked]
    longest = max((len(edition.questions[source.code]) for source in asked), default=0)
    speaks = np.full((len(asked), longest), -1, dtype=np.int64)
    for a, source in enumerate(asked):
        for q, question in enumerate(edition.questions[source.code]):
            speaks[a, q] = strengths[question.strength]
    return Tables(
        cells=cells,
        points=points,
        strength=np.array([strengths[item.strength] for item in items], dtype=np.int64),
        source=np.array([sources[item.source] for item in items], dtype=np.int64),
        low=low,
        span=span,
        unit=unit,
        graded=np.array([len(item.anchors) for item in items], dtype=np.int64),
        asked=np.array([sources[source.code] for source in asked], dtype=np.int64),
        found=np.array([sources[source.code] for source in edition.found()], dtype=np.int64),
        speaks=speaks,
        values=np.array([grade.value for grade in edition.grades], dtype=np.int64),
        line=np.array([field.line for field in edition.fields], dtype=np.int64),
        phantom=phantom,
        weight=cells.sum(axis=1),
    )


def _goalposts(low: Fraction, high: Fraction) -> tuple[int, int, int]:
    """Whole numbers (low, span, unit) so that r = (num·unit − low·den)/(span·den); span < 0 where less is better."""
    unit = math.lcm(low.denominator, high.denominator)
    return int(low * unit), int((high - low) * unit), unit
