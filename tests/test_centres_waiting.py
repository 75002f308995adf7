"""What waits in centres: one found shut, until it is said to be paused or found open; one nobody has looked in at."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

import stage
from baolei.centres import actions, tasks
from baolei.centres.models import Centre
from baolei.organisations.doors import writing_scope
from baolei.people.models import Account
from baolei.programme.centres import CLOSED, OPEN, PAUSED
from centres_stage import EAST, NOW, TODAY, TOWNSHIP, WEST, centre, clerk, villages

pytestmark = [pytest.mark.django_db, pytest.mark.stores, pytest.mark.usefixtures("english")]
DAY = timedelta(days=1)
SHUT, UNSEEN = "Centres found shut though they stand as open", "Centres in which nobody has looked in for a year"


@pytest.fixture
def by() -> Account:
    villages()
    return clerk()


@pytest.fixture
def township(by: Account) -> Account:
    return stage.mandated(TOWNSHIP, "township_clerk")


def waits(account: Account, day: date = TODAY) -> dict[str, int]:
    return {one.title: one.count for one in tasks.tasks(writing_scope(account, day), day) if one.count}


def looked(by: Account, of: Centre, day: date, *, found_open: bool) -> None:
    actions.look_in(actor=by, now=NOW, centre=of, day=day, found_open=found_open)


def test_one_found_shut_waits_for_its_keeper_until_it_is_found_open(by: Account, township: Account) -> None:
    made = centre(EAST, by)
    looked(by, made, TODAY - 9 * DAY, found_open=True)
    assert waits(township) == {}
    looked(by, made, TODAY - 3 * DAY, found_open=False)
    assert waits(township) == {SHUT: 1}
    looked(by, made, TODAY, found_open=True)
    assert waits(township) == {}


@pytest.mark.parametrize("state", [PAUSED, CLOSED])
def test_one_that_is_said_to_be_paused_or_closed_waits_no_more(by: Account, township: Account, state: str) -> None:
    made = centre(EAST, by)
    looked(by, made, TODAY - 3 * DAY, found_open=False)
    actions.set_standing(actor=by, now=NOW, centre=made, state=state, since=TODAY - DAY, why="修缮")
    assert waits(township) == {}
    if state == PAUSED:
        actions.set_standing(actor=by, now=NOW, centre=made, state=OPEN, since=TODAY, why="修好了")
        assert waits(township) == {}, "opened after the look: the look says nothing of it"


def test_one_nobody_has_looked_in_at_for_a_year_waits_right_above_and_nowhere_else(
    by: Account, township: Account
) -> None:
    made = centre(EAST, by)
    assert waits(township) == {}, "entered today: there was no year to look in"
    Centre.objects.update(entered=TODAY - 400 * DAY)
    assert waits(township) == {UNSEEN: 1}
    assert waits(by) == {}, "the banner stands above the township, which looks in"
    assert waits(stage.mandated(EAST, "centre_keeper")) == {}, "its own keeper does not look in"
    looked(township, made, TODAY - 300 * DAY, found_open=True)
    assert waits(township) == {}


def test_a_neighbour_s_and_a_member_s_page_says_nothing_of_it(by: Account) -> None:
    looked(by, centre(EAST, by), TODAY, found_open=False)
    assert waits(stage.mandated("150423", "banner_clerk")) == {}
    assert waits(stage.mandated(WEST, "centre_keeper")) == {}


def test_it_asks_two_questions_however_many_there_are(
    by: Account, township: Account, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        looked(by, centre(EAST, by, name=f"点{number}", kind="point"), TODAY - DAY, found_open=False)
    scope = writing_scope(township, TODAY)
    with django_assert_max_num_queries(2):
        assert [one.count for one in tasks.tasks(scope, TODAY)] == [12, 0]


def test_the_page_of_the_day_leads_to_the_one_that_waits_longest(by: Account, township: Account) -> None:
    late, early = centre(EAST, by), centre(WEST, by)
    looked(by, late, TODAY - DAY, found_open=False)
    looked(by, early, TODAY - 5 * DAY, found_open=False)
    client = Client()
    client.force_login(township)
    client.cookies["django_language"] = "en"
    page = client.get(reverse("today")).text
    assert SHUT in page
    assert reverse("centre", args=[early.pk]) in page
