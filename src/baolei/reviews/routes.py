"""Who judges a branch: the bodies above it in the two trees, in the order of its field's route.

A round is judged up to its own unit, not beyond. Where a body that the rules ask for is missing, the next one looks in
its place, and the gap is on record: nothing waits at a door that is not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from baolei.organisations.models import OrganisationState, UnitState, lineage
from baolei.organisations.units import NotPossible
from baolei.programme.organisation.levels import LEVELS
from baolei.programme.review import ReviewRules, Route, Step
from baolei.rounds.models import Round
from baolei.warehouse.rulebook import review

FEW = 2_000
"""So many branches are asked for one by one; more, all there are."""
LEVEL = {level.code: level.number for level in LEVELS}


@dataclass(frozen=True, slots=True)
class Seat:
    """A step of a branch's way: the rule, and its body: a unit or an organisation (pk), the other None."""

    rule: Step
    unit: int | None
    organisation: int | None


@dataclass(frozen=True, slots=True)
class Way:
    """The steps of a branch in order, and for each that has no body (by code) the step that looks in its place."""

    seats: tuple[Seat, ...]
    gaps: tuple[tuple[str, str], ...]

    def after(self, code: str, route: Route) -> Seat | None:
        """The step after this one; None after the last."""
        order = [step.code for step in route.steps]
        here = order.index(code)
        return next((seat for seat in self.seats if order.index(seat.rule.code) > here), None)


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch whose way is asked for: its declaration and organisation (pk), its field, the path of its unit."""

    declaration: int
    organisation: int
    field: str
    path: str


def ways(branches: Iterable[Branch], this: Round, day: date) -> dict[int, Way]:
    """The way of each of these branches in a round, by declaration; three questions to the database for any number.

    Raises NotPossible where a field has no route, or nobody at all judges a branch.
    """
    mine, rules = list(branches), review()
    units = _units(mine, this, day)
    own, committees = _organisations(mine, rules, day)
    cut = min((level for path, (_unit, level) in units.items() if path == this.path), default=1)
    return {
        one.declaration: _way(route_of(one.field, rules), _bodies(one.path, own.get(one.organisation, ""), units,
                                                                  committees), cut)
        for one in mine
    }  # fmt: skip


def route_of(field: str, rules: ReviewRules) -> Route:
    """The route of a field. Raises NotPossible where the rules know none."""
    if field not in rules.routes:
        raise NotPossible(
            _("nothing says who reviews the field %(field)s: give it a route in rulebook/review.yaml")
            % {"field": field}
        )
    return rules.routes[field]


Units = Mapping[str, tuple[int, int]]
Committees = Mapping[str, tuple[int, str]]


def _units(mine: list[Branch], this: Round, day: date) -> Units:
    """Unit and level by path, of the round's unit and those below it that may judge."""
    found = UnitState.objects.on(day).under(this.path).filter(level__lt=len(LEVELS))
    if len(mine) == 1:
        found = found.filter(path__in=lineage(mine[0].path))
    return {path: (unit, level) for path, unit, level in found.values_list("path", "unit_id", "level")}


def _organisations(mine: list[Branch], rules: ReviewRules, day: date) -> tuple[dict[int, str], Committees]:
    """The path of each branch in the Party tree; organisation and kind by path, of those that may judge."""
    kinds = {step.stands for route in rules.routes.values() for step in route.steps if step.tree == "party"}
    states = OrganisationState.objects.on(day)
    held, judging = states.exclude(field=""), states.filter(kind__in=kinds)
    if len(mine) <= FEW:
        held = states.filter(organisation__in=[one.organisation for one in mine])
    if len(mine) == 1:
        judging = judging.filter(path__in=[part for one in held for part in lineage(one.path)])
    own = dict(held.values_list("organisation_id", "path"))
    return own, {path: (pk, kind) for path, pk, kind in judging.values_list("path", "organisation_id", "kind")}


def _bodies(unit_path: str, own_path: str, units: Units, committees: Committees) -> dict[tuple[str, str], int]:
    """The bodies above a branch by tree and level or kind, the nearest of each."""
    code = {level.number: level.code for level in LEVELS}
    found: dict[tuple[str, str], int] = {}
    for part in lineage(unit_path):
        if part in units:
            found["unit", code[units[part][1]]] = units[part][0]
    for part in lineage(own_path)[:-1]:
        if part in committees:
            found["party", committees[part][1]] = committees[part][0]
    return found


def _way(route: Route, bodies: Mapping[tuple[str, str], int], cut: int) -> Way:
    """The steps that have a body; those without one go to the next that has."""
    seats, gaps, left = list[Seat](), list[tuple[str, str]](), list[str]()
    for step in route.steps:
        if step.tree == "unit" and LEVEL[step.stands] < cut:
            continue
        body = bodies.get((step.tree, step.stands))
        if body is None:
            left += [] if step.optional else [step.code]
            continue
        seats.append(Seat(step, body if step.tree == "unit" else None, body if step.tree == "party" else None))
        gaps += [(code, step.code) for code in left]
        left.clear()
    if not seats:
        raise NotPossible(
            _("nobody stands above a branch on the route %(route)s: set the bodies up first") % {"route": route.code}
        )
    return Way(tuple(seats), (*gaps, *((code, seats[-1].rule.code) for code in left)))
