"""A ballot as bytes: what stands for its credential, what is signed, its leaf in the proof, its receipt.

The bytes are those of docs/decisions/0009-one-urn.md; the page makes the same ones, and so does the offline verifier.
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from dataclasses import dataclass

from baolei.programme.piles import BLANK, UNKNOWN
from baolei.programme.refusals import ActRefused
from baolei.programme.standard.edition import Text

SLIP, TOKEN = 1, 2
"""The kinds of credential: a slip drawn from a box, a token signed blindly."""
POLL_BYTES, SECRET_BYTES, HASH_BYTES = 16, 20, 32
NO_COMMENT = bytes(HASH_BYTES)
LONGEST_COMMENT = 500
"""Characters of a comment, at most."""
MOST_REVISIONS = 99


class BallotRefused(ActRefused):
    """A ballot or a code that cannot be; says what would be right."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """What is cast: the kind of its credential, the poll (16 bytes), the credential's hash (32), how often it was cast
    anew, a sign for each question (as `piles` write them), and what was added in words.
    """

    kind: int
    poll: bytes
    cred: bytes
    rev: int
    answers: str
    comment: str = ""

    @property
    def body(self) -> bytes:
        """The bytes that are signed and proved."""
        said = hashlib.sha256(self.comment.encode()).digest() if self.comment else NO_COMMENT
        answers = self.answers.encode("ascii")
        head = b"baolei ballot 1" + bytes([self.kind]) + self.poll + self.cred
        return head + self.rev.to_bytes(2, "big") + len(answers).to_bytes(2, "big") + answers + said


def checked(ballot: Ballot, questions: int, grades: int, *, comments: bool) -> Ballot:
    """The ballot, if it can be one of a form of so many questions and grades. Raises BallotRefused."""
    signs = {UNKNOWN, BLANK, *map(str, range(1, grades + 1))}
    if len(ballot.answers) != questions or not signs.issuperset(ballot.answers):
        raise BallotRefused(
            Text("选票上的回答与题目不符", "the answers do not fit the questions"),
            Text(f"应有{questions}个回答", f"there are {questions} questions"),
        )
    if set(ballot.answers) == {BLANK}:
        raise BallotRefused(
            Text("一题也没有回答", "nothing is answered"), Text("至少回答一题", "answer one question at least")
        )
    if ballot.comment and (not comments or len(ballot.comment) > LONGEST_COMMENT):
        raise BallotRefused(
            Text("意见太长或者不收意见", "the comment is too long, or none is asked for"),
            Text(f"至多{LONGEST_COMMENT}字", f"at most {LONGEST_COMMENT} characters"),
        )
    if re.search("[\x00\ud800-\udfff]", ballot.comment):
        raise BallotRefused(
            Text("意见里有不是文字的符号", "there are signs in the comment that are no text"),
            Text("去掉后再投", "take them out and cast it again"),
        )
    if not 0 <= ballot.rev <= MOST_REVISIONS:
        raise BallotRefused(
            Text("改投次数太多", "it was cast anew too often"), Text("以上一次为准", "the last one counts")
        )
    return ballot


# ---- credentials by their hash ----


def slip_hash(poll: bytes, secret: bytes) -> bytes:
    """What the urn keeps of a slip: nobody finds the secret from it."""
    return hashlib.sha256(b"baolei slip 1" + poll + secret).digest()


def token_message(poll: bytes, spki: bytes) -> bytes:
    """What the key of a poll signs blindly for a token (the SubjectPublicKeyInfo of its P-256 key)."""
    return b"baolei token 1" + poll + hashlib.sha256(spki).digest()


def token_hash(poll: bytes, spki: bytes) -> bytes:
    """The credential's hash of a token."""
    return hashlib.sha256(b"baolei cred 1" + poll + spki).digest()


# ---- leaf and receipt ----


def leaf(ballot: Ballot, proof: bytes) -> bytes:
    """The hash of a ballot with its proof: the secret of its slip, or token, randomiser and signatures."""
    return hashlib.sha256(b"\x00" + ballot.body + proof).digest()


def receipt(leaf: bytes) -> str:
    """What a voter keeps: sixteen characters in groups of four. It says that a ballot is in, never what it says."""
    return grouped(base32(leaf)[:16])


# ---- codes that people read and type ----


def base32(raw: bytes) -> str:
    """Bytes as the letters a-z and the digits 2-7."""
    return base64.b32encode(raw).decode("ascii").rstrip("=").lower()


def grouped(code: str) -> str:
    """A code in groups of four, so that it can be read aloud and typed."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


_LOOKALIKES = str.maketrans({"0": "o", "1": "l", "8": "b", "9": "g"})
"""What is typed for letters that look alike: the alphabet has neither 0 and 1 nor 8 and 9."""


def secret_of(typed: str) -> bytes:
    """The secret of a slip from its code as typed: kind to capitals, spaces, hyphens, full-width signs, and digits that
    look like letters. Raises BallotRefused for what is no code.
    """
    plain = unicodedata.normalize("NFKC", typed).lower().translate(_LOOKALIKES)
    code = re.sub(r"[\s\-—–_.·]", "", plain)
    if not re.fullmatch(r"[a-z2-7]{32}", code):
        raise BallotRefused(
            Text("编码不对", "this is not a code"),
            Text("票上的编码是八组、每组四位，共三十二位", "the code on the slip has eight groups of four"),
        )
    return base64.b32decode(code.upper())
