"""What there was at units and below them on a day, counted in the borders of that day or of another.

Column by column: a whole region is tens of thousands of organisations, looked at while somebody waits for a page. What
was counted once is kept until the ledger tells of an act that reaches back to that day.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models import Count, Q

from baolei.ledger.models import Entry, Head
from baolei.organisations.borders import placed
from baolei.organisations.models import Finding, Membership, OrganisationState, UnitCount, UnitState
from baolei.paths import outermost
from baolei.programme.organisation.rules import SetupRules

Ints = npt.NDArray[np.int64]
FEW = 500
"""Units named one by one in a question; for more everything is asked for."""
KEPT, LOOKED_AT = 128, 2_000
"""So many counts are kept, each while at most so many entries of the ledger have to be looked at for it."""
BESIDE = ("organisations.post_notice", "organisations.withdraw_notice", "sheets.upload")
"""Acts that change nothing that is counted here."""


def nothing() -> UnitCount:
    """The count where there is nothing."""
    return UnitCount(organisations=0, branches=0, members=0, flagged=0)


def count(
    states: Sequence[UnitState], day: date, rules: SetupRules, borders: date | None = None
) -> dict[str, UnitCount]:
    """For each path of these units, which stand in the borders of a day (`day` itself without one), its count of what
    there was on `day`.
    """
    asked = (day, borders or day, tuple(sorted(state.path for state in states)))
    head = Head.objects.filter(pk=1).values_list("size", "last").first()
    kept = _kept.get(asked)
    if kept is not None and _holds(kept, asked[0], asked[1]):
        return kept.counted
    counted = _counted(states, day, rules, borders)
    if head is not None:
        _kept[asked] = _Kept(*head, counted)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return counted


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was counted when the ledger had so many entries, the last of which had this hash."""

    size: int
    last: str
    counted: dict[str, UnitCount]


_kept: OrderedDict[tuple[date, date, tuple[str, ...]], _Kept] = OrderedDict()


def _holds(kept: _Kept, day: date, borders: date) -> bool:
    """Whether nothing was done since that reaches back to the day, nor to the units that stood on that of the borders.

    No act is without its entry, and an entry tells from which day on the act holds; one that does not is believed to
    reach back for ever.
    """
    if not Entry.objects.filter(number=kept.size, hash=kept.last).exists():
        return False
    since = Entry.objects.filter(
        Q(act__startswith="organisations.") | Q(act__startswith="sheets."), number__gt=kept.size
    ).exclude(act__in=BESIDE)  # fmt: skip
    entries = list(since.values_list("act", "particulars")[: LOOKED_AT + 1])
    return len(entries) <= LOOKED_AT and not any(
        _from(particulars) <= (max(day, borders) if "_unit" in act else day) for act, particulars in entries
    )


def _from(particulars: Any) -> date:
    after = (particulars or {}).get("after")
    said = after.get("on") or after.get("day") if isinstance(after, dict) else None
    return date.fromisoformat(said) if said else date.min


def _counted(states: Sequence[UnitState], day: date, rules: SetupRules, borders: date | None) -> dict[str, UnitCount]:
    counted = {state.path: nothing() for state in states}
    for top in outermost(counted):
        homes, chosen = _homes(top, day) if borders in (None, day) else _homes_in(top, day, borders or day)
        served = _served(chosen, day, rules.branches)
        asked = [path for path in counted if path.startswith(top)]
        for depth in {len(path) for path in asked}:
            _add(served, homes, {path: counted[path] for path in asked if len(path) == depth}, depth)
    return counted


def _homes(top: str, day: date) -> tuple[dict[int, str], Q]:
    """The units at or below a path with their paths, and how to ask for them."""
    found = UnitState.objects.on(day).under(top).order_by()
    return dict(found.values_list("unit_id", "path")), Q(unit__in=found.values("unit"))


def _homes_in(top: str, day: date, borders: date) -> tuple[dict[int, str], Q]:
    """The units that are served on a day and counted at or below a path in other borders; how to ask for them (and
    perhaps for others, which are counted nowhere).
    """
    served = set(OrganisationState.objects.on(day).order_by().values_list("unit_id", flat=True).distinct())
    homes = {unit: path for unit, path in placed(served, day, borders).items() if path.startswith(top)}
    there = UnitState.objects.on(borders).under(top).order_by().values("unit")
    others = homes.keys() - set(there.values_list("unit_id", flat=True))
    return homes, Q(unit__in=there) | Q(unit__in=others) if len(others) <= FEW else Q()


@dataclass(frozen=True, slots=True)
class _Served:
    """The organisations [n] of a day: the unit each serves, whether it is a branch, its members; and for each flag the
    places [k] in these columns of the organisations that had it.
    """

    unit: Ints
    branch: Ints
    members: Ints
    flags: dict[str, Ints]


def _served(chosen: Q, day: date, branches: Collection[str]) -> _Served:
    here = OrganisationState.objects.on(day).filter(chosen).order_by()
    theirs = {"organisation__in": here.values("organisation")} if chosen else {}
    organisation, unit, kind = _columns(here.values_list("organisation_id", "unit_id", "kind"), 3)
    order = np.argsort(np.array(organisation, dtype=np.int64))
    pks = np.array(organisation, dtype=np.int64)[order]
    belonging = Membership.objects.on(day).filter(**theirs).order_by().values_list("organisation")
    place, number = _placed_in(pks, *_columns(belonging.annotate(Count("pk")), 2))
    members = np.zeros(len(pks), dtype=np.int64)
    members[place] = number
    raised, flag = _columns(
        Finding.objects.open_on(day).filter(**theirs).order_by().values_list("organisation_id", "flag"), 2
    )
    at, codes = _placed_in(pks, raised, flag)
    branch = np.array([one in branches for one in kind], dtype=np.int64)[order]
    flags = {code: at[codes == code] for code in dict.fromkeys(flag)}
    return _Served(np.array(unit, dtype=np.int64)[order], branch, members, flags)


def _columns(rows: Iterable[Sequence[Any]], width: int) -> list[tuple[Any, ...]]:
    return list(zip(*rows, strict=True)) or [()] * width


def _placed_in(pks: Ints, named: npt.ArrayLike, values: npt.ArrayLike) -> tuple[Ints, Any]:
    """Where the named stand among sorted `pks`, each with its value; those that do not are left out."""
    asked = np.array(named, dtype=np.int64)
    place = np.searchsorted(pks, asked)
    there = place < len(pks)
    there[there] = pks[place[there]] == asked[there]
    return place[there], np.array(values)[there]


def _add(served: _Served, homes: dict[int, str], counted: dict[str, UnitCount], depth: int) -> None:
    """Add what serves these units to the counts of the units of one depth that stand at or above them."""
    at = {path: number for number, path in enumerate(counted)}
    units = np.array(sorted(homes), dtype=np.int64)
    over = np.array([at.get(homes[unit][:depth], -1) for unit in units.tolist()], dtype=np.int64)
    place, home = _placed_in(units, served.unit, np.arange(len(served.unit)))
    top = np.full(len(served.unit), -1, dtype=np.int64)
    top[home] = over[place]

    def sums(chosen: Ints, values: Ints | None = None) -> list[int]:
        inside = chosen[top[chosen] >= 0]
        weights = None if values is None else values[inside]
        return [int(number) for number in np.bincount(top[inside], weights, len(at))]

    every = np.arange(len(top))
    any_flag = np.unique(np.concatenate(list(served.flags.values()))) if served.flags else every[:0]
    columns = (sums(every), sums(every, served.branch), sums(every, served.members), sums(any_flag))
    for one, *numbers in zip(counted.values(), *columns, strict=True):
        one.organisations, one.branches, one.members, one.flagged = numbers
    for flag, raised in served.flags.items():
        for one, number in zip(counted.values(), sums(raised), strict=True):
            if number:
                one.findings[flag] = number
