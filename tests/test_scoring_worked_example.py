"""The worked example, every line to the cent (method 2.11)."""

from __future__ import annotations

import pytest

import worked
from baolei.programme.scoring.pipeline import score
from baolei.programme.scoring.sheet import points_text


@pytest.fixture(scope="module")
def scored():
    edition = worked.edition()
    return score(edition, worked.board(edition))


def test_every_item_line_is_that_of_the_example(scored):
    assert [points_text(p) for p in scored["fact_points"]] == [
        "5.50", "3.67", "2.00", "4.00", "1.00", "1.86", "4.00", "3.67", "3.00", "3.52", "1.58",
    ]  # fmt: skip
    assert scored["item_earned"].sum() == 3380


def test_every_ballot_line_is_that_of_the_example(scored):
    mem, mas, soc = scored["asked_points"][0]
    assert mem.tolist() == [372, 366, 469, 92, 91]
    assert mas.tolist() == [336, 409, 323, 769, 701]
    assert soc.tolist() == [258, 166, 0, 522, 338]
    assert scored["asked_mean"][0, 1].tolist() == [8444, 8222, 8111, 8667, 8889]
    assert scored["asked_score"][0, 1].tolist() == [8391, 8174, 8065, 8544, 8761]


def test_the_score_its_error_and_its_chance(scored):
    assert points_text(scored["base"][0]) == "85.92"
    assert points_text(scored["bonus"][0]) == "1.00"
    assert points_text(scored["deduction"][0]) == "0.50"
    assert points_text(scored["score"][0]) == "86.42"
    assert round(scored["se"][0], 3) == 2.104
    assert round(scored["theta"][0], 2) == 85.65
    assert round(scored["spread"][0], 2) == 1.97
    assert round(scored["probability"][0], 3) == 0.629


def test_the_total_is_the_exact_sum_of_the_printed_leaves(scored):
    leaves = scored["fact_points"].sum() + scored["asked_points"].sum()
    assert leaves + scored["bonus"][0] - scored["deduction"][0] == scored["score"][0]


def test_the_example_is_a_case_that_anyone_can_run():
    from baolei.warehouse.cases import run

    report = run(worked.HERE / "examples/worked")
    assert report.ok, [check for check in report.checks if not check.ok]
    assert len(report.checks) == 14
