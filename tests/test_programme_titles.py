"""The life of a title: its term, yearly reviews, the watch, withdrawal after an answer, lapse; counted once; bases."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from baolei.programme.decided import Decided
from baolei.programme.scoring import change
from baolei.programme.states import NotHere
from baolei.programme.titles import (
    STATES,
    Base,
    Title,
    TitleRefused,
    base_stands,
    carry,
    diagram,
    grant,
    highest,
    reviews,
    share_named,
    title_rules,
    yearly,
)
from baolei.warehouse.rulebook import text, titles
from walks import end_from, walked

RULES = titles()
DAY = date(2023, 7, 1)
TWO = Decided("赵", "钱", "连续两年低于界线", date(2025, 12, 1))
TITLE = grant("b1", "strongest", "banner", "2023", DAY, RULES)


def test_a_title_holds_for_three_years_and_is_looked_at_every_year():
    assert (TITLE.since, TITLE.until) == (DAY, date(2026, 6, 30))
    assert reviews(TITLE, RULES) == (date(2024, 7, 1), date(2025, 7, 1))
    assert TITLE.holds(DAY)
    assert TITLE.holds(date(2026, 6, 30))
    assert not TITLE.holds(date(2026, 7, 1))
    assert not TITLE.holds(date(2023, 6, 30))
    with pytest.raises(ValueError, match="a village gives no titles"):
        grant("b1", "strongest", "village", "2023", DAY, RULES)


def test_the_first_year_below_is_watched_the_second_withdrawn_after_the_branch_has_answered():
    watched = carry(TITLE, yearly(change.WATCH), "committee", date(2024, 7, 1))
    assert (watched.state, watched.ended, watched.holds(date(2024, 7, 2))) == ("watched", None, True)
    assert carry(watched, yearly(change.KEPT), "committee", date(2025, 7, 1)).state == "in_force"
    with pytest.raises(TitleRefused, match="须由两人决定"):
        carry(watched, yearly(change.WITHDRAWN), "committee", date(2025, 7, 1))
    proposed = carry(watched, yearly(change.WITHDRAWN), "committee", date(2025, 7, 1), TWO)
    assert proposed.holds(date(2025, 7, 2))
    assert carry(proposed, "retain", "committee", date(2025, 8, 1), TWO).state == "watched"
    gone = carry(proposed, "withdraw", "committee", date(2025, 8, 1), TWO)
    assert (gone.state, gone.ended, gone.decided) == ("withdrawn", date(2025, 8, 1), TWO)
    assert gone.holds(date(2025, 7, 31))
    assert not gone.holds(date(2025, 8, 1))
    with pytest.raises(NotHere):
        carry(gone, "keep", "committee", date(2026, 7, 1))
    again = grant("b1", "strongest", "banner", "2027", date(2027, 7, 1), RULES)  # by the entry rule, as anybody
    assert highest([gone, again], date(2027, 7, 2), RULES) == {"b1": again}
    with pytest.raises(ValueError, match="no title to look at"):
        yearly(change.NOT_NAMED)


def test_nobody_but_the_committee_withdraws_and_a_merged_branch_leaves_its_title_to_nobody():
    with pytest.raises(NotHere):
        carry(TITLE, "propose", "branch", DAY, TWO)
    assert carry(TITLE, "give_up", "branch", DAY).state == "given_up"
    assert carry(TITLE, "expire", "clock", date(2026, 7, 1)).state == "expired"
    merged = carry(TITLE, "lapse", "committee", date(2024, 1, 1))
    assert merged.state == "lapsed"
    assert highest([merged], date(2024, 1, 1), RULES) == {}


TITLES = st.lists(
    st.builds(
        lambda branch, level, later: grant(branch, "strongest", level, "r", DAY + timedelta(later), RULES),
        st.sampled_from("abcde"), st.sampled_from(RULES.levels), st.integers(0, 1000),
    ),
    max_size=12,
)  # fmt: skip


@given(TITLES, st.integers(0, 2500))
def test_each_branch_counts_once_at_its_highest_level(held: list[Title], later: int):
    day = DAY + timedelta(later)
    found = highest(held, day, RULES)
    for branch, title in found.items():
        standing = [RULES.levels.index(one.level) for one in held if one.branch == branch and one.holds(day)]
        assert RULES.levels.index(title.level) == min(standing)
    assert set(found) == {one.branch for one in held if one.holds(day)}
    assert share_named(held, "abcdefgh", day, RULES) == Fraction(len(found), 8)


def test_a_share_of_nothing_is_none():
    with pytest.raises(ValueError, match="no branches"):
        share_named([], [], DAY, RULES)


def test_a_base_stands_while_all_its_branches_hold_their_titles():
    held = [grant(branch, "strongest", "banner", "r", DAY, RULES) for branch in "abc"]
    base = Base("base1", "党建示范带", ("a", "b", "c"))
    assert base_stands(base, held, DAY, RULES).stands
    found = base_stands(base, [*held[:2], carry(held[2], "give_up", "branch", DAY)], DAY, RULES)
    assert (found.named, found.without, found.stands) == (("a", "b"), ("c",), False)
    assert not base_stands(Base("base2", "两个", ("a", "b")), held, DAY, RULES).stands  # too few


@given(st.data())
def test_no_life_of_a_title_gets_stuck(data: st.DataObject):
    for state in walked(data, STATES):
        assert end_from(STATES, state)[-1] in {"withdrawn", "lapsed", "expired", "given_up"}


def test_the_diagram_says_who_may_do_what():
    assert "withdrawing --> withdrawn: 决定撤销 · 命名党委" in diagram()
    assert "in_force --> given_up: give up · branch" in diagram("en")


@pytest.mark.parametrize(("path", "to", "says"), [
    (("numbers", "review_months"), {"value": 0}, "review_months must be 1 at least"),
    (("levels",), ["banner", "region"], "from the region down: banner, region"),
    (("levels",), ["region", "moon"], "from the region down"),
    (("source",), {"zh": "只有中文"}, "'en' is missing"),
    (("honours", 0, "branches"), "some", "site takes 'one' or 'several' branches, not 'some'"),
])  # fmt: skip
def test_rules_that_contradict_themselves_are_refused(path: Any, to: Any, says: str):
    rows = copy.deepcopy(yaml.safe_load(text("titles.yaml")))
    there = rows
    for key in path[:-1]:
        there = there[key]
    there[path[-1]] = to
    with pytest.raises(ValueError, match=says):
        title_rules(rows)
