"""The administrative tree through the years: every day keeps its own borders, and nothing is counted twice."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from baolei.ledger.models import Entry
from baolei.ledger.verify import verify
from baolei.organisations.models import Organisation, OrganisationState, Unit, UnitState, segment_of
from baolei.organisations.units import (
    NotPossible,
    as_of,
    divide,
    enter,
    in_borders_of,
    merge,
    move,
    recode,
    rename,
)
from baolei.people.models import Account, Mandate, Role
from baolei.programme.organisation.tree import tree

pytestmark = pytest.mark.usefixtures("english")
BEGUN, JULY, TODAY = date(2024, 1, 1), date(2026, 7, 1), date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
UNITS = {
    "15": "内蒙古自治区",
    "1504": "赤峰市",
    "1505": "通辽市",
    "150421": "阿鲁科尔沁旗",
    "150422": "巴林左旗",
    "150521": "科尔沁左翼中旗",
    "150422100": "林东镇",
    "150422103": "碧流台镇",
    "150421100": "天山镇",
    "150521100": "保康镇",
    "150422100001": "明珠社区",
    "150422103216": "东方红村",
    "150421100001": "新城社区",
    "150521100001": "北街社区",
}
ABOVE = {2: 0, 4: 2, 6: 4, 9: 6, 12: 9}
LEVEL = {2: 1, 4: 2, 6: 3, 9: 4, 12: 5}


@pytest.fixture
def region(db):
    """Two leagues with three banners, entered on the first day of 2024."""
    found = tree(list(UNITS), list(UNITS.values()), [code[: ABOVE[len(code)]] for code in UNITS],
                 [LEVEL[len(code)] for code in UNITS], statistical=True)  # fmt: skip
    assert enter(units=found, since=BEGUN, actor=None, now=NOW, why="2023 年统计用区划代码") == len(UNITS)


def unit(code):
    return UnitState.objects.open().get(code=code).unit


def act(**also):
    return {"on": JULY, "actor": None, "now": NOW, "why": "国务院批复"} | also


def branches(day):
    """How many branches each unit of a day has with all below it, where every village has seven and a town two."""
    found = as_of(day)
    own = np.array([{5: 7, 4: 2}.get(int(level), 0) for level in found.level])
    return dict(zip(found.code, map(int, found.roll_up(own)), strict=True))


def test_a_banner_that_moves_takes_its_villages_along_and_leaves_last_year_alone(region):
    last_year, june = branches(date(2025, 12, 31)), branches(date(2026, 6, 30))
    move(unit=unit("150422"), above=unit("1505"), **act())
    assert repr(branches(date(2025, 12, 31))) == repr(last_year)
    assert branches(date(2026, 6, 30)) == june
    assert june["1504"] == 27
    today = branches(JULY)
    assert (today["1504"], today["1505"], today["15"]) == (9, 27, 36)
    assert today["150422"] == june["150422"]


def test_a_move_of_today_is_entered_in_the_first_hours_of_the_day_too(region):
    night = datetime(2026, 6, 30, 17, tzinfo=UTC)  # an hour past midnight here, still yesterday in London
    move(unit=unit("150422"), above=unit("1505"), **act(now=night))
    assert branches(JULY)["1505"] == 27


def test_whoever_stood_at_the_banner_or_below_it_answers_to_the_new_league_at_once(region):
    old = UnitState.objects.open().get(code="1504").path
    village = UnitState.objects.open().get(code="150422103216").path
    clerk = Account.objects.create(username="left", name="周青禾")
    league = Account.objects.create(username="league", name="方知远")
    Mandate.objects.create(account=clerk, role=Role.ORGANISER, path=village, title="村", since=BEGUN, approved_at=NOW)
    Mandate.objects.create(account=league, role=Role.ORGANISER, path=old, title="赤峰", since=BEGUN, approved_at=NOW)
    move(unit=unit("150422"), above=unit("1505"), **act())
    now = UnitState.objects.open().get(code="150422103216").path
    assert clerk.scope(TODAY) == (now,)
    assert not now.startswith(league.scope(TODAY))
    assert UnitState.objects.on(TODAY).under(league.scope(TODAY)[0]).count() == 4


def test_a_new_name_and_a_new_code_leave_everything_else_alone(region):
    before = unit("150422103")
    path = UnitState.objects.open().get(unit=before).path
    rename(unit=before, name="碧流台苏木", **act())
    recode(unit=before, code="150422104", **act(on=date(2026, 9, 1)))
    assert [state.name for state in before.states.order_by("since")] == ["碧流台镇", "碧流台苏木", "碧流台苏木"]
    assert [state.code for state in before.states.order_by("since")] == ["150422103", "150422103", "150422104"]
    assert set(before.states.values_list("path", flat=True)) == {path}
    assert as_of(date(2026, 8, 31)).name[as_of(date(2026, 8, 31)).place("150422103")] == "碧流台苏木"


def test_two_changes_of_one_day_leave_one_state(region):
    town = unit("150422103")
    rename(unit=town, name="甲", **act())
    rename(unit=town, name="乙", **act())
    assert [state.name for state in town.states.order_by("since")] == ["碧流台镇", "乙"]


def test_a_merged_town_goes_on_in_the_other_and_the_past_can_be_seen_in_todays_borders(region):
    gone, stays = unit("150422103"), unit("150422100")
    merge(units=[gone], into=stays, **act())
    assert "150422103" not in as_of(TODAY)
    assert branches(TODAY)["150422100"] == 2 + 7 + 7
    assert branches(date(2026, 6, 30))["150422103"] == 9
    path = UnitState.objects.open().get(unit=stays).path
    assert in_borders_of(TODAY, [gone.pk, stays.pk]) == {gone.pk: path, stays.pk: path}


def test_a_divided_town_seen_in_old_borders_is_one_again(region):
    town = unit("150422103")
    east, west = divide(unit=town, parts=[("150422105", "碧流台东镇"), ("150422106", "碧流台西镇")], **act())
    move(unit=unit("150422103216"), above=east, **act())
    assert branches(TODAY)["150422105"] == 9
    old = UnitState.objects.on(BEGUN).get(unit=town).path
    assert in_borders_of(BEGUN, [east.pk, west.pk, town.pk]) == {east.pk: old, west.pk: old, town.pk: old}


@pytest.mark.parametrize(
    ("do", "says"),
    [
        (lambda: move(unit=unit("1504"), above=unit("150422"), **act()), "stands below 赤峰市"),
        (lambda: move(unit=unit("150422103"), above=unit("1505"), **act()), "needs one of level 3"),
        (lambda: move(unit=unit("150422"), above=unit("1505"), **act(on=date(2027, 1, 1))), "is entered on that day"),
        (lambda: recode(unit=unit("150422"), code="150421", **act()), "code 150421 is taken"),
        (lambda: rename(unit=unit("150422"), name="旗", **act(on=date(2023, 1, 1))), "in the order of their days"),
        (lambda: merge(units=[unit("150422")], into=unit("150421100"), **act()), "not of one level"),
        (lambda: divide(unit=unit("150422"), parts=[("150421", "又一旗")], **act()), "code 150421 is held already"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_left_of_it(region, do, says):
    before = list(UnitState.objects.order_by("pk").values())
    with pytest.raises(NotPossible, match=says):
        do()
    assert list(UnitState.objects.order_by("pk").values()) == before
    assert Entry.objects.count() == 1


def test_a_unit_that_has_ended_can_be_changed_no_more(region):
    gone = unit("150422103")
    merge(units=[gone], into=unit("150422100"), **act())
    with pytest.raises(NotPossible, match="has ended"):
        rename(unit=gone, name="又名", **act())


def test_the_same_tree_is_not_entered_twice(region):
    with pytest.raises(NotPossible, match="is here already"):
        enter(units=tree(["15"], ["又"], [""], [1]), since=BEGUN, actor=None, now=NOW, why="")


@pytest.mark.parametrize(
    "wrong",
    [
        {"level": 6},
        {"until": date(2020, 1, 1)},
        {"above": None},
        {"since": BEGUN + timedelta(days=1)},
    ],
)
def test_the_database_keeps_the_shape_of_states(region, wrong):
    state = UnitState.objects.get(code="150422")
    fields = {"unit": state.unit, "code": "150499", "name": "x", "level": 3, "above": state.above, "path": "x",
              "since": date(2025, 1, 1), "until": date(2025, 6, 1)} | wrong  # fmt: skip
    if "since" in wrong:
        fields["until"] = None  # a second state that is open
    with pytest.raises(IntegrityError), transaction.atomic():
        UnitState.objects.create(**fields)


def test_every_change_of_the_tree_is_in_the_ledger(region):
    rename(unit=unit("150422103"), name="碧流台苏木", **act())
    move(unit=unit("150422"), above=unit("1505"), **act())
    assert list(Entry.objects.values_list("act", flat=True)) == [
        "organisations.enter_units",
        "organisations.rename_unit",
        "organisations.move_unit",
    ]
    assert verify().faults == ()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9), st.integers(0, 9)), max_size=6))
def test_whatever_happens_each_day_is_a_tree_and_totals_agree_in_old_and_new_borders(region, acts):
    with transaction.atomic():
        days = [BEGUN]
        for number, (kind, one, two) in enumerate(acts):
            day = date(2025, 1, 1) + timedelta(days=30 * number)
            try:
                _happen(kind, one, two, day)
            except NotPossible:
                continue
            days.append(day)
        villages = dict(UnitState.objects.filter(level__gte=4).values_list("unit_id", "level"))
        for day in days:
            counted = branches(day)["15"]
            alive = set(as_of_units(day))
            weight = {pk: {5: 7, 4: 2}[level] for pk, level in villages.items() if pk in alive}
            assert counted == sum(weight.values())
            for borders in (BEGUN, TODAY):
                placed = in_borders_of(borders, weight)
                assert set(placed) == set(weight)
        transaction.set_rollback(True)


def as_of_units(day):
    return UnitState.objects.on(day).values_list("unit_id", flat=True)


def _happen(kind, one, two, day):
    states = list(UnitState.objects.open().filter(level__gte=3).order_by("code").select_related("unit"))
    a, b = states[one % len(states)], states[two % len(states)]
    if kind == 0:
        rename(unit=a.unit, name=f"新{one}", **act(on=day))
    elif kind == 1:
        target = UnitState.objects.open().filter(level=a.level - 1).order_by("-code").first()
        move(unit=a.unit, above=target.unit, **act(on=day))
    elif kind == 2 and a.pk != b.pk:
        merge(units=[a.unit], into=b.unit, **act(on=day))
    else:
        divide(unit=a.unit, parts=[(f"{a.code[:-2]}{90 - Unit.objects.count() % 60}", "分出")], **act(on=day))


def test_what_served_a_merged_town_serves_the_other_from_that_day_on(region):
    gone, stays = unit("150422103"), unit("150422100")
    made = [Organisation.objects.create() for _ in range(2)]
    for number, (one, since, until) in enumerate((
        (made[0], BEGUN, None), (made[1], BEGUN, JULY + timedelta(days=3)), (made[1], JULY + timedelta(days=4), None),
    )):  # fmt: skip
        OrganisationState.objects.create(
            organisation=one, code=f"C{one.pk}", name=f"{number}", kind="branch", unit=gone, path=segment_of(one.pk),
            since=since, until=until,
        )  # fmt: skip
    merge(units=[gone], into=stays, **act())
    for day, home in ((JULY - timedelta(days=1), gone), (JULY, stays), (TODAY, stays)):
        assert OrganisationState.objects.on(day).filter(unit=home).count() == 2, day
    names = (
        OrganisationState.objects.filter(organisation=made[1]).order_by("since").values_list("name", "unit", "since")
    )
    assert list(names) == [
        ("1", gone.pk, BEGUN), ("1", stays.pk, JULY), ("2", stays.pk, JULY + timedelta(days=4))
    ]  # fmt: skip
    assert Entry.objects.get(act="organisations.merge_unit").particulars["after"]["organisations"] == 3
