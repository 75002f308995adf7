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
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from baolei.programme.refusals import ResultsDiffer
from baolei.programme.scoring.pipeline import STEPS
from baolei.programme.scoring.steps import Board, Step, walk
from baolei.programme.standard.edition import Edition
from baolei.warehouse.cells import Engine, on_duckdb
from baolei.warehouse.results import TABLES, Table, figures, rounded
from baolei.warehouse.rounds import Round, read_round
from baolei.warehouse.snapshot import Snapshot, Writer, open_snapshot, sha256, writing

RESULTS = "baolei results 1"

Told = Callable[[str, int, int], None]
"""Progress: name of the stage, stages done, stages in all."""

STAGES = len(STEPS) + len(TABLES) + 4


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

    with writing(out, RESULTS) as writer:
        board = walk((*STEPS, *_tables(this, writer)), this.edition, this.board, step)
        told("writing the figures", done, STAGES)
        _write_texts(writer, this, board)
        digest = writer.finish(recipe(this, board))
    told("done", STAGES, STAGES)
    return digest


def _tables(this: Round, writer: Writer) -> Iterator[Step]:
    """Writing the tables as steps of the same walk: each is written as soon as what it needs is known."""
    for table in TABLES:

        def write(edition: Edition, board: Board, table: Table = table) -> dict[str, Any]:
            made = table.make(this, board)
            writer.table(table.name, made, made.schema, groups=1 << 16)
            return {f"{table.name}.parquet": made.num_rows}

        yield Step(f"writing {table.name}", "", table.needs, (f"{table.name}.parquet",), write)


def _write_texts(writer: Writer, this: Round, board: Board) -> None:
    for path in sorted((this.snapshot.folder / "edition").rglob("*.yaml")):
        writer.text(path.relative_to(this.snapshot.folder).as_posix(), path.read_text(encoding="utf-8"))
    units = this.snapshot.read("units")
    writer.table("units", units, units.schema)
    writer.text("figures.json", json.dumps(figures(this, board), ensure_ascii=False, indent=1, sort_keys=True) + "\n")


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


OF_FIELD = ("center", "reliability", "dispersion", "cut")
"""Estimates of a field that its verdicts stand on."""


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
            "field": {field.code: {name: rounded(board[name][f]) for name in OF_FIELD}
                      for f, field in enumerate(edition.fields)},
            "visit_sigma": rounded(board["visit_sigma"]),
        },
    }  # fmt: skip


def open_results(folder: Path) -> Snapshot:
    """Open a results folder, every file checked. Raises SnapshotRefused."""
    return open_snapshot(folder, RESULTS)


def results_digest(folder: Path) -> str:
    """The digest by which results are quoted: SHA-256 of their manifest."""
    return sha256(folder / "manifest.json")
