"""A day's numbers in the borders of another day: where each unit is counted, and what happened in between, in words.

Totals are the same in any borders: a unit that has ended is counted with its successor, one that leads nowhere with
what it stood under.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from baolei.organisations.models import WIDTH, Succession, UnitState
from baolei.organisations.units import in_borders_of

MOST = 50
"""So many changes are told."""


def placed(units: set[int], day: date, borders: date) -> dict[int, str]:
    """For each of these units of a day the path under which it is counted in the borders of another day; none is lost
    while the top of its tree stands.
    """
    found = in_borders_of(borders, units)
    lost = units - found.keys()
    above = dict(UnitState.objects.on(day).filter(unit__in=lost, above__isnull=False).values_list("unit", "above"))
    if above:
        higher = placed(set(above.values()), day, borders)
        found |= {unit: higher[top] for unit, top in above.items() if top in higher}
    return found


def counted_as(unit: int | None, day: date, borders: date) -> int | None:
    """The unit as which one of a day is counted in the borders of another; itself where it stands there, too, or leads
    nowhere.
    """
    if unit is None or borders == day:
        return unit
    if UnitState.objects.on(borders).filter(unit=unit).exists():
        return unit
    path = in_borders_of(borders, [unit]).get(unit, "")
    there: int | None = UnitState.objects.on(borders).filter(path=path).values_list("unit_id", flat=True).first()
    return there or unit


@dataclass(frozen=True, slots=True)
class _Day:
    """Units on a day as they are seen from one of them: path and unit above of each, and the path of that one."""

    path: dict[int, str]
    above: dict[int, int | None]
    top: str

    def below(self, unit: int) -> str:
        """Right below which segment a unit stands; '' where it is the top itself, lies elsewhere, or was not there."""
        path = self.path.get(unit, "")
        return path[len(self.top) : len(self.top) + WIDTH] if self.top and path.startswith(self.top) else ""


def told(unit: int, one: date, other: date) -> list[str]:
    """What happened between two days because of which units right below a unit, or it itself, are counted elsewhere."""
    first, last = sorted((one, other))
    if first == last:
        return []
    ended = list(Succession.objects.filter(on__gt=first, on__lte=last).order_by("on", "pk"))
    begun = UnitState.objects.filter(since__gt=first, since__lte=last).order_by("since")
    since = {pk: (day, above) for pk, day, above in begun.values_list("unit_id", "since", "above_id")}
    changed = {unit, *since, *(one.before_id for one in ended), *(one.after_id for one in ended)}
    then, now = _day(unit, changed, first), _day(unit, changed, last)
    crossed = [one for one in ended if unit in (one.before_id, one.after_id)
               or then.below(one.before_id) != now.below(one.after_id)]  # fmt: skip
    moved = [pk for pk, above in then.above.items() if pk in now.above and now.above[pk] != above
             and (pk == unit or then.below(pk) != now.below(pk))]  # fmt: skip
    names = _names({*changed, *then.above.values(), *now.above.values()}, last)
    said = [_succession(one, names) for one in crossed]
    for pk in moved:
        said.append(
            _("%(unit)s stood under %(old)s before %(on)s, and stands under %(new)s since.")
            % {"unit": names[pk], "old": names.get(then.above[pk], ""), "new": names.get(now.above[pk], ""),
               "on": since[pk][0]}
        )  # fmt: skip
    return said[:MOST]


def _day(unit: int, changed: set[int], day: date) -> _Day:
    states = UnitState.objects.on(day).filter(unit__in=changed)
    rows = list(states.values_list("unit_id", "path", "above_id"))
    path = {pk: path for pk, path, _above in rows}
    return _Day(path, {pk: above for pk, _path, above in rows}, path.get(unit, ""))


def _succession(one: Succession, names: dict[Any, str]) -> str:
    words = {"before": names.get(one.before_id, ""), "after": names.get(one.after_id, ""), "on": one.on}
    if one.main:
        return _("%(before)s was merged into %(after)s on %(on)s: in the borders since, it is counted there.") % words
    return _("%(after)s was divided off %(before)s on %(on)s: in the borders before, it is counted there.") % words


def _names(units: set[Any], last: date) -> dict[Any, str]:
    """What units were called last, up to a day."""
    states = UnitState.objects.filter(unit__in=units - {None}, since__lte=last).order_by("since")
    return dict(states.values_list("unit_id", "name"))
