"""Whether a store keeps what it has acknowledged: what is told as saved must survive a power cut.

Measured with a rig that cuts the power: SQLite with a write-ahead log and synchronous=FULL loses nothing that was
acknowledged; with synchronous=NORMAL, or with the rollback journal that it takes where a write-ahead log cannot be, it
does. So it is refused otherwise.
"""

from __future__ import annotations

import sqlite3
from functools import cache
from pathlib import Path

from baolei.programme.refusals import Refusal

MUST_BE = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
"""What SQLite has to answer when it is asked how it keeps this database; 2 is FULL."""

SHARED = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "gpfs", "lustre", "ocfs2", "gfs2", "davfs",
     "fuse.sshfs", "fuse.glusterfs", "fuse.davfs2", "fuse.ceph", "fuse.s3fs", "fuse.rclone", "vboxsf", "prl_fs"}
)  # fmt: skip
"""File systems that other machines may write as well: their locks cannot be relied on, whatever SQLite is told."""

_CURE = (
    "put it on a disk of this machine (BAOLEI_HOME or BAOLEI_DATABASE_URL says where), never on a network share, "
    "or use PostgreSQL"
)


class NotDurable(Refusal):
    """The store would lose what it has acknowledged when the power fails."""


def refuse_unless_durable(connection: sqlite3.Connection, file: str, transaction_mode: str | None) -> None:
    """Raise NotDurable unless this connection keeps what it acknowledges, and locks when it begins to write."""
    unsafe = f"{file} is no safe place for the database"
    for name, wanted in MUST_BE.items():
        (found,) = connection.execute(f"PRAGMA {name}").fetchone()
        if found != wanted:
            raise NotDurable(f"{unsafe}: {name} is {found}, not {wanted}; {_CURE}")
    if transaction_mode != "IMMEDIATE":
        raise NotDurable(f"{unsafe}: its transactions begin as {transaction_mode}, not IMMEDIATE")
    if (kind := file_system(file)) in SHARED:
        raise NotDurable(f"{unsafe}: it stands on a file system of kind {kind}; {_CURE}")


@cache
def file_system(file: str) -> str:
    """The kind of the file system that holds a file, as Linux names it; '' where nobody can tell."""
    table = Path("/proc/self/mountinfo")
    return file_system_in(table.read_text(encoding="utf-8"), Path(file).resolve()) if table.exists() else ""


def file_system_in(mountinfo: str, file: Path) -> str:
    """The same from the text of Linux's table of mounts: the innermost that holds the file, the last one there."""
    best, kind = -1, ""
    for line in mountinfo.splitlines():
        front, _, back = line.partition(" - ")
        place = Path(front.split(" ")[4].replace("\\040", " "))
        if (file == place or place in file.parents) and len(place.parts) >= best:
            best, kind = len(place.parts), back.split(" ")[0]
    return kind
