"""The least a database can do to keep ballots: the same rows, one INSERT in each transaction, with nobody checking."""

from __future__ import annotations

import re
import secrets
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

sys.path.append(str(Path(__file__).resolve().parent.parent / "tools"))

import postgres

from baolei.programme.ballot.credentials import PROOF_BYTES
from baolei.urn.sqlite import SqliteStore

CLIENTS = (1, 8, 64)
TABLE = "CREATE TABLE bare (LIKE ballot INCLUDING ALL)"
BY_PGBENCH = """
\\set poll random(1, {polls})
\\set cred random(1, 9000000000000000000)
\\set leaf random(1, 9000000000000000000)
INSERT INTO bare VALUES (substr(sha256(int8send(:poll)), 1, 16), {kind}, sha256(int8send(:cred)), 0, '{answers}', '',
  decode('{proof}', 'hex'), sha256(int8send(:leaf)));
"""


def in_postgres(url: str, kind: int, polls: int, questions: int, seconds: float) -> list[tuple[int, float]]:
    """By pgbench with prepared statements into a table with the columns and the key of the urn's: clients, and
    transactions a second.
    """
    with psycopg.connect(url, autocommit=True) as to:
        to.execute(TABLE)
        script = BY_PGBENCH.format(polls=polls, kind=kind, answers="1203-" * (questions // 5) + "1" * (questions % 5),
                                   proof=secrets.token_hex(PROOF_BYTES[kind]))  # fmt: skip
        found = [(clients, _by_pgbench(url, script, clients, seconds)) for clients in CLIENTS]
        to.execute("DROP TABLE bare")
    return found


def _by_pgbench(url: str, script: str, clients: int, seconds: float) -> float:
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        call = [postgres.programs() / "pgbench", "-n", "-M", "prepared", "-f", file.name, "-c", str(clients), "-j",
                str(min(clients, 2)), "-T", str(max(1, round(seconds))), url]  # fmt: skip
        said = subprocess.run(call, capture_output=True, text=True, check=True).stdout
    found = re.search(r"tps = ([\d.]+) \(without", said)
    if not found:
        raise RuntimeError(said)
    return float(found[1])


def in_sqlite(folder: Path, kind: int, questions: int, seconds: float) -> list[tuple[int, float]]:
    """By one connection in the urn's own settings (WAL, synchronous=FULL) into a file beside it: the same figures."""
    store = SqliteStore(folder / "bare.sqlite3")
    store.prepare()
    to, number, begun = store._to, 0, time.perf_counter()
    while time.perf_counter() - begun < seconds:
        _one(to, kind, questions)
        number += 1
    took = time.perf_counter() - begun
    store.close()
    return [(1, number / took)]


def _one(to: sqlite3.Connection, kind: int, questions: int) -> None:
    poll, cred, leaf = secrets.token_bytes(16), secrets.token_bytes(32), secrets.token_bytes(32)
    row = (poll, kind, cred, 0, "1" * questions, "", secrets.token_bytes(PROOF_BYTES[kind]), leaf)
    to.execute("BEGIN IMMEDIATE")
    to.execute("INSERT INTO ballot VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    to.execute("COMMIT")
