"""A casting host as people start it: what it answers to a ballot, to a ballot sent again, and to what is none."""

from __future__ import annotations

import asyncio
import hashlib
import json
import multiprocessing
import secrets
import socket
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Coroutine, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from baolei.programme.ballot import blind
from baolei.programme.ballot.ballot import leaf, receipt
from baolei.programme.ballot.credentials import split
from baolei.urn.batches import MOST_WAITING, Batches, Unavailable
from baolei.urn.host import Host, page_files
from baolei.urn.store import CAST, CLOSED, ISSUE, Poll
from tokens import elector
from urns import FORM, Running, Urn, a_host, an_urn, sql

pytestmark = pytest.mark.stores
Found = TypeVar("Found")


@pytest.fixture
def urn(tmp_path: Path) -> Iterator[Urn]:
    with an_urn(tmp_path / "urn") as one:
        yield one


@pytest.fixture
def host(urn: Urn) -> Iterator[Running]:
    with a_host(urn) as one:
        yield one


def run_apart(what: Coroutine[Any, Any, Found]) -> Found:
    """Run a coroutine in a thread of its own: the browser of another test may hold the loop of this one."""
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(asyncio.run, what).result()


# ---- casting ----


def test_a_ballot_is_cast_and_its_receipt_found(urn: Urn, host: Running) -> None:
    poll = urn.polled()
    status, said = host.cast(poll.body())
    assert (status, said) == (200, {"receipt": receipt(poll.cast().leaf), "again": False})
    assert host.cast(poll.body()) == (200, {**said, "again": True})
    assert urn.counted(poll) == 1
    assert host.asked("GET", f"/b/receipt/{poll.id.hex()}/{said['receipt']}")[:2] == (200, {"in": True})
    assert host.asked("GET", f"/b/receipt/{poll.id.hex()}/aaaa-bbbb-cccc-dddd")[:2] == (200, {"in": False})


def test_a_token_is_cast_as_well_and_one_of_another_poll_is_not(urn: Urn, host: Running) -> None:
    key, poll = generate_private_key(65537, 2048), secrets.token_bytes(16)
    (digest,) = urn.store.put_forms([FORM])
    urn.store.put_polls([Poll(poll, digest, key_spki=blind.public_bytes(key.public_key()))])
    for phase in (ISSUE, CAST):
        urn.store.set_phase([poll], phase)
    ballot, proof = elector(key, poll).ballot("1203-")
    token = split(proof)
    parts = {"spki": token.spki, "randomiser": token.randomiser, "signature": token.signature, "signed": token.hand}
    body = {"poll": poll.hex(), "answers": "1203-",
            "token": {name: b64encode(part).decode() for name, part in parts.items()}}  # fmt: skip
    assert host.cast(body) == (200, {"receipt": receipt(leaf(ballot, proof)), "again": False})
    assert host.cast({**body, "answers": "3333-"})[0] == 422, "what was signed is another ballot"
    other = urn.polled()
    assert host.cast({**body, "poll": other.id.hex()})[0] == 422
    assert urn.store.counts([poll])[poll].cast == 1


def test_a_code_is_taken_as_people_type_it(urn: Urn, host: Running) -> None:
    poll = urn.polled()
    code = str(poll.body()["slip"]).upper()
    typed = " ".join(code[at : at + 4] for at in range(0, 32, 4))
    assert host.cast({**poll.body(), "slip": typed})[1]["receipt"] == receipt(poll.cast().leaf)


def test_whoever_did_not_hear_the_answer_sends_it_again_and_has_the_receipt(urn: Urn, host: Running) -> None:
    poll = urn.polled()
    body = json.dumps(poll.body()).encode()
    with socket.create_connection(("127.0.0.1", host.port)) as line:
        line.sendall(b"POST /b/cast HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        while not urn.counted(poll):  # it is committed; nobody reads the answer
            pass
    assert host.cast(poll.body()) == (200, {"receipt": receipt(poll.cast().leaf), "again": True})
    assert urn.counted(poll) == 1


def casts_at_once(port: int, body: bytes, number: int) -> list[tuple[int, bytes]]:
    """Cast the same so many times at once, each on a line of its own, all of them open before the first is sent."""
    lines = [socket.create_connection(("127.0.0.1", port), timeout=60) for _ in range(number)]
    begin = threading.Barrier(number)

    def one(line: socket.socket) -> tuple[int, bytes]:
        begin.wait()
        line.sendall(b"POST /b/cast HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body))
        line.sendall(body)
        answer = b"".join(iter(lambda: line.recv(65536), b""))
        return int(answer[9:12]), answer.partition(b"\r\n\r\n")[2]

    with ThreadPoolExecutor(number) as threads:
        return list(threads.map(one, lines))


def test_two_hundred_identical_casts_at_once_are_one_ballot_and_two_hundred_equal_receipts(
    urn: Urn, host: Running
) -> None:
    poll = urn.polled()
    body = json.dumps(poll.body()).encode()
    with ProcessPoolExecutor(4, multiprocessing.get_context("spawn")) as processes:
        parts = [processes.submit(casts_at_once, host.port, body, 50) for _ in range(4)]
        answers = [answer for part in parts for answer in part.result()]
    assert len(answers) == 200
    assert {status for status, _ in answers} == {200}
    said = [json.loads(one) for _, one in answers]
    assert {one["receipt"] for one in said} == {receipt(poll.cast().leaf)}
    assert sum(not one["again"] for one in said) == 1
    assert urn.counted(poll) == 1


def test_different_ballots_of_one_credential_at_once_leave_one_and_the_others_are_told(urn: Urn, host: Running) -> None:
    poll = urn.polled()
    bodies = [poll.body(answers=answers) for answers in ("11111", "22222", "33333", "1203-") * 5]
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(host.cast, bodies))
    taken = [said["receipt"] for status, said in answers if status == 200]
    assert len(taken) == 5
    assert len(set(taken)) == 1
    assert {status for status, _ in answers} == {200, 409}
    assert urn.counted(poll) == 1


def test_a_ballot_is_changed_where_the_poll_allows_it(urn: Urn, host: Running) -> None:
    poll, fixed = urn.polled(rev_allowed=True), urn.polled()
    before = host.cast(poll.body())[1]
    status, after = host.cast(poll.body(answers="11111", rev=1))
    assert (status, after["again"]) == (200, False)
    assert after["receipt"] == receipt(poll.cast(answers="11111", rev=1).leaf) != before["receipt"]
    assert host.asked("GET", f"/b/receipt/{poll.id.hex()}/{before['receipt']}")[1] == {"in": False}
    status, said = host.cast(poll.body(answers="22222", rev=1))
    assert (status, said["right"]["en"], said["rev"]) == (409, "to change it, cast revision 2", 1)
    host.cast(fixed.body())
    status, said = host.cast(fixed.body(answers="11111", rev=1))
    assert (status, said["wrong"]["zh"], "rev" in said) == (409, "这张票已经投过，选择不同", False)


@pytest.mark.parametrize(("phase", "status"), [(ISSUE, 409), (CLOSED, 410)])
def test_outside_casting_it_says_which_phase_it_is(urn: Urn, host: Running, phase: str, status: int) -> None:
    poll = urn.polled(phase=phase)
    found, said = host.cast(poll.body())
    assert found == status
    assert f"“{phase}”" in said["wrong"]["en"]


def test_a_poll_that_closes_while_the_host_still_knows_it_as_open_takes_nothing(urn: Urn, host: Running) -> None:
    poll = urn.polled()
    assert host.asked("GET", f"/b/poll/{poll.id.hex()}")[1]["phase"] == "cast"
    urn.store.set_phase([poll.id], CLOSED)
    assert host.cast(poll.body())[0] == 410
    assert urn.counted(poll) == 0


def test_the_page_is_told_what_it_needs_of_a_poll(urn: Urn, host: Running) -> None:
    poll = urn.polled(rev_allowed=True)
    status, said, _ = host.asked("GET", f"/b/poll/{poll.id.hex()}")
    assert (status, said) == (200, {
        "poll": poll.id.hex(), "phase": "cast", "key": None, "key_sha256": None, "revote": True, "opens": None,
        "closes": None, "form": json.loads(FORM)})  # fmt: skip
    assert host.asked("GET", f"/b/poll/{poll.id.hex()[:10]}")[1] == said


def test_the_page_is_told_what_the_poll_is_called_when_it_closes_and_by_which_key_tokens_are_signed(
    urn: Urn, host: Running
) -> None:
    (digest,) = urn.store.put_forms([FORM])
    number, shown = bytes(range(16)), {"branch": "东方红村党支部", "source": {"zh": "党员评议", "en": "members"}}
    urn.store.put_polls([Poll(number, digest, key_spki=b"key", closes=date(2026, 12, 1), shown=shown)])
    said = host.asked("GET", f"/b/poll/{number.hex()}")[1]
    assert {name: said[name] for name in (*shown, "closes", "key", "phase")} == {
        **shown, "closes": "2026-12-01", "key": "a2V5", "phase": "set up"}  # fmt: skip
    assert said["key_sha256"] == hashlib.sha256(b"key").hexdigest()


# ---- what is none ----


def wrong_bodies() -> dict[str, tuple[Any, int, str]]:
    """By what is wrong: what is changed in a good body, the status, and a word of what would be right."""
    token = {"spki": "AA==", "randomiser": "", "signature": "", "signed": ""}
    return {
        "nothing": (b"", 422, "a JSON object"),
        "not JSON": (b"{", 422, "a JSON object"),
        "a list": (b"[]", 422, "a JSON object"),
        "deep": (b"[" * 8000, 422, "a JSON object"),
        "not UTF-8": (b'{"poll": "\xff"}', 422, "a JSON object"),
        "a field twice": (b'{"rev": 1, "rev": 2}', 422, "each field once"),
        "a huge number": (b'{"rev": ' + b"9" * 5000 + b"}", 422, "a JSON object"),
        "too long": (b'{"comment": "' + b"a" * 9000 + b'"}', 413, "at most 8 kB"),
        "a field too many": ({"name": "江晚舟"}, 422, "there is no such field"),
        "no poll": ({"poll": None}, 422, "32 hex digits"),
        "another poll": ({"poll": "0" * 32}, 422, "the QR code or the address"),
        "a poll in capitals": ({"poll": "A" * 32}, 422, "32 hex digits"),
        "no credential": ({"slip": None}, 422, "one of them"),
        "two credentials": ({"token": token}, 422, "one of them"),
        "a short code": ({"slip": "abcd"}, 422, "eight groups of four"),
        "a code that is a number": ({"slip": 7}, 422, "the code of the slip"),
        "a forged code": ({"slip": "a" * 32}, 422, "compare the code"),
        "a token that is none": ({"slip": None, "token": "x"}, 422, "spki, randomiser"),
        "a token too short": ({"slip": None, "token": token}, 422, "91 bytes"),
        "a token with more": ({"slip": None, "token": {**token, "name": "x"}}, 422, "there is no such field"),
        "a revision that is true": ({"rev": True}, 422, "a whole number"),
        "a revision with a point": ({"rev": 1.0}, 422, "a whole number"),
        "a revision below nothing": ({"rev": -1}, 422, "the last one counts"),
        "a revision too high": ({"rev": 100}, 422, "the last one counts"),
        "no answers": ({"answers": None}, 422, "a line of answers"),
        "answers full-width": ({"answers": "１２０３-"}, 422, "a line of answers"),
        "an answer too few": ({"answers": "1203"}, 422, "there are 5 questions"),
        "a grade too high": ({"answers": "12034"}, 422, "there are 5 questions"),
        "nothing answered": ({"answers": "-----"}, 422, "one question at least"),
        "a comment that is a number": ({"comment": 1}, 422, "words without control"),
        "a comment with a zero": ({"comment": "a\0"}, 422, "words without control"),
        "a comment with half a sign": ({"comment": "\ud800"}, 422, "words without control"),
        "a comment too long": ({"comment": "好" * 501}, 422, "at most 500 characters"),
    }


def test_what_is_no_ballot_is_told_what_would_be_right_in_both_languages(urn: Urn, host: Running) -> None:
    poll = urn.polled()
    for name, (change, status, right) in wrong_bodies().items():
        found, said = host.cast(change if isinstance(change, bytes) else {**poll.body(), **change})
        assert found == status, name
        assert right in said["right"]["en"], name
        assert all(said[part][language] for part in ("wrong", "right") for language in ("zh", "en")), name
    assert urn.counted(poll) == 0
    assert "Error" not in host.said.read_text(), "none of it is an error of ours"


def test_a_comment_where_none_is_asked_for_is_refused(urn: Urn, host: Running) -> None:
    silent = urn.polled(form=json.dumps({"questions": ["a"], "grades": ["1", "2"]}).encode())
    assert host.cast(silent.body(answers="1", comment="好"))[0] == 422
    assert host.cast(silent.body(answers="1"))[0] == 200


def test_a_body_is_cut_off_at_eight_kilobytes_whatever_its_head_says(urn: Urn, host: Running) -> None:
    with socket.create_connection(("127.0.0.1", host.port), timeout=30) as line:
        line.sendall(b"POST /b/cast HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(3):
            line.sendall(b"1000\r\n" + b"a" * 0x1000 + b"\r\n")
        assert line.recv(65536).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/b", 404),
        ("GET", "/b/../casting.py", 404),
        ("GET", "/b/%2e%2e/casting.py", 404),
        ("GET", "/b/poll/", 422),
        ("GET", "/b/poll/" + "0" * 32, 404),
        ("GET", "/b/receipt/" + "0" * 32 + "/aaaa-bbbb-cccc-dddd", 404),
        ("GET", "/b/receipt/" + "0" * 32 + "/aaaa-bbbb-cccc-ddd1", 422),
        ("GET", "/b/receipt/" + "0" * 32, 404),
        ("GET", "/b/cast", 405),
        ("POST", "/b/", 405),
        ("DELETE", "/b/poll/" + "0" * 32, 405),
    ],
)
def test_other_addresses_are_answered_in_words(host: Running, method: str, path: str, status: int) -> None:
    found, said, headers = host.asked(method, path)
    assert found == status
    assert said["right"]["zh"]
    assert said["wrong"]["en"]
    assert ("allow" in headers) == (status == 405)


def test_what_held_the_casting_is_given_back_while_the_host_goes_on(urn: Urn, host: Running) -> None:
    poll, going_on = urn.polled(), urn.polled()
    said = host.cast(poll.body())[1]
    host.cast(going_on.body())
    urn.store.set_phase([poll.id], CLOSED)
    (sealed,) = urn.store.seal([poll.id], lambda what: ({"root": what.root}, b"signed"))
    remains = urn.store.give_back()
    assert receipt(sealed.ballots[0].leaf) == said["receipt"]
    assert (remains == ()) == isinstance(urn.place, Path), "the host keeps no file from being cut"
    assert host.asked("GET", f"/b/receipt/{poll.id.hex()}/{said['receipt']}")[1] == {"in": True}
    assert host.cast(poll.body())[0] == 410
    assert host.cast(going_on.body(1))[0] == 200


# ---- written together ----


def test_what_waits_is_written_together_and_nobody_is_answered_before(urn: Urn) -> None:
    poll = urn.polled(slips=300)
    go_on, batches = threading.Event(), []

    class Slow(type(urn.store)):  # type: ignore[misc]
        def cast(self, batch: Any) -> Any:
            batches.append(len(batch))
            go_on.wait(60)
            return super().cast(batch)

    def opened() -> Any:
        store = urn.opened()
        store.__class__ = Slow
        return store

    async def all_cast() -> list[Any]:
        one = Batches(opened, lambda error: pytest.fail(str(error)))
        writing = asyncio.ensure_future(one.write())
        casts = [asyncio.ensure_future(one.cast(poll.cast(number))) for number in range(300)]
        while not batches:
            await asyncio.sleep(0.01)
        casts[7].cancel()  # whoever has gone is counted all the same
        assert not any(cast.done() for cast in casts[:7])
        assert urn.counted(poll) == 0
        go_on.set()
        outcomes = await asyncio.gather(*casts, return_exceptions=True)
        writing.cancel()
        one.close()
        return outcomes

    outcomes = run_apart(all_cast())
    assert batches == [256, 44]
    assert [one.how for place, one in enumerate(outcomes) if place != 7] == ["accepted"] * 299
    assert urn.counted(poll) == 300


def test_all_who_wait_are_told_to_come_again_when_the_store_fails_and_the_next_are_taken(urn: Urn) -> None:
    poll, fails, noted = urn.polled(slips=6), [True], list[BaseException]()

    def opened() -> Any:
        if fails:
            raise OSError("no disk")
        return urn.opened()

    async def all_cast() -> list[Any]:
        one = Batches(opened, noted.append)
        writing = asyncio.ensure_future(one.write())
        first = await asyncio.gather(*(one.cast(poll.cast(n)) for n in range(3)), return_exceptions=True)
        fails.clear()
        then = await asyncio.gather(*(one.cast(poll.cast(n)) for n in range(6)))
        writing.cancel()
        one.close()
        return [*first, *then]

    outcomes = run_apart(all_cast())
    assert [type(one) for one in outcomes[:3]] == [Unavailable] * 3
    assert [one.how for one in outcomes[3:]] == ["accepted"] * 6
    assert len(noted) == 1


def test_whoever_comes_when_too_many_wait_is_sent_away_at_once(urn: Urn) -> None:
    poll = urn.polled()

    async def crowded() -> None:
        one = Batches(urn.opened, lambda error: None)  # nobody writes
        waiting = [asyncio.ensure_future(one.cast(poll.cast())) for _ in range(MOST_WAITING)]
        await asyncio.sleep(0)
        with pytest.raises(Unavailable):
            await one.cast(poll.cast())
        for other in waiting:
            other.cancel()

    run_apart(crowded())


def test_a_database_that_drops_its_lines_is_found_again(urn: Urn, host: Running) -> None:
    if isinstance(urn.place, Path):
        return  # a file drops nobody
    poll = urn.polled()
    assert host.cast(poll.body())[0] == 200
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    sql(urn.store, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
    statuses = [host.cast(poll.body(1))[0] for _ in range(3)]
    assert statuses[-1] == 200
    assert set(statuses) <= {200, 503}
    assert urn.counted(poll) == 2


# ---- what is said of anybody ----


def test_every_answer_is_strict_and_none_sets_a_cookie(urn: Urn, host: Running) -> None:
    poll = urn.polled()
    receipt_of = f"/b/receipt/{poll.id.hex()}/aaaa-bbbb-cccc-dddd"
    asked = [
        host.asked("GET", path) for path in ("/b/", "/b/nothing", f"/b/poll/{poll.id.hex()}", receipt_of, "/b/cast")
    ]
    asked += [host.asked("POST", "/b/cast", json.dumps(body).encode()) for body in (poll.body(), {})]
    for status, _, headers in asked:
        assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'; ")
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["permissions-policy"] == "camera=(), microphone=(), geolocation=()"
        assert headers["cache-control"] in {"no-store", "no-cache"}, status
        assert "set-cookie" not in headers
        assert "access-control-allow-origin" not in headers
    assert [headers["cache-control"] for _, _, headers in asked[3:]] == ["no-store"] * 4


def test_nothing_of_anybody_is_logged_when_all_goes_well_and_when_the_store_fails(urn: Urn, host: Running) -> None:
    poll = urn.polled()
    answered = host.asked("POST", "/b/cast", json.dumps(poll.body(comment="江晚舟说好")).encode(), User_Agent="Yurt/1")
    host.asked("GET", f"/b/receipt/{poll.id.hex()}/{answered[1]['receipt']}", X_Forwarded_For="203.0.113.7")
    host.cast(b"{")
    urn.store._to.execute("ALTER TABLE ballot RENAME TO elsewhere")  # type: ignore[attr-defined]
    status, said, headers = host.asked("POST", "/b/cast", json.dumps(poll.body(1)).encode(), User_Agent="Yurt/1")
    assert (status, headers["retry-after"]) == (503, "2")
    assert "nothing is counted twice" in said["right"]["en"]
    urn.store._to.execute("ALTER TABLE elsewhere RENAME TO ballot")  # type: ignore[attr-defined]
    assert host.cast(poll.body(1))[0] == 200, "the host opens its store anew by itself"
    log = host.said.read_text()
    assert "urn: " in log, "the error itself is said"
    personal = ["127.0.0.1:", "203.0.113", "Yurt", "江晚舟", "说好", poll.id.hex(), str(poll.body()["slip"])]
    said_of_us = log.replace(f"http://127.0.0.1:{host.port}/b/", "")
    assert [one for one in personal if one in said_of_us] == []


def test_the_host_knows_no_django() -> None:
    rooms = "baolei.urn.host, baolei.urn.sqlite, baolei.urn.postgres, baolei.cli.urn"
    program = f"import {rooms}, sys; print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_on_postgresql_several_processes_answer_and_on_sqlite_they_are_refused(urn: Urn) -> None:
    if isinstance(urn.place, Path):
        call = [sys.executable, "-m", "baolei.cli.main", "urn", "--workers", "2"]
        done = subprocess.run(call, env=urn.environ, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert "--workers 1, or use PostgreSQL" in done.stderr
        return
    poll = urn.polled(slips=60)
    with a_host(urn, "--workers", "2") as host, ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(host.cast, [poll.body(number) for number in range(60)] * 3))
    assert {status for status, _ in answers} == {200}
    assert len({said["receipt"] for _, said in answers}) == urn.counted(poll) == 60


# ---- the page ----


def test_the_page_is_served_as_it_lies_in_its_folder_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<p>选票")
    (tmp_path / "ballot.js").write_text("1;" * 500)
    (tmp_path / "notes.py").write_text("no")
    (tmp_path / "folder.js").mkdir()
    files = page_files(tmp_path)
    assert set(files) == {"/b/", "/b/ballot.js"}
    script = files["/b/ballot.js"]
    packed = script.answer({b"accept-encoding": b"gzip, br"})
    assert dict(packed.headers)[b"content-encoding"] == b"gzip"
    assert len(packed.body) < len(script.answer({}).body) == 1000
    again = script.answer({b"if-none-match": script.mark})
    assert (again.status, again.body) == (304, b"")
    assert page_files(tmp_path / "nowhere") == {}


def test_a_host_with_a_page_answers_with_it(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<p>选票")
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def asked() -> None:
        one = Host(lambda: pytest.fail("no store is opened for a page"), tmp_path)
        await one({"type": "http", "path": "/b/", "method": "GET", "headers": []}, None, send)  # type: ignore[arg-type]
        await one({"type": "http", "path": "/b/", "method": "HEAD", "headers": []}, None, send)  # type: ignore[arg-type]

    run_apart(asked())
    assert [one.get("status") for one in sent] == [200, None, 200, None]
    assert sent[1]["body"].decode() == "<p>选票"
    assert sent[3]["body"] == b""
    assert dict(sent[2]["headers"])[b"content-length"] == str(len("<p>选票".encode())).encode()
