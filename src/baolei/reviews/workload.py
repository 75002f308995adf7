"""How much waits where: by level, by unit, and the bodies at which too few can review; what is returned by whom."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Min, OuterRef, Q, Subquery
from django.db.models.functions import Substr
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from baolei.declarations.doors import declarations
from baolei.declarations.views import rows as declaration_rows
from baolei.organisations.directory import pieces
from baolei.organisations.doors import Scope
from baolei.organisations.models import WIDTH, OrganisationState, UnitState
from baolei.people.models import InTree, Mandate
from baolei.reviews.doors import judging, rule_of
from baolei.reviews.listing import level_name
from baolei.reviews.models import Decision, Gap, Step
from baolei.rounds.models import Round
from baolei.warehouse.rulebook import review
from baolei.warehouse.spreadsheets import Column, Grid

WAITING = ("opinions", "third", "decision", "escalated")
BRANCH = ""
"""Stands for the branches among the levels: they send in, and nobody sends to them."""


@dataclass(frozen=True, slots=True)
class Level:
    """A level: what waits there, how much of it is late, since when the oldest does; what it returned, what came back
    to it from above of what it had let pass; what stands mended nowhere yet, what it passed and turned down.
    """

    name: str
    waiting: int = 0
    late: int = 0
    oldest: date | None = None
    returned: int = 0
    came_back: int = 0
    mending: int = 0
    passed: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class Heap:
    """The steps of one level in one state at or below one unit right below that of the round: how many, how many of
    them late, since when the oldest.
    """

    place: str
    seat: str
    state: str
    number: int
    late: int
    first: date

    @property
    def waits(self) -> bool:
        """Whether somebody is to do something about them."""
        return self.state in WAITING


def heaps(scope: Scope, this: Round, today: date) -> list[Heap]:
    """The steps of a round in a scope, counted in one question for `levels` and `reaches`."""
    wide = len(this.path) + WIDTH
    asked = (
        _steps(scope, this).order_by().annotate(place=Substr("declaration__path", 1, wide))
        .values("place", "seat", "state")
        .annotate(number=Count("pk"), late=Count("pk", filter=Q(due__lt=today)), first=Min("entered"))
    )  # fmt: skip
    return [Heap(**one) for one in asked]


def levels(scope: Scope, this: Round, found: Iterable[Heap]) -> list[Level]:
    """The levels of a round in a scope in the order of the way, the branches first."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    late, oldest = Counter[str](), dict[str, date]()
    for one in found:
        counted[one.seat][one.state] += one.number
        if one.waits:
            late[one.seat] += one.late
            oldest[one.seat] = min(one.first, oldest.get(one.seat, one.first))
    returned, came_back = _returns(_steps(scope, this))
    return [
        Level(_("Party branch"), mending=sum(one["returned"] for one in counted.values()),
              came_back=came_back.get(BRANCH, 0)),
        *(Level(level_name(seat), sum(counted[seat][state] for state in WAITING), late[seat], oldest.get(seat),
                returned.get(seat, 0), came_back.get(seat, 0), 0, counted[seat]["passed"],
                counted[seat]["rejected"]) for seat in _in_order(counted))
    ]  # fmt: skip


def _returns(mine: Any) -> tuple[dict[str, int], dict[str, int]]:
    """How often each level returned, and how often what it had sent on came back."""
    before = Step.objects.filter(declaration=OuterRef("step__declaration"), number=OuterRef("step__number") - 1)
    found = Decision.objects.filter(step__in=mine, verdict="return").order_by()
    returned = dict(found.values_list("step__seat").annotate(Count("pk")))
    sent = found.annotate(sender=Subquery(before.values("seat")[:1])).values_list("sender").annotate(Count("pk"))
    return returned, {sender or BRANCH: number for sender, number in sent}


def _in_order(seats: Iterable[str]) -> list[str]:
    order = list(dict.fromkeys(step.code for route in review().routes.values() for step in route.steps))
    rank = {code: place for place, code in enumerate(order)}
    return sorted(seats, key=lambda seat: (review_rank(seat), rank[seat]))


def review_rank(seat: str) -> int:
    """How far up a step stands: the latest place it has on any route."""
    return max(
        place for route in review().routes.values() for place, step in enumerate(route.steps) if step.code == seat
    )


def _steps(scope: Scope, this: Round) -> Any:
    found = Step.objects.filter(declaration__round=this)
    if scope.whole or scope.holds(this.path):
        return found
    return found.filter(declaration__in=declarations(scope).filter(round=this).values("pk"))


@dataclass(frozen=True, slots=True)
class Reach:
    """A unit right below that of the round: what of its branches waits, is late, was returned."""

    unit: UnitState
    waiting: int
    late: int
    returned: int


def reaches(scope: Scope, this: Round, today: date, found: Iterable[Heap]) -> list[Reach]:
    """The same by unit: whose branches wait, and whose were returned how often."""
    wide = len(this.path) + WIDTH
    waiting, late, places = Counter[str](), Counter[str](), set[str]()
    for one in found:
        places.add(one.place)
        if one.waits:
            waiting[one.place] += one.number
            late[one.place] += one.late
    sent = Decision.objects.filter(step__in=_steps(scope, this), verdict="return").order_by()
    returned = dict(
        sent.annotate(place=Substr("step__declaration__path", 1, wide)).values_list("place").annotate(Count("pk"))
    )
    units = UnitState.objects.on(today).filter(path__in=places).order_by("code")
    return [Reach(unit, waiting[unit.path], late[unit.path], returned.get(unit.path, 0)) for unit in units]


@dataclass(frozen=True, slots=True)
class Thin:
    """A body at which things wait while fewer can review than must: its name, the step, how many can, how many wait."""

    name: str
    level: str
    reviewers: int
    waiting: int


def thin(scope: Scope, this: Round, today: date) -> list[Thin]:
    """The bodies of a round that cannot give as many opinions as are asked; without a word they would wait for ever."""
    least = review().number("opinions")
    asked = _steps(scope, this).filter(state__in=WAITING).order_by().values_list("seat", "unit", "organisation")
    bodies = list(asked.annotate(Count("pk")))
    units = {one.unit_id: one for one in UnitState.objects.on(today).filter(unit__in={row[1] for row in bodies})}
    organisations = {
        one.organisation_id: one
        for one in OrganisationState.objects.on(today).filter(organisation__in={row[2] for row in bodies})
        .annotate(home=F("unit__states__path")).filter(unit__states__until=None)
    }  # fmt: skip
    held = _held(today)
    found = []
    for seat, unit, organisation, waiting in bodies:
        state = units.get(unit) or organisations.get(organisation)
        places = _places(state, bool(unit))
        who = {person for role in judging(rule_of(seat)) for place in places for person in held.get((role, *place), ())}
        if len(who) < least:
            found.append(Thin(state.name if state else "", level_name(seat), len(who), waiting))
    return sorted(found, key=lambda one: (one.reviewers, one.level, one.name))


def _places(state: Any, of_units: bool) -> list[tuple[str, str]]:
    if state is None:
        return []
    if of_units:
        return [(InTree.UNIT, state.path)]
    return [(InTree.PARTY, state.path), (InTree.UNIT, state.home)]


def _held(today: date) -> dict[tuple[str, str, str], set[int]]:
    """Who holds which role where, of those that review."""
    roles = {role for route in review().routes.values() for step in route.steps for role in judging(step)}
    held: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    found = Mandate.objects.standing(today).filter(role__in=roles, account__is_active=True)
    for role, tree, path, account in found.values_list("role", "tree", "path", "account_id"):
        held[role, tree, path].add(account)
    return held


def gaps(scope: Scope, this: Round) -> Any:
    """The steps of a round in a scope for which no body stands."""
    found = Gap.objects.filter(declaration__round=this).select_related("declaration__round").order_by("pk")
    return found if scope.whole else found.filter(declaration__in=declarations(scope).filter(round=this).values("pk"))


def gap_rows(found: Iterable[Gap]) -> list[tuple[Gap, str, str, str]]:
    """Each with the branch's name, the step without a body, the one that looks instead."""
    listed = list(found)
    named = {row.declaration.pk: row.name for row in declaration_rows([one.declaration for one in listed])}
    return [(one, named[one.declaration_id], level_name(one.code), level_name(one.to)) for one in listed]


# ---- as files ----


def level_grid(found: Sequence[Level]) -> Grid:
    """The levels as a file."""
    columns = (
        Column(_("Level")), Column(_("Waiting"), "whole"), Column(_("Late"), "whole"), Column(_("Oldest since"), "day"),
        Column(_("Returned by it"), "whole"), Column(_("Came back to it"), "whole"),
        Column(_("Being mended"), "whole"), Column(pgettext("review", "Passed"), "whole"),
        Column(_("Rejected"), "whole"),
    )  # fmt: skip
    return Grid(_("Workload by level"), columns, (
        (one.name, one.waiting, one.late, one.oldest, one.returned, one.came_back, one.mending, one.passed,
         one.rejected) for one in found
    ))  # fmt: skip


def reach_grid(found: Sequence[Reach]) -> Grid:
    """The units as a file."""
    columns = (Column(_("Unit")), Column(_("Waiting"), "whole"), Column(_("Late"), "whole"),
               Column(_("Returned"), "whole"))  # fmt: skip
    rows = ((one.unit.name, one.waiting, one.late, one.returned) for one in found)
    return Grid(_("Workload by unit"), columns, rows)


def thin_grid(found: Sequence[Thin]) -> Grid:
    """The bodies with too few reviewers as a file."""
    columns = (
        Column(_("Body")),
        Column(pgettext("review", "Step")),
        Column(_("Reviewers"), "whole"),
        Column(_("Waiting"), "whole"),
    )
    return Grid(_("Too few reviewers"), columns, ((one.name, one.level, one.reviewers, one.waiting) for one in found))


def gap_grid(found: Any) -> Grid:
    """The steps without a body as a file."""
    columns = (Column(_("Party branch")), Column(_("Step without a body")), Column(_("Looked at instead by")))

    def each() -> Iterator[tuple[str, str, str]]:
        for some in pieces(found):
            yield from ((name, step, to) for _gap, name, step, to in gap_rows(some))

    return Grid(_("Steps without a body"), columns, each())
