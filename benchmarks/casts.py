"""Ballots cast into a host of its own process: how many a second at most, and how long one waits at a given rate.

The generator stands on the same machine and is open-loop: at the given rate ballots are due by the clock, whether or
not the ones before are answered, and each waits from the moment it was due. Runs on PostgreSQL under
`tools/postgres.py --durable`, else on a SQLite file. Every acknowledged ballot is looked for in the urn afterwards.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import measure

from baolei.programme.ballot.ballot import base32, slip_hash
from baolei.programme.proof import canonical
from baolei.urn.environment import open_urn, urn_place
from baolei.urn.store import CAST, ISSUE, Poll, Store

QUESTIONS, GRADES, POLLS = 26, 4, 400
LINES = 64
"""Connections, kept alive."""
FORM = canonical({"questions": [f"q{one}" for one in range(QUESTIONS)], "grades": list("1234"), "comments": False})


def main() -> int:
    """Print the table; 1 when an acknowledged ballot is missing, or one was not taken."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=1, help="how often both are measured")
    options.add_argument("--seconds", type=float, default=10)
    options.add_argument("--rate", type=float, default=300, help="ballots a second that are due")
    options.add_argument("--workers", type=int, default=1, help="processes of the host (PostgreSQL)")
    options.add_argument("--json", action="store_true")
    said = options.parse_args()
    rows, missing = [], 0
    with tempfile.TemporaryDirectory() as home, an_urn(Path(home)) as url:
        environ = {**os.environ, "BAOLEI_HOME": home, "BAOLEI_URN_URL": url}
        store = open_urn(urn_place(environ))
        store.prepare()
        polls = _polls(store)
        for _ in range(said.rounds):
            for rate in (None, said.rate):
                bodies = _bodies(store, polls, int(said.seconds * (rate or 12_000)))
                with host(environ, said.workers) as port:
                    before = _in(store, polls)
                    row, taken = asyncio.run(_run(port, bodies, said.seconds, rate))
                rows.append(row)
                missing += taken - (_in(store, polls) - before)
        notes = {"store": url.partition(":")[0], "host processes": said.workers, "lines": LINES, "nice": os.nice(0),
                 "load of the machine": os.getloadavg()[0], "acknowledged and missing": missing,
                 "unsafe": "; ".join(store.unsafe()) or "nothing"}  # fmt: skip
        measure.show("ballots cast", rows, notes, said.json)
        store.close()
    return 1 if missing or any(row["refused"] for row in rows) else 0


@contextmanager
def an_urn(home: Path) -> Iterator[str]:
    """The address of an empty urn: a database of the server of BAOLEI_DATABASE_URL, else a file."""
    server = os.environ.get("BAOLEI_DATABASE_URL", "")
    if not server.startswith("postgres"):
        yield f"sqlite:///{home}/urn.sqlite3"
        return
    import psycopg

    name = f"urn_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as to:
        to.execute(f"CREATE DATABASE {name}")
        yield server.rpartition("/")[0] + f"/{name}"
        to.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def host(environ: dict[str, str], workers: int) -> Iterator[int]:
    """The port of a casting host that answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    call = [sys.executable, "-m", "baolei.cli.main", "urn", "--port", str(port), "--workers", str(workers)]
    process = subprocess.Popen(call, env=environ, stdout=subprocess.DEVNULL)
    try:
        while process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


# ---- what is cast ----


def _polls(store: Store) -> list[bytes]:
    (digest,) = store.put_forms([FORM])
    polls = [secrets.token_bytes(16) for _ in range(POLLS)]
    store.put_polls(Poll(one, digest) for one in polls)
    for phase in (ISSUE, CAST):
        store.set_phase(polls, phase)
    return polls


def _bodies(store: Store, polls: list[bytes], number: int) -> list[bytes]:
    """So many requests, each with a slip of its own that is put into the urn."""
    slips = [(random.choice(polls), secrets.token_bytes(20)) for _ in range(number)]
    store.put_slips((poll, slip_hash(poll, secret)) for poll, secret in slips)
    signs = "01234-"
    return [_request(poll, secret, "1" + "".join(random.choices(signs, k=QUESTIONS - 1))) for poll, secret in slips]


def _request(poll: bytes, secret: bytes, answers: str) -> bytes:
    body = json.dumps({"poll": poll.hex(), "slip": base32(secret), "token": None, "rev": 0, "answers": answers,
                       "comment": ""}).encode()  # fmt: skip
    return b"POST /b/cast HTTP/1.1\r\nHost: urn\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


def _in(store: Store, polls: list[bytes]) -> int:
    return sum(one.cast for one in store.counts(polls).values())


# ---- the generator ----


class Line(asyncio.Protocol):
    """A connection on which one request after another is answered with its status."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._to = transport
        self._had = b""
        self._answer: asyncio.Future[int] | None = None

    def ask(self, request: bytes) -> asyncio.Future[int]:
        self._answer = asyncio.get_running_loop().create_future()
        self._to.write(request)  # type: ignore[attr-defined]
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._had += data
        head, found, body = self._had.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(body) >= length and self._answer:
            self._had = b""
            self._answer.set_result(int(head[9:12]))

    def connection_lost(self, error: Exception | None) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_result(0)


async def _run(port: int, bodies: list[bytes], seconds: float, rate: float | None) -> tuple[dict[str, object], int]:
    """Cast for so long, by the clock at the rate, or as fast as all lines are answered."""
    loop = asyncio.get_running_loop()
    lines = [(await loop.create_connection(Line, "127.0.0.1", port))[1] for _ in range(LINES)]
    waited: list[float] = []
    statuses: list[int] = []
    begun = loop.time()
    due = enumerate(bodies)

    async def one_line(line: Line) -> None:
        for place, body in due:
            at = begun + place / rate if rate else loop.time()
            if at - begun > seconds:
                return
            if at > loop.time():
                await asyncio.sleep(at - loop.time())
            statuses.append(await line.ask(body))
            waited.append(loop.time() - at)

    await asyncio.gather(*map(one_line, lines))
    took = loop.time() - begun
    waited.sort()
    taken = statuses.count(200)
    row = {"due a second": rate or "as fast as answered", "cast": taken, "seconds": took, "a second": taken / took,
           "p50 ms": 1000 * waited[len(waited) // 2], "p99 ms": 1000 * waited[int(0.99 * (len(waited) - 1))],
           "max ms": 1000 * waited[-1], "refused": len(statuses) - taken}  # fmt: skip
    return row, taken


if __name__ == "__main__":
    sys.exit(main())
