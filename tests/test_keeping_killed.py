"""Writers ended with kill -9 wherever they happen to be: every act they were told is done is there, with its record."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from houses import House, a_ready_house

pytestmark = pytest.mark.stores

WRITER = """
import sys
from datetime import UTC, datetime
from baolei.cli.house import open_house
open_house()
from django.db import transaction
from baolei.ledger.actions import record
from baolei.people.models import Account
number = 0
while True:
    number += 1
    with transaction.atomic():
        one = Account.objects.create(username=f"{sys.argv[1]}-{number}", name="江晚舟")
        record(actor=one, act="people.open", subject=f"account:{one.pk}", now=datetime.now(UTC))
        if number == int(sys.argv[2]):
            print("half-way", flush=True)
            import time; time.sleep(60)
    print(one.pk, flush=True)
"""
WHAT_IS_THERE = """
import json
from baolei.ledger.models import Entry
from baolei.people.models import Account
print(json.dumps({"accounts": sorted(Account.objects.values_list("pk", flat=True)),
                  "recorded": sorted(Entry.objects.values_list("actor_id", flat=True))}))
"""
ROUNDS, WRITERS = 3, 2


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with a_ready_house(tmp_path / "home") as one:
        yield one


def writer(house: House, name: str, stops_at: int = 0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, name, str(stops_at)], env=house.environ, stdout=subprocess.PIPE, text=True
    )


def first_line(one: subprocess.Popen[str]) -> str:
    """What it was told first; waits for it."""
    assert one.stdout
    return one.stdout.readline()


def ended(one: subprocess.Popen[str]) -> list[str]:
    """Kill it, and what it had been told until then."""
    one.send_signal(signal.SIGKILL)
    said, _ = one.communicate(timeout=20)
    return [line for line in said.split("\n")[:-1] if line]  # a line cut in two was never told


@pytest.mark.long
def test_what_was_acknowledged_is_there_and_every_act_has_its_record(house: House) -> None:
    chance = random.Random(11)
    told: set[int] = set()
    for turn in range(ROUNDS):
        writers = [writer(house, f"{turn}-{number}") for number in range(WRITERS)]
        told |= {int(first_line(one)) for one in writers}  # however slow the machine, each has begun to write
        time.sleep(1 + chance.random())
        told |= {int(line) for one in writers for line in ended(one)}
    found = json.loads(house.does(WHAT_IS_THERE))
    assert len(told) > 50, "the writers hardly wrote: the test shows nothing"
    assert told - set(found["accounts"]) == set()
    assert found["accounts"] == found["recorded"], "no act without its record, no record without its act"
    assert house.told("ledger", "verify")["faults"] == []


def test_an_act_cut_off_half_way_was_never_done_and_keeps_nobody_waiting(house: House) -> None:
    one = writer(house, "half", stops_at=3)
    assert one.stdout
    assert [one.stdout.readline() for _ in range(3)][-1] == "half-way\n"
    ended(one)
    after = writer(house, "next", stops_at=2)
    assert after.stdout
    assert after.stdout.readline().strip().isdecimal()
    ended(after)
    found = json.loads(house.does(WHAT_IS_THERE))
    assert len(found["accounts"]) == len(found["recorded"]) == 3
    assert house.told("ledger", "verify")["faults"] == []
