"""A ballot as bytes: the same in Python, in the page and in the offline verifier; codes read as people type them."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baolei.programme.ballot import ballot as bytes_of
from baolei.programme.ballot.ballot import SLIP, TOKEN, Ballot, BallotRefused, checked, secret_of
from baolei.warehouse import verify_tally

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "vectors" / "ballots.json").read_text(encoding="utf-8"))
"""What the page's script is held to as well. Bytes are hex."""

BALLOTS = st.builds(
    Ballot,
    kind=st.sampled_from([SLIP, TOKEN]),
    poll=st.binary(min_size=16, max_size=16),
    cred=st.binary(min_size=32, max_size=32),
    rev=st.integers(0, 99),
    answers=st.text("01234-", min_size=1, max_size=40),
    comment=st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
)


def raw(text: str) -> bytes:
    return bytes.fromhex(text)


def ballot_of(row: dict[str, Any]) -> Ballot:
    return Ballot(row["kind"], raw(row["poll"]), raw(row["cred"]), row["rev"], row["answers"], row["comment"])


@pytest.mark.parametrize("row", VECTORS["slips"], ids=lambda row: row["code"][:9])
def test_slips_are_those_of_the_vectors(row: dict[str, Any]) -> None:
    poll, secret = raw(row["poll"]), raw(row["secret"])
    by_hand = hashlib.sha256(b"baolei slip 1" + poll + secret).hexdigest()
    assert (
        bytes_of.slip_hash(poll, secret).hex() == verify_tally.slip_hash(poll, secret).hex() == row["slip"] == by_hand
    )
    assert bytes_of.grouped(bytes_of.base32(secret)) == row["code"]
    assert secret_of(row["code"]) == secret


@pytest.mark.parametrize("row", VECTORS["tokens"], ids=lambda row: row["cred"][:8])
def test_tokens_are_those_of_the_vectors(row: dict[str, Any]) -> None:
    poll, spki = raw(row["poll"]), raw(row["spki"])
    assert len(spki) == 91 == verify_tally.SPKI
    assert spki.startswith(verify_tally.SPKI_HEAD)
    message = b"baolei token 1" + poll + hashlib.sha256(spki).digest()
    assert (
        bytes_of.token_message(poll, spki) == verify_tally.token_message(poll, spki) == message == raw(row["message"])
    )
    cred = hashlib.sha256(b"baolei cred 1" + poll + spki).hexdigest()
    assert bytes_of.token_hash(poll, spki).hex() == verify_tally.token_hash(poll, spki).hex() == cred == row["cred"]


@pytest.mark.parametrize("row", VECTORS["ballots"], ids=lambda row: row["receipt"])
def test_ballots_are_those_of_the_vectors(row: dict[str, Any]) -> None:
    ballot, proof = ballot_of(row), raw(row["proof"])
    said = hashlib.sha256(ballot.comment.encode()).digest() if ballot.comment else bytes(32)
    by_hand = b"".join([
        b"baolei ballot 1", bytes([ballot.kind]), ballot.poll, ballot.cred, bytes([0, ballot.rev]),
        bytes([0, len(ballot.answers)]), ballot.answers.encode(), said,
    ])  # fmt: skip
    assert ballot.body == raw(row["body"]) == by_hand
    assert bytes_of.leaf(ballot, proof).hex() == row["leaf"] == hashlib.sha256(b"\0" + by_hand + proof).hexdigest()
    assert bytes_of.receipt(raw(row["leaf"])) == verify_tally.receipt(raw(row["leaf"])) == row["receipt"]
    assert verify_tally.leaf(ballot.body, proof).hex() == row["leaf"]


def test_the_vectors_hold_a_token_that_was_really_signed() -> None:
    tokens = [row for row in VECTORS["ballots"] if row["kind"] == TOKEN]
    for row in tokens:
        ballot, poll_key = ballot_of(row), verify_tally.serialization.load_der_public_key(raw(VECTORS["poll_key"]))
        parsed = {"proof": raw(row["proof"]), "cred": row["cred"], "body": ballot.body}
        poll: Any = type("Poll", (), {"number": ballot.poll})()
        assert list(verify_tally.token(parsed, poll, poll_key)) == []  # type: ignore[arg-type]
        other = {**parsed, "body": ballot.body[:-1] + bytes([ballot.body[-1] ^ 1])}
        assert [en for _zh, en in verify_tally.token(other, poll, poll_key)] == [  # type: ignore[arg-type]
            "it was not signed with its token: it was altered after it was cast"
        ]
    assert len(tokens) == 2


@pytest.mark.parametrize("row", VECTORS["typed"], ids=lambda row: row["typed"])
def test_codes_are_read_as_people_type_them(row: dict[str, Any]) -> None:
    assert secret_of(row["typed"]).hex() == row["secret"]


@pytest.mark.parametrize("typed", VECTORS["refused"])
def test_what_is_no_code_is_refused_and_says_what_one_is(typed: str) -> None:
    with pytest.raises(BallotRefused) as refused:
        secret_of(typed)
    assert "八组" in refused.value.say("zh-hans")
    assert "eight groups of four" in refused.value.say("en")


@given(st.binary(min_size=20, max_size=20))
def test_a_code_leads_back_to_its_secret(secret: bytes) -> None:
    code = bytes_of.grouped(bytes_of.base32(secret))
    assert [len(group) for group in code.split("-")] == [4] * 8
    assert secret_of(code) == secret_of(code.upper().replace("-", " ")) == secret
    assert secret_of(code.translate(str.maketrans("olbg", "0189"))) == secret


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_or_refused(typed: str) -> None:
    try:
        assert len(secret_of(typed)) == 20
    except BallotRefused:
        return


@given(BALLOTS, BALLOTS)
def test_two_ballots_have_the_same_bytes_only_if_they_are_the_same(one: Ballot, other: Ballot) -> None:
    assert (one.body == other.body) is (one == other)


@given(BALLOTS, st.binary(max_size=40))
def test_the_verifier_makes_the_same_bytes(ballot: Ballot, proof: bytes) -> None:
    said = hashlib.sha256(ballot.comment.encode()).digest() if ballot.comment else b""
    body = verify_tally.body(ballot.kind, ballot.poll, ballot.cred, ballot.rev, ballot.answers, said)
    assert body == ballot.body
    assert verify_tally.leaf(body, proof) == bytes_of.leaf(ballot, proof)
    assert verify_tally.slip_hash(ballot.poll, proof) == bytes_of.slip_hash(ballot.poll, proof)
    assert verify_tally.token_hash(ballot.poll, proof) == bytes_of.token_hash(ballot.poll, proof)
    assert verify_tally.token_message(ballot.poll, proof) == bytes_of.token_message(ballot.poll, proof)


@given(st.binary(min_size=32, max_size=32))
def test_a_receipt_is_the_first_eighty_bits_of_the_leaf(leaf: bytes) -> None:
    code = bytes_of.receipt(leaf)
    assert [len(group) for group in code.split("-")] == [4] * 4
    assert base64.b32decode(code.replace("-", "").upper()) == leaf[:10]
    assert verify_tally.receipt(leaf) == code


def ballot(answers: str = "123", comment: str = "", rev: int = 0) -> Ballot:
    return Ballot(SLIP, bytes(16), bytes(32), rev, answers, comment)


@pytest.mark.parametrize(("one", "comments", "says"), [
    (ballot("12"), True, "there are 3 questions"), (ballot("1234"), True, "there are 3 questions"),
    (ballot("125"), True, "there are 3 questions"), (ballot("1２3"), True, "there are 3 questions"),
    (ballot("---"), True, "answer one question at least"), (ballot(rev=100), True, "the last one counts"),
    (ballot(rev=-1), True, "the last one counts"), (ballot(comment="好"), False, "at most 500 characters"),
    (ballot(comment="好" * 501), True, "at most 500 characters"), (ballot(comment="a\x00b"), True, "take them out"),
    (ballot(comment="a\ud83d"), True, "take them out"),
])  # fmt: skip
def test_a_ballot_that_cannot_be_is_refused(one: Ballot, comments: bool, says: str) -> None:
    with pytest.raises(BallotRefused) as refused:
        checked(one, 3, 4, comments=comments)
    assert says in refused.value.say("en")


@pytest.mark.parametrize(
    "one", [ballot(), ballot("0--"), ballot("444", "好" * 500), ballot(rev=99), ballot(comment="😀")]
)
def test_a_ballot_that_can_be_is_taken(one: Ballot) -> None:
    assert checked(one, 3, 4, comments=True) is one
