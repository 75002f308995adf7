"""The urn in one SQLite file: one writer, a commit is on the disk before anybody is told."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from baolei.programme.proof import canonical
from baolei.programme.standard.edition import Text
from baolei.urn.store import (
    KEYS,
    SET_UP,
    TAKING_SLIPS,
    Cast,
    Counts,
    Kept,
    Key,
    Poll,
    Rules,
    Sealed,
    Store,
    UrnUnusable,
    cast_from,
    columns_of,
    form_digest,
    no_slips_now,
    no_such_form,
)

TABLES = """
CREATE TABLE IF NOT EXISTS form (digest TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS poll (
  id BLOB PRIMARY KEY, form TEXT NOT NULL REFERENCES form, phase TEXT NOT NULL, key_spki BLOB,
  rev_allowed INTEGER NOT NULL, opens TEXT, closes TEXT,
  shown TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS slip (
  poll BLOB NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (poll, hash)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ballot (
  poll BLOB NOT NULL, kind INTEGER NOT NULL, cred BLOB NOT NULL, rev INTEGER NOT NULL, answers TEXT NOT NULL,
  comment TEXT NOT NULL, proof BLOB NOT NULL, leaf BLOB NOT NULL, PRIMARY KEY (poll, cred)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS closed (
  poll BLOB NOT NULL, idx INTEGER NOT NULL, kind INTEGER NOT NULL, cred BLOB NOT NULL, rev INTEGER NOT NULL,
  answers TEXT NOT NULL, comment TEXT NOT NULL, proof BLOB NOT NULL, leaf BLOB NOT NULL,
  PRIMARY KEY (poll, idx)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS seal (
  poll BLOB PRIMARY KEY, root TEXT NOT NULL, head TEXT NOT NULL, signature BLOB NOT NULL) WITHOUT ROWID;
"""
"""WITHOUT ROWID everywhere: a rowid would keep the order of casting."""
WAITS = 20
"""Seconds a writer waits for another."""
MOST_NAMED = 900
"""So many polls are named in one question: SQLite of old takes 999."""


class SqliteStore(Store):
    """The urn in a file. Raises UrnUnusable where the file cannot be opened."""

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._to = sqlite3.connect(file, timeout=WAITS, isolation_level=None, check_same_thread=False)
            (mode,) = self._to.execute("PRAGMA journal_mode=WAL").fetchone()
            self._to.execute("PRAGMA synchronous=FULL")
            self._to.execute("PRAGMA foreign_keys=ON")
            self._to.execute("PRAGMA secure_delete=ON")  # what is deleted is written over with zeros
            self._to.execute("PRAGMA temp_store=MEMORY")  # the order in which slips are brought is never on a disk
        except (sqlite3.Error, OSError) as error:
            raise UrnUnusable(f"the urn {file} cannot be opened: {error}") from error
        if mode != "wal":
            raise UrnUnusable(
                f"the urn {file} stands where no write-ahead log can be: put it on a disk of this machine"
            )

    def prepare(self) -> None:
        self._to.executescript(TABLES)

    def close(self) -> None:
        self._to.close()

    def unsafe(self) -> tuple[str, ...]:
        return ()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._to.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._to.execute("COMMIT")
        except BaseException:
            if self._to.in_transaction:
                self._to.execute("ROLLBACK")
            raise

    # ---- for the house ----

    def put_forms(self, forms: Iterable[bytes]) -> tuple[str, ...]:
        rows = [(form_digest(body), body) for body in forms]
        with self._writing():
            self._to.executemany("INSERT INTO form VALUES (?, ?) ON CONFLICT DO NOTHING", rows)
        return tuple(digest for digest, _ in rows)

    def put_polls(self, polls: Iterable[Poll]) -> None:
        rows = ((one.id, one.form, SET_UP, one.key_spki, one.rev_allowed, _written(one.opens), _written(one.closes),
                 canonical(one.shown).decode()) for one in polls)  # fmt: skip
        try:
            with self._writing():
                self._to.executemany("INSERT INTO poll VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", rows)
        except sqlite3.IntegrityError as error:
            raise no_such_form() from error

    def put_slips(self, slips: Iterable[Key]) -> None:
        with self._writing():
            self._to.execute("CREATE TEMP TABLE IF NOT EXISTS brought (poll BLOB, hash BLOB)")
            self._to.executemany("INSERT INTO brought VALUES (?, ?)", slips)
            (strange,) = self._to.execute(
                "SELECT count(*) FROM (SELECT DISTINCT poll FROM brought) b LEFT JOIN poll ON poll.id = b.poll"
                " WHERE coalesce(poll.phase, '') NOT IN (?, ?, ?)", TAKING_SLIPS
            ).fetchone()  # fmt: skip
            if strange:
                raise no_slips_now()
            self._to.execute("INSERT OR IGNORE INTO slip SELECT poll, hash FROM brought ORDER BY poll, hash")
            self._to.execute("DROP TABLE brought")

    def _set_key(self, polls: Sequence[bytes], key_spki: bytes | None) -> None:
        self._to.executemany("UPDATE poll SET key_spki = ? WHERE id = ?", [(key_spki, poll) for poll in polls])

    def _move(self, polls: Sequence[bytes], before: str, phase: str) -> int:
        rows = ((phase, poll, before) for poll in polls)
        return self._to.executemany("UPDATE poll SET phase = ? WHERE id = ? AND phase = ?", rows).rowcount

    def _redate(self, polls: Sequence[bytes], opens: date | None, closes: date | None) -> None:
        rows = ((_written(opens), _written(closes), poll) for poll in polls)
        self._to.executemany("UPDATE poll SET opens = ?, closes = ? WHERE id = ?", rows)

    def counts(self, polls: Iterable[bytes]) -> dict[bytes, Counts]:
        asked = list(polls)
        slips, cast, closed = (self._grouped(table, asked) for table in ("slip", "ballot", "closed"))
        return {one: Counts(slips.get(one, 0), cast.get(one, 0) + closed.get(one, 0)) for one in asked}

    def ballots_in(self, polls: Iterable[bytes]) -> dict[bytes, int]:
        return self._grouped("ballot", list(polls))

    def _grouped(self, table: str, polls: list[bytes]) -> dict[bytes, int]:
        found: dict[bytes, int] = {}
        for first in range(0, len(polls), MOST_NAMED):
            some = polls[first : first + MOST_NAMED]
            marks = ",".join("?" * len(some))
            found |= self._to.execute(f"SELECT poll, count(*) FROM {table} WHERE poll IN ({marks}) GROUP BY poll", some)
        return found

    def give_back(self) -> tuple[Text, ...]:
        """Nothing remains, unless somebody was reading meanwhile: then it has to be called again.

        Within a page of a table rows lie as they came, whatever their key: only a file written anew forgets that.
        """
        self._to.execute("PRAGMA temp_store=FILE")  # the whole urn may be larger than the memory
        self._to.execute("VACUUM")
        self._to.execute("PRAGMA temp_store=MEMORY")
        (busy, _pages, _moved) = self._to.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not busy:
            return ()
        return (
            Text("有人正在读取，日志尚未清空，请再做一次", "somebody was reading, so the log was not cut: do it again"),
        )

    def _ballots(self, poll: bytes) -> list[tuple[Cast, bytes]]:
        rows = self._to.execute(
            "SELECT kind, cred, rev, answers, comment, proof, leaf FROM ballot WHERE poll = ? ORDER BY leaf", (poll,)
        )
        return [(cast_from(poll, row), row[6]) for row in rows]

    def _slips_of(self, poll: bytes) -> tuple[bytes, ...]:
        rows = self._to.execute("SELECT hash FROM slip WHERE poll = ? ORDER BY hash", (poll,))
        return tuple(one for (one,) in rows)

    def _seal(self, sealed: Sealed) -> None:
        poll = sealed.poll.id
        rows = ((poll, place, *columns_of(cast)) for place, cast in enumerate(sealed.ballots))
        self._to.executemany("INSERT INTO closed VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        head = canonical(sealed.head).decode()
        self._to.execute("INSERT INTO seal VALUES (?, ?, ?, ?)", (poll, sealed.root, head, sealed.signature))
        self._to.execute("DELETE FROM ballot WHERE poll = ?", (poll,))

    def _seal_of(self, poll: bytes) -> tuple[str, str, bytes] | None:
        row = self._to.execute("SELECT root, head, signature FROM seal WHERE poll = ?", (poll,)).fetchone()
        return tuple(row) if row else None

    def _closed(self, poll: bytes) -> tuple[Cast, ...]:
        rows = self._to.execute(
            "SELECT kind, cred, rev, answers, comment, proof FROM closed WHERE poll = ? ORDER BY idx", (poll,)
        )
        return tuple(cast_from(poll, row) for row in rows)

    # ---- for the casting host ----

    def poll(self, poll: bytes) -> Poll | None:
        row = self._to.execute(
            "SELECT id, form, phase, key_spki, rev_allowed, opens, closes, shown FROM poll WHERE id = ?", (poll,)
        ).fetchone()
        if not row:
            return None
        return Poll(row[0], row[1], row[2], row[3], bool(row[4]), _day(row[5]), _day(row[6]), json.loads(row[7]))

    def form(self, digest: str) -> bytes | None:
        row = self._to.execute("SELECT body FROM form WHERE digest = ?", (digest,)).fetchone()
        return row[0] if row else None

    def _between(self, first: bytes, last: bytes) -> list[bytes]:
        rows = self._to.execute("SELECT id FROM poll WHERE id BETWEEN ? AND ? LIMIT 2", (first, last))
        return [poll for (poll,) in rows]

    def holds(self, poll: bytes, beginning: bytes) -> bool:
        asked = "SELECT 1 FROM {} WHERE poll = ?1 AND substr(leaf, 1, ?3) = ?2"
        both = f"{asked.format('ballot')} UNION ALL {asked.format('closed')} LIMIT 1"
        return self._to.execute(both, (poll, beginning, len(beginning))).fetchone() is not None

    # ---- for copies ----

    @contextmanager
    def reading(self) -> Iterator[None]:
        self._to.execute("BEGIN")
        try:
            yield
        finally:
            self._to.execute("ROLLBACK")

    def rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        yield from self._to.execute(f"SELECT * FROM {table} ORDER BY {KEYS[table]}")

    def _refill(self, tables: Mapping[str, Iterable[Sequence[Any]]]) -> None:
        for table in reversed(KEYS):
            self._to.execute(f"DELETE FROM {table}")
        for table in KEYS:
            wide = len(self._to.execute(f"SELECT * FROM {table} LIMIT 0").description)
            places = ", ".join("?" * wide)
            self._to.executemany(f"INSERT INTO {table} VALUES ({places})", tables.get(table, ()))

    # ---- of a batch ----

    def _rules(self, polls: Sequence[bytes]) -> Rules:
        rows = (self._to.execute("SELECT id, phase, rev_allowed FROM poll WHERE id = ?", (poll,)).fetchone()
                for poll in polls)  # fmt: skip
        return {row[0]: (row[1], bool(row[2])) for row in rows if row}

    def _slips(self, keys: Sequence[Key]) -> set[Key]:
        asked = "SELECT 1 FROM slip WHERE poll = ? AND hash = ?"
        return {key for key in keys if self._to.execute(asked, key).fetchone()}

    def _kept(self, keys: Sequence[Key]) -> dict[Key, Kept]:
        asked = "SELECT leaf, rev, answers, comment FROM ballot WHERE poll = ? AND cred = ?"
        rows = ((key, self._to.execute(asked, key).fetchone()) for key in keys)
        return {key: Kept(*row) for key, row in rows if row}

    def _write(self, casts: Sequence[Cast]) -> None:
        rows = ((cast.ballot.poll, *columns_of(cast)) for cast in casts)
        self._to.executemany("INSERT OR REPLACE INTO ballot VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _written(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None
