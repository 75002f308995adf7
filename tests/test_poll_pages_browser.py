"""The pages of printed slips and of turnout in a real browser: no barrier, nothing wider than a phone."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

import stage
from baolei.ballots import printing, turnout
from baolei.ballots.models import Printing
from baolei.organisations.models import OrganisationState, UnitState
from baolei.rounds.models import Round, Span
from conftest import Visitor
from poll_stage import NEXT, OWN, TOWNSHIP, collected, poll_of, set_up, told
from round_stage import NOW
from test_every_page_browser import looked_at
from test_pages_browser import enter

pytestmark = [pytest.mark.browser, pytest.mark.long]
SHOTS = os.environ.get("BAOLEI_SHOTS", "")


@pytest.fixture
def this(transactional_db: None, tmp_path: Path, settings: Any) -> Round:
    """A round with a file that waits, one that is gone, one being made, and ballots in."""
    settings.BAOLEI_HOME = str(tmp_path)
    made = collected()
    for code, name in (("15", "内蒙古自治区"), ("1504", "赤峰市"), ("150422", "巴林左旗"), (TOWNSHIP, "十三敖包镇")):
        UnitState.objects.filter(code=code).update(name=name)
    for code, name in ((OWN, "中共十三敖包镇青山村支部委员会"), (NEXT, "中共十三敖包镇白音村支部委员会")):
        OrganisationState.objects.filter(code=code).update(name=name)
    set_up(made, "mem", "mas", seed="体彩排列五第26051期 58214")
    printing.ask_to_print(**told(round=made, unit=stage.unit(TOWNSHIP), origin="https://ballots.example.cn"))
    first = Printing.objects.get()
    for state in (Printing.GONE, Printing.RUNNING):
        Printing.objects.create(round=made, unit=first.unit, path=first.path, state=state, why="打印", asked_at=NOW,
                                polls=4, slips=60, done=1)  # fmt: skip
    today = date.today()  # noqa: DTZ011
    Span.objects.filter(round=made, phase="ballots").update(begins=today, ends=today + timedelta(days=2))
    turnout.count(made, NOW)
    return made


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_of_polls_are_open_to_everybody(visitor: Visitor, this: Round, language: str) -> None:
    clerk = stage.mandated("15", "region_clerk")
    visitor.speak(language)
    enter(visitor, clerk)
    ready = Printing.objects.get(state=Printing.READY)
    wrong = dict[str, list[str]]()
    for address in (
        reverse("polls", args=[this.pk]), reverse("printings", args=[this.pk]), reverse("turnout", args=[this.pk]),
        f"{reverse('turnout', args=[this.pk])}?unit={stage.unit('150422').unit_id}&source=mas",
        reverse("take_slips", args=[ready.pk]), reverse("on_polls", args=[this.pk, "set-up"]),
        reverse("lot", args=[poll_of(this, OWN, "mas").pk]), reverse("print_more", args=[poll_of(this).pk]),
        reverse("today"),
    ):  # fmt: skip
        if found := looked_at(visitor, address):
            wrong[address] = found
        if SHOTS:
            for width in (360, 1280):
                visitor.page.set_viewport_size({"width": width, "height": 800})
                name = address.strip("/").replace("/", "_").partition("?")[0]
                visitor.page.screenshot(path=f"{SHOTS}/{language}-{name}-{width}.png", full_page=True)
    assert wrong == {}
