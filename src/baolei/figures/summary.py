"""The letter to a level: of a unit's branches how many stand in which tier, how many are named and how sure that is,
the strengths, why branches are not named, what the forms asked, who returned what to whom; and the same unit by unit.

Everything is a sum over branches, so that the totals agree at every level. Shares and means of fewer than five branches
are not shown, units of fewer than five stand together, and small counts stay closed with enough others to cover them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models import Count, Q
from django.db.models.functions import Substr
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.declarations.form import burden_of
from baolei.declarations.models import Declaration
from baolei.figures.letter import Basis
from baolei.naming.models import Line, NamingList
from baolei.organisations.doors import Scope
from baolei.organisations.models import WIDTH, OrganisationState, UnitState
from baolei.organisations.places import Place
from baolei.paths import at_or_below
from baolei.programme.naming import VISIT_FIRST, titled
from baolei.programme.standard.edition import Edition
from baolei.programme.visibility import hidden, least
from baolei.reviews.workload import Level, heaps, levels
from baolei.rounds.models import Round
from baolei.scores.results import Results, Row, Seen
from baolei.scores.sums import Sums
from baolei.warehouse.rulebook import visibility
from baolei.warehouse.spreadsheets import Column, Grid

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why branches are not named for sure: in words, and how many; None where they are too few to be told."""

    words: str
    number: int | None


@dataclass(frozen=True, slots=True)
class Part:
    """A unit below: its name, its code ('' where it cannot be looked into), its sums, how many stand on the list."""

    name: str
    code: str
    sums: Sums
    listed: int | None


@dataclass(frozen=True, slots=True)
class Burden:
    """What the forms of all branches asked: answers, those the house knew already, hours about."""

    items: int
    known: int
    hours: int


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything the page says of a unit. `tiers`: names with counts, None for a closed cell."""

    place: Place
    sums: Sums
    listed: int | None
    tiers: tuple[tuple[str, int | None], ...]
    reasons: tuple[Reason, ...]
    parts: tuple[Part, ...]
    together: tuple[Place, ...]
    burden: Burden
    returns: tuple[Level, ...]


def summary(seen: Seen, place: Place, scope: Scope, this: Round, on: Basis, today: date) -> Summary:
    """The summary of a unit that `seen` covers. Raises NotOpen for any other."""
    found, fewest = seen.results, least(visibility())
    rows, sums = seen.rows_of(place.code), found.sums(place.code)
    path = path_of(place.code, on)
    listed = _listed(on.made, path, on) if on.made else None
    parts, together = _units(seen, place, listed)
    here = _scope(scope, place, found, path)
    return Summary(
        place, sums, None if listed is None else sum(listed.values()), _tiers(sums, found.edition, fewest),
        told(failing(found, rows, on.made, path), fewest), parts, together, burden(found, place.code),
        tuple(levels(here, this, heaps(here, this, today))),
    )  # fmt: skip


def path_of(code: str, on: Basis) -> str:
    """The path that a unit had on the day of the run; what lies below none for a code that was not there."""
    states = UnitState.objects.on(localdate(on.run.asked_at)).filter(code=code)
    return states.values_list("path", flat=True).first() or "?"


def _scope(scope: Scope, place: Place, found: Results, path: str) -> Scope:
    return scope if scope.whole and place == found.places.root else Scope(scope.day, (path,))


# ---- why not ----


def failing(found: Results, rows: Ints, made: NamingList | None = None, path: str = "") -> dict[str, int]:
    """Of branches that are not named for sure how many lack which condition, in words; a branch may lack several.

    Counts of branches, so that those of a unit are the sums of those below it. With a list also what the review has
    not passed.
    """
    edition, language = found.edition, get_language() or ""
    named, unsure = found.numbers("named")[rows] == 1, found.numbers("confirmation")[rows] == VISIT_FIRST
    out = ~named | unsure
    numbers = {words: int((lacks & out).sum()) for words, lacks in _lacking(found, rows, edition, language)}
    numbers[_("near the line: to be visited before a verdict")] = int(unsure.sum())
    if made is not None:
        mine = made.lines.filter(at_or_below(path, "declaration__path"), passed=False)
        numbers[_("the review has not passed it")] = mine.count()
    return numbers


def _lacking(found: Results, rows: Ints, edition: Edition, language: str) -> list[tuple[str, npt.NDArray[np.bool_]]]:
    """Each condition of the title that asks least, in words, and which rows do not meet it."""

    def column(name: str) -> Any:
        return found.numbers(name)[rows]

    def bits(name: str, words: str, known: Sequence[Any]) -> list[tuple[str, Any]]:
        held = column(name)
        return [(words % {"name": one.name.say(language)}, held >> place & 1 == 1) for place, one in enumerate(known)]

    if not any(tier.named for tier in edition.tiers):
        return []
    tier = titled(edition, {"tier": len(edition.tiers) - 1})
    lacks: list[tuple[str, Any]] = [(_("short of the line of its field"), column("over_line") == 0)] \
        if tier.by_line else []  # fmt: skip
    if tier.at_least is not None:
        lacks.append((_("too few points"), column("score") < tier.at_least))
    if tier.stars:
        lacks.append((_("too few stars"), column("stars") < tier.stars))
    asked = {
        "gates": ("gates_open", _("gate not met: %(name)s"), edition.gates),
        "no_veto": ("vetoes", _("veto: %(name)s"), edition.vetoes),
        "floors": ("floors_broken", _("below its floor: %(name)s"), edition.strengths),
        "evidence": ("evidence_short", _("too few ballots: %(name)s"), edition.sources),
    }
    for need, (name, words, known) in asked.items():
        if need in tier.needs:
            lacks += bits(name, words, known)
    return lacks


def told(numbers: Mapping[str, int], fewest: int) -> tuple[Reason, ...]:
    """The reasons that there are, the most common first; of small ones only that they are there."""
    ordered = sorted(numbers.items(), key=lambda one: (-one[1], one[0]))
    return tuple(Reason(words, number if number >= fewest else None) for words, number in ordered if number)


# ---- tiers and units ----


def _tiers(sums: Sums, edition: Edition, fewest: int) -> tuple[tuple[str, int | None], ...]:
    language = get_language() or ""
    shut = hidden({str(place): number for place, number in enumerate(sums.tiers)}, fewest)
    return tuple(
        (tier.name.say(language), None if str(place) in shut else sums.tiers[place])
        for place, tier in enumerate(edition.tiers)
    )


def _listed(made: NamingList, path: str, on: Basis) -> dict[str, int]:
    """How many stand on the list, by code of the unit right below, and by the unit's own for its own bodies."""
    mine = Line.objects.filter(at_or_below(path, "declaration__path"), list=made, listed=True).order_by()
    at = mine.annotate(at=Substr("declaration__path", 1, len(path) + WIDTH)).values_list("at").annotate(Count("pk"))
    numbers = dict(at)
    units = UnitState.objects.on(localdate(on.run.asked_at)).filter(path__in=numbers)
    return {code: numbers[here] for here, code in units.values_list("path", "code")}


def _units(seen: Seen, place: Place, listed: Mapping[str, int] | None) -> tuple[tuple[Part, ...], tuple[Place, ...]]:
    """The units below as rows that add up to the unit, and those that stand together because they are small."""
    cells, together = seen.units_below(place.code, merge=True)
    known, small = seen.results.places, {one.code for one in together}
    parts = []
    for cell in cells:
        codes = small if cell.key is None else {cell.key}
        number = None if listed is None else sum(listed.get(code, 0) for code in codes)
        if cell.key is None:
            parts.append(Part(_("Units of fewer than five branches, together"), "", cell.sums, number))
        elif cell.key == place.code:
            parts.append(Part(_("%(unit)s: own bodies") % {"unit": place.name}, "", cell.sums, number))
        else:
            parts.append(Part(known.place(cell.key).name, cell.key, cell.sums, number))
    return tuple(parts), tuple(together)


def burden(found: Results, unit: str) -> Burden:
    """What the forms of a unit's branches asked, by the tables of their fields."""
    items = known = minutes = 0
    for field in found.edition.fields:
        number, one = found.sums(unit, field.code).branches, burden_of(found.edition, field)
        items, known, minutes = items + number * one.items, known + number * one.known, minutes + number * one.minutes
    return Burden(items, known, round(minutes / 60))


def letters(rows: Sequence[Row], this: Round, on: Basis) -> list[tuple[Row, int | None]]:
    """Branches of a list, each with the number of its declaration, by which its letter is found."""
    states = OrganisationState.objects.on(localdate(on.run.asked_at)).filter(code__in=[one.code for one in rows])
    of = dict(states.values_list("organisation_id", "code"))
    mine = Declaration.objects.filter(Q(organisation__in=of), round=this).values_list("organisation_id", "pk")
    numbers = {of[organisation]: pk for organisation, pk in mine}
    return [(one, numbers.get(one.code)) for one in rows]


# ---- as files ----


def part_grid(found: Summary) -> Grid:
    """The units below as a file."""
    columns = (
        Column(_("Unit")), Column(_("Branches"), "whole"), Column(_("Named"), "whole"),
        Column(_("Listed branches"), "whole"), Column(_("Share named"), "share"),
        Column(_("Without error, from"), "share"), Column(_("to"), "share"), Column(_("Mean score"), "points"),
    )  # fmt: skip
    return Grid(_("Units below"), columns, [
        (one.name, one.sums.branches, one.sums.named, one.listed, one.sums.share, one.sums.low, one.sums.high,
         one.sums.mean) for one in found.parts
    ])  # fmt: skip


def tier_grid(found: Summary) -> Grid:
    """The tiers as a file; a closed cell is empty."""
    return Grid(_("Tier"), (Column(_("Tier")), Column(_("Branches"), "whole")), list(found.tiers))


def reason_grid(found: Summary) -> Grid:
    """The reasons as a file; those too few to be told without their number."""
    columns = (Column(_("Why branches are not named")), Column(_("Branches"), "whole"))
    return Grid(_("Reasons"), columns, [(one.words, one.number) for one in found.reasons])


def return_grid(found: Summary) -> Grid:
    """Who returned what to whom as a file."""
    columns = (Column(_("Level")), Column(_("Returned by it"), "whole"), Column(_("Came back to it"), "whole"))
    return Grid(_("Returns"), columns, [(one.name, one.returned, one.came_back) for one in found.returns])


def burden_grid(found: Summary) -> Grid:
    """What the forms asked as a file."""
    columns = (Column(_("What the forms asked")), Column(_("Number"), "whole"))
    one = found.burden
    rows = [(_("answers"), one.items), (_("known to the house already"), one.known), (_("hours, about"), one.hours)]
    return Grid(_("Burden"), columns, rows)
