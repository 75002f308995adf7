"""The tables of a results folder: what each holds, and what of the board it is made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from baolei.programme.scoring.readings import reading_names
from baolei.programme.scoring.rollup import SUMMED, columns, roll_up, standardised_share
from baolei.programme.scoring.steps import Board
from baolei.programme.scoring.tables import tables
from baolei.warehouse.rounds import Round


def rounded(value: Any, places: int = 6) -> float | None:
    """A float for print: few enough digits that no machine's last bit shows."""
    number = round(float(value), places) + 0.0
    return number if np.isfinite(number) else None


def _float(values: Any, places: int) -> pa.Array:
    rounded = np.round(np.asarray(values, dtype=float), places) + 0.0
    return pa.array(rounded, type=pa.float64(), mask=~np.isfinite(rounded))


WHOLE = (
    "base", "bonus", "deduction", "leniency_line", "score", "rank", "rank_low", "rank_high", "stars", "delta",
    "gates_open", "vetoes", "floors_broken", "floors_watched", "evidence_short", "items_missing",
)  # fmt: skip
"""Cents, ranks, counts and sets of bits, as they stand on the board."""

SMALL = ("tier", "confirmation", "change", "title")
"""Positions in short lists of the edition or the method."""

FLAGS = (
    "named", "held", "candidate", "robust", "disagree", "alike", "visited", "drawn", "borderline", "has_last",
    "over_line",
)  # fmt: skip

FLOATS = {
    "se": 4, "theta": 4, "spread": 4, "standing": 4, "standing_se": 4, "probability": 6, "weight_low": 4,
    "weight_high": 4,
    "draw_number": 9, "draw_probability": 6,
}  # fmt: skip
"""Estimates, and the decimal places that every machine agrees on."""

KEPT = (
    "code", "name", "field", "kind", "unit", "organisation", "members", "full_members", "committee",
    "secretary_vacant_since", "term_end", "last_gathering", "unit_active", "exception", "entitled", "served",
)  # fmt: skip
"""Columns of the snapshot's own table of branches."""

BY_PART = ("leniency_of", "earned", "available", "gap", "gap_z", "ballots", "evidence_needed", "moved")
"""What the table spreads over strengths and sources."""


def branch_table(this: Round, board: Board) -> pa.Table:
    """One row per branch, in the snapshot's order. Cents are int; points, chances and ratios are floats, rounded."""
    tree, rows = this.tree, this.branches
    places = {
        f"unit_{level}": pa.array(tree.code[tree.above(this.unit, level)], type=pa.string()) for level in (2, 3, 4)
    }
    return pa.table(
        {
            "branch": pa.array(np.arange(rows.num_rows, dtype=np.uint32)),
            **{name: rows[name] for name in KEPT},
            **places,
            **{name: pa.array(board[name].astype(np.int32)) for name in WHOLE},
            **{name: pa.array(board[name].astype(np.int8)) for name in SMALL},
            **{name: pa.array(board[name].astype(bool)) for name in FLAGS},
            **{name: _float(board[name], digits) for name, digits in FLOATS.items()},
            "leniency": _float(board["leniency_of"] / 100, 2),
            "moved": pa.array((board["moved"] @ (1 << np.arange(board["moved"].shape[1]))).astype(np.int32)),
            **_parts(this, board),
        }
    )


def _parts(this: Round, board: Board) -> dict[str, pa.Array]:
    """What was earned of what was available, strength by strength and source by source; the ballots there are."""
    edition, earned, available = this.edition, board["earned"], board["available"]
    out = {}
    for s, strength in enumerate(edition.strengths):
        out[f"earned_{strength.code}"] = pa.array(earned[:, s].sum(axis=1).astype(np.int32))
        out[f"available_{strength.code}"] = pa.array(available[:, s].sum(axis=1).astype(np.int32))
    for r, source in enumerate(edition.sources):
        out[f"earned_{source.code}"] = pa.array(earned[:, :, r].sum(axis=1).astype(np.int32))
        out[f"available_{source.code}"] = pa.array(available[:, :, r].sum(axis=1).astype(np.int32))
        out[f"gap_{source.code}"] = _float(board["gap"][:, r], 2)
        out[f"gap_z_{source.code}"] = _float(board["gap_z"][:, r], 3)
    for a, source in enumerate(edition.asked()):
        out[f"ballots_{source.code}"] = pa.array(board["ballots"][:, a])
        out[f"needed_{source.code}"] = pa.array(board["evidence_needed"][:, a].astype(np.int32))
    return out


def item_table(this: Round, board: Board) -> pa.Table:
    """Every item's leaf, sorted by branch. `available` already holds what absent items left to it."""
    items = pa.array(list(this.edition.items))
    return pa.table({
        "branch": pa.array(board["fact_branch"].astype(np.uint32)),
        "item": pa.DictionaryArray.from_arrays(pa.array(board["fact_item"].astype(np.int32)), items),
        "num": pa.array(board["fact_num"]), "den": pa.array(board["fact_den"]),
        "available": pa.array(board["fact_available"].astype(np.int32)),
        "points": pa.array(board["fact_points"].astype(np.int32)),
    })  # fmt: skip


def asked_table(this: Round, board: Board) -> pa.Table:
    """Every ballot cell that is worth points, sorted by branch, source, strength."""
    edition = this.edition
    lay = tables(edition)
    field = board["field"].astype(np.int64)
    worth = np.moveaxis(lay.cells[:, :, lay.asked], 1, 2)[field]
    _, asked, strengths = worth.shape
    cell = np.flatnonzero(worth)
    row, place = np.divmod(cell, strengths)
    branch, source = np.divmod(row, asked)
    of_field = field[branch]

    def words(codes: list[str], index: Any) -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array(index.astype(np.int32)), pa.array(codes))

    def at(name: str) -> Any:
        return board[name].reshape(-1)[cell]

    numbers = {
        "n": at("asked_n"),
        "mean": at("asked_mean"),
        "unknown": at("asked_unknown"),
        "norm": board["norm"].reshape(-1)[(of_field * asked + source) * strengths + place],
        "phantom": board["phantom"].reshape(-1)[of_field * asked + source],
        "result": at("asked_score"),
        "available": worth.reshape(-1)[cell],
        "points": at("asked_points"),
    }
    return pa.table(
        {
            "branch": pa.array(branch.astype(np.uint32)),
            "source": words([source.code for source in edition.asked()], source),
            "strength": words([strength.code for strength in edition.strengths], place),
            **{name: pa.array(values.astype(np.int32)) for name, values in numbers.items()},
        }
    )


def rollup_table(this: Round, board: Board) -> pa.Table:
    """Sums for every unit and field ('' = all fields together)."""
    edition, tree = this.edition, this.tree
    summed = columns(edition, board)
    values = np.stack(list(summed.values()), axis=1)
    group = board["field"].astype(np.int64) * len(tree.code) + this.unit
    fields = int(group.max()) // len(tree.code) + 1
    kept, sums = roll_up(tree.parent, tree.level, group, values)
    names = ["", *(field.code for field in edition.fields)]
    return pa.table({
        "unit": pa.array(tree.code[kept // (fields + 1)], type=pa.string()),
        "level": pa.array(tree.level[kept // (fields + 1)].astype(np.uint8)),
        "field": pa.array([names[f] for f in kept % (fields + 1)], type=pa.string()),
        **{name: pa.array(sums[:, c]) for c, name in enumerate(summed)},
    })  # fmt: skip


def county_table(this: Round, board: Board) -> pa.Table:
    """Leniency of each county (or league's own bodies), visits, and its share of names at the region's field mix."""
    edition, tree = this.edition, this.tree
    units = np.unique(tree.above(this.unit, 3 if edition.policy.leniency_level == "banner" else 2))
    place = board["county"] if edition.policy.leniency_level == "banner" else board["league"]
    fields, cell = len(edition.fields), place.astype(np.int64) * len(edition.fields) + board["field"]
    size = np.bincount(cell, minlength=len(units) * fields).reshape(-1, fields)
    named = (
        np.bincount(cell, weights=board["named"], minlength=len(units) * fields).reshape(-1, fields).astype(np.int64)
    )
    return pa.table({
        "unit": pa.array(tree.code[units], type=pa.string()),
        "branches": pa.array(size.sum(axis=1)), "named": pa.array(named.sum(axis=1)),
        "standardised": _float(standardised_share(named, size, size.sum(axis=0)), 6),
        "leniency": _float(board["leniency"] / 100, 2), "leniency_se": _float(board["leniency_se"] / 100, 2),
        "visits": pa.array(board["leniency_n"]),
    })  # fmt: skip


def figures(this: Round, board: Board) -> dict[str, Any]:
    """Figures of the whole and of each field, for sheets and pages."""
    edition, field = this.edition, board["field"].astype(np.int64)
    lay = tables(edition)
    fact_field = field[board["fact_branch"]]
    number = np.bincount(field, minlength=len(edition.fields))
    out: dict[str, Any] = {
        "inflation": rounded(board["inflation"] / 100, 2),
        "inflation_se": rounded(board["inflation_se"] / 100, 2),
        "severity": [rounded(beta, 2) for beta in board["severity"]],
        "fields": {},
    }
    cell = fact_field * len(edition.items) + board["fact_item"]
    sums, counts, full = (
        np.bincount(cell, weights=w, minlength=len(edition.fields) * len(edition.items)).reshape(
            len(edition.fields), -1
        )
        for w in (
            board["fact_points"],
            board["fact_available"] > 0,
            (board["fact_points"] == board["fact_available"]) & (board["fact_available"] > 0),
        )
    )
    adjusted = board["bonus"] - board["deduction"] - board["leniency_line"]
    for f, described in enumerate(edition.fields):
        own = field == f
        if not number[f]:
            continue
        score_ = board["score"][own]
        out["fields"][described.code] = {
            "branches": int(number[f]), "mean": rounded(score_.mean() / 100, 4), "sd": rounded(score_.std() / 100, 4),
            "line": described.line, "effective": {source.code: rounded(board["effective"][f, r], 4)
                                                   for r, source in enumerate(edition.sources)},
            "rank_width": rounded((board["rank_high"][own] - board["rank_low"][own] + 1.0).mean(), 1),
            "items": {code: {"mean": rounded(sums[f, k] / number[f], 4),
                             "full": rounded(full[f, k] / max(counts[f, k], 1), 4)}
                      for k, code in enumerate(edition.items) if lay.points[f, k]},
            "asked": {source.code: {strength.code: rounded(board["asked_points"][own, a, s].mean(), 4)
                                    for s, strength in enumerate(edition.strengths) if lay.cells[f, s, lay.asked[a]]}
                      for a, source in enumerate(edition.asked())},
            "adjustment": rounded(adjusted[own].mean(), 4),
            "moved": dict(zip(reading_names(edition), (int(number) for number in board["moved"][own].sum(axis=0)),
                              strict=True)),
        }  # fmt: skip
    return out


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the results: its name, what of the board it needs, and how it is made."""

    name: str
    needs: tuple[str, ...]
    make: Callable[[Round, Board], pa.Table]


TABLES = (
    Table(
        "items",
        ("fact_branch", "fact_item", "fact_num", "fact_den", "fact_available", "fact_points"),
        item_table,
    ),
    Table(
        "asked",
        ("field", "asked_n", "asked_mean", "asked_unknown", "asked_score", "asked_points", "norm", "phantom"),
        asked_table,
    ),
    Table("counties", ("field", "county", "league", "named", "leniency", "leniency_se", "leniency_n"), county_table),
    Table("rollup", ("field", *SUMMED), rollup_table),
    Table("branches", (*WHOLE, *SMALL, *FLAGS, *FLOATS, *BY_PART), branch_table),
)
