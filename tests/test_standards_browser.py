"""The tables of a draft in a real browser: sums follow while one types, a save says what is wrong, a trial ends."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

import stage
from baolei.people.models import Account
from baolei.programme.standard.edition import Text
from baolei.standards import actions
from baolei.standards.actions import Named
from baolei.standards.models import OwnEdition
from conftest import Visitor
from test_pages_browser import enter

pytestmark = [pytest.mark.browser]


@pytest.fixture
def draft(transactional_db: None, shown_round: Path) -> tuple[OwnEdition, Account]:
    account = stage.mandated("15", "region_clerk")
    named = Named("region-2027", Text("二〇二七年版", "Edition of 2027"), date(2027, 1, 1))
    made = actions.draft_edition(
        actor=account, now=timezone.now(), based_on="wuqiang-2020-2023", named=named, why="部务会"
    )
    return made, account


def test_sums_follow_while_one_types(visitor: Visitor, draft: Any) -> None:
    made, account = draft
    enter(visitor, account)
    page = visitor.goto(f"/drafts/{made.pk}/field/village/")
    whole, row = page.locator("[data-whole-sum]"), page.locator('[data-row-sum="S1"]')
    items = page.locator('[data-items-of="S1 org"]')
    assert (whole.text_content(), row.text_content()) == ("100", "25")
    page.fill('[name="cell-S1-org"]', "12.5")
    assert (whole.text_content(), row.text_content()) == ("98.5", "23.5")
    assert "wrong" in (whole.get_attribute("class") or "")
    assert items.locator("[data-cell-now]").text_content() == "12.5"
    assert "wrong" in (items.locator("[data-items-sum]").get_attribute("class") or "")
    page.fill('[name="cell-S1-mem"]', "5.5")
    page.fill('[name="item-first_agenda"]', "2.5")
    assert whole.text_content() == "100"
    assert "wrong" not in (items.locator("[data-items-sum]").get_attribute("class") or "")
    page.click("main button[type=submit]")
    assert "已保存，核对无误" in page.text_content("main")


def test_a_trial_is_asked_for_and_shown(visitor: Visitor, draft: Any) -> None:
    made, account = draft
    enter(visitor, account)
    page = visitor.goto(f"/drafts/{made.pk}/trial/")
    page.click("main button[type=submit]")
    assert "分领域" in page.text_content("main")
