"""The sheet of a branch, computed when asked from a results folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from baolei.programme.refusals import Fault, SnapshotRefused
from baolei.programme.scoring.sheet import Sheet
from baolei.programme.scoring.sheet import sheet as make
from baolei.programme.standard.edition import Edition
from baolei.warehouse.editions import edition as read_edition


def sheet(results: Path, code: str, edition: Edition | None = None, figures: dict[str, Any] | None = None) -> Sheet:
    """The sheet of the branch with this code. `edition` and `figures` may be given where they are at hand already.

    Raises SnapshotRefused when no branch has this code.
    """
    rows = pq.read_table(results / "branches.parquet", filters=[("code", "=", code)]).to_pylist()
    if not rows:
        raise SnapshotRefused(
            [Fault("branches.parquet", 0, f"no branch has the code {code!r}", "a code of this round")]
        )
    return sheet_of(results, rows[0], edition or read_edition(results / "edition"), figures or read_figures(results))


def sheet_of(results: Path, row: dict[str, Any], edition: Edition, figures: dict[str, Any]) -> Sheet:
    """The sheet of a branch whose row of results is at hand: reads only its own lines."""
    mine = [("branch", "=", row["branch"])]
    facts = pq.read_table(results / "items.parquet", filters=mine).to_pylist()
    asked = pq.read_table(results / "asked.parquet", filters=mine).to_pylist()
    return make(edition, row, facts, asked, figures)


def read_figures(results: Path) -> dict[str, Any]:
    """The fields' figures of a results folder."""
    return dict(json.loads((results / "figures.json").read_text(encoding="utf-8")))
