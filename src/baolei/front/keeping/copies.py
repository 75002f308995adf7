"""Copies of a store: taken while people work, put into a trial place to be looked at, and put in place of the first."""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.utils import Error as DatabaseError

from baolei.front.keeping.stores import trial
from baolei.programme.refusals import Refusal

_OURS = ("--no-owner", "--no-privileges")
"""Whoever restores owns what was restored."""


class CannotCopy(Refusal):
    """The store cannot be copied or put in place: a program or a right is missing; says which."""


class Copies(ABC):
    """How the copies of one kind of store are made and used. What is not kept is cleared away, whatever happens."""

    @abstractmethod
    def take(self, file: Path) -> None:
        """Write the whole store as it stands at one moment to a new file."""

    @abstractmethod
    def tried(self, file: Path, place: Path) -> Any:
        """A context: the copy put up as the store TRIAL (its connection), in the folder `place` where it is a file."""

    @abstractmethod
    def put_in_place(self, stamp: str) -> str:
        """Make the store that was tried the one in use; where the one before is kept now. All or nothing."""


class SqliteCopies(Copies):
    """A file; copied by SQLite itself, page by page, while others write."""

    def __init__(self) -> None:
        self.file = Path(connections.settings[DEFAULT_DB_ALIAS]["NAME"])
        self._tried: Path | None = None

    def take(self, file: Path) -> None:
        """By the online backup of SQLite: one moment, nobody waits. The copy is one file, without a log beside it."""
        connections[DEFAULT_DB_ALIAS].ensure_connection()
        with closing(sqlite3.connect(file)) as copy:
            connections[DEFAULT_DB_ALIAS].connection.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")

    @contextmanager
    def tried(self, file: Path, place: Path) -> Iterator[Any]:
        """A second file beside; when it is put in place meanwhile, it is no longer there to be cleared away."""
        self._tried = place / f"{self.file.name}.{secrets.token_hex(4)}.trial"
        try:
            shutil.copyfile(file, self._tried)
            with trial({"NAME": self._tried}) as connection:
                with connection.cursor() as cursor:
                    cursor.execute("PRAGMA integrity_check")
                    if (said := cursor.fetchone()[0]) != "ok":
                        raise CannotCopy(f"the copy of the database is damaged: {said}")
                yield connection
        finally:
            for name in _with_log(self._tried):
                name.unlink(missing_ok=True)

    def put_in_place(self, stamp: str) -> str:
        """Rename: the old file and its log aside, then the new one to its name."""
        assert self._tried
        connections.close_all()
        aside = self.file.with_name(f"{self.file.name}.before-{stamp}")
        moves = [(old, kept) for old, kept in zip(_with_log(self.file), _with_log(aside), strict=True) if old.exists()]
        for old, kept in moves:
            old.rename(kept)
        try:
            self._tried.rename(self.file)
        except OSError:
            for old, kept in moves:
                kept.rename(old)
            raise
        return str(aside)


class PostgresCopies(Copies):
    """A database of a server; copied by pg_dump, tried in a second database beside the first."""

    def __init__(self) -> None:
        self.settings = connections.settings[DEFAULT_DB_ALIAS]
        self.name = str(self.settings["NAME"])
        self._tried = ""

    def take(self, file: Path) -> None:
        """In PostgreSQL's own archive format: one moment, nobody waits."""
        self._run("pg_dump", "--format=custom", *_OURS, f"--file={file}", f"--dbname={self.name}")

    @contextmanager
    def tried(self, file: Path, place: Path) -> Iterator[Any]:
        """A second database, of the same encoding and order of letters; dropped afterwards unless put in place."""
        self._tried = f"{self.name[:40]}_trial_{secrets.token_hex(4)}"
        self._make(self._tried)
        try:
            self._run("pg_restore", *_OURS, "--exit-on-error", f"--dbname={self._tried}", str(file))
            with trial({"NAME": self._tried}) as connection:
                yield connection
        finally:
            # Not by FORCE: that is refused to a role that rules nobody while the server's own vacuum looks in there.
            self._tell(f'DROP DATABASE IF EXISTS "{self._tried}"')

    def put_in_place(self, stamp: str) -> str:
        """Rename both databases in one transaction of the server."""
        connections.close_all()
        aside = f"{self.name[:40]}_before_{stamp.lower().replace('-', '')}"
        self._tell(
            f'ALTER DATABASE "{self.name}" RENAME TO "{aside}"',
            f'ALTER DATABASE "{self._tried}" RENAME TO "{self.name}"',
        )
        return f"database {aside}"

    def _make(self, name: str) -> None:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(
                "SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database WHERE datname = %s",
                [self.name],
            )
            encoding, collate, ctype = cursor.fetchone()
        letters = f"ENCODING '{encoding}' LC_COLLATE '{collate}' LC_CTYPE '{ctype}'"
        self._tell(f'CREATE DATABASE "{name}" TEMPLATE template0 {letters}')

    def _tell(self, *statements: str) -> None:
        """Statements about databases, from outside of them; several are one transaction."""
        outside = connections[DEFAULT_DB_ALIAS].copy()
        outside.settings_dict["NAME"] = "postgres"
        try:
            with outside.cursor() as cursor:
                cursor.execute("; ".join(statements))
        except DatabaseError as error:
            raise CannotCopy(
                f"PostgreSQL refuses: {str(error).strip()}. A copy is proved in a database of its own beside this one: "
                f"the role needs CREATEDB and must own {self.name}, and nobody may be connected while it is replaced"
            ) from error
        finally:
            outside.close()

    def _run(self, program: str, *options: str) -> None:
        if not shutil.which(program):
            raise CannotCopy(f"{program} is not installed here: apt-get install postgresql-client")
        given = {
            "PGHOST": self.settings["HOST"], "PGPORT": str(self.settings["PORT"] or ""),
            "PGUSER": self.settings["USER"], "PGPASSWORD": self.settings["PASSWORD"],
        }  # fmt: skip
        environ = {**os.environ, **{name: value for name, value in given.items() if value}}
        done = subprocess.run([program, *options], env=environ, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CannotCopy(f"{program} failed: {done.stderr.strip()}")


def copies() -> Copies:
    """How the store in use is copied."""
    return PostgresCopies() if connections[DEFAULT_DB_ALIAS].vendor == "postgresql" else SqliteCopies()


def _with_log(file: Path) -> tuple[Path, Path, Path]:
    return file, file.with_name(file.name + "-wal"), file.with_name(file.name + "-shm")
