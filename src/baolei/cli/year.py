"""`baolei verify FILE.zip`: a programme year in one file, recomputed without Django or a database."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console

from baolei.cli.evaluate import progress
from baolei.warehouse.cells import ENGINES
from baolei.warehouse.check_year import SHOWN, WHOLE
from baolei.warehouse.year_verify import Checked, verify


def verify_year(file: Path, whole: Path | None, engine: str, as_json: bool) -> int:
    """Check a year; 0 where nothing differs, else 1 with every difference: where, what, what is right, what stands."""
    with progress() as told:
        checked = verify(file, ENGINES[engine], told, whole)
    if as_json:
        print(json.dumps(_as_json(file, checked), ensure_ascii=False))
    else:
        Console().print("\n".join(_lines(file, checked)), soft_wrap=True, markup=False, highlight=False)
    return 1 if checked.differences else 0


def _lines(file: Path, checked: Checked) -> list[str]:
    found = checked.differences
    if found:
        more = [f"… {len(found) - SHOWN} more"] if len(found) > SHOWN else []
        return [*map(str, found[:SHOWN]), *more, f"{file}: {len(found)} differences"]
    said = (
        f"{checked.branches:,} branches scored anew, and exactly the {checked.names:,} names that are listed"
        if checked.variant == WHOLE
        else f"{checked.names:,} names, their sums and the record; the points are recomputed from the auditors' file"
    )
    return [f"{file}: nothing differs", said, f"ledger {checked.head}"]


def _as_json(file: Path, checked: Checked) -> dict[str, object]:
    found = [{"where": one.where, "what": one.what, "expected": str(one.expected), "found": str(one.found)}
             for one in checked.differences]  # fmt: skip
    return {"file": str(file), "variant": checked.variant, "branches": checked.branches, "names": checked.names,
            "ledger": checked.head, "differences": found}  # fmt: skip
