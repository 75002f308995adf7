"""The server starts from nothing, says where it is, and leaves cleanly."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from baolei.cli.serve import CannotServe, refuse_taken_address

START = "from baolei.cli.serve import serve; serve(port={port}, ready=lambda at: print(at, flush=True))"


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        yield somebody.getsockname()[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("host", ["127.0.0.1", "203.0.113.1"], ids=["taken", "not ours"])
def test_an_address_that_cannot_be_had_is_refused_in_words(host: str, taken: int) -> None:
    with pytest.raises(CannotServe, match=f"cannot serve at {host}:{taken} .*: stop what is running there"):
        refuse_taken_address(host, taken)


def fetched(address: str, *headers: tuple[str, str]) -> tuple[int, str, bytes]:
    request = urllib.request.Request(address, headers=dict(headers))
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.status, answer.headers.get("Content-Encoding", ""), answer.read()


def patiently_fetched(address: str) -> tuple[int, str, bytes]:
    for _attempt in range(300):
        try:
            return fetched(address)
        except OSError:
            time.sleep(0.1)
    return fetched(address)


@pytest.mark.parametrize(
    "ending", [signal.SIGINT, pytest.param(signal.SIGHUP, marks=pytest.mark.long)], ids=["Ctrl-C", "terminal closed"]
)
def test_it_serves_what_was_made_and_stops(tmp_path: Path, ending: signal.Signals) -> None:
    home = tmp_path / "home"
    port = free_port()
    environ = {**os.environ, "BAOLEI_HOME": str(home), "BAOLEI_DEMO": "0"}
    environ.pop("DJANGO_SETTINGS_MODULE", None)
    subprocess.run([sys.executable, "-m", "baolei.cli.main", "migrate"], env=environ, check=True)
    command = [sys.executable, "-c", START.format(port=port)]
    server = subprocess.Popen(
        command, env=environ, cwd=tmp_path, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert server.stdout
        assert server.stdout.readline() == f"http://127.0.0.1:{port}/\n"
        status, _coding, page = patiently_fetched(f"http://127.0.0.1:{port}/")
        assert status == 200
        style = re.search(r'href="(/static/front/theme\.[0-9a-f]+\.css)"', page.decode())
        status, _coding, ballots = patiently_fetched(f"http://127.0.0.1:{port + 1}/b/")
        assert (status, b"ballot.js" in ballots) == (200, True), "ballots are taken at the next port"
        assert style, "static files carry the digest of their content in their names"
        assert fetched(f"http://127.0.0.1:{port}{style[1]}", ("Accept-Encoding", "gzip"))[:2] == (200, "gzip")
        assert {"baolei.sqlite3", "secret.key", "static", "urn.sqlite3"} <= {path.name for path in home.iterdir()}
    finally:
        os.killpg(server.pid, ending)  # a terminal tells the whole group
        try:
            code = server.wait(timeout=20)
        finally:
            server.kill()
    assert code == 0
