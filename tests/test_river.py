"""A round as a river: how many stand in which stretch and level, what is late, since when; unit by unit down."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import stage
from baolei.declarations import actions as declaring
from baolei.declarations.models import Declaration
from baolei.front.river import FILLING, FROZEN, HANDED_IN, PASSED, WIDE, River, reach_grid, river, stretch_grid
from baolei.organisations.doors import Scope, scope_of
from baolei.people.models import Account, Role
from baolei.programme import declaration as rules
from baolei.reviews.models import Step
from baolei.rounds.models import Round
from review_stage import BANNER, LEAGUE, NOW, OWN, TOWNSHIP, agreed, cast, on, step_of
from round_stage import BRANCHES, begun, declaration_of, filled, passed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
FIRST, SECOND, FAR = BRANCHES
TODAY = NOW.date()
WHOLE = Scope(TODAY, whole=True)


def counted(found: River) -> dict[str, int]:
    """What stands in each stretch, the empty ones left out."""
    return {one.code: one.cell.number for one in found.every if one.cell.number}


def flows(this: Round, today: date = TODAY, scope: Scope = WHOLE, path: str = "") -> River:
    """The river, with the promise that holds for each: all stretches together are all, and so are all units."""
    found = river(scope, this, path or this.path, today)
    assert sum(counted(found).values()) == found.total
    for place, one in enumerate(found.every):
        assert sum(row.cells[place].number for row in found.reaches) == one.cell.number, one.code
        assert sum(row.cells[place].late for row in found.reaches) == one.cell.late
    return found


@pytest.fixture
def people(db: None) -> dict[str, list[Account]]:
    return cast()


def test_before_the_review_it_flows_from_filling_in_to_frozen_or_out(db: None) -> None:
    this = begun()
    assert counted(flows(this)) == {FILLING: 3}
    assert [one.code for one in flows(this).stretches] == [FILLING, HANDED_IN, FROZEN, PASSED]
    filled(declaration_of(this, FIRST))
    declaring.withdraw(actor=None, now=NOW, declaration=declaration_of(this, SECOND), why="不参加")
    assert counted(flows(this)) == {FILLING: 1, HANDED_IN: 1, rules.WITHDRAWN: 1}
    ends = this.spans.get(phase="self_assessment").ends
    assert flows(this, ends).stretches[0].cell.late == 0
    late = flows(this, ends + timedelta(days=1)).stretches[0]
    assert (late.cell.late, late.days) == (1, (ends + timedelta(days=1) - date(2026, 3, 2)).days)
    this = passed(this, 2)
    assert counted(flows(this)) == {FROZEN: 1, rules.WITHDRAWN: 1, rules.LAPSED: 1}


def test_in_the_review_each_level_is_a_stretch_with_its_late_its_mended_and_its_oldest(
    people: dict[str, list[Account]],
) -> None:
    this = begun()
    for code in BRANCHES:
        filled(declaration_of(this, code))
    this = passed(this, 4, NOW)
    start = flows(this)
    township = next(one for one in start.stretches if one.cell.number)
    assert (township.cell.number, township.days) == (3, 0)
    assert township.name == "township, or the body of the field"
    agreed(step_of(this, FIRST), people["township"])
    agreed(step_of(this, SECOND), people["township"], "return")
    levels = {one.name: one.cell for one in flows(this).stretches}
    assert levels["banner"].number == 1
    at_township = levels["township, or the body of the field"]
    assert (at_township.number, at_township.mending) == (2, 1)
    due = Step.objects.get(declaration=declaration_of(this, FAR)).due
    late = flows(this, due + timedelta(days=1))
    stuck = next(one for one in late.stretches if one.cell.late)
    assert stuck.cell.late == Step.objects.filter(due__lte=due, seat="township").exclude(state="passed").count()
    assert (
        f"Stuck: {stuck.name}, {stuck.cell.late} are late, the oldest has stood there for {stuck.days} days"
        in late.says
    )


def test_the_end_of_the_river_is_passed_or_turned_down(people: dict[str, list[Account]]) -> None:
    this = begun()
    for code in (FIRST, SECOND):
        filled(declaration_of(this, code))
    this = passed(this, 4, NOW)
    for level in ("township", "banner", "league", "region"):
        agreed(step_of(this, FIRST), people[level], now=on(1))
    agreed(step_of(this, SECOND), people["township"], "reject", now=on(1))
    assert counted(flows(this)) == {PASSED: 1, "rejected": 1, rules.LAPSED: 1}


def test_the_picture_is_as_wide_as_all_of_them_and_narrows_where_something_stands(db: None) -> None:
    this = begun()
    filled(declaration_of(this, FIRST))
    first, second, *_rest = flows(this, date(2026, 3, 10)).stretches
    assert [(one.kind, one.left) for one in first.pieces] == [("flow", "0.00"), ("stand", "33.33")]
    assert sum(float(one.width) for one in first.pieces) == pytest.approx(WIDE, abs=0.02)
    assert [(one.kind, one.width) for one in second.pieces] == [("stand", "33.33")]


def test_everybody_sees_the_river_of_the_own_part_and_goes_down_unit_by_unit(people: dict[str, list[Account]]) -> None:
    this = begun()
    today = timezone.localdate()
    secretary = stage.mandated(FIRST, Role.SECRETARY)
    for account, total in ((people["region"][0], 3), (people["league"][0], 2), (people["banner"][0], 2),
                           (people["township"][0], 2), (secretary, 1)):  # fmt: skip
        scope = scope_of(account, today)
        assert flows(this, today, scope).total == total
        client = Client()
        client.force_login(account)
        client.cookies["django_language"] = "en"
        page = client.get(reverse("round", args=[this.pk]))
        assert page.context["river"].total == total
        for unit, wanted in ((stage.unit(LEAGUE), min(total, 2)), (stage.unit(TOWNSHIP), min(total, 2))):
            below = client.get(reverse("round", args=[this.pk]), {"unit": unit.unit_id})
            assert below.context["river"].total == wanted
    far = stage.unit(FAR[:6])
    client = Client()
    client.force_login(people["banner"][0])
    assert client.get(reverse("round", args=[this.pk]), {"unit": far.unit_id}).status_code == 404
    assert client.get(reverse("round", args=[this.pk]), {"unit": "x"}).status_code == 404
    assert stage.unit(BANNER).path in scope_of(people["banner"][0], today).units


def test_a_mended_declaration_stands_at_its_level_again_before_the_clock_has_noticed(
    people: dict[str, list[Account]],
) -> None:
    this = begun()
    filled(declaration_of(this, FIRST))
    this = passed(this, 4, NOW)
    agreed(step_of(this, FIRST), people["township"], "return")
    filled(declaration_of(this, FIRST))
    assert step_of(this, FIRST).state == "returned"
    cell = next(one.cell for one in flows(this).stretches if one.cell.number)
    assert (cell.number, cell.mending) == (1, 0)


def test_the_river_asks_one_question_of_the_declarations_whatever_their_number(
    people: dict[str, list[Account]], django_assert_num_queries: Any
) -> None:
    this = begun()
    filled(declaration_of(this, OWN))
    this = passed(this, 4, NOW)
    with django_assert_num_queries(3):  # the first phase, the declarations, the units
        found = river(WHOLE, this, this.path, NOW.date())
    assert Declaration.objects.count() == found.total


def test_the_tables_are_files(db: None) -> None:
    found = flows(begun())
    assert next(iter(stretch_grid(found).rows))[:2] == ("To be filled in", 3)
    assert [row[1] for row in reach_grid(found).rows] == [2, 1]
