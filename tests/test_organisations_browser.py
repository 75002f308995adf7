"""The pages of the trees and of the audit in a real browser: a clerk's way through them, at a desk and on a phone."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from baolei.organisations.models import OrganisationState, UnitState
from conftest import Visitor
from stage import mandated, move_in
from test_pages_browser import enter, sticking_out
from test_shell_browser import barriers, wait_for_charts

pytestmark = pytest.mark.browser


@pytest.fixture
def moved_in(transactional_db: None, household: Path) -> None:
    move_in(household)


def addresses() -> list[str]:
    league = UnitState.objects.open().get(code="1529")
    branch = OrganisationState.objects.open().filter(kind="branch").order_by("path").first()
    above = OrganisationState.objects.open().get(above=None)
    return [
        "/tree/", f"/tree/{league.unit_id}/", f"/tree/{league.unit_id}/?day=2020-01-01",
        f"/tree/{league.unit_id}/organisations/?kind=branch", f"/organisation/{branch.organisation_id}/",
        f"/organisation/{above.organisation_id}/", "/tree/search/?q=党", "/tree/search/?q=nothing", "/audit/",
        f"/audit/?unit={league.unit_id}&flag=term_overdue", "/audit/?which=closed", "/ledger/",
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_nobody_is_kept_out_at_a_desk_or_on_a_phone(visitor: Visitor, moved_in: None, language: str) -> None:
    enter(visitor, mandated("15"))
    visitor.speak(language)
    found: dict[str, Any] = {}
    for address in addresses():
        visitor.page.set_viewport_size({"width": 1280, "height": 800})
        page = visitor.goto(address)
        wait_for_charts(page)
        wide = page.evaluate("document.documentElement.scrollWidth") > 1280
        faults = barriers(page)
        page.set_viewport_size({"width": 360, "height": 740})
        found[address] = (wide, faults, sticking_out(page), barriers(page))
    assert {address: said for address, said in found.items() if any(said)} == {}


def test_from_the_region_to_a_branch_s_finding(visitor: Visitor, moved_in: None) -> None:
    enter(visitor, mandated("15"))
    page = visitor.goto("/tree/")
    page.get_by_role("link", name="查看规范设置排查").click()
    page.get_by_role("link", name="书记空缺").first.click()
    row = page.locator("#list").locator("xpath=ancestor::section").get_by_role("row").nth(1)
    name = row.get_by_role("link").inner_text()
    row.get_by_role("link").click()
    expect(page.locator("h1")).to_have_text(name)
    expect(page.locator("#findings").locator("xpath=ancestor::section")).to_contain_text("书记空缺")
