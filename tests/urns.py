"""An urn of its own for a test, on the kind of store this run is about, and its host as people start it."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from baolei.programme.ballot.ballot import SLIP, Ballot, base32, slip_hash
from baolei.programme.proof import canonical
from baolei.urn.environment import open_urn, urn_place
from baolei.urn.store import CAST, CLOSED, ISSUE, PHASES, SET_UP, Cast, Poll, Store

FORM = canonical({"questions": ["a", "b", "c", "d", "e"], "grades": ["1", "2", "3"], "comments": True})


class Urn:
    """Where an urn is, and its store as the house opens it."""

    def __init__(self, url: str, home: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("BAOLEI_", "DJANGO_"))}
        self.environ = {**kept, "BAOLEI_HOME": str(home), "BAOLEI_URN_URL": url}
        self.store: Store = self.opened()
        self.store.prepare()

    @property
    def place(self) -> Any:
        return urn_place(self.environ)

    def opened(self) -> Store:
        """Another connection to it."""
        return open_urn(self.place)

    def polled(self, *, slips: int = 3, phase: str = CAST, rev_allowed: bool = False, form: bytes = FORM) -> A_poll:
        """A poll of so many slips in a phase before sealing."""
        (digest,) = self.store.put_forms([form])
        poll = A_poll(secrets.token_bytes(16), [secrets.token_bytes(20) for _ in range(slips)])
        self.store.put_polls([Poll(poll.id, digest, rev_allowed=rev_allowed)])
        self.store.put_slips([(poll.id, slip_hash(poll.id, one)) for one in poll.secrets])
        order = [SET_UP, ISSUE, CAST, CLOSED]
        for one in order[1 : order.index(phase) + 1]:
            self.store.set_phase([poll.id], one)
        return poll

    def counted(self, poll: A_poll) -> int:
        """How many ballots are in."""
        return self.store.counts([poll.id])[poll.id].cast


@dataclass
class A_poll:
    """A poll and the secrets of its slips, which nobody else keeps."""

    id: bytes
    secrets: list[bytes] = field(default_factory=list)

    def cast(self, slip: int = 0, answers: str = "1203-", rev: int = 0, comment: str = "") -> Cast:
        """A ballot by one of its slips."""
        secret = self.secrets[slip]
        return Cast(Ballot(SLIP, self.id, slip_hash(self.id, secret), rev, answers, comment), secret)

    def body(self, slip: int = 0, answers: str = "1203-", **more: object) -> dict[str, object]:
        """The same as the page sends it."""
        return {"poll": self.id.hex(), "slip": base32(self.secrets[slip]), "answers": answers, **more}


def sql(store: Store, query: str) -> list[tuple[Any, ...]]:
    """What the database itself says."""
    return list(store._to.execute(query))  # type: ignore[attr-defined]


@contextmanager
def an_urn(home: Path) -> Iterator[Urn]:
    """An urn without anything in it: SQLite in a folder, or a database of the server."""
    from django.conf import settings

    home.mkdir(exist_ok=True)
    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("postgresql"):
        urn = Urn("", home)
        yield urn
        urn.store.close()
        return
    import psycopg

    name = f"urn_{secrets.token_hex(4)}"
    where = {"host": database["HOST"], "user": database["USER"], "port": database["PORT"] or None}
    with psycopg.connect(dbname="postgres", autocommit=True, **where) as server:
        server.execute(f"CREATE DATABASE {name}")
    host, port = quote(database["HOST"], safe=""), database["PORT"] or 5432
    try:
        urn = Urn(f"postgresql://{quote(database['USER'])}@{host}:{port}/{name}", home)
        yield urn
        urn.store.close()
    finally:
        with psycopg.connect(dbname="postgres", autocommit=True, **where) as server:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


# ---- its host ----


class Running:
    """A casting host in a process of its own. `altered` is Python that is run before it, for hosts that fail."""

    def __init__(self, urn: Urn, *command: str, altered: str = "") -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        program = f"{altered}\nimport sys\nfrom baolei.cli.main import main\nsys.exit(main(sys.argv[1:]))"
        call = [sys.executable, "-c", program, "urn", "--port", str(self.port), *command]
        self.said = Path(urn.environ["BAOLEI_HOME"]) / f"said-{self.port}"
        with self.said.open("w") as out:
            self.process = subprocess.Popen(call, env=urn.environ, stdout=out, stderr=out, start_new_session=True)
        self._wait()

    def _wait(self) -> None:
        for _attempt in range(600):
            try:
                self.asked("GET", "/b/nothing")
                return
            except OSError:
                assert self.process.poll() is None, self.said.read_text()
                time.sleep(0.1)
        raise AssertionError("the host did not start: " + self.said.read_text())

    def asked(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, Any, dict[str, str]]:
        """Status, what was answered (JSON where it is), and the headers by their small names."""
        to = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            to.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            answer = to.getresponse()
            said, found = answer.read(), {name.lower(): value for name, value in answer.getheaders()}
        finally:
            to.close()
        kind = found.get("content-type", "")
        return answer.status, json.loads(said) if kind == "application/json" and said else said, found

    def cast(self, body: object) -> tuple[int, Any]:
        """Cast a ballot: status and answer."""
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.asked("POST", "/b/cast", sent)[:2]

    def kill(self) -> None:
        """kill -9 for all its processes, wherever they happen to be."""
        for pid in self.family():
            os.kill(pid, signal.SIGKILL)
        self.process.wait(20)

    def family(self) -> list[int]:
        """Its processes: the one that watches, and those that answer."""
        pids = [self.process.pid]
        for pid in pids:
            for task in Path(f"/proc/{pid}/task").iterdir():
                pids += [int(child) for child in (task / "children").read_text().split()]
        return pids


@contextmanager
def a_host(urn: Urn, *command: str, altered: str = "") -> Iterator[Running]:
    """A host while something is asked of it."""
    one = Running(urn, *command, altered=altered)
    try:
        yield one
    finally:
        if one.process.poll() is None:
            one.process.terminate()
            try:
                one.process.wait(20)
            except subprocess.TimeoutExpired:
                one.process.kill()


__all__ = ["FORM", "PHASES", "A_poll", "Running", "Urn", "a_host", "an_urn", "sql"]
