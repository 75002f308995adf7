"""The pages of votes at meetings and of panels in a real browser, on a phone and at a desk."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

import stage
from baolei.ballots import meetings, panels
from baolei.ballots.models import MeetingPoll
from baolei.organisations.models import Member, Membership, OrganisationState
from baolei.people.models import Account, Role
from conftest import Visitor
from round_stage import BRANCHES, NOW, begun, declaration_of, filled, passed
from test_ballots_browser import looked_at
from test_meetings import CODE, MEMBERS, SAID, WORDS, cast
from test_pages_browser import enter
from test_polls import read_off

pytestmark = pytest.mark.browser


@pytest.fixture
def branch(transactional_db: None, tmp_path: Path, settings: Any) -> OrganisationState:
    """A branch of twelve, and an urn of its own."""
    settings.BAOLEI_HOME = str(tmp_path)
    made = stage.branch(CODE, home=CODE[:12])
    OrganisationState.objects.filter(pk=made.pk).update(name="东方红村党支部")
    for number in range(MEMBERS):
        member = Member.objects.create(name=f"党员{number}")
        Membership.objects.create(member=member, organisation=made.organisation, kind="full", since=date(2020, 1, 2))
    return made


def test_a_secretary_holds_a_vote_in_the_room(visitor: Visitor, branch: OrganisationState) -> None:
    enter(visitor, stage.mandated(CODE, Role.SECRETARY))
    visitor.page.set_viewport_size({"width": 360, "height": 800})
    page: Any = visitor.goto(reverse("organisation", args=[branch.organisation_id]))
    page.locator("main").get_by_role("link", name="会议评议").click()
    page.get_by_role("link", name="发起会议评议").click()
    assert looked_at(visitor, reverse("new_meeting", args=[branch.organisation_id])) == []
    page.get_by_label("原因").fill("年度民主评议")
    page.get_by_role("button", name="发起会议评议").click()
    expect(page.locator("main")).to_contain_text("下一步打印评议票")
    meeting = MeetingPoll.objects.get()
    here = {"actor": None, "now": timezone.now(), "why": "会议"}
    secrets = read_off(meetings.print_slips(**here, meeting=meeting, origin="https://ballots.example.cn"))
    page = visitor.goto(reverse("meeting", args=[meeting.pk]))
    page.get_by_role("link", name="开始投票").click()
    page.get_by_label("发出选票").fill("10")
    page.get_by_label("原因").fill("到会10人")
    page.get_by_role("button", name="开始投票").click()
    cast(meeting, secrets, SAID[:3])
    assert looked_at(visitor, reverse("meeting", args=[meeting.pk])) == []
    expect(page.locator(".figures")).to_contain_text("不足5")
    cast(meeting, secrets[3:], SAID[3:], {2: WORDS[2]})
    page.get_by_role("link", name="结束投票并计票").click()
    page.get_by_label("原因").fill("散会")
    page.get_by_role("button", name="结束投票并计票").click()
    expect(page.locator("#comments + ul")).to_contain_text(WORDS[2])
    expect(page.locator("table tbody tr").first).to_contain_text("好")
    assert looked_at(visitor, reverse("meeting", args=[meeting.pk])) == []
    for name, given in (("meetings", [branch.organisation_id]), ("all_meetings", [])):
        assert looked_at(visitor, reverse(name, args=given)) == [], name


def test_a_panellist_rates_on_a_phone(visitor: Visitor, transactional_db: None) -> None:
    this = begun()
    for code in BRANCHES[:2]:
        filled(declaration_of(this, code))
    this, delegate = passed(this), Account.objects.create(username="delegate", name="周代表")
    panellist = panels.name_panellist(
        actor=None, now=NOW, round=this, unit=stage.unit("150422"), name="周代表", stands_for="企业", account=delegate,
        branches=[declaration_of(this, code) for code in BRANCHES[:2]], why="社会评价",
    )  # fmt: skip
    enter(visitor, delegate)
    form = reverse("rate", args=[panellist.pk])
    assert looked_at(visitor, form) == []
    visitor.page.set_viewport_size({"width": 360, "height": 800})
    page: Any = visitor.goto(form)
    expect(page.locator(".notice-warn")).to_contain_text("不是匿名的")
    for field in page.locator("main select").all():
        field.select_option("1")
    page.get_by_role("button", name="保存").first.click()
    expect(page.locator("main")).to_contain_text("还没有交")
    page.get_by_role("button", name="交评价").click()
    expect(page.locator("main")).to_contain_text("已交")
    enter(visitor, stage.mandated("150422", "banner_clerk"))
    for name, given in (("panels", [this.pk]), ("on_panel", [this.pk, "name"])):
        assert looked_at(visitor, reverse(name, args=given)) == [], name
