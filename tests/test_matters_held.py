"""A worker or the desk who enters a matter holds its receipt first: a yes with it is not yet the asker's word. It
stands apart, counts as nothing solved, and is called back by sample, by somebody who neither entered nor handled it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

import matters_stage as matters
from baolei.matters import actions, asking, calling, doors, facts, handling, nightly, tables
from baolei.matters.models import Call, Matter, Tally
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme.refusals import Refusal
from baolei.warehouse.rulebook import matters as matter_rules
from matters_stage import DAY, MONDAY, Cast

pytestmark = [pytest.mark.django_db, pytest.mark.stores, pytest.mark.usefixtures("english")]
CONTACT = {"name": "王秀英", "contact": "门牌在社区"}
NEXT_WEEK = MONDAY + 7 * DAY


@pytest.fixture
def of() -> Cast:
    return matters.cast()


def entered(of: Cast, actor: Account | None, channel: str, key: str = "a") -> tuple[Matter, str]:
    """A matter done, of which the receipt may say whether it is fixed."""
    matter, receipt = actions.report(now=MONDAY, grid=of.grid, said=matters.said(**CONTACT), channel=channel, key=key,
                                     actor=actor)  # fmt: skip
    handling.take(actor=of.worker, now=MONDAY, matter=matter)
    return handling.fix(actor=of.worker, now=MONDAY, matter=matter, note="换了灯"), receipt


def test_the_channels_of_the_rule_are_ones_there_are() -> None:
    assert matter_rules().held <= {code for code, _name in Matter.CHANNELS}
    assert not matter_rules().held & {Matter.RESIDENT, Matter.SPLIT}


@pytest.mark.parametrize(("channel", "who", "ending"), [
    (Matter.WORKER, "worker", "handed"), (Matter.DESK, "township", "handed"), (Matter.RESIDENT, None, "confirmed"),
])  # fmt: skip
def test_a_yes_is_kept_by_whose_hands_the_receipt_was_in(of: Cast, channel: str, who: str | None, ending: str) -> None:
    _matter, receipt = entered(of, getattr(of, who) if who else None, channel)
    mine = asking.say(now=MONDAY, receipt=receipt, act="confirm")
    assert (mine.state, mine.ending) == (ending, ending)
    assert facts.solved("", MONDAY.date(), MONDAY.date()).numerator == int(ending == "confirmed")
    assert facts.ended("", MONDAY.date(), MONDAY.date(), "handed").numerator == int(ending == "handed")


def test_nobody_chooses_which_yes_it_is(of: Cast) -> None:
    for channel, actor in ((Matter.RESIDENT, None), (Matter.WORKER, of.worker)):
        matter, receipt = entered(of, actor, channel, key=channel)
        with pytest.raises(Refusal):
            asking.say(now=MONDAY, receipt=receipt, act="confirm_held")
        assert "confirm" in asking.ways(matter)
        assert "confirm_held" not in asking.ways(matter)


def test_it_is_called_back_and_then_counts_or_is_opened_again(of: Cast) -> None:
    made = [entered(of, of.worker, Matter.WORKER, key=str(at)) for at in range(11)]
    for _matter, receipt in made:
        asking.say(now=MONDAY, receipt=receipt, act="confirm")
    assert calling.draw_all(now=NEXT_WEEK) == 2, "ten in a hundred, rounded up"
    first, second = calling.waiting(doors.seats(of.township, NEXT_WEEK.date()))
    yes = calling.call(actor=of.township, now=NEXT_WEEK, call=first, outcome=Call.YES)
    no = calling.call(actor=of.township, now=NEXT_WEEK, call=second, outcome=Call.NO)
    assert (yes.state, yes.ending, no.state, no.reopened) == ("called", "called", "lying", 1)
    assert facts.solved("", MONDAY.date(), NEXT_WEEK.date()).numerator == 1


def test_a_yes_with_such_a_code_does_not_escape_a_call_that_was_drawn(of: Cast) -> None:
    matter, receipt = entered(of, of.worker, Matter.WORKER)
    later = MONDAY + timedelta(days=14)
    nightly.pass_due(now=later)
    assert Matter.objects.get().state == "unconfirmed"
    assert calling.draw_all(now=later + 7 * DAY) == 1
    asking.say(now=later + 7 * DAY, receipt=receipt, act="confirm")
    assert calling.waiting(doors.seats(of.township, later.date())).count() == 1
    assert Matter.objects.get(pk=matter.pk).state == "handed"


def test_whoever_entered_a_matter_does_not_call_back(of: Cast) -> None:
    _matter, receipt = entered(of, of.township, Matter.DESK)
    asking.say(now=MONDAY, receipt=receipt, act="confirm")
    calling.draw_all(now=NEXT_WEEK)
    drawn = Call.objects.get()
    with pytest.raises((NotPossible, Refusal)):
        calling.call(actor=of.township, now=NEXT_WEEK, call=drawn, outcome=Call.YES)
    assert calling.call(actor=of.second, now=NEXT_WEEK, call=drawn, outcome=Call.YES).state == "called"


def test_the_night_counts_it_apart_and_takes_no_grade_from_it(of: Cast) -> None:
    for at, (channel, actor) in enumerate(((Matter.WORKER, of.worker), (Matter.RESIDENT, None))):
        _matter, receipt = entered(of, actor, channel, key=str(at))
        asking.say(now=MONDAY, receipt=receipt, act="confirm")
        asking.rate(now=MONDAY, receipt=receipt, satisfaction=5)
    nightly.count(MONDAY.date())
    one = Tally.objects.get(unit=of.unit.unit_id)
    assert (one.reported, one.confirmed, one.handed, one.in_time, one.rated, one.rating) == (2, 1, 1, 1, 1, 5)
    month = tables.months(of.unit.path, MONDAY.date().replace(day=1), MONDAY.date())[MONDAY.date().replace(day=1)]
    assert (month.open, month.closed, month.share) == (0, 2, 50)


def test_the_pages_say_so(of: Cast) -> None:
    matter, receipt = entered(of, of.worker, Matter.WORKER)
    client = Client()
    client.cookies["django_language"] = "en"

    def followed(**said: Any) -> str:
        return str(client.post(reverse("follow_matter"), {"code": receipt, **said}).text)

    assert "Staff entered this and had the code first" in followed()
    assert "confirmed with a code that staff held" in followed(act="confirm")
    client.force_login(of.township)
    assert "confirm with a code that staff held" in client.get(reverse("asked", args=[matter.pk])).text
    nightly.count(MONDAY.date())
    page = client.get(reverse("matters_of_unit", args=[of.unit.unit_id])).text
    assert "with a code that staff held" in page
