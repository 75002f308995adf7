"""What a password must be: by one profile or the other, as the rulebook says."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.utils import timezone

import stage
from baolei.front.environment import one_of
from baolei.people import accounts
from baolei.people.models import Account, FormerPassword
from baolei.people.passwords import profiles

pytestmark = pytest.mark.django_db
WORD = "Correct-horse-7"


@pytest.fixture
def zhou() -> Account:
    account = stage.mandated("150422")
    account.set_password(WORD)
    account.save()
    return account


def faults(word: str, account: Account) -> str:
    try:
        validate_password(word, account)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def change(client: Any, old: str, new: str) -> Any:
    return client.post("/account/password/", {"old_password": old, "new_password1": new, "new_password2": new})


@pytest.mark.parametrize(("word", "says"), [
    ("Ab-3456", "使用10个以上"), ("nothingbutsmall", "至少包含其中3类"), ("onlytwo2222", "至少包含其中3类"),
    ("Organiser-150422", "相似"), ("Three-kinds-enough", ""), ("中文口令也算一类Aa1", ""),
])  # fmt: skip
def test_classified_protection_asks_for_kinds_of_signs(word: str, says: str, zhou: Account) -> None:
    assert (says in faults(word, zhou)) if says else faults(word, zhou) == ""


@pytest.mark.parametrize(("word", "says"), [
    ("Ab-3456789", "使用15个以上"), ("nothing but small letters", ""), ("yfdbufnjh10305070", "常见"),
])  # fmt: skip
def test_the_other_profile_asks_for_length_alone(word: str, says: str, zhou: Account, settings: Any) -> None:
    settings.BAOLEI_PASSWORD_PROFILE = "asvs"
    assert (says in faults(word, zhou)) if says else faults(word, zhou) == ""


def test_a_password_that_is_out_of_date_is_changed_before_anything_else(
    client: Any, zhou: Account, settings: Any
) -> None:
    settings.BAOLEI_DEMO = False
    client.force_login(zhou)
    assert client.get("/today/").status_code == 200
    old = timezone.localdate() - timedelta(days=91)
    Account.objects.filter(pk=zhou.pk).update(password_since=old)
    assert client.get("/today/")["Location"] == "/account/password/"
    settings.BAOLEI_PASSWORD_PROFILE = "asvs"
    assert client.get("/today/").status_code == 200, "there no password is ever out of date"
    settings.BAOLEI_PASSWORD_PROFILE = "mlps3"
    assert "/today/" in change(client, WORD, "Another-horse-8")["Location"]
    assert client.get("/today/").status_code == 200
    zhou.refresh_from_db()
    assert zhou.password_since == timezone.localdate()


def test_none_of_the_last_five_comes_back(client: Any, zhou: Account) -> None:
    client.force_login(zhou)
    words = [WORD, *(f"Another-horse-{number}" for number in range(6))]
    for old, new in itertools.pairwise(words):
        assert change(client, old, new).status_code == 302
    assert FormerPassword.objects.filter(account=zhou).count() == 5
    assert "用过" in change(client, words[6], words[6]).text, "the present one"
    assert "用过" in change(client, words[6], words[1]).text
    assert change(client, words[6], WORD).status_code == 302, "six changes ago"


def test_first_passwords_please_every_profile(zhou: Account, settings: Any) -> None:
    _made, word = accounts.open_account(actor=None, now=timezone.now(), username="new", name="新", why="试")
    for name in profiles():
        settings.BAOLEI_PASSWORD_PROFILE = name
        assert faults(word, zhou) == ""


def test_an_unknown_profile_is_refused_by_name() -> None:
    assert one_of({}, "BAOLEI_PASSWORD_PROFILE", ("mlps3", "asvs")) == "mlps3"
    with pytest.raises(ImproperlyConfigured, match="write mlps3 or asvs"):
        one_of({"BAOLEI_PASSWORD_PROFILE": "none"}, "BAOLEI_PASSWORD_PROFILE", ("mlps3", "asvs"))
