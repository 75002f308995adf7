"""The pages of paper ballots and of conditions in a real browser, on a phone and at a desk."""

from __future__ import annotations

import os
import re
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

import stage
from baolei.ballots.actions import enter_pile
from baolei.declarations.models import Declaration
from conftest import Visitor
from round_stage import BRANCHES, NOW, begun, declaration_of, filled, passed
from test_pages_browser import enter, sticking_out
from test_shell_browser import barriers

pytestmark = pytest.mark.browser
OWN = BRANCHES[0]
WIDTHS = (360, 1280)
SHOTS = os.environ.get("BAOLEI_SHOTS", "")


@pytest.fixture
def mine(transactional_db: None) -> Declaration:
    """A branch that has handed in, while ballots are collected; two people have counted its members' otherwise."""
    this = begun()
    filled(declaration_of(this, OWN))
    passed(this)
    found = declaration_of(this, OWN)
    for code, text in (("15", "11111\n11211\n2-013"), ("1504", "11111\n11211\n2-012")):
        who = stage.mandated(code)
        enter_pile(actor=who, now=NOW, declaration=found, source="mem", text=text, issued=4, spoiled=0)
    return found


def looked_at(visitor: Visitor, address: str) -> list[str]:
    """What is wrong with a page at both widths; a picture of each where those are asked for."""
    wrong: list[str] = []
    for width in WIDTHS:
        visitor.page.set_viewport_size({"width": width, "height": 800})
        page = visitor.goto(address)
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{re.sub(r'[^a-z]+', '_', address)}{width}.png", full_page=True)
        wrong += [f"{width}: {one}" for one in barriers(page)]
        if width < 400:
            wrong += [f"sticks out: {one}" for one in sticking_out(page)]
    return wrong


def test_every_page_of_a_pile_is_open_to_everybody(visitor: Visitor, mine: Declaration) -> None:
    enter(visitor, stage.mandated("150422", "banner_clerk"))
    for name, given in (("piles", [mine.round_id]), ("pile", [mine.pk, "mem"]), ("pile", [mine.pk, "mas"]),
                        ("conditions", [mine.pk])):  # fmt: skip
        assert looked_at(visitor, reverse(name, args=given)) == [], name


def test_a_third_person_counts_and_settles(visitor: Visitor, mine: Declaration) -> None:
    enter(visitor, stage.mandated("150422", "banner_clerk"))
    page: Any = visitor.goto(reverse("piles", args=[mine.round_id]) + "?which=differs")
    page.get_by_role("link", name=OWN).click()
    expect(page.locator("#differing + p + .pile-sides code")).to_have_text(["2-013", "2-012"])
    page.get_by_label("发出选票").fill("4")
    lines = page.get_by_label("选票，一张一行")
    lines.fill("１１１１１\n1 1 2 1 1\n\n2—0")
    expect(page.get_by_role("status").filter(has_text="行数")).to_have_text("行数： 3")
    page.get_by_role("button", name="录入这叠选票").click()
    visitor.forgive("422")
    expect(page.get_by_role("alert").first).to_contain_text("第4行是3个答案")
    lines.fill("１１１１１\n1 1 2 1 1\n\n2—013")
    page.get_by_role("button", name="录入这叠选票").click()
    expect(page.locator("main")).to_contain_text("两遍一致，这叠选票已核定")
