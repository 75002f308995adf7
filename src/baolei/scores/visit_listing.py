"""The list of visits of a round: who was drawn, by which number anybody can check it, and where each visit stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from baolei.organisations.directory import pieces
from baolei.organisations.models import OrganisationState, UnitState
from baolei.programme.scoring.visits import lottery
from baolei.programme.visit import second_look
from baolei.scores.models import Visit
from baolei.warehouse.rulebook import visits as rules
from baolei.warehouse.spreadsheets import Column, Grid

DIGITS = 6
"""So many digits of u and π are shown: π is kept to so many."""


@dataclass(frozen=True, slots=True)
class Row:
    """A visit as a row: itself, the branch's name and code, the unit it serves; `u` and `bound` of its draw, None where
    it was drawn by no lot.
    """

    visit: Visit
    name: str
    code: str
    unit: str
    u: float | None
    bound: float | None

    @property
    def filled_up(self) -> bool:
        """Whether the lot alone would not have drawn it: it fills its county up to the edition's least number."""
        drawn = self.visit.wave == Visit.RANDOM and self.u is not None and self.bound is not None
        return drawn and (self.u or 0) >= (self.bound or 0)

    @property
    def standing(self) -> str:
        """To be visited, or visited."""
        return pgettext("visit", "to be visited") if self.visit.on is None else pgettext("visit", "visited")


def rows(found: list[Visit]) -> list[Row]:
    """Visits as rows, in the order given; two questions to the database whatever their number."""
    today = timezone.localdate()
    pks = {one.declaration.organisation_id for one in found}
    states = OrganisationState.objects.filter(organisation__in=pks, since__lte=today).order_by("since")
    state = {one.organisation_id: one for one in states}
    homes = UnitState.objects.filter(unit__in={one.declaration.unit_id for one in found}, since__lte=today)
    unit = {one.unit_id: one.name for one in homes.order_by("since")}
    made = []
    for one in found:
        here = state.get(one.declaration.organisation_id)
        code = here.code if here else ""
        u, bound = _lot(one, code)
        made.append(Row(one, here.name if here else "", code, unit.get(one.declaration.unit_id, ""), u, bound))
    return made


def _lot(visit: Visit, code: str) -> tuple[float | None, float | None]:
    """u and the bound below which it is drawn: π for the first lot, the share for the second; none near the line."""
    if visit.wave == Visit.RANDOM:
        return float(lottery(visit.run.seed, [code])[0]), visit.probability
    if visit.wave == Visit.DOUBLE:
        return second_look(visit.run.seed, [code])[code], rules().share
    return None, None


def each_row(found: Any) -> Iterator[Row]:
    """Any number of visits as rows, piece by piece."""
    for some in pieces(found):
        yield from rows(some)


def as_grid(listed: Iterable[Row]) -> Grid:
    """The list as a file."""
    columns = (
        Column(_("Party branch")), Column(_("Code")), Column(_("Unit served")), Column(_("Why it is visited")),
        Column(_("Public number")), Column("u"), Column(_("drawn below")), Column(pgettext("process", "Standing")),
        Column(_("Visited on"), "day"), Column(_("Visited by")),
    )  # fmt: skip
    return Grid(_("Visits"), columns, (
        (row.name, row.code, row.unit, row.visit.get_wave_display(), row.visit.run.seed, number(row.u),
         number(row.bound), row.standing, row.visit.on, row.visit.by.name if row.visit.by else "")
        for row in listed
    ))  # fmt: skip


def number(value: float | None) -> str:
    """A number of a draw as printed; empty for none."""
    return "" if value is None else f"{value:.{DIGITS}f}"
