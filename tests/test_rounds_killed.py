"""The worker ended with kill -9 in any passage of a round, at its clock, or while it scores: the round stands in one
phase or the next with everything that belongs to it, and done once more it is what it is after a run nobody cut.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from houses import House, a_ready_house

pytestmark = pytest.mark.stores

# A process of its own for each cut: it is killed before a statement that it sends, before it commits, or after.
CUTTING = """
import json, os, secrets, signal, sys
from baolei.cli.house import open_house
open_house()
sys.path.insert(0, sys.argv[1])
every = sys.argv[2] == "every"
secrets.token_hex = lambda length=32: "5" * 2 * length
from django.db import connection, connections, transaction
from contents import digest
import review_stage, round_stage
from baolei.declarations import actions as declaring
from baolei.front.conductor import pass_on
from baolei.reviews import clock
from baolei.rounds.models import Round

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def apart(act):
    # What an act prints in a process of its own, '' where that was killed.
    connections.close_all()
    reads, writes = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(writes, act().encode())
            os._exit(0)
        finally:
            os._exit(1)
    os.close(writes)
    with os.fdopen(reads) as told:
        said = told.read()
    status = os.waitpid(child, 0)[1]
    assert status == 0 or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL), status
    return said if status == 0 else ""

def cut(act, at):
    # The act, killed before its so-manieth statement; -1: before it commits, 0: not at all. How many it sent.
    sent = [0]
    def one(execute, sql, *given):
        sent[0] += not sql.startswith(("SAVEPOINT", "RELEASE"))  # fewer of these where nothing stands around the act
        if at > 0 and sent[0] == at:
            die()
        return execute(sql, *given)
    if at == -1:
        connections["default"]._commit = die
    with connection.execute_wrapper(one):
        act()
    return str(sent[0])

def tried(act):
    # What would stand in the store after the act; it is undone.
    def whole():
        with transaction.atomic():
            act()
            found = digest()
            transaction.set_rollback(True)
        return found
    return apart(whole)

def counted(act):
    def whole():
        with transaction.atomic():
            number = cut(act, 0)
            transaction.set_rollback(True)
        return number
    return int(apart(whole))

def points(number):
    return [*range(1, number + 1), -1] if every else sorted({1, number // 2 + 1, number}) + [-1]

def kill_and_repeat(name, act, one_transaction):
    before, expected, number = digest(), tried(act), counted(act)
    assert expected != before, f"{name}: it does nothing, the test shows nothing"
    for at in points(number):
        told = apart(lambda: cut(act, at))
        if one_transaction:
            assert told == "", f"{name}: it was to be killed at {at} of {number}"
            assert digest() == before, f"{name}: killed at {at} of {number} it has left something"
    apart(lambda: (act(), die()))
    assert digest() == expected, f"{name}: killed after its end, or cut and repeated, it is not what a whole run leaves"
    act()
    assert digest() == expected, f"{name}: once more, and something has changed"
    return number
"""
PASSING = (
    CUTTING
    + """
now = review_stage.NOW
people = review_stage.cast()
this = round_stage.opened()
for code in round_stage.BRANCHES:
    round_stage.stage.branch(code, home=code[:12])
done = {}
def passage():
    here = Round.objects.get(pk=this.pk)
    def act():
        pass_on(actor=None, now=now, round=this, expected=here.phase, why="提前完成", anyway="演练")
    done[here.phase] = kill_and_repeat(here.phase, act, True)
    return Round.objects.get(pk=this.pk).phase

def of(code):
    return round_stage.declaration_of(this, code)

assert passage() == "self_assessment"
for code in round_stage.BRANCHES[:2]:
    round_stage.filled(of(code))
for phase in ("ballots", "scoring", "visits", "review"):
    assert passage() == phase
declaring.withdraw(actor=None, now=now, declaration=of(round_stage.BRANCHES[1]), why="情况有变")
later = review_stage.on(60)
done["clock"] = kill_and_repeat("clock", lambda: clock.run_clock(later), False)
for level in ("banner", "league", "region"):
    step = review_stage.step_of(this)
    if step.state == "escalated":
        from baolei.reviews import actions
        actions.reassign(actor=people[level][0], now=later, step=step, why="下级逾期")
        step = review_stage.step_of(this)
    review_stage.agreed(step, people[level], now=later)
while (phase := passage()) != "closed":
    pass
print(json.dumps(done))
"""
)
SCORING = (
    CUTTING
    + """
import hashlib
from datetime import timedelta
from baolei.scores import actions, running
from baolei.scores.models import Run
running.RUNS.silence = timedelta(0)
this = round_stage.begun()
for code in round_stage.BRANCHES:
    round_stage.filled(round_stage.declaration_of(this, code))
this = round_stage.passed(this, 2)
run = actions.ask_for_run(actor=None, now=round_stage.NOW, round=this, seed="26051", why="首次计分")

def files():
    found = {str(one.relative_to(run.folder)): hashlib.sha256(one.read_bytes()).hexdigest()
             for one in sorted(run.folder.rglob("*")) if one.is_file()}
    made = Run.objects.get(pk=run.pk)
    return [made.state, made.snapshot, made.results, made.branches, found]

def perform(at=0, done=False):
    told, heard = running._told, [0]
    def tell(*given):
        heard[0] += 1
        if heard[0] == at:
            die()
        told(*given)
    running._told = tell
    if done:
        running.record = lambda **given: die()
    running.time.monotonic = iter(range(0, 10**6, 2)).__next__  # every step is told
    running.RUNS.perform(run.pk)
    return str(heard[0])

number = int(apart(perform))
expected = files()
assert expected[0] == Run.DONE
Run.objects.filter(pk=run.pk).update(state=Run.WAITING, snapshot="", results="", branches=0, ended_at=None)
for at in range(1, number + 1) if every else sorted({1, 2, number // 2, number}):
    assert apart(lambda: perform(at)) == "", at
    assert files()[:3] == [Run.RUNNING, "", ""], at
assert apart(lambda: perform(done=True)) == ""
assert files()[:3] == [Run.RUNNING, "", ""]
assert int(apart(perform)) == number
assert files() == expected
assert apart(perform) == "0", "what is done is not done again"
assert files() == expected
print(json.dumps([number, len(expected[-1])]))
"""
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with a_ready_house(tmp_path / "home") as one:
        yield one


def ran(house: House, program: str, how: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", program, str(Path(__file__).parent), how], env=house.environ, capture_output=True,
        text=True, check=False, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


EVERY = [pytest.param("some", marks=pytest.mark.long),
         pytest.param("every", marks=[pytest.mark.long, pytest.mark.release])]  # fmt: skip


@pytest.mark.parametrize("how", EVERY)
def test_killed_in_a_passage_a_round_stands_before_it_or_after_it(house: House, how: str) -> None:
    cuts = ran(house, PASSING, how)
    assert {"planned", "self_assessment", "ballots", "scoring", "visits", "review", "notice", "clock"} <= cuts.keys()
    assert all(number > 3 for number in cuts.values()), cuts
    assert house.told("ledger", "verify")["faults"] == []


@pytest.mark.parametrize("how", EVERY)
def test_killed_while_it_scores_a_run_is_begun_again_and_gives_the_same_bytes(house: House, how: str) -> None:
    steps, files = ran(house, SCORING, how)
    assert steps > 5
    assert files > 5
    assert house.told("ledger", "verify")["faults"] == []
