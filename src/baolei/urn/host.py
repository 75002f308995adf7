"""The casting host: four addresses, a page, no cookies, no framework, and no log of who came.

    GET  /b/                        the ballot page, and what it loads; the same at /b/<first digits of a poll>
    GET  /b/poll/<poll>             the poll as JSON; its first digits are enough
    POST /b/cast                    a ballot; answered with its receipt
    GET  /b/receipt/<poll>/<code>   whether a ballot with this receipt is in the urn

What is said no to is answered with {"wrong": {zh, en}, "right": {zh, en}}.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import json
import os
import re
import sys
import time
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from baolei.programme.ballot import tally
from baolei.programme.ballot.ballot import BallotRefused, receipt
from baolei.programme.standard.edition import Text
from baolei.urn.batches import AtStore, Batches, Found, Unavailable
from baolei.urn.casting import LONGEST_BODY, cast_of, poll_number, read
from baolei.urn.environment import open_urn, urn_place
from baolei.urn.store import Another, Kept, NotYet, Over, Poll, Store, no_such_poll

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PAGE = Path(__file__).parent / "page"
KINDS = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
         ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
         ".json": "application/json", ".txt": "text/plain; charset=utf-8"}  # fmt: skip
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
ALWAYS = (
    (b"content-security-policy", POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
SECONDS_KEPT = 3.0
"""So long a poll is answered as it was read: its phase may be so old on the page, never when a ballot is cast."""
MOST_POLLS = 10_000
COME_AGAIN = b"2"
"""Seconds, as Retry-After says it."""
BEGINNING = re.compile(r"[0-9a-f]{4,32}")
"""So much of a poll's number is typed from a slip."""
RECEIPT = re.compile(r"[a-z2-7]{4}(-[a-z2-7]{4}){3}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back."""

    status: int
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...]


def said(
    status: int, body: object, *, caching: bytes = b"no-store", more: tuple[tuple[bytes, bytes], ...] = ()
) -> Answer:
    """An answer as JSON."""
    written = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(status, written, ((b"content-type", b"application/json"), (b"cache-control", caching), *more))


def no(status: int, wrong: Text, right: Text, *more: tuple[bytes, bytes]) -> Answer:
    """A refusal: what is wrong and what would be right."""
    return said(
        status, {"wrong": {"zh": wrong.zh, "en": wrong.en}, "right": {"zh": right.zh, "en": right.en}}, more=more
    )


def refused(refusal: BallotRefused) -> Answer:
    """The same for a ballot: 409 where it is not the time or another one is in, 410 where it is over, else 422."""
    status = 409 if isinstance(refusal, NotYet | Another) else 410 if isinstance(refusal, Over) else 422
    answer = no(status, refusal.wrong, refusal.right)
    if isinstance(refusal, Another) and refusal.rev is not None:
        # Whoever hears it has shown the credential.
        return said(status, {**json.loads(answer.body), "rev": refusal.rev})
    return answer


NO_SUCH_PAGE = no(404, Text("没有这个地址", "there is no such page"), Text("投票页在 /b/", "the ballot page is at /b/"))
NO_SUCH_POLL = no(404, no_such_poll().wrong, no_such_poll().right)
TOO_LONG = no(413, Text("内容太长", "this is too long"), Text("选票至多8千字节", "a ballot has at most 8 kB"))
COME_LATER = no(
    503, Text("暂时不能投票", "nothing can be cast at this moment"),
    Text("请稍后再投一次；投过的不会算两次", "cast it again in a moment; nothing is counted twice"),
    (b"retry-after", COME_AGAIN),
)  # fmt: skip
FAILED = no(500, Text("出错了", "something went wrong"), Text("请再试一次", "try again"))


# ---- the page ----


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file of the page: as it is, packed, and a mark by which a browser knows that it has it."""

    kind: bytes
    plain: bytes
    packed: bytes
    mark: bytes

    def answer(self, headers: dict[bytes, bytes]) -> Answer:
        """The file, or that the browser has it."""
        common = ((b"cache-control", b"no-cache"), (b"etag", self.mark), (b"vary", b"accept-encoding"))
        if headers.get(b"if-none-match") == self.mark:
            return Answer(304, b"", common)
        kind = (b"content-type", self.kind)
        if b"gzip" in headers.get(b"accept-encoding", b""):
            return Answer(200, self.packed, (*common, kind, (b"content-encoding", b"gzip")))
        return Answer(200, self.plain, (*common, kind))


def page_files(folder: Path) -> dict[str, StaticFile]:
    """The files of the page by their address, read once: what is served cannot be altered while it is."""
    found = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.suffix in KINDS and path.is_file():
            body = path.read_bytes()
            mark = f'"{hashlib.sha256(body).hexdigest()}"'.encode()
            one = StaticFile(KINDS[path.suffix].encode(), body, gzip.compress(body, mtime=0), mark)
            found["/b/" if path.name == "index.html" else f"/b/{path.name}"] = one
    return found


# ---- what is known of polls ----


class Polls:
    """Polls and their forms, read by a thread with a store of its own and kept for some seconds."""

    def __init__(self, opening: Callable[[], Store]) -> None:
        self._reader = AtStore(opening, "urn-reader")
        self._known: dict[bytes, tuple[float, asyncio.Future[Known | None]]] = {}

    async def known(self, poll: bytes) -> Known | None:
        """A poll with its form; None where there is none. Whoever asks at the same time waits for the same answer."""
        loop = asyncio.get_running_loop()
        until, asked = self._known.get(poll, (0.0, None))
        if asked is None or until < loop.time():
            if len(self._known) >= MOST_POLLS:
                self._known.clear()
            asked = asyncio.ensure_future(self.asked(lambda store: _known(store, poll)))
            self._known[poll] = loop.time() + SECONDS_KEPT, asked
        try:
            return await asyncio.shield(asked)
        except Exception:
            self._known.pop(poll, None)
            raise

    async def asked(self, question: Callable[[Store], Found]) -> Found:
        """What the store answers."""
        return await self._reader.asked(question)

    def close(self) -> None:
        """Let go of the store."""
        self._reader.close()


@dataclass(frozen=True, slots=True)
class Known:
    """A poll, what its form asks, and both as the page reads them."""

    poll: Poll
    form: tally.Asked
    written: Answer


def _known(store: Store, poll: bytes) -> Known | None:
    found = store.poll(poll)
    body = store.form(found.form) if found else None
    if found is None or body is None:
        return None
    key = found.key_spki
    form = json.loads(body)
    written = {
        **found.shown,
        "poll": poll.hex(),
        "phase": found.phase,
        "key": base64.b64encode(key).decode() if key else None,
        "key_sha256": hashlib.sha256(key).hexdigest() if key else None,
        "revote": found.rev_allowed,
        "opens": found.opens.isoformat() if found.opens else None,
        "closes": found.closes.isoformat() if found.closes else None,
        "form": form,
    }
    return Known(found, tally.asked(form), said(200, written, caching=b"no-cache"))


# ---- the application ----


def note(error: BaseException) -> None:
    """Say on the error stream what went wrong, where, and in which hour: no body, no address, no value of anybody's, no
    time by which a ballot could be told from the next one.
    """
    at = traceback.extract_tb(error.__traceback__)
    place = f"{Path(at[-1].filename).name}:{at[-1].lineno}" if at else "?"
    kind, hour = f"{type(error).__module__}.{type(error).__name__}", time.strftime("%Y-%m-%d %Hh")
    print(f"urn: {hour} {kind} at {place}", file=sys.stderr, flush=True)


class Host:
    """The application, as ASGI calls it. `opening` opens the store, `page` is the folder of the page."""

    def __init__(self, opening: Callable[[], Store], page: Path = PAGE) -> None:
        self._files = page_files(page)
        self._batches, self._polls = Batches(opening, note), Polls(opening)
        self._writing: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._writing = asyncio.ensure_future(self._batches.write())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._writing.cancel()
        with suppress(asyncio.CancelledError):
            await self._writing
        self._batches.close()
        self._polls.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            answer = await self._answered(scope, receive)
        except BallotRefused as refusal:
            answer = refused(refusal)
        except Unavailable:
            answer = COME_LATER
        except Exception as error:
            note(error)
            answer = FAILED
        length = ((b"content-length", str(len(answer.body)).encode()),) if answer.status != 304 else ()
        headers = [*ALWAYS, *answer.headers, *length]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        body = b"" if scope["method"] == "HEAD" else answer.body
        await send({"type": "http.response.body", "body": body})

    async def _answered(self, scope: Scope, receive: Receive) -> Answer:
        path, method = scope["path"], scope["method"]
        wanted = "POST" if path == "/b/cast" else "GET"
        if method != wanted and not (method == "HEAD" and wanted == "GET"):
            return no(405, Text("不能这样用", "this cannot be done here"), Text(f"用{wanted}", f"use {wanted}"),
                      (b"allow", wanted.encode()))  # fmt: skip
        if path == "/b/cast":
            return await self._cast(dict(scope["headers"]), receive)
        file = "/b/" if BEGINNING.fullmatch(path.removeprefix("/b/")) else path
        if file in self._files:
            return self._files[file].answer(dict(scope["headers"]))
        rest = path.removeprefix("/b/").partition("/")[2]
        if path.startswith("/b/poll/"):
            return await self._poll(rest)
        if path.startswith("/b/receipt/") and rest.count("/") == 1:
            return await self._receipt(*rest.split("/"))
        return NO_SUCH_PAGE

    async def _poll(self, number: str) -> Answer:
        poll: bytes | None
        if BEGINNING.fullmatch(number) and len(number) < 32:
            poll = await self._reading(self._polls.asked(lambda store: store.number(number)))
        else:
            poll = poll_number(number)
        known = await self._reading(self._polls.known(poll)) if poll else None
        return known.written if known else NO_SUCH_POLL

    async def _receipt(self, number: str, code: str) -> Answer:
        poll = poll_number(number)
        if not RECEIPT.fullmatch(code):
            return no(
                422, Text("回执不对", "this is no receipt"), Text("四组，每组四位", "four groups of four characters")
            )
        if not await self._reading(self._polls.known(poll)):
            return NO_SUCH_POLL
        beginning = base64.b32decode(code.replace("-", "").upper())
        return said(200, {"in": await self._reading(self._polls.asked(lambda store: store.holds(poll, beginning)))})

    async def _cast(self, headers: dict[bytes, bytes], receive: Receive) -> Answer:
        body = await _body(headers, receive)
        if body is None:
            return TOO_LONG
        asked = read(body)
        known = await self._reading(self._polls.known(asked.poll))
        if known is None:
            return refused(no_such_poll())
        outcome = await self._batches.cast(cast_of(asked, known.poll, known.form))
        if not isinstance(outcome, Kept):
            return refused(outcome)
        return said(200, {"receipt": receipt(outcome.leaf), "again": outcome.how == "again"})

    async def _reading(self, answer: Awaitable[Found]) -> Found:
        """What the store answers; Unavailable where it does not."""
        try:
            return await answer
        except BallotRefused:
            raise
        except Exception as error:
            note(error)
            raise Unavailable from error


async def _body(headers: dict[bytes, bytes], receive: Receive) -> bytes | None:
    """The body of a request; None where it is too long, whatever its head says."""
    told = headers.get(b"content-length", b"0")
    if told.isdigit() and int(told) > LONGEST_BODY:
        return None
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Unavailable
        body += message.get("body", b"")
        if len(body) > LONGEST_BODY:
            return None
        more = message.get("more_body", False)
    return body


def application() -> Host:
    """The host of the urn that BAOLEI_URN_URL names."""
    place = urn_place(os.environ)
    return Host(lambda: open_urn(place))
