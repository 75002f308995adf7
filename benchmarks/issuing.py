"""Tokens taken by accounts that are logged in, over HTTP from the real server: how many a second.

A house of its own on the database of BAOLEI_DATABASE_URL (under `tools/postgres.py --durable`), else on SQLite, served
by granian as `baolei serve` does it. Accounts, links, sessions and blinded messages are made before the clock; what is
measured is the request by which a person has a token signed: log-in looked up, member and roll found, signed, written
down, and the page answered. The generator stands on the same machine. The polls are many, as in a region.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import measure

TODAY = datetime.now(UTC).date()
LINES = 16
"""Connections, kept alive."""
CSRF = "a" * 32
SERVER = """
from baolei.cli.house import open_house
from baolei.cli.serve import _serve_with_granian
open_house()
_serve_with_granian("127.0.0.1", {port}, {workers})
"""


def main() -> int:
    """Print the table; 1 where a token was refused, or a row of the house is missing."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--tokens", type=int, default=1500)
    options.add_argument("--polls", type=int, default=60)
    options.add_argument("--rounds", type=int, default=1, help="so many times as many tokens")
    options.add_argument("--workers", type=int, default=2, help="processes of the server")
    options.add_argument("--json", action="store_true")
    said = options.parse_args()
    with tempfile.TemporaryDirectory() as home:
        measure.set_up(Path(home))
        requests = _prepared(said.tokens * said.rounds, said.polls)
        with server(said.workers) as port:
            row = _run(port, requests)
        from baolei.ballots.models import Issued

        missing = row["taken"] - Issued.objects.count()
        notes = {"store": os.environ["BAOLEI_DATABASE_URL"].partition(":")[0], "polls": said.polls, "lines": LINES,
                 "server processes": said.workers, "taken and not written down": missing, "nice": os.nice(0),
                 "load of the machine": os.getloadavg()[0]}  # fmt: skip
        measure.show("tokens taken", [row], notes, said.json)
    return 1 if missing or row["refused"] else 0


@contextmanager
def server(workers: int) -> Iterator[int]:
    """The port of a house that answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    call = [sys.executable, "-c", SERVER.format(port=port, workers=workers)]
    process = subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while process.poll() is None:
            try:
                line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
                line.request("GET", "/account/login/")
                line.getresponse().read()
                break
            except OSError:
                time.sleep(0.2)
        yield port
    finally:
        process.terminate()
        process.wait(30)


# ---- who takes what ----


def _prepared(tokens: int, polls: int) -> list[tuple[str, str, str]]:
    """For each token the address, the cookie of a log-in, and the body."""
    numbers = _polls(polls)
    members = _members(tokens, polls)
    found = []
    for place, account in enumerate(members):
        blinded = base64.urlsafe_b64encode(b"\x00" + secrets.token_bytes(255)).decode().rstrip("=")
        body = urlencode({"csrfmiddlewaretoken": CSRF, "blinded": blinded})
        found.append((f"/ballots/take/{numbers[place % polls]}/", f"{_session(account)}; csrftoken={CSRF}", body))
    return found


def _polls(polls: int) -> list[str]:
    """Branches with a poll each whose tokens are given out, and its key."""
    from baolei.ballots import polling, taking
    from baolei.ballots.models import Poll
    from baolei.declarations.models import Declaration
    from baolei.organisations.models import (
        Member,
        Membership,
        Organisation,
        OrganisationState,
        Unit,
        UnitState,
        segment_of,
    )
    from baolei.rounds.models import Round, Span
    from baolei.standards.at_hand import at_hand

    now, edition = datetime.now(UTC), at_hand("wuqiang-2020-2023")
    unit = Unit.objects.create()
    path = segment_of(unit.pk)
    UnitState.objects.create(unit=unit, code="15", name="全区", level=1, path=path, since=date(2020, 1, 1))
    this = Round.objects.create(name="年度评定", year=2026, unit=unit, path=path, edition=edition.code,
                                digest=edition.digest, basis="approved", document="号", phase="ballots",
                                opened_at=now)  # fmt: skip
    Span.objects.create(round=this, phase="ballots", begins=date(2026, 1, 1), ends=date(2099, 1, 1))
    for place in range(polls):
        branch = Organisation.objects.create()
        OrganisationState.objects.create(organisation=branch, code=f"B{place}", name=f"支部{place}", kind="branch",
                                         field="village", unit=unit, path=segment_of(branch.pk),
                                         since=date(2020, 1, 1))  # fmt: skip
        Declaration.objects.create(round=this, organisation=branch, field="village", unit=unit, path=path,
                                   state="submitted", submitted_at=now)  # fmt: skip
        for number in range(5):
            member = Member.objects.create(name=f"党员{number}")
            Membership.objects.create(member=member, organisation=branch, kind="full", since=date(2020, 1, 1))
    told: dict[str, Any] = {"actor": None, "now": now, "why": "测速", "round": this}
    polling.set_up(**told, sources=("mem",), revote=True, tokens=True, house="http://127.0.0.1")
    polling.give_out(**told)
    found = list(Poll.objects.order_by("declaration__organisation"))
    for poll in found:
        taking.key_of(poll)
    return [poll.number for poll in found]


def _members(tokens: int, polls: int) -> list[Any]:
    """Accounts, each linked to a full member of one of the branches in turn."""
    from baolei.ballots.models import Elector
    from baolei.organisations.models import Member, Membership, Organisation
    from baolei.people.models import Account

    branches = list(Organisation.objects.order_by("pk"))
    accounts = Account.objects.bulk_create([
        Account(username=f"member-{place}", name=f"党员{place}", password_since=TODAY) for place in range(tokens)
    ])  # fmt: skip
    members = Member.objects.bulk_create([Member(name=one.name) for one in accounts])
    Membership.objects.bulk_create([
        Membership(member=one, organisation=branches[place % polls], kind="full", since=date(2020, 1, 1))
        for place, one in enumerate(members)
    ])  # fmt: skip
    Elector.objects.bulk_create([Elector(account=account, member=member, day=TODAY)
                                 for account, member in zip(accounts, members, strict=True)])  # fmt: skip
    return accounts


def _session(account: Any) -> str:
    """The cookie of somebody who has logged in and was seen within the last minute, as whoever comes from the ballot
    page was: a session is written once a minute at most.
    """
    from django.conf import settings
    from django.test import Client

    from baolei.people.sessions import BEGAN, SEEN

    client = Client(headers={"host": "localhost"})
    client.force_login(account)
    session = client.session
    session[BEGAN] = session[SEEN] = time.time()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


# ---- the generator ----


def _run(port: int, requests: list[tuple[str, str, str]]) -> dict[str, Any]:
    """Every token once, as fast as all lines are answered; the first few warm the server up."""
    due = iter(requests)
    warm = [next(due) for _ in range(min(2 * LINES, len(requests) // 4))]
    first = _one_line(port, iter(warm))
    begun = time.perf_counter()
    with ThreadPoolExecutor(LINES) as lines:
        answers = [one for some in lines.map(lambda _: _one_line(port, due), range(LINES)) for one in some]
    took = time.perf_counter() - begun
    waited, taken = sorted(waited for _, waited in answers), sum(status == 200 for status, _ in answers)
    return {"taken": taken + sum(status == 200 for status, _ in first), "seconds": took, "a second": taken / took,
            "p50 ms": 1000 * waited[len(waited) // 2], "p99 ms": 1000 * waited[int(0.99 * (len(waited) - 1))],
            "refused": len(answers) + len(first) - taken - sum(status == 200 for status, _ in first)}  # fmt: skip


def _one_line(port: int, due: Iterator[tuple[str, str, str]]) -> list[tuple[int, float]]:
    """Status and seconds of what one connection asks until nothing is due."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    found = []
    for address, cookie, body in due:
        at = time.perf_counter()
        line.request("POST", address, body, {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"})
        answer = line.getresponse()
        answer.read()
        found.append((answer.status, time.perf_counter() - at))
    line.close()
    return found


if __name__ == "__main__":
    sys.exit(main())
