"""The commands in the hands of a stranger: a clear no, a JSON no, an exit status, and nothing lost or left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import snapshots
from baolei.cli.main import main
from baolei.warehouse.evaluate import evaluate
from baolei.warehouse.snapshot import MANIFEST
from test_warehouse_snapshot import reseal


@pytest.fixture
def snapshot(tmp_path):
    return snapshots.write(tmp_path / "snapshot")


def refusal(snapshot, tmp_path, capsys):
    assert main(["evaluate", str(snapshot), "--out", str(tmp_path / "results")]) == 1
    assert not (tmp_path / "results").exists()
    return capsys.readouterr().err


@pytest.mark.parametrize("out", ["snapshot", "snapshot/results", "."])
def test_results_never_take_the_place_of_their_snapshot(snapshot, tmp_path, capsys, out):
    before = sorted(path.name for path in snapshot.rglob("*"))
    assert main(["evaluate", str(snapshot), "--out", str(tmp_path / out)]) == 1
    assert "the snapshot is there" in capsys.readouterr().err
    assert sorted(path.name for path in snapshot.rglob("*")) == before


def test_results_replace_results_and_a_snapshot_a_snapshot(snapshot, tmp_path, capsys):
    other = snapshots.write(tmp_path / "other")
    assert main(["evaluate", str(snapshot), "--out", str(other)]) == 1
    assert "not written by baolei as 'baolei results 1'" in capsys.readouterr().err


RESHAPED = {
    "a column gone": (lambda rows: rows.drop_columns(["num"]), "facts.parquet: has no column 'num' — of type int64"),
    "a column of words": (
        lambda rows: rows.set_column(2, "num", pa.array(["many"] * rows.num_rows)),
        "facts.parquet: column 'num' is of type string — int64",
    ),
    "empty cells": (
        lambda rows: rows.set_column(2, "num", pa.nulls(rows.num_rows, pa.int64())),
        "facts.parquet: column 'num' has empty cells",
    ),
}


@pytest.mark.parametrize("name", RESHAPED)
def test_a_table_of_another_shape_is_refused(snapshot, tmp_path, capsys, name):
    change, says = RESHAPED[name]
    path = snapshot / "facts.parquet"
    pq.write_table(change(pq.read_table(path)), path)
    reseal(snapshot, path.name)
    assert says in refusal(snapshot, tmp_path, capsys)


def test_what_is_no_parquet_or_has_other_rows_than_the_manifest_says(snapshot, tmp_path, capsys):
    path = snapshot / "facts.parquet"
    pq.write_table(pq.read_table(path).slice(0, 3), path)
    reseal(snapshot, path.name)
    assert "facts.parquet: holds 3 rows — the manifest says" in refusal(snapshot, tmp_path, capsys)
    path.write_text("num,den\n1,2\n")
    reseal(snapshot, path.name)
    assert "facts.parquet: not Parquet" in refusal(snapshot, tmp_path, capsys)


def test_questions_that_nobody_could_have_answered(snapshot, tmp_path, capsys):
    path = snapshot / "ballots.parquet"
    rows = pq.read_table(path)
    pq.write_table(rows.drop_columns(["q5"]).append_column("q5", rows["q5"].cast(pa.int64())), path)
    reseal(snapshot, path.name)
    assert "ballots.parquet: column 'q5' is of type int64 — uint8" in refusal(snapshot, tmp_path, capsys)
    pq.write_table(rows.drop_columns(["q5"]), path)
    reseal(snapshot, path.name)
    assert "ballots.parquet: has no column 'q5' — 5 questions are asked" in refusal(snapshot, tmp_path, capsys)


def test_a_round_without_branches(snapshot, tmp_path, capsys):
    path = snapshot / "branches.parquet"
    pq.write_table(pq.read_table(path).slice(0, 0), path)
    manifest = json.loads((snapshot / MANIFEST).read_text())
    manifest["files"][path.name]["rows"] = 0
    (snapshot / MANIFEST).write_text(json.dumps(manifest))
    reseal(snapshot, path.name)
    assert "branches.parquet: holds no branch" in refusal(snapshot, tmp_path, capsys)


@pytest.mark.parametrize(
    ("says", "refused"),
    [
        ({"seed": 5}, "seed is 5 — write text"),
        ({"edition": "mine"}, "edition is 'mine' — write a mapping"),
        ({"parameters": {"sigma": {"org": "x"}}}, "parameters.sigma.org is 'x' — write a number"),
        ({"files": {"facts.parquet": "x"}}, "files.facts.parquet is 'x' — write a mapping"),
    ],
)
def test_a_manifest_of_another_shape_is_refused(snapshot, tmp_path, capsys, says, refused):
    manifest = json.loads((snapshot / MANIFEST).read_text())
    (snapshot / MANIFEST).write_text(json.dumps(manifest | says))
    assert refused in refusal(snapshot, tmp_path, capsys)


def test_a_number_that_cannot_be_is_refused_before_anything_is_computed(snapshot, tmp_path, capsys):
    path = snapshot / "branches.parquet"
    rows = pq.read_table(path)
    place = rows.schema.get_field_index("entitled")
    pq.write_table(rows.set_column(place, "entitled", pa.array([-1] * rows.num_rows, pa.int32())), path)
    reseal(snapshot, path.name)
    said = refusal(snapshot, tmp_path, capsys)
    assert "branches.parquet:1: entitled is out of range — 0 to 10,000,000" in said
    assert f"entitled is out of range: {rows.num_rows} rows in all" in said


def test_a_refusal_for_machines_is_json(snapshot, tmp_path, capsys):
    assert main(["verify", str(tmp_path / "nowhere"), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["ok"] is False
    assert said["faults"][0]["wrong"] == "no such folder"
    results = tmp_path / "results"
    evaluate(snapshot, results)
    assert main(["sheet", str(results), "Z0007", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["row"]["code"] == "Z0007"


def test_an_unknown_branch_is_answered_with_those_near_it(snapshot, tmp_path, capsys):
    results = tmp_path / "results"
    evaluate(snapshot, results)
    assert main(["sheet", str(results), "第7支部"]) == 1
    assert "did you mean 第7党支部 (Z0007)" in capsys.readouterr().err
    assert main(["sheet", str(results), "xyz"]) == 1
    assert "a code or a full name of this round" in capsys.readouterr().err


@pytest.mark.parametrize(
    "call",
    [
        ["demo-region", "--out", "x", "--scale", "-1"],
        ["demo-region", "--out", "x", "--scale", "nan"],
        ["demo-region", "--out", "x", "--scale", "1e9"],
        ["demo-region", "--out", "x", "--seed", "-5"],
        ["demo", "--port", "99999"],
        ["bench", "region", "--rounds", "0"],
        ["simulate", "--seeds", "5-1"],
        ["evaluate"],
        [],
    ],
    ids=" ".join,
)
def test_a_call_that_cannot_be_taken_is_status_2(call, capsys):
    with pytest.raises(SystemExit) as ended:
        main(call)
    assert ended.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_verify_writes_nothing_beside_the_results(snapshot, tmp_path, capsys):
    results = tmp_path / "results"
    evaluate(snapshot, results)
    os.utime(tmp_path, (0, 0))
    assert main(["verify", str(results)]) == 0
    assert tmp_path.stat().st_mtime == 0, "nothing was made or renamed there"


def test_a_process_told_to_end_leaves_nothing(tmp_path):
    snapshot = snapshots.write(tmp_path / "snapshot")
    code = (
        "import os, signal, sys\nfrom baolei.warehouse import evaluate as e\n"
        "e.Writer.table = lambda *a, **k: os.kill(os.getpid(), signal.SIGTERM)\n"
        "from baolei.cli.main import main\nsys.argv[0] = 'baolei'\nsys.exit(main())\n"
    )
    call = [sys.executable, "-c", code, "evaluate", str(snapshot), "--out", str(tmp_path / "results")]
    assert subprocess.run(call, check=False, capture_output=True, timeout=60).returncode == 143
    assert [path.name for path in tmp_path.iterdir()] == ["snapshot"]


def test_what_a_killed_process_left_is_cleared_away(snapshot, tmp_path):
    left = tmp_path / f".results.partial-{os.getpid()}"
    left.mkdir()
    (left / "half.parquet").write_bytes(b"PAR1")
    evaluate(snapshot, tmp_path / "results")
    assert not left.exists()
