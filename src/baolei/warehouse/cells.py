"""The one step that reads ballots row by row: how many valid ballots gave which grade to which question of a branch.

One SQL text, in words every engine understands, integers in and integers out, so that a laptop's DuckDB and a cluster's
Spark give the same counts. Each question's counts travel in one 64-bit number, a slot of bits for each grade: a third
of the time of one sum for each grade.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from baolei.programme.ballot import tally
from baolei.programme.refusals import EngineRefused
from baolei.programme.standard.edition import Edition
from baolei.warehouse.snapshot import ASKED, Snapshot

Rows = dict[str, npt.NDArray[Any]]
Engine = Callable[[str, dict[str, Path]], Rows]
"""Runs one SELECT over tables named as in the snapshot and returns its columns."""

MEMORY = "600MB"
"""What DuckDB may hold before it spills; the groups of a region need a tenth of it."""


def on_duckdb(sql: str, files: dict[str, Path]) -> Rows:
    """Run one SELECT on DuckDB over Parquet files, two threads, bounded memory, nothing fetched from outside."""
    with duckdb.connect(
        config={
            "threads": 2,
            "memory_limit": MEMORY,
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    ) as engine:
        for name, path in files.items():
            engine.execute(
                f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{str(path).replace(chr(39), chr(39) * 2)}')"
            )
        rows: Rows = engine.execute(sql).fetchnumpy()
        return rows


@dataclass(frozen=True, slots=True)
class Counted:
    """What the engine gave: its rows, and how many bits each grade's slot has (0: a column for each grade)."""

    rows: Rows
    bits: int


@dataclass(frozen=True, slots=True)
class Cells:
    """`answers` int32 [n,A,Q,G+1]: valid ballots by grade, then "don't know"; `ballots` int32 [n,A]: valid ballots."""

    answers: npt.NDArray[np.int32]
    ballots: npt.NDArray[np.int32]


def cells(snapshot: Snapshot, edition: Edition, engine: Engine = on_duckdb) -> Cells:
    """Count the ballots and the panel's ratings of a snapshot on an engine."""
    return spread(snapshot, edition, count(snapshot, edition, engine))


def count(snapshot: Snapshot, edition: Edition, engine: Engine) -> Counted:
    """The engine's own part: one row for each branch and source that has a valid ballot."""
    files = {table: snapshot.file(table) for table in ASKED if snapshot.has(table)}
    bits = 60 // (len(edition.grades) + 1)
    rows = engine(packed_sql(edition, bits, tuple(files)), files)
    if len(rows["ballots"]) and int(rows["ballots"].max()) >= 1 << bits:
        return Counted(engine(plain_sql(edition, tuple(files)), files), 0)
    return Counted(rows, bits)


def spread(snapshot: Snapshot, edition: Edition, counted: Counted) -> Cells:
    """The engine's rows as dense arrays, branches in the snapshot's order."""
    asked, rows, bits = edition.asked(), counted.rows, counted.bits
    grades, longest = _shape(edition)
    n = snapshot.rows("branches")
    by_grade = np.zeros((len(asked), longest, grades + 1, n), dtype=np.int32)  # branches last: vectors, not crumbs
    answers = np.moveaxis(by_grade, 3, 0)
    ballots = np.zeros((n, len(asked)), dtype=np.int32)
    place = {list(edition.sources).index(source): a for a, source in enumerate(asked)}
    branch = rows["branch"].astype(np.int64)
    a = np.array([place.get(source, -1) for source in range(len(edition.sources))])[rows["source"].astype(np.int64)]
    ballots[branch, a] = rows["ballots"]
    for q in range(longest):
        for g in range(grades + 1):
            packed = rows[f"p{q + 1}" if bits else f"p{q + 1}_{g}"].astype(np.int64)
            answers[branch, a, q, g] = (packed >> (bits * g)) & ((1 << bits) - 1) if bits else packed
    return Cells(answers, ballots)


def packed_sql(edition: Edition, bits: int, tables: tuple[str, ...]) -> str:
    """Counts of every grade of a question packed into one sum, `bits` bits each, best grade lowest."""
    grades, longest = _shape(edition)
    slots = " ".join(f"WHEN {g} THEN {1 << (bits * g)}" for g in range(grades + 1))
    columns = ", ".join(f"CASE q{q} {slots} ELSE 0 END AS p{q}" for q in range(1, longest + 1))
    sums = ", ".join(f"CAST(sum(p{q}) AS BIGINT) AS p{q}" for q in range(1, longest + 1))
    return _select(edition, columns, sums, tables)


def plain_sql(edition: Edition, tables: tuple[str, ...]) -> str:
    """The same counts, one sum each: for groups so large that packed slots would overflow."""
    grades, longest = _shape(edition)
    pairs = [(q, g) for q in range(1, longest + 1) for g in range(grades + 1)]
    columns = ", ".join(f"CASE WHEN q{q} = {g} THEN 1 ELSE 0 END AS p{q}_{g}" for q, g in pairs)
    sums = ", ".join(f"CAST(sum(p{q}_{g}) AS BIGINT) AS p{q}_{g}" for q, g in pairs)
    return _select(edition, columns, sums, tables)


def _shape(edition: Edition) -> tuple[int, int]:
    return len(edition.grades), max(len(edition.questions[source.code]) for source in edition.asked())


def _select(edition: Edition, columns: str, sums: str, tables: tuple[str, ...]) -> str:
    grades, longest = _shape(edition)
    questions = ", ".join(f"q{q}" for q in range(1, longest + 1))
    rows = " UNION ALL ".join(f"SELECT source, branch, {questions} FROM {table}" for table in tables)
    graded = " + ".join(f"CASE WHEN q{q} < {grades} THEN 1 ELSE 0 END" for q in range(1, longest + 1))
    least = " ".join(
        f"WHEN {place} THEN {least_answers(edition, source.code)}"
        for place, source in enumerate(edition.sources)
        if source.kind != "items"
    )
    return (
        f"SELECT source, branch, count(*) AS ballots, {sums} FROM "
        f"(SELECT source, branch, {graded} AS graded, {columns} FROM ({rows}) AS asked) AS packed "
        f"WHERE graded >= CASE source {least} END GROUP BY source, branch"
    )


def least_answers(edition: Edition, source: str) -> int:
    """Answers with a grade that make a ballot of this source valid: at least the edition's share of its questions."""
    return tally.least_answers(len(edition.questions[source]), edition.valid_share)


def on_spark(sql: str, files: dict[str, Path]) -> Rows:
    """The same on Spark, local mode unless the session says otherwise (extra `spark`).

    Raises EngineRefused where pyspark is not installed or Spark does not start.
    """
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError:
        raise EngineRefused("Spark is not installed here: pip install 'baolei[spark]'") from None
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")  # else it waits for this machine's name to be looked up
    builder = (
        SparkSession.builder.appName("baolei")
        .master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.shuffle.partitions", "8")
    )
    try:
        session = builder.getOrCreate()
    except PySparkException as error:
        raise EngineRefused(f"Spark does not start, it needs Java 17 or newer: {error}") from error
    try:
        for name, path in files.items():
            session.read.parquet(str(path.resolve())).createOrReplaceTempView(name)
        frame = session.sql(sql).toArrow()
        return {name: frame.column(name).to_numpy() for name in frame.column_names}
    finally:
        session.stop()


ENGINES: dict[str, Engine] = {"duckdb": on_duckdb, "spark": on_spark}
