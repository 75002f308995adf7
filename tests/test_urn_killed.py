"""A casting host ended with kill -9 while ballots come in: what it gave a receipt for is in the urn, and once."""

from __future__ import annotations

import http.client
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from baolei.programme.ballot.ballot import receipt
from urns import A_poll, Running, Urn, a_host, an_urn
from voters import Voters

pytestmark = pytest.mark.stores
RUNS, LINES, SLIPS, PAUSE = 5, 8, 4000, 0.01
CRASH_LOOP = 6
"""Seconds. The server ends where a process dies sooner after it was started: then whoever started it starts it anew."""

HASTY = """
import asyncio
from baolei.urn.batches import Batches
from baolei.urn.store import Kept
written = Batches._one
async def _one(self, casts, answers):
    for cast, answer in zip(casts, answers):
        answer.set_result(Kept(cast.leaf, 0, "", "", "accepted"))
    await asyncio.sleep(0.2)
    await written(self, casts, answers)
Batches._one = _one
"""
"""A host that answers before it has written."""


@pytest.fixture
def urn(tmp_path: Path) -> Iterator[Urn]:
    with an_urn(tmp_path / "urn") as one:
        yield one


class Crowd:
    """Voters on a few lines who cast one slip after another until nobody answers."""

    def __init__(self, poll: A_poll) -> None:
        self.poll, self.told = poll, dict[int, str]()
        self._next = iter(range(SLIPS))
        self._lock = threading.Lock()

    def vote(self, host: Running, at_least: int, more: float) -> None:
        """Until the host is killed: after so many receipts and as many seconds more."""
        had = len(self.told)
        voters = [threading.Thread(target=self._one, args=(host,)) for _ in range(LINES)]
        for one in voters:
            one.start()
        while len(self.told) < had + at_least and any(one.is_alive() for one in voters):
            time.sleep(0.01)
        time.sleep(more)
        host.kill()
        for one in voters:
            one.join()

    def _one(self, host: Running) -> None:
        while True:
            with self._lock:
                slip = next(self._next, None)
            if slip is None:
                return
            try:
                status, said = host.cast(self.poll.body(slip))
            except (OSError, http.client.HTTPException, ValueError):  # cut off in the middle of an answer
                return
            assert status == 200, said
            self.told[slip] = said["receipt"]


def in_the_urn(urn: Urn, poll: A_poll) -> list[str]:
    """The receipts of what is there, as a store says that is opened anew."""
    again = urn.opened()
    leaves = [receipt(kept) for _, kept in again._ballots(poll.id)]
    again.close()
    return leaves


@pytest.mark.long
def test_no_acknowledged_ballot_is_lost_and_none_is_there_twice(urn: Urn) -> None:
    poll = urn.polled(slips=SLIPS)
    crowd, chance = Crowd(poll), random.Random(5)
    for _run in range(RUNS):
        crowd.vote(Running(urn), at_least=50, more=chance.random())
        found = in_the_urn(urn, poll)
        assert set(crowd.told.values()) - set(found) == set()
        assert len(found) == len(set(found))
    assert len(crowd.told) >= 50 * RUNS, "the host hardly took ballots: the test shows nothing"
    with a_host(urn) as host:  # whoever heard nothing casts again
        for slip, told in list(crowd.told.items())[::25]:
            assert host.cast(poll.body(slip)) == (200, {"receipt": told, "again": True})
    assert len(in_the_urn(urn, poll)) == urn.counted(poll) == len(set(in_the_urn(urn, poll)))


@pytest.mark.long
def test_a_process_that_is_killed_is_replaced_and_nothing_is_lost(urn: Urn) -> None:
    poll = urn.polled(slips=10 * SLIPS, rev_allowed=True)
    workers = ("--workers", "1" if isinstance(urn.place, Path) else "2")
    with a_host(urn, *workers) as host, Voters(poll, host.port, LINES, PAUSE) as voters:
        for _run in range(RUNS):
            assert voters.wait_for(50, 120), voters.wrong or host.said.read_text()
            os.kill(random.choice(host.family()[1:]), signal.SIGKILL)
            assert voters.wait_for(2 * LINES, 30), voters.wrong or host.said.read_text()
            time.sleep(CRASH_LOOP)
    assert voters.unanswered, "nobody noticed: the test shows nothing"
    after = urn.opened()
    assert voters.difference(after).none
    after.close()
    with a_host(urn) as host:
        for body, code in voters.again(50):
            assert host.cast(body) == (200, {"receipt": code, "again": True})


def test_a_host_that_answers_before_it_has_written_is_found_out(urn: Urn) -> None:
    poll = urn.polled(slips=SLIPS)
    crowd = Crowd(poll)
    crowd.vote(Running(urn, altered=HASTY), at_least=20, more=0)
    assert set(crowd.told.values()) - set(in_the_urn(urn, poll)) != set()


def test_the_first_after_a_kill_is_answered(urn: Urn) -> None:
    poll = urn.polled(slips=SLIPS)
    crowd = Crowd(poll)
    crowd.vote(Running(urn), at_least=5, more=0)
    last = SLIPS - 1
    with a_host(urn) as host:
        assert host.cast(poll.body(last))[1] == {"receipt": receipt(poll.cast(last).leaf), "again": False}
