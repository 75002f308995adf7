"""Writing with a token: the acts of the pages, refused by the same rules, each done once however often it is sent."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

import stage
import worlds
from api_stage import Program, act, program, token_of
from baolei.api.models import Kept
from baolei.api.once import KEPT_FOR
from baolei.ledger.models import Entry
from baolei.ledger.verify import verify
from baolei.organisations.forms import OF_ORGANISATION
from baolei.organisations.forms_of_members import OF_MEMBER, OF_TRANSFER
from baolei.organisations.forms_of_units import OF_UNIT
from baolei.organisations.models import Group, Member, Membership, OrganisationState, Transfer, UnitState
from baolei.people.models import Account

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> dict[str, int]:
    """A banner with one of everything."""
    return worlds.here()


@pytest.fixture
def account(town: dict[str, int]) -> Account:
    found = worlds.somebody("banner_clerk")
    assert found
    return found


@pytest.fixture
def clerk(account: Account) -> Program:
    return program(account)


def name_of(organisation: int) -> str:
    return str(OrganisationState.objects.open().get(organisation=organisation).name)


def acts(asks: Program, address: str) -> dict[str, Any]:
    return {one["act"]: one for one in asks.read(f"{address}/acts")["acts"]}


# ---- the acts of the pages ----


def test_an_act_is_done_and_stands_in_the_ledger_as_the_account_s(
    town: dict[str, int], account: Account, clerk: Program
) -> None:
    address = acts(clerk, f"/organisations/{town['organisation']}")["rename"]["address"]
    answer = clerk.post(address, act(name="红旗村党支部"))
    assert (answer.status_code, answer.json()) == (200, {"act": "rename", "said": "It is called 红旗村党支部 now"})
    assert name_of(town["organisation"]) == "红旗村党支部"
    entry = Entry.objects.last()
    assert entry
    assert (entry.act, entry.actor, entry.particulars["why"]) == ("organisations.rename", account, "上级批复")
    assert verify().faults == ()


def test_what_may_be_done_and_what_it_asks_is_what_the_pages_say(
    client: Client, town: dict[str, int], account: Account, clerk: Program, english: None
) -> None:
    """Every act of every kind of thing: the same acts, and of each the same fields, labels and choices as its page."""
    client.force_login(account)
    client.cookies["django_language"] = "en"
    Group.objects.create(organisation_id=town["organisation"], name="一组", leader_id=town["member"],
                         since=worlds.BEGUN)  # fmt: skip
    for kind, page, forms in (
        ("organisations", "organisation", OF_ORGANISATION), ("units", "tree", OF_UNIT),
        ("members", "member", OF_MEMBER), ("transfers", "transfer", OF_TRANSFER),
    ):  # fmt: skip
        pk = town[kind.removesuffix("s")]
        listed = acts(clerk, f"/{kind}/{pk}")
        open_ones = [name for name in forms if client.get(f"/{page}/{pk}/do/{name}/").status_code == 200]
        assert list(listed) == open_ones
        assert open_ones
        for name, told in listed.items():
            form = client.get(f"/{page}/{pk}/do/{name}/").context["form"]
            assert told["verb"] == form.verb
            assert [one["name"] for one in told["asks"]] == list(form.fields)
            for one in told["asks"]:
                field = form.fields[one["name"]]
                assert (one["label"], one["required"]) == (field.label, field.required)
                choices = [str(value) for value, _label in getattr(field, "choices", ()) if value != ""]
                assert [choice["value"] for choice in one["choices"]] == choices
    types = {
        one["name"]: one["type"] for one in acts(clerk, f"/organisations/{town['organisation']}")["establish"]["asks"]
    }
    assert types == {"name": "text", "code": "text", "kind": "choice", "field": "choice", "unit": "unit",
                     "document": "text", "on": "day", "why": "text"}  # fmt: skip


WRONG: list[tuple[str, str, dict[str, Any]]] = [
    ("organisation", "rename", {}), ("organisation", "rename", {"name": "x", "why": "", "on": "2126-01-01"}),
    ("organisation", "merge", {"into": "党支部"}), ("organisation", "merge", {"into": "FAR"}),
    ("organisation", "dissolve", {"document": "批6"}), ("organisation", "exempt", {"flag": "nothing", "document": "x"}),
    ("organisation", "name-hub", {"host": worlds.FAR, "grid": "x", "members": 0, "households": "many"}),
    ("organisation", "establish", {"name": "x", "code": "B1", "kind": "local_committee", "unit": worlds.AWAY}),
    ("member", "transfer", {"to": "B2", "outside": "远方"}), ("member", "transfer", {}),
    ("member", "leave", {"how": "moved"}), ("member", "confirm", {}),
    ("transfer", "receive", {"on": "2019-01-01"}), ("unit", "recode", {"code": "abc"}),
    ("unit", "merge", {"into": worlds.HERE}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "name", "said"), WRONG, ids=[f"{one[0]} {one[1]} {one[2]}" for one in WRONG])
def test_what_the_page_refuses_is_refused_in_the_same_words_by_field(
    client: Client,
    town: dict[str, int],
    account: Account,
    clerk: Program,
    kind: str,
    name: str,
    said: dict[str, Any],
    english: None,
) -> None:
    worlds.elsewhere()
    client.force_login(account)
    client.cookies["django_language"] = "en"
    page = {"unit": "tree"}.get(kind, kind)
    whole = act(**said)
    with transaction.atomic():
        shown = client.post(f"/{page}/{town[kind]}/do/{name}/", whole)
        done = shown.status_code == 302
        wrong = {} if done else {field: list(says) for field, says in shown.context["form"].errors.items()}
        transaction.set_rollback(True)
    entries = Entry.objects.count()
    answer = clerk.post(f"/{kind}s/{town[kind]}/acts/{name}", whole)
    if done:  # some of these are right where the house stands as it does
        assert answer.status_code == 200
        return
    told = answer.json()
    assert (answer.status_code, told["type"]) == (422, "urn:baolei:problem:not-valid")
    by_field: dict[str, list[str]] = {}
    for one in told["errors"]:
        by_field.setdefault(one["field"] or "__all__", []).append(one["detail"])
    assert by_field == wrong
    assert Entry.objects.count() == entries
    assert not Kept.objects.exists(), "what was refused keeps no key"


def test_a_member_s_way_from_admission_to_another_branch(town: dict[str, int], clerk: Program) -> None:
    here = f"/organisations/{town['organisation']}"
    clerk.post(f"{here}/acts/admit", act(name="乌云其其格", on="2025-10-01"))
    member = next(one for one in clerk.walk(f"{here}/members") if one["name"] == "乌云其其格")["id"]
    assert clerk.post(f"/members/{member}/acts/confirm", act(on="2026-10-01")).status_code == 200
    assert clerk.post(f"/members/{member}/acts/transfer", act(to="B2")).status_code == 200
    way = clerk.walk("/transfers", member=member)[0]
    assert list(acts(clerk, f"/transfers/{way['id']}")) == ["send", "end"]
    assert clerk.post(f"/transfers/{way['id']}/acts/send", act(letter="001", days=91)).status_code == 422
    assert clerk.post(f"/transfers/{way['id']}/acts/send", act(letter="001", days=10)).status_code == 200
    assert clerk.post(f"/transfers/{way['id']}/acts/receive", act()).status_code == 200
    assert clerk.read(f"/transfers/{way['id']}")["state"] == "received"
    assert Membership.objects.open().get(member=member).organisation_id != town["organisation"]


def test_a_unit_is_changed_from_above_it(town: dict[str, int], clerk: Program) -> None:
    own = UnitState.objects.get(code=worlds.HERE).unit_id
    assert acts(clerk, f"/units/{own}") == {}
    assert clerk.post(f"/units/{own}/acts/rename", act(name="x")).status_code == 404
    assert clerk.post(f"/units/{town['unit']}/acts/rename", act(name="碧流台新镇")).status_code == 200
    assert UnitState.objects.open().get(unit=town["unit"]).name == "碧流台新镇"


# ---- who may ----


def test_nothing_is_done_beyond_the_mandate(town: dict[str, int]) -> None:
    worlds.elsewhere()
    for role in ("banner_clerk", "branch_secretary", "viewer", "grid_worker", "audit_admin"):
        account = worlds.somebody(role)
        assert account
        asks, before = program(account), Entry.objects.count()
        for kind, name in (("organisations", "rename"), ("organisations", "admit"), ("units", "rename"),
                           ("members", "leave"), ("transfers", "receive")):  # fmt: skip
            assert asks.post(f"/{kind}/{worlds.FAR}/acts/{name}", act(name="x", how="died")).status_code == 404, role
            assert asks.get(f"/{kind}/{worlds.FAR}/acts").status_code == 404, role
        assert Entry.objects.count() == before
    asks = program(Account.objects.get(username="the-branch_secretary"))
    here = f"/organisations/{town['organisation']}/acts"
    assert asks.post(f"{here}/rename", act(name="x")).status_code == 404, "from above alone"
    assert asks.post(f"{here}/admit", act(name="x")).status_code == 200


def test_a_token_that_reads_writes_nothing(town: dict[str, int], account: Account) -> None:
    asks = program(account, writes=False)
    address = f"/organisations/{town['organisation']}/acts"
    assert asks.read(address)["acts"] == []
    answer = asks.post(f"{address}/rename", act(name="x"))
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:baolei:problem:read-only")
    assert name_of(town["organisation"]) == "东方红村党支部"


def test_a_role_that_only_reads_sees_that_nothing_may_be_done(town: dict[str, int]) -> None:
    account = worlds.somebody("leader")
    assert account
    asks = program(account)
    assert asks.read(f"/organisations/{town['organisation']}/acts") == {"name": "东方红村党支部", "acts": []}
    assert asks.post(f"/organisations/{town['organisation']}/acts/admit", act(name="x")).status_code == 404


# ---- once ----


def test_the_same_request_again_is_answered_and_not_done_again(town: dict[str, int], clerk: Program) -> None:
    address, said, key = f"/organisations/{town['organisation']}/acts/admit", act(name="乌云其其格"), uuid.uuid4().hex
    first = clerk.post(address, said, key)
    assert "Idempotency-Replayed" not in first
    entries = Entry.objects.count()
    for _time in range(3):
        again = clerk.post(address, said, key)
        assert (again.status_code, again.json(), again["Idempotency-Replayed"]) == (200, first.json(), "true")
    assert (Member.objects.filter(name="乌云其其格").count(), Entry.objects.count()) == (1, entries)


def test_an_answer_is_kept_though_its_address_is_gone(town: dict[str, int], clerk: Program) -> None:
    """The branch has ended with the act: what the line swallowed can still be asked for."""
    far = OrganisationState.objects.get(code="B2").organisation_id
    said, key = act(into="B1"), uuid.uuid4().hex
    assert clerk.post(f"/organisations/{far}/acts/merge", said, key).status_code == 200
    assert clerk.post(f"/organisations/{far}/acts/merge", said).status_code == 404
    assert clerk.post(f"/organisations/{far}/acts/merge", said, key)["Idempotency-Replayed"] == "true"


def test_a_key_stands_for_one_request(town: dict[str, int], clerk: Program) -> None:
    address, key = f"/organisations/{town['organisation']}/acts", uuid.uuid4().hex
    clerk.post(f"{address}/rename", act(name="红旗村党支部"), key)
    for other, said in (("rename", act(name="黄旗村党支部")), ("admit", act(name="红旗村党支部"))):
        answer = clerk.post(f"{address}/{other}", said, key)
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:baolei:problem:key-taken")
    assert name_of(town["organisation"]) == "红旗村党支部"


def test_the_key_of_one_token_is_not_another_s(town: dict[str, int], account: Account, clerk: Program) -> None:
    address, said, key = f"/organisations/{town['organisation']}/acts/admit", act(name="x"), "key-1"
    assert clerk.post(address, said, key).status_code == 200
    other = Program(token_of(account)[1])
    again = other.post(address, said, key)
    assert again.status_code == 200
    assert "Idempotency-Replayed" not in again


def test_what_was_refused_may_be_put_right_under_the_same_key(town: dict[str, int], clerk: Program) -> None:
    address, key = f"/organisations/{town['organisation']}/acts/rename", uuid.uuid4().hex
    assert clerk.post(address, act(name=""), key).status_code == 422
    assert clerk.post(address, act(name="红旗村党支部"), key).status_code == 200


@pytest.mark.parametrize("key", ["", "x" * 201, "two words"])
def test_a_write_without_a_fit_key_is_not_done(town: dict[str, int], clerk: Program, key: str) -> None:
    answer = clerk.post(f"/organisations/{town['organisation']}/acts/rename", act(name="x"), key)
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:baolei:problem:no-key")
    assert "Idempotency-Key" in answer.json()["detail"]
    assert name_of(town["organisation"]) == "东方红村党支部"


def test_an_act_and_its_answer_are_kept_together_or_not_at_all(
    town: dict[str, int], clerk: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    from baolei.organisations import acts as acts_of_organisations

    def full(**_told: Any) -> None:
        raise OSError("the disk is full")

    address, said, key = (
        f"/organisations/{town['organisation']}/acts/rename",
        act(name="红旗村党支部"),
        uuid.uuid4().hex,
    )
    with monkeypatch.context() as broken:
        broken.setattr(acts_of_organisations, "record", full)
        answer = clerk.post(address, said, key)
    assert (answer.status_code, answer.json()["type"]) == (500, "urn:baolei:problem:broken")
    assert (name_of(town["organisation"]), Kept.objects.count()) == ("东方红村党支部", 0)
    assert clerk.post(address, said, key).status_code == 200


def test_old_answers_are_forgotten(town: dict[str, int], clerk: Program) -> None:
    address = f"/organisations/{town['organisation']}/acts/admit"
    clerk.post(address, act(name="甲"), "old")
    Kept.objects.update(at=timezone.now() - KEPT_FOR - timedelta(minutes=1))
    clerk.post(address, act(name="乙"), "new")
    assert [one.key for one in Kept.objects.all()] == ["new"]


# ---- what cannot be read ----


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 415), ("{", 400), ("[]", 400), ("null", 400), ('"x"', 400), ("\xff", 422), ("[" * 100_000, 400),
        ('{"on": NaN}', 422), ('{"name": ["x"]}', 422), ('{"name": {"a": 1}}', 422), ('{"name": true}', 422),
        ('{"name": "x", "colour": "red"}', 422), ('{"name": null}', 422), ('{"on": 20261124}', 422),
        ('{"name": "\\u0000", "on": "2026-11-20", "why": "x"}', 422),
    ],
)  # fmt: skip
def test_a_body_that_makes_no_sense_is_refused_with_a_reason(
    town: dict[str, int], clerk: Program, body: str, status: int
) -> None:
    answer = clerk.post(f"/organisations/{town['organisation']}/acts/rename", body if body != "\xff" else '{"\xff": 1}')
    assert answer.status_code == status, answer.text
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert name_of(town["organisation"]) == "东方红村党支部"


def test_a_body_of_another_kind_is_refused(town: dict[str, int], account: Account) -> None:
    _made, secret = token_of(account)
    answer = Client().post(f"/api/v1/organisations/{town['organisation']}/acts/rename", act(name="x"),
                           headers={"Authorization": f"Bearer {secret}", "Idempotency-Key": "1"})  # fmt: skip
    assert (answer.status_code, json.loads(answer.content)["type"]) == (415, "urn:baolei:problem:not-json")


def test_a_body_too_large_to_be_an_act_is_not_read(town: dict[str, int], clerk: Program) -> None:
    answer = clerk.post(f"/organisations/{town['organisation']}/acts/rename", act(name="x" * 3_000_000))
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_what_an_act_does_not_ask_is_named(town: dict[str, int], clerk: Program) -> None:
    answer = clerk.post(f"/organisations/{town['organisation']}/acts/rename", act(nmae="x"))
    assert answer.json()["errors"] == [
        {"field": "nmae", "detail": "this act asks for no such thing: it asks for name, on, why"}
    ]


def test_a_goal_beyond_the_mandate_is_known_by_its_code_alone(town: dict[str, int], clerk: Program) -> None:
    worlds.elsewhere()
    address = f"/members/{town['member']}/acts/transfer"
    assert clerk.post(address, act(to="远方党支部")).status_code == 422
    assert clerk.post(address, act(to="FAR")).status_code == 200
    assert Transfer.objects.get(member=town["member"]).to_id == worlds.FAR
    assert stage.unit(worlds.HERE)
