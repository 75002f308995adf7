"""The page of the day: what waits, where one answers, and the way there."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

import stage
import worlds
from baolei.organisations.actions import establish
from baolei.organisations.acts import Act
from baolei.organisations.appointing import home_of, to_approve
from baolei.organisations.models import Finding, Member, Membership, OrganisationState, Term, Transfer
from baolei.people.lockout import came_in
from baolei.people.mandates import may_approve
from baolei.people.models import Account, Mandate, Role
from baolei.people.roles import roles
from baolei.sheets.models import Batch
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
    for said in ("已过期限的排查问题", "介绍信已过期的转接", "6 个月内任期届满的班子", "组织部", "成立党组织"):
        assert said in page
    assert "东方红村党支部" in client.get("/terms/").text
    assert "东方红村党支部" in client.get("/terms/?format=csv").content.decode("utf-8-sig")


def test_what_was_done_lately_is_no_list_of_log_ins(client: Any, branch: OrganisationState) -> None:
    clerk = stage.mandated("150422")
    came_in(account=clerk, now=timezone.now())
    client.force_login(clerk)
    client.cookies["django_language"] = "en"
    page = client.get("/today/").text
    assert "established an organisation" in page
    assert "logged in" not in page


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


def test_a_mandate_that_ends_soon_and_one_to_be_approved_wait(client: Any, branch: OrganisationState) -> None:
    today = timezone.localdate()
    clerk = stage.mandated("150422", "banner_clerk")
    clerk.mandates.update(until=today + timedelta(days=14))
    client.force_login(clerk)
    page = client.get("/today/").text
    assert "本人三十天内到期的任职" in page
    assert (today + timedelta(days=14)).isoformat() in page
    assert "等待您批准的任职" not in page
    for place, code in enumerate(("150422103", "150421")):
        other = Account.objects.create(username=f"new{place}", name="新人")
        given = stage.mandated(code, "viewer")  # somebody else gave it
        Mandate.objects.create(
            account=other, role="township_clerk", tree="unit", path=stage.unit(code).path, title="镇", since=today,
            given_by=given,
        )  # fmt: skip
    waiting = [task for task in client.get("/today/").context["tasks"] if task.url == "/mandates/"]
    assert [task.count for task in waiting] == [1]  # the other banner's is not this clerk's
    clerk.mandates.update(until=today + timedelta(days=31))
    assert "本人三十天内到期的任职" not in client.get("/today/").text


def test_what_waits_for_approval_is_what_may_be_approved(branch: OrganisationState) -> None:
    """The one question for the page of the day agrees with the rule that is asked for each mandate."""
    today = timezone.localdate()
    people = [stage.mandated("15", "region_clerk"), stage.mandated("150422", "banner_clerk"),
              stage.mandated("15", "viewer"), *map(worlds.somebody, ("security_admin", "audit_admin"))]  # fmt: skip
    places = {"unit": stage.unit("150422103").path, "party": branch.path, "none": ""}
    for place, (role, rule) in enumerate(roles().items()):
        holder = Account.objects.create(username=f"h{place}", name="新人")
        Mandate.objects.create(
            account=holder, role=role, tree=rule.tree, path=places[rule.tree], title=role, since=today,
            given_by=people[place % 2],
        )  # fmt: skip
    for one in people:
        assert one
        wanted = {waiting.pk for waiting in Mandate.objects.waiting()
                  if may_approve(one, waiting, home_of(waiting, today), today)}  # fmt: skip
        assert set(to_approve(one, today).values_list("pk", flat=True)) == wanted
    assert to_approve(people[0], today).count() > 3


def test_spreadsheets_of_mine_wait_until_they_are_dealt_with(client: Any, branch: OrganisationState) -> None:
    now = timezone.now()
    clerk, other = stage.mandated("150422", "banner_clerk"), stage.mandated("1504", "league_clerk")

    def sent(sender: Account, state: str, days: int = 0) -> Batch:
        return Batch.objects.create(
            kind="members", unit=stage.unit("150422").unit, day=date(2026, 1, 1), why="依据", name="表.xlsx", size=1,
            digest=f"{Batch.objects.count()}", sender=sender, at=now, state=state, closed=now - timedelta(days=days),
        )  # fmt: skip

    def counted() -> dict[str, int]:
        return {task.title: task.count for task in client.get("/today/").context["tasks"] if task.url == "/sheets/"}

    client.force_login(clerk)
    for state in (Batch.READY, Batch.APPLIED, Batch.DISCARDED, Batch.WAITING):
        sent(other, state)
    sent(clerk, Batch.REFUSED, days=8)
    assert counted() == {}
    sent(clerk, Batch.STOPPED)
    assert counted() == {"您上传的、未能读入或已停止的表格": 1}
    sent(clerk, Batch.READY)  # sent again: what failed before waits no more
    assert counted() == {"您上传的、待核对的表格": 1}
    clerk.mandates.update(ended_at=now)
    assert counted() == {}
