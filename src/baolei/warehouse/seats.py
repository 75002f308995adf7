"""Who contends for the seats of a round, read from its results: enough to redo their page without scoring."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from baolei.programme.naming import Seating, group_names
from baolei.programme.scoring.verdict import keys_of, public_source
from baolei.programme.standard.edition import Edition


def seating_of(edition: Edition, branches: pa.Table, leagues: list[str]) -> Seating:
    """The seating of the table `branches` of a results folder; `leagues` are the codes in the order of its units."""
    place = {table.code: number for number, table in enumerate(edition.fields)}
    field = np.array([place[code] for code in branches["field"].to_pylist()], dtype=np.int64)
    group = field
    if edition.policy.seats_by != "field":
        league = {code: number for number, code in enumerate(leagues)}
        own = np.array([league[code] for code in branches["unit_2"].to_pylist()], dtype=np.int64)
        group = field * len(leagues) + own
    earned, available = (_by_strength(edition, branches, what) for what in ("earned", "available"))
    public = edition.sources[public_source(edition)].code
    keys = keys_of(
        branches["theta"].to_numpy(), np.where(available > 0, earned / np.maximum(available, 1), np.nan),
        branches[f"earned_{public}"].to_numpy(), earned[:, 0],
    )  # fmt: skip
    allowed = np.ones(branches.num_rows, dtype=bool)
    for column in ("gates_open", "floors_broken", "vetoes"):
        allowed &= branches[column].to_numpy() == 0
    return Seating(group_names(edition, leagues), branches["code"].to_pylist(), group,
                   np.stack(keys, axis=1), allowed, branches["over_line"].to_numpy(zero_copy_only=False))  # fmt: skip


def _by_strength(edition: Edition, branches: pa.Table, what: str) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    columns = [branches[f"{what}_{one.code}"].to_numpy() for one in edition.strengths]
    return np.stack(columns, axis=1).astype(np.int64)
