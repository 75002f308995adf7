"""The demo region: a whole invented round over the real tree, written as a snapshot, its truth kept beside it.

All people and branches are invented. Every league is drawn from its own seed: one league alone is the same as in the
whole region. Same scope, scale, seed and edition: same bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from baolei.programme.refusals import Fault, SnapshotRefused
from baolei.programme.scoring.leniency import BORDERLINE, DOUBLE, RANDOM
from baolei.programme.scoring.pipeline import score
from baolei.programme.scoring.tables import tables
from baolei.programme.standard.edition import Edition
from baolei.warehouse.demo import noise as t
from baolei.warehouse.demo import places as p
from baolei.warehouse.demo import records as r
from baolei.warehouse.editions import edition as read_edition
from baolei.warehouse.editions import folder_of
from baolei.warehouse.rounds import read_round
from baolei.warehouse.snapshot import Writer, schema, writing

AS_OF = dt.date(2023, 12, 31)
NOISE = t.Noise()

Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Block:
    """The branches of one league (or of the region's own bodies), with all that is on record of them."""

    seats: list[p.Seat]
    table: pa.Table
    field: Any
    county: Any
    true: t.Truth
    facts: r.Facts
    asked: dict[str, r.Asked]
    marks: list[tuple[int, str, int, str, str]]
    verified: tuple[Any, Any]
    last: Any


def build(
    out: Path, *, scope: str = "15", scale: float = 1.0, seed: int = 2023, edition: str = "wuqiang-2020-2023",
    told: Told = lambda stage: None,
) -> dict[str, int]:  # fmt: skip
    """Write the snapshot to `out` and the truth to `<out>-truth.parquet`; rows of every table.

    Raises SnapshotRefused for an unknown scope or a scale that makes no branch, EditionRefused, FileExistsError.
    """
    standard = read_edition(edition)
    try:
        units = p.within(scope)
    except KeyError:
        raise SnapshotRefused([Fault("scope", 0, f"no unit has the code {scope!r}",
                                     "a statistical code such as 15, 1504 or 150422")]) from None  # fmt: skip
    blocks = [block for block in _blocks(units, scope, scale, seed, standard, told) if block.seats]
    if not blocks:
        raise SnapshotRefused([Fault("scale", 0, f"at scale {scale} there is no branch in {scope}", "a larger scale")])
    with writing(out) as writer:
        told("writing")
        _write(writer, standard, edition, units, blocks)
        says = _says(standard, scope, scale, seed, p.places()[0].name if scope == "15" else scope)
        told("drawing the visits")
        visits = _visits(writer, standard, says, blocks, seed)
        writer.table("visits", visits, schema("visits"))
        rows = {name.removesuffix(".parquet"): count for name, count in writer.rows().items()}
        writer.finish(says)
    _write_truth(out, standard, blocks)
    return rows


def _says(edition: Edition, scope: str, scale: float, seed: int, place: str) -> dict[str, Any]:
    return {
        "round": {
            "title": {"zh": f"2023年度{edition.name.zh}（演示）", "en": f"Round of 2023 (demo): {edition.name.en}"},
            "year": 2023, "as_of": AS_OF.isoformat(), "scope": scope, "invented": True, "scale": scale,
        },
        "edition": {"code": edition.code, "digest": edition.digest}, "seed": f"{seed}0512", "parameters": {},
    }  # fmt: skip


def _blocks(
    units: tuple[p.Place, ...], scope: str, scale: float, seed: int, edition: Edition, told: Told
) -> Iterator[Block]:
    """One block for the region's own bodies, one for each league; units outside `scope` have no branches."""
    mine = [unit for unit in units if unit.code.startswith(scope)]
    leagues = sorted({unit.code[:4] for unit in mine})
    for league in leagues:
        told(f"inventing {league}")
        inside = tuple(sorted((unit for unit in mine if unit.code[:4] == league), key=lambda unit: unit.code))
        yield _block(inside, scale, np.random.default_rng([seed, int(league)]), edition)


def _block(units: tuple[p.Place, ...], scale: float, bits: np.random.Generator, edition: Edition) -> Block:
    codes = [table.code for table in edition.fields]
    fields = frozenset(codes)
    seats = p.seats(units, fields, scale, bits)
    n = len(seats)
    field = np.array([codes.index(seat.field) for seat in seats], dtype=np.int64)
    county = np.unique([seat.unit.code[:6] for seat in seats], return_inverse=True)[1] if n else np.zeros(0, dtype=int)
    table = _branch_table(seats, bits)
    lay = tables(edition)
    weight = lay.cells[field].sum(axis=2) / lay.cells[field].sum(axis=(1, 2))[:, None] if n else np.zeros((0, 1))
    true = t.truth(NOISE, county, weight, bits)
    who = {name: table[name].to_numpy().astype(np.int64) for name in ("entitled", "served")} | {"county": county}
    asked = (
        {source.code: r.asked(edition, NOISE, source.code, who, true, bits) for source in edition.asked()} if n else {}
    )
    return Block(
        seats=seats, table=table, field=field, county=county, true=true,
        facts=r.facts(edition, NOISE, field, true, bits) if n else r.Facts(*(np.zeros(0, dtype=np.int64),) * 4),
        asked=asked, marks=r.marks(edition, n, bits),
        verified=r.verified(edition, NOISE, field, true, bits) if n else (field, field),
        last=_last_year(edition, field, true, bits),
    )  # fmt: skip


def _branch_table(seats: list[p.Seat], bits: np.random.Generator) -> pa.Table:
    """Names, sizes, committees, dates; with the misfits that the structural audit must find."""
    n = len(seats)
    mean = np.array([p.mix()["members"][seat.field] for seat in seats], dtype=float)
    members = np.clip(np.rint(mean * np.exp(bits.normal(-0.06, 0.36, n))), 3, None).astype(np.int64)
    shell = bits.random(n) < 0.003
    few = bits.random(n) < 0.006
    members = np.where(shell, 0, np.where(few, bits.integers(1, 3, n), members))
    full = np.maximum(members - bits.binomial(np.maximum(members, 0), 0.03), 0)
    committee = np.where(full >= 7, np.where(full > 30, 5, 3), 0) * (bits.random(n) >= 0.02)
    served = np.rint(np.where([seat.unit.level == 5 for seat in seats], 420, 150) * np.exp(bits.normal(0, 0.6, n)))

    def days(share: float, spread: int) -> pa.Array:
        """Dates within `spread` days before the as-of day for a share of the branches, none for the others."""
        back = bits.integers(1, spread, n)
        known = bits.random(n) < share
        return pa.array([AS_OF - dt.timedelta(int(b)) if k else None for b, k in zip(back, known, strict=True)])

    term = [AS_OF + dt.timedelta(int(d)) for d in bits.integers(-60, 1500, n)]
    held = [AS_OF - dt.timedelta(int(d)) for d in np.where(bits.random(n) < 0.01, bits.integers(190, 500, n),
                                                         bits.integers(1, 40, n))]  # fmt: skip
    approved = (members > 50) & (bits.random(n) < 0.3)
    joint = np.array([seat.field == "nonpublic_enterprise" for seat in seats]) & (bits.random(n) < 0.25)
    return pa.table({
        "code": pa.array(p.codes(seats), pa.string()), "name": pa.array(p.names(seats, bits), pa.string()),
        "field": pa.array([seat.field for seat in seats], pa.string()),
        "kind": pa.array(np.where(joint, "joint_branch", "branch").tolist(), pa.string()),
        "unit": pa.array([seat.unit.code for seat in seats], pa.string()),
        "organisation": pa.array([_committee(seat) for seat in seats], pa.string()),
        "members": members, "full_members": full, "committee": committee.astype(np.int64),
        "secretary_vacant_since": days(0.012, 400), "term_end": pa.array(term, pa.date32()),
        "last_gathering": pa.array(held, pa.date32()), "unit_active": bits.random(n) >= 0.004,
        "exception": pa.array(np.where(approved, "组字〔2022〕18号", "").tolist(), pa.string()),
        "entitled": full, "served": np.maximum(served, 20).astype(np.int64),
    })  # fmt: skip


def _committee(seat: p.Seat) -> str:
    """Code of the committee the branch hangs on: by line of affiliation (隶属), not by where it sits."""
    line = p.mix()["lines"][seat.field]
    code = seat.unit.code
    if line == "township":
        return code[:9] if len(code) >= 9 else code
    return f"{code[:6]}-{line}"


def _last_year(edition: Edition, field: Any, true: t.Truth, bits: np.random.Generator) -> Any:
    """Last year's score, SE, title and years below, for most branches: (row, score, se, named, years_below)."""
    n = len(field)
    line = np.array([table.line for table in edition.fields])[field] if n else np.zeros(0)
    level = true.total + true.local * 0.4 + bits.normal(0, 2.0, n) + bits.normal(0, 2.7, n)
    score_ = np.rint(np.clip(level, 0, 100) / 100 * edition.total).astype(np.int64)
    known = np.flatnonzero(bits.random(n) < 0.92)
    named = score_ >= line
    below = np.where(named, 0, 1)
    return (
        known,
        score_[known],
        np.rint(bits.normal(2.6, 0.2, n)[known] / 100 * edition.total),
        named[known],
        below[known],
    )


# -- writing ----------------------------------------------------------------------------------------------------------


def _starts(blocks: list[Block]) -> list[int]:
    return [int(start) for start in np.cumsum([0, *(len(block.seats) for block in blocks)])]


def _write(writer: Writer, edition: Edition, where: str, units: tuple[p.Place, ...], blocks: list[Block]) -> None:
    home = folder_of(where)
    for path in sorted(home.rglob("*.yaml")) if home.is_dir() else [home]:
        name = path.relative_to(home).as_posix() if home.is_dir() else path.name
        writer.text(f"edition/{name}", path.read_text(encoding="utf-8"))
    writer.table("units", pa.table({
        "code": [unit.code for unit in units], "name": [unit.name for unit in units],
        "level": [unit.level for unit in units], "parent": [unit.parent for unit in units],
    }), schema("units"))  # fmt: skip
    names = {unit.code: unit.name for unit in units}
    branches = pa.concat_tables([block.table for block in blocks])
    writer.table("organisations", organisations(branches, names), schema("organisations"))
    writer.table("branches", branches, schema("branches"))
    starts = _starts(blocks)
    items = pa.array(list(edition.items))
    writer.table("facts", (pa.table({
        "branch": block.facts.branch + start, "item": pa.DictionaryArray.from_arrays(
            pa.array(block.facts.item.astype(np.int32)), items), "num": block.facts.num, "den": block.facts.den,
    }) for block, start in zip(blocks, starts, strict=False)), schema("facts"))  # fmt: skip
    rows = [
        (b + start, *rest) for block, start in zip(blocks, starts, strict=False) for b, *rest in sorted(block.marks)
    ]
    columns = list(zip(*rows, strict=True)) or [()] * 5
    kinds = (pa.uint32(), pa.string(), pa.int32(), pa.string(), pa.string())
    writer.table("marks", pa.table([pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)],
                                   names=["branch", "code", "value", "matter", "level"]), schema("marks"))  # fmt: skip
    longest = max(len(questions) for questions in edition.questions.values())
    for name, kind in (("ballots", "ballots"), ("panel", "panel")):
        sources = [place for place, source in enumerate(edition.sources) if source.kind == kind]
        writer.table(name, _asked(edition, blocks, starts, sources, longest), schema(name, longest))
    writer.table("last_year", pa.concat_tables([pa.table({
        "branch": block.last[0] + start, "score": block.last[1], "se": block.last[2].astype(np.int64),
        "named": block.last[3], "years_below": block.last[4],
    }) for block, start in zip(blocks, starts, strict=False)]), schema("last_year"))  # fmt: skip


def _asked(
    edition: Edition, blocks: list[Block], starts: list[int], sources: list[int], longest: int
) -> Iterator[pa.Table]:
    """Ballots source by source, block by block: sorted as a whole by source, branch and answers."""
    county = 0
    for place in sources:
        for block, start in zip(blocks, starts, strict=False):
            own = block.asked[edition.sources[place].code]
            columns = {"branch": own.branch + start, "source": np.full(len(own.branch), place)}
            if len(own.rater):
                columns["rater"] = own.rater + county * NOISE.pool
                county += int(block.county.max()) + 1
            yield pa.table(columns | {f"q{q + 1}": own.answers[:, q] for q in range(longest)})


def organisations(branches: pa.Table, names: dict[str, str]) -> pa.Table:
    """The committees the branches hang on, and those above them, up to the region's own."""
    members: dict[str, int] = {}
    for code, count in zip(branches["organisation"].to_pylist(), branches["members"].to_pylist(), strict=True):
        members[code] = members.get(code, 0) + count
    rows = {}
    for code in sorted(members):
        unit, _, line = code.partition("-")
        rows[code] = (f"{names[unit]}{line or '党委'}", "working_committee" if line.endswith("工委") else
                      "grassroots_committee", unit if line else _above(unit), unit)  # fmt: skip
    for code in sorted({unit for _, _, _, unit in rows.values()} | {row[2] for row in rows.values()}):
        for unit in _line_up(code):
            rows.setdefault(unit, (f"{names[unit]}党委", "grassroots_committee", _above(unit), unit))
    order = sorted(rows)
    return pa.table({
        "code": order, "name": [rows[code][0] for code in order], "kind": [rows[code][1] for code in order],
        "parent": [rows[code][2] for code in order], "unit": [rows[code][3] for code in order],
        "members": pa.array([members.get(code, 0) for code in order], pa.int32()), "exception": [""] * len(order),
    })  # fmt: skip


def _line_up(code: str) -> list[str]:
    """A unit's code and all codes above it."""
    return [code, *_line_up(_above(code))] if code else []


def _above(code: str) -> str:
    """The code one level up: 12 → 9 → 6 → 4 → 2 digits → ''."""
    return {12: code[:9], 9: code[:6], 6: code[:4], 4: code[:2]}.get(len(code), "")


def _visits(writer: Writer, edition: Edition, says: dict[str, Any], blocks: list[Block], seed: int) -> pa.Table:
    """Visits as the programme itself draws them: first the lottery, then the branches nearest the line, some twice."""
    board = read_round(writer.peek(says)).board
    first = score(_quick(edition), board)
    organisation = np.concatenate([block.verified[0] for block in blocks])
    overall = np.concatenate([block.verified[1] for block in blocks])
    bits = np.random.default_rng([seed, 7])
    random = np.flatnonzero(first["drawn"])
    some = {"visit_branch": random, "visit_wave": np.full(len(random), RANDOM),
            "visit_probability": first["draw_probability"][random],
            "visit_organisation": organisation[random], "visit_overall": overall[random]}  # fmt: skip
    second = score(_quick(edition), board | some)
    near = np.flatnonzero(second["borderline"] & ~first["drawn"])
    again = random[bits.random(len(random)) < 0.10]
    branch = np.concatenate([random, near, again])
    wave = np.repeat([RANDOM, BORDERLINE, DOUBLE], [len(random), len(near), len(again)])
    judged = overall[branch].astype(float)
    gap = np.rint(bits.normal(0, NOISE.visit / 100 * edition.total, len(again)))
    judged[len(branch) - len(again) :] += gap * np.sqrt(2)
    order = np.lexsort((wave, branch))
    words = pa.array(["random", "borderline", "double"])
    return pa.table({
        "branch": branch[order],
        "wave": pa.DictionaryArray.from_arrays(pa.array(wave[order].astype(np.int32)), words),
        "team": (branch % 400)[order],
        "probability": np.where(wave == RANDOM, first["draw_probability"][branch], 1.0)[order],
        "organisation": organisation[branch][order],
        "overall": np.rint(np.clip(judged, 0, edition.total)).astype(np.int64)[order],
    })  # fmt: skip


def _quick(edition: Edition) -> Edition:
    """The same edition with few rank draws: the visit list does not depend on them."""
    return replace(edition, policy=replace(edition.policy, rank_draws=100))


def truth_path(out: Path) -> Path:
    """Where the truth of a demo snapshot is kept: beside it, never in it."""
    return out.with_name(f"{out.name}-truth.parquet")


def _write_truth(out: Path, edition: Edition, blocks: list[Block]) -> None:
    table = pa.table({
        "code": np.concatenate([p.codes(block.seats) for block in blocks]),
        "total": np.round(np.concatenate([block.true.total for block in blocks]), 4),
        **{strength.code: np.round(np.concatenate([block.true.quality[:, s] for block in blocks]), 4)
           for s, strength in enumerate(edition.strengths)},
        **{name: np.concatenate([getattr(block.true, name) for block in blocks])
           for name in ("neglects", "inflates", "stuffs")},
        "local": np.round(np.concatenate([block.true.local for block in blocks]), 4),
    })  # fmt: skip
    target = truth_path(out)
    aside = target.with_name(f".{target.name}.partial")
    pq.write_table(table, aside, compression="zstd")
    aside.rename(target)
