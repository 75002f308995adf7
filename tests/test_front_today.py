"""The page of the day: what waits, where one answers, and the way there."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

import stage
from baolei.organisations.actions import establish
from baolei.organisations.acts import Act
from baolei.organisations.models import Finding, Member, Membership, OrganisationState, Term, Transfer
from baolei.people.models import Role
from baolei.warehouse.rulebook import setup_rules

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch() -> OrganisationState:
    """A branch in 碧流台镇, established long ago without members: an empty shell, and late."""
    on = date(2026, 1, 10)
    act = Act(actor=None, now=timezone.now(), on=on, why="批复", rules=setup_rules(on))
    home = {"act": act, "unit": stage.unit("150422103216").unit, "document": "批1"}
    top = establish(**home, code="C1", name="碧流台镇党委", kind="local_committee", above=None)
    works = establish(**home, code="C2", name="机关党委", kind="grassroots_committee", above=top.organisation)
    return establish(**home, code="B1", name="东方红村党支部", kind="branch", above=works.organisation, field="village")


def member_of(branch: OrganisationState) -> int:
    member = Member.objects.create(name="乌云")
    Membership.objects.create(member=member, organisation=branch.organisation, kind="full", since=date(2026, 2, 1))
    return int(member.pk)


def test_what_waits_is_counted_and_leads_to_its_list(client: Any, branch: OrganisationState) -> None:
    today = timezone.localdate()
    Transfer.objects.create(
        member_id=member_of(branch), source=branch.organisation, outside="北京市某支部", state=Transfer.SENT,
        letter="7", requested=date(2026, 1, 1), sent=date(2026, 1, 2), valid_to=date(2026, 1, 12),
    )  # fmt: skip
    Term.objects.create(organisation=branch.organisation, elected=date(2023, 12, 1), ends=today + timedelta(days=20))
    client.force_login(stage.mandated("150422"))
    page = client.get("/today/").text
    late = Finding.objects.open().filter(due__lt=today).count()
    assert late > 0
    for said in ("已过期限的排查问题", "介绍信已过期的转接", "九十天内届满的班子", "组织部", "成立党组织"):
        assert said in page
    assert "东方红村党支部" in client.get("/terms/").text
    assert "东方红村党支部" in client.get("/terms/?format=csv").content.decode("utf-8-sig")


def test_a_term_followed_by_an_election_waits_no_more(client: Any, branch: OrganisationState) -> None:
    today = timezone.localdate()
    Term.objects.create(organisation=branch.organisation, elected=date(2023, 12, 1), ends=today + timedelta(days=20))
    Term.objects.create(organisation=branch.organisation, elected=today, ends=today + timedelta(days=1000))
    client.force_login(stage.mandated("150422"))
    assert "东方红村党支部" not in client.get("/terms/").text


def test_nothing_of_another_league_waits(client: Any, branch: OrganisationState) -> None:
    client.force_login(stage.mandated("150521"))
    page = client.get("/today/").text
    assert "没有待办事项" in page
    assert "东方红村党支部" not in client.get("/terms/").text


def test_the_way_to_each_place_one_answers_for(client: Any, branch: OrganisationState) -> None:
    account = stage.mandated("150422")
    client.force_login(account)
    mandate = account.mandates.get()
    assert client.get(f"/go/{mandate.pk}/").url == f"/tree/{stage.unit('150422').unit_id}/"
    other = stage.mandated("B1", Role.SECRETARY)
    assert client.get(f"/go/{other.mandates.get().pk}/").status_code == 404
    client.force_login(other)
    assert client.get(f"/go/{other.mandates.get().pk}/").url == f"/organisation/{branch.organisation_id}/"
    assert client.get("/today/").status_code == 200


def test_whoever_has_not_logged_in_is_asked_to(client: Any) -> None:
    assert client.get("/today/").url.startswith("/account/login/")
