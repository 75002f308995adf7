"""A newcomer records a meeting on a phone, with and without a line, once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

import stage
from baolei.life.models import Gathering
from baolei.organisations.models import Member, Membership, OrganisationState
from baolei.people.models import Account, InTree, Mandate
from conftest import Visitor
from test_pages_browser import sticking_out
from test_shell_browser import barriers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "Cuckoo-17-steppe"  # of invented people
NAMES = ("王秀英", "李国强", "包玉兰", "赵青山", "陈小雨", "吴天明")
SAVE = "**/life/save/"


@pytest.fixture
def branch() -> OrganisationState:
    state = stage.branch("150422103216-001", home="150422103216")
    OrganisationState.objects.filter(pk=state.pk).update(name="东方红村党支部")
    for name in NAMES:
        member = Member.objects.create(name=name)
        Membership.objects.create(member=member, organisation=state.organisation, kind="full", since=stage.LONG_AGO)
    return state


@pytest.fixture
def page(visitor: Visitor, branch: OrganisationState) -> Page:
    """The secretary on a phone, logged in, at the page of the year."""
    account = Account.objects.create_user(username="书记", password=PASSWORD, name="王秀英")
    Mandate.objects.create(account=account, role="branch_secretary", tree=InTree.PARTY, path=branch.path, title="书记",
                           since=stage.LONG_AGO, approved_at=datetime(2023, 1, 1, tzinfo=UTC))  # fmt: skip
    visitor.page.set_viewport_size({"width": 360, "height": 640})
    page = visitor.goto("/account/login/")
    page.get_by_label("用户名").fill("书记")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    return visitor.goto(reverse("life", args=[branch.organisation_id]))


def filled(page: Page) -> int:
    """What a newcomer does from the page of the year until the record is sent off: how many taps and fields."""
    page.get_by_role("link", name="记录一次组织生活").click()
    for kind in ("党员大会", "主题党日"):
        page.locator(".chip", has_text=kind).click()
    page.get_by_role("button", name="吴天明").click()
    page.locator(".chip", has_text="第一议题").click()
    page.get_by_label("学习了什么").fill("全会精神")
    page.get_by_label("议定事项，每行一条").fill("修通到北沟的路")
    page.get_by_role("button", name="保存记录").click()
    return 8


def test_a_meeting_is_recorded_in_few_taps_and_the_pages_are_open_to_all(page: Page, branch: OrganisationState) -> None:
    assert barriers(page) == []
    page.get_by_role("link", name="记录一次组织生活").click()
    assert barriers(page) == []
    assert sticking_out(page) == []
    page.go_back()
    assert filled(page) <= 12
    expect(page.locator("[data-saving]")).to_contain_text("已记录")
    made = Gathering.objects.get()
    assert (made.present, made.should_attend, made.study, made.decisions) == (5, 6, True, ["修通到北沟的路"])
    assert set(made.sessions.values_list("form", flat=True)) == {"members_meeting", "theme_party_day"}
    assert made.absences.get().member.name == "吴天明"
    page.goto(page.url.replace("record/", ""))
    expect(page.locator(".round-table")).to_contain_text("5 / 6")
    page.locator(".round-table a").first.click()
    expect(page.locator("main")).to_contain_text("修通到北沟的路")
    assert barriers(page) == []
    assert sticking_out(page) == []


def test_without_a_line_it_waits_and_arrives_once(page: Page, branch: OrganisationState, visitor: Visitor) -> None:
    seen: list[int] = []

    def broken(route: Route) -> None:
        """The first never leaves, the second finds the house down, the third arrives and its answer is lost."""
        seen.append(1)
        if len(seen) == 1:
            route.abort()
        elif len(seen) == 2:
            route.fulfill(status=503)
        elif len(seen) == 3:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.context.route(SAVE, broken)
    filled(page)
    expect(page.locator("[data-saving]")).to_contain_text("待上传")
    other = page.context.new_page()
    for _again in range(4):
        page.reload()  # each look at the page tries again
        page.wait_for_load_state("networkidle")
    other.goto(page.url)
    other.wait_for_load_state("networkidle")
    expect(page.locator("[data-saving]")).not_to_contain_text("待上传")
    assert len(seen) >= 4
    assert Gathering.objects.count() == 1
    visitor.complaints.clear()  # of the deliveries that failed


def test_logged_out_meanwhile_it_is_kept_until_somebody_logs_in_again(page: Page) -> None:
    page.get_by_role("link", name="记录一次组织生活").click()
    cookies: list[Any] = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    page.locator(".chip", has_text="主题党日").click()
    page.get_by_role("button", name="保存记录").click()
    expect(page.locator("[data-saving]")).to_contain_text("退出登录")
    assert not Gathering.objects.exists()
    page.context.add_cookies(cookies)
    page.reload()
    expect(page.locator("[data-saving]")).not_to_contain_text("待上传")
    page.wait_for_load_state("networkidle")
    assert Gathering.objects.count() == 1


def test_what_cannot_be_comes_back_into_the_form(page: Page) -> None:
    page.get_by_role("link", name="记录一次组织生活").click()
    page.get_by_label("议定事项，每行一条").fill("修路")
    page.get_by_role("button", name="保存记录").click()
    expect(page.locator("[data-fault=form]")).to_contain_text("请选择")
    expect(page.get_by_label("议定事项，每行一条")).to_have_value("修路")
    page.locator(".chip", has_text="主题党日").click()
    page.get_by_role("button", name="保存记录").click()
    expect(page.locator("[data-saving]")).to_contain_text("已记录")
    assert Gathering.objects.count() == 1
