"""What the rigs that break an urn call lost: the power cut and the killed database are judged by this alone."""

from __future__ import annotations

from voters import Difference, compared

A, B, C = b"a", b"b", b"c"
SENT = {A: ["a0", "a1"], B: ["b0"], C: ["c0"]}


def test_what_was_told_is_there_and_what_was_not_may_be() -> None:
    told = {A: 1, B: 0}
    assert compared(SENT, told, [(A, 1, "a1"), (B, 0, "b0")]) == Difference(2, 2, 0, 0, 0)
    assert compared(SENT, told, [(A, 1, "a1"), (B, 0, "b0"), (C, 0, "c0")]).none
    assert compared(SENT, {A: 0}, [(A, 1, "a1")]).none, "changed, and the answer was not heard"


def test_a_ballot_that_is_missing_or_older_than_its_receipt_is_lost() -> None:
    assert compared(SENT, {A: 1, B: 0}, [(B, 0, "b0")]) == Difference(2, 1, 1, 0, 0)
    assert compared(SENT, {A: 1}, [(A, 0, "a0")]) == Difference(1, 1, 1, 0, 0)
    assert not compared(SENT, {A: 1}, []).none


def test_two_ballots_of_one_credential_are_found() -> None:
    assert compared(SENT, {A: 1}, [(A, 0, "a0"), (A, 1, "a1")]) == Difference(1, 2, 0, 1, 0)
    assert not compared(SENT, {B: 0}, [(B, 0, "b0"), (B, 0, "b0")]).none


def test_a_ballot_that_nobody_sent_so_is_strange() -> None:
    assert compared(SENT, {B: 0}, [(B, 0, "b9")]) == Difference(1, 1, 0, 0, 1)
    assert compared(SENT, {}, [(b"z", 0, "z0")]).strange == 1
    assert compared(SENT, {}, [(A, 2, "a2")]).strange == 1
    assert compared(SENT, {}, [(A, 1, "a0")]).strange == 1, "the receipt of another revision"
