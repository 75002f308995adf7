"""Open311 GeoReport v2: what the specification says is there, in XML and in JSON, for whom a key opens it."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

import matters_stage
import stage
from baolei.api import open311_matters
from baolei.api.models import Token
from baolei.ledger.models import Entry
from baolei.matters import contacts, grids, handling, nightly
from baolei.matters.grids import Laid
from baolei.matters.models import Matter, Step
from matters_stage import FAR, LAMP, Cast
from open311_stage import HERE, REPORT, ROOT, Open311, cast, client_of, understood

pytestmark = [pytest.mark.django_db, pytest.mark.stores]
FIELDS = {
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description",
    "agency_responsible", "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address",
    "address_id", "zipcode", "lat", "long", "media_url",
}  # fmt: skip
"""Of a request, as the specification lists them."""


@pytest.fixture(params=["json", "xml"])
def form(request: Any) -> str:
    return str(request.param)


@pytest.fixture
def of() -> Cast:
    return cast()


# ---- open to everybody ----


def test_discovery_leads_to_an_endpoint_that_answers(form: str, db: None) -> None:
    told = Open311(form=form).read("discovery")
    assert set(told) == {"changeset", "contact", "key_service", "endpoints"}
    (endpoint,) = told["endpoints"]
    assert (endpoint["specification"], endpoint["formats"]) == (
        "http://wiki.open311.org/GeoReport_v2", ["application/json", "text/xml"],
    )  # fmt: skip
    assert endpoint["changeset"] == "2020-12-28T00:00:00+08:00"
    assert Client().get(f"{endpoint['url']}/services.{form}").status_code == 200


def test_services_are_the_kinds_of_matters(form: str, db: None) -> None:
    told = Open311(form=form).read("services")
    assert [one["service_code"] for one in told] == ["request", "hazard", "dispute", "information"]
    assert told[1] == {
        "service_code": "hazard", "service_name": "hazard", "metadata": "true", "type": "batch",
        "description": "Taken in hand within 1 working days, ended within 10.", "keywords": "安全隐患,hazard",
        "group": "matters of residents",
    }  # fmt: skip
    assert Open311(form=form, language="zh-CN").read("services")[1]["service_name"] == "安全隐患"


def test_a_definition_says_what_else_a_report_may_name(form: str, db: None) -> None:
    told = Open311(form=form).read("services/dispute")
    assert (told["service_code"], [one["code"] for one in told["attributes"]]) == ("dispute", ["notice", "landmark"])
    notice, landmark = told["attributes"]
    assert set(landmark) == {
        "variable", "code", "datatype", "required", "datatype_description", "order", "description", "values",
    }  # fmt: skip
    assert (notice["variable"], landmark["variable"], landmark["required"]) == ("false", "true", "false")


def test_a_service_that_is_none_is_not_found(form: str, db: None) -> None:
    answer = Open311(form=form).get("services/033")
    assert answer.status_code == 404
    assert understood(answer) == [
        {"code": "404", "description": "service_code was not found: there are request, hazard, dispute, information"}
    ]


# ---- reported ----


def test_a_report_is_followed_by_its_token_to_the_request(form: str, of: Cast) -> None:
    mine = client_of(of.township, form)
    answer = mine.post(**REPORT)
    assert answer.status_code == 200
    (told,) = understood(answer)
    assert set(told) == {"token", "service_notice", "account_id"}, "a token and no service_request_id, never both"
    (named,) = Open311(form=form).read(f"tokens/{told['token']}")
    assert (set(named), named["token"]) == ({"service_request_id", "token"}, told["token"])
    (request,) = mine.read(f"requests/{named['service_request_id']}")
    matter = Matter.objects.get()
    assert (matter.channel, matter.words, matter.by, matter.grid) == (Matter.PROGRAM, LAMP, None, of.grid)
    assert set(request) == FIELDS
    at = timezone.localtime(matter.at).isoformat(timespec="seconds")
    assert request == {
        "service_request_id": named["service_request_id"], "status": "open", "status_notes": "to be taken in hand",
        "service_name": "request", "service_code": "request", "description": "", "agency_responsible": "东方红社区",
        "service_notice": "Taken in hand within 2 working days, ended within 20.", "requested_datetime": at,
        "updated_datetime": at, "expected_datetime": f"{matter.ends}T23:59:59+08:00",
        "address": "第三网格, 东方红社区", "address_id": "W03", "zipcode": "", "lat": "", "long": "", "media_url": "",
    }  # fmt: skip
    assert mine.read("requests") == mine.read("requests", service_request_id=named["service_request_id"]) == [request]


def test_the_example_of_the_specification_is_taken_once_it_says_where(form: str, of: Cast) -> None:
    example = {
        "jurisdiction_id": "city.gov", "service_code": "request", "lat": "37.76524078", "long": "-122.4212043",
        "address_string": "第三网格", "email": "smit333@sfgov.edu", "device_id": "tt222111", "account_id": "123456",
        "first_name": "john", "last_name": "smith", "phone": "111111111",
        "description": "A large sinkhole is destroying the street",
        "media_url": "http://farm3.static.flickr.com/2002/2212426634_5ed477a060.jpg",
        "attribute[WHISPAWN]": "123456", "attribute[WHISDORN]": "COISL001",
    }  # fmt: skip
    assert client_of(of.township, form).post(**example).status_code == 200
    matter = Matter.objects.get()
    assert matter.words == "A large sinkhole is destroying the street"
    handling.take(actor=of.worker, now=timezone.now(), matter=matter)
    assert contacts.look_up(actor=of.worker, now=timezone.now(), matter=matter) == (
        "john smith", "111111111 smit333@sfgov.edu",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("place", "lies"),
    [({"address_id": "W03"}, True), ({"address_string": "W03"}, True), ({"address_string": "第三网格"}, True),
     ({"address_id": "W99"}, False), ({"address_string": "三网格"}, False)],
)  # fmt: skip
def test_a_grid_is_named_by_its_number_or_its_name(place: dict[str, str], lies: bool, of: Cast) -> None:
    fields = {name: value for name, value in REPORT.items() if name != "address_id"}
    answer = client_of(of.township).post(**fields, **place)
    assert (answer.status_code, Matter.objects.count()) == ((200, 1) if lies else (404, 0))


def test_a_grid_is_named_by_the_code_on_its_wall(of: Cast) -> None:
    client_of(of.township).report(address_id=of.grid.codes.get().code)
    assert Matter.objects.get().grid == of.grid


def test_of_two_grids_of_one_name_the_number_says_which(of: Cast) -> None:
    grids.lay(actor=of.township, now=matters_stage.MONDAY, unit=of.unit, laid=Laid("W04", "第三网格"))
    fields = {name: value for name, value in REPORT.items() if name != "address_id"}
    answer = client_of(of.township).post(**fields, address_string="第三网格")
    assert (answer.status_code, "send address_id" in answer.text) == (400, True)


def test_a_landmark_of_the_list_may_be_named(form: str, of: Cast) -> None:
    grids.list_landmark(actor=of.township, now=matters_stage.MONDAY, unit=of.unit, name="三号楼南门")
    mine = client_of(of.township, form)
    answer = mine.post(**REPORT, **{"attribute[landmark]": "我家门口"})
    assert (answer.status_code, Matter.objects.count()) == (400, 0)
    mine.report(**{"attribute[landmark]": "三号楼南门"})
    assert mine.read("requests")[0]["address"] == "三号楼南门, 第三网格, 东方红社区"


@pytest.mark.parametrize(
    ("wrong", "status", "says"),
    [
        ({"service_code": ""}, 400, "service_code was not provided"),
        ({"service_code": "033"}, 404, "service_code was not found"),
        ({"description": " "}, 400, "description was not provided"),
        ({"address_id": ""}, 400, "address_id was not provided"),
        ({"address_id": "", "lat": "43.6", "long": "122.2"}, 400, "Coordinates are not kept here"),
        ({"description": "打电话13912345678找我"}, 400, "mobile number"),
        ({"description": "灯" * 501}, 400, "500 characters"),
        ({"phone": "1" * 101}, 400, "100 characters"),
        ({"first_name": "a\0b"}, 400, "first_name"),
    ],
)
def test_what_is_wrong_with_a_report_is_said_and_nothing_is_kept(
    wrong: dict[str, str], status: int, says: str, form: str, of: Cast
) -> None:
    answer = client_of(of.township, form).post(**{**REPORT, **wrong})
    (told,) = understood(answer)
    assert (answer.status_code, told["code"], says in told["description"]) == (status, str(status), True), told
    assert Matter.objects.count() == 0


def test_all_that_is_missing_is_said_at_once(form: str, of: Cast) -> None:
    assert len(understood(client_of(of.township, form).post())) == 3


def test_only_form_encoded_reports_are_read(form: str, of: Cast) -> None:
    key = client_of(of.township).key
    for kind in ("application/json", "multipart/form-data; boundary=x"):
        answer = Client().post(f"{HERE}requests.{form}", b"{}", content_type=kind,
                               headers={"Authorization": f"Bearer {key}"})  # fmt: skip
        assert (answer.status_code, understood(answer)[0]["code"]) == (400, "400")


# ---- twice ----


@pytest.mark.parametrize("by_header", [True, False])
def test_the_same_report_under_the_same_key_is_one_matter_and_one_token(by_header: bool, of: Cast) -> None:
    mine = client_of(of.township)
    head, more = ({"Idempotency-Key": "7"}, {}) if by_header else ({}, {"idempotency_key": "7"})
    answers = [mine.post(head, **REPORT, **more).json() for _time in range(3)]
    assert (answers[0] == answers[1] == answers[2], Matter.objects.count()) == (True, 1)


def test_another_report_under_the_same_key_is_not_lost(of: Cast) -> None:
    mine, other = client_of(of.township), client_of(of.county)
    head = {"Idempotency-Key": "7"}
    mine.post(head, **REPORT)
    mine.post(head, **{**REPORT, "description": "井盖松了"})
    other.post(head, **REPORT)
    assert Matter.objects.count() == 3


def test_without_a_key_two_that_say_the_same_are_two(of: Cast) -> None:
    mine = client_of(of.township)
    assert mine.report() != mine.report()
    assert Matter.objects.count() == 2


# ---- who may ----


def test_without_a_key_nothing_is_reported_or_read(form: str, of: Cast) -> None:
    token = client_of(of.township).report()
    (named,) = Open311().read(f"tokens/{token}")
    nobody = Open311(form=form)
    for answer in (nobody.post(**REPORT), nobody.get("requests"),
                   nobody.get(f"requests/{named['service_request_id']}")):  # fmt: skip
        assert (answer.status_code, understood(answer)[0]["code"]) == (403, "403")
    assert Matter.objects.count() == 1


def test_a_key_that_has_ended_or_only_reads_reports_nothing(form: str, of: Cast) -> None:
    ended, reads = client_of(of.township, form), client_of(of.township, form, writes=False)
    Token.objects.filter(pk=Token.objects.order_by("pk")[0].pk).update(ended_at=timezone.now())
    assert [one.post(**REPORT).status_code for one in (ended, reads, Open311("blt_x", form))] == [403, 403, 403]
    assert [one.get("requests").status_code for one in (ended, reads)] == [403, 200]


def test_a_key_stands_in_the_header_too(of: Cast) -> None:
    key = client_of(of.township).key
    basic = base64.b64encode(f"open311:{key}".encode()).decode()
    heads = [f"Bearer {key}", f"Basic {basic}", "Basic x", "Basic /w==", "Digest x"]
    found = [Client().get(f"{HERE}requests.json", headers={"Authorization": head}).status_code for head in heads]
    assert found == [200, 200, 403, 403, 403]


def test_a_key_reaches_no_further_than_its_mandate(form: str, of: Cast) -> None:
    away = stage.mandated(FAR[:9], "township_clerk")
    (named,) = Open311().read(f"tokens/{client_of(of.township).report()}")
    other = client_of(away, form)
    assert other.read("requests") == other.read("requests", service_request_id=named["service_request_id"]) == []
    assert other.get(f"requests/{named['service_request_id']}").status_code == 404
    assert other.post(**REPORT).status_code == 404
    assert [len(client_of(one).read("requests")) for one in (of.county, of.second)] == [1, 1]
    assert Matter.objects.count() == 1


def test_who_only_reads_records_there_reports_nothing(of: Cast) -> None:
    reviewer = stage.mandated(matters_stage.COUNTY, "reviewer")
    answer = client_of(reviewer).post(**REPORT)
    assert (answer.status_code, Matter.objects.count()) == (404, 0)


def test_whoever_is_logged_in_is_nobody(client: Client, of: Cast) -> None:
    client.force_login(of.township)
    assert client.get(f"{HERE}requests.json").status_code == 403
    assert client.post(f"{HERE}requests.json", "service_code=request",
                       content_type="application/x-www-form-urlencoded").status_code == 403  # fmt: skip


def test_a_list_that_is_taken_stands_in_the_ledger_once_a_day(of: Cast) -> None:
    mine = client_of(of.township)
    mine.read("requests")
    assert not Entry.objects.filter(act="api.export").exists(), "an empty list is not put on record"
    mine.report()
    for start in ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"):
        now = timezone.now()
        mine.read("requests", start_date=(now - timedelta(days=int(start[8:10]))).isoformat(), status="open")
    told = Entry.objects.get(act="api.export")
    assert (told.actor, told.subject) == (of.township, f"page:{HERE}requests.json")
    assert (told.particulars["after"]["asked"], told.particulars["after"]["rows"]) == ("status=open", 1)


# ---- lists ----


def at(days: int) -> str:
    return (timezone.now() - timedelta(days=days)).isoformat(timespec="seconds").replace("+00:00", "Z")


@pytest.fixture
def three(of: Cast) -> Open311:
    """Three matters, of now, of fifty days and of a hundred days ago."""
    mine = client_of(of.township)
    for kind, days in (("request", 0), ("hazard", 50), ("dispute", 100)):
        mine.report(service_code=kind)
        Matter.objects.filter(kind=kind).update(at=timezone.now() - timedelta(days=days))
    return mine


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, {"request", "hazard"}),
        ({"start_date": at(60)}, {"request", "hazard"}),
        ({"start_date": at(120)}, {"hazard", "dispute"}),
        ({"end_date": at(40)}, {"hazard", "dispute"}),
        ({"end_date": at(60)}, {"dispute"}),
        ({"start_date": at(110), "end_date": at(90)}, {"dispute"}),
        ({"service_code": "hazard"}, {"hazard"}),
        ({"service_code": "hazard,request"}, {"request", "hazard"}),
        ({"status": "open"}, {"request", "hazard"}),
        ({"status": "closed"}, set()),
        ({"status": "open,closed"}, {"request", "hazard"}),
        ({"page_size": "1"}, {"hazard"}),
        ({"page_size": "1", "page": "2"}, {"request"}),
        ({"page_size": "1", "page": "3"}, set()),
        ({"extensions": "true", "jurisdiction_id": "city.gov", "status": ""}, {"request", "hazard"}),
    ],
)
def test_a_list_is_cut_as_the_specification_says(three: Open311, wanted: dict[str, str], found: set[str]) -> None:
    assert {one["service_code"] for one in three.read("requests", **wanted)} == found


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"start_date": "2026-01-01"}, "start_date"),
        ({"end_date": "2026-01-01T00:00:00"}, "end_date"),
        ({"start_date": "0001-01-01T00:00:00Z"}, "start_date"),
        ({"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-06-01T00:00:00Z"}, "90 days"),
        ({"start_date": "2026-01-02T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"}, "after start_date"),
        ({"status": "pending"}, "open or closed"),
        ({"service_code": "033"}, "service_code"),
        ({"page": "0"}, "page"),
        ({"page_size": "1001"}, "1000"),
    ],
)
def test_a_list_that_cannot_be_cut_so_says_why(of: Cast, form: str, wrong: dict[str, str], says: str) -> None:
    answer = client_of(of.township, form).get("requests", **wrong)
    assert answer.status_code == (404 if says == "service_code" else 400)
    assert says in understood(answer)[0]["description"]


def test_a_plus_that_became_a_space_is_the_zone(of: Cast) -> None:
    answer = client_of(of.township).client.get(
        f"{HERE}requests.json?start_date=2026-01-01T00:00:00+08:00",
        headers={"Authorization": f"Bearer {client_of(of.township).key}"},
    )
    assert answer.status_code == 200


def test_a_list_costs_the_same_however_long_it_is(of: Cast, django_assert_num_queries: Any) -> None:
    mine = client_of(of.township)
    mine.report()
    mine.read("requests")
    for _time in range(5):
        mine.report()
    with django_assert_num_queries(8):
        assert len(mine.read("requests")) == 6


# ---- how a request stands ----


def only(mine: Open311) -> dict[str, str]:
    (request,) = mine.read("requests")
    return dict(request)


def test_a_request_is_closed_when_the_matter_is(form: str, of: Cast) -> None:
    mine, now = client_of(of.township, form), timezone.now()
    mine.report()
    matter = Matter.objects.get()
    handling.take(actor=of.worker, now=now, matter=matter)
    handling.pause(actor=of.worker, now=now, matter=matter, waits="season", note="化冻后再修")
    assert (only(mine)["status"], only(mine)["status_notes"]) == (
        "open", "paused, the clocks stand · waits for the season or the weather",
    )  # fmt: skip
    handling.resume(actor=of.worker, now=now, matter=matter)
    handling.fix(actor=of.worker, now=now, matter=matter, note="换了灯泡")
    assert only(mine)["status"] == "open", "it is not closed before the asker has been asked"
    left_alone(matter)
    told = only(mine)
    assert (told["status"], told["status_notes"], told["expected_datetime"]) == ("closed", "done, not confirmed", "")
    closed = Step.objects.filter(matter=matter, act="leave").get()
    assert told["updated_datetime"] == timezone.localtime(closed.at).isoformat(timespec="seconds")
    assert mine.read("requests", status="open") == []
    assert "化冻" not in str(told)
    assert "灯泡" not in str(told)


def left_alone(matter: Matter) -> None:
    """The days in which the asker may say something go by."""
    nightly.run_clock(now=timezone.now() + timedelta(days=20))
    matter.refresh_from_db()
    assert matter.state == "unconfirmed"


def test_what_was_not_fixed_says_why(of: Cast) -> None:
    mine, now = client_of(of.township), timezone.now()
    mine.report()
    handling.leave_unfixed(actor=of.worker, now=now, matter=Matter.objects.get(), why="means", note="没有经费")
    assert only(mine)["status_notes"] == "closed, not fixed · the means are not there yet"


# ---- what goes wrong elsewhere ----


@pytest.mark.parametrize(
    ("address", "method", "status", "kind"),
    [("v2/nothing.json", "get", 404, "json"), ("v2/nothing", "get", 404, "xml"), ("v2/services.csv", "get", 404, "xml"),
     ("v2/services.json", "post", 405, "json"), ("v2/requests.xml", "delete", 405, "xml")],
)  # fmt: skip
def test_every_failure_has_the_form_of_the_specification(address: str, method: str, status: int, kind: str) -> None:
    answer = getattr(Client(), method)(ROOT + address, headers={"Accept-Language": "en"})
    assert (answer.status_code, kind in answer["Content-Type"]) == (status, True)
    assert understood(answer)[0]["code"] == str(status)
    assert answer.has_header("Allow") == (status == 405)


def test_what_breaks_is_said_in_the_form_too(form: str, of: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(open311_matters, "requests", broken)
    mine = client_of(of.township, form)
    mine.report()
    answer = mine.get("requests")
    assert (answer.status_code, understood(answer)[0]["code"]) == (500, "500")
    assert "ZeroDivision" not in answer.text


def test_a_sign_that_xml_cannot_hold_does_not_break_it(of: Cast) -> None:
    of.grid.name = "第三\x0b网格"
    of.grid.save()
    mine = client_of(of.township, "xml")
    mine.report()
    assert only(mine)["address"] == "第三网格, 东方红社区"
