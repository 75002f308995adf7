"""Hold results against figures that somebody else published, cell by cell."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from baolei.programme.index.figures import Figures
from baolei.programme.index.table import Table, number
from baolei.programme.located import Document, Path
from baolei.programme.refusals import Fault


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison. `worst`: largest absolute difference (infinite where a figure is missing or a word differs)."""

    what: str
    expected: str
    got: str
    worst: float
    tolerance: float
    compared: int
    ok: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """A published figure ('' : none) and ours, as words."""

    row: str
    column: str
    expected: str
    got: Any


def compare(what: str, pairs: list[Pair], tolerance: float) -> Check:
    """Judge pairs: numbers within `tolerance`, words equal, missing against missing."""
    distances = [distance(pair.expected, pair.got) for pair in pairs]
    worst = max(distances, default=math.inf)
    equal = sum(gap <= tolerance for gap in distances)
    far = pairs[distances.index(worst)] if pairs else Pair("", "", "", "")
    if len(pairs) == 1:
        expected, got = far.expected, say(far.got)
    else:
        expected, got = f"{len(pairs):,} figures", f"{equal:,} equal"
        if equal < len(pairs):
            got += f"; {far.row}, {far.column}: {far.expected or 'nothing'} expected, {say(far.got)} found"
    return Check(what, expected, got, worst, tolerance, len(pairs), bool(pairs) and equal == len(pairs))


def distance(expected: str, got: Any) -> float:
    """|expected - got| for numbers, 0 for equal words or both missing, infinite otherwise."""
    ours = number(got) if isinstance(got, str) else float(got)
    theirs = number(expected)
    if theirs is not None and ours is not None and math.isfinite(ours):
        return abs(theirs - ours)
    return 0.0 if expected == say(got, "") else math.inf


def say(value: Any, nothing: str = "nothing") -> str:
    """A result as a word."""
    if isinstance(value, str):
        return value or nothing
    return nothing if math.isnan(value) else f"{float(value):.10g}"


# -- finding the pairs ------------------------------------------------------------------------------------------------


def pairs_of(
    document: Document, path: Path, body: Mapping[str, Any], found: Figures, table: Table | None, faults: list[Fault]
) -> list[Pair]:
    """What `body` (an entry of `expect:`) holds against what, `table` being its file; a fault for what is not there."""
    if table is None:
        return list(_inline(document, path, body, found, faults))
    columns = _columns(document, path, body, found, table, faults)
    rows = {row: place for place, row in enumerate(found.rows)}
    theirs = table.columns.get(body["against"]["id"], ())
    if body["against"]["id"] not in table.columns:
        faults.append(table.absent(body["against"]["id"]))
    words = {str(key): str(value) for key, value in body.get("values", {}).items()}
    pairs = []
    for ours, name in columns.items():
        place = found.columns.index(ours)
        for line, row in enumerate(theirs):
            got = found.values[rows[row], place] if row in rows else ""
            word = table.columns[name][line]
            pairs.append(Pair(row, ours, words.get(word, word) if row in rows else word or "a row", got))
        if body.get("rows", "all") == "all":
            missing = sorted(set(found.rows) - set(theirs))
            pairs += [Pair(row, ours, "no such row", found.values[rows[row], place]) for row in missing]
    return pairs


def _columns(
    document: Document, path: Path, body: Mapping[str, Any], found: Figures, table: Table, faults: list[Fault]
) -> dict[str, str]:
    """Our column -> theirs."""
    against = body["against"]
    named = against.get("columns")
    if isinstance(named, list):
        columns = {name: name for name in named}
    elif named is not None:
        columns = dict(named)
    else:
        ours = [str(body["column"])] if "column" in body else list(found.columns)
        columns = {name: against.get("column", name) for name in ours}
    here = (*path, "against")
    for ours_name, theirs in columns.items():
        if ours_name not in found.columns:
            wrong = f"{body['result']} has no column {ours_name!r}"
            faults.append(document.fault(here, wrong, f"it has {', '.join(found.columns)}"))
        if theirs not in table.columns:
            faults.append(document.fault(here, f"{table.place} has no column {theirs!r}", "name the column it has"))
    return {mine: theirs for mine, theirs in columns.items() if mine in found.columns and theirs in table.columns}


def _inline(
    document: Document, path: Path, body: Mapping[str, Any], found: Figures, faults: list[Fault]
) -> Iterator[Pair]:
    columns = (str(body["column"]),) if "column" in body else found.columns
    for row, written in body["figures"].items():
        here = (*path, "figures", row)
        figures = written if isinstance(written, list) else [written]
        if row not in found.rows:
            faults.append(document.fault(here, f"{body['result']} has no row {row!r}", _some(found.rows)))
        elif any(column not in found.columns for column in columns):
            faults.append(document.fault(here, f"{body['result']} has no column {columns[0]!r}", _some(found.columns)))
        elif len(figures) != len(columns):
            wrong = f"{len(figures)} figures for {len(columns)} columns"
            faults.append(document.fault(here, wrong, f"write {', '.join(columns)}, or name a column"))
        else:
            for column, figure in zip(columns, figures, strict=True):
                yield Pair(row, column, str(figure), found.column(column)[found.rows.index(row)])


def _some(names: tuple[str, ...]) -> str:
    return f"it has {', '.join(names[:20])}" + (" …" if len(names) > 20 else "") if names else "it has none"
