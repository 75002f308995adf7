"""The known truth of an invented round, and what superiors, members, the public and society make of it.

Nobody is scored here. The truth stays beside the data it explains and is never read by scoring. Superiors inflate
their records, people answer in a mood (halo) on a scale with a ceiling, some do not vote, some ballots are stuffed.
The simulation and the demo region draw from this one model, so what is proven of the method there is shown here.
Qualities and readings are on the 0-100 scale. Every function draws only from the generator it is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

from baolei.programme.scoring.arithmetic import Bools, Floats, Ints

Codes = npt.NDArray[np.uint8]
Bits = np.random.Generator


@dataclass(frozen=True, slots=True)
class Scenario:
    """One column of the table of scenarios; what each parameter means stands there (rulebook/simulation)."""

    branches: int
    counties: int
    mean: float
    county_spread: float
    branch_spread: float
    strength_spread: float
    neglecting: float
    minority: float
    neglect: float
    leniency_spread: float
    inflating: float
    inflation: float
    inflation_shape: float
    superior_noise: float
    member_deviation: float
    public_deviation: float
    member_ballots: float
    public_ballots: float
    ballot_spread: float
    member_halo: float
    member_noise: float
    public_halo: float
    public_noise: float
    absent: float
    absent_worst: float
    stuffing: float
    stuffed: float
    raters: int
    rater_pool: int
    severity_spread: float
    rater_halo: float
    rater_noise: float
    visit_noise: float
    double_visits: float
    top_up: float
    drift: float


@dataclass(frozen=True, slots=True)
class Truth:
    """n branches. `lived` [n,S]: what most people there live with; `quality` [n]: the whole, neglect taken off.

    `neglects`, `stuffs` bool [n]; `inflates` [n]: what self-inflation adds to the record; `leniency` [counties].
    """

    lived: Floats
    quality: Floats
    neglects: Bools
    stuffs: Bools
    inflates: Floats
    leniency: Floats


@dataclass(frozen=True, slots=True)
class Mood:
    """How people of one kind answer: `halo` is shared by a ballot's answers, `noise` is each answer's own."""

    halo: float
    noise: float
    unknown: float = 0.0
    blank: float = 0.0


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Any]:
    path = resources.files("baolei").joinpath("rulebook/simulation/scenarios.yaml")
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


def scenarios() -> tuple[str, ...]:
    """Names of the scenarios, in the table's order."""
    return tuple(_table()["columns"])


def scenario(name: str) -> Scenario:
    """The column `name` of the table; KeyError when there is none, ValueError when the table and the model differ."""
    table = _table()
    if name not in table["columns"]:
        raise KeyError(f"no scenario {name!r}; there are {', '.join(table['columns'])}")
    values = {key: row["values"][table["columns"].index(name)] for key, row in table["parameters"].items()}
    known = {field.name for field in fields(Scenario)}
    if values.keys() != known:
        raise ValueError(f"scenarios.yaml and the noise model differ in {sorted(values.keys() ^ known)}")
    return Scenario(**values)


def goals() -> list[dict[str, Any]]:
    """The goals that stand in the table, in its order."""
    return list(_table()["goals"])


# ---- the truth ----


def draw_truth(bits: Bits, model: Scenario, county: Ints, weight: Floats) -> Truth:
    """The truth of n branches in their counties (int [n]); `weight` [n,S] sums to 1 in every row."""
    n, strengths = len(weight), weight.shape[1]
    counties = int(county.max()) + 1 if n else 0
    level = model.mean + bits.normal(0, model.county_spread, counties)[county]
    level = level + bits.normal(0, model.branch_spread, n)
    lived = level[:, None] + bits.normal(0, model.strength_spread, (n, strengths))
    neglects = bits.random(n) < model.neglecting
    return Truth(
        lived=lived,
        quality=(weight * lived).sum(axis=1) - model.neglect * neglects,
        neglects=neglects,
        **_faults(bits, model, n, counties),
    )


def another_year(bits: Bits, model: Scenario, truth: Truth) -> Truth:
    """The same branches a year on: quality drifts, and who inflates, stuffs or is lenient is drawn anew."""
    n = len(truth.quality)
    moved = bits.normal(0, model.drift, n)
    return Truth(
        lived=truth.lived + moved[:, None],
        quality=truth.quality + moved,
        neglects=truth.neglects,
        **_faults(bits, model, n, len(truth.leniency)),
    )


def _faults(bits: Bits, model: Scenario, n: int, counties: int) -> dict[str, Any]:
    inflates = bits.random(n) < model.inflating
    much = bits.gamma(model.inflation_shape, model.inflation / model.inflation_shape, n)
    return {
        "stuffs": bits.random(n) < model.stuffing,
        "inflates": np.where(inflates, much, 0.0),
        "leniency": bits.normal(0, model.leniency_spread, counties),
    }


# ---- what the sources see ----


def superiors(bits: Bits, model: Scenario, truth: Truth, county: Ints) -> Floats:
    """The organisation's reading [n,S]: the records, inflated here and there, by superiors lenient or strict.

    Records do not show a neglected minority.
    """
    shift = truth.leniency[county] + truth.inflates + bits.normal(0, model.superior_noise, len(county))
    return np.clip(truth.lived + shift[:, None], 0, 100)


def verified(bits: Bits, model: Scenario, truth: Truth, rows: Ints) -> tuple[Floats, Floats]:
    """What a visiting team finds on branches `rows`: the records as they should read [m,S], and the whole [m].

    One team's error is shared by both. A team sees what the neglected live with; a record cannot show it.
    """
    error = bits.normal(0, model.visit_noise, len(rows))
    return np.clip(truth.lived[rows] + error[:, None], 0, 100), np.clip(truth.quality[rows] + error, 0, 100)


def turnout(bits: Bits, median: float, spread: float, n: int) -> Ints:
    """Numbers of ballots, log-normal, at least 1; int64 [n]."""
    return np.maximum(1, np.round(median * np.exp(bits.normal(0, spread, n)))).astype(np.int64)


def absent(bits: Bits, model: Scenario, truth: Truth) -> Bools:
    """Branches where nobody of the public voted: more often among the worst fifth. bool [n]."""
    worst = truth.quality < np.quantile(truth.quality, 0.2)
    return bits.random(len(worst)) < np.where(worst, model.absent_worst, model.absent)


def member_level(bits: Bits, model: Scenario, truth: Truth) -> Floats:
    """What the members of each branch feel about each strength on average, [n,S]."""
    return truth.lived + bits.normal(0, model.member_deviation, len(truth.quality))[:, None]


def public_level(bits: Bits, model: Scenario, truth: Truth) -> Floats:
    """What the public of each branch feels about each strength on average, the neglected apart, [n,S]."""
    return truth.lived + bits.normal(0, model.public_deviation, len(truth.quality))[:, None]


def neglected(bits: Bits, model: Scenario, truth: Truth, branch: Ints) -> Floats:
    """What to add to the level of each ballot (of `branch` [b]) because its voter is of the neglected minority, [b]."""
    hit = truth.neglects[branch] & (bits.random(len(branch)) < model.minority)
    return np.where(hit, -model.neglect / model.minority, 0.0)


def answers(bits: Bits, mood: Mood, level: npt.NDArray[Any], grades: Ints) -> Codes:
    """Ballots: the answer to each question as the number of its grade, uint8 [b,Q].

    `level` [b,Q] is what each voter would say on average; said with the ballot's mood and the answer's noise, and put
    into the nearest grade (`grades` [G], best first): nobody can say more than the best one, which is the ceiling.
    """
    said = level.astype(np.float32) + bits.normal(0, mood.halo, (len(level), 1)).astype(np.float32)
    said += bits.standard_normal(said.shape, dtype=np.float32) * np.float32(mood.noise)
    code = np.zeros(said.shape, dtype=np.uint8)
    for border in (grades[:-1] + grades[1:]) / 2:
        code += said < border
    if mood.unknown or mood.blank:
        other = bits.random(said.shape, dtype=np.float32)
        code[other < mood.unknown] = len(grades)
        code[other > 1 - mood.blank] = len(grades) + 1
    return code


def panel(bits: Bits, model: Scenario, county: Ints, sees: Bools) -> tuple[Ints, Ints, Floats]:
    """Who of the county's pool rates which branch: branch, rater (int64 [p]) and severity of each rating's rater [p].

    `sees` [n]: branches that have the source at all. Rater numbers run through all counties.
    """
    rows = np.flatnonzero(sees)
    pool = np.argsort(bits.random((len(rows), model.rater_pool)), axis=1)[:, : model.raters]
    rater = (county[rows][:, None] * model.rater_pool + pool).reshape(-1)
    counties = int(county.max()) + 1 if len(county) else 0
    severity = bits.normal(0, model.severity_spread, counties * model.rater_pool)
    return np.repeat(rows, model.raters), rater.astype(np.int64), severity[rater]


def count_answers(branch: Ints, code: Codes, n: int, grades: int) -> npt.NDArray[np.int32]:
    """How many ballots gave which grade (the last: "don't know") to which question, int32 [n,Q,grades+1]."""
    questions = code.shape[1]
    out = np.zeros((questions, n * (grades + 2)), dtype=np.int32)
    for q in range(questions):
        out[q] = np.bincount(branch * (grades + 2) + code[:, q], minlength=n * (grades + 2))
    return np.moveaxis(out.reshape(questions, n, grades + 2), 0, 1)[:, :, : grades + 1]
