"""Organisation life: what is owed in a year by the rules, what counts, and what no machine holds against anybody."""

from __future__ import annotations

import datetime as dt
from copy import deepcopy

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from baolei.programme import life
from baolei.programme.life import Has, Held
from baolei.programme.organisation.decisions import carried, quorum
from baolei.warehouse import rulebook

RULES, SETUP = rulebook.life(), rulebook.setup_rules(dt.date(2026, 12, 31))
YEAR, END = 2026, dt.date(2026, 12, 31)
OLD = dt.date(2020, 1, 1)
WHOLE = Has(committee=True, groups=3, hubs=2)


def day(month: int, number: int = 10) -> dt.date:
    return dt.date(YEAR, month, number)


def due(
    form: str, *held: Held, founded: dt.date = OLD, has: Has = WHOLE, field: str = "village"
) -> tuple[life.Due, ...]:
    often = life.frequencies(field, SETUP, RULES)[form]
    return life.owed(form, often, YEAR, founded=founded, has=lambda _day: has, held=held)


@pytest.mark.parametrize(
    ("form", "needed"),
    [("members_meeting", 4), ("committee_meeting", 12), ("group_meeting", 36), ("theme_party_day", 12),
     ("party_lecture", 4), ("organisation_life_meeting", 1), ("democratic_appraisal", 1), ("hub_session", 8)],
)  # fmt: skip
def test_branch_rules_how_often_in_a_year(form: str, needed: int) -> None:
    assert life.fact(due(form), END) == (0, needed)


def test_heart_to_heart_talks_are_owed_by_pairs_and_by_no_calendar() -> None:
    assert "heart_to_heart_talk" not in life.frequencies("village", SETUP, RULES)
    assert [life.talks_due(*pair) for pair in ((0, 9), (1, 0), (1, 4), (3, 4), (5, 20))] == [0, 0, 4, 7, 30]


def test_members_meeting_once_a_quarter_and_a_second_one_stands_for_no_other_quarter() -> None:
    found = due("members_meeting", Held(day(3, 31)), Held(day(4, 1)), Held(day(4, 2)), Held(day(12, 31)))
    assert [(one.done, one.needed) for one in found] == [(1, 1), (1, 1), (0, 1), (1, 1)]
    assert life.fact(found, END) == (3, 4)


def test_committee_meetings_are_owed_only_by_a_branch_with_a_committee() -> None:
    assert due("committee_meeting", has=Has()) == ()
    assert len(due("committee_meeting", has=Has(committee=True))) == 12


def test_a_committee_elected_in_a_month_owes_that_months_meeting() -> None:
    often = life.frequencies("village", SETUP, RULES)["committee_meeting"]
    elected = day(7, 31)
    found = life.owed("committee_meeting", often, YEAR, founded=OLD, held=(),
                      has=lambda on: Has(committee=on >= elected))  # fmt: skip
    assert [one.first.month for one in found] == [7, 8, 9, 10, 11, 12]


def test_each_group_and_each_hub_counts_for_itself() -> None:
    found = due("group_meeting", Held(day(1), 1), Held(day(1, 20), 1), Held(day(1), 2))
    assert (found[0].done, found[0].needed) == (2, 3)
    hubs = due("hub_session", *(Held(day(2), one) for one in (1, 2, 3)))
    assert (hubs[0].done, hubs[0].needed) == (2, 2), "a hub that has ended since adds nothing"


def test_a_period_that_began_before_the_branch_asks_for_nothing() -> None:
    assert [one.first.month for one in due("members_meeting", founded=day(4, 1))] == [4, 7, 10]
    assert [one.first.month for one in due("members_meeting", founded=day(4, 2))] == [7, 10]
    assert due("organisation_life_meeting", founded=day(1, 2)) == ()


def test_retired_branches_are_asked_for_less() -> None:
    assert life.fact(due("theme_party_day", field="retired"), END) == (0, 4)
    assert life.fact(due("members_meeting", field="retired"), END) == (0, 4)


def test_only_periods_that_are_over_count_and_what_is_not_on_record_is_called_so() -> None:
    found = due("theme_party_day", Held(day(1)), Held(day(3)))
    assert life.fact(found, day(3, 30)) == (1, 2)
    assert life.fact(found, day(3, 31)) == (2, 3)
    standing = [one.standing(day(3, 31)) for one in found]
    assert standing == ["held", "none", "held", *["coming"] * 9]
    assert found[3].standing(day(4, 1)) == found[3].standing(day(4, 30)) == "open"
    assert found[3].standing(day(5, 1)) == "none"


@given(st.lists(st.builds(Held, st.dates(dt.date(2025, 12, 1), dt.date(2027, 1, 31)), st.integers(0, 4)), max_size=60),
       st.sampled_from(["members_meeting", "group_meeting", "hub_session", "theme_party_day"]))  # fmt: skip
def test_no_more_is_done_than_is_due_and_a_further_gathering_takes_nothing_away(held: list[Held], form: str) -> None:
    before, after = due(form, *held[:-1]), due(form, *held)
    assert all(0 <= one.done <= one.needed for one in after)
    assert [one.done for one in before] <= [one.done for one in after]
    assert [(one.first, one.needed) for one in before] == [(one.first, one.needed) for one in after]


def test_a_members_meeting_opens_with_exactly_half_and_decides_with_more_than_half_of_all() -> None:
    act = SETUP.acts["members_meeting"]
    assert [quorum(act, 10, life.present(10, absent)).met for absent in (5, 6)] == [True, False]
    assert [quorum(act, 11, life.present(11, absent)).met for absent in (5, 6)] == [True, False]
    assert not carried(act, 10, 5, 5), "exactly half can meet and carry nothing"
    assert [carried(act, 10, 8, yes) for yes in (5, 6)] == [False, True]


def test_a_committee_meeting_opens_with_half() -> None:
    act = SETUP.acts["committee_meeting"]
    assert [quorum(act, 4, life.present(4, absent)).met for absent in (2, 3)] == [True, False]
    assert [quorum(act, 5, life.present(5, absent)).met for absent in (2, 3)] == [True, False]


def test_nobody_is_more_absent_than_should_attend() -> None:
    assert life.present(7, 7) == 0
    for absent in (-1, 8):
        with pytest.raises(ValueError, match="absent of 7"):
            life.present(7, absent)


def test_a_record_made_later_is_marked_from_the_eighth_day_and_counts_all_the_same() -> None:
    assert [life.filled_in(day(5, 1), day(5, made), RULES) for made in (1, 8, 9)] == [False, False, True]


def test_the_first_agenda_item_is_the_first() -> None:
    assert [life.opens_with_study(agenda) for agenda in (["study", "decide"], ["decide", "study"], [])] == [
        True, False, False,
    ]  # fmt: skip


def test_appraisal_at_most_a_third_is_excellent() -> None:
    assert [life.excellent_most(graded, RULES) for graded in (0, 2, 3, 8, 9)] == [0, 0, 1, 2, 3]


@pytest.mark.parametrize(("graded", "excellent", "beyond"), [
    (8, 2, 0), (8, 3, 1), (9, 3, 0), (9, 4, 1), (2, 0, 0), (2, 1, 1), (3, 3, 2), (0, 0, 0),
])  # fmt: skip
def test_appraisal_how_many_more_are_excellent_than_in_general(graded: int, excellent: int, beyond: int) -> None:
    given = ["excellent"] * excellent + ["qualified"] * (graded - excellent)
    assert life.excellent_beyond(given, RULES) == beyond


@given(st.lists(st.sampled_from(["excellent", "qualified", "barely", "unqualified"]), max_size=60))
def test_a_third_and_what_is_beyond_are_all_that_are_excellent(given_: list[str]) -> None:
    beyond = life.excellent_beyond(given_, RULES)
    most = life.excellent_most(len(given_), RULES)
    assert beyond == max(0, given_.count("excellent") - most)
    assert 3 * most <= len(given_) < 3 * (most + 1)


@given(st.integers(0, 11), st.integers(0, 60))
def test_pairs_that_talk_are_those_within_the_committee_and_each_other_member_once(seats: int, others: int) -> None:
    within, across = life.pairs_due(seats, others)
    assert within == len([1 for one in range(seats) for two in range(one)])
    assert across == (others if seats else 0)
    assert life.talks_due(seats, others) == within + across


def test_appraisal_grades_full_members_only() -> None:
    grades = {"王": "excellent", "李": "qualified"}
    assert life.graded(["王", "李", "赵"], ["陈"], grades, RULES) == 2
    with pytest.raises(life.AppraisalRefused, match="on probation"):
        life.graded(["王"], ["陈"], {"陈": "qualified"}, RULES)
    for wrong in ({"王": "good"}, {"外": "qualified"}):
        with pytest.raises(life.AppraisalRefused, match="for a full member of this branch"):
            life.graded(["王"], [], wrong, RULES)


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [("topics", [], "no study among the topics"), ("grades", [], "no excellent among the grades"),
     ("lighter", 3, "life: "), ("counted", {"retired": ["steps"]}, "steps of retired is none of home, briefings")],
)  # fmt: skip
def test_rules_that_lack_something_say_what(place: str, value: object, words: str) -> None:
    rows = deepcopy(yaml.safe_load(rulebook.text(rulebook.LIFE)))
    rows[place] = value
    with pytest.raises(ValueError, match=words):
        life.life_rules(rows)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lectures_per_year", 5),
        ("hub_sessions_per_year", 0),
        ("excellent_of", 0),
        ("briefings_per_year", 5),
        ("nearby_per_year", 0),
    ],
)
def test_numbers_that_cannot_be_are_named(name: str, value: int) -> None:
    rows = deepcopy(yaml.safe_load(rulebook.text(rulebook.LIFE)))
    rows["numbers"][name]["value"] = value
    with pytest.raises(ValueError, match=name):
        life.life_rules(rows)
