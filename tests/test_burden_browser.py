"""A clerk of a banner wants a new form, sees first what exists, takes out what is on record; a branch says on a phone
that it is too much, and is answered.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

import stage
from baolei.burden.models import DuplicateRefused, RegisteredForm
from baolei.organisations.models import OrganisationState, UnitState
from baolei.people.models import Account, InTree, Mandate
from conftest import Visitor
from test_pages_browser import sticking_out
from test_shell_browser import barriers, wait_for_charts

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.django_db(transaction=True)]
PASSWORD = "Cuckoo-17-steppe"  # of invented people
BANNER, VILLAGE = "150422", "150422103216"
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
SHOTS = os.environ.get("BAOLEI_SHOTS", "")


@pytest.fixture
def branch() -> OrganisationState:
    for place in range(1, 7):
        stage.branch(f"{VILLAGE}-00{place}", home=VILLAGE)
    for code, name in (("15", "内蒙古自治区"), ("1504", "赤峰市"), (BANNER, "巴林左旗"), ("150422103", "碧流台镇"),
                       (VILLAGE, "东方红村")):  # fmt: skip
        UnitState.objects.filter(code=code).update(name=name)
    state = OrganisationState.objects.get(code=f"{VILLAGE}-001")
    OrganisationState.objects.filter(pk=state.pk).update(name="东方红村党支部")
    return state


def someone(name: str, role: str, tree: InTree, path: str) -> None:
    account = Account.objects.create_user(username=name, password=PASSWORD, name=name)
    Mandate.objects.create(account=account, role=role, tree=tree, path=path, title="任职", since=stage.LONG_AGO,
                           approved_at=datetime(2023, 1, 1, tzinfo=UTC))  # fmt: skip


def logged_in(visitor: Visitor, name: str, size: dict[str, int]) -> Page:
    visitor.page.context.clear_cookies()
    visitor.page.set_viewport_size({"width": size["width"], "height": size["height"]})
    page = visitor.goto("/account/login/")
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    return page


def looked_at(page: Page, name: str) -> None:
    """Open to all, nothing wider than a phone; a picture of it where one is wanted."""
    for size in (DESK, PHONE):
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        wait_for_charts(page)
        assert barriers(page) == [], name
        assert size is DESK or sticking_out(page) == [], name
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/burden-{name}-{size['width']}.png", full_page=True)
    page.set_viewport_size({"width": DESK["width"], "height": DESK["height"]})


def test_a_form_from_the_wish_to_the_answer(visitor: Visitor, branch: OrganisationState) -> None:
    someone("乌兰", "banner_clerk", InTree.UNIT, stage.unit(BANNER).path)
    someone("方知远", "league_clerk", InTree.UNIT, stage.unit("1504").path)
    someone("书记", "branch_secretary", InTree.PARTY, branch.path)

    clerk_proposes(visitor)
    form = RegisteredForm.objects.get()
    second_agrees(visitor, form)
    branch_speaks(visitor, branch)
    clerk_answers(visitor)


def clerk_proposes(visitor: Visitor) -> None:
    page = logged_in(visitor, "乌兰", DESK)
    page.get_by_role("link", name="表格与负担").click()
    looked_at(page, "register")
    page.get_by_role("link", name="申请新表").click()
    looked_at(page, "new")
    page.get_by_label("表格名称").fill("产业发展情况表")
    page.get_by_label("依据").fill("旗组发〔2026〕9号")
    page.get_by_label("要填什么，每行一栏").fill("本支部现有党员总数\n特色产业带动户数\n集体经济经营收益")
    page.get_by_label("一个支部填一次要多少分钟").fill("20")
    page.get_by_label("原因").fill("掌握产业底数")
    expect(page.get_by_role("button", name="申请登记")).to_have_count(0)
    page.get_by_role("button", name="先看已有什么").click()
    expect(page.locator("[data-cost]")).to_contain_text("6")
    expect(page.locator("main")).to_contain_text("台账里已经有")
    looked_at(page, "exists")
    page.get_by_role("button", name="申请登记").click()
    expect(page.locator("main")).to_contain_text("台账里已经有：本支部现有党员总数")
    assert DuplicateRefused.objects.count() == 1
    assert not RegisteredForm.objects.exists()
    page.get_by_label("要填什么，每行一栏").fill("特色产业带动户数\n集体经济经营收益")
    page.get_by_role("button", name="申请登记").click()
    looked_at(page, "proposed")
    visitor.complaints.clear()  # of the refusal: 422


def second_agrees(visitor: Visitor, form: RegisteredForm) -> None:
    page = logged_in(visitor, "方知远", DESK)
    page = visitor.goto(reverse("asked_form", args=[form.pk]))
    page.get_by_role("link", name="同意登记").click()
    page.get_by_label("理由").fill("确有需要，先试一年")
    page.get_by_role("button", name="同意登记").click()
    expect(page.locator("main")).to_contain_text("确有需要")


def branch_speaks(visitor: Visitor, branch: OrganisationState) -> None:
    page = logged_in(visitor, "书记", PHONE)
    page = visitor.goto(reverse("branch_burden", args=[branch.organisation_id]))
    looked_at(page, "branch")
    page.locator("tr", has_text="产业发展情况表").get_by_role("link", name="重复要或者没必要").click()
    page.get_by_label("问题").select_option(label="重复要")
    page.get_by_label("说明（可不填）").fill("镇里上个月要过")
    looked_at(page, "complain")
    page.get_by_role("button", name="反映负担").click()


def clerk_answers(visitor: Visitor) -> None:
    page = logged_in(visitor, "乌兰", DESK)
    page = visitor.goto(reverse("form_complaints"))
    expect(page.locator("main")).to_contain_text("镇里上个月要过")
    expect(page.locator("main")).not_to_contain_text("东方红村党支部")
    looked_at(page, "complaints")
    page.get_by_role("link", name="答复支部", exact=True).click()
    page.get_by_label("答复").fill("从下月起由镇里统一提供")
    page.get_by_role("button", name="答复支部", exact=True).click()
    expect(page.locator("main")).to_contain_text("由镇里统一提供")

    page = visitor.goto(reverse("burden"))
    expect(page.locator("main")).to_contain_text("产业发展情况表")
    looked_at(page, "report")
    looked_at(visitor.goto(reverse("house_form", args=["dues"])), "house")
