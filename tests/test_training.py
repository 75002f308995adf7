"""Classes: recorded once, a roster of who attended or, in a branch, only of who did not; facts in different people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

import stage
from baolei.ledger.models import Entry
from baolei.organisations import records
from baolei.organisations.models import HubHousehold, Member, Membership, OrganisationState, Post
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import training as rules
from baolei.programme.evidence import added_up
from baolei.programme.organisation.periods import Period
from baolei.training import actions, coverage, facts
from baolei.training.actions import Held
from baolei.training.hours import classes_of, hours, span
from baolei.training.models import Attendance, Coverage, Missed, TrainingClass
from baolei.warehouse.rulebook import training as training_rules

pytestmark = [pytest.mark.django_db, pytest.mark.stores, pytest.mark.usefixtures("english")]
NOW = datetime(2026, 12, 31, 4, tzinfo=UTC)
YEAR, END, OLD = 2026, date(2026, 12, 31), date(2015, 1, 1)
BANNER, TOWNSHIP, VILLAGE = "150422", "150422103", "150422103216"
DAY = timedelta(days=1)

People = dict[str, Member]


def joined(state: OrganisationState, name: str, since: date = OLD, until: date | None = None) -> Member:
    member, _new = Member.objects.get_or_create(name=name)
    Membership.objects.create(member=member, organisation=state.organisation, kind="full", since=since, until=until)
    return member


def post(state: OrganisationState, holder: Member, kind: str, since: date = OLD, until: date | None = None) -> Post:
    return Post.objects.create(
        organisation=state.organisation, kind=kind, holder=holder, committee=True, since=since, until=until
    )


@pytest.fixture
def east() -> OrganisationState:
    return stage.branch(f"{VILLAGE}-001", home=VILLAGE)


@pytest.fixture
def west() -> OrganisationState:
    return stage.branch(f"{VILLAGE}-002", home=VILLAGE)


@pytest.fixture
def cast(east: OrganisationState, west: OrganisationState) -> People:
    """王 was secretary of east until 15 June, 李 is since, and was of the committee before; 包 is of it since
    October; 赵 moved from east to west in July; 陈 joined west in November; 吴 left in May; 何 leads west and hosts.
    """
    found = {name: joined(east, name) for name in ("王", "李", "包")}
    found["赵"] = joined(east, "赵", until=date(2026, 6, 30))
    joined(west, "赵", since=date(2026, 7, 1))
    found["陈"] = joined(west, "陈", since=date(2026, 11, 10))
    found["吴"] = joined(west, "吴", until=date(2026, 5, 31))
    found["何"] = joined(west, "何")
    post(east, found["王"], "secretary", until=date(2026, 6, 15))
    post(east, found["李"], "organisation", until=date(2026, 6, 15))
    post(east, found["李"], "secretary", since=date(2026, 6, 16))
    post(east, found["包"], "publicity", since=date(2026, 10, 8))
    post(west, found["何"], "secretary")
    return found


@pytest.fixture
def clerk() -> Account:
    return stage.mandated(BANNER, "banner_clerk")


def studied(state: OrganisationState, day: date, number: int, *absent: Member, **said: Any) -> TrainingClass:
    """A branch studies together."""
    by = Account.objects.filter(username=f"branch_secretary-{state.code}").first()
    held = Held("集体学习", day, day, number, "branch", "members", absent=[one.pk for one in absent])
    return actions.record_class(
        actor=by or stage.mandated(state.code, "branch_secretary"), now=NOW, host=state,
        key=f"{TrainingClass.objects.count():032x}", held=held, **said,
    )  # fmt: skip


def taught(clerk: Account, day: date, number: int, *people: Member, **said: Any) -> TrainingClass:
    """The banner holds a class of several days, its last on `day`."""
    first = day - (number // 8) * DAY
    held = Held(**{"title": "全旗党组织书记培训班", "first": first, "last": day, "hours": number, "level": "banner",
                   "audience": "secretaries", "concentrated": True, **said})  # fmt: skip
    key = f"{TrainingClass.objects.count():032x}"
    made = actions.record_class(actor=clerk, now=NOW, host=stage.unit(BANNER), key=key, held=held)
    at = dict(Membership.objects.on(day).filter(member__in=people).values_list("member", "organisation"))
    actions.enter(made, at)
    return made


@pytest.fixture
def year(cast: People, clerk: Account, east: OrganisationState, west: OrganisationState) -> None:
    """Two classes of the banner, and what both branches studied."""
    taught(clerk, date(2026, 3, 20), 24, cast["王"], cast["李"], cast["何"], rotation=True)
    taught(clerk, date(2026, 9, 10), 16, cast["李"], cast["赵"], cast["何"], title="党员示范班")
    for month in (1, 2, 3, 4, 5, 8):
        studied(east, date(2026, month, 25), 6, cast["包"])
    for month in (2, 4, 10, 12):
        studied(west, date(2026, month, 26), 5)
    actions.strike_class(
        actor=Account.objects.get(username=f"branch_secretary-{west.code}"), now=NOW,
        held=TrainingClass.objects.get(last=date(2026, 12, 26)), why="录错",
    )  # fmt: skip


# ---- recording ----


def test_a_branch_keeps_who_was_absent_and_not_who_came(cast: People, clerk: Account, east: OrganisationState) -> None:
    made = studied(east, date(2026, 3, 2), 4, cast["包"])
    assert (made.whole, made.should_attend, made.absent, made.present, made.level) == (True, 4, 1, 3, "branch")
    assert list(Missed.objects.values_list("member__name", flat=True)) == ["包"]
    assert not Attendance.objects.exists()
    assert made.entered == END
    learnt = hours(YEAR, END)
    assert {name: learnt[cast[name].pk] for name in "王李赵包何"} == {"王": 4, "李": 4, "赵": 4, "包": 0, "何": 0}
    with pytest.raises(NotPossible, match="1 of those noted as absent should not have attended"):
        studied(east, date(2026, 3, 3), 4, cast["何"])


def test_sent_twice_a_class_is_recorded_once(clerk: Account) -> None:
    held = Held("培训班", date(2026, 3, 2), date(2026, 3, 3), 16, "banner", "secretaries")
    first, again = (
        actions.record_class(actor=clerk, now=NOW, host=stage.unit(BANNER), key="a" * 32, held=held) for _twice in "ab"
    )
    assert first == again
    assert Entry.objects.filter(act="training.record").count() == 1
    assert {f"training.{one}" for one in ("record", "strike", "strike_attendance", "send_roster", "enter_roster",
                                          "put_roster_away")} <= records.acts().keys()  # fmt: skip


def test_the_role_is_that_of_the_last_day_and_stays(cast: People, clerk: Account, east: OrganisationState) -> None:
    spring = taught(clerk, date(2026, 6, 15), 8, cast["王"], cast["李"], cast["包"], cast["赵"])
    summer = taught(clerk, date(2026, 6, 16), 8, cast["王"], cast["李"])
    Post.objects.all().delete()
    kept = {held: dict(Attendance.objects.filter(held=held).values_list("member__name", "role"))
            for held in (spring, summer)}  # fmt: skip
    assert kept[spring] == {"王": "secretary", "李": "officer", "包": "member", "赵": "member"}
    assert kept[summer] == {"王": "member", "李": "secretary"}


def test_nobody_is_on_a_roster_twice_and_one_struck_may_come_back(cast: People, clerk: Account) -> None:
    made = taught(clerk, date(2026, 6, 15), 8, cast["王"])
    branch = Attendance.objects.get().organisation_id
    assert actions.enter(made, {cast["王"].pk: branch}) == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        Attendance.objects.create(held=made, member=cast["王"], organisation_id=branch)
    actions.strike_attendance(actor=clerk, now=NOW, attendance=Attendance.objects.get(), why="没有参加")
    assert hours(YEAR, END).get(cast["王"].pk, 0) == 0
    with pytest.raises(NotPossible, match="was struck on"):
        actions.strike_attendance(actor=clerk, now=NOW, attendance=Attendance.objects.get(), why="再一次")
    assert actions.enter(made, {cast["王"].pk: branch}) == 1
    assert hours(YEAR, END)[cast["王"].pk] == 8


def test_a_struck_class_counts_for_nothing_and_is_closed(cast: People, clerk: Account) -> None:
    made = taught(clerk, date(2026, 6, 15), 8, cast["王"])
    actions.strike_class(actor=clerk, now=NOW, held=made, why="录错")
    assert hours(YEAR, END) == {}
    with pytest.raises(NotPossible, match="this class was struck"):
        actions.strike_class(actor=clerk, now=NOW, held=made, why="再一次")
    with pytest.raises(NotPossible, match="this class was struck"):
        actions.strike_attendance(actor=clerk, now=NOW, attendance=Attendance.objects.get(), why="x")


@pytest.mark.parametrize(("said", "words"), [
    ({"last": date(2027, 1, 1)}, "has not come yet"), ({"title": " "}, "what the class was called"),
    ({"level": "region"}, "not hold classes of that level"), ({"audience": "cadres"}, "held for one of: secretaries"),
    ({"hours": 0}, "cannot be"), ({"hours": 17}, "its days hold 16 at most"),
    ({"first": date(2026, 3, 4)}, "is before the first"),
])  # fmt: skip
def test_what_cannot_have_been_is_refused(clerk: Account, said: dict[str, Any], words: str) -> None:
    right = {"title": "班", "first": date(2026, 3, 2), "last": date(2026, 3, 3), "hours": 16, "level": "banner",
             "audience": "members"}  # fmt: skip
    with pytest.raises((NotPossible, rules.TrainingRefused), match=words):
        actions.record_class(actor=clerk, now=NOW, host=stage.unit(BANNER), key="a" * 32, held=Held(**(right | said)))
    assert not TrainingClass.objects.exists()


def test_only_the_host_or_who_stands_above_it_records(cast: People, clerk: Account, east: OrganisationState) -> None:
    held = Held("集体学习", date(2026, 3, 2), date(2026, 3, 2), 4, "branch", "members")
    stranger = stage.mandated(f"{VILLAGE}-002", "branch_secretary")
    for actor in (clerk, stranger):
        with pytest.raises(NotPossible, match="recorded by whoever held it"):
            actions.record_class(actor=actor, now=NOW, host=east, key="b" * 32, held=held)
    with pytest.raises(NotPossible, match="recorded by whoever held it"):
        actions.record_class(actor=stranger, now=NOW, host=stage.unit(TOWNSHIP), key="b" * 32, held=held)


# ---- facts ----


def brute(people: People) -> Mapping[str, int]:
    """Person by person: the sum of the classes that `classes_of` names."""
    found = classes_of(span(YEAR, END), [one.pk for one in people.values()])
    return {name: sum(held.hours for held in found[one.pk]) for name, one in people.items()}


def test_hours_of_all_at_once_are_those_of_each(cast: People, year: None) -> None:
    # 赵 was at four of east's before the move… in January to May five, then west's of October, and the banner's class
    assert brute(cast) == {
        "王": 24 + 36,
        "李": 24 + 16 + 36,
        "包": 0,
        "赵": 30 + 16 + 5,
        "陈": 0,
        "吴": 10,
        "何": 40 + 15,
    }
    together = hours(YEAR, END)
    assert {name: together.get(one.pk, 0) for name, one in cast.items()} == brute(cast)
    some = hours(YEAR, END, [cast["赵"].pk])
    assert some == {cast["赵"].pk: 51}


def months(name: str, people: People, model: Any, **of: Any) -> int:
    """By the programme: the months of somebody in a role."""
    who = "holder" if model is Post else "member"
    spans = model.objects.filter(**{who: people[name]}, **of).values_list("since", "until")
    return rules.months_in(YEAR, [Period(since, until) for since, until in spans])


def test_members_who_reached_their_hours_are_those_the_programme_says(
    cast: People, year: None, east: OrganisationState, west: OrganisationState
) -> None:
    attended = classes_of(span(YEAR, END), [one.pk for one in cast.values()])
    found = {}
    for state, names in ((east, "王李包"), (west, "赵陈何")):
        said = {
            name: rules.reached("member", months(name, cast, Membership), attended[cast[name].pk], training_rules())
            for name in names
        }
        found[state.organisation_id] = rules.coverage(said)
    assert facts.member_training(found.keys(), YEAR, END) == found
    assert found == {east.organisation_id: (2, 3), west.organisation_id: (2, 3)}


def test_hours_of_secretaries_are_those_of_their_months(
    cast: People, year: None, east: OrganisationState, west: OrganisationState
) -> None:
    attended = classes_of(span(YEAR, END), [one.pk for one in cast.values()])
    found = {}
    for state, names in ((east, "王李"), (west, "何")):
        due = {name: rules.hours_due("secretary", months(name, cast, Post, kind="secretary"), training_rules())
               for name in names}  # fmt: skip
        done = [min(due[name], sum(one.hours for one in attended[cast[name].pk])) for name in names]
        found[state.organisation_id] = (sum(done), sum(due.values()))
    assert facts.secretary_training(found.keys(), YEAR, END) == found
    assert found == {east.organisation_id: (28 + 33, 28 + 33), west.organisation_id: (55, 56)}


def test_hosts_of_hub_households_are_trained_or_not(
    cast: People, year: None, east: OrganisationState, west: OrganisationState
) -> None:
    for state, name, grid in ((west, "何", "北网格"), (west, "陈", "南网格"), (east, "包", "东网格")):
        HubHousehold.objects.create(organisation=state.organisation, grid=grid, host=cast[name], members=3,
                                    households=9, since=OLD)  # fmt: skip
    mine = {east.organisation_id, west.organisation_id}
    assert facts.hub_hosts_trained(mine, YEAR, END) == {east.organisation_id: (0, 1), west.organisation_id: (1, 2)}
    assert [row.words for row in facts.hub_rows(west.organisation_id, YEAR, END)] == ["北网格", "南网格"]


def test_the_rows_of_a_branch_add_up_to_its_facts_and_name_nobody(
    cast: People, year: None, east: OrganisationState, west: OrganisationState
) -> None:
    HubHousehold.objects.create(organisation=west.organisation, grid="北网格", host=cast["何"], members=3, households=9,
                                since=OLD)  # fmt: skip
    mine = {east.organisation_id, west.organisation_id}
    for until in (END, date(2026, 6, 20), date(2026, 2, 1)):
        for code, source in facts.SOURCES.items():
            told = source.facts(mine, YEAR, until)
            for organisation in mine:
                rows = source.rows(organisation, YEAR, until)
                assert added_up(rows) == told.get(organisation, (0, 0)), (code, until)
                assert not any(name in row.words for row in rows for name in cast), code


def test_a_branch_without_a_class_on_record_is_left_out(
    cast: People, clerk: Account, east: OrganisationState, west: OrganisationState
) -> None:
    mine = {east.organisation_id, west.organisation_id}
    for source in facts.SOURCES.values():
        assert source.facts(mine, YEAR, END) == {}
        assert source.rows(east.organisation_id, YEAR, END) == []
    taught(clerk, date(2026, 3, 20), 24, cast["王"])
    assert facts.secretary_training(mine, YEAR, END).keys() == {east.organisation_id}
    assert facts.member_training(mine, YEAR, END) == {}, "a secretary on a roster tells nothing of the members"
    taught(clerk, date(2026, 3, 21), 24, cast["包"])
    assert facts.member_training(mine, YEAR, END).keys() == {east.organisation_id}


def test_facts_take_few_questions_whatever_the_number_of_branches(
    cast: People, year: None, django_assert_max_num_queries: Any
) -> None:
    everything = set(OrganisationState.objects.values_list("organisation", flat=True))
    for source in facts.SOURCES.values():
        with django_assert_max_num_queries(10):
            source.facts(everything, YEAR, END)


# ---- coverage ----


def counted(state: OrganisationState) -> dict[str, tuple[int, int, int]]:
    rows = Coverage.objects.filter(organisation=state.organisation)
    return {one.what: (one.reached, one.people, one.open) for one in rows}


def test_coverage_counts_people_once_where_they_were_last(
    cast: People, year: None, east: OrganisationState, west: OrganisationState
) -> None:
    coverage.count(year=YEAR, today=END)
    assert counted(east) == {
        "member": (2, 3, 1), "secretary": (2, 2, 0), "officer": (0, 1, 1), "rotated": (2, 2, 0), "new": (1, 1, 0),
    }  # fmt: skip
    assert counted(west) == {"member": (2, 3, 1), "secretary": (0, 1, 0), "rotated": (1, 1, 0)}
    path = stage.unit(BANNER).path
    sums = coverage.of_units(path, YEAR, END)
    assert {place: one["member"] for place, one in sums.items()} == {stage.unit(TOWNSHIP).path: (4, 6, 2)}
    assert coverage.of_organisations(west.path, YEAR, END)[west.path]["secretary"] == (0, 1, 0)


def test_counting_again_takes_the_place_of_the_count_before(cast: People, year: None) -> None:
    assert coverage.count(year=YEAR, today=END) == coverage.count(year=YEAR, today=END) == Coverage.objects.count()
    coverage.run_clock(NOW + DAY)
    assert coverage.counted_on(YEAR) == date(2027, 1, 1), "the year before is counted anew until March"
    number = Coverage.objects.count()
    coverage.run_clock(NOW + DAY)
    assert Coverage.objects.count() == number


@pytest.mark.parametrize(("trained", "today", "stands"), [
    (date(2026, 12, 16), date(2026, 12, 16), "done"), (None, date(2026, 12, 16), "open"),
    (date(2026, 12, 17), date(2026, 12, 17), "missed"), (date(2026, 6, 15), date(2026, 12, 17), "missed"),
])  # fmt: skip
def test_a_new_secretary_has_six_months_and_the_last_day_counts(
    cast: People, clerk: Account, east: OrganisationState, trained: date | None, today: date, stands: str
) -> None:
    if trained:
        taught(clerk, trained, 8, cast["李"])
    assert list(coverage.new_ones(YEAR, today, east.organisation_id)) == [(east.organisation_id, stands)]


def test_a_secretary_who_goes_on_is_not_new(cast: People, west: OrganisationState) -> None:
    Post.objects.filter(holder=cast["何"]).update(until=date(2026, 8, 31))
    post(west, cast["何"], "secretary", since=date(2026, 9, 1))
    assert list(coverage.new_ones(YEAR, END, west.organisation_id)) == []


def test_small_cells_are_closed_above_the_branch_and_cannot_be_worked_out() -> None:
    sums = {"a": {"member": (3, 4, 0)}, "b": {"member": (5, 9, 1)}, "c": {"member": (20, 40, 2)}, "d": {}}
    told = coverage.shown(sums)  # type: ignore[arg-type]
    assert {place: one["member"].people for place, one in told.items()} == {
        "a": None,
        "b": None,
        "c": 40,
        "d": 0,
        "": 53,
    }
    assert told["c"]["member"].share == 0.5
    assert told[""]["secretary"].people == 0
    assert [told[at]["member"].open for at in ("c", "d", "")] == [None, 0, None], (
        "two of forty are few, and no sum tells"
    )
    assert coverage.shown({"c": {"member": (20, 40, 5)}})[""]["member"].open == 5
    assert coverage.shown(sums, all_open=True)["a"]["member"].reached == 3  # type: ignore[arg-type]
    assert coverage.shown({"a": {"member": (1, 4, 0)}})[""]["member"].people is None
