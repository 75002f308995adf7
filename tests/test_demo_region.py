"""The demo region: the real tree, invented branches, known truth beside the snapshot, same seed same bytes."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest

import worked
from baolei.programme.refusals import SnapshotRefused
from baolei.warehouse.demo.places import kind, places, short, within
from baolei.warehouse.demo.region import build, truth_path
from baolei.warehouse.evaluate import evaluate
from baolei.warehouse.snapshot import open_snapshot

EDITION = str(worked.HERE / "examples/worked/edition.yaml")


@pytest.fixture(scope="module")
def banner(tmp_path_factory):
    out = tmp_path_factory.mktemp("demo") / "snapshot"
    build(out, scope="150422", scale=0.5, seed=11, edition=EDITION)
    return out


def test_the_tree_is_the_real_one():
    assert len(places()) == 15_938
    levels = [place.level for place in places()]
    assert [levels.count(level) for level in range(1, 6)] == [1, 12, 108, 1_225, 14_592]
    assert {place.code for place in within("150422")} >= {"15", "1504", "150422", "150422103216"}
    assert not any(place.code.startswith("1501") for place in within("150422"))


@pytest.mark.parametrize(
    ("code", "sort", "spoken"),
    [
        ("150422103216", "village", "东方红村"),
        ("152922214206", "pastoral_gacha", "恩格日乌苏嘎查"),
        ("150571004010", "community", "碧桂园社区"),
    ],
)
def test_places_of_the_article_are_known_for_what_they_are(code, sort, spoken):
    place = next(place for place in places() if place.code == code)
    assert kind(place) == sort
    assert short(place.name) == spoken


def test_same_seed_same_bytes_other_seed_other_bytes(banner, tmp_path):
    build(tmp_path / "again", scope="150422", scale=0.5, seed=11, edition=EDITION)
    build(tmp_path / "other", scope="150422", scale=0.5, seed=12, edition=EDITION)
    assert open_snapshot(banner).digest == open_snapshot(tmp_path / "again").digest
    assert open_snapshot(banner).digest != open_snapshot(tmp_path / "other").digest


def test_the_truth_stands_beside_the_snapshot_and_scoring_does_not_need_it(banner, tmp_path):
    truth = pq.read_table(truth_path(banner))
    assert truth["code"].to_pylist() == pq.read_table(banner / "branches.parquet")["code"].to_pylist()
    assert not [path for path in banner.rglob("*") if "truth" in path.name]
    first = evaluate(banner, tmp_path / "with")
    truth_path(banner).rename(tmp_path / "away.parquet")
    try:
        assert evaluate(banner, tmp_path / "without") == first
    finally:
        (tmp_path / "away.parquet").rename(truth_path(banner))


def test_no_order_of_casting_survives(banner):
    rows = list(zip(*pq.read_table(banner / "ballots.parquet").select(
        ["source", "branch", "q1", "q2", "q3", "q4", "q5"]).to_pydict().values(), strict=True))  # fmt: skip
    assert rows == sorted(rows)


def test_there_is_something_for_the_audit_to_find(banner):
    rows = pq.read_table(banner / "branches.parquet").to_pylist()
    assert any(row["members"] > 50 for row in rows)
    assert any(row["term_end"].isoformat() < "2023-12-31" for row in rows)
    assert any(row["full_members"] >= 7 and row["committee"] == 0 for row in rows)
    assert any(row["secretary_vacant_since"] for row in rows)


def test_no_column_holds_what_must_not_be_kept(banner):
    forbidden = {"ethnicity", "nation", "religion", "salary", "id_number", "phone", "location", "face", "voter", "time"}
    for path in banner.glob("*.parquet"):
        assert not forbidden & {name.lower() for name in pq.read_schema(path).names}, path.name


def test_visits_follow_the_lottery_that_anyone_can_check(banner, tmp_path):
    evaluate(banner, tmp_path / "results")
    visits = pq.read_table(banner / "visits.parquet").to_pylist()
    assert {visit["wave"] for visit in visits} == {"random", "borderline", "double"}
    share = sum(visit["wave"] == "random" for visit in visits) / open_snapshot(banner).rows("branches")
    assert 0.04 < share < 0.2


def test_an_unknown_place_is_refused(tmp_path):
    with pytest.raises(SnapshotRefused, match="no unit has the code '9999'"):
        build(tmp_path / "nowhere", scope="9999", edition=EDITION)
    assert list(tmp_path.iterdir()) == []
