"""Reading with a token: the rows of the doors, as of a day, page by page, and nothing from beyond the mandate."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

import stage
import worlds
from api_stage import Program, program, token_of
from baolei.api.models import Taken
from baolei.ledger.models import Entry
from baolei.organisations import actions, doors, units
from baolei.organisations.models import (
    Finding,
    Group,
    HubHousehold,
    Member,
    Organisation,
    OrganisationState,
    Post,
    Term,
    UnitState,
)
from baolei.people.models import Mandate
from sheets_stage import act as act_of

pytestmark = pytest.mark.django_db

LISTS = ("/units", "/organisations", "/posts", "/terms", "/findings", "/transfers", "/elections", "/ledger",
         "/spreadsheets")  # fmt: skip


@pytest.fixture
def town() -> dict[str, int]:
    """A banner with one of everything."""
    return worlds.here()


def clerk(role: str = "banner_clerk", **more: Any) -> Program:
    account = worlds.somebody(role)
    assert account
    return program(account, **more)


def filled(numbers: dict[str, int]) -> None:
    """What else an organisation can have."""
    branch, member = Organisation.objects.get(pk=numbers["organisation"]), Member.objects.get(pk=numbers["member"])
    Post.objects.create(organisation=branch, kind="secretary", holder=member, committee=True, since=worlds.BEGUN)
    Term.objects.create(organisation=branch, elected=worlds.BEGUN, ends=timezone.localdate() + timedelta(days=30))
    Group.objects.create(organisation=branch, name="一组", leader=member, place="北组", since=worlds.BEGUN)
    HubHousehold.objects.create(organisation=branch, grid="北片", host=member, members=3, households=9,
                                since=worlds.BEGUN)  # fmt: skip


def test_a_token_says_who_it_stands_for(town: dict[str, int]) -> None:
    told = clerk().read("/whoami")
    assert told["account"]["name"] == "方知远"
    assert (told["mandate"]["role"], told["mandate"]["unit"]["code"]) == ("banner_clerk", worlds.HERE)
    assert (told["mandate"]["reads_records"], told["mandate"]["changes_records"], told["writes"]) == (True, True, True)
    own = clerk("branch_secretary").read("/whoami")["mandate"]
    assert (own["unit"], own["organisation"]["code"]) == (None, "B1")
    assert clerk("audit_admin").read("/whoami")["mandate"]["reads_ledger"]


def test_lists_are_the_rows_of_the_doors(town: dict[str, int]) -> None:
    filled(town)
    worlds.elsewhere()
    account = worlds.somebody("banner_clerk")
    assert account
    asks, today = program(account), timezone.localdate()
    scope = doors.scope_of(account, today)
    mine = doors.organisations(scope).values("organisation")
    expected = {
        "/units": doors.units(scope).values_list("unit", flat=True),
        "/organisations": mine.values_list("organisation", flat=True),
        "/posts": Post.objects.on(today).filter(organisation__in=mine).values_list("pk", flat=True),
        "/terms": Term.objects.filter(organisation__in=mine).values_list("pk", flat=True),
        "/findings": doors.findings(scope).open().values_list("pk", flat=True),
        "/transfers": doors.transfers(scope).values_list("pk", flat=True),
        "/elections": doors.elections(scope).values_list("pk", flat=True),
        f"/organisations/{town['organisation']}/members":
            doors.memberships(scope).filter(organisation=town["organisation"]).values_list("member", flat=True),
    }  # fmt: skip
    for address, door in expected.items():
        for limit in (1, 2, 500):
            got = [one["id"] for one in asks.walk(address, limit=limit)]
            assert got == sorted(door), address
            assert got, address


def test_nothing_from_beyond_the_mandate(town: dict[str, int]) -> None:
    worlds.elsewhere()
    for role in ("banner_clerk", "township_clerk", "branch_secretary", "committee_clerk", "viewer", "grid_worker"):
        asks = clerk(role)
        text = json.dumps([asks.read(address, limit=500) for address in LISTS], ensure_ascii=False)
        for one in ("远旗", "远盟", "远方党", "FAR", worlds.AWAY, str(worlds.FAR)):
            assert one not in text, (role, one)
        for kind in ("units", "organisations", "transfers", "elections"):
            assert asks.get(f"/{kind}/{worlds.FAR}").status_code == 404, (role, kind)
        assert asks.get(f"/organisations/{worlds.FAR}/members").status_code == 404
        assert asks.get("/organisations", below=worlds.AWAY).status_code == 422


def test_roles_that_read_no_records_read_nothing(town: dict[str, int]) -> None:
    for role in ("viewer", "grid_worker", "system_admin", "security_admin"):
        asks = clerk(role)
        assert [asks.walk(address) for address in LISTS] == [[]] * len(LISTS), role
        for kind in ("unit", "organisation", "transfer", "election"):
            assert asks.get(f"/{kind}s/{town[kind]}").status_code == 404
        assert asks.read("/whoami")["account"]["name"] == "方知远"


def test_a_token_opens_what_its_one_mandate_opens(town: dict[str, int]) -> None:
    worlds.elsewhere()
    account = worlds.somebody("branch_secretary")
    assert account
    asks = program(account)
    region = Mandate.objects.create(account=account, role="region_clerk", path=stage.unit("15").path, title="另一任职",
                                    since=worlds.BEGUN, approved_at=worlds.NOW)  # fmt: skip
    assert [one["code"] for one in asks.walk("/organisations")] == ["B1"]
    assert asks.walk("/units") == []
    region_s, secret = token_of(account)
    region_s.mandate = region
    region_s.save()
    assert "FAR" in {one["code"] for one in Program(secret).walk("/organisations")}


def test_an_organisation_with_all_its_page_shows(town: dict[str, int]) -> None:
    filled(town)
    told = clerk().read(f"/organisations/{town['organisation']}")
    assert (told["code"], told["kind"], told["kind_name"]) == ("B1", "branch", "Party branch")
    assert (told["members"], told["full_members"], told["unit"]["code"]) == (9, 9, "150422103216")
    assert told["posts"][0]["holder"]["id"] == town["member"]
    assert [one["leader"] for one in told["groups"]] == [one["host"] for one in told["hubs"]] == ["党员B1甲"]
    assert told["term"]["elected"] == "2023-12-01"
    assert told["history"] == [{"since": "2020-01-01", "code": "B1", "name": "东方红村党支部"}]
    assert clerk("committee_clerk", language="zh-CN,zh").read(f"/organisations/{town['organisation']}")[
        "kind_name"
    ] == ("党支部")


def test_a_member_is_a_name_a_kind_and_dates(town: dict[str, int]) -> None:
    Member.objects.update(birth_year=1970, education="大学")
    rows = clerk().walk(f"/organisations/{town['organisation']}/members", kind="full")
    assert len(rows) == 9
    assert set(rows[0]) == {"id", "name", "kind", "kind_name", "joined", "since"}
    assert clerk("township_clerk").walk(f"/organisations/{town['organisation']}/members", kind="probationary") == []


def test_everything_is_as_of_a_day(town: dict[str, int]) -> None:
    asks, branch = clerk(), Organisation.objects.get(pk=town["organisation"])
    before, on = "2026-08-31", worlds.NOW.date() - timedelta(days=10)
    actions.rename(act=act_of(on), organisation=branch, name="红旗村党支部")
    address = f"/organisations/{branch.pk}"
    assert asks.read(address)["name"] == "红旗村党支部"
    assert asks.read(address, day=before)["name"] == "东方红村党支部"
    assert [one["name"] for one in asks.walk("/organisations", code="B1", day=before)] == ["东方红村党支部"]
    assert asks.walk("/organisations", day="2019-12-31") == []
    assert [one["code"] for one in asks.walk("/organisations", changed_since=on)] == ["B1"]
    unit = stage.unit("150422103216").unit
    units.rename(unit=unit, name="红旗村", on=on, actor=None, now=worlds.NOW, why="批")
    assert asks.read(f"/units/{unit.pk}", day=before)["name"] == "150422103216"
    assert [one["name"] for one in asks.walk("/units", changed_since=on)] == ["红旗村"]


def test_findings_stand_open_or_closed_as_of_a_day(town: dict[str, int]) -> None:
    asks, one = clerk(), Finding.objects.open().order_by("pk")[0]
    everything = {row["id"]: row["closed"] for row in asks.walk("/findings", state="all")}
    assert {row["id"] for row in asks.walk("/findings")} == {pk for pk, closed in everything.items() if not closed}
    gone = {pk for pk, closed in everything.items() if closed}
    assert {row["id"] for row in asks.walk("/findings", state="closed")} == gone
    assert {row["flag"] for row in asks.walk("/findings", flag=one.flag)} == {one.flag}
    Finding.objects.filter(pk=one.pk).update(until="2026-11-20", how="cured")
    assert {row["id"] for row in asks.walk("/findings", state="closed")} == gone | {one.pk}
    assert {row["id"] for row in asks.walk("/findings", state="closed", day="2026-11-19")} == gone
    assert one.pk in [row["id"] for row in asks.walk("/findings", day="2026-11-19")]
    assert one.pk not in [row["id"] for row in asks.walk("/findings")]
    late = {row["id"] for row in asks.walk("/findings", late="true")}
    rest = {row["id"] for row in asks.walk("/findings", late="false")}
    assert late.isdisjoint(rest)
    assert late | rest == {row["id"] for row in asks.walk("/findings")}


def test_filters_leave_what_is_asked_for(town: dict[str, int]) -> None:
    filled(town)
    asks, branch = clerk(), town["organisation"]
    assert {one["code"] for one in asks.walk("/organisations", kind="branch", field="village")} == {"B1", "B2"}
    assert [one["code"] for one in asks.walk("/organisations", q="东方红")] == ["B1"]
    assert [one["code"] for one in asks.walk("/organisations", q="dfh")] == ["B1"]
    assert {one["code"] for one in asks.walk("/organisations", below="150422103216")} == {"B1", "B2"}
    assert [one["level"] for one in asks.walk("/units", level=3)] == [3]
    assert [one["code"] for one in asks.walk("/units", below="150422103216")] == ["150422103216"]
    assert len(asks.walk("/posts", organisation=branch, kind="secretary", below="150422103")) == 1
    assert asks.walk("/terms", ends_to="2020-01-01", organisation=branch) == []
    assert len(asks.walk("/terms", ends_from="2020-01-01")) == 2
    assert [one["late"] for one in asks.walk("/transfers", state="sent")] == [True]
    assert asks.walk("/transfers", member=town["member"]) == []
    assert len(asks.walk("/elections", organisation=branch)) == 1
    assert asks.read(f"/elections/{town['election']}")["candidates"][0]["votes"] == 6
    assert asks.read(f"/transfers/{town['transfer']}")["outside"] == "远方的组织"
    assert [one["id"] for one in asks.walk("/spreadsheets")] == [town["batch"]]


# ---- page by page ----


def test_a_walk_meets_each_row_once_whatever_comes_moves_and_goes_meanwhile(town: dict[str, int]) -> None:
    """Rows are added, renamed and put elsewhere in the tree between any two pages."""
    asks, before = clerk(), set(OrganisationState.objects.open().values_list("organisation", flat=True))
    home, met = stage.unit("150422103216"), list[int]()
    page = asks.read("/organisations", limit=1)
    number = 0
    while True:
        met += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        number += 1
        made = stage.branch(f"NEW{number}", "150422103216") if number < 4 else None
        OrganisationState.objects.filter(organisation__in=before).update(path=f"zzz{number:02}", name=f"改名{number}")
        UnitState.objects.filter(pk=home.pk).update(name=f"村{number}")
        if made and number == 2:
            OrganisationState.objects.filter(pk=made.pk).delete()
        page = asks.read(page["next"])
    assert len(met) == len(set(met)), "no row twice"
    assert before <= set(met), "none left out"
    assert number > len(before), "and what came later stands at the end"


def test_a_walk_stays_in_its_day_past_midnight(town: dict[str, int]) -> None:
    page = clerk().read("/organisations", limit=1)
    assert f"day={timezone.localdate().isoformat()}" in page["next"]


def test_a_cursor_is_good_for_its_own_list_alone(town: dict[str, int]) -> None:
    asks = clerk()
    cursor = asks.read("/organisations", limit=1)["next"].rpartition("cursor=")[2]
    for address, asked in (
        ("/units", {"cursor": cursor}), ("/organisations", {"cursor": cursor, "kind": "branch"}),
        ("/organisations", {"cursor": "1"}), ("/organisations", {"cursor": cursor[:-1] + "x"}),
    ):  # fmt: skip
        answer = asks.get(address, **asked)
        assert (answer.status_code, answer.json()["type"]) == (400, "urn:baolei:problem:cursor"), asked


def test_the_ledger_goes_back_from_the_newest_and_on_from_the_last_seen(town: dict[str, int]) -> None:
    asks = clerk()
    numbers = [one["number"] for one in asks.walk("/ledger", limit=2)]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) > 2, "more than one page"
    newest = asks.read("/ledger", limit=1)["items"][0]
    assert newest["act"] == "api.export"
    actions.rename(act=act_of(worlds.NOW.date()), organisation=Organisation.objects.get(pk=town["organisation"]),
                   name="红旗村党支部")  # fmt: skip
    came = asks.walk("/ledger", after=newest["number"], act="organisations.rename")
    assert [(one["act_name"], one["why"]) for one in came] == [("renamed an organisation", "批复")]
    assert {"what": "name", "before": "东方红村党支部", "after": "红旗村党支部"} in came[0]["changes"]


def test_the_audit_administrator_reads_the_whole_ledger(town: dict[str, int]) -> None:
    worlds.elsewhere()
    assert "organisations.rename" in {one["act"] for one in clerk("audit_admin").walk("/ledger")}


# ---- what stands in the ledger ----


def exports() -> list[Entry]:
    return list(Entry.objects.filter(act="api.export").order_by("number"))


def test_a_list_that_is_taken_stands_in_the_ledger_once_a_day(town: dict[str, int]) -> None:
    account = worlds.somebody("banner_clerk")
    assert account
    asks = program(account)
    for _time in range(3):
        asks.walk("/organisations", limit=1)
    (told,) = exports()
    after = told.particulars["after"]
    assert (told.actor_id, told.subject) == (account.pk, "page:/api/v1/organisations")
    assert told.path == stage.unit(worlds.HERE).path
    assert (after["rows"], after["more"], after["used by"]) == (1, True, "考勤之外的程序")
    asks.walk("/organisations", below="150422103")
    assert exports()[-1].path == stage.unit("150422103").path
    Taken.objects.update(day=timezone.localdate() - timedelta(days=1))
    asks.walk("/organisations")
    assert len(exports()) == 3, "the next day it is taken again"
    asks.read("/whoami")
    asks.read(f"/organisations/{town['organisation']}")
    asks.walk("/organisations", code="NONE")
    assert len(exports()) == 3, "one thing looked at, or nothing found, is no list taken"


def test_a_program_that_follows_the_ledger_does_not_feed_it(town: dict[str, int]) -> None:
    asks, last = clerk(), 0
    for _time in range(4):
        rows = asks.walk("/ledger", after=last)
        last = max([last, *(one["number"] for one in rows)])
    assert len(exports()) == 1
    assert rows == []


# ---- questions ----


@pytest.mark.parametrize("address", LISTS)
def test_a_list_costs_a_few_questions_whatever_its_length(
    town: dict[str, int], django_assert_max_num_queries: Any, address: str
) -> None:
    filled(town)
    asks = clerk()
    asks.get(address, limit=500)
    with django_assert_max_num_queries(12):
        assert asks.get(address, limit=500).status_code == 200


def test_a_secretary_s_lists_cost_no_more(town: dict[str, int], django_assert_max_num_queries: Any) -> None:
    filled(town)
    asks = clerk("branch_secretary")
    for address in (*LISTS, f"/organisations/{town['organisation']}/members"):
        asks.get(address)
        with django_assert_max_num_queries(12):
            asks.get(address)


def test_the_first_look_of_a_day_costs_what_its_record_costs(
    town: dict[str, int], django_assert_max_num_queries: Any
) -> None:
    asks = clerk("branch_secretary")
    with django_assert_max_num_queries(22):
        assert asks.get("/organisations").status_code == 200
