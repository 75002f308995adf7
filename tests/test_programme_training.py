"""Training: hours by role and by months in it, rotation, new secretaries, coverage in people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
import yaml

from baolei.programme import training
from baolei.programme.organisation.periods import Period
from baolei.programme.training import Class
from baolei.warehouse import rulebook

RULES = rulebook.training()
DAY = dt.date(2026, 5, 20)


def attended(*hours: int, concentrated: bool = True) -> list[Class]:
    return [Class(DAY, "banner", one, concentrated=concentrated) for one in hours]


@pytest.mark.parametrize(("role", "months", "hours"), [
    ("member", 12, 32), ("officer", 12, 56), ("secretary", 12, 56), ("secretary", 6, 28), ("secretary", 5, 23),
    ("member", 1, 3), ("member", 0, 0),
])  # fmt: skip
def test_hours_of_a_year_and_of_part_of_it(role: str, months: int, hours: int) -> None:
    assert training.hours_due(role, months, RULES) == hours


def test_members_reach_their_year_with_32_hours_and_not_with_31() -> None:
    assert training.reached("member", 12, attended(16, 16, concentrated=False), RULES)
    assert not training.reached("member", 12, attended(16, 15), RULES)


def test_secretaries_and_committee_members_need_56_hours_and_one_concentrated_class() -> None:
    assert training.reached("secretary", 12, attended(56), RULES)
    assert not training.reached("secretary", 12, attended(55), RULES)
    assert not training.reached("officer", 12, attended(56, concentrated=False), RULES)
    assert training.reached("officer", 6, attended(28, concentrated=False), RULES), "in office for half the year"


def test_rotation_counts_at_the_county_or_above() -> None:
    assert training.rotated([Class(DAY, "banner", 8, rotation=True)], RULES)
    assert training.rotated([Class(DAY, "region", 8, rotation=True)], RULES)
    assert not training.rotated([Class(DAY, "township", 8, rotation=True)], RULES)
    assert not training.rotated([Class(DAY, "banner", 8)], RULES)


def test_a_new_secretary_is_trained_within_six_months() -> None:
    took = dt.date(2026, 1, 31)
    last = dt.date(2026, 7, 31)

    def found(day: dt.date | None, today: dt.date) -> str:
        return training.new_secretary(took, [Class(day, "township", 8)] if day else [], today, RULES)

    assert found(last, last) == found(took, last) == "done"
    assert found(last + dt.timedelta(days=1), last + dt.timedelta(days=1)) == "missed"
    assert found(None, last) == "open"
    assert found(took - dt.timedelta(days=1), last) == "open", "a class before does not count"


def test_months_in_a_role_are_those_it_touches() -> None:
    spans = [Period(dt.date(2025, 3, 1), dt.date(2026, 2, 1)), Period(dt.date(2026, 2, 20), dt.date(2026, 2, 28)),
             Period(dt.date(2026, 11, 30))]  # fmt: skip
    assert training.months_in(2026, spans) == 4
    assert training.months_in(2026, []) == 0
    assert training.months_in(2026, [Period()]) == 12


def test_coverage_counts_people_and_not_heads_in_classes() -> None:
    assert training.coverage({"王": True, "李": False, "赵": True}) == (2, 3)


def test_a_level_of_rotation_that_is_none_is_named() -> None:
    rows = deepcopy(yaml.safe_load(rulebook.text(rulebook.TRAINING)))
    rows["rotation_levels"].append("village")
    with pytest.raises(ValueError, match="village is no level"):
        training.training_rules(rows)


@pytest.mark.parametrize(("take", "says"), [
    (lambda rows: rows["levels"].pop(), "branch is the last level"),
    (lambda rows: rows["left_out"].pop(), "left_out lacks twice"),
])  # fmt: skip
def test_what_the_rules_lack_is_named(take: Callable[[Any], Any], says: str) -> None:
    rows = deepcopy(yaml.safe_load(rulebook.text(rulebook.TRAINING)))
    take(rows)
    with pytest.raises(ValueError, match=says):
        training.training_rules(rows)


@pytest.mark.parametrize(("host", "tier", "levels"), [
    (1, "", ("region",)), (3, "", ("banner",)), (4, "", ("township",)), (5, "", ()), (5, "branch", ("branch",)),
    (3, "committee", ("banner", "township")), (5, "committee", ("township",)), (3, "branch", ("branch",)),
])  # fmt: skip
def test_a_host_holds_classes_of_its_own_level(host: int, tier: str, levels: tuple[str, ...]) -> None:
    assert training.levels_of(host, tier, RULES) == levels


FIRST = dt.date(2026, 5, 18)


@pytest.mark.parametrize(("first", "held"), [
    (FIRST, Class(FIRST, "branch", 1)), (FIRST, Class(FIRST, "branch", 8)), (FIRST, Class(DAY, "banner", 24)),
    (FIRST, Class(DAY, "banner", 24, concentrated=True, rotation=True)),
    (FIRST, Class(DAY, "township", 8, concentrated=True)),
])  # fmt: skip
def test_a_class_that_can_have_been_is_taken(first: dt.date, held: Class) -> None:
    training.check(first, held, RULES)


@pytest.mark.parametrize(("held", "says"), [
    (Class(FIRST - dt.timedelta(days=1), "banner", 8), "is before the first"),
    (Class(FIRST, "banner", 0), "0 class hours cannot be"), (Class(FIRST, "banner", 9), "8 at most"),
    (Class(DAY, "banner", 25), "24 at most"),
    (Class(FIRST, "branch", 8, concentrated=True), "neither concentrated training nor rotation"),
    (Class(FIRST, "branch", 8, rotation=True), "neither concentrated training nor rotation"),
    (Class(FIRST, "township", 8, rotation=True), "by the county or a level above"),
])  # fmt: skip
def test_a_class_that_cannot_have_been_is_refused(held: Class, says: str) -> None:
    with pytest.raises(training.TrainingRefused, match=says):
        training.check(FIRST, held, RULES)
