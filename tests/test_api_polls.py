"""Polls and turnout to programs: what the pages show, within one mandate, small numbers closed; acts of who leads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import stage
from api_stage import program
from baolei.ballots import polling, printing, turnout
from baolei.ballots.models import Poll, Printing
from baolei.rounds.models import Round
from baolei.urn.store import CAST
from poll_stage import FAR, FIRST, OWN, TOWNSHIP, asked_to_print, collected, on, own, poll_of, set_up, told
from test_polls import cast, read_off

pytestmark = [pytest.mark.django_db, pytest.mark.stores, pytest.mark.usefixtures("english")]


@pytest.fixture
def this(tmp_path: Path, settings: Any, django_capture_on_commit_callbacks: Any) -> Round:
    """A round whose ballots are cast: six in one branch, three in the other."""
    settings.BAOLEI_HOME, settings.BAOLEI_RESULTS = str(tmp_path), str(tmp_path / "results")
    made = collected()
    set_up(made)
    asked_to_print(made, django_capture_on_commit_callbacks)
    polling.begin(**told(round=made))
    secrets = read_off(printing.file_of(Printing.objects.get()).read_bytes())
    for poll, number in zip(Poll.objects.filter(slips__gt=0).order_by("pk"), (6, 3), strict=True):
        cast(poll, own(poll, secrets)[:number], ["11111"] * number)
    turnout.count(made, on(FIRST))
    return made


def test_polls_are_read_with_their_counts_and_without_small_ones(this: Round) -> None:
    asks = program(stage.mandated(TOWNSHIP, "township_clerk"))
    found = asks.walk(f"/rounds/{this.pk}/polls", limit=1)
    assert [(one["phase"], one["people"], one["slips"], one["ballots"]) for one in found] == [
        (CAST, 6, 8, 6), (CAST, 6, 8, None),
    ]  # fmt: skip
    assert found[0]["number"] == poll_of(this, OWN).short
    assert asks.walk(f"/rounds/{this.pk}/polls", phase="sealed") == []
    assert asks.get(f"/rounds/{this.pk}/polls", phase="nowhere").status_code == 422
    far = program(stage.mandated(FAR[:9], "township_clerk")).walk(f"/rounds/{this.pk}/polls")
    assert [one["slips"] for one in far] == [0]


def test_turnout_is_read_unit_by_unit(this: Round) -> None:
    asks = program(stage.mandated("15", "region_clerk"))
    (top,) = asks.read(f"/rounds/{this.pk}/turnout")["items"]
    assert (top["code"], top["ballots"], top["people"], top["too_few"]) == ("15", 9, 12, 0)
    (league,) = asks.get(f"/rounds/{this.pk}/turnout", below="15").json()["items"]
    assert (league["code"], league["ballots"]) == ("1504", 9)
    town = program(stage.mandated(TOWNSHIP, "township_clerk"))
    assert town.get(f"/rounds/{this.pk}/turnout", below="15").status_code == 422
    assert town.get(f"/rounds/{this.pk}/turnout", nothing="x").status_code == 422


def test_whoever_leads_ends_the_casting_by_a_program_and_nobody_else(
    this: Round, django_capture_on_commit_callbacks: Any
) -> None:
    clerk, town = program(stage.mandated("15", "region_clerk")), program(stage.mandated(TOWNSHIP, "township_clerk"))
    address = f"/rounds/{this.pk}/acts"
    assert {"polls-set-up", "polls-end", "polls-remind"} <= {one["act"] for one in clerk.read(address)["acts"]}
    assert not any(one["act"].startswith("polls-") for one in town.read(address)["acts"])
    assert town.post(f"{address}/polls-end", {"why": "截止"}).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        assert clerk.post(f"{address}/polls-end", {"why": "截止"}).status_code == 200
    assert poll_of(this, OWN).cast == 6
