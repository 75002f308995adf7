"""Shares of many for whoever stands above: how much of what was due was paid in its month, place by place.

Nobody is named, no place of fewer than five members is shown, nor one from which such a place could be worked out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.dues import facts
from baolei.dues.doors import collecting
from baolei.organisations import doors
from baolei.organisations.doors import Scope
from baolei.organisations.holders import LEAST, withheld
from baolei.organisations.models import WIDTH, OrganisationState, UnitState
from baolei.paths import at_or_below


@dataclass(frozen=True, slots=True)
class Place:
    """A unit or an organisation: its branches, those with dues on record, and of these the person-months paid in time,
    those due, the members; all three None where they may not be shown.
    """

    name: str
    url: str
    branches: int
    recorded: int
    done: int | None
    due: int | None
    people: int | None

    @property
    def share(self) -> float | None:
        """Paid in time of what was due, 0 to 1."""
        return self.done / self.due if self.done is not None and self.due else None

    @property
    def hidden(self) -> bool:
        """Whether something is on record that may not be shown."""
        return self.people is None


Named = Mapping[str, tuple[str, str]]
"""By a key the name of a place and the address of its page."""


def below_unit(scope: Scope, state: UnitState, year: int, until: date) -> tuple[list[Place], Place]:
    """The units right below a unit, what it is served by itself, and all together; in a village its branches."""
    depth = len(state.path) + WIDTH
    below = list(doors.units(scope).filter(above=state.unit_id).order_by("code"))
    paths = dict(UnitState.objects.on(scope.day).under(state.path).values_list("unit", "path"))
    there = _collecting(scope, doors.organisations(scope, state.path))
    if not below:
        return _of_branches(there, year, until)
    named = {one.path: (one.name, reverse("unit_dues", args=[one.unit_id])) for one in below}
    named[state.path] = (_("What serves %(name)s itself") % {"name": state.name}, "")
    return _places(named, {one.organisation_id: paths[one.unit_id][:depth] for one in there}, year, until)


def below_organisation(scope: Scope, state: OrganisationState, year: int, until: date) -> tuple[list[Place], Place]:
    """The organisations affiliated with one right below it, and all together."""
    depth = len(state.path) + WIDTH
    mine = doors.organisations(scope)
    named = {one.path: (one.name, reverse("dues", args=[one.organisation_id]))
             for one in mine.filter(above=state.organisation_id).order_by("code")}  # fmt: skip
    there = _collecting(scope, mine.filter(at_or_below(state.path)))
    return _places(named, {one.organisation_id: one.path[:depth] for one in there}, year, until)


def _collecting(scope: Scope, found: Any) -> list[OrganisationState]:
    """The branches among these."""
    there = found.filter(kind__in=collecting(scope.day)).order_by("code")
    return list(there.only("organisation", "unit", "path", "name", "code"))


def _of_branches(there: list[OrganisationState], year: int, until: date) -> tuple[list[Place], Place]:
    named = {str(one.organisation_id): (one.name, reverse("dues", args=[one.organisation_id])) for one in there}
    return _places(named, {one.organisation_id: str(one.organisation_id) for one in there}, year, until)


def _places(named: Named, lies: Mapping[int, str], year: int, until: date) -> tuple[list[Place], Place]:
    """Places by key, from the counts of branches, each of which lies in the place of a key."""
    counted = facts.counted(lies, year, until)
    sums: dict[str, list[int]] = defaultdict(lambda: [0] * 5)
    for organisation, key in lies.items():
        one = counted.get(organisation)
        told = (1, 1, one.done, one.due, one.people) if one else (1, 0, 0, 0, 0)
        sums[key] = [before + more for before, more in zip(sums[key], told, strict=True)]
    keys = [key for key in named if key in sums]
    shown = withheld([sums[key][4] for key in keys])
    places = [_place(named[key], sums[key], people is not None) for key, people in zip(keys, shown, strict=True)]
    whole = _added(sums[key] for key in keys)
    return places, _place((_("Together"), ""), whole, whole[4] == 0 or whole[4] >= LEAST)


def _place(named: tuple[str, str], sums: list[int], shown: bool) -> Place:
    branches, recorded, done, due, people = sums
    if not shown:
        return Place(*named, branches, recorded, None, None, None)
    return Place(*named, branches, recorded, done, due, people)


def _added(rows: Iterable[list[int]]) -> list[int]:
    return [sum(column) for column in zip(*rows, strict=True)] or [0] * 5
