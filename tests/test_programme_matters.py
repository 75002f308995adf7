"""Matters: random walks over their states and clocks, where they go, what their words may say, who is called back."""

from __future__ import annotations

import datetime as dt
from copy import deepcopy

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from baolei.people.roles import roles
from baolei.programme import matters as rules
from baolei.programme.matters import ASKER, CALLER, CLOCK, HOLDER, STATES, Other
from baolei.programme.states import NotHere
from baolei.warehouse import rulebook

RULES, CALENDAR = rulebook.matters(), rulebook.workdays()
DAYS = st.dates(dt.date(2025, 12, 20), dt.date(2026, 10, 20))
ACTS = sorted({row.act for row in STATES.rows})
HAZARD, REQUEST = RULES.kinds["hazard"], RULES.kinds["request"]


@given(st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from([HOLDER, CALLER, ASKER, CLOCK])), max_size=60))
def test_however_a_matter_walks_only_rows_of_the_table_come_about(acts: list[tuple[str, str]]) -> None:
    state, walked = STATES.start, []
    for act, who in acts:
        row = next((row for row in STATES.rows if (row.state, row.act, row.who) == (state, act, who)), None)
        if row is None:
            with pytest.raises(NotHere):
                STATES.next_state(state, act, who)
            continue
        state = STATES.next_state(state, act, who)
        walked.append((act, state))
        assert state == row.to
    for place, (act, closed) in enumerate(walked):
        if closed in (rules.CONFIRMED, rules.CALLED):
            assert act in ("confirm", "call_yes")
            assert ("fix", rules.FIXED) in walked[:place], "nothing is confirmed that nobody has said is done"
    assert not any(act == "confirm" for act, state in walked if state == rules.NOT_FIXED)


@given(
    DAYS, st.integers(0, 60), st.sampled_from(sorted(RULES.kinds)), st.sampled_from([one.code for one in STATES.states])
)
def test_no_clock_runs_out_before_it_begins(day: dt.date, later: int, kind: str, state: str) -> None:
    due = rules.due(state, day, RULES.kinds[kind], RULES, CALENDAR)
    after = rules.due(state, day + dt.timedelta(days=later), RULES.kinds[kind], RULES, CALENDAR)
    assert (due is None) == STATES.state(state).final
    if due is not None and after is not None:
        assert due > day
        assert after >= due, "a later hand-over never has an earlier end"
    assert rules.ends(day, RULES.kinds[kind], CALENDAR) > day


@given(DAYS, st.integers(-30, 60), st.integers(0, 40))
def test_a_clock_that_was_stopped_never_runs_backward_and_takes_up_what_it_had_left(
    today: dt.date, runs: int, waits: int
) -> None:
    due, later = today + dt.timedelta(days=runs), today + dt.timedelta(days=waits)
    has = rules.left(due, today, CALENDAR)
    again = rules.goes_on(has, later, CALENDAR)
    if has > 0:
        assert rules.left(again, later, CALENDAR) == has
        assert again >= later
    if has < 0:
        assert again < later, "what had run out has run out still"
        assert rules.left(again, later, CALENDAR) == has
    assert rules.goes_on(has, later + rules.DAY, CALENDAR) >= again


def test_holidays_do_not_count_and_the_days_worked_in_exchange_do() -> None:
    before = dt.date(2026, 2, 13)  # a Friday; the 14th is worked, the 15th to the 23rd are the spring festival
    assert rules.due(rules.LYING, before, HAZARD, RULES, CALENDAR) == dt.date(2026, 2, 14)
    assert rules.due(rules.TAKEN, before, HAZARD, RULES, CALENDAR) == dt.date(2026, 2, 25)
    assert rules.due(rules.CONFIRMED, before, HAZARD, RULES, CALENDAR) == dt.date(2026, 3, 13), "four weeks are weeks"


def test_a_clock_warns_before_it_has_run_out() -> None:
    monday = dt.date(2026, 3, 2)
    stands = [rules.warned(monday + dt.timedelta(days=days), monday, RULES, CALENDAR) for days in (-1, 0, 1, 2)]
    assert stands == ["late", "soon", "soon", ""]
    assert rules.warned(None, monday, RULES, CALENDAR) == ""


def test_it_lies_first_where_its_kind_says_and_goes_up_and_down_over_the_levels_there_are() -> None:
    assert [rules.first_at(one, [1, 2, 3, 4, 5]) for one in (HAZARD, REQUEST)] == [4, 5]
    assert rules.first_at(HAZARD, [1, 3, 5]) == 3
    assert rules.first_at(HAZARD, [5]) == 5, "a tree that begins lower"
    assert [rules.higher(level, REQUEST, [1, 2, 3, 5]) for level in (5, 3)] == [3, None]
    assert [rules.lower(level, [1, 3, 5]) for level in (3, 5)] == [5, None]
    assert rules.must_go(3, up=True) == 3
    with pytest.raises(rules.MatterRefused, match="highest level"):
        rules.must_go(None, up=True)
    with pytest.raises(rules.MatterRefused, match="own unit"):
        rules.must_go(None, up=False)


def test_words_are_kept_only_where_they_name_nobody() -> None:
    assert rules.screened("  路灯不亮 ", 10) == "路灯不亮"
    for words, says in (("", "nothing is said"), ("长" * 11, "too much"), ("打13912345678", "a mobile number"),
                        ("11010519491231002X", "an identity number"), ("王秀英家", "the asker's name")):  # fmt: skip
        with pytest.raises(rules.MatterRefused, match=says):
            rules.screened(words, 20 if "nothing" not in says and "much" not in says else 10, ["王秀英", ""])


def test_what_may_be_the_same_is_shown_the_most_alike_first() -> None:
    others = [Other(1, "路灯坏了不亮"), Other(2, "三号楼前的路灯不亮"), Other(3, "下水道堵了")]
    found = rules.alike("三号楼前路灯不亮", others, RULES)
    assert [one.number for one, _percent in found] == [2, 1] or [one.number for one, _percent in found] == [2]
    assert found[0][1] >= RULES.number("alike_percent")


def test_whoever_knows_seed_and_numbers_draws_the_same_sample() -> None:
    assert [rules.sample_size(there, RULES) for there in (0, 1, 9, 10, 11, 100)] == [0, 1, 1, 1, 2, 10]
    drawn = rules.drawn("seed", range(100), 10)
    assert len(set(drawn)) == 10
    assert rules.drawn("seed", reversed(range(100)), 10) == drawn != rules.drawn("other", range(100), 10)
    assert rules.digest(["2", "1"]) == rules.digest(["1", "2"]) != rules.digest(["1"])


def _written() -> dict[str, object]:
    found: dict[str, object] = deepcopy(yaml.safe_load(rulebook.text(rulebook.MATTERS)))
    return found


@pytest.mark.parametrize(("change", "says"), [
    ({"kinds": {"hazard": {"first": 3, "top": 4}}}, "passed from level 3 up to 4"),
    ({"kinds": {"hazard": {"take": 0}}}, "clocks that cannot be"),
    ({"kinds": {"hazard": {"total": 2}}}, "clocks that cannot be"),
    ({"who": {4: []}}, "level 4 has no role"),
])  # fmt: skip
def test_a_file_that_contradicts_itself_is_refused(change: dict[str, dict[object, object]], says: str) -> None:
    rows = _written()
    for part, changed in change.items():
        for code, row in changed.items():
            held = rows[part]
            assert isinstance(held, dict)
            held[code] = {**held[code], **row} if isinstance(row, dict) else row
    with pytest.raises(ValueError, match=says):
        rules.matter_rules(rows)
    del rows["numbers"]
    with pytest.raises(ValueError, match="numbers"):
        rules.matter_rules(rows)


def test_every_role_and_reason_of_the_file_is_one_there_is() -> None:
    assert RULES.roles <= set(roles())
    assert all(roles()[role].tree == "unit" for role in RULES.roles)
    acts = {row.act for row in STATES.rows}
    assert acts >= rules.REASONED | rules.WORD_OF_THE_ASKER
    assert {row.act for row in STATES.rows if row.who == ASKER} == rules.WORD_OF_THE_ASKER
