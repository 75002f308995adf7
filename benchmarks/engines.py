"""The same snapshot, its ballots read row by row on DuckDB and on Spark (local mode): same bytes, and what each costs.

Needs the extra: pip install '.[spark]', and Java 17 or newer. Interleaved as whole processes; memory is that of the
process and of all it starts, Spark's Java among them.
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import sys

import measure

from baolei.warehouse.snapshot import open_snapshot, read_manifest, sha256

ENGINES = ("duckdb", "spark")


def main() -> int:
    """Print the table; 1 when a byte differs, 2 when Spark cannot be tried."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--scale", type=float, default=1.0)
    options.add_argument("--json", action="store_true")
    said = options.parse_args()
    if missing := absent():
        print(f"not measured: {missing}", file=sys.stderr)
        return 2
    snapshot = measure.region(said.scale)
    folders = {engine: measure.HOME / f"engine-{engine}" for engine in ENGINES}
    seconds: dict[str, list[float]] = {engine: [] for engine in ENGINES}
    memory = dict.fromkeys(ENGINES, 0.0)
    for round_ in range(said.rounds):
        for engine, out in folders.items():
            call = [sys.executable, "-m", "baolei.cli.main", "evaluate", str(snapshot), "--out", str(out),
                    "--engine", engine]  # fmt: skip
            wall, peak = measure.run_tree(call, f"round {round_ + 1} of {said.rounds}: {engine}")
            seconds[engine].append(wall)
            memory[engine] = max(memory[engine], peak)
    different = differences(*folders.values())
    opened = open_snapshot(snapshot)
    rows = [{"engine": engine, "median s": measure.median(times), "min s": min(times), "max s": max(times),
             "peak MiB": memory[engine]} for engine, times in seconds.items()]  # fmt: skip
    measure.show("engines: the whole evaluation, ballots counted by each engine", rows, {
        "duckdb is as many times as fast (pair by pair, median)": measure.median(
            [spark / duck for duck, spark in zip(seconds["duckdb"], seconds["spark"], strict=True)]),
        "branches": f"{opened.rows('branches'):,}",
        "ballots": f"{opened.rows('ballots') + opened.rows('panel'):,}",
        "bytes of the results": ", ".join(different) + " differ" if different else "identical, file by file",
    }, said.json)  # fmt: skip
    return 1 if different else 0


def absent() -> str:
    """What is missing to run Spark here, and how to get it; '' when nothing is."""
    if importlib.util.find_spec("pyspark") is None:
        return "pyspark is not installed; pip install '.[spark]'"
    return "" if shutil.which("java") else "Spark needs Java; apt-get install default-jre-headless"


def differences(one, other) -> list[str]:
    """Files of two results folders that are not the same, byte for byte."""
    names = {"manifest.json", *read_manifest(one)["files"], *read_manifest(other)["files"]}
    return sorted(name for name in names if not (one / name).is_file() or not (other / name).is_file()
                  or sha256(one / name) != sha256(other / name))  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
