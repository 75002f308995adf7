"""A secretary on a phone: what was made public and what became of a decision, in few taps; a task from both sides."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

import affairs_stage as place
import stage
from baolei.life import set_tasks
from baolei.life.affairs_models import Announcement, BranchTask, Matter, Resolution
from baolei.life.models import Gathering
from baolei.organisations.models import OrganisationState
from baolei.people.models import Account, InTree, Mandate
from conftest import Visitor
from test_pages_browser import sticking_out
from test_shell_browser import barriers

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.django_db(transaction=True)]
PASSWORD = "Cuckoo-17-steppe"  # of invented people


@pytest.fixture
def branch() -> OrganisationState:
    state = place.branch()
    OrganisationState.objects.filter(pk=state.pk).update(name="东方红村党支部")
    return state


@pytest.fixture
def meeting(branch: OrganisationState) -> Gathering:
    return place.met(branch, timezone.localdate() - timedelta(days=5), "修通到北沟的路")


def logged_in(visitor: Visitor, name: str, role: str, tree: InTree, path: str) -> Page:
    """Somebody with a mandate on a phone."""
    account = Account.objects.create_user(username=name, password=PASSWORD, name=name)
    Mandate.objects.create(account=account, role=role, tree=tree, path=path, title=name, since=stage.LONG_AGO,
                           approved_at=datetime(2023, 1, 1, tzinfo=UTC))  # fmt: skip
    visitor.page.set_viewport_size({"width": 360, "height": 640})
    page = visitor.goto("/account/login/")
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    return page


@pytest.fixture
def phone(visitor: Visitor, branch: OrganisationState, meeting: Gathering) -> Page:
    """The secretary, at the page of the branch."""
    logged_in(visitor, "书记", "branch_secretary", InTree.PARTY, branch.path)
    return visitor.goto(reverse("organisation", args=[branch.organisation_id]))


class Taps:
    """Counts what is tapped or chosen."""

    def __init__(self, page: Page) -> None:
        self.page, self.number = page, 0

    def tap(self, role: str, name: str) -> None:
        """Tap the first thing of this name."""
        self.page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]  # a role
        self.number += 1


def fine(page: Page) -> None:
    """Open to everybody, and nothing sticks out."""
    assert barriers(page) == []
    assert sticking_out(page) == []


def test_an_announcement_takes_two_taps_from_the_page_of_the_branch(phone: Page, branch: OrganisationState) -> None:
    page = phone
    taps = Taps(page)
    taps.tap("link", "议事与公开")
    fine(page)
    taps.tap("button", "今天已公开")
    expect(page.locator(".notice")).to_contain_text("已记录")
    assert taps.number <= 4
    assert Announcement.objects.get().kind == "party"
    expect(page.get_by_role("button", name="今天已公开")).to_have_count(2)


def test_a_decision_is_kept_carried_out_and_reported_in_four_taps_each(phone: Page, meeting: Gathering) -> None:
    page = phone
    page.goto(page.url.split("/organisation/")[0] + reverse("gathering", args=[meeting.pk]))
    fine(page)
    keeps = Taps(page)
    keeps.tap("button", "列为决议")
    expect(page.locator(".notice")).to_contain_text("已列为决议")
    assert keeps.number == 1
    one = Resolution.objects.get()
    assert (one.words, one.who, one.due) == ("修通到北沟的路", "secretary", meeting.on + timedelta(days=90))
    place.met(OrganisationState.objects.get(organisation=one.organisation_id), timezone.localdate())
    page.get_by_role("link", name="全部议事与公开").click()
    fine(page)
    done = Taps(page)
    done.tap("link", "已落实")
    fine(page)
    page.get_by_label("在哪次党员大会上说明").select_option(index=1)
    done.number += 1
    done.tap("button", "已落实")
    expect(page.locator(".stands-told")).to_have_text("已落实并说明")
    assert done.number <= 4
    one.refresh_from_db()
    assert one.told is not None


def test_a_matter_goes_step_by_step_with_the_meetings_on_record(phone: Page, branch: OrganisationState) -> None:
    page = phone
    today = timezone.localdate()
    place.met(branch, today - timedelta(days=9), form="committee_meeting")
    page.get_by_role("link", name="议事与公开").click()
    page.get_by_role("link", name="提出重大事项").click()
    fine(page)
    page.get_by_label("要决定什么事").fill("修建饮水工程")
    page.get_by_label("在哪一次会议上提议").select_option(index=1)  # the committee's, before the members' of last week
    page.get_by_role("button", name="提出重大事项").click()
    page.get_by_role("link", name="修建饮水工程").click()
    fine(page)
    page.get_by_role("link", name="记录这一步").click()
    page.get_by_label("日期").fill((today - timedelta(days=8)).isoformat())
    page.get_by_role("button", name="记录这一步").click()
    page.get_by_role("link", name="记录这一步").click()
    fine(page)
    page.get_by_label("是哪一次会议").select_option(index=1)
    page.get_by_role("button", name="记录这一步").click()
    expect(page.locator(".step-kept")).to_have_count(3)
    assert Matter.objects.get().steps.count() == 3


def test_a_task_is_set_reported_and_confirmed(visitor: Visitor, branch: OrganisationState, meeting: Gathering) -> None:
    page = logged_in(visitor, "干事", "township_clerk", InTree.UNIT, stage.unit(place.TOWNSHIP).path)
    visitor.goto(reverse("set_tasks"))
    fine(page)
    page.get_by_role("link", name="交办任务", exact=True).click()
    fine(page)
    page.get_by_role("checkbox", name="东方红村党支部").check()
    page.get_by_label("办什么事").fill("报送冬季走访情况")
    page.get_by_label("依据文件").fill("碧党发〔2026〕9号")
    page.get_by_label("办结期限").fill((timezone.localdate() + timedelta(days=3)).isoformat())
    page.get_by_role("button", name="交办", exact=True).click()
    expect(page.locator(".notice")).to_contain_text("已向1个支部交办")
    task = BranchTask.objects.get()
    set_tasks.report(actor=place.secretary(), now=timezone.now(), task=task, on=timezone.localdate(), words="走访32户")
    page.get_by_role("link", name="报送冬季走访情况").click()
    fine(page)
    page.get_by_role("button", name="全部确认").click()
    expect(page.locator(".notice")).to_contain_text("已确认1件")
    task.refresh_from_db()
    assert task.confirmed is not None
    assert task.confirmed > date(2026, 1, 1)
