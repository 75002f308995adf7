"""Words on ballots: held for a person, shown of ten ballots once totals are published, and kept in the urn alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

import stage
from baolei.ballots import remarks
from baolei.ballots.models import Remark
from baolei.front.today import tasks
from baolei.ledger.models import Entry
from baolei.organisations.doors import writing_scope
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.rounds.models import Round
from published_stage import asked_about, cast, poll_of, published, sealed, set_up
from round_stage import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
HOMES = {"A1": "150422103216", "B1": "150502103001"}
TEN = ["11111", "22222", "12340", "33211", "44123", "21-34", "11221", "32114", "22113", "41231"]
PLAIN, NAMES, CALLS = "牧区的路要修", "王建国书记办事公道", "电话13912345678"


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any) -> Path:
    settings.BAOLEI_HOME, settings.BAOLEI_RESULTS = str(tmp_path), str(tmp_path / "results")
    return tmp_path


@pytest.fixture
def clerk() -> Account:
    return stage.mandated("1504", "league_clerk")


@pytest.fixture
def this() -> Round:
    """Ten ballots about a branch with words on three of them, and nine about another."""
    made = asked_about(HOMES)
    set_up(made, words=True)
    cast(poll_of(made, "A1"), TEN, [PLAIN, NAMES, CALLS])
    cast(poll_of(made, "B1"), TEN[:9], [PLAIN, NAMES])
    sealed(made)
    return made


def asked(account: Account, address: str, **said: Any) -> Any:
    client = Client()
    client.force_login(account)
    client.cookies["django_language"] = "en"
    return client.post(address, said) if said else client.get(address)


def of(words: str) -> Remark:
    found: Remark = Remark.objects.get(digest__in=[
        remarks.digest_of(one.poll.key, words) for one in Remark.objects.select_related("poll")
    ])  # fmt: skip
    return found


@pytest.mark.stores
def test_what_the_screen_holds_waits_for_a_person_and_is_shown_only_if_let_through(this: Round, clerk: Account) -> None:
    listed, page = reverse("remarks", args=[this.pk]), reverse("poll", args=[poll_of(this, "A1").pk])
    assert Remark.objects.count() == 2, "of nine ballots nothing is even looked through"
    waiting = {one.title: one for one in tasks(clerk, writing_scope(clerk, NOW.date()), NOW.date())}
    found = waiting["Words on ballots that wait for somebody to look through them"]
    assert (found.count, found.url) == (2, listed)
    text = asked(clerk, listed).text
    assert (NAMES in text, CALLS in text, PLAIN in text) == (True, True, False)
    assert "what may be a person" in text
    act = reverse("on_remark", args=[of(NAMES).pk])
    assert asked(clerk, act, passed="yes", why="").status_code == 422
    assert asked(clerk, act, passed="yes", why="说的是公开的职务行为").status_code == 302
    assert asked(clerk, act).status_code == 404
    assert asked(clerk, reverse("on_remark", args=[of(CALLS).pk]), passed="no", why="有电话").status_code == 302
    assert PLAIN not in asked(clerk, page).text, "nothing before the totals are published"
    published(this)
    text = asked(clerk, page).text
    assert (PLAIN in text, NAMES in text, CALLS in text) == (True, True, False)
    assert PLAIN not in asked(stage.mandated("150422103", "township_clerk"), page).text
    other = asked(stage.mandated("15", "region_clerk"), reverse("poll", args=[poll_of(this, "B1").pk])).text
    assert PLAIN not in other


def test_only_banners_and_above_look_words_through_and_only_their_own(this: Round) -> None:
    listed, act = reverse("remarks", args=[this.pk]), reverse("on_remark", args=[of(NAMES).pk])
    for code, role in (("150422103", "township_clerk"), ("A1", "branch_secretary")):
        who = stage.mandated(code, role)
        assert {asked(who, listed).status_code, asked(who, act).status_code} == {404}
    other = stage.mandated("1505", "league_clerk")
    assert NAMES not in asked(other, listed).text
    assert asked(other, act).status_code == 404
    with pytest.raises(NotPossible, match="another unit"):
        remarks.decide(actor=other, now=NOW, remark=of(NAMES), passed=True, why="看过")


def test_the_house_keeps_no_word(this: Round, clerk: Account, own_home: Path) -> None:
    remarks.decide(actor=clerk, now=NOW, remark=of(NAMES), passed=True, why="看过")
    entry = Entry.objects.get(act="ballots.screen")
    assert (entry.particulars or {})["after"] == {"passed": True}
    kept = repr([list(model.objects.values()) for model in (Remark, Entry)])
    assert all(words not in kept for words in (NAMES, CALLS, PLAIN))


def test_words_are_asked_for_only_where_it_is_said(this: Round, clerk: Account) -> None:
    from baolei.ballots.polling import form_of
    from baolei.standards.at_hand import at_hand

    edition = at_hand(this.edition)
    source = edition.asked()[0]
    assert b'"comments":false' in form_of(edition, source)
    assert b'"comments":true' in form_of(edition, source, words=True)
