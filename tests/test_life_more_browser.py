"""An appraisal, the counts of a quarter and the plan of a year, on a phone and at a desk, by whoever keeps them."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

import stage
from baolei.life.models import Appraisal, Gathering, Grade, PlanRow, Quarter, Session
from baolei.organisations.models import Member, Membership, OrganisationState, Post
from baolei.people.models import Account, InTree, Mandate
from conftest import Visitor
from test_pages_browser import sticking_out
from test_shell_browser import barriers

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.django_db(transaction=True)]
PASSWORD = "Cuckoo-17-steppe"  # of invented people
NAMES = ("王秀英", "李国强", "包玉兰", "赵青山", "陈小雨", "吴天明")
SHOTS = os.environ.get("BAOLEI_SHOTS", "")


@pytest.fixture
def branch() -> OrganisationState:
    state = stage.branch("150422103216-001", home="150422103216")
    OrganisationState.objects.filter(pk=state.pk).update(name="东方红村党支部", field="retired")
    for place, name in enumerate(NAMES):
        member = Member.objects.create(name=name)
        kind = "full" if place < 5 else "probationary"
        Membership.objects.create(member=member, organisation=state.organisation, kind=kind, since=stage.LONG_AGO)
        if place < 3:
            Post.objects.create(organisation=state.organisation, kind="member" if place else "secretary", holder=member,
                                committee=True, since=stage.LONG_AGO)  # fmt: skip
    return state


@pytest.fixture
def page(visitor: Visitor, branch: OrganisationState) -> Page:
    """The secretary on a phone, logged in, at the page of the year."""
    account = Account.objects.create_user(username="书记", password=PASSWORD, name="王秀英")
    Mandate.objects.create(account=account, role="branch_secretary", tree=InTree.PARTY, path=branch.path, title="书记",
                           since=stage.LONG_AGO, approved_at=datetime(2023, 1, 1, tzinfo=UTC))  # fmt: skip
    today = timezone.localdate()
    held = Gathering.objects.create(organisation=branch.organisation, key="1" * 32, on=today, entered=today, by=account,
                                    should_attend=6, decisions=["修通到北沟的路"])  # fmt: skip
    Session.objects.create(gathering=held, form="democratic_appraisal")
    visitor.page.set_viewport_size({"width": 360, "height": 740})
    page = visitor.goto("/account/login/")
    page.get_by_label("用户名").fill("书记")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    return visitor.goto(reverse("life", args=[branch.organisation_id]))


def looked_at(page: Page, name: str) -> None:
    """Open to everybody and within the page, on a phone and at a desk; a picture of each where they are wanted."""
    for width, height in ((1280, 900), (360, 740)):
        page.set_viewport_size({"width": width, "height": height})
        assert barriers(page) == []
        assert width == 1280 or sticking_out(page) == []
        if SHOTS:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)


def test_grades_are_entered_and_members_told(page: Page, visitor: Visitor) -> None:
    looked_at(page, "life")
    page.locator(".round-table a").first.click()
    looked_at(page, "gathering")
    page.get_by_role("link", name="民主评议党员", exact=True).click()
    looked_at(page, "appraisal-none")
    page.get_by_role("link", name="录入支委会意见").click()
    for place, name in enumerate(NAMES[:5]):
        page.get_by_role("group", name=name).locator(".chip", has_text="优秀" if place < 2 else "合格").first.click()
    page.get_by_role("button", name="保存意见").click()
    expect(page.locator("[role=alert]")).to_contain_text("说明")
    looked_at(page, "enter-refused")
    visitor.forgive("422")
    page.get_by_label("优秀超过三分之一的理由").fill("抗灾中两名党员受表彰")
    page.get_by_role("button", name="保存意见").click()
    expect(page.locator("main")).to_contain_text("抗灾中两名党员受表彰")
    page.get_by_label("已反馈").nth(0).check()
    page.get_by_label("已反馈").nth(1).check()
    page.get_by_role("button", name="勾选的党员已反馈").click()
    expect(page.locator("main")).to_contain_text(timezone.localdate().isoformat())
    looked_at(page, "appraisal")
    assert (Appraisal.objects.get().graded, Grade.objects.exclude(told=None).count()) == (5, 2)


def test_counts_and_the_plan_are_kept(page: Page, branch: OrganisationState, visitor: Visitor) -> None:
    page.get_by_role("link", name="谈心谈话和其他计数").click()
    looked_at(page, "talks-none")
    page.get_by_label("支委之间已谈对数").fill("2")
    page.get_by_label("支委与党员已谈对数").fill("3")
    page.get_by_role("button", name="保存计数").click()
    looked_at(page, "talks")
    assert Quarter.objects.get().across == 3
    page.goto(page.url.partition("talks/")[0])
    page.get_by_role("link", name="年度计划").click()
    looked_at(page, "plan-none")
    theme_days = page.get_by_role("group", name="主题党日")
    theme_days.locator(".chip", has_text="12月").click()  # with its 31st something comes on each day of a year
    theme_days.get_by_label("每月固定日").fill("31")
    page.get_by_role("button", name="保存计划").click()
    expect(page.locator("main")).to_contain_text("接下来")
    looked_at(page, "plan")
    assert set(PlanRow.objects.filter(form="theme_party_day").values_list("day", flat=True)) == {31}
    visitor.goto("/today/")
    expect(page.locator("main")).to_contain_text("近期应开展的组织生活")
    page.set_viewport_size({"width": 1280, "height": 900})
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/today-1280.png", full_page=True)
