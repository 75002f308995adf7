"""Slips 评议票: how many are printed, which households are asked by lot, their secrets and what is printed of these.

A slip is a secret on paper. It bears no number, and no order of any kind leads from the paper to the urn: the link from
a person to a slip never enters a computer. Numbers: `rulebook/ballots.yaml`; least numbers of a round: its edition.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from baolei.programme.ballot.ballot import POLL_BYTES, SECRET_BYTES, base32, slip_hash
from baolei.programme.refusals import ActRefused
from baolei.programme.ruled import Rows, Ruled, numbers, read_as, since, text
from baolei.programme.scoring.conditions import least_ballots
from baolei.programme.scoring.visits import lottery
from baolei.programme.standard.edition import Minimum, Text

NUMBERS = ("spare_percent", "spare_least", "answer_percent", "meeting_least", "meeting_percent")
SHORT = 9
"""So many digits of a poll's number are typed. Among the 240,000 polls of a region some thirty pairs share them; set-up
draws those numbers anew.
"""


class LotRefused(ActRefused):
    """More households than a list has cannot be drawn from it; says how many can."""


@dataclass(frozen=True, slots=True)
class SlipRules:
    """In force from a day: the numbers by name."""

    since: dt.date
    source: Text
    numbers: Mapping[str, Ruled]

    def number(self, name: str) -> int:
        """One of the numbers."""
        return self.numbers[name].value

    @property
    def meeting(self) -> Minimum:
        """The least number of ballots at a meeting."""
        return Minimum(self.number("meeting_least"), Fraction(self.number("meeting_percent"), 100), "entitled")


def slip_rules(rows: Rows) -> SlipRules:
    """The rules written in `rulebook/ballots.yaml`.

    Raises ValueError for a number that is missing, for a share over 100 %, and where nobody is expected to answer.
    """
    with read_as("ballots"):
        rules = SlipRules(since(rows), text(rows["source"]), numbers(rows, NUMBERS))
    faults = [
        f"{name} must be 100 at most" for name in NUMBERS if name.endswith("_percent") and rules.number(name) > 100
    ]
    if not rules.number("answer_percent"):
        faults.append("answer_percent must be 1 at least")
    if faults:
        raise ValueError("ballots: " + "; ".join(faults))
    return rules


# ---- how many ----


def least(minimum: Minimum | None, entitled: int, served: int) -> int:
    """How many ballots a source needs about one branch (method 2.8), 0 where its edition sets no minimum.

    The engine's own rule, asked about one branch: what holds a place later is what the poll aims at now.
    """
    return 0 if minimum is None else int(least_ballots(minimum, np.array([entitled]), np.array([served]))[0])


def spares(people: int, rules: SlipRules) -> int:
    """How many slips are printed beyond one for each person: some get spoiled, and the last to draw has a choice."""
    return max(rules.number("spare_least"), _share(people, rules.number("spare_percent"), 100))


def printed(people: int, rules: SlipRules) -> int:
    """How many slips are printed for a poll that so many people may vote in; none where nobody may."""
    return people + spares(people, rules) if people else 0


def asked(needed: int, households: int, rules: SlipRules) -> int:
    """How many households are drawn so that about `needed` of them answer; never more than there are."""
    return min(households, _share(needed, 100, rules.number("answer_percent")))


def _share(of: int, part: int, whole: int) -> int:
    return -(-of * part // whole)


# ---- which households, by lot ----


@dataclass(frozen=True, slots=True)
class Envelope:
    """A numbered envelope with a slip in it, and the number of the household it goes to; None where no list is kept."""

    number: int
    household: int | None


def drawn(seed: str, branch: str, households: int, wanted: int, *, before: int = 0) -> tuple[int, ...]:
    """The households drawn from a list numbered 1 to `households`, in the order of the lot.

    The lot of a household is the first 8 hexadecimal digits of SHA-256(seed|branch|number), the smallest come first,
    of equal ones the smaller number. `before`: so many were drawn earlier; a top-up takes those that follow.
    Raises LotRefused where the list has not so many; ValueError for less than one household or a wish below 0.
    """
    if households < 1 or wanted < 0 or before < 0:
        raise ValueError(f"{wanted} of {households} households, after {before}")
    if before + wanted > households:
        raise LotRefused(
            Text(f"名册只有{households}户，抽不出{before + wanted}户", f"the list has {households} households only"),
            Text(f"至多再抽{households - before}户", f"draw {households - before} more at most"),
        )
    places = np.arange(1, households + 1)
    order = np.lexsort((places, lottery(f"{seed}|{branch}", places)))
    return tuple(int(place) for place in places[order][before : before + wanted])


def envelopes(households: tuple[int, ...], *, first: int = 1) -> tuple[Envelope, ...]:
    """An envelope for each household drawn, numbered from `first` in the order of the households and not of the lot:
    so they are handed out along the list.
    """
    return tuple(Envelope(number, one) for number, one in enumerate(sorted(households), first))


def unlisted(count: int, *, first: int = 1) -> tuple[Envelope, ...]:
    """So many envelopes where no list of households may be kept: their numbers are all that is written down."""
    return tuple(Envelope(number, None) for number in range(first, first + count))


# ---- secrets, and what is printed of them ----


@dataclass(frozen=True, slots=True)
class Slips:
    """The slips of a poll: codes to be printed and forgotten, and the hashes that the urn keeps.

    The hashes are sorted: their order says nothing of the order in which the codes are printed.
    """

    codes: tuple[str, ...]
    hashes: tuple[bytes, ...]

    def __repr__(self) -> str:
        """Without the codes, which must not get into a log."""
        return f"<{len(self.codes)} slips>"


def made(poll: bytes, count: int, random: bytes) -> Slips:
    """So many slips of a poll, out of 20 random bytes for each.

    Raises ValueError for a poll's number of other than 16 bytes, too few or too many random bytes, and two secrets that
    are the same: no random source gives those.
    """
    if len(poll) != POLL_BYTES or len(random) != count * SECRET_BYTES:
        raise ValueError(f"{count} slips take {count * SECRET_BYTES} random bytes and a poll's number of {POLL_BYTES}")
    secrets = [random[at : at + SECRET_BYTES] for at in range(0, len(random), SECRET_BYTES)]
    if len(set(secrets)) < count:
        raise ValueError("two slips would have the same secret: this source is not random")
    return Slips(tuple(map(base32, secrets)), tuple(sorted(slip_hash(poll, secret) for secret in secrets)))


def poll_number(random: bytes) -> bytes:
    """The number of a poll out of 16 random bytes. Its first nine hex digits are decimal ones, so that a slip prints
    them as a number which anybody can read aloud and type. Raises ValueError for other than 16 bytes.
    """
    if len(random) != POLL_BYTES:
        raise ValueError(f"a poll's number takes {POLL_BYTES} random bytes")
    digits = int.from_bytes(random, "big") % 10**SHORT
    return bytes.fromhex(f"{digits:0{SHORT}d}{random.hex()[SHORT:]}")


def short(poll: bytes) -> str:
    """The digits of a poll's number that are typed."""
    return poll.hex()[:SHORT]


def address(origin: str, poll: bytes, code: str) -> str:
    """What the QR code of a slip says. All after the `#` stays in the browser: no server is sent it with the link."""
    return f"{origin}/b/#{poll.hex()}.{code}"


def typed_address(origin: str, poll: bytes) -> str:
    """The address that is typed where nobody can scan: the poll by its first digits; the page asks for the code."""
    return f"{origin}/b/{short(poll)}"
