"""From a snapshot folder to the board the pipeline reads: numbers instead of codes, and everything checked once.

Whatever is wrong in the rows is refused with table, row and what would be right, before a figure is computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from baolei.programme.refusals import Fault, SnapshotRefused
from baolei.programme.standard.edition import Edition
from baolei.warehouse.cells import Engine, count, on_duckdb, spread
from baolei.warehouse.editions import edition as read_edition
from baolei.warehouse.snapshot import ASKED, Snapshot, lies_within, schema

SHOWN = 5
"""Faulty rows named for each kind of fault; more are counted."""

LARGEST_FACT = 10**9
"""Numerators and denominators beyond this are refused: the exact arithmetic is proven up to here."""

WAVES = {"random": 0, "borderline": 1, "double": 2}


@dataclass(frozen=True, slots=True)
class Tree:
    """The administrative tree of a snapshot: `parent` int32 [u] (−1 at the root), `level` int8 [u], codes, names."""

    code: npt.NDArray[Any]
    name: npt.NDArray[Any]
    level: npt.NDArray[np.int8]
    parent: npt.NDArray[np.int32]

    def above(self, unit: npt.NDArray[np.int64], level: int) -> npt.NDArray[np.int64]:
        """The ancestor of each unit at `level`, or the unit itself where it stands above that level already."""
        found = unit.copy()
        for _ in range(6):
            deeper = self.level[found] > level
            found = np.where(deeper, self.parent[found], found)
        return found


@dataclass(frozen=True, slots=True)
class Round:
    """A snapshot read: its edition, its tree, the unit each branch serves (int64 [n]), the board."""

    snapshot: Snapshot
    edition: Edition
    tree: Tree
    unit: npt.NDArray[np.int64]
    branches: pa.Table
    board: dict[str, Any]


def read_round(snapshot: Snapshot, engine: Engine = on_duckdb) -> Round:
    """Read a snapshot. Raises SnapshotRefused or EditionRefused with every fault found."""
    edition = read_edition(snapshot.folder / "edition")
    said = snapshot.manifest.get("edition", {}).get("digest")
    if said != edition.digest:
        raise SnapshotRefused(
            [
                Fault(
                    "edition",
                    0,
                    f"its digest is {edition.digest[:12]}…, the manifest says {said!r}",
                    "the edition under which the round was opened",
                )
            ]
        )
    with ThreadPoolExecutor(1) as pool:  # the engine counts while the small tables are read and checked
        counting = pool.submit(count, snapshot, edition, engine)
        tree, unit, branches, board = _read_tables(snapshot, edition)
        counted = spread(snapshot, edition, counting.result())
    board["answers"], board["ballots"] = counted.answers, counted.ballots
    return Round(snapshot, edition, tree, unit, branches, board)


def _read_tables(snapshot: Snapshot, edition: Edition) -> tuple[Tree, npt.NDArray[np.int64], pa.Table, dict[str, Any]]:
    """Everything but the counts of the ballots, checked."""
    branches = snapshot.read("branches")
    tree, faults = _tree(snapshot.read("units"))
    asked_faults = list(_question_faults(snapshot, edition))
    if asked_faults or not branches.num_rows:
        none = [] if branches.num_rows else [Fault("branches.parquet", 0, "holds no branch", "at least one row")]
        raise SnapshotRefused([*asked_faults, *none, *faults])
    unit, unit_faults = _places("branches", "unit", branches["unit"], tree.code)
    fields = [table.code for table in edition.fields]
    field, field_faults = _places("branches", "field", branches["field"], np.array(fields, dtype=object))
    faults += unit_faults + field_faults
    n = branches.num_rows
    board = {
        "field": field.astype(np.int16),
        "code": np.array(branches["code"].to_pylist(), dtype=object),
        "entitled": branches["entitled"].to_numpy(),
        "served": branches["served"].to_numpy(),
        "seed": str(snapshot.manifest.get("seed", "0")),
        "parameters": snapshot.manifest.get("parameters", {}),
    }
    faults += _doubled("branches", board["code"])
    faults += _number_faults(snapshot, edition)
    for part in (
        _facts(snapshot, edition, n),
        _marks(snapshot, edition, n),
        _visits(snapshot, n),
        _last(snapshot, n),
        _panel(snapshot, edition, n),
    ):
        faults += part.pop("faults")
        board.update(part)
    faults += _answer_faults(snapshot, edition, n)
    if faults:
        raise SnapshotRefused(faults)
    board["county"] = np.unique(tree.above(unit, 3), return_inverse=True)[1].astype(np.int32)
    board["league"] = np.unique(tree.above(unit, 2), return_inverse=True)[1].astype(np.int32)
    return tree, unit, branches, board


LARGEST_COUNT = 10**7
"""Members, voters or people served of one branch beyond this are a slip of the pen."""


def _number_faults(snapshot: Snapshot, edition: Edition) -> Iterator[Fault]:
    """Numbers that cannot be: negative counts, points outside the table. A single one would bend every rank."""
    points, counts = (0, edition.total), (0, LARGEST_COUNT)
    bounds = {
        "branches": dict.fromkeys(("members", "full_members", "committee", "entitled", "served"), counts),
        "marks": {"value": (0, 1)},
        "visits": {"organisation": points, "overall": (-1, edition.total)},
        "last_year": {"score": points, "se": points},
    }
    for table, columns in bounds.items():
        if not snapshot.has(table):
            continue
        rows = snapshot.read(table, list(columns))
        for name, (low, high) in columns.items():
            values = rows[name].to_numpy()
            bad = (values < low) | (values > high)
            yield from _rows_at_fault(table, bad, f"{name} is out of range", f"{low:,} to {high:,}")


def _question_faults(snapshot: Snapshot, edition: Edition) -> Iterator[Fault]:
    """Columns of answers that are not there, or not small numbers."""
    longest = max(len(edition.questions[source.code]) for source in edition.asked())
    for table in filter(snapshot.has, ASKED):
        found = pq.read_schema(snapshot.file(table))
        for wanted in schema(table, longest):
            if wanted.name not in found.names:
                yield Fault(f"{table}.parquet", 0, f"has no column {wanted.name!r}", f"{longest} questions are asked")
            elif found.field(wanted.name).type != wanted.type:
                wrong = f"column {wanted.name!r} is of type {found.field(wanted.name).type}"
                yield Fault(f"{table}.parquet", 0, wrong, f"{wanted.type}")


def _tree(units: pa.Table) -> tuple[Tree, list[Fault]]:
    code = np.array(units["code"].to_pylist(), dtype=object)
    level = units["level"].to_numpy().astype(np.int8)
    faults = _doubled("units", code)
    row = {name: place for place, name in enumerate(code)}
    parent = np.array([row.get(name, -1) for name in units["parent"].to_pylist()], dtype=np.int32)
    for place, name in enumerate(units["parent"].to_pylist()):
        if name and name not in row:
            faults.append(
                Fault(
                    "units.parquet",
                    place + 1,
                    f"{code[place]} hangs under {name!r}, which is not here",
                    "the code of a unit of this file",
                )
            )
        elif name and level[row[name]] >= level[place]:
            faults.append(
                Fault(
                    "units.parquet",
                    place + 1,
                    f"{code[place]} stands on level {level[place]} under a unit of level {level[row[name]]}",
                    "a parent of a higher level",
                )
            )
    return Tree(code, np.array(units["name"].to_pylist(), dtype=object), level, parent), faults[:50]


def _places(table: str, column: str, words: Any, known: npt.NDArray[Any]) -> tuple[npt.NDArray[np.int64], list[Fault]]:
    """The position of each word among the known ones, and a fault for each kind of stranger."""
    words = words.combine_chunks() if isinstance(words, pa.ChunkedArray) else words
    if not isinstance(words, pa.DictionaryArray):
        words = words.dictionary_encode()
    row = {word: place for place, word in enumerate(known)}
    strange = [word for word in words.dictionary.to_pylist() if word not in row]
    lookup = np.array([row.get(word, -1) for word in words.dictionary.to_pylist()] or [0], dtype=np.int64)
    place = lookup[words.indices.to_numpy(zero_copy_only=False).astype(np.int64)]
    faults = [
        Fault(
            f"{table}.parquet",
            int(np.flatnonzero(place < 0)[0]) + 1 if (place < 0).any() else 0,
            f"{column} {word!r} is unknown",
            _some(known),
        )
        for word in strange[:SHOWN]
        if (place < 0).any()
    ]
    return np.maximum(place, 0), faults


def _words(column: Any) -> npt.NDArray[Any]:
    """A column of words as Python strings, each different word made once; object [rows]."""
    words = column.combine_chunks()
    words = words if isinstance(words, pa.DictionaryArray) else words.dictionary_encode()
    known = np.array([*words.dictionary.to_pylist(), ""], dtype=object)
    return np.asarray(known[words.indices.to_numpy(zero_copy_only=False).astype(np.int64)], dtype=object)


def _some(known: npt.NDArray[Any]) -> str:
    return "one of " + ", ".join(map(str, known[:8])) + (", …" if len(known) > 8 else "")


def _doubled(table: str, codes: npt.NDArray[Any]) -> list[Fault]:
    if len(set(codes)) == len(codes):
        return []
    seen: dict[Any, int] = {}
    faults = []
    for place, code in enumerate(codes):
        if code in seen:
            faults.append(
                Fault(
                    f"{table}.parquet",
                    place + 1,
                    f"the code {code!r} stands twice",
                    f"it is that of row {seen[code] + 1} already",
                )
            )
        seen.setdefault(code, place)
    return faults[:SHOWN]


def _rows_at_fault(table: str, bad: npt.NDArray[np.bool_], wrong: str, right: str) -> Iterator[Fault]:
    rows = np.flatnonzero(bad)
    for row in rows[:SHOWN]:
        yield Fault(f"{table}.parquet", int(row) + 1, wrong, right)
    if len(rows) > SHOWN:
        yield Fault(f"{table}.parquet", 0, f"{wrong}: {len(rows):,} rows in all", right)


def _branch(table: str, rows: pa.Table, n: int) -> tuple[npt.NDArray[np.int64], list[Fault]]:
    branch = rows["branch"].to_numpy().astype(np.int64)
    faults = list(
        _rows_at_fault(
            table, branch >= n, "names a branch that is not in branches.parquet", f"a row number below {n:,}"
        )
    )
    return np.minimum(branch, max(n - 1, 0)), faults


def _facts(snapshot: Snapshot, edition: Edition, n: int) -> dict[str, Any]:
    rows = snapshot.read("facts")
    branch, faults = _branch("facts", rows, n)
    codes = list(edition.items)
    item, strange = _places("facts", "item", rows["item"], np.array(codes, dtype=object))
    num, den = rows["num"].to_numpy(), rows["den"].to_numpy()
    key = branch * len(codes) + item
    faults += strange
    faults += _rows_at_fault(
        "facts",
        np.concatenate([[False], key[1:] <= key[:-1]]) if len(key) else np.zeros(0, bool),
        "not in order, or doubled",
        "one row for each branch and item, sorted by both",
    )
    faults += _rows_at_fault("facts", (num < 0) | (den < 0), "a negative number", "counts from 0 up")
    faults += _rows_at_fault(
        "facts", (num > LARGEST_FACT) | (den > LARGEST_FACT), "a number out of range", f"at most {LARGEST_FACT:,}"
    )
    faults += _kind_faults(edition, item, num, den)
    return {
        "fact_branch": branch.astype(np.int32),
        "fact_item": item.astype(np.int32),
        "fact_num": num,
        "fact_den": den,
        "faults": faults,
    }


def _kind_faults(edition: Edition, item: Any, num: Any, den: Any) -> Iterator[Fault]:
    kinds = [described.kind for described in edition.items.values()]
    yes_no, graded = (np.array([kind == wanted for kind in kinds])[item] for wanted in ("yes_no", "graded"))
    tops = np.array([len(described.anchors) for described in edition.items.values()])
    counts = den > 0
    yield from _rows_at_fault(
        "facts",
        yes_no & counts & ((den != 1) | (num > 1)),
        "neither yes nor no",
        "1/1 for yes, 0/1 for no, 0/0 where it does not apply",
    )
    yield from _rows_at_fault(
        "facts",
        graded & counts & ((den != tops[item]) | (num > den)),
        "no such grade",
        "grade/number of grades, e.g. 2/4",
    )


def _marks(snapshot: Snapshot, edition: Edition, n: int) -> dict[str, Any]:
    rows = snapshot.read("marks")
    branch, faults = _branch("marks", rows, n)
    known = [
        entry.code for group in (edition.gates, edition.vetoes, edition.bonuses, edition.deductions) for entry in group
    ]
    _, strange = _places("marks", "code", rows["code"], np.array(known, dtype=object))
    faults += strange
    faults += _level_faults(edition, rows)
    return {
        "mark_branch": branch,
        "mark_code": _words(rows["code"]),
        "mark_value": rows["value"].to_numpy(),
        "mark_matter": _words(rows["matter"]),
        "mark_level": _words(rows["level"]),
        "faults": faults,
    }


def _level_faults(edition: Edition, rows: pa.Table) -> Iterator[Fault]:
    levels = {bonus.code: {level for level, _ in bonus.points} for bonus in edition.bonuses}
    for code, allowed in levels.items():
        bad = pc.and_(
            pc.equal(rows["code"].cast(pa.string()), code),
            pc.invert(pc.is_in(rows["level"], pa.array(sorted(allowed)))),
        )
        yield from _rows_at_fault(
            "marks",
            bad.combine_chunks().to_numpy(zero_copy_only=False).astype(bool),
            f"a level at which {code} earns nothing",
            "one of " + ", ".join(sorted(allowed)),
        )


def _visits(snapshot: Snapshot, n: int) -> dict[str, Any]:
    if not snapshot.has("visits"):
        none = np.zeros(0, dtype=np.int64)
        return {
            "visit_branch": none,
            "visit_wave": none,
            "visit_probability": np.zeros(0),
            "visit_organisation": none,
            "visit_overall": none,
            "faults": [],
        }
    rows = snapshot.read("visits")
    branch, faults = _branch("visits", rows, n)
    wave, strange = _places("visits", "wave", rows["wave"], np.array(list(WAVES), dtype=object))
    probability = rows["probability"].to_numpy()
    faults += strange
    faults += _rows_at_fault(
        "visits", ~((probability > 0) & (probability <= 1)), "no probability", "above 0, at most 1"
    )
    return {
        "visit_branch": branch,
        "visit_wave": wave,
        "visit_probability": probability,
        "visit_organisation": rows["organisation"].to_numpy().astype(np.int64),
        "visit_overall": rows["overall"].to_numpy().astype(np.int64),
        "faults": faults,
    }


def _last(snapshot: Snapshot, n: int) -> dict[str, Any]:
    if not snapshot.has("last_year"):
        none = np.zeros(0, dtype=np.int64)
        return {
            "last_branch": none,
            "last_score": none,
            "last_se": none,
            "last_named": np.zeros(0, dtype=bool),
            "last_below": none,
            "faults": [],
        }
    rows = snapshot.read("last_year")
    branch, faults = _branch("last_year", rows, n)
    return {
        "last_branch": branch,
        "last_score": rows["score"].to_numpy().astype(np.int64),
        "last_se": rows["se"].to_numpy().astype(np.int64),
        "last_named": rows["named"].to_numpy(),
        "last_below": rows["years_below"].to_numpy().astype(np.int64),
        "faults": faults,
    }


def _panel(snapshot: Snapshot, edition: Edition, n: int) -> dict[str, Any]:
    """The panel's single ratings: needed only where the edition corrects their severity."""
    longest = max(len(edition.questions[source.code]) for source in edition.asked())
    none = np.zeros(0, dtype=np.int64)
    if not edition.policy.severity or not snapshot.has("panel"):
        return {
            "panel_branch": none,
            "panel_source": none,
            "panel_rater": none,
            "panel_answers": np.zeros((0, longest), dtype=np.uint8),
            "faults": [],
        }
    rows = snapshot.read("panel")
    branch, faults = _branch("panel", rows, n)
    place = {list(edition.sources).index(source): a for a, source in enumerate(edition.asked())}
    source = np.array([place.get(r, 0) for r in range(len(edition.sources))])[rows["source"].to_numpy()]
    rater = np.unique(rows["rater"].to_numpy(), return_inverse=True)[1]
    answers = np.stack([rows[f"q{q + 1}"].to_numpy() for q in range(longest)], axis=1)
    return {
        "panel_branch": branch,
        "panel_source": source,
        "panel_rater": rater,
        "panel_answers": answers,
        "faults": faults,
    }


def _answer_faults(snapshot: Snapshot, edition: Edition, n: int) -> list[Fault]:
    """Ballots out of range: told by the columns' extremes that Parquet keeps, or by one pass where it keeps none."""
    longest = max(len(edition.questions[source.code]) for source in edition.asked())
    blank = len(edition.grades) + 1
    allowed = [place for place, source in enumerate(edition.sources) if source.kind != "items"]
    likely = {"branch": (0, n - 1), "source": (min(allowed), max(allowed))}
    likely |= {f"q{q}": (0, blank) for q in range(1, longest + 1)}
    contiguous = len(allowed) == max(allowed) - min(allowed) + 1
    faults: list[Fault] = []
    for table in ("ballots", "panel"):
        if snapshot.rows(table) and not (contiguous and lies_within(snapshot.file(table), likely)):
            faults += _extremes(snapshot, table, n, set(allowed), blank, longest)
    return faults


def _extremes(snapshot: Snapshot, table: str, n: int, allowed: set[int], blank: int, longest: int) -> Iterator[Fault]:
    columns = ", ".join(f"max(q{q})" for q in range(1, longest + 1))
    sql = f"SELECT max(branch) AS branch, list(DISTINCT source) AS source, greatest({columns}) AS q FROM {table}"
    found = on_duckdb(sql, {table: snapshot.file(table)})
    branch, strange, answer = int(found["branch"][0]), set(map(int, found["source"][0])) - allowed, int(found["q"][0])
    if branch >= n:
        yield Fault(f"{table}.parquet", 0, f"a ballot names branch {branch:,}", f"a row number below {n:,}")
    if strange:
        known = f"one of {sorted(allowed)}, the sources that are asked"
        yield Fault(f"{table}.parquet", 0, f"ballots of source number {sorted(strange)}", known)
    if answer > blank:
        right = f"0 to {blank - 2} for the grades, {blank - 1} don't know, {blank} blank"
        yield Fault(f"{table}.parquet", 0, f"an answer {answer}", right)
