"""The list of branches of a unit: what is asked of it, and the rows that answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.organisations.places import Place, Spot
from baolei.programme.naming import STANDINGS
from baolei.programme.standard.edition import Edition
from baolei.scores.results import VISIT, Ints, Results, Seen
from baolei.warehouse.spreadsheets import Column, Grid

PIECE = 5_000
"""Rows of a file that lie in memory at a time."""
SORTS = ("members", "score", "probability")


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to see of a list; anything unknown counts as not asked."""

    words: str = ""
    field: str = ""
    tier: str = ""
    standing: str = ""
    sort: str = ""

    @classmethod
    def of(cls, query: QueryDict, edition: Edition) -> Asked:
        """Read the address. Scores of several fields are never put in one order, so `score` needs a field."""
        field = _known(query.get("field"), [field.code for field in edition.fields])
        sort = _known(query.get("sort", "").removeprefix("-"), SORTS)
        sort = "" if sort == "score" and not field else sort
        return cls(
            words=query.get("q", "")[:100].strip(),
            field=field,
            tier=_known(query.get("tier"), [tier.code for tier in edition.tiers]),
            standing=_known(query.get("standing"), STANDINGS),
            sort=f"-{sort}" if sort and query.get("sort", "").startswith("-") else sort,
        )


def _known(value: str | None, known: Any) -> str:
    return value if value and value in known else ""


def chosen(seen: Seen, unit: str, asked: Asked) -> Ints:
    """Rows of the unit's branches that answer what was asked, in the order asked. Raises NotOpen outside the scope."""
    return _ordered(seen.results, among(seen, seen.rows_of(unit), asked), asked.sort)


def among(seen: Seen, rows: Ints, asked: Asked) -> Ints:
    """Those of some rows that answer what was asked, in the order given."""
    results = seen.results
    keep = np.ones(len(rows), dtype=bool)
    if asked.field:
        keep &= results.fields[rows] == [field.code for field in results.edition.fields].index(asked.field)
    if asked.tier:
        keep &= results.numbers("tier")[rows] == [tier.code for tier in results.edition.tiers].index(asked.tier)
    if asked.standing:
        keep &= _stands(results, rows, asked.standing)
    if asked.words:
        keep &= results.places.named(asked.words)[rows]
    return rows[keep]


def _stands(results: Results, rows: Ints, standing: str) -> npt.NDArray[np.bool_]:
    """`results.standing` for many rows at once."""
    named, held = results.numbers("named")[rows], results.numbers("held")[rows]
    visit = ~held & (results.numbers("confirmation")[rows] == VISIT)
    rest = ~held & ~visit
    masks = {"held": held, "visit": visit, "confirmed": rest & named, "unnamed": rest & ~named}
    return np.asarray(masks[standing], dtype=bool)


def _ordered(results: Results, rows: Ints, sort: str) -> Ints:
    """By units as they stand in the tree, unless another order was asked for; equals stay in that order."""
    if not sort:
        return rows
    values = results.numbers(sort.removeprefix("-"))[rows]
    return rows[np.argsort(-values if sort.startswith("-") else values, kind="stable")]


def standing_words() -> dict[str, str]:
    """What the standings are called in a list."""
    return {
        "confirmed": _("named, confirmed"),
        "visit": _("visit first"),
        "held": _("place kept"),
        "unnamed": _("not named"),
    }


def as_grid(seen: Seen, rows: Ints) -> Grid:
    """The list as a file."""
    edition, language = seen.results.edition, get_language() or ""
    fields = {field.code: field.name.say(language) for field in edition.fields}
    words = standing_words()
    columns = (
        Column(_("Code")), Column(_("Name")), Column(_("Unit")), Column(_("Field")), Column(_("Members"), "whole"),
        Column(_("Score"), "points"), Column(_("Standard error"), "points"),
        Column(_("Chance over the line"), "points"), Column(_("Tier")), Column(_("Standing")),
    )  # fmt: skip
    return Grid(_("Party branches"), columns, (
        (row.code, row.name, row.unit, fields[row.field], row.members, row.score, row.se, row.probability,
         edition.tiers[row.tier].name.say(language), words[row.standing])
        for start in range(0, len(rows), PIECE) for row in seen.listed(rows[start : start + PIECE])
    ))  # fmt: skip


def found_grids(units: list[tuple[Place, str]], branches: list[tuple[Spot, str]]) -> dict[str, Grid]:
    """What a search found, as files; each with the units above it in words."""
    columns = (Column(_("Name")), Column(_("Within")), Column(_("Code")))
    return {
        "units": Grid(_("Units"), columns, [(place.name, above, place.code) for place, above in units]),
        "branches": Grid(_("Party branches"), columns, [(spot.name, above, spot.code) for spot, above in branches]),
    }
