"""Matters, steps, grids and months as rows: in words, and as files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import Substr
from django.utils.timezone import localtime
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from baolei.matters.models import Grid, GridTally, Matter, Step, Tally
from baolei.organisations.directory import names_of, names_of_units, pieces
from baolei.organisations.models import WIDTH, UnitState
from baolei.paths import at_or_below
from baolei.programme import matters as rules
from baolei.programme.matters import OPEN, PAUSED, STATES
from baolei.warehouse.rulebook import matters as matter_rules
from baolei.warehouse.rulebook import workdays
from baolei.warehouse.spreadsheets import Column
from baolei.warehouse.spreadsheets import Grid as Sheet

SMALL = 5
"""Of fewer grades than these no mean is shown."""


def kinds() -> dict[str, str]:
    """What the kinds are called, by code."""
    return {code: one.name.say(get_language() or "") for code, one in matter_rules().kinds.items()}


def states() -> dict[str, str]:
    """What the states are called, by code."""
    return {one.code: one.name.say(get_language() or "") for one in STATES.states}


def words(code: str) -> str:
    """What an act, or who does it, is called."""
    return STATES.words[code].say(get_language() or "") if code in STATES.words else ""


def reasons(known: Mapping[str, Any]) -> dict[str, str]:
    """Why a matter waits, or is not fixed, by code."""
    return {code: one.say(get_language() or "") for code, one in known.items()}


@dataclass(frozen=True, slots=True)
class Row:
    """A matter as a row: itself, its kind, its state and the unit it lies with in words, how its two clocks stand."""

    one: Matter
    kind: str
    state: str
    holder: str
    here: str
    whole: str


def rows(found: Iterable[Matter], today: date) -> list[Row]:
    """Matters as rows, in the order given; one question for the names of all units."""
    listed, called, stands = list(found), kinds(), states()
    units = names_of_units({one.holder_id for one in listed})
    return [
        Row(one, called.get(one.kind, one.kind), stands[one.state], units.get(one.holder_id, ""),
            clock(one, one.due, today), clock(one, one.ends, today))
        for one in listed
    ]  # fmt: skip


def clock(one: Matter, day: date | None, today: date) -> str:
    """How a clock of a matter stands: 'late', 'soon' or ''; those of one that is paused or closed stand still."""
    if one.state == PAUSED or one.state not in OPEN:
        return ""
    return rules.warned(day, today, matter_rules(), workdays())


def each_row(found: Any, today: date) -> Iterator[Row]:
    """Any number of matters as rows, piece by piece."""
    for some in pieces(found, 500):
        yield from rows(some, today)


def matter_grid(listed: Iterable[Row]) -> Sheet:
    """Matters as a file: never a contact."""
    heads = (
        Column(_("Number"), "whole"), Column(_("Kind")), Column(_("Grid")), Column(_("Landmark")),
        Column(_("What it is about")), Column(pgettext("matter", "Reported")), Column(_("Reported on"), "day"),
        Column(pgettext("process", "Standing")), Column(_("Lies with")), Column(pgettext("matter", "Due"), "day"),
        Column(_("To be ended by"), "day"), Column(_("Closed on"), "day"),
        Column(pgettext("matter", "Opened again"), "whole"),
    )  # fmt: skip
    return Sheet(_("Matters"), heads, (
        (row.one.pk, row.kind, row.one.grid.name, row.one.landmark.name if row.one.landmark else "", row.one.words,
         row.one.get_channel_display(), row.one.on, row.state, row.holder, row.one.due, row.one.ends, row.one.closed_on,
         row.one.reopened)
        for row in listed
    ))  # fmt: skip


def step_rows(found: Iterable[Step]) -> list[dict[str, Any]]:
    """What was done with a matter, in its order."""
    listed, stands = list(found), states()
    units = names_of_units({one.unit_id for one in listed})
    by_asker = rules.WORD_OF_THE_ASKER
    return [
        {"one": one, "act": words(one.act), "state": stands[one.after], "unit": units.get(one.unit_id, ""),
         "who": one.by.name if one.by else words(rules.ASKER if one.act in by_asker else rules.CLOCK)}
        for one in listed
    ]  # fmt: skip


def step_grid(listed: Iterable[Mapping[str, Any]]) -> Sheet:
    """The same as a file."""
    heads = (Column(_("When")), Column(_("What was done")), Column(pgettext("process", "Standing")),
             Column(_("Lies with")), Column(_("Who")), Column(_("Note")))  # fmt: skip
    return Sheet(_("What was done"), heads, (
        (f"{localtime(row['one'].at):%Y-%m-%d %H:%M}", row["act"], row["state"], row["unit"], row["who"],
         row["one"].note or (_("removed") if row["one"].removed else ""))
        for row in listed
    ))  # fmt: skip


# ---- grids ----


def grids(found: Any, today: date) -> list[dict[str, Any]]:
    """Grids as rows: who is at work there, which branch or Party group."""
    at_work = Q(holdings__since__lte=today) & (Q(holdings__until=None) | Q(holdings__until__gte=today))
    counted = found.annotate(
        full=Count("holdings", filter=at_work & Q(holdings__full_time=True)),
        part=Count("holdings", filter=at_work & Q(holdings__full_time=False)),
    ).select_related("group")  # fmt: skip
    listed = list(counted)
    called = names_of(one.organisation_id or one.group.organisation_id for one in listed if _party(one))
    return [
        {"one": one, "full": one.full, "part": one.part,
         "party": _said(one, called)}
        for one in listed
    ]  # fmt: skip


def _party(one: Grid) -> bool:
    return one.organisation_id is not None or one.group_id is not None


def _said(one: Grid, called: Mapping[int, str]) -> str:
    if one.organisation_id is not None:
        return called.get(one.organisation_id, "")
    return f"{called.get(one.group.organisation_id, '')} {one.group.name}" if one.group else ""


def grid_sheet(listed: Iterable[Mapping[str, Any]]) -> Sheet:
    """Grids as a file."""
    heads = (Column(_("Number")), Column(_("Grid")), Column(_("Branch or Party group")),
             Column(_("Full-time workers"), "whole"), Column(_("Part-time workers"), "whole"),
             Column(_("since"), "day"))  # fmt: skip
    return Sheet(_("Grids"), heads, (
        (row["one"].code, row["one"].name, row["party"], row["full"], row["part"], row["one"].since) for row in listed
    ))  # fmt: skip


def below(children: Sequence[UnitState]) -> list[tuple[UnitState, dict[str, int]]]:
    """Units right below another with their grids and workers, as counted by night, in the order of their codes; one
    question for all of them.
    """
    if not children:
        return []
    width, none = len(children[0].path), dict.fromkeys(GRID_SUMS, 0)
    here = GridTally.objects.filter(at_or_below(children[0].path[:-WIDTH])).order_by()
    rows = here.values(under=Substr("path", 1, width)).annotate(**{f"sum_{name}": Sum(name) for name in GRID_SUMS})
    told = {row["under"]: {name: row[f"sum_{name}"] for name in GRID_SUMS} for row in rows}
    return [(one, told.get(one.path, none)) for one in children]


GRID_SUMS = ("grids", "party", "full_time", "part_time")


def kept(path: str) -> dict[str, int]:
    """Grids and workers at or below a unit, as counted by night."""
    told = GridTally.objects.filter(at_or_below(path)).aggregate(**{name: Sum(name) for name in GRID_SUMS})
    return {name: told[name] or 0 for name in GRID_SUMS}


def below_sheet(listed: Iterable[tuple[UnitState, Mapping[str, int]]]) -> Sheet:
    """The same as a file."""
    heads = (Column(_("Unit")), Column(_("Grids"), "whole"), Column(_("with a branch or Party group"), "whole"),
             Column(_("Full-time workers"), "whole"), Column(_("Part-time workers"), "whole"))  # fmt: skip
    return Sheet(_("Grids by unit"), heads, ((one.name, *(sums[name] for name in GRID_SUMS)) for one, sums in listed))


# ---- months ----

SUMS = (
    "reported",
    "confirmed",
    "handed",
    "called",
    "unconfirmed",
    "not_fixed",
    "merged",
    "reopened",
    "in_time",
    "rated",
    "rating",
)


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a place: how many matters were reported in it, and how they ended."""

    month: date
    reported: int = 0
    confirmed: int = 0
    handed: int = 0
    called: int = 0
    unconfirmed: int = 0
    not_fixed: int = 0
    merged: int = 0
    reopened: int = 0
    in_time: int = 0
    rated: int = 0
    rating: int = 0

    @property
    def open(self) -> int:
        """Those that have not been closed yet."""
        closed = self.confirmed + self.handed + self.called + self.unconfirmed + self.not_fixed
        return self.reported - closed - self.merged

    @property
    def closed(self) -> int:
        """Those that were closed, however; those merged are counted in the other."""
        return self.reported - self.open - self.merged

    @property
    def share(self) -> float | None:
        """The share of the closed that the asker or a sampled call-back confirmed, in per cent; None for no closed."""
        return 100 * (self.confirmed + self.called) / self.closed if self.closed else None

    @property
    def content(self) -> float | None:
        """The mean satisfaction, None for fewer than five grades."""
        return self.rating / self.rated if self.rated >= SMALL else None


def months(path: str, first: date, last: date) -> dict[date, Month]:
    """The months of a unit that have anything, between two months, both counted; as counted by night."""
    found = Tally.objects.filter(path=path, month__gte=first, month__lte=last)
    return {row["month"]: Month(**row) for row in found.values("month", *SUMS)}


def month_sheet(listed: Iterable[Month]) -> Sheet:
    """Months as a file."""
    heads = (
        Column(_("Month")),
        Column(pgettext("matter", "Reported"), "whole"),
        Column(_("the asker confirmed"), "whole"),
        Column(_("with a code that staff held"), "whole"),
        Column(_("a call-back confirmed"), "whole"),
        Column(_("not confirmed"), "whole"),
        Column(_("closed, not fixed"), "whole"),
        Column(_("merged"), "whole"),
        Column(_("open"), "whole"),
        Column(pgettext("matter", "Opened again"), "whole"),
        Column(_("confirmed and in time"), "whole"),
    )
    return Sheet(_("Months"), heads, (
        (f"{one.month:%Y-%m}", one.reported, one.confirmed, one.handed, one.called, one.unconfirmed, one.not_fixed,
         one.merged, one.open, one.reopened, one.in_time)
        for one in listed
    ))  # fmt: skip


def sum_of(listed: Iterable[Month]) -> Month:
    """Several months as one."""
    mine = list(listed)
    return Month(mine[0].month, **{name: sum(getattr(one, name) for one in mine) for name in SUMS})
