"""What was cast by slip is counted in the score of its branch, and its sheet says of how many ballots."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

import stage
from baolei.ballots import polling
from baolei.rounds.models import Round
from baolei.scores import actions as scoring
from baolei.scores.models import Run
from baolei.warehouse.snapshot import open_snapshot
from poll_stage import MEMBERS, OWN, TOWNSHIP, asked, collected, set_up, told
from round_stage import NOW, passed
from test_polls import cast, mine_of, on_paper

pytestmark = [pytest.mark.django_db, pytest.mark.stores, pytest.mark.usefixtures("english")]
SAID = ["11111", "11112", "11111", "12111", "4444-", "11111"]


@pytest.fixture
def run(tmp_path: Path, settings: Any, django_capture_on_commit_callbacks: Any) -> Run:
    """Slips printed, cast, sealed; the round frozen and scored."""
    settings.BAOLEI_HOME, settings.BAOLEI_RESULTS = str(tmp_path), str(tmp_path / "results")
    this: Round = collected()
    set_up(this)
    secrets = on_paper(this)
    polling.begin(**told(round=this))
    cast(mine_of(this), secrets, SAID)
    with django_capture_on_commit_callbacks(execute=True):
        polling.end(**told(round=this))
    this = passed(this)
    with django_capture_on_commit_callbacks(execute=True):
        made = scoring.ask_for_run(actor=None, now=NOW, round=this, seed="26051", why="首次计分")
    made.refresh_from_db()
    assert made.state == Run.DONE, made.said
    return made


def test_the_sheet_of_a_branch_shows_how_many_ballots_its_members_cast(run: Run) -> None:
    assert len(SAID) == MEMBERS
    counted = open_snapshot(run.folder / "snapshot").read("ballots").to_pylist()
    assert len(counted) >= len(SAID)
    page = asked(stage.mandated(TOWNSHIP, "township_clerk"), reverse("run_sheet", args=[run.pk, OWN]))
    assert page.status_code == 200
    assert "6 ballots" in page.text
