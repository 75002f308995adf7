"""Every actor's day: each of the cast finds on the page of the day what waits for them, and nothing of another."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import stage
from baolei.ballots import tasks as of_ballots
from baolei.ballots.actions import enter_pile
from baolei.declarations import actions as declaring
from baolei.declarations.doors import answered_for, answers_for, declarations
from baolei.declarations.models import Declaration
from baolei.front.templatetags.numbers import days_left
from baolei.front.today import tasks
from baolei.ledger.actions import record
from baolei.ledger.models import Entry
from baolei.ledger.verify import verify_last
from baolei.naming import tasks as of_naming
from baolei.naming.models import Line, NamingList
from baolei.notices import tasks as of_notices
from baolei.notices.models import Objection, Posting
from baolei.organisations.actions import establish
from baolei.organisations.acts import Act
from baolei.organisations.doors import Scope, writing_scope
from baolei.organisations.models import OrganisationState
from baolei.people.mandates import WHOLE_HOUSE
from baolei.people.models import Account, InTree
from baolei.rounds.models import Round
from baolei.scores.models import Run
from baolei.triage import tasks as of_triage
from baolei.triage.models import Candidate, Sorted, Sorting
from baolei.warehouse.rulebook import setup_rules
from review_stage import BANNER, LEAGUE, OWN, REGION, TOWNSHIP, person, step_of
from round_stage import BRANCHES, NOW, begun, declaration_of, filled, passed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
FIRST, SECOND, FAR = BRANCHES


@pytest.fixture
def cast(db: None) -> dict[str, Account]:
    """Whoever has a day in the first league, by what they are; two township clerks, so that one can be the second."""
    path = stage.branch(OWN, home=OWN[:12]).path
    return {
        "secretary": person("乌云", "branch_secretary", "", InTree.PARTY, path),
        "other": person("高娃", "branch_secretary", "", InTree.PARTY, stage.branch(SECOND, home=SECOND[:12]).path),
        "township": person("其其格", "township_clerk", TOWNSHIP), "second": person("乌兰", "township_clerk", TOWNSHIP),
        "banner": person("孟和", "banner_clerk", BANNER), "reviewer": person("娜仁", "reviewer", BANNER),
        "league": person("萨仁", "league_clerk", LEAGUE), "inspector": person("巴图", "inspector", LEAGUE),
        "region": person("哈斯", "region_clerk", REGION), "fellow": person("托娅", "region_clerk", REGION),
        "head": person("白音", "leader", REGION),
        "auditor": person("海日", "audit_admin", "", InTree.NONE, WHOLE_HOUSE.path),
    }  # fmt: skip


def today_of(account: Account, on: date, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The page of the day as somebody finds it on a day."""
    monkeypatch.setattr(timezone, "localdate", lambda value=None, zone=None: value.date() if value else on)
    client = Client()
    client.force_login(account)
    client.cookies["django_language"] = "en"
    answer = client.get(reverse("today"))
    assert answer.status_code == 200
    return answer


@pytest.fixture
def waits(cast: dict[str, Account]) -> Any:
    """What waits for each of the cast on a day: titles with counts; whoever nothing waits for is left out."""

    def found(on: date) -> dict[str, dict[str, int]]:
        told = {who: {one.title: one.count for one in tasks(account, writing_scope(account, on), on)}
                for who, account in cast.items()}  # fmt: skip
        return {who: mine for who, mine in told.items() if mine}

    return found


def in_room(cast: dict[str, Account], room: Any, on: date) -> dict[str, dict[str, int]]:
    """The same, of what one room says."""
    told = {who: {one.title: one.count for one in room.tasks(account, writing_scope(account, on), on) if one.count}
            for who, account in cast.items()}  # fmt: skip
    return {who: mine for who, mine in told.items() if mine}


def test_in_the_self_assessment_each_branch_fills_in_its_own_and_the_office_watches_the_clock(
    cast: dict[str, Account], waits: Any
) -> None:
    this = begun()
    fills = {"Declarations to be filled in and handed in": 1}
    assert waits(date(2026, 3, 10)) == {"secretary": fills, "other": fills}
    filled(declaration_of(this, OWN))
    ends = this.spans.get(phase="self_assessment").ends
    leads = {who: {"Rounds whose phase ends within a week": 1} for who in ("region", "fellow")}
    assert waits(ends) == {"other": fills, **leads}
    late = {who: {"Rounds whose phase is over": 1} for who in ("region", "fellow")}
    assert waits(ends + timedelta(days=3)) == {"other": fills, **late}


def test_days_left_stand_in_words_and_the_late_first(cast: dict[str, Account], monkeypatch: pytest.MonkeyPatch) -> None:
    this = begun()
    ends = this.spans.get(phase="self_assessment").ends
    assert "3 days left" in today_of(cast["secretary"], ends - timedelta(days=3), monkeypatch).text
    assert "today is the last day" in today_of(cast["secretary"], ends, monkeypatch).text
    page = today_of(cast["secretary"], ends + timedelta(days=1), monkeypatch)
    assert "1 day past" in page.text
    assert [task.urgent for task in page.context["tasks"]] == [True]
    assert page.context["tasks"][0].url == reverse("declaration", args=[declaration_of(this, OWN).pk])
    assert days_left(date(2026, 3, 1), date(2026, 3, 3)) == "2 days past"


def test_what_came_back_before_the_freeze_waits_for_its_branch_alone(cast: dict[str, Account], waits: Any) -> None:
    mine = filled(declaration_of(begun(), OWN))
    declaring.send_back(actor=cast["township"], now=NOW, declaration=mine, why="", items={"first_agenda": "少开一次"})
    told = waits(date(2026, 3, 10))
    assert told["secretary"] == {"Declarations that came back to be amended": 1}
    assert told["other"] == {"Declarations to be filled in and handed in": 1}
    assert set(told) == {"secretary", "other"}


def test_a_pile_counted_once_waits_for_everybody_else_who_counts_and_never_for_who_counted(
    cast: dict[str, Account],
) -> None:
    this = begun()
    mine = filled(declaration_of(this, OWN))
    this = passed(this)
    mine.refresh_from_db()
    mine = Declaration.objects.select_related("round").get(pk=mine.pk)
    enter_pile(
        actor=cast["township"], now=NOW, declaration=mine, source="mem", text="11111\n22222", issued=2, spoiled=0
    )
    second, third = "Piles of paper ballots that wait for a second count", "Piles on which two counts differ"
    on = date(2026, 3, 31)
    counting = {"second", "banner", "reviewer", "league", "inspector", "region", "fellow"}
    assert in_room(cast, of_ballots, on) == {who: {second: 1} for who in counting}
    enter_pile(actor=cast["second"], now=NOW, declaration=mine, source="mem", text="11111\n22221", issued=2, spoiled=0)
    assert in_room(cast, of_ballots, on) == {who: {third: 1} for who in counting - {"second"}}
    enter_pile(actor=cast["banner"], now=NOW, declaration=mine, source="mem", text="11111\n22222", issued=2, spoiled=0)
    assert in_room(cast, of_ballots, on) == {}


def test_a_round_to_be_scored_and_a_run_that_failed_wait_for_who_leads_it(cast: dict[str, Account], waits: Any) -> None:
    this = begun()
    filled(declaration_of(this, OWN))
    this = passed(this, 2)
    on = this.spans.get(phase="scoring").begins
    leads = {"region", "fellow"}
    told = waits(on)
    assert {who for who, one in told.items() if one.get("Rounds to be scored") == 1} == leads
    run = Run.objects.create(round=this, why="x", seed="26051", state=Run.FAILED, asked_at=NOW, ended_at=NOW)
    told = waits(on)
    assert {who: one.get("Runs that failed") for who, one in told.items()} == dict.fromkeys(leads, 1)
    Run.objects.create(round=this, why="x", seed="26051", asked_at=NOW)  # asked for again: the old one waits no more
    told = waits(on)
    assert {who: one.get("Runs under way") for who, one in told.items()} == dict.fromkeys(leads, 1)
    assert not any("Runs that failed" in one for one in told.values())
    assert run.state == Run.FAILED


@pytest.fixture
def named(cast: dict[str, Account]) -> Line:
    """A round in its notice with one name on its list, laid open."""
    this = begun()
    mine = filled(declaration_of(this, OWN))
    this = passed(this, 5)
    run = Run.objects.create(round=this, why="x", seed="26051", state=Run.DONE, snapshot="a", results="b",
                             asked_at=NOW, ended_at=NOW)  # fmt: skip
    made = NamingList.objects.create(round=this, run=run, drawn_at=NOW)
    Posting.objects.create(list=made, first=NOW.date(), last=date(2026, 6, 30), posted_at=NOW)
    line: Line = Line.objects.create(list=made, declaration=mine, field="village", score=8800, tier="strongest",
                                     standing="confirmed", reasons=[], passed=True, listed=True)  # fmt: skip
    return line


def on_the_notice(line: Line) -> date:
    begins: date = line.list.round.spans.get(phase="notice").begins
    return begins


def test_a_name_to_be_struck_waits_for_a_second_person_and_not_for_who_proposed(
    cast: dict[str, Account], named: Line
) -> None:
    named.proposed, named.proposed_by, named.proposed_why = "struck", cast["region"], "查实"
    named.save()
    told = in_room(cast, of_naming, on_the_notice(named))
    assert told == {"fellow": {"Names on a list that wait for a second person": 1}}


def test_an_objection_waits_for_the_office_then_for_the_one_who_looks_into_it(
    cast: dict[str, Account], named: Line
) -> None:
    on = on_the_notice(named)
    until = on + timedelta(days=2)
    made = Objection.objects.filter(pk=Objection.objects.create(
        posting=named.list.posting, line=named, kind="facts", words="不符", code="0" * 64, lodged=on, due=until,
        acknowledge_by=until, answer_by=until, appeal_by=until,
    ).pk)  # fmt: skip
    office = {"region", "fellow"}
    assert in_room(cast, of_notices, on) == {who: {"Objections received": 1} for who in office}
    made.update(state="handling", handler=cast["reviewer"])
    assert in_room(cast, of_notices, on) == {"reviewer": {"Objections you look into": 1}}
    made.update(state="overdue")
    assert in_room(cast, of_notices, on) == {who: {"Objections that nobody looks into": 1} for who in office}
    made.update(state="appealed", appeal_handler=cast["league"])
    assert in_room(cast, of_notices, on) == {"league": {"Objections you look into": 1}}
    made.update(state="closed", due=None)
    assert in_room(cast, of_notices, on) == {}


def test_candidates_wait_for_those_above_to_decide_and_for_the_branch_to_answer(
    cast: dict[str, Account], named: Line
) -> None:
    on, this = on_the_notice(named), named.list.round
    sorting = Sorting.objects.create(round=this, run=named.list.run, day=on, made_at=NOW)
    Sorted.objects.create(sorting=sorting, declaration=named.declaration, proposed="middle", score=8000,
                          asked="lagging", decided_by=cast["banner"], reason="有举报")  # fmt: skip
    one = Candidate.objects.create(sorting=sorting, declaration=named.declaration, situation="W01", figures=[])
    decide, agree = "Candidates for rectification to be decided", "Classes of branches that wait for a second person"
    answer = {"secretary": {"Situations raised of your branch, not answered yet": 1}}
    above = ("township", "second", "banner", "reviewer", "league", "inspector", "region", "fellow")
    both = {who: {decide: 1, agree: 1} for who in above} | {"banner": {decide: 1}}  # who put it forward does not agree
    assert in_room(cast, of_triage, on) == both | answer
    Candidate.objects.filter(pk=one.pk).update(answer="已补选", answered_on=on)
    assert in_room(cast, of_triage, on) == both


def test_reviewers_are_told_of_their_own_steps_only(cast: dict[str, Account], waits: Any) -> None:
    this = begun()
    filled(declaration_of(this, OWN))
    this = passed(this, 4, datetime(2026, 5, 11, 2, tzinfo=UTC))
    assert step_of(this).seat == "township"
    told = waits(date(2026, 5, 12))
    reviews = {who for who, one in told.items() if any(title.startswith("Reviews") for title in one)}
    assert reviews == {"township", "second"}


def test_the_auditor_reads_what_was_done_the_chain_and_where_rounds_stand_and_changes_nothing(
    cast: dict[str, Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun()
    page = today_of(cast["auditor"], date(2026, 3, 10), monkeypatch)
    assert page.context["tasks"] == []
    assert "you read, and change nothing" in page.text
    assert [row.row.round.name for row in page.context["rounds"]] == ["2026年度评定"]
    assert page.context["proved"].faults == ()
    assert page.context["lately"][0].entry.act == "declarations.open"
    assert reverse("round", args=[Round.objects.get().pk]) not in page.text  # no door to a branch's records
    head = today_of(cast["head"], date(2026, 3, 10), monkeypatch)
    assert head.context["tasks"] == []
    assert reverse("round", args=[Round.objects.get().pk]) in head.text
    assert "proved just now" not in head.text


def test_an_entry_that_was_changed_breaks_the_chain_on_the_auditor_s_page(cast: dict[str, Account]) -> None:
    from django.db import connection

    from baolei.ledger import guards

    for number in range(4):
        record(actor=None, act="rounds.open", subject=f"round:{number}", now=NOW)
    assert verify_last(2).faults == verify_last(100).faults == ()
    last = Entry.objects.order_by("-number")[1]
    guards.remove(connection)
    Entry.objects.filter(pk=last.pk).update(subject="round:9")
    assert [fault.line for fault in verify_last(2).faults] == [last.number]
    assert verify_last(1).faults == ()  # it lies before what is looked at
    Entry.objects.order_by("-number")[:1].get().delete()
    assert [fault.line for fault in verify_last(1).faults][-1] == 0  # cut off: the head knows of more


def test_what_is_answered_for_from_above_is_what_one_may_decide(cast: dict[str, Account]) -> None:
    begun()
    on = date(2026, 3, 10)
    committee = _committee()
    for account in (*cast.values(), committee):
        writing = writing_scope(account, on)
        wanted = {one.pk for one in Declaration.objects.all() if answers_for(writing, one)}
        assert set(answered_for(writing).values_list("pk", flat=True)) == wanted, account.username
    assert answered_for(writing_scope(committee, on)).count() == 1
    assert answered_for(Scope(on, whole=True)).count() == declarations(Scope(on, whole=True)).count() == 3


def _committee() -> Account:
    """A clerk of the grassroots committee to which the first branch belongs."""
    on = date(2026, 1, 10)
    act = Act(actor=None, now=NOW, on=on, why="批复", rules=setup_rules(on))
    home = {"act": act, "unit": stage.unit(TOWNSHIP).unit, "document": "批1"}
    top = establish(**home, code="C1", name="镇党委", kind="local_committee", above=None)
    works = establish(**home, code="C2", name="机关党委", kind="grassroots_committee", above=top.organisation)
    state = OrganisationState.objects.open().get(code=OWN)
    OrganisationState.objects.filter(pk=state.pk).update(path=works.path + state.path)
    return person("包娜", "committee_clerk", "", InTree.PARTY, works.path)


@pytest.mark.parametrize(("who", "most"), [
    ("secretary", 48), ("township", 65), ("banner", 62), ("region", 64), ("head", 30), ("auditor", 30),
])  # fmt: skip
def test_the_page_asks_no_more_questions_however_much_waits(
    cast: dict[str, Account], named: Line, who: str, most: int, django_assert_max_num_queries: Any
) -> None:
    client = Client()
    client.force_login(cast[who])
    client.get(reverse("today"))
    with django_assert_max_num_queries(most):
        assert client.get(reverse("today")).status_code == 200
