"""Elections at the boundaries of the rules, second votes for open seats, and by-elections within a term."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import sheets_stage
import stage
from baolei.organisations import elections
from baolei.organisations.models import Election, Membership, Organisation, Post, Term
from baolei.organisations.units import NotPossible
from baolei.programme.organisation.decisions import Poll, PollRefused, elected, quorum
from baolei.warehouse.rulebook import setup_rules

pytestmark = [pytest.mark.django_db, pytest.mark.stores, pytest.mark.usefixtures("english")]
BEGUN, LATER, ENDS = date(2025, 3, 1), date(2026, 6, 1), date(2028, 3, 1)
RULES = setup_rules(LATER)
ELECTION = RULES.acts["election"]


@pytest.fixture
def branch() -> Organisation:
    """B1 of 东方红村: nine full members."""
    return sheets_stage.town()["B1"]


def people(branch: Organisation) -> list[int]:
    return list(Membership.objects.filter(organisation=branch).order_by("pk").values_list("member", flat=True))


def poll(candidates: list[int], votes: list[int], seats: int, **said: Any) -> Poll:
    counts = {"should_attend": 9, "present": 9, "issued": 9, "returned": 9, "void": 0, "seats": seats, **said}
    return Poll(**counts, votes={str(one): number for one, number in zip(candidates, votes, strict=True)})


def term(branch: Organisation, votes: list[int], seats: int = 3, **said: Any) -> Election:
    """The term election of March 2025: the first candidates by number."""
    candidates = people(branch)[: len(votes)]
    posts = dict(zip(candidates, ("secretary", "organisation", "publicity", "member", "member"), strict=False))
    return elections.elect(act=sheets_stage.act(BEGUN), organisation=branch, document="同意换届", posts=posts,
                           poll=poll(candidates, votes, seats, **said))  # fmt: skip


def by_elect(branch: Organisation, candidates: list[int], votes: list[int], seats: int, on: date = LATER,
             **said: Any) -> Election:  # fmt: skip
    posts = said.pop("posts", {})
    return elections.by_elect(act=sheets_stage.act(on), organisation=branch, document="同意补选", posts=posts,
                              poll=poll(candidates, votes, seats, **said))  # fmt: skip


def holding(branch: Organisation, day: date = LATER) -> dict[int, str]:
    return dict(Post.objects.on(day).filter(organisation=branch).values_list("holder", "kind"))


# ---- the rules of 2020 at their boundaries ----


@pytest.mark.parametrize(("should", "needed"), [(10, 8), (9, 8), (11, 9), (5, 4), (1, 1), (50, 40)])
def test_four_fifths_exactly_is_enough_and_one_less_is_not(should: int, needed: int) -> None:
    assert quorum(ELECTION, should, needed).met
    assert not quorum(ELECTION, should, needed - 1).met


def test_before_july_2020_four_fifths_had_to_be_exceeded() -> None:
    old = setup_rules(date(2020, 7, 12)).acts["election"]
    assert not quorum(old, 10, 8).met
    assert quorum(old, 10, 9).met
    assert quorum(setup_rules(date(2020, 7, 13)).acts["election"], 10, 8).met


@pytest.mark.parametrize(("present", "half"), [(10, 5), (8, 4), (9, 4)])
def test_half_of_those_present_is_not_elected_and_one_more_is(present: int, half: int) -> None:
    held = {"should_attend": 10, "present": present, "issued": present, "returned": present, "void": 0, "seats": 1}
    assert elected(Poll(**held, votes={"a": half}), ELECTION).elected == ()
    assert elected(Poll(**held, votes={"a": half + 1}), ELECTION).elected == ("a",)


def test_the_majority_is_of_those_present_not_of_the_slips_returned() -> None:
    """Ten present, eight slips came back, one of them void: five votes are half of those present."""
    held = {"should_attend": 10, "present": 10, "issued": 10, "returned": 8, "void": 1, "seats": 1}
    assert elected(Poll(**held, votes={"a": 5}), ELECTION).elected == ()
    assert elected(Poll(**held, votes={"a": 6}), ELECTION).elected == ("a",)


def test_a_slip_with_more_names_than_seats_is_void_and_cannot_count() -> None:
    held = {"should_attend": 10, "present": 10, "issued": 10, "returned": 10, "seats": 2}
    Poll(**held, void=1, votes={"a": 9, "b": 9})
    with pytest.raises(PollRefused, match="no more than 9 valid slips with 2 names each"):
        Poll(**held, void=1, votes={"a": 9, "b": 9, "c": 1})


def test_one_slip_more_than_was_handed_out_and_the_election_does_not_stand() -> None:
    held = {"should_attend": 10, "present": 10, "issued": 9, "void": 0, "seats": 1, "votes": {"a": 9}}
    assert elected(Poll(**held, returned=9), ELECTION).valid
    assert not elected(Poll(**held, returned=10), ELECTION).valid


# ---- seats left open ----


def test_a_seat_left_open_is_filled_by_a_second_vote_and_then_all_take_office(branch: Organisation) -> None:
    first = term(branch, [9, 7, 4, 4])
    assert (first.valid, len(first.elected)) == (True, 2)
    assert holding(branch) == {}
    assert not Term.objects.exists()
    one, other = people(branch)[2:4]
    again = elections.elect_again(act=sheets_stage.act(date(2025, 3, 3)), first=first, document="同意换届",
                                  poll=poll([one, other], [6, 3], 1), posts={one: "publicity"})  # fmt: skip
    assert (again.kind, again.first_id) == (Election.SECOND, first.pk)
    secretary, second, third = people(branch)[:3]
    assert holding(branch) == {secretary: "secretary", second: "organisation", third: "publicity"}
    begun = Term.objects.get()
    assert (begun.elected, begun.ends) == (date(2025, 3, 3), date(2028, 3, 3))


def test_a_tie_for_the_last_seat_leaves_it_open_for_those_who_tie(branch: Organisation) -> None:
    first = term(branch, [8, 5, 5], seats=2)
    act = sheets_stage.act(BEGUN)
    assert set(elections.decided(first, act).runoff) == {str(one) for one in people(branch)[1:3]}
    one, other = people(branch)[1:3]
    elections.elect_again(act=act, first=first, poll=poll([one, other], [5, 4], 1), posts={}, document="x")
    assert set(holding(branch)) == {people(branch)[0], one}


def test_a_second_vote_is_for_the_open_seats_and_for_who_is_not_elected_yet(branch: Organisation) -> None:
    first, act = term(branch, [9, 7, 4, 4]), sheets_stage.act(BEGUN)
    chosen, _second, one, other = people(branch)[:4]
    with pytest.raises(NotPossible, match="left 1 seats open, not 2"):
        elections.elect_again(act=act, first=first, poll=poll([one, other], [6, 6], 2), posts={}, document="x")
    with pytest.raises(NotPossible, match="1 of the candidates were elected already"):
        elections.elect_again(act=act, first=first, poll=poll([chosen], [6], 1), posts={}, document="x")
    elections.elect_again(act=act, first=first, poll=poll([one], [4], 1), posts={}, document="x")
    assert holding(branch) == {}, "four of nine: the seat is still open"
    elections.elect_again(act=act, first=first, poll=poll([other], [5], 1), posts={}, document="x")
    with pytest.raises(NotPossible, match="every seat of that election is filled"):
        elections.elect_again(act=act, first=first, poll=poll([one], [9], 1), posts={}, document="x")


def test_what_does_not_stand_has_no_second_vote(branch: Organisation) -> None:
    first = term(branch, [7, 7, 7], present=7, issued=7, returned=7)
    assert not first.valid
    with pytest.raises(NotPossible, match="or it does not stand"):
        elections.elect_again(act=sheets_stage.act(BEGUN), first=first, document="x", posts={},
                              poll=poll(people(branch)[:1], [9], 1))  # fmt: skip


# ---- by-elections ----


def test_a_by_election_fills_the_open_seat_and_the_term_ends_when_it_would_have(branch: Organisation) -> None:
    term(branch, [9, 8, 7, 1])
    secretary, second, third, fourth = people(branch)[:4]
    Post.objects.filter(holder=third).update(until=date(2026, 4, 30))
    made = by_elect(branch, [fourth], [8], 1, posts={fourth: "publicity"})
    assert (made.kind, made.valid, made.elected) == (Election.BY, True, [str(fourth)])
    assert holding(branch) == {secretary: "secretary", second: "organisation", fourth: "publicity"}
    assert Post.objects.get(holder=fourth).committee
    assert list(Term.objects.values_list("elected", "ends")) == [(BEGUN, ENDS)]


def test_only_as_many_seats_as_are_open_are_filled(branch: Organisation) -> None:
    term(branch, [9, 8, 7, 1])
    fourth, fifth = people(branch)[3:5]
    with pytest.raises(NotPossible, match="0 seats are open, not 1"):
        by_elect(branch, [fourth], [8], 1)
    Post.objects.filter(holder=people(branch)[2]).update(until=date(2026, 4, 30))
    with pytest.raises(NotPossible, match="1 seat is open, not 2"):
        by_elect(branch, [fourth, fifth], [8, 8], 2)


@pytest.mark.parametrize(("present", "votes", "stands", "taken"), [
    (8, 5, True, True), (7, 7, False, False), (8, 4, True, False), (9, 5, True, True),
])  # fmt: skip
def test_a_by_election_needs_the_same_quorum_and_majority(
    branch: Organisation, present: int, votes: int, stands: bool, taken: bool
) -> None:
    """Of nine who should attend eight are four fifths; half of those present is not elected."""
    term(branch, [9, 8, 7, 1])
    third, fourth = people(branch)[2:4]
    Post.objects.filter(holder=third).update(until=date(2026, 4, 30))
    made = by_elect(branch, [fourth], [votes], 1, present=present, issued=present, returned=present)
    assert made.valid is stands
    assert (fourth in holding(branch)) is taken


def test_there_is_one_secretary(branch: Organisation) -> None:
    term(branch, [9, 8, 7, 1])
    secretary, second, third, fourth = people(branch)[:4]
    Post.objects.filter(holder=third).update(until=date(2026, 4, 30))
    with pytest.raises(NotPossible, match="the post must be vacant"):
        by_elect(branch, [fourth], [8], 1, posts={fourth: "secretary"})
    Post.objects.filter(holder=secretary).update(until=date(2026, 4, 30))
    made = by_elect(branch, [second, fourth], [9, 8], 2, posts={second: "secretary", fourth: "publicity"})
    assert made.valid
    assert holding(branch) == {second: "secretary", fourth: "publicity"}, "who is secretary now gave the other post up"
    assert holding(branch, date(2026, 5, 31)) == {second: "organisation"}


def test_outside_a_term_there_is_nothing_to_fill(branch: Organisation) -> None:
    with pytest.raises(NotPossible, match="no term is on record"):
        by_elect(branch, people(branch)[:1], [8], 1)
    term(branch, [9, 8, 7, 1])
    Post.objects.filter(holder=people(branch)[2]).update(until=date(2026, 4, 30))
    assert by_elect(branch, people(branch)[3:4], [8], 1, on=ENDS).valid, "on its last day the term still runs"
    with pytest.raises(NotPossible, match="the term ended on 2028-03-01"):
        by_elect(branch, people(branch)[4:5], [8], 1, on=date(2028, 3, 2))


def test_without_an_election_on_record_the_rules_say_how_many_seats_there_are(branch: Organisation) -> None:
    state = stage.branch("B1")
    Term.objects.create(organisation=branch, elected=BEGUN, ends=ENDS)
    act = sheets_stage.act(LATER)
    assert elections.open_seats(state, act) == 7, "nine full members: a committee of at most seven"
    Membership.objects.filter(member__in=people(branch)[6:]).update(until=BEGUN)
    assert elections.open_seats(state, act) == 2, "six: a secretary, and a deputy at most"
    Post.objects.create(organisation=branch, kind="secretary", holder_id=people(branch)[0], since=BEGUN)
    assert elections.open_seats(state, act) == 1
    assert elections.open_seats(stage.branch("W1"), act) == 9
