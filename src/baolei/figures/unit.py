"""What the page of a unit says: its figures, its tiers and strengths, the units below it, its fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.organisations.places import Place
from baolei.programme.standard.edition import Edition, FieldTable, Text
from baolei.scores.results import Cell, Results, Seen
from baolei.scores.sums import Sums
from baolei.warehouse.spreadsheets import Column, Grid

LEAGUE, BANNER = 2, 3
"""Levels down to which shares are compared at the region's field mix; below, units are too small for it."""

SORTS: dict[str, Callable[[Line], float]] = {
    "branches": lambda line: line.sums.branches,
    "share": lambda line: -1.0 if line.sums.share is None else line.sums.share,
    "standardised": lambda line: -1.0 if line.standardised is None else line.standardised,
    "confirmed": lambda line: line.sums.confirmed,
    "visit": lambda line: line.sums.visit_first,
    "leniency": lambda line: -99.0 if line.leniency is None else line.leniency,
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a whole: its name, how it is drawn, how many, and where its piece of the bar lies (0-100)."""

    label: str
    tone: str
    count: int
    share: float | None
    left: str
    width: str


@dataclass(frozen=True, slots=True)
class Line:
    """A unit, a field or what had to be merged, as a row: name, address ('' for none), sums and pieces of its bar."""

    name: str
    url: str
    sums: Sums
    parts: tuple[Part, ...]
    word: Text | None = None
    standardised: float | None = None
    leniency: float | None = None
    visits: int = 0
    line: float | None = None
    shape: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Strength:
    """A strength of a unit: name, share of its points earned, the floor where there is one; both 0-100."""

    name: Text
    earned: float | None
    floor: float | None


def standing_parts(sums: Sums) -> tuple[Part, ...]:
    """Named and confirmed, named but to be visited first, not named: three pieces that add up to all branches."""
    unsure = sums.named - sums.confirmed
    return _parts(
        [
            (_("named, confirmed"), "confirmed", sums.confirmed),
            (_("named, visit first"), "visit", unsure),
            (_("not named"), "unconfirmed", sums.branches - sums.named),
        ],
        sums,
    )


def tier_parts(sums: Sums, edition: Edition) -> tuple[Part, ...]:
    """One piece for each tier, best first, adding up to all branches."""
    language = get_language() or ""
    tones = ("tier-1", "tier-2", "tier-3", "tier-4", "tier-5", "tier-6")
    named = [(tier.name.say(language), count) for tier, count in zip(edition.tiers, sums.tiers, strict=True)]
    return _parts([(name, tones[min(place, len(tones) - 1)], count) for place, (name, count) in enumerate(named)], sums)


def _parts(named: Sequence[tuple[str, str, int]], sums: Sums) -> tuple[Part, ...]:
    found, left = [], 0.0
    for label, tone, count in named:
        width = 100 * count / sums.branches if sums.branches else 0.0
        share = count / sums.branches if sums.enough else None
        found.append(Part(label, tone, count, share, f"{left:.2f}", f"{width:.2f}"))
        left += width
    return tuple(found)


def strengths(sums: Sums, edition: Edition, field: FieldTable | None) -> list[Strength]:
    """The strengths of a unit, in the words of the field where it has its own."""
    own = field.strength_names if field else {}
    return [
        Strength(
            own.get(strength.code, strength.name),
            None if earned is None else 100 * earned,
            None if strength.floor is None else float(100 * strength.floor),
        )
        for strength, earned in zip(edition.strengths, sums.strengths, strict=True)
    ]


def unit_lines(seen: Seen, place: Place, field: str) -> tuple[list[Line], list[Place]]:
    """The units below as rows, the unit's own bodies last, and the units that had to be merged."""
    cells, hidden = seen.units_below(place.code, field)
    return [_unit_line(seen, place, cell, field) for cell in cells], hidden


def _unit_line(seen: Seen, above: Place, cell: Cell, field: str) -> Line:
    results = seen.results
    parts = standing_parts(cell.sums)
    if cell.key is None:
        return Line(_("Units of fewer than five branches, together"), "", cell.sums, parts)
    if cell.key == above.code:
        leniency = seen.leniency(above.code) if above.level < BANNER else None
        delta, visits = leniency or (None, 0)
        return Line(
            _("%(unit)s: own bodies") % {"unit": above.name}, "", cell.sums, parts, leniency=delta, visits=visits
        )
    place = results.places.place(cell.key)
    delta, visits = (seen.leniency(place.code) if place.level == BANNER else None) or (None, 0)
    standardised = results.standardised(place.code) if place.level <= BANNER and not field else None
    url = reverse("unit", args=[place.code]) + (f"?field={field}" if field else "")
    return Line(place.name, url, cell.sums, parts, place.word, standardised, delta, visits)


def ordered(lines: list[Line], sort: str) -> list[Line]:
    """The rows in the order asked for; as they stand in the tree when nothing, or nothing known, is asked."""
    key = SORTS.get(sort.removeprefix("-"))
    return sorted(lines, key=key, reverse=sort.startswith("-")) if key else lines


def field_lines(seen: Seen, place: Place) -> list[Line]:
    """The fields as rows, each with its line and, for those who may see scores, the shape of its scores."""
    edition, language = seen.results.edition, get_language() or ""
    inside = seen.sight.covers(place.code)
    found = []
    for cell in seen.fields_of(place.code):
        parts = standing_parts(cell.sums)
        if cell.key is None:
            found.append(Line(_("Fields of fewer than five branches, together"), "", cell.sums, parts))
            continue
        field = edition.field(cell.key)
        scores = seen.scores(place.code, cell.key) if inside and cell.sums.enough else None
        shape, mark = ("", "") if scores is None else silhouette(scores, edition, field)
        url = f"{reverse('unit', args=[place.code])}?field={field.code}" if inside else ""
        found.append(
            Line(field.name.say(language), url, cell.sums, parts, line=field.line / 100, shape=shape, mark=mark)
        )
    return found


def silhouette(scores: Any, edition: Edition, field: FieldTable) -> tuple[str, str]:
    """The outline of a histogram of scores as an SVG path in a box of 100 by 20, and where the line stands in it."""
    import numpy as np

    counts, _edges = np.histogram(np.clip(scores, *_span(edition)), bins=40, range=_span(edition))
    tall = max(int(counts.max()), 1)
    steps = "".join(f"V{20 - 19 * count / tall:.1f}h2.5" for count in counts)
    low, high = _span(edition)
    return f"M0 20{steps}V20z", f"{100 * (field.line - low) / (high - low):.1f}"


def _span(edition: Edition) -> tuple[int, int]:
    """The part of the scale that is drawn, in cents: from half of the total to all of it."""
    return edition.total // 2, edition.total


def scale(lines: Sequence[Line]) -> tuple[int, int]:
    """One scale for all interval bars of a table, in whole tens of percent."""
    ends = [end for line in lines for end in (line.sums.low, line.sums.high, line.sums.share) if end is not None]
    if not ends:
        return 0, 100
    low, high = int(min(ends) * 10) * 10, -int(-max(ends) * 10 // 1) * 10
    return low, max(high, low + 10)


def agree(lines: Sequence[Line], whole: Sums) -> bool:
    """Whether the rows add up to the unit, column by column."""
    total = lines[0].sums if lines else whole
    for line in lines[1:]:
        total += line.sums
    return total == whole


def unit_grid(lines: Sequence[Line], name: str, *, leniency: bool) -> Grid:
    """The rows as a file."""
    columns = [
        Column(_("Name")), Column(_("Branches"), "whole"), Column(_("Named"), "whole"),
        Column(_("Share named"), "share"), Column(_("Without error, from"), "share"), Column(_("to"), "share"),
        Column(_("At the region's field mix"), "share"), Column(_("named, confirmed"), "whole"),
        Column(_("named, visit first"), "whole"), Column(_("not named"), "whole"),
    ]  # fmt: skip
    if leniency:
        columns += [Column(_("County leniency, points"), "points"), Column(_("Re-inspections"), "whole")]
    rows = [
        (line.name, line.sums.branches, line.sums.named, line.sums.share, line.sums.low, line.sums.high,
         line.standardised, *(part.count for part in line.parts), *((line.leniency, line.visits) if leniency else ()))
        for line in lines
    ]  # fmt: skip
    return Grid(name, tuple(columns), rows)


def part_grid(parts: Sequence[Part], name: str) -> Grid:
    """The pieces of a bar as a file."""
    columns = (Column(name), Column(_("Branches"), "whole"), Column(_("Share"), "share"))
    return Grid(name, columns, [(part.label, part.count, part.share) for part in parts])


def strength_grid(found: Sequence[Strength], name: str) -> Grid:
    """The strengths as a file."""
    language = get_language() or ""
    columns = (Column(name), Column(_("Points earned of those available"), "share"), Column(_("Floor"), "share"))
    rows = [(one.name.say(language), one.earned and one.earned / 100, one.floor and one.floor / 100) for one in found]
    return Grid(name, columns, rows)


def members(results: Results, unit: str, field: str) -> int:
    """Members of the unit's branches, of all fields or of one."""
    rows = results.places.branches(unit)
    if field:
        rows = rows[results.fields[rows] == [one.code for one in results.edition.fields].index(field)]
    return int(results.numbers("members")[rows].sum())
