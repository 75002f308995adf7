"""Decisions and affairs: the steps of a matter in their order, what is made public when, and rules that contradict
themselves.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from baolei.programme import affairs, life
from baolei.programme.affairs import StepRefused
from baolei.warehouse import rulebook

RULES = rulebook.affairs()
SIX = ["proposed", "conferred", "reviewed", "decided", "decision_public", "result_public"]
DAY = dt.date(2026, 3, 2)
days = st.integers(0, 40).map(lambda number: DAY + dt.timedelta(days=number))
attempts = st.lists(st.tuples(st.sampled_from([*SIX, "hubs_told", "voted"]), days), max_size=30)


def codes(field: str) -> list[str]:
    return [one.code for one in RULES.steps_in(field)]


def test_six_steps_in_villages_and_communities_and_the_hubs_on_the_pasture() -> None:
    assert codes("village") == codes("community") == SIX
    assert codes("pastoral_gacha") == [*SIX, "hubs_told"]
    assert codes("school") == []
    assert RULES.steps["proposed"].named("community").en == "proposed by the community's Party organisation"
    assert RULES.steps["proposed"].named("village").zh == "村党组织提议"


def tried_step(
    steps: tuple[affairs.Step, ...], taken: dict[str, dt.date], code: str, on: dt.date
) -> affairs.Step | None:
    """The step, None where it is refused."""
    try:
        return affairs.check_step(steps, taken, code, on)
    except StepRefused:
        return None


@given(attempts, st.sampled_from(["village", "pastoral_gacha"]))
def test_whatever_is_tried_the_steps_on_record_stand_in_their_order(
    tried: list[tuple[str, dt.date]], field: str
) -> None:
    steps = RULES.steps_in(field)
    taken: dict[str, dt.date] = {}
    for code, on in tried:
        turn = {one.code for one in affairs.next_steps(steps, taken)}
        step = tried_step(steps, taken, code, on)
        if step is None:
            before = next((one.after for one in steps if one.code == code), "")
            assert code not in turn or (before and on < taken[before]), "what may be done is not refused"
            continue
        assert step.code in turn
        taken[code] = on
    for one in steps:
        if one.code in taken and one.after:
            assert one.after in taken
            assert taken[one.after] <= taken[one.code]
    assert set(taken) <= {one.code for one in steps}


@given(st.sampled_from(["village", "pastoral_gacha", "community"]), st.randoms(use_true_random=False))
def test_whoever_follows_the_turn_comes_to_the_end(field: str, chance: Any) -> None:
    steps = RULES.steps_in(field)
    taken: dict[str, dt.date] = {}
    while turn := affairs.next_steps(steps, taken):
        taken[affairs.check_step(steps, taken, chance.choice(turn).code, DAY).code] = DAY
    assert set(taken) == {one.code for one in steps}


def test_a_refusal_names_what_comes_first() -> None:
    steps = RULES.steps_in("community")
    with pytest.raises(StepRefused, match="先记录“社区党组织提议”"):
        affairs.check_step(steps, {}, "conferred", DAY, "community")
    with pytest.raises(StepRefused, match="enter 2026-03-02 or a later day"):
        affairs.check_step(steps, {"proposed": DAY}, "conferred", DAY - dt.timedelta(days=1))
    with pytest.raises(StepRefused, match="on record already"):
        affairs.check_step(steps, {"proposed": DAY}, "proposed", DAY)
    with pytest.raises(StepRefused, match="no such step"):
        affairs.check_step(steps, {}, "hubs_told", DAY)


def test_a_period_counts_once_and_a_branch_founded_in_it_owes_nothing() -> None:
    made = [("party", dt.date(2026, 3, 31)), ("party", dt.date(2026, 3, 30)), ("money", dt.date(2026, 12, 31)),
            ("party", dt.date(2025, 12, 31))]  # fmt: skip
    kinds = RULES.kinds_in("village", ("party", "money"))
    owed = affairs.made_public(kinds, 2026, dt.date(2026, 1, 1), made)
    assert affairs.public_fact(owed, dt.date(2026, 12, 31)) == (2, 8)
    assert affairs.public_fact(owed, dt.date(2026, 6, 29)) == (1, 2)
    assert affairs.public_fact(affairs.made_public(kinds, 2026, dt.date(2026, 1, 2), made), dt.date(2026, 12, 31)) == (
        1, 6,
    )  # fmt: skip
    today = dt.date(2026, 8, 1)
    assert [one.standing(today) for one in owed if one.kind.code == "party"] == ["held", "none", "open", "coming"]


def test_what_a_field_makes_public() -> None:
    assert [one.code for one in RULES.kinds_in("village")] == ["party", "village", "money"]
    assert [one.code for one in RULES.kinds_in("property_service")] == ["party", "property", "report"]
    assert [one.code for one in RULES.kinds_in("school")] == ["party"]
    assert RULES.kinds["village"].named("community").zh == "居务公开"
    assert RULES.kinds["village"].named("village").zh == "村务公开"


def test_the_items_of_the_rules_are_those_of_the_editions_fields() -> None:
    """Every kind that an item counts is owed by the fields whose branches are asked for it."""
    for item in ("affairs_published", "village_accounts_open"):
        assert {one.code for one in RULES.kinds_in("village", RULES.kind_items[item])} == set(RULES.kind_items[item])
    for item in ("accounts_published", "reports_to_community"):
        assert RULES.kinds_in("property_service", RULES.kind_items[item])
    assert set(RULES.step_items["gacha_decisions"]) == set(codes("pastoral_gacha"))
    assert RULES.list_items == {"party_affairs_open": "party"}


def test_clocks() -> None:
    assert affairs.offered_day(DAY, RULES) == dt.date(2026, 5, 31)
    assert not life.filled_in(DAY, DAY + dt.timedelta(days=7), RULES)
    assert life.filled_in(DAY, DAY + dt.timedelta(days=8), RULES)


BROKEN: dict[str, Callable[[dict[str, Any]], Any]] = {
    "order": lambda rows: rows["matters"]["steps"].reverse(),
    "must": lambda rows: rows["matters"]["steps"][4].update(must=True),
    "decides": lambda rows: rows["matters"].update(decides="voted"),
    "step": lambda rows: rows["matters"]["items"]["four_discussions"].append("voted"),
    "kind": lambda rows: rows["announcements"]["items"]["affairs_published"].append("gossip"),
    "list": lambda rows: rows["announcements"]["list_items"].update(party_affairs_open="gossip"),
    "per": lambda rows: rows["announcements"]["kinds"][0].update(per="week"),
    "missing": lambda rows: rows.pop("who"),
}


@pytest.mark.parametrize(
    ("change", "words"),
    [("order", "conferred follows proposed, which does not stand before it"),
     ("must", "decision_public must be a gathering, and none is named"), ("decides", "no step voted"),
     ("step", "four_discussions counts voted"), ("kind", "affairs_published counts gossip"),
     ("list", "party_affairs_open counts gossip"), ("per", "affairs: 'week' is missing or unknown"),
     ("missing", "affairs: 'who' is missing")],
)  # fmt: skip
def test_rules_that_contradict_themselves_are_refused(change: str, words: str) -> None:
    rows: dict[str, Any] = deepcopy(yaml.safe_load(rulebook.text("affairs.yaml")))
    BROKEN[change](rows)
    with pytest.raises(ValueError, match=words):
        affairs.affairs_rules(rows)
