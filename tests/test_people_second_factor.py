"""The second factor: a code after the password, once; recovery codes; nobody takes it from another alone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
from cryptography.fernet import InvalidToken

import stage
from baolei.ledger.models import Entry
from baolei.people import second_factor
from baolei.people.accounts import NotAllowed
from baolei.people.models import Account, InTree, Mandate, RecoveryCode, SecondFactor
from baolei.people.sealing import seal, unseal

pytestmark = pytest.mark.django_db
WORD, NOON = "correct-horse-7", datetime(2026, 11, 28, 4, tzinfo=UTC)


@pytest.fixture
def zhou(settings: Any) -> Account:
    settings.BAOLEI_SECOND_FACTOR = True
    account = stage.mandated("150422", "banner_clerk")
    account.set_password(WORD)
    account.save()
    return account


def key_of(account: Account) -> str:
    return second_factor.offer(account=account).words.replace(" ", "")


def phone(account: Account, now: datetime = NOON) -> tuple[pyotp.TOTP, list[str]]:
    """A phone with the key of an account, and the recovery codes."""
    made = pyotp.TOTP(key_of(account))
    return made, second_factor.confirm(account=account, now=now, code=made.at(now))


def log_in(client: Any, account: Account) -> Any:
    return client.post("/account/login/", {"username": account.username, "password": WORD})


def acts() -> list[str]:
    return list(Entry.objects.filter(act__startswith="people.").order_by("number").values_list("act", flat=True))


def test_nothing_opens_for_such_a_mandate_before_it_is_set_up(client: Any, zhou: Account) -> None:
    log_in(client, zhou)
    assert client.get("/today/")["Location"] == "/account/second-factor/"
    page = client.get("/account/second-factor/")
    key = re.search(r"<code>([A-Z2-7 ]+)</code>", page.text)
    assert key, page.text
    assert "<svg" in page.text
    answer = client.post("/account/second-factor/", {"code": "000000", "password": WORD})
    assert answer.status_code == 422
    assert "时钟" in answer.text
    code = pyotp.TOTP(key[1].replace(" ", "")).now()
    assert "这不是您的密码" in client.post("/account/second-factor/", {"code": code, "password": "wrong"}).text
    answer = client.post("/account/second-factor/", {"code": code, "password": WORD})
    assert len(re.findall(r"<code>[a-z]{5}-[a-z]{5}</code>", answer.text)) == 10
    assert client.get("/today/").status_code == 200
    assert acts() == ["people.log_in", "people.log_in_failed", "people.second_factor"]


def test_a_mandate_that_does_not_ask_for_it_opens_without(client: Any, settings: Any) -> None:
    settings.BAOLEI_SECOND_FACTOR = True
    secretary = stage.mandated("B1", "branch_secretary")
    client.force_login(secretary)
    assert client.get("/today/").status_code == 200
    Mandate.objects.create(account=secretary, role="leader", tree=InTree.UNIT, path=stage.unit("15").path, title="领导",
                           since=stage.LONG_AGO, approved_at=NOON)  # fmt: skip
    assert client.get("/today/")["Location"] == "/account/second-factor/", "at once, in an open log-in too"


def test_the_code_is_asked_after_the_password_and_counts_once(client: Any, zhou: Account) -> None:
    now = datetime.now(UTC)
    made, _codes = phone(zhou, now - timedelta(hours=1))
    answer = log_in(client, zhou)
    assert answer["Location"] == "/account/code/"
    assert client.get("/today/").status_code == 302, "the password alone opens nothing"
    assert "不正确" in client.post("/account/code/", {"code": "000000"}).text
    code = made.now()
    assert client.post("/account/code/", {"code": f"{code[:3]} {code[3:]}"})["Location"] == "/today/"
    assert client.get("/today/").status_code == 200
    client.post("/account/logout/")
    log_in(client, zhou)
    assert client.post("/account/code/", {"code": code}).status_code == 422, "whoever looked over the shoulder"
    assert acts()[-1] == "people.log_in_failed"


def test_a_phone_may_be_half_a_minute_wrong_and_no_more(zhou: Account) -> None:
    made, _codes = phone(zhou, NOON - timedelta(hours=1))
    late = {seconds: made.at(NOON + timedelta(seconds=seconds)) for seconds in (-90, -60, -30, 0, 30, 60, 90)}
    accepted = [seconds for seconds, code in late.items() if second_factor.accepted(account=zhou, now=NOON, code=code)]
    assert accepted == [-30, 0, 30]


def test_whoever_guesses_codes_is_locked_out_as_whoever_guesses_passwords(client: Any, zhou: Account) -> None:
    made, _codes = phone(zhou, NOON)
    log_in(client, zhou)
    for _guess in range(5):
        client.post("/account/code/", {"code": "000000"})
    assert "已锁定" in client.post("/account/code/", {"code": made.now()}).text
    assert "已锁定" in log_in(client, zhou).text


def test_the_second_question_is_not_asked_of_whoever_has_not_answered_the_first(client: Any, zhou: Account) -> None:
    made, _codes = phone(zhou, NOON)
    assert client.get("/account/code/")["Location"] == "/account/login/"
    log_in(client, zhou)
    session = client.session
    session["waiting"] = {**session["waiting"], "at": session["waiting"]["at"] - 301}
    session.save()
    assert client.post("/account/code/", {"code": made.now()})["Location"] == "/account/login/", "too late"
    log_in(client, zhou)
    zhou.set_password("another-horse-8")
    zhou.save()
    assert client.post("/account/code/", {"code": made.now()})["Location"] == "/account/login/", "of another password"
    log_in_again = client.post("/account/login/", {"username": zhou.username, "password": "another-horse-8"})
    assert log_in_again["Location"] == "/account/code/"
    Account.objects.filter(pk=zhou.pk).update(is_active=False)
    assert client.post("/account/code/", {"code": made.now()})["Location"] == "/account/login/", "disabled meanwhile"


def test_a_recovery_code_takes_the_place_of_the_phone_once(client: Any, zhou: Account) -> None:
    _made, codes = phone(zhou, NOON)
    assert len(set(codes)) == 10
    log_in(client, zhou)
    assert client.post("/account/code/", {"code": codes[0].upper()})["Location"] == "/today/"
    assert second_factor.codes_left(zhou) == 9
    client.post("/account/logout/")
    log_in(client, zhou)
    assert client.post("/account/code/", {"code": codes[0]}).status_code == 422
    assert client.post("/account/code/", {"code": codes[1]})["Location"] == "/today/"
    answer = client.post("/account/second-factor/", {"password": WORD})
    fresh = re.findall(r"<code>([a-z]{5}-[a-z]{5})</code>", answer.text)
    assert len(fresh) == 10
    assert not set(fresh) & set(codes)
    assert not second_factor.accepted(account=zhou, now=NOON, code=codes[2])
    assert acts()[-1] == "people.recovery_codes"


def test_another_phone_counts_when_its_first_code_has(client: Any, zhou: Account) -> None:
    old, codes = phone(zhou, NOON - timedelta(hours=1))
    new = pyotp.TOTP(key_of(zhou))
    assert old.secret != new.secret
    assert key_of(zhou) == new.secret, "the page may be loaded again"
    assert not second_factor.accepted(account=zhou, now=NOON, code=new.at(NOON))
    assert second_factor.accepted(account=zhou, now=NOON, code=old.at(NOON))
    second_factor.confirm(account=zhou, now=NOON, code=new.at(NOON))
    later = NOON + timedelta(minutes=5)
    assert not second_factor.accepted(account=zhou, now=later, code=old.at(later))
    assert not second_factor.accepted(account=zhou, now=later, code=codes[0])
    assert second_factor.accepted(account=zhou, now=later, code=new.at(later))


def test_a_log_in_made_without_it_ends_when_it_is_set_up_elsewhere(client: Any, zhou: Account) -> None:
    client.force_login(zhou)
    assert client.get("/account/second-factor/").status_code == 200
    phone(zhou, NOON)
    assert client.get("/today/")["Location"] == "/account/second-factor/"
    assert client.get("/account/second-factor/")["Location"] == "/account/login/"
    assert client.get("/account/password/")["Location"].startswith("/account/login/")


def test_it_is_taken_away_by_one_who_cannot_know_the_password_too(client: Any, zhou: Account) -> None:
    phone(zhou, NOON)
    given = {"now": NOON, "account": zhou, "why": "手机丢失，当面核对"}
    admins = {}
    for role in ("system_admin", "security_admin"):
        admins[role] = Account.objects.create(username=role, name=role)
        Mandate.objects.create(account=admins[role], role=role, tree=InTree.NONE, title=role, since=stage.LONG_AGO,
                               approved_at=NOON)  # fmt: skip
    for nobody in (admins["system_admin"], zhou):
        with pytest.raises(NotAllowed):
            second_factor.forget(actor=nobody, **given)
    Account.objects.filter(pk=zhou.pk).update(opened_by=admins["security_admin"])
    zhou.refresh_from_db()
    with pytest.raises(NotAllowed):
        second_factor.forget(actor=admins["security_admin"], **given)
    Account.objects.filter(pk=zhou.pk).update(opened_by=admins["system_admin"])
    client.force_login(admins["security_admin"])
    session = client.session
    session["factor"] = True
    session.save()
    assert client.post(f"/accounts/{zhou.pk}/do/factor/", {"why": "手机丢失"}).status_code == 302
    assert not SecondFactor.objects.filter(account=zhou).exists()
    assert not RecoveryCode.objects.filter(account=zhou).exists()
    assert acts()[-1] == "people.forget_factor"
    with pytest.raises(NotAllowed):
        second_factor.forget(actor=None, **given)


def test_keys_and_codes_stand_sealed_in_the_database(zhou: Account, settings: Any) -> None:
    made, codes = phone(zhou, NOON - timedelta(hours=1))
    kept = str([list(model.objects.values()) for model in (SecondFactor, RecoveryCode, Entry)])
    assert made.secret not in kept
    assert not [code for code in codes if code in kept or code.replace("-", "") in kept]
    settings.SECRET_KEY, old = "another key of the installation", settings.SECRET_KEY
    assert not second_factor.accepted(account=zhou, now=NOON, code=made.at(NOON)), "sealed with a key that is lost"
    settings.SECRET_KEY_FALLBACKS = [old]
    assert second_factor.accepted(account=zhou, now=NOON, code=made.at(NOON))


def test_what_is_sealed_for_one_purpose_opens_for_no_other() -> None:
    sealed = seal("键", "one")
    assert unseal(sealed, "one") == "键"
    with pytest.raises(InvalidToken):
        unseal(sealed, "another")
    with pytest.raises(InvalidToken):
        unseal(sealed[:-2] + ("A=" if sealed[-2] != "A" else "B="), "one")
