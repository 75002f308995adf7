"""A branch declares: filled with what the house knows, saved as it goes, handed in, returned, withdrawn."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import stage
from baolei.declarations import actions
from baolei.declarations.actions import Changed, Said
from baolei.declarations.form import form_of
from baolei.declarations.models import Answer, Declaration
from baolei.ledger.models import Entry
from baolei.organisations.models import Term
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import declaration as rules
from baolei.programme.declaration import AnswerRefused, Incomplete
from baolei.programme.states import NotHere
from baolei.rounds.actions import cancel_round
from baolei.rounds.models import Round
from baolei.standards.at_hand import at_hand
from contents import digest
from round_stage import BRANCHES, EDITION, NOW, begun, best, declaration_of, filled, passed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
OWN, NEXT, FAR = BRANCHES
REASON = {"first_agenda": "少开一次"}


def asked(account: Account, address: str, language: str = "en", **said: Any) -> Any:
    client = Client()
    client.force_login(account)
    client.cookies["django_language"] = language
    return client.post(address, said) if said else client.get(address)


def page(mine: Declaration) -> str:
    return reverse("declaration", args=[mine.pk])


def test_it_is_filled_with_what_the_house_knows_and_asks_the_rest_once() -> None:
    own = stage.branch(OWN, home=OWN[:12])
    Term.objects.create(organisation=own.organisation, elected=date(2024, 1, 1), ends=date(2028, 12, 31))
    mine = declaration_of(begun(), OWN)
    known = mine.answers.get(item="term_election")
    assert (known.num, known.den, known.origin) == (1, 1, Answer.RECORD)
    form = form_of(mine)
    assert form.burden.items == len(at_hand(EDITION).field("village").items)
    assert form.burden.known == 1, "nobody holds a post here, so nothing is known of the committee"
    assert form.unanswered == form.burden.items - mine.answers.count()


def test_what_the_record_says_may_be_answered_otherwise_and_both_stay_seen() -> None:
    own = stage.branch(OWN, home=OWN[:12])
    Term.objects.create(organisation=own.organisation, elected=date(2018, 1, 1), ends=date(2021, 12, 31))
    mine = declaration_of(begun(), OWN)
    said = Said("term_election", 1, 1, "延期已批：组通字〔2026〕1号", seen=1)
    made = actions.answer(actor=None, now=NOW, declaration=mine, said=[said])["term_election"]
    assert (made.origin, made.recorded_num, made.num) == (Answer.BRANCH, 0, 1)
    assert "records say 0 of 1" in asked(stage.mandated(OWN, "branch_secretary"), page(mine)).text


def test_the_self_score_is_the_sum_of_what_each_item_earns() -> None:
    mine = filled(declaration_of(begun(), OWN))
    form = form_of(mine)
    assert (form.earned, form.unanswered) == (4000, 0)  # all of the forty points of the organisation's part
    assert form.score == "40.00"
    assert mine.state == rules.SUBMITTED


def test_what_is_not_answered_earns_nothing_and_gives_nothing_away() -> None:
    edition = at_hand(EDITION)
    table = edition.field("village")
    one = {leaf.item.code: leaf for leaf in rules.leaves(edition, table, {"first_agenda": (12, 12)})}
    assert (one["first_agenda"].points, one["first_agenda"].available) == (400, 400)
    assert one["tasks_done"].points is None


def test_an_item_that_does_not_apply_leaves_its_points_to_the_others_of_its_cell() -> None:
    edition = at_hand(EDITION)
    table = edition.field("village")
    answers = {item.code: best(item) for item in rules.asked(edition, table)}
    whole = rules.leaves(edition, table, answers)
    without = rules.leaves(edition, table, {**answers, "new_members": (0, 0)})
    assert sum(leaf.points or 0 for leaf in without) == sum(leaf.points or 0 for leaf in whole) == 4000
    assert next(leaf for leaf in without if leaf.item.code == "new_members").available == 0
    assert rules.leaves(edition, table, {})[0].lacking == table.items[rules.asked(edition, table)[0].code]


@pytest.mark.parametrize(("item", "num", "den", "right"), [
    ("first_agenda", 13, 12, "at most 12"), ("first_agenda", 3, 0, "0 and 0"), ("term_election", 2, 1, "1 of 1"),
    ("first_agenda", 1, 10**10, "0 to"), ("life_confirmed", 9, 4, "at most 4"),
])  # fmt: skip
def test_a_number_that_cannot_be_names_the_item_and_what_could(item: str, num: int, den: int, right: str) -> None:
    mine = declaration_of(begun(), OWN)
    edition, _table = actions.standard(mine)
    with pytest.raises(AnswerRefused, match=right) as refused:
        actions.answer(actor=None, now=NOW, declaration=mine, said=[Said(item, num, den)])
    assert edition.items[item].name.en in str(refused.value)
    assert not mine.answers.filter(item=item, num=num).exists()


def test_nothing_is_handed_in_with_items_unanswered() -> None:
    mine = declaration_of(begun(), OWN)
    with pytest.raises(Incomplete, match="items are not answered"):
        actions.hand_in(actor=None, now=NOW, declaration=mine)


def test_two_who_answer_the_same_item_both_see_it_and_nothing_is_lost() -> None:
    mine = declaration_of(begun(), OWN)
    actions.answer(actor=None, now=NOW, declaration=mine, said=[Said("first_agenda", 11, 12)])
    with pytest.raises(Changed) as both:
        actions.answer(actor=None, now=NOW, declaration=mine,
                       said=[Said("first_agenda", 10, 12), Said("tasks_done", 1, 1)])  # fmt: skip
    assert both.value.items["first_agenda"].num == 11
    assert not mine.answers.filter(item="tasks_done").exists()  # nothing half-saved
    actions.answer(actor=None, now=NOW, declaration=mine, said=[Said("first_agenda", 11, 12)])  # the same: no quarrel
    actions.answer(actor=None, now=NOW, declaration=mine, said=[Said("first_agenda", 10, 12, seen=1)])
    assert mine.answers.get(item="first_agenda").num == 10


def test_it_is_returned_only_with_a_reason_at_an_item_and_comes_back_amended() -> None:
    mine = filled(declaration_of(begun(), OWN))
    with pytest.raises(NotPossible, match="returned with a reason"):
        actions.send_back(actor=None, now=NOW, declaration=mine, why="重报", items={"first_agenda": " "})
    mine = actions.send_back(actor=None, now=NOW, declaration=mine, why="口径不符",
                             items={"first_agenda": "8月的会没有开"})  # fmt: skip
    assert mine.state == rules.RETURNED
    old = mine.answers.get(item="first_agenda")
    assert old.asked_back == "8月的会没有开"
    actions.answer(actor=None, now=NOW, declaration=mine, said=[Said("first_agenda", 11, 12, seen=old.version)])
    assert mine.answers.get(item="first_agenda").asked_back == ""
    assert actions.hand_in(actor=None, now=NOW, declaration=mine).state == rules.SUBMITTED


def test_the_freeze_takes_what_was_handed_in_and_lets_the_rest_lapse() -> None:
    this = begun()
    filled(declaration_of(this, OWN))
    actions.withdraw(actor=None, now=NOW, declaration=declaration_of(this, NEXT), why="书记空缺")
    passed(this, 2)
    states = {code: declaration_of(this, code).state for code in BRANCHES}
    assert states == {OWN: rules.FROZEN, NEXT: rules.WITHDRAWN, FAR: rules.LAPSED}
    told = Entry.objects.get(act="declarations.freeze").particulars["after"]
    assert told == {"frozen": 1, "lapsed": 1}


def test_once_its_round_has_ended_nothing_is_done_with_a_declaration() -> None:
    mine = declaration_of(begun(), OWN)
    cancel_round(actor=None, now=NOW, round=mine.round, why="上级决定")
    given: dict[str, Any] = {"actor": None, "now": NOW, "declaration": mine}
    before = digest()
    for act in (
        lambda: actions.answer(**given, said=[Said("first_agenda", 1, 2)]), lambda: actions.hand_in(**given),
        lambda: actions.withdraw(**given, why="不报了"),
        lambda: actions.mark(**given, code="yearly_plan", met=True, document="意见", why="核实"),
    ):  # fmt: skip
        with pytest.raises(NotPossible, match="the round has ended"):
            act()
    assert digest() == before
    secretary = stage.mandated(OWN, "branch_secretary")
    shown = asked(secretary, page(mine)).text
    assert "data-save" not in shown
    assert asked(secretary, page(mine), hand_in="1").status_code == 404


def test_a_round_does_not_end_over_a_declaration_that_is_still_under_review() -> None:
    this = begun()
    filled(declaration_of(this, OWN))
    this = passed(this, 6)
    assert this.phase == "naming"
    with pytest.raises(NotPossible, match="1 declaration is still under review"):
        passed(this)
    assert Round.objects.get().phase == "naming"
    actions.withdraw(actor=None, now=NOW, declaration=declaration_of(this, OWN), why="不报了")
    assert passed(this).phase == "closed"


def test_conditions_are_the_superior_s_word_on_a_document() -> None:
    mine = declaration_of(begun(), OWN)
    said = {"actor": None, "now": NOW, "declaration": mine, "why": "核实"}
    actions.mark(**said, code="political_discipline", met=True, document="纪检意见〔2026〕3号")
    actions.mark(**said, code="political_discipline", met=False, document="纪检意见〔2026〕9号")
    assert [(one.code, one.value) for one in mine.marks.all()] == [("political_discipline", 0)]
    actions.mark(**said, code="honour", met=True, matter="先进", level="banner", document="表彰决定")
    for wrong in ({"code": "moon"}, {"code": "honour", "level": "moon"}):
        with pytest.raises(NotPossible, match="no such condition"):
            actions.mark(**said, met=True, document="x", **wrong)
    with pytest.raises(NotPossible, match="stands on something"):
        actions.mark(**said, code="yearly_plan", met=True, document="")


def test_a_secretary_fills_in_a_clerk_returns_and_nobody_else_sees_it() -> None:
    mine = declaration_of(begun(), OWN)
    secretary, clerk = stage.mandated(OWN, "branch_secretary"), stage.mandated("150422", "banner_clerk")
    far, viewer = stage.mandated("1505"), stage.mandated("150422", "viewer")
    assert asked(far, page(mine)).status_code == asked(viewer, page(mine)).status_code == 404
    assert 'name="num-first_agenda"' in asked(secretary, page(mine)).text
    assert 'name="num-first_agenda"' not in asked(clerk, page(mine)).text
    said = {"num-first_agenda": "１１", "den-first_agenda": "12", "words-first_agenda": "会议记录",
            "seen-first_agenda": "0", "num-tasks_done": "x", "den-tasks_done": "1", "served": "300"}  # fmt: skip
    told = asked(secretary, reverse("save_declaration", args=[mine.pk]), **said).json()
    assert told["items"]["first_agenda"]["seen"] == 1
    assert "two whole numbers" in told["faults"]["tasks_done"]
    mine.refresh_from_db()
    assert mine.served == 300
    assert asked(clerk, reverse("save_declaration", args=[mine.pk]), served="1").status_code == 404
    answer = asked(
        secretary, page(mine), **{"num-first_agenda": "13", "den-first_agenda": "12", "seen-first_agenda": "1"}
    )
    assert answer.status_code == 422
    assert "at most 12" in answer.text
    filled(mine)
    way = reverse("on_declaration", args=[mine.pk, "return"])
    assert asked(secretary, way).status_code == 404
    assert asked(clerk, way, **{"why": "口径", "item-first_agenda": "少开一次"}).status_code == 302
    assert "少开一次" in asked(secretary, page(mine)).text
    listed = reverse("declarations", args=[mine.round_id])
    assert asked(clerk, listed).text.count("/declaration/") == 2
    assert asked(far, listed).text.count("/declaration/") == 1
    assert asked(secretary, listed).text.count("/declaration/") == 1


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["fill", "hand_in", "take_back", "withdraw", "return", "answer", "pass"]), max_size=14))
def test_no_walk_of_legal_and_illegal_acts_leaves_a_declaration_stuck_or_lost(walk: list[str]) -> None:
    with transaction.atomic():
        _walked(walk)
        transaction.set_rollback(True)  # the next walk finds the house as this one did


def _walked(walk: list[str]) -> None:
    this = begun()
    mine = declaration_of(this, OWN)
    does: dict[str, Any] = {
        "fill": lambda: filled(mine), "hand_in": lambda: actions.hand_in(actor=None, now=NOW, declaration=mine),
        "take_back": lambda: actions.take_back(actor=None, now=NOW, declaration=mine, why="改"),
        "withdraw": lambda: actions.withdraw(actor=None, now=NOW, declaration=mine, why="不报了"),
        "return": lambda: actions.send_back(actor=None, now=NOW, declaration=mine, why="x", items=REASON),
        "answer": lambda: actions.answer(actor=None, now=NOW, declaration=mine, said=[Said("first_agenda", 1, 2)]),
        "pass": lambda: passed(this),
    }  # fmt: skip
    for act in walk:
        before = declaration_of(this, OWN)
        answers = actions.answers_of(before)
        try:
            does[act]()
        except (NotHere, NotPossible, Incomplete, Changed):
            after = declaration_of(this, OWN)
            assert (after.state, actions.answers_of(after)) == (before.state, answers)
        after = declaration_of(this, OWN)
        state = rules.STATES.state(after.state)
        assert state.final or (state.owner and state.within and rules.STATES.ways(after.state))
        assert answers.keys() <= actions.answers_of(after).keys()
        this.refresh_from_db()
