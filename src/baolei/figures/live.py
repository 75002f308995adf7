"""How each published figure is counted from the records of the house: numerator and denominator, at a unit, on a day.

One function for each code of `rulebook/figures.yaml`, and the address at which the rows behind it stand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from typing import Any

from django.db.models import Sum

from baolei.centres import facts as centres
from baolei.matters import facts as matters
from baolei.naming.effect_models import Effect
from baolei.naming.honours import holding
from baolei.naming.models import Demonstration, Title
from baolei.organisations.doors import ranges
from baolei.organisations.models import OrganisationState, UnitState
from baolei.organisations.villages import VILLAGE, villages
from baolei.programme.published import Published
from baolei.rectification import turned
from baolei.rectification.models import Case
from baolei.training import coverage
from baolei.warehouse.rulebook import setup_rules
from baolei.wishes import facts as wishes


@dataclass(frozen=True)
class At:
    """Where and when: the path of a unit, and the day; what several figures of it are made of, asked once."""

    path: str
    day: date

    def organisations(self) -> Any:
        """The Party organisations that serve the unit or one below it."""
        here = UnitState.objects.on(self.day).under(self.path).values("unit")
        return OrganisationState.objects.on(self.day).filter(unit__in=here)

    def branches(self) -> Any:
        """Of these the branches."""
        return self.organisations().filter(kind__in=setup_rules(self.day).branches)

    @cached_property
    def wishes(self) -> dict[str, wishes.Figure]:
        """The figures of wishes and deeds of the year so far."""
        return wishes.figures(self.path, date(self.day.year, 1, 1), self.day, len(self.path))

    @cached_property
    def trained(self) -> list[coverage.Sums]:
        """What was counted of training in the year, unit by unit right below."""
        return list(coverage.of_units(self.path, self.day.year, self.day).values())


Counted = tuple[int, int | None]
Counter = Callable[[Published, At], Counted]


def _titled(_one: Published, at: At) -> Counted:
    branches = at.branches()
    held = Title.objects.filter(holding(at.day), organisation__in=branches.values("organisation"))
    return held.values("organisation").distinct().count(), branches.count()


def _honours(kind: str) -> Counter:
    def counted(_one: Published, at: At) -> Counted:
        mine = at.organisations().values("organisation")
        return Demonstration.objects.filter(holding(at.day), kind=kind, lead__in=mine).count(), None

    return counted


def _effects(kind: str) -> Counter:
    def counted(one: Published, at: At) -> Counted:
        found = Effect.objects.filter(ranges([at.path]), kind=kind, year=at.day.year, state=Effect.CONFIRMED)
        sums = found.aggregate(part=Sum("part"), whole=Sum("whole"))
        return sums["part"] or 0, (sums["whole"] or 0) if one.kind == "share" else None

    return counted


def _one_hand(one: Published, at: At) -> Counted:
    """Of the villages that branches of these fields lead, with both posts filled: where one person holds both."""
    units = UnitState.objects.on(at.day).under(at.path).filter(level=VILLAGE)
    led = at.organisations().filter(field__in=one.fields).values("unit")
    homes = units.filter(unit__in=led).order_by()
    serving = at.organisations().filter(unit__in=homes.values("unit"))
    found = villages(at.day, list(homes.values_list("unit_id", flat=True)), serving)
    filled = [village for village in found.values() if village.filled]
    return sum(village.one for village in filled), len(filled)


def _trained(what: str) -> Counter:
    def counted(_one: Published, at: At) -> Counted:
        rows = [one[what] for one in at.trained if what in one]
        return sum(row[0] for row in rows), sum(row[1] for row in rows)

    return counted


def _turned(one: Published, at: At) -> Counted:
    """Cases accepted in any year so far, less those opened again; each counts in the year it was accepted."""
    cases = Case.objects.filter(campaign=one.campaign, field__in=one.fields)
    told = [case for case in turned.told(cases, at.day) if case.at.startswith(at.path)]
    return sum(not case.again for case in told), None


def _of_grids(told: Callable[[str, date], matters.Figure]) -> Counter:
    def counted(_one: Published, at: At) -> Counted:
        found = told(at.path, at.day)
        return found.numerator, found.denominator

    return counted


def _of_matters(told: Callable[[str, date, date], matters.Figure]) -> Counter:
    return _of_grids(lambda path, day: told(path, date(day.year, 1, 1), day))


def _wishes(what: str) -> Counter:
    def counted(_one: Published, at: At) -> Counted:
        told = at.wishes[what]
        return told.num, told.den

    return counted


def _centres(_one: Published, at: At) -> Counted:
    pooled = centres.centre_coverage(at.path, at.day)[-1]
    return pooled.numerator, pooled.denominator


def _circles(_one: Published, at: At) -> Counted:
    found = centres.whole_circles(at.path)
    return (found.numerator, found.denominator) if found else (0, 0)


COUNTERS: Mapping[str, Counter] = {
    "titled": _titled,
    "bases": _honours("base"), "demo_villages": _honours("village"), "pioneers": _honours("pioneer"),
    "examples": _honours("example"),
    "income": _effects("income"), "property_fees": _effects("property_fees"),
    "one_hand_villages": _one_hand, "one_hand_communities": _one_hand,
    "secretaries_trained": _trained("secretary"), "members_trained": _trained("member"),
    "turned_villages": _turned, "turned_schools": _turned,
    "grids": _of_grids(matters.grids), "grids_with_party": _of_grids(matters.grids_with_party),
    "workers_full": _of_grids(partial(matters.workers, full_time=True)),
    "workers_part": _of_grids(partial(matters.workers, full_time=False)),
    "workers_per_grid": _of_grids(matters.workers_per_grid), "solved": _of_matters(matters.solved),
    "handed": _of_matters(partial(matters.ended, ending="handed")),
    "unconfirmed": _of_matters(partial(matters.ended, ending="unconfirmed")),
    "not_fixed": _of_matters(partial(matters.ended, ending="not_fixed")),
    "registered": _wishes("registered"), "wishes_taken": _wishes("taken"), "wishes_done": _wishes("done"),
    "deeds": _wishes("deeds"), "centre_coverage": _centres, "whole_circles": _circles,
}  # fmt: skip
"""How each figure is counted, by its code."""

BEHIND: Mapping[str, str] = {
    "titled": "titles",
    **dict.fromkeys(("bases", "demo_villages", "pioneers", "examples"), "demonstrations"),
    **dict.fromkeys(("income", "property_fees"), "effects"),
    **dict.fromkeys(("one_hand_villages", "one_hand_communities"), "posts"),
    **dict.fromkeys(("secretaries_trained", "members_trained"), "training_of_unit"),
    **dict.fromkeys(("turned_villages", "turned_schools"), "turned_round"),
    **dict.fromkeys(("registered", "wishes_taken", "wishes_done", "deeds"), "wishes_of_unit"),
    **dict.fromkeys(("solved", "handed", "unconfirmed", "not_fixed"), "matters_of_unit"),
    **dict.fromkeys(("grids", "grids_with_party", "workers_full", "workers_part", "workers_per_grid"), "grids"),
    "centre_coverage": "unit_centres", "whole_circles": "circle",
}  # fmt: skip
"""The name of the address at which the rows behind a figure stand, each for whoever may see them."""
OF_A_UNIT = frozenset(
    {"posts", "training_of_unit", "wishes_of_unit", "unit_centres", "circle", "matters_of_unit", "grids"}
)
"""Of these addresses those that name the unit."""
