"""The evidence catalogue: facts with the rows behind them, called not right and answered in place, counted again."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

import stage
from baolei.declarations import actions, disputes
from baolei.declarations.actions import Said
from baolei.declarations.counting_again import count_again
from baolei.declarations.evidence import covered
from baolei.declarations.models import Answer, Dispute
from baolei.declarations.sources import KNOWN
from baolei.ledger.models import Entry
from baolei.life.models import Gathering, Session
from baolei.organisations.models import OrganisationState, Term
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme.evidence import added_up, rows_of_each
from baolei.standards.at_hand import at_hand
from round_stage import BRANCHES, EDITION, begun, declaration_of

pytestmark = [pytest.mark.django_db, pytest.mark.stores, pytest.mark.usefixtures("english")]
OWN, NEXT, FAR = BRANCHES
NOW, TODAY = datetime(2026, 3, 20, 2, tzinfo=UTC), date(2026, 3, 20)
WHY = "一月的党员大会没有计入"


def met(state: OrganisationState, by: Account, on: date, *forms: str, study: bool = True) -> Gathering:
    made: Gathering = Gathering.objects.create(
        organisation=state.organisation, key=f"{Gathering.objects.count():032x}", on=on, entered=on, by=by,
        should_attend=8, absent=1, study=study,
    )  # fmt: skip
    Session.objects.bulk_create(Session(gathering=made, form=form) for form in forms)
    return made


@pytest.fixture
def secretary() -> Account:
    stage.branch(OWN, home=OWN[:12])
    return stage.mandated(OWN, "branch_secretary")


@pytest.fixture
def branch(secretary: Account) -> OrganisationState:
    """Two meetings this year, one of which opened with study; a term that runs."""
    state = stage.branch(OWN, home=OWN[:12])
    Term.objects.create(organisation=state.organisation, elected=date(2024, 1, 1), ends=date(2028, 12, 31))
    met(state, secretary, date(2026, 1, 15), "members_meeting", "theme_party_day")
    met(state, secretary, date(2026, 2, 10), "committee_meeting", study=False)
    return state


def asked(account: Account, name: str, *given: Any, **said: Any) -> Any:
    client = Client()
    client.force_login(account)
    client.cookies["django_language"] = "en"
    address = reverse(name, args=given)
    return client.post(address, said, follow=True) if said else client.get(address)


def fact(item: str, state: OrganisationState) -> Any:
    return KNOWN[item].facts({state.organisation_id}, 2026, TODAY).get(state.organisation_id)


@pytest.mark.parametrize("item", sorted(KNOWN))
def test_the_rows_behind_a_fact_add_up_to_it(branch: OrganisationState, item: str) -> None:
    rows = KNOWN[item].rows(branch.organisation_id, 2026, TODAY)
    assert (added_up(rows) if rows else None) == fact(item, branch)


def test_rows_gathered_together_are_those_of_each_item(branch: OrganisationState) -> None:
    together = rows_of_each(KNOWN, KNOWN, branch.organisation_id, 2026, TODAY)
    assert together == {item: source.rows(branch.organisation_id, 2026, TODAY) for item, source in KNOWN.items()}
    assert together["theme_days"]


def test_a_branch_without_records_is_not_known_and_nothing_is_held_against_it(branch: OrganisationState) -> None:
    other = stage.branch(NEXT, home=NEXT[:12])
    assert fact("first_agenda", branch) == (1, 2)
    assert fact("first_agenda", other) is None
    page = asked(stage.mandated(NEXT, "branch_secretary"), "evidence_item", other.organisation_id, "first_agenda")
    assert "nothing is held against the branch" in page.text


def test_the_page_shows_every_item_of_the_field_and_where_it_comes_from(
    branch: OrganisationState, secretary: Account, settings: Any
) -> None:
    page = asked(secretary, "evidence", branch.organisation_id)
    assert page.status_code == 200
    table = page.context["told"]
    assert {one.item.code for one in table} == {code for code, worth in
                                               at_hand(page.context["edition"].code).field("village").items.items()
                                               if worth}  # fmt: skip
    assert "asked in the declaration" in page.text
    assert asked(stage.mandated(FAR, "branch_secretary"), "evidence", branch.organisation_id).status_code == 404


def test_what_a_branch_calls_not_right_is_answered_in_place(branch: OrganisationState, secretary: Account) -> None:
    clerk = stage.mandated("150422", "banner_clerk")
    given = {"organisation": branch.organisation, "item": "first_agenda", "year": 2026, "until": TODAY}
    with pytest.raises(NotPossible, match="only the branch itself"):
        disputes.dispute(actor=clerk, now=NOW, words=WHY, **given)
    made = disputes.dispute(actor=secretary, now=NOW, words=WHY, **given)
    assert (made.num, made.den) == (1, 2)
    with pytest.raises(NotPossible, match="waits for its answer"):
        disputes.dispute(actor=secretary, now=NOW, words=WHY, **given)
    assert asked(secretary, "answer_dispute", made.pk).status_code == 404, "nobody answers themselves"
    assert "Facts that branches call not right" in asked(clerk, "today").text
    page = asked(clerk, "answer_dispute", made.pk, upheld="1", words="请补录，补录后重新计数")
    assert "The branch has its answer" in page.text
    made.refresh_from_db()
    assert (made.upheld, made.answered_by) == (True, clerk)
    assert [one.act for one in Entry.objects.order_by("pk")][-2:] == ["declarations.dispute",
                                                                      "declarations.answer_dispute"]  # fmt: skip
    with pytest.raises(NotPossible, match="was answered"):
        disputes.answer_dispute(actor=clerk, now=NOW, dispute=made, upheld=False, words="不")
    assert fact("first_agenda", branch) == (1, 2), "an answer mends no record: the record itself does"
    assert disputes.dispute(actor=secretary, now=NOW, words="还是不对", **given).pk != made.pk


@pytest.mark.parametrize(("item", "words", "wrong"), [
    ("first_agenda", " ", "what would be"), ("first_agenda", "找王某 13912345678", "mobile number"),
    ("tasks_of_nobody", WHY, "nothing is on record"), ("hub_sessions", WHY, "nothing is on record"),
])  # fmt: skip
def test_a_dispute_says_what_is_wrong_of_something_on_record(
    branch: OrganisationState, secretary: Account, item: str, words: str, wrong: str
) -> None:
    with pytest.raises(NotPossible, match=wrong):
        disputes.dispute(actor=secretary, now=NOW, organisation=branch.organisation, item=item, year=2026, until=TODAY,
                         words=words)  # fmt: skip
    assert not Dispute.objects.exists()


def test_an_open_declaration_is_counted_again_and_what_the_branch_said_stays(
    branch: OrganisationState, secretary: Account
) -> None:
    mine = declaration_of(begun(), OWN)
    first = mine.answers.get(item="first_agenda")
    assert (first.num, first.den, first.origin) == (1, 2, Answer.RECORD)
    term = mine.answers.get(item="term_election")
    actions.answer(
        actor=secretary, now=NOW, declaration=mine, said=[Said("term_election", 0, 1, "未按期", term.version)]
    )
    met(branch, secretary, date(2026, 3, 18), "members_meeting")
    changed = count_again(actor=secretary, now=NOW, declaration=mine)
    assert changed["first_agenda"] == (2, 3)
    assert mine.answers.get(item="first_agenda").num == 2
    kept = mine.answers.get(item="term_election")
    assert (kept.num, kept.recorded_num, kept.origin) == (0, 1, Answer.BRANCH)
    assert count_again(actor=secretary, now=NOW, declaration=mine) == {}
    asked(secretary, "count_again", mine.pk, x="1")  # the page counts up to the day on which it is asked
    assert "The records say what stands here already" in asked(secretary, "count_again", mine.pk, x="1").text


def test_how_much_of_each_field_nobody_types_is_counted_from_the_edition() -> None:
    fields = {one.field.code: one for one in covered(at_hand(EDITION))}
    village = fields["village"]
    assert village.coverage.countable == 4000 - 150, "all forty points but the judged meeting on organisational life"
    mine = at_hand(EDITION).field("village").items
    assert village.coverage.filled == sum(worth for code, worth in mine.items() if code in KNOWN)
    assert 0 < village.coverage.share < 1
