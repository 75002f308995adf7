"""Dues: amounts agreed on, collected for a whole branch at once, waived from above; struck, never written over."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

import stage
from baolei.dues import actions, book, facts
from baolei.dues.models import Agreement, Collection, Payment, Waiver
from baolei.ledger.models import Entry
from baolei.organisations import records
from baolei.organisations.models import Member, Membership, OrganisationState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme.dues import number_of
from baolei.programme.evidence import added_up

pytestmark = [pytest.mark.django_db, pytest.mark.stores, pytest.mark.usefixtures("english")]
NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
OWN, OTHER, VILLAGE = "150422103216-001", "150422103216-002", "150422103216"
OLD, YEAR, END = date(2015, 1, 1), 2026, date(2026, 12, 31)
NOVEMBER, TODAY = date(2026, 11, 1), date(2026, 11, 20)
NAMES = ("王秀英", "李国强", "包玉兰", "赵青山", "陈小雨", "吴天明")


def month(number: int, year: int = YEAR) -> date:
    return date(year, number, 1)


def joined(state: OrganisationState, name: str, since: date = OLD, until: date | None = None) -> Member:
    member = Member.objects.create(name=name)
    Membership.objects.create(member=member, organisation=state.organisation, kind="full", since=since, until=until)
    return member


@pytest.fixture
def branch() -> OrganisationState:
    """Six full members."""
    state = stage.branch(OWN, home=VILLAGE)
    for name in NAMES:
        joined(state, name)
    return state


@pytest.fixture
def secretary(branch: OrganisationState) -> Account:
    return stage.mandated(branch.code, "branch_secretary")


@pytest.fixture
def clerk(branch: OrganisationState) -> Account:
    return stage.mandated("150422103", "township_clerk")


def one(name: str) -> int:
    return int(Member.objects.get(name=name).pk)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def collected(
    by: Account, state: OrganisationState, through: date, *names: str, day: date | None = None,
    but: tuple[str, ...] = (), key: str = "", now: datetime = NOW,
) -> list[Collection]:  # fmt: skip
    here = Membership.objects.on(now.date()).filter(organisation=state.organisation).exclude(member__name__in=but)
    members = [one(name) for name in names] or list(here.values_list("member", flat=True))
    return actions.collect(
        actor=by, now=now, organisation=state.organisation, members=members, through=through,
        day=day or through.replace(day=9), key=key or f"{Collection.objects.count():032x}",
    )  # fmt: skip


def lines(state: OrganisationState, through: date = NOVEMBER, today: date = TODAY) -> dict[str, book.Line]:
    return {line.name: line for line in book.book(state.organisation_id, through, today)}


# ---- collected ----


def test_one_entry_holds_the_whole_branch_but_those_left_out(secretary: Account, branch: OrganisationState) -> None:
    made = collected(secretary, branch, month(10), but=("吴天明",), day=date(2026, 10, 8))
    assert [(one.people, one.first_month, one.last_month, one.entered) for one in made] == [
        (5, month(10), month(10), NOW.date())
    ]
    assert lines(branch, month(10))["王秀英"].paid_to == month(10)
    assert lines(branch, month(10))["吴天明"].owed == (month(10),)
    assert Entry.objects.get(act="dues.collect").particulars["after"]["members"] == 5
    assert {"dues.collect", "dues.agree", "dues.strike", "dues.approve_waiver"} <= records.acts().keys()


def test_a_row_covers_a_quarter_and_whoever_is_behind_pays_from_where_they_stopped(
    secretary: Account, branch: OrganisationState
) -> None:
    collected(secretary, branch, month(7), but=("吴天明",))
    made = collected(secretary, branch, month(10), day=date(2026, 10, 9))
    assert sorted((one.people, one.first_month, one.last_month, one.in_time) for one in made) == [
        (1, month(7), month(10), number_of(month(10))), (5, month(8), month(10), number_of(month(10))),
    ]  # fmt: skip
    assert Payment.objects.count() == 5 + 6
    assert all(line.owed == () for line in lines(branch, month(10)).values())


def test_sent_twice_it_is_recorded_once(secretary: Account, branch: OrganisationState) -> None:
    first = collected(secretary, branch, month(10), key="a" * 32)
    assert collected(secretary, branch, month(11), key="a" * 32) == first
    assert (Collection.objects.count(), Entry.objects.filter(act="dues.collect").count()) == (1, 1)


def test_no_month_is_paid_twice(secretary: Account, branch: OrganisationState) -> None:
    collected(secretary, branch, month(10))
    with pytest.raises(NotPossible, match="nothing is owed up to 2026-10"):
        collected(secretary, branch, month(10))


def test_what_was_before_the_first_record_is_not_known_and_not_owed(
    secretary: Account, branch: OrganisationState
) -> None:
    assert all((line.owed, line.talk) == ((month(11),), False) for line in lines(branch).values())
    assert facts.dues_on_time({branch.organisation_id}, YEAR, END) == {}
    collected(secretary, branch, month(10), *NAMES[:5])
    assert lines(branch)["吴天明"].owed == (month(10), month(11))
    assert facts.dues_on_time({branch.organisation_id}, YEAR, date(2026, 10, 31)) == {branch.organisation_id: (5, 6)}


@pytest.mark.parametrize(
    ("day", "through", "words"),
    [
        (date(2026, 11, 21), month(11), "has not come yet"),
        (date(2026, 11, 20), month(12, 2027), "12 months ahead at most: choose 2027-11"),
    ],
)
def test_days_that_cannot_be_are_refused(
    secretary: Account, branch: OrganisationState, day: date, through: date, words: str
) -> None:
    with pytest.raises(NotPossible, match=words):
        collected(secretary, branch, through, day=day)
    assert not Collection.objects.exists()


def test_dues_are_entered_by_the_branch_alone(secretary: Account, clerk: Account, branch: OrganisationState) -> None:
    other = stage.branch(OTHER, home=VILLAGE)
    stranger = joined(other, "外人")
    for actor in (clerk, stage.mandated(OTHER, "branch_secretary")):
        with pytest.raises(NotPossible, match="by the branch itself"):
            collected(actor, branch, month(10))
    with pytest.raises(NotPossible, match="choose among the members"):
        collected(secretary, branch, month(10), stranger.name)
    with pytest.raises(NotPossible, match="choose among the members"):
        actions.collect(actor=secretary, now=NOW, organisation=branch.organisation, key="b" * 32, day=NOW.date(),
                        through=month(11), members=[])  # fmt: skip
    OrganisationState.objects.filter(pk=branch.pk).update(kind="temporary_branch")
    with pytest.raises(NotPossible, match="to which its members belong"):
        collected(secretary, branch, month(10))


def test_one_payment_or_all_of_a_collection_are_struck_and_owed_again(
    secretary: Account, branch: OrganisationState
) -> None:
    made = collected(secretary, branch, month(10))[0]
    actions.strike(actor=secretary, now=NOW, collection=made, member=one("吴天明"), why="点错了")
    assert (lines(branch)["吴天明"].paid_to, lines(branch)["王秀英"].paid_to) == (None, month(10))
    assert Payment.objects.count() == 6, "it stays to be seen"
    with pytest.raises(NotPossible, match="no payment of this member"):
        actions.strike(actor=secretary, now=NOW, collection=made, member=one("吴天明"), why="再来")
    actions.strike(actor=secretary, now=NOW, collection=made, why="日期录错")
    assert lines(branch)["王秀英"].paid_to is None
    with pytest.raises(NotPossible, match="was struck on 2026-11-20"):
        actions.strike(actor=secretary, now=NOW, collection=made, why="再来")
    assert collected(secretary, branch, month(10))[0].people == 6


def test_a_collection_whose_last_payment_is_struck_is_struck(secretary: Account, branch: OrganisationState) -> None:
    made = collected(secretary, branch, month(10), "王秀英")[0]
    assert actions.strike(actor=secretary, now=NOW, collection=made, member=one("王秀英"), why="点错了").struck_on
    assert book.begun(branch.organisation_id) is None


# ---- agreed ----


def test_an_amount_is_agreed_from_a_month_on_and_kept_without_what_it_came_from(
    secretary: Account, branch: OrganisationState
) -> None:
    amounts = {one("王秀英"): 20, one("李国强"): 1500}
    given: dict[str, Any] = {"actor": secretary, "now": NOW, "organisation": branch.organisation}
    assert actions.agree(**given, since=month(1), amounts=amounts) == 2
    assert actions.agree(**given, since=month(11), amounts={one("李国强"): 3000}) == 1
    assert actions.agree(**given, since=month(11), amounts={one("李国强"): 3000}) == 0
    assert (lines(branch, month(10))["李国强"].fen, lines(branch)["李国强"].fen) == (1500, 3000)
    assert lines(branch)["王秀英"].fen == 20, "the two jiao of who lives on relief"
    assert lines(branch)["包玉兰"].fen is None
    assert actions.agree(**given, since=month(11), amounts={one("李国强"): 2500}) == 1
    assert list(Agreement.objects.filter(struck_on=None, since=number_of(month(11))).values_list("fen")) == [(2500,)]
    assert Agreement.objects.count() == 4
    for wrong in (19, 0, 1_000_001):
        with pytest.raises(NotPossible, match=r"0\.2 yuan at least and 10,000 at most"):
            actions.agree(**given, since=month(11), amounts={one("李国强"): wrong})
    names = {column.name for model in (Agreement, Collection, Payment, Waiver) for column in model._meta.fields}
    assert not names & {"salary", "pay", "base", "income", "kind", "reason", "amount_due"}


# ---- six months, and waivers ----


def test_six_months_without_payment_remind_the_branch_of_a_talk(secretary: Account, branch: OrganisationState) -> None:
    collected(secretary, branch, month(1))
    collected(secretary, branch, month(10), but=("吴天明", "赵青山"))
    assert {name for name, line in lines(branch, today=date(2026, 7, 31)).items() if line.talk} == set()
    assert {name for name, line in lines(branch, today=date(2026, 8, 1)).items() if line.talk} == {"吴天明", "赵青山"}
    waived = asked(secretary, branch, "赵青山", (month(2), month(11)))
    assert lines(branch)["赵青山"].talk, "nothing is waived before it is approved"
    banner = stage.mandated("150422", "banner_clerk")
    actions.approve_waiver(actor=banner, now=NOW, waiver=waived, document="左组〔7〕号")
    assert {name for name, line in lines(branch).items() if line.talk} == {"吴天明"}


def asked(by: Account, state: OrganisationState, name: str, months: tuple[date, date]) -> Waiver:
    return actions.ask_waiver(actor=by, now=NOW, organisation=state.organisation, member=one(name), months=months,
                              applied=date(2026, 1, 5), studied=date(2026, 1, 9))  # fmt: skip


def test_a_waiver_is_applied_for_studied_and_approved_from_above(
    secretary: Account, clerk: Account, branch: OrganisationState
) -> None:
    waiver = asked(secretary, branch, "陈小雨", (month(3), month(4)))
    for act in (lambda by: actions.approve_waiver(actor=by, now=NOW, waiver=waiver, document="碧党〔2026〕3号"),
                lambda by: actions.refuse_waiver(actor=by, now=NOW, waiver=waiver, answer="to_talk")):  # fmt: skip
        with pytest.raises(NotPossible, match="by the organisation above"):
            act(secretary)
    with pytest.raises(NotPossible, match="enter its number"):
        actions.approve_waiver(actor=clerk, now=NOW, waiver=waiver, document=" ")
    approved = actions.approve_waiver(actor=clerk, now=NOW, waiver=waiver, document="碧党〔2026〕3号")
    assert (approved.state, approved.decided, approved.document) == ("approved", NOW.date(), "碧党〔2026〕3号")
    collected(secretary, branch, month(2))
    made = collected(secretary, branch, month(6), "陈小雨", "王秀英")
    assert sorted((one.first_month, one.last_month, one.people) for one in made) == [
        (month(3), month(6), 1), (month(5), month(6), 1),
    ]  # fmt: skip
    with pytest.raises(NotPossible, match="stands at “approved”"):
        actions.refuse_waiver(actor=clerk, now=NOW, waiver=waiver, answer="to_talk")


def test_a_refusal_names_an_answer_of_the_rules_and_the_branch_may_ask_anew(
    secretary: Account, clerk: Account, branch: OrganisationState
) -> None:
    waiver = asked(secretary, branch, "陈小雨", (month(3), month(4)))
    with pytest.raises(NotPossible, match="one of: let the committee"):
        actions.refuse_waiver(actor=clerk, now=NOW, waiver=waiver, answer="poor")
    with pytest.raises(NotPossible, match="is there already"):
        asked(secretary, branch, "陈小雨", (month(4), month(5)))
    assert actions.refuse_waiver(actor=clerk, now=NOW, waiver=waiver, answer="least_amount").state == "refused"
    again = asked(secretary, branch, "陈小雨", (month(4), month(5)))
    assert actions.withdraw_waiver(actor=secretary, now=NOW, waiver=again).state == "withdrawn"
    third = actions.approve_waiver(
        actor=clerk, now=NOW, waiver=asked(secretary, branch, "陈小雨", (month(4), month(5))), document="3号"
    )
    with pytest.raises(NotPossible, match="by the organisation above"):
        actions.withdraw_waiver(actor=secretary, now=NOW, waiver=third)
    assert actions.withdraw_waiver(actor=clerk, now=NOW, waiver=third).state == "withdrawn"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"months": (month(4), month(3))}, "lies before the first"),
        ({"studied": date(2026, 1, 4)}, "the member applies, then"),
        ({"studied": date(2026, 11, 21)}, "the member applies, then"),
    ],
)
def test_an_application_that_cannot_be_is_refused(
    secretary: Account, branch: OrganisationState, said: dict[str, Any], words: str
) -> None:
    given = {"months": (month(3), month(4)), "applied": date(2026, 1, 5), "studied": date(2026, 1, 9), **said}
    with pytest.raises(NotPossible, match=words):
        actions.ask_waiver(actor=secretary, now=NOW, organisation=branch.organisation, member=one("王秀英"), **given)


def test_the_database_keeps_what_a_waiver_and_a_collection_promise(
    secretary: Account, branch: OrganisationState
) -> None:
    waiver = asked(secretary, branch, "陈小雨", (month(3), month(4)))
    made = collected(secretary, branch, month(10))[0]
    for model, wrong in (
        (Waiver, {"state": "approved", "decided": NOW.date(), "decided_by": secretary}), (Waiver, {"last": 1}),
        (Waiver, {"state": "refused", "decided": NOW.date(), "decided_by": secretary}), (Waiver, {"state": "approved"}),
        (Collection, {"last": 1}), (Collection, {"in_time": 1}), (Collection, {"entered": OLD}),
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.filter(pk__in=[waiver.pk, made.pk]).update(**wrong)


# ---- the fact ----


def test_the_fact_counts_months_paid_in_time_and_its_rows_add_up(secretary: Account, branch: OrganisationState) -> None:
    for number in (1, 2, 3):
        collected(secretary, branch, month(number), but=("吴天明",) if number == 2 else ())
    late = collected(secretary, branch, month(5), day=date(2026, 5, 31))
    assert late[0].in_time == number_of(month(5)), "April was paid a day and a month late"
    until = date(2026, 6, 30)
    found = facts.dues_on_time({branch.organisation_id}, YEAR, until)
    rows = facts.dues_rows(branch.organisation_id, YEAR, until)
    assert [(row.words, row.done, row.due) for row in rows] == [
        ("2026-01", 6, 6), ("2026-02", 5, 6), ("2026-03", 6, 6), ("2026-04", 0, 6), ("2026-05", 6, 6),
        ("2026-06", 0, 6),
    ]  # fmt: skip
    assert found == {branch.organisation_id: added_up(rows)} == {branch.organisation_id: (23, 36)}
    assert all(row.late for row in rows[:5]), "entered in November; it counts all the same"
    assert facts.dues_on_time({branch.organisation_id}, YEAR, date(2026, 1, 30)) == {}


def test_of_fewer_than_five_nothing_is_told_month_by_month(secretary: Account, branch: OrganisationState) -> None:
    Membership.objects.filter(member__name__in=NAMES[4:]).update(until=date(2026, 2, 15))
    collected(secretary, branch, month(1), *NAMES[:4])
    rows = facts.dues_rows(branch.organisation_id, YEAR, date(2026, 3, 31))
    assert [(row.words, row.done, row.due) for row in rows] == [
        ("2026 as far as it is over, all members together", 4, 6 + 4 + 4)
    ]
