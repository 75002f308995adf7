"""The letter, the summary, the river and the page of the day in a real browser: no barrier, nothing wider than a phone,
in both languages; a letter fits on one sheet of paper.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

import stage
from baolei.declarations.models import Declaration
from baolei.people.models import Account, Role
from baolei.programme import declaration as rules
from baolei.reviews.models import Decision, Step
from baolei.rounds.models import Round
from baolei.scores.models import Run
from conftest import Visitor
from test_letters import decided, listed, mine_of, run
from test_pages_browser import enter, sticking_out
from test_shell_browser import barriers

__all__ = ["run"]

pytestmark = [pytest.mark.browser, pytest.mark.long]
OPEN = "Z0002"
"""A branch of whose sheet nothing is closed."""
SHOTS = os.environ.get("BAOLEI_SHOTS", "")


def flowing(this: Round) -> None:
    """The ninety declarations of the round, spread over its stretches, some of them late."""
    today = timezone.localdate()
    found = list(Declaration.objects.filter(round=this).order_by("pk"))
    states = {rules.WITHDRAWN: 6, rules.LAPSED: 4, rules.CONCLUDED: 14, rules.RETURNED: 7}
    at = iter(found)
    for state, number in states.items():
        for mine in [next(at) for _ in range(number)]:
            Declaration.objects.filter(pk=mine.pk).update(state=state)
            if state == rules.RETURNED:
                step(mine, "township", "returned", today, 3)
    for seat, number, late in (("township", 12, 0), ("banner", 26, 9), ("league", 8, 0)):
        for place in range(number):
            mine = next(at)
            Declaration.objects.filter(pk=mine.pk).update(state=rules.FROZEN)
            step(mine, seat, "opinions", today, 20 if place < late else 2)
    Declaration.objects.filter(pk__in=[one.pk for one in at]).update(state=rules.FROZEN)
    Round.objects.filter(pk=this.pk).update(phase="review")


def step(mine: Declaration, seat: str, state: str, today: Any, age: int) -> None:
    entered = today - timedelta(days=age)
    due = entered + timedelta(days=10)
    Step.objects.create(declaration=mine, number=9, code=seat, seat=seat, unit=stage.unit("150101").unit, state=state,
                        entered=entered, due=due, decision_due=due, escalates_on=due)  # fmt: skip


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_nobody_is_kept_out_of_letter_summary_river_and_day(
    transactional_db: None, run: Run, visitor: Visitor, language: str
) -> None:
    region, secretary = stage.mandated("15", "region_clerk"), stage.mandated(OPEN, Role.SECRETARY)
    line = listed(run, declaration=mine_of(OPEN))
    decided(mine_of(OPEN), "return", region, "两人认为应补正", first_agenda="8月的会没有开，应有记录12次")
    visitor.speak(language)
    letter, summary = reverse("letter", args=[mine_of(OPEN).pk]), reverse("summary", args=[run.round_id])
    for name, account, address in (
        ("letter", secretary, letter), ("summary", region, summary), ("township", region, f"{summary}?unit=150101001"),
        ("day-secretary", secretary, reverse("today")), ("day-region", region, reverse("today")),
    ):  # fmt: skip
        looked_at(visitor, account, address, f"{language}-{name}")
    Decision.objects.all().delete()
    Step.objects.all().delete()
    line.list.posting.delete()
    flowing(run.round)
    looked_at(visitor, region, reverse("round", args=[run.round_id]), f"{language}-river")


def looked_at(visitor: Visitor, account: Account, address: str, name: str) -> None:
    """No barrier and nothing that sticks out, at a desk and on a phone; with BAOLEI_SHOTS a picture of each."""
    enter(visitor, account)
    for width in (1280, 360):
        visitor.page.set_viewport_size({"width": width, "height": 740})
        page = visitor.goto(address)
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)
        assert barriers(page) == [], (address, width)
    assert sticking_out(page) == [], address
    assert visitor.complaints == [], address


def test_a_letter_is_one_sheet_of_paper(transactional_db: None, run: Run, visitor: Visitor) -> None:
    region = stage.mandated("15", "region_clerk")
    listed(run, declaration=mine_of(OPEN))
    for turn in range(3):
        decided(mine_of(OPEN), "return", region, f"第{turn}次：应补正", first_agenda="8月的会没有开，应有记录12次")
    visitor.page.set_viewport_size({"width": 1280, "height": 800})
    enter(visitor, region)
    page = visitor.goto(reverse("letter", args=[mine_of(OPEN).pk]))
    paper = page.pdf(format="A4", prefer_css_page_size=True)
    if SHOTS:
        with open(f"{SHOTS}/letter.pdf", "wb") as file:
            file.write(paper)
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 673, "height": 979})
        page.screenshot(path=f"{SHOTS}/letter-print.png", full_page=True)
    assert paper.count(b"/Type /Page\n") + paper.count(b"/Type /Page ") == 1
