"""The urn counted and sealed: valid ballots by question and grade, credentials by what became of them, the signed head.

Whoever holds the head of a poll (a record of one line and its signature) can later tell whether any of its ballots was
altered, taken out or put in, and whether anybody was given a right to vote that the head does not count.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from baolei.programme import proof
from baolei.programme.ballot.ballot import SLIP, Ballot, checked, leaf
from baolei.programme.piles import BLANK, UNKNOWN
from baolei.programme.refusals import ActRefused
from baolei.programme.standard.edition import Text

HALF = Fraction(1, 2)
"""The share of its questions that a valid ballot answers, unless the edition says otherwise (method 2.3)."""
MOST_GRADES = 9


class TallyRefused(ActRefused):
    """A tally that cannot be right; says what would be."""


# ---- what is asked, what is valid ----


@dataclass(frozen=True, slots=True)
class Asked:
    """What counting needs of a form: how many questions and grades, the answers with a grade that make a ballot valid,
    whether comments are asked for.
    """

    questions: int
    grades: int
    least: int
    comments: bool


def asked(form: Mapping[str, Any]) -> Asked:
    """The shape of a form: lists `questions` and `grades`, `comments` (yes or no), `least` (half where it is left out).

    Raises TallyRefused for a form that nobody could answer.
    """
    questions, grades, comments = form.get("questions"), form.get("grades"), form.get("comments", False)
    lists = isinstance(questions, list) and isinstance(grades, list) and isinstance(comments, bool)
    if not lists or not questions or not 1 <= len(grades or ()) <= MOST_GRADES:
        raise TallyRefused(
            Text("这不是选票样式", "this is no form of a ballot"),
            Text(f"应有题目、一至{MOST_GRADES}个等次", f"it has questions and 1 to {MOST_GRADES} grades"),
        )
    least = form.get("least", least_answers(len(questions)))
    if type(least) is not int or not 1 <= least <= len(questions):
        raise TallyRefused(
            Text("有效票的最少答题数不对", "the answers that make a ballot valid cannot be so many"),
            Text(f"应为1到{len(questions)}", f"1 to {len(questions)} would be right"),
        )
    return Asked(len(questions), len(grades or ()), least, comments)


def form_digest(form: Mapping[str, Any]) -> str:
    """The number of a form: SHA-256 (hex) of its canonical JSON."""
    return hashlib.sha256(proof.canonical(form)).hexdigest()


def least_answers(questions: int, share: Fraction = HALF) -> int:
    """How many answers with a grade make a ballot valid: at least this share of its questions, and one."""
    return max(1, -(-questions * share.numerator // share.denominator))


def valid(answers: str, least: int) -> bool:
    """Whether a ballot is scored. "Don't know" is counted and printed but is no answer with a grade."""
    return len(answers) - answers.count(UNKNOWN) - answers.count(BLANK) >= least


# ---- totals ----


@dataclass(frozen=True, slots=True)
class Totals:
    """Ballots cast; of them valid; and for each question how many valid ballots gave each grade (the best first), then
    "don't know", then nothing. The numbers of a question add up to the valid ballots.
    """

    cast: int
    valid: int
    answers: tuple[tuple[int, ...], ...]


def totals(ballots: Iterable[str], form: Asked) -> Totals:
    """Count ballots, each a line of signs as `piles` write them. What is not valid is in `cast` only."""
    lines = list(ballots)
    scored = [line for line in lines if valid(line, form.least)]
    signs = (*map(str, range(1, form.grades + 1)), UNKNOWN, BLANK)
    columns = [Counter(column) for column in zip(*scored, strict=True)] or [Counter()] * form.questions
    return Totals(len(lines), len(scored), tuple(tuple(column[sign] for sign in signs) for column in columns))


def together(parts: Sequence[Totals]) -> Totals:
    """The totals of a unit from those of its parts, which were asked the same form. Raises ValueError where not."""
    if len({tuple(map(len, part.answers)) for part in parts}) != 1:
        raise ValueError("totals of different forms, or of nothing, are not added: give parts that were asked the same")
    answers = tuple(
        tuple(map(sum, zip(*question, strict=True))) for question in zip(*(part.answers for part in parts), strict=True)
    )
    return Totals(sum(part.cast for part in parts), sum(part.valid for part in parts), answers)


# ---- credentials ----


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the credentials of a poll: slips printed and tokens signed; cast; spoiled (handed back, void);
    unused.
    """

    issued: int
    cast: int
    spoiled: int

    @property
    def unused(self) -> int:
        """Those that nobody cast and nobody handed back."""
        return self.issued - self.cast - self.spoiled


def counts(issued: int, cast: int, spoiled: int) -> Counts:
    """The counts of a poll, if they can be. Raises TallyRefused."""
    found = Counts(issued, cast, spoiled)
    if min(issued, cast, spoiled, found.unused) < 0:
        raise TallyRefused(
            Text(
                f"发出{issued}份凭证，却投票{cast}张、作废{spoiled}份",
                f"{issued} credentials are out, yet {cast} were cast and {spoiled} spoiled",
            ),
            Text("投票与作废合起来不多于发出", "cast and spoiled together are no more than issued"),
        )
    return found


# ---- the seal ----

Cast = tuple[Ballot, bytes]
"""A ballot and its proof: the secret of its slip, or token, randomiser and signatures."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A poll after sealing: its ballots with their proofs in the order of their leaves; the hashes of its slips,
    sorted; the key its tokens are signed with (SubjectPublicKeyInfo, empty where it has none); its head and signature.
    """

    form: Mapping[str, Any]
    cast: tuple[Cast, ...]
    leaves: tuple[bytes, ...]
    slips: tuple[bytes, ...]
    token_key: bytes
    head: Mapping[str, Any]
    signature: bytes

    @property
    def totals(self) -> Totals:
        """The ballots counted."""
        return totals((ballot.answers for ballot, _proof in self.cast), asked(self.form))


def seal(
    poll: bytes,
    form: Mapping[str, Any],
    cast: Iterable[Cast],
    *,
    key: Ed25519PrivateKey,
    slips: Collection[bytes] = (),
    token_key: bytes = b"",
    tokens: int = 0,
    spoiled: int = 0,
) -> Sealed:
    """A closed poll with its ballots in the order of their leaves and its head signed by the house.

    `slips`: the hash of every slip printed. `tokens`: how many were signed with `token_key`. Nothing of the order in
    which ballots came is left. Raises BallotRefused for a ballot that cannot be one of this form, TallyRefused for one
    of another poll, a credential that stands for two, and for counts that cannot be.
    """
    shape, pairs = asked(form), list(cast)
    for ballot, _proof in pairs:
        checked(ballot, shape.questions, shape.grades, comments=shape.comments)
    _refuse_strangers(poll, [ballot for ballot, _proof in pairs], frozenset(slips))
    placed = sorted(((leaf(*pair), pair) for pair in pairs), key=lambda one: one[0])
    leaves = tuple(one for one, _pair in placed)
    head = head_of(poll, form, counts(len(slips) + tokens, len(pairs), spoiled), leaves, slips, token_key)
    ordered = tuple(pair for _leaf, pair in placed)
    return Sealed(form, ordered, leaves, tuple(sorted(slips)), token_key, head, signed(head, key))


def _refuse_strangers(poll: bytes, ballots: Sequence[Ballot], slips: frozenset[bytes]) -> None:
    """One credential, one ballot, of this poll; and a slip is one that was printed."""
    if any(ballot.poll != poll for ballot in ballots):
        raise TallyRefused(
            Text("其中有别次投票的选票", "there are ballots of another poll"),
            Text("只放本次投票的选票", "give the ballots of this poll only"),
        )
    if len({ballot.cred for ballot in ballots}) < len(ballots):
        raise TallyRefused(
            Text("同一凭证投了两张票", "a credential was cast twice"), Text("每份凭证一张票", "one ballot for each")
        )
    if any(ballot.kind == SLIP and ballot.cred not in slips for ballot in ballots):
        raise TallyRefused(
            Text("有的票签不在印发之列", "a slip was cast that was not printed"),
            Text("列出印发的全部票签", "give the hash of every slip that was printed"),
        )


def head_of(
    poll: bytes,
    form: Mapping[str, Any],
    counts: Counts,
    leaves: Sequence[bytes],
    slips: Collection[bytes],
    token_key: bytes,
) -> dict[str, Any]:
    """What the house signs: poll, form, root over the leaves in their order, counts, and by which slips and which key
    a ballot is one of this poll's (else an unused slip could be put in the place of another afterwards).
    """
    return {
        "poll": poll.hex(),
        "form": form_digest(form),
        "root": proof.root_of(one.hex() for one in leaves),
        "issued": counts.issued,
        "cast": counts.cast,
        "unused": counts.unused,
        "spoiled": counts.spoiled,
        "slips": slips_digest(slips),
        "token_key": hashlib.sha256(token_key).hexdigest() if token_key else "",
    }


def slips_digest(slips: Collection[bytes]) -> str:
    """SHA-256 (hex) over the hashes of a poll's slips, sorted. It can be laid open before anybody votes."""
    return hashlib.sha256(b"baolei slips 1" + b"".join(sorted(slips))).hexdigest()


def signed(record: Mapping[str, Any], key: Ed25519PrivateKey) -> bytes:
    """The signature (64 bytes) of a record's canonical JSON."""
    return key.sign(proof.canonical(record))


def holds(record: Mapping[str, Any], signature: bytes, key: Ed25519PublicKey) -> bool:
    """Whether a record was signed by this key."""
    try:
        key.verify(signature, proof.canonical(record))
    except InvalidSignature:
        return False
    return True
