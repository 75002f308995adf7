"""The pages of an evaluated round: what everybody may see, what only those who answer for it, and that sums agree."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import pytest
import python_calamine
from django.test import override_settings

import snapshots
from baolei.people.models import Account, Mandate, Role
from baolei.scores.exports import as_file
from baolei.scores.results import current, may_see, share
from baolei.warehouse.evaluate import evaluate

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    home = tmp_path_factory.mktemp("round")
    evaluate(snapshots.write(home / "snapshot", branches=90), home / "results")
    return home / "results"


@pytest.fixture(autouse=True)
def on_show(folder):
    with override_settings(BAOLEI_RESULTS=str(folder)):
        yield


def clerk(path: str) -> Account:
    account = Account.objects.create(username=f"clerk-{path}", name="周青禾")
    Mandate.objects.create(account=account, role=Role.ORGANISER, path=path, title="组织部", since=date(2023, 1, 1))
    return account


def test_everybody_sees_units_and_shares_and_nobody_s_score(client):
    page = client.get("/")
    assert page.status_code == 200
    assert "某区" in page.content.decode()
    assert client.get("/unit/150101/").status_code == 200
    assert client.get("/unit/999999/").status_code == 404
    assert "Z0000" not in page.content.decode()


def test_sums_agree_from_level_to_level():
    results = current()
    for code, below in results.children.items():
        if not code:
            continue
        for name in ("branches", "named", "score", "tier_strongest"):
            parts = [results.sums[child, ""][name] for child in below if (child, "") in results.sums]
            assert sum(parts) == results.sums[code, ""][name], (code, name)


def test_small_cells_are_not_shown():
    assert share({"branches": 4, "named": 4, "chance": 4_000_000, "chance_variance": 0}) is None


def test_branches_are_for_those_who_answer_for_them(client):
    assert client.get("/unit/150101/branches/").status_code == 403
    assert client.get("/branch/Z0000/").status_code == 403
    client.force_login(clerk("1501"))
    assert client.get("/unit/150101/branches/").status_code == 200
    assert client.get("/unit/1502/branches/").status_code == 403


def test_may_see_is_by_scope_only():
    account = clerk("150101")
    assert may_see(account, "150101001")
    assert not may_see(account, "150102001")
    assert not may_see(None, "150101001")


def test_a_sheet_adds_up_to_its_printed_score(client):
    client.force_login(clerk("Z"))
    page = client.get("/branch/Z0003/").content.decode()
    base, score = (
        float(re.search(rf'data-total="{name}">(?:<strong>)?([\d.]+)', page)[1]) for name in ("base", "score")
    )
    row = current().row("Z0003")
    assert round(base * 100) == row["base"]
    assert round(score * 100) == row["score"] == row["base"] + row["bonus"] - row["deduction"]


def test_every_table_is_a_file_for_excel(client):
    csv_file = client.get("/unit/15/?format=csv").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(csv_file)))
    assert {row[0] for row in rows[1:]} == {"1501", "1502"}
    xlsx = client.get("/unit/15/?format=xlsx").content
    book = python_calamine.load_workbook(io.BytesIO(xlsx))
    assert len(book.get_sheet_by_index(0).to_python()) == 3
    assert client.get("/figures/?format=csv").status_code == 200


def test_a_name_cannot_become_a_formula():
    text = as_file("csv", "x", ["a"], [["=1+1"]]).content.decode("utf-8-sig")
    assert "'=1+1" in text


def test_figures_standard_and_search_answer(client):
    assert "分母" in client.get("/figures/").content.decode()
    assert "85.00" in client.get("/standard/").content.decode()
    assert "东盟" in client.get("/find/?q=东").content.decode()
    assert "Z0001" not in client.get("/find/?q=Z").content.decode()


def test_without_a_round_the_start_page_says_what_this_is(client, tmp_path):
    with override_settings(BAOLEI_RESULTS=str(tmp_path / "none")):
        assert client.get("/").status_code == 200
        assert client.get("/figures/").status_code == 404


def test_a_real_browser_draws_the_region_without_a_complaint(visitor, folder):
    page = visitor.goto("/")
    page.locator("[data-chart] canvas, [data-chart] svg").first.wait_for()
    page.get_by_role("link", name="东盟").click()
    page.get_by_role("heading", level=1, name="东盟").wait_for()
    page.set_viewport_size({"width": 360, "height": 780})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
