"""What the pages of the two trees show: a unit and those below it, an organisation and whom it holds, the search."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from baolei.organisations import doors
from baolei.organisations.counting import count, nothing
from baolei.organisations.doors import Scope
from baolei.organisations.models import (
    AuditRun,
    Finding,
    Membership,
    OrganisationState,
    UnitCount,
    UnitState,
    lineage,
)
from baolei.organisations.spelling import folded, is_initials
from baolei.paths import at_or_below
from baolei.programme.organisation.levels import LEVELS
from baolei.programme.organisation.rules import SetupRules
from baolei.programme.standard.edition import Text
from baolei.warehouse.spreadsheets import Column, Grid


@dataclass(frozen=True, slots=True)
class Line:
    """A unit as a row: its state of the day, what there was at it and below it, and the day this was counted for (None
    where nothing was).
    """

    state: UnitState
    count: UnitCount
    counted: date | None

    @property
    def word(self) -> Text:
        """What such a unit is called: a banner, a county, a sumu."""
        return LEVELS[self.state.level - 1].word(self.state.name)

    @property
    def flagged(self) -> float | None:
        """Share of its organisations with a finding, 0-100; None for fewer than five."""
        return 100 * self.count.flagged / self.count.organisations if self.count.organisations >= 5 else None


def last_run() -> AuditRun | None:
    """The last look through, None before the first."""
    return AuditRun.objects.first()


def lines(states: Sequence[UnitState], run: AuditRun | None = None) -> list[Line]:
    """Units as rows, in the order given, with what the last look through (or `run`) counted."""
    which: Any = [run.pk] if run else AuditRun.objects.values("pk")[:1]
    chosen = UnitCount.objects.filter(run__in=which, unit__in=[state.unit_id for state in states])
    counted = {count.unit_id: count for count in chosen.select_related("run")}
    return [
        Line(state, one or nothing(), one.run.day if one else None)
        for state, one in ((state, counted.get(state.unit_id)) for state in states)
    ]


def lines_of(states: Sequence[UnitState], day: date, rules: SetupRules, borders: date | None = None) -> list[Line]:
    """Units as rows with what there was on a day that is past, counted in the borders of that day: whatever has moved
    since, and however often the house was looked through, a year's totals stay what they were. Or in other `borders`,
    in which these states stand.
    """
    counted = count(states, day, rules, borders)
    return [Line(state, counted[state.path], day) for state in states]


def below(state: UnitState, day: date) -> list[UnitState]:
    """The units right below, in the order of their codes."""
    return list(UnitState.objects.on(day).filter(above=state.unit_id).order_by("code"))


def trail(state: Any, day: date) -> list[Any]:
    """The states of a day on the way down to one of them (of a unit or an organisation), from the root, itself last."""
    above = lineage(state.path)[:-1]
    found = type(state).objects.on(day).filter(path__in=above).order_by("path") if above else []
    return [*found, state]


@dataclass(frozen=True, slots=True)
class Row:
    """A Party organisation as a row: its state, the unit it serves, its members, its open findings."""

    state: OrganisationState
    unit: UnitState | None
    members: int
    findings: int


def first(found: Any, number: int) -> tuple[list[Any], bool]:
    """The first so many, and whether there are more."""
    some = list(found[: number + 1])
    return some[:number], len(some) > number


class LongList(Paginator):  # type: ignore[type-arg]  # it takes no argument when it runs
    """Pages of long rows, found by their numbers first: what stands before a late page is passed by in an index."""

    def page(self, number: int | str) -> Page[Any]:
        """The rows of a page, in order."""
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        found: Any = self.object_list
        keys = list(found.values_list("pk", flat=True)[first : first + self.per_page])
        return Page(found.filter(pk__in=keys), number, self)


def pieces(found: Any, size: int = 2_000) -> Iterator[list[Any]]:
    """What was found, so many at a time: a list that is written to a file never lies in memory as a whole."""
    each = iter(found.iterator(chunk_size=size))
    while some := list(islice(each, size)):
        yield some


def each_row(found: Any, day: date) -> Iterator[Row]:
    """Any number of organisations as rows, piece by piece."""
    for some in pieces(found):
        yield from rows(some, day)


def rows(states: Iterable[OrganisationState], day: date, serving: UnitState | None = None) -> list[Row]:
    """Organisations as rows, in the order given: three questions to the database whatever their number, two where all
    of them are known to serve one unit.
    """
    listed = list(states)
    if not listed:
        return []
    pks = [state.organisation_id for state in listed]
    asked = {one.unit_id for one in listed}
    units = [serving] if serving else UnitState.objects.on(day).filter(unit__in=asked)
    unit = {one.unit_id: one for one in units}
    members = _numbers(Membership.objects.on(day).filter(organisation__in=pks))
    found = _numbers(Finding.objects.open_on(day).filter(organisation__in=pks))
    return [
        Row(one, unit.get(one.unit_id), members.get(one.organisation_id, 0), found.get(one.organisation_id, 0))
        for one in listed
    ]


def _numbers(chosen: Any) -> dict[int, int]:
    return dict(chosen.order_by().values_list("organisation").annotate(Count("pk")))


def names_of(organisations: Iterable[int]) -> dict[int, str]:
    """What organisations are called, the last name of those that have ended."""
    states = OrganisationState.objects.filter(organisation__in=set(organisations)).order_by("since")
    return dict(states.values_list("organisation_id", "name"))


def names_of_units(units: Iterable[int]) -> dict[int, str]:
    """What units are called, the last name of those that have ended."""
    states = UnitState.objects.filter(unit__in=set(units)).order_by("since")
    return dict(states.values_list("unit_id", "name"))


def named(words: str) -> Q:
    """The condition that a state is meant by these words: the beginning of its code where they hold a digit, the
    beginning of its initials where they are Latin letters, else part of its name.

    One condition at a time, so that codes and initials are a range of their index even over a nation.
    """
    asked = folded(words)
    if any(character.isdigit() for character in asked) and asked.isascii():
        return _begins("code", asked.upper())
    return _begins("initials", asked.lower()) if is_initials(asked) else Q(name__contains=asked)


def _begins(column: str, words: str) -> Q:
    return at_or_below(words, column)


def search(words: str, scope: Scope, most: int) -> tuple[list[UnitState], list[OrganisationState]]:
    """Units and organisations of a scope that are meant by these words, at most so many of each, from the top down."""
    if not folded(words):
        return [], []
    found = doors.units(scope).filter(named(words)).order_by("level", "code")[:most]
    return list(found), list(doors.organisations(scope).filter(named(words)).order_by("path")[:most])


def unit_grid(units: Sequence[Line], language: str) -> Grid:
    """Units below as a file."""
    columns = (
        Column(_("Unit")), Column(_("Code")), Column(_("Level")), Column(_("Organisations"), "whole"),
        Column(_("Party branches"), "whole"), Column(_("Members"), "whole"), Column(_("With a finding"), "whole"),
    )  # fmt: skip
    return Grid(_("Units below"), columns, [
        (one.state.name, one.state.code, one.word.say(language), one.count.organisations, one.count.branches,
         one.count.members, one.count.flagged)
        for one in units
    ])  # fmt: skip


def organisation_grid(listed: Iterable[Row], rules: SetupRules, language: str) -> Grid:
    """Organisations as a file."""
    columns = (
        Column(_("Name")), Column(_("Code")), Column(_("Kind")), Column(_("Unit served")),
        Column(_("Members"), "whole"), Column(_("Open findings"), "whole"), Column(_("From"), "day"),
    )  # fmt: skip
    return Grid(_("Party organisations"), columns, (
        (row.state.name, row.state.code, rules.kinds[row.state.kind].name.say(language),
         row.unit.name if row.unit else "", row.members, row.findings, row.state.since)
        for row in listed
    ))  # fmt: skip


def history_grid(states: Iterable[Any], day: date, *, codes: bool = False) -> Grid:
    """What something was called, and where `codes` its code, from when to when: the years up to a day, as they stood
    on it.
    """
    columns = (Column(_("From"), "day"), Column(_("To"), "day"), Column(_("Name")), Column(_("Code")))
    wide = len(columns) if codes else len(columns) - 1
    rows = [(one.since, one.until if one.until and one.until < day else None, one.name, one.code)
            for one in states if one.since <= day]  # fmt: skip
    return Grid(_("Through the years"), columns[:wide], [row[:wide] for row in rows])


def drawn_grids(**drawings: dict[str, Any] | None) -> dict[str, Grid]:
    """The tables beside those drawings that there are."""
    return {name: drawn_grid(one) for name, one in drawings.items() if one}


def drawn_grid(drawing: Mapping[str, Any]) -> Grid:
    """The table beside a drawing as a file; its values are texts as printed."""
    columns = tuple(Column(column["label"]) for column in drawing["table"]["columns"])
    return Grid(drawing["title"], columns, drawing["table"]["rows"])


def table(heads: Sequence[str], listed: Sequence[Sequence[str]]) -> dict[str, Any]:
    """The table beside a drawing: the first column are names, the others numbers."""
    columns: list[dict[str, Any]] = [{"label": heads[0]}, *({"label": label, "number": True} for label in heads[1:])]
    return {"columns": columns, "rows": listed}


def member_grid(members: Iterable[Membership]) -> Grid:
    """Members as a file: what a branch keeps of them, and no more."""
    columns = (
        Column(_("Name")),
        Column(_("Kind")),
        Column(_("Joined the Party"), "day"),
        Column(_("In this organisation since"), "day"),
    )
    return Grid(_("Members"), columns, (
        (one.member.name, one.get_kind_display(), one.member.joined, one.since) for one in members
    ))  # fmt: skip
