"""From the body of a request to a ballot that can be cast: read, held to its form, its credential checked."""

from __future__ import annotations

import base64
import binascii
import json
import re
import unicodedata
from dataclasses import dataclass
from typing import Any, NoReturn

from baolei.programme.ballot.ballot import (
    SLIP,
    TOKEN,
    Ballot,
    BallotRefused,
    checked,
    secret_of,
    slip_hash,
    token_hash,
)
from baolei.programme.ballot.blind import RANDOMISER_BYTES, SIGNATURE_BYTES
from baolei.programme.ballot.credentials import HAND_BYTES, TOKEN_BYTES, holds
from baolei.programme.ballot.tally import Asked
from baolei.programme.standard.edition import Text
from baolei.urn.store import Cast, Poll

LONGEST_BODY = 8192
"""Bytes of a request, at most."""
FIELDS = ("poll", "slip", "token", "rev", "answers", "comment")
TOKEN_FIELDS = {
    "spki": TOKEN_BYTES, "randomiser": RANDOMISER_BYTES, "signature": SIGNATURE_BYTES, "signed": HAND_BYTES
}  # fmt: skip
"""The parts of a token in the order in which they stand in its proof, and their bytes."""
_EMPTY = {"slip": None, "token": None, "rev": 0, "comment": ""}


@dataclass(frozen=True, slots=True)
class Request:
    """A request to cast, read but not yet held to anything: `proof` and `cred` as `Cast` and `Ballot` have them."""

    kind: int
    poll: bytes
    cred: bytes
    proof: bytes
    rev: int
    answers: str
    comment: str


# ---- reading ----


def read(body: bytes) -> Request:
    """A request to cast from its JSON. Raises BallotRefused, naming the field that is wrong."""
    said = {**_EMPTY, **_object(body)}
    _only(said, FIELDS)
    poll = poll_number(said.get("poll"))
    if (said["slip"] is None) == (said["token"] is None):
        _refuse("slip", "应有票上的编码，或者电子票，二者取一", "give the code of a slip or a token, one of them")
    kind, cred, proof = _slip(poll, said["slip"]) if said["token"] is None else _token(poll, said["token"])
    rev, answers = said["rev"], said.get("answers")
    if type(rev) is not int:
        _refuse("rev", "应为整数", "a whole number")
    if not isinstance(answers, str) or not answers.isascii():
        _refuse("answers", "应为一行答案，例如“1203-”", "a line of answers, as 1203-")
    return Request(kind, poll, cred, proof, rev, answers, _comment(said["comment"]))


def poll_number(said: object) -> bytes:
    """The number of a poll from its 32 hex digits. Raises BallotRefused."""
    if not isinstance(said, str) or not re.fullmatch(r"[0-9a-f]{32}", said):
        _refuse("poll", "应为32位十六进制数", "32 hex digits")
    return bytes.fromhex(said)


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body.decode(), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise BallotRefused(
            Text("这不是一张选票", "this is no ballot"),
            Text("应为JSON对象，UTF-8编码，每项只出现一次", "a JSON object in UTF-8, each field once"),
        )
    return said


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field stands twice")
    return found


def _only(said: dict[str, Any], fields: tuple[str, ...]) -> None:
    strange = sorted(set(said) - set(fields))
    if strange:
        listed = "、".join(fields), ", ".join(fields)
        _refuse(strange[0][:20], f"没有这一项；只能有{listed[0]}", f"there is no such field; only {listed[1]}")


def _slip(poll: bytes, said: object) -> tuple[int, bytes, bytes]:
    if not isinstance(said, str):
        _refuse("slip", "应为票上的编码", "the code of the slip")
    secret = secret_of(said)
    return SLIP, slip_hash(poll, secret), secret


def _token(poll: bytes, said: object) -> tuple[int, bytes, bytes]:
    if not isinstance(said, dict):
        _refuse("token", "应有spki、randomiser、signature、signed四项", "spki, randomiser, signature and signed")
    _only(said, tuple(TOKEN_FIELDS))
    parts = [_bytes(f"token.{name}", said.get(name), size) for name, size in TOKEN_FIELDS.items()]
    return TOKEN, token_hash(poll, parts[0]), b"".join(parts)


def _bytes(name: str, said: object, size: int) -> bytes:
    try:
        found = base64.b64decode(said, validate=True) if isinstance(said, str) else b""
    except (binascii.Error, ValueError):
        found = b""
    if len(found) != size:
        _refuse(name, f"应为base64编码的{size}字节", f"{size} bytes as base64")
    return found


def _comment(said: object) -> str:
    if not isinstance(said, str) or any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in said if sign != "\n"):
        _refuse("comment", "应为文字，不含控制字符", "words without control characters")
    return said


def _refuse(field: str, right_zh: str, right_en: str) -> NoReturn:
    raise BallotRefused(Text(f"“{field}”这一项不对", f"{field!r} is not right"), Text(right_zh, right_en))


# ---- checking ----


def cast_of(asked: Request, poll: Poll, form: Asked) -> Cast:
    """The ballot that was asked for, held to the form, with a credential that holds. Raises BallotRefused."""
    ballot = Ballot(asked.kind, asked.poll, asked.cred, asked.rev, asked.answers, asked.comment)
    checked(ballot, form.questions, form.grades, comments=form.comments)
    holds(ballot, asked.proof, poll.key_spki)  # whether a slip was printed the store knows
    return Cast(ballot, asked.proof)
