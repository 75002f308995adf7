"""How a matter is led from state to state by the table: who may, the next state, the two clocks, the step, the ledger.

Every act comes through `step`, a person's and the clock's: what lies with a role and no named person goes the same way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.ledger.actions import Said, record_all
from baolei.matters import doors
from baolei.matters.contacts import opened
from baolei.matters.models import LONGEST_NOTE, Matter, Step
from baolei.organisations.models import UnitState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import matters as rules
from baolei.programme.matters import CLOSED, LYING, MERGED, OPEN, PAUSED, STATES
from baolei.programme.states import Row
from baolei.warehouse.rulebook import matters as matter_rules
from baolei.warehouse.rulebook import workdays


@dataclass(frozen=True, slots=True)
class Doing:
    """Somebody does something now: who (None the clock or the asker), when, as what, and the words that go with it."""

    actor: Account | None
    now: datetime
    who: str
    note: str = ""


def locked(matter: Matter) -> Matter:
    """The matter as it stands, held until the act is through."""
    found: Matter = Matter.objects.select_for_update().get(pk=matter.pk)
    return found


def by_person(actor: Account, now: datetime, mine: Matter, act: str, note: str = "") -> Doing:
    """Somebody's act upon a matter; the words screened. Raises Refusal for what the table does not allow in this state,
    or not to this person, and for words that are missing or name somebody.
    """
    seats = doors.acts_as(actor, mine, localdate(now))
    row = next((row for row in STATES.ways(mine.state) if row.act == act), None)
    if row is None or row.who not in seats:
        STATES.next_state(mine.state, act, next(iter(sorted(seats)), "nobody"))
        raise NotPossible(_("this matter does not lie with you"))
    return Doing(actor, now, row.who, said(mine, note) if act in rules.REASONED else "")


def said(mine: Matter, note: str) -> str:
    """Words about a matter as they may be kept: nothing that names the asker. Raises MatterRefused."""
    return rules.screened(note, LONGEST_NOTE, opened(mine))


def step(mine: Matter, act: str, doing: Doing, *, to: UnitState | None = None, **fields: Any) -> Matter:
    """Lead a matter by an act into its next state, to another unit where one is named; `fields` change with it."""
    done = _done(mine, act, doing, to, **fields)
    mine.save()
    done.save()
    record_all(actor=doing.actor, now=doing.now, said=[_said(done, doors.path_of(mine.unit_id))])
    return mine


@dataclass(frozen=True, slots=True)
class Move:
    """What the clock does to a matter: the act, as what, and to which unit."""

    mine: Matter
    act: str
    who: str
    to: UnitState | None = None


def steps(moves: Sequence[Move], now: datetime, paths: Mapping[int, str]) -> None:
    """Lead many matters by the clock, each as `step` would, with a few statements for all of them. `paths`: of the
    units in which they arose.
    """
    done = [_done(one.mine, one.act, Doing(None, now, one.who), one.to) for one in moves]
    Matter.objects.bulk_update([one.mine for one in moves], LED)
    Step.objects.bulk_create(done)
    record_all(actor=None, now=now, said=[_said(one, paths.get(one.matter.unit_id, "")) for one in done])


def _done(mine: Matter, act: str, doing: Doing, to: UnitState | None, **fields: Any) -> Step:
    """Lead a matter on; the step that tells of it. Neither is kept yet."""
    before = mine.state
    led(mine, act, doing.who, localdate(doing.now), to, **fields)
    return Step(matter=mine, act=act, before=before, after=mine.state, at=doing.now, by=doing.actor,
                unit_id=mine.holder_id, note=doing.note, due=mine.due, ends=mine.ends)  # fmt: skip


def _said(done: Step, path: str) -> Said:
    return Said(f"matters.{done.act}", f"matter:{done.matter_id}", path, before={"standing": done.before},
                after={"standing": done.after})  # fmt: skip


LED = ("state", "holder", "level", "handler", "due", "ends", "left_here", "left_whole", "paused", "ending", "closed_on",
       "unfixed", "reopened")  # fmt: skip
"""What an act changes of a matter by itself."""


def led(mine: Matter, act: str, who: str, today: date, to: UnitState | None = None, **fields: Any) -> None:
    """What an act makes of a matter: its state, where it lies, its clocks, how it ended. Nothing is kept yet."""
    before = mine.state
    mine.state = STATES.next_state(before, act, who)
    for name, value in fields.items():
        setattr(mine, name, value)
    if to is not None:
        mine.holder_id, mine.level = to.unit_id, to.level
    if mine.state != before or to is not None:
        _clocks(mine, before, today)
        _ended(mine, before, today)


def _clocks(mine: Matter, before: str, today: Any) -> None:
    """The clocks of the state that is entered; both stand while it is paused, both go on afterwards."""
    rule, calendar = matter_rules(), workdays()
    kind = rule.kinds[mine.kind]
    if mine.state == PAUSED:
        assert mine.due is not None  # of a state that is not final
        mine.left_here, mine.left_whole = (rules.left(day, today, calendar) for day in (mine.due, mine.ends))
    due = rules.due(mine.state, today, kind, rule, calendar)
    if before == PAUSED:
        assert mine.left_here is not None
        assert mine.left_whole is not None
        due = rules.goes_on(mine.left_here, today, calendar)
        mine.ends = rules.goes_on(mine.left_whole, today, calendar)
        mine.left_here = mine.left_whole = None
        mine.paused = ""
    mine.due = due
    if mine.state == LYING and before not in OPEN:
        mine.ends = rules.ends(today, kind, calendar)


def _ended(mine: Matter, before: str, today: Any) -> None:
    """How it was closed, and when; opened again it is as if it had not been."""
    if mine.state in (*CLOSED, MERGED):
        mine.ending, mine.closed_on = mine.state, mine.closed_on or today
    elif mine.state == LYING and before not in OPEN:
        mine.ending, mine.unfixed, mine.closed_on = "", "", None
        mine.reopened += 1
    if mine.state == LYING:
        mine.handler = None


def may(account: Account | None, matter: Matter, today: Any) -> list[Row]:
    """The acts that somebody may do upon a matter as it stands."""
    if account is None:
        return []
    held = doors.acts_as(account, matter, today)
    return [row for row in STATES.ways(matter.state) if row.who in held]
