"""A round as a river: through which stretches its declarations flow, how many stand in each, which are late, since when
the oldest has stood there. One question to the database, whatever the number of declarations.

The stretches follow one another: to be filled in, handed in, frozen, one for each level of the review, passed. What
stands in a stretch has left those before it; what has left the round (turned down, withdrawn, not handed in) is told
beside them. All of them together are all declarations.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, FilteredRelation, Min, Q
from django.db.models.functions import Substr
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.declarations.doors import declarations
from baolei.organisations.doors import Scope
from baolei.organisations.models import WIDTH, UnitState
from baolei.paths import at_or_below
from baolei.programme import declaration as rules
from baolei.programme.organisation.levels import LEVELS
from baolei.programme.printed import count
from baolei.reviews.listing import level_name
from baolei.reviews.models import OPEN_STATES
from baolei.reviews.workload import review_rank
from baolei.rounds.models import Round
from baolei.warehouse.rulebook import review
from baolei.warehouse.spreadsheets import Column, Grid

FILLING, HANDED_IN, FROZEN, PASSED = "filling", "handed_in", "frozen", "passed"
REJECTED, WITHDRAWN, LAPSED = OUT = ("rejected", rules.WITHDRAWN, rules.LAPSED)
WIDE = 100
"""Of the picture: so many units stand for all declarations."""
THIN = 0.6
"""A stretch in which anybody stands is drawn no thinner than this."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a stretch: how many, of these sent back to the branch, of these late; since when the oldest."""

    number: int = 0
    mending: int = 0
    late: int = 0
    oldest: date | None = None

    def __add__(self, other: Cell) -> Cell:
        days = [one for one in (self.oldest, other.oldest) if one]
        return Cell(self.number + other.number, self.mending + other.mending, self.late + other.late,
                    min(days, default=None))  # fmt: skip


Cells = Mapping[str, Cell]
NONE = Cell()


@dataclass(frozen=True, slots=True)
class Piece:
    """A rectangle of the picture, in hundredths of its width: what it is, where it begins, how wide it is."""

    kind: str
    left: str
    width: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the river as a row: its name, what stands there, for how many days the oldest, its pieces."""

    code: str
    name: str
    cell: Cell
    days: int | None
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """A unit and what of its declarations stands where, by stretch in their order."""

    unit: UnitState
    cells: tuple[Cell, ...]

    @property
    def late(self) -> int:
        """How many are late, in all stretches."""
        return sum(one.late for one in self.cells)


@dataclass(frozen=True, slots=True)
class River:
    """The whole picture: its stretches in order, what has left the round, the units below, all declarations, and what
    one sees in a sentence.
    """

    stretches: tuple[Stretch, ...]
    out: tuple[Stretch, ...]
    reaches: tuple[Reach, ...]
    total: int
    says: str

    @property
    def every(self) -> tuple[Stretch, ...]:
        """All stretches, those outside of the stream last."""
        return (*self.stretches, *self.out)


def river(scope: Scope, this: Round, path: str, today: date) -> River:
    """The river of a round at or below a unit's path, of the branches of a scope; by unit right below."""
    found = _counted(scope, this, path, today)
    together: dict[str, Cell] = defaultdict(Cell)
    for cells in found.values():
        for code, cell in cells.items():
            together[code] += cell
    levels = _levels(this) if any(code.isdigit() for code in together) or this.phase == "review" else {}
    names = {FILLING: _("To be filled in"), HANDED_IN: _said(rules.SUBMITTED),
             FROZEN: _("Frozen, not yet under review"), **levels, PASSED: _("Passed at every level")}  # fmt: skip
    total = sum(cell.number for cell in together.values())
    stretches = _drawn(names, together, total, today)
    out = tuple(
        Stretch(code, name, together.get(code, NONE), None, _apart(together.get(code, NONE).number, total))
        for code, name in _left().items()
    )
    order = [*names, *OUT]
    units = UnitState.objects.on(today).filter(path__in=found).order_by("code")
    reaches = tuple(Reach(unit, tuple(found[unit.path].get(code, NONE) for code in order)) for unit in units)
    return River(stretches, out, reaches, total, _says(stretches, total))


def _left() -> dict[str, str]:
    """What has left the round is called, by its code."""
    return {REJECTED: _("Turned down in the review"), WITHDRAWN: _said(WITHDRAWN), LAPSED: _said(LAPSED)}


def _said(state: str) -> str:
    return rules.STATES.state(state).name.say(get_language() or "")


def _levels(this: Round) -> dict[str, str]:
    """The levels of the review up to the round's own unit, by their rank: what they are called."""
    own = len(this.path) // WIDTH
    number = {level.code: level.number for level in LEVELS}
    seats = dict[int, list[str]]()
    for route in review().routes.values():
        for step in route.steps:
            seats.setdefault(review_rank(step.code), []).append(step.code)
    above = {step.code for route in review().routes.values() for step in route.steps
             if step.tree == "unit" and number.get(step.stands, own) < own}  # fmt: skip
    found = {rank: [code for code in dict.fromkeys(codes) if code not in above] for rank, codes in seats.items()}
    return {str(rank): _level(found[rank]) for rank in sorted(found) if found[rank]}


def _level(codes: Sequence[str]) -> str:
    first = level_name(codes[0])
    return first if len(codes) == 1 else _("%(first)s, or the body of the field") % {"first": first}


# ---- counted ----

_STRETCH = {
    rules.OPEN: FILLING, rules.RETURNED: FILLING, rules.SUBMITTED: HANDED_IN, rules.FROZEN: FROZEN,
    rules.CONCLUDED: PASSED,
}  # fmt: skip
"""Where declarations stand that are at no step of the review, by their state."""


def _counted(scope: Scope, this: Round, path: str, today: date) -> dict[str, dict[str, Cell]]:
    """What stands in each stretch, by path of the unit right below (or of the unit itself)."""
    found: dict[str, dict[str, Cell]] = defaultdict(lambda: defaultdict(Cell))
    begins, over = _filling(this, today)
    for row in _rows(scope, this, path, today):
        state, number, back = row["state"], row["number"], row["state"] == rules.RETURNED
        mending = number if back else 0
        if row["at_step__state"] == REJECTED:
            stretch, cell = REJECTED, Cell(number)
        elif row["at_step__seat"] and state in (rules.FROZEN, rules.RETURNED):
            stretch = str(review_rank(row["at_step__seat"]))
            cell = Cell(number, mending, row["late"], row["entered"])
        elif state in (rules.OPEN, rules.RETURNED):
            stretch, cell = FILLING, Cell(number, mending, number if over else 0, begins)
        else:
            day = localdate(row["handed"]) if state == rules.SUBMITTED else None
            stretch, cell = _STRETCH.get(state, state), Cell(number, oldest=day)
        found[row["at"]][stretch] += cell
    return {at: dict(cells) for at, cells in found.items()}


def _rows(scope: Scope, this: Round, path: str, today: date) -> Iterable[dict[str, Any]]:
    """Declarations by unit, state and the step at which each stands or was turned down: of those it has at most one."""
    held = FilteredRelation("steps", condition=Q(steps__state__in=(*OPEN_STATES, REJECTED)))
    mine = declarations(scope).filter(at_or_below(path), round=this).order_by()
    rows: Iterable[dict[str, Any]] = (
        mine.annotate(at=Substr("path", 1, len(path) + WIDTH), at_step=held)
        .values("at", "state", "at_step__seat", "at_step__state")
        .annotate(number=Count("pk"), late=Count("at_step", filter=Q(at_step__due__lt=today)),
                  entered=Min("at_step__entered"), handed=Min("submitted_at"))
    )  # fmt: skip
    return rows


def _filling(this: Round, today: date) -> tuple[date | None, bool]:
    """Since when declarations are filled in, and whether the last day for it has passed."""
    span = this.spans.filter(phase="self_assessment").first()
    return (span.begins, span.ends < today) if span else (None, False)


# ---- drawn ----


def _drawn(names: Mapping[str, str], cells: Cells, total: int, today: date) -> tuple[Stretch, ...]:
    """The stretches from the first to the last: what flows on to the left, what stands there to the right of it."""
    beyond = sum(cells.get(code, NONE).number for code in names)
    found = []
    for code, name in names.items():
        cell = cells.get(code, NONE)
        beyond -= cell.number
        days = (today - cell.oldest).days if cell.oldest else None
        found.append(Stretch(code, name, cell, days, _pieces(code, cell, beyond, total)))
    return tuple(found)


def _pieces(code: str, cell: Cell, beyond: int, total: int) -> tuple[Piece, ...]:
    if code == PASSED:
        return _placed([("passed", cell.number)], total)
    late = min(cell.late, cell.number)
    mending = min(cell.mending, cell.number - late)
    return _placed(
        [("flow", beyond), ("stand", cell.number - late - mending), ("mend", mending), ("late", late)], total
    )


def _apart(number: int, total: int) -> tuple[Piece, ...]:
    return _placed([("out", number)], total)


def _placed(parts: Sequence[tuple[str, int]], total: int) -> tuple[Piece, ...]:
    left, found = 0.0, []
    for kind, number in parts:
        if number:
            width = max(THIN, WIDE * number / total)
            left = min(left, WIDE - width)
            found.append(Piece(kind, f"{left:.2f}", f"{width:.2f}"))
            left += width
    return tuple(found)


def _says(stretches: Sequence[Stretch], total: int) -> str:
    """What one sees: where most stand of those that go on, and where it is late."""
    going = [one for one in stretches if one.code != PASSED and one.cell.number]
    if not going:
        return _("Nothing stands anywhere on the way.")
    most, late = max(going, key=lambda one: one.cell.number), max(going, key=lambda one: one.cell.late)
    said = [_("Most of those on the way stand here: %(name)s, %(number)s of all %(total)s.") % {
        "name": most.name, "number": count(most.cell.number), "total": count(total)}]  # fmt: skip
    if late.cell.late:
        said.append(_("Stuck: %(name)s, %(late)s are late, the oldest has stood there for %(days)s days.") % {
            "name": late.name, "late": count(late.cell.late), "days": count(late.days or 0)})  # fmt: skip
    else:
        said.append(_("Nothing is late."))
    return (" " if (get_language() or "").startswith("en") else "").join(said)


# ---- as files ----


def stretch_grid(found: River) -> Grid:
    """The stretches as a file."""
    columns = (
        Column(_("Stretch")), Column(_("Stand there"), "whole"), Column(_("Being mended"), "whole"),
        Column(_("Late"), "whole"), Column(_("Oldest since"), "day"), Column(_("Days"), "whole"),
    )  # fmt: skip
    return Grid(_("Where the declarations stand"), columns, [
        (one.name, one.cell.number, one.cell.mending, one.cell.late, one.cell.oldest, one.days) for one in found.every
    ])  # fmt: skip


def reach_grid(found: River) -> Grid:
    """The units as a file."""
    columns = (Column(_("Unit")), *(Column(one.name, "whole") for one in found.every), Column(_("Late"), "whole"))
    return Grid(_("By unit"), columns, [
        (one.unit.name, *(cell.number for cell in one.cells), one.late) for one in found.reaches
    ])  # fmt: skip
