"""A secretary opens what a number was counted from, calls it not right, and is answered; on a phone and at a desk."""

from __future__ import annotations

import os
from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

import stage
from baolei.declarations.models import Dispute
from baolei.organisations.models import OrganisationState
from conftest import Visitor
from round_stage import BRANCHES
from test_evidence import met
from test_pages_browser import enter, sticking_out
from test_shell_browser import barriers

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.django_db(transaction=True)]
OWN = BRANCHES[0]
SHOTS = os.environ.get("BAOLEI_SHOTS", "")


def looked_at(visitor: Visitor, address: str, name: str) -> None:
    """No barrier and nothing that sticks out, on a phone and at a desk."""
    for width in (1280, 360):
        visitor.page.set_viewport_size({"width": width, "height": 740})
        page = visitor.goto(address)
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)
        assert barriers(page) == [], (address, width)
    assert sticking_out(visitor.page) == [], address


def test_a_fact_is_opened_called_not_right_and_answered(visitor: Visitor) -> None:
    state = stage.branch(OWN, home=OWN[:12])
    OrganisationState.objects.filter(pk=state.pk).update(name="东方红村党支部")
    secretary, clerk = stage.mandated(OWN, "branch_secretary"), stage.mandated("150422", "banner_clerk")
    year = date.today().year  # noqa: DTZ011
    met(state, secretary, date(year, 1, 1), "members_meeting", "theme_party_day", study=False)
    here = reverse("evidence", args=[state.organisation_id])
    item = reverse("evidence_item", args=[state.organisation_id, "first_agenda"])
    enter(visitor, secretary)
    looked_at(visitor, here, "evidence")
    looked_at(visitor, reverse("evidence_catalogue"), "catalogue")
    page: Any = visitor.goto(reverse("organisation", args=[state.organisation_id]))
    page.get_by_role("link", name="佐证").click()
    page.get_by_role("link", name="第一议题落实").click()
    expect(page.locator("main")).to_contain_text("0／1")
    page.get_by_role("link", name="提出记录不对").click()
    page.get_by_label("哪里不对，应当是多少").fill("会议先学习后讨论，漏勾了第一议题")
    page.get_by_role("button", name="提出记录不对").click()
    expect(page.locator("main")).to_contain_text("等上级答复")
    enter(visitor, clerk)
    looked_at(visitor, reverse("disputes"), "disputes")
    looked_at(visitor, item, "item")
    page.get_by_role("link", name="答复支部").click()
    page.get_by_label("支部说得对吗？").select_option("1")
    page.get_by_label("原因").fill("请作废后按实际重新记录")
    page.get_by_role("button", name="答复支部").click()
    expect(page.locator("main")).to_contain_text("请作废后按实际重新记录")
    assert Dispute.objects.get().upheld is True
