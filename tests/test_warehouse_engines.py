"""Whichever engine counts the ballots, the results are the same bytes; an engine that is not there is refused."""

from __future__ import annotations

import importlib.util
import shutil
import sys

import pytest

import snapshots
from baolei.cli.main import main
from baolei.warehouse.cells import on_spark
from baolei.warehouse.evaluate import evaluate

SPARK = importlib.util.find_spec("pyspark") is not None and shutil.which("java") is not None


@pytest.mark.skipif(not SPARK, reason="NOT RUN: pyspark or Java is not installed (pip install '.[spark]')")
def test_spark_gives_the_bytes_that_duckdb_gives(tmp_path):
    snapshot = snapshots.write(tmp_path / "snapshot")
    assert evaluate(snapshot, tmp_path / "spark", on_spark) == evaluate(snapshot, tmp_path / "duckdb")
    files = sorted(path.relative_to(tmp_path / "duckdb") for path in (tmp_path / "duckdb").rglob("*.*"))
    assert [(tmp_path / "spark" / file).read_bytes() for file in files] == [
        (tmp_path / "duckdb" / file).read_bytes() for file in files
    ]


def test_an_engine_that_is_not_installed_is_refused_in_words(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark.errors", None)  # as if it were not there
    snapshot = snapshots.write(tmp_path / "snapshot")
    assert main(["evaluate", str(snapshot), "--out", str(tmp_path / "results"), "--engine", "spark"]) == 1
    assert "pip install 'baolei[spark]'" in capsys.readouterr().err
    assert not (tmp_path / "results").exists()
