"""The demo region: the real tree, invented branches, known truth beside the snapshot, same seed same bytes."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import worked
from baolei.programme.refusals import SnapshotRefused
from baolei.warehouse.demo.places import kind, places, short, within
from baolei.warehouse.demo.region import build, truth_path
from baolei.warehouse.demo.seats import chinese
from baolei.warehouse.evaluate import evaluate
from baolei.warehouse.snapshot import open_snapshot

EDITION = str(worked.HERE / "examples/worked/edition.yaml")
MANY_FIELDS = str(worked.HERE / "src/baolei/rulebook/simulation/edition.yaml")


@pytest.fixture(scope="module")
def banner(tmp_path_factory):
    """One banner under a table for villages."""
    out = tmp_path_factory.mktemp("demo") / "snapshot"
    build(out, scope="150422", scale=0.5, seed=11, edition=EDITION)
    return out


@pytest.fixture(scope="module")
def league(tmp_path_factory):
    """A whole league, full size, under an edition whose fields the mix has never heard of, with leniency and visits."""
    out = tmp_path_factory.mktemp("demo") / "snapshot"
    build(out, scope="1529", seed=11, edition=MANY_FIELDS)
    evaluate(out, out.with_name("results"))
    return out


def read(out, table):
    return pq.read_table(out / f"{table}.parquet")


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
        ("150571004203", "village", "三合屯村"),
    ],
)
def test_places_of_the_article_are_known_for_what_they_are(code, sort, spoken):
    place = next(place for place in places() if place.code == code)
    assert kind(place) == sort
    assert short(place.name) == spoken


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (99, "九十九"), (101, "一百零一"), (110, "一百一十")],
)  # fmt: skip
def test_numbers_are_said_as_people_say_them(number, words):
    assert chinese(number) == words


def test_same_seed_same_bytes_other_seed_other_bytes(banner, tmp_path):
    build(tmp_path / "again", scope="150422", scale=0.5, seed=11, edition=EDITION)
    build(tmp_path / "other", scope="150422", scale=0.5, seed=12, edition=EDITION)
    assert open_snapshot(banner).digest == open_snapshot(tmp_path / "again").digest
    assert open_snapshot(banner).digest != open_snapshot(tmp_path / "other").digest


def test_one_league_alone_is_the_same_as_in_the_whole_region(tmp_path):
    build(tmp_path / "region", scale=0.02, seed=5, edition=EDITION)
    build(tmp_path / "league", scope="1504", scale=0.02, seed=5, edition=EDITION)
    whole, part = read(tmp_path / "region", "branches"), read(tmp_path / "league", "branches")
    assert whole.filter(pc.starts_with(whole["code"], "1504")).to_pylist() == part.to_pylist()
    assert part.num_rows > 10


def test_every_village_has_a_branch_of_its_own(league):
    villages = {place.code for place in places() if place.code.startswith("1529") and kind(place) == "pastoral_gacha"}
    assert villages
    assert villages <= set(read(league, "branches")["unit"].to_pylist())


def test_every_field_of_any_edition_has_branches(league):
    fields = Counter(read(league, "branches")["field"].to_pylist())
    assert set(fields) == {"one", "two", "three", "four", "five"}
    assert min(fields.values()) > 50


def test_names_are_told_apart_within_a_place(league):
    rows = read(league, "branches").to_pylist()
    doubled = [key for key, number in Counter((row["unit"], row["name"]) for row in rows).items() if number > 1]
    assert len(doubled) < len(rows) / 200, doubled[:5]


def test_the_truth_stands_beside_the_snapshot_and_scoring_does_not_need_it(banner, tmp_path):
    truth = pq.read_table(truth_path(banner))
    assert truth["code"].to_pylist() == read(banner, "branches")["code"].to_pylist()
    assert not [path for path in banner.rglob("*") if "truth" in path.name]
    first = evaluate(banner, tmp_path / "with")
    truth_path(banner).rename(tmp_path / "away.parquet")
    try:
        assert evaluate(banner, tmp_path / "without") == first
    finally:
        (tmp_path / "away.parquet").rename(truth_path(banner))


def test_the_results_find_the_truth_again(league):
    truth, results = pq.read_table(truth_path(league)), read(league.with_name("results"), "branches")
    theta, quality = results["theta"].to_numpy(), truth["quality"].to_numpy()
    assert np.corrcoef(theta, quality)[0, 1] > 0.8
    assert 0.8 < (np.abs(theta - quality) < 1.645 * results["spread"].to_numpy()).mean() < 0.96


def test_no_order_of_casting_survives(banner):
    rows = list(zip(*read(banner, "ballots").select(
        ["source", "branch", "q1", "q2", "q3", "q4", "q5"]).to_pydict().values(), strict=True))  # fmt: skip
    assert rows == sorted(rows)


def test_there_is_something_for_the_audit_to_find(league):
    rows = read(league, "branches").to_pylist()
    assert any(row["members"] > 50 for row in rows)
    assert any(row["members"] == 0 for row in rows)
    assert any(0 < row["full_members"] < 3 for row in rows)
    assert any(row["members"] > 50 and row["exception"] for row in rows)
    assert any(row["term_end"].isoformat() < "2023-12-31" for row in rows)
    assert any(row["full_members"] >= 7 and row["committee"] == 0 for row in rows)
    assert any(row["secretary_vacant_since"] for row in rows)
    assert any(row["last_gathering"].isoformat() < "2023-06-30" for row in rows)
    assert any(not row["unit_active"] for row in rows)
    assert all(row["full_members"] <= row["members"] for row in rows)
    bodies = read(league, "organisations").to_pylist()
    assert any(row["kind"] == "grassroots_committee" and row["members"] < 100 for row in bodies)
    assert any(row["kind"] == "general_branch" and row["members"] < 50 for row in bodies)


def test_the_second_tree_is_a_tree_and_counts_every_member_once(league):
    rows = {row["code"]: row for row in read(league, "organisations").to_pylist()}
    branches = read(league, "branches").to_pylist()
    units = set(read(league, "units")["code"].to_pylist())
    seen = set()
    for code, row in rows.items():
        assert row["parent"] == "" or row["parent"] in seen, code
        assert row["unit"] in units
        seen.add(code)
    tops = [row for row in rows.values() if not row["parent"]]
    assert sum(row["members"] for row in tops) == sum(row["members"] for row in branches)
    assert {row["organisation"] for row in branches} <= set(rows)


def test_affiliation_is_not_geography(league):
    branches = read(league, "branches").to_pylist()
    away = [row for row in branches if len(row["unit"]) == 6 and row["organisation"].split("-")[0] == "1529"]
    assert away
    assert all("驻" in row["name"] for row in away)
    assert {row["kind"] for row in branches} == {"branch", "joint_branch"}


def test_a_source_that_a_table_gives_nothing_is_not_asked(tmp_path):
    text = (worked.HERE / "examples/worked/edition.yaml").read_text(encoding="utf-8")
    for old, new in (("mem: 4, mas: 4, soc: 3", "mem: 4, mas: 7, soc: 0"), ("mas: 5, soc: 2", "mas: 7, soc: 0"),
                     ("mas: 9, soc: 6", "mas: 15, soc: 0"), ("mas: 8, soc: 4", "mas: 12, soc: 0")):  # fmt: skip
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "edition.yaml").write_text(text, encoding="utf-8")
    build(tmp_path / "out", scope="150422", scale=0.3, seed=1, edition=str(tmp_path / "edition.yaml"))
    assert read(tmp_path / "out", "panel").num_rows == 0
    assert read(tmp_path / "out", "ballots").num_rows > 100


def test_no_column_holds_what_must_not_be_kept(banner):
    forbidden = {"ethnicity", "nation", "religion", "salary", "id_number", "phone", "location", "face", "voter", "time"}
    for path in banner.glob("*.parquet"):
        assert not forbidden & {name.lower() for name in pq.read_schema(path).names}, path.name


def test_visits_follow_the_lottery_that_anyone_can_check(league):
    visits = read(league, "visits").to_pylist()
    waves = Counter(visit["wave"] for visit in visits)
    n = open_snapshot(league).rows("branches")
    assert waves["borderline"] == n * 6 // 100
    assert 0.06 * n < waves["random"] < 0.13 * n
    assert 0 < waves["double"] < 0.2 * waves["random"]
    branches = read(league, "branches")["unit"].to_pylist()
    drawn = Counter(branches[visit["branch"]][:6] for visit in visits if visit["wave"] == "random")
    assert min(drawn.values()) >= 8
    first = {visit["branch"]: visit["team"] for visit in visits if visit["wave"] == "random"}
    assert all(first[visit["branch"]] != visit["team"] for visit in visits if visit["wave"] == "double")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"scope": "9999"}, "no unit has the code '9999'"), ({"scale": 0.0}, "at scale 0.0 there is no branch")],
)
def test_a_place_or_a_scale_without_branches_is_refused(tmp_path, wrong, words):
    with pytest.raises(SnapshotRefused, match=words):
        build(tmp_path / "nowhere", edition=EDITION, **wrong)
    assert list(tmp_path.iterdir()) == []
