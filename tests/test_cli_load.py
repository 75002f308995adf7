"""`baolei load`: the first day of an installation, from a folder somebody wrote by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from baolei.organisations.load import FILES
from houses import House, a_ready_house

pytestmark = [pytest.mark.stores, pytest.mark.long]

UNITS = """code,name,parent,level
15,内蒙古自治区,,1
1504,赤峰市,15,2
150422,巴林左旗,1504,3
150422103,碧流台镇,150422,4
"""
CALL = ("--since", "2026-01-01", "--why", "批1")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with a_ready_house(tmp_path / "home") as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Units down to a township; of everything else the head alone."""
    for name, columns in FILES.items():
        (tmp_path / f"{name}.csv").write_text(",".join(columns) + "\n", encoding="utf-8")
    (tmp_path / "units.csv").write_text(UNITS, encoding="utf-8")
    return tmp_path


def test_units_alone_are_enough_to_begin_with_and_come_once(house: House, folder: Path) -> None:
    assert house.told("load", str(folder), *CALL)["units"] == 4
    (folder / "units.csv").write_text("code,name,parent,level\n11,北京市,,1\n", encoding="utf-8")
    again = house.ran("load", str(folder), *CALL)
    assert again.returncode == 1
    assert "there are units here already" in again.stderr


@pytest.mark.parametrize(
    ("left_out", "said"),
    [("15,内蒙古", "units.csv:1: .*'15'"), ("1504,", "units.csv:.*'1504'")],
    ids=["the region", "a league"],
)
def test_a_unit_under_one_that_is_not_there_is_refused_with_its_line(
    house: House, folder: Path, left_out: str, said: str
) -> None:
    rest = [line for line in UNITS.splitlines() if not line.startswith(left_out)]
    (folder / "units.csv").write_text("\n".join(rest) + "\n", encoding="utf-8")
    refused = house.ran("load", str(folder), *CALL)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert re.search(said, refused.stderr)


def test_a_tree_that_begins_below_the_region_is_refused(house: House, folder: Path) -> None:
    (folder / "units.csv").write_text("code,name,parent,level\n1504,赤峰市,,2\n", encoding="utf-8")
    refused = house.ran("load", str(folder), *CALL)
    assert "units.csv:2: stands under no unit and is of level 2" in refused.stderr
    (folder / "units.csv").write_text(UNITS, encoding="utf-8")
    assert house.told("load", str(folder), *CALL)["units"] == 4, "nothing of the first was kept"
