"""A snapshot in, results out: a pure function of the folder (`baolei evaluate`), and its proof (`baolei verify`).

manifest.json      the recipe: digests of snapshot and edition, seed, every frozen figure, SHA-256 of each file
edition/*.yaml     the edition, word for word
units.parquet      the administrative tree
branches.parquet   one row per branch: score, SE, chance, tier, ranks, bounds, flags
items.parquet      every item's leaf: numerator, denominator, available, points (cents)
asked.parquet      every ballot cell's leaf: n, mean, field mean, k, result, available, points (cents)
rollup.parquet     sums for every unit and field
counties.parquet   leniency and standardised share
figures.json       figures of the fields: centre, reliability, k, μ, effective weights, means of every leaf
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from baolei.programme.refusals import ResultsDiffer
from baolei.programme.scoring.pipeline import STEPS, score
from baolei.programme.scoring.rollup import columns, roll_up, standardised_share
from baolei.programme.scoring.steps import Step
from baolei.programme.scoring.tables import tables
from baolei.warehouse.cells import Engine, on_duckdb
from baolei.warehouse.rounds import Round, read_round
from baolei.warehouse.snapshot import Snapshot, Writer, open_snapshot, sha256, writing

RESULTS = "baolei results 1"

Told = Callable[[str, int, int], None]
"""Progress: name of the stage, stages done, stages in all."""

STAGES = len(STEPS) + 4


def silent(stage: str, done: int, total: int) -> None:
    """Tell nobody."""


def evaluate(folder: Path, out: Path, engine: Engine = on_duckdb, told: Told = silent) -> str:
    """Evaluate a snapshot folder into a results folder; the digest of the results.

    Same snapshot, same bytes out. Raises SnapshotRefused, EditionRefused (nothing is written then), FileExistsError,
    also for a folder in, around or at the snapshot.
    """
    here, there = folder.resolve(), out.resolve()
    if here == there or here in there.parents or there in here.parents:
        raise FileExistsError(f"the results cannot go to {out}: the snapshot is there; name a folder beside it")
    told("checking the snapshot", 0, STAGES)
    snapshot = open_snapshot(folder)
    told(f"counting {snapshot.rows('ballots') + snapshot.rows('panel'):,} ballots", 1, STAGES)
    this = read_round(snapshot, engine)
    done = 2

    def step(current: Step) -> None:
        nonlocal done
        told(current.name, done, STAGES)
        done += 1

    board = score(this.edition, this.board, step)
    told("writing the results", done, STAGES)
    with writing(out, RESULTS) as writer:
        _write(writer, this, board)
        digest = writer.finish(recipe(this, board))
    told("done", STAGES, STAGES)
    return digest


def verify(results: Path, snapshot: Path, engine: Engine = on_duckdb, told: Told = silent) -> str:
    """Recompute results from their snapshot and compare byte for byte; the digest both have.

    Raises SnapshotRefused when either folder is not whole, ResultsDiffer naming the first difference.
    """
    from baolei.warehouse.differences import first_difference

    whole = open_snapshot(results, RESULTS)
    with tempfile.TemporaryDirectory(prefix="baolei-verify-") as aside:  # the results may lie where nobody can write
        again = Path(aside) / "results"
        digest = evaluate(snapshot, again, engine, told)
        if digest != whole.digest:
            raise ResultsDiffer(first_difference(results, again))
        return digest


def recipe(this: Round, board: dict[str, Any]) -> dict[str, Any]:
    """What the results say of themselves: from what, by what, with which frozen figures."""
    edition = this.edition
    return {
        "round": this.snapshot.manifest.get("round", {}),
        "snapshot": this.snapshot.digest,
        "edition": {"code": edition.code, "digest": edition.digest},
        "seed": board["seed"],
        "steps": [f"{step.name} ({step.article})" for step in STEPS],
        "frozen": {
            "phantom": {field.code: {source.code: int(board["phantom"][f, a])
                                     for a, source in enumerate(edition.asked())}
                        for f, field in enumerate(edition.fields)},
            "norm": {field.code: {source.code: {strength.code: int(board["norm"][f, a, s])
                                                for s, strength in enumerate(edition.strengths)}
                                  for a, source in enumerate(edition.asked())}
                     for f, field in enumerate(edition.fields)},
            "sigma": {source.code: float(board["parameters"].get("sigma", {}).get(source.code, source.sigma))
                      for source in edition.sources},
            "field": {field.code: {"center": _r(board["center"][f]), "reliability": _r(board["reliability"][f]),
                                   "dispersion": _r(board["dispersion"][f]), "cut": _r(board["cut"][f])}
                      for f, field in enumerate(edition.fields)},
            "visit_sigma": _r(board["visit_sigma"]),
        },
    }  # fmt: skip


def _r(value: Any, places: int = 6) -> float | None:
    """A float for print: few enough digits that no machine's last bit shows."""
    number = round(float(value), places) + 0.0
    return number if np.isfinite(number) else None


def _write(writer: Writer, this: Round, board: dict[str, Any]) -> None:
    for path in sorted((this.snapshot.folder / "edition").rglob("*.yaml")):
        writer.text(path.relative_to(this.snapshot.folder).as_posix(), path.read_text(encoding="utf-8"))
    units = this.snapshot.read("units")
    writer.table("units", units, units.schema)
    makers = {
        "branches": branch_table,
        "items": item_table,
        "asked": asked_table,
        "rollup": rollup_table,
        "counties": county_table,
    }

    def write(name: str) -> None:
        table = makers[name](this, board)
        writer.table(name, table, table.schema, groups=1 << 16)

    with ThreadPoolExecutor(2) as pool:  # each writes its own file
        list(pool.map(write, makers))
    writer.text("figures.json", json.dumps(figures(this, board), ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def _float(values: Any, places: int) -> pa.Array:
    rounded = np.round(np.asarray(values, dtype=float), places) + 0.0
    return pa.array(rounded, type=pa.float64(), mask=~np.isfinite(rounded))


def branch_table(this: Round, board: dict[str, Any]) -> pa.Table:
    """One row per branch, in the snapshot's order. Cents are int; points, chances and ratios are floats, rounded."""
    edition, tree, rows = this.edition, this.tree, this.branches
    ints = {
        name: pa.array(board[name].astype(np.int32))
        for name in (
            "base",
            "bonus",
            "deduction",
            "leniency_line",
            "score",
            "rank",
            "rank_low",
            "rank_high",
            "stars",
            "delta",
            "gates_open",
            "vetoes",
            "floors_broken",
            "floors_watched",
            "evidence_short",
            "items_missing",
        )
    }
    flags = {
        name: pa.array(board[name].astype(bool))
        for name in (
            "named",
            "held",
            "candidate",
            "robust",
            "disagree",
            "alike",
            "visited",
            "drawn",
            "borderline",
            "has_last",
            "over_line",
        )
    }
    small = {name: pa.array(board[name].astype(np.int8)) for name in ("tier", "confirmation", "change", "title")}
    floats = {
        name: _float(board[name], places)
        for name, places in (
            ("se", 4),
            ("theta", 4),
            ("spread", 4),
            ("standing", 4),
            ("probability", 6),
            ("weight_low", 4),
            ("weight_high", 4),
            ("draw_number", 9),
            ("draw_probability", 6),
        )
    }
    floats["leniency"] = _float(board["leniency_of"] / 100, 2)
    earned, available = board["earned"], board["available"]
    parts = {}
    for s, strength in enumerate(edition.strengths):
        parts[f"earned_{strength.code}"] = pa.array(earned[:, s].sum(axis=1).astype(np.int32))
        parts[f"available_{strength.code}"] = pa.array(available[:, s].sum(axis=1).astype(np.int32))
    for r, source in enumerate(edition.sources):
        parts[f"earned_{source.code}"] = pa.array(earned[:, :, r].sum(axis=1).astype(np.int32))
        parts[f"available_{source.code}"] = pa.array(available[:, :, r].sum(axis=1).astype(np.int32))
        parts[f"gap_{source.code}"] = _float(board["gap"][:, r], 2)
        parts[f"gap_z_{source.code}"] = _float(board["gap_z"][:, r], 3)
    for a, source in enumerate(edition.asked()):
        parts[f"ballots_{source.code}"] = pa.array(board["ballots"][:, a])
        parts[f"needed_{source.code}"] = pa.array(board["evidence_needed"][:, a].astype(np.int32))
    keep = (
        "code",
        "name",
        "field",
        "kind",
        "unit",
        "organisation",
        "members",
        "full_members",
        "committee",
        "secretary_vacant_since",
        "term_end",
        "last_gathering",
        "unit_active",
        "exception",
        "entitled",
        "served",
    )
    places = {
        f"unit_{level}": pa.array(tree.code[tree.above(this.unit, level)], type=pa.string()) for level in (2, 3, 4)
    }
    return pa.table(
        {
            "branch": pa.array(np.arange(rows.num_rows, dtype=np.uint32)),
            **{name: rows[name] for name in keep},
            **places,
            **ints,
            **small,
            **flags,
            **floats,
            **parts,
        }
    )


def item_table(this: Round, board: dict[str, Any]) -> pa.Table:
    """Every item's leaf, sorted by branch. `available` already holds what absent items left to it."""
    items = pa.array(list(this.edition.items))
    return pa.table({
        "branch": pa.array(board["fact_branch"].astype(np.uint32)),
        "item": pa.DictionaryArray.from_arrays(pa.array(board["fact_item"].astype(np.int32)), items),
        "num": pa.array(board["fact_num"]), "den": pa.array(board["fact_den"]),
        "available": pa.array(board["fact_available"].astype(np.int32)),
        "points": pa.array(board["fact_points"].astype(np.int32)),
    })  # fmt: skip


def asked_table(this: Round, board: dict[str, Any]) -> pa.Table:
    """Every ballot cell that is worth points, sorted by branch, source, strength."""
    edition = this.edition
    lay = tables(edition)
    field = board["field"].astype(np.int64)
    worth = np.moveaxis(lay.cells[:, :, lay.asked], 1, 2)[field]
    branch, a, s = np.nonzero(worth)
    at = (branch, a, s)

    def words(codes: list[str], index: Any) -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array(index.astype(np.int32)), pa.array(codes))

    numbers = {
        "n": board["asked_n"][at],
        "mean": board["asked_mean"][at],
        "unknown": board["asked_unknown"][at],
        "norm": board["norm"][field[branch], a, s],
        "phantom": board["phantom"][field[branch], a],
        "result": board["asked_score"][at],
        "available": worth[at],
        "points": board["asked_points"][at],
    }
    return pa.table(
        {
            "branch": pa.array(branch.astype(np.uint32)),
            "source": words([source.code for source in edition.asked()], a),
            "strength": words([strength.code for strength in edition.strengths], s),
            **{name: pa.array(values.astype(np.int32)) for name, values in numbers.items()},
        }
    )


def rollup_table(this: Round, board: dict[str, Any]) -> pa.Table:
    """Sums for every unit and field ('' = all fields together)."""
    edition, tree = this.edition, this.tree
    summed = columns(edition, board)
    values = np.stack(list(summed.values()), axis=1)
    group = board["field"].astype(np.int64) * len(tree.code) + this.unit
    fields = int(group.max()) // len(tree.code) + 1
    kept, sums = roll_up(tree.parent, tree.level, group, values)
    names = ["", *(field.code for field in edition.fields)]
    return pa.table({
        "unit": pa.array(tree.code[kept // (fields + 1)], type=pa.string()),
        "level": pa.array(tree.level[kept // (fields + 1)].astype(np.uint8)),
        "field": pa.array([names[f] for f in kept % (fields + 1)], type=pa.string()),
        **{name: pa.array(sums[:, c]) for c, name in enumerate(summed)},
    })  # fmt: skip


def county_table(this: Round, board: dict[str, Any]) -> pa.Table:
    """Leniency of each county (or league's own bodies), visits, and its share of names at the region's field mix."""
    edition, tree = this.edition, this.tree
    units = np.unique(tree.above(this.unit, 3 if edition.policy.leniency_level == "banner" else 2))
    place = board["county"] if edition.policy.leniency_level == "banner" else board["league"]
    fields, cell = len(edition.fields), place.astype(np.int64) * len(edition.fields) + board["field"]
    size = np.bincount(cell, minlength=len(units) * fields).reshape(-1, fields)
    named = (
        np.bincount(cell, weights=board["named"], minlength=len(units) * fields).reshape(-1, fields).astype(np.int64)
    )
    return pa.table({
        "unit": pa.array(tree.code[units], type=pa.string()),
        "branches": pa.array(size.sum(axis=1)), "named": pa.array(named.sum(axis=1)),
        "standardised": _float(standardised_share(named, size, size.sum(axis=0)), 6),
        "leniency": _float(board["leniency"] / 100, 2), "visits": pa.array(board["leniency_n"]),
    })  # fmt: skip


def figures(this: Round, board: dict[str, Any]) -> dict[str, Any]:
    """Figures of the whole and of each field, for sheets and pages."""
    edition, field = this.edition, board["field"].astype(np.int64)
    lay = tables(edition)
    fact_field = field[board["fact_branch"]]
    number = np.bincount(field, minlength=len(edition.fields))
    out: dict[str, Any] = {
        "inflation": _r(board["inflation"] / 100, 2),
        "inflation_se": _r(board["inflation_se"] / 100, 2),
        "severity": [_r(beta, 2) for beta in board["severity"]],
        "fields": {},
    }
    cell = fact_field * len(edition.items) + board["fact_item"]
    sums, counts, full = (
        np.bincount(cell, weights=w, minlength=len(edition.fields) * len(edition.items)).reshape(
            len(edition.fields), -1
        )
        for w in (
            board["fact_points"],
            board["fact_available"] > 0,
            (board["fact_points"] == board["fact_available"]) & (board["fact_available"] > 0),
        )
    )
    for f, described in enumerate(edition.fields):
        own = field == f
        if not number[f]:
            continue
        score_ = board["score"][own]
        out["fields"][described.code] = {
            "branches": int(number[f]), "mean": _r(score_.mean() / 100, 4), "sd": _r(score_.std() / 100, 4),
            "line": described.line, "effective": {source.code: _r(board["effective"][f, r], 4)
                                                   for r, source in enumerate(edition.sources)},
            "rank_width": _r((board["rank_high"][own] - board["rank_low"][own] + 1.0).mean(), 1),
            "items": {code: {"mean": _r(sums[f, k] / number[f], 4),
                             "full": _r(full[f, k] / max(counts[f, k], 1), 4)}
                      for k, code in enumerate(edition.items) if lay.points[f, k]},
            "asked": {source.code: {strength.code: _r(board["asked_points"][own, a, s].mean(), 4)
                                    for s, strength in enumerate(edition.strengths) if lay.cells[f, s, lay.asked[a]]}
                      for a, source in enumerate(edition.asked())},
            "adjustment": _r((board["bonus"][own] - board["deduction"][own] - board["leniency_line"][own]).mean(), 4),
        }  # fmt: skip
    return out


def open_results(folder: Path) -> Snapshot:
    """Open a results folder, every file checked. Raises SnapshotRefused."""
    return open_snapshot(folder, RESULTS)


def results_digest(folder: Path) -> str:
    """The digest by which results are quoted: SHA-256 of their manifest."""
    return sha256(folder / "manifest.json")
