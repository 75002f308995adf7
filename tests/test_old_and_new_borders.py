"""A past year in the borders of then and in those of today: the same total, each unit's numbers where it stands, and
what happened in between in words.
"""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import stage
from baolei.organisations import units
from baolei.organisations.borders import placed
from baolei.organisations.counting import count
from baolei.organisations.models import OrganisationState, Succession, Unit, UnitState
from baolei.people.models import Account
from baolei.warehouse.rulebook import setup_rules
from conftest import Visitor
from test_every_page_browser import looked_at
from test_july_move import JULY, LAST_YEAR, MOVED, NOW, SECOND, TOTALS, _look, _move, leagues
from test_pages_browser import enter

pytestmark = pytest.mark.django_db
__all__ = ["leagues"]
OLD, NEW = "", "today"


def shown(account: Account, page: str, **asked: Any) -> Any:
    client = Client()
    client.force_login(account)
    client.cookies["django_language"] = asked.pop("language", "zh-hans")
    return client.get(page, {name: value for name, value in asked.items() if value})


def tree(code: str) -> str:
    return reverse("tree_unit", args=[UnitState.objects.filter(code=code).order_by("-since")[0].unit_id])


def numbers(line: Any) -> tuple[int, ...]:
    return line.count.organisations, line.count.branches, line.count.members


def table(account: Account, page: str, name: str, **asked: Any) -> list[list[str]]:
    body = shown(account, page, format="csv", table=name, **asked).content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(body)))[1:]


@pytest.mark.parametrize(("day", "borders", "wanted"), [
    (LAST_YEAR, OLD, TOTALS), (LAST_YEAR, NEW, MOVED), (SECOND, OLD, MOVED), (SECOND, LAST_YEAR, TOTALS),
])  # fmt: skip
def test_any_day_is_counted_in_old_and_in_new_borders_with_one_total(
    day: date, borders: Any, wanted: dict[str, tuple[int, ...]]
) -> None:
    region = stage.mandated("15")
    _move()
    answer = shown(region, tree("15"), day=day, borders=borders)
    assert numbers(answer.context["line"]) == (11, 7, 29)
    assert {one.state.code: numbers(one) for one in answer.context["units"]} == wanted
    for code, total in wanted.items():
        page = shown(region, tree(code), day=day, borders=borders)
        assert numbers(page.context["line"]) == total
        rows = table(region, tree(code), "units", day=day, borders=borders)
        assert tuple(sum(int(row[at]) for row in rows) for at in (3, 4, 5)) == total


def test_findings_too_have_one_total_and_go_with_their_unit() -> None:
    region = stage.mandated("15")
    before = table(region, reverse("audit"), "units", day=LAST_YEAR)
    _move()
    old, new = (table(region, reverse("audit"), "units", day=LAST_YEAR, borders=borders) for borders in (OLD, NEW))
    assert old == before
    assert [[row[1], int(row[2]) - int(other[2])] for row, other in zip(new, old, strict=True)] == [
        ["1504", -4], ["1505", 4]
    ]  # fmt: skip
    for column in range(2, len(old[0])):
        assert sum(int(row[column]) for row in old) == sum(int(row[column]) for row in new)
    kinds = [table(region, reverse("audit"), "kinds", day=LAST_YEAR, borders=borders) for borders in (OLD, NEW)]
    assert kinds[0] == kinds[1]
    assert sum(int(row[1]) for row in kinds[0]) == sum(int(cell) for row in old for cell in row[4:]) > 0


def test_an_earlier_day_s_findings_are_those_that_were_open_then() -> None:
    region = stage.mandated("15")
    then = table(region, reverse("audit"), "findings", day=LAST_YEAR)
    branch = OrganisationState.objects.open().get(code="150422103216-0")
    units.rename(unit=stage.unit("150422103").unit, name="又名", on=JULY, actor=None, now=NOW, why="批复")
    OrganisationState.objects.filter(pk=branch.pk).update(until=date(2026, 6, 30))
    _look(JULY)
    assert table(region, reverse("audit"), "findings", day=LAST_YEAR) == then
    assert len(table(region, reverse("audit"), "findings", day=JULY)) < len(then)
    page = shown(region, reverse("audit"), day=LAST_YEAR).text
    assert branch.name in page
    assert "2025年12月31日" in page


def test_the_league_it_came_to_counts_it_and_the_one_it_left_does_not() -> None:
    old, new = stage.mandated("1504"), stage.mandated("1505")
    _move()
    for account, code in ((old, "1504"), (new, "1505")):
        assert numbers(shown(account, tree(code), day=LAST_YEAR).context["line"]) == TOTALS[code]
        assert numbers(shown(account, tree(code), day=LAST_YEAR, borders=NEW).context["line"]) == MOVED[code]
    assert shown(old, tree("150422"), day=LAST_YEAR, borders=NEW).status_code == 404
    assert shown(new, tree("150422"), day=LAST_YEAR).status_code == 404
    assert shown(old, tree("1505"), day=LAST_YEAR, borders=NEW).status_code == 404


def test_a_day_is_counted_again_only_when_something_reaches_back_to_it() -> None:
    region = stage.mandated("15")

    def counted(day: date, borders: str = OLD) -> bool:
        with CaptureQueriesContext(connection) as asked:
            shown(region, tree("15"), day=day, borders=borders)
        said = [one["sql"] for one in asked.captured_queries]
        return any('COUNT("organisations_membership"' in one and "IN (SELECT V0." in one for one in said)

    units.rename(unit=stage.unit("150422103").unit, name="又名", on=JULY, actor=None, now=NOW, why="批复")
    days = [(LAST_YEAR, OLD), (SECOND, OLD), (LAST_YEAR, NEW)]
    assert [counted(*one) for one in days] == [True, True, True]
    assert [counted(*one) for one in days] == [False, False, False]
    _move()
    assert [counted(*one) for one in days] == [False, True, True]
    assert [counted(*one) for one in days] == [False, False, False]


@pytest.mark.parametrize("page", ["tree", "audit"])
def test_a_move_is_told_in_words_wherever_it_counts(page: str) -> None:
    region = stage.mandated("15")
    _move()
    said = "150422在2026年7月1日以前隶属1504，自该日起隶属1505。"
    for code in ("15", "1504", "1505", "150422"):
        unit = stage.unit(code).unit_id
        address = tree(code) if page == "tree" else reverse("audit")
        for borders in (OLD, NEW):
            text = shown(region, address, day=LAST_YEAR, borders=borders, unit=unit).text
            assert said in text.replace("2026-07-01", "2026年7月1日"), (code, borders)
    assert "隶属1504" not in shown(region, tree("150521"), day=LAST_YEAR).text
    assert "隶属1504" not in shown(region, tree("15")).text


def test_a_merged_town_is_found_where_it_went_and_a_divided_one_where_it_came_from() -> None:
    region = stage.mandated("15")
    gone, stays, split = (stage.unit(code).unit for code in ("150422103", "150422100", "150421100"))
    merged = tree("150422103")
    act: Any = {"on": JULY, "actor": None, "now": NOW, "why": "批复"}
    units.merge(units=[gone], into=stays, **act)
    east = units.divide(unit=split, parts=[("150421101", "东镇")], **act)[0]
    units.move(unit=stage.unit("150421100001").unit, above=east, **act)
    then = shown(region, merged, day=LAST_YEAR)
    assert numbers(then.context["line"]) == (2, 2, 10)
    assert "150422103于2026-07-01并入150422100" in then.text
    now = shown(region, merged, day=LAST_YEAR, borders=NEW)
    assert (now.context["line"].state.unit_id, numbers(now.context["line"])) == (stays.pk, (3, 3, 15))
    assert "150422103于2026-07-01并入150422100" in now.text
    banner = shown(region, tree("150422"), day=LAST_YEAR, borders=NEW, language="en")
    assert "150422103 was merged into 150422100 on 2026-07-01" in banner.text
    assert [numbers(one) for one in banner.context["units"]] == [(3, 3, 15)]
    assert shown(region, merged).status_code == 404  # today it is no more
    assert OrganisationState.objects.open().filter(unit=gone).count() == 0
    _look(SECOND)
    divided = shown(region, tree("150421101"), day=SECOND, borders=LAST_YEAR)
    assert (divided.context["line"].state.unit_id, numbers(divided.context["line"])) == (split.pk, (3, 3, 8))
    assert "东镇于2026-07-01由150421100析置" in divided.text
    assert [numbers(one) for one in shown(region, tree("150421"), day=SECOND).context["units"]] == [
        (0, 0, 0), (3, 3, 8)
    ]  # fmt: skip


def test_what_leads_nowhere_is_counted_with_what_it_stood_under() -> None:
    region = stage.mandated("15")
    village = UnitState.objects.open().get(code="150422103216")
    UnitState.objects.filter(pk=village.pk).update(until=date(2026, 6, 30))
    town = stage.unit("150422103")
    assert placed({village.unit_id}, LAST_YEAR, SECOND) == {village.unit_id: town.path}
    page = shown(region, tree("150422103"), day=LAST_YEAR, borders=NEW)
    assert numbers(page.context["line"]) == (2, 2, 10)
    assert not page.context["units"]


def test_who_is_asked_for_no_day_is_told_there_is_none() -> None:
    region = stage.mandated("15")
    for asked in ({"borders": "yesterday"}, {"borders": "2025-13-01"}, {"day": "x", "borders": NEW}):
        for page in (tree("15"), reverse("audit")):
            assert shown(region, page, **asked).status_code == 404


def test_a_workbook_says_in_whose_borders_it_counts() -> None:
    import python_calamine

    region = stage.mandated("15")
    for borders, wanted in ((OLD, False), (SECOND, True)):
        body = shown(region, tree("15"), day=LAST_YEAR, borders=borders, format="xlsx").content
        book = python_calamine.load_workbook(io.BytesIO(body))
        notes = [cell for row in book.get_sheet_by_index(len(book.sheet_names) - 1).to_python() for cell in row]
        assert (f"按{SECOND}的区划统计" in notes) == wanted


def test_the_audit_without_a_day_is_still_that_of_the_last_look() -> None:
    region = stage.mandated("15")
    _move()
    page = shown(region, reverse("audit"))
    assert page.context["line"].counted == SECOND
    assert page.context["trend"]
    assert "按今天的区划看" not in page.text


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=5))
def test_whatever_happens_every_day_s_totals_are_equal_in_the_borders_of_every_other(
    acts: list[tuple[int, int, int]],
) -> None:
    with transaction.atomic():
        days = [LAST_YEAR]
        for number, (kind, one, two) in enumerate(acts):
            day = date(2026, 2 + number, 1)
            if _happen(kind, one, two, day):
                days.append(day)
        rules = setup_rules(LAST_YEAR)
        for day in days:
            for borders in days:
                top = UnitState.objects.on(borders).get(code="15")
                below = list(UnitState.objects.on(borders).filter(above=top.unit))
                counted = count([top, *below], day, rules, borders)
                for name in ("organisations", "branches", "members", "flagged"):
                    own = sum(getattr(counted[one.path], name) for one in below)
                    at_top = 1 if name in ("organisations", "flagged") else 0  # the committee of the region itself
                    total = getattr(counted[top.path], name)
                    assert total - own in range(at_top + 1), (day, borders, name)
                assert (counted[top.path].organisations, counted[top.path].members) == (11, 29)
        transaction.set_rollback(True)


def _happen(kind: int, one: int, two: int, day: date) -> bool:
    """A unit is moved, merged or divided; False where that cannot be."""
    act: Any = {"on": day, "actor": None, "now": NOW, "why": "批复"}
    states = list(UnitState.objects.open().filter(level__gte=3).order_by("level", "code").select_related("unit"))
    a, b = states[one % len(states)], states[two % len(states)]
    try:
        if kind == 0:
            above = UnitState.objects.open().filter(level=a.level - 1).order_by("-code")[0]
            units.move(unit=a.unit, above=above.unit, **act)
        elif kind == 1 and a.pk != b.pk:
            units.merge(units=[a.unit], into=b.unit, **act)
        else:
            units.divide(unit=a.unit, parts=[(f"{a.code[:-2]}{90 - Unit.objects.count() % 60}", "分出")], **act)
    except units.NotPossible:
        return False
    return Succession.objects.filter(on=day).exists() or UnitState.objects.filter(since=day).exists()


@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_choice_of_borders_is_open_to_everybody(
    transactional_db: None, leagues: None, visitor: Visitor, language: str
) -> None:
    _move()
    visitor.speak(language)
    enter(visitor, stage.mandated("15"))
    for page in ("/tree/", "/audit/"):
        for borders in ("", "&borders=today", "&borders=2024-06-01"):
            address = f"{page}?day={LAST_YEAR}{borders}"
            assert looked_at(visitor, address) == [], address
    visitor.goto(f"/tree/?day={LAST_YEAR}").get_by_role("link", name="按今天的区划看").or_(
        visitor.page.get_by_role("link", name="In the borders of today")
    ).click()
    assert visitor.page.locator("#borders").input_value() == "today"
