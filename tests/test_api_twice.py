"""The same write sent by several at once: one act and one answer, on a store of its own, each by its own connection."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from houses import House, a_ready_house

pytestmark = [pytest.mark.stores, pytest.mark.long]

SENDERS = 6
BEGIN = """
import sys
sys.path.insert(0, {tests!r})
import api_stage, sheets_stage, stage
made = sheets_stage.town()
account = stage.mandated("150422")
print(api_stage.token_of(account)[1], made["B1"].pk)
"""
SEND = """
import json, sys, threading
from django.conf import settings
from django.db import connection
settings.ALLOWED_HOSTS = ["testserver"]
sys.path.insert(0, {tests!r})
from api_stage import Program, act
secret, branch, senders, ways = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
at_once = threading.Barrier(senders)
answers = []
def send(number):
    asks = Program(secret)
    body = act(name="乌云其其格" if ways == "same" else f"党员{{number}}")
    at_once.wait()
    answer = asks.post(f"/organisations/{{branch}}/acts/admit", body, "the-key" if ways != "own" else f"key-{{number}}")
    answers.append([answer.status_code, answer.json(), answer.headers.get("Idempotency-Replayed", "")])
    connection.close()
threads = [threading.Thread(target=send, args=[number]) for number in range(senders)]
for one in threads: one.start()
for one in threads: one.join()
from baolei.api.models import Kept
from baolei.ledger.models import Entry
from baolei.organisations.models import Member
print(json.dumps([answers, Member.objects.filter(name__contains="乌云").count() + Member.objects.filter(
    name__regex="^党员[0-9]$").count(), Entry.objects.filter(act="organisations.admit").count(), Kept.objects.count()]))
"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with a_ready_house(tmp_path / "home") as one:
        yield one


def ran(house: House, program: str, *arguments: str) -> str:
    begun = "from baolei.cli.house import open_house; open_house()\n"
    whole = begun + program.format(tests=str(Path(__file__).parent))
    done = subprocess.run([sys.executable, "-c", whole, *arguments], env=house.environ, capture_output=True, text=True,
                          check=False, timeout=120)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout.strip().splitlines()[-1]


def sent(house: House, ways: str) -> tuple[list[list[object]], int, int, int]:
    secret, branch = ran(house, BEGIN).split()
    answers, members, entries, kept = json.loads(ran(house, SEND, secret, branch, str(SENDERS), ways))
    assert house.told("ledger", "verify")["faults"] == []
    return answers, members, entries, kept


def test_two_same_at_once_are_one_act(house: House) -> None:
    answers, members, entries, kept = sent(house, "same")
    assert [status for status, _told, _before in answers] == [200] * SENDERS, answers
    assert len({json.dumps(told) for _status, told, _before in answers}) == 1
    assert sorted(str(before) for _status, _told, before in answers) == ["", *["true"] * (SENDERS - 1)]
    assert (members, entries, kept) == (1, 1, 1)


def test_two_others_under_one_key_are_one_act_and_refusals(house: House) -> None:
    answers, members, entries, kept = sent(house, "other")
    assert sorted(int(str(status)) for status, _told, _before in answers) == [200, *[422] * (SENDERS - 1)], answers
    assert (members, entries, kept) == (1, 1, 1)


def test_as_many_under_keys_of_their_own_are_as_many_acts(house: House) -> None:
    answers, members, entries, kept = sent(house, "own")
    assert [status for status, _told, _before in answers] == [200] * SENDERS, answers
    assert (members, entries, kept) == (SENDERS, SENDERS, SENDERS)
