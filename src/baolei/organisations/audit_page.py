"""What the page of the structural audit shows: how much of what, where, since when, and the list itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.organisations import directory
from baolei.organisations.directory import Line
from baolei.organisations.findings import say
from baolei.organisations.models import AuditRun, Finding, OrganisationState, UnitCount, UnitState
from baolei.organisations.tiles import tiles
from baolei.programme.organisation.rules import Flag, SetupRules
from baolei.programme.printed import count, points
from baolei.programme.standard.edition import Text
from baolei.warehouse.spreadsheets import Column, Grid

TREND = 24
"""So many look-throughs are drawn."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of finding at a unit: its rule, how many organisations have it, how many keep it by approval (None where
    no look through has counted them).
    """

    flag: Flag
    open: int
    excused: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """A finding as a row: the organisation, where, what was found, what to do, and whether it is late."""

    finding: Finding
    state: OrganisationState | None
    unit: UnitState | None
    flag: Flag
    says: Text
    cites: str
    late: bool

    @property
    def owner(self) -> str:
        """Who has to act."""
        return owners()[self.flag.owner]


def owners() -> dict[str, str]:
    """Who has to act, in words."""
    return {"branch": _("the branch"), "superior": _("the committee above")}


def cites(flag: Flag, rules: SetupRules) -> str:
    """The articles that a flag's numbers come from; nothing where it leans on no number."""
    language = get_language() or ""
    named = dict.fromkeys(condition.rule.partition(".")[0] for condition in flag.when if condition.rule)
    return _("; ").join(rules.rules[name].origin.cite().say(language) for name in named)


def kinds(counted: UnitCount, rules: SetupRules, *, of_a_run: bool = True) -> list[Kind]:
    """Every kind of finding in the order of the rules, those nobody has included."""
    return [Kind(flag, counted.findings.get(code, 0), counted.excused.get(code, 0) if of_a_run else None)
            for code, flag in rules.flags.items() if code != "inactive_branch"]  # fmt: skip


def rows(found: Sequence[Finding], day: date, rules: SetupRules, *, as_it_was: bool = False) -> list[Row]:
    """Findings as rows, in the order given; two questions to the database whatever their number.

    `as_it_was` on the day, with the names of the day and as open as it was then; the figures of each are kept for the
    last look only, so an earlier day's rows name the kind alone.
    """
    pks = {one.organisation_id for one in found}
    named = OrganisationState.objects.on(day) if as_it_was else OrganisationState.objects
    states = {one.organisation_id: one for one in named.filter(organisation__in=pks).order_by("since")}
    if as_it_was:
        for one in found:
            one.until, one.how = None, ""
    units = {one.unit_id: one for one in UnitState.objects.on(day).filter(
        unit__in={state.unit_id for state in states.values()})}  # fmt: skip
    return [
        Row(one, state := states.get(one.organisation_id), units.get(state.unit_id) if state else None,
            rules.flags[one.flag], rules.flags[one.flag].name if as_it_was else say(one, rules),
            cites(rules.flags[one.flag], rules),
            one.until is None and one.due < day)
        for one in found
    ]  # fmt: skip


def each_row(found: Any, day: date, rules: SetupRules, *, as_it_was: bool = False) -> Iterator[Row]:
    """Any number of findings as rows, piece by piece."""
    for some in directory.pieces(found):
        yield from rows(some, day, rules, as_it_was=as_it_was)


def kind_grid(listed: Sequence[Kind], language: str) -> Grid:
    """How much of what, as a file."""
    columns = (Column(_("Finding")), Column(_("Open"), "whole"), Column(_("Kept by approval"), "whole"))
    return Grid(
        _("Kinds of finding"), columns, [(one.flag.name.say(language), one.open, one.excused) for one in listed]
    )


def trend(unit: UnitState, rules: SetupRules) -> dict[str, Any] | None:
    """How many findings of each kind every look through counted at a unit; None before the second."""
    counted = list(
        UnitCount.objects.filter(unit=unit.unit_id).order_by("-run__day", "-run").select_related("run")[:TREND]
    )
    counted.reverse()
    if len(counted) < 2:
        return None
    language = get_language() or ""
    shown = [flag for code, flag in rules.flags.items() if any(one.findings.get(code) for one in counted)]
    days = [one.run.day.isoformat() for one in counted]
    lines = [{"name": flag.name.say(language), "values": [one.findings.get(flag.code, 0) for one in counted]}
             for flag in shown]  # fmt: skip
    table = [[day, *(count(one.findings.get(flag.code, 0)) for flag in shown)]
             for day, one in zip(days, counted, strict=True)]  # fmt: skip
    first, last = (sum(one.findings.values()) for one in (counted[0], counted[-1]))
    return {
        "id": "trend",
        "kind": "lines",
        "title": _("Findings from look-through to look-through"),
        "says": _("%(first)s findings on %(from)s, %(last)s on %(to)s.") % {
            "first": count(first), "from": days[0], "last": count(last), "to": days[-1]},
        "data": {"steps": days, "series": lines},
        "table": directory.table([_("Day"), *(flag.name.say(language) for flag in shown)], table),
    }  # fmt: skip


def tile_map(run: AuditRun, day: date, chosen: str) -> dict[str, Any]:
    """Every banner as a square, darker for a larger share of its organisations with a finding (of one kind)."""
    states = {one.code: one for one in UnitState.objects.on(day).filter(code__in=[tile.code for tile in tiles()])}
    counted = {one.unit_id: one for one in run.counts.filter(unit__in=[one.unit_id for one in states.values()])}
    placed, listed = [], []
    for tile in tiles():
        state = states.get(tile.code)
        here = counted.get(state.unit_id) if state else None
        if state is None or here is None or not here.organisations:
            continue
        number = here.findings.get(chosen, 0) if chosen else here.flagged
        share = 100 * number / here.organisations
        says = _("%(share)s%% · %(number)s of %(all)s organisations") % {
            "share": points(share, 1), "number": count(number), "all": count(here.organisations)}  # fmt: skip
        placed.append({"code": tile.code, "name": tile.name, "x": tile.x, "y": tile.y, "value": round(share, 1),
                       "says": says, "url": f"{reverse('audit')}?unit={state.unit_id}"})  # fmt: skip
        listed.append([tile.name, count(here.organisations), count(number), f"{points(share, 1)}%"])
    return {
        "id": "map",
        "kind": "tiles",
        "title": _("Where the findings are, by banner"),
        "says": _("Share of the banner's Party organisations with at least one finding."),
        "data": {"tiles": placed, "unit": "%"},
        "table": directory.table([_("Banner"), _("Organisations"), _("With a finding"), _("Share")], listed),
        "note": _("One square for each banner about where it lies; no border is drawn. A click opens it."),
    }


def finding_grid(listed: Iterable[Row], language: str) -> Grid:
    """Findings as a file."""
    columns = (
        Column(_("Organisation")), Column(_("Code")), Column(_("Unit served")), Column(_("Kind of finding")),
        Column(_("Found")), Column(_("What to do")), Column(_("Who acts")), Column(_("First seen"), "day"),
        Column(_("Due"), "day"), Column(_("Closed on"), "day"), Column(_("Closed by")), Column(_("Rule")),
    )  # fmt: skip
    return Grid(_("Findings"), columns, (
        (row.state.name if row.state else "", row.state.code if row.state else "", row.unit.name if row.unit else "",
         row.flag.name.say(language), row.says.say(language), row.flag.cure.say(language), row.owner,
         row.finding.since, row.finding.due, row.finding.until, row.finding.get_how_display(), row.finding.flag)
        for row in listed
    ))  # fmt: skip


def unit_grid(units: Sequence[Line], rules: SetupRules, language: str) -> Grid:
    """How much of what in each unit below, as a file."""
    flags = [flag for code, flag in rules.flags.items() if code != "inactive_branch"]
    heads = (Column(_("Unit")), Column(_("Code")))
    numbers = (_("Organisations"), _("With a finding"), *(flag.name.say(language) for flag in flags))
    columns = (*heads, *(Column(label, "whole") for label in numbers))
    return Grid(_("Units below"), columns, [
        (one.state.name, one.state.code, one.count.organisations, one.count.flagged,
         *(one.count.findings.get(flag.code, 0) for flag in flags))
        for one in units
    ])  # fmt: skip
