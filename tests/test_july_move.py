"""A banner moves to another league on 1 July. What the pages and files say of last year, of either league, is the same
to the byte before and after; what they say of this year is right on both sides of the day.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse

import stage
from baolei.organisations import actions as organisations
from baolei.organisations.actions import Act
from baolei.organisations.findings import look_through
from baolei.organisations.models import Member, Membership, Organisation, UnitState
from baolei.organisations.units import move
from baolei.people.models import Account
from baolei.warehouse.rulebook import setup_rules

pytestmark = pytest.mark.django_db
BEGUN, LAST_YEAR, JUNE, JULY = date(2024, 1, 1), date(2025, 12, 31), date(2026, 6, 30), date(2026, 7, 1)
SECOND, NOW = date(2026, 7, 2), datetime(2026, 11, 24, 1, tzinfo=UTC)
VILLAGES = {"150422103216": (3, 7), "150422100001": (5,), "150421100001": (2, 2, 4), "150521100001": (6,)}
"""For each village the members of each of its branches."""
TOTALS = {"1504": (8, 6, 23), "1505": (2, 1, 6)}
"""Organisations, branches, members of each league before the move."""
MOVED = {"1504": (4, 3, 8), "1505": (6, 4, 21)}


@pytest.fixture(autouse=True)
def leagues() -> None:
    """Two leagues, three banners, their branches; looked through at the end of last year."""
    top = _set_up("C", "local_committee", "15", None)
    for banner in ("150421", "150422", "150521"):
        above = _set_up(f"W{banner}", "grassroots_committee", banner, top)
        for village, sizes in VILLAGES.items():
            for place, size in enumerate(sizes if village.startswith(banner) else ()):
                branch = _set_up(f"{village}-{place}", "branch", village, above)
                for number in range(size):
                    member = Member.objects.create(name=f"党员{village}{place}{number}", joined=BEGUN)
                    Membership.objects.create(member=member, organisation=branch, kind="full", since=BEGUN)
    _look(LAST_YEAR)


def _set_up(code: str, kind: str, unit: str, above: Organisation | None) -> Organisation:
    act = Act(actor=None, now=NOW, on=BEGUN, why="批复", rules=setup_rules(BEGUN))
    made: Organisation = organisations.establish(
        act=act, code=code, name=f"{code}党组织", kind=kind, above=above, unit=stage.unit(unit).unit, document="批1",
        field="village" if kind == "branch" else "",
    ).organisation  # fmt: skip
    return made


def _look(day: date) -> None:
    look_through(day=day, rules=setup_rules(day), actor=None, now=NOW)


def _move() -> None:
    """The move, and the nights after it: the house is looked through under the new borders."""
    banner, target = (UnitState.objects.open().get(code=code).unit for code in ("150422", "1505"))
    move(unit=banner, above=target, on=JULY, actor=None, now=NOW, why="国务院批复")
    for day in (JULY, SECOND):
        _look(day)


def addresses(day: date) -> Iterator[str]:
    """Every file about either league, about the banner and about the region as of a day."""
    for code in ("15", "1504", "1505", "150422", "150422103"):
        unit = stage.unit(code).unit_id
        for form, tables in (("csv", ("units", "organisations")), ("xlsx", ("",))):
            for table in tables:
                yield f"{reverse('tree_unit', args=[unit])}?day={day}&format={form}&table={table}"
            yield f"{reverse('unit_organisations', args=[unit])}?day={day}&format={form}"
        yield from (
            f"{reverse('holders', args=[unit])}?day={day}&format=csv&table={one}" for one in ("ages", "education")
        )
        yield from (
            f"{reverse('audit')}?unit={unit}&day={day}&format=csv&table={one}" for one in ("units", "kinds", "findings")
        )
        yield f"{reverse('audit')}?unit={unit}&day={day}&format=xlsx"
    for word in ("15", "党支部"):
        yield from (
            f"{reverse('tree_search')}?q={word}&day={day}&format=csv&table={one}" for one in ("units", "organisations")
        )


def files(account: Account, day: date) -> dict[str, bytes]:
    """What somebody is given at each of these addresses; nothing where it lies outside."""
    client = Client()
    client.force_login(account)
    found = {}
    for address in addresses(day):
        answer = client.get(address)
        found[address] = answer.content if answer.has_header("Content-Disposition") else b""
    return found


def totals(account: Account, code: str, day: date) -> tuple[int, ...]:
    """Organisations, branches and members of a unit as its page says on a day."""
    client = Client()
    client.force_login(account)
    address = reverse("tree_unit", args=[stage.unit(code).unit_id])
    counted = client.get(f"{address}?day={day}").context["line"]
    assert counted.counted == day
    return counted.count.organisations, counted.count.branches, counted.count.members


def table(account: Account, code: str, day: date, name: str) -> list[list[str]]:
    client = Client()
    client.force_login(account)
    address = reverse("tree_unit" if name == "units" else "unit_organisations", args=[stage.unit(code).unit_id])
    body = client.get(f"{address}?day={day}&format=csv&table={name}").content
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))[1:]


@pytest.mark.parametrize("whose", ["15", "1504"])
def test_last_year_is_the_same_to_the_byte_in_every_file_of_both_leagues(whose: str) -> None:
    account = stage.mandated(whose)
    before = files(account, LAST_YEAR)
    assert sum(map(bool, before.values())) > 20
    _move()
    after = files(account, LAST_YEAR)
    assert [address for address, body in before.items() if after[address] != body] == []


def test_the_new_league_sees_of_last_year_what_it_held_then() -> None:
    account = stage.mandated("1505")
    before = files(account, LAST_YEAR)
    _move()
    assert files(account, LAST_YEAR) == before
    assert [row[1] for row in table(account, "1505", LAST_YEAR, "organisations")] == ["W150521", "150521100001-0"]
    assert len(table(account, "1505", SECOND, "organisations")) == 6


def test_this_year_s_totals_are_right_on_both_sides_of_the_day() -> None:
    region = stage.mandated("15")
    _move()
    for day, wanted in ((LAST_YEAR, TOTALS), (JUNE, TOTALS), (JULY, MOVED), (SECOND, MOVED)):
        for code, numbers in wanted.items():
            assert totals(region, code, day) == numbers, (code, day)
            assert len(table(region, code, day, "organisations")) == numbers[0], (code, day)
            below = table(region, code, day, "units")
            assert tuple(sum(int(row[at]) for row in below) for at in (3, 4, 5)) == numbers, (code, day)
        assert totals(region, "15", day) == (11, 7, 29)
    assert [row[1] for row in table(region, "1504", JUNE, "units")] == ["150421", "150422"]
    assert [row[1] for row in table(region, "1505", SECOND, "units")] == ["150422", "150521"]


def test_what_was_found_stays_with_the_day_it_was_found() -> None:
    region = stage.mandated("15")
    before = table(region, "1504", LAST_YEAR, "organisations")
    assert sum(int(row[5]) for row in before) > 0  # no branch has a secretary
    Membership.objects.filter(organisation__states__code="150422103216-0").update(until=JUNE)
    _move()
    assert table(region, "1504", LAST_YEAR, "organisations") == before
    assert table(region, "1505", SECOND, "organisations") != before


def test_the_pages_of_today_say_what_was_counted_last() -> None:
    region = stage.mandated("15")
    _move()
    client = Client()
    client.force_login(region)
    line = client.get(reverse("tree_unit", args=[stage.unit("1505").unit_id])).context["line"]
    assert (line.counted, line.count.organisations, line.count.members) == (SECOND, 6, 21)
