"""Lists of centres and of coordinates: taken whole or not at all; a wrong cell is named with what would be right."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

import stage
from baolei.centres.models import Centre, Spot
from baolei.ledger.models import Entry
from baolei.people.models import Account
from centres_stage import AWAY, BANNER, EAST, TOWNSHIP, WEST, centre, clerk, villages
from sheets_stage import workbook

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
HEADS = ["单位代码", "名称", "类别", "服务内容", "地址", "开放日", "开门时间", "关门时间", "启用日期", "经度", "纬度"]
RIGHT = [
    EAST,
    "东方红村党群服务中心",
    "服务中心",
    "党务服务、政务代办",
    "村委会",
    "12345",
    "8:30",
    "17:30",
    "2024-05-01",
    "119.0",
    "44.0",
]
SPOTS = ["单位代码", "经度", "纬度", "户数"]


@pytest.fixture
def by() -> Account:
    villages()
    return clerk()


def send(by: Account, what: str, heads: list[str], *rows: list[Any]) -> Any:
    client = Client()
    client.force_login(by)
    client.cookies["django_language"] = "en"
    file = SimpleUploadedFile("名单.xlsx", workbook([heads, *rows]))
    return client.post(reverse(what, args=[stage.unit(BANNER).unit_id]), {"file": file})


def test_a_list_of_centres_is_taken_and_sent_again_changes_nothing(by: Account) -> None:
    rows = [RIGHT, [WEST, "北沟服务点", "服务点", "医疗卫生", "", "", "", "", "", "", ""]]
    for _again in range(2):
        assert send(by, "centre_list", HEADS, *rows).status_code == 302
    assert set(Centre.objects.values_list("name", "kind", "days", "lon")) == {
        ("东方红村党群服务中心", "centre", "12345", 119.0), ("北沟服务点", "point", "", None)}  # fmt: skip
    assert sorted(Centre.objects.get(kind="centre").offers.values_list("service", flat=True)) == ["affairs", "party"]
    told = [one.particulars["after"]["new"] for one in Entry.objects.filter(act="centres.take_centres").order_by("pk")]
    assert told == [2, 0]


@pytest.mark.parametrize(("column", "value", "wrong", "right"), [
    ("单位代码", "150999", "no unit of code 150999", "statistical code of this unit or one below"),
    ("单位代码", "", "is missing", "fill it in"), ("类别", "商店", "none of the choices", "服务中心"),
    ("服务内容", "魔法", "no class of service", "some of: Party matters"), ("开放日", "128", "are no days", "12345"),
    ("开门时间", "八点", "no hour", "08:30"), ("关门时间", "7:00", "opening comes before closing", "08:30 and 17:30"),
    ("启用日期", "24-5-1", "two digits", "2021-07-01"), ("经度", "119°30′", "no degrees", "111.6512"),
    ("纬度", "119.5", "no degrees", "up to 90"), ("纬度", "", "both coordinates", ""),
    ("地址", "王某13912345678", "a mobile number", ""), ("启用日期", "2199-01-01", "has not come yet", ""),
])  # fmt: skip
def test_a_wrong_cell_is_named_with_what_would_be_right(
    by: Account, column: str, value: str, wrong: str, right: str
) -> None:
    row = list(RIGHT)
    row[HEADS.index(column)] = value
    other = [WEST, "北沟服务点", "服务点", "医疗卫生", "", "", "", "", "", "", ""]
    answer = send(by, "centre_list", HEADS, other, row)
    words = answer.content.decode().replace("&#x27;", "'")
    assert answer.status_code == 422
    assert wrong in words
    assert right in words
    assert "</span>3</td>" in words, "the row of the sheet"
    assert not Centre.objects.exists(), "the right row is not kept either"


def test_coordinates_are_taken_for_villages_alone(by: Account) -> None:
    assert send(by, "spot_list", SPOTS, [EAST, 119.0, 44.0, 320], [WEST, "119.02", "44.0", ""]).status_code == 302
    assert set(Spot.objects.values_list("unit__states__code", "lon", "households", "how")) == {
        (EAST, 119.0, 320, "file"), (WEST, 119.02, 0, "file")}  # fmt: skip
    assert send(by, "spot_list", SPOTS, [EAST, 119.5, 44.0, 300]).status_code == 302
    assert Spot.objects.get(unit=stage.unit(EAST).unit).lon == 119.5
    answer = send(by, "spot_list", SPOTS, [TOWNSHIP, 119.0, 44.0, 1])
    assert f"no unit of code {TOWNSHIP}" in answer.content.decode()


def test_a_list_is_sent_by_who_answers_and_the_template_says_how(by: Account) -> None:
    assert send(clerk(AWAY), "centre_list", HEADS, RIGHT).status_code == 404
    client = Client()
    client.force_login(by)
    client.cookies["django_language"] = "en"
    for kind in ("centres", "spots"):
        assert client.get(reverse("centre_list_template", args=[kind])).content[:2] == b"PK"
    assert client.get(reverse("centre_list_template", args=["people"])).status_code == 404


def test_the_pages_of_centres_answer_and_export(by: Account) -> None:
    one = centre(EAST, by, days="1245", opens=time(8), closes=time(12))
    client = Client()
    client.force_login(by)
    client.cookies["django_language"] = "en"
    unit = stage.unit(BANNER).unit_id
    page = client.get(reverse("unit_centres", args=[unit]) + "?level=5").content.decode()
    assert one.name in page
    table = client.get(reverse("unit_centres", args=[unit]) + "?format=csv&table=coverage").content.decode()
    assert "0.25" in table
    sent = {"name": "新名", "kind": "point", "services": ["health"], "why": "更正", "key": "a" * 32}
    assert client.post(reverse("change_centre", args=[one.pk]), sent).status_code == 302
    stands = {"state": "paused", "since": "2026-11-01", "why": "装修"}
    assert client.post(reverse("set_standing", args=[one.pk]), stands).status_code == 302
    look = {"day": "2026-11-02", "found": "shut"}
    assert client.post(reverse("look_in", args=[one.pk]), look).status_code == 302
    shown = client.get(reverse("centre", args=[one.pk])).content.decode()
    assert "paused" in shown
    assert "not open" in shown
    made = {**sent, "name": "另一个", "since": "2026-11-01", "key": "b" * 32}
    for _again in range(2):
        assert client.post(reverse("open_centre", args=[stage.unit(WEST).unit_id]), made).status_code == 302
    assert Centre.objects.count() == 2
