"""A declaration goes from level to level: two opinions given blind, opened together, a conclusion with its reason."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.template import Template
from django.test import Client
from django.test.utils import _TestState
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import stage
from baolei.declarations import actions as declaring
from baolei.declarations.actions import Said
from baolei.declarations.models import Declaration
from baolei.ledger.models import Entry
from baolei.organisations.models import Member, Membership, Organisation, OrganisationState, Post, segment_of
from baolei.organisations.units import NotPossible
from baolei.people.models import Account, InTree
from baolei.programme import declaration as rules
from baolei.programme.decided import ReasonMissing
from baolei.programme.refusals import Refusal
from baolei.programme.review import NotDecided
from baolei.programme.states import NotHere
from baolei.reviews import actions, clock, doors, entering, workload
from baolei.reviews.models import Assignment, Decision, Gap, Opinion, Step
from baolei.rounds.models import Round
from review_stage import (
    BANNER,
    FAR,
    NEXT,
    NOW,
    OWN,
    REASON,
    TOWNSHIP,
    agreed,
    cast,
    mended,
    on,
    opine,
    person,
    step_of,
    under_review,
)
from round_stage import declaration_of, filled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

People = dict[str, list[Account]]


@pytest.fixture
def people(db: None) -> People:
    return cast()


@pytest.fixture
def this(people: People) -> Round:
    return under_review()


def asked(account: Account, address: str, **said: Any) -> Any:
    client = Client()
    client.force_login(account)
    client.cookies["django_language"] = "en"
    return client.post(address, said) if said else client.get(address)


# ---- the way ----


def test_a_declaration_passes_from_level_to_level_to_its_end(this: Round, people: People) -> None:
    for level in ("township", "banner", "league", "region"):
        step = step_of(this)
        assert (step.code, step.state) == (level, "opinions")
        assert agreed(step, people[level]).state == "passed"
    assert declaration_of(this, OWN).state == rules.CONCLUDED
    assert list(doors.passed(this)) == [declaration_of(this, OWN)]
    assert not doors.unfinished(this).exists()
    assert [one.verdict for one in Decision.objects.all()] == ["pass"] * 4


def test_a_round_is_judged_up_to_its_own_unit(people: People) -> None:
    this = under_review(code=BANNER)
    agreed(step_of(this), people["township"])
    agreed(step_of(this), people["banner"])
    assert declaration_of(this, OWN).state == rules.CONCLUDED


def test_begun_twice_is_once_and_only_what_is_frozen_enters(this: Round) -> None:
    assert entering.begin_all(actor=None, now=NOW, round=this) == 0
    assert Step.objects.count() == 1
    assert Entry.objects.get(act="reviews.begin").particulars["after"] == {"organisations": 1, "gaps": 0}


def test_a_committee_in_the_party_tree_looks_first_where_there_is_one(people: People) -> None:
    committee = Organisation.objects.create()
    state = OrganisationState.objects.create(
        organisation=committee, code="W1", name="机关党委", kind="grassroots_committee", unit=stage.unit(TOWNSHIP).unit,
        path=segment_of(committee.pk), since=stage.LONG_AGO,
    )  # fmt: skip
    own = stage.branch(OWN, home=OWN[:12])
    OrganisationState.objects.filter(pk=own.pk).update(path=state.path + segment_of(own.organisation_id))
    this = under_review()
    step = step_of(this)
    assert (step.code, step.organisation_id) == ("grassroots_committee", committee.pk)
    clerk = person("朝鲁", "committee_clerk", "", InTree.PARTY, state.path)
    other = people["township"][1]  # a reviewer at the township in which the committee is at home
    opine(step, clerk)
    opine(step, other)
    actions.conclude(actor=clerk, now=NOW, step=step, verdict="pass", why="属实")
    assert step_of(this).code == "township"
    with pytest.raises(NotPossible, match="took part"):
        opine(step_of(this), other)


def test_where_a_body_is_missing_the_next_one_looks_and_it_is_said(people: People) -> None:
    own = stage.branch(OWN, home=OWN[:12])
    OrganisationState.objects.filter(pk=own.pk).update(field="school")
    this = under_review()
    assert step_of(this).code == "banner"
    gap = Gap.objects.get()
    assert (gap.code, gap.to) == ("education_work_committee", "banner")
    page = asked(people["region"][0], reverse("round_reviews", args=[this.pk])).text
    assert "education work committee" in page
    assert "education work committee" in asked(people["banner"][1], reverse("review", args=[step_of(this).pk])).text


# ---- opinions ----


def test_the_conclusion_waits_for_the_opinions_and_does_as_they_say(this: Round, people: People) -> None:
    step, (clerk, first, second) = step_of(this), people["township"]
    opine(step, first)
    with pytest.raises(NotHere):
        actions.conclude(actor=clerk, now=NOW, step=step, verdict="pass", why="属实")
    opine(step, second)
    with pytest.raises(NotDecided):
        actions.conclude(actor=clerk, now=NOW, step=step, verdict="reject", why="不同意")
    with pytest.raises(NotPossible, match="no mandate"):
        actions.conclude(actor=first, now=NOW, step=step, verdict="pass", why="属实")
    with pytest.raises(NotPossible, match="write why"):
        actions.conclude(actor=clerk, now=NOW, step=step, verdict="pass", why=" ")
    actions.conclude(actor=clerk, now=NOW, step=step, verdict="pass", why="属实")
    told = Entry.objects.get(act="reviews.conclude").particulars["after"]
    assert [one["verdict"] for one in told["opinions"]] == ["pass", "pass"]


def test_where_two_differ_a_third_decides_by_majority(this: Round, people: People) -> None:
    step, (clerk, first, second) = step_of(this), people["township"]
    third = person("阿古拉", "reviewer", TOWNSHIP)
    opine(step, first)
    opine(step, second, "return")
    step.refresh_from_db()
    assert step.state == "third"
    assert not Opinion.objects.filter(opened=True).exists()
    opine(step, third, "return", first_agenda="会议记录缺8月")
    actions.conclude(actor=clerk, now=NOW, step=step, verdict="return", why="两人认为应补正")
    asked_back = declaration_of(this, OWN).answers.get(item="first_agenda").asked_back
    assert asked_back == f"{REASON['first_agenda']}；会议记录缺8月"


def test_a_tie_is_settled_by_somebody_else_with_a_reason(this: Round, people: People) -> None:
    step, (clerk, first, second) = step_of(this), people["township"]
    opine(step, first)
    opine(step, second, "return")
    opine(step, clerk, "reject")
    with pytest.raises(NotPossible, match="gave none of the opinions"):
        actions.conclude(actor=clerk, now=NOW, step=step, verdict="reject", why="我说了算")
    head = person("那日苏", "township_clerk", TOWNSHIP)
    with pytest.raises(ReasonMissing):
        actions.conclude(actor=head, now=NOW, step=step, verdict="reject", why="")
    actions.conclude(actor=head, now=NOW, step=step, verdict="reject", why="核实后材料不实")
    assert list(doors.rejected(this)) == [declaration_of(this, OWN)]
    assert not doors.passed(this).exists()


def test_an_opinion_says_why_at_an_item_that_there_is_and_is_given_once(this: Round, people: People) -> None:
    step, first = step_of(this), people["township"][1]
    for wrong in ({}, {"moon": "x"}):
        with pytest.raises(ReasonMissing):
            actions.opine(actor=first, now=NOW, step=step, verdict="return", reasons=wrong)
    with pytest.raises(NotPossible, match="no mandate"):
        opine(step, people["banner"][1])
    assert not Assignment.objects.exists()  # nothing half-saved
    opine(step, first)
    with pytest.raises(NotPossible, match="have given your opinion"):
        opine(step, first, "reject")
    with pytest.raises(IntegrityError), transaction.atomic():
        Opinion.objects.create(step=step, person=first, verdict="pass", digest="0", on=NOW.date())


def test_as_many_as_are_asked_are_named_and_one_may_stand_in_for_another(this: Round, people: People) -> None:
    step, (clerk, first, second) = step_of(this), people["township"]
    third = person("阿古拉", "reviewer", TOWNSHIP)
    for one in (first, second):
        made = actions.assign(actor=clerk, now=NOW, step=step, person=one, why="指定")
        assert made.proof["found"] == ""
        assert "own_branch" in made.proof["asked"]
    with pytest.raises(NotPossible, match="2 are named"):
        opine(step, third)
    assert step in doors.waiting(first, NOW.date())
    assert step not in doors.waiting(third, NOW.date())
    actions.assign(actor=clerk, now=NOW, step=step, person=third, why="苏日娜出差", instead_of=second)
    assert {one.person for one in step.assignments.all()} == {first, third}


# ---- blind ----

SECRET = "不能让别人先看到的话"


@pytest.fixture(autouse=True)
def plainly_rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages drawn as they are for people: nobody asks here for the copy that Django's tests keep of each."""
    monkeypatch.setattr(Template, "_render", _TestState.saved_data.template_render)


def everything(account: Account, this: Round) -> str:
    """Every page and every file on which an opinion could be read."""
    step = step_of(this)
    mine = declaration_of(this, OWN)
    files = {
        reverse("reviews"): ("reviews",), reverse("review", args=[step.pk]): ("way",),
        reverse("round_reviews", args=[this.pk]): ("levels", "units", "thin", "gaps"),
        reverse("declaration", args=[mine.pk]): ("answers",), reverse("ledger"): ("",),
    }  # fmt: skip
    acts = (reverse("on_review", args=[step.pk, act]) for act in ("conclude", "opine", "assign"))
    pages = (reverse("bulk_review", args=[this.pk]), reverse("round", args=[this.pk]), reverse("today"), *acts)
    found = ""
    client = Client()
    client.force_login(account)
    client.cookies["django_language"] = "en"
    for address in (*files, *pages, *(f"{page}?format=csv&table={one}" for page, all in files.items() for one in all)):
        answer = client.get(address)
        assert answer.status_code in (200, 404), address
        found += b"".join(answer).decode("utf-8", "replace")
    return found


def test_nobody_reads_an_opinion_before_all_are_in(this: Round, people: People) -> None:
    step, (clerk, first, second) = step_of(this), people["township"]
    opine(step, first, "reject", first_agenda=SECRET)
    auditor = person("审计", "audit_admin", "", InTree.NONE, "")
    secretary = stage.mandated(OWN, "branch_secretary")
    for reader in (clerk, second, people["banner"][0], people["region"][0], auditor, secretary):
        read = everything(reader, this)
        assert SECRET not in read, reader
        assert "reject</p>" not in read, reader
    assert SECRET in everything(first, this)  # the own one
    assert all(SECRET not in str(one.particulars) for one in Entry.objects.all())
    assert Entry.objects.get(act="reviews.opine").particulars["after"].keys() == {"step", "sha256"}
    opine(step, second, "reject")
    assert SECRET in everything(clerk, this)
    assert SECRET in everything(people["banner"][0], this)
    assert SECRET not in everything(secretary, this)


def test_the_third_is_blind_as_well(this: Round, people: People) -> None:
    step, (clerk, first, second) = step_of(this), people["township"]
    opine(step, first)
    opine(step, second, "reject", first_agenda=SECRET)
    for reader in (clerk, first, people["region"][0]):
        assert SECRET not in everything(reader, this)
    opine(step, clerk, "reject")
    assert SECRET in everything(clerk, this)


def test_the_bodies_below_never_read_what_was_said_above(this: Round, people: People) -> None:
    agreed(step_of(this), people["township"])
    step = step_of(this)
    for one in people["banner"][1:]:
        opine(step, one, "reject", first_agenda=SECRET)
    assert SECRET in everything(people["banner"][0], this)
    page = asked(people["township"][0], reverse("review", args=[step.pk]))
    assert page.status_code == 200
    assert SECRET not in page.text


def test_what_lapsed_unopened_is_never_opened(this: Round, people: People) -> None:
    step, (clerk, first, second) = step_of(this), people["township"]
    opine(step, first, "reject", first_agenda=SECRET)
    declaring.mark(actor=None, now=NOW, declaration=declaration_of(this, OWN), code="political_discipline", met=True,
                   document="纪检意见", why="核实")  # fmt: skip
    assert clock.run_clock(NOW)["lapsed"] == 1
    opine(step, second)
    assert step in doors.to_opine(first, NOW.date())  # asked again
    opine(step, first)
    assert SECRET not in everything(clerk, this)
    assert Opinion.objects.get(lapsed=True).opened is False


# ---- back to the branch ----


def test_it_is_returned_mended_and_judged_anew_with_what_changed(this: Round, people: People) -> None:
    step, first = step_of(this), people["township"][1]
    agreed(step, people["township"], "return")
    mine = declaration_of(this, OWN)
    assert mine.state == rules.RETURNED
    old = mine.answers.get(item="first_agenda")
    assert old.asked_back == REASON["first_agenda"]
    declaring.answer(actor=None, now=on(1), declaration=mine,
                     said=[Said("first_agenda", 11, 12, "补记录", seen=old.version)])  # fmt: skip
    assert declaring.hand_in(actor=None, now=on(1), declaration=mine).state == rules.FROZEN
    page = asked(first, reverse("review", args=[step.pk])).text  # the page follows what the branch did
    step.refresh_from_db()
    assert (step.state, step.turn) == ("opinions", 2)
    assert "11 / 12 · 补记录" in page
    assert not step.opinions.filter(lapsed=False).exists()
    agreed(step, people["township"], now=on(1))
    assert [one.verdict for one in step.decisions.all()] == ["return", "pass"]
    assert step_of(this).code == "banner"


def test_who_returns_and_who_sends_on_what_comes_back_are_both_seen(this: Round, people: People) -> None:
    agreed(step_of(this), people["township"])
    agreed(step_of(this), people["banner"], "return")
    scope = doors.scope_of(people["region"][0], NOW.date())
    rows = {one.name: one for one in workload.levels(scope, this, workload.heaps(scope, this, NOW.date()))}
    assert rows["banner"].returned == 1
    assert rows["township"].came_back == 1
    assert rows["township"].returned == rows["Party branch"].came_back == 0
    assert rows["Party branch"].mending == 1
    page = asked(people["region"][0], reverse("round_reviews", args=[this.pk]))
    assert "Came back to it" in page.text
    assert asked(people["region"][0], reverse("round_reviews", args=[this.pk]) + "?format=xlsx").status_code == 200


def test_what_is_not_mended_in_time_lapses(this: Round, people: People) -> None:
    step = agreed(step_of(this), people["township"], "return")
    assert clock.run_clock(on(1))["expired"] == 0
    assert clock.run_clock(on(30))["expired"] == 1
    step.refresh_from_db()
    assert step.state == "withdrawn"
    assert declaration_of(this, OWN).state == rules.LAPSED
    assert set(clock.run_clock(on(30)).values()) == {0}


@pytest.mark.parametrize("given", [0, 2])
def test_a_branch_may_withdraw_at_any_time_and_its_step_ends(this: Round, people: People, given: int) -> None:
    step = step_of(this)
    for one in people["township"][:given]:
        opine(step, one)
    declaring.withdraw(actor=None, now=NOW, declaration=declaration_of(this, OWN), why="书记空缺")
    with pytest.raises(NotPossible, match="not under review"):
        opine(step, people["township"][2])
    clock.run_clock(NOW)
    step.refresh_from_db()
    assert step.state == "withdrawn"


def test_a_frozen_declaration_is_returned_by_its_review_alone(this: Round, people: People) -> None:
    address = reverse("on_declaration", args=[declaration_of(this, OWN).pk, "return"])
    assert asked(people["banner"][0], address).status_code == 404


# ---- conflicts of interest ----


def tied(account: Account, how: str) -> None:
    branch = stage.branch(OWN).organisation
    member = Member.objects.create(name=account.name)
    if how == "member":
        Membership.objects.create(member=member, organisation=branch, kind="full", since=date(2020, 1, 1))
    elif how == "former":
        Membership.objects.create(member=member, organisation=branch, kind="full", since=date(2015, 1, 1),
                                  until=date(2024, 1, 1), how="left")  # fmt: skip
    elif how == "post":
        Post.objects.create(organisation=branch, kind="deputy", holder=member, since=date(2020, 1, 1),
                            until=date(2024, 1, 1))  # fmt: skip
    elif how == "long ago":
        Membership.objects.create(member=member, organisation=branch, kind="full", since=date(2001, 1, 1),
                                  until=date(2015, 1, 1), how="left")  # fmt: skip


@pytest.mark.parametrize(("how", "why"), [
    ("member", "is a member"), ("former", "within three years"), ("post", "held a post"), ("long ago", ""),
])  # fmt: skip
def test_a_tie_to_the_branch_excludes_and_the_assignment_proves_that_there_is_none(
    this: Round, people: People, how: str, why: str
) -> None:
    step, first = step_of(this), people["township"][1]
    tied(first, how)
    if not why:
        opine(step, first)
        proof = Assignment.objects.get(person=first).proof
        assert (proof["memberships"], proof["found"]) == (1, "")
        return
    with pytest.raises(NotPossible, match=why):
        opine(step, first)
    with pytest.raises(NotPossible, match=why):
        actions.assign(actor=people["township"][0], now=NOW, step=step, person=first)
    page = asked(first, reverse("review", args=[step.pk])).text
    assert "You do not review this branch" in page
    assert "Give my opinion" not in page
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.create(step=step, person=first, proof={"found": "own_branch"}, at=NOW)


def test_a_mandate_as_its_secretary_excludes_until_three_years_after_its_end(this: Round, people: People) -> None:
    step, first = step_of(this), people["township"][1]
    held = first.mandates.create(role="branch_secretary", tree="party", path=stage.branch(OWN).path, title="书记",
                                 since=date(2021, 1, 1), approved_at=datetime(2021, 1, 1, tzinfo=UTC),
                                 ended_at=datetime(2025, 1, 1, tzinfo=UTC))  # fmt: skip
    with pytest.raises(NotPossible, match="held a post"):
        opine(step, first)
    held.ended_at = datetime(2022, 1, 1, tzinfo=UTC)
    held.save()
    opine(step, first)


def test_who_filled_the_declaration_in_does_not_judge_it(people: People) -> None:
    from round_stage import begun, filled, passed

    this = begun()
    helper = people["township"][1]
    filled(declaration_of(this, OWN), helper)
    this = passed(this, 4, NOW)
    with pytest.raises(NotPossible, match="took part"):
        opine(step_of(this), helper)


# ---- the clock ----


def test_what_is_late_passes_upward_and_is_judged_there_instead(this: Round, people: People) -> None:
    step = step_of(this)
    opine(step, people["township"][1])
    assert clock.run_clock(step_day(step.escalates_on))["escalated"] == 0
    later = step_day(step.escalates_on + timedelta(days=1))
    assert clock.run_clock(later)["escalated"] == 1
    assert clock.run_clock(later)["escalated"] == 0
    step.refresh_from_db()
    assert (step.state, step.code, step.seat) == ("escalated", "township", "banner")
    clerk, first, _second = people["banner"]
    assert step in doors.waiting(clerk, later.date())
    with pytest.raises(NotPossible, match="no mandate"):
        actions.reassign(actor=people["township"][0], now=later, step=step, why="x")
    actions.reassign(actor=clerk, now=later, step=step, why="镇里逾期")
    opine(step, first, now=later)  # what the township's reviewer said still counts: two are in
    step.refresh_from_db()
    assert step.state == "decision"
    actions.conclude(actor=clerk, now=later, step=step, verdict="pass", why="属实")
    assert step_of(this).code == "league"  # the banner has judged


def test_the_last_level_s_late_steps_go_to_its_head(people: People) -> None:
    this = under_review(code=TOWNSHIP[:6])
    agreed(step_of(this), people["township"])
    step = step_of(this)
    later = step_day(step.escalates_on + timedelta(days=1))
    clock.run_clock(later)
    step.refresh_from_db()
    assert (step.state, step.seat) == ("escalated", "banner")
    actions.reassign(actor=people["banner"][0], now=later, step=step, why="加派")
    agreed(step, people["banner"], now=later)
    assert declaration_of(this, OWN).state == rules.CONCLUDED


def step_day(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 2, tzinfo=UTC)


def test_nothing_waits_in_silence_where_too_few_can_review(people: People) -> None:
    this = under_review(OWN, FAR)
    found = workload.thin(doors.scope_of(people["region"][0], NOW.date()), this, NOW.date())
    assert [(one.name, one.reviewers, one.waiting) for one in found] == [("150502103", 0, 1)]
    assert "Too few reviewers" in asked(people["region"][0], reverse("round_reviews", args=[this.pk])).text


# ---- pages ----


def test_the_whole_of_it_through_the_pages(this: Round, people: People) -> None:
    step, (clerk, first, second) = step_of(this), people["township"]
    assert (
        "Reviews that wait for you" in asked(first, reverse("today")).text or "Reviews" in asked(first, "/today/").text
    )
    assert OWN in asked(first, reverse("reviews")).text
    assert OWN in asked(first, reverse("reviews") + "?format=csv").content.decode()
    page = reverse("review", args=[step.pk])

    def do(who: Account, act: str, **said: str) -> int:
        return int(asked(who, reverse("on_review", args=[step.pk, act]), **said).status_code)

    assert do(clerk, "assign", person=str(second.pk), why="指定") == 302
    assert do(first, "opine", verdict="return") == 422
    assert do(first, "opine", verdict="return", **{"item-first_agenda": "少一次"}) == 302
    assert do(first, "opine", verdict="pass") == 404
    assert "given, not open yet" in asked(clerk, page).text
    assert do(clerk, "conclude", verdict="pass", why="x") == 404
    assert do(second, "opine", verdict="return", **{"item-first_agenda": "少一次"}) == 302
    assert "少一次" in asked(clerk, page).text
    assert do(clerk, "conclude", verdict="pass", why="x") == 422
    assert do(clerk, "conclude", verdict="return", why="请补正") == 302
    secretary = stage.mandated(OWN, "branch_secretary")
    assert "Declarations returned to be mended" in asked(secretary, reverse("today")).text
    assert "少一次" in asked(secretary, reverse("declaration", args=[step.declaration_id])).text
    assert asked(secretary, page).status_code == 404
    mended(this)
    assert OWN in asked(second, reverse("reviews")).text


def test_who_has_nothing_to_do_with_it_is_as_if_it_were_not(people: People) -> None:
    this = under_review(OWN, FAR)
    far = step_of(this, FAR)
    assert asked(people["banner"][0], reverse("review", args=[far.pk])).status_code == 404
    assert FAR not in asked(people["banner"][0], reverse("reviews")).text
    assert asked(people["region"][0], reverse("review", args=[far.pk])).status_code == 200
    assert not doors.waiting(people["region"][0], NOW.date()).exists()


def test_the_neighbour_goes_its_own_way(people: People) -> None:
    this = under_review(OWN, NEXT)
    agreed(step_of(this, OWN), people["township"])
    assert step_of(this, NEXT).state == "opinions"
    assert step_of(this, NEXT).number == 1


# ---- nothing is ever stuck ----


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_happens_a_declaration_comes_to_an_end(this: Round, people: People, data: Any) -> None:
    """People say whatever they like or nothing at all; with the clock and those above, every walk ends, and on the way
    there is always somebody whose turn it is, with a day by which.
    """
    with transaction.atomic():
        now = NOW
        for _turn in range(80):
            mine, step = declaration_of(this, OWN), step_of(this)
            if mine.state in (rules.CONCLUDED, rules.LAPSED, rules.WITHDRAWN):
                break
            assert step.open
            assert step.due >= step.entered
            _something_happens(this, mine, people, now, data)
            now += timedelta(days=data.draw(st.sampled_from([0, 0, 1, 9])))
            clock.run_clock(now)
        for _turn in range(40):  # from wherever that led, those above and the clock bring it to its end
            now += timedelta(days=30)
            clock.run_clock(now)
            _whoever_can_does(this, people, now)
        assert declaration_of(this, OWN).state in (rules.CONCLUDED, rules.LAPSED, rules.WITHDRAWN)
        clock.run_clock(now)
        assert not doors.unfinished(this).exists()
        transaction.set_rollback(True)


def _something_happens(this: Round, mine: Declaration, people: People, now: datetime, data: Any) -> None:
    """One act of somebody, which may be refused."""
    step, everybody = step_of(this), [one for level in people.values() for one in level]
    who, verdict = data.draw(st.sampled_from(everybody)), data.draw(st.sampled_from(["pass", "return", "reject"]))
    act = data.draw(st.sampled_from(["opine", "opine", "opine", "conclude", "reassign", "mark", "mend", "nothing"]))
    with suppress(Refusal), transaction.atomic():
        if act == "opine":
            opine(step, who, verdict, now)
        elif act == "conclude":
            actions.conclude(actor=who, now=now, step=step, verdict=verdict, why="如此")
        elif act == "reassign":
            actions.reassign(actor=who, now=now, step=step, why="如此")
        elif act == "mark":
            met = data.draw(st.booleans())
            declaring.mark(actor=None, now=now, declaration=mine, code="political_discipline", met=met,
                           document="意见", why="核实")  # fmt: skip
        elif act == "mend" and mine.state == rules.RETURNED:
            filled(mine)


def _whoever_can_does(this: Round, people: People, now: datetime) -> None:
    step = step_of(this)
    for who in [one for level in people.values() for one in level]:
        for act in (
            lambda who=who: actions.reassign(actor=who, now=now, step=step, why="接手"),
            lambda who=who: opine(step, who, "pass", now),
            *(lambda who=who, v=verdict: actions.conclude(actor=who, now=now, step=step, verdict=v, why="如此")
              for verdict in ("pass", "return", "reject")),
        ):  # fmt: skip
            with suppress(Refusal), transaction.atomic():
                act()
