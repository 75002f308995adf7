"""A round that is over judged by another edition: its own changes nothing, and only what differs makes a difference."""

from __future__ import annotations

import re

import pytest

from baolei.programme.refusals import EditionRefused
from baolei.warehouse.editions import texts_of
from baolei.warehouse.evaluate import evaluate
from baolei.warehouse.opened import Opened
from baolei.warehouse.snapshot import open_snapshot
from baolei.warehouse.trial import TrialRefused, Tried, snapshot_beside, tried

LAST, VILLAGE = "wuqiang-2020-2023", "fields/01-village.yaml"


@pytest.fixture(scope="module")
def league(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """The round of a league with visits, a panel and last year's scores."""
    from baolei.warehouse.demo.region import build

    home = tmp_path_factory.mktemp("league")
    build(home / "snapshot", scope="1504", seed=11, scale=0.2)
    evaluate(home / "snapshot", home / "results")
    return Opened(home / "results")


def other(league: Opened, *changes: tuple[str, str, str]) -> Tried:
    """The round judged by its edition under another code, with these words of its files changed."""
    texts = texts_of(LAST)
    texts["edition.yaml"] = re.sub("(?m)^code: .*$", "code: other", texts["edition.yaml"])
    for place, old, new in changes:
        assert texts[place].count(old) == 1, old
        texts[place] = texts[place].replace(old, new)
    folder = snapshot_beside(league)
    assert folder
    return tried(league, folder, texts)


def test_its_own_edition_under_another_code_changes_nothing(league: Opened) -> None:
    folder = snapshot_beside(league)
    assert folder
    assert {"visits", "panel", "last_year"} <= {name for name in ("visits", "panel", "last_year")
                                                if open_snapshot(folder).has(name)}  # fmt: skip
    found = other(league)
    assert (found.verdicts, found.notes, found.snapshot) == ([], [], league.manifest["snapshot"])
    assert sum(row.branches for row in found.fields) == league.table("branches").num_rows
    assert all(row.titles_before == row.titles_after and row.mean_before == row.mean_after for row in found.fields)
    open_snapshot(folder)  # still whole


def test_another_line_moves_its_own_field_alone(league: Opened) -> None:
    found = other(league, (VILLAGE, "line: 85", "line: 88"))
    assert found.notes == []
    assert {one.field for one in found.verdicts} == {"village"}
    village = next(row for row in found.fields if row.field == "village")
    assert village.other == len(found.verdicts) > 0
    assert village.titles_after < village.titles_before


def test_another_table_of_items_leaves_the_visits_of_its_field_out(league: Opened) -> None:
    found = other(league, (VILLAGE, "first_agenda: 4", "first_agenda: 5"), (VILLAGE, "tasks_done: 3", "tasks_done: 2"))
    assert [code for code, _about in found.notes] == ["visits"]


def test_what_is_no_longer_counted_and_what_no_longer_earns_is_left_out(league: Opened) -> None:
    levels = "points: {region: 3, league: 2, banner: 1, township: 0.5}"
    found = other(
        league, (VILLAGE, "      first_agenda: 4\n", ""), (VILLAGE, "tasks_done: 3", "tasks_done: 7"),
        ("edition.yaml", f"commended}}\n      {levels}", "commended}\n      points: {region: 3, league: 2}"),
    )  # fmt: skip
    assert [code for code, _about in found.notes] == ["visits"]
    assert found.verdicts


def test_what_cannot_be_judged_is_refused_with_every_reason(league: Opened) -> None:
    with pytest.raises(TrialRefused, match="fields: village"):
        other(league, (VILLAGE, "- code: village", "- code: hamlet"))
    with pytest.raises(EditionRefused):
        other(league, (VILLAGE, "line: 85", "line: 185"))
