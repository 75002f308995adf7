"""The pages of centres in a real browser: the gap map leads to the next points; every page fits a phone."""

from __future__ import annotations

import os
from datetime import time
from pathlib import Path
from typing import Any

import pytest

import stage
from baolei.centres.models import Spot
from baolei.organisations.models import UnitState
from baolei.people.models import Account
from centres_stage import BANNER, EAST, FAR, LAT, LONS, MIDDLE, TODAY, WEST, centre, country, reckoned, villages
from test_pages_browser import enter, sticking_out

pytestmark = [pytest.mark.browser, pytest.mark.long]
SHOTS = os.environ.get("BAOLEI_SHOTS", "")
NAMES = {EAST: "东方红村", MIDDLE: "中街社区", WEST: "北沟嘎查", FAR: "远山嘎查", BANNER: "巴林左旗"}


@pytest.fixture
def banner(transactional_db: None) -> int:
    country(synthetic=True)
    villages(EAST, MIDDLE, WEST)
    for code, name in NAMES.items():
        UnitState.objects.filter(code=code).update(name=name)
    Spot.objects.create(unit=stage.unit(FAR).unit, lon=LONS[FAR], lat=LAT, households=60, how="file", day=TODAY)
    by = stage.mandated(BANNER, "banner_clerk")
    centre(EAST, by, name="东方红村党群服务中心", days="12345", opens=time(8, 30), closes=time(17, 30))
    centre(WEST, by, kind="point", services=("health",), name="北沟服务点")
    reckoned(by)
    return int(stage.unit(BANNER).unit_id)


def shot(page: Any, name: str) -> None:
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)


def test_from_the_gap_map_to_the_next_points(visitor: Any, banner: int) -> None:
    page = visitor.page
    enter(visitor, Account.objects.get(username="banner_clerk-150422"))
    visitor.goto(f"/tree/{banner}/circle/")
    assert page.locator(".invented").is_visible(), "invented roads are said to be invented"
    assert page.locator(".circle-map .map-gap").count() == 1
    assert page.locator(".gap-list a").all_inner_texts() == ["远山嘎查"]
    shot(page, "circle")
    page.select_option("#service", "health")
    page.locator(".chosen button").click()
    assert page.locator(".circle-map .map-point").count() == 2
    page.locator("a[href*='circle/next']").click()
    assert page.locator("#steps ~ .table-scroll tbody tr").count() == 1
    assert "远山嘎查" in page.locator("tbody").inner_text()
    assert page.locator(".invented").is_visible()
    shot(page, "next")
    page.locator("tbody a").first.click()
    assert page.locator("#nearest").is_visible()
    shot(page, "place")


@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_opens_at_a_desk_and_fits_a_phone(visitor: Any, banner: int, width: int) -> None:
    page = visitor.page
    page.set_viewport_size({"width": width, "height": 800})
    enter(visitor, Account.objects.get(username="banner_clerk-150422"))
    village, one = stage.unit(WEST).unit_id, 1
    for address in (f"tree/{banner}/centres", f"tree/{banner}/centres/open", f"tree/{banner}/centres/list",
                    f"tree/{banner}/circle", f"tree/{banner}/circle/next", f"tree/{village}/circle",
                    f"tree/{village}/circle/place"):  # fmt: skip
        visitor.goto(f"/{address}/")
        assert width > 360 or not sticking_out(page), address
        one += 1
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/page{one}-{width}.png", full_page=True)
