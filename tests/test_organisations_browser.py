"""The pages of the trees and of the audit in a real browser: a clerk's way through them, at a desk and on a phone."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from baolei.organisations.models import Election, Membership, OrganisationState, Transfer, UnitState
from baolei.people.models import Account, Mandate
from baolei.sheets.models import Batch, Row
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
    own, unit = f"/organisation/{branch.organisation_id}", UnitState.objects.open().filter(level=4).first()
    belongs = Membership.objects.open().filter(organisation=branch.organisation, kind="full")[:3]
    held_by, batch = account_and_sheet(league)
    way, held = transfer_and_election(branch, [one.member_id for one in belongs])
    return [
        "/tree/", f"/tree/{league.unit_id}/", f"/tree/{league.unit_id}/?day=2020-01-01",
        f"/tree/{league.unit_id}/organisations/?kind=branch", f"/organisation/{branch.organisation_id}/",
        f"/organisation/{above.organisation_id}/", "/tree/search/?q=党", "/tree/search/?q=nothing", "/audit/",
        f"/audit/?unit={league.unit_id}&flag=term_overdue", "/audit/?which=closed", "/ledger/",
        "/accounts/", "/accounts/open/", f"/accounts/{held_by}/", f"/accounts/{held_by}/do/give/", "/mandates/",
        "/sheets/", f"/sheets/{batch}/",
        "/today/", "/terms/", f"/tree/{league.unit_id}/holders/?day=2023-12-31",
        f"{own}/do/establish/", f"{own}/do/exempt/", f"{own}/do/put-under/", f"{own}/do/name-hub/",
        f"/tree/{unit.unit_id}/do/move/", f"/member/{belongs[0].member_id}/",
        f"/member/{belongs[0].member_id}/do/transfer/", "/transfers/", "/transfers/?which=closed", f"/transfer/{way}/",
        f"/transfer/{way}/do/receive/", f"{own}/election/",
        f"{own}/election/?candidate={belongs[0].member_id}&candidate={belongs[1].member_id}", f"/election/{held}/",
    ]  # fmt: skip


def transfer_and_election(branch: OrganisationState, members: list[int]) -> tuple[int, int]:
    """A transfer whose letter has run out, and an election that left a seat open."""
    way = Transfer.objects.create(
        member_id=members[0], source=branch.organisation, outside="北京市某支部", state=Transfer.SENT, letter="7",
        requested=date(2026, 1, 1), sent=date(2026, 1, 2), valid_to=date(2026, 1, 12),
    )  # fmt: skip
    held = Election.objects.create(
        organisation=branch.organisation, on=date(2026, 1, 1), should_attend=9, present=8, issued=8, returned=8, void=0,
        seats=3, votes={str(one): 8 - place for place, one in enumerate(members)}, elected=[], needed=5, valid=True,
        document="同意换届",
    )  # fmt: skip
    return way.pk, held.pk


def account_and_sheet(unit: UnitState) -> tuple[int, int]:
    """An account whose mandate waits for approval, and a spreadsheet with a wrong row."""
    holder = Account.objects.create(username="wuyun", name="乌云")
    Mandate.objects.create(account=holder, role="viewer", path=unit.path, title="查看", since=date(2026, 1, 1))
    batch = Batch.objects.create(
        kind="units", unit=unit.unit, day=date(2026, 11, 1), why="依据1号文", name="名册.xlsx", digest="1", size=1,
        sender=holder, at=datetime(2026, 11, 24, tzinfo=UTC), state=Batch.READY,
        counts={"new": 1, "changed": 0, "same": 0, "wrong": 1},
    )  # fmt: skip
    values = {"code": "152921999", "name": "新镇", "above": "152921"}
    Row.objects.create(batch=batch, number=2, place=0, state="new", cells=[], values=values)
    fault = ["name", "没有填写单位名称", "no name", "填写名称", "write the name"]
    Row.objects.create(batch=batch, number=3, place=1, state="wrong", cells=[], values={}, faults=[fault])
    return holder.pk, batch.pk


# With the data of a household; in both languages each page is looked at by tests/test_every_page_browser.py.
@pytest.mark.long
def test_nobody_is_kept_out_at_a_desk_or_on_a_phone(visitor: Visitor, moved_in: None) -> None:
    enter(visitor, mandated("15", "region_clerk"))
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
