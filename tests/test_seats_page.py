"""How seats were shared, redone from the results anybody may hold; and how a line was reached where there are none."""

from __future__ import annotations

import csv
import io
import re
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

import snapshots
import stage
import worked
from baolei.naming import seats
from baolei.naming.models import NamingList
from baolei.programme.naming import derivation, seating
from baolei.programme.scoring.pipeline import score
from baolei.rounds.models import Round
from baolei.standards.models import OwnEdition
from baolei.warehouse.editions import edition
from baolei.warehouse.evaluate import evaluate
from baolei.warehouse.rounds import read_round
from baolei.warehouse.seats import seating_of
from baolei.warehouse.snapshot import open_snapshot, read_table
from round_stage import NOW, listed

TEXT = (worked.HERE / "examples/worked/edition.yaml").read_text(encoding="utf-8")


def capped(by: str) -> str:
    """The worked example's edition, two branches in five having a seat."""
    loose = re.sub(r", floor: [\d.]+", "", TEXT)  # so that some contend
    return f"{loose}\nseats: {{share: 0.4, by: {by}}}\n"


def snapshot(target: Path, by: str) -> Path:
    """A small round under it."""
    target.with_name("edition").mkdir()
    (target.with_name("edition") / "edition.yaml").write_text(capped(by), encoding="utf-8")
    read = edition(target.with_name("edition"))
    return snapshots.write(target, text=capped(by), edition={"code": read.code, "digest": read.digest})


@pytest.mark.parametrize("by", ["field", "league_field"])
def test_the_seats_are_redone_from_the_results(tmp_path: Path, by: str) -> None:
    folder = snapshot(tmp_path / "snapshot", by)
    evaluate(folder, tmp_path / "results")
    this = read_round(open_snapshot(folder))
    board = score(this.edition, this.board)
    leagues = ["1501", "1502"]
    mine = seating_of(this.edition, read_table(tmp_path / "results" / "branches.parquet"), leagues)
    theirs = seating(this.edition, board)
    assert mine.group.tolist() == theirs.group.tolist()
    assert mine.keys.tolist() == theirs.keys.tolist()
    assert (mine.allowed.tolist(), mine.seated.tolist()) == (theirs.allowed.tolist(), theirs.seated.tolist())
    page = derivation(Fraction(2, 5), mine)
    assert [row.seats for row, _edge in page.groups] == board["seats"].tolist()
    assert mine.names == (("village",) if by == "field" else ("village/1501", "village/1502"))


@pytest.fixture
def made(db: None, tmp_path: Path, settings: Any, english: None, django_capture_on_commit_callbacks: Any) -> NamingList:
    settings.BAOLEI_HOME, settings.BAOLEI_RESULTS = str(tmp_path), str(tmp_path / "shown")
    return listed(django_capture_on_commit_callbacks)


def asked(account: Any, made: NamingList, query: str = "") -> Any:
    client = Client()
    client.force_login(account)
    client.cookies["django_language"] = "en"
    return client.get(reverse("naming_seats", args=[made.round_id]) + query)


def under(made: NamingList, by: str, tmp_path: Path) -> None:
    """The round as if it had been judged by an edition of the house's own that caps seats."""
    by_whom, another = stage.mandated("15"), stage.mandated("15", "region_clerk")
    folder = snapshot(tmp_path / "other", by)
    read = edition(tmp_path / "edition")
    OwnEdition.objects.create(
        code=read.code, files={"edition.yaml": capped(by)}, drafted_by=by_whom, drafted_at=NOW, changed_by=by_whom,
        changed_at=NOW, state="published", published_by=another, published_at=NOW, document="批", digest=read.digest,
    )  # fmt: skip
    Round.objects.update(edition=read.code)
    shutil.rmtree(made.run.results_folder)
    evaluate(folder, made.run.results_folder)


def test_the_page_shows_each_step_and_no_figures_of_strangers(made: NamingList, tmp_path: Path) -> None:
    under(made, "league_field", tmp_path)
    region, other = stage.mandated("150101", "banner_clerk"), stage.mandated("1505")
    page = seats.shared(made.run)
    assert page is not None
    assert (page.share, page.seats, page.branches) == ("40.0%", 14, 36)
    assert [(one.row.size, one.row.whole, one.row.seats) for one in page.groups] == [(24, 9, 9), (12, 4, 5)]
    assert [one.place for one in page.groups] == [2, 1]  # 0.6 and 0.8 are left over
    shown = asked(region, made).text
    for words in ("How the seats were shared", "9.600", "0.600", "Order of remainders"):
        assert words in shown
    assert "another branch" in shown
    whole = list(csv.reader(io.StringIO(asked(other, made, "?format=csv&table=edges").content.decode("utf-8-sig"))))
    assert len(whole) == 1  # the head only: nothing of branches one does not answer for
    lines = list(csv.reader(io.StringIO(asked(region, made, "?format=csv&table=seats").content.decode("utf-8-sig"))))
    assert [row[7] for row in lines[1:]] == ["9", "5"]


def test_where_there_is_a_line_the_page_says_how_it_was_reached(made: NamingList) -> None:
    shown = asked(stage.mandated("15"), made).text
    assert "How the line was reached" in shown
    assert "85.00" in shown
    assert "fewer than five branches" in shown  # two villages were scored
    assert "a result, not a quota" in shown
    NamingList.objects.all().delete()
    assert "No list yet" in asked(stage.mandated("1504"), made).text
