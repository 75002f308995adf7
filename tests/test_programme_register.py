"""The numbers of a quarter: which are asked, when, what cannot be, and rules that cannot be read."""

from __future__ import annotations

import datetime as dt
from copy import deepcopy
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from baolei.declarations.sources import KNOWN
from baolei.programme.register import (
    FIGURES,
    Quarter,
    entered_late,
    exceeding,
    quarter_of,
    quarter_said,
    register_rules,
)
from baolei.warehouse import rulebook
from baolei.warehouse.editions import texts_of

RULES = rulebook.register()


@given(st.dates(dt.date(1950, 1, 1), dt.date(2150, 1, 1)))
def test_every_day_lies_in_its_quarter_and_quarters_follow_one_another(day: dt.date) -> None:
    quarter = quarter_of(day)
    assert quarter.first <= day <= quarter.last
    assert quarter.first < quarter.asked_from <= quarter.last
    assert quarter_of(quarter.last + dt.timedelta(1)) > quarter
    assert quarter_said(str(quarter)) == quarter


def test_the_last_month_of_a_quarter_opens_its_numbers() -> None:
    fourth = Quarter(2026, 4)
    assert (fourth.first, fourth.asked_from, fourth.last) == (
        dt.date(2026, 10, 1), dt.date(2026, 12, 1), dt.date(2026, 12, 31)
    )  # fmt: skip


def test_fifteen_days_after_the_quarter_is_in_time_and_one_more_is_late() -> None:
    third = Quarter(2026, 3)
    assert not entered_late(third, dt.date(2026, 10, 15), RULES)
    assert entered_late(third, dt.date(2026, 10, 16), RULES)


@pytest.mark.parametrize("words", ["", "2026", "2026-0", "2026-5", "2026-13", "x-1", "2026-²", "1-1", "20260-1"])
def test_what_is_no_quarter_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match="no quarter"):
        quarter_said(words)


def test_no_part_exceeds_its_whole() -> None:
    said = dict.fromkeys([*FIGURES, "members"], 3)
    assert exceeding(said, RULES) == []
    assert [one.code for one in exceeding({**said, "steps_done": 4, "linked": 4}, RULES)] == ["steps_done", "linked"]


def test_every_figure_says_what_it_is_used_for_and_the_catalogue_knows_it() -> None:
    used = {item for one in RULES.figures.values() for item in one.uses}
    assert used == {"new_members", "recruits_procedure", "members_contactable", "reserve_pool", "everyone_linked"}
    assert used <= KNOWN.keys()
    assert list(RULES.figures) == list(FIGURES)
    assert used == set(RULES.items)


def test_items_are_called_what_the_editions_call_them() -> None:
    named = {}
    for edition in ("wuqiang-2020-2023", "fortress-2024"):
        for file, words in texts_of(edition).items():
            rows = yaml.safe_load(words)
            listed = rows.get("items", []) if file.startswith("items/") else _own(rows)
            named |= {row["code"]: row["name"] for row in listed}
    for code, name in RULES.items.items():
        assert named[code] == {"zh": name.zh, "en": name.en}


def _own(rows: dict[str, Any]) -> list[dict[str, Any]]:
    """The items that the file of a field adds."""
    return rows["items"] if isinstance(rows.get("items"), list) else []


def shipped() -> dict[str, Any]:
    rows: dict[str, Any] = deepcopy(yaml.safe_load(rulebook.text(rulebook.REGISTER)))
    return rows


def test_rules_that_contradict_themselves_are_told_everything_at_once() -> None:
    rows = shipped()
    rows["figures"][0]["code"] = "income"
    rows["figures"][1]["group"] = "people"
    rows["figures"][2]["of"] = "votes"
    rows["figures"][3]["uses"] = ["likes"]
    with pytest.raises(ValueError, match="applicants is missing") as refused:
        register_rules(rows)
    for said in ("income is no figure that is kept", "activists: no group people", "prospects: no figure votes",
                 "steps_due: no item likes"):  # fmt: skip
        assert said in str(refused.value)


def test_a_missing_part_is_named() -> None:
    rows = shipped()
    del rows["groups"]
    with pytest.raises(ValueError, match="register: 'groups' is missing"):
        register_rules(rows)
