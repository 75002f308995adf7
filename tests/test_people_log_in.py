"""Logging in: who guesses waits, a first password is changed first, a log-in does not last for ever."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone

import stage
from baolei.ledger.models import Entry
from baolei.people import lockout
from baolei.people.models import Account

pytestmark = pytest.mark.django_db
WORD = "correct-horse-7"


@pytest.fixture
def zhou() -> Account:
    account = stage.mandated("150422")
    account.set_password(WORD)
    account.save()
    return account


def log_in(client: Any, name: str, word: str) -> Any:
    return client.post("/account/login/", {"username": name, "password": word})


def acts() -> list[str]:
    return list(Entry.objects.filter(act__startswith="people.").order_by("number").values_list("act", flat=True))


def test_after_five_failures_even_the_right_password_waits(client: Any, zhou: Account) -> None:
    for _ in range(5):
        assert "已锁定" not in log_in(client, zhou.username, "wrong").text
    answer = log_in(client, zhou.username, WORD)
    assert "已锁定" in answer.text
    assert acts() == [*["people.log_in_failed"] * 4, "people.locked"]
    later = timezone.now() + timedelta(minutes=16)
    assert lockout.locked_until(zhou.username, later) is None
    assert lockout.unlock(username=zhou.username, now=timezone.now())
    assert log_in(client, zhou.username, WORD).status_code == 302
    assert acts()[-2:] == ["people.unlock", "people.log_in"]
    assert not lockout.unlock(username=zhou.username, now=timezone.now())


def test_a_name_that_is_none_is_locked_just_the_same(client: Any) -> None:
    said = [log_in(client, "nobody-at-all", "wrong").text.count("已锁定") for _ in range(6)]
    assert said[:5] == [0] * 5
    assert said[5] > 0
    assert "nobody-at-all" not in str(list(Entry.objects.values("subject", "particulars")))


def test_a_success_forgets_the_failures(client: Any, zhou: Account) -> None:
    for _ in range(4):
        log_in(client, zhou.username, "wrong")
    assert log_in(client, zhou.username, WORD).status_code == 302
    client.post("/account/logout/")
    for _ in range(4):
        log_in(client, zhou.username, "wrong")
    assert log_in(client, zhou.username, WORD).status_code == 302


def test_a_first_password_is_changed_before_anything_else(client: Any, zhou: Account) -> None:
    Account.objects.filter(pk=zhou.pk).update(must_change_password=True)
    log_in(client, zhou.username, WORD)
    assert client.get("/today/")["Location"] == "/account/password/"
    fragment = client.get("/today/", headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment["HX-Redirect"]) == (204, "/account/password/")
    new = {"old_password": WORD, "new_password1": "another-horse-8", "new_password2": "another-horse-8"}
    assert client.post("/account/password/", new).status_code == 302
    assert client.get("/today/").status_code == 200
    assert acts()[-1] == "people.change_password"


def test_a_new_password_ends_every_other_log_in(client: Any, zhou: Account) -> None:
    other = type(client)()
    for one in (client, other):
        log_in(one, zhou.username, WORD)
    new = {"old_password": WORD, "new_password1": "another-horse-8", "new_password2": "another-horse-8"}
    client.post("/account/password/", new)
    assert client.get("/today/").status_code == 200
    assert other.get("/today/").status_code == 302


@pytest.mark.parametrize(("key", "setting"), [("seen", "BAOLEI_IDLE_MINUTES"), ("began", "BAOLEI_SESSION_HOURS")])
def test_a_log_in_ends_when_idle_or_old(client: Any, zhou: Account, key: str, setting: str) -> None:
    log_in(client, zhou.username, WORD)
    assert client.get("/today/").status_code == 200
    session = client.session
    session[key] = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
    session.save()
    with override_settings(**{setting: 10_000_000}):
        assert client.get("/today/").status_code == 200
    session = client.session
    session[key] = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
    session.save()
    answer = client.get("/terms/?page=2")
    assert answer["Location"] == "/account/login/?next=%2Fterms%2F%3Fpage%3D2"
    assert client.get("/today/").status_code == 302
