"""Votes and elections held on paper: what must be counted, what it decides, and counts that cannot be."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baolei.programme.organisation.decisions import (
    Poll,
    PollRefused,
    candidates_needed,
    carried,
    elected,
    quorum,
    votes_needed,
)
from baolei.programme.organisation.rules import Share
from baolei.warehouse.rulebook import setup_rules

RULES = setup_rules(dt.date(2023, 12, 31))
ELECTION, MEETING = RULES.acts["election"], RULES.acts["members_meeting"]
HELD = {"should_attend": 20, "present": 18, "issued": 18, "returned": 18, "void": 2, "seats": 3, "votes": {"a": 10}}


@st.composite
def polls(draw: st.DrawFn) -> Poll:
    """Any poll whose counts can be; slips may be more than were handed out."""
    should = draw(st.integers(1, 40))
    present = draw(st.integers(0, should))
    issued = draw(st.integers(0, present))
    returned = draw(st.integers(0, issued + 1))
    void, seats = draw(st.integers(0, returned)), draw(st.integers(1, 4))
    left, votes = (returned - void) * seats, {}
    for name in "abcdef"[: draw(st.integers(1, 6))]:
        votes[name] = draw(st.integers(0, min(returned - void, left)))
        left -= votes[name]
    return Poll(should, present, issued, returned, void, seats, votes)


@given(polls())
def test_who_is_elected_has_the_votes_and_nobody_with_more_is_left_out(poll):
    found = elected(poll, ELECTION)
    out = set(poll.votes) - set(found.elected)
    assert found.open_seats == poll.seats - len(found.elected) >= 0
    assert found.valid == (5 * poll.present >= 4 * poll.should_attend and poll.returned <= poll.issued)
    if not found.valid:
        assert (found.elected, found.runoff) == ((), ())
        return
    least = [poll.votes[name] for name in found.elected]
    assert least == sorted(least, reverse=True)
    assert all(2 * votes > poll.present for votes in least)
    assert not least or all(poll.votes[name] <= least[-1] for name in out)
    enough = {name for name in out if 2 * poll.votes[name] > poll.present}
    if not found.open_seats:
        assert found.runoff == ()
    else:  # those who reached the majority and have no seat tie for one that is left
        assert len(found.runoff) != 1
        assert len({poll.votes[name] for name in found.runoff}) <= 1
        assert set(found.runoff) <= enough
        assert bool(found.runoff) == bool(enough)
        assert not found.runoff or len(found.runoff) > found.open_seats


def test_a_tie_for_the_last_seat_goes_to_a_second_vote_among_those_who_tie():
    poll = Poll(20, 20, 20, 20, 0, seats=2, votes={"a": 15, "b": 12, "c": 12})
    found = elected(poll, ELECTION)
    assert (found.elected, found.runoff, found.open_seats) == (("a",), ("b", "c"), 1)
    room = elected(replace(poll, seats=3), ELECTION)
    assert (room.elected, room.runoff, room.open_seats) == (("a", "b", "c"), (), 0)
    full = elected(replace(poll, votes={"a": 15, "b": 14, "c": 11}), ELECTION)
    assert (full.elected, full.runoff, full.open_seats) == (("a", "b"), (), 0)


def test_more_slips_than_were_handed_out_elect_nobody():
    poll = Poll(20, 20, issued=19, returned=20, void=0, seats=1, votes={"a": 20})
    found = elected(poll, ELECTION)
    assert found.quorum.met
    assert (found.slips_in_order, found.valid, found.elected, found.open_seats) == (False, False, (), 1)
    assert elected(replace(poll, issued=20), ELECTION).elected == ("a",)


BROKEN = {
    "should_attend": (0, "poll: 0 should attend — at least 1"),
    "present": (21, "poll: 21 are present — no more than should attend"),
    "issued": (19, "poll: 19 slips were handed out — one for each voter present"),
    "returned": (-1, "poll: -1 slips came back — a count"),
    "void": (19, "poll: 19 slips are void — no more than came back"),
    "seats": (0, "poll: 0 seats — at least 1"),
    "votes": ({}, "poll: there is no candidate — at least one"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_counts_that_cannot_be_are_refused_in_words(name):
    value, sentence = BROKEN[name]
    with pytest.raises(PollRefused) as refused:
        Poll(**{**HELD, name: value})
    assert sentence in map(str, refused.value.faults)


def test_the_largest_counts_that_can_be_are_accepted_and_one_more_is_told_with_every_fault():
    Poll(**{**HELD, "void": 2, "votes": {"a": 16, "b": 16, "c": 16}})
    with pytest.raises(PollRefused) as refused:
        Poll(**{**HELD, "void": 3, "votes": {"a": 16, "b": 16, "c": 16}})
    assert [str(fault) for fault in refused.value.faults] == [
        *(f"poll: 16 votes for {name} — no more than the 15 valid slips" for name in "abc"),
        "poll: 48 votes in all — no more than 15 valid slips with 3 names each",
    ]
    with pytest.raises(PollRefused, match="the poll is refused: 1 fault\n"):
        Poll(**{**HELD, "seats": 1, "votes": {"a": 10, "b": 7}})


# -- motions ----------------------------------------------------------------------------------------------------------


def test_half_of_the_members_can_meet_and_carry_nothing():
    assert quorum(MEETING, 20, 10).met
    assert not quorum(MEETING, 20, 9).met
    assert not carried(MEETING, 20, 10, 10)
    assert carried(MEETING, 20, 11, 11)
    assert not carried(MEETING, 21, 20, 10)
    assert carried(MEETING, 21, 20, 11)


def test_the_majority_of_a_motion_is_of_those_entitled_that_of_an_election_of_those_present():
    assert votes_needed(MEETING, 20, 16) == 11
    assert votes_needed(ELECTION, 20, 16) == 9


@pytest.mark.parametrize(
    ("should", "present", "sentences"),
    [
        (0, 0, ["poll: 0 should attend — at least 1"]),
        (20, 21, ["poll: 21 of 20 are present — no more than should attend"]),
        (20, -1, ["poll: -1 of 20 are present — no more than should attend"]),
        (-1, 2, ["poll: -1 should attend — at least 1", "poll: 2 of -1 are present — no more than should attend"]),
    ],
)
def test_an_attendance_that_cannot_be_is_refused(should, present, sentences):
    with pytest.raises(PollRefused) as refused:
        quorum(MEETING, should, present)
    assert [str(fault) for fault in refused.value.faults] == sentences


@pytest.mark.parametrize("yes", [-1, 12])
def test_more_votes_than_are_present_are_refused(yes):
    with pytest.raises(PollRefused, match=f"{yes} votes in favour of 11 present — no more than are present"):
        carried(MEETING, 20, 11, yes)


@given(st.integers(1, 9), st.integers(1, 9), st.booleans(), st.integers(0, 500))
def test_a_share_asks_for_the_fewest_whole_persons_that_reach_it(over, under, strict, base):
    needed = Share(over, under, strict).needed(base)

    def enough(number: int) -> bool:
        return number * under > base * over if strict else number * under >= base * over

    assert enough(needed)
    assert not enough(needed - 1)


def test_there_are_a_fifth_more_candidates_than_seats_in_whole_persons():
    assert [candidates_needed(seats, RULES) for seats in (1, 3, 5, 6, 10, 11)] == [2, 4, 6, 8, 12, 14]
    for seats in range(1, 60):
        assert candidates_needed(seats, RULES) - seats == math.ceil(seats / 5)
