"""The pages of spreadsheets: a clerk sends one, sees what it would do, has it written, takes it back."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import CalamineWorkbook

import stage
from baolei.ledger.models import Entry
from baolei.organisations.models import Membership, OrganisationState, UnitState
from baolei.people.models import Role
from baolei.sheets.actions import NotNow
from baolei.sheets.models import Batch, Change, Row
from sheets_stage import TOWNSHIP, applied, clerk, heads, revert, town, work, workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def sender(client: Any) -> Any:
    town()
    client.force_login(clerk())
    return client


def posted(kind: str, body: bytes, **more: Any) -> dict[str, Any]:
    unit = UnitState.objects.open().get(code=TOWNSHIP).unit_id
    file = SimpleUploadedFile("名册.xlsx", body)
    return {"kind": kind, "unit": unit, "day": "2026-11-01", "why": "依据1号文", "file": file, **more}


def sent(client: Any, kind: str, *rows: list[Any]) -> Batch:
    assert client.post("/sheets/", posted(kind, workbook([heads(kind), *rows]))).status_code == 302
    return work(Batch.objects.order_by("-pk")[0])


def test_a_list_is_sent_seen_and_written(sender: Any) -> None:
    batch = sent(sender, "units", ["150422103302", "北沟村", TOWNSHIP])
    page = sender.get(f"/sheets/{batch.pk}/").text
    assert "待查看" in page
    assert "北沟村" in page
    assert not UnitState.objects.filter(code="150422103302").exists(), "nothing before somebody says so"
    sender.post(f"/sheets/{batch.pk}/apply/")
    work(batch)
    assert UnitState.objects.open().get(code="150422103302").name == "北沟村"
    assert "已写入" in sender.get(f"/sheets/{batch.pk}/").text
    assert "名册.xlsx" in sender.get("/sheets/").text
    assert "名册.xlsx" in sender.get("/sheets/?format=csv").content.decode("utf-8-sig")
    acts = set(Entry.objects.filter(act__startswith="sheets.").values_list("act", flat=True))
    assert acts == {"sheets.upload", "sheets.apply", "sheets.applied"}


def test_what_is_wrong_is_marked_in_its_cell_with_the_cure_beside_it(sender: Any) -> None:
    batch = sent(sender, "units", ["150422103302", "北沟村", TOWNSHIP], ["150422103303", "", TOWNSHIP])
    page = sender.get(f"/sheets/{batch.pk}/").text
    assert "没有填写单位名称" in page
    answer = sender.get(f"/sheets/{batch.pk}/marked/")
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer)))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[1][:3] == ["150422103302", "北沟村", TOWNSHIP]
    assert any("没有填写单位名称" in str(cell) for cell in rows[2])
    sender.post(f"/sheets/{batch.pk}/apply/")
    assert not UnitState.objects.filter(code="150422103302").exists(), "all or nothing"
    sender.post(f"/sheets/{batch.pk}/apply/", {"only_right": "1"})
    work(batch)
    assert UnitState.objects.filter(code="150422103302").exists(), "unless only the right rows are asked for"


def test_the_template_untouched_is_met_kindly_and_filled_is_taken(sender: Any) -> None:
    template = sender.get("/sheets/template/units/")
    assert template.status_code == 200
    assert sender.get("/sheets/template/kings/").status_code == 404
    sender.post("/sheets/", posted("units", template.content))
    batch = work(Batch.objects.get())
    page = sender.get(f"/sheets/{batch.pk}/").text
    assert "模板还没有填写" in page, batch.notes


def test_a_file_that_is_none_is_refused_in_words(sender: Any) -> None:
    sender.post("/sheets/", posted("members", b"PK\x03\x04 not a workbook"))
    batch = work(Batch.objects.get())
    assert batch.state == Batch.REFUSED
    assert "另存为" in sender.get(f"/sheets/{batch.pk}/").text
    answer = sender.post("/sheets/", posted("members", b""))
    assert answer.status_code == 422
    assert "文件是空的" in answer.text


def test_the_same_file_twice_is_one_batch(sender: Any) -> None:
    body = workbook([heads("units"), ["150422103302", "北沟村", TOWNSHIP]])
    first = sender.post("/sheets/", posted("units", body))["Location"]
    assert sender.post("/sheets/", posted("units", body))["Location"] == first
    assert Batch.objects.count() == 1


def test_what_was_written_is_taken_back_as_a_whole(sender: Any) -> None:
    before = snapshot()
    batch = applied("members", [["B2", "乌云", "正式党员", "2001-07-01"], ["B1", "党员B1甲", "正式党员", "2001-07-01"]])
    assert snapshot() != before
    assert revert(batch).state == Batch.REVERTED
    assert snapshot() == before


def test_what_was_built_on_is_named_and_stays(sender: Any) -> None:
    batch = applied("units", [["150422103302", "北沟村", TOWNSHIP]])
    unit = UnitState.objects.open().get(code="150422103302")
    OrganisationState.objects.filter(code="B2").update(unit=unit.unit)
    with pytest.raises(NotNow) as refused:
        revert(batch)
    assert refused.value.args
    assert UnitState.objects.filter(code="150422103302").exists()


def test_nobody_sees_or_sends_for_another_place(client: Any, sender: Any) -> None:
    batch = sent(sender, "units", ["150422103302", "北沟村", TOWNSHIP])
    client.force_login(stage.mandated("150521"))
    for address in ("", "progress/", "marked/"):
        assert client.get(f"/sheets/{batch.pk}/{address}").status_code == 404
    for step in ("apply", "discard", "revert"):
        assert client.post(f"/sheets/{batch.pk}/{step}/").status_code == 404
    assert "名册.xlsx" not in client.get("/sheets/").text
    body = workbook([heads("units"), ["150422103303", "南沟村", TOWNSHIP]])
    assert client.post("/sheets/", posted("units", body)).status_code == 422, "not a unit of one's own"
    client.force_login(stage.mandated("B1", Role.SECRETARY))
    assert "名册由组织部门导入" in client.get("/sheets/").text
    assert Batch.objects.count() == 1


def test_a_batch_is_put_away_and_its_rows_go(sender: Any) -> None:
    batch = sent(sender, "units", ["150422103302", "北沟村", TOWNSHIP])
    assert Row.objects.exists()
    sender.post(f"/sheets/{batch.pk}/discard/")
    batch.refresh_from_db()
    assert batch.state == Batch.DISCARDED
    assert not Row.objects.exists()
    assert not Change.objects.exists()


def snapshot() -> list[Any]:
    """Every membership and what it says."""
    told = Membership.objects.values_list("member__name", "organisation", "kind", "since", "until", "member__joined")
    return sorted(told, key=str)
