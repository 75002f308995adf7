"""`baolei evaluate`, `baolei verify`."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from baolei.warehouse.evaluate import Told


def evaluate(snapshot: Path, out: Path, engine: str, as_json: bool) -> int:
    """Evaluate a snapshot folder and say where the results are."""
    from baolei.warehouse.cells import ENGINES
    from baolei.warehouse.evaluate import evaluate as run
    from baolei.warehouse.evaluate import open_results

    started = time.monotonic()
    with progress() as told:
        digest = run(snapshot, out, ENGINES[engine], told)
    seconds = time.monotonic() - started
    branches = open_results(out).rows("branches")
    if as_json:
        print(json.dumps({"results": str(out), "digest": digest, "branches": branches, "seconds": round(seconds, 2)}))
    else:
        Console().print(f"{branches:,} branches evaluated in {seconds:.1f} s → {out}\nresults {digest}", soft_wrap=True)
    return 0


def verify(results: Path, snapshot: Path | None, engine: str, as_json: bool) -> int:
    """Recompute results from their snapshot; 0 when every byte follows. ResultsDiffer names the first difference."""
    from baolei.warehouse.cells import ENGINES
    from baolei.warehouse.evaluate import verify as run

    beside = snapshot or results.parent / "snapshot"
    with progress() as told:
        digest = run(results, beside, ENGINES[engine], told)
    if as_json:
        print(json.dumps({"results": str(results), "digest": digest, "follows": True}))
    else:
        Console().print(f"every byte of {results} follows from {beside}\nresults {digest}", soft_wrap=True)
    return 0


@contextmanager
def progress() -> Iterator[Told]:
    """A bar on the error stream: stage, stages done of all, time. Silent where nobody looks."""
    console = Console(stderr=True)
    bar = Progress(TextColumn("{task.description:<34}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
                   console=console, transient=True, disable=not console.is_terminal)  # fmt: skip
    with bar:
        task = bar.add_task("", total=None)

        def told(stage: str, done: int, total: int) -> None:
            bar.update(task, description=stage, completed=done, total=total)

        yield told
