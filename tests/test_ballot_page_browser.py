"""The ballot page in a real browser: a slip from its code to its receipt, on good and bad lines, on phone and desk."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from ballot_host import NUMBER, PAGE, POLL, QUESTIONS, Urn, running_urn
from baolei.programme.ballot.ballot import SLIP, base32, grouped, receipt, secret_of, slip_hash
from conftest import Visitor
from test_shell_browser import barriers
from test_shell_plainness import NEWER_SCRIPTS, NEWER_STYLES

pytestmark = pytest.mark.browser

SHOTS = os.environ.get("BAOLEI_SHOTS", "")
PHONE, DESK = {"width": 360, "height": 640}, {"width": 1280, "height": 800}
STICKING_OUT = """() => [...document.querySelectorAll("body *")]
    .filter((one) => one.getClientRects().length && one.getBoundingClientRect().right > innerWidth + 1)
    .map((one) => one.outerHTML.slice(0, 120))"""
TOO_SMALL = """() => {
    const seen = (one) => one.getClientRects().length && getComputedStyle(one).visibility === "visible";
    const words = [...document.querySelectorAll("body *")].filter((one) => seen(one) &&
        [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) &&
        parseFloat(getComputedStyle(one).fontSize) < 18);
    const targets = [...document.querySelectorAll("button, textarea, summary, .grade, input:not([type=radio])")].filter(
        (one) => seen(one) && one.getBoundingClientRect().height < 47.9);
    return [...words, ...targets].map((one) => one.outerHTML.slice(0, 120));
}"""
KEPT = """async () => [localStorage.length, sessionStorage.length, document.cookie, JSON.stringify(history.state),
    window.indexedDB && indexedDB.databases ? (await indexedDB.databases()).length : 0]"""


@pytest.fixture
def urn() -> Iterator[Urn]:
    with running_urn() as one:
        yield one


@pytest.fixture
def voter(page: Page, urn: Urn) -> Iterator[Visitor]:
    """Somebody with a phone; the test fails when the browser complained of anything."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    someone = Visitor(page, urn.address)
    yield someone
    assert someone.complaints == []


def scanned(urn: Urn, which: int) -> str:
    """The path of a slip's QR code."""
    return f"/b/#{POLL.hex()}.{base32(urn.secrets[which])}"


def opened(voter: Visitor, urn: Urn, which: int = 0) -> Page:
    page: Page = voter.goto(scanned(urn, which))
    expect(page.locator("fieldset")).to_have_count(len(QUESTIONS))
    return page


def answered(page: Page, answers: str) -> None:
    """Answer as a line of a pile says; what is left blank there is not touched."""
    for place, sign in enumerate(answers):
        if sign != "-":
            page.locator(f"input[name=q{place}][value='{sign}']").check()


def cast(page: Page) -> str:
    """From the form into the urn; the receipt."""
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="投进票箱").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("选票已在票箱里Your ballot is in the urn")
    return page.locator("#receipt").inner_text()


def cast_and_held(page: Page, urn: Urn, which: int = 0) -> str:
    """Cast, hold the receipt against the urn's; the answers that the urn has, and the comment after them."""
    said = cast(page)
    answers, comment, its = held(urn, which)
    assert said == its
    return answers + comment


def held(urn: Urn, which: int) -> tuple[str, str, str]:
    """What the urn holds of a slip: answers, comment, receipt."""
    ballot, leaf = urn.ballots[slip_hash(POLL, urn.secrets[which])]
    assert (ballot.kind, ballot.poll) == (SLIP, POLL)
    return ballot.answers, ballot.comment, receipt(leaf)


# ---- from a code to a receipt ----


def test_a_scanned_slip_is_cast_and_its_receipt_is_the_urns(voter: Visitor, urn: Urn) -> None:
    page = opened(voter, urn)
    assert page.url == f"{urn.address}/b/"
    expect(page.locator("#branch")).to_contain_text("东方红村党支部")
    answered(page, "12-04")
    page.get_by_label("还有什么想说的").fill("  少念文件，多办实事。\n\x07谢谢 ")
    assert cast_and_held(page, urn) == "12-04少念文件，多办实事。\n谢谢"
    assert len(urn.ballots) == len(urn.bodies) == 1


def test_the_code_never_reaches_the_host_before_it_is_cast(voter: Visitor, urn: Urn) -> None:
    opened(voter, urn)
    assert not [one for one in urn.asked if base32(urn.secrets[0])[:8] in one]


def test_a_typed_code_is_the_same_slip(voter: Visitor, urn: Urn) -> None:
    page = voter.goto("/b/")
    page.get_by_label("投票编号").fill("２０４ 771-35o")
    page.get_by_role("textbox", name="编码", exact=True).fill(urn.code(3).upper().replace("-", " "))
    expect(page.locator("#groups .whole")).to_have_count(8)
    page.get_by_role("button", name="打开选票").click()
    answered(page, "11111")
    assert cast_and_held(page, urn, 3) == "11111"


def test_codes_are_read_as_the_rules_read_them(voter: Visitor, urn: Urn) -> None:
    page = voter.goto("/b/")
    code = "abgl-o2b7-lobg-aaaa-zzzz-2345-67ab-cdef"
    for typed in (code, code.upper(), code.replace("-", ""), code.replace("-", " — "), "８6gl" + code[4:] + "\n",
                  "ａｂ９１-０２8７" + code[9:], code.replace("-", "·"), code.replace("-", "_ .\t")):  # fmt: skip
        page.locator("#code").fill(typed)
        assert "-".join(page.locator("#groups li").all_inner_texts()) == grouped(base32(secret_of(typed)))


def test_the_whole_address_of_a_slip_may_be_pasted(voter: Visitor, urn: Urn) -> None:
    page = voter.goto("/b/")
    page.locator("#code").fill(urn.address + scanned(urn, 2))
    page.get_by_role("button", name="打开选票").click()
    answered(page, "1----")
    assert cast_and_held(page, urn, 2) == "1----"


def test_an_address_with_the_number_asks_for_the_code_only(voter: Visitor, urn: Urn) -> None:
    page = voter.goto(f"/b/{NUMBER}")
    expect(page.get_by_label("投票编号")).to_be_hidden()
    expect(page.locator("#known-number")).to_have_text("204 771 350")
    page.locator("#code").fill(urn.code(0))
    page.locator("#code").press("Enter")
    expect(page.locator("fieldset")).to_have_count(len(QUESTIONS))


def test_what_is_no_code_is_said_at_once(voter: Visitor, urn: Urn) -> None:
    page = voter.goto("/b/")
    page.get_by_label("投票编号").fill(NUMBER)
    page.locator("#code").fill(urn.code(0)[:-1] + "!")
    expect(page.locator("#code-count")).to_contain_text("编码里没有“!”")
    page.get_by_role("button", name="打开选票").click()
    expect(page.locator("#enter-wrong")).to_be_focused()
    expect(page.locator("#enter-wrong")).to_contain_text("八组、每组四位")
    assert [one for one in urn.asked if "poll" in one] == []


def test_a_number_of_no_vote_is_asked_again(voter: Visitor, urn: Urn) -> None:
    page = voter.goto(f"/b/#{'0' * 32}.{base32(urn.secrets[0])}")
    expect(page.locator("#enter-wrong")).to_contain_text("没有这个编号的投票")
    expect(page.get_by_label("投票编号")).to_be_visible()
    voter.forgive("404")


def test_a_code_that_the_urn_does_not_know_costs_no_answers(voter: Visitor, urn: Urn) -> None:
    page = voter.goto(f"/b/#{POLL.hex()}.{'a' * 32}")
    answered(page, "43210")
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="投进票箱").click()
    expect(page.locator("#enter-wrong")).to_contain_text("没有这张票")
    voter.forgive("422")
    page.locator("#code").fill(urn.code(5))
    page.get_by_role("button", name="打开选票").click()
    page.get_by_role("button", name="投进票箱").click()
    expect(page.locator("#receipt")).to_have_text(re.compile(r"(\w{4}-){3}\w{4}"))
    assert held(urn, 5)[0] == "43210"


# ---- the form and the look ----


def test_what_is_not_answered_is_counted_and_can_be_changed(voter: Visitor, urn: Urn) -> None:
    page = opened(voter, urn)
    expect(page.locator("#count")).to_contain_text("已答0题，共5题")
    answered(page, "1-2-0")
    expect(page.locator("#count")).to_contain_text("已答3题，共5题")
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_role("heading", name="投之前看一遍")).to_be_focused()
    expect(page.locator("#unanswered")).to_contain_text("还有2题没有回答")
    expect(page.locator("#answers .said .zh")).to_have_text(["好", "没有回答", "较好", "没有回答", "不了解"])
    page.locator("#change-1").click()
    expect(page.locator("input[name=q1]").first).to_be_focused()
    page.keyboard.press("Space")
    page.locator("fieldset").nth(2).get_by_role("button", name="清除").click()
    page.get_by_role("button", name="下一步").click()
    expect(page.locator("#answers .said .zh")).to_have_text(["好", "好", "没有回答", "没有回答", "不了解"])
    page.get_by_role("button", name="投进票箱").click()
    expect(page.locator("#receipt")).to_be_visible()
    assert held(urn, 0)[0] == "11--0"


def test_a_ballot_without_any_answer_cannot_be_cast(voter: Visitor, urn: Urn) -> None:
    page = opened(voter, urn)
    page.get_by_role("button", name="下一步").click()
    expect(page.locator("#unanswered")).to_contain_text("至少回答一题")
    expect(page.locator("#cast")).to_be_hidden()


def test_the_phones_own_button_leads_back_to_the_form(voter: Visitor, urn: Urn) -> None:
    page = opened(voter, urn)
    answered(page, "11111")
    page.get_by_role("button", name="下一步").click()
    page.go_back()
    expect(page.locator("#name")).to_be_focused()
    assert held_in_form(page) == "11111"


def held_in_form(page: Page) -> str:
    return "".join(page.locator("input:checked").evaluate_all("(all) => all.map((one) => one.value)"))


def test_leaving_with_answers_asks_first(voter: Visitor, urn: Urn) -> None:
    page = opened(voter, urn)
    answered(page, "1")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.close(run_before_unload=True)
    page.wait_for_event("close") if not page.is_closed() else None
    assert asked == ["beforeunload"]


def test_without_a_comment_asked_there_is_no_box(voter: Visitor, urn: Urn) -> None:
    urn.comments = False
    page = opened(voter, urn)
    expect(page.locator("#comment")).to_have_count(0)
    answered(page, "22222")
    assert cast_and_held(page, urn) == "22222"


# ---- bad lines ----


def test_on_a_slow_line_a_lost_reply_is_asked_for_again(voter: Visitor, urn: Urn) -> None:
    urn.delay, urn.lose = 0.6, 1
    page = opened(voter, urn)
    answered(page, "12340")
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="投进票箱").click()
    expect(page.locator("#sending-state")).to_contain_text("还没有收到回音，不知道进没进票箱")
    expect(page.locator("#receipt")).to_have_text(held(urn, 0)[2], timeout=15_000)
    assert len(urn.bodies) == 2
    assert urn.bodies[0] == urn.bodies[1]
    assert len(urn.ballots) == 1
    voter.forgive("ERR_CONTENT_LENGTH_MISMATCH")


def test_without_a_network_nothing_is_said_to_be_sent(voter: Visitor, urn: Urn) -> None:
    page = opened(voter, urn)
    answered(page, "33333")
    page.get_by_role("button", name="下一步").click()
    page.context.set_offline(True)
    page.get_by_role("button", name="投进票箱").click()
    expect(page.locator("#sending-state")).to_contain_text("还没有送出：手机没有网络")
    assert urn.bodies == []
    page.context.set_offline(False)
    expect(page.locator("#receipt")).to_have_text(re.compile("-"))
    voter.forgive("ERR_INTERNET_DISCONNECTED")
    assert held(urn, 0)[0] == "33333"


def test_a_host_that_is_busy_is_asked_again(voter: Visitor, urn: Urn) -> None:
    urn.busy = 2
    page = opened(voter, urn)
    answered(page, "44444")
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="投进票箱").click()
    page.get_by_role("button", name="现在再送").click()
    expect(page.locator("#receipt")).to_have_text(re.compile("-"), timeout=15_000)
    voter.forgive("503")


def test_a_poll_that_does_not_load_is_asked_for_again(voter: Visitor, urn: Urn) -> None:
    page = voter.goto(f"/b/{NUMBER}")
    page.context.set_offline(True)
    page.locator("#code").fill(urn.code(0))
    page.get_by_role("button", name="打开选票").click()
    expect(page.locator("#wait-state")).to_contain_text("线路不通")
    page.context.set_offline(False)
    expect(page.locator("fieldset")).to_have_count(len(QUESTIONS))
    voter.forgive("ERR_INTERNET_DISCONNECTED")


# ---- phases, used slips ----


@pytest.mark.parametrize(
    ("phase", "said"), [("issue", "投票还没有开始"), ("closed", "投票已经结束"), ("published", "投票已经结束")]
)
def test_outside_its_days_a_poll_takes_nothing(voter: Visitor, urn: Urn, phase: str, said: str) -> None:
    urn.phase = phase
    page = voter.goto(scanned(urn, 0))
    expect(page.locator("#stop-head")).to_contain_text(said)
    expect(page.locator("fieldset")).to_have_count(0)


def test_a_poll_that_closes_meanwhile_says_so(voter: Visitor, urn: Urn) -> None:
    page = opened(voter, urn)
    answered(page, "11111")
    urn.phase = "closed"
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="投进票箱").click()
    expect(page.locator("#stop-words")).to_contain_text("投票已经结束")
    assert urn.ballots == {}
    voter.forgive("410")


def test_a_used_slip_casts_no_other_ballot(voter: Visitor, urn: Urn) -> None:
    page = opened(voter, urn)
    answered(page, "11111")
    first = cast(page)
    page = opened_anew(voter, urn)
    answered(page, "11111")
    assert cast(page) == first
    page = opened_anew(voter, urn)
    answered(page, "11112")
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="投进票箱").click()
    expect(page.locator("#stop-words")).to_contain_text("这张票已经投过")
    assert held(urn, 0) == ("11111", "", first)
    voter.forgive("409")


def opened_anew(voter: Visitor, urn: Urn) -> Page:
    """The same slip scanned once more, in the same window: only what stands after the # differs."""
    voter.page.evaluate("(hash) => { location.hash = hash; }", scanned(urn, 0).partition("#")[2])
    expect(voter.page.locator("fieldset")).to_have_count(len(QUESTIONS))
    return voter.page


def test_where_it_is_allowed_the_last_ballot_of_a_slip_counts(voter: Visitor, urn: Urn) -> None:
    urn.revote = True
    for answers in ("11111", "22222", "33333"):
        page = opened(voter, urn) if answers == "11111" else opened_anew(voter, urn)
        answered(page, answers)
        page.get_by_role("button", name="下一步").click()
        page.get_by_role("button", name="投进票箱").click()
        if answers != "11111":
            page.get_by_role("button", name="换成新填的").click()
        expect(page.locator("#receipt")).to_be_visible()
    assert held(urn, 0) == ("33333", "", page.locator("#receipt").inner_text())
    voter.forgive("409")


# ---- receipts ----


def test_a_receipt_is_found_and_another_is_not(voter: Visitor, urn: Urn) -> None:
    page = opened(voter, urn)
    answered(page, "11111")
    mine = cast(page)
    page.locator("#receipt-link").click()
    expect(page.locator("#found")).to_contain_text("票箱里有这个回执号的选票")
    assert page.url == f"{urn.address}/b/receipt.html"
    page.get_by_label("回执号").fill("aaaa bbbb cccc dddd")
    page.get_by_role("button", name="查一查").click()
    expect(page.locator("#found")).to_contain_text("没有查到")
    page.get_by_label("投票编号").fill(" 204 771 350 ")
    page.get_by_label("回执号").fill(mine.upper().replace("-", ""))
    page.get_by_role("button", name="查一查").click()
    expect(page.locator("#found")).to_contain_text("票箱里有这个回执号的选票")
    page.get_by_label("回执号").fill(mine[:-1])
    page.get_by_role("button", name="查一查").click()
    expect(page.locator("#found")).to_contain_text("两个号要写全")


# ---- what must not be left behind ----


def test_nothing_is_left_in_the_page_or_the_browser(voter: Visitor, urn: Urn) -> None:
    page = opened(voter, urn)
    answered(page, "12340")
    page.get_by_label("还有什么想说的").fill("看得出是谁的话")
    assert page.evaluate(KEPT) == [0, 0, "", "null", 0]
    cast(page)
    left = page.evaluate("document.documentElement.outerHTML") + page.evaluate(
        "JSON.stringify([...document.querySelectorAll('input, textarea')].map((one) => [one.value, one.checked]))"
    )
    assert "看得出是谁的话" not in left
    assert base32(urn.secrets[0])[:8] not in left.replace("-", "")
    assert page.locator("input:checked, fieldset").count() == 0
    assert page.evaluate(KEPT)[:3] == [0, 0, ""]
    assert page.evaluate(KEPT)[4] == 0
    page.goto("about:blank")
    page.go_back()
    expect(page.get_by_role("heading", name="输入票上的编码")).to_be_visible()
    assert "看得出是谁的话" not in page.content()


def test_on_a_shared_tablet_the_next_person_finds_a_clean_page(voter: Visitor, urn: Urn) -> None:
    page = voter.goto(f"/b/{NUMBER}")
    for which, answers in ((0, "11111"), (1, "22222")):
        page.locator("#code").fill(urn.code(which))
        page.get_by_role("button", name="打开选票").click()
        expect(page.locator("input:checked")).to_have_count(0)
        answered(page, answers)
        assert cast_and_held(page, urn, which) == answers
        page.get_by_role("button", name="换下一个人").click()
        expect(page.get_by_role("heading", name="输入票上的编码")).to_be_focused()
        assert page.locator("#code").input_value() == ""
        assert page.locator("#receipt").text_content() == ""


def test_without_cryptography_a_slip_is_cast_and_a_token_is_told_why_not(page: Page, urn: Urn) -> None:
    urn.address = urn.address.replace("127.0.0.1", "0.0.0.0")
    someone = Visitor(page, urn.address)
    opened(someone, urn)
    assert page.evaluate("[isSecureContext, typeof crypto.subtle]") == [False, "undefined"]
    answered(page, "11111")
    assert cast_and_held(page, urn) == "11111"
    urn.key = "0" * 64
    page.goto("about:blank")
    someone.goto(f"/b/#{POLL.hex()}")
    expect(page.locator("#stop-words")).to_contain_text("不是 https 开头")
    page.get_by_role("button", name="用另一张票").click()
    expect(page.locator("#code")).to_be_visible()
    assert someone.complaints == []


# ---- everybody can use it ----


def test_in_english_everything_is_english_but_names(browser: Browser, urn: Urn) -> None:
    page = browser.new_page(locale="en-GB", viewport=PHONE)  # type: ignore[arg-type]
    voter = Visitor(page, urn.address)
    opened(voter, urn)
    chinese = re.compile("[一-鿿]")
    seen = page.locator("main").inner_text().replace(urn.poll()["branch"], "")
    assert chinese.findall(seen) == []
    answered(page, "11111")
    page.get_by_role("button", name="Next: look through").click()
    assert chinese.findall(page.locator("main").inner_text()) == []
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", name="投之前看一遍")).to_be_visible()
    assert page.evaluate("[document.documentElement.lang, document.title]") == ["zh-Hans", "投之前看一遍"]
    page.get_by_role("button", name="English").click()
    page.get_by_role("button", name="Put it in the urn").click()
    expect(page.get_by_role("heading", name="Your ballot is in the urn")).to_be_focused()
    assert chinese.findall(page.locator("main").inner_text()) == []
    assert voter.complaints == []
    page.close()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_step_is_open_to_everybody(voter: Visitor, urn: Urn, size: dict[str, int]) -> None:
    page = voter.page
    page.set_viewport_size(size)
    urn.revote = True
    voter.goto("/b/#about")
    page.get_by_role("button", name="打开选票").click()
    look(page, "enter")
    page.goto("about:blank")
    opened(voter, urn)
    answered(page, "1-0")
    look(page, "form")
    page.get_by_role("button", name="下一步").click()
    look(page, "review")
    page.context.set_offline(True)
    page.get_by_role("button", name="投进票箱").click()
    expect(page.get_by_role("button", name="现在再送")).to_be_visible()
    look(page, "sending")
    page.context.set_offline(False)
    expect(page.locator("#receipt")).to_have_text(re.compile("-"))
    look(page, "done")
    voter.forgive("ERR_INTERNET_DISCONNECTED")
    page.locator("#receipt-link").click()
    expect(page.locator("#found")).to_contain_text("票箱里有")
    look(page, "receipt")
    urn.phase = "closed"
    voter.goto(scanned(urn, 1))
    expect(page.locator("#stop-head")).to_be_visible()
    look(page, "stop")


def look(page: Page, name: str) -> None:
    """A page has nothing that keeps people out, nothing beside its edge, nothing small."""
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/ballot-{name}-{page.viewport_size['width']}.png", full_page=True)
    assert barriers(page) == [], name
    assert page.evaluate(STICKING_OUT) == [], name
    assert page.evaluate(TOO_SMALL) == [], name


def test_a_question_is_read_aloud_with_its_grades(voter: Visitor, urn: Urn) -> None:
    page = opened(voter, urn)
    group: Any = page.get_by_role("group", name=re.compile("上级的要求"))
    spoken = group.aria_snapshot()
    for grade in ("好", "较好", "一般", "差", "不了解"):
        assert f'radio "{grade}"' in spoken
    assert "Good" not in spoken


# ---- the files ----


def test_the_page_is_light_and_asks_for_nothing_else(voter: Visitor, urn: Urn) -> None:
    opened(voter, urn)
    assert sum(file.stat().st_size for file in PAGE.iterdir() if file.is_file()) < 100_000
    loaded = {one for one in urn.asked if "/b/poll/" not in one}
    assert loaded == {"/b/", "/b/ballot.css", "/b/ballot.js"}


def test_its_files_hold_on_old_browsers_and_under_a_strict_policy() -> None:
    for file in sorted(PAGE.glob("*.html")):
        text = file.read_text(encoding="utf-8")
        assert not re.search(
            r"\sstyle\s*=|<style\b|\son[a-z]+\s*=\s*[\"']|javascript:|(?:src|href)=\"(?:https?:)?//", text
        )
    assert re.findall(NEWER_STYLES, (PAGE / "ballot.css").read_text(encoding="utf-8")) == []
    scripts = "".join((PAGE / f"{name}.js").read_text(encoding="utf-8") for name in ("ballot", "token"))
    script = re.sub(r"/\*.*?\*/", "", scripts, flags=re.DOTALL)
    newer = (
        NEWER_SCRIPTS + r"|\?\.|\?\?|\|\|=|&&=|replaceAll|replaceChildren|serviceWorker|\beval\b|new Function|Storage\b"
    )
    assert re.findall(newer, script) == []


def test_a_ballot_is_sent_with_its_fields_and_no_others(voter: Visitor, urn: Urn) -> None:
    page = opened(voter, urn)
    answered(page, "10")
    cast(page)
    sent = {"poll": POLL.hex(), "slip": base32(urn.secrets[0]), "rev": 0, "answers": "10---", "comment": ""}
    assert json.loads(urn.bodies[0]) == sent
