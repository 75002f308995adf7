"""Public notice: its days, objections and their clocks, who looks into them, answers, the walks."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from baolei.programme.notice import (
    NOTICE,
    OBJECTION,
    OUTCOMES,
    Answer,
    AnswerRefused,
    Handler,
    Notice,
    Objection,
    ObjectionRefused,
    clocks,
    diagram,
    for_branch,
    handler,
    lodge,
    next_state,
    notice_rules,
    period,
)
from baolei.programme.states import NotHere
from baolei.warehouse.rulebook import notice, text, workdays
from walks import end_from, walked

RULES = notice()
POSTED = date(2026, 4, 27)
OPEN = period(RULES, POSTED, workdays())


def test_five_working_days_leave_out_the_holiday():
    assert Notice(POSTED, date(2026, 5, 7)) == OPEN  # three in April, 6 and 7 May
    assert OPEN.open(date(2026, 5, 1))
    assert not OPEN.open(date(2026, 5, 8))
    seven = period(RULES, POSTED, workdays(), days=7, counted="calendar")
    assert seven.last == date(2026, 5, 6)  # the 4th is a day off
    for days, counted in ((0, ""), (3, "lunar")):
        with pytest.raises(ValueError, match="a notice of"):
            period(RULES, POSTED, workdays(), days=days, counted=counted)


@given(st.sampled_from(list(RULES.kinds.values())), st.integers(0, 700), st.integers(0, 5))
def test_the_clocks_of_an_objection_run_in_order(kind: Any, later: int, early: int):
    lodged = date(2025, 1, 1) + timedelta(later)
    found = clocks(kind, lodged, workdays())
    assert lodged < found.acknowledge <= found.answer < found.appeal < found.appeal_answer
    sooner = clocks(kind, lodged, workdays(), answered=found.answer - timedelta(early))
    assert sooner.answer == found.answer
    assert sooner.appeal <= found.appeal


def objection(**other: Any) -> Objection:
    return Objection(
        **{"kind": "facts", "branch": "b1", "words": "会议记录是补的", "lodged": POSTED, "by": "张三"} | other
    )


def test_an_objection_is_taken_up_and_the_branch_never_learns_from_whom():
    assert lodge(objection(), OPEN, RULES).answer == 10
    assert lodge(objection(by=""), OPEN, RULES).code == "facts"
    assert for_branch(objection()) == objection(by="")
    conduct = lodge(objection(kind="conduct", lodged=date(2027, 1, 1)), OPEN, RULES)
    assert conduct.passed_to.zh == "纪检监察机关"


@pytest.mark.parametrize(("other", "says"), [
    ({"words": " \n"}, "nothing is objected to"),
    ({"lodged": date(2026, 5, 8)}, "runs from 2026-04-27 to 2026-05-07"),
    ({"lodged": date(2026, 4, 26)}, "outside the notice"),
    ({"kind": "omission", "by": ""}, "needs a name"),
])  # fmt: skip
def test_an_objection_that_cannot_be_taken_up_says_why(other: Any, says: str):
    with pytest.raises(ObjectionRefused, match=says):
        lodge(objection(**other), OPEN, RULES)


@given(st.sampled_from(OUTCOMES), st.sampled_from(["", " ", "查无此事"]), st.sampled_from([(), ("strike",)]))
def test_an_answer_gives_its_reason_and_does_what_it_says(outcome: str, reason: str, corrections: tuple[str, ...]):
    if reason.strip() and bool(corrections) == (outcome != "not_upheld"):
        assert Answer(outcome, reason, corrections).outcome == outcome
    else:
        with pytest.raises(AnswerRefused):
            Answer(outcome, reason, corrections)


def test_there_are_three_outcomes():
    with pytest.raises(ValueError, match="no outcome 'perhaps'"):
        Answer("perhaps", "因为")


# -- who looks into it ------------------------------------------------------------------------------------------------

ABOVE = ("sumu", "banner", "league", "region")
STAND = {
    "own": ("sumu", *ABOVE[1:]), "village": ("gacha", *ABOVE), "next": ("sumu2", *ABOVE[1:]), "banner": ABOVE[1:],
    "beside": ("banner2", "league", "region"), "league": ("league", "region"), "region": ("region",),
    "far": ("elsewhere",),
}  # fmt: skip


def test_the_nearest_who_has_no_part_in_it_looks_into_it():
    assert handler(ABOVE, STAND, {"banner"}, "s") == Handler("next", 1)
    assert handler(ABOVE, STAND, {"banner", "next"}, "s").person in {"beside", "league"}
    assert handler(ABOVE, STAND, {"banner", "next", "beside", "league"}, "s") == Handler("region", 3)
    assert handler(ABOVE, {"own": STAND["own"], "far": STAND["far"]}, (), "s") is None
    with pytest.raises(ValueError, match="direct superior"):
        handler(ABOVE, STAND, (), "s", up=0)


@given(st.sets(st.sampled_from(sorted(STAND))), st.text(max_size=4))
def test_never_who_decided_nor_the_direct_superior_and_an_appeal_goes_up(involved: set[str], seed: str):
    first = handler(ABOVE, STAND, involved, seed)
    if first is None:
        assert {"next", "banner", "beside", "league", "region"} <= involved
        return
    assert first.person not in involved | {"own", "village", "far"}
    assert ABOVE[0] not in STAND[first.person]
    second = handler(ABOVE, STAND, involved | {first.person}, seed, up=first.up + 1)
    assert second is None or (second.up > first.up and ABOVE[first.up] not in STAND[second.person])


# -- the walks and the rules ------------------------------------------------------------------------------------------


@given(st.data(), st.sampled_from([NOTICE, OBJECTION]))
def test_no_walk_gets_stuck(data: st.DataObject, table: Any):
    for state in walked(data, table):
        assert table.state(end_from(table, state)[-1]).final


def test_a_late_answer_goes_up_and_an_objection_assigns_itself():
    assert next_state("received", "assign", "clock") == next_state("received", "acknowledge", "office") == "handling"
    assert next_state("handling", "escalate") == "overdue"
    with pytest.raises(NotHere):
        next_state("received", "answer", "office")
    assert "answered --> appealed: 申诉 · 异议人或党支部" in diagram()
    assert "handling --> answered: answer · independent reviewer" in diagram("en")


@pytest.mark.parametrize(("path", "to", "says"), [
    (("counted",), "lunar", "'lunar', not one of working, calendar"),
    (("numbers", "notice_days"), {"value": 0}, "a day at least"),
    (("kinds", "facts", "answer"), 0, "facts needs a day"),
    (("kinds", "facts", "answer"), "ten", "notice: .*not supported"),
    (("kinds", "conduct", "passed_to"), "moon", "'moon' is missing or unknown"),
])  # fmt: skip
def test_rules_that_contradict_themselves_are_refused(path: Any, to: Any, says: str):
    rows = copy.deepcopy(yaml.safe_load(text("notice.yaml")))
    there = rows
    for key in path[:-1]:
        there = there[key]
    there[path[-1]] = to
    with pytest.raises(ValueError, match=says):
        notice_rules(rows)
