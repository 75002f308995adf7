"""The published figures as they were counted: each night, at the region and at every league."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.figures.live import BEHIND, COUNTERS, OF_A_UNIT, At
from baolei.figures.models import Reading
from baolei.organisations.models import UnitState
from baolei.programme import published
from baolei.programme.visibility import least
from baolei.warehouse import rulebook
from baolei.warehouse.spreadsheets import Column, Grid

LEVELS = (1, 2)
"""The levels of units at which figures are counted: the region and the leagues."""
RULE = 16
"""Characters of the digest by which a version of the catalogue is known."""


@lru_cache(maxsize=1)
def version() -> str:
    """By which catalogue figures are counted: the beginning of its SHA-256."""
    return hashlib.sha256(rulebook.text(rulebook.FIGURES).encode()).hexdigest()[:RULE]


def run_clock(now: datetime) -> None:
    """Count once a day, at the first tick after midnight; asking again the same day changes nothing."""
    today = localdate(now)
    if Reading.objects.filter(day=today).exists() or not UnitState.objects.exists():
        return
    count_all(now=now)


@transaction.atomic
def count_all(*, now: datetime) -> int:
    """Count every figure at the region and at each league, in the place of what was counted this month; how many."""
    today = localdate(now)
    paths = UnitState.objects.on(today).filter(level__in=LEVELS).values_list("path", flat=True)
    made = [_counted(one, at, now) for at in (At(path, today) for path in paths)
            for one in rulebook.figures().figures.values()]  # fmt: skip
    Reading.objects.filter(month=today.replace(day=1)).delete()
    Reading.objects.bulk_create(made, batch_size=500)
    return len(made)


def _counted(one: published.Published, at: At, now: datetime) -> Reading:
    numerator, denominator = COUNTERS[one.code](one, at)
    return Reading(code=one.code, path=at.path, day=at.day, month=at.day.replace(day=1), numerator=numerator,
                   denominator=denominator, rule=version(), counted_at=now)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure as a page shows it: `value` as printed, '' where it may not be shown; the rows behind it at `behind`;
    what it was in the months before, the latest last.
    """

    code: str
    group: str
    name: str
    value: str
    numerator: int | None
    denominator: int | None
    definition: str
    article: str
    reported: bool
    day: date
    behind: str
    before: tuple[tuple[date, str], ...]


def shown(unit: UnitState, *, inside: bool) -> list[Shown]:
    """The latest reading of each figure at a unit, in the order of the catalogue; one question.

    `inside`: the way to the rows behind a figure is shown to whoever may read them.
    """
    rows: dict[str, list[Reading]] = {}
    for row in Reading.objects.filter(path=unit.path).order_by("month"):
        rows.setdefault(row.code, []).append(row)
    return [_shown(one, rows[one.code], unit, inside) for one in rulebook.figures().figures.values()
            if one.code in rows]  # fmt: skip


def grouped(found: list[Shown]) -> list[tuple[str, list[Shown]]]:
    """The same under the heads of their groups."""
    names, language = rulebook.figures().groups, get_language() or ""
    return [(names[group].say(language), list(rows)) for group, rows in groupby(found, key=lambda one: one.group)]


def grids(found: list[Shown], unit: UnitState) -> dict[str, Grid]:
    """The same as files, each with everything it is made of; and the months before."""
    columns = (
        Column(_("Figure")), Column(_("Value")), Column(_("Numerator"), "whole"), Column(_("Denominator"), "whole"),
        Column(_("Date"), "day"), Column(_("Scope")), Column(_("Definition")), Column(_("Self-reported")),
        Column(_("Version of the catalogue")), Column(_("The article says")),
    )  # fmt: skip
    yes = {True: _("yes"), False: _("no")}
    live = Grid(_("From the live records"), columns, [
        (one.name, one.value or _("too few to be shown"), one.numerator, one.denominator, one.day, unit.name,
         one.definition, yes[one.reported], version(), one.article)
        for one in found
    ])  # fmt: skip
    months = Grid(_("Month by month"), (Column(_("Figure")), Column(_("Date"), "day"), Column(_("Value"))), [
        (one.name, day, value) for one in found for day, value in (*one.before, (one.day, one.value))
    ])  # fmt: skip
    return {"live": live, "months": months}


def _shown(one: published.Published, rows: list[Reading], unit: UnitState, inside: bool) -> Shown:
    language, last = get_language() or "", rows[-1]
    told = [(row, published.may_be_shown(one, row.numerator, row.denominator, _fewest())) for row in rows]
    is_open = told[-1][1]
    return Shown(
        one.code, one.group, one.name.say(language), _value(one, last) if is_open else "",
        last.numerator if is_open else None, last.denominator if is_open else None, one.of.say(language),
        one.article.say(language), one.reported, last.day, _behind(one.code, unit) if inside else "",
        tuple((row.day, _value(one, row)) for row, may in told[:-1] if may),
    )  # fmt: skip


def _value(one: published.Published, row: Any) -> str:
    return published.value(one, row.numerator, row.denominator)


def _fewest() -> int:
    return least(rulebook.visibility())


def _behind(code: str, unit: UnitState) -> str:
    name = BEHIND[code]
    return reverse(name, args=[unit.unit_id]) if name in OF_A_UNIT else reverse(name)
