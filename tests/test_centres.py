"""Service centres: kept by their unit, open, paused and closed from day to day, looked in at from above, counted."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, transaction

import stage
from baolei.centres import actions, facts
from baolei.centres.actions import Entered
from baolei.centres.models import Centre, Look, Standing
from baolei.ledger.models import Entry
from baolei.organisations.models import HubHousehold, Member, UnitState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import centres as rules
from baolei.programme.centres import CLOSED, OPEN, PAUSED, CentreRefused
from baolei.programme.evidence import added_up
from centres_stage import ALL, AWAY, BANNER, EAST, MAY, MIDDLE, NOW, TODAY, WEST, centre, clerk, villages

pytestmark = [pytest.mark.django_db, pytest.mark.stores, pytest.mark.usefixtures("english")]
DAY = timedelta(days=1)


@pytest.fixture
def by() -> Account:
    villages()
    return clerk()


def shares(path: str, day: date = TODAY) -> dict[int, tuple[int, int]]:
    return {one.level: (one.numerator, one.denominator) for one in facts.centre_coverage(path, day)}


def test_a_centre_is_entered_once_however_often_it_is_sent(by: Account) -> None:
    said = Entered("centre", " 东方红村党群服务中心 ", ["party", "daily"], "村委会", "12345", time(8, 30), time(17, 30))
    made = [actions.open_centre(actor=by, now=NOW, unit=stage.unit(EAST), key="a" * 32, said=said, since=MAY)
            for _again in range(2)]  # fmt: skip
    assert made[0] == made[1]
    one = Centre.objects.get()
    assert (one.name, one.level, one.offers.count()) == ("东方红村党群服务中心", 5, 2)
    assert one.standings.get().state == OPEN
    assert Entry.objects.get(act="centres.open").particulars["after"]["name"] == "东方红村党群服务中心"


@pytest.mark.parametrize(("changed", "fault"), [
    ({"name": " "}, "give its name"), ({"services": ()}, "say what it offers, of: Party matters"),
    ({"services": ("magic",)}, "say what it offers"), ({"days": "12"}, "开门时间"), ({"days": "11"}, "开放日"),
    ({"lon": 111.0}, "give both coordinates"), ({"lon": 200.0, "lat": 40.0}, "longitude lies within 180"),
    ({"address": "找老王13912345678"}, "a mobile number stands in"), ({"hub": 1}, "a hub household is a service point"),
])  # fmt: skip
def test_what_cannot_be_is_refused_and_says_what_would_be_right(by: Account, changed: dict, fault: str) -> None:
    with pytest.raises((NotPossible, CentreRefused), match=fault):
        centre(EAST, by, **changed)
    assert not Centre.objects.exists()


def test_only_who_answers_for_the_unit_keeps_it_and_the_region_has_none(by: Account) -> None:
    with pytest.raises(NotPossible, match="kept by whoever answers"):
        centre(AWAY, by)
    office = stage.mandated("15", "region_clerk")
    with pytest.raises(NotPossible, match="not by the region itself"):
        centre("15", office)
    with pytest.raises(NotPossible, match="has not come yet"):
        centre(EAST, by, since=TODAY + DAY)


def test_coverage_counts_units_with_a_centre_at_work_at_each_level_and_together(by: Account) -> None:
    path = stage.unit(BANNER).path
    assert shares(path) == {3: (0, 1), 4: (0, 1), 5: (0, 4), 0: (0, 6)}
    centre(EAST, by)
    centre(EAST, by, name="第二中心")  # one unit, two centres: one unit
    centre(WEST, by, kind="point")  # a point is no centre
    centre(BANNER, by)
    assert shares(path) == {3: (1, 1), 4: (0, 1), 5: (1, 4), 0: (2, 6)}
    assert shares(path, MAY - DAY)[0] == (0, 6), "before it opened it was not there"
    assert 2 not in shares(path), "a level that is not there is not said to be covered"
    figure = next(one for one in facts.centre_coverage(path, TODAY) if one.level == 5)
    assert figure.share == 0.25
    assert figure.url.endswith("/centres/?level=5")


def test_a_pause_takes_it_out_from_that_day_and_a_closed_one_stays_closed(by: Account) -> None:
    one, path = centre(EAST, by), stage.unit(EAST).path
    actions.set_standing(actor=by, now=NOW, centre=one, state=PAUSED, since=TODAY - 9 * DAY, why="装修")
    assert shares(path)[5] == (0, 1)
    assert shares(path, TODAY - 10 * DAY)[5] == (1, 1)
    actions.set_standing(actor=by, now=NOW, centre=one, state=OPEN, since=TODAY - 2 * DAY, why="完工")
    assert shares(path)[5] == (1, 1)
    with pytest.raises(NotPossible, match="enter a later day"):
        actions.set_standing(actor=by, now=NOW, centre=one, state=CLOSED, since=TODAY - 2 * DAY, why="x")
    actions.set_standing(actor=by, now=NOW, centre=one, state=CLOSED, since=TODAY, why="并入新中心")
    with pytest.raises(CentreRefused, match="enter a new one"):
        actions.set_standing(actor=by, now=NOW, centre=one, state=OPEN, since=TODAY, why="x")
    assert [(each.state, each.until) for each in Standing.objects.filter(centre=one)] == [
        (OPEN, TODAY - 10 * DAY), (PAUSED, TODAY - 3 * DAY), (OPEN, TODAY - DAY), (CLOSED, None)]  # fmt: skip


def test_particulars_are_put_right_with_what_was_before_on_record(by: Account) -> None:
    one = centre(EAST, by, services=("party",))
    said = Entered("point", "新名", ("health", "daily"), lon=119.0, lat=44.0)
    actions.change_centre(actor=by, now=NOW, centre=one, said=said, why="登记错了")
    one.refresh_from_db()
    assert (one.name, one.kind, one.lon) == ("新名", "point", 119.0)
    told = Entry.objects.get(act="centres.change").particulars
    assert (told["before"]["services"], told["after"]["services"]) == (["party"], ["daily", "health"])
    with pytest.raises(NotPossible, match="kept by whoever answers"):
        actions.change_centre(actor=clerk(AWAY), now=NOW, centre=one, said=said, why="x")


def test_a_hub_household_is_a_point_of_its_village_without_an_address(by: Account) -> None:
    branch = stage.branch(f"{EAST}-001", home=EAST)
    host = Member.objects.create(name="包玉兰")
    hub = HubHousehold.objects.create(organisation=branch.organisation, host=host, grid="北沟网格", members=3,
                                      households=12, since=MAY)  # fmt: skip
    made = centre(EAST, by, kind="point", hub=hub.pk, name="北沟党员中心户")
    assert (made.lon, made.hub_id) == (None, hub.pk)
    for wrong in ({"address": "北沟3号"}, {"lon": 119.0, "lat": 44.0}, {"kind": "centre"}):
        with pytest.raises(NotPossible, match="somebody's home"):
            centre(EAST, by, **{"kind": "point", "hub": hub.pk, **wrong})
    with pytest.raises(NotPossible, match="choose a hub household of this unit"):
        centre(WEST, by, kind="point", hub=hub.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Centre.objects.filter(pk=made.pk).update(lon=119.0, lat=44.0)


def test_only_from_above_somebody_looks_in_once_a_day(by: Account) -> None:
    one = centre(EAST, by)
    look = {"now": NOW, "centre": one, "day": TODAY, "found_open": True}
    with pytest.raises(NotPossible, match="not the unit itself"):
        actions.look_in(actor=stage.mandated(EAST, "centre_keeper"), **look)
    actions.look_in(actor=by, **look)
    with pytest.raises(NotPossible, match="one look a day"):
        actions.look_in(actor=by, **look)
    assert Look.objects.get().by == by


def test_what_looks_found_is_the_fact_of_the_branches_at_home_there(by: Account) -> None:
    branch, other = stage.branch(f"{EAST}-001", home=EAST), stage.branch(f"{WEST}-001", home=WEST)
    point, hall = centre(EAST, by, kind="point", name="服务点"), centre(EAST, by)
    for one, day, was in ((point, 3, True), (point, 4, False), (hall, 5, True)):
        actions.look_in(actor=by, now=NOW, centre=one, day=date(2026, day, 1), found_open=was)
    Look.objects.create(centre=point, day=date(2025, 3, 1), open=True, by=by)
    both = {branch.organisation_id, other.organisation_id}
    source = facts.SOURCES["service_circle"]
    assert source.facts(both, 2026, TODAY) == {branch.organisation_id: (1, 2)}
    assert added_up(source.rows(branch.organisation_id, 2026, TODAY)) == (1, 2)
    assert source.facts(both, 2026, date(2026, 3, 31)) == {branch.organisation_id: (1, 1)}
    assert facts.SOURCES["centre_open"].facts(both, 2026, TODAY) == {branch.organisation_id: (1, 1)}
    assert source.rows(other.organisation_id, 2026, TODAY) == []


def test_the_store_holds_what_the_room_promises(by: Account) -> None:
    one = centre(EAST, by)
    for wrong in ({"lon": 119.0}, {"opens": time(8)}, {"level": 1}, {"kind": "shop"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Centre.objects.filter(pk=one.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Standing.objects.create(centre=one, state=OPEN, since=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        one.offers.create(service="party")


def test_the_rules_are_whole() -> None:
    from baolei.warehouse.rulebook import centres as read

    assert read().circle == ALL
    assert read().profile_of("gacha") == "pastoral"
    assert read().profile_of("hamlet") == "foot"
    near = dict.fromkeys(ALL, 15.0)
    assert rules.complete(near, read())
    assert rules.missing({**near, "health": 15.01, "daily": None}, read()) == ("health", "daily")
    assert UnitState.objects.on(TODAY).filter(code=MIDDLE).count() == 0
