"""What the numbers of quarters tell of a year, as facts of items: branches that entered none are left out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from functools import partial
from typing import Any

from django.db.models import Count, Exists, OuterRef, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.organisations.drawing import table
from baolei.organisations.models import Membership, OrganisationState, QuarterNumbers, UnitState
from baolei.programme.evidence import Facts, Row, Source, shared
from baolei.programme.organisation.levels import LEVELS
from baolei.programme.organisation.periods import months_later
from baolei.programme.register import Quarter, entered_late
from baolei.warehouse.rulebook import register

YEAR = 12
LAST = 4
VILLAGE = len(LEVELS)


def _standing(year: int, until: date) -> Any:
    """The numbers of the quarters of a year that are over on a day."""
    over = [one for one in range(1, LAST + 1) if Quarter(year, one).last <= until]
    return QuarterNumbers.objects.filter(struck_on=None, year=year, quarter__in=over).order_by()


# ---- what adds up over the quarters ----


SUMMED: Mapping[str, tuple[str, str]] = {
    "recruits_procedure": ("steps_done", "steps_due"),
    "members_contactable": ("reached", "migrants"),
    "everyone_linked": ("linked", "members"),
}
"""Items that are one figure of another."""


def summed(items: Collection[str], organisations: Collection[int], year: int, until: date) -> dict[str, Facts]:
    """One figure of another, over the quarters of a year that are over and entered; left out where nothing was due."""
    figures = dict.fromkeys(figure for item in items for figure in SUMMED[item])
    place = {figure: number for number, figure in enumerate(figures, 1)}
    mine, told = set(organisations), _standing(year, until).values_list("organisation").annotate(*map(Sum, figures))
    rows = [row for row in table(told).tolist() if row[0] in mine]
    found = {}
    for item in items:
        done, due = (place[figure] for figure in SUMMED[item])
        found[item] = {row[0]: (row[done], row[due]) for row in rows if row[due]}
    return found


def summed_rows(item: str, organisation: int, year: int, until: date) -> list[Row]:
    """Quarter by quarter the same of one branch; those in which nothing was due are left out."""
    done, due = SUMMED[item]
    found = _standing(year, until).filter(organisation=organisation).order_by("quarter")
    return [_row(one, getattr(one, done), getattr(one, due)) for one in found if getattr(one, due)]


def _row(one: QuarterNumbers, done: int, due: int) -> Row:
    quarter = Quarter(one.year, one.quarter)
    words = _("quarter %(quarter)d of %(year)d") % {"quarter": one.quarter, "year": one.year}
    page = f"{reverse('branch_numbers', args=[one.organisation_id])}?year={one.year}"
    return Row(words, done, due, page, entered_late(quarter, one.entered, register()))


# ---- what stands at the end ----


def _latest(figure: str, year: int, until: date) -> dict[int, int]:
    """By branch a figure of the last quarter of a year that is over and entered."""
    found = _standing(year, until).order_by("quarter").values_list("organisation", figure)
    return dict(table(found).tolist())


def reserve_pool(organisations: Collection[int], year: int, until: date) -> Facts:
    """村级后备力量培养: reserve leaders with a mentor who were trained, of those due in a village, as last entered.
    More than are due count as many; a branch of no village is left out.
    """
    due, mine = register().number("reserve_per_village"), set(organisations) & _of_villages(_end(year, until))
    return {organisation: (min(trained, due), due) for organisation, trained in _latest("trained", year, until).items()
            if organisation in mine}  # fmt: skip


def reserve_rows(organisation: int, year: int, until: date) -> list[Row]:
    """The quarter last entered."""
    due = register().number("reserve_per_village")
    last = _standing(year, until).filter(organisation=organisation).order_by("quarter").last()
    if last is None or organisation not in _of_villages(_end(year, until), organisation):
        return []
    return [_row(last, min(last.trained, due), due)]


def new_members(organisations: Collection[int], year: int, until: date) -> Facts:
    """发展农牧民党员不断档: members admitted within the years of the rules, and activists as last entered.

    Who was admitted is taken from the list of members, once where the member was on probation first. Without the
    activists the number would be too small, so branches that entered no quarter of the year are left out.
    """
    mine, end = set(organisations), _end(year, until)
    admitted = dict(table(_admitted(end).values_list("organisation").annotate(Count("pk"))).tolist())
    activists = _latest("activists", year, until).items()
    return {organisation: (admitted.get(organisation, 0) + number, 1)
            for organisation, number in activists if organisation in mine}  # fmt: skip


def new_member_rows(organisation: int, year: int, until: date) -> list[Row]:
    """Those admitted, and the activists of the quarter last entered; the branch counts once."""
    last = _standing(year, until).filter(organisation=organisation).order_by("quarter").last()
    if last is None:
        return []
    end = _end(year, until)
    words = _("members admitted after %(day)s, from the list of members") % {"day": _begins(end)}
    admitted = _admitted(end).filter(organisation=organisation).count()
    return [Row(words, admitted, 0, reverse("organisation", args=[organisation])), _row(last, last.activists, 1)]


def _begins(end: date) -> date:
    return months_later(end, -YEAR * register().number("new_member_years"))


def _admitted(end: date) -> Any:
    """The first memberships on probation that began within the years before a day."""
    begun = Membership.objects.filter(kind=Membership.PROBATIONARY, since__gt=_begins(end), since__lte=end).order_by()
    return begun.exclude(Exists(Membership.objects.filter(member=OuterRef("member"), since__lt=OuterRef("since"))))


def _of_villages(day: date, organisation: int | None = None) -> set[int]:
    """The organisations (or this one) that serve a village or community."""
    homes = UnitState.objects.on(day).filter(level=VILLAGE).values("unit")
    found = OrganisationState.objects.on(day).filter(unit__in=homes)
    if organisation is not None:
        found = found.filter(organisation=organisation)
    return set(found.order_by().values_list("organisation", flat=True))


def _end(year: int, until: date) -> date:
    return min(date(year, YEAR, 31), until)


SOURCES: dict[str, Source] = {
    **shared(summed, {item: partial(summed_rows, item) for item in SUMMED}),
    "reserve_pool": Source(reserve_pool, reserve_rows),
    "new_members": Source(new_members, new_member_rows),
}
"""The items that the numbers of quarters tell of."""
