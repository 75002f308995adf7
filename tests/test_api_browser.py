"""Tokens and the description of the API in a real browser: from a token that is made to an answer that is read."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

import worlds
from baolei.api.models import Token
from baolei.people.models import Account
from conftest import Visitor
from test_pages_browser import enter, sticking_out
from test_shell_browser import AXE, AXE_RUN

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"


@pytest.fixture
def clerk(transactional_db: None) -> Account:
    worlds.here()
    found = worlds.somebody("banner_clerk")
    assert found
    found.set_password(PASSWORD)
    found.save()
    return found


def barriers(page: Any) -> list[str]:
    page.evaluate(AXE)
    return list(page.evaluate(AXE_RUN))


def make_token(visitor: Visitor) -> str:
    """As a person does it; the secret."""
    page = visitor.goto("/today/")
    page.locator(".who summary").last.click()
    page.get_by_role("link", name="程序令牌").click()
    page.get_by_label("用途").fill("统计程序")
    page.get_by_label("登录密码").fill(PASSWORD)
    page.get_by_role("button", name="生成令牌").click()
    return str(page.locator("#secret").inner_text())


def test_a_person_makes_a_token_reads_with_it_and_ends_it(visitor: Visitor, clerk: Account) -> None:
    enter(visitor, clerk)
    secret = make_token(visitor)
    page = visitor.page
    assert barriers(page) == []
    page.get_by_role("link", name="接口说明").click()
    page.get_by_role("button", name="Authorize").click()
    page.locator(".auth-container input").fill(secret)
    page.locator(".auth-btn-wrapper .authorize").click()
    page.locator(".btn-done").click()
    page.locator(".opblock", has_text="/api/v1/whoami").locator(".opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute", exact=True).click()
    told = page.locator(".live-responses-table .response", has_text="200")
    expect(told).to_contain_text("统计程序")
    page = visitor.goto("/account/tokens/")
    page.get_by_role("button", name="停用：统计程序").click()
    expect(page.get_by_role("status")).to_contain_text("已停用")
    assert Token.objects.get(label="统计程序").ended_at is not None
    assert barriers(page) == []


def test_the_description_is_open_to_everybody_at_a_desk_and_on_a_phone(visitor: Visitor, clerk: Account) -> None:
    """The fixture fails on anything that the content policy refuses, and on any request that leaves this house."""
    enter(visitor, clerk)
    page = visitor.goto("/api/v1/docs")
    page.wait_for_selector(".opblock")
    assert page.locator(".opblock").count() > 20
    for address in ("/api/v1/organisations", "/api/v1/organisations/{organisation}/acts/{act}"):
        page.locator(f'.opblock-summary-path[data-path="{address}"]').first.click()
    page.wait_for_selector(".opblock-body")
    assert barriers(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert sticking_out(page) == []
