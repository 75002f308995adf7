"""After its days nothing is left of whoever had a wish: no column of any table tells, nor whose claim it was."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

import wishes_stage as on
from baolei.front.keeping import erasing
from baolei.ledger.models import Entry
from baolei.ledger.verify import verify
from baolei.organisations.models import Membership
from baolei.wishes import actions, clock
from baolei.wishes.models import Claim, Registration, Wish
from test_people_erased import told
from wishes_stage import NOW, TODAY, Cast, cast, later, registered, written

pytestmark = [pytest.mark.django_db, pytest.mark.stores, pytest.mark.usefixtures("english")]
WORDS, CALLED, PAPER = "金丝雀花开时想去看草原", "鸣鸣奶奶", "雀字七号同意书"


@pytest.fixture
def made() -> Cast:
    return cast()


def done(made: Cast) -> tuple[Wish, str]:
    """A wish that was written, looked at, taken up, and confirmed a day later."""
    wish, code = written(made, WORDS, called=CALLED)
    registered(made)
    client = Client()
    client.force_login(made.desk)
    client.get(reverse("wishes_of_unit", args=[made.community.unit_id]))
    client.get(reverse("wishes_of_unit", args=[made.community.unit_id]), {"format": "csv"})
    actions.claim(actor=made.accounts["王"], now=NOW, wish=wish)
    actions.fulfil(actor=made.accounts["王"], now=NOW, wish=wish)
    actions.confirm(actor=made.desk, now=later(1), wish=wish)
    return wish, code


def test_words_and_name_are_gone_from_every_column_after_the_days_of_the_rules(made: Cast) -> None:
    wish, code = done(made)
    receipt = wish.receipt
    clock.run_clock(later(30))
    assert (told("金丝雀"), told("鸣鸣")) == (["wishes_wish.words"], ["wishes_wish.called"]), "not before its days"
    clock.run_clock(later(31))
    for canary in (WORDS, "金丝雀", CALLED, "鸣鸣", receipt, code):
        assert told(canary) == [], canary
    wish.refresh_from_db()
    claim = Claim.objects.get()
    assert (wish.cleared, wish.state, claim.state) == (TODAY + timedelta(days=31), "done", "done")
    assert (claim.registration, claim.organisation_id) == (None, made.agency.organisation_id)
    assert Registration.objects.filter(ended=None).count() == 1, "who is registered stays so"


def test_the_removal_is_proved_in_the_ledger_and_done_once(made: Cast) -> None:
    done(made)
    written(made, "还在等")
    clock.run_clock(later(31))
    entry = Entry.objects.get(act="wishes.clear")
    assert entry.particulars
    after = entry.particulars["after"]
    assert (after["wishes_removed"], after["wishes_left"], len(after["sha256"])) == (1, 0, 64)
    assert clock.clear(later(32)) == 0
    assert clock.left(TODAY + timedelta(days=1)) == 0
    assert Wish.objects.get(state="lit").words == "还在等"
    assert verify().faults == ()


def test_the_proof_sees_what_is_left(made: Cast) -> None:
    done(made)
    assert clock.left(TODAY + timedelta(days=1)) == 1


def test_the_ledger_never_tells_who_took_a_wish_up(made: Cast) -> None:
    done(made)
    acts = ("wishes.claim", "wishes.fulfil", "wishes.enter_code", "wishes.give_back")
    assert {one.actor_id for one in Entry.objects.filter(act__in=acts)} == {None}


def test_a_member_who_is_erased_is_nobody_here(made: Cast) -> None:
    wish, _code = written(made)
    held = registered(made, skills=("driving",))
    Registration.objects.filter(pk=held.pk).update(document=PAPER)
    actions.claim(actor=made.accounts["王"], now=NOW, wish=wish)
    Membership.objects.filter(member=made.members["王"]).update(until=TODAY)
    member = made.members["王"]
    member.elector.delete()  # type: ignore[attr-defined]  # a room above keeps it
    erasing.erase_member(actor=None, now=later(5), member=member, why="本人申请")
    held.refresh_from_db()
    assert (held.member, held.skills, held.how, held.by) == (None, [], "erased", None)
    assert told("雀字七号") == []
    assert Claim.objects.get().registration is None


def test_nobody_else_is_told_what_somebody_wished(made: Cast) -> None:
    wish, _code = done(made)
    client = Client()
    client.force_login(made.secretary)
    page = client.get(reverse("wishes_of_unit", args=[made.community.unit_id]))
    assert page.status_code == 404
    client.force_login(made.accounts["王"])
    mine = client.get(reverse("my_wishes")).content.decode()
    assert CALLED not in mine
    assert wish.words not in mine, "confirmed: it is off the page"
    assert on.TOWNSHIP
