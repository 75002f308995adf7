"""Matters 群众诉求: from the report to the asker's word, with a clock for each hand-over and one for the whole.

A matter lies with a unit: first where its kind says, then upward as it is passed on (街乡吹哨). What lies with a role
and what lies with a named person goes the same way by the same row. It is closed when the asker says so, when a sampled
call-back does, or unconfirmed; closed though not fixed is a state of its own. Where a worker or the desk entered it for
somebody, the receipt was first in their hands: a yes on it stands apart and is called back like what nobody confirmed.
Days and kinds: `rulebook/matters.yaml`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from baolei.programme.alike import likeness, pairs, plain
from baolei.programme.personal import personal
from baolei.programme.refusals import ActRefused
from baolei.programme.ruled import Rows, Ruled, numbers, read_as, since, text
from baolei.programme.standard.edition import Text
from baolei.programme.states import Row, State, Table
from baolei.programme.workdays import Workdays

NUMBERS = (
    "warn_days", "pause_days", "confirm_days", "again_days", "answer_days", "remove_days", "call_percent", "call_least",
    "per_hour", "landmarks", "alike_percent",
)  # fmt: skip
OF_A_KIND = ("take", "handle", "total")
"""The clocks that each kind has of its own."""
LOWEST = 5
"""The level of villages and communities, to which grids belong."""
HOLDER, CALLER, ASKER, CLOCK = "holder", "caller", "asker", "clock"
DAY = dt.timedelta(days=1)


class MatterRefused(ActRefused):
    """An act on a matter whose ground is missing: no words, words that name somebody, nowhere to pass it on to."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of matter: with which level it lies first, up to which it is passed, its clocks in working days."""

    code: str
    name: Text
    first: int
    top: int
    take: int
    handle: int
    total: int


@dataclass(frozen=True, slots=True)
class MatterRules:
    """In force from a day: kinds by code, numbers by name, why a matter waits or stays unfixed, roles by level; `held`
    are the channels whose receipt is first in the hands of whoever enters the matter.
    """

    since: dt.date
    source: Text
    kinds: Mapping[str, Kind]
    numbers: Mapping[str, Ruled]
    paused: Mapping[str, Text]
    unfixed: Mapping[str, Text]
    who: Mapping[int, tuple[str, ...]]
    held: frozenset[str]

    def yes(self, channel: str) -> str:
        """The act by which the receipt of a matter says that it is fixed: the asker's own, or that of a code which was
        in the hands of whoever entered it.
        """
        return CONFIRM_HELD if channel in self.held else CONFIRM

    def number(self, name: str) -> int:
        """One of `NUMBERS`. Raises KeyError for another name."""
        return self.numbers[name].value

    @property
    def roles(self) -> frozenset[str]:
        """The roles that act on matters at some level."""
        return frozenset(role for held in self.who.values() for role in held)


def matter_rules(rows: Rows) -> MatterRules:
    """The rules written in `rulebook/matters.yaml`.

    Raises ValueError naming a kind whose levels or clocks cannot be: passed up to below where it begins, a level that
    is none or has no role, a clock of no day, a whole that ends before its first hand-over can.
    """
    with read_as("matters"):
        rules = MatterRules(
            since(rows), text(rows["source"]),
            {code: Kind(code, text(row["name"]), row["first"], row["top"], *(row[name] for name in OF_A_KIND))
             for code, row in rows["kinds"].items()},
            numbers(rows, NUMBERS),
            {code: text(row) for code, row in rows["paused"].items()},
            {code: text(row) for code, row in rows["unfixed"].items()},
            {level: tuple(roles) for level, roles in rows["who"].items()},
            frozenset(rows["held"]),
        )  # fmt: skip
    faults = [f"{one.code} is passed from level {one.first} up to {one.top}, which cannot be"
              for one in rules.kinds.values() if not 1 <= one.top <= one.first <= LOWEST]  # fmt: skip
    faults += [f"{one.code} has clocks that cannot be" for one in rules.kinds.values()
               if min(one.take, one.handle) < 1 or one.total < one.take + one.handle]  # fmt: skip
    faults += [f"level {level} has no role" for level in range(1, LOWEST + 1) if not rules.who.get(level)]
    if faults:
        raise ValueError("matters: " + "; ".join(faults))
    return rules


# -- the walk ---------------------------------------------------------------------------------------------------------

LYING, TAKEN, PAUSED, FIXED = "lying", "taken", "paused", "fixed"
CONFIRMED, HANDED, CALLED, UNCONFIRMED, NOT_FIXED = "confirmed", "handed", "called", "unconfirmed", "not_fixed"
ASKED, OVER, MERGED = "asked", "over", "merged"


def _in_hand(state: str) -> tuple[Row, ...]:
    """What whoever holds a matter does with it, taken in hand or not yet."""
    return (
        Row(state, "escalate", LYING, HOLDER),
        Row(state, "send_back", LYING, HOLDER),
        Row(state, "split", state, HOLDER),
        Row(state, "merge", MERGED, HOLDER),
        Row(state, "leave_unfixed", NOT_FIXED, HOLDER),
    )


def _closed(state: str) -> tuple[Row, ...]:
    """What comes after a closing: the asker opens it again, or is asked once more."""
    return (Row(state, "reopen", LYING, ASKER), Row(state, "ask_again", ASKED, CLOCK))


def _called_back(state: str) -> tuple[Row, ...]:
    """What a sampled call-back finds."""
    return (Row(state, "call_yes", CALLED, CALLER), Row(state, "call_no", LYING, CALLER))


STATES = Table(
    states=(
        State(LYING, Text("待接办", "to be taken in hand"), HOLDER, "take", "escalate"),
        State(TAKEN, Text("办理中", "in hand"), HOLDER, "handle", "escalate"),
        State(PAUSED, Text("暂缓（停表）", "paused, the clocks stand"), HOLDER, "pause_days", "resume"),
        State(FIXED, Text("已办结，等群众确认", "done, the asker is asked"), ASKER, "confirm_days", "leave"),
        State(CONFIRMED, Text("群众确认解决", "the asker says it is fixed"), ASKER, "again_days", "ask_again"),
        State(
            CALLED, Text("抽样回访确认解决", "fixed, as a sampled call-back found"), ASKER, "again_days", "ask_again"
        ),
        State(
            HANDED, Text("凭经手回执确认", "confirmed with a code that staff held"), ASKER, "again_days", "ask_again"
        ),
        State(UNCONFIRMED, Text("办结未确认", "done, not confirmed"), ASKER, "again_days", "ask_again"),
        State(NOT_FIXED, Text("未解决，已说明", "closed, not fixed"), ASKER, "again_days", "ask_again"),
        State(ASKED, Text("四周后再问", "asked again after four weeks"), ASKER, "answer_days", "end"),
        State(OVER, Text("办结归档", "over")),
        State(MERGED, Text("并入另一件", "merged into another")),
    ),
    rows=(
        Row(LYING, "take", TAKEN, HOLDER),
        *_in_hand(LYING),
        Row(TAKEN, "fix", FIXED, HOLDER),
        Row(TAKEN, "pause", PAUSED, HOLDER),
        *_in_hand(TAKEN),
        Row(PAUSED, "resume", TAKEN, HOLDER),
        Row(FIXED, "confirm", CONFIRMED, ASKER),
        Row(FIXED, "confirm_held", HANDED, ASKER),
        Row(FIXED, "deny", LYING, ASKER),
        Row(FIXED, "leave", UNCONFIRMED, CLOCK),
        Row(UNCONFIRMED, "confirm", CONFIRMED, ASKER),
        Row(UNCONFIRMED, "confirm_held", HANDED, ASKER),
        *_called_back(UNCONFIRMED),
        *_called_back(HANDED),
        *(row for state in (CONFIRMED, HANDED, CALLED, UNCONFIRMED, NOT_FIXED) for row in _closed(state)),
        Row(ASKED, "hold", OVER, ASKER),
        Row(ASKED, "reopen", LYING, ASKER),
        Row(ASKED, "end", OVER, CLOCK),
    ),
    words={
        "take": Text("接办", "take in hand"),
        "escalate": Text("吹哨上报", "pass upward"),
        "send_back": Text("退回下级", "send back down"),
        "split": Text("分件", "split"),
        "merge": Text("并件", "merge"),
        "leave_unfixed": Text("说明未解决原因后结束", "close, not fixed"),
        "fix": Text("办结", "done"),
        "pause": Text("暂缓", "pause"),
        "resume": Text("恢复办理", "go on"),
        "confirm": Text("确认已解决", "confirm it is fixed"),
        "confirm_held": Text("凭经手回执确认已解决", "confirm with a code that staff held"),
        "deny": Text("没有解决", "say it is not fixed"),
        "leave": Text("到期未确认", "nobody answered"),
        "call_yes": Text("回访：已解决", "call-back, fixed"),
        "call_no": Text("回访：未解决", "call-back, not fixed"),
        "reopen": Text("重新提出", "open again"),
        "ask_again": Text("四周后再问", "ask again"),
        "hold": Text("仍然解决", "still fixed"),
        "end": Text("到期归档", "put away"),
        HOLDER: Text("承办单位", "the unit it lies with"),
        CALLER: Text("抽样回访人", "who calls back"),
        ASKER: Text("提出人", "the asker"),
        CLOCK: Text("时钟", "the clock"),
    },
)
"""The life of a matter."""

OPEN = (LYING, TAKEN, PAUSED, FIXED)
"""Not closed yet."""
CLOSED = (CONFIRMED, HANDED, CALLED, UNCONFIRMED, NOT_FIXED)
"""How a matter was closed; what comes after keeps it as its ending."""
GOOD = (CONFIRMED, CALLED)
"""Endings that the asker, or a sampled call-back, has confirmed."""
CALLED_BACK = (HANDED, UNCONFIRMED)
"""Of what was closed so a sample is called back."""
AFTER = (ASKED, OVER)
RUNNING = (LYING, TAKEN)
"""The states in which the clock of the whole runs against whoever holds it."""
REASONED = frozenset({"escalate", "send_back", "leave_unfixed", "fix", "pause", "split"})
"""Acts that say why, or what was done."""
CONFIRM, CONFIRM_HELD = "confirm", "confirm_held"
WORD_OF_THE_ASKER = frozenset({CONFIRM, CONFIRM_HELD, "deny", "reopen", "hold"})
"""What is done by whoever holds the receipt."""


# -- clocks -----------------------------------------------------------------------------------------------------------


def due(state: str, day: dt.date, kind: Kind, rules: MatterRules, calendar: Workdays) -> dt.date | None:
    """By when a state entered on a day is left: working days, after the closing calendar days; None for a final one."""
    within = STATES.state(state).within
    if not within:
        return None
    if within in OF_A_KIND:
        return calendar.after(day, getattr(kind, within))
    number = rules.number(within)
    return day + number * DAY if within == "again_days" else calendar.after(day, number)


def ends(day: dt.date, kind: Kind, calendar: Workdays) -> dt.date:
    """By when a matter reported (or opened again) on a day has come to its end."""
    return calendar.after(day, kind.total)


def left(due_on: dt.date, today: dt.date, calendar: Workdays) -> int:
    """The working days that a clock has left when it is stopped; negative where it has run out."""
    return calendar.between(today, due_on)


def goes_on(days: int, today: dt.date, calendar: Workdays) -> dt.date:
    """When a clock that was stopped with so many working days left runs out, going on today: one that had run out has
    done so as long ago, in working days, as it had.
    """
    if days >= 0:
        return calendar.after(today, days)
    day = today
    while calendar.between(day, today) < -days:
        day -= DAY
    return day


def warned(due_on: dt.date | None, today: dt.date, rules: MatterRules, calendar: Workdays) -> str:
    """How a clock stands: 'late', 'soon', or '' for neither."""
    if due_on is None:
        return ""
    if due_on < today:
        return "late"
    return "soon" if calendar.between(today, due_on) <= rules.number("warn_days") else ""


# -- where it lies ----------------------------------------------------------------------------------------------------


def first_at(kind: Kind, levels: Iterable[int]) -> int:
    """Of the levels of the units above a grid (its own included) the one with which a matter lies first: that of its
    kind, or the next higher one there is. Raises ValueError without any.
    """
    there = sorted(levels)
    return max((level for level in there if level <= kind.first), default=there[0])


def higher(level: int, kind: Kind, levels: Iterable[int]) -> int | None:
    """The next higher level to which a matter is passed; None at the top of its kind."""
    return max((one for one in levels if kind.top <= one < level), default=None)


def lower(level: int, levels: Iterable[int]) -> int | None:
    """The next lower level to which a matter is sent back; None at the grid's own unit."""
    return min((one for one in levels if one > level), default=None)


def must_go(found: int | None, *, up: bool) -> int:
    """The level a matter is passed to. Raises MatterRefused where there is none."""
    if found is not None:
        return found
    if up:
        raise MatterRefused(
            Text("已到最高一级，不能再上报", "it lies at the highest level for its kind"),
            Text("在本级办理，或者说明原因后结束", "handle it here, or close it with the reason"),
        )
    raise MatterRefused(Text("已在网格所在的嘎查村、社区", "it lies with the grid's own unit"),
                        Text("在本级办理或者上报", "handle it here, or pass it upward"))  # fmt: skip


# -- words ------------------------------------------------------------------------------------------------------------


def screened(words: str, most: int, names: Sequence[str] = ()) -> str:
    """Words as they may be kept. Raises MatterRefused for none, for too many, and where an identity or telephone number
    or one of these names stands in them.
    """
    said = words.strip()
    if not said or len(said) > most:
        raise MatterRefused(
            Text("没有写明，或者写得太长", "nothing is said, or too much"),
            Text(f"写一到两句话，不超过{most}字", f"write a line or two, {most} characters at most"),
        )
    found = personal(said)
    if found is not None:
        raise MatterRefused(
            Text(f"里面有{found.zh}", f"there is {found.en} in it"),
            Text("请删去；联系方式只填在联系方式一栏", "leave it out; a contact goes into its own box"),
        )
    if any(name and name in said for name in names):
        raise MatterRefused(Text("里面有提出人的姓名或者联系方式", "the asker's name or contact stands in it"),
                            Text("请改称“提出人”", "write “the asker”"))  # fmt: skip
    return said


@dataclass(frozen=True, slots=True)
class Other:
    """An open matter of the same grid and kind, as far as its words matter."""

    number: int
    words: str


def alike(words: str, others: Iterable[Other], rules: MatterRules, most: int = 3) -> tuple[tuple[Other, int], ...]:
    """Which of these may be the same matter, the most alike first, with the likeness in per cent; people judge."""
    mine = pairs(plain(words))
    found = [(one, likeness(mine, pairs(plain(one.words)))) for one in others]
    near = [(one, percent) for one, percent in found if percent >= rules.number("alike_percent")]
    return tuple(sorted(near, key=lambda pair: (-pair[1], pair[0].number))[:most])


# -- the sample -------------------------------------------------------------------------------------------------------


def sample_size(there: int, rules: MatterRules) -> int:
    """How many of so many unconfirmed matters are called back."""
    share = -(-there * rules.number("call_percent") // 100)
    return min(there, max(share, rules.number("call_least")))


def drawn(seed: str, numbers: Iterable[int], wanted: int) -> tuple[int, ...]:
    """The matters called back, drawn with a seed: the smallest SHA-256 of seed and number come first, so that whoever
    knows the seed and the numbers draws the same ones.
    """

    def lot(number: int) -> tuple[str, int]:
        return hashlib.sha256(f"{seed}|{number}".encode()).hexdigest(), number

    return tuple(sorted(set(numbers), key=lot)[:wanted])


def digest(lines: Iterable[str]) -> str:
    """The digest of a list, whatever its order: what was drawn from, or what was removed."""
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
