"""What a branch studied is recorded on a phone; a roster is sent and settled at a desk."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

import stage
from baolei.organisations.models import Member, Membership, OrganisationState, Post
from baolei.people.models import Account, InTree, Mandate, Role
from baolei.training import coverage
from baolei.training.models import Attendance, TrainingClass
from conftest import Visitor
from sheets_stage import workbook
from test_pages_browser import sticking_out
from test_shell_browser import barriers

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.django_db(transaction=True)]
PASSWORD = "Cuckoo-17-steppe"  # of invented people
BANNER, VILLAGE = "150422", "150422103216"
NAMES = ("王秀英", "李国强", "包玉兰", "赵青山", "陈小雨", "吴天明")
SHOTS = os.environ.get("BAOLEI_SHOTS", "")


@pytest.fixture
def branch() -> OrganisationState:
    """Six members and their secretary, 王秀英; the village has its place in a banner with a name."""
    state = stage.branch(f"{VILLAGE}-001", home=VILLAGE)
    OrganisationState.objects.filter(pk=state.pk).update(name="东方红村党支部")
    people = [Member.objects.create(name=name) for name in (*NAMES, "吴天明")]
    for one in people:
        Membership.objects.create(member=one, organisation=state.organisation, kind="full", since=stage.LONG_AGO)
    Post.objects.create(organisation=state.organisation, kind="secretary", holder=people[0], since=stage.LONG_AGO)
    unit = stage.unit(BANNER)
    type(unit).objects.filter(pk=unit.pk).update(name="巴林左旗")
    return state


def entered(visitor: Visitor, role: str, tree: InTree, path: str, width: int) -> Page:
    """Somebody with a role, logged in, at a screen of some width."""
    account = Account.objects.create_user(username=role, password=PASSWORD, name="王秀英")
    Mandate.objects.create(account=account, role=role, tree=tree, path=path, title="任职", since=stage.LONG_AGO,
                           approved_at=datetime(2023, 1, 1, tzinfo=UTC))  # fmt: skip
    visitor.page.set_viewport_size({"width": width, "height": 760})
    page = visitor.goto("/account/login/")
    page.get_by_label("用户名").fill(role)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    return page


def looked_at(page: Page, name: str) -> None:
    """Nobody is kept out, and on a phone nothing sticks out; with `BAOLEI_SHOTS` a picture is kept at both widths."""
    size = page.viewport_size
    assert barriers(page) == [], name
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 760})
        if SHOTS:
            page.screenshot(path=str(Path(SHOTS) / f"{name}-{width}.png"), full_page=True)
    assert sticking_out(page) == [], name
    assert size
    page.set_viewport_size(size)


def test_a_branch_records_what_it_studied_on_a_phone(visitor: Visitor, branch: OrganisationState) -> None:
    page = entered(visitor, Role.SECRETARY, InTree.PARTY, branch.path, 360)
    page = visitor.goto(reverse("organisation", args=[branch.organisation_id]))
    page.get_by_role("link", name="教育培训").click()
    looked_at(page, "empty")
    page.get_by_role("link", name="记录集体学习").click()
    looked_at(page, "record")
    page.get_by_label("学习或班次名称").fill("学习全会精神")
    page.get_by_label("学时").fill("4")
    page.locator(".chip", has_text="陈小雨").click()
    page.get_by_role("button", name="保存记录").click()
    expect(page.locator("main")).to_contain_text("陈小雨")
    looked_at(page, "studied")
    made = TrainingClass.objects.get()
    assert (made.present, made.should_attend, made.missed.get().member.name) == (6, 7, "陈小雨")
    coverage.count(year=made.last.year, today=made.last)
    page = visitor.goto(reverse("training", args=[branch.organisation_id]))
    expect(page.locator("main")).to_contain_text("本支部党员")
    looked_at(page, "own")


def test_a_roster_is_sent_settled_and_entered_at_a_desk(
    visitor: Visitor, branch: OrganisationState, tmp_path: Path
) -> None:
    unit = stage.unit(BANNER)
    page = entered(visitor, Role.ORGANISER, InTree.UNIT, unit.path, 1280)
    page = visitor.goto(reverse("tree_unit", args=[unit.unit_id]))
    page.get_by_role("link", name="教育培训").click()
    page.get_by_role("link", name="登记培训班").click()
    looked_at(page, "record-unit")
    page.get_by_label("学习或班次名称").fill("全旗党组织书记轮训班")
    page.get_by_label("学时").fill("8")
    page.get_by_label("是书记轮训").check()
    page.get_by_role("button", name="保存记录").click()
    looked_at(page, "class-empty")
    page.get_by_role("link", name="上传表格").click()
    rows = [
        ["姓名", "所在党支部"],
        ["王秀英", "东方红村党支部"],
        ["吴天明", "东方红村党支部"],
        ["李四", "东方红村党支部"],
    ]
    wrong, right = tmp_path / "错.xlsx", tmp_path / "名单.xlsx"
    wrong.write_bytes(workbook([*rows, ["", "东方红村党支部"]]))
    right.write_bytes(workbook(rows))
    page.get_by_label("文件").set_input_files(wrong)
    page.get_by_role("button", name="上传并查看").click()
    looked_at(page, "upload-wrong")
    page.get_by_label("文件").set_input_files(right)
    page.get_by_role("button", name="上传并查看").click()
    looked_at(page, "settle")
    page.locator("#row-3").select_option(index=1)
    page.locator("#row-4").select_option(value="out:no_member")
    page.get_by_role("button", name="保存选择").click()
    looked_at(page, "settled")
    page.get_by_role("button", name="名单入库").click()
    expect(page.locator("main")).to_contain_text("王秀英")
    looked_at(page, "class")
    assert Attendance.objects.count() == 2
    made = TrainingClass.objects.get()
    coverage.count(year=made.last.year, today=made.last)
    page = visitor.goto(reverse("training_of_unit", args=[unit.unit_id]))
    looked_at(page, "unit")
    page.locator(".round-table a", has_text="全旗党组织书记轮训班").click()
    page.get_by_role("link", name="划掉 王秀英").click()
    looked_at(page, "strike")
    visitor.forgive("422")
