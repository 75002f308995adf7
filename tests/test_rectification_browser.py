"""From a superior's decision to acceptance, on a phone and at a desk, in Chinese."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

import rectification_stage as cases
import stage
from baolei.people.models import Account
from baolei.rectification.models import Case
from conftest import Visitor
from test_pages_browser import enter, sticking_out
from test_shell_browser import barriers

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.django_db(transaction=True)]
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
SHOTS = os.environ.get("BAOLEI_CASE_SHOTS", "")


def entered(visitor: Visitor, account: Account, address: str) -> Page:
    """Logged in as somebody else, at a page."""
    visitor.page.context.clear_cookies()
    enter(visitor, account)
    return visitor.goto(address)


def looked(page: Page, name: str) -> None:
    """No barrier and nothing that sticks out, on a phone and at a desk; a picture where somebody wants to look."""
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        assert barriers(page) == [], name
        assert size == DESK or sticking_out(page) == [], name
        if SHOTS:
            page.screenshot(path=str(Path(SHOTS) / f"{name}-{size['width']}.png"), full_page=True)


def pressed(page: Page, link: str, **boxes: str) -> None:
    """Open a form by its button, fill it in, send it by its button of the same words."""
    page.get_by_role("link", name=link, exact=True).first.click()
    for label, words in boxes.items():
        page.get_by_label(label, exact=True).fill(words)
    page.get_by_role("button", name=link, exact=True).click()


def test_from_a_decision_to_acceptance(visitor: Visitor) -> None:
    of = cases.cast()
    own = reverse("rectification", args=[of.branch.organisation_id])
    page = entered(visitor, of.county, reverse("organisation", args=[of.branch.organisation_id]))
    page.get_by_role("link", name="整顿", exact=True).click()
    looked(page, "organisation-empty")
    page.get_by_role("link", name="立案整顿").click()
    looked(page, "open")
    page.get_by_label("专项整治", exact=True).select_option("weak")
    page.get_by_label("W01", exact=False).check()
    page.get_by_label("决定的文号").fill("旗组发〔2026〕3号")
    page.get_by_label("理由", exact=True).fill("书记空缺五个月，三会一课停开")
    page.get_by_role("button", name="立案整顿").click()
    case = Case.objects.get()
    here = reverse("case", args=[case.pk])

    page = entered(visitor, of.township, here)
    page.get_by_role("link", name="列一个问题").click()
    looked(page, "problem")
    for label, words in (("问题", "党员大会两个季度没有召开"), ("整改措施", "按季召开，会议记录报镇党委"),
                         ("责任人", "镇党委副书记李国强"), ("整改时限", case.ends.isoformat())):  # fmt: skip
        page.get_by_label(label, exact=True).fill(words)
    page.get_by_role("button", name="列一个问题").click()
    pressed(page, "填写“四个一”", 旗县级领导联系="旗委常委王立新", 苏木乡镇领导包联="镇长包玉兰", 第一书记驻村="赵青山",
            单位结对="旗税务局")  # fmt: skip
    looked(page, "case-listed")
    pressed(page, "定下清单")
    expect(page.locator("main")).to_contain_text("整顿中")

    page = entered(visitor, of.secretary, here)
    looked(page, "case-secretary")
    page.get_by_role("link", name="每月报告").click()
    looked(page, "report")
    page.get_by_role("button", name="每月报告").click()
    expect(page.locator("main")).to_contain_text("没有变化")

    page = entered(visitor, of.township, here)
    pressed(page, "销号", 整改佐证="九月、十二月党员大会记录在支部会议室档案柜")
    page = entered(visitor, of.secretary, here)
    pressed(page, "申请销号")
    page = entered(visitor, of.township, here)
    page.get_by_role("link", name="逐项核验通过").click()
    looked(page, "check")
    page.get_by_label("党员大会两个季度没有召开").check()
    page.get_by_role("button", name="逐项核验通过").click()
    page = entered(visitor, of.second, here)
    pressed(page, "验收通过")
    expect(page.locator("main")).to_contain_text("回访期")
    looked(page, "case-accepted")
    looked_at = {"ledger": reverse("rectification_ledger"), "turned": reverse("turned_round"), "organisation": own}
    for name, address in looked_at.items():
        page = visitor.goto(address)
        looked(page, name)
    page = visitor.goto(reverse("turned_round"))
    page.get_by_role("link", name="1", exact=True).first.click()
    expect(page.locator("main")).to_contain_text("东方红村党支部")
    page = entered(visitor, stage.mandated(cases.SIBLING, "branch_secretary"), reverse("today"))
    assert page.request.get(page.url.replace("/today/", here)).status == 404
