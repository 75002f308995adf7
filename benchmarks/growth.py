"""Ten times the ballots: how time and memory grow. The same round, each ballot ten times over."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import measure
import pyarrow as pa
import pyarrow.parquet as pq

from baolei.warehouse.snapshot import TABLES, Snapshot, open_snapshot, schema, writing


def main() -> int:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--scale", type=float, default=1.0)
    options.add_argument("--times", type=int, default=10)
    options.add_argument("--json", action="store_true")
    said = options.parse_args()
    once = measure.region(said.scale)
    many = once.parent / f"times-{said.times}"
    if not many.exists():
        print(f"writing {said.times} times the ballots …", file=sys.stderr, flush=True)
        multiply(open_snapshot(once), many, said.times)
    out = str(measure.HOME / "growth")
    folders = {"1x ballots": once, f"{said.times}x ballots": many}
    calls = {
        name: [sys.executable, "-m", "baolei.cli.main", "evaluate", str(folder), "--out", out]
        for name, folder in folders.items()
    }
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    memory = dict.fromkeys(calls, 0.0)
    for round_ in range(said.rounds):
        for name, call in calls.items():
            wall, peak = measure.run(call, f"round {round_ + 1} of {said.rounds}: {name}")
            seconds[name].append(wall)
            memory[name] = max(memory[name], peak)
    rows = [
        {"what": name, "median s": measure.median(times), "peak MiB": memory[name]} for name, times in seconds.items()
    ]
    small, large = calls
    measure.show("growth", rows, {
        "time ratio": measure.median(seconds[large]) / measure.median(seconds[small]),
        "memory ratio": memory[large] / memory[small],
    }, said.json)  # fmt: skip
    return 0


def multiply(opened: Snapshot, target: Path, times: int) -> None:
    """Write the snapshot again with every ballot `times` times, in pieces, in order."""
    with writing(target) as writer:
        for path in sorted((opened.folder / "edition").rglob("*.yaml")):
            writer.text(path.relative_to(opened.folder).as_posix(), path.read_text(encoding="utf-8"))
        for table in TABLES:
            if not opened.has(table):
                continue
            if table == "ballots":
                shape = pq.read_schema(opened.file(table))
                writer.table(table, repeated(opened.file(table), times), schema(table, len(shape) - 2))
            else:
                rows = opened.read(table)
                writer.table(table, rows, rows.schema)
        manifest = json.loads((opened.folder / "manifest.json").read_text())
        writer.finish({key: value for key, value in manifest.items() if key not in ("files", "format")})


def repeated(path: Path, times: int) -> Iterator[pa.Table]:
    """Each piece of a sorted table, every row `times` times."""
    for batch in pq.ParquetFile(path).iter_batches(1 << 17):
        rows = pa.Table.from_batches([batch])
        yield rows.take(pa.array([row for row in range(rows.num_rows) for _ in range(times)]))


if __name__ == "__main__":
    sys.exit(main())
