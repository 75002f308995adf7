"""The letter to a banner on how its superiors measure: by how much what they confirmed stands from what others found on
the branches drawn at random, how sure that is, and what follows. It speaks of a banner as a whole, never of a person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from baolei.organisations.places import Place
from baolei.programme.printed import points, signed
from baolei.programme.scoring.rollup import INTERVAL
from baolei.scores.results import Seen
from baolei.warehouse.spreadsheets import Column, Grid


@dataclass(frozen=True, slots=True)
class Letter:
    """What is told to a banner, in points of the organisation's part (positive: more than others found).

    `own`: whether so many visits were made that its own difference counts; else that of all counts. `mode`: what
    follows, `allocation` (the line moves) or `score` (a line of each score).
    """

    unit: Place
    visits: int
    delta: float
    se: float | None
    own: bool
    asked: int
    mode: str
    whole: tuple[float, float, int] | None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 90 % interval of the difference; None where it is not known."""
        return None if self.se is None else (self.delta - INTERVAL * self.se, self.delta + INTERVAL * self.se)

    @property
    def reading(self) -> str:
        """What can be said: `more` or `less` where the interval lies on one side of nothing, else `alike`."""
        if self.interval is None or self.interval[0] <= 0 <= self.interval[1]:
            return "alike"
        return "more" if self.delta > 0 else "less"

    @property
    def size(self) -> float:
        """The difference without its sign."""
        return abs(self.delta)


def letters(seen: Seen) -> list[Letter]:
    """The letters that are open to whoever looks, in the order of the tree."""
    return [found for code in seen.leniencies() if (found := letter(seen, code)) is not None]


def letter(seen: Seen, code: str) -> Letter | None:
    """The letter to a banner; None where it is not open, too few visits were made, or the standard asks for none."""
    told, results = seen.leniency(code), seen.results
    policy = results.edition.policy
    if told is None or policy.leniency_mode == "off" or code not in results.places:
        return None
    delta, visits = told
    return Letter(
        results.places.place(code), visits, delta, results.leniency_se.get(code), visits >= policy.leniency_visits,
        policy.leniency_visits, policy.leniency_mode, results.inflation,
    )  # fmt: skip


def as_grid(listed: Iterable[Letter]) -> Grid:
    """Letters as rows of a file."""
    columns = (
        Column(_("Unit")), Column(_("Code")), Column(_("Random re-inspections"), "whole"),
        Column(_("Difference in points")), Column(_("90% interval, from")), Column(_("90% interval, to")),
        Column(_("What can be said")),
    )  # fmt: skip
    return Grid(_("How superiors measure"), columns, (
        (one.unit.name, one.unit.code, one.visits, signed(one.delta),
         *(map(signed, one.interval) if one.interval else ("", "")), words(one)) for one in listed
    ))  # fmt: skip


def words(one: Letter) -> str:
    """What can be said of a banner, in a sentence."""
    if not one.own:
        return _("too few re-inspections for a figure of its own: that of all counts")
    said = {
        "more": _("what was confirmed stands clearly above what others found"),
        "less": _("what was confirmed stands clearly below what others found"),
        "alike": _("no clear difference"),
    }
    return said[one.reading]


def follows(one: Letter) -> str:
    """What follows for the branches of a banner, in a sentence."""
    given = {"unit": one.unit.name, "size": points(one.size)}
    if not one.delta:
        return _("Nothing follows: the line for a title stays as it is.")
    if one.mode == "score":
        more = _("On the sheet of each branch of %(unit)s a line takes %(size)s points off.")
        less = _("On the sheet of each branch of %(unit)s a line adds %(size)s points.")
    else:
        more = _("No score changes. For a title the branches of %(unit)s need %(size)s points more than the line.")
        less = _("No score changes. For a title the branches of %(unit)s need %(size)s points less than the line.")
    return (more if one.delta > 0 else less) % given
