"""Visits in a real browser on a phone: a sheet filled in without a connection arrives once, from any tab; the pages of
visits and letters are open to everybody.
"""

from __future__ import annotations

import os
import re
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

import stage
from baolei.declarations.models import Answer
from baolei.ledger.models import Entry
from baolei.people.models import Account
from baolei.rounds.models import Round
from baolei.scores.models import Delivery, Run, Visit
from conftest import Visitor
from round_stage import begun, declaration_of
from test_pages_browser import enter, sticking_out
from test_score_letters import runs, scored
from test_shell_browser import barriers
from visit_stage import NEXT, OWN, inspector, looked, made, twice, visited

pytestmark = pytest.mark.browser
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
SHOTS = os.environ.get("BAOLEI_SHOTS", "")
__all__ = ["runs", "scored"]


def looked_at(visitor: Visitor, address: str) -> list[str]:
    """What is wrong with a page on a phone and at a desk; a picture of each where those are asked for."""
    wrong: list[str] = []
    for window in (PHONE, DESK):
        visitor.page.set_viewport_size(window)
        page = visitor.goto(address)
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{re.sub(r'[^a-z0-9]+', '_', address)}{window['width']}.png", full_page=True)
        wrong += [f"{window['width']}: {one}" for one in barriers(page)]
        if window == PHONE:
            wrong += [f"sticks out: {one}" for one in sticking_out(page)]
    return wrong


def cut(visitor: Visitor, *, off: bool) -> None:
    """The line goes, or comes back."""
    visitor.page.context.set_offline(off)


@pytest.fixture
def this(transactional_db: None) -> Round:
    """A round whose first branch is to be visited twice."""
    made = visited(OWN, NEXT)
    twice(made)
    return made


def filled_in(page: Any, words: str) -> None:
    page.locator("#item-first_agenda [name^=num-]").fill("75")
    page.locator("#item-first_agenda [name^=den-]").fill("100")
    page.locator("#words").fill(words)
    page.locator("#overall").fill("88")


def test_a_sheet_filled_in_without_a_connection_arrives_once(visitor: Visitor, this: Round) -> None:
    visit = looked(this)
    enter(visitor, inspector("朝鲁"))
    visitor.page.set_viewport_size(PHONE)
    page = visitor.goto(reverse("visit", args=[visit.pk]))
    state, hand_in = page.locator("[data-saving]"), page.get_by_role("button", name="提交核查表")
    cut(visitor, off=True)
    filled_in(page, "看了会议记录本")
    expect(state).to_contain_text("还没有提交")
    hand_in.click()
    expect(state).to_contain_text("网络不通")
    assert not Delivery.objects.exists()
    other = page.context.new_page()  # a second tab sees the same sheet as soon as it can be opened
    cut(visitor, off=False)
    other.goto(visitor.address + reverse("visits", args=[this.pk]))
    expect(state).to_contain_text("核查表已送达")
    other.close()
    visit.refresh_from_db()
    assert (visit.version, visit.found, visit.words) == (1, {"first_agenda": [75, 100]}, "看了会议记录本")
    assert Delivery.objects.count() == Entry.objects.filter(act="scores.visit").count() == 1
    assert page.evaluate("localStorage.length") == 0
    visitor.forgive("Failed to load resource")


def test_what_is_typed_outlives_reload_refusal_and_log_out(visitor: Visitor, this: Round) -> None:
    visit, who = looked(this, NEXT), inspector("朝鲁")
    enter(visitor, who)
    address = reverse("visit", args=[visit.pk])
    page = visitor.goto(address)
    filled_in(page, "第一遍")
    page.reload()
    expect(page.locator("#words")).to_have_value("第一遍")
    state, hand_in = page.locator("[data-saving]"), page.get_by_role("button", name="提交核查表")
    page.locator("#overall").fill("888")
    hand_in.click()
    expect(page.locator("#fault-overall")).to_contain_text("0到100")
    page.locator("#overall").fill("88")
    visitor.page.context.clear_cookies()
    hand_in.click()
    expect(state).to_contain_text("已退出登录")
    assert not Delivery.objects.exists()
    enter(visitor, who)
    visitor.goto(reverse("visits", args=[this.pk]))  # the list sends what the sheet kept
    expect(visitor.page.locator("[data-saving]")).to_contain_text("核查表已送达")
    visit.refresh_from_db()
    assert (visit.version, visit.words) == (1, "第一遍")
    page = visitor.goto(address)
    made(visit, who, seen=1, words="另一部手机所写")
    page.locator("#words").fill("第三遍")
    page.get_by_role("button", name="提交核查表").click()
    page.get_by_role("button", name="用我的").click()
    expect(page.locator("[data-saving]")).to_contain_text("核查表已送达")
    visit.refresh_from_db()
    assert (visit.version, visit.words) == (3, "第三遍")
    visitor.forgive("403")


def test_a_declaration_is_kept_by_the_same_script(visitor: Visitor, transactional_db: None) -> None:
    mine = declaration_of(begun(), OWN)
    enter(visitor, stage.mandated(OWN, "branch_secretary"))
    page: Any = visitor.goto(reverse("declaration", args=[mine.pk]))
    state = page.locator("[data-saving]")
    cut(visitor, off=True)
    page.locator("#num-first_agenda").fill("9")
    page.locator("#den-first_agenda").fill("12")
    expect(state).to_contain_text("网络不通")
    cut(visitor, off=False)
    expect(state).to_contain_text("已全部保存")
    assert list(Answer.objects.filter(item="first_agenda").values_list("num", "den", "version")) == [(9, 12, 1)]
    visitor.forgive("Failed to load resource")


def test_every_page_of_visits_is_open_to_everybody(visitor: Visitor, this: Round) -> None:
    first, second = Visit.objects.filter(declaration=looked(this).declaration).order_by("pk")
    made(first, inspector("苏和"), team=2)
    enter(visitor, inspector("朝鲁"))
    for name, number in (("visits", this.pk), ("visit", second.pk), ("visit", first.pk), ("today", 0)):
        address = reverse(name, args=[number] if number else [])
        assert looked_at(visitor, address) == [], address


def test_the_letters_are_open_to_everybody(
    visitor: Visitor, transactional_db: None, runs: dict[str, Run], live_server: Any
) -> None:
    stage.unit("15")
    enter(visitor, _clerk())
    run = runs["veto"]
    for name, given in (("leniencies", [run.pk]), ("leniency", [run.pk, "150101"]), ("leniency", [run.pk, "150102"]),
                        ("run", [run.pk])):  # fmt: skip
        assert looked_at(visitor, reverse(name, args=given)) == [], name
    assert run.state == Run.DONE


def _clerk() -> Account:
    return stage.mandated("15", "region_clerk")
