"""What a backup says of itself: its parts with their digests, and what the store held when it was looked at."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from baolei.ledger.models import Head
from baolei.programme.refusals import Fault, Refused
from baolei.sheets.kept import LOCK
from baolei.warehouse.snapshot import sha256

FORMAT = "baolei backup 1"
MANIFEST = "manifest.json"
KEYS, RESULTS, PAPERS, YEARS = ("secret.key", "sealing.key"), "results", "papers", "years"
NETWORKS = "networks"
"""What of the home is copied. Never slips that wait to be taken, nor the keys of tokens: whoever has them can vote."""
STORES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
"""The part that holds the store, by the kind of store."""


class BackupRefused(Refused):
    """A folder that is no backup, or no whole one, or not of this installation's kind of store."""

    subject = "the backup"


@dataclass(frozen=True)
class Inside:
    """What a store holds: rows by table, migrations applied, the head of its ledger."""

    rows: dict[str, int]
    migrations: int
    entries: int
    root: str


@dataclass(frozen=True)
class Backup:
    """A backup as its manifest has it. `made_at` in UTC, ISO 8601; `parts`: bytes and SHA-256 of each file."""

    format: str
    made_at: str
    program: str
    store: str
    parts: dict[str, dict[str, Any]]
    inside: Inside


def look_inside(connection: Any) -> Inside:
    """Count every table of a store."""
    rows = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
            (rows[table],) = cursor.fetchone()
    head = Head.objects.using(connection.alias).filter(pk=1).first() or Head()
    return Inside(rows, rows.get("django_migrations", 0), head.size, head.root())


def parts_of(folder: Path) -> dict[str, dict[str, Any]]:
    """Bytes and SHA-256 of every file of a backup but its manifest, by its path in the folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / MANIFEST)
    return {path.relative_to(folder).as_posix(): {"bytes": path.stat().st_size, "sha256": sha256(path)}
            for path in files}  # fmt: skip


def write(folder: Path, backup: Backup) -> None:
    """Write the manifest and have all of the folder on the disk before returning."""
    text = json.dumps(asdict(backup), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    settle(folder)


def settle(folder: Path) -> None:
    """Have every file and folder at or below this one on the disk."""
    for path in [*folder.rglob("*"), folder]:
        _settle_one(path)


def settle_name(path: Path) -> None:
    """Have the name that a file or folder was given on the disk."""
    _settle_one(path.parent)


def _settle_one(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(folder: Path) -> Backup:
    """The backup in a folder, every part of it found whole. Raises BackupRefused naming all that is wrong with it."""
    try:
        said = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        inside = Inside(**said.pop("inside"))
        backup = Backup(**said, inside=inside)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        right = "name a folder that `baolei backup` wrote"
        raise BackupRefused([Fault(str(folder), 0, "is no backup", right)]) from None
    if backup.format != FORMAT:
        raise BackupRefused([Fault(MANIFEST, 0, f"is {backup.format!r}", f"this program reads {FORMAT!r}")])
    if faults := list(_part_faults(backup, parts_of(folder))):
        raise BackupRefused(faults)
    return backup


def _part_faults(backup: Backup, found: dict[str, dict[str, Any]]) -> Iterator[Fault]:
    for name in sorted(backup.parts.keys() - found.keys()):
        yield Fault(name, 0, "is missing")
    for name in sorted(found.keys() - backup.parts.keys()):
        yield Fault(name, 0, "is no part of it", "take it out")
    for name in sorted(backup.parts.keys() & found.keys()):
        if backup.parts[name] != found[name]:
            yield Fault(name, 0, "is not what was backed up: its digest is another")


def copy_folder(source: Path, target: Path) -> None:
    """Copy a folder with everything in it; links are followed."""
    shutil.copytree(source, target, copy_function=shutil.copyfile, ignore=shutil.ignore_patterns(LOCK))
