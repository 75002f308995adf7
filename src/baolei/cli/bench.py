"""`baolei bench`: run the benchmarks of a checkout. They print time, memory and ratios; they assert only sameness."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from baolei.programme.refusals import Refusal


class NoCheckout(Refusal):
    """The benchmarks and their peers are not part of the installed package."""


def bench(what: str, rounds: int, as_json: bool) -> int:
    """Run benchmarks/`what`.py and pass its exit status on: 1 when two ways of scoring disagree."""
    script = find(what)
    call = [sys.executable, str(script), "--rounds", str(rounds), *(["--json"] if as_json else [])]
    return subprocess.run(call, cwd=script.parent.parent, check=False).returncode


def find(what: str) -> Path:
    """The script of a benchmark: in the checkout one stands in, else in the one this package is run from."""
    for root in (Path.cwd(), Path(__file__).resolve().parents[3]):
        script = root / "benchmarks" / f"{what}.py"
        if script.is_file():
            return script
    raise NoCheckout("benchmarks/ is not here: run this in a checkout, after pip install '.[bench]'")
