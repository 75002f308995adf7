"""A backup of the whole house: store, urn, keys, results, years and the files of declarations in one folder, which was
proved before it got its name; ballots that are not sealed yet beside it, in a file of which there is one.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from baolei import __version__
from baolei.front.keeping import manifest, urns
from baolei.front.keeping.copies import Copies, copies
from baolei.front.keeping.manifest import (
    KEYS,
    NETWORKS,
    PAPERS,
    RESULTS,
    STORES,
    YEARS,
    Backup,
    Inside,
    look_inside,
)
from baolei.front.keeping.stores import TRIAL
from baolei.ledger.actions import record
from baolei.ledger.verify import verify
from baolei.programme.refusals import Refused
from baolei.sheets.kept import undisturbed
from baolei.warehouse.snapshot import sha256

ACT = "house.backup"
PREFIX = "baolei-"
Told = Callable[[str], None]


class BackupNotProved(Refused):
    """The copy of the store was taken, but what is in it does not prove itself; it was thrown away."""

    subject = "the copy just taken"


@dataclass(frozen=True)
class Made:
    """A finished backup: its folder, what it holds, and the SHA-256 of its manifest."""

    folder: Path
    holds: Backup
    digest: str


def stamp(now: datetime) -> str:
    """A moment as it stands in the names of folders, in UTC."""
    return now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def back_up(*, to: Path, home: Path, results: Path, now: datetime, told: Told) -> Made:
    """Back up the house into a new folder of `to`, prove it, record that in the ledger.

    It gets its name only when the copy of the store was put up in a trial place and its ledger proved itself there.
    Raises CannotCopy, BackupNotProved, FileExistsError; nothing is left behind then.
    """
    folder = to / (PREFIX + stamp(now))
    if folder.exists():
        raise FileExistsError(f"{folder} is there already")
    rough = folder.with_name(folder.name + ".partial")
    shutil.rmtree(rough, ignore_errors=True)
    rough.mkdir(mode=0o700, parents=True)
    try:
        holds = _fill(rough, home, results, now, told)
        manifest.write(rough, holds)
        rough.rename(folder)
        urns.replace_open(to)
        manifest.settle_name(folder)
    finally:
        shutil.rmtree(rough, ignore_errors=True)
        urns.clear_away(to)
    digest = sha256(folder / manifest.MANIFEST)
    _note(folder, holds, digest, now)
    return Made(folder, holds, digest)


def _fill(rough: Path, home: Path, results: Path, now: datetime, told: Told) -> Backup:
    kind, copier = connections[DEFAULT_DB_ALIAS].vendor, copies()
    with undisturbed(home / PAPERS, wait=True):  # so that every file that the copy names is there to be copied
        told("copying the database")
        copier.take(rough / STORES[kind])
        if (home / PAPERS).is_dir():
            told("copying the files of declarations")
            manifest.copy_folder(home / PAPERS, rough / PAPERS)
    # After the house: what an act had told the urn only is told it again when the act is done again.
    urns.copy_out(home, rough, told)
    for key in KEYS:
        if (home / key).exists():
            shutil.copy(home / key, rough / key)
    if results.is_dir():
        told("copying the results")
        manifest.copy_folder(results, rough / RESULTS)
    if (home / YEARS).is_dir():
        told("copying the years that were sealed")
        manifest.copy_folder(home / YEARS, rough / YEARS)
    if (home / NETWORKS).is_dir():
        told("copying the networks of roads")
        manifest.copy_folder(home / NETWORKS, rough / NETWORKS)
    told("putting the copy up and proving its ledger")
    inside = proved(copier, rough / STORES[kind], rough.parent)
    return Backup(
        manifest.FORMAT, now.astimezone(UTC).isoformat(timespec="seconds"), __version__, kind,
        manifest.parts_of(rough), inside,
    )  # fmt: skip


def proved(copier: Copies, file: Path, place: Path) -> Inside:
    """What a copy holds, put up in a trial place. Raises BackupNotProved where its ledger does not prove itself."""
    with copier.tried(file, place) as connection:
        refuse_unproved()
        return look_inside(connection)


def refuse_unproved() -> None:
    """Raise BackupNotProved unless the ledger of the store that is being tried proves itself."""
    if faults := verify(using=TRIAL).faults:
        raise BackupNotProved(faults)


@transaction.atomic
def _note(folder: Path, holds: Backup, digest: str, now: datetime) -> None:
    after: dict[str, Any] = {"name": folder.name, "manifest": digest, "entries": holds.inside.entries}
    record(actor=None, act=ACT, now=now, after={**after, "root": holds.inside.root})


def forget_old(to: Path, keep: int) -> list[Path]:
    """Delete all finished backups of a folder but the newest `keep`; those deleted."""
    found = sorted(one for one in to.glob(f"{PREFIX}*") if (one / manifest.MANIFEST).exists())
    gone = found[:-keep]
    for one in gone:
        shutil.rmtree(one)
    return gone
