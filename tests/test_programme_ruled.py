"""Numbers kept as data: each with a source, none forgotten, the latest in force."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from baolei.programme.ruled import in_force, numbers, read_as
from baolei.programme.standard.edition import Basis

SOURCE = {"zh": "本项目拟定", "en": "ours"}


def file(**rows: Any) -> dict[str, Any]:
    return {"baolei": "trial", "source": SOURCE, "standing": "ours", "numbers": rows}


def test_a_number_rests_on_its_own_source_or_on_that_of_its_file():
    own = {"value": 7, "source": {"zh": "条例", "en": "Rules"}, "standing": "memory"}
    found = numbers(file(days=own, people={"value": 0}), ["people", "days"])
    assert list(found) == ["people", "days"]
    assert found["people"].basis == Basis("本项目拟定", "ours", "ours")
    assert (found["days"].value, found["days"].basis) == (7, Basis("条例", "Rules", "memory"))


@pytest.mark.parametrize(("rows", "says"), [
    ({}, "trial: days is missing"),
    ({"days": {"value": 3}, "hours": {"value": 1}}, "hours is no number of these rules"),
    ({"days": {"value": True}}, "whole number"), ({"days": {"value": -1}}, "whole number"),
    ({"days": {"value": "3"}}, "whole number"), ({"days": {"value": 3, "standing": "sure"}}, "'sure' is none of seen"),
])  # fmt: skip
def test_what_is_no_number_of_the_rules_is_refused(rows: Any, says: str):
    with pytest.raises(ValueError, match=says):
        numbers(file(**rows), ["days"])


def test_rows_of_another_shape_are_refused_with_their_place():
    with pytest.raises(ValueError, match="trial: 'name' is missing"), read_as("trial"):
        raise KeyError("name")
    with pytest.raises(ValueError, match="trial: no list"), read_as("trial"):
        raise TypeError("no list")


def test_the_version_begun_last_is_in_force():
    old, new = SimpleNamespace(since=date(2020, 1, 1)), SimpleNamespace(since=date(2026, 1, 1))
    assert in_force([new, old], date(2025, 12, 31)) is old
    assert in_force([new, old], date(2026, 1, 1)) is new
    with pytest.raises(ValueError, match="in force on 2019-01-01"):
        in_force([new, old], date(2019, 1, 1))
