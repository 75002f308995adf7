"""The editions on the pages, and the method told by the very steps that the programme walks."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.utils.html import escape

from baolei.programme.scoring.pipeline import STEPS
from baolei.standards import steps
from baolei.warehouse.editions import edition, shipped

pytestmark = pytest.mark.django_db


def test_every_step_of_the_programme_has_its_words_and_none_besides() -> None:
    assert set(steps.WORDS) == {step.name for step in STEPS}
    assert [one.article for one in steps.told()] == [step.article for step in STEPS]


def test_the_method_is_told_in_the_order_of_the_steps(client: Client) -> None:
    page = client.get("/method/").text
    places = [page.index(f"<h2>{escape(one.name)}</h2>") for one in steps.told()]
    assert places == sorted(places)


def test_every_shipped_edition_and_each_of_its_fields_can_be_read(client: Client) -> None:
    listed = client.get("/editions/").text
    for code in shipped():
        one = edition(code)
        assert one.name.zh in listed
        page = client.get(f"/editions/{code}/").text
        for field in one.fields:
            assert field.name.zh in page
        assert one.fields[0].name.zh in client.get(f"/editions/{code}/{one.fields[0].code}/").text
    assert client.get("/editions/none/").status_code == 404


def test_the_round_s_own_edition_stands_with_what_each_source_really_weighs(client: Client, shown_round: Path) -> None:
    page = client.get("/standard/village/").text
    assert "实际权重" in page
    assert "强项不得弥补弱项" in page
    assert "去掉：群众评判" in page
    assert client.get("/standard/none/").status_code == 404
