"""Journeys through the shell in a real browser. The visitor fails a test on any complaint of the browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from conftest import Visitor

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parent / "assets" / "vendor" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
AXE_RUN = """async () => {
    const all = [...document.querySelectorAll("body *")];
    const sticky = all.filter((one) => getComputedStyle(one).position === "sticky");
    sticky.forEach((one) => { one.style.position = "static"; });
    const found = await axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]});
    sticky.forEach((one) => { one.style.position = ""; });
    return found.violations.map((one) => one.id + ": " + one.nodes.map((node) => node.html).join(" | "));
}"""
"""What keeps in sight is put back where it stands: what it covers by chance of scrolling can be scrolled free of it."""
CHARTS = 11
PAGES = ["/", "/account/login/", "/styleguide/"]


def barriers(page: Any) -> list[str]:
    """What axe finds that would keep somebody out."""
    page.evaluate(AXE)
    return page.evaluate(AXE_RUN)


def wait_for_charts(page: Any) -> None:
    """Until every chart of the page is drawn; a page without charts is ready at once."""
    expect(page.locator("[data-chart][data-drawn]")).to_have_count(page.locator("[data-chart]").count())


def test_a_visitor_of_the_demo_enters_as_the_league_and_leaves(visitor: Visitor, cast: dict[str, Any]) -> None:
    page = visitor.goto("/")
    page.locator(".who").get_by_role("link", name="登录").click()
    page.get_by_role("button", name="使用此账号：赤峰市委组织部").click()
    expect(page.locator(".who")).to_contain_text("方知远")
    page.get_by_role("button", name="退出登录").click()
    expect(page.locator(".who")).to_contain_text("登录")


def test_a_form_sent_empty_leads_to_what_is_missing(visitor: Visitor, cast: dict[str, Any]) -> None:
    page = visitor.goto("/account/login/")
    page.get_by_role("button", name="登录", exact=True).click()
    faults = page.get_by_role("alert")
    expect(faults).to_be_focused()
    faults.get_by_role("link", name="密码").click()
    expect(page.get_by_label("密码")).to_be_focused()


def test_the_language_is_switched_and_stays(visitor: Visitor) -> None:
    page = visitor.goto("/")
    expect(page.locator("h1")).to_have_text("最强党支部，如实呈现")
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("The strongest Party branch, shown honestly")
    page.get_by_role("link", name="Style guide").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="简体中文").click()
    expect(page.locator("h1")).to_have_text("部件样例")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("address", PAGES)
def test_nobody_is_kept_out(visitor: Visitor, cast: dict[str, Any], address: str, language: str) -> None:
    visitor.speak(language)
    page = visitor.goto(address)
    wait_for_charts(page)
    assert barriers(page) == []


def test_a_barrier_would_be_found(visitor: Visitor) -> None:
    page = visitor.goto("/")
    page.evaluate("document.querySelector('h1').append(Object.assign(new Image(), {src: '/static/front/mark.svg'}))")
    assert [barrier.partition(":")[0] for barrier in barriers(page)] == ["image-alt"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("address", PAGES)
def test_a_phone_needs_no_sideways_scrolling(
    visitor: Visitor, cast: dict[str, Any], address: str, language: str
) -> None:
    visitor.speak(language)
    visitor.page.set_viewport_size({"width": 360, "height": 740})
    page = visitor.goto(address)
    wait_for_charts(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert barriers(page) == []


def test_the_menu_of_a_phone_unfolds(visitor: Visitor) -> None:
    visitor.page.set_viewport_size({"width": 360, "height": 740})
    page = visitor.goto("/")
    link = page.get_by_role("link", name="部件样例")
    expect(link).to_be_hidden()
    page.get_by_role("button", name="菜单").click()
    link.click()
    expect(page).to_have_url(re.compile("/styleguide/$"))


def test_every_chart_is_drawn_and_has_its_table(visitor: Visitor) -> None:
    page = visitor.goto("/styleguide/")
    wait_for_charts(page)
    assert page.locator("figure.chart details table").count() == CHARTS
    for figure in page.locator("figure.chart").all():
        says = figure.locator("[data-chart]").get_attribute("aria-label")
        assert says
        assert figure.locator("figcaption strong").inner_text() in says
    canvases = page.locator("[data-drawn] canvas:first-child").all()
    blank = "(canvas) => !canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean)"
    assert [canvas.evaluate(blank) for canvas in canvases] == [False] * CHARTS


def test_a_tile_tells_its_name_when_one_points_at_it(visitor: Visitor) -> None:
    page = visitor.goto("/styleguide/")
    chart = page.locator("#chart-tiles")
    expect(chart).to_have_attribute("data-drawn", "true")
    chart.scroll_into_view_if_needed()
    before = chart.screenshot()
    box = chart.bounding_box()
    # 额济纳旗 stands in the first column, eleventh row of 14.
    chart.hover(position={"x": box["width"] / 40, "y": box["height"] * 10.5 / 14})
    page.wait_for_timeout(300)
    assert chart.screenshot() != before


def test_the_keys_help_and_walk(visitor: Visitor) -> None:
    page = visitor.goto("/styleguide/")
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox").first).to_be_focused()
    rows = page.locator("[data-rows] tbody a")
    rows.nth(0).focus()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(rows.nth(0)).to_be_focused()


def test_a_page_works_without_scripts(browser: Any, live_server: Any, cast: dict[str, Any]) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(live_server.url + "/account/login/")
    expect(page.get_by_role("link", name="部件样例")).to_be_visible()
    page.get_by_role("button", name="使用此账号：东方红村党支部书记").click()
    expect(page.locator(".who")).to_contain_text("江晚舟")
    context.close()


def test_a_page_that_broke_the_policy_would_be_caught(page: Any, live_server: Any) -> None:
    someone = Visitor(page, live_server.url)
    someone.goto("/").evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=color:red>x</p>')")
    page.wait_for_timeout(100)
    assert any("Content Security Policy" in complaint for complaint in someone.complaints)


def test_paper_shows_the_sheet_without_the_shell(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.goto("/styleguide/")
    wait_for_charts(page)
    page.emulate_media(media="print")
    for hidden in (".side", ".top", ".foot", ".exports"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.locator(".sheet")).to_be_visible()
    page.set_viewport_size({"width": 680, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth") <= 680
