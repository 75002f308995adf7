"""Review level by level: the way of each field, two who see nothing of each other, reasons, deadlines, the walk."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from baolei.programme.decided import ReasonMissing
from baolei.programme.organisation.levels import LEVELS
from baolei.programme.review import (
    PASS,
    REJECT,
    RETURN,
    STATES,
    VERDICTS,
    NotDecided,
    Opinion,
    Outcome,
    Spell,
    about,
    bulk_hindrance,
    bulk_sample,
    changes,
    current,
    deadlines,
    diagram,
    excluded,
    lapsed,
    may_pass_in_bulk,
    needed,
    next_state,
    opened,
    outcome,
    review_rules,
    route,
    settle,
    steps_of,
    visible,
)
from baolei.programme.states import NotHere
from baolei.warehouse.rulebook import fields, review, setup_rules, text, workdays
from walks import end_from, walked

RULES = review()
DAY = date(2026, 4, 13)
EVERY = {"grassroots_committee", "working_committee", "township", "banner", "league", "region"}


def opinion(verdict: str, digest: str = "d1") -> Opinion:
    """An opinion with what it needs."""
    return Opinion(verdict, {} if verdict == PASS else {"meetings": "记录与党员所说不符"}, digest)


OPINIONS = st.sampled_from(VERDICTS).map(opinion)


# -- routes -----------------------------------------------------------------------------------------------------------


def test_every_field_has_a_route_that_ends_at_the_region():
    assert set(RULES.routes) == set(fields())
    for field in fields():
        assert route(RULES, field).steps[-1].code == "region"
    with pytest.raises(KeyError):
        route(RULES, "navy")


def test_a_gacha_goes_by_its_township_and_an_office_by_its_work_committee():
    gacha = steps_of(route(RULES, "pastoral_gacha"), EVERY)
    assert [step.code for step in gacha] == ["grassroots_committee", "township", "banner", "league", "region"]
    office = steps_of(route(RULES, "government_office"), EVERY - {"banner", "grassroots_committee"})
    assert [step.code for step in office] == ["organ_work_committee", "league", "region"]
    assert steps_of(route(RULES, "school"), EVERY)[1].name.zh == "教育工委审核"
    with pytest.raises(ValueError, match="places: nobody stands at township"):
        steps_of(route(RULES, "village"), EVERY - {"township"})


def test_the_steps_name_roles_and_bodies_that_exist():
    steps = {step.code: step for way in RULES.routes.values() for step in way.steps}.values()
    kinds, levels = setup_rules(DAY).kinds, {level.code for level in LEVELS}
    known = yaml.safe_load(text("roles.yaml"))["roles"]
    for step in steps:
        assert {*step.roles, *step.decides} <= known.keys()
        assert all(known[role]["writes"] for role in (*step.roles, *step.decides))
        assert step.stands in (kinds if step.tree == "party" else levels)


def bent(*path: Any, to: Any) -> dict[str, Any]:
    """The shipped rules with one value changed, or left out where it is None."""
    rows = copy.deepcopy(yaml.safe_load(text("review.yaml")))
    there = rows
    for key in path[:-1]:
        there = there[key]
    if to is None:
        del there[path[-1]]
    else:
        there[path[-1]] = to
    return rows


@pytest.mark.parametrize(("path", "to", "says"), [
    (("routes", "organs", "fields"), ["village"], "field village takes 2 routes"),
    (("routes", "organs", "steps"), ["region", "league"], "route organs must end"),
    (("routes", "organs", "steps"), [], "route organs must end"),
    (("routes", "organs", "steps"), ["moon"], "'moon' is missing or unknown"),
    (("steps", "region", "escalate", "to"), "next", "must end"),
    (("steps", "banner", "escalate", "to"), "moon", "step banner stands in 'unit' and passes to 'moon'"),
    (("steps", "banner", "tree"), "oak", "step banner stands in 'oak'"),
    (("steps", "banner", "roles"), [], "step banner needs roles"),
    (("steps", "banner", "opinion_days"), 0, "at least one day"),
    (("conflicts", 0, "of"), "kin", "conflict own_branch: of 'kin'"),
    (("numbers", "opinions"), {"value": 3}, "at least 2 opinions"),
    (("numbers", "bulk_one_in"), {"value": 0}, "not 0"),
    (("numbers", "mend_days"), None, "mend_days is missing"),
    (("steps", "banner", "name"), None, "'name' is missing"),
    (("steps", "banner", "opinion_days"), "five", "review: .*not supported"),
])  # fmt: skip
def test_rules_that_contradict_themselves_are_refused(path: Any, to: Any, says: str):
    with pytest.raises(ValueError, match=says):
        review_rules(bent(*path, to=to))


# -- who may not ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("posts", "memberships", "took_part", "code"), [
    ([], [], False, None),
    ([], [Spell("b1", date(2020, 1, 1))], False, "own_branch"),
    ([], [Spell("b2", date(2020, 1, 1))], False, None),
    ([], [Spell("b1", date(2010, 1, 1), date(2023, 4, 13))], False, "former_branch"),
    ([], [Spell("b1", date(2010, 1, 1), date(2023, 4, 12))], False, None),
    ([], [Spell("b1", date(2026, 5, 1))], False, None),  # not yet
    ([Spell("b1", date(2019, 1, 1), date(2025, 1, 1))], [], False, "post_held"),
    ([], [], True, "took_part"),
])  # fmt: skip
def test_who_is_tied_to_a_branch_does_not_review_it(posts: Any, memberships: Any, took_part: bool, code: str | None):
    found = excluded(posts, memberships, "b1", DAY, RULES, took_part=took_part)
    assert (found.code if found else None) == code
    assert found is None or found.reason.zh


# -- opinions ---------------------------------------------------------------------------------------------------------


@given(st.sampled_from(VERDICTS), st.dictionaries(st.text(max_size=3), st.text(alphabet=" 理由\n", max_size=4)))
def test_no_return_and_no_reject_without_a_reason_at_an_item(verdict: str, reasons: dict[str, str]):
    blank = [item for item, words in reasons.items() if not words.strip()]
    if not blank and (reasons or verdict == PASS):
        assert Opinion(verdict, reasons, "d1").reasons == reasons
        return
    with pytest.raises(ReasonMissing) as refused:
        Opinion(verdict, reasons, "d1")
    assert refused.value.wrong.zh in str(refused.value)
    assert refused.value.right.en in str(refused.value)


def test_reasons_stand_at_items_of_the_declaration():
    assert about(opinion(RETURN), ["meetings", "dues"]) == opinion(RETURN)
    with pytest.raises(ReasonMissing, match="the declaration has no meetings"):
        about(opinion(RETURN), ["dues"])
    with pytest.raises(ValueError, match="no verdict 'maybe'"):
        Opinion("maybe", {}, "d1")


def test_an_opinion_on_what_has_changed_since_has_lapsed():
    assert not lapsed(opinion(PASS), "d1")
    assert lapsed(opinion(PASS), "d2")
    assert current({"a": opinion(PASS), "b": opinion(PASS, "d0")}, "d1") == {"a": opinion(PASS)}


@given(st.lists(OPINIONS, max_size=3))
def test_nobody_sees_an_opinion_of_another_before_all_are_in(given_ones: list[Opinion]):
    by_person = {f"p{place}": one for place, one in enumerate(given_ones)}
    wanted = needed(given_ones, RULES)
    for person in (*by_person, "outsider"):
        seen = visible(by_person, person, RULES)
        if opened(given_ones, wanted):
            assert seen == by_person
        else:
            assert set(seen) == {person} & set(by_person)


def test_the_third_sees_nothing_of_the_two_who_differ():
    two = {"a": opinion(PASS), "b": opinion(RETURN)}
    assert needed(tuple(two.values()), RULES) == 3
    assert visible(two, "c", RULES) == {}
    assert visible(two, "a", RULES) == {"a": two["a"]}
    assert visible(two | {"c": opinion(PASS)}, "c", RULES).keys() == {"a", "b", "c"}


@pytest.mark.parametrize(("verdicts", "found"), [
    ((), Outcome("waiting")), ((PASS,), Outcome("waiting")), ((PASS, PASS), Outcome("agreed", PASS)),
    ((PASS, REJECT), Outcome("differ")), ((PASS, REJECT, PASS), Outcome("majority", PASS)),
    ((PASS, REJECT, RETURN), Outcome("tie")),
])  # fmt: skip
def test_what_opinions_come_to(verdicts: tuple[str, ...], found: Outcome):
    assert outcome([opinion(verdict) for verdict in verdicts], RULES) == found


def test_no_fourth_opinion_is_asked():
    with pytest.raises(ValueError, match="4 opinions"):
        outcome([opinion(PASS)] * 4, RULES)


def test_every_set_of_opinions_can_be_settled():
    for verdicts in product(VERDICTS, repeat=3):
        found = outcome([opinion(verdict) for verdict in verdicts], RULES)
        assert found.decided or found.kind == "tie"
        for verdict in VERDICTS:
            if found.verdict in ("", verdict):
                assert settle(found, verdict, "班子集体研究") == verdict
            else:
                with pytest.raises(NotDecided, match="does not follow"):
                    settle(found, verdict, "班子集体研究")


def test_a_tie_is_settled_with_a_reason_and_nothing_before_its_time():
    with pytest.raises(ReasonMissing, match="三人意见各不相同"):
        settle(Outcome("tie"), PASS, " ")
    for early in (Outcome("waiting"), Outcome("differ")):
        with pytest.raises(NotDecided):
            settle(early, PASS)
    with pytest.raises(NotDecided):
        settle(Outcome("tie"), "maybe", "why")
    assert settle(Outcome("agreed", PASS), PASS) == PASS


VALUES = st.dictionaries(st.sampled_from("abcde"), st.one_of(st.none(), st.integers(0, 2)))


@given(VALUES, VALUES)
def test_the_changes_lead_from_one_state_to_the_other(old: dict[str, Any], new: dict[str, Any]):
    found = changes(old, new)
    rebuilt = dict(old)
    for one in found:
        assert (one.before, one.after) == (old.get(one.item), new.get(one.item))
        if one.item in new:
            rebuilt[one.item] = one.after
        else:
            del rebuilt[one.item]
    assert rebuilt == new
    assert bool(found) == (old != new)


# -- many at once -----------------------------------------------------------------------------------------------------


@given(st.sets(st.text("0123456789", min_size=1, max_size=4), min_size=1, max_size=60), st.text(max_size=5))
def test_before_many_are_passed_together_one_in_ten_is_opened_whom_the_lottery_draws(codes: set[str], seed: str):
    drawn = bulk_sample(codes, seed, RULES)
    assert len(drawn) == min(len(codes), max(3, -(-len(codes) // 10)))
    assert drawn == bulk_sample(sorted(codes, reverse=True), seed, RULES)
    sure = dict.fromkeys(codes, True)
    assert may_pass_in_bulk(sure, drawn, seed, RULES)
    assert bulk_hindrance(sure, drawn[1:], seed, RULES).en == "1 of the sample have not been opened"
    assert not may_pass_in_bulk(sure | {"x": False}, codes, seed, RULES)
    assert "1 are not confirmed" in bulk_hindrance(sure | {"x": False}, codes, seed, RULES).en


# -- the clock and the walk -------------------------------------------------------------------------------------------


def test_deadlines_leave_out_the_holiday():
    step = route(RULES, "village").steps[0]
    found = deadlines(step, date(2026, 4, 27), workdays(), RULES)
    assert found.reminders == (date(2026, 4, 30), date(2026, 5, 6))
    assert found.opinions == date(2026, 5, 7)
    assert found.decision == date(2026, 5, 11)  # the Saturday in between is worked
    assert found.escalates == date(2026, 5, 11)


@given(st.sampled_from([step for way in RULES.routes.values() for step in way.steps]), st.integers(0, 700))
def test_a_reminder_comes_before_what_it_reminds_of(step: Any, later: int):
    entered = date(2025, 1, 1) + timedelta(later)
    found = deadlines(step, entered, workdays(), RULES)
    assert entered < found.opinions < found.decision
    assert all(entered < day < found.opinions for day in found.reminders)
    assert list(found.reminders) == sorted(found.reminders)
    assert found.escalates > found.opinions


@given(st.data())
def test_no_step_of_a_review_gets_stuck(data: st.DataObject):
    for state in walked(data, STATES):
        assert end_from(STATES, state)[-1] in {"passed", "rejected", "withdrawn"}


def test_a_step_walks_by_its_table_and_prints_it():
    assert next_state("opinions", "agree", "reviewer") == "decision"
    assert next_state("decision", RETURN) == "returned"
    with pytest.raises(NotHere, match="“待提出意见”时不能“通过”"):
        next_state("opinions", PASS)
    assert "decision --> returned: 退回补正 · 本级负责人" in diagram()
    assert "returned --> opinions: hand in again · branch" in diagram("en")
