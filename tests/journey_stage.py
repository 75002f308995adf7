"""The stage of a whole round in the pages: two leagues, six branches, people of every level, a jumping clock."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext, override, pgettext
from playwright.sync_api import Locator, expect

import stage
from baolei.ballots.actions import enter_pile
from baolei.declarations import actions as declaring
from baolei.declarations.models import Declaration
from baolei.organisations.models import OrganisationState, UnitState
from baolei.people.models import Account, InTree, Mandate
from baolei.programme import declaration as rules
from baolei.programme.notice import OUTCOME_NAMES
from baolei.reviews import actions as reviewing
from baolei.reviews.doors import either, reviewers
from baolei.reviews.models import Step
from baolei.standards import actions as standards
from baolei.standards.models import OwnEdition
from baolei.warehouse.editions import texts_of
from baolei.warehouse.rulebook import notice as notice_rules
from conftest import Visitor
from round_stage import EDITION, filled
from test_pages_browser import sticking_out
from test_shell_browser import barriers

BEGIN = datetime(2026, 3, 2, 2, tzinfo=UTC)
PASSWORD = "Cuckoo-17-steppe"  # of invented people
SHOTS = os.environ.get("BAOLEI_SHOTS", "")
OWN, EQUAL, ALIKE, WEAK, VETOED, GONE = BRANCHES = (
    ("150422103216-001", "东方红村党支部"), ("150422103216-002", "前进村党支部"), ("150422103216-003", "团结村党支部"),
    ("150422103216-004", "南岗村党支部"), ("150502103216-001", "河西村党支部"), ("150502103216-002", "向阳村党支部"),
)  # fmt: skip
UNITS = {
    "15": "内蒙古自治区", "1504": "赤峰市", "150422": "巴林左旗", "150422103": "碧流台镇", "150422103216": "东方红村",
    "1502": "包头市", "1505": "通辽市", "150502": "科尔沁区", "150502103": "大林镇", "150502103216": "河西村",
}  # fmt: skip
CAST = {
    "哈斯": ("region_clerk", "15"), "布和": ("region_clerk", "15"), "托娅": ("reviewer", "15"),
    "青格勒": ("reviewer", "15"),
    "萨仁": ("league_clerk", "1504"), "白音": ("reviewer", "1504"), "海日": ("reviewer", "1504"),
    "孟和": ("banner_clerk", "150422"), "娜仁": ("reviewer", "150422"), "巴图": ("reviewer", "150422"),
    "斯琴": ("reviewer", "150422"), "那顺": ("inspector", "1504"),
    "哈达": ("inspector", "1504"), "胡日查": ("inspector", "1505"),
    "其其格": ("township_clerk", "150422103"), "苏日娜": ("reviewer", "150422103"), "乌兰": ("reviewer", "150422103"),
    "阿荣": ("township_clerk", "150502103"), "其木格": ("reviewer", "150502103"), "高娃": ("reviewer", "150502103"),
    "宝音": ("banner_clerk", "150502"), "朝鲁": ("reviewer", "150502"), "敖登": ("reviewer", "150502"),
    "苏德": ("league_clerk", "1505"), "朝克": ("reviewer", "1505"), "塔娜": ("reviewer", "1505"),
    "乌恩": ("reviewer", "1502"), "王秀英": ("branch_secretary", OWN[0]), "李国强": ("branch_secretary", ALIKE[0]),
    "包玉兰": ("branch_secretary", GONE[0]),
}  # fmt: skip
NARROW = 800  # below this the side bar is folded behind a button
LATIN = re.compile(r"[A-Za-z]{4,}")
NOT_CHINESE = re.compile(r"\b(XLSX|[a-z0-9]+(-[a-z0-9]+)+|[0-9a-f]{6,}|second(?=\|))\b")  # codes, digests, a formula


class Clock:
    """The time of the house: it goes on as time does, and jumps when told."""

    def __init__(self) -> None:
        self.at, self.since = BEGIN, time.monotonic()

    def now(self) -> datetime:
        """The present moment of the house."""
        return self.at + timedelta(seconds=time.monotonic() - self.since)

    def jump(self, days: int) -> None:
        """So many days on."""
        self.at += timedelta(days=days)


def furnish() -> str:
    """Units, branches, people; and an edition that caps its seats. Its code."""
    for code, name in UNITS.items():
        UnitState.objects.filter(pk=stage.unit(code).pk).update(name=name)
    for code, name in BRANCHES:
        OrganisationState.objects.filter(pk=stage.branch(code, home=code[:12]).pk).update(name=name)
    for name, (role, code) in CAST.items():
        own = role == "branch_secretary"
        account = Account.objects.create_user(username=name, password=PASSWORD, name=name)
        Mandate.objects.create(
            account=account, role=role, tree=InTree.PARTY if own else InTree.UNIT, title="任职", since=date(2026, 1, 1),
            path=(stage.branch(code) if own else stage.unit(code)).path, approved_at=datetime(2026, 1, 1, tzinfo=UTC),
        )  # fmt: skip
    files = texts_of(EDITION)
    files["edition.yaml"] = files["edition.yaml"].replace(f"code: {EDITION}", "code: seats-2026").replace(
        "\nleniency:", "\nseats: {share: 0.4, by: field}\nleniency:"
    )  # fmt: skip
    one, two = who("哈斯"), who("布和")
    draft = standards.import_edition(actor=one, now=BEGIN, files=files, why="部务会")
    made: OwnEdition = standards.publish(actor=two, now=BEGIN, draft=draft, version=draft.version, document="组通字5号",
                                         why="部务会")  # fmt: skip
    return made.code


def who(name: str) -> Account:
    """The account of somebody in the cast."""
    return Account.objects.get(name=name)


def of(branch: tuple[str, str]) -> Declaration:
    """What a branch declares in the round."""
    organisation = OrganisationState.objects.open().get(code=branch[0]).organisation_id
    found: Declaration = Declaration.objects.select_related("round").get(organisation=organisation)
    return found


def declares(branch: tuple[str, str], share: float = 1.0) -> None:
    """A branch that is not followed in the pages hands in."""
    declaring.answer(actor=None, now=BEGIN, declaration=of(branch), said=(), served=40)
    filled(of(branch), share=share)


def votes(branch: tuple[str, str], papers: dict[str, Sequence[str]], now: datetime) -> None:
    """Its ballots, entered twice."""
    for source, lines in papers.items():
        for name in ("哈斯", "布和"):
            enter_pile(actor=who(name), now=now, declaration=of(branch), source=source, text="\n".join(lines),
                       issued=len(lines), spoiled=0)  # fmt: skip


def through(branch: tuple[str, str], now: datetime) -> None:
    """A branch whose review is not followed passes every level."""
    while (mine := of(branch)).state == rules.FROZEN:
        step = Step.objects.filter(declaration=mine).order_by("-number")[0]
        body = reviewers(step, now.date(), either)
        judges = [one for one in body if one.mandates.filter(role="reviewer").exists()][:2]
        for one in judges:
            reviewing.opine(actor=one, now=now, step=step, verdict="pass", reasons={})
        clerk = next(one for one in body if one not in judges and one.mandates.exclude(role="reviewer").exists())
        reviewing.conclude(actor=clerk, now=now, step=step, verdict="pass", why="意见一致")


class Person:
    """Somebody in front of the pages, in a language: what a person sees is what is clicked."""

    def __init__(self, visitor: Visitor, language: str) -> None:
        self.visitor, self.page, self.language, self.seen = visitor, visitor.page, language, 0
        self.entered, self.wrong = False, list[str]()
        self.page.set_default_timeout(10_000)

    def say(self, words: str, context: str = "", **given: Any) -> str:
        """Words of the pages in this language."""
        with override(self.language):
            return (pgettext(context, words) if context else gettext(words)) % given if given else (
                pgettext(context, words) if context else gettext(words))  # fmt: skip

    def text(self, words: Any) -> str:
        """Words of the standard in this language."""
        said: str = words.say(self.language)
        return said

    def kind(self, code: str) -> str:
        """A kind of objection in this language."""
        return self.text(notice_rules().kinds[code].name)

    def outcome(self, code: str) -> str:
        """What an objection comes to, in this language."""
        return self.text(OUTCOME_NAMES[code])

    def enters(self, name: str, width: int = 1280) -> None:
        """Whoever was here leaves, and somebody else logs in by the form."""
        self.page.set_viewport_size({"width": 1280, "height": 800})
        if self.entered:
            self.page.get_by_role("button", name=self.say("Log out")).click()
        self.page.goto(f"{self.visitor.address}/account/login/")
        self.page.get_by_label(self.say("User name"), exact=True).fill(name)
        self.page.get_by_label(self.say("Password"), exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name=self.say("Log in"), exact=True).click()
        expect(self.page.locator(".who")).to_contain_text(name)
        self.entered = True
        self.page.set_viewport_size({"width": width, "height": 740})

    def leaves(self) -> None:
        """Log out: what follows is seen by everybody."""
        self.page.get_by_role("button", name=self.say("Log out")).click()
        self.entered = False

    def goes(self, *words: str) -> None:
        """Along the side bar, then link by link."""
        if self.page.evaluate("innerWidth") < NARROW:
            self.page.get_by_role("button", name=self.say("Menu")).click()
        self.page.get_by_role("navigation", name=self.say("Main")).get_by_role(
            "link", name=self.say(words[0]), exact=True
        ).click()
        self.follows(*words[1:])

    def follows(self, *words: str) -> None:
        """Link by link, by what stands on each."""
        for one in words:
            self.main.get_by_role("link", name=self.say(one), exact=True).first.click()

    def takes(self, task: str, *words: str) -> None:
        """What waits on the page of today, by its title, then link by link."""
        title = self.page.get_by_text(self.say(task), exact=True)
        self.main.get_by_role("link").filter(has=title).first.click()
        self.follows(*words)

    @property
    def main(self) -> Locator:
        """The page without its frame."""
        return self.page.locator("main")

    def does(self, button: str, *, told: str = "", **fields: str) -> None:
        """Fill a form in by its labels and send it; what the house then says."""
        for label, value in fields.items():
            self.fills(label, value)
        self.main.get_by_role("button", name=self.say(button), exact=True).click()
        if told:
            expect(self.main.get_by_role("status").first).to_contain_text(told)

    def fills(self, label: str, value: str) -> None:
        """A field by its label: chosen where it is a choice, written where it is not."""
        field = self.main.get_by_label(self.say(label), exact=True)
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)

    def looks(self, name: str) -> None:
        """The page at a desk and on a phone: open to all, nothing sticks out; no English word on a Chinese one. What is
        wrong is kept until the end, so that one walk finds all of it.
        """
        self.seen += 1
        before, wrong = self.page.viewport_size, []
        if os.environ.get("FAST"):
            return
        for width in (1280, 360):
            self.page.set_viewport_size({"width": width, "height": 740})
            wrong += [f"{width}: {one}" for one in barriers(self.page)]
            if SHOTS and self.language != "en":
                self.page.screenshot(path=f"{SHOTS}/{self.seen:02}-{name}-{width}.png", full_page=True)
        wrong += [f"sticks out: {one}" for one in sticking_out(self.page)]
        if self.language != "en":
            wrong += LATIN.findall(NOT_CHINESE.sub("", self.main.inner_text()))
        self.page.set_viewport_size(before)
        self.wrong += [f"{name}: {self.page.url} {one}" for one in wrong]
