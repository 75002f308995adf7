"""Ballots cast into a host of its own process: how many a second at most, and how long one waits at a given rate.

The generator stands on the same machine and is open-loop: at the given rate ballots are due by the clock, whether or
not the ones before are answered, and each waits from the moment it was due. Runs on PostgreSQL under
`tools/postgres.py --durable`, else on a SQLite file. Every acknowledged ballot is looked for in the urn afterwards.
In the same run and on the same store: bare INSERTs of such rows, one in each transaction.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bare
import electors
import measure
from electors import APoll

from baolei.programme.ballot.ballot import SLIP, TOKEN
from baolei.programme.proof import canonical
from baolei.urn.environment import open_urn, urn_place
from baolei.urn.store import CAST, ISSUE, Poll, Store

POLLS, PEAK = 100, 300
"""PEAK: ballots a second when a whole region casts."""
LINES = 64
"""Connections, kept alive."""
AT_MOST = 10.0
"""Seconds of the runs beside the long one, and of each peer."""
BY_SLIP, BY_TOKEN = 12_000, 3_000
"""Ballots a second that are made for the fastest run: more than the host can take on two processors."""
FASTEST = "as fast as answered"
FORM = canonical(
    {"questions": [f"q{one}" for one in range(electors.QUESTIONS)], "grades": list("1234"), "comments": False}
)


def options() -> argparse.ArgumentParser:
    """What can be asked of it."""
    found = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    found.add_argument("--rounds", type=int, default=1, help="how often all is measured")
    found.add_argument("--seconds", type=float, default=10, help="how long the rate is kept up")
    found.add_argument("--rate", type=float, default=500, help="ballots a second that are due")
    found.add_argument("--tokens", type=float, default=0.5, help="share of the ballots that are cast by token")
    found.add_argument("--workers", type=int, default=1, help="processes of the host (PostgreSQL)")
    found.add_argument("--json", action="store_true")
    return found


def main() -> int:
    """Print the tables; 1 when an acknowledged ballot is missing, or one was not taken."""
    said = options().parse_args()
    rows, peers = [], []
    with tempfile.TemporaryDirectory() as home, an_urn(Path(home)) as url:
        bench = Bench(Path(home), url, said.tokens, said.workers)
        short = min(said.seconds, AT_MOST)
        for _ in range(said.rounds):
            most, *given = (bench.cast(*one) for one in ((None, short), (PEAK, short), (said.rate, said.seconds)))
            rows += [most, *given]
            peers += bench.bare(short, most["a second"])
        notes = bench.notes()
    measure.show("ballots cast", rows, notes, said.json)
    kind = {"rows as of": "tokens" if bench.kind == TOKEN else "slips"}
    measure.show("bare INSERT of such rows, one in each transaction", peers, kind, said.json)
    return 1 if bench.missing or any(row["refused"] for row in rows) else 0


class Bench:
    """An urn with polls in a folder, into which ballots are cast."""

    def __init__(self, home: Path, url: str, tokens: float, workers: int) -> None:
        self._home, self._url, self._tokens, self._workers = home, url, tokens, workers
        self._environ = {**os.environ, "BAOLEI_HOME": str(home), "BAOLEI_URN_URL": url}
        self._store = open_urn(urn_place(self._environ))
        self._store.prepare()
        took, self._polls = measure.timed(electors.polls, POLLS)
        self._seconds_made, self.missing = took, 0
        _open_for_casting(self._store, self._polls)
        self.kind = TOKEN if tokens >= 0.5 else SLIP

    def cast(self, rate: float | None, seconds: float) -> dict[str, Any]:
        """Cast for so long, by the clock at the rate, or as fast as all lines are answered."""
        a_second = rate or BY_TOKEN * self._tokens + BY_SLIP * (1 - self._tokens)
        requests = self._made(int(seconds * a_second))
        before = self._in()
        with host(self._environ, self._workers) as (port, pid):
            row = asyncio.run(_run(port, pid, requests, seconds, rate))
        self.missing += row["cast"] - (self._in() - before)
        return row

    def _made(self, number: int) -> list[bytes]:
        """So many requests; their slips are put into the urn."""
        took, made = measure.timed(electors.ready, self._polls, number, self._tokens)
        self._seconds_made += took
        self._store.put_slips(one.slip for one in made if one.slip)
        return [one.request for one in made]

    def bare(self, seconds: float, most: float) -> list[dict[str, object]]:
        """What the database does with nobody in front of it, beside `most` ballots a second."""
        if self._url.startswith("sqlite"):
            by, found = "sqlite3", bare.in_sqlite(self._home, self.kind, electors.QUESTIONS, seconds)
        else:
            by, found = "pgbench", bare.in_postgres(self._url, self.kind, POLLS, electors.QUESTIONS, seconds)
        return [{"by": by, "clients": clients, "a second": inserts, "ballots cast for each": most / inserts}
                for clients, inserts in found]  # fmt: skip

    def notes(self) -> dict[str, object]:
        """In what circumstances all this was measured."""
        return {
            "store": self._url.partition(":")[0],
            "unsafe": "; ".join(self._store.unsafe()) or "nothing",
            "8 kB written to the disk a second": measure.written(self._home),
            "host processes": self._workers,
            "lines": LINES,
            "share by token": self._tokens,
            "seconds to make polls and ballots": self._seconds_made,
            "acknowledged and missing": self.missing,
            "nice": os.nice(0),
            "load of the machine": os.getloadavg()[0],
        }

    def _in(self) -> int:
        return sum(one.cast for one in self._store.counts([poll.id for poll in self._polls]).values())


def _open_for_casting(store: Store, polls: list[APoll]) -> None:
    (digest,) = store.put_forms([FORM])
    store.put_polls(Poll(poll.id, digest, key_spki=poll.spki) for poll in polls)
    for phase in (ISSUE, CAST):
        store.set_phase([poll.id for poll in polls], phase)


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
def host(environ: dict[str, str], workers: int) -> Iterator[tuple[int, int]]:
    """A casting host that answers: its port, and the number of its first process."""
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
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(20)


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


async def _run(port: int, pid: int, requests: list[bytes], seconds: float, rate: float | None) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    lines = [(await loop.create_connection(Line, "127.0.0.1", port))[1] for _ in range(LINES)]
    waited: list[float] = []
    statuses: list[int] = []
    begun, used, theirs = loop.time(), time.process_time(), measure.worked(pid)
    due = enumerate(requests)

    async def one_line(line: Line) -> None:
        for place, request in due:
            at = begun + place / rate if rate else loop.time()
            if at - begun > seconds:
                return
            if at > loop.time():
                await asyncio.sleep(at - loop.time())
            statuses.append(await line.ask(request))
            waited.append(loop.time() - at)

    await asyncio.gather(*map(one_line, lines))
    took = loop.time() - begun
    used, theirs = time.process_time() - used, measure.worked(pid) - theirs
    waited.sort()
    taken = statuses.count(200)
    return {
        "due a second": rate or FASTEST, "cast": taken, "seconds": took, "a second": taken / took,
        "p50 ms": 1000 * waited[len(waited) // 2], "p99 ms": 1000 * waited[int(0.99 * (len(waited) - 1))],
        "max ms": 1000 * waited[-1], "refused": len(statuses) - taken, "host MiB": measure.held(pid),
        "host CPU": theirs / took, "generator CPU": used / took,
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
