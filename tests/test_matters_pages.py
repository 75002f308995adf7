"""The pages of matters: what each seat sees and takes away, and that what lies elsewhere is as if it were not there."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

import matters_stage as matters
from baolei.matters import doors, grids, handling
from baolei.matters.models import Matter
from baolei.people.models import Account
from matters_stage import MONDAY, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def of() -> Cast:
    return matters.cast()


def asked(account: Account, address: str) -> Any:
    client = Client()
    client.force_login(account)
    return client.get(address)


def words(answer: Any) -> str:
    return b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode("utf-8-sig", "replace")


def test_each_page_opens_in_its_line_leaves_as_a_file_and_is_not_there_for_anybody_else(of: Cast) -> None:
    matter, _receipt = matters.reported(of)
    unit, grid = [of.unit.unit_id], [of.grid.pk]
    pages = {
        reverse("matters") + "?where=below": matters.LAMP[:10], reverse("asked", args=[matter.pk]): matters.LAMP,
        reverse("grid", args=grid): matters.LAMP[:10], reverse("grids", args=unit): "第三网格",
        reverse("matters_of_unit", args=unit): "东方红社区", reverse("grid_sheet", args=grid): "<svg",
        reverse("report_matter"): "W03", reverse("on_grid", args=[*grid, "worker"]): "第三网格",
        reverse("on_grids", args=[*unit, "lay"]): "东方红社区",
    }  # fmt: skip
    for address, says in pages.items():
        assert says in words(asked(of.township, address)), address
        away = asked(of.far, address)
        assert away.status_code == 404 or says not in words(away), address
    for address, table in (("matters", "matters"), ("asked", "matter"), ("asked", "steps"), ("grid", "matters")):
        given = {"asked": [matter.pk], "grid": grid}.get(address, [])
        where = "&where=below" if address == "matters" else ""
        answer = asked(of.township, f"{reverse(address, args=given)}?format=csv&table={table}{where}")
        assert answer.status_code == 200, (address, table)
        assert "@" not in words(answer)
    for address, table in (("grids", "grids"), ("matters_of_unit", "months")):
        assert asked(of.township, f"{reverse(address, args=unit)}?format=csv&table={table}").status_code == 200


def test_a_contact_is_shown_to_whoever_holds_the_matter_and_stands_in_no_file(of: Cast) -> None:
    matter, _receipt = matters.reported(of, name="王秀英", contact="13912345678")
    address = reverse("asked_contact", args=[matter.pk])
    for account, status in ((of.worker, 200), (of.township, 404), (of.far, 404)):
        client = Client()
        client.force_login(account)
        answer = client.post(address)
        assert answer.status_code == status
        assert ("13912345678" in words(answer)) == (status == 200)
    seen = words(asked(of.worker, reverse("asked", args=[matter.pk])))
    taken = words(asked(of.worker, f"{reverse('asked', args=[matter.pk])}?format=csv&table=matter"))
    assert "王秀英" not in seen + taken
    assert matter.contact not in seen + taken


def test_the_acts_on_the_page_are_those_of_the_table_for_whoever_looks(of: Cast) -> None:
    matter, _receipt = matters.reported(of)
    take = reverse("on_asked", args=[matter.pk, "take"])
    assert take in words(asked(of.worker, reverse("asked", args=[matter.pk])))
    assert take not in words(asked(of.township, reverse("asked", args=[matter.pk])))
    assert asked(of.township, take).status_code == 404
    client = Client()
    client.force_login(of.worker)
    assert client.post(take).status_code == 302
    assert Matter.objects.get().handler == of.worker
    assert asked(of.worker, take).status_code == 404, "it is in hand already"
    assert asked(of.worker, reverse("on_asked", args=[matter.pk, "send_back"])).status_code == 404, "nothing is lower"


def test_a_worker_reports_by_the_form_and_by_the_browser_that_kept_it_once(of: Cast) -> None:
    client = Client()
    client.force_login(of.worker)
    said = {"grid": of.grid.pk, "kind": "request", "words": matters.LAMP, "key": "0" * 32}
    first = client.post(reverse("save_matter"), said).json()
    assert client.post(reverse("save_matter"), said).json() == first
    assert first["receipt"] in words(client.post(reverse("report_matter"), said))
    assert Matter.objects.count() == 1
    wrong = client.post(reverse("save_matter"), {**said, "key": "1" * 32, "words": "打13912345678"}).json()
    assert "手机号码" in wrong["faults"][""] or "mobile" in wrong["faults"][""]
    assert "grid" in client.post(reverse("save_matter"), {**said, "key": "2" * 32, "grid": 0}).json()["faults"]


def test_a_merged_matter_shows_its_asker_how_the_other_stands_and_none_of_its_words(of: Cast) -> None:
    first, _receipt = matters.reported(of)
    second, receipt = matters.reported(of, key="b", words="路灯坏了")
    handling.merge(actor=of.worker, now=MONDAY, matter=second, into=first)
    handling.take(actor=of.worker, now=MONDAY, matter=first)
    handling.fix(actor=of.worker, now=MONDAY, matter=first, note="换了灯泡")
    page = words(Client().post(reverse("follow_matter"), {"code": receipt}))
    assert "路灯坏了" in page
    assert matters.LAMP not in page
    assert "换了灯泡" not in page


def test_a_code_that_was_revoked_and_one_that_never_was_lead_nowhere(of: Cast) -> None:
    code = of.grid.codes.get().code
    assert Client().get(reverse("report_here", args=[code])).status_code == 200
    grids.renew_code(actor=of.township, now=MONDAY, grid=of.grid)
    for one in (code, "nothing"):
        assert Client().get(reverse("report_here", args=[one])).status_code == 404
    assert doors.grid_of_code(code, MONDAY.date()) is None
