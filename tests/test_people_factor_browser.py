"""The second factor in a real browser, from the first log-in to the lost phone."""

from __future__ import annotations

from typing import Any

import pyotp
import pytest

import stage
from conftest import Visitor
from test_every_page_browser import looked_at

pytestmark = pytest.mark.browser
WORD = "correct-horse-7"


def test_a_clerk_puts_the_key_into_the_phone_and_is_asked_for_its_codes(
    visitor: Visitor, transactional_db: None, settings: Any
) -> None:
    settings.BAOLEI_SECOND_FACTOR = True
    zhou = stage.mandated("150422", "banner_clerk")
    zhou.set_password(WORD)
    zhou.save()
    page = visitor.goto("/account/login/")

    def log_in() -> None:
        page.fill("#id_username", zhou.username)
        page.fill("#id_password", WORD)
        page.click("main button[type=submit]")

    log_in()
    page.wait_for_url("**/account/second-factor/")
    key = page.inner_text(".qr code").replace(" ", "")
    assert page.locator(".qr svg").bounding_box()["width"] > 100  # type: ignore[index]
    assert looked_at(visitor, "/account/second-factor/") == []
    page.fill("#id_code", pyotp.TOTP(key).now())
    page.fill("#id_password", WORD)
    page.click("main button[type=submit]")
    page.wait_for_selector(".recovery-codes")
    codes = page.locator(".recovery-codes code").all_inner_texts()
    page.click("main .btn-primary")
    page.wait_for_url("**/today/")
    assert looked_at(visitor, "/account/second-factor/") == []
    page.context.clear_cookies()
    visitor.goto("/account/login/")
    log_in()
    page.wait_for_url("**/account/code/")
    assert looked_at(visitor, "/account/code/") == []
    page.fill("#id_code", codes[0])
    page.click("main button[type=submit]")
    page.wait_for_url("**/today/")
    assert visitor.complaints == []
