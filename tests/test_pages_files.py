"""Every table of the pages leaves as a workbook and as CSV, with the numbers of the page and nothing that runs."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
import python_calamine
from django.test import Client

from baolei.warehouse.spreadsheets import Column, Grid, as_csv, as_workbook
from stage import mandated

pytestmark = pytest.mark.django_db
PAGES = [
    "/",
    "/unit/1501/",
    "/unit/150101/?field=village",
    "/unit/150101001/",
    "/unit/1501/branches/?sort=-probability",
    "/branch/Z0003/",
    "/figures/",
    "/standard/",
    "/standard/village/",
    "/editions/",
    "/find/?q=东",
]


@pytest.fixture(autouse=True)
def on_show(shown_round: Path) -> None:
    """A round of ninety branches of three townships stands on the pages."""


def book(body: bytes) -> Any:
    """A workbook as a spreadsheet program reads it."""
    return python_calamine.load_workbook(io.BytesIO(body))


def lines(client: Client, address: str) -> list[list[str]]:
    """A CSV file, head included."""
    return list(csv.reader(io.StringIO(client.get(address).content.decode("utf-8-sig"))))


@pytest.mark.parametrize("asked", PAGES)
def test_every_file_a_page_offers_opens(client: Client, asked: str) -> None:
    client.force_login(mandated("15"))
    answer = client.get(asked)
    assert answer.status_code == 200
    offered = re.findall(r'href="([^"]*format=(csv|xlsx)[^"]*)" download', answer.text)
    assert {form for _link, form in offered} >= {"xlsx"}
    for link, form in offered:
        address = link.replace("&amp;", "&")
        body = client.get(address if address.startswith("/") else asked.partition("?")[0] + address).content
        assert body
        if form == "xlsx":
            assert len(book(body).get_sheet_by_index(0).to_python()) > 1
        else:
            assert len(list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))) > 1


def test_a_table_that_is_not_there_is_not_found(client: Client) -> None:
    for address in ("/?format=pdf", "/?format=csv&table=nothing"):
        assert client.get(address).status_code == 404


def test_units_in_a_file_add_up_to_the_page(client: Client) -> None:
    rows = lines(client, "/unit/15/?format=csv&table=units")
    assert {row[0] for row in rows[1:]} == {"东盟", "西盟"}
    named = rows[0].index("命名")
    assert sum(int(row[1]) for row in rows[1:]) == 90
    page = client.get("/unit/15/")
    assert sum(int(row[named]) for row in rows[1:]) == page.context["sums"].named


def test_the_sheet_in_a_file_adds_up_to_its_score(client: Client) -> None:
    client.force_login(mandated("15"))
    for number in range(12):
        rows = lines(client, f"/branch/Z{number:04d}/?format=csv&table=sheet")[1:]
        marks = {row[0]: round(100 * float(row[5])) for row in rows if not row[1]}
        leaves = sum(round(100 * float(row[5])) for row in rows if row[1] and row[5])
        assert leaves + marks.get("票数过少，只计入总分", 0) == marks["基础分"]
        assert marks["基础分"] + marks["加分"] + marks["扣分"] == marks["得分"]


def test_the_workbook_says_where_its_numbers_come_from(client: Client) -> None:
    found = book(client.get("/unit/15/?format=xlsx").content)
    notes = "\n".join(str(row[0]) for row in found.get_sheet_by_name(found.sheet_names[-1]).to_python())
    assert client.get("/unit/15/").context["digest"] in notes
    assert "2023-12-31" in notes


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1"])
def test_a_name_cannot_become_a_formula(text: str) -> None:
    grid = Grid("x", (Column("name"),), [(text,)])
    assert as_csv(grid).decode("utf-8-sig").splitlines()[1].strip('"').startswith("'")
    assert book(as_workbook([grid])).get_sheet_by_index(0).to_python()[1][0] == text
