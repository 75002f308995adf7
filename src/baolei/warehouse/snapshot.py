"""The snapshot of a round: a folder of Parquet files, the edition it is judged by, and a manifest that seals both.

    manifest.json          what is here: rows, bytes and SHA-256 of every file, seed, frozen parameters
    edition/*.yaml         the edition, word for word
    units.parquet          the administrative tree
    organisations.parquet  Party organisations above the branch (the second tree)
    branches.parquet       one row per branch; its row number is the `branch` of all other tables
    facts.parquet          numerators and denominators of items
    marks.parquet          gates met, vetoes, honours, deductions
    ballots.parquet        ballots nobody can trace: sorted by content, no time, no person, no order
    panel.parquet          ratings of the society panel, whose members are identified by design
    visits.parquet         re-inspections
    last_year.parquet      last year's scores, where there was a round

A snapshot is written aside and renamed when complete; a reader refuses whatever is missing, cut, changed or foreign.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

import baolei
from baolei.programme.located import Document
from baolei.programme.refusals import Fault, SnapshotRefused
from baolei.programme.standard.shape import shape_faults

FORMAT = "baolei snapshot 1"
MANIFEST = "manifest.json"
ROWS = 1 << 18
"""Rows in a row group: small enough to read a slice, large enough to stream."""

_WORD = pa.dictionary(pa.int32(), pa.string())

TABLES: dict[str, tuple[tuple[str, pa.DataType], ...]] = {
    "units": (
        ("code", pa.string()),  # statistical code, 2 to 12 digits
        ("name", pa.string()),
        ("level", pa.uint8()),  # 1 region, 2 league, 3 banner, 4 township, 5 village
        ("parent", pa.string()),  # code, '' for the root
    ),
    "organisations": (
        ("code", pa.string()),
        ("name", pa.string()),
        ("kind", pa.string()),  # grassroots_committee, general_branch, working_committee, local_committee
        ("parent", pa.string()),  # code of the organisation above, '' at the top
        ("unit", pa.string()),  # administrative unit it is linked to
        ("members", pa.int32()),
        ("exception", pa.string()),  # document that approves a departure from the set-up rules
    ),
    "branches": (
        ("code", pa.string()),
        ("name", pa.string()),
        ("field", _WORD),  # field code of the edition
        ("kind", _WORD),  # branch, joint_branch, temporary_branch
        ("unit", pa.string()),  # administrative unit it serves (township or village level)
        ("organisation", pa.string()),  # 隶属: code in organisations
        ("members", pa.int32()),
        ("full_members", pa.int32()),
        ("committee", pa.int32()),  # members of the committee, 0 = none
        ("secretary_vacant_since", pa.date32()),  # null = filled
        ("term_end", pa.date32()),
        ("last_gathering", pa.date32()),
        ("unit_active", pa.bool_()),  # whether the unit it serves still exists and works
        ("exception", pa.string()),
        ("entitled", pa.int32()),  # members entitled to a ballot
        ("served", pa.int32()),  # households or people served, from whom the public is drawn
    ),
    "facts": (("branch", pa.uint32()), ("item", _WORD), ("num", pa.int64()), ("den", pa.int64())),
    "marks": (
        ("branch", pa.uint32()),
        ("code", _WORD),  # code of a gate, veto, bonus or deduction of the edition
        ("value", pa.int32()),  # gate: 1 met, 0 not; others: 1
        ("matter", pa.string()),  # which honour or event: the same matter counts once
        ("level", pa.string()),  # level of the honour, '' otherwise
    ),
    "ballots": (("branch", pa.uint32()), ("source", pa.uint8())),
    "panel": (("branch", pa.uint32()), ("source", pa.uint8()), ("rater", pa.uint32())),
    "visits": (
        ("branch", pa.uint32()),
        ("wave", _WORD),  # random, borderline, double
        ("team", pa.uint16()),
        ("probability", pa.float64()),  # of having been drawn at random; 1 for the borderline wave
        ("organisation", pa.int32()),  # organisation's points as verified, cents
        (
            "overall",
            pa.int32(),
        ),  # the visitors' own judgement of the whole, cents on the table's scale; -1 = none given
    ),
    "last_year": (
        ("branch", pa.uint32()),
        ("score", pa.int32()),  # cents
        ("se", pa.int32()),  # cents
        ("named", pa.bool_()),
        ("years_below", pa.uint8()),  # successive years under the line up to last year
    ),
}
"""Column names and types; `ballots` and `panel` go on with q1, q2, … (uint8), one for each question of the source.

An answer is the number of its grade (0 = best), then the number of grades for "don't know", one more for blank.
"""

OPTIONAL = frozenset({"last_year", "visits", "organisations", "panel"})
ASKED = ("ballots", "panel")


def schema(table: str, questions: int = 0) -> pa.Schema:
    """The Parquet schema of `table`; `questions` is the longest ballot of the edition."""
    columns = list(TABLES[table])
    if table in ASKED:
        columns += [(f"q{number + 1}", pa.uint8()) for number in range(questions)]
    return pa.schema([pa.field(name, kind, nullable=kind == pa.date32()) for name, kind in columns])


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot folder whose manifest has been read and whose every file has been found whole."""

    folder: Path
    manifest: dict[str, Any]
    digest: str

    def file(self, table: str) -> Path:
        """Path of a table; KeyError when the snapshot has none."""
        if not self.has(table):
            raise KeyError(f"the snapshot has no table {table!r}")
        return self.folder / f"{table}.parquet"

    def has(self, table: str) -> bool:
        """Whether the snapshot holds this (optional) table."""
        return f"{table}.parquet" in self.manifest["files"]

    def rows(self, table: str) -> int:
        """Rows of a table, 0 when the snapshot has none."""
        return int(self.manifest["files"][f"{table}.parquet"]["rows"]) if self.has(table) else 0

    def read(self, table: str, columns: list[str] | None = None) -> pa.Table:
        """A whole table, or some of its columns."""
        return read_table(self.file(table), columns)


def read_table(path: Path, columns: list[str] | None = None) -> pa.Table:
    """A Parquet file, or some of its columns."""
    with pq.ParquetFile(path, memory_map=True) as file:
        return file.read(columns)


def lies_within(path: Path, limits: Mapping[str, tuple[int, int]]) -> bool:
    """Whether the extremes kept in a Parquet file say that every value of these columns lies within (least, most).

    False also where the file keeps no extremes: then only reading the rows can tell.
    """
    with pq.ParquetFile(path, memory_map=True) as file:
        places = {name: file.schema_arrow.get_field_index(name) for name in limits}
        groups = [file.metadata.row_group(g) for g in range(file.num_row_groups)]
        kept = [(limits[name], group.column(at).statistics) for group in groups for name, at in places.items()]
    return all(
        span is not None and span.has_min_max and least <= span.min and span.max <= most for (least, most), span in kept
    )


def rows_of(path: Path, branch: int) -> list[dict[str, Any]]:
    """The rows of one branch in a file sorted by `branch`: reads only the row groups that can hold them."""
    with pq.ParquetFile(path, memory_map=True) as file:
        place = file.schema_arrow.get_field_index("branch")
        spans = [file.metadata.row_group(g).column(place).statistics for g in range(file.num_row_groups)]
        groups = [g for g, span in enumerate(spans) if span is None or span.min <= branch <= span.max]
        table = file.read_row_groups(groups)
    rows: list[dict[str, Any]] = table.filter(pc.equal(table["branch"], branch)).to_pylist()
    return rows


class Writer:
    """Writes a snapshot (or any sealed folder) aside; `finish` seals it and puts it in its place at once."""

    def __init__(self, target: Path, form: str = FORMAT) -> None:
        self.target, self._form = target, form
        self.folder = target.with_name(f".{target.name}.partial-{os.getpid()}")
        self._rows: dict[str, int] = {}

    def table(self, name: str, rows: pa.Table | Iterable[pa.Table], shape: pa.Schema, groups: int = ROWS) -> None:
        """Write a table, in one piece or piece by piece; cast to `shape` so that a wrong column fails here."""
        pieces = [rows] if isinstance(rows, pa.Table) else rows
        count = 0
        with pq.ParquetWriter(self.folder / f"{name}.parquet", shape, compression="zstd", version="2.6") as out:
            for piece in pieces:
                out.write_table(piece.select(shape.names).cast(shape), row_group_size=groups)
                count += piece.num_rows
        self._rows[f"{name}.parquet"] = count

    def text(self, name: str, text: str) -> None:
        """Write a text file (UTF-8, as given)."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())

    def rows(self) -> dict[str, int]:
        """Rows of every table written so far."""
        return dict(self._rows)

    def peek(self, says: Mapping[str, Any]) -> Snapshot:
        """What stands so far, as a snapshot that is not sealed yet."""
        return Snapshot(
            self.folder, {**says, "files": {name: {"rows": count} for name, count in self._rows.items()}}, ""
        )

    def finish(self, says: Mapping[str, Any]) -> str:
        """Seal the folder with its manifest, put it in the place of `target`, return the manifest's digest."""
        files = {}
        for path in sorted(path for path in self.folder.rglob("*") if path.is_file()):
            name = path.relative_to(self.folder).as_posix()
            files[name] = {"bytes": path.stat().st_size, "sha256": sha256(path)}
            if name in self._rows:
                files[name]["rows"] = self._rows[name]
        text = json.dumps({"format": self._form, **says, "files": files}, ensure_ascii=False, indent=1, sort_keys=True)
        self.text(MANIFEST, text + "\n")
        if self.target.exists():
            old = self.target.with_name(f".{self.target.name}.old-{os.getpid()}")
            self.target.rename(old)
            self.folder.rename(self.target)
            shutil.rmtree(old)
        else:
            self.folder.rename(self.target)
        return hashlib.sha256(text.encode() + b"\n").hexdigest()


@contextlib.contextmanager
def writing(target: Path, form: str = FORMAT) -> Iterator[Writer]:
    """A Writer for `target`; whatever goes wrong inside, Ctrl-C included, leaves nothing behind.

    Raises FileExistsError when `target` exists and is not a folder of this form: results replace results, never a
    snapshot, and nothing that we did not write.
    """
    if target.exists() and not _replaceable(target, form):
        raise FileExistsError(f"{target} exists and was not written by baolei as '{form}'; name another folder")
    target.parent.mkdir(parents=True, exist_ok=True)
    writer = Writer(target, form)
    if writer.folder.exists():  # left by a process of this number that was killed
        shutil.rmtree(writer.folder)
    writer.folder.mkdir()
    try:
        yield writer
    finally:
        if writer.folder.exists():
            shutil.rmtree(writer.folder)


def _replaceable(folder: Path, form: str) -> bool:
    if not folder.is_dir():
        return False
    try:
        return bool(read_manifest(folder).get("format") == form)
    except SnapshotRefused:
        return not any(folder.iterdir())


def sha256(path: Path) -> str:
    """SHA-256 (hex) of a file, read in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a folder. Raises SnapshotRefused when there is none or it cannot be read."""
    path = folder / MANIFEST
    if not folder.is_dir():
        raise SnapshotRefused([Fault(str(folder), 0, "no such folder", "name the folder that holds manifest.json")])
    if not path.is_file():
        raise SnapshotRefused([Fault(MANIFEST, 0, f"missing from {folder}", "a snapshot folder holds a manifest.json")])
    try:
        manifest = json.loads(path.read_bytes())
    except ValueError as error:
        raise SnapshotRefused([Fault(MANIFEST, getattr(error, "lineno", 0), f"not JSON: {error}")]) from None
    if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), dict):
        raise SnapshotRefused([Fault(MANIFEST, 1, "lists no files", "the manifest that baolei wrote, unchanged")])
    return manifest


def open_snapshot(folder: Path, form: str = FORMAT) -> Snapshot:
    """Open a snapshot and check that every file is there, whole, unchanged, and that nothing else is.

    Raises SnapshotRefused naming every file at fault and why.
    """
    manifest = read_manifest(folder)
    if manifest.get("format") != form:
        wrong = f"the format is {manifest.get('format')!r}"
        raise SnapshotRefused([Fault(MANIFEST, 1, wrong, f"this version reads {form!r}")])
    outside = [name for name in manifest["files"] if name.startswith(("/", "\\")) or ".." in Path(name).parts]
    if outside:
        raise SnapshotRefused([Fault(MANIFEST, 1, f"the file {name!r} leads out of the folder") for name in outside])
    if form == FORMAT:
        faults = shape_faults(Document(MANIFEST, (folder / MANIFEST).read_text(encoding="utf-8")), _manifest_schema())
        if faults:
            raise SnapshotRefused(faults)
    faults = list(_file_faults(folder, manifest["files"]))
    if form == FORMAT and not faults:
        faults += [fault for name in TABLES for fault in _shape_faults(folder, name, manifest["files"])]
    if form == FORMAT:
        faults += [
            Fault(f"{name}.parquet", 0, "missing from the manifest", "a snapshot holds this table")
            for name in TABLES
            if name not in OPTIONAL and f"{name}.parquet" not in manifest["files"]
        ]
    if faults:
        raise SnapshotRefused(faults)
    return Snapshot(folder, manifest, sha256(folder / MANIFEST))


def _manifest_schema() -> dict[str, Any]:
    path = Path(baolei.__file__).parent / "rulebook" / "schema" / "snapshot-manifest.schema.json"
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return schema


def _shape_faults(folder: Path, table: str, files: Mapping[str, Mapping[str, Any]]) -> Iterator[Fault]:
    """What is wrong with a table before any of its rows is read: not Parquet, columns missing or of another type."""
    name = f"{table}.parquet"
    if name not in files:
        return
    try:
        with pq.ParquetFile(folder / name) as file:
            found, rows = file.schema_arrow, file.metadata.num_rows
            empty = _with_nulls(file.metadata)
    except (pa.ArrowInvalid, OSError) as error:
        yield Fault(name, 0, f"not Parquet: {str(error).splitlines()[0]}", "a table as docs/reference/snapshot.md says")
        return
    if rows != files[name].get("rows"):
        yield Fault(name, 0, f"holds {rows:,} rows", f"the manifest says {files[name].get('rows')}")
    for wanted in schema(table):
        place = found.get_field_index(wanted.name)
        if place < 0:
            yield Fault(name, 0, f"has no column {wanted.name!r}", f"of type {wanted.type}")
        elif not _same_kind(found.field(place).type, wanted.type):
            yield Fault(name, 0, f"column {wanted.name!r} is of type {found.field(place).type}", f"{wanted.type}")
        elif wanted.name in empty and not wanted.nullable:
            yield Fault(name, 0, f"column {wanted.name!r} has empty cells", "a value in every row")


def _same_kind(found: pa.DataType, wanted: pa.DataType) -> bool:
    """The same type; words may be written plainly or as a dictionary."""
    return bool(found == wanted or (_is_word(found) and _is_word(wanted)))


def _is_word(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind.value_type if pa.types.is_dictionary(kind) else kind))


def _with_nulls(metadata: pq.FileMetaData) -> set[str]:
    """Columns in which some row has nothing, by the statistics of the file."""
    columns = [metadata.row_group(g).column(c) for g in range(metadata.num_row_groups)
               for c in range(metadata.num_columns)]  # fmt: skip
    return {column.path_in_schema for column in columns if column.statistics and column.statistics.null_count}


def _file_faults(folder: Path, files: Mapping[str, Mapping[str, Any]]) -> Iterator[Fault]:
    for name, says in sorted(files.items()):
        path = folder / name
        if not path.is_file():
            yield Fault(name, 0, "missing", f"a file of {says['bytes']} bytes")
        elif path.stat().st_size < says["bytes"]:
            yield Fault(name, 0, f"cut short: {path.stat().st_size} of {says['bytes']} bytes", "copy it again")
        elif path.stat().st_size > says["bytes"] or sha256(path) != says["sha256"]:
            yield Fault(name, 0, "changed since it was sealed: its SHA-256 differs", "the file as it was written")
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        if name != MANIFEST and name not in files:
            yield Fault(name, 0, "a foreign file: the manifest does not know it", "take it out of the folder")
