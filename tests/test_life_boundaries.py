"""The rules of organisation life at their edges, as records keep them: half of those who vote, ends of months and
quarters, the lighter rules of retired branches, sessions at a hub household.
"""

from __future__ import annotations

from datetime import date

import pytest

import stage
from baolei.life.form_facts import of_form
from baolei.organisations.models import HubHousehold, Member, OrganisationState, Post
from baolei.people.models import Account
from test_life import NAMES, OLD, absent, joined, recorded

pytestmark = [pytest.mark.django_db, pytest.mark.stores, pytest.mark.usefixtures("english")]
YEAR, END = 2026, date(2026, 12, 31)


@pytest.fixture
def branch() -> OrganisationState:
    """Six full members, two on probation, a committee of four."""
    state = stage.branch("150422103216-001", home="150422103216")
    people = [joined(state, name) for name in NAMES]
    for name in ("周新", "何苗"):
        joined(state, name, "probationary")
    for place, one in enumerate(people[:4]):
        Post.objects.create(organisation=state.organisation, kind="secretary" if place == 0 else "member", holder=one,
                            committee=True, since=OLD)  # fmt: skip
    return state


@pytest.fixture
def secretary(branch: OrganisationState) -> Account:
    return stage.mandated(branch.code, "branch_secretary")


def done(branch: OrganisationState, form: str, until: date = END) -> tuple[int, int]:
    return of_form(form, {branch.organisation_id}, YEAR, until).get(branch.organisation_id, (0, 0))


@pytest.mark.parametrize(("away", "counts"), [(2, True), (3, True), (4, False)])
def test_a_members_meeting_opens_with_half_of_those_who_vote(
    secretary: Account, branch: OrganisationState, away: int, counts: bool
) -> None:
    made = recorded(secretary, branch, "members_meeting", absent=absent(*NAMES[:away]))
    assert made.sessions.get().quorate == counts
    assert done(branch, "members_meeting") == (int(counts), 4)


def test_those_on_probation_make_no_quorum(secretary: Account, branch: OrganisationState) -> None:
    there = recorded(secretary, branch, "members_meeting", absent=absent(*NAMES[:4]))
    assert (there.present, there.sessions.get().quorate) == (4, False), "two who vote and two on probation"
    others = recorded(secretary, branch, "members_meeting", absent=absent(*NAMES[:3], "周新", "何苗"))
    assert (others.present, others.sessions.get().quorate) == (3, True)


@pytest.mark.parametrize(("away", "counts"), [(1, True), (2, True), (3, False)])
def test_a_committee_meeting_opens_with_half_of_the_committee(
    secretary: Account, branch: OrganisationState, away: int, counts: bool
) -> None:
    made = recorded(secretary, branch, "committee_meeting", absent=absent(*NAMES[:away]))
    assert made.sessions.get().quorate == counts


@pytest.mark.parametrize(
    ("form", "held", "until", "said"),
    [
        ("theme_party_day", date(2026, 1, 31), date(2026, 1, 30), (0, 0)),
        ("theme_party_day", date(2026, 1, 31), date(2026, 1, 31), (1, 1)),
        ("theme_party_day", date(2026, 2, 1), date(2026, 1, 31), (0, 1)),
        ("theme_party_day", date(2026, 2, 28), date(2026, 2, 28), (1, 2)),
        ("members_meeting", date(2026, 3, 31), date(2026, 3, 31), (1, 1)),
        ("members_meeting", date(2026, 4, 1), date(2026, 3, 31), (0, 1)),
        ("members_meeting", date(2026, 4, 1), date(2026, 6, 29), (0, 1)),
        ("members_meeting", date(2026, 4, 1), date(2026, 6, 30), (1, 2)),
        ("organisation_life_meeting", date(2026, 1, 1), date(2026, 12, 30), (0, 0)),
        ("organisation_life_meeting", date(2026, 1, 1), date(2026, 12, 31), (1, 1)),
        ("democratic_appraisal", date(2025, 12, 31), date(2026, 12, 31), (0, 1)),
    ],
)
def test_a_period_ends_with_its_last_day_and_the_next_one_begins_on_the_day_after(
    secretary: Account, branch: OrganisationState, form: str, held: date, until: date, said: tuple[int, int]
) -> None:
    recorded(secretary, branch, form, on=held)
    assert done(branch, form, until) == said


def test_a_retired_branch_owes_a_theme_day_a_quarter(secretary: Account, branch: OrganisationState) -> None:
    OrganisationState.objects.filter(pk=branch.pk).update(field="retired")
    recorded(secretary, branch, "theme_party_day", "members_meeting", on=date(2026, 3, 31))
    recorded(secretary, branch, "theme_party_day", on=date(2026, 4, 1))
    assert done(branch, "theme_party_day") == (2, 4)
    assert done(branch, "members_meeting") == (1, 4)


def test_each_hub_household_is_asked_by_itself_once_a_quarter(secretary: Account, branch: OrganisationState) -> None:
    host = [Member.objects.get(name=name) for name in NAMES[:2]]
    hubs = [HubHousehold.objects.create(organisation=branch.organisation, grid=f"网格{place}", host=one, members=3,
                                        households=20, since=OLD) for place, one in enumerate(host)]  # fmt: skip
    for hub, on in ((0, date(2026, 3, 31)), (0, date(2026, 3, 1)), (1, date(2026, 4, 1))):
        recorded(secretary, branch, "hub_session", part=hubs[hub].pk, present=4, on=on)
    assert done(branch, "hub_session", date(2026, 3, 31)) == (1, 2)
    assert done(branch, "hub_session", date(2026, 6, 30)) == (2, 4)
