"""What the demo's branches are really like, and what the four sources make of it (method 5).

Nobody is scored here. The truth stays beside the data that it explains and is never read by scoring.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from baolei.programme.scoring.arithmetic import Bools, Floats, Ints

NEGLECTED = 25.0
"""How much less a neglected minority sees in its branch, points of 100."""


@dataclass(frozen=True, slots=True)
class Noise:
    """Every figure of the demo's noise, in points of 100 unless said otherwise."""

    mean: float = 85.5
    county: float = 1.5
    branch: float = 6.0
    strength: float = 4.0
    neglect_share: float = 0.10  # of branches neglect a minority …
    neglect_size: float = 0.15  # … of this share of the served …
    neglect_cost: float = 4.0  # … and are truly worse by this
    leniency: float = 2.5
    inflating_share: float = 0.15
    inflation: float = 4.0
    assessor: float = 4.0
    voter: float = 13.0  # spread of one member's whole ballot around the branch
    resident: float = 16.0
    answer: float = 8.0  # spread of one answer around its ballot: the rest is halo
    source_strength: float = 4.0
    source_branch: float = 3.0
    ballots: float = 41.0  # median ballots of the public
    absent: float = 0.03
    absent_worst: float = 0.15  # in the worst fifth
    stuffing_share: float = 0.05
    stuffing: float = 0.5  # top ballots added, as a share of the honest ones
    severity: float = 7.0
    panel: int = 6
    pool: int = 40
    visit: float = 3.0
    unknown: float = 0.03
    turnout: float = 0.8


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of n branches. `quality` float64 [n,S] and `total` [n] on 0-100; `neglects`, `inflates`, `stuffs`
    bool [n]; `leniency` float64 [counties]; `local` [n]: what the branch's own superiors add on top."""

    quality: Floats
    total: Floats
    neglects: Bools
    inflates: Bools
    stuffs: Bools
    leniency: Floats
    local: Floats


def truth(noise: Noise, county: Ints, weight: Floats, bits: np.random.Generator) -> Truth:
    """Draw the truth of branches in counties (int [n]); `weight` [n,S] adds up to 1 along S."""
    n, strengths = weight.shape
    counties = int(county.max()) + 1 if n else 0
    neglects = bits.random(n) < noise.neglect_share
    place = bits.normal(0, noise.county, counties)
    level = noise.mean + place[county] + bits.normal(0, noise.branch, n) - noise.neglect_cost * neglects
    quality = level[:, None] + bits.normal(0, noise.strength, (n, strengths))
    leniency = bits.normal(0, noise.leniency, counties)
    inflates = bits.random(n) < noise.inflating_share
    local = leniency[county] + np.where(inflates, bits.exponential(noise.inflation, n), 0)
    stuffs = bits.random(n) < noise.stuffing_share
    return Truth(quality, (quality * weight).sum(axis=1), neglects, inflates, stuffs, leniency, local)


def bounds(values: Ints) -> Floats:
    """From which reading on a grade is given: half way between neighbours, best first, float64 [G−1]."""
    return np.asarray((values[:-1] + values[1:]) / 2, dtype=float)


def graded(seen: Floats, values: Ints, unknown: float, bits: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Readings on the scale of the ballot, a share of them "don't know"."""
    grade = (seen[:, :, None] < bounds(values)[None, None, :]).sum(axis=2).astype(np.uint8)
    grade[bits.random(grade.shape) < unknown] = len(values)
    return grade


def ballots(
    noise: Noise, level: Floats, number: Ints, spread: float, values: Ints, neglects: Bools, bits: np.random.Generator
) -> tuple[Ints, npt.NDArray[np.uint8]]:
    """Ballots of a source: branch of each (int64 [b]) and answers (uint8 [b,Q]: grade, or G for "don't know").

    `level` [n,Q] is what the source sees of each branch on each question, `number` [n] ballots of each branch. An
    answer is the branch, the voter's own mood (halo) and a little noise, seen through a scale with a ceiling; where a
    branch `neglects` (bool [n]) a minority, those readings fall.
    """
    branch = np.repeat(np.arange(len(number)), number)
    mood = bits.normal(0, spread, len(branch))
    mood -= NEGLECTED * (neglects[branch] & (bits.random(len(branch)) < noise.neglect_size))
    seen = level[branch] + mood[:, None] + bits.normal(0, noise.answer, (len(branch), level.shape[1]))
    return branch, graded(seen, values, noise.unknown, bits)


def public_level(noise: Noise, true: Truth, asked: Ints, bits: np.random.Generator) -> Floats:
    """What the public sees of each branch on each question: the truth, with the source's own slant. [n,Q]."""
    n = len(true.total)
    slant = bits.normal(0, noise.source_branch, n)
    own = bits.normal(0, noise.source_strength, (n, true.quality.shape[1]))
    return np.asarray((true.quality + own + slant[:, None])[:, asked])


def turnout_of_public(noise: Noise, true: Truth, most: Ints, bits: np.random.Generator) -> Ints:
    """Ballots of the public for each branch: around the median, none where not held (worse branches more)."""
    number = np.rint(noise.ballots * np.exp(bits.normal(0, 0.5, len(true.total)))).astype(np.int64)
    worst = true.total <= np.quantile(true.total, 0.2)
    absent = bits.random(len(number)) < np.where(worst, noise.absent_worst, noise.absent)
    return np.where(absent, 0, np.clip(number, 1, np.maximum(most, 1)))


def stuffed(
    noise: Noise, true: Truth, cast: tuple[Ints, npt.NDArray[np.uint8]], number: Ints, bits: np.random.Generator
) -> tuple[Ints, npt.NDArray[np.uint8]]:
    """The same ballots with the ballots that stuffers put in: nearly all top."""
    branch, grade = cast
    extra = np.where(true.stuffs, np.rint(noise.stuffing * number), 0).astype(np.int64)
    added = np.repeat(np.arange(len(number)), extra)
    top = (bits.random((len(added), grade.shape[1])) < 0.1).astype(np.uint8)
    return np.concatenate([branch, added]), np.concatenate([grade, top])
