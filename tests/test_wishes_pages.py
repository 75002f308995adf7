"""What each of those concerned finds on the pages of wishes, and what nobody does."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import stage
import wishes_stage as on
from baolei.wishes import actions, clock, counting, facts, registering, suggesting
from baolei.wishes.models import Claim, Registration, Suggestion, Tally, Wish
from baolei.wishes.registering import Asked
from wishes_stage import Cast, cast, written

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def made() -> Cast:
    return cast()


def as_(account: Any) -> Client:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(account)
    return client


def registered(made: Cast, name: str, *skills: str) -> Registration:
    until = registering.longest(timezone.localdate())
    return registering.register(actor=made.accounts[name], now=timezone.now(), agreed=True,
                                asked=Asked(made.community.unit_id, skills, until))  # fmt: skip


def test_a_member_registers_and_withdraws_on_the_own_pages(made: Cast) -> None:
    client, here = as_(made.accounts["王"]), reverse("my_wishes")
    assert "registered with no community" in client.get(here).text
    form = reverse("register_with_community")
    said = {"unit": made.community.unit_id, "skills": ["driving"], "until": registering.longest(timezone.localdate())}
    assert client.post(form, said).status_code == 422, "without the tick nothing is registered"
    assert client.post(form, {**said, "agreed": "on"}).url == here  # type: ignore[attr-defined]
    assert client.get(form).status_code == 404
    assert "driving" in client.get(here).text
    assert client.post(reverse("withdraw_from_community")).url == here  # type: ignore[attr-defined]
    assert Registration.objects.get().how == "withdrawn"
    assert client.get(reverse("withdraw_from_community")).status_code == 404


def test_whoever_is_no_member_is_told_what_to_do(made: Cast) -> None:
    client = as_(made.desk)
    assert "linked to no member" in client.get(reverse("my_wishes")).text
    assert client.get(reverse("register_with_community")).status_code == 404


def test_suggestions_say_why_and_wishes_show_no_identity(made: Cast) -> None:
    registered(made, "王", "electrician")
    today = timezone.now()
    wish, _code = written(made, "修灯", skill="electrician", consented=timezone.localdate(), now=today)
    suggesting.match(timezone.localdate())
    page = as_(made.accounts["王"]).get(reverse("my_wishes")).text
    assert "same community; skill: electrician or plumber; waits 0 days" in page
    assert wish.called not in page
    claim = as_(made.accounts["王"]).get(reverse("on_wish", args=[wish.pk, "claim"])).text
    assert wish.called not in claim


def test_only_those_concerned_do_something_with_a_wish(made: Cast) -> None:
    wish, _code = written(made, consented=timezone.localdate(), now=timezone.now())
    claim, confirm = (reverse("on_wish", args=[wish.pk, act]) for act in ("claim", "confirm"))
    assert as_(made.accounts["王"]).get(claim).status_code == 404, "not registered"
    registered(made, "王")
    registered(made, "李")
    assert as_(made.accounts["王"]).post(claim).status_code == 302
    assert as_(made.accounts["李"]).get(reverse("on_wish", args=[wish.pk, "fulfil"])).status_code == 404
    assert as_(made.accounts["王"]).get(confirm).status_code == 404
    assert as_(made.desk).get(confirm).status_code == 404, "nothing to confirm yet"
    assert as_(made.accounts["王"]).post(reverse("on_wish", args=[wish.pk, "fulfil"])).status_code == 302
    assert as_(stage.mandated(on.BANNER, "banner_clerk")).get(confirm).status_code == 404, "no desk of the banner's"
    assert as_(made.desk).post(confirm).status_code == 302
    assert Claim.objects.get().state == Claim.CONFIRMED


def test_the_receipt_is_shown_once(made: Cast) -> None:
    client, form = as_(made.desk), reverse("write_wish", args=[made.community.unit_id])
    key = "a" * 32
    said = {"words": "修灯", "called": "王奶奶", "consented": timezone.localdate().isoformat(), "key": key}
    assert "receipt-code" in client.post(form, said).text
    again = client.post(form, said).text
    assert "receipt-code" not in again
    assert "its code was shown then" in again
    assert Wish.objects.count() == 1
    assert client.post(form, {**said, "key": "b" * 32, "words": "打13812345678"}).status_code == 422


def test_the_banner_sees_counts_and_few_are_not_shown(made: Cast) -> None:
    wish, _code = written(made, "修灯", consented=timezone.localdate(), now=timezone.now())
    clerk = as_(stage.mandated(on.BANNER, "banner_clerk"))
    for unit in (on.BANNER, on.TOWNSHIP, on.HOME):
        page = clerk.get(reverse("wishes_of_unit", args=[stage.unit(unit).unit_id]))
        assert page.status_code == 200
        assert wish.words not in page.text
        assert "too few to show" in page.text
    answer = clerk.get(reverse("wishes_of_unit", args=[stage.unit(on.BANNER).unit_id]), {"format": "csv"})
    rows = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert [row[2] for row in rows[1:]] == ["", "0", ""], "of one place the count, and with it that of all, is closed"


def test_places_are_counted_by_night_and_read_as_they_were_then(made: Cast) -> None:
    today = timezone.localdate()
    for _time in range(6):
        written(made, "修灯", consented=today, now=timezone.now())
    registered(made, "王")
    clerk = as_(stage.mandated(on.BANNER, "banner_clerk"))
    page = reverse("wishes_of_unit", args=[stage.unit(on.TOWNSHIP).unit_id])

    def table() -> str:
        return b"".join(clerk.get(page, {"format": "csv"})).decode("utf-8-sig")

    live = table()
    assert ",6," in live
    assert "Counted in the night" not in clerk.get(page).text
    clock.run_clock(timezone.now())
    assert f"Counted in the night of {today.isoformat()}." in clerk.get(page).text
    assert table() == live
    told = facts.figures(made.community.path, date(today.year, 1, 1), today, len(made.community.path))
    assert counting.kept([made.community.path], today.year) == (
        {code: {made.community.path: one.num} for code, one in told.items()}, today
    )  # fmt: skip
    written(made, "修门", consented=today, now=timezone.now())
    assert table() == live, "what comes by day is counted by night"


def test_a_year_that_was_counted_after_its_end_stays(made: Cast) -> None:
    last, today = timezone.localdate().year - 1, timezone.localdate()
    there = Tally.objects.create(path=made.community.path, year=last, day=date(last + 1, 1, 1), lit=9)
    before = Tally.objects.create(path=made.community.path, year=last - 1, day=date(last - 1, 12, 31), lit=9)
    counting.count(today)
    assert list(Tally.objects.all()) == [there], f"nothing was in {before.year}"


def test_a_file_of_the_desk_holds_neither_words_nor_name(made: Cast) -> None:
    wish, _code = written(made, "想去看草原", consented=timezone.localdate(), now=timezone.now())
    answer = as_(made.desk).get(reverse("wishes_of_unit", args=[made.community.unit_id]), {"format": "csv"})
    body = b"".join(answer).decode("utf-8-sig")
    assert str(wish.pk) in body
    assert wish.words not in body
    assert wish.called not in body


def test_no_page_says_how_many_wishes_somebody_took_up(made: Cast) -> None:
    """With one wish done or with two, every page reads the same about the member: nothing is counted of a person."""
    registered(made, "王")
    pages = [(made.desk, reverse("wishes_of_unit", args=[made.community.unit_id])),
             (made.secretary, reverse("wishes_of_branch", args=[made.agency.organisation_id])),
             (made.accounts["王"], reverse("my_wishes"))]  # fmt: skip
    today = timezone.now()
    told = []
    for number in range(2):
        wish, _code = written(made, f"心愿{number}", consented=timezone.localdate(), now=today)
        actions.claim(actor=made.accounts["王"], now=today, wish=wish)
        actions.fulfil(actor=made.accounts["王"], now=today, wish=wish)
        actions.confirm(actor=made.desk, now=today, wish=wish)
        texts = [as_(account).get(url).text for account, url in pages]
        told.append([[line for line in text.splitlines() if "王" in line] for text in texts])
    assert told[0] == told[1]


def test_a_secretary_sees_nobody_who_has_or_has_not_registered(made: Cast) -> None:
    registered(made, "李")
    client = as_(made.secretary)
    page = client.get(reverse("wishes_of_branch", args=[made.agency.organisation_id])).text
    assert "李" not in page
    form = client.get(reverse("on_branch_wishes", args=[made.agency.organisation_id, "withdraw"])).text
    assert "李" not in form, "only those entered on paper"


def test_a_suggestion_is_no_list_of_members_for_anybody(made: Cast) -> None:
    registered(made, "王")
    written(made, consented=timezone.localdate(), now=timezone.now())
    suggesting.match(timezone.localdate())
    assert Suggestion.objects.exists()
    page = as_(made.desk).get(reverse("wishes_of_unit", args=[made.community.unit_id])).text
    assert "Suggested" not in page
