"""Rectification: random walks over its states, its lists, its clocks, and what counts as turned round."""

from __future__ import annotations

import datetime as dt
from copy import deepcopy
from dataclasses import replace

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from baolei.people.roles import roles
from baolei.programme import rectification as rules
from baolei.programme.rectification import STATES, Passage, Problem
from baolei.programme.states import NotHere
from baolei.warehouse import rulebook

RULES = rulebook.rectification()
OPENED, ENDS = dt.date(2026, 3, 2), dt.date(2026, 9, 2)
PROBLEM = Problem("会议不按期召开", "排出全年计划，按月召开", "王秀英", dt.date(2026, 6, 30))
LINKED = dict.fromkeys(RULES.linked, "某某")


@given(st.lists(st.tuples(st.sampled_from(sorted({row.act for row in STATES.rows})),
                          st.sampled_from(["branch", "township", "county"])), max_size=60))  # fmt: skip
def test_however_a_case_walks_it_is_accepted_only_after_both_levels_looked(acts: list[tuple[str, str]]) -> None:
    state, walked = STATES.start, []
    for act, who in acts:
        try:
            state = STATES.next_state(state, act, who)
        except NotHere:
            assert not any(row.state == state and row.act == act and row.who == who for row in STATES.rows)
            continue
        walked.append(act)
        assert not STATES.state(state).final or act in ("close", "dismiss", "lapse")
    if "accept" in walked:
        until = walked[: walked.index("accept")]
        assert [one for one in until if one in ("plan", "apply", "check")][-2:] == ["apply", "check"]
        assert "plan" in until


def test_a_case_can_go_the_whole_way_and_come_back_from_every_look() -> None:
    again = ["apply", "check", "accept"]
    before = ["plan", "report", "settle", "extend", "apply", "send_back", "apply", "check", "send_back"]
    state = STATES.start
    for act in [*before, *again, "reopen", *again, "close"]:
        state = next(row.to for row in STATES.rows if (row.state, row.act) == (state, act))
    assert state == rules.CLOSED
    for act, who in (("accept", "township"), ("check", "branch"), ("close", "branch")):
        with pytest.raises(NotHere):
            STATES.next_state(rules.CHECKED if act == "accept" else rules.APPLIED, act, who)


def test_the_lists_stand_with_a_measure_a_name_a_day_and_four_linked_persons() -> None:
    rules.planned([PROBLEM], LINKED, ENDS, RULES)
    rules.planned([replace(PROBLEM, by=ENDS)], LINKED, ENDS, RULES)
    with pytest.raises(rules.CaseRefused, match="list of problems is empty"):
        rules.planned([], LINKED, ENDS, RULES)
    lacking = [replace(PROBLEM, measure=" "), replace(PROBLEM, answers=""), replace(PROBLEM, words=""),
               replace(PROBLEM, by=ENDS + dt.timedelta(days=1))]  # fmt: skip
    for one in lacking:
        with pytest.raises(rules.CaseRefused, match="problem 2 is not whole"):
            rules.planned([PROBLEM, one], LINKED, ENDS, RULES)
    with pytest.raises(rules.CaseRefused, match="not named: a first secretary, a paired unit"):
        rules.planned([PROBLEM], LINKED | {"first_secretary": " ", "paired_unit": ""}, ENDS, RULES)


def test_a_case_asks_to_be_struck_off_when_every_problem_is_settled_and_proved() -> None:
    settled = replace(PROBLEM, proof="四次会议记录在案", settled=dt.date(2026, 6, 1))
    rules.may_apply([settled])
    for open_one in (PROBLEM, replace(settled, proof=" "), replace(settled, settled=None)):
        with pytest.raises(rules.CaseRefused, match="1 problems are not settled"):
            rules.may_apply([settled, open_one])


def test_a_case_is_extended_up_to_twelve_months_in_all() -> None:
    assert rules.extended(OPENED, ENDS, 6, RULES) == dt.date(2027, 3, 2)
    for months in (0, 7):
        with pytest.raises(rules.CaseRefused, match="2027-03-02 at the latest"):
            rules.extended(OPENED, ENDS, months, RULES)


def test_a_report_is_owed_for_each_whole_month_under_way() -> None:
    since, until = dt.date(2026, 3, 1), dt.date(2026, 5, 31)
    march, april, may = (dt.date(2026, number, 1) for number in (3, 4, 5))
    assert rules.reports_due(since, until, ()) == (march, april, may)
    assert rules.reports_due(since, until - dt.timedelta(days=1), (march,)) == (april,)
    assert rules.reports_due(dt.date(2026, 3, 2), until, (april,)) == (may,)
    assert rules.reports_due(until, since, ()) == ()
    assert rules.report_by(dt.date(2026, 9, 1), RULES, rulebook.workdays()) == dt.date(2026, 10, 13), (
        "after the holidays"
    )


def test_one_case_owes_reports_for_its_whole_months_under_way_and_no_others() -> None:
    def on(act: str, day: dt.date) -> Passage:
        return Passage("a", act, day)

    march, april, june = (dt.date(2026, number, 1) for number in (3, 4, 6))
    walked = [on("plan", march), on("apply", dt.date(2026, 5, 10)), on("check", dt.date(2026, 5, 15)),
              on("send_back", dt.date(2026, 5, 20)), on("settle", dt.date(2026, 7, 1))]  # fmt: skip
    assert rules.owed(walked, dt.date(2026, 7, 2), ()) == (march, april, june)
    assert rules.owed(walked, dt.date(2026, 7, 2), (april,)) == (march, june)
    assert rules.owed([*walked, on("lapse", dt.date(2026, 6, 3))][:-2], dt.date(2026, 6, 29), ()) == (march, april)
    assert rules.owed([*walked, on("apply", dt.date(2026, 7, 9))], dt.date(2026, 12, 1), ()) == (march, april, june)
    assert rules.owed([on("dismiss", march)], june, ()) == ()
    assert rules.burden(2, RULES) == rules.Burden(2, 4)


def test_every_state_is_left_by_a_day_and_an_end_by_none() -> None:
    day, calendar = dt.date(2026, 3, 2), rulebook.workdays()
    found = {state.code: rules.due(state.code, day, ENDS, RULES, calendar) for state in STATES.states}
    assert found == {
        "opened": dt.date(2026, 3, 30), "under_way": ENDS, "applied": dt.date(2026, 3, 16),
        "checked": dt.date(2026, 3, 23), "accepted": dt.date(2027, 3, 2), "closed": None, "dismissed": None,
        "lapsed": None,
    }  # fmt: skip


def test_acceptance_looks_at_each_problem_and_takes_two_persons_and_a_year() -> None:
    rules.looked_at([1, 2], [2, 1])
    with pytest.raises(rules.CaseRefused, match="1 problems were not found mended"):
        rules.looked_at([1, 2], [2, 3])
    rules.two_persons([7], 8)
    with pytest.raises(rules.CaseRefused, match="does not accept"):
        rules.two_persons([7, 9], 9)
    rules.may_close(ENDS, ENDS)
    for due in (None, ENDS + dt.timedelta(days=1)):
        with pytest.raises(rules.CaseRefused, match="looking back"):
            rules.may_close(due, ENDS)


@given(st.lists(st.builds(rules.Scored, st.integers(0, 10_000), st.integers(0, 10_000), st.floats(0, 10_000),
                          st.floats(0, 1)), max_size=20))  # fmt: skip
def test_what_would_have_come_of_itself_is_never_claimed(scored: list[rules.Scored]) -> None:
    found = rules.effect(scored)
    still = [replace(one, after=round(one.mean + one.reliability * (one.before - one.mean))) for one in scored]
    assert abs(rules.effect(still).left) <= 1
    assert found.n == len(scored)
    assert found.left == found.observed - found.expected


def test_turned_round_counts_cases_accepted_and_takes_back_those_opened_again() -> None:
    def on(case: str, act: str, month: int) -> Passage:
        return Passage(case, act, dt.date(2026, month, 15))

    walked = [
        *(on("a", "accept", 3), on("b", "accept", 4), on("b", "reopen", 6), on("d", "apply", 5), on("e", "reopen", 5)),
        *(on("c", "accept", 2), on("c", "reopen", 3), on("c", "accept", 9)),
    ]
    year = rules.turned_round(walked, dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    assert (year.accepted, year.reopened, year.number) == (3, 1, 2)
    spring = rules.turned_round(walked, dt.date(2026, 3, 15), dt.date(2026, 4, 15))
    assert spring.number == 2
    assert rules.turned_round([], dt.date(2026, 1, 1), dt.date(2026, 12, 31)).number == 0


def test_every_campaign_is_about_situations_and_fields_that_there_are() -> None:
    rows = yaml.safe_load(rulebook.text(rulebook.RECTIFICATION))
    everything = {one for campaign in RULES.campaigns.values() for one in campaign.situations}
    assert everything == set(rulebook.triage().situations)
    strange = deepcopy(rows)
    strange["campaigns"]["weak"]["situations"].append("W99")
    with pytest.raises(ValueError, match="weak is about W99"):
        rules.rectification_rules(strange, rulebook.triage().situations, rulebook.fields())
    for code in (role for held in RULES.who.values() for role in held):
        assert code in roles()
    assert [one.code for one in RULES.found.values() if one.confirmed] == ["inspection", "audit"]
    short = deepcopy(rows)
    short["numbers"]["most_months"]["value"] = 5
    with pytest.raises(ValueError, match="most_months must not be less"):
        rules.rectification_rules(short, rulebook.triage().situations, rulebook.fields())
