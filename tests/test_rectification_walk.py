"""Random walks: whatever anybody tries upon a case in whatever order, only rows of the table come about; what is
refused leaves nothing, what is done leaves one passage and one entry of the ledger.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rectification_stage as cases
from baolei.ledger.models import Entry
from baolei.organisations.models import OrganisationState
from baolei.people.models import Account
from baolei.programme.rectification import STATES
from baolei.programme.refusals import Refusal
from baolei.rectification import actions
from baolei.rectification.models import Case, Passage, Problem, Report
from rectification_stage import OPENED, Cast

pytestmark = [pytest.mark.django_db, pytest.mark.stores]
PERSONS = ("secretary", "township", "county", "second")
STANDS_FOR = {"secretary": "branch", "township": "township", "county": "county", "second": "county"}
STEPS = st.lists(
    st.tuples(st.sampled_from(cases.acts()), st.sampled_from(PERSONS), st.integers(0, 200), st.booleans()), max_size=20
)


def done(act: str, case: Case, actor: Account, now: Any, whole: bool) -> None:
    """Try an act; `whole` as it ought to be, else with something left out."""
    every = list(case.problems.order_by("pk").values_list("pk", flat=True))
    some = every if whole else every[:1]
    given: dict[str, Any] = {"actor": actor, "now": now}
    upon = given | {"case": case}
    reason = "事由" if whole else " "
    tries: dict[str, Callable[[], Any]] = {
        "plan": lambda: actions.plan(**upon),
        "report": lambda: actions.report(**upon, month=now.date().replace(day=1), line="", changed=not whole),
        "settle": lambda: actions.settle(
            **given,
            problem=case.problems.order_by(F("settled").asc(nulls_first=True), "pk").first(),
            proof="记录" if whole else "",
        ),
        "extend": lambda: actions.extend(**upon, months=1 if whole else 13, reason=reason),
        "apply": lambda: actions.apply(**upon),
        "check": lambda: actions.check(**upon, mended=some),
        "send_back": lambda: actions.send_back(**upon, unmended=some if whole else [], reason=reason),
        "accept": lambda: actions.accept(**upon),
        "close": lambda: actions.close(**upon),
        "reopen": lambda: actions.reopen(**upon, unmended=some, reason=reason),
        "dismiss": lambda: actions.dismiss(**upon, reason=reason),
        "lapse": lambda: actions.lapse(**upon, reason=reason),
    }
    tries[act]()


def everything(case: Case) -> list[Any]:
    """All that is on record of a case."""
    return [
        list(Case.objects.filter(pk=case.pk).values()), list(case.problems.order_by("pk").values()),
        list(Passage.objects.order_by("pk").values()), list(Report.objects.order_by("pk").values()),
        Entry.objects.count(),
    ]  # fmt: skip


def walk(of: Cast, steps: list[tuple[str, str, int, bool]], ends: int | None = None) -> list[str]:
    """Walk a case; the acts that came about. Its branch is dissolved before step `ends`."""
    case = cases.opened(of)
    cases.listed(of, case)
    now, came = OPENED, list[str]()
    for number, (act, person, days, whole) in enumerate(steps):
        now += timedelta(days=days)
        if number == ends:
            OrganisationState.objects.filter(organisation=case.organisation_id).update(until=now.date() - cases.DAY)
        before, was, actor = everything(case), Case.objects.get(pk=case.pk).state, getattr(of, person)
        row = next((row for row in STATES.ways(was) if row.act == act), None)
        try:
            with transaction.atomic():
                done(act, Case.objects.get(pk=case.pk), actor, now, whole)
        except Refusal:
            assert everything(case) == before, f"a refused {act} left something"
            continue
        assert row is not None, f"{act} was done while {was}"
        assert row.who == STANDS_FOR[person], f"{person} did {act} while {was}"
        case.refresh_from_db()
        passage = Passage.objects.order_by("pk").last()
        assert (passage.act, passage.before, passage.after) == (act, was, row.to)
        assert (case.state, passage.by_id, passage.on) == (row.to, actor.pk, now.date())
        assert Entry.objects.count() == before[-1] + 1
        assert Entry.objects.order_by("-number")[0].act == f"rectification.{act}"
        came.append(act)
        must_hold(case, came)
    return came


def must_hold(case: Case, came: list[str]) -> None:
    """What is true of a case wherever it stands."""
    assert Passage.objects.count() == len(came)
    state = STATES.start
    for act in came:
        state = STATES.next_state(state, act)
    assert state == case.state
    open_ones = Problem.objects.filter(case=case, settled=None).count()
    if case.state in ("applied", "checked", "accepted", "closed"):
        assert open_ones == 0
    if case.state in ("accepted", "closed"):
        looked = [one for one in came if one in ("apply", "check", "accept", "send_back", "reopen")]
        assert looked[-3:] == ["apply", "check", "accept"]
        both = {one.act: one.by_id for one in Passage.objects.order_by("pk")}
        assert both["check"] != both["accept"]
    assert (case.due is None) == STATES.state(case.state).final


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, st.none() | st.integers(0, 20))
def test_whoever_tries_whatever_only_rows_of_the_table_come_about(
    db: None, steps: list[tuple[str, str, int, bool]], ends: int | None
) -> None:
    with transaction.atomic():
        walk(cases.cast(), steps, ends)
        transaction.set_rollback(True)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=False))
def test_a_walk_that_knows_its_way_comes_everywhere(db: None, lot: Any) -> None:
    """Mostly acts that the table has, by whom it has them: so that the far states are walked as well."""
    with transaction.atomic():
        of, steps, state = cases.cast(), [], STATES.start
        by = {"branch": ["secretary"], "township": ["township"], "county": ["county", "second"]}
        for _step in range(25):
            ways = STATES.ways(state)
            if not ways:
                break
            row = lot.choice([one for one in ways if one.act not in ("lapse", "dismiss")] or ways)
            wanted = ["settle", "settle", "apply"] if row.act == "apply" else [row.act]
            for act in wanted:
                who = by["township" if act == "settle" else row.who]
                steps.append((act, lot.choice(who), lot.choice([0, 3, 400]), lot.random() < 0.9))
            state = row.to
        walk(of, steps)
        transaction.set_rollback(True)


def test_the_way_that_a_walk_must_be_able_to_go(db: None) -> None:
    """The walker itself: it reaches every act of the table, so that the walks above try what there is."""
    straight = [("plan", "township"), ("report", "secretary"), ("settle", "township"), ("settle", "township"),
                ("extend", "county"), ("apply", "secretary"), ("check", "township"), ("send_back", "county"),
                ("settle", "township"), ("settle", "township"), ("apply", "secretary"), ("check", "township"),
                ("accept", "second"), ("reopen", "county"), ("settle", "township"), ("settle", "township"),
                ("apply", "secretary"), ("check", "township"), ("accept", "county")]  # fmt: skip
    steps = [(act, person, 1, True) for act, person in straight] + [("close", "county", 400, True)]
    came = walk(cases.cast(), steps)
    assert came == [act for act, *_rest in steps]
    assert {*came, "dismiss", "lapse"} == set(cases.acts())
    assert Case.objects.get().opened_on == date(2026, 3, 2)
