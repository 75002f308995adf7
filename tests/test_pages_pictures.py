"""The pictures of the README: a league of the demo region as its pages draw it.

`make pictures` writes them to docs/images over the whole region; otherwise they are made small and thrown away.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from playwright.sync_api import expect

from baolei.people.models import Account
from baolei.warehouse.evaluate import evaluate
from conftest import Visitor
from stage import mandated
from test_pages_browser import enter
from test_shell_browser import wait_for_charts

pytestmark = pytest.mark.browser
WANTED = os.environ.get("BAOLEI_PICTURES", "")
TILES = 103


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole demo region, at a fortieth of its size unless the pictures are wanted."""
    from baolei.cli.demo_region import demo_region

    home = tmp_path_factory.mktemp("region")
    demo_region(home / "snapshot", 1.0 if WANTED else 0.025, 2023)
    evaluate(home / "snapshot", home / "results")
    return home / "results"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_region_and_a_sheet_have_their_pictures(
    visitor: Visitor, db: None, region: Path, tmp_path: Path, language: str
) -> None:
    folder = Path(WANTED) if WANTED else tmp_path
    account: Account = mandated("15")
    with override_settings(BAOLEI_RESULTS=str(region)):
        enter(visitor, account)
        visitor.speak(language)
        page = visitor.goto("/")
        wait_for_charts(page)
        page.locator("#map").evaluate("(map) => document.fonts.ready")
        assert page.locator("#map-data").inner_text().count('"code"') == TILES
        region_picture = picture(page, folder / f"region.{language}.png", 1000)
        page.goto(visitor.address + "/unit/1504/branches/?tier=strongest")
        page.locator("tbody th a").first.click()
        expect(page.locator(".matrix")).to_be_visible()
        page.locator("details.leaf summary").nth(1).click()
        page.mouse.move(0, 0)
        sheet_picture = picture(page, folder / f"sheet.{language}.png", 1000)
    assert region_picture.stat().st_size > 20_000
    assert sheet_picture.stat().st_size > 20_000


def picture(page: Any, file: Path, height: int) -> Path:
    """What a clerk sees first, as a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    page.set_viewport_size({"width": 1280, "height": height})
    page.wait_for_timeout(400)  # charts fit themselves to the window
    page.screenshot(path=str(file))
    return file
