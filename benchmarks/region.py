"""The whole region from Parquet to results, beside the same scoring in plain pandas; and what reading ballots costs.

Interleaved in one run: ours, peer, ours, peer, … as whole processes; then the step that reads ballots row by row beside
only decoding the same columns in the same engine.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import duckdb
import measure
import numpy as np
import pyarrow.parquet as pq

from baolei.warehouse.cells import MEMORY, cells
from baolei.warehouse.editions import edition as read_edition
from baolei.warehouse.snapshot import open_snapshot

SAME = ("score", "base", "over_line")
NEAR = {"se": 1e-3, "probability": 1e-4, "weight_low": 1e-3, "weight_high": 1e-3}


def main() -> int:
    """Print both tables; 1 when the two ways of scoring disagree."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--scale", type=float, default=1.0)
    options.add_argument("--json", action="store_true")
    said = options.parse_args()
    snapshot = measure.region(said.scale)
    home, beside = measure.HOME, Path(__file__).parent
    ours, peer = home / "results", home / "peer"
    calls = {
        "baolei evaluate": [
            sys.executable,
            str(beside / "as_installed.py"),
            "evaluate",
            str(snapshot),
            "--out",
            str(ours),
        ],
        "plain pandas": [sys.executable, str(beside / "pandas_region.py"), str(snapshot), str(peer)],
    }
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    memory: dict[str, float] = dict.fromkeys(calls, 0.0)
    for round_ in range(said.rounds):
        for name, call in calls.items():
            wall, peak = measure.run(call, f"round {round_ + 1} of {said.rounds}: {name}")
            seconds[name].append(wall)
            memory[name] = max(memory[name], peak)
    rows = [{"what": name, "median s": measure.median(times), "min s": min(times), "max s": max(times),
             "peak MiB": memory[name]} for name, times in seconds.items()]  # fmt: skip
    ratios = [p / o for o, p in zip(seconds["baolei evaluate"], seconds["plain pandas"], strict=True)]
    differences = compare(ours, peer)
    opened = open_snapshot(snapshot)
    size = {"branches": f"{opened.rows('branches'):,}", "ballots": f"{opened.rows('ballots') + opened.rows('panel'):,}",
            "answers": f"{answers(opened):,}", "facts": f"{opened.rows('facts'):,}"}  # fmt: skip
    measure.show("region: Parquet to results with SE, chances, rank intervals, bounds, roll-ups", rows,
                 {"times as fast (pair by pair, median)": measure.median(ratios), **size,
                  "differences": differences or "none: equal to the cent"}, said.json)  # fmt: skip
    reading(opened, said.rounds, said.json)
    return 1 if differences else 0


def answers(opened) -> int:
    """Answers in all ballots, blanks of shorter ballots left out."""
    standard = read_edition(opened.folder / "edition")
    asked = {place: len(standard.questions[source.code]) for place, source in enumerate(standard.sources)
             if source.kind != "items"}  # fmt: skip
    total = 0
    for table in ("ballots", "panel"):
        if opened.has(table):
            source = pq.read_table(opened.file(table), columns=["source"])["source"].to_numpy()
            total += sum(int((source == place).sum()) * number for place, number in asked.items())
    return total


def compare(ours: Path, peer: Path) -> str:
    """What differs between the two results, '' for nothing."""
    mine, theirs = pq.read_table(ours / "branches.parquet"), pq.read_table(peer / "branches.parquet")
    out = []
    for name in SAME:
        unlike = int((mine[name].to_numpy(zero_copy_only=False) != theirs[name].to_numpy(zero_copy_only=False)).sum())
        if unlike:
            out.append(f"{name}: {unlike:,} rows")
    for name, allowed in NEAR.items():
        gap = float(np.abs(mine[name].to_numpy().astype(float) - theirs[name].to_numpy().astype(float)).max())
        if gap > allowed:
            out.append(f"{name}: up to {gap:.2g}")
    return "; ".join(out)


def reading(opened, rounds: int, as_json: bool) -> None:
    """The one step that reads ballots row by row, beside only decoding the same columns in the same engine."""
    standard = read_edition(opened.folder / "edition")
    longest = max(len(questions) for questions in standard.questions.values())
    columns = ["branch", "source", *(f"q{q + 1}" for q in range(longest))]
    tables = [table for table in ("ballots", "panel") if opened.has(table)]
    decode = [f"SELECT {', '.join(f'sum({column})' for column in columns)} FROM read_parquet('{opened.file(table)}')"
              for table in tables]  # fmt: skip
    times: dict[str, list[float]] = {"decode only": [], "cells": []}
    for _ in range(max(rounds, 5)):
        with duckdb.connect(config={"threads": 2, "memory_limit": MEMORY}) as engine:
            started = time.perf_counter()
            for sql in decode:
                engine.execute(sql).fetchall()
            times["decode only"].append(time.perf_counter() - started)
        started = time.perf_counter()
        cells(opened, standard)
        times["cells"].append(time.perf_counter() - started)
    ratios = [c / d for c, d in zip(times["cells"], times["decode only"], strict=True)]
    measure.show("reading ballots", [{"what": name, "median s": measure.median(values), "min s": min(values)}
                                     for name, values in times.items()],
                 {"cells / decode (median)": measure.median(ratios)}, as_json)  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
