"""The structural audit and the arithmetic of meetings and elections, by the dated rules."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baolei.programme.organisation.audit import Organisation, approval, findings, flag_table
from baolei.programme.organisation.decisions import Poll, PollRefused, carried, elected, quorum
from baolei.programme.organisation.periods import months_later
from baolei.programme.refusals import ColumnsRefused
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


def test_an_approval_given_for_one_flag_excuses_that_flag_alone():
    said = "term_overdue:组通字〔2023〕1号; oversized_branch：组通字〔2022〕18号"
    late = Organisation("branch", 57, 55, committee=5, term_end=dt.date(2023, 6, 30), exception=said)
    found = {one.code: one for one in findings(late, ON, RULES)}
    assert found["term_overdue"].exception == "组通字〔2023〕1号"
    assert found["oversized_branch"].exception == "组通字〔2022〕18号"
    assert "组通字〔2022〕18号" in found["oversized_branch"].message.zh


@pytest.mark.parametrize(
    ("flag", "exception", "document"),
    [
        ("oversized_branch", "组字〔2022〕1号", "组字〔2022〕1号"),
        ("oversized_branch", "committee_missing:组字〔2022〕1号", ""),  # known, but given for another flag
        ("oversized_branch", "oversized_branch:", ""),  # no document named
        ("oversized_branch", " ; 组字〔2022〕1号 ; ", "组字〔2022〕1号"),
        ("oversized_branch", "见文:组字〔2022〕1号", "见文:组字〔2022〕1号"),  # a colon in the document's own name
        ("term_overdue", "组字〔2022〕1号", ""),  # wants one given for it by name
        ("term_overdue", "term_overdue:组字〔2022〕1号", "组字〔2022〕1号"),
        ("below_minimum", "below_minimum:组字〔2022〕1号", ""),  # nothing excuses it
        ("below_minimum", "组字〔2022〕1号", ""),
    ],
)
def test_a_document_speaks_for_the_flags_it_may(flag, exception, document):
    assert approval(RULES.flags[flag], exception, RULES) == document


def test_an_approved_delay_holds_for_a_year_and_no_longer():
    ended = months_later(ON, -RULES.number("term_shift_months_max"))
    late = Organisation("branch", 5, 5, term_end=ended, exception="term_overdue:组字〔2023〕1号")
    (found,) = (one for one in findings(late, ON, RULES) if one.code == "term_overdue")
    assert not found.open
    (found,) = (one for one in findings(late, ON + dt.timedelta(1), RULES) if one.code == "term_overdue")
    assert found.open
    assert str(found.figures["days"]) in found.message.zh


def test_a_finding_names_the_rules_it_leans_on_each_once():
    crowd = Organisation("branch", 57, 55, committee=1)
    found = {one.code: one for one in findings(crowd, ON, RULES)}
    assert found["oversized_branch"].rules == ("branch_members_max",)
    assert found["committee_incomplete"].rules == ("committee_from_full_members", "branch_committee_size.min")
    assert found["committee_incomplete"].figures["branch_committee_size_min"] == 3
    assert all(RULES.number(name) for name in found["committee_incomplete"].rules)


def test_a_table_that_cannot_be_read_is_told_everything_at_once():
    columns = table([Organisation("branch", 5, 5)] * 8)
    columns["kind"] = np.array(["branch", "cell", *["club"] * 6], dtype=object)
    columns["full_members"] = np.array([5.0] * 8)
    columns["term_end"] = np.array(["2023-12-31"] * 8)
    columns["committee"] = columns["committee"][:7]
    del columns["exception"], columns["unit_active"]
    with pytest.raises(ColumnsRefused) as refused:
        flag_table(columns, ON, RULES, place="branches.parquet")
    kinds = "one of " + ", ".join(RULES.kinds)
    assert [str(fault) for fault in refused.value.faults] == [
        "branches.parquet: 2 more rows of an unknown kind",
        "branches.parquet: column 'committee' has 7 rows — 8, as the column 'kind'",
        "branches.parquet: column 'full_members' is of float64 — whole numbers",
        "branches.parquet: column 'term_end' is of <U10 — datetime64[D]",
        "branches.parquet: has no column 'exception' — words, one for each organisation",
        "branches.parquet: has no column 'unit_active' — true or false, one for each organisation",
        f"branches.parquet:2: no kind 'cell' — {kinds}",
        *(f"branches.parquet:{row}: no kind 'club' — {kinds}" for row in (3, 4, 5, 6)),
    ]


def test_a_table_without_kinds_is_told_so_and_one_with_numbers_for_kinds_too():
    columns = table([Organisation("branch", 5, 5)])
    for kind, sentence in (
        (None, "branches: has no column 'kind' — words, one for each organisation"),
        (np.array([3]), "branches: column 'kind' is of int64 — words"),
    ):
        given = {name: column for name, column in columns.items() if name != "kind"} | (
            {} if kind is None else {"kind": kind}
        )
        with pytest.raises(ColumnsRefused) as refused:
            flag_table(given, ON, RULES)
        assert sentence in map(str, refused.value.faults)


def test_an_audit_of_some_flags_asks_only_for_their_columns():
    columns = table([Organisation("general_branch", 30, 30), Organisation("general_branch", 50, 50)])
    given = {name: columns[name] for name in ("kind", "exception", "members")}
    found = flag_table(given, ON, RULES, flags=["undersized_general_branch"])
    assert {code: raised.tolist() for code, raised in found.items()} == {"undersized_general_branch": [True, False]}
    with pytest.raises(KeyError, match="oversize"):
        flag_table(given, ON, RULES, flags=["oversize"])


def test_what_is_excused_is_what_was_raised_and_is_not_open():
    rows = [Organisation("branch", members, 5, exception=said) for members in (50, 51) for said in ("", "组字1号")]
    both = [
        flag_table(table(rows), ON, RULES, excused=excused)["oversized_branch"].tolist() for excused in (False, True)
    ]
    assert both == [[False, False, True, False], [False, False, False, True]]
