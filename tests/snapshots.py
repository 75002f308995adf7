"""A small snapshot folder: one region, two leagues, a few dozen invented branches under the worked example's table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

import rounds
import worked
from baolei.warehouse.snapshot import schema, writing

UNITS = [
    # code, name, level, parent
    ("15", "某区", 1, ""),
    ("1501", "东盟", 2, "15"),
    ("1502", "西盟", 2, "15"),
    ("150101", "东一旗", 3, "1501"),
    ("150102", "东二旗", 3, "1501"),
    ("150201", "西一旗", 3, "1502"),
    ("150101001", "河东苏木", 4, "150101"),
    ("150102001", "河西苏木", 4, "150102"),
    ("150201001", "山前镇", 4, "150201"),
]
SERVED = ("150101001", "150102001", "150201001")


def write(target: Path, branches: int = 36, seed: int = 7, text: str = "", **says: Any) -> Path:
    """Write the snapshot of a small round; `says` overrides manifest entries, `text` the edition."""
    edition = worked.edition()
    made = rounds.board(edition, branches, seed)
    longest = made["answers"].shape[2]
    with writing(target) as writer:
        example = worked.HERE / "examples/worked/edition.yaml"
        writer.text("edition/edition.yaml", text or example.read_text(encoding="utf-8"))
        code, name, level, parent = zip(*UNITS, strict=True)
        writer.table("units", pa.table({"code": code, "name": name, "level": level, "parent": parent}), schema("units"))
        writer.table("branches", _branches(made, branches), schema("branches"))
        items = pa.array(list(edition.items))
        writer.table("facts", pa.table({
            "branch": made["fact_branch"], "item": pa.DictionaryArray.from_arrays(made["fact_item"], items),
            "num": made["fact_num"], "den": made["fact_den"],
        }), schema("facts"))  # fmt: skip
        writer.table("marks", pa.table({
            "branch": [0, 0, 1], "code": ["county_honour", "county_honour", "late_filing"], "value": [1, 1, 1],
            "matter": ["a", "a", "b"], "level": ["banner", "banner", ""],
        }), schema("marks"))  # fmt: skip
        writer.table("ballots", _ballots(made, longest), schema("ballots", longest))
        writer.finish({"edition": {"code": edition.code, "digest": edition.digest}, "seed": "20231231",
                       "parameters": {}, "round": {"title": {"zh": "演示", "en": "Demo"}, "year": 2023,
                                                   "as_of": "2023-12-31", "scope": "15"}, **says})  # fmt: skip
    return target


def _branches(made: dict[str, Any], n: int) -> pa.Table:
    empty = pa.nulls(n, pa.date32())
    members = np.where(np.arange(n) == 0, 57, made["entitled"])  # the first branch is too large: the audit must find it
    return pa.table({
        "code": [f"Z{number:04d}" for number in range(n)], "name": [f"第{number}党支部" for number in range(n)],
        "field": ["village"] * n, "kind": ["branch"] * n, "unit": [SERVED[number % 3] for number in range(n)],
        "organisation": [""] * n, "members": members, "full_members": members, "committee": [3] * n,
        "secretary_vacant_since": empty, "term_end": empty, "last_gathering": empty, "unit_active": [True] * n,
        "exception": [""] * n, "entitled": made["entitled"], "served": made["served"],
    })  # fmt: skip


def _ballots(made: dict[str, Any], longest: int) -> pa.Table:
    """Ballots whose counts by grade are those of the board: answers of a question dealt out over its ballots."""
    rows = []
    grades = made["answers"].shape[3]
    for branch, a in np.ndindex(*made["ballots"].shape):
        votes = int(made["ballots"][branch, a])
        if not votes:
            continue
        deal = np.full((votes, longest), grades, dtype=np.int64)
        for q in range(longest):
            said = np.repeat(np.arange(grades), made["answers"][branch, a, q])
            deal[: len(said), q] = said
        rows.append(np.column_stack([np.full(votes, branch), np.full(votes, a + 1), deal]))
    table = np.concatenate(rows)
    table = table[np.lexsort([table[:, column] for column in range(table.shape[1] - 1, -1, -1)])]
    return pa.table({"branch": table[:, 0], "source": table[:, 1],
                     **{f"q{q + 1}": table[:, q + 2] for q in range(longest)}})  # fmt: skip
