"""`baolei load`: the first day of an installation, from a folder somebody wrote by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from baolei.organisations.load import FILES
from houses import House, a_house

pytestmark = pytest.mark.stores

CALL = ("--since", "2026-01-01", "--why", "批1")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with a_house(tmp_path / "home") as made:
        made.said("migrate")
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two units; of everything else the head alone."""
    for name, columns in FILES.items():
        (tmp_path / f"{name}.csv").write_text(",".join(columns) + "\n", encoding="utf-8")
    with (tmp_path / "units.csv").open("a", encoding="utf-8") as file:
        file.write("150422,巴林左旗,,3\n150422103,碧流台镇,150422,4\n")
    return tmp_path


def test_units_alone_are_enough_to_begin_with_and_come_once(house: House, folder: Path) -> None:
    assert house.told("load", str(folder), *CALL)["units"] == 2
    (folder / "units.csv").write_text("code,name,parent,level\n15,内蒙古自治区,,1\n", encoding="utf-8")
    again = house.ran("load", str(folder), *CALL)
    assert again.returncode == 1
    assert "there are units here already" in again.stderr


def test_a_unit_under_one_that_is_not_there_is_refused_with_its_line(house: House, folder: Path) -> None:
    (folder / "units.csv").write_text("code,name,parent,level\n150422103,碧流台镇,150422,4\n", encoding="utf-8")
    refused = house.ran("load", str(folder), *CALL)
    assert refused.returncode == 1
    assert "units.csv" in refused.stderr
    assert "150422" in refused.stderr
    assert house.told("load", str(good(folder)), *CALL)["units"] == 1, "nothing of the first was kept"


def good(folder: Path) -> Path:
    (folder / "units.csv").write_text("code,name,parent,level\n150422,巴林左旗,,3\n", encoding="utf-8")
    return folder
