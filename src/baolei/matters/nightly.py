"""What happens to matters of itself, once a day: what is due goes on, contacts are removed, a sample is drawn, months
are counted. Asked again the same day it does nothing; broken off it is done from where it stood.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncMonth
from django.utils.timezone import localdate

from baolei.ledger.actions import record
from baolei.matters import calling, doors, handling
from baolei.matters.models import WITH_PARTY, Grid, GridTally, Holding, Matter, Night, Step, Tally
from baolei.matters.walk import Move, steps
from baolei.organisations.models import UnitState, lineage
from baolei.organisations.pouring import pour
from baolei.programme import matters as rules
from baolei.programme.matters import CLOCK, CLOSED, GOOD, HOLDER, LYING, MERGED, OPEN, STATES, TAKEN
from baolei.programme.organisation.periods import months_later
from baolei.warehouse.rulebook import matters as matter_rules

AT_ONCE = 200
"""So many matters go on in one transaction."""
ESCALATE, RESUME = "escalate", "resume"
"""What the clock does in the place of whoever holds a matter; everything else is its own."""
COUNTED_MONTHS = 13
"""So many months back are counted anew: what was reported before has come to its end."""


def run_clock(*, now: datetime) -> None:
    """The night's work, once a day."""
    today = localdate(now)
    if Night.objects.filter(day=today).exists():
        return
    if not Grid.objects.exists():
        return
    passed, removed, drawn = pass_due(now=now), remove(now=now), calling.draw_all(now=now)
    count(today)
    count_grids(today)
    Night.objects.get_or_create(day=today, defaults={"passed": passed, "removed": removed, "drawn": drawn})


# ---- what is due ----


def pass_due(*, now: datetime) -> int:
    """Let every matter whose day has passed go on as the table says; how many. At the top of its kind it stays."""
    today, passed = localdate(now), 0
    numbers = list(overdue(today).order_by("due", "pk").values_list("pk", flat=True))
    for some in _pieces(numbers, AT_ONCE):
        with transaction.atomic():
            passed += by_clock(list(overdue(today).filter(pk__in=some).select_for_update().order_by("pk")), now)
    return passed


def overdue(today: date) -> Any:
    """The matters whose state was to be left before today, but those that can be passed on to nobody."""
    higher = Q(pk__in=[])
    for kind in matter_rules().kinds.values():
        higher |= Q(kind=kind.code, level__gt=kind.top)
    of_itself = [state.code for state in STATES.states if state.late and state.code not in (LYING, TAKEN)]
    return Matter.objects.filter(Q(state__in=of_itself) | Q(state__in=(LYING, TAKEN)) & higher, due__lt=today)


def by_clock(held: list[Matter], now: datetime) -> int:
    """What the clock does to matters that are held for it: the same row, by the same step, as if somebody had done it.
    How many; those that are to be passed on, with no unit there above, stay.
    """
    paths = doors.paths_of({one.unit_id for one in held})
    at = doors.places_of(paths, localdate(now))
    moves = [move for one in held if (move := _move(one, at.get(one.unit_id, {})))]
    steps(moves, now, paths)
    return len(moves)


def _move(held: Matter, at: dict[int, UnitState]) -> Move | None:
    act = STATES.state(held.state).late
    if act != ESCALATE:
        return Move(held, act, HOLDER if act == RESUME else CLOCK)
    level = handling.goes_to(held, at, up=True)
    return None if level is None else Move(held, act, HOLDER, at[level])


def _pieces(numbers: list[int], size: int) -> Iterator[list[int]]:
    return (numbers[place : place + size] for place in range(0, len(numbers), size))


# ---- what is removed ----


@transaction.atomic
def remove(*, now: datetime) -> int:
    """Remove contact, receipt and every word of what was closed long enough ago; how many. Whoever handled it may have
    named somebody: their notes go too, what was done, when and where stays. The ledger keeps how many, and the digest
    of their numbers and days: the proof that it was done.
    """
    last = localdate(now) - timedelta(days=matter_rules().number("remove_days"))
    found = Matter.objects.filter(closed_on__lte=last, removed_on=None).exclude(state__in=OPEN)
    rows = list(found.order_by("pk").values_list("pk", "closed_on", "contact"))
    if not rows:
        return 0
    numbers = [row[0] for row in rows]
    for some in _pieces(numbers, AT_ONCE * 10):
        mine = Matter.objects.filter(pk__in=some)
        Step.objects.filter(matter__in=some).exclude(note="").update(note="", removed=True)
        mine.update(contact="", words="", code=None, key=None, removed_on=localdate(now))
    record(actor=None, act="matters.remove", now=now,
           after={"closed_until": last.isoformat(), "matters": len(rows), "contacts": sum(bool(row[2]) for row in rows),
                  "sha256": rules.digest(f"{pk}:{day}" for pk, day, _contact in rows)})  # fmt: skip
    return len(rows)


# ---- what is counted ----


@transaction.atomic
def count(today: date) -> int:
    """Count the matters of the last months by unit and month, in the place of what was counted before; the units above
    as well, so that a page of the region reads its own months and not those of every village.
    """
    first = months_later(today.replace(day=1), -COUNTED_MONTHS)
    paths = dict(UnitState.objects.order_by("since").values_list("unit", "path"))
    Tally.objects.filter(month__gte=first).delete()
    rows = (
        (row["unit"], paths.get(row["unit"], ""), row["month"], row["reported"], *(row[name] for name in ENDINGS),
         row["again"], row["in_time"], row["rated"], row["rating"] or 0)
        for row in _by_month(first)
    )  # fmt: skip
    columns = ("unit_id", "path", "month", "reported", *ENDINGS, "reopened", "in_time", "rated", "rating")
    listed = list(rows)
    pour(Tally, columns, [*listed, *_above(listed, {path: unit for unit, path in paths.items()})])
    return len(listed)


def _above(rows: list[tuple[Any, ...]], units: dict[str, int]) -> Iterator[tuple[Any, ...]]:
    """The sums of counts by unit and month for every unit above."""
    sums: dict[tuple[str, date], list[int]] = {}
    for _unit, path, month, *counts in rows:
        for above in lineage(path)[:-1]:
            cell = sums.get((above, month))
            sums[above, month] = [a + b for a, b in zip(cell, counts, strict=True)] if cell else counts
    return ((units[path], path, month, *cell) for (path, month), cell in sums.items() if path in units)


ENDINGS = (*CLOSED, MERGED)


def _by_month(first: date) -> Any:
    """Of each unit and month from a day on: how many were reported, how they ended, and the grades of satisfaction
    given with a code that nobody but the asker held.
    """
    found = Matter.objects.filter(on__gte=first).order_by().annotate(month=TruncMonth("on")).values("unit", "month")
    good, own = Q(ending__in=GOOD, closed_on__lte=F("ends")), ~Q(channel__in=matter_rules().held)
    return found.annotate(
        reported=Count("pk"), again=Count("pk", filter=Q(reopened__gte=1)), in_time=Count("pk", filter=good),
        rated=Count("satisfaction", filter=own), rating=Sum("satisfaction", filter=own),
        **{name: Count("pk", filter=Q(ending=name)) for name in ENDINGS},
    )  # fmt: skip


@transaction.atomic
def count_grids(today: date) -> int:
    """Count grids and workers by unit, in the place of what was counted before. A worker of several grids counts once,
    in the first of them, and full-time where any of them says so.
    """
    there = Grid.objects.on(today)
    cells: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    party = Count("pk", filter=WITH_PARTY)
    for unit, grids, with_party in there.order_by().values_list("unit").annotate(all=Count("pk"), party=party):
        cells[unit][:2] = grids, with_party
    held = Holding.objects.on(today).filter(grid__in=there.values("pk")).order_by("worker", "grid")
    rows = held.values_list("worker", "grid__unit", "full_time").iterator()
    for _worker, holdings in groupby(rows, key=itemgetter(0)):
        listed = list(holdings)
        cells[listed[0][1]][2 if any(full for _one, _unit, full in listed) else 3] += 1
    paths = dict(UnitState.objects.order_by("since").values_list("unit", "path"))
    GridTally.objects.all().delete()
    pour(GridTally, ("unit_id", "path", "grids", "party", "full_time", "part_time"),
         ((unit, paths.get(unit, ""), *cell) for unit, cell in cells.items()))  # fmt: skip
    return len(cells)
