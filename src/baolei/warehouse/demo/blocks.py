"""One league's branches (or the region's own bodies) with all that is on record of them.

Each block is drawn from a seed of its own: one league alone is the same as in the whole region.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

from baolei.programme.scoring.arithmetic import Ints
from baolei.programme.scoring.tables import tables
from baolei.programme.standard.edition import Edition
from baolei.warehouse import truth as model
from baolei.warehouse.demo import committees, polls, records, roster
from baolei.warehouse.demo.places import Place, mix
from baolei.warehouse.demo.seats import fields_of, in_order, seats
from baolei.warehouse.truth import Scenario, Truth


@dataclass(frozen=True, slots=True)
class Block:
    """n branches. `field`, `county` int64 [n]; `seed` draws what visitors read again."""

    branches: pa.Table
    made: list[committees.Committee]
    field: Ints
    county: Ints
    truth: Truth
    facts: records.Facts
    polls: dict[str, polls.Poll]
    marks: list[records.Mark]
    last: dict[str, Any]
    seed: list[int]

    def __len__(self) -> int:
        return len(self.field)


@cache
def scenario() -> Scenario:
    """The noise of the demo: the typical scenario but for what the mix says."""
    return replace(model.scenario("typical"), **mix()["truth"])


def blocks(
    units: tuple[Place, ...], scope: str, scale: float, seed: int, edition: Edition, told: Callable[[str], None]
) -> Iterator[Block]:
    """The region's own bodies, then league by league; units above `scope` have no branches of their own."""
    mine = [unit for unit in units if unit.code.startswith(scope)]
    for league in sorted({unit.code[:4] for unit in mine}):
        told(f"inventing {league}")
        inside = tuple(sorted((unit for unit in mine if unit.code[:4] == league), key=lambda unit: unit.code))
        block = _block(inside, scale, [seed, int(league)], edition)
        if block is not None:
            yield block


def _block(units: tuple[Place, ...], scale: float, seed: list[int], edition: Edition) -> Block | None:
    bits = np.random.default_rng([*seed, 0])
    placed = in_order(seats(units, fields_of(edition), scale, bits))
    if not placed:
        return None
    field = np.array([seat.field for seat in placed], dtype=np.int64)
    county = np.unique([seat.unit.code[:6] for seat in placed], return_inverse=True)[1].astype(np.int64)
    members, full = roster.sizes(placed, bits)
    hangs, made = committees.affiliations(placed, members, bits)
    branches = roster.roster(edition, placed, members, full, hangs, bits)
    truth = draw_truth(edition, field, county, bits)
    read = model.superiors(bits, scenario(), truth, county)
    people = polls.People(county, field, full, branches["served"].to_numpy())
    return Block(
        branches=branches,
        made=made,
        field=field,
        county=county,
        truth=truth,
        facts=records.facts(edition, field, read, [*seed, 1]),
        polls=polls.polls(edition, scenario(), truth, people, np.random.default_rng([*seed, 2])),
        marks=records.marks(edition, truth.quality, bits),
        last=records.last_year(edition, field, truth, truth.leniency[county] + truth.inflates, scenario().drift, bits),
        seed=seed,
    )


def draw_truth(edition: Edition, field: Ints, county: Ints, bits: model.Bits) -> Truth:
    """The truth of the branches; the average one stands a little below its field's line."""
    points = tables(edition).cells.sum(axis=2).astype(float)
    weight = (points / points.sum(axis=1, keepdims=True))[field]
    drawn = model.draw_truth(bits, scenario(), county, weight)
    line = np.array([100 * table.line / edition.total for table in edition.fields])[field]
    shift = line - mix()["below_line"] - scenario().mean
    return replace(drawn, lived=drawn.lived + shift[:, None], quality=drawn.quality + shift)


def verified(edition: Edition, block: Block) -> Ints:
    """The organisation's points as the records should read, before any visitor's error; cents [n]."""
    found = records.facts(edition, block.field, np.clip(block.truth.lived, 0, 100), [*block.seed, 1])
    return records.points(edition, block.field, found)
