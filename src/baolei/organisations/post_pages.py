"""What the page of posts and terms shows: each figure with both its numbers and its rows; the same by unit below."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.organisations import doors
from baolei.organisations.directory import Line
from baolei.organisations.doors import Scope
from baolei.organisations.models import OrganisationState, UnitCount, UnitState
from baolei.organisations.post_counts import REMINDER
from baolei.organisations.tasks import ending
from baolei.organisations.villages import VILLAGE, Village, leading, villages
from baolei.programme.organisation.rules import SetupRules
from baolei.warehouse.spreadsheets import Column, Grid

ENDING = "ending"
KEPT = ("terms", ENDING, "committees", "villages", "filled", "one_hand")
PIECE = 500
"""So many villages are named at once."""


@dataclass(frozen=True, slots=True)
class Figure:
    """So many of so many: what is counted, of what, where the rows stand, and what is counted apart."""

    label: str
    number: int
    of: int
    of_what: str
    url: str
    note: str = ""
    as_share: bool = False

    @property
    def share(self) -> float | None:
        """The share, 0 to 1; None where there is nothing of which it could be one."""
        return self.number / self.of if self.of else None


def figures(counted: UnitCount, unit: int, rules: SetupRules) -> list[Figure]:
    """What the last look through counted of a unit and all below it, in the order of the page."""
    posts, found, kept = counted.posts, counted.findings, counted.excused
    terms, committees = posts.get("terms", 0), posts.get("committees", 0)
    of_terms, of_committees = _("terms on record"), _("branches that must have a committee")
    of_villages = _("villages and communities")
    delayed = kept.get("term_overdue", 0)
    soon = _("Terms that end within %(months)d months") % {"months": rules.number(REMINDER)}
    return [
        Figure(soon, posts.get(ENDING, 0), terms, of_terms, _rows(unit, ENDING)),
        Figure(_("Terms overdue"), found.get("term_overdue", 0), terms, of_terms, _audit(unit, "term_overdue"),
               _("%(number)d more by approval") % {"number": delayed} if delayed else ""),
        Figure(_("Secretary vacant"), found.get("secretary_vacant", 0), posts.get("secretaries", 0),
               _("organisations that must have one"), _audit(unit, "secretary_vacant")),
        Figure(_("Committee missing"), found.get("committee_missing", 0), committees, of_committees,
               _audit(unit, "committee_missing")),
        Figure(_("Committee incomplete"), found.get("committee_incomplete", 0), committees, of_committees,
               _audit(unit, "committee_incomplete")),
        Figure(_("One person in both posts"), posts.get("one_hand", 0), posts.get("filled", 0),
               _("villages and communities with both posts filled"), _rows(unit, "one_hand"), as_share=True),
        Figure(_("Villages and communities without a secretary"), posts.get("no_secretary", 0),
               posts.get("villages", 0), of_villages, _rows(unit, "no_secretary")),
        Figure(_("Villages and communities whose own committee has no head"), posts.get("no_head", 0),
               posts.get("villages", 0), of_villages, _rows(unit, "no_head")),
    ]  # fmt: skip


def _rows(unit: int, which: str) -> str:
    return reverse("posts_rows", args=[unit, which])


def _audit(unit: int, flag: str) -> str:
    return f"{reverse('audit')}?unit={unit}&flag={flag}#list"


def figure_grid(listed: Sequence[Figure], day: date) -> Grid:
    """The figures as a file, each with both numbers and its day."""
    columns = (Column(_("Figure")), Column(_("Numerator"), "whole"), Column(_("Denominator"), "whole"),
               Column(_("Of what")), Column(_("As of"), "day"))  # fmt: skip
    return Grid(_("Posts and terms"), columns, [(one.label, one.number, one.of, one.of_what, day) for one in listed])


@dataclass(frozen=True, slots=True)
class Below:
    """A unit below as a row; `share` of the villages with both posts filled, 0 to 1, None without any."""

    line: Line

    def __getitem__(self, name: str) -> int:
        """A count that the look through keeps. Raises KeyError for a name that is none, so that pages try others."""
        if name not in KEPT:
            raise KeyError(name)
        return int(self.line.count.posts.get(name, 0))

    @property
    def overdue(self) -> int:
        """Terms overdue without an approval."""
        return int(self.line.count.findings.get("term_overdue", 0))

    @property
    def vacant(self) -> int:
        """Organisations without a secretary."""
        return int(self.line.count.findings.get("secretary_vacant", 0))

    @property
    def lacking(self) -> int:
        """Committees missing or incomplete."""
        found = self.line.count.findings
        return int(found.get("committee_missing", 0) + found.get("committee_incomplete", 0))

    @property
    def share(self) -> float | None:
        """Both posts in one hand, of those with both filled."""
        return self["one_hand"] / self["filled"] if self["filled"] else None


def unit_grid(listed: Iterable[Below]) -> Grid:
    """The units below as a file."""
    heads = (_("Terms on record"), _("Ending soon"), _("Terms overdue"), _("Secretary vacant"),
             _("Must have a committee"), _("Committee missing or incomplete"), _("Villages and communities"),
             _("Both posts filled"), _("One person in both posts"))  # fmt: skip
    columns = (Column(_("Unit")), *(Column(head, "whole") for head in heads))
    return Grid(_("Units below"), columns, [
        (one.line.state.name, one["terms"], one[ENDING], one.overdue, one.vacant, one["committees"], one.lacking,
         one["villages"], one["filled"], one["one_hand"])
        for one in listed
    ])  # fmt: skip


# ---- rows behind a figure ----


def kinds_of_rows() -> dict[str, str]:
    """The lists that stand behind figures, by the word in the address."""
    return {
        ENDING: _("Terms that end soon"),
        "one_hand": _("One person in both posts"),
        "two_hands": _("Both posts filled, by two people"),
        "no_secretary": _("Villages and communities without a secretary"),
        "no_head": _("Villages and communities whose own committee has no head"),
    }


def ending_rows(scope: Scope, state: UnitState) -> Any:
    """The terms that end soon, of the organisations at a unit of the scope and below it, the nearest first."""
    everything = scope.whole and scope.units == (state.path,)
    mine = doors.organisations(scope, "" if everything else state.path)
    return ending(scope.day).filter(organisation__in=mine.values("organisation")).order_by("ends", "pk")


def village_rows(scope: Scope, state: UnitState, which: str) -> list[int]:
    """The villages of one kind at a unit of the scope and below it, from the top down, by number (pk of the state)."""
    homes = doors.units(scope).filter(level=VILLAGE).under(state.path).order_by("path")
    listed = list(homes.values_list("pk", "unit_id"))
    serving = doors.organisations(scope).filter(unit__in=homes.order_by().values("unit"))
    standing = villages(scope.day, [unit for _pk, unit in listed], serving)
    holds = OF_KIND[which]
    return [pk for pk, unit in listed if holds(standing[unit])]


OF_KIND: Mapping[str, Callable[[Village], bool]] = {
    "one_hand": lambda one: one.filled and one.one,
    "two_hands": lambda one: one.filled and not one.one,
    "no_secretary": lambda one: not one.secretary,
    "no_head": lambda one: not one.head,
}


def with_leaders(scope: Scope, numbers: Sequence[int]) -> list[tuple[UnitState, list[OrganisationState]]]:
    """Villages (by pk of their states) with the organisations that lead them; two questions."""
    found: dict[int, list[OrganisationState]] = {}
    listed = list(UnitState.objects.filter(pk__in=numbers).order_by("path"))
    serving = doors.organisations(scope).filter(leading(), unit__in=[one.unit_id for one in listed])
    for one in serving.order_by("path"):
        found.setdefault(one.unit_id, []).append(one)
    return [(one, found.get(one.unit_id, [])) for one in listed]


def village_grid(scope: Scope, listed: Sequence[int], title: str) -> Grid:
    """Villages of one kind as a file."""
    columns = (Column(_("Unit")), Column(_("Code")), Column(_("Party organisation")))
    rows = (
        (state.name, state.code, "、".join(one.name for one in leaders))
        for at in range(0, len(listed), PIECE)
        for state, leaders in with_leaders(scope, listed[at : at + PIECE])
    )
    return Grid(title, columns, rows)
