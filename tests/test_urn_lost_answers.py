"""A line on which every third answer is lost after the ballot is in: whoever casts again has the receipt."""

from __future__ import annotations

import itertools
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from urns import a_host, an_urn
from voters import Voters

pytestmark = pytest.mark.stores
SLIPS, ONE_IN = 200, 3


class LosingLine:
    """A port in front of another: it hands requests on, waits for the answer, and hangs up instead of giving it."""

    def __init__(self, to: int, one_in: int) -> None:
        self._to, self._one_in, self._count, self.lost = to, one_in, itertools.count(1), 0
        self._here = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._here.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._here.accept()
            except OSError:
                return
            threading.Thread(target=self._handed_on, args=(line,), daemon=True).start()

    def _handed_on(self, line: socket.socket) -> None:
        """One request after another, until one is not answered."""
        with line, socket.create_connection(("127.0.0.1", self._to)) as host:
            while request := _message(line):
                host.sendall(request)
                answer = _message(host)
                if next(self._count) % self._one_in == 0:
                    self.lost += 1
                    return
                line.sendall(answer)

    def close(self) -> None:
        self._here.shutdown(socket.SHUT_RDWR)
        self._here.close()


def _message(line: socket.socket) -> bytes:
    """A request or an answer, whole; nothing where the other side has hung up."""
    had = b""
    while b"\r\n\r\n" not in had or len(had.partition(b"\r\n\r\n")[2]) < _length(had):
        more = line.recv(65536)
        if not more:
            return b""
        had += more
    return had


def _length(message: bytes) -> int:
    return int(message.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])


@contextmanager
def a_losing_line(to: int, one_in: int) -> Iterator[LosingLine]:
    line = LosingLine(to, one_in)
    try:
        yield line
    finally:
        line.close()


def test_whoever_casts_again_after_a_lost_answer_has_the_receipt(tmp_path: Path) -> None:
    with an_urn(tmp_path / "urn") as urn:
        poll = urn.polled(slips=SLIPS, rev_allowed=True)
        with a_host(urn) as host, a_losing_line(host.port, ONE_IN) as line, Voters(poll, line.port) as voters:
            assert voters.wait_for_all(300), voters.wrong
        assert line.lost > SLIPS // ONE_IN
        assert voters.unanswered == line.lost
        assert all(rev == len(voters.sent[cred]) - 1 for cred, rev in voters.told.items())
        assert voters.difference(urn.store).none
        assert urn.counted(poll) == SLIPS
