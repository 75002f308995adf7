"""What comes by Open311 is told to no client again and leads from no request to another; no coordinates are kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone

from baolei.api.models import Kept
from baolei.matters import actions, asking, handling, nightly
from baolei.matters.models import Matter
from baolei.people.sealing import disguised, undisguised
from baolei.warehouse.rulebook import matters as matter_rules
from matters_stage import Cast
from open311_stage import REPORT, cast, client_of
from test_matters_removed import everything

pytestmark = [pytest.mark.django_db, pytest.mark.stores]
CANARY = {
    "first_name": "雪雁", "last_name": "欧阳", "phone": "13987654321", "email": "canary@example.org",
    "device_id": "device-canary", "account_id": "account-canary", "media_url": "https://example.org/canary.jpg",
    "lat": "43.652890", "long": "122.244190", "description": "金丝雀巷的井盖松动", "attribute[home]": "canary-home",
}  # fmt: skip
SEALED = ("first_name", "last_name", "phone", "email", "device_id", "account_id", "media_url", "lat", "long",
          "attribute[home]")  # fmt: skip


@pytest.fixture
def of() -> Cast:
    return cast()


@pytest.mark.parametrize("form", ["json", "xml"])
def test_no_answer_says_a_word_of_the_asker(form: str, of: Cast) -> None:
    mine = client_of(of.county, form)
    token = mine.report(**CANARY)
    (named,) = mine.read(f"tokens/{token}")
    handling.take(actor=of.worker, now=timezone.now(), matter=Matter.objects.get())
    handling.fix(actor=of.worker, now=timezone.now(), matter=Matter.objects.get(), note="金丝雀巷换了井盖")
    asking.say(now=timezone.now(), receipt=token, act="deny", words="金丝雀巷又松了")
    told = [mine.get(name).text for name in ("requests", f"requests/{named['service_request_id']}", f"tokens/{token}")]
    assert all(value not in text for text in told for value in (*CANARY.values(), "金丝雀", "换了"))
    assert all(token not in text for text in told[:2]), "from a request nobody comes by its receipt"


def test_what_a_matter_does_not_need_is_kept_nowhere(of: Cast) -> None:
    client_of(of.township).report(**CANARY)
    kept = everything()
    assert CANARY["description"] in kept
    assert [name for name in SEALED if len(CANARY[name]) > 1 and CANARY[name] in kept] == []


def test_after_the_term_nothing_is_left_and_the_token_leads_nowhere(of: Cast) -> None:
    mine, now = client_of(of.township), timezone.now()
    answer = mine.post({"Idempotency-Key": "canary-key"}, **{**REPORT, **CANARY})
    token = answer.json()[0]["token"]
    assert (Kept.objects.count(), token in everything()) == (0, False), "nobody keeps the receipt but whoever asked"
    handling.leave_unfixed(actor=of.worker, now=now, matter=Matter.objects.get(), why="means", note="没有经费")
    nightly.run_clock(now=now + timedelta(days=120))
    left = everything()
    assert [one for one in (*CANARY.values(), token, "canary") if len(one) > 2 and one in left] == []
    assert mine.get(f"tokens/{token}").status_code == 404
    assert Matter.objects.get().removed_on is not None


def test_a_token_is_the_receipt_with_which_the_asker_speaks(of: Cast) -> None:
    token = client_of(of.township).report()
    matter = actions.of_receipt(token)
    handling.take(actor=of.worker, now=timezone.now(), matter=matter)
    handling.fix(actor=of.worker, now=timezone.now(), matter=matter, note="换了灯泡")
    assert asking.say(now=timezone.now(), receipt=token, act="confirm").state == "confirmed"
    (request,) = client_of(of.township).read("requests")
    assert (request["status"], request["status_notes"]) == ("closed", "the asker says it is fixed")


def test_two_requests_of_one_asker_have_nothing_in_common_that_another_s_has_not(of: Cast) -> None:
    mine = client_of(of.township)
    for said in (CANARY, CANARY, {**CANARY, "last_name": "别", "phone": "13700000000", "email": "x@example.org"}):
        mine.report(**said)
    other, again, first = mine.read("requests")
    told = {name for name in first if first[name] == again[name] != other[name]}
    assert told - {"requested_datetime", "updated_datetime"} == set()
    assert len({one["service_request_id"] for one in (first, again, other)}) == 3


def test_a_merged_request_does_not_say_into_which(of: Cast) -> None:
    mine = client_of(of.township)
    one, other = (mine.read(f"tokens/{mine.report()}")[0]["service_request_id"] for _time in range(2))
    into, merged = Matter.objects.order_by("pk")
    handling.merge(actor=of.worker, now=timezone.now(), matter=merged, into=into)
    (told,) = mine.read(f"requests/{other}")
    assert (told["status"], told["status_notes"]) == ("closed", "merged into another")
    assert one not in str(told)


# ---- numbers that are told to others ----


def test_a_name_leads_to_its_number_alone() -> None:
    names = [disguised(number, "x") for number in (1, 2, 3, 2**63 - 1)]
    assert [undisguised(name, "x") for name in names] == [1, 2, 3, 2**63 - 1]
    assert len({name[:8] for name in names}) == len({name[-8:] for name in names}) == 4, "no order is to be seen"
    assert [undisguised(name, "y") for name in names] == [None] * 4
    assert [undisguised(one, "x") for one in ("", "1", "0" * 32, names[0].upper(), names[0][:-1], "z" * 32)] == [
        None
    ] * 6


def test_a_name_given_under_a_former_key_still_leads_home() -> None:
    with override_settings(SECRET_KEY="former"):
        name = disguised(7, "x")
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=["former"]):
        assert (undisguised(name, "x"), disguised(7, "x") == name) == (7, False)
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[]):
        assert undisguised(name, "x") is None


def test_nobody_guesses_a_request(of: Cast) -> None:
    mine = client_of(of.township)
    mine.report()
    answers = [
        mine.get(f"requests/{guess}").status_code for guess in ("1", str(Matter.objects.get().pk), "0" * 32, "x")
    ]
    assert answers == [404] * 4


def test_two_at_once_under_one_key_are_one(of: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other request is in between the look and the entry: the database says no, and the first one is answered."""
    mine, head = client_of(of.township), {"Idempotency-Key": "7"}
    first = mine.post(head, **REPORT).json()
    there, looked = Matter.objects.filter, list[Any]()

    def blind(**wanted: Any) -> Any:
        looked.append(wanted)
        return Matter.objects.none() if len(looked) == 1 else there(**wanted)

    monkeypatch.setattr(Matter.objects, "filter", blind)
    assert mine.post(head, **REPORT).json() == first
    assert (Matter.objects.count(), len(looked)) == (1, 2)


def test_a_flooded_grid_takes_no_more(of: Cast) -> None:
    mine = client_of(of.township)
    for _time in range(matter_rules().number("per_hour")):
        mine.report()
    answer = mine.post(**REPORT)
    assert (answer.status_code, "try again in an hour" in answer.json()[0]["description"]) == (400, True)
