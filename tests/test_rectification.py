"""A case of rectification from its opening to the look-back: who may what, what proves it, what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pytest
from django.db import IntegrityError, transaction

import rectification_stage as cases
import stage
from baolei.front import conductor
from baolei.ledger.models import Entry
from baolei.organisations import records
from baolei.organisations.models import OrganisationState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account, InTree, Mandate
from baolei.programme.rectification import CaseRefused
from baolei.programme.states import NotHere
from baolei.rectification import actions, doors, lists
from baolei.rectification.actions import Origin
from baolei.rectification.models import Case, Passage, Problem, Report
from rectification_stage import OPENED, Cast, accepted, checked, listed, opened, settled, under_way

pytestmark = [pytest.mark.django_db, pytest.mark.stores, pytest.mark.usefixtures("english")]
LATER = datetime(2026, 5, 12, 3, tzinfo=UTC)
YEAR_ON = datetime(2027, 3, 2, 3, tzinfo=UTC)


@pytest.fixture
def of() -> Cast:
    return cases.cast()


def again(case: Case) -> Case:
    found: Case = Case.objects.get(pk=case.pk)
    return found


def test_the_whole_way_leaves_a_passage_and_an_entry_of_the_ledger_each(of: Cast) -> None:
    case = accepted(of)
    assert (case.state, case.due) == ("accepted", date(2027, 3, 2))
    case = actions.close(actor=of.second, now=YEAR_ON, case=case)
    assert (case.state, case.due) == ("closed", None)
    walked = list(Passage.objects.values_list("act", "before", "after"))
    assert [act for act, _before, _after in walked] == ["plan", "settle", "settle", "apply", "check", "accept", "close"]
    assert all(one[2] == other[1] for one, other in pairwise(walked)), "each begins where one ended"
    entries = Entry.objects.filter(act__startswith="rectification.").values_list("act", flat=True)
    assert list(entries) == ["rectification.open", "rectification.list", "rectification.list", "rectification.link",
                             *(f"rectification.{act}" for act, _before, _after in walked)]  # fmt: skip
    assert set(entries) <= records.acts().keys()
    assert set(Entry.objects.values_list("subject", flat=True)) == {f"organisation:{of.branch.organisation_id}"}


def test_every_act_has_a_name_in_the_ledger() -> None:
    names = records.acts()
    for act in [*cases.acts(), "open", "list", "take_off", "link", "answer", "pass_on"]:
        assert f"rectification.{act}" in names


def test_a_case_is_opened_by_the_county_once_in_a_campaign_with_reason_and_document(of: Cast) -> None:
    case = opened(of)
    assert (case.state, case.ends, case.due) == ("opened", date(2026, 9, 2), date(2026, 3, 30))
    assert (case.path, case.field) == (stage.unit("150422103216").path, "village")
    with pytest.raises(NotPossible, match="in a case of this campaign already"):
        opened(of)
    opened(of, "members")
    for actor in (of.township, of.secretary):
        with pytest.raises(NotPossible, match="opened by the organisation department of the county"):
            actions.open_case(actor=actor, now=OPENED, organisation=of.branch.organisation, campaign="weak",
                              situations=[], origin=Origin(Case.FINDING, 1), reason="x")  # fmt: skip


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"campaign": "new"}, "choose a campaign: weak education"),
        ({"campaign": "schools", "situations": []}, "is not about this field"),
        ({"situations": ["W03"]}, "W03 is no situation of this campaign"),
        ({"origin": Origin(Case.DECISION, None, " ")}, "name the document"),
        ({"reason": " "}, "write why"),
        ({"reason": "长" * 1001}, "write why"),
    ],
)
def test_what_cannot_be_opened_is_refused_in_words(of: Cast, said: dict[str, Any], words: str) -> None:
    given = {"campaign": "weak", "situations": ["W01"], "origin": Origin(Case.DECISION, None, "3"), "reason": "空缺"}
    with pytest.raises(NotPossible, match=words):
        actions.open_case(actor=of.county, now=OPENED, organisation=of.branch.organisation, **(given | said))
    assert not Case.objects.exists()
    assert not Entry.objects.exists()


def test_the_lists_are_drawn_up_by_the_township_and_must_stand(of: Cast) -> None:
    case = opened(of)
    with pytest.raises(CaseRefused, match="list of problems is empty"):
        actions.plan(actor=of.township, now=OPENED, case=case)
    first, second = listed(of, case)
    with pytest.raises(NotPossible, match="drawn up by the township"):
        lists.list_problem(actor=of.county, now=OPENED, case=case, listed=cases.problem())
    with pytest.raises(NotPossible, match="the case ends on 2026-09-02"):
        lists.list_problem(actor=of.township, now=OPENED, case=case, listed=cases.problem(by=date(2026, 9, 3)))
    with pytest.raises(NotPossible, match="write the problem, the measure"):
        lists.list_problem(actor=of.township, now=OPENED, case=case, listed=cases.problem(measure=" "))
    with pytest.raises(NotPossible, match="say where the problem comes from"):
        lists.list_problem(actor=of.township, now=OPENED, case=case, listed=cases.problem(found="rumour"))
    lists.take_off(actor=of.township, now=OPENED, problem=second, why="与第一个重复")
    lists.link(actor=of.township, now=OPENED, case=case, linked={"paired_unit": ""})
    with pytest.raises(CaseRefused, match="not named: a paired unit"):
        actions.plan(actor=of.township, now=OPENED, case=case)
    with pytest.raises(NotPossible, match="name and post"):
        lists.link(actor=of.township, now=OPENED, case=case, linked={"uncle": "某某"})
    lists.link(actor=of.township, now=OPENED, case=case, linked={"paired_unit": "旗税务局"})
    assert actions.plan(actor=of.township, now=OPENED, case=case).state == "under_way"
    with pytest.raises(NotPossible, match="the lists are set"):
        lists.take_off(actor=of.township, now=OPENED, problem=first, why="x")


def test_a_report_is_one_line_at_most_unless_something_changed_and_once_a_month(of: Cast) -> None:
    case = under_way(of)
    assert actions.months_to_report(case, date(2026, 5, 12)) == [date(2026, 4, 1), date(2026, 5, 1)]
    april = {"actor": of.secretary, "now": LATER, "case": case, "month": date(2026, 4, 1)}
    with pytest.raises(NotPossible, match="say in one line what has changed"):
        actions.report(**april, line=" ", changed=True)
    with pytest.raises(NotPossible, match="one line: 200"):
        actions.report(**april, line="长" * 201, changed=False)
    actions.report(**april, line="", changed=False)
    for month in (date(2026, 4, 1), date(2026, 6, 1), date(2026, 3, 1), date(2026, 5, 2)):
        with pytest.raises(NotPossible, match="no report is asked"):
            actions.report(**(april | {"month": month}), line="", changed=False)
    with pytest.raises(NotHere):
        actions.report(**(april | {"actor": of.township, "month": date(2026, 5, 1)}), line="", changed=False)
    assert Report.objects.count() == 1
    assert actions.months_to_report(case, date(2026, 5, 12)) == [date(2026, 5, 1)]


def test_a_problem_is_settled_by_a_proof_and_by_who_found_it(of: Cast) -> None:
    case = under_way(of)
    inspected = lists.list_problem(actor=of.township, now=OPENED, case=case,
                                   listed=cases.problem(found="inspection", document="旗委巡察组反馈"))  # fmt: skip
    with pytest.raises(NotPossible, match="write what proves it mended"):
        actions.settle(actor=of.township, now=LATER, problem=inspected, proof=" ", confirmed="旗委巡察办复函")
    with pytest.raises(NotPossible, match="name the body that found it"):
        actions.settle(actor=of.township, now=LATER, problem=inspected, proof="账已公开")
    with pytest.raises(NotHere):
        actions.settle(actor=of.secretary, now=LATER, problem=inspected, proof="账已公开", confirmed="复函")
    made = actions.settle(actor=of.township, now=LATER, problem=inspected, proof="账已公开", confirmed="巡察办复函")
    assert (made.settled, made.confirmed) == (date(2026, 5, 12), "巡察办复函")
    with pytest.raises(NotPossible, match="was settled on 2026-05-12"):
        actions.settle(actor=of.township, now=LATER, problem=inspected, proof="账已公开", confirmed="复函")
    with pytest.raises(CaseRefused, match="2 problems are not settled"):
        actions.apply(actor=of.secretary, now=LATER, case=case)


def test_acceptance_takes_two_levels_and_two_persons(of: Cast) -> None:
    case = actions.apply(actor=of.secretary, now=OPENED, case=settled(of, under_way(of)))
    first = case.problems.first()
    with pytest.raises(CaseRefused, match="1 problems were not found mended"):
        actions.check(actor=of.township, now=OPENED, case=case, mended=[first.pk])
    with pytest.raises(NotHere):
        actions.check(actor=of.county, now=OPENED, case=case, mended=list(case.problems.values_list("pk", flat=True)))
    town = stage.unit("150422103").path
    Mandate.objects.create(account=of.county, role="township_clerk", tree=InTree.UNIT, path=town,
                           title="兼", since=date(2023, 1, 1), approved_at=OPENED)  # fmt: skip
    both = list(case.problems.values_list("pk", flat=True))
    case = actions.check(actor=of.county, now=OPENED, case=case, mended=both)
    with pytest.raises(CaseRefused, match="whoever checked it does not accept it"):
        actions.accept(actor=of.county, now=OPENED, case=case)
    assert actions.accept(actor=of.second, now=OPENED, case=case).state == "accepted"


def test_what_is_sent_back_or_opened_again_names_the_problems_that_are_not_mended(of: Cast) -> None:
    case = checked(of, under_way(of))
    first, second = case.problems.order_by("pk")
    for unmended in ([], [first.pk, 0]):
        with pytest.raises(NotPossible, match="choose the problems that are not mended"):
            actions.send_back(actor=of.county, now=OPENED, case=case, unmended=unmended, reason="记录不全")
    with pytest.raises(NotPossible, match="write why"):
        actions.send_back(actor=of.county, now=OPENED, case=case, unmended=[first.pk], reason=" ")
    case = actions.send_back(actor=of.county, now=OPENED, case=case, unmended=[first.pk], reason="记录不全")
    assert case.state == "under_way"
    assert list(Problem.objects.order_by("pk").values_list("proof", flat=True)) == ["", "四次会议记录在案"]
    case = actions.accept(actor=of.second, now=OPENED, case=checked(of, case))
    with pytest.raises(CaseRefused, match="the time of looking back is not over"):
        actions.close(actor=of.county, now=LATER, case=case)
    case = actions.reopen(actor=of.county, now=LATER, case=case, unmended=[second.pk], reason="又停开三个月")
    assert (case.state, case.begun, case.ends) == ("under_way", date(2026, 5, 12), date(2026, 11, 12))


def test_a_case_is_extended_with_a_reason_up_to_the_most_there_is(of: Cast) -> None:
    case = actions.extend(actor=of.county, now=LATER, case=under_way(of), months=6, reason="换届在即")
    assert (case.ends, case.due) == (date(2027, 3, 2), date(2027, 3, 2))
    with pytest.raises(CaseRefused, match="2027-03-02 at the latest"):
        actions.extend(actor=of.county, now=LATER, case=case, months=1, reason="再延")


def test_the_branch_may_answer_and_nobody_answers_for_it_from_above(of: Cast) -> None:
    case = opened(of)
    actions.answer(actor=of.secretary, now=LATER, case=case, words="人选已报批")
    assert (again(case).answer, again(case).answered_on) == ("人选已报批", date(2026, 5, 12))
    with pytest.raises(NotPossible, match="the branch answers"):
        actions.answer(actor=of.township, now=LATER, case=case, words="x")


def test_a_case_lapses_with_its_organisation_by_the_clock_or_by_the_county(of: Cast) -> None:
    case, other = under_way(of), opened(of, "members")
    with pytest.raises(NotPossible, match="the organisation still stands"):
        actions.lapse(actor=of.county, now=LATER, case=case, reason="并入他支部")
    assert actions.run_clock(now=LATER) == 0
    OrganisationState.objects.filter(organisation=of.branch.organisation).update(until=date(2026, 5, 1))
    assert doors.seats_of_case(of.township, case, date(2026, 5, 12)) == frozenset()
    actions.lapse(actor=of.county, now=LATER, case=case, reason="并入他支部")
    assert actions.run_clock(now=LATER) == 1
    assert actions.run_clock(now=LATER) == 0
    assert {again(case).state, again(other).state} == {"lapsed"}
    assert Entry.objects.filter(act="rectification.lapse").values_list("path", flat=True)[0] == case.path
    conductor.tick()


def test_what_an_inspection_passed_on_needs_no_case(of: Cast) -> None:
    given = {"now": OPENED, "organisation": of.branch.organisation}
    found = cases.problem(found="inspection", document="旗委第二巡察组 2026年第3号")
    made = lists.pass_on(actor=of.township, **given, listed=found)
    assert made.case is None
    with pytest.raises(NotPossible, match="entered by the township"):
        lists.pass_on(actor=of.secretary, **given, listed=found)
    with pytest.raises(NotPossible, match="name who passed it on"):
        lists.pass_on(actor=of.township, **given, listed=cases.problem(found="audit"))
    with pytest.raises(NotPossible, match="name the campaign"):
        lists.pass_on(actor=of.township, **given, listed=cases.problem(document="1"))
    with pytest.raises(NotPossible, match="settled by the township"):
        actions.settle(actor=of.secretary, now=LATER, problem=made, proof="已改", confirmed="复函")
    actions.settle(actor=of.county, now=LATER, problem=made, proof="已改", confirmed="巡察办复函")
    with pytest.raises(NotPossible, match="settled, not taken off"):
        lists.take_off(actor=of.township, now=LATER, problem=made, why="x")
    assert not Case.objects.exists()


def test_who_acts_as_what_is_where_the_mandate_stands(of: Cast) -> None:
    day, own = date(2026, 3, 2), of.branch.organisation_id
    expected = {of.secretary: {"branch"}, of.township: {"township"}, of.county: {"county"},
                stage.mandated("15", "region_clerk"): {"county"}, stage.mandated("1504", "league_clerk"): {"county"},
                stage.mandated("150422", "reviewer"): set(), stage.mandated("150422", "leader"): set(),
                stage.mandated("150422103216"): set(), stage.mandated("150521", "banner_clerk"): set(),
                stage.mandated(cases.SIBLING, "branch_secretary"): set()}  # fmt: skip
    for account, seats in expected.items():
        assert doors.seats(account, own, day) == seats, account.username
    above = stage.branch("COMMITTEE", home="150422103")
    OrganisationState.objects.filter(pk=of.branch.pk).update(above=above.organisation, path=above.path + of.branch.path)
    clerk = Account.objects.create(username="clerk", name="党委干事")
    Mandate.objects.create(account=clerk, role="committee_clerk", tree=InTree.PARTY, path=above.path, title="干事",
                           since=date(2023, 1, 1), approved_at=OPENED)  # fmt: skip
    assert doors.seats(clerk, own, day) == {"township"}
    assert doors.seats(None, own, day) == frozenset()


@pytest.mark.parametrize("change", [
    {"state": "done"}, {"due": None}, {"reason": ""}, {"origin": "finding"}, {"ends": date(2020, 1, 1)},
    {"answer": "x"},
])  # fmt: skip
def test_the_database_keeps_what_a_case_promises(of: Cast, change: dict[str, Any]) -> None:
    case = opened(of)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**change)


@pytest.mark.parametrize("change", [
    {"proof": "x"}, {"settled": date(2026, 4, 1)}, {"checked": date(2026, 4, 1)}, {"case": None}, {"campaign": ""},
    {"found": "inspection", "settled": date(2026, 4, 1), "proof": "x"},
])  # fmt: skip
def test_the_database_keeps_what_a_problem_promises(of: Cast, change: dict[str, Any]) -> None:
    one = listed(of, opened(of))[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        Problem.objects.filter(pk=one.pk).update(**change)


def test_the_database_knows_no_passage_beside_the_table(of: Cast) -> None:
    case = opened(of)
    with pytest.raises(IntegrityError), transaction.atomic():
        Passage.objects.create(case=case, act="accept", before="opened", after="accepted", on=OPENED.date())
    with pytest.raises(IntegrityError), transaction.atomic():
        Passage.objects.create(case=case, act="dismiss", before="opened", after="dismissed", on=OPENED.date())
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.create(case=case, month=date(2026, 4, 2), on=OPENED.date(), by=of.secretary)
