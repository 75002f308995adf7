"""A resident scans the code of a grid and has the last word; a worker reports three matters without a line."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

import matters_stage as matters
import stage
from baolei.matters import grids, nightly
from baolei.matters.models import Matter
from baolei.organisations.models import UnitState
from baolei.people.models import Account, InTree, Mandate
from conftest import Visitor
from matters_stage import Cast
from test_pages_browser import sticking_out
from test_shell_browser import barriers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "Cuckoo-17-steppe"  # of invented people
SHOTS = os.environ.get("BAOLEI_SHOTS", "")


@pytest.fixture
def of() -> Cast:
    made = matters.cast()
    for code, name in ((matters.TOWN, "林东镇"), (matters.COUNTY, "巴林左旗")):
        unit = stage.unit(code)
        UnitState.objects.filter(pk=unit.pk).update(name=name)
    grids.list_landmark(actor=made.township, now=matters.MONDAY, unit=made.unit, name="东门")
    for account in (made.worker, made.township):
        account.set_password(PASSWORD)
        account.save()
    return made


def logged_in(visitor: Visitor, account: Account) -> Page:
    visitor.page.context.clear_cookies(name="sessionid")
    page = visitor.goto("/account/login/")
    page.get_by_label("用户名").fill(account.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
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


def followed(visitor: Visitor, code: str) -> Page:
    visitor.page.context.clear_cookies(name="sessionid")
    page = visitor.goto(reverse("follow_matter"))
    page.get_by_label("查询码").fill(code)
    page.get_by_role("button", name="查询").click()
    return page


def test_a_resident_scans_the_worker_passes_it_on_the_township_mends_and_the_resident_confirms(
    visitor: Visitor, of: Cast
) -> None:
    visitor.page.set_viewport_size({"width": 360, "height": 640})
    page = visitor.goto(reverse("report_here", args=[of.grid.codes.get().code]))
    looked_at(page, "report-here")
    page.get_by_label("是哪一类？").select_option("request")
    page.get_by_label("什么事？").fill("三号楼前的路灯不亮，请打13912345678")
    visitor.forgive("422")
    page.get_by_role("button", name="提交").click()
    expect(page.locator("main")).to_contain_text("手机号码")
    page.get_by_label("什么事？").fill(matters.LAMP)
    page.get_by_label("在哪里？").select_option(label="东门")
    page.get_by_label("您的姓名").fill("王秀英")
    page.get_by_role("button", name="提交").click()
    code = page.locator(".matter-code").inner_text()
    looked_at(page, "receipt")

    page = logged_in(visitor, of.worker)
    page.get_by_role("link", name="待接办的诉求").click()
    looked_at(page, "queue")
    page.locator(".round-table a").first.click()
    looked_at(page, "matter")
    page.get_by_role("link", name="吹哨上报").click()
    page.get_by_label("理由").fill("要换整段线路，社区办不了")
    looked_at(page, "escalate")
    page.get_by_role("button", name="吹哨上报").click()

    page = logged_in(visitor, of.township)
    page.get_by_role("link", name="待接办的诉求").click()
    page.locator(".round-table a").first.click()
    page.get_by_role("link", name="接办").click()
    page.get_by_role("button", name="接办").click()
    page.get_by_role("button", name="查看联系方式").click()
    expect(page.locator("main")).to_contain_text("王秀英")
    page.get_by_role("link", name="办结").click()
    page.get_by_label("做了什么").fill("换了线路，路灯亮了")
    page.get_by_role("button", name="办结").click()
    expect(page.locator("main")).not_to_contain_text("王秀英")
    looked_at(page, "fixed")

    page = followed(visitor, code)
    expect(page.locator("main")).to_contain_text("换了线路，路灯亮了")
    looked_at(page, "follow")
    page.get_by_role("button", name="已经解决").click()
    expect(page.locator("#standing")).to_contain_text("群众确认解决")
    page.get_by_label("5", exact=True).check()
    page.get_by_role("button", name="提交").click()
    expect(page.locator("legend")).to_have_count(0)
    looked_at(page, "confirmed")
    mine = Matter.objects.get()
    assert (mine.state, mine.satisfaction, mine.landmark and mine.landmark.name) == ("confirmed", 5, "东门")


def test_three_matters_filled_without_a_line_are_delivered_once_each_in_order(visitor: Visitor, of: Cast) -> None:
    visitor.page.set_viewport_size({"width": 360, "height": 640})
    page = logged_in(visitor, of.worker)
    page = visitor.goto(reverse("report_matter"))
    looked_at(page, "report")
    visitor.forgive("ERR_")
    page.context.set_offline(True)
    said = ("路灯不亮", "井盖松动", "水管漏水")
    for number, words in enumerate(said, 1):
        page.get_by_label("安全隐患" if number == 2 else "民生诉求").check()
        page.get_by_label("什么事？").fill(words)
        page.get_by_role("button", name="提交").click()
        expect(page.locator("[data-saving]")).to_contain_text(f"联网后自动上传： {number}"[-2:])
    assert not Matter.objects.exists()
    lost: list[Any] = []

    def answer_lost(route: Any) -> None:
        """The first arrives and its answer does not."""
        lost.append(route.fetch())
        route.abort()

    page.context.route("**/matters/report/save/", answer_lost, times=1)
    page.context.set_offline(False)
    page.reload()
    page.wait_for_timeout(500)
    page.reload()
    expect(page.locator("[data-receipts] li")).to_have_count(3)
    looked_at(page, "delivered")
    rows = list(Matter.objects.order_by("pk").values_list("words", "kind", "channel", "by"))
    assert rows == [(words, "hazard" if words == "井盖松动" else "request", "worker", of.worker.pk) for words in said]
    assert lost
    codes = page.locator("[data-receipts] code").all_inner_texts()
    assert len(set(codes)) == 3
    page = followed(visitor, codes[0])
    expect(page.locator("main")).to_contain_text("路灯不亮")


def test_the_pages_of_grids_and_months_are_open_to_all(visitor: Visitor, of: Cast) -> None:
    now = datetime.now(UTC)
    grids.put_to_work(actor=of.township, now=now, grid=of.grid, number="N1", name="陈小雨", full_time=True)
    for number in range(3):
        matters.reported(of, now=now, key=str(number), words=f"第{number}盏路灯不亮，看不清路")
    nightly.run_clock(now=now)
    page = logged_in(visitor, of.township)
    town = Mandate.objects.get(account=of.township, tree=InTree.UNIT).path
    unit = UnitState.objects.get(path=town).unit_id
    here, grid = [of.unit.unit_id], [of.grid.pk]
    pages = (("grids-of-town", "grids", [unit]), ("grids", "grids", here), ("grid", "grid", grid),
             ("sheet", "grid_sheet", grid), ("months", "matters_of_unit", [unit]), ("lay", "on_grids", [*here, "lay"]),
             ("worker", "on_grid", [*grid, "worker"]), ("calls", "matter_calls", []))  # fmt: skip
    for name, address, given in pages:
        page = visitor.goto(reverse(address, args=given))
        looked_at(page, name)
