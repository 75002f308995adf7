"""What the unit with which a matter lies does with it: take it in hand, pass it on, pause it, merge it, end it.

What may be done where, and by whom, stands in the table of states; each act is one row of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.matters import doors
from baolei.matters.models import Matter
from baolei.matters.walk import by_person, locked, step
from baolei.organisations.models import UnitState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import matters as rules
from baolei.programme.matters import LYING, OPEN
from baolei.programme.standard.edition import Text
from baolei.warehouse.rulebook import matters as matter_rules
from baolei.warehouse.rulebook import workdays


@transaction.atomic
def take(*, actor: Account, now: datetime, matter: Matter) -> Matter:
    """Take a matter in hand: from now on it is in the hands of whoever did so. Raises Refusal."""
    mine = locked(matter)
    return step(mine, "take", by_person(actor, now, mine, "take"), handler=actor)


@transaction.atomic
def escalate(*, actor: Account, now: datetime, matter: Matter, note: str) -> Matter:
    """Pass a matter to the next higher level of its kind. Raises Refusal at the top."""
    mine = locked(matter)
    doing = by_person(actor, now, mine, "escalate", note)
    return step(mine, "escalate", doing, to=_at(mine, now, up=True))


@transaction.atomic
def send_back(*, actor: Account, now: datetime, matter: Matter, note: str) -> Matter:
    """Send a matter back to the level below, with the reason. Raises Refusal at the grid's own unit."""
    mine = locked(matter)
    return step(mine, "send_back", by_person(actor, now, mine, "send_back", note), to=_at(mine, now, up=False))


@transaction.atomic
def pause(*, actor: Account, now: datetime, matter: Matter, waits: str, note: str) -> Matter:
    """Stop both clocks, for one of the reasons there are, saying what is waited for. Raises Refusal."""
    mine = locked(matter)
    doing = by_person(actor, now, mine, "pause", note)
    return step(mine, "pause", doing, paused=_one_of(waits, matter_rules().paused))


@transaction.atomic
def resume(*, actor: Account, now: datetime, matter: Matter) -> Matter:
    """Let both clocks go on with what they had left. Raises Refusal."""
    mine = locked(matter)
    return step(mine, "resume", by_person(actor, now, mine, "resume"))


@transaction.atomic
def fix(*, actor: Account, now: datetime, matter: Matter, note: str) -> Matter:
    """Say that a matter is done, and what was done; the asker has the word. Raises Refusal."""
    mine = locked(matter)
    return step(mine, "fix", by_person(actor, now, mine, "fix", note))


@transaction.atomic
def leave_unfixed(*, actor: Account, now: datetime, matter: Matter, why: str, note: str) -> Matter:
    """Close a matter that is not fixed, for one of the reasons there are, explained. Raises Refusal."""
    mine = locked(matter)
    doing = by_person(actor, now, mine, "leave_unfixed", note)
    return step(mine, "leave_unfixed", doing, unfixed=_one_of(why, matter_rules().unfixed))


@transaction.atomic
def merge(*, actor: Account, now: datetime, matter: Matter, into: Matter) -> Matter:
    """Merge a matter into another open one of its grid and kind: its contact is removed at once, its receipt shows how
    the other stands. Raises Refusal.
    """
    first, second = sorted((matter.pk, into.pk))
    held = {one.pk: one for one in Matter.objects.select_for_update().filter(pk__in=[first, second]).order_by("pk")}
    mine, other = held[matter.pk], held[into.pk]
    doing = by_person(actor, now, mine, "merge")
    if mine.pk == other.pk or (mine.grid_id, mine.kind) != (other.grid_id, other.kind) or other.state not in OPEN:
        raise NotPossible(_("it is merged into another open matter of the same grid and kind"))
    return step(mine, "merge", doing, merged_into=other, contact="")


@transaction.atomic
def split(*, actor: Account, now: datetime, matter: Matter, words: str, kind: str) -> Matter:
    """Split a part off a matter: a matter of its own, with no asker, that lies where this one does. Raises Refusal."""
    mine, today = locked(matter), localdate(now)
    doing = by_person(actor, now, mine, "split", words)
    if kind not in matter_rules().kinds:
        raise NotPossible(_("choose a kind"))
    step(mine, "split", doing)
    clock = matter_rules().kinds[kind]
    part: Matter = Matter.objects.create(
        unit_id=mine.unit_id, grid_id=mine.grid_id, landmark_id=mine.landmark_id, kind=kind, channel=Matter.SPLIT,
        words=doing.note, at=now, on=today, part_of=mine, holder_id=mine.holder_id, level=mine.level,
        due=rules.due(LYING, today, clock, matter_rules(), workdays()), ends=rules.ends(today, clock, workdays()),
    )  # fmt: skip
    return part


def goes_to(mine: Matter, at: Mapping[int, UnitState], *, up: bool) -> int | None:
    """The level to which a matter goes from where it lies, of those there are; None where there is none."""
    kind = matter_rules().kinds[mine.kind]
    return rules.higher(mine.level, kind, at) if up else rules.lower(mine.level, at)


def _at(mine: Matter, now: datetime, *, up: bool) -> UnitState:
    """The unit to which a matter goes from where it lies. Raises MatterRefused where there is none."""
    at = doors.places(mine.unit_id, localdate(now))
    return at[rules.must_go(goes_to(mine, at, up=up), up=up)]


def _one_of(code: str, known: Mapping[str, Text]) -> str:
    """A reason that there is. Raises NotPossible for another."""
    if code not in known:
        names = ", ".join(one.say(get_language() or "") for one in known.values())
        raise NotPossible(_("choose a reason: %(names)s") % {"names": names})
    return code
