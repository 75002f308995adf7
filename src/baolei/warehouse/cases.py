"""Run a case: an edition and data that nobody here made, against the figures their makers published.

A case is a folder with `case.yaml`, the edition it names, data and expected figures. Nothing here knows any case: what
differs between a development index and a set of lecturers stands in their YAML.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import baolei
from baolei.programme.index.figures import Figures
from baolei.programme.index.pipeline import evaluate
from baolei.programme.index.rounding import half_up
from baolei.programme.index.seat import ID, UNITS
from baolei.programme.index.table import Table
from baolei.programme.located import Document
from baolei.programme.refusals import CaseRefused, EditionRefused, Fault
from baolei.programme.standard import index, points
from baolei.programme.standard.index_edition import IndexEdition
from baolei.programme.standard.shape import shape_faults
from baolei.warehouse import point_cases
from baolei.warehouse.expectations import Check, compare, pairs_of
from baolei.warehouse.tables import MISSING, read_table

CASE = "case.yaml"
RULEBOOK = Path(baolei.__file__).parent / "rulebook" / "schema"


@dataclass(frozen=True, slots=True)
class CaseReport:
    """What came of a case: every comparison, and how long it took."""

    name: str
    title: Mapping[str, str]
    checks: tuple[Check, ...]
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether every comparison holds."""
        return bool(self.checks) and all(check.ok for check in self.checks)


def run(folder: Path) -> CaseReport:
    """Evaluate the case in `folder` and compare.

    Raises CaseRefused (the case or its data) or EditionRefused (its edition) with every fault found.
    """
    begun = time.perf_counter()
    document = _document(folder / CASE)
    edition = _document(folder / _named(document))
    if isinstance(edition.data, dict) and edition.data.get("kind") == "points":
        results = _points(folder, document, edition)
    else:
        results = evaluate(*_read(folder, document, edition))
    checks = _checks(folder, document, results)
    return CaseReport(folder.resolve().name, document.data["title"], checks, time.perf_counter() - begun)


def _points(folder: Path, document: Document, edition: Document) -> dict[str, Figures]:
    """The results of a case whose edition is additive. Raises CaseRefused, EditionRefused."""
    faults = shape_faults(document, _schema("case"))
    if faults:
        raise CaseRefused(faults)
    standard = points.read([edition], _schema("points-edition"))
    tables: dict[str, Table] = {}
    for name, body in document.data["data"].items():
        _collect(faults, tables, name, partial(_data, folder, name, body))
    if faults:
        raise CaseRefused(faults)
    ids = tables[UNITS].columns[ID] if UNITS in tables else ()
    return point_cases.evaluate(standard, tables, ids)


def find(root: Path) -> list[Path]:
    """`root` itself if it is a case, else the cases directly under it, by name. CaseRefused when there is none."""
    found = [root] if (root / CASE).exists() else sorted(path.parent for path in root.glob(f"*/{CASE}"))
    if not found:
        raise CaseRefused([Fault(str(root), 0, f"holds no {CASE}", "name a case folder, or a folder of such folders")])
    return found


def shipped() -> Path:
    """The folder of cases of this source tree, or `examples` here."""
    beside = Path(baolei.__file__).parents[2] / "examples"
    return beside if beside.is_dir() else Path("examples")


# -- reading ----------------------------------------------------------------------------------------------------------


def _document(path: Path) -> Document:
    try:
        return Document(path.name, path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CaseRefused([Fault(str(path), 0, "there is no such file", "a case needs it")]) from error
    except UnicodeDecodeError as error:
        raise CaseRefused([Fault(str(path), 0, f"not UTF-8 at byte {error.start}", "save it as UTF-8")]) from error
    except OSError as error:
        raise CaseRefused([Fault(str(path), 0, f"cannot be read: {error.strerror}")]) from error


def _named(document: Document) -> str:
    """The file of the edition; CaseRefused when case.yaml does not even say that."""
    name = document.data.get("edition") if isinstance(document.data, dict) else None
    if not isinstance(name, str):
        raise CaseRefused(shape_faults(document, _schema("case")))
    return name


def _schema(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((RULEBOOK / f"{name}.schema.json").read_text(encoding="utf-8"))
    return schema


def _read(folder: Path, document: Document, written: Document) -> tuple[IndexEdition, dict[str, Table]]:
    """The edition and the data, or every fault of both at once."""
    faults = shape_faults(document, _schema("case"))
    tables: dict[str, Table] = {}
    if not faults:
        for name, body in document.data["data"].items():
            _collect(faults, tables, name, partial(_data, folder, name, body))
    lists: dict[str, Table] = {}
    for name in index.tables_named(written):
        _collect(faults, lists, name, partial(read_table, folder / name))
    try:
        edition = index.read(written, lists, _schema("index-edition"))
    except EditionRefused as refused:
        if not faults:
            raise
        raise CaseRefused([*faults, *refused.faults]) from refused
    if faults:
        raise CaseRefused(faults)
    return edition, tables


def _collect(faults: list[Fault], into: dict[str, Table], name: str, read: Callable[[], Table]) -> None:
    try:
        into[name] = read()
    except CaseRefused as refused:
        faults.extend(refused.faults)


def _data(folder: Path, name: str, body: Mapping[str, Any]) -> Table:
    """A table under the edition's own column names; units with what is joined to them by id."""
    table = _opened(folder, body)
    if name != UNITS:
        return table
    table = _identified(table, body["id"])
    for each in body.get("join", ()):
        table = _joined(table, _identified(_opened(folder, each), each["id"]))
    return table


def _opened(folder: Path, body: Mapping[str, Any]) -> Table:
    table = read_table(folder / body["file"], body.get("separator", ""), body.get("missing", MISSING))
    renamed: Mapping[str, str] = body.get("columns", {})
    absent = [table.absent(theirs) for theirs in renamed.values() if theirs not in table.columns]
    if absent:
        raise CaseRefused(absent)
    return Table(
        table.place, {**table.columns, **{ours: table.columns[theirs] for ours, theirs in renamed.items()}}, table.lines
    )


def _identified(table: Table, column: str) -> Table:
    if column not in table.columns:
        raise CaseRefused([table.absent(column)])
    return Table(table.place, {**table.columns, ID: table.columns[column]}, table.lines)


def _joined(table: Table, other: Table) -> Table:
    """`table` with the columns of `other` that it has not, matched by id; units that `other` lacks get none."""
    ids = other.columns[ID]
    count = Counter(ids)
    doubled = [
        Fault(other.place, line, f"unit {unit!r} stands on {count[unit]} lines", "one row for each unit")
        for unit, line in zip(ids, other.lines, strict=True)
        if count[unit] > 1
    ]
    strange = sorted(set(ids) - set(table.columns[ID]))
    faults = doubled + [Fault(other.place, 0, f"{unit!r} is no unit of {table.place}", "remove it") for unit in strange]
    if faults:
        raise CaseRefused(faults)
    at = {unit: place for place, unit in enumerate(ids)}
    rows = [at.get(unit) for unit in table.columns[ID]]
    added = {
        name: tuple("" if row is None else cells[row] for row in rows)
        for name, cells in other.columns.items()
        if name not in table.columns
    }
    return Table(table.place, {**table.columns, **added}, table.lines)


# -- comparing --------------------------------------------------------------------------------------------------------


def _checks(folder: Path, document: Document, results: Mapping[str, Figures]) -> tuple[Check, ...]:
    faults: list[Fault] = []
    checks = []
    for place, body in enumerate(document.data["expect"]):
        path = ("expect", place)
        figures = results.get(body["result"])
        if figures is None:
            right = f"there are {', '.join(sorted(results))}"
            faults.append(document.fault((*path, "result"), f"no step gives {body['result']!r}", right))
            continue
        table = _published(folder, body, faults)
        if "against" in body and table is None:
            continue
        pairs = pairs_of(document, path, body, _rounded(figures, body.get("decimals")), table, faults)
        checks.append(compare(body["what"], pairs, float(body.get("tolerance", 0.0))))
    if faults:
        raise CaseRefused(faults)
    return tuple(checks)


def _published(folder: Path, body: Mapping[str, Any], faults: list[Fault]) -> Table | None:
    against = body.get("against")
    if against is None:
        return None
    try:
        return read_table(folder / against["file"], against.get("separator", ""), against.get("missing", MISSING))
    except CaseRefused as refused:
        faults.extend(refused.faults)
        return None


def _rounded(figures: Figures, decimals: int | None) -> Figures:
    if decimals is None or figures.wordy:
        return figures
    return Figures(figures.rows, figures.columns, half_up(np.asarray(figures.values, dtype=np.float64), decimals))
