"""The pages of an evaluated round: what everybody may see, what only those who answer for it, and that sums agree."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.utils.html import escape

from baolei.figures.catalogue import STRUCTURE, figures
from baolei.people.models import Role
from baolei.scores.results import Results, results
from baolei.warehouse.opened import opened
from stage import mandated

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def on_show(shown_round: Path) -> None:
    """A round of ninety branches of three townships stands on the pages."""


def shown() -> Results:
    """The round on show."""
    found = opened(Path(settings.BAOLEI_RESULTS))
    assert found
    return results(found)


def test_everybody_sees_units_and_shares_and_nobody_s_score(client: Client) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "某区" in page.text
    assert client.get("/unit/150101/").status_code == 200
    assert client.get("/unit/999999/").status_code == 404
    assert "Z0000" not in page.text


def test_sums_agree_from_level_to_level() -> None:
    found = shown()
    for unit in ("15", "1501", "1502", "150101"):
        total = found.sums(unit)
        for place in found.places.below(unit):
            total -= found.sums(place.code)
        assert total.branches == total.named == total.score == sum(total.tiers) == 0, unit
    assert found.sums("15").branches == 90


def printed(page: str, name: str) -> int:
    """A total of a sheet as it stands on the page, in cents."""
    found = re.search(rf'data-total="{name}">[^0-9]*([\d.]+)', page)
    assert found, name
    return round(100 * float(found[1]))


@pytest.mark.parametrize("closed", [False, True], ids=["open", "with a source of few ballots"])
def test_a_sheet_adds_up_to_its_printed_score(client: Client, closed: bool) -> None:
    seen = shown().visible_to(mandated("15"), TODAY)
    sheet = next(one for one in (seen.sheet(f"Z{n:04d}") for n in range(90)) if one.hidden == closed)
    client.force_login(mandated(sheet.row["code"], Role.SECRETARY))
    page = client.get(f"/branch/{sheet.row['code']}/").text
    leaves = [int(cents) for cents in re.findall(r'data-leaf="(\d+)"', page)]
    inside = sum(leaf.points for leaf in sheet.leaves if not leaf.shown)
    assert bool(inside) == closed
    assert sum(leaves) + inside == printed(page, "base") == sheet.row["base"]
    assert printed(page, "score") == printed(page, "base") + printed(page, "bonus") - printed(page, "deduction")


def test_figures_standard_and_search_answer(client: Client) -> None:
    assert "分母" in client.get("/figures/").text
    assert "85.00" in client.get("/standard/").text
    assert "东盟" in client.get("/find/?q=东").text
    assert "东盟" in client.get("/find/?q=dm").text
    assert client.get("/method/").status_code == 200


def test_the_structural_audit_stands_with_its_rule_and_its_cure(client: Client) -> None:
    found = [one for one in figures(shown()) if one.group == STRUCTURE]
    assert next(one for one in found if one.name == "大支部").numerator == 1
    page = client.get("/figures/").text
    for one in found:
        assert escape(one.name) in page
        assert escape(one.rule) in page
        assert one.denominator
        assert one.numerator <= one.denominator


def test_without_a_round_the_start_page_says_what_this_is(client: Client, tmp_path: Path) -> None:
    with override_settings(BAOLEI_RESULTS=str(tmp_path / "none")):
        assert client.get("/").status_code == 200
        assert client.get("/figures/").status_code == 404


def test_a_list_is_narrowed_and_ordered_as_asked(client: Client) -> None:
    client.force_login(mandated("15"))
    rows: list[Any] = client.get("/unit/15/branches/?field=village&sort=-score").context["rows"]
    scores = [one["row"].score for one in rows]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 50
    few = client.get("/unit/15/branches/?q=第7党支部").context["rows"]
    assert [one["row"].name for one in few] == ["第7党支部"]
    assert client.get("/unit/15/branches/?field=nonsense&tier=x&sort=y&page=z").status_code == 200
