"""What the casting host writes, whatever is asked of it and whatever breaks: nobody's address or words, no minute."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from baolei.programme.ballot.ballot import receipt
from urns import A_poll, Running, Urn, a_host, an_urn, sql

pytestmark = pytest.mark.stores

RAISES = """
from baolei.urn import host
answered = host.Host._answered
async def _answered(self, scope, receive):
    if scope["path"] == "/b/breaks":
        raise ValueError("江晚舟 at 203.0.113.7 cast 1203- " + str(scope))
    return await answered(self, scope, receive)
host.Host._answered = _answered
"""
"""A host with a fault in it, whose words hold everything about whoever asks."""


@pytest.fixture
def urn(tmp_path: Path) -> Iterator[Urn]:
    with an_urn(tmp_path / "urn") as one:
        yield one


def raw(host: Running, said: bytes, *, reset: bool = False) -> None:
    """Say bytes that need not be HTTP, and hear what comes; `reset` breaks the line off at once."""
    with socket.create_connection(("127.0.0.1", host.port), timeout=20) as line, suppress(OSError):
        line.sendall(said)
        if reset:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        line.shutdown(socket.SHUT_WR)
        while line.recv(65536):
            pass


def ask_everything(urn: Urn, host: Running, poll: A_poll) -> list[str]:
    """Good, bad and breaking requests, each of them with something personal in it: the receipts that were given."""
    who = {"User_Agent": "Yurt/1", "X_Forwarded_For": "203.0.113.7", "Cookie": "who=jiang", "Referer": "http://jiang/"}
    given = []
    for slip in (0, 0, 1):
        status, said, _ = host.asked("POST", "/b/cast", json.dumps(poll.body(slip, comment="说好")).encode(), **who)
        assert status == 200
        given.append(said["receipt"])
    assert host.asked("GET", f"/b/receipt/{poll.id.hex()}/{given[0]}", **who)[0] == 200
    for path in (
        "/b/jiang",
        "/b/%ff%fe",
        "/b/poll/%e6%b1%9f",
        "/b/" + "jiang" * 2000,
        f"/b/poll/{poll.id.hex()}?who=jiang",
    ):
        host.asked("GET", path, **who)
    for body in (b"{", b"\xff", json.dumps({**poll.body(2), "jiang": 1}).encode(), b"x" * 20000):
        host.asked("POST", "/b/cast", body, **who)
    head = b"POST /b/cast HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.7\r\nContent-Length: 900\r\n\r\n{jiang"
    raw(host, head)
    raw(host, head, reset=True)
    raw(host, b"GET /b/ HTTP/1.1\r\nHost: x\r\n\r\n", reset=True)
    raw(host, b"\x16\x03\x01 jiang 203.0.113.7\r\n\r\n")
    raw(host, b"GET / HTTP/9.9\r\nHost jiang\r\n\r\n")
    raw(host, b"POST /b/cast HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\njiang\r\n")
    raw(host, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    raw(host, b"GET /b/ HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              b"Sec-WebSocket-Key: amlhbmdqaWFuZ2ppYW5nag==\r\nSec-WebSocket-Version: 13\r\n\r\n")  # fmt: skip
    assert host.asked("GET", "/b/breaks", **who)[0] == 500
    return given


def store_fails(urn: Urn, host: Running, poll: A_poll) -> None:
    """The store refuses ballots in words that hold them, is not there, and drops its lines."""
    to = urn.store._to  # type: ignore[attr-defined]
    if isinstance(urn.place, Path):
        to.execute("CREATE TRIGGER no BEFORE INSERT ON ballot BEGIN SELECT RAISE(ABORT, '1203- of jiang'); END")
    else:
        to.execute("ALTER TABLE ballot ADD CONSTRAINT no CHECK (answers = '') NOT VALID")
    assert host.cast(poll.body(3))[0] == 503
    to.execute("DROP TRIGGER no" if isinstance(urn.place, Path) else "ALTER TABLE ballot DROP CONSTRAINT no")
    to.execute("ALTER TABLE poll RENAME TO elsewhere")
    time.sleep(3.5)  # polls are known for three seconds
    assert host.cast(poll.body(3))[0] == 503
    assert host.asked("GET", f"/b/poll/{poll.id.hex()}")[0] == 503
    to.execute("ALTER TABLE elsewhere RENAME TO poll")
    if not isinstance(urn.place, Path):
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        sql(urn.store, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
        host.cast(poll.body(3))


def written(host: Running) -> list[str]:
    """All that it wrote but its own address, which it says once."""
    lines = host.said.read_text().splitlines()
    lines.remove(f"http://127.0.0.1:{host.port}/b/")
    return lines


def test_nothing_that_is_written_tells_of_anybody_or_of_a_minute(urn: Urn) -> None:
    poll = urn.polled(slips=6)
    with a_host(urn, altered=RAISES) as host:
        given = ask_everything(urn, host, poll)
        store_fails(urn, host, poll)
        assert host.cast(poll.body(4))[0] == 200, "it goes on by itself"
        given.append(receipt(poll.cast(4).leaf))
    lines = written(host)
    hours = {time.strftime("urn: %Y-%m-%d %Hh", time.localtime(time.time() - ago)) for ago in (0, 600)}
    ours = [line for line in lines if line.startswith("urn: ")]
    assert {" ".join(line.split()[:3]) for line in ours} <= hours
    assert any("ValueError" in line for line in ours), "its own fault is said, without its words"
    assert len(ours) >= 3
    personal = ["127.0.0.1", "203.0.113", "Yurt", "jiang", "江晚舟", "说好", "1203-", poll.id.hex(), *given]
    personal += [str(poll.body(slip)["slip"]) for slip in range(6)] + [poll.cast(slip).leaf.hex() for slip in range(6)]
    assert [one for one in personal if one in "\n".join(lines)] == []
    assert re.findall(r"\d\d:\d\d|\d{9,}\.?", "\n".join(lines)) == [], "no minute, and no seconds since whenever"


def test_a_process_that_is_killed_and_started_again_tells_no_more(urn: Urn) -> None:
    """On PostgreSQL one of two processes dies; on SQLite there is one, and another takes its place."""
    poll = urn.polled()
    with a_host(urn, *([] if isinstance(urn.place, Path) else ["--workers", "2"])) as host:
        assert host.cast(poll.body())[0] == 200
        os.kill(host.family()[-1], signal.SIGKILL)
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                if host.cast(poll.body(1))[0] == 200:
                    break
            except OSError:
                time.sleep(0.2)
        assert urn.counted(poll) == 2
    assert re.findall(r"\d\d:\d\d|127\.0\.0\.1|1203-", "\n".join(written(host))) == []
