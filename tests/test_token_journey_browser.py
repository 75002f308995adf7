"""From an account to a counted ballot: a token is taken on the house's pages and cast on the other origin."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

import stage
from baolei.ballots import polling
from baolei.ballots.counted import settled_ballots
from baolei.ballots.models import Poll, Sealing
from baolei.ballots.urns import sealing_key
from baolei.organisations.models import Member, Membership
from baolei.people.models import Account
from baolei.urn.sealing import tallied
from baolei.urn.store import CAST, ISSUE, SEALED
from baolei.warehouse import tally_bundle
from conftest import Visitor
from round_stage import begun, declaration_of, filled, passed
from test_ballot_page_browser import STICKING_OUT, TOO_SMALL, answered, cast
from test_pages_browser import enter
from test_polls import on_paper, told
from test_shell_browser import barriers
from test_token_taking import OWN, link, poll_of, taken
from test_urn_journey_browser import verified
from urns import Running, Urn, a_host, an_urn

pytestmark = pytest.mark.browser

SHOTS = os.environ.get("BAOLEI_SHOTS", "")
PHONE = {"width": 360, "height": 640}
LEFT = """async () => [localStorage.length, sessionStorage.length,
    (await indexedDB.databases()).length, location.hash, document.referrer]"""


@dataclass
class House:
    """The running pages and the casting host beside them, about one branch with seven members who have accounts."""

    urn: Urn
    host: Running
    round: Any
    accounts: list[Account]

    @property
    def poll(self) -> Poll:
        return poll_of(self.round)

    def knows(self, phase: str) -> None:
        """Wait until the casting host knows of a phase: what it knows of a poll is some seconds old."""
        while self.host.asked("GET", f"/b/poll/{self.poll.number}")[1]["phase"] != phase:
            time.sleep(0.2)


@pytest.fixture
def house(
    transactional_db: None, live_server: Any, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    with an_urn(tmp_path / "home") as urn, a_host(urn) as host:
        settings.BAOLEI_HOME, settings.BAOLEI_RESULTS = urn.environ["BAOLEI_HOME"], str(tmp_path / "results")
        monkeypatch.setenv("BAOLEI_URN_URL", urn.environ["BAOLEI_URN_URL"])
        monkeypatch.setenv("BAOLEI_URN_ORIGIN", f"http://localhost:{host.port}")
        this = begun()
        mine, clerk = declaration_of(this, OWN), stage.mandated("150422103", "township_clerk")
        accounts = []
        for number in range(7):
            member = Member.objects.create(name=f"党员{number}")
            Membership.objects.create(member=member, organisation=mine.organisation, kind="full", since=stage.YEAR_END)
            accounts.append(Account.objects.create(username=f"member-{number}", name=member.name))
            link(clerk, this, number, f"member-{number}")
        filled(mine)
        this = passed(this)
        polling.set_up(**told(round=this, sources=("mem",), revote=True, tokens=True, house=live_server.url))
        yield House(urn, host, this, accounts)


@pytest.fixture
def voter(page: Page, house: House, live_server: Any) -> Iterator[Visitor]:
    """A member with a phone; the pages ask nobody but the house and the casting host."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    someone = Visitor(page, live_server.url)
    enter(someone, house.accounts[0])
    yield someone
    own = f"http://localhost:{house.host.port}/b/"
    assert [one for one in someone.complaints if own not in one] == []


def look(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/token-{name}-{page.viewport_size['width']}.png", full_page=True)
    assert barriers(page) == [], name
    assert page.evaluate(STICKING_OUT) == [], name


def look_on_the_ballot_page(page: Page, name: str) -> None:
    look(page, name)
    assert page.evaluate(TOO_SMALL) == [], name


def taken_on(page: Page, house: House, visitor: Visitor) -> None:
    """From My ballots to a token on this phone, as a person goes."""
    visitor.goto(reverse("my_ballots"))
    look(page, "mine")
    fingerprint = page.locator("code").inner_text()
    page.get_by_role("link", name="领电子票").click()
    expect(page.get_by_role("heading", name="领一张电子票")).to_be_visible(timeout=20_000)
    assert page.locator("#take-print").inner_text() == fingerprint
    look_on_the_ballot_page(page, "take")
    page.get_by_role("button", name="领票").click()
    page.wait_for_url(re.compile("/ballots/take/"))
    assert page.locator("code").inner_text() == fingerprint
    assert page.url.endswith(f"/ballots/take/{house.poll.number}/"), "the blinded token is taken off the address"
    look(page, "sign")
    page.get_by_role("button", name="请签名").click()
    expect(page.get_by_role("heading", name="电子票在这部手机上")).to_be_visible()
    assert page.evaluate(LEFT) == [0, 0, 1, "", ""]


def test_a_token_is_taken_cast_found_sealed_and_counted(house: House, voter: Visitor, tmp_path: Path) -> None:
    page = voter.page
    slips = on_paper(house.round)
    house.knows(ISSUE)
    taken_on(page, house, voter)
    look_on_the_ballot_page(page, "held")
    page.get_by_role("link", name="回到“我的投票”").click()
    expect(page.get_by_role("link", name="票在这部手机上吗")).to_be_visible()
    for account in house.accounts[1:5]:
        taken(account, house.poll)
    polling.begin(**told(round=house.round))
    house.knows(CAST)

    voter.goto(reverse("my_ballots"))
    page.get_by_role("link", name="投票", exact=True).click()
    expect(page.locator("fieldset")).to_have_count(5)
    answered(page, "11112")
    first = cast(page)
    look_on_the_ballot_page(page, "done")
    expect(page.locator("#slip-after")).to_be_hidden()
    assert page.evaluate(LEFT)[2] == 1, "the token stays, since a ballot may be cast anew"
    voter.goto(reverse("my_ballots"))
    page.get_by_role("link", name="投票", exact=True).click()
    answered(page, "22222")
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="投进票箱").click()
    page.get_by_role("button", name="换成新填的").click()
    expect(page.get_by_role("heading", name="选票已在票箱里")).to_be_visible()
    receipt = page.locator("#receipt").inner_text()
    assert receipt != first
    assert house.urn.store.counts([house.poll.key])[house.poll.key].cast == 1
    voter.forgive("409")

    polling.end(**told(round=house.round))
    poll = house.poll
    assert (Sealing.objects.get().state, poll.phase, poll.ballots) == (Sealing.DONE, SEALED, ["22222"])
    assert [answers for *_, answers in settled_ballots(house.round)] == ["22222"]
    sealed = house.urn.store.sealed(poll.key)
    assert sealed
    tally = tallied(sealed)
    assert (tally.head["issued"], tally.head["cast"]) == (len(slips) + 5, 1)
    checked = verified(tmp_path, tally_bundle.auditors(tally, sealing_key()), "--receipt", receipt)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    house.knows(SEALED)
    page.goto(f"http://localhost:{house.host.port}/b/#{poll.number}")
    expect(page.locator("#stop-head")).to_contain_text("投票已经结束")
    expect(page.locator("#stop-head")).to_be_visible()
    assert page.evaluate(LEFT)[2] == 0, "a token of a vote that is over is deleted"


def test_an_answer_that_was_lost_is_asked_for_again_and_another_phone_is_told(
    house: House, voter: Visitor, browser: Any
) -> None:
    page = voter.page
    on_paper(house.round)
    house.knows(ISSUE)
    voter.goto(reverse("my_ballots"))
    page.get_by_role("link", name="领电子票").click()
    page.get_by_role("button", name="领票").click()
    page.wait_for_url(re.compile("/ballots/take/"))
    page.route("**/b/", lambda route: route.abort())
    page.get_by_role("button", name="请签名").click()
    while house.poll.taken == 0:
        page.wait_for_timeout(100)
    page.unroute("**/b/")
    voter.goto(reverse("my_ballots"))
    page.get_by_role("link", name="票在这部手机上吗").click()
    expect(page.locator("#take-begun")).to_be_visible()
    look_on_the_ballot_page(page, "begun")
    page.get_by_role("button", name="领票").click()
    page.get_by_role("button", name="请签名").click()
    expect(page.get_by_role("heading", name="电子票在这部手机上")).to_be_visible()
    assert house.poll.taken == 1

    other = Visitor(browser.new_page(locale="zh-CN", viewport=PHONE), voter.address)
    enter(other, house.accounts[0])
    other.goto(reverse("my_ballots"))
    other.page.get_by_role("link", name="票在这部手机上吗").click()
    other.page.get_by_role("button", name="领票").click()
    other.page.get_by_role("button", name="请签名").click()
    expect(other.page.get_by_role("alert")).to_contain_text("已经领过")
    look(other.page, "taken-already")
    other.page.close()


def test_tokens_that_do_not_count_are_said_not_to(house: House, voter: Visitor) -> None:
    page = voter.page
    on_paper(house.round)
    house.knows(ISSUE)
    taken_on(page, house, voter)
    polling.begin(**told(round=house.round))
    house.knows(CAST)
    voter.goto(reverse("my_ballots"))
    expect(page.locator("main")).to_contain_text("请去抽一张纸票")
    look(page, "few")
    page.goto(f"http://localhost:{house.host.port}/b/#{house.poll.number}")
    expect(page.locator("#stop-head")).to_contain_text("这次的电子票不算数")
    assert page.evaluate(LEFT)[2] == 0


def test_what_was_signed_for_another_phone_is_no_token_here(house: House, voter: Visitor) -> None:
    page = voter.page
    on_paper(house.round)
    house.knows(ISSUE)
    voter.goto(reverse("my_ballots"))
    page.goto(f"http://localhost:{house.host.port}/b/#signed.{house.poll.number}.{'A' * 342}")
    # The host may know of the key some seconds after it was made; the page then waits and asks once more.
    expect(page.locator("#stop-head")).to_contain_text("没有领成", timeout=20_000)
    page.goto("about:blank")
    page.goto(f"{voter.address}/ballots/take/{house.poll.number}/")
    expect(page.get_by_role("button", name="请签名")).to_be_hidden()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_list_of_members_with_an_account_is_open_to_everybody(house: House, visitor: Visitor, width: int) -> None:
    on_paper(house.round)
    taken(house.accounts[0], house.poll)
    enter(visitor, Account.objects.get(username="township_clerk-150422103"))
    visitor.page.set_viewport_size({"width": width, "height": 800})
    branch = house.poll.declaration.organisation_id
    for name, address in {
        "electors": reverse("electors", args=[branch]), "polls": reverse("polls", args=[house.round.pk]),
        "unlink": reverse("act_on_elector", args=[branch, Member.objects.get(name="党员0").pk, "unlink"]),
    }.items():  # fmt: skip
        look(visitor.goto(address), name)
