"""The database of the urn ended with kill -9 while ballots come in: the casting host finds it again by itself, and
every receipt it gave is in the urn, once.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from postgres import Server, a_server, end

from urns import Urn, a_host
from voters import Voters

pytestmark = pytest.mark.long
RUNS, LINES, SLIPS, PAUSE = 5, 8, 40_000, 0.01
BACK = 30
"""Seconds from the moment the database answers again until a ballot is taken, at most."""


@pytest.fixture
def server() -> Iterator[Server]:
    with a_server() as one:  # as people run it: what it acknowledges it keeps
        one.run("createdb", "urn")
        yield one


def kill_all(server: Server) -> None:
    """Whoever starts the others first: what goes on without it for a moment may still take a ballot."""
    for pid in server.family():
        end(pid)
    started_again(server)


def kill_the_first(server: Server) -> None:
    """The others see by themselves that it is gone, and end."""
    end(server.family()[0])
    started_again(server)


def kill_a_writer(server: Server) -> None:
    """One that serves the host: the server throws out all others, recovers and goes on."""
    with psycopg.connect(server.url()) as to:
        serving = to.execute("SELECT pid FROM pg_stat_activity WHERE datname = 'urn'").fetchall()
    assert serving, "nobody writes"
    for (pid,) in serving:
        end(pid)


def started_again(server: Server) -> None:
    """As a service would be: until it starts, for what is left of the one before has to be gone first."""
    until = time.monotonic() + 120
    while True:
        try:
            return server.start()
        except subprocess.CalledProcessError:
            assert time.monotonic() < until, (server.home / "log").read_text()
            time.sleep(0.5)


@pytest.mark.parametrize(
    ("kill", "workers"),
    [(kill_all, "1"), (kill_all, "2"), (kill_the_first, "1"), (kill_a_writer, "1")],
    ids=["all", "all, two processes of the host", "the first", "a writer"],
)
def test_no_acknowledged_ballot_is_lost_when_the_database_is_killed(
    server: Server, tmp_path: Path, kill: Callable[[Server], None], workers: str
) -> None:
    urn = Urn(server.url("urn"), tmp_path)
    poll = urn.polled(slips=SLIPS, rev_allowed=True)
    urn.store.close()
    more_than_were_under_way = 2 * LINES
    with a_host(urn, "--workers", workers) as host, Voters(poll, host.port, LINES, PAUSE) as voters:
        for run in range(RUNS):
            assert voters.wait_for(100, 120), voters.wrong or host.said.read_text()
            kill(server)
            assert voters.wait_for(more_than_were_under_way, BACK), (
                f"run {run}: {voters.wrong or host.said.read_text()}"
            )
    assert voters.sent_away, "nobody noticed that the database was gone: the test shows nothing"
    after = urn.opened()
    assert voters.difference(after).none
    after.close()
    with a_host(urn) as host:  # whoever heard nothing casts again
        for body, code in voters.again(50):
            assert host.cast(body) == (200, {"receipt": code, "again": True})
    server.run("pg_amcheck", "--install-missing", "--heapallindexed", "urn")
