"""The rules of centres and of the circle, apart from any record."""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any

import pytest
import yaml

from baolei.programme import centres
from baolei.programme.centres import CLOSED, FOLLOWS, OPEN, PAUSED, STATES, CentreRefused, centre_rules
from baolei.warehouse.rulebook import CENTRES, text

ROWS = yaml.safe_load(text(CENTRES))


def rows(**changed: Any) -> Any:
    return {**copy.deepcopy(ROWS), **changed}


@pytest.mark.parametrize(("changed", "fault"), [
    ({"kinds": {"community": "horse", "other": "foot"}}, "a profile that is not there: horse"),
    ({"kinds": {"community": "foot"}}, "what holds for other places"),
    ({"unsurfaced": {}}, "the surface of track is not known"),
    ({"services": [{"code": "a", "circle": False, "name": {"zh": "一", "en": "one"}}]}, "no service makes the circle"),
    ({"roads": [{"code": "lane"}]}, "'name' is missing"),
])  # fmt: skip
def test_rules_that_leave_something_open_are_refused(changed: Any, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        centre_rules(rows(**changed))


def test_the_shipped_rules_name_numbers_profiles_and_levels() -> None:
    rules = centre_rules(rows())
    assert (rules.number("circle_minutes"), set(rules.levels), set(rules.profiles)) == (
        15,
        {2, 3, 4, 5},
        {"foot", "pastoral"},
    )
    with pytest.raises(KeyError):
        rules.number("moon")


def test_steps_are_those_of_the_table_and_no_other() -> None:
    for now, can in FOLLOWS.items():
        for to in STATES:
            if to in can:
                centres.check_step(now, to)
            else:
                with pytest.raises(CentreRefused, match="cannot become"):
                    centres.check_step(now, to)
    assert FOLLOWS[CLOSED] == ()
    assert set(FOLLOWS[OPEN]) == {PAUSED, CLOSED}


def test_hours_are_whole_or_not_known() -> None:
    eight, six = dt.time(8), dt.time(18)
    centres.check_hours("", None, None)
    centres.check_hours("12345", eight, six)
    for days, opens, closes in (("", eight, six), ("18", eight, six), ("11", eight, six), ("1", six, eight),
                                ("1", None, six), ("1", eight, None), ("1", eight, eight)):  # fmt: skip
        with pytest.raises(CentreRefused):
            centres.check_hours(days, opens, closes)


def test_coverage_is_level_by_level_and_together() -> None:
    assert centres.coverage({3: 2, 4: 0, 5: 10}, {3: 2, 5: 9}) == {3: (2, 2), 5: (9, 10), 0: (11, 12)}
    assert centres.coverage({}, {}) == {0: (0, 0)}
