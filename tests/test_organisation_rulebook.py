"""Dated files of set-up rules: what is in force on a day, and what a file that breaks the language is told."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from baolei.programme.located import Document
from baolei.programme.organisation.rulebook import Rulebook, read
from baolei.programme.refusals import SetupRulesRefused
from baolei.warehouse.rulebook import SCHEMA, setup_rules, text

LANGUAGE = json.loads(text(SCHEMA))
FILE = """\
baolei: setup-rules
code: county
source: {zh: 县规, en: County rules}
valid: {from: 2023-01-01}
standing: local
rules:
  most:
    value: 50
    text: {zh: 不超过, en: No more than}
  size:
    value: {min: 3, usual_max: 5, max: 7}
    text: {zh: 人数, en: Size}
kinds:
  branch:
    name: {zh: 支部, en: Branch}
    tier: branch
    under: [committee]
    term: most
  committee:
    name: {zh: 党委, en: Committee}
    tier: committee
    under: []
    top: true
acts:
  vote:
    name: {zh: 表决, en: Vote}
    opens: {at_least: 1/2}
    passes: {more_than: 1/2, of: present}
flags:
  large:
    name: {zh: 大, en: Large}
    kinds: [branch]
    when: [{column: members, more_than: most}]
    message: {zh: "{members}人，超{most}人", en: "{members}, more than {most}"}
    cure: {zh: 分设, en: Divide}
    owner: branch
    due_days: 30
"""
CONDITION = "{column: members, more_than: most}"
NEW_YEAR = dt.date(2023, 1, 1)


def book(*files: str) -> Rulebook:
    return read([Document(f"{number}.yaml", words) for number, words in enumerate(files, 1)], LANGUAGE)


def bent(old: str, new: str) -> str:
    assert FILE.count(old) == 1, old
    return FILE.replace(old, new)


def told(*files: str) -> list[str]:
    """What is said of files that must be refused."""
    with pytest.raises(SetupRulesRefused) as refused:
        book(*files)
    return [str(fault) for fault in refused.value.faults]


WRONG = {
    "not in the language": (
        "due_days: 30", "due_days: 0",
        "1.yaml:37: flags.large.due_days is 0 — write at least 1",
    ),
    "a day that the calendar has not": (
        "{from: 2023-01-01}", "{from: '2023-02-30'}",
        "1.yaml:4: no such day: day is out of range for month — write a date as 2023-12-31",
    ),
    "ends before it begins": (
        "{from: 2023-01-01}", "{from: 2023-01-01, to: 2022-12-31}",
        "1.yaml:4: ends 2022-12-31, before it begins 2023-01-01 — a later date",
    ),
    "usual maximum over the maximum": (
        "usual_max: 5, max: 7", "usual_max: 8, max: 7",
        "1.yaml:11: size: usual_max 8 is more than max 7 — at most 7",
    ),
    "unknown kind above": (
        "under: [committee]", "under: [comittee]",
        "1.yaml:17: no kind 'comittee' — did you mean 'committee'?",
    ),
    "unknown rule of the term": (
        "term: most", "term: years",
        "1.yaml:18: no rule 'years' — one of most, size.max, size.min, size.usual_max",
    ),
    "a rule of several numbers named without its part": (
        "term: most", "term: size",
        "1.yaml:18: no rule 'size' — did you mean 'size.min'?",
    ),
    "nowhere to stand": (
        "    top: true\n", "",
        "1.yaml:22: committee has nowhere to stand — name kinds under which, or say top: true",
    ),
    "more than all": (
        "opens: {at_least: 1/2}", "opens: {at_least: 5/4}",
        "1.yaml:27: at_least 5/4 can never be met — a share of at most the whole",
    ),
    "more than the whole": (
        "passes: {more_than: 1/2, of: present}", "passes: {more_than: 1/1, of: present}",
        "1.yaml:28: more_than 1/1 can never be met — a share of at most the whole",
    ),
    "flag for an unknown kind": (
        "kinds: [branch]", "kinds: [cell]",
        "1.yaml:32: no kind 'cell' — one of branch, committee",
    ),
    "unknown column": (
        CONDITION, "{column: member, more_than: most}, {column: members, more_than: 0}",
        "1.yaml:33: no column 'member' — did you mean 'members'?",
    ),
    "words are not compared": (
        CONDITION, "{column: exception, is: true}, {column: members, more_than: most}",
        "1.yaml:33: no column 'exception' — one of committee, full_members, last_gathering, members, "
        "secretary_vacant_since, term_end, unit_active",
    ),
    "a count asked for its days": (
        CONDITION, "{column: members, days_past: most}",
        "1.yaml:33: days_past does not fit members, which is a number — it fits last_gathering, "
        "secretary_vacant_since, term_end",
    ),
    "a date compared with a number": (
        CONDITION, "{column: members, more_than: most}, {column: term_end, at_least: 3}",
        "1.yaml:33: at_least does not fit term_end, which is a date — it fits committee, full_members, members",
    ),
    "unknown limit": (
        "more_than: most}]", "more_than: mots}, {column: members, less_than: most}]",
        "1.yaml:33: no rule 'mots' — did you mean 'most'?",
    ),
    "a message that asks for what is not compared": (
        'zh: "{members}人', 'zh: "{days}人',
        "1.yaml:34: the message asks for {days} — known here: {members}, {most}",
    ),
    "a message with a format of its own": (
        'zh: "{members}人', 'zh: "{members:x}人',
        "1.yaml:34: the message asks for {members} — known here: {members}, {most}",
    ),
    "a message with an open brace": (
        'zh: "{members}人', 'zh: "{members人',
        "1.yaml:34: the message cannot be filled in: unexpected '{' in field name — known here: {members}, {most}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_is_told_where_and_what_would_be_right(case):
    old, new, sentence = WRONG[case]
    assert told(bent(old, new)) == [sentence]


@pytest.mark.parametrize("part", ["opens: {at_least: 1/1}", "opens: {more_than: 99/100}"])
def test_a_share_of_the_whole_can_be_met(part):
    act = book(bent("opens: {at_least: 1/2}", part)).on(NEW_YEAR).acts["vote"]
    assert act.opens.needed(20) == 20


def test_bounds_that_are_equal_are_in_order():
    rules = book(bent("min: 3, usual_max: 5, max: 7", "min: 5, usual_max: 5, max: 5")).on(NEW_YEAR)
    assert rules.number("size.min") == rules.number("size.max") == 5


def test_all_faults_of_all_files_are_told_at_once():
    files = bent("under: [committee]", "under: [comittee]"), bent("opens: {at_least: 1/2}", "opens: {at_least: 5/4}")
    said = told(files[0], files[1].replace("from: 2023-01-01", "from: 2024-01-01"))
    assert [line.split(" ")[0] for line in said] == ["1.yaml:17:", "2.yaml:27:"]


def test_an_entry_that_two_files_date_alike_is_told_where_the_other_stands():
    one = FILE.split("kinds:", maxsplit=1)[0]
    assert told(FILE, one) == [
        "2.yaml:7: rules: 'most' of 2023-01-01 stands twice — the other is at 1.yaml:7; date one later",
        "2.yaml:10: rules: 'size' of 2023-01-01 stands twice — the other is at 1.yaml:10; date one later",
    ]


def test_of_each_entry_the_version_begun_last_is_in_force():
    later = FILE.split("kinds:", maxsplit=1)[0].replace("value: 50", "value: 60").replace("2023-01-01", "2024-07-01")
    for files in ((FILE, later), (later, FILE)):
        both = book(*files)
        assert both.on(dt.date(2024, 6, 30)).number("most") == 50
        assert both.on(dt.date(2024, 7, 1)).number("most") == 60
        assert both.on(dt.date(2024, 7, 1)).flags["large"].when[0].limit == 60


def test_before_the_first_rules_and_after_the_last_nothing_is_in_force():
    rules = book(bent("{from: 2023-01-01}", "{from: 2023-01-01, to: 2023-12-31}"))
    assert rules.on(NEW_YEAR).number("most") == rules.on(dt.date(2023, 12, 31)).number("most") == 50
    for day in (dt.date(2022, 12, 31), dt.date(2024, 1, 1)):
        with pytest.raises(SetupRulesRefused) as refused:
            rules.on(day)
        assert [str(fault) for fault in refused.value.faults] == [
            f"setup rules: nothing is in force on {day} — the rules are of 2023-01-01 to 2023-12-31"
        ]
    with pytest.raises(
        SetupRulesRefused, match="nothing is in force on 1900-01-01 — the rules are of 1990-06-27 and later"
    ):
        setup_rules(dt.date(1900, 1, 1))


def test_a_rulebook_without_a_file_says_so():
    with pytest.raises(SetupRulesRefused, match="nothing is in force on 2023-01-01 — there are no rules at all"):
        book().on(NEW_YEAR)


def test_what_leans_on_a_rule_that_has_ended_is_refused_by_name():
    rules, kinds = FILE.split("kinds:", maxsplit=1)
    head = rules.split("rules:", maxsplit=1)[0]
    split = book(rules.replace("2023-01-01}", "2023-01-01, to: 2023-12-31}"), head + "kinds:" + kinds)
    assert split.on(dt.date(2023, 12, 31)).flags["large"].when[0].limit == 50
    with pytest.raises(SetupRulesRefused) as refused:
        split.on(dt.date(2024, 1, 1))
    assert [str(fault) for fault in refused.value.faults] == [
        f"2.yaml:{line}: {code} leans on 'most', which is not in force on 2024-01-01"
        " — date it from the day its rules begin"
        for line, code in ((7, "branch"), (23, "large"))
    ]


# -- what the rules of a day answer -----------------------------------------------------------------------------------


RULES = setup_rules(dt.date(2023, 12, 31))


def test_a_number_is_asked_for_by_its_whole_name():
    assert RULES.number("branch_members_max") == 50
    assert RULES.number("branch_committee_size.usual_max") == 5
    for wrong in ("branch_committee_size", "branch_committee_size.least", "branch_members_max.max", "no_such_rule"):
        with pytest.raises(KeyError, match=f"no number '{wrong}' in force on 2023-12-31"):
            RULES.number(wrong)


def test_the_number_of_a_regulation_holds_from_its_day():
    before = setup_rules(dt.date(2020, 7, 12)).acts["election"].opens
    after = setup_rules(dt.date(2020, 7, 13)).acts["election"].opens
    assert (before.needed(20), after.needed(20)) == (17, 16)  # more than four fifths, then at least


@pytest.mark.parametrize(
    ("kind", "village", "years", "end"),
    [
        ("branch", False, 3, dt.date(2023, 2, 28)),
        ("branch", True, 5, dt.date(2025, 2, 28)),
        ("project_branch", True, 3, dt.date(2023, 2, 28)),
        ("grassroots_committee", False, 5, dt.date(2025, 2, 28)),
        ("temporary_branch", False, 0, None),
        ("temporary_branch", True, 0, None),
    ],
)
def test_a_term_runs_its_years_from_the_day_of_the_election(kind, village, years, end):
    assert RULES.term_years(kind, village=village) == years
    assert RULES.term_end(kind, dt.date(2020, 2, 29), village=village) == end


def test_a_temporary_branch_takes_no_members_and_a_misspelt_deed_is_no_permission():
    assert RULES.kinds["branch"].may("develop_members")
    assert not RULES.kinds["temporary_branch"].may("develop_members")
    with pytest.raises(KeyError, match="no deed 'develop_member': one of develop_members, discipline_members"):
        RULES.kinds["temporary_branch"].may("develop_member")


@pytest.mark.parametrize(
    ("meeting", "asked"),
    [
        ("committee_meeting", {0: 0, 1: 1, 12: 12}),
        ("members_meeting", {2: 0, 3: 1, 8: 2, 12: 4}),
        ("organisation_life_meeting", {11: 0, 12: 1, 24: 2}),
        ("party_lecture", {12: 0}),
    ],
)
def test_only_whole_periods_ask_for_their_meetings(meeting, asked):
    assert {months: RULES.meetings[meeting].expected(months) for months in asked} == asked


def test_a_source_is_cited_with_its_article_where_it_has_one():
    most, inactive = RULES.rules["branch_members_max"].origin, RULES.rules["inactive_months"].origin
    assert most.cite().zh == "中国共产党支部工作条例（试行），2018年10月28日，第四条"
    assert most.cite().en == "Working Rules for Party Branches (trial), 28 October 2018, article 4"
    assert inactive.cite() == inactive.source
    assert inactive.standing == "local"
