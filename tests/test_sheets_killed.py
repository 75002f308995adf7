"""The worker ended with kill -9 in every chunk: the next one goes on, and the result is that of an uncut run."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from houses import House, a_ready_house

pytestmark = [pytest.mark.stores, pytest.mark.long]

ROWS = 60
BEGIN = """
import sys
sys.path.insert(0, {tests!r})
from baolei.sheets import limits
limits.CHUNK = 10
import sheets_stage
from baolei.organisations.models import OrganisationState
from baolei.sheets import actions
from baolei.sheets.actions import Sent
from baolei.sheets.models import Batch
from django.conf import settings
import stage
sheets_stage.town()
rows = [["B2", f"新党员{{number}}", "预备党员", "2026-10-01"] for number in range({rows})]
body = sheets_stage.workbook([sheets_stage.heads("members"), *rows])
batch, _ = actions.send(actor=sheets_stage.clerk(), unit=stage.unit(sheets_stage.TOWNSHIP), kind="members",
                        day=sheets_stage.DAY, why="依据1号文", sent=Sent("表.xlsx", [body]), now=sheets_stage.NOW)
print(batch.pk)
"""
WORK = """
import os, signal, sys
from baolei.sheets import limits
limits.CHUNK = 10
from baolei.sheets import applying, jobs, staging
from baolei.sheets.models import Batch
number, cut = int(sys.argv[1]), int(sys.argv[2])
chunks = 0
def counted(kept):
    def chunk(*arguments, **named):
        global chunks
        chunks += 1
        if chunks == cut:
            inside = applying.Journal.write
            if kept is original_apply:
                def die(self):
                    inside(self)
                    os.kill(os.getpid(), signal.SIGKILL)
                applying.Journal.write = die
            else:
                os.kill(os.getpid(), signal.SIGKILL)
        return kept(*arguments, **named)
    return chunk
original_apply = applying._chunk
applying._chunk = counted(applying._chunk)
staging._Staging._chunk = counted(staging._Staging._chunk)
jobs.run(number)
print(Batch.objects.get(pk=number).state)
"""
ALLOW = """
from baolei.sheets import actions
from baolei.sheets.models import Batch
import sys
batch = Batch.objects.get(pk=int(sys.argv[1]))
from datetime import UTC, datetime
actions.apply(actor=batch.sender, batch=batch, only_right=False, now=datetime(2026, 11, 24, 1, tzinfo=UTC))
"""
FOUND = """
import json
from baolei.organisations.models import Membership
from baolei.ledger.models import Entry
from baolei.sheets.models import Change
print(json.dumps([sorted(Membership.objects.values_list("member__name", "kind", "organisation__states__code")),
                  list(Entry.objects.order_by("number").values_list("act", flat=True)), Change.objects.count()]))
"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with a_ready_house(tmp_path / "home") as one:
        yield one


def ran(house: House, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    begun = "from baolei.cli.house import open_house; open_house()\n"
    return subprocess.run(
        [sys.executable, "-c", begun + program, *arguments], env=house.environ, capture_output=True, text=True,
        check=False, timeout=120,
    )  # fmt: skip


def cut_in(house: House, batch: str, chunk: int) -> str:
    """Work on a batch until the so-manieth chunk, or to the end; '' where it was killed."""
    done = ran(house, WORK, batch, str(chunk))
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.stdout.strip()


def import_all(house: House, kills: tuple[int, ...]) -> list[object]:
    begin = BEGIN.format(tests=str(Path(__file__).parent), rows=ROWS)
    told = ran(house, begin)
    assert told.returncode == 0, told.stderr
    batch = told.stdout.strip()
    for chunk in kills:
        assert cut_in(house, batch, chunk) == "", "it was to be killed while it read"
    assert cut_in(house, batch, 0) == "ready"
    allowed = ran(house, ALLOW, batch)
    assert allowed.returncode == 0, allowed.stderr
    for chunk in kills:
        assert cut_in(house, batch, chunk) == "", "it was to be killed while it wrote"
    assert cut_in(house, batch, 0) == "applied"
    found: list[object] = json.loads(ran(house, FOUND).stdout)
    return found


def test_a_worker_killed_in_any_chunk_leaves_what_a_whole_run_leaves(house: House, tmp_path: Path) -> None:
    with a_ready_house(tmp_path / "whole") as whole:
        expected = import_all(whole, ())
    assert len(expected[0]) >= ROWS  # type: ignore[arg-type]
    assert import_all(house, (1, 2, 2, 3)) == expected
    assert house.told("ledger", "verify")["faults"] == []


def test_a_worker_started_again_finds_what_the_last_one_left(house: House) -> None:
    told = ran(house, BEGIN.format(tests=str(Path(__file__).parent), rows=ROWS))
    assert told.returncode == 0, told.stderr
    batch = told.stdout.strip()
    assert cut_in(house, batch, 2) == ""
    worker = subprocess.Popen([sys.executable, "-m", "baolei.cli.main", "work"], env=house.environ,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)  # fmt: skip
    try:
        state = f"from baolei.sheets.models import Batch; print(Batch.objects.get(pk={batch}).state)"
        for _ in range(40):
            if ran(house, state).stdout.strip() == "ready":
                break
            time.sleep(0.5)
        else:
            raise AssertionError("nobody picked it up")
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(20)
