"""The burden report 负担报告: what is asked of one branch, or of all branches of a unit, month by month.

What the records hold is counted; the rest is the register times the calendar, on the branches as they stand on one day,
so that two months compared tell what was asked and not how many branches there were.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from django.db.models import Count
from django.db.models.functions import Substr

from baolei.burden import doors, register
from baolei.burden.counted import COUNTED, Real, by_branch, by_month
from baolei.burden.register import Branch, Listed
from baolei.organisations.doors import Scope
from baolei.organisations.models import WIDTH, OrganisationState, UnitState
from baolei.paths import at_or_below
from baolei.programme.asked import Burden, middle, one_branch
from baolei.programme.organisation.periods import months_later
from baolei.programme.visibility import least
from baolei.warehouse.rulebook import visibility

Month = tuple[int, int]
DAY, YEAR = timedelta(days=1), 12


@dataclass(frozen=True, slots=True)
class Line:
    """A form in a month: what it asked of how many branches; `counted` from records, or estimated by the register."""

    listed: Listed
    branches: int
    burden: Burden
    counted: bool


@dataclass(frozen=True, slots=True)
class Below:
    """A unit right below (or the unit itself, for branches that serve it): its branches, what was asked of them, the
    duplicates that were refused there.
    """

    state: UnitState
    branches: int
    burden: Burden
    duplicates: int


@dataclass(frozen=True, slots=True)
class Spread:
    """Minutes asked of the branch in the middle and of the one of which most was asked; no branch is named."""

    middle: int
    most: int


@dataclass(frozen=True, slots=True)
class By:
    """What owners of one level asked in three months: this one, the one before, the same a year ago."""

    level: int
    now: Burden
    before: Burden
    year_ago: Burden


@dataclass(frozen=True, slots=True)
class Report:
    """A unit in a month. `months` are the twenty-four that end with it, the oldest first; `spared` the answers that the
    records held, so that nobody typed them.
    """

    branches: int
    lines: Sequence[Line]
    units: Sequence[Below]
    by: Sequence[By]
    months: Sequence[tuple[Month, Burden]]
    spread: Spread | None
    duplicates: int
    spared: int

    @property
    def total(self) -> Burden:
        """What the month asked of all of them."""
        return self.months[-1][1]


def last_day(month: Month) -> date:
    """The last day of a month."""
    return months_later(date(*month, 1), 1) - DAY


def earlier(month: Month, months: int) -> Month:
    """So many months before."""
    day = months_later(date(*month, 1), -months)
    return day.year, day.month


def of_unit(scope: Scope, unit: UnitState, month: Month) -> Report:
    """The report of a unit that a scope holds; its branches as they stand on the day of the scope."""
    asked_of = register.branches(scope, unit.path)
    rows = register.rows_of(asked_of, scope.day, unit.path)
    mine, forms = asked_of.order_by().values("organisation"), register.listed(unit.path)
    real = _real(forms, mine, month)
    asked_each = _each(forms, rows)
    months = [earlier(month, back) for back in range(2 * YEAR - 1, -1, -1)]
    per_form = {one.asking.code: _months(one, asked_each[one.asking.code], real.months, months) for one in forms}
    per_branch = _per_branch(forms, rows, real.branches, month)
    refused = _refused(scope, unit.path, month)
    lines = [
        Line(one, _reached(one, asked_each, real.branches), per_form[code][month], code in COUNTED)
        for one in forms if per_form[code := one.asking.code][month].requests
    ]  # fmt: skip
    return Report(
        len(rows), lines, _units(unit, scope.day, rows, per_branch, refused),
        _by(forms, per_form, month),
        [(one, sum((told[one] for told in per_form.values()), Burden())) for one in months],
        _spread(list(per_branch.values())), sum(refused.values()),
        sum(one.spared for told in real.branches.values() for one in told.values()),
    )  # fmt: skip


def of_branch(state: OrganisationState, path: str, month: Month, months: int = YEAR) -> dict[Month, list[Line]]:
    """What was asked of one branch in so many months that end with this one, the latest first."""
    wanted = [earlier(month, back) for back in range(months)]
    forms = register.listed(path)
    told = {code: by_month(COUNTED[code], one.asking, [state.organisation_id], date(*wanted[-1], 1), last_day(month))
            for one in forms if (code := one.asking.code) in COUNTED}  # fmt: skip
    found: dict[Month, list[Line]] = {}
    for one in wanted:
        lines = [_line(each, state, path, one, told) for each in forms]
        found[one] = [line for line in lines if line.burden.requests]
    return found


def _line(
    one: Listed, state: OrganisationState, path: str, month: Month, told: Mapping[str, Mapping[Month, Real]]
) -> Line:  # fmt: skip
    code = one.asking.code
    if code in told:
        return Line(one, 1, told[code][month].burden if month in told[code] else Burden(), True)
    return Line(one, 1, one_branch([one.asking], path, state.field, state.kind, *month), False)


# ---- parts ----


@dataclass(frozen=True, slots=True)
class _Real:
    """What records hold, by form: of each month, and of each branch in the month that is asked for."""

    months: Mapping[str, Mapping[Month, Real]]
    branches: Mapping[str, Mapping[int, Real]]


def _real(forms: Iterable[Listed], mine: Any, month: Month) -> _Real:
    begins, first, last = date(*earlier(month, 2 * YEAR - 1), 1), date(*month, 1), last_day(month)
    kept = [(one.asking.code, one.asking) for one in forms if one.asking.code in COUNTED]
    return _Real(
        {code: by_month(COUNTED[code], asking, mine, begins, last) for code, asking in kept},
        {code: by_branch(COUNTED[code], asking, mine, first, last) for code, asking in kept},
    )


def _each(forms: Sequence[Listed], rows: Iterable[Branch]) -> dict[str, int]:
    """By form how many of the branches it asks."""
    alike: dict[tuple[str, str, str], int] = defaultdict(int)
    for _pk, path, field, kind in rows:
        alike[path, field, kind] += 1
    return {one.asking.code: sum(number for place, number in alike.items() if one.asking.of(*place)) for one in forms}


def _months(
    one: Listed, branches: int, told: Mapping[str, Mapping[Month, Real]], months: Iterable[Month]
) -> dict[Month, Burden]:
    """What a form asked of all branches in each month."""
    code, asking = one.asking.code, one.asking
    if code in COUNTED:
        return {month: told[code][month].burden if month in told[code] else Burden() for month in months}
    each = Burden() if asking.some else Burden(1, asking.boxes, asking.minutes).times(branches)
    return {month: each.times(asking.times(*month)) for month in months}


def _reached(one: Listed, asked_each: Mapping[str, int], told: Mapping[str, Mapping[int, Real]]) -> int:
    code = one.asking.code
    return len(told[code]) if code in COUNTED else asked_each[code]


def _per_branch(
    forms: Sequence[Listed], rows: Iterable[Branch], told: Mapping[str, Mapping[int, Real]], month: Month
) -> dict[int, Burden]:
    """By branch what was asked of it in the month."""
    estimated = [one.asking for one in forms if one.asking.code not in COUNTED]

    @cache
    def by_register(path: str, field: str, kind: str) -> Burden:
        return one_branch(estimated, path, field, kind, *month)

    found = {pk: by_register(*place) for pk, *place in rows}
    for counts in told.values():
        for pk, one in counts.items():
            found[pk] = found.get(pk, Burden()) + one.burden
    return found


def _units(
    unit: UnitState, day: date, rows: Iterable[Branch], per_branch: Mapping[int, Burden], refused: Mapping[str, int]
) -> list[Below]:
    """The units right below with what was asked there, and the unit itself where branches serve it."""
    number: dict[str, int] = defaultdict(int)
    asked: dict[str, list[Burden]] = defaultdict(list)
    for pk, path, _field, _kind in rows:
        place = path[: len(unit.path) + WIDTH]
        number[place] += 1
        asked[place].append(per_branch[pk])
    states = UnitState.objects.on(day).filter(path__in={*number, *refused}).order_by("path")
    return [Below(one, number[one.path], _sum(asked[one.path]), refused.get(one.path, 0)) for one in states]


def _sum(burdens: Sequence[Burden]) -> Burden:
    return Burden(sum(one.requests for one in burdens), sum(one.boxes for one in burdens),
                  sum(one.minutes for one in burdens))  # fmt: skip


def _by(forms: Sequence[Listed], per_form: Mapping[str, Mapping[Month, Burden]], month: Month) -> list[By]:
    before, ago = earlier(month, 1), earlier(month, YEAR)
    found = []
    for number in sorted({one.level for one in forms}):
        told = [per_form[one.asking.code] for one in forms if one.level == number]
        found.append(By(number, *(_sum([one[at] for one in told]) for at in (month, before, ago))))
    return [one for one in found if one.now.requests or one.before.requests or one.year_ago.requests]


def _spread(burdens: Sequence[Burden]) -> Spread | None:
    """None where so few branches are asked that one could be told from it."""
    if len(burdens) < least(visibility()):
        return None
    minutes = [one.minutes for one in burdens]
    return Spread(middle(minutes), max(minutes))


def _refused(scope: Scope, path: str, month: Month) -> dict[str, int]:
    """By unit right below (or itself) the duplicates refused in a month."""
    found = doors.duplicates(scope).filter(at_or_below(path), on__gte=date(*month, 1), on__lte=last_day(month))
    at = found.order_by().annotate(at=Substr("path", 1, len(path) + WIDTH)).values_list("at")
    return dict(at.annotate(Count("pk")))
