"""The rooms of the round to programs: one mandate and no other, the acts of the pages, each done once."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

import baolei.front.urls  # noqa: F401 - hands the passage of a round down
import stage
import worlds
from api_stage import Program, program, token_of
from baolei.api.rounds import LED, ON_ROUND
from baolei.front.round_views import Pass
from baolei.ledger.models import Entry
from baolei.people.models import Account, InTree, Mandate
from review_stage import BANNER, OWN, opine, person, step_of, under_review
from round_stage import begun, declaration_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> dict[str, int]:
    return worlds.here()


def clerk(**more: Any) -> Program:
    account = worlds.somebody("banner_clerk")
    assert account
    return program(account, **more)


def inspector() -> Program:
    account = worlds.somebody("inspector")
    assert account
    return program(account)


def said(asks: Program, address: str) -> str:
    """What is answered, in plain characters: the answer itself writes them as escapes."""
    return json.dumps(asks.read(address), ensure_ascii=False)


def also(account: Account, role: str, code: str) -> None:
    """A second mandate of the same person."""
    Mandate.objects.create(account=account, role=role, path=stage.unit(code).path, title="另一任职",
                           since=date(2026, 1, 1), approved_at=datetime(2026, 1, 1, tzinfo=UTC))  # fmt: skip


def test_a_second_mandate_of_the_same_person_opens_no_review() -> None:
    this = under_review(OWN)
    secretary = person("巴雅尔", "township_clerk", "150502103")
    also(secretary, "banner_clerk", BANNER)
    step = step_of(this)
    asks = program(secretary)
    assert asks.walk("/reviews") == []
    assert asks.walk(f"/rounds/{this.pk}/reviews") == []
    assert asks.get(f"/reviews/{step.pk}").status_code == 404
    made, secret = token_of(secretary)
    made.mandate = Mandate.objects.get(account=secretary, role="banner_clerk")
    made.save()
    assert Program(secret).read(f"/reviews/{step.pk}")["state"] == "opinions"


def test_what_was_said_is_closed_in_every_answer_until_all_are_in() -> None:
    this = under_review(OWN)
    one, other = person("苏日娜", "reviewer", "150422103"), person("乌兰", "reviewer", "150422103")
    region = person("哈斯", "region_clerk", "15")
    step = step_of(this)
    opine(step, one, "return")
    for account in (other, region):
        asks = program(account)
        for address in (f"/reviews/{step.pk}", "/reviews", f"/rounds/{this.pk}/reviews", "/ledger",
                        f"/declarations/{step.declaration_id}"):  # fmt: skip
            assert "8月的会没有开" not in said(asks, address), address
    opine(step, other, "return")
    assert "8月的会没有开" in said(program(region), f"/reviews/{step.pk}")


def test_the_acts_and_what_they_ask_are_those_of_the_pages(town: dict[str, int], english: None) -> None:
    account = worlds.somebody("banner_clerk")
    assert account
    asks, client = program(account), Client()
    client.force_login(account)
    client.cookies["django_language"] = "en"
    pages = {"reviews": ("step", "review/{}/do/{}/"), "sorted": ("sorted", "triage/{}/do/{}/"),
             "candidates": ("candidate", "triage/candidate/{}/do/{}/")}  # fmt: skip
    for place, (noun, page) in pages.items():
        listed = asks.read(f"/{place}/{town[noun]}/acts")["acts"]
        assert listed, place
        for one in listed:
            form = client.get("/" + page.format(town[noun], one["act"])).context["form"]
            assert (one["verb"], [asked["name"] for asked in one["asks"]]) == (form.verb, list(form.fields))


def test_the_front_hands_the_passage_of_a_round_down() -> None:
    assert LED["pass"] is ON_ROUND["pass"] is Pass


def test_answers_are_saved_once_and_a_clash_says_what_stands_there() -> None:
    this = begun()
    branch = stage.branch(OWN)
    secretary = person("巴雅尔", "branch_secretary", "", InTree.PARTY, branch.path)
    asks, mine = program(secretary), declaration_of(this, OWN)
    address, key = f"/declarations/{mine.pk}/answers", uuid.uuid4().hex
    said = {"answers": [{"item": "first_agenda", "done": 11, "due": 12}]}
    assert asks.post(address, said, key).status_code == 200
    entries = Entry.objects.count()
    again = asks.post(address, said, key)
    assert (again.status_code, again["Idempotency-Replayed"], Entry.objects.count()) == (200, "true", entries)
    told = asks.post(address, {"answers": [{"item": "first_agenda", "done": 9, "due": 12}]})
    assert (told.status_code, told.json()["type"]) == (409, "urn:baolei:problem:changed")
    assert told.json()["errors"] == [{"field": "first_agenda", "detail": "11 of 12 stands there now, version 1"}]
    right = {"answers": [{"item": "first_agenda", "done": 9, "due": 12, "seen": 1}]}
    assert asks.post(address, right).status_code == 200
    item = next(one for one in asks.read(f"/declarations/{mine.pk}")["items"] if one["item"] == "first_agenda")
    assert (item["answer"]["done"], item["answer"]["version"]) == (9, 2)


@pytest.mark.parametrize(("said", "field"), [
    ({}, "answers"), ({"answers": [{"item": "first_agenda", "done": -1, "due": 1}]}, "answers.0.done"),
    ({"answers": [{"item": "first_agenda", "done": 1, "due": 1, "colour": "red"}]}, "answers.0.colour"),
    ({"answers": [{"item": "moon", "done": 1, "due": 1}]}, "moon"),
    ({"answers": [], "served": "many"}, "served"),
])  # fmt: skip
def test_an_answer_that_cannot_be_is_named_by_its_place(said: dict[str, Any], field: str) -> None:
    this = begun()
    secretary = person("巴雅尔", "branch_secretary", "", InTree.PARTY, stage.branch(OWN).path)
    told = program(secretary).post(f"/declarations/{declaration_of(this, OWN).pk}/answers", said)
    assert told.status_code == 422, told.text
    assert [one["field"] for one in told.json()["errors"]] == [field]


def test_filters_that_are_not_known_are_refused(town: dict[str, int]) -> None:
    asks = clerk()
    for address in ("/rounds", f"/rounds/{town['round']}/declarations", "/reviews", "/titles", "/public/notices"):
        told = asks.get(address, path="0")
        assert (told.status_code, told.json()["errors"][0]["field"]) == (422, "path"), address
    assert asks.get("/rounds", phase="moon").status_code == 422
    assert asks.get(f"/rounds/{town['round']}/sorted", stands="moon").status_code == 422


def test_a_token_that_reads_does_nothing(town: dict[str, int]) -> None:
    asks = clerk(writes=False)
    for place, noun, act in (("reviews", "step", "look"), ("sorted", "sorted", "decide"),
                             ("candidates", "candidate", "confirm")):  # fmt: skip
        address = f"/{place}/{town[noun]}/acts"
        assert asks.read(address)["acts"] == []
        assert asks.post(f"{address}/{act}", {"why": "x"}).json()["type"] == "urn:baolei:problem:read-only"
    for address in (f"/declarations/{town['declaration']}/answers", f"/visits/{town['visit']}/findings"):
        told = asks.post(address, {"answers": [], "on": timezone.localdate().isoformat(), "words": "x"})
        assert told.status_code in (403, 422), told.text


def test_lists_of_a_round_are_walked_whole_and_stand_in_the_ledger(town: dict[str, int]) -> None:
    asks, this = clerk(), town["round"]
    for part in ("declarations", "piles", "polls", "visits", "reviews", "lines", "sorted", "candidates"):
        reads = inspector() if part == "visits" else asks
        rows = reads.walk(f"/rounds/{this}/{part}", limit=1)
        assert rows, part
        told = Entry.objects.filter(act="api.export", subject=f"page:/api/v1/rounds/{this}/{part}")
        assert told.count() == 1, part


@pytest.mark.parametrize(
    "part", ["declarations", "piles", "polls", "visits", "reviews", "lines", "sorted", "candidates"]
)
def test_a_list_of_a_round_costs_a_few_questions(
    town: dict[str, int], django_assert_max_num_queries: Any, part: str
) -> None:
    asks, address = inspector() if part == "visits" else clerk(), f"/rounds/{town['round']}/{part}"
    asks.get(address)
    with django_assert_max_num_queries(20):
        assert asks.get(address, limit=500).status_code == 200


def test_everybody_reads_what_is_laid_open_and_nobody_is_put_on_record(town: dict[str, int]) -> None:
    anybody, before = Program(), Entry.objects.count()
    (one,) = anybody.walk("/public/notices")
    assert one["round"] == town["round"]
    assert anybody.walk(f"/public/notices/{town['round']}/names")[0].keys() == {
        "name", "unit", "field", "tier", "strengths"
    }  # fmt: skip
    assert Entry.objects.count() == before
    told = anybody.post("/public/objections", {"code": "no-such-code"}, key="")
    assert (told.status_code, told.json()["errors"][0]["field"]) == (422, None)
    assert anybody.get("/rounds").status_code == 401
