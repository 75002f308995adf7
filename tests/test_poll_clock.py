"""Polls by the calendar: begun on the first day of their phase, ended after its last, moved with it, ended with a round
or a branch that is out.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from baolei.ballots import clock, polling
from baolei.ballots.models import Poll, Polling, Sealing
from baolei.ballots.urns import opened
from baolei.declarations.models import Declaration
from baolei.front.conductor import tick
from baolei.ledger.models import Entry
from baolei.organisations import records
from baolei.rounds.actions import cancel_round, extend_phase
from baolei.rounds.models import Round, Span
from baolei.urn.store import CAST, CLOSED, ISSUE, SEALED, SET_UP
from poll_stage import FIRST, LAST, NEXT, OWN, asked_to_print, collected, on, poll_of, set_up
from round_stage import NOW, declaration_of

pytestmark = [pytest.mark.django_db, pytest.mark.stores, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any) -> Path:
    settings.BAOLEI_HOME, settings.BAOLEI_RESULTS = str(tmp_path), str(tmp_path / "results")
    return tmp_path


@pytest.fixture
def this(django_capture_on_commit_callbacks: Any) -> Round:
    """A round whose ballots are collected from 9 to 13 March, with the slips of two branches printed."""
    made = collected()
    set_up(made)
    asked_to_print(made, django_capture_on_commit_callbacks)
    return made


def phases(this: Round) -> list[str]:
    return list(
        Poll.objects.filter(declaration__round=this, slips__gt=0).order_by("pk").values_list("phase", flat=True)
    )


def in_the_urn(this: Round) -> set[tuple[str, date | None]]:
    with opened() as urn:
        found = [urn.poll(one.key) for one in Poll.objects.filter(declaration__round=this, slips__gt=0)]
    return {(one.phase, one.closes) for one in found if one}


def test_casting_begins_on_the_first_day_and_ends_after_the_last(
    this: Round, django_capture_on_commit_callbacks: Any
) -> None:
    clock.run_clock(now=on(FIRST - timedelta(days=1)))
    assert phases(this) == [ISSUE, ISSUE]
    clock.run_clock(now=on(FIRST))
    clock.run_clock(now=on(FIRST))
    assert phases(this) == [CAST, CAST]
    assert in_the_urn(this) == {(CAST, LAST)}
    clock.run_clock(now=on(LAST))
    clock.run_clock(now=datetime(2026, 4, 10, 15, 59, tzinfo=NOW.tzinfo))  # a minute before midnight in China
    assert phases(this) == [CAST, CAST]
    with django_capture_on_commit_callbacks(execute=True):
        clock.run_clock(now=datetime(2026, 4, 10, 16, 0, tzinfo=NOW.tzinfo))
        clock.run_clock(now=datetime(2026, 4, 10, 16, 1, tzinfo=NOW.tzinfo))
    assert phases(this) == [SEALED, SEALED]
    assert Sealing.objects.get().state == Sealing.DONE
    acts = Entry.objects.filter(act__startswith="ballots.").order_by("number").values_list("act", flat=True)
    assert [*acts][-3:] == ["ballots.begin", "ballots.end", "ballots.seal"]
    assert set(acts) <= records.acts().keys()


def test_the_clock_is_asked_by_the_worker(this: Round) -> None:
    Span.objects.filter(round=this, phase="ballots").update(begins=date(2020, 1, 1), ends=date(2099, 12, 31))
    tick()
    assert phases(this) == [CAST, CAST]


def test_nothing_begins_while_declarations_are_filled_in(this: Round) -> None:
    Round.objects.filter(pk=this.pk).update(phase="self_assessment")
    clock.run_clock(now=on(FIRST))
    assert phases(this) == [ISSUE, ISSUE]


def test_a_phase_that_is_extended_takes_the_last_day_of_the_polls_along(this: Round) -> None:
    clock.run_clock(now=on(FIRST))
    extend_phase(actor=None, now=on(FIRST), round=this, phase="ballots", ends=date(2026, 4, 17), why="道路不通")
    clock.run_clock(now=on(LAST + timedelta(days=1)))
    assert in_the_urn(this) == {(CAST, date(2026, 4, 17))}
    assert Polling.objects.get().closes == date(2026, 4, 17)
    before = Entry.objects.count()
    clock.run_clock(now=on(LAST + timedelta(days=2)))
    assert Entry.objects.count() == before
    clock.run_clock(now=on(date(2026, 4, 18)))
    assert phases(this) == [CLOSED, CLOSED]


def test_a_round_that_is_cancelled_ends_its_casting(this: Round, django_capture_on_commit_callbacks: Any) -> None:
    clock.run_clock(now=on(FIRST))
    cancel_round(actor=None, now=on(FIRST), round=this, why="试点中止")
    with django_capture_on_commit_callbacks(execute=True):
        clock.run_clock(now=on(FIRST))
    assert phases(this) == [SEALED, SEALED]


def test_a_branch_that_leaves_takes_no_ballots_any_more_and_the_others_go_on(
    this: Round, django_capture_on_commit_callbacks: Any
) -> None:
    clock.run_clock(now=on(FIRST))
    gone = declaration_of(this, OWN)
    Declaration.objects.filter(pk=gone.pk).update(state="withdrawn")
    clock.run_clock(now=on(FIRST))
    assert [poll_of(this, code).phase for code in (OWN, NEXT)] == [CLOSED, CAST]
    with django_capture_on_commit_callbacks(execute=True):
        clock.run_clock(now=on(LAST + timedelta(days=1)))
    assert phases(this) == [SEALED, SEALED]


def test_a_seal_that_failed_is_tried_again_by_ending_once_more(
    this: Round, django_capture_on_commit_callbacks: Any
) -> None:
    clock.run_clock(now=on(FIRST))
    polling.end(actor=None, now=on(FIRST), round=this, why="截止")
    Sealing.objects.update(state=Sealing.FAILED, said="没有空间")
    with django_capture_on_commit_callbacks(execute=True):
        assert polling.end(actor=None, now=on(FIRST), round=this, why="再封存") == 2
    assert phases(this) == [SEALED, SEALED]


def test_polls_whose_slips_were_never_printed_stay_as_they_are(this: Round) -> None:
    set_up(this, "mas")
    clock.run_clock(now=on(FIRST))
    clock.run_clock(now=on(LAST + timedelta(days=1)))
    assert set(Poll.objects.filter(source="mas").values_list("phase", flat=True)) == {SET_UP}
