"""The page on which anybody can redo who is over the line: how the seats were shared, or what the line let through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.organisations.directory import names_of
from baolei.organisations.models import OrganisationState, UnitState
from baolei.programme import naming
from baolei.programme.naming import Boundary, Contender, SeatRow
from baolei.programme.printed import cents, points, share
from baolei.programme.standard.edition import Edition
from baolei.scores.models import Run
from baolei.scores.results import Seen
from baolei.warehouse.opened import Opened, opened
from baolei.warehouse.seats import seating_of
from baolei.warehouse.spreadsheets import Column, Grid

FEW = 5
"""Of fewer branches no figures are told."""
AROUND = 3
"""So many on either side of a boundary are shown, besides those who tie."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A contender beside a boundary: whether it is tied there, whether it has a seat, its keys as printed."""

    code: str
    keys: tuple[str, ...]
    tied: bool
    seated: bool


@dataclass(frozen=True, slots=True)
class SeatGroup:
    """A group of the page: its row of the largest remainder, its place among the remainders, what decided, who."""

    row: SeatRow
    place: int
    words: Any
    edges: tuple[Edge, ...]

    @property
    def printed(self) -> tuple[str, ...]:
        """Exact share and remainder, as printed."""
        return points(float(self.row.exact), 3), points(float(self.row.remainder), 3)


@dataclass(frozen=True, slots=True)
class Shared:
    """How the seats of a round were shared: the share, all seats, the groups."""

    share: str
    seats: int
    branches: int
    groups: tuple[SeatGroup, ...]


@dataclass(frozen=True, slots=True)
class Lined:
    """A field of an edition with a line: the line, what the edition says of it, branches, how many reached it, how
    many of those fulfil the other conditions. None where there are too few branches.
    """

    name: str
    line: str
    about: str
    branches: int | None
    reached: int | None
    named: int | None


def shared(run: Run) -> Shared | None:
    """How the seats were shared, None where the files of the run are gone. Raises ValueError without seats."""
    found = opened(run.results_folder)
    return _shared(found.folder, found.digest) if found else None


@lru_cache(maxsize=4)
def _shared(folder: Path, digest: str) -> Shared:
    """Worked out once: of a whole region it takes a second."""
    found = opened(folder)
    assert found is not None
    edition = found.edition
    if edition.policy.seats is None:
        raise ValueError(f"{edition.code} caps no seats")
    page = naming.derivation(edition.policy.seats, seating_of(edition, found.table("branches"), _leagues(found)))
    order = sorted(range(len(page.groups)), key=lambda place: _by_remainder(page.groups[place][0], place))
    place = {group: number for number, group in enumerate(order, 1)}
    return Shared(
        share(float(page.share)), page.seats, sum(row.size for row, _edge in page.groups),
        tuple(
            SeatGroup(row, place[number], edge.words, tuple(_edges(edge)))
            for number, (row, edge) in enumerate(page.groups) if row.size
        ),
    )  # fmt: skip


def _by_remainder(row: SeatRow, place: int) -> tuple[Any, ...]:
    """In the order in which the seats left over are given: by remainder, then the larger group."""
    return -row.remainder, -row.size, place


def _leagues(found: Opened) -> list[str]:
    """The codes of the leagues in the order of the snapshot's units."""
    here = set(found.table("branches")["unit_2"].to_pylist())
    units = [row for row in found.table("units").select(["code"]).to_pylist() if row["code"] in here]
    return [row["code"] for row in units]


def _edges(edge: Boundary) -> Iterator[Edge]:
    """Those who tie, and some on either side."""
    last_in = sum(one.seated for one in edge.order)
    tied = set(edge.tied) if len(edge.tied) > 1 else set()
    for number, one in enumerate(edge.order):
        if one.branch in tied or last_in - AROUND <= number < last_in + AROUND:
            yield Edge(one.branch, tuple(_printed(one)), one.branch in tied, one.seated)


def _printed(one: Contender) -> Iterator[str]:
    """The keys in points and percent, as people read them."""
    theta, least, public, first = one.keys
    yield cents(theta)
    yield share(least / 10_000, 2)
    yield cents(public)
    yield cents(first)


def edges_seen(group: SeatGroup, seen: Seen) -> list[tuple[str, Edge | None]]:
    """The contenders beside a boundary by name; those outside the mandate without figures."""
    units = _units_of(seen, [one.code for one in group.edges])
    called = _names([code for code, unit in units.items() if seen.sight.sees(code, unit)])
    return [(called.get(one.code, ""), one if one.code in called else None) for one in group.edges]


def _units_of(seen: Seen, codes: list[str]) -> dict[str, str]:
    wanted, table = set(codes), seen.results.branches
    pairs = zip(table["code"].to_pylist(), table["unit"].to_pylist(), strict=True)
    return {code: unit for code, unit in pairs if code in wanted}


def _names(codes: list[str]) -> dict[str, str]:
    pks = dict(OrganisationState.objects.open().filter(code__in=codes).values_list("code", "organisation_id"))
    called = names_of(pks.values())
    return {str(code): called.get(pk, "") for code, pk in pks.items()}


def group_name(group: str, edition: Edition) -> str:
    """A group in words: the field, and the league where seats are shared by league."""
    field, _slash, league = group.partition("/")
    name = edition.field(field).name.say(get_language() or "")
    unit = UnitState.objects.open().filter(code=league).first() if league else None
    return f"{unit.name if unit else league} {name}" if league else name


def lined(run: Run, edition: Edition) -> list[Lined]:
    """What the line of each field let through, where there is a line and no seats."""
    found = opened(run.results_folder)
    if found is None:
        return []
    table, language = found.table("branches"), get_language() or ""
    field = np.array(table["field"].to_pylist(), dtype=object)
    over, named = (table[one].to_numpy(zero_copy_only=False) for one in ("over_line", "named"))
    lines = []
    for one in edition.fields:
        mine = field == one.code
        size = int(mine.sum())
        told = (size, int(over[mine].sum()), int(named[mine].sum())) if size >= FEW else (None, None, None)
        if size:
            lines.append(Lined(one.name.say(language), cents(one.line), one.about.say(language) if one.about else "",
                               *told))  # fmt: skip
    return lines


def seat_grid(page: Shared, edition: Edition) -> Grid:
    """The groups as a file."""
    columns = (
        Column(_("Group")), Column(_("Party branches"), "whole"), Column(_("Exact share")),
        Column(_("Whole seats"), "whole"), Column(_("Remainder")),
        Column(_("Order of remainders"), "whole"), Column(_("Seat by remainder"), "whole"),
        Column(_("Seats of the group"), "whole"), Column(_("What decided")),
    )  # fmt: skip
    return Grid(_("Seats of the group"), columns, [
        (group_name(one.row.group, edition), one.row.size, one.printed[0], one.row.whole, one.printed[1], one.place,
         one.row.extra, one.row.seats, one.words.say(get_language() or "")) for one in page.groups
    ])  # fmt: skip


def edge_grid(found: Iterable[tuple[str, list[tuple[str, Edge | None]]]]) -> Grid:
    """The contenders beside the boundaries as a file."""
    keys = [Column(one.say(get_language() or "")) for one in naming.TIE_KEYS]
    columns = (Column(_("Group")), Column(_("Party branch")), *keys, Column(_("Alike in everything")),
               Column(_("Has a seat")))  # fmt: skip
    said = {True: _("yes"), False: _("no")}
    return Grid(_("At the boundary"), columns, [
        (group, name, *one.keys, said[one.tied], said[one.seated])
        for group, edges in found for name, one in edges if one is not None
    ])  # fmt: skip


def line_grid(found: Iterable[Lined]) -> Grid:
    """The lines as a file."""
    columns = (Column(_("Field")), Column(_("Line")), Column(_("Party branches"), "whole"),
               Column(_("Reached the line"), "whole"), Column(_("Named by the results"), "whole"),
               Column(_("What the edition says of it")))  # fmt: skip
    return Grid(_("Lines of the fields"), columns, [
        (one.name, one.line, one.branches, one.reached, one.named, one.about) for one in found
    ])  # fmt: skip
