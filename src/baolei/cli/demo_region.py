"""`baolei demo-region`: the snapshot of an invented round over the real tree."""

from __future__ import annotations

import time
from pathlib import Path

from rich.console import Console

from baolei.warehouse.demo.region import build, truth_path


def demo_region(
    out: Path, scale: float, seed: int, *, scope: str = "15", edition: str = "wuqiang-2020-2023"
) -> int:  # fmt: skip
    """Write the snapshot to `out` and say what it holds."""
    console = Console(stderr=True)
    started = time.monotonic()
    with console.status("inventing …") as status:
        rows = build(out, scope=scope or "15", scale=scale, seed=seed, edition=edition,
                     told=lambda stage: status.update(f"{stage} …"))  # fmt: skip
    seconds = time.monotonic() - started
    said = ", ".join(
        f"{count:,} {name}" for name, count in rows.items() if name in ("branches", "facts", "ballots", "panel")
    )
    console.print(f"{said} in {seconds:.1f} s → {out}\ntruth, never read by scoring: {truth_path(out)}", soft_wrap=True)
    return 0
