"""Grids and their workers as a spreadsheet: new, changed, the same; what is wrong is said; and taken back."""

from __future__ import annotations

from datetime import date

import pytest

from baolei.matters.models import Grid, GridCode, Holding, Worker
from baolei.sheets.models import Batch
from sheets_stage import DAY, TOWNSHIP, VILLAGE, applied, counts, faults, revert, send, town

pytestmark = pytest.mark.django_db
ONE = ["W01", "第一网格", VILLAGE, "B1", "N1", "陈小雨", "是"]
TWO = ["W01", "第一网格", VILLAGE, "B1", "N2", "吴天明", "否"]
THREE = ["W02", "第二网格", VILLAGE, "", "N1", "陈小雨", "是"]


@pytest.fixture(autouse=True)
def _town() -> None:
    town()


def test_grids_and_workers_come_in_and_a_worker_of_two_grids_is_one_person() -> None:
    batch = applied("grids", [ONE, TWO, THREE, ["W03", "第三网格", VILLAGE]])
    assert counts(batch) == (4, 0, 0, 0, 0)
    assert set(Grid.objects.values_list("code", "name", "since")) == {
        ("W01", "第一网格", DAY), ("W02", "第二网格", DAY), ("W03", "第三网格", DAY),
    }  # fmt: skip
    assert Worker.objects.count() == 2
    assert sorted(Holding.objects.values_list("grid__code", "worker__number", "full_time")) == [
        ("W01", "N1", True), ("W01", "N2", False), ("W02", "N1", True),
    ]  # fmt: skip
    assert GridCode.objects.filter(revoked=None).count() == 3


def test_what_differs_is_changed_from_the_day_on_and_the_rest_is_the_same() -> None:
    applied("grids", [ONE, TWO])
    again = applied("grids", [ONE, [*TWO[:6], "是"]], day=date(2026, 11, 20))
    assert counts(again)[1:3] == (1, 1)
    rows = Holding.objects.filter(worker__number="N2").order_by("since").values_list("full_time", "until")
    assert list(rows) == [(False, date(2026, 11, 19)), (True, None)]


def test_a_sheet_of_grids_is_taken_back_as_a_whole() -> None:
    batch = revert(applied("grids", [ONE, TWO, THREE]))
    assert batch.state == Batch.REVERTED, batch.notes
    assert [one.objects.count() for one in (Grid, Worker, GridCode)] == [0, 0, 0]


@pytest.mark.parametrize(("row", "column"), [
    (["W01", "第一网格", TOWNSHIP], "unit"), (["W01", "第一网格", "9"], "unit"),
    (["W01", "第一网格", VILLAGE, "C1"], "branch"), (["W01", "第一网格", VILLAGE, "", "N1"], "worker_name"),
])  # fmt: skip
def test_a_wrong_grid_is_called_wrong_in_its_cell(row: list[str], column: str) -> None:
    assert [fault[0] for found in faults(send("grids", [row])).values() for fault in found] == [column]


def test_one_number_is_one_grid_and_one_person() -> None:
    batch = send("grids", [ONE, ["W01", "别的网格", VILLAGE], ["W02", "第二网格", VILLAGE, "", "N1", "别人", "是"]])
    assert batch.counts["wrong"] == 2
