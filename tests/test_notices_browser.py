"""An urgent notice in a real browser: it stands above every page until it is closed, and only the browser knows it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

import stage
from baolei.organisations.notices import Words, post_notice
from conftest import Visitor
from test_pages_browser import enter, sticking_out
from test_shell_browser import barriers

pytestmark = pytest.mark.browser


@pytest.fixture
def urgent(transactional_db: None) -> None:
    """Two urgent notices for the banner, one of them with the longest title there can be."""
    today = timezone.localdate()
    for title in ("汛期值班", "长" * 80):
        words = Words(title, "请安排值班。", today, today + timedelta(days=3), urgent=True)
        post_notice(actor=None, now=timezone.now(), unit=stage.unit("150422").unit, words=words, why="部务会")


def test_it_stands_on_every_page_until_it_is_closed_in_this_browser(visitor: Visitor, urgent: None) -> None:
    enter(visitor, stage.mandated("150422103", "township_clerk"))
    page = visitor.goto("/tree/")
    banner = page.get_by_role("region", name="紧急通知")
    expect(banner.locator("[data-notice]")).to_have_count(2)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    banner.get_by_role("button", name="关闭：汛期值班").click()
    expect(page.locator("main")).to_be_focused()
    assert asked == []  # the house is not told
    for address in ("/today/", "/notices/"):
        page = visitor.goto(address)
        expect(page.locator("[data-notice]")).to_have_count(1)
    page.get_by_role("region", name="紧急通知").get_by_role("link").click()
    expect(page.locator("article:target")).to_contain_text("请安排值班。")
    page.get_by_role("button", name="退出登录").click()
    expect(page.locator(".who")).to_contain_text("登录")
    page.wait_for_load_state()
    assert page.evaluate("sessionStorage.getItem('baolei-closed-notices')") is None
    enter(visitor, stage.mandated("150422", "viewer"))  # whoever comes next at this desk is not deprived of it
    expect(visitor.goto("/today/").locator("[data-notice]")).to_have_count(2)


def test_it_works_without_the_script(visitor: Visitor, urgent: None, browser: Any) -> None:
    account = stage.mandated("150422103", "township_clerk")
    enter(visitor, account)
    cookies = visitor.page.context.cookies()
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(f"{visitor.address}/tree/")
    expect(page.locator("[data-notice]")).to_have_count(2)
    expect(page.locator("[data-close]").first).to_be_hidden()
    context.close()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_nobody_is_kept_out_by_it(visitor: Visitor, urgent: None, language: str) -> None:
    visitor.speak(language)
    enter(visitor, stage.mandated("150422", "banner_clerk"))
    for address in ("/today/", "/notices/", "/notices/post/"):
        for width in (1280, 360):
            visitor.page.set_viewport_size({"width": width, "height": 740})
            page = visitor.goto(address)
            assert barriers(page) == [], (address, width)
        assert sticking_out(page) == [], address
