"""A secretary enters a month's dues on a phone in a few taps; the pages of dues are open to all."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils.timezone import localdate
from playwright.sync_api import Page, expect

import stage
from baolei.dues.models import Agreement, Collection, Payment, Waiver
from baolei.organisations.models import Member, Membership, OrganisationState
from baolei.people.models import Account, InTree, Mandate
from baolei.programme.dues import number_of
from conftest import Visitor
from test_pages_browser import enter, sticking_out
from test_shell_browser import barriers

pytestmark = [
    pytest.mark.browser,
    pytest.mark.long,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("autumn"),
]
PASSWORD = "Cuckoo-17-steppe"  # of invented people
NAMES = ("王秀英", "李国强", "包玉兰", "赵青山", "陈小雨", "吴天明")
SHOTS = os.environ.get("BAOLEI_SHOTS", "")


@pytest.fixture
def branch() -> OrganisationState:
    state = stage.branch("150422103216-001", home="150422103216")
    OrganisationState.objects.filter(pk=state.pk).update(name="东方红村党支部")
    for name in NAMES:
        member = Member.objects.create(name=name)
        Membership.objects.create(member=member, organisation=state.organisation, kind="full", since=stage.LONG_AGO)
    return state


@pytest.fixture
def phone(visitor: Visitor, branch: OrganisationState) -> Page:
    """The secretary on a phone, logged in, at the branch's book; what two members pay is agreed on."""
    account = Account.objects.create_user(username="书记", password=PASSWORD, name="王秀英")
    Mandate.objects.create(account=account, role="branch_secretary", tree=InTree.PARTY, path=branch.path, title="书记",
                           since=stage.LONG_AGO, approved_at=datetime(2023, 1, 1, tzinfo=UTC))  # fmt: skip
    for name, fen in (("王秀英", 1500), ("吴天明", 20)):
        Agreement.objects.create(member=Member.objects.get(name=name), organisation=branch.organisation, fen=fen,
                                 by=account, since=number_of(stage.LONG_AGO), entered=localdate())  # fmt: skip
    visitor.page.set_viewport_size({"width": 360, "height": 640})
    page = visitor.goto("/account/login/")
    page.get_by_label("用户名").fill("书记")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    return visitor.goto(reverse("dues", args=[branch.organisation_id]))


def looked_at(page: Page, name: str) -> None:
    """Open to all, nothing sticks out; a picture at both widths where one is asked for."""
    if SHOTS:
        for width, height in ((1280, 800), (360, 740)):
            page.set_viewport_size({"width": width, "height": height})
            page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)
    assert barriers(page) == []
    assert sticking_out(page) == []


def test_a_month_is_entered_in_three_taps(phone: Page, visitor: Visitor) -> None:
    page = phone
    looked_at(page, "dues-empty")
    page.get_by_role("link", name="登记收缴").click()
    expect(page.locator("[data-told]")).to_contain_text("6")
    page.locator(".dues-list label", has_text="吴天明").click()
    expect(page.locator("[data-told]")).to_contain_text("5")
    expect(page.locator("[data-told]")).to_contain_text("15.00")
    looked_at(page, "collect")
    page.get_by_role("button", name="登记：已交到").click()
    expect(page.locator("main")).to_contain_text("已登记：5名党员")
    assert (Collection.objects.get().people, Payment.objects.count()) == (5, 5)
    looked_at(page, "dues")
    page.get_by_role("link", name="登记收缴").click()
    expect(page.locator("main")).to_contain_text("5名党员到")
    page.get_by_role("button", name="全部不选").click()
    page.get_by_role("button", name="登记：已交到").click()
    expect(page.locator("main")).to_contain_text("请勾选已交的党员")
    looked_at(page, "collect-wrong")
    visitor.complaints.clear()  # of what was sent and could not be


def test_amounts_waiver_and_calculator_on_a_phone(phone: Page, visitor: Visitor) -> None:
    page, book = phone, phone.url
    page.get_by_role("link", name="核定金额").click()
    page.get_by_label("李国强").fill("多少")
    page.get_by_role("button", name="登记金额").click()
    expect(page.locator("main")).to_contain_text("金额不是数字")
    looked_at(page, "agree")
    visitor.complaints.clear()  # of what was sent and could not be
    page.get_by_label("李国强").fill("30")
    page.get_by_role("button", name="登记金额").click()
    expect(page.locator("main")).to_contain_text("30.00")
    page.get_by_role("link", name="申请免交").click()
    looked_at(page, "ask-waiver")
    page.get_by_label("党员", exact=True).select_option(label="陈小雨")
    for label in ("起始月份", "截止月份"):
        page.get_by_label(label).fill(localdate().strftime("%Y-%m"))
    for label in ("本人申请日期", "支部研究日期"):
        page.get_by_label(label).fill("2026-01-09")
    page.get_by_role("button", name="申请免交").click()
    page.get_by_role("link", name="陈小雨").click()
    looked_at(page, "waiver")
    page.goto(book)
    page.get_by_role("link", name="党费计算器").click()
    page.get_by_label("每月基数").fill("3000.01")
    page.get_by_role("button", name="计算").click()
    expect(page.locator(".dues-told")).to_contain_text("30.00")
    assert "3000" not in page.url
    looked_at(page, "calculator")


def test_whoever_stands_above_sees_shares_and_decides_waivers(visitor: Visitor, branch: OrganisationState) -> None:
    clerk, by = stage.mandated("150422103", "township_clerk"), Account.objects.create(username="书记", name="王秀英")
    small = stage.branch("150422103216-002", home="150422103216")
    for state, names in ((branch, NAMES), (small, ("甲", "乙"))):
        month = number_of(localdate().replace(month=1, day=9))
        made = Collection.objects.create(
            organisation=state.organisation, key="a" * 32, day=localdate().replace(month=1, day=9), first=month,
            last=month, in_time=month, people=len(names), entered=localdate(), by=by,
        )  # fmt: skip
        for name in names:
            member = Member.objects.filter(name=name).first() or Member.objects.create(name=name)
            if state == small:
                Membership.objects.create(member=member, organisation=small.organisation, kind="full",
                                          since=stage.LONG_AGO)  # fmt: skip
            Payment.objects.create(collection=made, member=member)
    Waiver.objects.create(member=Member.objects.get(name="陈小雨"), organisation=branch.organisation, first=month,
                          last=month, applied=stage.LONG_AGO, studied=stage.LONG_AGO, by=by)  # fmt: skip
    visitor.page.set_viewport_size({"width": 360, "height": 640})
    enter(visitor, clerk)
    for name, address in (
        ("shares", reverse("unit_dues", args=[stage.unit("150422103").unit_id])),
        ("shares-village", reverse("unit_dues", args=[stage.unit("150422103216").unit_id])),
        ("months", reverse("dues", args=[branch.organisation_id])), ("waivers", reverse("waivers")),
    ):  # fmt: skip
        page = visitor.goto(address)
        looked_at(page, name)
        if name != "waivers":
            assert not any(one in page.locator("main").inner_text() for one in NAMES)
    page.get_by_role("link", name="陈小雨").click()
    page.get_by_role("link", name="不批准").click()
    looked_at(page, "refuse")
    page.get_by_label("答复支部").select_option("least_amount")
    page.get_by_role("button", name="不批准").click()
    expect(page.locator("main")).to_contain_text("可按最低标准")
    assert Waiver.objects.get().answer == "least_amount"
