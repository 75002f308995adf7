"""What is done with administrative units: entered, renamed, given another code, moved, merged, divided.

Every act holds from a day on and leaves the days before as they were. Mandates move with the node they stand at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Concat, Substr
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.organisations.models import OrganisationState, Succession, Unit, UnitState, segment_of
from baolei.organisations.pouring import next_number, pour, take_stock
from baolei.organisations.spelling import initials
from baolei.paths import at_or_below
from baolei.people.models import Account, InTree, Mandate
from baolei.programme.organisation import tree
from baolei.programme.refusals import Refusal

DAY = timedelta(days=1)
BATCH = 5_000


class NotPossible(Refusal):
    """A change of the tree that its own rules do not allow; says what would be."""


def as_of(day: date) -> tree.Tree:
    """The administrative tree of a day. Raises TreeRefused where its states are no tree."""
    rows = list(
        UnitState.objects.on(day).order_by("level", "code").values_list("code", "name", "above_id", "level", "unit_id")
    )
    code_of = {unit: code for code, _name, _above, _level, unit in rows}
    return tree.tree(
        [row[0] for row in rows],
        [row[1] for row in rows],
        [code_of.get(row[2], "?") if row[2] else "" for row in rows],
        [row[3] for row in rows],
    )


def standing_on(unit: Unit, day: date) -> UnitState:
    """The state of a unit on a day. Raises NotPossible where it does not stand then."""
    state: UnitState | None = UnitState.objects.on(day).filter(unit=unit).first()
    if state is None:
        raise NotPossible(_("the unit does not stand on %(day)s: choose one that does") % {"day": day})
    return state


@transaction.atomic
def enter(*, units: tree.Tree, since: date, actor: Account | None, now: datetime, why: str) -> int:
    """Enter a whole tree of units that were not here before, from a day on; how many.

    Raises NotPossible when a code of it is held already.
    """
    held = set(UnitState.objects.open().filter(code__in=units.code[:1]).values_list("code", flat=True))
    if held:
        raise NotPossible(
            _("unit %(code)s is here already: load the yearly change of codes instead") % {"code": min(held)}
        )
    first = next_number(Unit)
    pour(Unit, ("id",), ((first + row,) for row in range(len(units))))
    path: dict[int, str] = {}
    for row in np.argsort(units.depth, kind="stable").tolist():
        path[row] = path.get(int(units.parent[row]), "") + segment_of(first + row)
    above = (first + parent if parent >= 0 else None for parent in units.parent.tolist())
    pour(
        UnitState,
        ("unit_id", "code", "name", "initials", "level", "above_id", "path", "since"),
        zip(range(first, first + len(units)), units.code, units.name, map(initials, units.name), units.level.tolist(),
            above, (path[row] for row in range(len(units))), [since] * len(units), strict=True),
    )  # fmt: skip
    take_stock(Unit, UnitState)
    record(actor=actor, act="organisations.enter_units", now=now, why=why, after={"units": len(units)})
    return len(units)


@transaction.atomic
def rename(*, unit: Unit, name: str, on: date, actor: Account | None, now: datetime, why: str) -> UnitState:
    """Give a unit another name from a day on. Raises NotPossible."""
    return _change(unit, "rename", on, actor, now, why, name=name, initials=initials(name))


@transaction.atomic
def recode(*, unit: Unit, code: str, on: date, actor: Account | None, now: datetime, why: str) -> UnitState:
    """Give a unit another statistical code from a day on. Raises NotPossible when another unit holds it."""
    if UnitState.objects.open().filter(code=code).exclude(unit=unit).exists():
        raise NotPossible(_("code %(code)s is taken: give another code") % {"code": code})
    return _change(unit, "recode", on, actor, now, why, code=code)


@transaction.atomic
def move(*, unit: Unit, above: Unit, on: date, actor: Account | None, now: datetime, why: str) -> UnitState:
    """Put a unit, with all below it, under another from a day on. Raises NotPossible.

    Mandates at the unit or below it move with it at once, and no longer answer to whom they answered to.
    """
    state, target = _open_state(unit), _open_state(above)
    if target.path.startswith(state.path):
        raise NotPossible(
            _("%(top)s stands below %(name)s: a unit cannot be put under itself")
            % {"top": target.name, "name": state.name}
        )
    if target.level != state.level - 1:
        raise NotPossible(
            _("%(top)s is of level %(level)d: %(name)s needs one of level %(wanted)d")
            % {"top": target.name, "level": target.level, "name": state.name, "wanted": state.level - 1}
        )
    if on > localdate(now):
        raise NotPossible(
            _("a move from %(day)s on is entered on that day, since it takes away access at once") % {"day": on}
        )
    old, new = state.path, target.path + segment_of(unit.pk)
    states = UnitState.objects.open().under(old)
    _restate(states, on, path=Concat(Value(new), Substr("path", len(old) + 1)))
    UnitState.objects.open().filter(unit=unit).update(above=above)
    Mandate.objects.filter(at_or_below(old), tree=InTree.UNIT).update(
        path=Concat(Value(new), Substr("path", len(old) + 1))
    )
    record(actor=actor, act="organisations.move_unit", subject=f"unit:{unit.pk}", path=new, now=now, why=why,
           before={"path": old}, after={"path": new, "on": on.isoformat()})  # fmt: skip
    return _open_state(unit)


@transaction.atomic
def merge(*, units: Sequence[Unit], into: Unit, on: date, actor: Account | None, now: datetime, why: str) -> None:
    """End units from a day on; `into` goes on in their place: what stood below them stands below it, and organisations
    that served them serve it.

    Raises NotPossible.
    """
    target = _open_state(into)
    for unit in units:
        state = _open_state(unit)
        if unit.pk == into.pk:
            raise NotPossible(_("%(name)s cannot be merged into itself") % {"name": state.name})
        if state.level != target.level:
            raise NotPossible(
                _("%(name)s and %(other)s are not of one level: they cannot be merged")
                % {"name": state.name, "other": target.name}
            )
        below = [one.unit for one in UnitState.objects.open().filter(above=unit).select_related("unit")]
        for child in below:
            move(unit=child, above=into, on=on, actor=actor, now=now, why=why)
        _end(state, on)
        Succession.objects.create(before=unit, after=into, on=on, main=True)
        _move_mandates(state.path, target.path)
        served = _serve(unit, into, on)
        record(actor=actor, act="organisations.merge_unit", subject=f"unit:{unit.pk}", path=target.path, now=now,
               why=why, after={"into": into.pk, "on": on.isoformat(), "organisations": served})  # fmt: skip


@transaction.atomic
def divide(
    *, unit: Unit, parts: Sequence[tuple[str, str]], on: date, actor: Account | None, now: datetime, why: str
) -> list[Unit]:
    """Divide a unit from a day on: it goes on smaller, and new units (code, name) stand beside it. The new ones.

    What belongs to a new one is moved there afterwards, unit by unit. Raises NotPossible.
    """
    state = _open_state(unit)
    made = []
    for code, name in parts:
        if UnitState.objects.open().filter(code=code).exists():
            raise NotPossible(
                _("code %(code)s is held already: give %(name)s another code") % {"code": code, "name": name}
            )
        new = Unit.objects.create()
        path = state.path[: -len(segment_of(unit.pk))] + segment_of(new.pk)
        UnitState.objects.create(
            unit=new,
            code=code,
            name=name,
            initials=initials(name),
            level=state.level,
            above=state.above,
            path=path,
            since=on,
        )
        Succession.objects.create(before=unit, after=new, on=on, main=False)
        made.append(new)
    record(actor=actor, act="organisations.divide_unit", subject=f"unit:{unit.pk}", path=state.path, now=now, why=why,
           after={"parts": [new.pk for new in made], "on": on.isoformat()})  # fmt: skip
    return made


def in_borders_of(day: date, units: Iterable[int]) -> dict[int, str]:
    """For each unit (pk), whenever it lived, the path under which it is counted in the borders of that day.

    A unit that lived then counts where it stood; one that had ended counts with its main successor; one that was not
    yet there counts with what it came from. Units that lead nowhere are left out.
    """
    wanted = set(units)
    stood = dict(UnitState.objects.on(day).values_list("unit_id", "path"))
    forward = dict(Succession.objects.filter(main=True).values_list("before_id", "after_id"))
    backward = {
        after: before for before, after in Succession.objects.order_by("-on").values_list("before_id", "after_id")
    }
    found = {}
    for unit in wanted:
        for way in (forward, backward):
            path = _follow(unit, stood, way)
            if path:
                found[unit] = path
                break
    return found


def _follow(unit: int, stood: dict[int, str], way: dict[int, int]) -> str:
    seen = set[int]()
    here: int | None = unit
    while here is not None and here not in seen:
        if here in stood:
            return stood[here]
        seen.add(here)
        here = way.get(here)
    return ""


def _open_state(unit: Unit) -> UnitState:
    state: UnitState | None = UnitState.objects.open().filter(unit=unit).first()
    if state is None:
        raise NotPossible(_("unit %(number)d has ended: name one that goes on") % {"number": unit.pk})
    return state


def _change(unit: Unit, act: str, on: date, actor: Account | None, now: datetime, why: str, **new: Any) -> UnitState:
    state = _open_state(unit)
    before = {name: getattr(state, name) for name in new}
    _restate(UnitState.objects.open().filter(unit=unit), on, **{name: Value(value) for name, value in new.items()})
    record(actor=actor, act=f"organisations.{act}_unit", subject=f"unit:{unit.pk}", path=state.path, now=now, why=why,
           before=before, after={**new, "on": on.isoformat()})  # fmt: skip
    return _open_state(unit)


def _restate(states: Any, on: date, **new: Any) -> None:
    """End these open states the day before and open new ones that differ in `new`; those begun that day are changed."""
    late = states.filter(since__gt=on).first()
    if late:
        raise NotPossible(
            _("%(name)s was changed on %(since)s, after %(on)s: enter changes in the order of their days")
            % {"name": late.name, "since": late.since, "on": on}
        )
    states.filter(since=on).update(**new)
    older = states.filter(since__lt=on)
    columns = ("unit_id", "code", "name", "initials", "level", "above_id", "path")
    rows = list(older.annotate(**{f"new_{name}": value for name, value in new.items()}).values(
        "pk", *columns, *(f"new_{name}" for name in new)))  # fmt: skip
    older.update(until=on - DAY)
    UnitState.objects.bulk_create(
        [UnitState(since=on, **{name: row.get(f"new_{name}", row[name]) for name in columns}) for row in rows],
        batch_size=BATCH,
    )


def _end(state: UnitState, on: date) -> None:
    if state.since >= on:
        raise NotPossible(
            _("%(name)s was changed on %(since)s: it cannot end on %(day)s")
            % {"name": state.name, "since": state.since, "day": on - DAY}
        )
    UnitState.objects.filter(pk=state.pk).update(until=on - DAY)


def _serve(unit: Unit, into: Unit, on: date) -> int:
    """Let the organisations that serve a unit serve another from a day on, those changed since then as well; how many
    states begin or change.
    """
    states = OrganisationState.objects.filter(unit=unit)
    later = states.filter(since__gte=on).update(unit=into)
    across = list(states.filter(Q(until=None) | Q(until__gte=on), since__lt=on))
    states.filter(pk__in=[one.pk for one in across]).update(until=on - DAY)
    for one in across:
        one.pk, one.unit, one.since = None, into, on
    OrganisationState.objects.bulk_create(across, batch_size=BATCH)
    return int(later) + len(across)


def _move_mandates(old: str, new: str) -> None:
    Mandate.objects.filter(path=old, tree=InTree.UNIT).update(path=new)
