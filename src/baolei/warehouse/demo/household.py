"""Who belongs to the demo's branches: invented members, posts and terms that fit the figures of the snapshot.

Written as the folder of CSV files that a new installation is loaded from, so that the demo and a real beginning go
through the same door.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import yaml
from pyarrow import csv

from baolei.warehouse.rulebook import structure, text
from baolei.warehouse.snapshot import read_table

POSTS = ("secretary", "deputy", "organisation", "publicity", "discipline", "member", "member")
TERM, LONG_TERM = 3, 5
"""Years of a term in the demo; in villages, where that would lie after the day of the records, the longer one."""


def write_household(snapshot: Path, out: Path, seed: int, as_of: np.datetime64) -> dict[str, int]:
    """Write units, organisations, members, posts and terms of a demo snapshot into `out`; rows of each file.

    The same seed gives the same people. `as_of` is the day of the round's records.
    """
    out.mkdir(parents=True, exist_ok=True)
    bits = np.random.default_rng(seed)
    units, above = read_table(snapshot / "units.parquet"), read_table(snapshot / "organisations.parquet")
    above, branches = _apart(above, read_table(snapshot / "branches.parquet"))
    size = branches["members"].to_numpy()
    first = np.concatenate([[0], np.cumsum(size)[:-1]])
    tables = {
        "units": units.select(["code", "name", "parent", "level"]),
        "organisations": _organisations(above, branches),
        "members": _members(branches, size, bits, as_of),
        "posts": _posts(above, branches, size, first, bits, as_of),
        "terms": _terms(branches, as_of),
    }
    for name, table in tables.items():
        csv.write_csv(table, out / f"{name}.csv")
    return {name: table.num_rows for name, table in tables.items()}


def _apart(above: pa.Table, branches: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The same tables, with codes that tell an organisation above from a branch of the same number: 152921214-001Z."""
    taken = set(branches["code"].to_pylist()) & set(above["code"].to_pylist())

    def named(column: Any) -> pa.Array:
        return pa.array([f"{code}Z" if code in taken else code for code in column.to_pylist()], pa.string())

    for name in ("code", "parent"):
        above = above.set_column(above.column_names.index(name), name, named(above[name]))
    at = branches.column_names.index("organisation")
    return above, branches.set_column(at, "organisation", named(branches["organisation"]))


def _organisations(above: pa.Table, branches: pa.Table) -> pa.Table:
    number = above.num_rows

    def both(of_above: Any, of_branches: Any) -> pa.Array:
        parts = (of_above, of_branches.combine_chunks())
        return pa.concat_arrays(
            [part.combine_chunks() if isinstance(part, pa.ChunkedArray) else part for part in parts]
        )

    same = {
        name: both(above[name], branches[name].cast(pa.string()))
        for name in ("code", "name", "kind", "unit", "exception")
    }
    return pa.table({
        **same,
        "parent": both(above["parent"], branches["organisation"]),
        "field": both(pa.array([""] * number), branches["field"].cast(pa.string())),
        "unit_active": both(pa.array([True] * number), branches["unit_active"]),
    })  # fmt: skip


def _members(branches: pa.Table, size: Any, bits: np.random.Generator, as_of: np.datetime64) -> pa.Table:
    total = int(size.sum())
    names = yaml.safe_load(text("demo/names.yaml"))
    surname, given = (np.array(list(names[part])) for part in ("surnames", "given"))
    second = np.where(bits.random(total) < 0.7, given[bits.integers(0, len(given), total)], "")
    name = np.char.add(np.char.add(surname[bits.integers(0, len(surname), total)],
                                   given[bits.integers(0, len(given), total)]), second)  # fmt: skip
    place = np.arange(total) - np.repeat(np.concatenate([[0], np.cumsum(size)[:-1]]), size)
    full = place < np.repeat(branches["full_members"].to_numpy(), size)
    years = np.where(full, 1 + bits.integers(0, 40, total), 0)
    joined = as_of.astype("datetime64[D]") - (years * 365 + bits.integers(0, 300, total)).astype("timedelta64[D]")
    since = np.maximum(joined, as_of - np.timedelta64(10 * 365, "D"))
    return pa.table({
        "name": pa.array(name.astype(object), pa.string()),
        "organisation": branches["code"].take(pa.array(np.repeat(np.arange(len(size)), size))),
        "kind": pa.array(np.where(full, "full", "probationary").astype(object), pa.string()),
        "since": pa.array(since), "joined": pa.array(joined),
    })  # fmt: skip


COLUMNS = ("organisation", "post", "holder", "committee", "since", "until")
VILLAGES = ("village", "pastoral_gacha", "community")
BOTH_POSTS = 0.97
"""Share of the demo's village secretaries who also head the villagers' committee."""
SCHOOLING = (0.06, 0.22, 0.38, 0.28, 0.06)
"""Shares of the demo's office holders by education, lowest first."""


def _posts(
    above: pa.Table, branches: pa.Table, size: Any, first: npt.NDArray[Any], bits: np.random.Generator,
    as_of: np.datetime64,
) -> pa.Table:  # fmt: skip
    """Committee and secretary of each branch as its figures say, and a secretary for each organisation above."""
    begun = (as_of - np.timedelta64(400, "D")).astype("datetime64[D]").item()
    rows = [row for branch, holder in zip(branches.to_pylist(), first, strict=True) if branch["members"]
            for row in _of_branch(branch, int(holder) + 1, begun)]  # fmt: skip
    people = max(int(size.sum()), 1)
    rows += [(code, POSTS[0], 1 + place % people, True, begun, None)
             for place, code in enumerate(above["code"].to_pylist())]  # fmt: skip
    types = (pa.string(), pa.string(), pa.int64(), pa.bool_(), pa.date32(), pa.date32())
    columns = zip(*rows, strict=True)
    posts = pa.table([pa.array(column, of) for column, of in zip(columns, types, strict=True)], names=COLUMNS)
    return _with_structure(posts, branches, bits, as_of)


def _with_structure(posts: pa.Table, branches: pa.Table, bits: np.random.Generator, as_of: np.datetime64) -> pa.Table:
    """Whether a secretary heads the villagers' committee as well, and each holder's year of birth and education."""
    rural = pc.is_in(branches["field"].cast(pa.string()), value_set=pa.array(VILLAGES))
    of_village = pc.is_in(posts["organisation"], value_set=branches["code"].filter(rural).combine_chunks())
    secretary = pc.equal(posts["post"], POSTS[0])
    both = np.asarray(pc.and_(of_village, secretary)) & (bits.random(posts.num_rows) < BOTH_POSTS)
    holder = posts["holder"].to_numpy()
    year = as_of.astype("datetime64[Y]").astype(int) + 1970
    born = year - np.clip(bits.normal(47, 9, holder.max() + 1).astype(int), 24, 68)
    level = bits.choice(len(SCHOOLING), holder.max() + 1, p=SCHOOLING)
    codes = np.array(list(structure().education), dtype=object)
    return (
        posts.append_column("village_head", pa.array(both))
        .append_column("birth_year", pa.array(born[holder]))
        .append_column("education", pa.array(codes[level[holder]], pa.string()))
    )


def _of_branch(branch: dict[str, Any], holder: int, begun: dt.date) -> Iterator[tuple[Any, ...]]:
    """The posts of one branch, held by its first members."""
    code, seats, vacant = branch["code"], branch["committee"], branch["secretary_vacant_since"]
    kinds = POSTS[:seats] if vacant is None else POSTS[1 : seats + 1]
    for place, post in enumerate(kinds):
        yield code, post, holder + min(place, branch["members"] - 1), True, begun, None
    if vacant is not None:
        ended = vacant - dt.timedelta(days=1)
        yield code, POSTS[0], holder, False, min(begun, ended), ended
    elif not seats:
        yield code, POSTS[0], holder, False, begun, None


def _terms(branches: pa.Table, as_of: np.datetime64) -> pa.Table:
    """Each branch's last election: so many years before its term ends, and never after the day of the records."""
    known = branches.filter(pc.is_valid(branches["term_end"]))
    ends = known["term_end"].to_numpy().astype("datetime64[D]")
    years = np.where(ends - np.timedelta64(TERM * 365 + 1, "D") < as_of, TERM, LONG_TERM)
    elected = ends - (years * 365 + 1).astype("timedelta64[D]")
    return pa.table({"organisation": known["code"], "elected": pa.array(elected), "ends": pa.array(ends)})
