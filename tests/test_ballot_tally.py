"""The urn counted and sealed: what is valid, what adds up, what the head says, that nothing of an order is left."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baolei.programme import proof
from baolei.programme.ballot import ballot as bytes_of
from baolei.programme.ballot import tally
from baolei.programme.ballot.ballot import Ballot, BallotRefused
from baolei.programme.ballot.tally import Asked, TallyRefused, Totals
from tally_stage import ANSWERS, FORM, HOUSE, POLL, STRANGER, by_slip, slip, stage

ASKED = Asked(3, 4, 2, comments=True)
LINES = st.lists(st.text("01234-", min_size=3, max_size=3), max_size=30)


def seal(cast: list[tally.Cast], **more: Any) -> tally.Sealed:
    return tally.seal(POLL, FORM, cast, key=HOUSE, **{"slips": [slip(n) for n in range(16)], **more})


# ---- counting ----


@pytest.mark.parametrize(("answers", "right"), [
    ("12-", True), ("1--", False), ("10-", False), ("120", True), ("000", False), ("0--", False), ("444", True),
])  # fmt: skip
def test_a_ballot_is_valid_with_half_of_its_questions_answered(answers: str, right: bool) -> None:
    assert tally.valid(answers, tally.least_answers(len(answers))) is right


@pytest.mark.parametrize(("questions", "share", "least"), [
    (1, Fraction(1, 2), 1), (2, Fraction(1, 2), 1), (3, Fraction(1, 2), 2), (26, Fraction(1, 2), 13),
    (5, Fraction(2, 3), 4), (5, Fraction(0), 1), (5, Fraction(1), 5),
])  # fmt: skip
def test_half_of_an_odd_number_is_rounded_up(questions: int, share: Fraction, least: int) -> None:
    assert tally.least_answers(questions, share) == least


def test_a_tally_as_one_counts_it_by_hand() -> None:
    found = tally.totals(["111", "12-", "10-", "2-4", "---", "00-"], ASKED)
    assert found == Totals(6, 3, ((2, 1, 0, 0, 0, 0), (1, 1, 0, 0, 0, 1), (1, 0, 0, 1, 0, 1)))


@given(LINES)
def test_every_question_adds_up_to_the_valid_ballots(lines: list[str]) -> None:
    found = tally.totals(lines, ASKED)
    scored = [line for line in lines if sum(sign in "1234" for sign in line) >= 2]
    assert (found.cast, found.valid) == (len(lines), len(scored))
    for place, numbers in enumerate(found.answers):
        assert sum(numbers) == found.valid
        assert dict(zip("12340-", numbers, strict=True)) == {**dict.fromkeys("12340-", 0),
                                                             **Counter(line[place] for line in scored)}  # fmt: skip
    assert len(found.answers) == 3


@given(st.lists(LINES, min_size=1, max_size=4))
def test_the_totals_of_a_unit_are_those_of_its_ballots_together(parts: list[list[str]]) -> None:
    every = [line for part in parts for line in part]
    assert tally.together([tally.totals(part, ASKED) for part in parts]) == tally.totals(every, ASKED)


def test_totals_of_different_forms_are_not_added() -> None:
    with pytest.raises(ValueError, match="asked the same"):
        tally.together([tally.totals([], ASKED), tally.totals([], Asked(2, 4, 1, comments=False))])
    with pytest.raises(ValueError, match="of nothing"):
        tally.together([])


# ---- form and counts ----


def test_a_form_says_what_counting_needs() -> None:
    assert tally.asked(FORM) == ASKED
    assert tally.asked({**FORM, "least": 3, "comments": False}) == Asked(3, 4, 3, comments=False)
    assert tally.form_digest(FORM) == hashlib.sha256(proof.canonical(FORM)).hexdigest()


@pytest.mark.parametrize("changed", [
    {"questions": []}, {"questions": None}, {"questions": 3}, {"grades": []}, {"grades": list("0123456789")},
    {"grades": "1234"}, {"comments": 1}, {"least": 0}, {"least": 4}, {"least": "2"}, {"least": True},
])  # fmt: skip
def test_what_nobody_could_answer_is_no_form(changed: dict[str, Any]) -> None:
    with pytest.raises(TallyRefused):
        tally.asked({**FORM, **changed})


def test_what_is_neither_cast_nor_spoiled_is_unused() -> None:
    assert tally.counts(20, 15, 1).unused == 4
    for wrong in ((3, 3, 1), (-1, 0, 0), (3, -1, 0), (3, 1, -1)):
        with pytest.raises(TallyRefused, match="no more than issued"):
            tally.counts(*wrong)


# ---- the seal ----


def test_the_head_says_what_was_sealed_and_only_the_house_signs_it() -> None:
    sealed = stage().sealed
    leaves = [bytes_of.leaf(*pair) for pair in sealed.cast]
    assert leaves == sorted(leaves) == list(sealed.leaves)
    assert sealed.head["root"] == proof.root_of(one.hex() for one in leaves)
    assert {name: sealed.head[name] for name in ("poll", "issued", "cast", "unused", "spoiled")} == {
        "poll": POLL.hex(), "issued": 20, "cast": 15, "unused": 4, "spoiled": 1,
    }  # fmt: skip
    assert tally.holds(sealed.head, sealed.signature, HOUSE.public_key())
    assert not tally.holds(sealed.head, sealed.signature, STRANGER.public_key())
    for name, value in sealed.head.items():
        other = value + 1 if isinstance(value, int) else value[:-1] + ("0" if value[-1] != "0" else "1")
        assert not tally.holds({**sealed.head, name: other}, sealed.signature, HOUSE.public_key()), name
    assert sealed.totals.cast == 15


@given(st.permutations(range(8)))
def test_no_order_of_casting_is_left_in_what_is_sealed(order: list[int]) -> None:
    cast = [by_slip(n, ANSWERS[n]) for n in range(8)]
    assert seal([cast[n] for n in order]) == seal(cast)


def test_a_poll_without_ballots_is_sealed_too() -> None:
    sealed = seal([], spoiled=2)
    assert (sealed.head["root"], sealed.head["unused"], sealed.head["token_key"]) == (proof.EMPTY, 14, "")
    assert sealed.totals == Totals(0, 0, ((0,) * 6,) * 3)


def test_what_cannot_be_of_this_poll_is_not_sealed() -> None:
    one, other = by_slip(0, "111"), by_slip(0, "222")
    with pytest.raises(TallyRefused, match="cast twice"):
        seal([one, other])
    with pytest.raises(TallyRefused, match="another poll"):
        seal([(replace(one[0], poll=bytes(16)), one[1])])
    with pytest.raises(TallyRefused, match="not printed"):
        seal([by_slip(16, "111")])
    with pytest.raises(BallotRefused, match="3 questions"):
        seal([by_slip(0, "11")])
    with pytest.raises(TallyRefused, match="no more than issued"):
        seal([one], spoiled=16)


def test_the_slips_can_be_laid_open_before_anybody_votes() -> None:
    slips = [slip(n) for n in range(5)]
    assert tally.slips_digest(slips) == tally.slips_digest(reversed(slips)) == seal([], slips=slips).head["slips"]  # type: ignore[arg-type]
    assert tally.slips_digest(slips) != tally.slips_digest(slips[:4])


def test_a_ballot_of_another_kind_of_credential_is_another_ballot() -> None:
    ballot: Ballot = by_slip(0, "111")[0]
    assert replace(ballot, kind=2).body != ballot.body
