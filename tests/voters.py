"""Voters who keep on casting while a host or its database is broken, and what they were told beside what is kept."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from baolei.programme.ballot.ballot import receipt, slip_hash
from baolei.urn.store import Store
from urns import A_poll

ANSWERS = ("1203-", "11111", "33333")
ONE_IN = 5
"""Of so many voters one changes the ballot."""
BREATH = 0.1
"""Seconds until a ballot that was not answered is cast again."""

Found = tuple[bytes, int, str]
"""A ballot in the urn: credential, revision, receipt."""


@dataclass(frozen=True)
class Difference:
    """How many credentials were told a receipt; how many ballots are there; how many credentials lost what they were
    told, have two ballots, or have one that was never sent so.
    """

    told: int
    found: int
    lost: int
    twice: int
    strange: int

    @property
    def none(self) -> bool:
        """Whether the urn kept its word."""
        return not (self.lost or self.twice or self.strange)


def compared(sent: Mapping[bytes, Sequence[str]], told: Mapping[bytes, int], found: Iterable[Found]) -> Difference:
    """What the urn holds beside what it had acknowledged.

    `sent` has by credential the receipts of its revisions as they were sent, `told` the last revision for which there
    was an answer. A ballot that was sent and not answered may be there or not.
    """
    there: dict[bytes, list[tuple[int, str]]] = {}
    for cred, rev, code in found:
        there.setdefault(cred, []).append((rev, code))
    return Difference(
        told=len(told),
        found=sum(map(len, there.values())),
        lost=sum(max((rev for rev, _ in there.get(cred, [])), default=-1) < last for cred, last in told.items()),
        twice=sum(len(ballots) > 1 for ballots in there.values()),
        strange=sum(code not in sent.get(cred, ())[rev : rev + 1] for cred, of in there.items() for rev, code in of),
    )


def in_the_urn(store: Store, poll: A_poll) -> list[Found]:
    """The ballots that are there; one whose leaf is not that of its row has no receipt."""
    return [(cast.ballot.cred, cast.ballot.rev, receipt(kept) if kept == cast.leaf else "altered")
            for cast, kept in store._ballots(poll.id)]  # fmt: skip


class Voters:
    """People on so many lines to a port who cast one slip of a poll after another. Whoever is not answered, or is told
    to come again, casts the same ballot again. What they know lies in this process, not where the urn is. `pause` is
    how many seconds a line waits after each slip.
    """

    def __init__(self, poll: A_poll, port: int, lines: int = 8, pause: float = 0) -> None:
        self.poll, self._port, self._pause = poll, port, pause
        self.sent: dict[bytes, list[str]] = {}
        self.told: dict[bytes, int] = {}
        self.wrong: list[str] = []
        self.sent_away = self.unanswered = 0
        self._slips = iter(range(len(poll.secrets)))
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=self._line, daemon=True) for _ in range(lines)]

    def __enter__(self) -> Voters:
        for one in self._threads:
            one.start()
        return self

    def __exit__(self, *error: object) -> None:
        """They go home, answered or not."""
        self._ending.set()
        for one in self._threads:
            one.join()

    def wait_for(self, receipts: int, seconds: float) -> bool:
        """Whether so many more are told within so many seconds."""
        until, wanted = time.monotonic() + seconds, len(self.told) + receipts
        while len(self.told) < wanted and not self.wrong:
            if time.monotonic() > until or not any(one.is_alive() for one in self._threads):
                return False
            time.sleep(0.01)
        return not self.wrong

    def wait_for_all(self, seconds: float) -> bool:
        """Whether everybody is told within so many seconds."""
        until = time.monotonic() + seconds
        for one in self._threads:
            one.join(max(0.0, until - time.monotonic()))
        return not self.wrong and not any(one.is_alive() for one in self._threads)

    def difference(self, store: Store) -> Difference:
        """What the urn holds beside what they were told."""
        return compared(self.sent, self.told, in_the_urn(store, self.poll))

    def body(self, slip: int, rev: int) -> dict[str, object]:
        """What is cast with a slip for the so-many-th time, counted from 0."""
        return self.poll.body(slip, _answers(slip, rev), rev=rev)

    def again(self, number: int) -> Iterator[tuple[dict[str, object], str]]:
        """Some ballots that had a receipt and were not changed since, to be cast again, each with its receipt."""
        creds = {slip_hash(self.poll.id, secret): slip for slip, secret in enumerate(self.poll.secrets)}
        settled = [cred for cred, rev in self.told.items() if rev == len(self.sent[cred]) - 1]
        for cred in settled[:: max(1, len(settled) // number)]:
            yield self.body(creds[cred], self.told[cred]), self.sent[cred][-1]

    def _line(self) -> None:
        to = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        while not self._ending.is_set():
            with self._lock:
                slip = next(self._slips, None)
            if slip is None:
                break
            for rev in range(2 if slip % ONE_IN == 0 else 1):
                self._cast(to, slip, rev)
            time.sleep(self._pause)
        to.close()

    def _cast(self, to: http.client.HTTPConnection, slip: int, rev: int) -> None:
        code = receipt(self.poll.cast(slip, _answers(slip, rev), rev).leaf)
        cred, body = slip_hash(self.poll.id, self.poll.secrets[slip]), self.body(slip, rev)
        while not self._ending.is_set():
            if rev == len(self.sent.setdefault(cred, [])):
                self.sent[cred].append(code)
            try:
                to.request("POST", "/b/cast", json.dumps(body))
                answer = to.getresponse()
                said = json.loads(answer.read())
            except (OSError, http.client.HTTPException, ValueError):  # cut off, perhaps in the middle of an answer
                to.close()
                self.unanswered += 1
                time.sleep(BREATH)
                continue
            if answer.status == 200 and said["receipt"] == code:
                self.told[cred] = rev
                return
            if answer.status != 503:
                self.wrong.append(f"{answer.status}: {said}")
                return
            self.sent_away += 1
            time.sleep(BREATH)


def _answers(slip: int, rev: int) -> str:
    return ANSWERS[(slip + rev) % len(ANSWERS)]
