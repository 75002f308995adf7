"""The evidence catalogue held against SQL that was written apart, and against the rows behind each fact: one count."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random

import pytest

import evidence_rooms as rooms
import stage
from baolei.declarations.sources import KNOWN
from baolei.dues import facts as dues_facts
from baolei.organisations.models import Exemption, Group, Member, Membership, OrganisationState, Post, Term
from baolei.people.models import Account
from baolei.programme.evidence import added_up
from baolei.programme.life import GROUP
from evidence_cast import LAST, OLD, YEAR, Cast, cast, gathering

sys.path.append(str(Path(__file__).resolve().parent.parent / "benchmarks"))

from evidence_sql import CHECKS, checked

pytestmark = [pytest.mark.django_db, pytest.mark.stores]
SEEDS = range(3)
DAYS = (date(YEAR, 1, 30), date(YEAR, 3, 31), date(YEAR, 6, 29), date(YEAR, 8, 15), LAST, date(YEAR + 1, 2, 1))
ROOMS: dict[str, tuple[Callable[[Cast], None], tuple[str, ...]]] = {
    "gatherings": (lambda _made: None, (
        "first_agenda", "members_meetings", "committee_meetings", "group_meetings", "theme_days", "party_lectures",
        "hub_sessions", "groups_working", "nearby_groups",
    )),
    "organisations": (rooms.organisations, (
        "term_election", "committee_complete", "structure_mended", "transfers_closed", "recruits_procedure",
        "members_contactable", "everyone_linked", "reserve_pool", "new_members",
    )),
    "life": (rooms.life, ("democratic_appraisal", "talks_held", "study_brought_home", "briefings_given")),
    "affairs": (rooms.affairs, (
        "resolutions_done", "four_discussions", "gacha_decisions", "affairs_published", "village_accounts_open",
        "accounts_published", "reports_to_community", "party_affairs_open", "tasks_done",
    )),
    "dues": (rooms.dues, ("dues_on_time",)),
    "centres": (rooms.centres, ("service_circle", "centre_open", "park_centre_open")),
    "training": (rooms.training, ("secretary_training", "member_training", "hub_hosts_trained")),
    "wishes": (rooms.wishes, (
        "small_wishes", "registered_service", "silver_service", "help_to_base", "public_benefit", "free_advice",
    )),
    "rectification": (rooms.rectification, (
        "findings_mended", "audit_mended", "blind_spots_mended", "weak_points_mended", "lagging_mended",
    )),
    "matters": (rooms.matters, ("grid_party_presence", "grid_matters", "grid_passed_on")),
}  # fmt: skip
"""What each room puts on record in the cast, and the items that tell of it."""


def test_every_item_that_is_known_has_a_check_and_a_room() -> None:
    assert sorted(CHECKS) == sorted(KNOWN)
    assert sorted(item for _fill, items in ROOMS.values() for item in items) == sorted(KNOWN)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("room", ROOMS)
def test_facts_rows_and_sql_are_one_count(room: str, seed: int) -> None:
    fill, items = ROOMS[room]
    made = cast(seed, gatherings=room == "gatherings")
    fill(made)
    every = {one.organisation_id for one in made.branches}
    told = {item: [_agreed(item, every, until) for until in DAYS] for item in items}
    for number, (item, facts) in enumerate(told.items()):
        assert any(facts), f"{item}: the cast tells nothing of it"
        place = (seed + number) % len(DAYS)
        for one in every:
            rows = KNOWN[item].rows(one, YEAR, DAYS[place])
            assert added_up(rows) == facts[place].get(one, (0, 0)), (item, DAYS[place], one)


def _agreed(item: str, every: set[int], until: date) -> dict[int, tuple[int, int]]:
    """The facts of an item, once SQL says the same."""
    facts = KNOWN[item].facts(every, YEAR, until)
    assert facts == {one: said for one, said in checked(item, YEAR, until).items() if one in every}, (item, until)
    return facts


@pytest.mark.parametrize("seed", SEEDS)
def test_dues_of_a_region_are_counted_as_those_of_a_few_branches(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dues_facts, "FEW", 0)
    made = cast(seed, gatherings=False)
    rooms.dues(made)
    every = {one.organisation_id for one in made.branches}
    assert all([_agreed("dues_on_time", every, until) for until in DAYS[2:]])


# ---- where the rooms do not count as the rules say, as it seems ----


def _branch(field: str = "village", members: int = 3) -> tuple[OrganisationState, list[Member], Cast]:
    """A branch with members, all there since long ago, and nothing else."""
    state = stage.branch("150422103216-009", home="150422103216")
    OrganisationState.objects.filter(pk=state.pk).update(field=field)
    people = [Member.objects.create(name=f"第{number}人") for number in range(members)]
    Membership.objects.bulk_create(Membership(member=one, organisation=state.organisation, kind="full", since=OLD)
                                   for one in people)  # fmt: skip
    return state, people, Cast(Random(0), Account.objects.create(username="cast", name="周青禾"))


def test_a_group_counts_for_itself_alone() -> None:
    state, people, made = _branch()
    gone, there = (
        Group.objects.create(organisation=state.organisation, name=name, leader=people[0], since=OLD, until=until)
        for name, until in (("东组", date(YEAR, 1, 20)), ("西组", None))
    )
    held = gathering(made, state, date(YEAR, 1, 10), (GROUP,), gone.pk)
    held.sessions.update(quorate=True)
    assert checked("group_meetings", YEAR, DAYS[1])[state.organisation_id] == (0, 3), f"{there} held nothing"
    _agreed("group_meetings", {state.organisation_id}, DAYS[1])


def test_a_vacant_secretary_is_a_post_that_is_not_filled() -> None:
    state, people, _made = _branch()
    Post.objects.create(organisation=state.organisation, kind="deputy", holder=people[0], since=OLD)
    assert checked("committee_complete", YEAR, LAST)[state.organisation_id] == (0, 12)
    _agreed("committee_complete", {state.organisation_id}, LAST)


def test_an_election_moved_with_approval_is_in_time() -> None:
    state, _people, _made = _branch()
    Term.objects.create(organisation=state.organisation, elected=date(YEAR - 5, 7, 1), ends=date(YEAR, 6, 30))
    Exemption.objects.create(organisation=state.organisation, flag="term_overdue", document="组通字", since=OLD)
    assert checked("term_election", YEAR, LAST)[state.organisation_id] == (1, 1)
    _agreed("term_election", {state.organisation_id}, LAST)
