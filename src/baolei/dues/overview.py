"""Shares of many for whoever stands above: how much of what was due was paid in its month, place by place.

Nobody is named. A branch of fewer than five members is counted in no sum from which it could be worked out: it waits
until, with others as small on the way up the tree, they are five; only then the sum holds them, together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.dues import facts
from baolei.dues.doors import collecting
from baolei.organisations import doors
from baolei.organisations.doors import Scope
from baolei.organisations.holders import LEAST
from baolei.organisations.models import WIDTH, OrganisationState, UnitState
from baolei.paths import at_or_below

Sums = list[int]
"""Branches, those with dues on record, person-months paid in time, those due, members."""


@dataclass(frozen=True, slots=True)
class Place:
    """A unit or an organisation: its branches, those with dues on record, and of these the person-months paid in time,
    those due, the members; all three None where there are too few to show.
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


def below_unit(scope: Scope, state: UnitState, year: int, until: date) -> tuple[list[Place], Place]:
    """The units right below a unit, the branches that serve it itself, and all together."""
    paths = dict(UnitState.objects.on(scope.day).under(state.path).values_list("unit", "path"))
    there = _collecting(scope, doors.organisations(scope, state.path))
    below = [(one.path, one.name, reverse("unit_dues", args=[one.unit_id]))
             for one in doors.units(scope).filter(above=state.unit_id).order_by("code")]  # fmt: skip
    return _places(state.path, below, [(paths[one.unit_id], one) for one in there], year, until)


def below_organisation(scope: Scope, state: OrganisationState, year: int, until: date) -> tuple[list[Place], Place]:
    """The organisations affiliated with one right below it, and all together."""
    mine = doors.organisations(scope)
    there = _collecting(scope, mine.filter(at_or_below(state.path)))
    branches = [one.pk for one in there if one.path[:-WIDTH] == state.path]
    beneath = mine.filter(above=state.organisation_id).exclude(pk__in=branches).order_by("code")
    below = [(one.path, one.name, reverse("dues", args=[one.organisation_id])) for one in beneath]
    return _places(state.path, below, [(one.path[:-WIDTH], one) for one in there], year, until)


def _collecting(scope: Scope, found: Any) -> list[OrganisationState]:
    """The branches among these."""
    there = found.filter(kind__in=collecting(scope.day)).order_by("code")
    return list(there.only("organisation", "unit", "path", "name", "code"))


def _places(
    top: str, below: Sequence[tuple[str, str, str]], there: Sequence[tuple[str, OrganisationState]], year: int,
    until: date,
) -> tuple[list[Place], Place]:  # fmt: skip
    """Places right below a node at `top` (path, name, address), then the branches at the node itself, and the whole;
    each branch comes with the path of the node it stands at.
    """
    counted = facts.counted([one.organisation_id for _path, one in there], year, until)
    sums = {one.organisation_id: _sums(counted.get(one.organisation_id)) for _path, one in there}
    nodes = pooled(top, [(path, sums[one.organisation_id]) for path, one in there])
    places = [_place(name, url, *nodes[path]) for path, name, url in below if path in nodes]
    places += [_branch(one, sums[one.organisation_id]) for path, one in there if path == top]
    return places, _place(_("Together"), "", *nodes[top])


def _branch(one: OrganisationState, sums: Sums) -> Place:
    shown, waits = pooled("", [("", sums)])[""]
    return _place(one.name, reverse("dues", args=[one.organisation_id]), shown, waits)


def _sums(one: facts.Tally | None) -> Sums:
    return [1, 1, one.done, one.due, one.people] if one else [1, 0, 0, 0, 0]


def pooled(top: str, branches: Iterable[tuple[str, Sums]]) -> dict[str, tuple[Sums, Sums]]:
    """By path of every node from those of the branches up to `top`: what is shown of it, and what waits, since it is of
    fewer than five members. What two nodes show never differs by fewer than five.

    >>> pooled("A", [("A", [1, 1, 6, 9, 9]), ("A", [1, 1, 2, 3, 3])])["A"]
    ([1, 1, 6, 9, 9], [1, 1, 2, 3, 3])
    """
    nodes: dict[str, tuple[Sums, Sums]] = defaultdict(lambda: ([0] * 5, [0] * 5))
    nodes[top] = ([0] * 5, [0] * 5)
    for path, sums in branches:
        _add(nodes[path][0 if not sums[4] or sums[4] >= LEAST else 1], sums)
        for end in range(len(top), len(path), WIDTH):
            nodes[path[:end]]
    for path in sorted(nodes, key=len, reverse=True):
        shown, waits = nodes[path]
        if waits[4] >= LEAST:
            _add(shown, waits)
            waits = [0] * 5
            nodes[path] = (shown, waits)
        if path != top:
            _add(nodes[path[:-WIDTH]][0], shown)
            _add(nodes[path[:-WIDTH]][1], waits)
    return dict(nodes)


def _add(sums: Sums, more: Sums) -> None:
    sums[:] = [before + one for before, one in zip(sums, more, strict=True)]


def _place(name: str, url: str, shown: Sums, waits: Sums) -> Place:
    branches, recorded = shown[0] + waits[0], shown[1] + waits[1]
    told = (None, None, None) if waits[4] and not shown[4] else tuple(shown[2:])
    return Place(name, url, branches, recorded, *told)
