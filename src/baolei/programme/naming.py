"""From results to a list 命名: who is on it, a reason for every line in plain words, and a page anybody can redo.

Who reaches a tier, who has a seat and who ties is decided once, in `scoring.verdict`; here it is explained, and people
may strike a name or add one, two of them and with a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from baolei.programme.decided import Decided
from baolei.programme.printed import cents
from baolei.programme.refusals import ActRefused
from baolei.programme.scoring.arithmetic import Bools, Ints, half_up
from baolei.programme.scoring.steps import Board
from baolei.programme.scoring.verdict import seat_groups, seat_numbers, tie_keys
from baolei.programme.standard.edition import Condition, Edition, Source, Strength, Text, Tier

Row = Mapping[str, Any]
"""A branch's row of results (`warehouse.results`), of which `READS` is read here."""
READS = (
    "field", "tier", "score", "stars", "named", "held", "confirmation", "over_line", "probability", "visited",
    "standing", "leniency", "leniency_line", "gates_open", "vetoes", "floors_broken", "evidence_short",
)  # fmt: skip

CONFIRMED, VISIT, HELD, UNNAMED = STANDINGS = ("confirmed", "visit", "held", "unnamed")
"""Where a branch stands: named for sure; to be visited before a verdict; its place kept; not named."""

VISIT_FIRST = 1
"""The value of `confirmation` that asks for a visit (scoring.uncertainty)."""


class NamingRefused(ActRefused):
    """A name that cannot be struck, or cannot be added."""


# -- reasons ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition of the title: its code, whether it is met, its figures as printed, what it names (gates, say)."""

    code: str
    met: bool
    figures: Mapping[str, str] = field(default_factory=dict)
    names: tuple[Text, ...] = ()

    @property
    def words(self) -> Text:
        """The reason in plain words."""
        said = _SAID[self.code, self.met]
        zh, en = "、".join(name.zh for name in self.names), ", ".join(name.en for name in self.names)
        return Text(said.zh.format(names=zh, **self.figures), said.en.format(names=en, **self.figures))


_SAID = {
    ("line", True): Text("按 {counted} 分计，达到界线 {line}", "{counted} counts, the line of {line} is reached"),
    ("line", False): Text("按 {counted} 分计，未到界线 {line}", "{counted} counts, short of the line of {line}"),
    ("seat", True): Text("得分 {score}，在本组名额之内", "{score}, and it has one of its group's seats"),
    ("seat", False): Text("得分 {score}，不在本组名额之内", "{score}, and the seats of its group go to others"),
    ("at_least", True): Text("得分 {score}，达到 {least}", "{score}, at least {least}"),
    ("at_least", False): Text("得分 {score}，未到 {least}", "{score}, less than {least}"),
    ("stars", True): Text("{stars} 星，达到 {least} 星", "{stars} stars, at least {least}"),
    ("stars", False): Text("{stars} 星，未到 {least} 星", "{stars} stars, fewer than {least}"),
    ("gates", True): Text("前提条件全部满足", "every gate is met"),
    ("gates", False): Text("前提条件未满足：{names}", "gates not met: {names}"),
    ("no_veto", True): Text("没有否决情形", "no veto"),
    ("no_veto", False): Text("有否决情形：{names}", "vetoes: {names}"),
    ("floors", True): Text("各强都在下限以上", "no strength below its floor"),
    ("floors", False): Text("低于下限：{names}", "below the floor: {names}"),
    ("evidence", True): Text("各来源依据充足", "enough evidence of every source"),
    ("evidence", False): Text(
        "依据不足，保留位置，待补：{names}", "its place is kept until more is collected: {names}"
    ),
    ("sure", True): Text("把握 {chance}，已确认", "sure at {chance}"),
    ("sure", False): Text("把握 {chance}，未确认", "sure at {chance} only"),
}


def standing(named: bool, held: bool, confirmation: int) -> str:
    """One of STANDINGS. A branch that is surely over its line but lacks a condition is not named."""
    if held:
        return HELD
    if confirmation == VISIT_FIRST:
        return VISIT
    return CONFIRMED if named else UNNAMED


def counted(row: Row) -> int:
    """What is held against the line, in cents: the score less the county's leniency, or joined with the visit."""
    if row["visited"]:
        return round(float(row["standing"]) * 100)
    return int(row["score"]) + int(row["leniency_line"]) - round(float(row["leniency"]) * 100)


def titled(edition: Edition, row: Row) -> Tier:
    """The tier a branch is named by, else the titled tier that asks least. Raises ValueError where none has a title."""
    own = edition.tiers[row["tier"]]
    tiers = [tier for tier in edition.tiers if tier.named]
    if not tiers:
        raise ValueError(f"no tier of {edition.code} carries a title")
    return own if own.named else tiers[-1]


def reasons(edition: Edition, row: Row) -> tuple[Reason, ...]:
    """Why a branch carries the title or not: every condition of `titled`, met or not, and how sure it is."""
    tier = titled(edition, row)
    found = [*_points(edition, row, tier)]
    found += [make(edition, row) for need, make in _CONDITIONS.items() if need in tier.needs]
    chance = f"{float(row['probability']):.0%}"
    return (*found, Reason("sure", row["confirmation"] > VISIT_FIRST, {"chance": chance}))


def _points(edition: Edition, row: Row, tier: Tier) -> Iterable[Reason]:
    score = cents(row["score"])
    if tier.by_line and edition.policy.seats is not None:
        yield Reason("seat", bool(row["over_line"]), {"score": score})
    elif tier.by_line:
        line = cents(edition.field(row["field"]).line)
        yield Reason("line", bool(row["over_line"]), {"counted": cents(counted(row)), "line": line})
    if tier.at_least is not None:
        yield Reason("at_least", row["score"] >= tier.at_least, {"score": score, "least": cents(tier.at_least)})
    if tier.stars:
        yield Reason("stars", row["stars"] >= tier.stars, {"stars": str(row["stars"]), "least": str(tier.stars)})


@lru_cache(maxsize=1 << 10)
def _bits(code: str, bits: int, names: tuple[Text, ...]) -> Reason:
    """A reason from a column of bits, one for each name that stands in the way; most branches share most of them."""
    return Reason(code, not bits, names=tuple(name for place, name in enumerate(names) if bits >> place & 1))


def _names(of: Iterable[Condition | Strength | Source]) -> tuple[Text, ...]:
    return tuple(one.name for one in of)


_CONDITIONS: Mapping[str, Callable[[Edition, Row], Reason]] = {
    "gates": lambda edition, row: _bits("gates", row["gates_open"], _names(edition.gates)),
    "no_veto": lambda edition, row: _bits("no_veto", row["vetoes"], _names(edition.vetoes)),
    "floors": lambda edition, row: _bits("floors", row["floors_broken"], _names(edition.strengths)),
    "evidence": lambda edition, row: _bits("evidence", row["evidence_short"], _names(edition.sources)),
}


# -- the list ---------------------------------------------------------------------------------------------------------

STRUCK, ADDED = "struck", "added"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: the branch, where it stands by the results, why, and what people made of it, if anything.

    `visited`: whether it was visited this year. `act` is '', `STRUCK` or `ADDED`, with what was `decided`.
    """

    branch: str
    field: str
    score: int
    standing: str
    reasons: tuple[Reason, ...]
    visited: bool = False
    act: str = ""
    decided: Decided | None = None

    @property
    def listed(self) -> bool:
        """Whether the branch is on the list."""
        return self.act == ADDED or (self.standing == CONFIRMED and self.act != STRUCK)

    @property
    def why(self) -> Text:
        """The reason of the line in plain words: what people decided first, then what stands in the way, else all."""
        against = [reason for reason in self.reasons if not reason.met]
        said = [reason.words for reason in (against if against and not self.listed else self.reasons)]
        if self.decided is not None:
            said.insert(0, Text(self.decided.reason, self.decided.reason))
        return Text("；".join(one.zh for one in said), "; ".join(one.en for one in said))


def draw_up(edition: Edition, rows: Mapping[str, Row]) -> tuple[Line, ...]:
    """A line for every branch, by field and from the highest score: who is on the list, and why or why not.

    `rows` are the results by branch. Raises ValueError for an edition without a titled tier.
    """
    order = {table.code: place for place, table in enumerate(edition.fields)}
    lines = (
        Line(
            branch,
            row["field"],
            int(row["score"]),
            standing(bool(row["named"]), bool(row["held"]), int(row["confirmation"])),
            reasons(edition, row),
            bool(row["visited"]),
        )
        for branch, row in rows.items()
    )
    return tuple(sorted(lines, key=lambda line: (order[line.field], -line.score, line.branch)))


def strike(line: Line, decided: Decided) -> Line:
    """The line with its name taken off, by two people with a reason. Raises NamingRefused for one that is not on."""
    if not line.listed:
        raise NamingRefused(Text("名单上没有这个支部", "it is not on the list"), Text("不必撤下", "nothing to strike"))
    return replace(line, act=STRUCK, decided=decided)


NEVER = ("gates", "no_veto", "floors", "evidence")
"""Conditions nobody can set aside: they are met first, by the branch or by more evidence."""


def add(line: Line, decided: Decided) -> Line:
    """The line with its name put on, by two people with a reason.

    For one struck before, or one visited that stays unsure; one short of the line or without a seat needs the document
    of whoever may allow it. Raises NamingRefused where a gate, veto, floor or the evidence stands against it, where it
    has yet to be visited, where that document is not named, and for one that is on already.
    """
    if line.listed:
        raise NamingRefused(Text("已在名单上", "it is on the list"), Text("不必增列", "nothing to add"))
    against = [reason for reason in line.reasons if not reason.met]
    barred = [reason.words for reason in against if reason.code in NEVER]
    if barred:
        raise NamingRefused(
            Text("；".join(one.zh for one in barred), "; ".join(one.en for one in barred)),
            Text("先满足条件或补足依据", "this is met first"),
        )
    if line.standing == VISIT and not line.visited:
        raise NamingRefused(Text("把握不足，尚未复核", "unsure, and not visited yet"), Text("先复核", "visit it first"))
    short = [reason.words for reason in against if reason.code != "sure"]
    if short and not decided.document:
        raise NamingRefused(short[0], Text("写明批准文件", "name the document that allows it"))
    return replace(line, act=ADDED, decided=decided)


# -- the page anybody can redo ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SeatRow:
    """A group's row of the largest remainder: size × share = `exact`, whole seats, what is left, one more or none."""

    group: str
    size: int
    exact: Fraction
    whole: int
    remainder: Fraction
    extra: int

    @property
    def seats(self) -> int:
        """The seats of the group."""
        return self.whole + self.extra


def seat_rows(sizes: Mapping[str, int], share: Fraction) -> tuple[SeatRow, ...]:
    """How seats are shared over groups (fields, or fields of a league), in their order; together `seats_of(sizes)`.

    E.g. 37, 24, 9 at 41.1 % → 15.207, 9.864, 3.699 → 15, 9, 3 and two more by remainder → 15, 10, 4 (method 2.10).
    """
    given = seat_numbers(list(sizes.values()), share)
    return tuple(
        SeatRow(group, size, size * share, whole, size * share - whole, int(seats) - whole)
        for (group, size), seats, whole in (
            (pair, seats, int(pair[1] * share)) for pair, seats in zip(sizes.items(), given, strict=True)
        )
    )


def seats_of(sizes: Mapping[str, int], share: Fraction) -> int:
    """All seats: share × branches, halves up."""
    return int(half_up(sum(sizes.values()) * share.numerator, share.denominator))


TIE_KEYS = (
    Text("预期得分 θ", "expected quality θ"),
    Text("最低一强的得分率", "ratio of the least strength"),
    Text("群众评判得分", "points from the public"),
    Text("第一强得分", "points of the first strength"),
)
"""The order of a group: the expected quality, then the tie-breakers of method 2.10; each higher is better."""


_ALL_IN = Text("至少半数能入，全部列入", "at least half of them fit, all are in")
_ALL_OUT = Text("不足半数，都不列入", "fewer than half fit, none is")


@dataclass(frozen=True, slots=True)
class Contender:
    """A branch of a group that gates, floors and vetoes allow: its keys in the order of `TIE_KEYS`, and its seat."""

    branch: str
    keys: tuple[int, ...]
    seated: bool


@dataclass(frozen=True, slots=True)
class Boundary:
    """Where the seats of a group end. `tied` share every key at the boundary, `fits` seats are left for them.

    `key` is the place in `TIE_KEYS` of the first that tells the last one in from the first one out; None where all
    had a seat, or nobody.
    """

    seats: int
    order: tuple[Contender, ...]
    tied: tuple[str, ...]
    fits: int
    key: int | None

    @property
    def words(self) -> Text:
        """What happened there, in plain words."""
        if len(self.tied) > 1:
            n, fits = len(self.tied), self.fits
            fate = _ALL_IN if 2 * fits >= n else _ALL_OUT
            return Text(
                f"{n} 个支部各项完全相同，剩 {fits} 个名额，{fate.zh}",
                f"{n} are alike in everything and {fits} seats are left: {fate.en}",
            )
        if self.key is None:
            return Text("没有名额之争", "no seat was contested")
        return Text(f"界线处由“{TIE_KEYS[self.key].zh}”分先后", f"at the boundary, {TIE_KEYS[self.key].en} decides")


@dataclass(frozen=True, slots=True)
class Seating:
    """Who contends for which seats: the names of the groups, and of each branch its code, its group (place in `names`),
    its keys [n,4], whether gates, floors and vetoes allow it, whether it has a seat.
    """

    names: tuple[str, ...]
    code: Sequence[str]
    group: Ints
    keys: Ints
    allowed: Bools
    seated: Bools


def seating(edition: Edition, board: Board) -> Seating:
    """The same of a round that was scored; a group is named `field`, or `field/league` (its number).

    Raises ValueError for an edition that caps no seats: there the line decides, and `reasons` say so.
    """
    if edition.policy.seats is None:
        raise ValueError(f"{edition.code} caps no seats")
    group, groups = seat_groups(edition, board)
    names = group_names(edition, [str(league) for league in range(groups // len(edition.fields))])
    allowed = (board["gates_open"] == 0) & (board["floors_broken"] == 0) & (board["vetoes"] == 0)
    return Seating(names, board["code"], group, np.stack(tie_keys(edition, board), axis=1), allowed, board["over_line"])


def group_names(edition: Edition, leagues: Sequence[str]) -> tuple[str, ...]:
    """The groups within which seats are shared, in their order: fields, or the fields of each league."""
    if edition.policy.seats_by == "field":
        return tuple(table.code for table in edition.fields)
    return tuple(f"{table.code}/{league}" for table in edition.fields for league in leagues)


def contenders(seating: Seating) -> tuple[Contender | None, ...]:
    """For each branch its keys, as the verdict ordered them, and its seat; None where none is allowed."""
    rows = zip(seating.code, seating.keys.tolist(), seating.seated, seating.allowed, strict=True)
    return tuple(Contender(str(code), tuple(mine), bool(seated)) if may else None for code, mine, seated, may in rows)


def boundary(group: Iterable[Contender], seats: int) -> Boundary:
    """The order of a group and what decided at its last seat."""
    order = tuple(sorted(group, key=lambda one: (*(-key for key in one.keys), one.branch)))
    last_in = [one for one in order if one.seated][-1:]
    first_out = [one for one in order if not one.seated][:1]
    key = None
    if last_in and first_out:
        differ = (place for place, pair in enumerate(_pairs(last_in[0], first_out[0])) if pair[0] != pair[1])
        key = next(differ, None)
    if not 0 < seats < len(order):
        return Boundary(seats, order, (), 0, key)
    edge = order[seats - 1].keys
    tied = tuple(one.branch for one in order if one.keys == edge)
    return Boundary(seats, order, tied, seats - sum(one.keys > edge for one in order), key)


def _pairs(one: Contender, other: Contender) -> zip[tuple[int, int]]:
    return zip(one.keys, other.keys, strict=True)


@dataclass(frozen=True, slots=True)
class Derivation:
    """The page on which anybody can redo who has a seat: the share, all seats, each group's row and its boundary."""

    share: Fraction
    seats: int
    groups: tuple[tuple[SeatRow, Boundary], ...]


def derivation(share: Fraction, seating: Seating) -> Derivation:
    """The page of the seats of a round: this share of all branches, largest remainder, and each group's boundary."""
    counted = np.bincount(seating.group, minlength=len(seating.names)).tolist()
    sizes = dict(zip(seating.names, counted, strict=True))
    of: list[list[Contender]] = [[] for _ in seating.names]
    for one, place in zip(contenders(seating), seating.group, strict=True):
        if one is not None:
            of[place].append(one)
    rows = seat_rows(sizes, share)
    return Derivation(
        share, seats_of(sizes, share), tuple((row, boundary(of[place], row.seats)) for place, row in enumerate(rows))
    )
