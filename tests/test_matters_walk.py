"""Random walks: whatever anybody tries upon a matter in whatever order, only rows of the table come about; what is
refused leaves nothing, what is done leaves one step and one entry of the ledger, and no clock runs backward.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import matters_stage as matters
from baolei.ledger.models import Entry
from baolei.matters import asking, handling, nightly
from baolei.matters.models import Matter, Step
from baolei.programme.matters import MERGED, STATES
from baolei.programme.refusals import Refusal
from matters_stage import MONDAY, Cast

pytestmark = [pytest.mark.django_db, pytest.mark.stores]
PERSONS = ("worker", "township", "second", "county", "far", "asker", "clock")
STEPS = st.lists(
    st.tuples(st.sampled_from(matters.acts()), st.sampled_from(PERSONS), st.integers(0, 40), st.booleans()), max_size=24
)
ASKERS = ("confirm", "deny", "reopen", "hold")


def done(act: str, matter: Matter, receipt: str, person: str, of: Cast, now: Any, whole: bool) -> None:
    """Try an act; `whole` as it ought to be, else with something left out."""
    if person == "clock":
        nightly.pass_due(now=now)
        return
    if person == "asker":
        asking.say(now=now, receipt=receipt if whole else receipt[::-1], act=act, words="")
        return
    given: dict[str, Any] = {"actor": getattr(of, person), "now": now, "matter": matter}
    note = {"note": "现场看过" if whole else " "}
    other = Matter.objects.exclude(pk=matter.pk).order_by("pk").first()
    tries = {
        "take": lambda: handling.take(**given),
        "escalate": lambda: handling.escalate(**given, **note),
        "send_back": lambda: handling.send_back(**given, **note),
        "split": lambda: handling.split(**given, words=note["note"], kind="request" if whole else "none"),
        "merge": lambda: handling.merge(**given, into=other if whole and other else matter),
        "leave_unfixed": lambda: handling.leave_unfixed(**given, why="means" if whole else "x", note="条件不具备"),
        "fix": lambda: handling.fix(**given, **note),
        "pause": lambda: handling.pause(**given, waits="season" if whole else "x", note="等开春"),
        "resume": lambda: handling.resume(**given),
    }
    if act in tries:
        tries[act]()
    else:
        STATES.next_state(matter.state, act, "nobody")


def everything(matter: Matter) -> list[Any]:
    """All that is on record of matters."""
    return [
        list(Matter.objects.order_by("pk").values()),
        list(Step.objects.order_by("pk").values()),
        Entry.objects.count(),
    ]


def walk(of: Cast, steps: list[tuple[str, str, int, bool]]) -> list[str]:
    """Walk a matter; the acts that came about."""
    matter, receipt = matters.reported(of)
    matters.reported(of, key="b")
    now, came = MONDAY, list[str]()
    for act, person, days, whole in steps:
        now += timedelta(days=days)
        before, was = everything(matter), Matter.objects.get(pk=matter.pk)
        number = Step.objects.filter(matter=matter).count()
        try:
            with transaction.atomic():
                done(act, was, receipt, person, of, now, whole)
        except Refusal:
            assert everything(matter) == before, f"a refused {act} left something"
            continue
        mine = Matter.objects.get(pk=matter.pk)
        new = Step.objects.filter(matter=matter).order_by("pk")[number:]
        assert person == "clock" or [one.act for one in new] == [act]
        for one in new:
            row = next(row for row in STATES.rows if (row.state, row.act) == (one.before, one.act))
            assert (one.before, one.after, mine.state) == (was.state, row.to, row.to)
            assert (one.by is None) == (person in ("clock", "asker"))
            assert person not in ("far",)
            came.append(one.act)
        must_hold(was, mine, now)
    return came


def must_hold(was: Matter, now_is: Matter, now: Any) -> None:
    """What is true of a matter wherever it stands."""
    today = (now + timedelta(hours=8)).date()
    assert (now_is.due is None) == STATES.state(now_is.state).final
    assert now_is.ends >= was.ends, "the clock of the whole never runs backward"
    if was.state not in {now_is.state, "paused"}:
        assert now_is.due is None or now_is.due >= today, "a state that is entered has its time before it"
    if now_is.state == MERGED:
        assert now_is.contact == ""
    assert Entry.objects.order_by("-number").values_list("act", flat=True)[0].startswith("matters.")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_whoever_tries_whatever_only_rows_of_the_table_come_about(steps: list[tuple[str, str, int, bool]]) -> None:
    with transaction.atomic():
        walk(matters.cast(), steps)
        transaction.set_rollback(True)


def test_the_walks_reach_the_end() -> None:
    of = matters.cast()
    came = walk(of, [
        ("take", "worker", 0, True), ("pause", "worker", 1, True), ("resume", "worker", 9, True),
        ("escalate", "worker", 1, True), ("escalate", "clock", 6, True), ("send_back", "county", 0, True),
        ("split", "township", 0, True), ("take", "township", 1, True), ("fix", "township", 1, True),
        ("deny", "asker", 0, True), ("take", "township", 1, True), ("fix", "township", 0, True),
        ("leave", "clock", 9, True), ("reopen", "asker", 1, True), ("take", "township", 0, True),
        ("fix", "township", 0, True), ("confirm", "asker", 1, True), ("ask_again", "clock", 30, True),
        ("hold", "asker", 1, True),
    ])  # fmt: skip
    assert came[-4:] == ["fix", "confirm", "ask_again", "hold"]
    assert set(came) >= {"pause", "resume", "escalate", "send_back", "split", "deny", "leave", "reopen"}
    mine = Matter.objects.order_by("pk").first()
    assert (mine.state, mine.ending, mine.reopened) == ("over", "confirmed", 1)
    assert Step.objects.filter(act="escalate", by=None).count() >= 1, "what lay with a role only was passed on as well"
