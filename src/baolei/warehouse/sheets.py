"""The sheet of a branch, computed when asked from a results folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from baolei.programme.refusals import Fault, SnapshotRefused
from baolei.programme.scoring.sheet import Sheet
from baolei.programme.scoring.sheet import sheet as make
from baolei.programme.standard.edition import Edition
from baolei.programme.visibility import closed
from baolei.warehouse.editions import edition as read_edition
from baolei.warehouse.rulebook import visibility
from baolei.warehouse.snapshot import read_table, rows_of


def sheet(results: Path, code: str, edition: Edition | None = None, figures: dict[str, Any] | None = None) -> Sheet:
    """The sheet of the branch with this code. `edition` and `figures` may be given where they are at hand already.

    Raises SnapshotRefused when no branch has this code.
    """
    table = read_table(results / "branches.parquet")
    rows = table.filter(pc.equal(table["code"], code)).to_pylist()
    if not rows:
        raise SnapshotRefused(
            [Fault("branches.parquet", 0, f"no branch has the code {code!r}", "a code of this round")]
        )
    return sheet_of(results, rows[0], edition or read_edition(results / "edition"), figures or read_figures(results))


def sheet_of(results: Path, row: dict[str, Any], edition: Edition, figures: dict[str, Any]) -> Sheet:
    """The sheet of a branch whose row of results is at hand: reads only its own lines."""
    facts = rows_of(results / "items.parquet", row["branch"])
    asked = rows_of(results / "asked.parquet", row["branch"])
    return make(edition, row, facts, asked, figures, closed(visibility(), edition, row))


def read_figures(results: Path) -> dict[str, Any]:
    """The fields' figures of a results folder."""
    return dict(json.loads((results / "figures.json").read_text(encoding="utf-8")))
