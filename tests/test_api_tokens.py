"""Tokens: made and ended by the person, shown once, good for one mandate, and closed at once with everything behind."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client, override_settings
from django.utils import timezone

import worlds
from api_stage import Program, program, token_of
from baolei.api import tokens
from baolei.api.models import Token
from baolei.api.tokens import NotGiven, make_token
from baolei.ledger.models import Entry
from baolei.people.lockout import locked_until
from baolei.people.models import Account, Mandate

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture
def town() -> dict[str, int]:
    """A banner with one of everything but tokens."""
    found = worlds.here()
    Token.objects.all().delete()
    return found


def somebody(role: str = "banner_clerk") -> Account:
    account = worlds.somebody(role)
    assert account
    account.set_password(PASSWORD)
    account.save()
    return account


@pytest.fixture
def clerk(town: dict[str, int], client: Client) -> Account:
    """A clerk at the desk."""
    account = somebody()
    client.force_login(account)
    return account


def asked(account: Account, **more: Any) -> dict[str, Any]:
    mandate = Mandate.objects.filter(account=account).values_list("pk", flat=True)[0]
    return {"mandate": mandate, "label": "统计程序", "password": PASSWORD,
            "expires": (timezone.localdate() + timedelta(days=30)).isoformat(), **more}  # fmt: skip


def secret_on(page: Any) -> str:
    found = re.search(r'id="secret">(blt_[\w-]+)<', page.text)
    assert found, page.text
    return found.group(1)


def status(secret: str) -> int:
    return int(Program(secret).get("/whoami").status_code)


# ---- on the page ----


def test_a_person_makes_a_token_and_sees_its_secret_once(client: Client, clerk: Account) -> None:
    answer = client.post("/account/tokens/", asked(clerk, writes="on"))
    secret = secret_on(answer)
    assert "no-store" in answer["Cache-Control"]
    assert secret not in client.get("/account/tokens/").text
    made = Token.objects.get()
    assert (made.writes, made.mandate.account, len(made.digest)) == (True, clerk, 64)
    assert all(secret not in str(value) and secret[4:] not in str(value) for value in vars(made).values())
    told = Program(secret).read("/whoami")
    assert (told["token"], told["writes"]) == ("统计程序", True)
    entry = Entry.objects.get(act="api.make_token")
    assert (entry.actor, entry.subject) == (clerk, f"account:{clerk.pk}")
    assert (entry.particulars["after"]["used by"], entry.particulars["after"]["writes"]) == ("统计程序", True)
    assert secret not in str(entry.particulars)
    assert made.digest not in str(entry.particulars)


def test_a_secret_is_256_bits_of_chance(client: Client, clerk: Account) -> None:
    secrets = {secret_on(client.post("/account/tokens/", asked(clerk))) for _time in range(3)}
    assert len(secrets) == 3
    assert all(re.fullmatch(r"blt_[\w-]{43}", one) for one in secrets)


def test_a_person_ends_a_token_and_it_opens_nothing_from_then_on(client: Client, clerk: Account) -> None:
    secret = secret_on(client.post("/account/tokens/", asked(clerk)))
    assert status(secret) == 200
    page = client.post(f"/account/tokens/{Token.objects.get().pk}/end/", follow=True)
    assert "统计程序" in page.text
    assert status(secret) == 401
    assert Entry.objects.filter(act="api.end_token", actor=clerk).count() == 1
    assert "令牌已停用" in client.post(f"/account/tokens/{Token.objects.get().pk}/end/", follow=True).text
    assert Entry.objects.filter(act="api.end_token").count() == 1


def test_nobody_sees_or_ends_another_s(client: Client, town: dict[str, int]) -> None:
    made, secret = token_of(somebody())
    for role in ("system_admin", "security_admin", "region_clerk"):
        account = somebody(role)
        client.force_login(account)
        assert "考勤之外的程序" not in client.get("/account/tokens/").text
        assert "考勤之外的程序" not in client.get(f"/accounts/{made.mandate.account_id}/").text
        assert client.post(f"/account/tokens/{made.pk}/end/").status_code == 404
    assert status(secret) == 200


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"expires": "2020-01-01"}, "有效期"),
        ({"expires": (timezone.localdate() + timedelta(days=367)).isoformat()}, "有效期"),
        ({"mandate": "0"}, "选择"),
        ({"label": ""}, "必填"),
        ({"password": "another"}, "密码不对"),
    ],
    ids=["before today", "beyond a year", "another's mandate", "for nothing", "wrong password"],
)
def test_what_is_wrong_is_said_and_no_token_made(
    client: Client, clerk: Account, wrong: dict[str, str], says: str
) -> None:
    answer = client.post("/account/tokens/", asked(clerk, **wrong))
    assert answer.status_code == 422
    assert says in answer.text
    assert 'value="another"' not in answer.text
    assert not Token.objects.exists()


def test_wrong_passwords_lock_the_name_as_at_the_log_in(client: Client, clerk: Account) -> None:
    for _time in range(5):
        client.post("/account/tokens/", asked(clerk, password="guess"))
    assert locked_until(clerk.username, timezone.now())
    assert client.post("/account/tokens/", asked(clerk)).status_code == 422
    assert not Token.objects.exists()


def test_a_role_that_only_reads_gets_no_token_that_writes(client: Client, town: dict[str, int]) -> None:
    account = somebody("leader")
    client.force_login(account)
    answer = client.post("/account/tokens/", asked(account, writes="on"))
    assert answer.status_code == 422
    assert "只读" in answer.text
    assert secret_on(client.post("/account/tokens/", asked(account)))


def test_whose_mandates_open_no_records_is_told_so(client: Client, town: dict[str, int]) -> None:
    for role in ("viewer", "grid_worker", "system_admin", "stranger"):
        account = somebody(role)
        client.force_login(account)
        page = client.get("/account/tokens/").text
        assert "没有可查阅记录的任职" in page
        assert "<form method" not in page.partition("<main")[2].partition("</main")[0]
    auditor = somebody("audit_admin")
    client.force_login(auditor)
    assert secret_on(client.post("/account/tokens/", asked(auditor)))


def test_the_list_is_a_file_without_secrets(client: Client, clerk: Account) -> None:
    made, _secret = token_of(clerk)
    text = b"".join(client.get("/account/tokens/?format=csv")).decode("utf-8-sig")
    assert "考勤之外的程序" in text
    assert made.digest not in text


# ---- rules ----


def test_a_token_lasts_no_longer_than_its_mandate_and_twenty_are_enough(town: dict[str, int], english: None) -> None:
    account, today = somebody(), timezone.localdate()
    mandate = Mandate.objects.get(account=account)
    mandate.until = today + timedelta(days=5)
    mandate.save()
    given: dict[str, Any] = {"actor": account, "now": timezone.now(), "mandate": mandate, "label": "x", "writes": False}
    with pytest.raises(NotGiven, match=str(mandate.until)):
        make_token(**given, expires=today + timedelta(days=6))
    for _time in range(tokens.MOST):
        make_token(**given, expires=mandate.until)
    with pytest.raises(NotGiven, match="20 tokens"):
        make_token(**given, expires=mandate.until)
    Token.objects.filter(pk=Token.objects.all()[0].pk).update(ended_at=timezone.now())
    make_token(**given, expires=mandate.until)


def test_nobody_makes_one_for_another_s_mandate(town: dict[str, int], english: None) -> None:
    mine, other = somebody(), somebody("township_clerk")
    mandate = Mandate.objects.get(account=other)
    with pytest.raises(NotGiven, match="none of your mandates"):
        make_token(actor=mine, now=timezone.now(), mandate=mandate, label="x", writes=False,
                   expires=timezone.localdate())  # fmt: skip


# ---- closed at once ----


def _ended(made: Token) -> None:
    Token.objects.filter(pk=made.pk).update(ended_at=timezone.now())


def _expired(made: Token) -> None:
    Token.objects.filter(pk=made.pk).update(expires=timezone.localdate() - timedelta(days=1))


def _mandate(made: Token, **new: Any) -> None:
    Mandate.objects.filter(pk=made.mandate_id).update(**new)


def _account(made: Token, **new: Any) -> None:
    Account.objects.filter(pk=made.mandate.account_id).update(**new)


CLOSING: dict[str, Any] = {
    "the token was ended": _ended,
    "the token has expired": _expired,
    "the mandate was ended": lambda made: _mandate(made, ended_at=timezone.now()),
    "the mandate has expired": lambda made: _mandate(made, until=timezone.localdate() - timedelta(days=1)),
    "the mandate has not begun": lambda made: _mandate(made, since=timezone.localdate() + timedelta(days=1)),
    "nobody has approved the mandate": lambda made: _mandate(made, approved_at=None),
    "the account is disabled": lambda made: _account(made, is_active=False),
    "a first password waits to be changed": lambda made: _account(made, must_change_password=True),
}


@pytest.mark.parametrize("why", CLOSING)
def test_a_token_opens_nothing_at_once_when(town: dict[str, int], why: str) -> None:
    made, secret = token_of(somebody())
    assert status(secret) == 200
    CLOSING[why](made)
    asks = Program(secret)
    for address in ("/whoami", "/organisations", "/openapi.json"):
        answer = asks.get(address)
        assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json"), why
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert asks.post(f"/organisations/{town['organisation']}/acts/admit", {}).status_code == 401


def test_the_last_day_counts(town: dict[str, int]) -> None:
    _made, secret = token_of(somebody(), expires=timezone.localdate())
    assert status(secret) == 200


def test_what_is_no_token_is_refused(town: dict[str, int]) -> None:
    made, secret = token_of(somebody())
    for shown in ("", secret[:-1], secret + "x", secret.upper(), made.digest, "blt_", "é", " "):
        assert status(shown) == 401, shown
    basic = Client().get("/api/v1/whoami", headers={"Authorization": f"Basic {secret}"})
    assert basic.status_code == 401


def test_a_day_of_use_is_noted_and_no_more(town: dict[str, int]) -> None:
    made, secret = token_of(somebody())
    status(secret)
    made.refresh_from_db()
    assert made.last_used == timezone.localdate()
    assert type(made.last_used) is date


# ---- a token and nothing else ----


def test_a_log_in_opens_no_address_of_programs(client: Client, clerk: Account) -> None:
    assert client.get("/api/v1/whoami").status_code == 401
    assert client.get("/api/v1/organisations").status_code == 401
    assert client.post("/api/v1/organisations/1/acts/admit", {}, content_type="application/json").status_code == 401


def test_whoever_is_logged_in_beside_a_token_is_nobody(client: Client, clerk: Account) -> None:
    _made, secret = token_of(somebody("branch_secretary"))
    client.cookies["django_language"] = "zh-hans"
    answer = client.get("/api/v1/whoami", headers={"Authorization": f"Bearer {secret}", "Accept-Language": "en"})
    assert answer.json()["mandate"]["role"] == "branch_secretary"
    assert answer.json()["mandate"]["role_name"] == "secretary of the Party branch"
    assert answer.cookies == {}, "no session is begun"
    assert "sessionid" not in answer.cookies


def test_the_check_against_forgery_stands_on_the_pages_and_is_not_needed_by_programs(clerk: Account) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(clerk)
    assert strict.post("/account/tokens/", asked(clerk)).status_code == 403
    _made, secret = token_of(clerk)
    answer = strict.post("/api/v1/units/1/acts/rename", {}, content_type="application/json",
                         headers={"Authorization": f"Bearer {secret}"})  # fmt: skip
    assert answer.json()["type"] == "urn:baolei:problem:no-key"


def test_an_answer_is_kept_by_no_cache(town: dict[str, int]) -> None:
    answer = program(somebody()).get("/whoami")
    assert answer["Cache-Control"] == "private, no-store"
    assert {"Authorization", "Accept-Language"} <= {one.strip() for one in answer["Vary"].split(",")}


def test_the_description_is_open_to_a_log_in_and_to_a_token(client: Client, clerk: Account) -> None:
    assert client.get("/api/v1/openapi.json").json()["info"]["title"] == "堡垒程序接口"
    assert program(clerk).read("/openapi.json")["openapi"].startswith("3.")
    assert Client().get("/api/v1/openapi.json").status_code == 401
    assert Client().get("/api/v1/docs").status_code == 302


def test_what_a_demo_renews_takes_its_tokens_along(cast: dict[str, Any]) -> None:
    """A demo's mandates are made anew at each start: the tokens of the old ones are gone, not in the way."""
    from baolei.people.actions import DemoPost, open_demo_accounts

    token_of(cast["banner"])
    post = DemoPost("banner", Mandate.objects.get(account=cast["banner"]).path, "巴林左旗")
    with override_settings(BAOLEI_DEMO=True):
        open_demo_accounts(posts=[post], password="x", on=date(2026, 1, 1))
    assert not Token.objects.exists()
