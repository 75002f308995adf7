"""Counts of a quarter, Party groups at work, the plan of a year: numbers without names, and facts that add up."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

import stage
from baolei.life import facts, planning, talks
from baolei.life.models import PlanRow, Quarter
from baolei.organisations.models import Group, Member, OrganisationState, Post
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme.evidence import added_up
from baolei.programme.plan import Planned
from test_life import NAMES, OLD, OTHER, joined, recorded

pytestmark = [pytest.mark.django_db, pytest.mark.stores, pytest.mark.usefixtures("english")]
NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
TODAY, YEAR, END = date(2026, 11, 20), 2026, date(2026, 12, 31)


@pytest.fixture
def branch() -> OrganisationState:
    """Six full members, one on probation, a committee of three."""
    state = stage.branch("150422103216-001", home="150422103216")
    people = [joined(state, name) for name in NAMES]
    joined(state, "周新", "probationary")
    for place, one in enumerate(people[:3]):
        Post.objects.create(organisation=state.organisation, kind="secretary" if place == 0 else "member", holder=one,
                            committee=True, since=OLD)  # fmt: skip
    return state


@pytest.fixture
def secretary(branch: OrganisationState) -> Account:
    return stage.mandated(branch.code, "branch_secretary")


def counted(actor: Account, state: OrganisationState, quarter: int, **counts: int) -> Quarter:
    return talks.count(actor=actor, now=NOW, organisation=state.organisation, year=YEAR, quarter=quarter, counts=counts)


def told(item: str, state: OrganisationState, until: date = END) -> tuple[int, int]:
    """The fact of an item, to which its rows add up."""
    source = facts.SOURCES[item]
    found = source.facts({state.organisation_id}, YEAR, until).get(state.organisation_id, (0, 0))
    assert added_up(source.rows(state.organisation_id, YEAR, until)) == found
    return found


# ---- talks ----


def test_talks_are_pairs_counted_and_no_more_than_there_are(secretary: Account, branch: OrganisationState) -> None:
    """Three in the committee are three pairs; four others have one talk each with one of it."""
    assert talks.people(branch.organisation_id, TODAY) == (3, 4)
    assert told("talks_held", branch) == (0, 0), "nothing counted is not known"
    counted(secretary, branch, 1, within=2, across=1, mutual=9)
    assert told("talks_held", branch, date(2026, 12, 30)) == (0, 0), "once a year: the year must be over"
    assert told("talks_held", branch) == (3, 7), "members among themselves are counted and not due"
    counted(secretary, branch, 2, within=2, across=4)
    assert told("talks_held", branch) == (7, 7)
    counted(secretary, branch, 2, within=0, across=0)
    assert told("talks_held", branch) == (3, 7), "entered again it takes the place of what stood there"
    assert Quarter.objects.count() == 2


def test_a_secretary_without_a_committee_talks_with_every_member(secretary: Account, branch: OrganisationState) -> None:
    Post.objects.filter(organisation=branch.organisation).exclude(kind="secretary").delete()
    Post.objects.update(committee=False)
    assert talks.people(branch.organisation_id, TODAY) == (1, 6)
    counted(secretary, branch, 1, within=0, across=5, mutual=0)
    assert told("talks_held", branch) == (5, 6)


def test_who_holds_a_post_and_is_no_member_here_is_not_taken_off_the_members(
    secretary: Account, branch: OrganisationState
) -> None:
    guest = joined(stage.branch(OTHER, home="150422103216"), "第一书记")
    Post.objects.create(organisation=branch.organisation, kind="member", holder=guest, committee=True, since=OLD)
    assert talks.people(branch.organisation_id, TODAY) == (4, 4)
    counted(secretary, branch, 1, within=6, across=4)
    assert told("talks_held", branch) == (10, 10)


@pytest.mark.parametrize(
    ("quarter", "counts", "words"),
    [(4, {"within": 4}, "there are 3 pairs within the committee and 4"), (4, {"across": 5}, "no more can have talked"),
     (5, {}, "has not begun"), (0, {}, "has not begun"), (1, {"mutual": -1}, "numbers from 0"),
     (1, {"mutual": 10_000}, "numbers from 0"), (1, {"brought": 1}, "enter both"),
     (1, {"brought": 3, "excused": 2}, "to more members than are excused")],
)  # fmt: skip
def test_counts_that_cannot_be_are_refused(
    secretary: Account, branch: OrganisationState, quarter: int, counts: dict[str, int], words: str
) -> None:
    with pytest.raises(NotPossible, match=words):
        counted(secretary, branch, quarter, **counts)
    assert not Quarter.objects.exists()


def test_a_quarter_is_open_from_its_first_day(secretary: Account, branch: OrganisationState) -> None:
    for day, number in (("2026-09-30T15:59Z", 0), ("2026-09-30T16:01Z", 1)):  # midnight where the house stands
        now = datetime.fromisoformat(day)
        said: dict[str, Any] = {"actor": secretary, "now": now, "organisation": branch.organisation, "year": YEAR}
        if number:
            talks.count(**said, quarter=4, counts={})
        else:
            with pytest.raises(NotPossible, match="has not begun"):
                talks.count(**said, quarter=4, counts={})


def test_only_the_branch_and_the_committee_above_it_count(branch: OrganisationState) -> None:
    for actor in (stage.mandated(OTHER, "branch_secretary"), stage.mandated("150422103", "township_clerk")):
        with pytest.raises(NotPossible, match="entered by the branch itself"):
            counted(actor, branch, 1, within=1)
        with pytest.raises(NotPossible, match="entered by the branch itself"):
            planning.plan(actor=actor, now=NOW, organisation=branch.organisation, year=YEAR, rows=[])


# ---- study brought home, briefings ----


@pytest.fixture
def retired(branch: OrganisationState) -> OrganisationState:
    OrganisationState.objects.filter(pk=branch.pk).update(field="retired")
    return branch


def test_a_field_that_is_not_asked_keeps_no_such_counts(secretary: Account, branch: OrganisationState) -> None:
    assert talks.columns("village") == talks.TALKS
    made = counted(secretary, branch, 1, within=1, brought=1, excused=2, briefings=1)
    assert (made.brought, made.excused, made.briefings) == (None, None, None)


def test_study_is_brought_home_to_those_excused_quarter_by_quarter(
    secretary: Account, retired: OrganisationState
) -> None:
    counted(secretary, retired, 1, brought=3, excused=4)
    counted(secretary, retired, 2, brought=4, excused=4)
    counted(secretary, retired, 3, within=1)
    counted(secretary, retired, 4, brought=0, excused=0)
    assert [told("study_brought_home", retired, day) for day in (date(2026, 3, 30), date(2026, 3, 31), END)] == [
        (0, 0), (3, 4), (7, 8),
    ]  # fmt: skip


def test_a_briefing_is_asked_for_in_each_half_year(secretary: Account, retired: OrganisationState) -> None:
    counted(secretary, retired, 1, briefings=0)
    counted(secretary, retired, 2, briefings=3)
    assert told("briefings_given", retired, date(2026, 6, 29)) == (0, 0)
    assert told("briefings_given", retired, date(2026, 6, 30)) == (1, 1), "three in one half stand for no other"
    assert told("briefings_given", retired) == (1, 2)
    counted(secretary, retired, 3, briefings=1)
    assert told("briefings_given", retired) == (2, 2)
    OrganisationState.objects.filter(pk=retired.pk).update(since=date(2026, 1, 2))
    assert told("briefings_given", retired) == (1, 1), "a half that began before it asks for nothing"


# ---- Party groups ----


@pytest.fixture
def groups(branch: OrganisationState) -> list[Group]:
    leader = Member.objects.get(name=NAMES[0])
    return [Group.objects.create(organisation=branch.organisation, name=name, leader=leader, since=OLD)
            for name in ("东组", "西组")]  # fmt: skip


def test_a_group_is_at_work_that_met_every_quarter(
    secretary: Account, branch: OrganisationState, groups: list[Group]
) -> None:
    assert told("groups_working", branch) == (0, 0), "a branch that records nothing is not known"
    for month, day in ((3, 31), (4, 1), (9, 30)):
        recorded(secretary, branch, "group_meeting", part=groups[0].pk, present=3, on=date(2026, month, day))
    assert told("groups_working", branch, date(2026, 3, 31)) == (1, 2)
    assert told("groups_working", branch, date(2026, 9, 30)) == (1, 2)
    assert told("groups_working", branch) == (0, 2), "nothing in the fourth"
    recorded(secretary, branch, "group_meeting", part=groups[0].pk, present=3, on=date(2026, 10, 1))
    Group.objects.filter(pk=groups[1].pk).update(since=date(2026, 7, 2))
    recorded(secretary, branch, "group_meeting", part=groups[1].pk, present=3, on=date(2026, 11, 1))
    assert told("groups_working", branch) == (2, 2), "the second stands from the fourth quarter on"
    assert told("groups_working", branch, date(2026, 9, 30)) == (1, 1)


def test_gatherings_nearby_count_once_in_two_months_for_each_group(
    secretary: Account, branch: OrganisationState, groups: list[Group]
) -> None:
    for month, group in ((1, 0), (2, 0), (2, 1), (3, 0), (11, 1)):
        recorded(secretary, branch, "group_meeting", part=groups[group].pk, present=3, on=date(2026, month, 9))
    assert [told("nearby_groups", branch, day) for day in (date(2026, 2, 27), date(2026, 2, 28), END)] == [
        (0, 0), (2, 2), (4, 12),
    ]  # fmt: skip
    Group.objects.filter(pk=groups[1].pk).update(until=date(2026, 6, 30))
    assert told("nearby_groups", branch) == (3, 9)


def test_all_branches_are_asked_at_once(
    secretary: Account, retired: OrganisationState, groups: list[Group], django_assert_max_num_queries: Any
) -> None:
    other = stage.branch(OTHER, home="150422103216")
    OrganisationState.objects.filter(pk=other.pk).update(field="retired")
    joined(other, "苏和")
    mine = stage.mandated(OTHER, "branch_secretary")
    for actor, state in ((secretary, retired), (mine, other)):
        counted(actor, state, 1, brought=1, excused=2, briefings=1, within=0, across=0)
    both = {retired.organisation_id, other.organisation_id}
    for item in ("talks_held", "groups_working", "nearby_groups", "study_brought_home", "briefings_given",
                 "democratic_appraisal"):  # fmt: skip
        with django_assert_max_num_queries(4):
            found = facts.SOURCES[item].facts(both, YEAR, END)
        for one in (retired, other):
            assert found.get(one.organisation_id, (0, 0)) == told(item, one)


# ---- the plan ----


def test_the_plan_that_suggests_itself_follows_the_rules_of_the_field(
    branch: OrganisationState, groups: list[Group]
) -> None:
    found: dict[str, list[int]] = {}
    for one in planning.suggested(branch, YEAR):
        found.setdefault(one.form, []).append(one.month)
    assert found["members_meeting"] == [2, 5, 8, 11]
    assert found["theme_party_day"] == found["group_meeting"] == list(range(1, 13))
    assert found["organisation_life_meeting"] == found["democratic_appraisal"] == [11], (
        "in general in the fourth quarter"
    )
    assert "hub_session" not in found
    branch.field = "retired"
    months = [one.month for one in planning.suggested(branch, YEAR) if one.form == "theme_party_day"]
    assert months == [2, 5, 8, 11], "lighter for branches of retired members"


def test_a_plan_takes_the_place_of_the_one_before(secretary: Account, branch: OrganisationState) -> None:
    def planned(*rows: Planned, year: int = YEAR) -> int:
        return planning.plan(actor=secretary, now=NOW, organisation=branch.organisation, year=year, rows=rows)

    assert planned(Planned("theme_party_day", 1, 5), Planned("theme_party_day", 2, 5), Planned("party_lecture", 3)) == 3
    assert planned(Planned("theme_party_day", 3, 31), year=2027) == 1
    assert planned(Planned("theme_party_day", 12, 5)) == 1
    assert planning.plan_of(branch.organisation_id, YEAR) == [Planned("theme_party_day", 12, 5)]
    assert planning.plan_of(branch.organisation_id, 2027) == [Planned("theme_party_day", 3, 31)]
    for rows, year, words in (
        ([Planned("party", 1)], YEAR, "choose kinds"), ([Planned("hub_session", 13)], YEAR, "months"),
        ([Planned("party_lecture", 1, 32)], YEAR, "from 1 to 31"), ([], 2025, "or the next"), ([], 2028, "or the next"),
    ):  # fmt: skip
        with pytest.raises(NotPossible, match=words):
            planned(*rows, year=year)
    assert PlanRow.objects.count() == 2


def test_the_database_knows_the_months_and_the_quarters(secretary: Account, branch: OrganisationState) -> None:
    counted(secretary, branch, 1, within=1)
    for table, wrong in ((Quarter, {"quarter": 5}), (Quarter, {"brought": 3}), (Quarter, {"brought": 3, "excused": 2})):
        with pytest.raises(IntegrityError), transaction.atomic():
            table.objects.update(**wrong)
    PlanRow.objects.create(organisation=branch.organisation, year=YEAR, form="party_lecture", month=1)
    for wrong in ({"month": 0}, {"day": 32}, {"form": "party"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PlanRow.objects.update(**wrong)
