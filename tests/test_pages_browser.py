"""The pages of a round in a real browser: one journey from the region to a sum that adds up, and nobody kept out."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import python_calamine
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from conftest import Visitor
from stage import mandated
from test_pages_round import shown
from test_shell_browser import barriers, wait_for_charts

pytestmark = pytest.mark.browser
STICKING_OUT = """() => [...document.querySelectorAll('body *')]
    .filter((one) => one.getBoundingClientRect().right > 361 && !one.closest('.table-scroll, .visually-hidden'))
    .map((one) => one.outerHTML.slice(0, 120))"""
PAGES = [
    "/unit/15/",
    "/unit/15/?field=village",
    "/unit/150101/",
    "/unit/150101001/",
    "/unit/1501/branches/?field=village&sort=-score",
    "/branch/Z0003/",
    "/figures/",
    "/standard/",
    "/standard/village/",
    "/editions/",
    "/method/",
    "/find/?q=东",
    "/find/?q=nothing",
]
LEAVES = """() => [...document.querySelectorAll('[data-leaf]')]
    .reduce((sum, one) => sum + Math.round(100 * (parseFloat(one.textContent) || 0)), 0)"""


@pytest.fixture(autouse=True)
def on_show(shown_round: Path) -> None:
    """A round of ninety branches of three townships stands on the pages."""


def name_of_an_open_sheet(unit: str) -> str:
    """The first branch of a unit whose every source has ballots enough to be shown."""
    found = shown().visible_to(mandated(unit), date(2026, 11, 23))
    rows = found.listed(found.rows_of(unit))
    return next(row.name for row in rows if not found.sheet(row.code).hidden)


def sticking_out(page: Any) -> list[str]:
    """What is wider than a phone once charts have fitted themselves to it."""
    for _ in range(20):
        if not (found := page.evaluate(STICKING_OUT)):
            break
        page.wait_for_timeout(100)
    return list(found)


def enter(visitor: Visitor, account: Any) -> None:
    """Log in without the form."""
    client = Client()
    client.force_login(account)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    visitor.page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": visitor.address}])


def test_from_the_region_down_to_a_sum_that_adds_up_and_out_again(
    visitor: Visitor, cast: dict[str, Any], tmp_path: Path
) -> None:
    page = visitor.goto("/account/login/")
    page.get_by_role("button", name=re.compile("使用此账号：内蒙古自治区")).click()
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="评选").click()
    for name in ("东盟", "东一旗", "河东苏木"):
        page.get_by_role("row", name=re.compile(f"^{name} ")).get_by_role("link").click()
        expect(page.locator("h1")).to_contain_text(name)
    branch = name_of_an_open_sheet("150101001")
    page.get_by_role("link", name=branch, exact=True).click()
    expect(page.locator("h1")).to_have_text(branch)

    line = page.locator("details.leaf").filter(has=page.locator("b")).first
    line.locator("summary").click()
    expect(line.locator(".formula")).to_be_visible()
    assert re.search(r"\d", line.locator(".formula").inner_text())

    base, score = (round(100 * float(page.locator(f"[data-total={name}]").inner_text())) for name in ("base", "score"))
    bonus, less = (page.locator(f"[data-total={name}]").inner_text() for name in ("bonus", "deduction"))
    assert page.evaluate(LEAVES) == base
    assert base + round(100 * float(bonus)) - round(100 * float(less.lstrip("−"))) == score

    with page.expect_download() as waiting:
        page.locator(".head-row").filter(has=page.locator("#points")).get_by_role("link", name="XLSX").click()
    waiting.value.save_as(tmp_path / "sheet.xlsx")
    rows = python_calamine.load_workbook(str(tmp_path / "sheet.xlsx")).get_sheet_by_index(0).to_python()
    assert [round(100 * float(row[5])) for row in rows if row[0] == "得分"] == [score]

    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Where every point comes from")).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    expect(page.locator(".who")).to_contain_text("Log in")


def test_whoever_is_outside_finds_the_door_closed_and_is_told_so(visitor: Visitor, cast: dict[str, Any]) -> None:
    enter(visitor, cast["league"])  # 1504: not in this round
    page = visitor.goto("/unit/150101/")
    expect(page.get_by_role("link", name="第3党支部")).to_have_count(0)
    answer = visitor.page.goto(visitor.address + "/branch/Z0003/")
    assert answer
    assert answer.status == 403
    expect(page.locator("h1")).to_have_text("您无权查看此页")
    visitor.forgive("403")


@pytest.mark.long
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("address", PAGES)
def test_nobody_is_kept_out_at_a_desk_or_on_a_phone(
    visitor: Visitor, cast: dict[str, Any], address: str, language: str
) -> None:
    enter(visitor, cast["region"])
    visitor.speak(language)
    page = visitor.goto(address)
    wait_for_charts(page)
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    page.set_viewport_size({"width": 360, "height": 740})
    assert sticking_out(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert barriers(page) == []


def test_a_leaf_opens_without_scripts(browser: Any, live_server: Any, cast: dict[str, Any]) -> None:
    context = browser.new_context(java_script_enabled=False)
    someone = Visitor(context.new_page(), live_server.url)
    enter(someone, cast["region"])
    leaf = someone.goto("/branch/Z0003/").locator("details.leaf").first
    leaf.locator("summary").click()
    expect(leaf.locator(".formula")).to_be_visible()
    context.close()
