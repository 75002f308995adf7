"""A member registers on a phone, takes a wish up, says it is done, and the desk notes that whoever had it confirms."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

import wishes_stage as on
from baolei.organisations.models import OrganisationState, UnitState
from baolei.wishes import actions, suggesting
from baolei.wishes.actions import Written
from baolei.wishes.models import Claim, Deed, Pairing, Wish
from conftest import Visitor
from test_pages_browser import enter, sticking_out
from test_shell_browser import barriers

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("BAOLEI_SHOTS", "")
PHONE, DESK = 360, 1280


@pytest.fixture
def made() -> on.Cast:
    found = on.cast()
    names = {
        on.HOME: "平安社区",
        on.NEXT: "和谐社区",
        on.TOWNSHIP: "林东镇",
        on.BANNER: "巴林左旗",
        on.BEYOND: "查干嘎查",
    }
    for code, name in names.items():
        UnitState.objects.filter(code=code).update(name=name)
    OrganisationState.objects.filter(pk=found.agency.pk).update(name="旗水务局党支部")
    OrganisationState.objects.filter(pk=found.own.pk).update(name="平安社区党支部")
    return found


def looked_at(page: Page, name: str) -> None:
    """Nobody is kept out, and on a phone nothing sticks out; with `BAOLEI_SHOTS` a picture is kept at both widths."""
    size = page.viewport_size
    assert size
    assert barriers(page) == [], name
    for width in (DESK, PHONE):
        page.set_viewport_size({"width": width, "height": 760})
        if SHOTS:
            page.screenshot(path=str(Path(SHOTS) / f"{name}-{width}.png"), full_page=True)
    assert sticking_out(page) == [], name
    page.set_viewport_size(size)


def somebody(visitor: Visitor, account: object, width: int) -> None:
    visitor.page.context.clear_cookies()
    visitor.speak("zh-hans")
    visitor.page.set_viewport_size({"width": width, "height": 760})
    enter(visitor, account)


def test_a_member_registers_takes_a_wish_up_and_it_is_confirmed(visitor: Visitor, made: on.Cast) -> None:
    unit = made.community.unit_id
    # the community writes a wish and hands out its receipt
    somebody(visitor, made.desk, DESK)
    page = visitor.goto(reverse("wishes_of_unit", args=[unit]))
    looked_at(page, "desk-empty")
    page.get_by_role("link", name="登记微心愿").click()
    looked_at(page, "write")
    page.get_by_label("心愿", exact=True).fill("家里水龙头漏水，想请人修一修")
    page.get_by_label("需要的特长").select_option(label="电工水暖维修")
    page.get_by_label("称呼").fill("王奶奶")
    page.get_by_role("button", name="展示心愿").click()
    code = page.locator(".receipt-code").inner_text().strip()
    assert len(code) == actions.CODE_LENGTH
    looked_at(page, "receipt")
    for words in ("想学用智能手机给孙子打视频", "周三上午想有人陪着去医院"):
        actions.write(actor=made.desk, now=timezone.now(), unit=unit, key=f"{Wish.objects.count():032x}",
                      written=Written(words, "李大爷", False, "", timezone.localdate()))  # fmt: skip
    # the member registers and takes it up
    somebody(visitor, made.accounts["王"], PHONE)
    page = visitor.goto(reverse("my_wishes"))
    looked_at(page, "unregistered")
    page.get_by_role("link", name="到社区报到").click()
    looked_at(page, "register")
    page.get_by_label("社区（嘎查村）").select_option(label="林东镇 平安社区")
    page.get_by_label("电工水暖维修").check()
    page.get_by_label("我同意").check()
    page.get_by_role("button", name="到社区报到").click()
    suggesting.match(timezone.localdate())
    page = visitor.goto(reverse("my_wishes"))
    first = page.locator(".wish", has_text="水龙头")
    expect(first).to_contain_text("同一社区；特长：电工水暖维修；已等0天")
    assert "王奶奶" not in page.content()
    looked_at(page, "near")
    first.get_by_role("link", name="认领").click()
    looked_at(page, "claim")
    page.get_by_role("button", name="认领").click()
    looked_at(page, "in-hand")
    page.locator(".wish", has_text="水龙头").get_by_role("link", name="已办").click()
    page.get_by_role("button", name="已办").click()
    # whoever has the wish confirms, at the desk
    somebody(visitor, made.desk, DESK)
    page = visitor.goto("/today/")
    page.get_by_role("link", name="待确认的微心愿").click()
    looked_at(page, "desk")
    page.get_by_role("link", name="许愿人确认").click()
    page.get_by_role("button", name="许愿人确认").click()
    expect(page.locator("main")).to_contain_text("心愿已确认办成")
    assert Claim.objects.get().state == Claim.CONFIRMED
    looked_at(visitor.goto(reverse("wishes_of_unit", args=[made.community.above_id])), "places")


def test_a_branch_pairs_plans_a_deed_and_the_community_confirms(visitor: Visitor, made: on.Cast) -> None:
    somebody(visitor, made.secretary, PHONE)
    page = visitor.goto(reverse("organisation", args=[made.agency.organisation_id]))
    page.get_by_role("link", name="微心愿和实事").click()
    looked_at(page, "branch-empty")
    page.get_by_role("link", name="与社区结对").click()
    page.get_by_label("社区（嘎查村）").select_option(label="林东镇 平安社区")
    page.get_by_role("button", name="与社区结对").click()
    page.get_by_role("link", name="计划一件实事").click()
    looked_at(page, "deed-plan")
    page.get_by_label("为哪个社区（嘎查村）").select_option(label="林东镇 平安社区")
    page.get_by_label("类别").select_option(label="修缮和环境整治")
    page.get_by_label("办什么事").fill("换掉三号楼旧水管")
    page.get_by_label("计划", exact=True).fill("四月底前两名技术员完成")
    page.get_by_role("button", name="计划一件实事").click()
    looked_at(page, "branch")
    page.get_by_role("link", name="换掉三号楼旧水管").click()
    page.get_by_role("link", name="回报办结").click()
    page.get_by_label("一句话").fill("三号楼四个单元全部换完")
    page.get_by_role("button", name="回报办结").click()
    looked_at(page, "deed")
    page = visitor.goto(reverse("on_branch_wishes", args=[made.agency.organisation_id, "register"]))
    looked_at(page, "paper")
    somebody(visitor, made.desk, DESK)
    page = visitor.goto(reverse("wishes_of_unit", args=[made.community.unit_id]))
    looked_at(page, "desk-deeds")
    page.get_by_role("link", name="同意结对").click()
    page.get_by_role("button", name="同意结对").click()
    page.get_by_role("link", name="换掉三号楼旧水管").click()
    page.get_by_role("link", name="确认办成").click()
    page.get_by_role("button", name="确认办成").click()
    assert (Pairing.objects.get().state, Deed.objects.get().state) == ("paired", "confirmed")
