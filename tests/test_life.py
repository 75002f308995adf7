"""Gatherings: recorded once, only who was absent is noted, counted for every form; struck, never written over."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

import stage
from baolei.ledger.models import Entry
from baolei.life import actions, facts
from baolei.life.actions import Held
from baolei.life.form_facts import of_form
from baolei.life.models import Absence, Gathering, Session
from baolei.organisations import records
from baolei.organisations.models import Group, HubHousehold, Member, Membership, OrganisationState, Post
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme.life import fact

pytestmark = [pytest.mark.django_db, pytest.mark.stores, pytest.mark.usefixtures("english", "autumn")]
NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
OWN, OTHER = "150422103216-001", "150422103216-002"
DAY, OLD, YEAR, END = date(2026, 11, 18), date(2015, 1, 1), 2026, date(2026, 12, 31)
NAMES = ("王秀英", "李国强", "包玉兰", "赵青山", "陈小雨", "吴天明")


def joined(state: OrganisationState, name: str, kind: str = "full") -> Member:
    member = Member.objects.create(name=name)
    Membership.objects.create(member=member, organisation=state.organisation, kind=kind, since=OLD)
    return member


@pytest.fixture
def branch() -> OrganisationState:
    """Six full members, one on probation, a committee of three."""
    state = stage.branch(OWN, home="150422103216")
    people = [joined(state, name) for name in NAMES]
    joined(state, "周新", "probationary")
    for place, one in enumerate(people[:3]):
        Post.objects.create(organisation=state.organisation, kind="secretary" if place == 0 else "member", holder=one,
                            committee=True, since=OLD)  # fmt: skip
    return state


@pytest.fixture
def secretary(branch: OrganisationState) -> Account:
    return stage.mandated(branch.code, "branch_secretary")


def recorded(secretary: Account, branch: OrganisationState, *forms: str, key: str = "", **said: Any) -> Gathering:
    held = Held(**{"on": DAY, "forms": forms, **said})
    return actions.record_gathering(actor=secretary, now=NOW, organisation=branch.organisation,
                                    key=key or f"{Gathering.objects.count():032x}", held=held)  # fmt: skip


def absent(*names: str, reason: str = "away") -> dict[int, str]:
    return {Member.objects.get(name=name).pk: reason for name in names}


def test_one_gathering_counts_for_every_form_it_was(secretary: Account, branch: OrganisationState) -> None:
    agenda = [{"topic": "study", "words": "学习全会精神"}, {"topic": "decide", "words": "讨论修路"}]
    made = recorded(secretary, branch, "theme_party_day", "members_meeting", "party_lecture", agenda=agenda,
                    absent=absent("吴天明"), decisions=["同意修路"], minutes="会议开了一个小时。")  # fmt: skip
    assert (made.should_attend, made.absent, made.present, made.study) == (7, 1, 6, True)
    assert set(made.sessions.values_list("form", "quorate")) == {
        ("theme_party_day", True), ("members_meeting", True), ("party_lecture", True),
    }  # fmt: skip
    assert list(Absence.objects.values_list("member__name", "reason")) == [("吴天明", "away")]
    assert (made.on, made.entered) == (DAY, date(2026, 11, 20))
    mine = {branch.organisation_id}
    for form, due in (("theme_party_day", 12), ("members_meeting", 4), ("party_lecture", 4), ("committee_meeting", 12)):
        assert of_form(form, mine, YEAR, END) == {branch.organisation_id: (int(form != "committee_meeting"), due)}
    assert facts.first_agenda(mine, YEAR, END) == {branch.organisation_id: (1, 1)}


def test_sent_twice_it_is_recorded_once(secretary: Account, branch: OrganisationState) -> None:
    first = recorded(secretary, branch, "theme_party_day", key="a" * 32)
    again = recorded(secretary, branch, "theme_party_day", key="a" * 32, minutes="另一次")
    assert first == again
    assert (Gathering.objects.count(), Session.objects.count()) == (1, 1)
    assert Entry.objects.filter(act="life.record").count() == 1
    assert "life.record" in records.acts()


def test_a_meeting_of_less_than_half_is_on_record_and_does_not_count(
    secretary: Account, branch: OrganisationState
) -> None:
    exactly_half = recorded(secretary, branch, "members_meeting", absent=absent(*NAMES[:3], "周新"))
    assert exactly_half.sessions.get().quorate, "three of six who vote; who is on probation is no voter"
    less = recorded(secretary, branch, "members_meeting", absent=absent(*NAMES[:4]), on=date(2026, 2, 1))
    assert not less.sessions.get().quorate
    assert of_form("members_meeting", {branch.organisation_id}, YEAR, END) == {branch.organisation_id: (1, 4)}


def test_the_committee_alone_invites_its_members(secretary: Account, branch: OrganisationState) -> None:
    made = recorded(secretary, branch, "committee_meeting", absent=absent("包玉兰"))
    assert (made.should_attend, made.present, made.sessions.get().quorate) == (3, 2, True)
    with pytest.raises(NotPossible, match="1 of those noted as absent should not have attended"):
        recorded(secretary, branch, "committee_meeting", absent=absent("吴天明"))


def test_groups_and_hub_households_count_for_themselves(secretary: Account, branch: OrganisationState) -> None:
    leader = Member.objects.get(name="王秀英")
    groups = [Group.objects.create(organisation=branch.organisation, name=name, leader=leader, since=OLD)
              for name in ("东组", "西组")]  # fmt: skip
    hub = HubHousehold.objects.create(organisation=branch.organisation, grid="北网格", host=leader, members=3,
                                      households=20, since=OLD)  # fmt: skip
    for month, group in ((1, 0), (1, 0), (2, 0), (2, 1)):
        recorded(secretary, branch, "group_meeting", part=groups[group].pk, present=4, on=date(2026, month, 9))
    recorded(secretary, branch, "hub_session", part=hub.pk, present=3)
    mine = {branch.organisation_id}
    assert of_form("group_meeting", mine, YEAR, date(2026, 2, 28)) == {branch.organisation_id: (3, 4)}
    assert of_form("hub_session", mine, YEAR, END) == {branch.organisation_id: (1, 4)}
    with pytest.raises(NotPossible, match="which group or hub household"):
        recorded(secretary, branch, "hub_session", part=hub.pk + 1, present=3)
    with pytest.raises(NotPossible, match="how many came"):
        recorded(secretary, branch, "hub_session", part=hub.pk)
    with pytest.raises(NotPossible, match="counts for itself alone"):
        recorded(secretary, branch, "hub_session", "members_meeting", part=hub.pk, present=3)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"on": date(2026, 11, 21)}, "has not come yet"),
        ({"forms": ()}, "choose what kind of gathering"),
        ({"forms": ("party",)}, "choose what kind of gathering"),
        ({"absent": {0: "ill"}}, "the reason of an absence is one of: on leave"),
        ({"agenda": [{"topic": "gossip", "words": ""}]}, "an item of the agenda is one of: study"),
    ],
)
def test_what_cannot_be_is_refused_with_what_would_be_right(
    secretary: Account, branch: OrganisationState, said: dict[str, Any], words: str
) -> None:
    with pytest.raises(NotPossible, match=words):
        recorded(secretary, branch, *said.pop("forms", ("theme_party_day",)), **said)
    assert not Gathering.objects.exists()


def test_only_the_branch_and_the_committee_above_it_record(secretary: Account, branch: OrganisationState) -> None:
    other = stage.branch(OTHER, home="150422103216")
    for actor in (stage.mandated(OTHER, "branch_secretary"), stage.mandated("150422103", "township_clerk")):
        with pytest.raises(NotPossible, match="recorded by its branch"):
            recorded(actor, branch, "theme_party_day")
    with pytest.raises(NotPossible, match="recorded by its branch"):
        recorded(secretary, other, "theme_party_day")


def test_what_was_recorded_in_error_is_struck_with_a_reason_and_counts_no_more(
    secretary: Account, branch: OrganisationState
) -> None:
    made = recorded(secretary, branch, "theme_party_day")
    struck = actions.strike(actor=secretary, now=NOW, gathering=made, why="录到别的支部了")
    assert struck.struck_on == date(2026, 11, 20)
    assert of_form("theme_party_day", {branch.organisation_id}, YEAR, END) == {branch.organisation_id: (0, 12)}
    assert facts.first_agenda({branch.organisation_id}, YEAR, END) == {}
    with pytest.raises(NotPossible, match="was struck on"):
        actions.strike(actor=secretary, now=NOW, gathering=made, why="再删一次")


def test_a_branch_without_members_records_nothing(secretary: Account, branch: OrganisationState) -> None:
    Membership.objects.filter(organisation=branch.organisation).delete()
    with pytest.raises(NotPossible, match="nobody should have attended"):
        recorded(secretary, branch, "theme_party_day")


def test_the_whole_tree_tells_what_the_rules_say_of_each_branch(secretary: Account, branch: OrganisationState) -> None:
    """The set-based count against the rules themselves, branch by branch and form by form."""
    founded = stage.branch(OTHER, home="150422103216")
    OrganisationState.objects.filter(pk=founded.pk).update(since=date(2026, 3, 2), field="retired")
    head = joined(founded, "苏和")
    Post.objects.create(organisation=founded.organisation, kind="member", holder=head, committee=True,
                        since=date(2026, 6, 30), until=date(2026, 10, 15))  # fmt: skip
    leader = Member.objects.get(name="王秀英")
    group = Group.objects.create(organisation=branch.organisation, name="东组", leader=leader, since=date(2026, 5, 31))
    Group.objects.create(
        organisation=branch.organisation, name="西组", leader=leader, since=OLD, until=date(2026, 9, 29)
    )
    mine = stage.mandated(OTHER, "branch_secretary")
    for month in (1, 2, 2, 5, 8, 9):
        recorded(secretary, branch, "theme_party_day", "members_meeting", on=date(2026, month, 28))
    for month in (6, 6, 8, 9):
        recorded(secretary, branch, "group_meeting", part=group.pk, present=3, on=date(2026, month, 28))
    for month in (4, 7, 7, 10):
        recorded(mine, founded, "theme_party_day", on=date(2026, month, 1))
    for month in (7, 7, 9):
        recorded(mine, founded, "committee_meeting", on=date(2026, month, 15))
    both = {branch.organisation_id, founded.organisation_id}
    for until in (date(2026, 3, 30), date(2026, 6, 30), END):
        plans = {organisation: facts.year_of(organisation, YEAR) for organisation in both}
        for form in ("members_meeting", "committee_meeting", "group_meeting", "theme_party_day", "party_lecture",
                     "organisation_life_meeting", "democratic_appraisal", "hub_session"):  # fmt: skip
            by_rule = {one: fact(plan.get(form, ()), until) for one, plan in plans.items()}
            assert of_form(form, both, YEAR, until) == {one: said for one, said in by_rule.items() if said[1]}, form


def asked(account: Account, address: str, said: dict[str, Any] | None = None) -> Any:
    client = Client()
    client.force_login(account)
    client.cookies["django_language"] = "en"
    return client.get(address) if said is None else client.post(address, said)


def sent(**more: Any) -> dict[str, Any]:
    return {"key": "b" * 32, "form": ["theme_party_day", "party_lecture"], "on": DAY.isoformat(), "study": "1",
            "studied": "全会精神", "decisions": "修路\n植树", **more}  # fmt: skip


def test_the_form_records_and_the_page_of_the_year_shows_it(secretary: Account, branch: OrganisationState) -> None:
    year, form = (reverse(name, args=[branch.organisation_id]) for name in ("life", "record_gathering"))
    assert asked(secretary, form).status_code == 200
    gone = Member.objects.get(name="吴天明").pk
    assert asked(secretary, form, sent(**{f"absent-{gone}": "away"})).status_code == 302
    page = asked(secretary, year).text
    assert "Party lecture" in page
    assert "6 / 7" in page
    assert "month 11: on record" in page
    assert "month 10: nothing on record" in page
    one = asked(secretary, reverse("gathering", args=[Gathering.objects.get().pk])).text
    for words in ("吴天明", "living elsewhere", "study of instructions: 全会精神", "植树"):
        assert words in one
    table = asked(secretary, f"{year}?format=csv&table=gatherings").content.decode("utf-8-sig")
    assert "修路；植树" in table


def test_a_kept_record_is_taken_once_and_what_is_wrong_is_named(secretary: Account, branch: OrganisationState) -> None:
    save = reverse("save_gathering", args=[branch.organisation_id])
    first = asked(secretary, save, sent()).json()
    assert asked(secretary, save, sent(decisions="别的")).json() == first
    assert Gathering.objects.count() == 1
    wrong = asked(secretary, save, sent(key="c" * 32, on="昨天", form=[], present="x", agenda="长" * 201,
                                        minutes="长" * 3001)).json()["faults"]  # fmt: skip
    assert set(wrong) == {"on", "form", "present", "agenda", "minutes"}
    assert set(asked(secretary, save, sent(key="7")).json()["faults"]) == {""}
    assert "has not come yet" in asked(secretary, save, sent(key="d" * 32, on="2099-01-01")).json()["faults"][""]


def test_whoever_only_reads_sees_the_year_and_records_nothing(secretary: Account, branch: OrganisationState) -> None:
    made = recorded(secretary, branch, "theme_party_day")
    clerk, stranger = stage.mandated("150422103", "township_clerk"), stage.mandated(OTHER, "branch_secretary")
    mine = [branch.organisation_id]
    year, form, save = (reverse(name, args=mine) for name in ("life", "record_gathering", "save_gathering"))
    assert "Record a gathering" not in asked(clerk, year).text
    assert asked(clerk, reverse("gathering", args=[made.pk])).status_code == 200
    assert asked(clerk, form).status_code == asked(clerk, save, sent()).status_code == 404
    strike = reverse("strike_gathering", args=[made.pk])
    assert asked(clerk, strike, {"why": "x"}).status_code == 404
    for address in (year, form, reverse("gathering", args=[made.pk])):
        assert asked(stranger, address).status_code == 404
    assert asked(secretary, strike, {"why": ""}).status_code == 422
    assert asked(secretary, strike, {"why": "录错"}).status_code == 302
    assert "it counts for nothing" in asked(secretary, reverse("gathering", args=[made.pk])).text
