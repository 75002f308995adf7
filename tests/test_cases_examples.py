"""The cases that ship: figures that others published, reproduced by an edition and data alone."""

from __future__ import annotations

import json
import shutil

import pytest

from baolei.cli.cases import cases
from baolei.warehouse.cases import find, run
from index_cases import EXAMPLES

COMPARED = {
    "hdi-2021": {"value at three decimals": 191, "rank": 191, "tier": 191},
    "asem": {"divided by denominators": 2499, "aggregated at three levels": 561, "ranks of index and every node": 561},
    "hospital-stars-2021": {"stars": 4536, "summary scores": 4536, "standardised group scores": 22680},
    "lecturers": {"effect of every lecturer": 1128},
    "baseball": {"James-Stein averages": 6},
    "agreement-icc": {"six coefficients": 6},
    "agreement-alpha": {"alpha by level of measurement": 4},
    "trials": {"variance between trials": 1},
}


@pytest.mark.parametrize("name", COMPARED)
def test_every_published_figure_is_reproduced(name):
    report = run(EXAMPLES / name)
    short = [f"{check.what}: {check.got}" for check in report.checks if not check.ok]
    assert not short
    compared = {check.what: check.compared for check in report.checks}
    assert {what: compared[what] for what in COMPARED[name]} == COMPARED[name]


def test_every_example_of_an_index_is_among_those_tested():
    written = {
        folder.name
        for folder in find(EXAMPLES)
        if "kind: index" in (folder / "edition.yaml").read_text(encoding="utf-8")
    }
    assert written == set(COMPARED)


@pytest.fixture
def hdi(tmp_path):
    return shutil.copytree(EXAMPLES / "hdi-2021", tmp_path / "hdi")


def rewrite(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_one_wrong_figure_falls_short_and_is_named(hdi, capsys):
    rewrite(hdi / "case.yaml", "CHN: 0.768", "CHN: 0.769")
    assert cases([hdi], as_json=True) == 1
    told = json.loads(capsys.readouterr().out)
    (short,) = [check for check in told["cases"][0]["checks"] if not check["ok"]]
    assert short["what"] == "four countries by hand"
    assert "CHN" in short["got"]
    assert not told["ok"]


def test_ranking_the_unrounded_value_would_not_do(hdi):
    rewrite(hdi / "edition.yaml", "score: {decimals: 3}\n", "")
    rank = {check.what: check for check in run(hdi).checks}["rank"]
    assert rank.got.startswith("162 equal")


def test_a_unit_missing_from_the_data_is_missed(hdi):
    lines = (hdi / "hdi2021.csv").read_text(encoding="utf-8").splitlines()
    (hdi / "data.csv").write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    rewrite(hdi / "case.yaml", "file: hdi2021.csv", "file: data.csv")
    checks = {check.what: check for check in run(hdi).checks}
    assert not checks["value at three decimals"].ok
    assert lines[-1].split(",")[0] in checks["tier"].got


def test_a_unit_too_many_in_the_data_is_missed_too(hdi):
    lines = (hdi / "hdi2021.csv").read_text(encoding="utf-8").splitlines()
    (hdi / "published.csv").write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    text = (hdi / "case.yaml").read_text(encoding="utf-8")
    (hdi / "case.yaml").write_text(text.replace("{file: hdi2021.csv", "{file: published.csv"), encoding="utf-8")
    assert not {check.what: check for check in run(hdi).checks}["tier"].ok


def test_the_command_prints_a_table_and_says_zero_when_all_hold(capsys):
    assert cases([EXAMPLES / "baseball"], as_json=False) == 0
    assert "shrinkage factor c" in capsys.readouterr().out


def test_a_refused_case_does_not_stop_the_others(hdi, capsys):
    rewrite(hdi / "edition.yaml", "method: goalposts", "method: goalpost")
    assert cases([hdi, EXAMPLES / "baseball"], as_json=True) == 1
    first, second = json.loads(capsys.readouterr().out)["cases"]
    assert "edition.yaml:17" in first["refused"]
    assert second["ok"]


def test_a_folder_without_cases_is_refused(tmp_path, capsys):
    assert cases([tmp_path], as_json=False) == 1
    assert "case.yaml" in capsys.readouterr().out
