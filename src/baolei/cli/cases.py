"""`baolei cases`: evaluate real cases and hold them against the figures their makers published."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from baolei.programme.refusals import CaseRefused, Fault, Refusal
from baolei.warehouse.cases import CaseReport, find, run, shipped

NOT_SHIPPED = Fault(
    "examples", 0, "is not here: the cases come with the source, not with the installed package",
    "run this in a checkout, or name a case folder",
)  # fmt: skip


def cases(folders: Sequence[Path], as_json: bool) -> int:
    """Run every case in `folders` (default: those that ship); 0 when every figure holds, else 1.

    A case that is refused is shown with its faults and counts as one that falls short; the others are run all the same.
    """
    told: list[dict[str, Any]] = []
    ok = True
    for folder in folders or [shipped()]:
        for outcome in _outcomes(folder):
            ok &= isinstance(outcome, CaseReport) and outcome.ok
            if as_json:
                told.append(plain(folder, outcome))
            else:
                _print(outcome)
    if as_json:
        print(json.dumps({"ok": ok, "cases": told}, ensure_ascii=False))
    return 0 if ok else 1


def _outcomes(folder: Path) -> list[CaseReport | Refusal]:
    try:
        found = find(folder)
    except Refusal as refusal:
        return [refusal if folder != Path("examples") else CaseRefused([NOT_SHIPPED])]
    return [_outcome(each) for each in found]


def _outcome(folder: Path) -> CaseReport | Refusal:
    try:
        return run(folder)
    except Refusal as refusal:
        return refusal


def plain(folder: Path, outcome: CaseReport | Refusal) -> dict[str, Any]:
    """An outcome for machines; an infinite difference is null, as JSON has no infinity."""
    if isinstance(outcome, Refusal):
        return {"name": folder.name, "ok": False, "refused": str(outcome)}
    return {
        "name": outcome.name,
        "title": dict(outcome.title),
        "ok": outcome.ok,
        "seconds": round(outcome.seconds, 3),
        "checks": [
            {
                "what": check.what,
                "expected": check.expected,
                "got": check.got,
                "worst": check.worst if math.isfinite(check.worst) else None,
                "tolerance": check.tolerance,
                "compared": check.compared,
                "ok": check.ok,
            }
            for check in outcome.checks
        ],
    }


def _print(outcome: CaseReport | Refusal) -> None:
    console = Console()
    if isinstance(outcome, Refusal):
        console.print(f"✗ {outcome}", style="red", markup=False, highlight=False, soft_wrap=True)
        return
    table = Table(
        title=f"{outcome.name} · {outcome.title['zh']} · {outcome.title['en']} · {outcome.seconds:.2f} s",
        title_justify="left",
        expand=False,
    )
    for heading in ("", "what", "expected", "got"):
        table.add_column(heading)
    table.add_column("worst", justify="right")
    table.add_column("allowed", justify="right")
    for check in outcome.checks:
        mark, allowed = ("✓" if check.ok else "✗"), (f"{check.tolerance:.0e}" if check.tolerance else "exact")
        style = None if check.ok else "red"
        table.add_row(mark, check.what, check.expected, check.got, f"{check.worst:.1e}", allowed, style=style)
    console.print(table)
