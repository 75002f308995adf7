"""A snapshot that is cut, changed, foreign or wrong is refused with its file and the reason, and nothing is written."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import snapshots
from baolei.cli.main import main
from baolei.programme.refusals import EditionRefused, ResultsDiffer, SnapshotRefused
from baolei.warehouse.cells import cells, on_duckdb, packed_sql, plain_sql
from baolei.warehouse.editions import edition
from baolei.warehouse.evaluate import evaluate, verify
from baolei.warehouse.snapshot import MANIFEST, lies_within, open_snapshot, sha256, writing


@pytest.fixture
def snapshot(tmp_path):
    return snapshots.write(tmp_path / "snapshot")


def reseal(folder, name):
    """Make the manifest agree with a changed file: only the content is at fault then."""
    manifest = json.loads((folder / MANIFEST).read_text())
    path = folder / name
    manifest["files"][name] |= {"bytes": path.stat().st_size, "sha256": sha256(path)}
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False))


def change(folder, table, column, row, value):
    """Put another value into one cell of a table and reseal."""
    path = folder / f"{table}.parquet"
    rows = pq.read_table(path)
    values = rows[column].to_pylist()
    values[row] = value
    place = rows.schema.get_field_index(column)
    kind = rows.schema.field(place)
    pq.write_table(rows.set_column(place, kind, pa.array(values).cast(kind.type)), path)
    reseal(folder, path.name)


def refusal(folder, tmp_path):
    with pytest.raises((SnapshotRefused, EditionRefused)) as caught:
        evaluate(folder, tmp_path / "results")
    assert not (tmp_path / "results").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["snapshot"]
    return str(caught.value)


def test_the_same_snapshot_gives_the_same_bytes(snapshot, tmp_path):
    first = evaluate(snapshot, tmp_path / "a")
    second = evaluate(snapshot, tmp_path / "b")
    assert first == second
    for path in sorted((tmp_path / "a").rglob("*.*")):
        assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes()


def test_writing_the_same_snapshot_gives_the_same_bytes(snapshot, tmp_path):
    again = snapshots.write(tmp_path / "again")
    assert open_snapshot(snapshot).digest == open_snapshot(again).digest


def test_a_missing_file_is_named(snapshot, tmp_path):
    (snapshot / "facts.parquet").unlink()
    assert "facts.parquet: missing" in refusal(snapshot, tmp_path)


def test_a_truncated_file_is_named_with_what_there_is(snapshot, tmp_path):
    path = snapshot / "ballots.parquet"
    whole = path.stat().st_size
    path.write_bytes(path.read_bytes()[:100])
    assert f"ballots.parquet: cut short: 100 of {whole} bytes" in refusal(snapshot, tmp_path)


def test_a_damaged_file_is_named(snapshot, tmp_path):
    path = snapshot / "facts.parquet"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert "facts.parquet: changed since it was sealed" in refusal(snapshot, tmp_path)


def test_a_foreign_file_is_named(snapshot, tmp_path):
    (snapshot / "truth.parquet").write_bytes(b"peek")
    assert "truth.parquet: a foreign file" in refusal(snapshot, tmp_path)


def test_all_faults_of_a_folder_are_listed_at_once(snapshot, tmp_path):
    (snapshot / "facts.parquet").unlink()
    (snapshot / "marks.parquet").unlink()
    (snapshot / "notes.txt").write_text("hello")
    assert "3 faults" in refusal(snapshot, tmp_path)


def test_a_manifest_that_is_missing_broken_or_of_another_kind(snapshot, tmp_path):
    text = (snapshot / MANIFEST).read_text()
    (snapshot / MANIFEST).write_text(text.replace("baolei snapshot 1", "baolei snapshot 9"))
    assert "the format is 'baolei snapshot 9'" in refusal(snapshot, tmp_path)
    (snapshot / MANIFEST).write_text("{")
    assert "not JSON" in refusal(snapshot, tmp_path)
    (snapshot / MANIFEST).write_text("[]")
    assert "lists no files" in refusal(snapshot, tmp_path)
    (snapshot / MANIFEST).unlink()
    assert "missing" in refusal(snapshot, tmp_path)


@pytest.mark.parametrize("name", ["../outside.parquet", "/etc/hostname"])
def test_a_manifest_cannot_reach_outside_its_folder(snapshot, tmp_path, name):
    manifest = json.loads((snapshot / MANIFEST).read_text())
    manifest["files"][name] = {"bytes": 1, "sha256": ""}
    (snapshot / MANIFEST).write_text(json.dumps(manifest))
    assert "leads out of the folder" in refusal(snapshot, tmp_path)


@pytest.mark.parametrize(
    ("table", "column", "row", "value", "says"),
    [
        ("branches", "unit", 4, "999", "branches.parquet:5: unit '999' is unknown"),
        ("branches", "field", 2, "palace", "branches.parquet:3: field 'palace' is unknown"),
        ("branches", "code", 1, "Z0000", "branches.parquet:2: the code 'Z0000' stands twice"),
        ("facts", "item", 0, "steps_walked", "facts.parquet:1: item 'steps_walked' is unknown"),
        ("facts", "branch", 0, 9999, "names a branch that is not in branches.parquet"),
        ("facts", "num", 3, -1, "facts.parquet:4: a negative number"),
        ("facts", "den", 3, 10**12, "facts.parquet:4: a number out of range"),
        ("marks", "code", 0, "flattery", "marks.parquet:1: code 'flattery' is unknown"),
        ("marks", "level", 1, "galaxy", "marks.parquet:2: a level at which county_honour earns nothing"),
        ("ballots", "q1", 0, 77, "ballots.parquet: an answer 77"),
        ("ballots", "branch", 0, 5000, "ballots.parquet: a ballot names branch 5,000"),
        ("ballots", "source", 0, 0, "ballots.parquet: ballots of source number [0]"),
        ("units", "parent", 3, "77", "units.parquet:4: 150101 hangs under '77'"),
    ],
)
def test_a_wrong_row_is_named(snapshot, tmp_path, table, column, row, value, says):
    change(snapshot, table, column, row, value)
    assert says in refusal(snapshot, tmp_path)


def test_another_edition_than_the_one_of_the_round_is_refused(snapshot, tmp_path):
    path = snapshot / "edition/edition.yaml"
    path.write_text(path.read_text().replace("line: 85", "line: 60"))
    reseal(snapshot, "edition/edition.yaml")
    assert "edition: its digest is" in refusal(snapshot, tmp_path)


def test_verify_follows_and_names_the_first_difference(snapshot, tmp_path):
    out = tmp_path / "results"
    digest = evaluate(snapshot, out)
    assert verify(out, snapshot) == digest
    change(out, "branches", "score", 7, 9999)
    with pytest.raises(ResultsDiffer, match=r"branches.parquet: row 8, column score: 9999 stands"):
        verify(out, snapshot)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["results", "snapshot"]


def test_the_command_says_no_with_one_clear_message(snapshot, tmp_path, capsys):
    (snapshot / "facts.parquet").write_bytes(b"")
    assert main(["evaluate", str(snapshot), "--out", str(tmp_path / "results")]) == 1
    assert "facts.parquet: cut short" in capsys.readouterr().err
    assert not (tmp_path / "results").exists()


def test_a_folder_that_is_not_ours_is_never_overwritten(snapshot, tmp_path):
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "thesis.doc").write_text("years of work")
    with pytest.raises(FileExistsError, match="not written by baolei"):
        evaluate(snapshot, tmp_path / "results")
    assert (tmp_path / "results" / "thesis.doc").read_text() == "years of work"


def test_a_failure_while_writing_leaves_nothing(tmp_path):
    def broken():
        with writing(tmp_path / "new") as writer:
            writer.text("a.txt", "a")
            raise RuntimeError("disk full")

    with pytest.raises(RuntimeError):
        broken()
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_leaves_nothing_half_written(tmp_path):
    snapshot = snapshots.write(tmp_path / "snapshot", branches=400)
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom baolei.warehouse import evaluate as e\n"
        "write = e.Writer.table\n"
        "def slow(self, *a, **k):\n    print('writing', flush=True); time.sleep(3)\n"
        "e.Writer.table = slow\n"
        "from baolei.cli.main import main\nsys.exit(main(['evaluate', sys.argv[1], '--out', sys.argv[2]]))\n"
    )
    out = tmp_path / "results"
    with subprocess.Popen([sys.executable, "-c", code, str(snapshot), str(out)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as process:  # fmt: skip
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        try:
            _, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130
    assert "nothing was left half-written" in err
    assert [path.name for path in tmp_path.iterdir()] == ["snapshot"]


def test_packed_and_plain_counts_agree(snapshot):
    opened = open_snapshot(snapshot)
    standard = edition(snapshot / "edition")
    files = {"ballots": opened.file("ballots")}
    packed, plain = (
        on_duckdb(packed_sql(standard, 12, ("ballots",)), files),
        on_duckdb(plain_sql(standard, ("ballots",)), files),
    )
    key = lambda rows: sorted(zip(rows["source"], rows["branch"], rows["ballots"], strict=True))  # noqa: E731
    assert key(packed) == key(plain)
    small = cells(opened, standard)
    large = cells(opened, standard, lambda sql, tables: _many(on_duckdb(sql, tables)))
    assert (small.answers == large.answers).all()


def _many(rows):
    """As if one branch had more ballots than a packed slot holds: the plain statement must then be used."""
    if "p1" in rows:
        rows["ballots"] = rows["ballots"].copy()
        rows["ballots"][0] = 1 << 20
        rows["p1"] = rows["p1"] * 0
    return rows


def test_a_results_folder_can_be_replaced_by_newer_results(snapshot, tmp_path):
    evaluate(snapshot, tmp_path / "results")
    shutil.copytree(snapshot, tmp_path / "other")
    assert evaluate(tmp_path / "other", tmp_path / "results") == verify(tmp_path / "results", snapshot)


def test_the_extremes_kept_in_a_file_tell_whether_its_values_lie_within(tmp_path):
    rows = pa.table({"a": pa.array([1, 5, 3], pa.uint8()), "b": pa.array([0, 0, 9], pa.uint8())})
    told, silent = tmp_path / "told.parquet", tmp_path / "silent.parquet"
    pq.write_table(rows, told)
    pq.write_table(rows, silent, write_statistics=False)
    assert lies_within(told, {"a": (1, 5), "b": (0, 9)})
    assert not lies_within(told, {"a": (1, 5), "b": (0, 8)})
    assert not lies_within(told, {"a": (2, 5)})
    assert not lies_within(silent, {"a": (1, 5)})
