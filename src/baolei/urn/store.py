"""What the urn's store can do, and what it decides about a ballot; `sqlite` and `postgres` say how it is kept.

No column holds a time, a serial number, an address, a session or a person (docs/decisions/0009-one-urn.md).
"""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from baolei.programme import proof
from baolei.programme.ballot.ballot import SLIP, Ballot, BallotRefused, leaf
from baolei.programme.refusals import ActRefused, Refusal
from baolei.programme.standard.edition import Text

SET_UP, ISSUE, CAST, CLOSED, SEALED, PUBLISHED = "set up", "issue", "cast", "closed", "sealed", "published"
PHASES = {
    SET_UP: Text("准备", "set up"),
    ISSUE: Text("发票", "issue"),
    CAST: Text("投票", "cast"),
    CLOSED: Text("投票截止", "closed"),
    SEALED: Text("封存", "sealed"),
    PUBLISHED: Text("公布", "published"),
}
"""The phases of a poll, in their order."""
TAKING_SLIPS = (SET_UP, ISSUE, CAST)
"""While slips may be added: until casting ends, so that more can be printed where too few answer."""
TAKING_A_KEY = (SET_UP, ISSUE)
"""While the key of the tokens may be put, or taken away: until casting begins."""

KEYS = {"form": "digest", "poll": "id", "slip": "poll, hash", "ballot": "poll, cred", "closed": "poll, idx",
        "seal": "poll"}  # fmt: skip
"""The tables, each after those it names, and their keys."""


class UrnRefused(ActRefused):
    """The house wants of the urn what its rules do not allow."""


class UrnUnusable(Refusal):
    """The urn's store does not answer, or would lose what it acknowledged in a power cut."""


class NotYet(BallotRefused):
    """Casting has not begun."""


class Over(BallotRefused):
    """Casting has ended."""


class Another(BallotRefused):
    """Another ballot of the same credential is in the urn, and it stays. `rev` is its revision where a higher one would
    replace it, None where none does.
    """

    def __init__(self, wrong: Text, right: Text, rev: int | None = None) -> None:
        super().__init__(wrong, right)
        self.rev = rev


# ---- what is kept ----


@dataclass(frozen=True, slots=True)
class Poll:
    """One source asked about one branch, or one form at one meeting.

    `id` has 16 bytes, `form` is the digest of its form (hex), `key_spki` the RSA key for tokens where there are any,
    `rev_allowed` says whether a later ballot of a credential replaces the one before. `opens` and `closes` are days.
    `shown` is what the page says of it beside the form: the names of the round, the branch and the source.
    """

    id: bytes
    form: str
    phase: str = SET_UP
    key_spki: bytes | None = None
    rev_allowed: bool = False
    opens: date | None = None
    closes: date | None = None
    shown: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cast:
    """A checked ballot and the proof of its credential: the secret of a slip, or token, randomiser and signatures."""

    ballot: Ballot
    proof: bytes

    @property
    def leaf(self) -> bytes:
        """Its leaf in the proof, 32 bytes."""
        return leaf(self.ballot, self.proof)

    @property
    def key(self) -> Key:
        """What there can be one ballot of."""
        return self.ballot.poll, self.ballot.cred


def columns_of(cast: Cast) -> tuple[int, bytes, int, str, str, bytes, bytes]:
    """A ballot as both stores write it: kind, credential, revision, answers, comment, proof, leaf."""
    one = cast.ballot
    return one.kind, one.cred, one.rev, one.answers, one.comment, cast.proof, cast.leaf


def cast_from(poll: bytes, row: Sequence[Any]) -> Cast:
    """A ballot of a poll as it was written; its leaf is computed anew."""
    kind, cred, rev, answers, comment, proof = row[:6]
    return Cast(Ballot(kind, poll, cred, rev, answers, comment), proof)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the urn holds of a credential: its leaf and choices. `how`: accepted, again (it was in), or replaced."""

    leaf: bytes
    rev: int
    answers: str
    comment: str
    how: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """Of a poll: how many slips were put, and how many ballots are in the urn."""

    slips: int
    cast: int


@dataclass(frozen=True, slots=True)
class ToSeal:
    """A closed poll as whoever signs it gets it: its form (canonical JSON), its ballots in the order of their leaves,
    the root over these (hex), the hashes of its slips, sorted.
    """

    poll: Poll
    form: bytes
    ballots: tuple[Cast, ...]
    root: str
    slips: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Sealed(ToSeal):
    """A sealed poll, with the record that was signed (its head) and the signature."""

    head: Mapping[str, Any]
    signature: bytes


Signing = Callable[[ToSeal], tuple[Mapping[str, Any], bytes]]
"""The head of a poll and its signature."""
Key = tuple[bytes, bytes]
Outcome = Kept | BallotRefused
Rules = Mapping[bytes, tuple[str, bool]]
"""Of each poll its phase, and whether a later ballot replaces the one before."""


def form_digest(body: bytes) -> str:
    """The number of a form: the SHA-256 of its canonical JSON, hex."""
    return hashlib.sha256(body).hexdigest()


# ---- what is decided ----


def decide(
    batch: Sequence[Cast], rules: Rules, slips: set[Key], kept: dict[Key, Kept]
) -> tuple[list[Outcome], dict[Key, Cast]]:
    """What becomes of each ballot, in their order, and what has to be written for it.

    `slips` are those of the batch that exist, `kept` what the urn holds of its credentials; `kept` is carried on.
    """
    outcomes: list[Outcome] = []
    to_write: dict[Key, Cast] = {}
    for cast in batch:
        outcome = _outcome(cast, rules, slips, kept.get(cast.key))
        if isinstance(outcome, Kept) and outcome.how != "again":
            kept[cast.key], to_write[cast.key] = outcome, cast
        outcomes.append(outcome)
    return outcomes, to_write


def _outcome(cast: Cast, rules: Rules, slips: set[Key], before: Kept | None) -> Outcome:
    ballot = cast.ballot
    if ballot.poll not in rules:
        return no_such_poll()
    phase, rev_allowed = rules[ballot.poll]
    if phase != CAST:
        return _not_now(phase)
    if ballot.kind == SLIP and cast.key not in slips:
        return BallotRefused(
            Text("这次投票没有这张票", "no slip of this poll has this code"),
            Text("请对照票上的编码和二维码", "compare the code with the slip, and use the slip's own QR code"),
        )
    if before is None:
        return Kept(cast.leaf, ballot.rev, ballot.answers, ballot.comment, "accepted")
    return _after(cast, before, rev_allowed)


def _after(cast: Cast, before: Kept, rev_allowed: bool) -> Outcome:
    """What becomes of a ballot whose credential has cast before. The same choices are the same ballot, however often
    they are sent and signed: whoever did not hear the answer is told what is in the urn.
    """
    ballot = cast.ballot
    if (ballot.answers, ballot.comment) == (before.answers, before.comment):
        return Kept(before.leaf, before.rev, before.answers, before.comment, "again")
    if not rev_allowed:
        return Another(
            Text("这张票已经投过，选择不同", "this credential has cast another ballot"),
            Text("这次投票不能改投，以先投的为准", "in this poll the first one counts; nothing was changed"),
        )
    if ballot.rev <= before.rev:
        return Another(
            Text("已有更晚的一次投票", "a later ballot of this credential is in the urn"),
            Text(
                f"要改投，请重新打开页面（应为第{before.rev + 1}次改投）",
                f"to change it, cast revision {before.rev + 1}",
            ),
            before.rev,
        )
    return Kept(cast.leaf, ballot.rev, ballot.answers, ballot.comment, "replaced")


def no_such_poll() -> BallotRefused:
    """A ballot for a poll that the urn does not know."""
    return BallotRefused(
        Text("没有这次投票", "there is no such poll"),
        Text("请用票上的二维码或者地址", "use the QR code or the address on the slip"),
    )


def _not_now(phase: str) -> BallotRefused:
    said = PHASES[phase]
    wrong = Text(
        f"现在不能投票：这次投票处于“{said.zh}”阶段", f"nothing can be cast: this poll is in the phase “{said.en}”"
    )
    if phase in (SET_UP, ISSUE):
        return NotYet(wrong, Text("请等投票开始", "wait until casting begins"))
    return Over(wrong, Text("已投的票都算数", "what was cast before counts"))


# ---- the store ----


class Store(ABC):
    """Where polls and ballots are kept. One thread at a time uses one; every call is one transaction."""

    @abstractmethod
    def prepare(self) -> None:
        """Make the tables where they are not there yet. Raises UrnUnusable where they cannot be kept safely."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the database."""

    @abstractmethod
    def unsafe(self) -> tuple[str, ...]:
        """Settings of the database that would lose ballots in a power cut, or keep when they were cast, in words."""

    # -- for the house --

    @abstractmethod
    def put_forms(self, forms: Iterable[bytes]) -> tuple[str, ...]:
        """Keep forms (canonical JSON, UTF-8); their digests. One that is there is left as it is."""

    @abstractmethod
    def put_polls(self, polls: Iterable[Poll]) -> None:
        """Keep polls, in the phase "set up" whatever they say. One that is there is left as it is, so that a call that
        was cut off can be made again. Raises UrnRefused for a form that is not there.
        """

    @abstractmethod
    def put_slips(self, slips: Iterable[Key]) -> None:
        """Keep hashes of slips, (poll, hash) each, in the order of the hashes and not of the printing. Raises
        UrnRefused, and keeps none, where a poll is not there or takes no slips any more.
        """

    @abstractmethod
    def _set_key(self, polls: Sequence[bytes], key_spki: bytes | None) -> None:
        """Write the key of the tokens of these polls, in the transaction under way."""

    @abstractmethod
    def _move(self, polls: Sequence[bytes], before: str, phase: str) -> int:
        """Move those of the polls that are in the phase `before`, in the transaction under way: how many were."""

    @abstractmethod
    def _redate(self, polls: Sequence[bytes], opens: date | None, closes: date | None) -> None:
        """Write the days of polls, in the transaction under way."""

    @abstractmethod
    def counts(self, polls: Iterable[bytes]) -> dict[bytes, Counts]:
        """How many slips and ballots each of these polls has."""

    @abstractmethod
    def ballots_in(self, polls: Iterable[bytes]) -> dict[bytes, int]:
        """How many ballots each of these open polls has, without those that have none: for many polls at once."""

    @abstractmethod
    def give_back(self) -> tuple[Text, ...]:
        """Give back to the disk what held the casting rows of sealed polls; what of it remains, in words."""

    # -- for the casting host --

    @abstractmethod
    def poll(self, poll: bytes) -> Poll | None:
        """A poll by its number."""

    @abstractmethod
    def form(self, digest: str) -> bytes | None:
        """A form by its digest."""

    @abstractmethod
    def _between(self, first: bytes, last: bytes) -> list[bytes]:
        """The numbers of polls from `first` to `last`, two at most."""

    @abstractmethod
    def holds(self, poll: bytes, beginning: bytes) -> bool:
        """Whether the poll has a ballot whose leaf begins so."""

    # -- for copies --

    @abstractmethod
    def reading(self) -> AbstractContextManager[Any]:
        """What is read in here is of one moment; nobody who casts waits."""

    @abstractmethod
    def rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        """All rows of a table in the order of its key, days as ISO 8601."""

    @abstractmethod
    def _refill(self, tables: Mapping[str, Iterable[Sequence[Any]]]) -> None:
        """Empty every table and put these rows, as `rows` gives them, in the transaction under way."""

    # -- what each way of keeping brings --

    @abstractmethod
    def _writing(self) -> AbstractContextManager[Any]:
        """A transaction that no other writer of ballots or phases runs beside; it is on the disk when it ends."""

    @abstractmethod
    def _rules(self, polls: Sequence[bytes]) -> Rules: ...

    @abstractmethod
    def _slips(self, keys: Sequence[Key]) -> set[Key]: ...

    @abstractmethod
    def _kept(self, keys: Sequence[Key]) -> dict[Key, Kept]: ...

    @abstractmethod
    def _write(self, casts: Sequence[Cast]) -> None: ...

    @abstractmethod
    def _slips_of(self, poll: bytes) -> tuple[bytes, ...]:
        """The hashes of a poll's slips, sorted."""

    @abstractmethod
    def _ballots(self, poll: bytes) -> list[tuple[Cast, bytes]]:
        """The ballots of a poll in the order of their leaves, each with the leaf as it was kept."""

    @abstractmethod
    def _seal(self, sealed: Sealed) -> None:
        """Keep a sealed poll and delete its casting rows."""

    @abstractmethod
    def _seal_of(self, poll: bytes) -> tuple[str, str, bytes] | None:
        """The root, the head as JSON and the signature of a sealed poll."""

    @abstractmethod
    def _closed(self, poll: bytes) -> tuple[Cast, ...]:
        """The ballots of a sealed poll in their order."""

    # -- the same for both --

    @contextmanager
    def refilled(self, tables: Mapping[str, Iterable[Sequence[Any]]]) -> Iterator[None]:
        """Everything in the urn replaced by these rows when what is done in here ends well; else nothing is."""
        with self._writing():
            self._refill(tables)
            yield
        self.give_back()

    def set_phase(self, polls: Iterable[bytes], phase: str) -> None:
        """Move polls on from the phase before this one: all of them, or none. Those that are there already stay.

        Raises UrnRefused, naming one, where another phase is in between; and for "sealed", which `seal` does.
        """
        wanted = sorted(set(polls))
        before = _phase_before(phase)
        with self._writing():
            moved = self._move(wanted, before, phase)
            if moved == len(wanted):
                return
            rules = self._rules(wanted)
            for poll in wanted:
                if rules.get(poll, ("", False))[0] != phase:
                    raise _cannot_move(poll, rules.get(poll), before, phase)

    def set_days(self, polls: Iterable[bytes], opens: date | None, closes: date | None) -> None:
        """Say on which days polls open and close, as their page shows it; when they do, `set_phase` says."""
        with self._writing():
            self._redate(sorted(set(polls)), opens, closes)

    def put_key(self, poll: bytes, key_spki: bytes) -> None:
        """Keep the key (SubjectPublicKeyInfo) by which the tokens of a poll are signed, once and for all electors; the
        same again changes nothing. Raises UrnRefused where another is there, or casting has begun.
        """
        with self._writing():
            found = self.poll(poll)
            if found is not None and found.key_spki == key_spki:
                return
            if found is None or found.key_spki is not None or found.phase not in TAKING_A_KEY:
                raise _no_such_key_now(poll)
            self._set_key([poll], key_spki)

    def drop_keys(self, polls: Iterable[bytes]) -> None:
        """Take the keys of these polls away before casting begins: their tokens are good for nothing. Raises UrnRefused
        where one is not there or its casting has begun; then all stay.
        """
        wanted = sorted(set(polls))
        with self._writing():
            rules = self._rules(wanted)
            for poll in wanted:
                if rules.get(poll, ("", False))[0] not in TAKING_A_KEY:
                    raise _no_such_key_now(poll)
            self._set_key(wanted, None)

    def cast(self, batch: Sequence[Cast]) -> list[Outcome]:
        """Cast ballots in one transaction: what became of each. When this returns they are on the disk."""
        keys = sorted({cast.key for cast in batch})
        slips = sorted({cast.key for cast in batch if cast.ballot.kind == SLIP})
        with self._writing():
            rules = self._rules(sorted({poll for poll, _ in keys}))
            outcomes, to_write = decide(batch, rules, self._slips(slips), self._kept(keys))
            if to_write:
                self._write([to_write[key] for key in sorted(to_write)])
        return outcomes

    def seal(self, polls: Iterable[bytes], sign: Signing) -> list[Sealed]:
        """Seal closed polls in one transaction: rewritten in the order of their leaves, the head signed, the casting
        rows deleted. Casting elsewhere waits meanwhile, so seal a thousand at a time, and call `give_back` when all are
        sealed. Raises UrnRefused where a poll is not closed, a ballot was altered, or the head names another root.
        """
        wanted, done = sorted(set(polls)), []
        with self._writing():
            for poll in wanted:
                sealed = self._signed(self._to_seal(poll), sign)
                self._seal(sealed)
                done.append(sealed)
            self._move(wanted, CLOSED, SEALED)
        return done

    def _to_seal(self, number: bytes) -> ToSeal:
        poll = self.poll(number)
        if poll is None or poll.phase != CLOSED:
            raise _cannot_move(number, (poll.phase, False) if poll else None, CLOSED, SEALED)
        ballots = self._ballots(number)
        _refuse_altered(number, ballots)
        root = proof.root_of(kept.hex() for _, kept in ballots)
        return ToSeal(
            poll, self.form(poll.form) or b"", tuple(cast for cast, _ in ballots), root, self._slips_of(number)
        )

    def _signed(self, what: ToSeal, sign: Signing) -> Sealed:
        head, signature = sign(what)
        if head.get("root") != what.root:
            raise UrnRefused(
                Text("签名的根与选票不符", "what was signed is not the root over these ballots"),
                Text(f"应为{what.root}", f"{what.root} would be right"),
            )
        return Sealed(what.poll, what.form, what.ballots, what.root, what.slips, head, signature)

    def sealed(self, number: bytes) -> Sealed | None:
        """A poll as it was sealed; None where it is not."""
        poll, seal = self.poll(number), self._seal_of(number)
        if poll is None or seal is None:
            return None
        root, head, signature = seal
        form = self.form(poll.form) or b""
        return Sealed(poll, form, self._closed(number), root, self._slips_of(number), json.loads(head), signature)

    def number(self, beginning: str) -> bytes | None:
        """The number of the poll whose hex digits begin so, as people type it from a slip; None where there is none.

        Raises BallotRefused where several do.
        """
        found = self._between(bytes.fromhex(beginning.ljust(32, "0")), bytes.fromhex(beginning.ljust(32, "f")))
        if len(found) > 1:
            raise BallotRefused(
                Text("有几次投票的编号这样开头", "several polls begin so"),
                Text("请多输几位，或者用二维码", "type more of the number, or use the QR code"),
            )
        return found[0] if found else None


def _phase_before(phase: str) -> str:
    order = list(PHASES)
    if phase not in order[1:] or phase == SEALED:
        raise UrnRefused(
            Text(f"不能直接转入“{phase}”阶段", f"a poll cannot be moved to “{phase}”"),
            Text("封存由封存程序完成", f"one of {', '.join(one for one in order[1:] if one != SEALED)}; seal seals it"),
        )
    return order[order.index(phase) - 1]


def _cannot_move(poll: bytes, found: tuple[str, bool] | None, before: str, phase: str) -> UrnRefused:
    is_in = PHASES[found[0]] if found else Text("不存在", "not there")
    return UrnRefused(
        Text(f"投票{poll.hex()}处于“{is_in.zh}”阶段", f"poll {poll.hex()} is {is_in.en}"),
        Text(f"只有“{PHASES[before].zh}”阶段可以转入“{PHASES[phase].zh}”", f"only from {before} can it become {phase}"),
    )


def _refuse_altered(poll: bytes, ballots: Sequence[tuple[Cast, bytes]]) -> None:
    altered = sum(cast.leaf != kept for cast, kept in ballots)
    if altered:
        raise UrnRefused(
            Text(f"投票{poll.hex()}有{altered}张选票被改动过", f"poll {poll.hex()} has {altered} altered ballots"),
            Text("先查明原因，不能封存", "find out why; it cannot be sealed"),
        )


def _no_such_key_now(poll: bytes) -> UrnRefused:
    return UrnRefused(
        Text(f"投票{poll.hex()}不能再换密钥", f"the key of poll {poll.hex()} cannot be put or taken away now"),
        Text("投票开始以前定一把密钥，人人相同", "one key, the same for all electors, before casting begins"),
    )


def no_such_form() -> UrnRefused:
    """A poll whose form was not put."""
    return UrnRefused(Text("没有这份问卷", "a poll's form is not there"), Text("先存问卷", "put the form first"))


def no_slips_now() -> UrnRefused:
    """Slips for polls that are not there, or that take none any more."""
    return UrnRefused(
        Text("有的投票不存在或者已经截止", "some of these polls are not there, or casting has ended"),
        Text("只能在投票截止前加票", "slips can be added until casting ends"),
    )
