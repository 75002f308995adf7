"""A house of its own for a test: a folder, a store of the kind this run is about, the commands run as people run them.

Unlike the test database it is real to the last byte: files on a disk or a database of a server, seen by any process.
"""

from __future__ import annotations

import atexit
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote


class House:
    """A folder and the address of its store."""

    def __init__(self, home: Path, address: str) -> None:
        self.home = home
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("BAOLEI_", "DJANGO_"))}
        self.environ = {**kept, "BAOLEI_HOME": str(home), "BAOLEI_DATABASE_URL": address}

    @property
    def store(self) -> str:
        """The name of its database on the server."""
        return self.environ["BAOLEI_DATABASE_URL"].rpartition("/")[2]

    def ran(self, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """`baolei COMMAND`, to its end."""
        return subprocess.run(
            [sys.executable, "-m", "baolei.cli.main", *command], env={**self.environ, **environ}, cwd=self.home.parent,
            capture_output=True, text=True, check=False, timeout=120, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def said(self, *command: str) -> str:
        """What it printed; it must have done what it was asked."""
        done = self.ran(*command)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def told(self, *command: str) -> Any:
        """The same of a command with --json."""
        return json.loads(self.said(*command, "--json"))

    def does(self, program: str) -> str:
        """What a piece of Python prints that uses the models of this house."""
        begun = "from baolei.cli.house import open_house; open_house()\n"
        done = subprocess.run(
            [sys.executable, "-c", begun + program], env=self.environ, capture_output=True, text=True, check=False,
            timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def a_ready_house(home: Path) -> Iterator[House]:
    """A house on whose store every step was taken: a copy of one that was made ready once in this process."""
    with a_house(home, like=_ready()) as one:
        yield one


@cache
def _ready() -> House:
    kept = ExitStack()
    atexit.register(kept.close)
    folder = kept.enter_context(tempfile.TemporaryDirectory(prefix="baolei-house-"))
    one = kept.enter_context(a_house(Path(folder) / "home"))
    one.said("migrate")
    return one


@contextmanager
def a_house(home: Path, like: House | None = None) -> Iterator[House]:
    """A house without anything in it, or a copy of another: SQLite in its folder, or a database of the server."""
    from django.conf import settings

    if like:
        shutil.copytree(like.home, home)
    else:
        home.mkdir()
    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("postgresql"):
        yield House(home, "")
        return
    import psycopg

    name = f"house_{secrets.token_hex(4)}"
    where = {"host": database["HOST"], "user": database["USER"], "port": database["PORT"] or None}
    with psycopg.connect(dbname="postgres", autocommit=True, **where) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {like.store if like else 'template1'}")
    host, port = quote(database["HOST"], safe=""), database["PORT"] or 5432
    try:
        yield House(home, f"postgresql://{quote(database['USER'])}@{host}:{port}/{name}")
    finally:
        with psycopg.connect(dbname="postgres", autocommit=True, **where) as server:
            left = server.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{name}%"]).fetchall()
            for (one,) in left:
                server.execute(f'DROP DATABASE "{one}" WITH (FORCE)')
