"""The two trees and the audit on pages: within one's mandate, as of any day, quick, and every table as a file."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

import stage
from baolei.organisations.findings import look_again
from baolei.organisations.models import Finding, Membership, OrganisationState, UnitState
from baolei.organisations.units import move, rename
from baolei.people.models import Mandate, Role
from baolei.warehouse.rulebook import setup_rules
from stage import mandated

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("house")]
NOW = datetime(2026, 11, 24, tzinfo=UTC)
LEAGUE = "1529"


def unit(level, within=""):
    return UnitState.objects.open().filter(level=level).under(within).order_by("path").first()


@pytest.fixture
def banners():
    league = UnitState.objects.open().get(code=LEAGUE)
    return list(UnitState.objects.open().filter(above=league.unit).order_by("code"))


def branch_in(state):
    homes = UnitState.objects.open().under(state.path).values("unit")
    return OrganisationState.objects.open().filter(unit__in=homes, kind="branch").order_by("path").first()


def addresses(state, organisation):
    return [
        reverse("tree_unit", args=[state.unit_id]),
        reverse("unit_organisations", args=[state.unit_id]),
        reverse("organisation", args=[organisation.organisation_id]),
        f"{reverse('audit')}?unit={state.unit_id}",
    ]


def file(address, table=""):
    return f"{address}{'&' if '?' in address else '?'}format=csv" + (f"&table={table}" if table else "")


def rows(client, address, table):
    answer = client.get(file(address, table))
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]


def test_nobody_without_an_account_comes_in(client, banners):
    for address in [*addresses(banners[0], branch_in(banners[0])), reverse("tree"), reverse("tree_search")]:
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer.url.startswith(reverse("login"))


def test_one_banner_is_open_and_the_next_is_as_if_it_were_not_there(client, banners):
    own, other = banners[:2]
    client.force_login(mandated(own.code))
    for address in addresses(own, branch_in(own)):
        assert client.get(address).status_code == 200
    for address in addresses(other, branch_in(other)):
        assert client.get(address).status_code == 404
        assert client.get(file(address)).status_code == 404
    above = UnitState.objects.get(code=LEAGUE)
    assert client.get(reverse("tree_unit", args=[above.unit_id])).status_code == 404
    page = client.get(reverse("tree")).text
    assert own.name in page
    assert above.name in page, "what lies above is named"
    assert reverse("tree_unit", args=[above.unit_id]) not in page, "but not linked"


def test_a_secretary_comes_to_the_own_branch_and_to_no_other(client, banners):
    own, other = branch_in(banners[0]), branch_in(banners[1])
    client.force_login(mandated(own.code, Role.SECRETARY))
    assert client.get(reverse("tree")).url == reverse("organisation", args=[own.organisation_id])
    assert client.get(reverse("organisation", args=[own.organisation_id])).status_code == 200
    assert client.get(reverse("organisation", args=[other.organisation_id])).status_code == 404
    found = client.get(reverse("tree_search"), {"q": "党支部"}).text
    assert reverse("organisation", args=[own.organisation_id]) in found
    assert reverse("organisation", args=[other.organisation_id]) not in found


def test_an_ended_mandate_closes_the_page_that_is_open(client, banners):
    account = mandated(banners[0].code)
    client.force_login(account)
    address = reverse("tree_unit", args=[banners[0].unit_id])
    assert client.get(address).status_code == 200
    Mandate.objects.filter(account=account).update(until=date(2026, 1, 1))
    assert client.get(address).status_code == 404
    assert "还没有可查看的单位" in client.get(reverse("tree")).text


def test_a_page_shows_the_names_of_the_day_asked_for(client, banners):
    state = banners[0]
    old = state.name
    rename(unit=state.unit, name="新名旗", on=date(2024, 7, 1), actor=None, now=NOW, why="更名")
    client.force_login(mandated(LEAGUE))
    address = reverse("tree_unit", args=[state.unit_id])
    assert "<h1>新名旗</h1>" in client.get(address).text
    assert f"<h1>{old}</h1>" in client.get(address, {"day": "2024-06-30"}).text
    assert client.get(address, {"day": "2024-02-30"}).status_code == 404
    assert reverse("tree_unit", args=[state.unit_id]) in client.get(reverse("tree_search"), {"q": "xmq"}).text


def test_the_past_is_open_to_who_answers_for_it_today_and_with_the_borders_of_then(client, banners):
    own, other = banners[:2]
    village = UnitState.objects.open().filter(level=5).under(own.path).first()
    target = UnitState.objects.open().filter(level=4).under(other.path).first()
    move(unit=village.unit, above=target.unit, on=date(2026, 7, 1), actor=None, now=NOW, why="划转")
    address = reverse("tree_unit", args=[village.unit_id])
    client.force_login(mandated(own.code))
    assert client.get(address).status_code == 404
    assert client.get(address, {"day": "2020-01-01"}).status_code == 200, "before any mandate, but of one's own banner"
    client.force_login(mandated(other.code))
    assert client.get(address).status_code == 200
    assert client.get(address, {"day": "2026-06-30"}).status_code == 404


def test_the_search_knows_names_codes_and_initials(client, banners):
    client.force_login(mandated(LEAGUE))
    target = reverse("tree_unit", args=[banners[0].unit_id])
    for words in (banners[0].name[:3], banners[0].code, banners[0].initials[:4]):
        assert target in client.get(reverse("tree_search"), {"q": words}).text
    branch = branch_in(banners[0])
    assert (
        reverse("organisation", args=[branch.organisation_id])
        in client.get(reverse("tree_search"), {"q": branch.code}).text
    )
    assert "没有找到" in client.get(reverse("tree_search"), {"q": "不存在的名称"}).text


def test_every_table_is_a_file_with_all_its_rows(client, banners):
    client.force_login(mandated(LEAGUE))
    league = UnitState.objects.open().get(code=LEAGUE)
    assert len(rows(client, reverse("tree"), "units")) == len(banners)
    homes = UnitState.objects.open().under(league.path).values("unit")
    wanted = OrganisationState.objects.open().filter(unit__in=homes).count()
    assert len(rows(client, reverse("unit_organisations", args=[league.unit_id]), "organisations")) == wanted > 50
    branch = max(
        Membership.objects.values_list("organisation", flat=True).distinct()[:50],
        key=lambda pk: Membership.objects.filter(organisation=pk).count(),
    )
    assert len(rows(client, reverse("organisation", args=[branch]), "members")) == Membership.objects.filter(
        organisation=branch).count()  # fmt: skip
    assert len(rows(client, reverse("audit"), "findings")) == Finding.objects.open().filter(
        organisation__in=OrganisationState.objects.filter(unit__in=homes).values("organisation")).count()  # fmt: skip


def test_the_audit_tells_kinds_and_late_and_closed_apart(client):
    client.force_login(mandated("15"))
    address = reverse("audit")
    overdue = Finding.objects.open().filter(flag="term_overdue")
    assert len(rows(client, f"{address}?flag=term_overdue", "findings")) == overdue.count() > 0
    late = Finding.objects.open().filter(due__lt=stage.YEAR_END).count()
    assert len(rows(client, f"{address}?which=late", "findings")) == late > 0
    found = overdue.first()
    OrganisationState.objects.filter(organisation=found.organisation).update(until=date(2023, 12, 30))
    look_again(organisation=found.organisation, day=stage.YEAR_END, rules=setup_rules(stage.YEAR_END))
    closed = rows(client, f"{address}?which=closed&flag=term_overdue", "findings")
    assert any("组织已撤销" in row for row in closed)


def test_a_page_asks_the_database_a_dozen_times_and_once_for_urgent_notices(
    client, banners, django_assert_max_num_queries
):
    client.force_login(mandated(LEAGUE))
    state = UnitState.objects.open().get(code=LEAGUE)
    tree, listed, one, audit = addresses(state, branch_in(state))
    found = f"{reverse('tree_search')}?q=党"
    client.get(reverse("today"))  # Once a minute a request also notes that the log-in is in use.
    for address, most in ((tree, 12), (listed, 12), (found, 12), (reverse("tree"), 12), (audit, 16), (one, 23)):
        with django_assert_max_num_queries(most, info=address):
            assert client.get(address).status_code == 200
