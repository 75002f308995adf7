"""Coverage of a year, in different people: counted for every organisation at once, and summed for a place.

Each person counts once in a line, at the organisation where the role was held last: so that a sum over a banner or the
region is of people, and classes attended are not added up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, Sum
from django.db.models.functions import Substr
from django.utils.timezone import localdate

from baolei.organisations.models import WIDTH, Membership, Post
from baolei.organisations.pouring import pour
from baolei.paths import at_or_below
from baolei.programme.organisation.periods import months_later
from baolei.programme.training import (
    MEMBER,
    NEW_DONE,
    NEW_OPEN,
    OFFICER,
    SECRETARY,
    new_secretary,
)
from baolei.programme.visibility import hidden, least
from baolei.training import facts
from baolei.training.hours import classes_of, concentrated, hours, rotations, span
from baolei.training.models import COUNTED, Coverage
from baolei.warehouse.rulebook import training as training_rules
from baolei.warehouse.rulebook import visibility

YEAR, DAY = 12, timedelta(days=1)
LATE = 3
"""Until the end of this month the year before is counted anew as well: records come late."""
Sums = dict[str, tuple[int, int, int]]
"""By what is counted: how many reached it, of how many, for how many that is open."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Reached of so many people; all None where they are too few to be shown. `open`: nothing of so many is on record
    (of new secretaries: their time still runs).
    """

    reached: int | None
    people: int | None
    open: int | None = None

    @property
    def share(self) -> float | None:
        """The share reached, 0 to 1; None where it may not be shown or there is nobody."""
        return self.reached / self.people if self.people and self.reached is not None else None


# ---- counting ----


def run_clock(now: datetime) -> None:
    """Count the year once a day; asking again the same day changes nothing."""
    today = localdate(now)
    if Coverage.objects.filter(counted=today).exists() or not Membership.objects.exists():
        return
    for year in (today.year - 1, today.year) if today.month <= LATE else (today.year,):
        count(year=year, today=today)


@transaction.atomic
def count(*, year: int, today: date) -> int:
    """Count a year as far as it is over, in the place of what was counted before; how many cells there are."""
    cells: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for what, organisation, reached, still_open in _people(year, today):
        cell = cells[organisation, what]
        cell[0] += reached
        cell[1] += 1
        cell[2] += still_open
    Coverage.objects.filter(year=year).delete()
    pour(Coverage, ("organisation_id", "year", "what", "reached", "people", "open", "counted"),
         ((organisation, year, what, *cell, today) for (organisation, what), cell in cells.items()))  # fmt: skip
    return len(cells)


def _people(year: int, today: date) -> Iterator[tuple[str, int, bool, bool]]:
    """Each person in each line: what, organisation, whether reached, whether that is open (nothing on record)."""
    learnt = hours(year, today)
    for one in facts.of_members(year, today):
        mine = learnt.get(one.member, 0)
        yield MEMBER, one.organisation, mine >= one.due, not mine
    focused, secretaries = concentrated(year, today), _holders(year, today, SECRETARY)
    officers = _holders(year, today, OFFICER)
    for role, people in ((SECRETARY, secretaries), (OFFICER, officers)):
        for one in people.values():
            if role == SECRETARY or one.member not in secretaries:
                yield role, one.organisation, _officer_reached(one, learnt, focused), not learnt.get(one.member)
    turned = rotations(year, today, training_rules().rotation_levels)
    for one in secretaries.values():
        enough = turned.get(one.member, 0) >= training_rules().number("rotation_per_year")
        yield "rotated", one.organisation, enough, not learnt.get(one.member)
    for organisation, stands in new_ones(year, today):
        yield "new", organisation, stands == NEW_DONE, stands == NEW_OPEN


def _officer_reached(one: facts.Owed, learnt: Mapping[int, int], focused: Mapping[int, int]) -> bool:
    """As `programme.training.reached` says it of one."""
    enough = learnt.get(one.member, 0) >= one.due
    if one.months < YEAR:
        return enough
    return enough and focused.get(one.member, 0) >= training_rules().number("officer_classes")


def _holders(year: int, today: date, role: str) -> dict[int, facts.Owed]:
    """By person what is owed for the months in a role anywhere, at the organisation where it was held last."""
    found = facts.posts(year, today)
    found = found.filter(kind=Post.SECRETARY) if role == SECRETARY else found.filter(committee=True)
    spans: dict[int, list[tuple[date, date | None]]] = defaultdict(list)
    at: dict[int, int] = {}
    for holder, organisation, since, until in found.order_by("holder", "since", "pk").values_list(
        "holder", "organisation", "since", "until"
    ).iterator():  # fmt: skip
        spans[holder].append((since, until))
        at[holder] = organisation
    return {one: facts.owed(role, one, at[one], spans[one], year, today) for one in spans}


def new_ones(year: int, today: date, organisation: int | None = None) -> Iterator[tuple[int, str]]:
    """Each new secretary whose months to be trained touch the year so far: the organisation, and `done`, `open` or
    `missed`. Who was secretary the day before, there or elsewhere, is not new.
    """
    rules = training_rules()
    first, last = span(year, today)
    begins = months_later(first, -rules.number("new_secretary_months"))
    before = Post.objects.filter(holder=OuterRef("holder"), kind=Post.SECRETARY, since__lt=OuterRef("since"))
    before = before.filter(Q(until=None) | Q(until__gte=OuterRef("since") - DAY))
    took = Post.objects.filter(kind=Post.SECRETARY, since__range=(begins, last)).exclude(Exists(before))
    if organisation is not None:
        took = took.filter(organisation=organisation)
    attended = classes_of((begins, last), took.order_by().values("holder"))
    for of, holder, since in took.order_by("pk").values_list("organisation", "holder", "since").iterator():
        yield of, new_secretary(since, attended.get(holder, ()), last, rules)


# ---- reading ----


def of_units(path: str, year: int, day: date) -> dict[str, Sums]:
    """What was counted at a unit itself (by its own path) and at and below each unit right below it (by theirs). One
    question.
    """
    served = "organisation__states__unit__states__"
    found = Coverage.objects.filter(year=year).filter(
        Q(**{f"{served}until": None}) | Q(**{f"{served}until__gte": day}), at_or_below(path, f"{served}path"),
        *_on(day), **{f"{served}since__lte": day},
    )  # fmt: skip
    return _summed(found.annotate(at=Substr(f"{served}path", 1, len(path) + WIDTH)))


def of_organisations(path: str, year: int, day: date) -> dict[str, Sums]:
    """The same in the Party tree: an organisation itself, and each affiliated right below it."""
    found = Coverage.objects.filter(year=year).filter(at_or_below(path, "organisation__states__path"), *_on(day))
    return _summed(found.annotate(at=Substr("organisation__states__path", 1, len(path) + WIDTH)))


def counted_on(year: int) -> date | None:
    """On which day a year was counted last; None where it was not."""
    found: date | None = Coverage.objects.filter(year=year).aggregate(Max("counted"))["counted__max"]
    return found


def shown(sums: Mapping[str, Sums], *, all_open: bool = False) -> dict[str, dict[str, Cell]]:
    """What may be shown of sums by place, place by place, and of their total under '': small cells are closed, and
    enough others that none can be worked out from the total. Of how many nothing is on record is told of none or of
    enough, and of the total only where it is of every place. `all_open`: to a branch of itself.
    """
    fewest = least(visibility())
    found: dict[str, dict[str, Cell]] = {place: {} for place in (*sums, "")}
    for what in COUNTED:
        column = {place: found_there.get(what, (0, 0, 0)) for place, found_there in sums.items()}
        total = tuple(sum(one[at] for one in column.values()) for at in range(3))
        closed = frozenset[str]() if all_open else hidden({place: one[1] for place, one in column.items()}, fewest)
        few = not all_open and 0 < total[1] < fewest
        parts = [(place, one, place in closed) for place, one in column.items()]
        silent = not all_open and any(0 < one[2] < fewest for one in column.values())
        for place, one, shut in [*parts, ("", total, few)]:
            told = None if silent and (not place or 0 < one[2] < fewest) else one[2]
            found[place][what] = Cell(None, None) if shut else Cell(one[0], one[1], told)
    return found


def _on(day: date) -> tuple[Q, ...]:
    of = "organisation__states__"
    return (Q(**{f"{of}until": None}) | Q(**{f"{of}until__gte": day}), Q(**{f"{of}since__lte": day}))


def _summed(found: Any) -> dict[str, Sums]:
    rows = found.order_by().values_list("at", "what").annotate(Sum("reached"), Sum("people"), Sum("open"))
    sums: dict[str, Sums] = defaultdict(dict)
    for at, what, *numbers in rows:
        sums[at][what] = (numbers[0], numbers[1], numbers[2])
    return dict(sums)
