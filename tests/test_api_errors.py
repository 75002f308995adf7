"""What goes wrong is said to programs as problem details, naming the fields, in their language; never as a page."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client

import worlds
from api_stage import Program, program
from baolei.api import filling, problems
from baolei.people.models import Account

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> dict[str, int]:
    return worlds.here()


@pytest.fixture
def account(town: dict[str, int]) -> Account:
    found = worlds.somebody("banner_clerk")
    assert found
    return found


def problem(answer: Any, status: int, name: str) -> dict[str, Any]:
    """A problem of this name, whole."""
    assert answer["Content-Type"] == "application/problem+json", answer.text
    told: dict[str, Any] = answer.json()
    assert (answer.status_code, told["status"], told["type"]) == (status, status, f"urn:baolei:problem:{name}")
    assert set(told) == {"type", "title", "status", "detail", "errors"}
    assert told["title"]
    assert told["detail"]
    assert "<html" not in answer.text
    return told


NOT_VALID: list[tuple[str, dict[str, Any], str, str]] = [
    ("/units", {"day": "2026-02-30"}, "day", "enter one as 2026-11-24"),
    ("/units", {"day": "20261124"}, "day", "enter one as 2026-11-24"),
    ("/units", {"day": "0"}, "day", "enter one as 2026-11-24"),
    ("/units", {"limit": 501}, "limit", "enter 500 or less"),
    ("/units", {"limit": 0}, "limit", "enter 1 or more"),
    ("/units", {"limit": "many"}, "limit", "enter one in digits"),
    ("/units", {"level": 6}, "level", "enter 5 or less"),
    ("/units", {"below": "999999"}, "below", "enter the code of one that is"),
    ("/units", {"code": "1" * 31}, "code", "at most 30 characters"),
    ("/units", {"kind": "branch"}, "kind", "use limit, cursor, day, code, below, level, changed_since"),
    ("/units/1", {"limit": 1}, "limit", "use day"),
    ("/organisations", {"kind": "choir"}, "kind", "enter one of"),
    ("/organisations", {"field": "sea"}, "field", "enter one of"),
    ("/organisations", {"changed_since": "x"}, "changed_since", "2026-11-24"),
    ("/findings", {"flag": "x"}, "flag", "empty_shell"),
    ("/findings", {"state": "x"}, "state", "'open', 'closed' or 'all'"),
    ("/findings", {"late": "perhaps"}, "late", "true or false"),
    ("/transfers", {"state": "x"}, "state", "'requested'"),
    ("/posts", {"kind": "king"}, "kind", "secretary"),
    ("/ledger", {"act": "x"}, "act", "organisations.rename"),
    ("/posts", {"organisation": 2**63}, "organisation", "or less"),
    ("/ledger", {"after": -1}, "after", "0 or more"),
    ("/spreadsheets", {"day": "2026-01-01"}, "day", "use limit, cursor"),
]


@pytest.mark.parametrize(("address", "asked", "field", "says"), NOT_VALID, ids=[f"{a} {q}" for a, q, _, _ in NOT_VALID])
def test_a_filter_that_is_wrong_is_named_with_what_would_be_right(
    account: Account, address: str, asked: dict[str, Any], field: str, says: str
) -> None:
    (error,) = problem(program(account).get(address, **asked), 422, "not-valid")["errors"]
    assert error["field"] == field
    assert says in error["detail"]


def test_every_wrong_filter_is_named_at_once(account: Account) -> None:
    told = problem(program(account).get("/units", day="x", limit="y"), 422, "not-valid")
    assert {one["field"] for one in told["errors"]} == {"day", "limit"}


def test_what_is_not_there_and_what_is_not_allowed(account: Account, town: dict[str, int]) -> None:
    asks = program(account)
    for address in (
        "/",
        "/nothing",
        "/units/x",
        "/units/0",
        "/units/99999999999999999999",
        "/units/9223372036854775807",
        "/organisations/1/acts/x/y",
    ):
        problem(asks.get(address), 404, "not-found")
    for method in ("post", "put", "patch", "delete", "head"):
        answer = getattr(asks.client, method)("/api/v1/units", headers=asks.headers)
        assert answer.status_code == 405
        assert answer["Allow"] == "GET"
    problem(asks.client.delete("/api/v1/units", headers=asks.headers), 405, "not-allowed")
    problem(asks.get(f"/organisations/{town['organisation']}/acts/rename"), 405, "not-allowed")


def test_nothing_broken_shows_its_inside(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    def fall(_caller: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(filling, "me", fall)
    answer = program(account).get("/whoami")
    problem(answer, 500, "broken")
    assert "secret detail" not in answer.text


@pytest.mark.parametrize(
    ("accepted", "language", "says"),
    [
        ("en-US,en;q=0.9", "en", "There is nothing at this address"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-hans", "这个地址没有内容"), ("", "zh-hans", "这个地址没有内容"),
        ("mn,fr", "zh-hans", "这个地址没有内容"), ("mn,en;q=0.5", "en", "There is nothing at this address"),
        ("ending", "zh-hans", "这个地址没有内容"), ("*", "zh-hans", "这个地址没有内容"),
    ],
)  # fmt: skip
def test_the_language_is_the_request_s(account: Account, accepted: str, language: str, says: str) -> None:
    answer = program(account, language=accepted).get("/nothing")
    assert answer["Content-Language"] == language
    assert says in problem(answer, 404, "not-found")["title"]
    wrong = program(account, language=accepted).get("/units", limit=0)
    assert wrong["Content-Language"] == language


def test_a_host_that_is_not_ours_is_refused_in_json(account: Account) -> None:
    asks = program(account)
    answer = asks.client.get("/api/v1/whoami", headers={**asks.headers, "Host": "elsewhere.test"})
    problem(answer, 400, "not-understood")


def test_every_problem_has_a_title_and_a_status() -> None:
    assert set(problems.TITLES) == set(problems.STATUS)
    assert set(problems.OF_STATUS.values()) <= set(problems.TITLES)
    assert all(problems.STATUS[name] == status for status, name in problems.OF_STATUS.items())


def test_pages_stay_pages(account: Account) -> None:
    answer = Client().get("/nothing/")
    assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (404, "text/html")
    assert Client().get("/api/").status_code == 404
    assert connection.vendor


def test_what_is_typed_into_filters_reaches_no_other_column(account: Account) -> None:
    asks = Program()
    assert asks.get("/units", path="0").status_code == 401
    for sneaky in ("path", "unit__states__path", "above", "mandate", "pk__in"):
        problem(program(account).get("/units", **{sneaky: "0"}), 422, "not-valid")
