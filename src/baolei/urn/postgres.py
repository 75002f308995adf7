"""The urn in a PostgreSQL database of its own: one batch of ballots is written at a time, whoever brings it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

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
CREATE TABLE IF NOT EXISTS form (digest text PRIMARY KEY, body bytea NOT NULL);
CREATE TABLE IF NOT EXISTS poll (
  id bytea PRIMARY KEY, form text NOT NULL REFERENCES form, phase text NOT NULL, key_spki bytea,
  rev_allowed boolean NOT NULL, opens date, closes date, shown text NOT NULL);
CREATE TABLE IF NOT EXISTS slip (poll bytea NOT NULL, hash bytea NOT NULL, PRIMARY KEY (poll, hash));
CREATE TABLE IF NOT EXISTS ballot (
  poll bytea NOT NULL, kind smallint NOT NULL, cred bytea NOT NULL, rev smallint NOT NULL, answers text NOT NULL,
  comment text NOT NULL, proof bytea NOT NULL, leaf bytea NOT NULL, PRIMARY KEY (poll, cred));
CREATE TABLE IF NOT EXISTS closed (
  poll bytea NOT NULL, idx integer NOT NULL, kind smallint NOT NULL, cred bytea NOT NULL, rev smallint NOT NULL,
  answers text NOT NULL, comment text NOT NULL, proof bytea NOT NULL, leaf bytea NOT NULL, PRIMARY KEY (poll, idx));
CREATE TABLE IF NOT EXISTS seal (
  poll bytea PRIMARY KEY, root text NOT NULL, head text NOT NULL, signature bytea NOT NULL);
"""
OPTIONS = "-c synchronous_commit=on -c jit=off -c timezone=UTC"
URN_LOCK = 0x62616F6C_75726E
"""The advisory lock of whoever writes ballots or phases: held to the end of the transaction, kept in memory only."""
_MUST_BE = {
    "fsync": ("on", "a power cut loses ballots"),
    "full_page_writes": ("on", "a power cut loses ballots"),
    "synchronous_commit": ("on", "a power cut loses ballots"),
    "track_commit_timestamp": ("off", "it is kept when each ballot was cast"),
    "log_statement": ("none", "ballots stand in the server's log, with the time"),
    "log_min_duration_statement": ("-1", "ballots stand in the server's log, with the time"),
    "log_min_duration_sample": ("-1", "ballots stand in the server's log, with the time"),
    "log_duration": ("off", "the server's log keeps when each ballot was cast"),
    "archive_mode": ("off", "ballots stand in the archive of the write-ahead log, in the order of casting"),
    "wal_keep_size": ("0", "ballots stay in the write-ahead log, in the order of casting"),
    "wal_recycle": ("off", "ballots stay in files of the write-ahead log that wait to be used again, in that order"),
}
"""What the server must be told, and what comes of it otherwise."""
_KEEPS_LOG = ("archive_mode", "wal_keep_size", "wal_recycle")
"""Those of them by which the order of casting outlives `give_back`."""


class PostgresStore(Store):
    """The urn on a server; `where` says how to reach it, in libpq's words. Raises UrnUnusable where it is not."""

    def __init__(self, where: dict[str, str]) -> None:
        try:
            self._to = psycopg.connect(make_conninfo(**where, options=OPTIONS), autocommit=True)
        except psycopg.Error as error:
            raise UrnUnusable(f"the urn does not answer: {str(error).strip()}") from error

    def prepare(self) -> None:
        """A role that may not make tables finds them made; whoever finds them does not wait for who writes."""
        if self._made():
            return
        try:
            with self._writing():
                if not self._made():
                    self._to.execute(TABLES)
        except psycopg.errors.InsufficientPrivilege as error:
            raise UrnUnusable(
                "the urn has no tables yet, and this role may not make them: let the server's administrator run what "
                "`baolei urn-roles` prints"
            ) from error

    def _made(self) -> bool:
        row = self._to.execute("SELECT to_regclass('seal') IS NOT NULL").fetchone()
        return bool(row and row[0])

    def close(self) -> None:
        self._to.close()

    def unsafe(self) -> tuple[str, ...]:
        return (*self._otherwise(_MUST_BE), *self._sent_elsewhere())

    def _otherwise(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of these settings that are otherwise than they must be, in words."""
        found = self._to.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(names)])
        return tuple(
            f"PostgreSQL has {name} = {setting}: {_MUST_BE[name][1]}; {_MUST_BE[name][0]} is right"
            for name, setting in sorted(found)
            if setting != _MUST_BE[name][0]
        )

    def _sent_elsewhere(self) -> tuple[str, ...]:
        row = self._to.execute(
            "SELECT (SELECT count(*) FROM pg_replication_slots) + (SELECT count(*) FROM pg_stat_replication)"
        ).fetchone()
        if not row or not row[0]:
            return ()
        return ("PostgreSQL sends its write-ahead log elsewhere: ballots stand there in the order of casting; "
                "an urn's server has no replication",)  # fmt: skip

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._to.transaction():
            self._to.execute("SELECT pg_advisory_xact_lock(%s)", [URN_LOCK])
            yield

    # ---- for the house ----

    def put_forms(self, forms: Iterable[bytes]) -> tuple[str, ...]:
        rows = [(form_digest(body), body) for body in forms]
        with self._to.transaction(), self._to.cursor() as cursor:
            cursor.executemany("INSERT INTO form VALUES (%s, %s) ON CONFLICT DO NOTHING", rows)
        return tuple(digest for digest, _ in rows)

    def put_polls(self, polls: Iterable[Poll]) -> None:
        try:
            with self._to.transaction(), self._to.cursor() as cursor:
                cursor.execute("CREATE TEMP TABLE brought (LIKE poll) ON COMMIT DROP")
                with cursor.copy("COPY brought FROM STDIN (FORMAT binary)") as copy:
                    copy.set_types(["bytea", "text", "text", "bytea", "bool", "date", "date", "text"])
                    for one in polls:
                        shown = canonical(one.shown).decode()
                        copy.write_row(
                            (one.id, one.form, SET_UP, one.key_spki, one.rev_allowed, one.opens, one.closes, shown)
                        )
                cursor.execute("INSERT INTO poll SELECT * FROM brought ORDER BY id ON CONFLICT DO NOTHING")
        except psycopg.errors.ForeignKeyViolation as error:
            raise no_such_form() from error

    def put_slips(self, slips: Iterable[Key]) -> None:
        with self._to.transaction(), self._to.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE brought (poll bytea, hash bytea) ON COMMIT DROP")
            with cursor.copy("COPY brought FROM STDIN (FORMAT binary)") as copy:
                copy.set_types(["bytea", "bytea"])
                for one in slips:
                    copy.write_row(one)
            cursor.execute(
                "SELECT count(*) FROM (SELECT DISTINCT poll FROM brought) b LEFT JOIN poll ON poll.id = b.poll"
                " WHERE coalesce(poll.phase, '') <> ALL(%s)", [list(TAKING_SLIPS)]
            )  # fmt: skip
            if (cursor.fetchone() or (0,))[0]:
                raise no_slips_now()
            cursor.execute("INSERT INTO slip SELECT poll, hash FROM brought ORDER BY poll, hash ON CONFLICT DO NOTHING")

    def _set_key(self, polls: Sequence[bytes], key_spki: bytes | None) -> None:
        self._to.execute("UPDATE poll SET key_spki = %s WHERE id = ANY(%s)", [key_spki, list(polls)])

    def _move(self, polls: Sequence[bytes], before: str, phase: str) -> int:
        moved = self._to.execute(
            "UPDATE poll SET phase = %s WHERE phase = %s AND id = ANY(%s)", [phase, before, list(polls)]
        )
        return moved.rowcount

    def _redate(self, polls: Sequence[bytes], opens: date | None, closes: date | None) -> None:
        self._to.execute("UPDATE poll SET opens = %s, closes = %s WHERE id = ANY(%s)", [opens, closes, list(polls)])

    def counts(self, polls: Iterable[bytes]) -> dict[bytes, Counts]:
        asked = list(polls)
        slips, cast, closed = (self._grouped(table, asked) for table in ("slip", "ballot", "closed"))
        return {one: Counts(slips.get(one, 0), cast.get(one, 0) + closed.get(one, 0)) for one in asked}

    def ballots_in(self, polls: Iterable[bytes]) -> dict[bytes, int]:
        return self._grouped("ballot", list(polls))

    def _grouped(self, table: str, polls: list[bytes]) -> dict[bytes, int]:
        rows = self._to.execute(f"SELECT poll, count(*) FROM {table} WHERE poll = ANY(%s) GROUP BY poll", [polls])
        return dict(rows.fetchall())

    def give_back(self) -> tuple[Text, ...]:
        """The tables of ballots and polls are written anew into other files and the old ones are deleted; nobody casts
        meanwhile. Not by VACUUM FULL: that keeps what was deleted while any transaction runs, in whatever database of
        the server. What is left of earlier rows of a poll would tell when its phases changed.

        Then the server begins a new file of its write-ahead log and, at a checkpoint, deletes those before: they hold
        the ballots in the order of casting. Where it may not, or keeps them all the same, that is what remains.
        """
        with self._writing():
            for table, key in (("ballot", "poll, cred"), ("poll", "id")):
                self._to.execute(f"CREATE TEMP TABLE kept ON COMMIT DROP AS SELECT * FROM {table}")
                self._to.execute(f"TRUNCATE {table}")
                self._to.execute(f"INSERT INTO {table} SELECT * FROM kept ORDER BY {key}")
                self._to.execute("DROP TABLE kept")
        try:
            self._to.execute("SELECT pg_switch_wal()")
            self._to.execute("CHECKPOINT")
        except psycopg.errors.InsufficientPrivilege:
            return (
                _log_remains(
                    "这个角色不能清除日志，运行 baolei urn-roles", "this role may not cut it: run baolei urn-roles"
                ),
            )
        kept = (*self._otherwise(_KEEPS_LOG), *self._sent_elsewhere())
        return (_log_remains("；".join(kept), "; ".join(kept)),) if kept else ()

    def _ballots(self, poll: bytes) -> list[tuple[Cast, bytes]]:
        rows = self._to.execute(
            "SELECT kind, cred, rev, answers, comment, proof, leaf FROM ballot WHERE poll = %s ORDER BY leaf", [poll]
        )
        return [(cast_from(poll, row), row[6]) for row in rows]

    def _slips_of(self, poll: bytes) -> tuple[bytes, ...]:
        rows = self._to.execute("SELECT hash FROM slip WHERE poll = %s ORDER BY hash", [poll])
        return tuple(one for (one,) in rows)

    def _seal(self, sealed: Sealed) -> None:
        poll, head = sealed.poll.id, canonical(sealed.head).decode()
        with self._to.cursor() as cursor:
            if sealed.ballots:
                with cursor.copy("COPY closed FROM STDIN (FORMAT binary)") as copy:
                    copy.set_types(["bytea", "int4", "int2", "bytea", "int2", "text", "text", "bytea", "bytea"])
                    for place, cast in enumerate(sealed.ballots):
                        copy.write_row((poll, place, *columns_of(cast)))
            cursor.execute("INSERT INTO seal VALUES (%s, %s, %s, %s)", [poll, sealed.root, head, sealed.signature])
            cursor.execute("DELETE FROM ballot WHERE poll = %s", [poll])

    def _seal_of(self, poll: bytes) -> tuple[str, str, bytes] | None:
        return self._to.execute("SELECT root, head, signature FROM seal WHERE poll = %s", [poll]).fetchone()

    def _closed(self, poll: bytes) -> tuple[Cast, ...]:
        rows = self._to.execute(
            "SELECT kind, cred, rev, answers, comment, proof FROM closed WHERE poll = %s ORDER BY idx", [poll]
        )
        return tuple(cast_from(poll, row) for row in rows)

    # ---- for the casting host ----

    def poll(self, poll: bytes) -> Poll | None:
        row = self._to.execute(
            "SELECT id, form, phase, key_spki, rev_allowed, opens, closes, shown FROM poll WHERE id = %s", [poll]
        ).fetchone()
        if not row:
            return None
        number, form, phase, key_spki, rev_allowed, opens, closes, shown = row
        return Poll(number, form, phase, key_spki, rev_allowed, opens, closes, json.loads(shown))

    def form(self, digest: str) -> bytes | None:
        row = self._to.execute("SELECT body FROM form WHERE digest = %s", [digest]).fetchone()
        return row[0] if row else None

    def _between(self, first: bytes, last: bytes) -> list[bytes]:
        rows = self._to.execute("SELECT id FROM poll WHERE id BETWEEN %s AND %s LIMIT 2", [first, last])
        return [poll for (poll,) in rows]

    def holds(self, poll: bytes, beginning: bytes) -> bool:
        asked = "SELECT 1 FROM {} WHERE poll = %(poll)s AND substr(leaf, 1, %(size)s) = %(beginning)s"
        both = f"{asked.format('ballot')} UNION ALL {asked.format('closed')} LIMIT 1"
        found = self._to.execute(both, {"poll": poll, "size": len(beginning), "beginning": beginning})
        return found.fetchone() is not None

    # ---- for copies ----

    @contextmanager
    def reading(self) -> Iterator[None]:
        with self._to.transaction():
            self._to.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield

    def rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        with self._to.cursor(name="rows") as cursor:
            cursor.itersize = 5000
            for row in cursor.execute(f"SELECT * FROM {table} ORDER BY {KEYS[table]}"):
                yield tuple(one.isoformat() if isinstance(one, date) else one for one in row)

    def _refill(self, tables: Mapping[str, Iterable[Sequence[Any]]]) -> None:
        self._to.execute(f"TRUNCATE {', '.join(KEYS)}")
        for table in KEYS:
            with self._to.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
                for row in tables.get(table, ()):
                    copy.write_row(row)

    # ---- of a batch ----

    def _rules(self, polls: Sequence[bytes]) -> Rules:
        rows = self._to.execute("SELECT id, phase, rev_allowed FROM poll WHERE id = ANY(%s)", [list(polls)])
        return {poll: (phase, rev_allowed) for poll, phase, rev_allowed in rows}

    def _slips(self, keys: Sequence[Key]) -> set[Key]:
        rows = self._to.execute(
            "SELECT poll, hash FROM slip JOIN unnest(%s::bytea[], %s::bytea[]) AS asked (poll, hash)"
            " USING (poll, hash)", _apart(keys)
        )  # fmt: skip
        return {(poll, found) for poll, found in rows}

    def _kept(self, keys: Sequence[Key]) -> dict[Key, Kept]:
        rows = self._to.execute(
            "SELECT poll, cred, leaf, rev, answers, comment FROM ballot"
            " JOIN unnest(%s::bytea[], %s::bytea[]) AS asked (poll, cred) USING (poll, cred)", _apart(keys)
        )  # fmt: skip
        return {(row[0], row[1]): Kept(*row[2:]) for row in rows}

    def _write(self, casts: Sequence[Cast]) -> None:
        columns = [
            list(column) for column in zip(*((cast.ballot.poll, *columns_of(cast)) for cast in casts), strict=True)
        ]
        self._to.execute(
            "INSERT INTO ballot SELECT * FROM unnest(%s::bytea[], %s::smallint[], %s::bytea[], %s::smallint[],"
            " %s::text[], %s::text[], %s::bytea[], %s::bytea[])"
            " ON CONFLICT (poll, cred) DO UPDATE SET kind = excluded.kind, rev = excluded.rev,"
            " answers = excluded.answers, comment = excluded.comment, proof = excluded.proof, leaf = excluded.leaf",
            columns,
        )


def _log_remains(why_zh: str, why_en: str) -> Text:
    return Text(
        f"PostgreSQL的预写日志仍按投票先后保存选票：{why_zh}",
        f"PostgreSQL's write-ahead log still holds ballots in the order of casting: {why_en}",
    )


def _apart(keys: Sequence[Key]) -> list[list[bytes]]:
    return [[poll for poll, _ in keys], [one for _, one in keys]]
