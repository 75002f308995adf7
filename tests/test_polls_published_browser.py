"""The pages of what was published, in a real browser, on a phone and at a desk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

import stage
from baolei.rounds.models import Round
from conftest import Visitor
from published_stage import asked_about, cast, on_paper, poll_of, published, sealed, set_up
from test_ballots_browser import looked_at
from test_pages_browser import enter

pytestmark = pytest.mark.browser
HOMES = {"东方红村党支部": "150422103216", "胜利嘎查党支部": "150422103216", "A3": "150422104001", "B1": "150502103001"}
TEN = ["11111", "22222", "12340", "33211", "44123", "21-34", "11221", "32114", "22113", "41231"]
ALIKE, FEW, PLAIN, HELD = "A3", "胜利嘎查党支部", "牧区的路要修", "王建国书记办事公道"


@pytest.fixture
def this(transactional_db: None, tmp_path: Path, settings: Any) -> Round:
    """Published: a branch with ten ballots, one with few, one that agrees, one on paper; words that wait."""
    settings.BAOLEI_HOME, settings.BAOLEI_RESULTS = str(tmp_path), str(tmp_path / "results")
    made = asked_about(HOMES)
    set_up(made, words=True)
    own, *_others = HOMES
    cast(poll_of(made, own), TEN, [PLAIN, HELD])
    cast(poll_of(made, FEW), TEN[:3])
    cast(poll_of(made, ALIKE), ["11111"] * 7)
    on_paper(made, "B1", TEN[:6])
    sealed(made)
    published(made)
    return made


def test_the_pages_of_results_are_open_to_everybody(visitor: Visitor, this: Round) -> None:
    enter(visitor, stage.mandated("15", "region_clerk"))
    results, poll = reverse("poll_results", args=[this.pk]), reverse("poll", args=[poll_of(this, next(iter(HOMES))).pk])
    township = f"{results}?unit={stage.unit('150422103').unit_id}"
    for address in (results, township, poll, reverse("remarks", args=[this.pk]), reverse("how_ballots_work"),
                    reverse("polls", args=[this.pk])):  # fmt: skip
        assert looked_at(visitor, address) == [], address


def test_three_clicks_lead_from_the_region_to_a_branch_and_its_proof(visitor: Visitor, this: Round) -> None:
    enter(visitor, stage.mandated("150422", "banner_clerk"))
    page: Any = visitor.goto(reverse("poll_results", args=[this.pk]))
    page.get_by_role("link", name="150422103").click()
    expect(page.locator("main")).to_contain_text("有效票太少，不显示")
    page.get_by_role("link", name="东方红村党支部").click()
    expect(page.locator("main")).to_contain_text("10")
    expect(page.locator("main")).to_contain_text(PLAIN)
    expect(page.locator("main")).not_to_contain_text(HELD)
    with page.expect_download() as taken:
        page.get_by_role("link", name="计票文件（人人可取）").click()
    assert taken.value.suggested_filename.endswith("-everybody.zip")
