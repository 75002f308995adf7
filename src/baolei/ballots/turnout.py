"""Turnout: how many ballots are in, unit by unit, while they are cast; never what they say, nor who has voted.

Counted for a whole round at once, in one grouped question to the urn, and laid down by unit: no page waits for that,
and the counts before are not kept, so that nobody can put them in a row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.ballots.counted import OUT
from baolei.ballots.doors import TOWNSHIP
from baolei.ballots.models import Poll, Polling, Turnout
from baolei.ballots.urns import opened
from baolei.organisations.doors import Scope
from baolei.organisations.models import WIDTH, UnitState, lineage
from baolei.organisations.pouring import pour
from baolei.programme.visibility import hidden, least
from baolei.rounds.models import Round
from baolei.standards.at_hand import at_hand
from baolei.urn.store import CAST, CLOSED, ISSUE
from baolei.warehouse.rulebook import visibility
from baolei.warehouse.spreadsheets import Column, Grid

EVERY = timedelta(minutes=10)
"""So often the turnout is counted: seldom enough that nobody is told by it who has just voted."""
COLUMNS = ("round_id", "path", "source", "polls", "people", "slips", "cast", "low")
SORTS = ("people", "slips", "cast", "share", "low")


# ---- counted ----


def run_clock(now: datetime) -> None:
    """Count the rounds whose ballots are being cast, those not counted for so long."""
    casting = Poll.objects.filter(phase__in=(ISSUE, CAST, CLOSED)).order_by().values("declaration__round")
    for this in Round.objects.filter(pk__in=casting):
        mine = Polling.objects.get_or_create(round=this)[0]
        if mine.counted_at is None or mine.counted_at <= now - EVERY:
            count(this, now)


@transaction.atomic
def count(this: Round, now: datetime) -> None:
    """Count how many ballots of a round are in, in every unit down to the townships."""
    Polling.objects.update_or_create(round=this, defaults={"counted_at": now})
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * 5)
    for path, source, *numbers in _numbers(this):
        for place in lineage(path[:TOWNSHIP]):
            if place.startswith(this.path):
                mine = sums[place, source]
                for at, number in enumerate(numbers):
                    mine[at] += number
    Turnout.objects.filter(round=this).delete()
    pour(Turnout, COLUMNS, ((this.pk, *key, *numbers) for key, numbers in sorted(sums.items())))


def _numbers(this: Round) -> Iterable[tuple[Any, ...]]:
    """Of every poll with slips or tokens: path, source, 1, people, slips and tokens, ballots, and 1 where these are too
    few.
    """
    found = Poll.objects.filter(declaration__round=this).exclude(slips=0, taken=0).exclude(declaration__state__in=OUT)
    columns = ("declaration__path", "source", "number", "phase", "people", "given_out", "least", "cast")
    rows = list(found.order_by().annotate(given_out=F("slips") + F("taken")).values_list(*columns))
    with opened() as urn:
        inside = urn.ballots_in(bytes.fromhex(row[2]) for row in rows if row[3] in (CAST, CLOSED))
    for path, source, number, _phase, people, slips, needed, sealed in rows:
        cast = inside.get(bytes.fromhex(number), 0) if sealed is None else sealed
        yield path, source, 1, people, slips, cast, int(cast < needed)


# ---- shown ----


@dataclass(frozen=True, slots=True)
class Row:
    """A unit and a source: numbers as `Turnout` has them; `cast`, `low`, `share` None where so few are closed."""

    unit: UnitState
    source: str
    polls: int
    people: int
    slips: int
    cast: int | None
    low: int | None

    @property
    def share(self) -> float | None:
        """Of a hundred who may vote so many have."""
        return 100 * self.cast / self.people if self.cast is not None and self.people else None


def rows(this: Round, units: Sequence[UnitState], source: str) -> list[Row]:
    """The turnout of a source in some units beside one another, in their order. Where few ballots are in the number is
    closed, with enough others that it cannot be worked out from the total.
    """
    found = {one.path: one for one in Turnout.objects.filter(
        round=this, source=source, path__in=[unit.path for unit in units])}  # fmt: skip
    shut = hidden({path: one.cast for path, one in found.items()}, least(visibility()))
    return [
        Row(unit, source, one.polls, one.people, one.slips, None if unit.path in shut else one.cast,
            None if unit.path in shut else one.low)
        for unit in units if (one := found.get(unit.path))
    ]  # fmt: skip


def ordered(listed: list[Row], sort: str) -> list[Row]:
    """In the order asked: by a number, what is closed last; else by code."""
    key = sort.removeprefix("-")
    if key not in SORTS:
        return listed
    shown = [one for one in listed if getattr(one, key) is not None]
    shown.sort(key=lambda one: getattr(one, key), reverse=sort.startswith("-"))
    return [*shown, *(one for one in listed if getattr(one, key) is None)]


def sources(this: Round) -> list[tuple[str, str]]:
    """The sources that are asked by slips in a round, each with its name."""
    there = set(Turnout.objects.filter(round=this).values_list("source", flat=True).distinct())
    language = get_language() or ""
    return [(one.code, one.name.say(language)) for one in at_hand(this.edition).asked() if one.code in there]


def below(unit: UnitState, day: date) -> list[UnitState]:
    """The units right below one, in the order of their codes; none below a township."""
    if len(unit.path) >= TOWNSHIP:
        return []
    return list(UnitState.objects.on(day).filter(above=unit.unit_id).order_by("code"))


def grid(listed: Iterable[Row]) -> Grid:
    """The same as a file; what is closed is empty."""
    columns = (
        Column(_("Code")), Column(_("Unit")), Column(_("Polls"), "whole"), Column(_("may vote"), "whole"),
        Column(_("Slips"), "whole"), Column(_("Ballots"), "whole"), Column(_("Turnout in percent"), "points"),
        Column(_("Polls with too few ballots"), "whole"),
    )  # fmt: skip
    return Grid(_("Turnout"), columns, (
        (one.unit.code, one.unit.name, one.polls, one.people, one.slips, one.cast, one.share, one.low)
        for one in listed
    ))  # fmt: skip


def closed_above(this: Round, unit: UnitState, source: str, day: date) -> bool:
    """Whether the number of a unit, or of one above it in the round, is closed among those beside it: then nothing
    below it is shown either, from which it could be added up.
    """
    way = [path for path in lineage(unit.path) if path.startswith(this.path)]
    above = UnitState.objects.on(day).filter(path__in=way[:-1]).values("unit")
    beside = UnitState.objects.on(day).filter(above__in=above).values_list("path", flat=True)
    found = Turnout.objects.filter(Q(path__in=beside) | Q(path=this.path), round=this, source=source)
    inside: dict[str, dict[str, int]] = defaultdict(dict)
    for path, cast in found.values_list("path", "cast"):
        inside[path[:-WIDTH]][path] = cast
    return any(path in hidden(inside[path[:-WIDTH]], least(visibility())) for path in way)


def shown(this: Round, scope: Scope, unit: UnitState | None, source: str, day: date) -> tuple[list[Row], Row | None]:
    """What is shown of a unit: the units right below it, and itself; without one the outermost units of a scope."""
    if unit is None:
        return rows(this, tops(scope, this, day), source), None
    listed = rows(this, below(unit, day), source)
    if closed_above(this, unit, source, day):
        return [replace(one, cast=None, low=None) for one in listed], None
    return listed, next(iter(rows(this, [unit], source)), None)


def tops(scope: Scope, this: Round, day: date) -> list[UnitState]:
    """The outermost units of a scope in a round."""
    paths = {path if path.startswith(this.path) else this.path for path in scope.units
             if path.startswith(this.path) or this.path.startswith(path)}  # fmt: skip
    return list(UnitState.objects.on(day).filter(path__in=paths).order_by("code"))


def chosen(this: Round, source: str | None) -> str:
    """A source that was asked for, else the first that is asked by slips; '' where nothing is counted."""
    codes = [code for code, _name in sources(this)]
    return source if source in codes and source else codes[0] if codes else ""
