"""How invented matters went: what people did, as a script, led through the walk of the room itself; where nobody did
anything in time, the clock does what it does by night.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import Any

from django.db import connection
from django.utils.timezone import get_default_timezone

from baolei.matters.handling import goes_to
from baolei.matters.models import Matter
from baolei.matters.walk import led
from baolei.organisations.models import UnitState
from baolei.programme import matters as rules
from baolei.programme.matters import CALLED_BACK, CALLER, CLOCK, HOLDER, LYING, OPEN, REASONED, STATES
from baolei.warehouse.rulebook import matters as matter_rules
from baolei.warehouse.rulebook import workdays

DAY = timedelta(days=1)
Script = tuple[tuple[str, int], ...]
"""Acts, each with the working days after the one before; after a colon the reason."""

_TAKE, _FIX, _YES = ("take", 0), ("fix", 1), ("confirm", 1)
LEFT: Script = (_TAKE, _FIX)
PLAIN: Script = (*LEFT, _YES)
FATES: tuple[tuple[float, Script], ...] = (
    (0.49, PLAIN),
    (0.10, (_TAKE, _FIX, _YES, ("hold", 2))),
    (0.16, LEFT),
    (0.03, (_TAKE, _FIX, ("confirm", 8))),
    (0.04, (_TAKE, _FIX, ("deny", 1), _TAKE, _FIX, _YES)),
    (0.05, (_TAKE, ("escalate", 1), _TAKE, _FIX, _YES)),
    (0.02, (_TAKE, ("fix", 15), _YES)),
    (0.02, (("take", 9), _FIX, _YES)),
    (0.02, (_TAKE, ("pause:season", 1), ("resume", 8), _FIX, _YES)),
    (0.01, (_TAKE, ("pause:asker", 1), ("fix", 2), _YES)),
    (0.01, (_TAKE, ("pause:decision", 0), ("resume", 12), ("leave_unfixed:means", 1))),
    (0.01, (_TAKE, ("leave_unfixed:beyond", 2))),
    (0.01, (_TAKE, ("leave_unfixed:elsewhere", 1))),
    (0.01, (_TAKE, ("leave_unfixed:nothing", 1))),
    (0.01, (_TAKE, ("escalate", 1), ("send_back", 1), _TAKE, _FIX, _YES)),
    (0.01, (_TAKE, ("split", 0), _FIX, _YES)),
    (0.01, (_TAKE, _FIX, _YES, ("reopen", 8), _TAKE, _FIX, _YES)),
    (0.005, (_TAKE, _FIX, _YES, ("reopen", 25), _TAKE, _FIX, _YES)),
    (0.005, (("escalate", 0), ("take", 0), ("pause:decision", 1), ("fix", 3), _YES)),
    (0.004, ()),
)
"""What became of matters, and of how many in all; the last ones nobody took in hand."""
MERGED: Script = (("merge", 0),)
PART: Script = (("take", 1), ("fix", 2))
PACES = ({"take": 0, "fix": 0, "confirm": 0}, {"take": 0, "fix": 1, "confirm": 1}, {"take": 1, "fix": 3, "confirm": 3})
"""Some are quicker than others; from so many working days on a wait is meant to be too long."""
TOO_LONG = 8
CALL_DAYS = 3
"""Within so many days of the draw a call-back is made."""
_WHO = {(row.state, row.act): row.who for row in STATES.rows}
_WHY = {"pause": "paused", "leave_unfixed": "unfixed"}
NOTES = {
    "fix": ("已到现场处理完毕", "已联系相关单位修好", "已当面答复并说明办理情况", "已协调解决，当场看过"),
    "escalate": ("需要上级部门到场", "本级没有处置权限"), "send_back": ("请先核实现场情况", "属本级事项，请就地办理"),
    "pause": ("等条件具备后继续办理",), "leave_unfixed": ("已当面说明原因和可以走的渠道",),
    "split": ("另有一处同样的问题，分开办理",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Did:
    """An act as it was done: at what level it was `held`, at which `level` it lay afterwards; `person` who did it:
    HOLDER, CALLER, '' for nobody.
    """

    act: str
    before: str
    after: str
    day: date
    at: Any
    held: int
    level: int
    person: str
    note: str
    due: date | None
    ends: date


@dataclass(slots=True)
class Course:
    """Where a matter has come to, at a level instead of a unit; what was done, and on which days parts were split off.

    `removed`: when contact and words were removed, if they were.
    """

    mine: Matter
    steps: list[Did] = field(default_factory=list)
    parts: list[tuple[date, int]] = field(default_factory=list)
    removed: date | None = None

    def closed_first(self) -> date | None:
        """The day on which it was closed, however, for the first time."""
        return next((did.day for did in self.steps if did.after not in OPEN), None)

    def unsure_on(self) -> date | None:
        """The day on which it was first closed without its asker's own yes."""
        return next((did.day for did in self.steps if did.after in CALLED_BACK), None)

    def unsure(self, on: date) -> bool:
        """Whether it stood so in the night to a day."""
        before = [did for did in self.steps if did.day < on]
        return bool(before) and before[-1].after in CALLED_BACK


def week_after(day: date) -> date:
    """The Monday on which the matters closed in the week of a day are drawn from."""
    return day - timedelta(days=day.weekday()) + timedelta(days=7)


class Courses:
    """The courses of matters up to the night of a day; those that went alike are walked once."""

    def __init__(self, last: date) -> None:
        self.last, self.held, self._known = last, matter_rules().held, dict[Any, Course]()

    def of(
        self,
        kind: str,
        day: date,
        script: Script,
        pace: int,
        levels: tuple[int, ...],
        *,
        level: int = 0,
        held: bool = False,
    ) -> Course:
        """The course of a matter of a kind reported on a day, in a place with units of these levels; lying first at a
        level, else where its kind says. `held`: its receipt was first in the hands of staff.
        """  # fmt: skip
        key = kind, day, script, pace, levels, level, held
        if key not in self._known:
            walk = _Walk(self.last, kind, day, levels, level, rules.CONFIRM_HELD if held else rules.CONFIRM)
            self._known[key] = walk.through(script, PACES[pace])
        return self._known[key]


class _Walk:
    """One matter on its way."""

    def __init__(self, last: date, kind: str, day: date, levels: tuple[int, ...], level: int, yes: str) -> None:
        self.last, self.day, self.calendar, self.rules, self.yes = last, day, workdays(), matter_rules(), yes
        self.kind = self.rules.kinds[kind]
        self.at = _stand_ins(levels)
        first = level or rules.first_at(self.kind, levels)
        self.course = Course(Matter(
            kind=kind, state=LYING, holder_id=first, level=first, ending="", unfixed="", paused="",
            due=rules.due(LYING, day, self.kind, self.rules, self.calendar),
            ends=rules.ends(day, self.kind, self.calendar),
        ))  # fmt: skip
        self.mine = self.course.mine

    def through(self, script: Script, pace: dict[str, int]) -> Course:
        """Follow a script as far as it has come; then only the clock goes on."""
        for said, wait in script:
            act, _, why = said.partition(":")
            if not self._follow(self.yes if act == rules.CONFIRM else act, why, self._wait(act, wait, pace)):
                break
        while self._night():
            pass
        after = timedelta(days=self.rules.number("remove_days"))
        closed = self.mine.closed_on
        if self.mine.state not in OPEN and closed is not None and closed + after <= self.last:
            self.course.removed = closed + after
        return self.course

    def _wait(self, act: str, wait: int, pace: dict[str, int]) -> int:
        """A wait at this pace, but for those that are too long on purpose no longer than there is time."""
        most = {"take": self.kind.take, "fix": self.kind.handle, "confirm": self.rules.number("confirm_days")}
        return wait if wait >= TOO_LONG or act not in most else min(wait + pace[act], most[act])

    def _follow(self, act: str, why: str, wait: int) -> bool:
        """Do an act so many working days later; False where that day has not come."""
        while not self._open(act) and self.mine.state != LYING and self._night():
            pass
        day = self.calendar.after(self.day, wait)
        if act.startswith("call"):
            day = week_after(self.mine.closed_on or self.day) + wait * DAY
        while self.mine.due is not None and self.mine.due < day and self._night():
            pass
        if day >= self.last:
            return False
        if not self._open(act) and self.mine.state == LYING and act != "send_back":
            self._do("take", day, HOLDER)
        if self._open(act):
            self._do(act, day, _WHO[self.mine.state, act], why)
        return True

    def _open(self, act: str) -> bool:
        if (self.mine.state, act) not in _WHO:
            return False
        return act not in ("escalate", "send_back") or goes_to(self.mine, self.at, up=act == "escalate") is not None

    def _night(self) -> bool:
        """What the clock does to it in the first night after its day, if that night has come."""
        act, due = STATES.state(self.mine.state).late, self.mine.due
        if not act or due is None or due >= self.last or not self._open(act):
            return False
        self._do(act, due + DAY, HOLDER if act in ("escalate", "resume") else CLOCK, clock=True)
        return True

    def _do(self, act: str, day: date, who: str, why: str = "", *, clock: bool = False) -> None:
        mine, before, held = self.mine, self.mine.state, self.mine.level
        fields = {_WHY[act]: why} if why else {"handler_id": 1} if act == "take" else {}
        up = {"escalate": True, "send_back": False}.get(act)
        to = None if up is None else self.at[rules.must_go(goes_to(mine, self.at, up=up), up=up)]
        if act == "split":
            self.course.parts.append((day, mine.level))
        led(mine, act, who, day, to, **fields)
        person = who if who in (HOLDER, CALLER) and not clock else ""
        note = NOTES[act][day.toordinal() % len(NOTES[act])] if person and act in REASONED else ""
        at = self._hour(day, clock)
        self.course.steps.append(Did(act, before, mine.state, day, at, held, mine.level, person, note, mine.due,
                                     mine.ends))  # fmt: skip
        self.day = day

    def _hour(self, day: date, clock: bool) -> Any:
        """In the night, or in the morning one after another; as the database takes it."""
        minute = 10 if clock else min(600 + 17 * len(self.course.steps), 1_430)
        return moment(day, minute)


@lru_cache
def _stand_ins(levels: tuple[int, ...]) -> dict[int, UnitState]:
    """A unit of each level, its level in the place of its number."""
    return {one: UnitState(unit_id=one, level=one) for one in levels}


@lru_cache(maxsize=100_000)
def moment(day: date, minute: int) -> Any:
    """A minute of a day, as the database takes it."""
    when = datetime.combine(day, time(minute // 60, minute % 60), get_default_timezone())
    return connection.ops.adapt_datetimefield_value(when)


def fates(lots: Any) -> Any:
    """By lot the number of a fate, for lots between 0 and 1."""
    import numpy as np

    total = list(accumulate(weight for weight, _script in FATES))
    return np.searchsorted(np.array(total[:-1]) / total[-1], lots, side="right")


def called(script: Script, outcome: str, wait: int) -> Script:
    """What became of a matter that went by `LEFT` or `PLAIN` and was called back."""
    again: Script = PLAIN if outcome == "no" else ()
    return (*script, (f"call_{outcome}", wait), *again)
