"""Branches of property-service companies 物业服务企业党支部: their grids, the matters of those, what they recovered.

A branch stands beside itself alone: by half-years, in the order in which they came. The list has no number of matters,
and what overdue fees were recovered is the branch's own word until somebody above it has looked into it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from baolei.matters import facts, tables
from baolei.matters.models import Grid
from baolei.naming import doors
from baolei.naming.effect_models import Effect
from baolei.organisations import doors as tree_doors
from baolei.organisations.directory import names_of_units
from baolei.organisations.doors import Scope
from baolei.organisations.models import OrganisationState
from baolei.programme.matters import CLOSED
from baolei.programme.visibility import hidden, least
from baolei.warehouse.rulebook import effects as effect_rules
from baolei.warehouse.rulebook import setup_rules, visibility
from baolei.warehouse.spreadsheets import Column
from baolei.warehouse.spreadsheets import Grid as Sheet

HALVES = 4
"""So many half-years of matters are shown: two years."""
OPEN_YET = ""
"""The ending of what has not come to its end."""
PARTS = (OPEN_YET, *CLOSED)


# ---- the branches ----


def branches(scope: Scope) -> Any:
    """The branches of property-service companies of a scope, in the order of their codes."""
    found = tree_doors.organisations(scope).filter(kind__in=setup_rules(scope.day).branches)
    return found.filter(field__in=effect_rules().property_fields).order_by("code", "pk")


@dataclass(frozen=True, slots=True)
class Row:
    """A branch as a row: its state, the unit it serves, in how many grids it is at work, what it told last of fees."""

    state: OrganisationState
    unit: str
    grids: int
    told: Effect | None


def rows(found: Iterable[OrganisationState], scope: Scope) -> list[Row]:
    """Branches as rows, in the order given: three questions to the database whatever their number."""
    listed = list(found)
    pks = [one.organisation_id for one in listed]
    units, grids = names_of_units({one.unit_id for one in listed}), facts.grids_of(pks, scope.day)
    told: dict[int, Effect] = {}
    for one in recovered(scope).filter(organisation__in=pks).order_by("year", "pk"):
        told[one.organisation_id] = one
    return [
        Row(one, units.get(one.unit_id, ""), len(grids.get(one.organisation_id, ())), told.get(one.organisation_id))
        for one in listed
    ]  # fmt: skip


def recovered(scope: Scope) -> Any:
    """What branches of a scope told of fees recovered; what was not confirmed, or was taken back, is left out."""
    standing = (Effect.TOLD, Effect.CONFIRMED)
    return doors.effects(scope).filter(kind=effect_rules().recovered, state__in=standing)


def sheet(listed: Iterable[Row]) -> Sheet:
    """The rows as a file."""
    columns = (
        Column(_("Party branch")), Column(_("Unit")), Column(_("Grids it serves"), "whole"), *_columns_of_fees(),
    )  # fmt: skip
    return Sheet(_("Property-service branches"), columns, (
        (row.state.name, row.unit, row.grids, *_told(row.told)) for row in listed
    ))  # fmt: skip


def _columns_of_fees() -> tuple[Column, ...]:
    kind = effect_rules().effects[effect_rules().recovered]
    assert kind.whole is not None  # of a share
    return (
        Column(_("Year"), "whole"), Column(_in_words(kind.part), "whole"), Column(_in_words(kind.whole), "whole"),
        Column(pgettext("process", "Standing")), Column(_("Looked into on"), "day"), Column(_("Looked into by")),
        Column(_("How it was looked into")),
    )  # fmt: skip


def _in_words(text: Any) -> str:
    return str(text.say(get_language() or ""))


def _told(one: Effect | None) -> tuple[Any, ...]:
    if one is None:
        return (None, None, None, _("not told"), None, "", "")
    by = one.checked_by.name if one.checked_by else ""
    return (one.year, one.part, one.whole, one.get_state_display(), one.checked_on, by, one.checked_how)


# ---- the matters of a branch's grids ----


@dataclass(frozen=True, slots=True)
class Half:
    """Matters reported in a half-year: how many, and by how they ended as in `PARTS`; None for too few to be shown."""

    name: str
    reported: int | None
    parts: tuple[int | None, ...]


def halves(grids: Iterable[Grid], today: date) -> list[Half]:
    """The matters of grids in the last half-years, this one first."""
    years = [divmod(today.year * 2 + (today.month > 6) - back, 2) for back in range(HALVES)]
    first = date(years[-1][0], 1 + 6 * years[-1][1], 1)
    counted = {half: dict.fromkeys(PARTS, 0) for half in years}
    for month, ending, number in facts.endings_by_month(list(grids), first):
        counted[month.year, int(month.month > 6)][ending] += number
    return [_half(half, cells) for half, cells in counted.items()]


def _half(half: tuple[int, int], cells: dict[str, int]) -> Half:
    fewest = least(visibility())
    name = (_("first half of %(year)s") if half[1] == 0 else _("second half of %(year)s")) % {"year": half[0]}
    whole = sum(cells.values())
    if 0 < whole < fewest:
        return Half(name, None, (None,) * len(cells))
    shut = hidden(cells, fewest)
    return Half(name, whole, tuple(None if part in shut else number for part, number in cells.items()))


def heads() -> list[str]:
    """What the parts are called."""
    called = tables.states()
    return [pgettext("matter", "open") if one == OPEN_YET else called[one] for one in PARTS]


def half_sheet(listed: Iterable[Half]) -> Sheet:
    """The half-years as a file; an empty cell is too few to be shown."""
    columns = (Column(_("Half-year")), Column(pgettext("matter", "Reported"), "whole"),
               *(Column(head, "whole") for head in heads()))  # fmt: skip
    return Sheet(_("Matters by half-year"), columns, ((one.name, one.reported, *one.parts) for one in listed))


def fee_sheet(told: Iterable[Effect]) -> Sheet:
    """What a branch told of fees, year by year, as a file."""
    return Sheet(_("Fees recovered, self-reported"), _columns_of_fees(), (_told(one) for one in told))
