"""A casting host for tests whose line can be bad: the same addresses over real HTTP, a real urn in a dict.

The page is the real one; `test_urn_journey_browser` puts it to the real host, and `test_urn_casting` that host to all
that a page may ask.
"""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from baolei.programme.ballot.ballot import (
    SLIP,
    Ballot,
    BallotRefused,
    base32,
    checked,
    grouped,
    leaf,
    receipt,
    secret_of,
    slip_hash,
)
from baolei.programme.ballot.credentials import holds
from baolei.programme.standard.edition import Text
from baolei.urn.casting import read

PAGE = Path(__file__).resolve().parent.parent / "src" / "baolei" / "urn" / "page"
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
POLL = bytes.fromhex("00112233445566778899aabbccddeeff")
NUMBER = "204771350"
QUESTIONS = [
    ("上级的要求，支部讲得清楚、落得下去吗？", "Does the branch explain what is asked of it, and carry it out?"),
    ("书记和支委带得好不好、服不服众？", "Do the secretary and the committee lead well and fairly?"),
    (
        "组织生活开得实不实、有没有收获？",
        "Is organisation life real rather than for show, and does it give you something?",
    ),
    ("要紧的事上，党员站没站出来？", "Do members step forward when it matters?"),
    ("群众有事找支部，有没有人管、有没有回音？", "When people turn to the branch, does someone see to it and answer?"),
]
GRADES = [("好", "Good"), ("较好", "Fairly good"), ("一般", "Ordinary"), ("差", "Poor")]


@dataclass
class Urn:
    """One poll, the slips printed for it, and the ballots cast; `delay` and `lose` make the line a bad one."""

    address: str = ""
    phase: str = "cast"
    revote: bool = False
    comments: bool = True
    key: str | None = None
    spki: bytes = b""
    """The key of the tokens, where there are any; their house is then this address itself."""
    delay: float = 0.0
    lose: int = 0
    """So many replies to a cast are lost after the ballot is in."""
    busy: int = 0
    """So many casts are turned away before they are read."""
    secrets: list[bytes] = field(default_factory=lambda: [bytes([n]) * 20 for n in range(1, 9)])
    ballots: dict[bytes, tuple[Ballot, bytes]] = field(default_factory=dict)
    bodies: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def code(self, which: int) -> str:
        """The code printed on a slip."""
        return grouped(base32(self.secrets[which]))

    def poll(self) -> dict[str, Any]:
        both = [{"zh": zh, "en": en} for zh, en in QUESTIONS]
        return {
            "poll": POLL.hex(),
            "number": NUMBER,
            "phase": self.phase,
            "name": {"zh": "2026年度最强党支部评选", "en": "The strongest Party branches of 2026"},
            "branch": "巴林左旗碧流台镇东方红村党支部",
            "source": {"zh": "党员评议", "en": "Assessment by members"},
            "form": {
                "questions": both,
                "grades": [{"zh": zh, "en": en} for zh, en in GRADES],
                "comments": self.comments,
            },
            "closes": "2026-12-01",
            "key_sha256": self.key,
            "revote": self.revote,
            **(
                {"key": base64.b64encode(self.spki).decode(), "house": self.address, "key_sha256": "0"}
                if self.spki
                else {}
            ),
        }

    def cast(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Take a ballot by slip; the status and what is answered."""
        if self.phase != "cast":
            return 410, _no("投票已经结束", "the vote is over", "不再收票", "no more ballots are taken")
        if "token" in body:
            asked = read(json.dumps(body).encode())
            new = Ballot(asked.kind, asked.poll, asked.cred, asked.rev, asked.answers, asked.comment)
            holds(new, asked.proof, self.spki)
            self.ballots[asked.cred] = new, leaf(new, asked.proof)
            return 200, {"receipt": receipt(self.ballots[asked.cred][1])}
        secret, poll = secret_of(body["slip"]), bytes.fromhex(body["poll"])
        cred = slip_hash(poll, secret)
        if cred not in {slip_hash(POLL, one) for one in self.secrets}:
            return 422, _no("没有这张票", "there is no such slip", "请对照票上的编码", "compare the code with the slip")
        new = Ballot(SLIP, poll, cred, body["rev"], body["answers"], body["comment"])
        try:
            checked(new, len(QUESTIONS), len(GRADES), comments=self.comments)
        except BallotRefused as refused:
            return 422, {"wrong": _both(refused.wrong), "right": _both(refused.right)}
        with self.lock:
            old, _leaf = self.ballots.get(cred, (new, b""))
            if old != new and not (self.revote and new.rev > old.rev):
                return 409, _no("这张票已经投过", "this slip has been used", "以先投的为准", "the first one counts")
            self.ballots[cred] = new, leaf(new, secret)
            return 200, {"receipt": receipt(self.ballots[cred][1])}

    def holds(self, wanted: str) -> bool:
        return wanted in {receipt(mine) for _ballot, mine in self.ballots.values()}


def _both(said: Text) -> dict[str, str]:
    return {"zh": said.zh, "en": said.en}


def _no(wrong_zh: str, wrong_en: str, right_zh: str, right_en: str) -> dict[str, Any]:
    return {"wrong": {"zh": wrong_zh, "en": wrong_en}, "right": {"zh": right_zh, "en": right_en}}


class Line(BaseHTTPRequestHandler):
    """What comes over the line; `urn` is set by `running_urn`."""

    urn: Urn
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.urn.asked.append(self.path)
        time.sleep(self.urn.delay)
        if found := re.fullmatch(r"/b/poll/([0-9a-f]+)", self.path):
            known = found[1] in {POLL.hex(), NUMBER}
            self.say(200, self.urn.poll()) if known else self.say(404, _no("没有", "none", "核对", "compare"))
        elif found := re.fullmatch(rf"/b/receipt/{POLL.hex()}/([a-z2-7-]+)", self.path):
            self.say(200, {"in": self.urn.holds(found[1])})
        elif re.fullmatch(rf"/b/({NUMBER}|{POLL.hex()})?", self.path):
            self.file(PAGE / "index.html")
        elif self.path == f"/ballots/take/{POLL.hex()}/":
            self.send(200, KINDS[".html"], b"<!DOCTYPE html><title>the house</title><link rel=icon href=data:,>")
        elif (file := PAGE / self.path.removeprefix("/b/")).is_file() and file.parent == PAGE:
            self.file(file)
        else:
            self.say(404, {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        time.sleep(self.urn.delay)
        if self.urn.busy:
            self.urn.busy -= 1
            self.say(503, {})
            return
        self.urn.bodies.append(body)
        status, told = self.urn.cast(json.loads(body))
        if self.urn.lose:
            self.urn.lose -= 1
            self.close_connection = True
            # Begun and cut off: where nothing at all comes back, the browser itself sends again at once.
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{")
            return
        self.say(status, told)

    def file(self, file: Path) -> None:
        self.send(200, KINDS[file.suffix], file.read_bytes())

    def say(self, status: int, told: dict[str, Any]) -> None:
        self.send(status, "application/json", json.dumps(told).encode())

    def send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        for name, value in (
            ("Content-Type", kind),
            ("Content-Length", str(len(body))),
            ("Content-Security-Policy", POLICY),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-store"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_said: object) -> None:
        """Nothing is written down."""


@contextmanager
def running_urn() -> Iterator[Urn]:
    """An urn that answers at its `address`; on every address of this machine, for pages without a secure context."""
    urn = Urn()
    with ThreadingHTTPServer(("0.0.0.0", 0), type("ThisLine", (Line,), {"urn": urn})) as server:
        urn.address = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield urn
        server.shutdown()
        thread.join()
