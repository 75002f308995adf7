"""Where the piles of a round stand: looks taken, settled or not. What stands on the ballots is not read for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from baolei.ballots.models import Pile
from baolei.declarations.models import Declaration
from baolei.declarations.views import Row as Branch
from baolei.declarations.views import rows as branches
from baolei.organisations.directory import pieces
from baolei.programme.standard.edition import Source
from baolei.standards.at_hand import at_hand
from baolei.warehouse.spreadsheets import Column, Grid

NONE, ONE, DIFFERS, SETTLED = "none", "one", "differs", "settled"


@dataclass(frozen=True, slots=True)
class Row:
    """The ballots of one source about one branch: how many looks, how they stand, how many ballots where that is
    settled. Before that the number would tell the second person what the first one found.
    """

    branch: Branch
    source: Source
    looks: int
    standing: str
    entered: int | None

    @property
    def name(self) -> str:
        """What the source is called."""
        return self.source.name.say(get_language() or "")

    @property
    def said(self) -> str:
        """How it stands, in words."""
        return said()[self.standing]


def said() -> dict[str, str]:
    """What the standings are called."""
    return {
        NONE: pgettext("pile", "not entered yet"),
        ONE: pgettext("pile", "one look so far"),
        DIFFERS: pgettext("pile", "the looks differ"),
        SETTLED: pgettext("pile", "settled"),
    }


def standing(looks: Iterable[Any]) -> str:
    """How a pile stands after these looks."""
    held = list(looks)
    if any(one.agrees for one in held):
        return SETTLED
    return (NONE, ONE)[len(held)] if len(held) < 2 else DIFFERS


def standing_so(which: str) -> Any:
    """For each pile that stands so (one look, differing, settled) the look that says it."""
    same = Pile.objects.filter(declaration=OuterRef("declaration"), source=OuterRef("source"))
    if which == SETTLED:
        return Pile.objects.filter(agrees=True)
    if which == ONE:
        return Pile.objects.filter(~Exists(same.filter(look=2)), look=1)
    return Pile.objects.filter(~Exists(same.filter(agrees=True)), look=2)


def numbers(found: Any) -> dict[str, int]:
    """How many piles of these declarations stand how."""
    mine = Q(declaration__in=found.order_by().values("pk"))
    return {which: standing_so(which).filter(mine).count() for which in (ONE, DIFFERS, SETTLED)}


def rows(found: list[Declaration], which: str = "") -> list[Row]:
    """A row for each declaration and source, in the order given; only those that stand so where `which` says how."""
    held: dict[tuple[int, str], list[Pile]] = {}
    for one in Pile.objects.filter(declaration__in=found).defer("ballots", "salt").order_by("look"):
        held.setdefault((one.declaration_id, one.source), []).append(one)
    listed = [
        _row(branch, source, held.get((branch.declaration.pk, source.code), []))
        for branch in branches(found)
        for source in at_hand(branch.declaration.round.edition).asked()
    ]
    return [row for row in listed if which in ("", row.standing)]


def each_row(found: Any, which: str) -> Iterator[Row]:
    """The same for any number of declarations, piece by piece."""
    for some in pieces(found):
        yield from rows(some, which)


def _row(branch: Branch, source: Source, looks: list[Pile]) -> Row:
    here = standing(looks)
    entered = next((one.entered for one in looks if one.agrees), None)
    return Row(branch, source, len(looks), here, entered)


def grid(listed: Iterable[Row]) -> Grid:
    """The piles as a file."""
    columns = (
        Column(_("Party branch")), Column(_("Unit served")), Column(_("Asked")), Column(_("Looks"), "whole"),
        Column(pgettext("process", "Standing")), Column(_("Ballots"), "whole"),
    )  # fmt: skip
    return Grid(_("Paper ballots"), columns, (
        (row.branch.name, row.branch.unit, row.name, row.looks, row.said, row.entered) for row in listed
    ))  # fmt: skip
