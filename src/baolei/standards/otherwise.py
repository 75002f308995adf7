"""How much hangs on choices that could have been made otherwise: the other readings of a round, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.programme.scoring.readings import EQUAL_STEPS, GEOMETRIC, WITHOUT, reading_names
from baolei.programme.standard.edition import Edition, FieldTable
from baolei.warehouse.spreadsheets import Column, Grid

LEAST = 5
"""Fields with fewer branches have no figures of this kind."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Another reading of the same records: what it is, and how many branches (and what share) cross the line by it."""

    name: str
    moved: int
    share: float


def readings(edition: Edition, field: FieldTable, figures: Mapping[str, Any]) -> list[Reading]:
    """The other readings of a field in their order; none where the round has no such figures or too few branches."""
    own = figures.get("fields", {}).get(field.code, {})
    moved, number = own.get("moved", {}), own.get("branches", 0)
    if number < LEAST:
        return []
    return [
        Reading(_say(name, edition), moved[name], moved[name] / number)
        for name in reading_names(edition) if name in moved
    ]  # fmt: skip


def _say(name: str, edition: Edition) -> str:
    if name == EQUAL_STEPS:
        return _("Equal steps between the grades")
    if name == GEOMETRIC:
        return _("No strength makes up for another (geometric mean)")
    parts = {source.code: source.name for source in edition.sources}
    parts |= {strength.code: strength.name for strength in edition.strengths}
    return _("Without: %(part)s") % {"part": parts[name.removeprefix(WITHOUT)].say(get_language() or "")}


def grid(rows: list[Reading]) -> Grid:
    """The same as a file."""
    columns = (
        Column(_("Reading")),
        Column(_("Branches that would cross the line"), "whole"),
        Column(_("Share"), "share"),
    )
    return Grid(_("Otherwise"), columns, [(row.name, row.moved, row.share) for row in rows])
