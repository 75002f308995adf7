"""Files that are sent to us: hostile ones are refused in words, quickly and in little space; the others are read."""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import xlsxwriter
import xlwt

import hostile_files
from baolei.sheets import child, limits
from baolei.sheets.scan import FileRefused, letters, place, scan

SECONDS, MEMORY = 5, 2**26
MEASURE = """import json, os, subprocess, sys
process = subprocess.Popen(sys.argv[2:])
_, status, usage = os.wait4(process.pid, 0)
with open(sys.argv[1], "w") as file:
    json.dump([usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024], file)
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""A process starts with the peak of the one it was split off from: a small one stands between it and the tests."""


def measured(command: list[str], usage: Path) -> tuple[int, bytes, float, int]:
    """How a command ended, what it said, its seconds of a processor, and its most memory in bytes."""
    done = subprocess.run([sys.executable, "-I", "-c", MEASURE, str(usage), *command], stdout=subprocess.PIPE,
                          env={}, check=False, timeout=120)  # fmt: skip
    seconds, memory = json.loads(usage.read_text())
    return done.returncode, done.stdout, seconds, memory


@pytest.mark.parametrize("what", hostile_files.REFUSED)
def test_a_hostile_file_is_refused_in_words_quickly_and_in_little_space(what: str, tmp_path: Path) -> None:
    make, zh, en = hostile_files.REFUSED[what]
    sent, out = tmp_path / "sent", tmp_path / "rows"
    sent.write_bytes(make())
    started = time.monotonic()
    code, said, worked, memory = measured(child.command(sent, out), tmp_path / "usage")
    seconds = time.monotonic() - started
    assert code == 3, said
    words = json.loads(said)
    assert re.search(zh, words[0]), words
    assert re.search(en, words[1]), words
    assert worked < SECONDS
    assert seconds < 3 * SECONDS, "two cores may be busy; alone it takes less than five"
    assert memory < MEMORY
    assert not out.exists()


def read(path: Path) -> tuple[dict[str, object], list[tuple[int, list[object]]]]:
    out = path.parent / "rows"
    about = child.read(path, out)
    return about, list(child.rows(out))


def test_a_reader_that_breaks_is_a_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = hostile_files.written(tmp_path, [["姓名"]])
    dies = ["/bin/sh", "-c", "kill -ABRT $$"]
    monkeypatch.setattr(child, "command", lambda upload, out: dies)
    with pytest.raises(FileRefused, match="超出了内存或时间限制"):
        child.read(sent, tmp_path / "rows")
    monkeypatch.setattr(child, "command", lambda upload, out: ["/bin/sleep", "9"])
    monkeypatch.setattr(child, "PATIENCE", 0.2)
    with pytest.raises(FileRefused, match="memory or time"):
        child.read(sent, tmp_path / "rows")


def test_a_refusal_crosses_the_line_between_processes(tmp_path: Path) -> None:
    (tmp_path / "sent").write_bytes(hostile_files.macro())
    with pytest.raises(FileRefused) as refused:
        child.read(tmp_path / "sent", tmp_path / "rows")
    assert refused.value.zh.startswith("工作簿带有宏。")
    assert refused.value.en.startswith("The workbook holds macros. Open it")


def test_a_workbook_is_read_with_its_numbers_of_rows_days_and_texts(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page, day = book.add_worksheet("党员"), book.add_format({"num_format": "yyyy-mm-dd"})
        page.write(4, 2, "姓名")
        page.write(6, 2, "周青禾")
        page.write_datetime(6, 3, dt.date(2021, 7, 1), day)
        page.write(6, 4, 12)
        page.write(6, 5, True)
        page.write(8, 2, "  ")
        book.add_worksheet("说明")
    about, rows = read(path)
    assert (about["format"], about["sheet"], about["others"], about["epoch1904"]) == ("xlsx", "党员", ["说明"], False)
    assert [number for number, _ in rows] == [5, 7]
    assert rows[0][1][:3] == [None, None, "姓名"]
    assert rows[1][1][2:] == ["周青禾", ["t", "2021-07-01T00:00:00"], 12, True] or rows[1][1][2:] == [
        "周青禾", ["d", "2021-07-01"], 12, True,
    ]  # fmt: skip


def test_a_workbook_says_from_when_it_counts_and_what_is_hidden_merged_or_broken(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": True}) as book:
        page = book.add_worksheet()
        page.merge_range("A1:C1", "党员名册")
        page.write(1, 0, "姓名")
        page.write_formula(2, 0, "=1/0", None, "#DIV/0!")
        page.set_row(3, None, None, {"hidden": True})
        page.write(3, 0, "程小满")
    about, rows = read(path)
    assert about["epoch1904"] is True
    assert (about["merged"], about["hidden"], about["broken"]) == (["A1:C1"], [4], ["A3"])
    assert rows[0] == (1, ["党员名册"])


def test_the_sheet_that_is_seen_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(path) as book:
        first, second = book.add_worksheet("内部"), book.add_worksheet("党员")
        first.write(0, 0, "不看")
        second.write(0, 0, "姓名")
        second.activate()
        second.set_first_sheet()
        first.hide()
    about, rows = read(path)
    assert (about["sheet"], rows) == ("党员", [(1, ["姓名"])])


def test_the_old_format_is_read(tmp_path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("党员")
    page.write(0, 0, "姓名")
    page.write(1, 0, "周青禾")
    page.write(1, 1, dt.date(2021, 7, 1), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    page.write(1, 2, 7)
    book.save(str(tmp_path / "x.xls"))
    about, rows = read(tmp_path / "x.xls")
    assert about["format"] == "xls"
    assert rows[0] == (1, ["姓名", None, None])
    assert rows[1][1][0] == "周青禾"
    assert rows[1][1][1][1].startswith("2021-07-01")
    assert rows[1][1][2] == 7


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_a_text_file_is_read_in_the_encodings_of_our_offices(tmp_path: Path, encoding: str, ends: str) -> None:
    words = ends.join(["姓名,党支部", '周青禾,"东方红村, 一"', "", "㛃,𬱖", ""])
    (tmp_path / "x.csv").write_bytes(words.encode(encoding))
    about, rows = read(tmp_path / "x.csv")
    assert (about["format"], about["encoding"]) == ("csv", "gb18030" if encoding == "gb18030" else "utf-8")
    assert rows == [(1, ["姓名", "党支部"]), (2, ["周青禾", "东方红村, 一"]), (4, ["㛃", "𬱖"])]


@pytest.mark.parametrize("between", ["\t", ";"])
def test_a_text_file_may_part_its_cells_by_other_signs(tmp_path: Path, between: str) -> None:
    (tmp_path / "x.csv").write_text(f"姓名{between}党支部\n周青禾{between}东方红村\n", encoding="utf-8")
    assert read(tmp_path / "x.csv")[1] == [(1, ["姓名", "党支部"]), (2, ["周青禾", "东方红村"])]


def test_an_empty_file_has_no_rows(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"")
    assert read(tmp_path / "x.csv")[1] == []
    assert read(hostile_files.written(tmp_path, []))[1] == []


def test_a_table_that_is_too_long_is_refused_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a\n" * (limits.ROWS + 1), encoding="utf-8")
    with pytest.raises(FileRefused, match=r"200000 行.*分成几个文件"):
        read(tmp_path / "x.csv")


@pytest.mark.parametrize(
    ("reference", "row", "column"), [("A1", 1, 1), ("Z9", 9, 26), ("AB12", 12, 28), ("XFD7", 7, 16384)]
)
def test_the_place_of_a_cell_and_back(reference: str, row: int, column: int) -> None:
    assert place(reference) == (row, column)
    assert f"{letters(column)}{row}" == reference


def test_a_hundred_thousand_rows_pass_the_scan_in_seconds(tmp_path: Path) -> None:
    rows: list[list[object]] = [["组织代码", "姓名", "入党日期"]] + [
        [f"15042210{number:06d}", f"党员{number}", "2001-07-01"] for number in range(20_000)
    ]
    started = time.process_time()
    assert scan(str(hostile_files.written(tmp_path, rows))).facts.rows == 20_001
    assert time.process_time() - started < 10
