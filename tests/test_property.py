"""Branches of property-service companies: found by their field, beside themselves alone, few matters not shown, fees as
they were told and looked into.
"""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest
import yaml
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import matters_stage as matters
import stage
from baolei.figures import property as of
from baolei.matters import grids
from baolei.matters.grids import Laid
from baolei.matters.models import Matter
from baolei.naming import effects
from baolei.naming.effects import Told
from baolei.organisations.models import Group, Member, OrganisationState
from baolei.people.models import Account
from baolei.programme import effects as rules
from baolei.warehouse.rulebook import fields, text
from matters_stage import MONDAY, Cast

pytestmark = [pytest.mark.django_db, pytest.mark.stores, pytest.mark.usefixtures("english")]
CODE = f"{matters.HERE}-900"
TODAY = date(2026, 11, 29)


@pytest.fixture
def cast() -> Cast:
    return matters.cast()


@pytest.fixture
def branch(cast: Cast) -> OrganisationState:
    """The branch of a property-service company at the community, at work in its grid."""
    made = stage.branch(CODE, home=matters.HERE)
    made.field, made.name = "property_service", "安居物业党支部"
    made.save()
    stage.branch(f"{matters.HERE}-901", home=matters.HERE)  # of a village: it does not stand here
    laid = Laid("W03", "第三网格", organisation=made.organisation_id)
    grids.lay(actor=cast.township, now=MONDAY, unit=cast.unit, laid=laid)
    return made


def ended(cast: Cast, number: int, ending: str, on: date = date(2026, 9, 1)) -> None:
    """So many matters of the grid that ended so, or are open."""
    why = "means" if ending == "not_fixed" else ""
    closed = {"state": ending, "ending": ending, "closed_on": on, "unfixed": why} if ending else {}
    Matter.objects.bulk_create(
        Matter(unit_id=cast.unit.unit_id, grid=cast.grid, kind="request", channel="resident", words="路灯", at=MONDAY,
               on=on, holder_id=cast.unit.unit_id, level=5, due=on, ends=on, **closed)
        for _one in range(number)
    )  # fmt: skip


def told(branch: OrganisationState, year: int = 2026, part: int = 70_000) -> Any:
    secretary = Account.objects.filter(username=f"branch_secretary-{CODE}").first() or stage.mandated(
        CODE, "branch_secretary"
    )
    what = Told("property_fees", year, part, 100_000, "上门催缴、协商分期")
    return effects.tell(actor=secretary, now=timezone.now(), organisation=branch, told=what, why="年底汇总")


def page(account: Account, name: str, *args: Any, query: str = "") -> Any:
    client = Client()
    client.force_login(account)
    client.cookies["django_language"] = "en"
    return client.get(reverse(name, args=args) + query)


def words(answer: Any) -> str:
    return b"".join(answer).decode("utf-8-sig", "replace")


def test_a_branch_stands_there_by_its_field_with_its_grids_and_what_it_told(
    cast: Cast, branch: OrganisationState
) -> None:
    mine = told(branch)
    effects.check(
        actor=cast.county, now=timezone.now(), effect=mine, confirmed=True, how="查物业公司收费台账", why="核实"
    )
    said = page(cast.township, "property_branches").text
    assert "安居物业党支部" in said
    assert f"{matters.HERE}-901" not in said
    assert "70.0%" in said
    assert "looked into and confirmed" in said
    rows = words(page(cast.township, "property_branches", query="?format=csv")).splitlines()
    assert len(rows) == 2
    assert (
        rows[1].startswith(f"安居物业党支部,东方红社区,1,{timezone.localdate().year},70000,100000")
        or "70000" in rows[1]
    )
    assert "查物业公司收费台账" in rows[1]
    one = page(cast.township, "property_branch", branch.organisation_id)
    assert "第三网格" in one.text
    assert "查物业公司收费台账" in one.text
    assert page(cast.township, "branch_effects", branch.organisation_id).text.count("/property-service/") == 1


def test_what_was_not_confirmed_or_taken_back_is_no_outcome(cast: Cast, branch: OrganisationState) -> None:
    mine = told(branch)
    effects.check(actor=cast.county, now=timezone.now(), effect=mine, confirmed=False, how="台账上没有", why="核实")
    assert "not told" in page(cast.township, "property_branches").text
    assert "Nothing told yet" in page(cast.township, "property_branch", branch.organisation_id).text


def test_matters_stand_by_half_years_of_the_branch_s_own_and_a_few_are_not_shown(
    cast: Cast, branch: OrganisationState
) -> None:
    for number, ending in ((6, ""), (7, "confirmed"), (2, "not_fixed")):
        ended(cast, number, ending)
    ended(cast, 3, "confirmed", date(2026, 2, 3))
    ended(cast, 9, "called", date(2024, 12, 31))  # longer ago than is shown
    now, before, *ago = of.halves([cast.grid], TODAY)
    shown = dict(zip(of.PARTS, now.parts, strict=True))
    assert (now.name, now.reported) == ("second half of 2026", 15)
    assert (shown["confirmed"], shown["called"]) == (7, 0)
    assert (shown[""], shown["not_fixed"]) == (None, None), "two are few, and six could be worked out from the sum"
    assert (before.reported, set(before.parts)) == (None, {None})
    assert [one.reported for one in ago] == [0, 0]
    sheet = [list(row) for row in of.half_sheet(of.halves([cast.grid], TODAY)).rows]
    assert sheet[0][:2] == ["second half of 2026", 15]
    for table in ("matters", "fees"):
        answer = page(cast.township, "property_branch", branch.organisation_id, query=f"?format=csv&table={table}")
        assert answer.has_header("Content-Disposition")


def test_the_list_has_no_number_of_matters_and_goes_in_the_order_of_codes(
    cast: Cast, branch: OrganisationState
) -> None:
    ended(cast, 77, "confirmed")
    first = stage.branch(f"{matters.HERE}-100", home=matters.HERE)
    OrganisationState.objects.filter(pk=first.pk).update(field="property_service", name="先来物业党支部")
    said = page(cast.township, "property_branches")
    assert "77" not in words(page(cast.township, "property_branches", query="?format=csv"))
    assert said.text.index("先来物业党支部") < said.text.index("安居物业党支部")


def test_a_grid_of_a_party_group_of_the_branch_counts_and_an_ended_one_does_not(
    cast: Cast, branch: OrganisationState
) -> None:
    leader = Member.objects.create(name="乌云")
    group = Group.objects.create(organisation=branch.organisation, name="一组", leader=leader, since=date(2020, 1, 1))
    made = grids.lay(actor=cast.township, now=MONDAY, unit=cast.unit, laid=Laid("W04", "四", group=group.pk))
    scope = of.tree_doors.scope_of(cast.township, TODAY)
    assert [row.grids for row in of.rows(of.branches(scope), scope)] == [2]
    grids.end_grid(actor=cast.township, now=MONDAY, grid=made)
    assert [row.grids for row in of.rows(of.branches(scope), scope)] == [1]


def test_the_list_asks_no_more_for_many_branches(
    cast: Cast, branch: OrganisationState, django_assert_max_num_queries: Any
) -> None:
    for place in range(20):
        made = stage.branch(f"{matters.HERE}-{place:03}", home=matters.HERE)
        OrganisationState.objects.filter(pk=made.pk).update(field="property_service")
    scope = of.tree_doors.scope_of(cast.township, TODAY)
    found = list(of.branches(scope))
    with django_assert_max_num_queries(3):
        assert len(of.rows(found, scope)) == 21


def test_what_lies_elsewhere_is_as_if_it_were_not_there(cast: Cast, branch: OrganisationState) -> None:
    far = stage.mandated("150521", "banner_clerk")
    assert "安居" not in page(far, "property_branches").text
    assert page(far, "property_branch", branch.organisation_id).status_code == 404
    village = OrganisationState.objects.get(code=f"{matters.HERE}-901")
    assert page(cast.township, "property_branch", village.organisation_id).status_code == 404
    assert Client().get(reverse("property_branches")).status_code == 302


def test_the_rules_name_an_effect_that_such_branches_tell() -> None:
    rows = copy.deepcopy(yaml.safe_load(text("effects.yaml")))
    for wrong in ({"outcome": "moon"}, {"fields": ["village"]}):
        with pytest.raises(ValueError, match="property: no effect"):
            rules.effect_rules({**rows, "property": {**rows["property"], **wrong}}, fields())


def test_the_day_decides_which_half_years_there_are() -> None:
    assert [one.name for one in of.halves([], date(2026, 6, 30))] == [
        "first half of 2026", "second half of 2025", "first half of 2025", "second half of 2024",
    ]  # fmt: skip
