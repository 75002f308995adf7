"""The structural audit and the arithmetic of meetings and elections, by the dated rules."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baolei.programme.organisation.audit import Organisation, findings, flag_table
from baolei.programme.organisation.decisions import Poll, carried, elected, quorum
from baolei.programme.refusals import PollRefused
from baolei.warehouse.rulebook import setup_rules

ON = dt.date(2023, 12, 31)
RULES = setup_rules(ON)
KINDS = ("branch", "joint_branch", "general_branch", "grassroots_committee")
dates = st.one_of(st.none(), st.dates(dt.date(2021, 1, 1), dt.date(2026, 1, 1)))
organisations = st.builds(
    Organisation,
    kind=st.sampled_from(KINDS),
    members=st.integers(0, 130),
    full_members=st.integers(0, 130),
    committee=st.integers(0, 8),
    secretary_vacant_since=dates,
    term_end=dates,
    unit_active=st.booleans(),
    last_gathering=dates,
    exception=st.sampled_from(["", "组字〔2022〕1号"]),
)


def table(rows):
    def days(values):
        return np.array(values, dtype="datetime64[D]")

    return {
        "kind": np.array([row.kind for row in rows], dtype=object),
        **{name: np.array([getattr(row, name) for row in rows]) for name in ("members", "full_members", "committee")},
        **{
            name: days([getattr(row, name) for row in rows])
            for name in ("secretary_vacant_since", "term_end", "last_gathering")
        },
        "unit_active": np.array([row.unit_active for row in rows]),
        "exception": np.array([row.exception for row in rows], dtype=object),
    }


@settings(max_examples=40, deadline=None)
@given(st.lists(organisations, min_size=1, max_size=12))
def test_the_table_of_a_region_finds_what_is_found_one_by_one(rows):
    flags = flag_table(table(rows), ON, RULES)
    for place, row in enumerate(rows):
        alone = {finding.code for finding in findings(row, ON, RULES) if finding.open}
        assert alone == {code for code, raised in flags.items() if raised[place]}


def test_an_oversized_branch_is_told_in_words_and_an_approval_excuses_it():
    large = Organisation("branch", 57, 55, committee=5)
    found = next(finding for finding in findings(large, ON, RULES) if finding.code == "oversized_branch")
    assert found.open
    assert "57" in found.message.zh
    assert "57" in found.message.en
    assert found.cure.zh
    approved = Organisation("branch", 57, 55, committee=5, exception="组字〔2022〕1号")
    assert not next(one for one in findings(approved, ON, RULES) if one.code == "oversized_branch").open


@pytest.mark.parametrize(
    ("organisation", "flag"),
    [
        (Organisation("branch", 2, 2), "below_minimum"),
        (Organisation("branch", 0, 0), "empty_shell"),
        (Organisation("branch", 20, 20, committee=0), "committee_missing"),
        (Organisation("branch", 20, 20, committee=2), "committee_incomplete"),
        (Organisation("branch", 5, 5, secretary_vacant_since=dt.date(2023, 1, 1)), "secretary_vacant"),
        (Organisation("branch", 5, 5, term_end=dt.date(2023, 1, 1)), "term_overdue"),
        (Organisation("branch", 5, 5, unit_active=False), "dormant_unit"),
        (Organisation("branch", 5, 5, last_gathering=dt.date(2023, 1, 1)), "inactive_branch"),
        (Organisation("general_branch", 30, 30, committee=3), "undersized_general_branch"),
        (Organisation("grassroots_committee", 60, 60, committee=5), "undersized_committee"),
    ],
)
def test_each_misfit_raises_its_flag(organisation, flag):
    assert flag in {finding.code for finding in findings(organisation, ON, RULES)}
    assert not {"oversized_branch"} & {finding.code for finding in findings(organisation, ON, RULES)}


def test_exactly_half_is_not_elected_and_four_fifths_must_attend():
    act = next(act for act in RULES.acts.values() if "elect" in act.code)
    half = Poll(should_attend=20, present=20, issued=20, returned=20, void=0, seats=1, votes={"a": 10})
    assert elected(half, act).elected == ()
    more = Poll(should_attend=20, present=20, issued=20, returned=20, void=0, seats=1, votes={"a": 11})
    assert elected(more, act).elected == ("a",)
    assert quorum(act, 20, 16).met
    assert not quorum(act, 20, 15).met
    with pytest.raises(PollRefused):
        Poll(should_attend=5, present=9, issued=9, returned=9, void=0, seats=1, votes={"a": 1})


def test_a_decision_needs_more_than_half_of_those_who_should_attend():
    act = next(act for act in RULES.acts.values() if "elect" not in act.code and "committee" not in act.code)
    assert carried(act, 20, 20, 11)
    assert not carried(act, 20, 20, 10)
