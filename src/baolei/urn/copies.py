"""Copies of an urn, and back again: in the order of keys, never in that of casting, on whatever store.

What lasts (polls, slips, what is sealed) is one file. The ballots of polls that are not sealed yet are another: of it
only the last one may be kept, because two of different days tell which ballots came in between.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

from baolei.programme import proof
from baolei.programme.refusals import Refusal
from baolei.urn.sqlite import TABLES
from baolei.urn.store import CAST, CLOSED, KEYS, Store, cast_from

OPEN = "ballot"
"""The one table of the second file."""
NO_BALLOT = proof.root_of(())
"""The root of a poll in which nobody cast."""


class CopyRefused(Refusal):
    """A copy of an urn that does not prove itself."""


def copy_out(store: Store, lasting: Path, passing: Path) -> None:
    """Write an urn as it stands at one moment to two new files of SQLite. There is no second one where no ballot waits
    to be sealed.
    """
    with store.reading():
        _write(store, lasting, [table for table in KEYS if table != OPEN])
        if not _write(store, passing, [OPEN]):
            passing.unlink()


def _write(store: Store, file: Path, tables: list[str]) -> int:
    """Write these tables of an urn to a new file: how many rows."""
    number = 0
    file.touch(mode=0o600, exist_ok=False)
    with closing(sqlite3.connect(file, isolation_level=None)) as to:
        to.execute("PRAGMA journal_mode=OFF")
        to.execute("PRAGMA synchronous=OFF")  # whoever keeps the file has it written to the disk as a whole
        to.executescript(TABLES)
        to.execute("BEGIN")
        for table in tables:
            places = ", ".join("?" * len(to.execute(f"SELECT * FROM {table} LIMIT 0").description))
            number += to.executemany(f"INSERT INTO {table} VALUES ({places})", store.rows(table)).rowcount
        to.execute("COMMIT")
    return number


def prove(lasting: Path, passing: Path) -> None:
    """Raise CopyRefused unless both files are whole, every ballot is the one its leaf says, and every sealed poll has
    the root that was signed. The second need not be there.
    """
    for file, table in ((lasting, "closed"), (passing, OPEN)):
        if file.exists():
            try:
                _prove(file, table)
            except sqlite3.DatabaseError as error:
                raise CopyRefused(f"the copy of the urn {file} is damaged: {error}") from error


def _prove(file: Path, table: str) -> None:
    with _opened(file) as copy:
        (said,) = copy.execute("PRAGMA integrity_check").fetchone()
        if said != "ok":
            raise CopyRefused(f"the copy of the urn {file} is damaged: {said}")
        roots = _roots(file, copy, table)
        if table == "closed":
            sealed = copy.execute("SELECT poll, root FROM seal")
            if any(roots.get(poll, NO_BALLOT) != root for poll, root in sealed):
                raise CopyRefused(f"the copy of the urn {file} does not hold the ballots that were sealed")


def _roots(file: Path, copy: sqlite3.Connection, table: str) -> dict[bytes, str]:
    """The root over the ballots of each poll, in their order."""
    found = copy.execute(
        f"SELECT kind, cred, rev, answers, comment, proof, leaf, poll FROM {table} ORDER BY {KEYS[table]}"
    )
    roots = {}
    for poll, rows in groupby(found, lambda row: row[7]):
        kept = list(rows)
        if any(cast_from(poll, row).leaf != row[6] for row in kept):
            raise CopyRefused(f"the copy of the urn {file} has altered ballots, in poll {poll.hex()}")
        roots[poll] = proof.root_of(row[6].hex() for row in kept)
    return roots


@contextmanager
def put_back(store: Store, lasting: Path, passing: Path) -> Iterator[None]:
    """Replace everything in an urn by a copy of it when what is done in here ends well; else nothing is replaced.
    Ballots are put back into polls that, by the first file, are being cast or closed.
    """
    with _opened(lasting) as one, _opened(passing if passing.exists() else lasting) as other:
        tables = {
            table: one.execute(f"SELECT * FROM {table} ORDER BY {KEYS[table]}") for table in KEYS if table != OPEN
        }
        taking = {poll for (poll,) in one.execute("SELECT id FROM poll WHERE phase IN (?, ?)", (CAST, CLOSED))}
        ballots = other.execute(f"SELECT * FROM {OPEN} ORDER BY {KEYS[OPEN]}")
        with store.refilled({**tables, OPEN: (row for row in ballots if row[0] in taking)}):
            yield


def _opened(file: Path) -> AbstractContextManager[Any]:
    """A copy to be read; nothing is left beside it."""
    return closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True))
