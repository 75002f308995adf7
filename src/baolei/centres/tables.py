"""Centres, coverage and circles as rows of pages and of files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from baolei.centres.circle import Place
from baolei.centres.facts import Figure
from baolei.centres.models import Centre, CircleRun, Look, Minutes, Offer, Standing
from baolei.centres.next_points import Suggestion
from baolei.organisations.models import UnitState
from baolei.programme.centres import OPEN, STATES, missing
from baolei.warehouse.rulebook import centres as centre_rules
from baolei.warehouse.spreadsheets import Column, Grid


@dataclass(frozen=True, slots=True)
class CentreRow:
    """A centre as a row: its unit's name, its level, how it stands since when, what it offers, its hours."""

    one: Centre
    unit: str
    unit_code: str
    level: str
    kind: str
    state: str
    at_work: bool
    since: date | None
    services: str
    hours: str


def centre_rows(found: Iterable[Centre], day: date) -> list[CentreRow]:
    """Centres as rows, in the order given: three questions whatever their number."""
    listed, language, rules = list(found), get_language() or "", centre_rules()
    pks = [one.pk for one in listed]
    units = {unit: (name, code) for unit, name, code in UnitState.objects.filter(
        unit__in={one.unit_id for one in listed}).order_by("since").values_list("unit_id", "name", "code")}  # fmt: skip
    stands = {one.centre_id: one for one in Standing.objects.on(day).filter(centre__in=pks)}
    offers: dict[int, list[str]] = {}
    for centre, service in Offer.objects.filter(centre__in=pks).values_list("centre", "service"):
        offers.setdefault(centre, []).append(service)
    order = list(rules.services)
    rows = []
    for one in listed:
        stand, kinds = stands.get(one.pk), dict(Centre.KINDS)
        codes = sorted(offers.get(one.pk, []), key=lambda code: order.index(code) if code in order else len(order))
        rows.append(CentreRow(
            one, *units.get(one.unit_id, ("", "")), rules.levels[one.level].say(language),
            _("hub household") if one.hub_id else str(kinds[one.kind]),
            STATES[stand.state].say(language) if stand else _("not yet"), bool(stand and stand.state == OPEN),
            stand.since if stand else None,
            pgettext("between names", ", ").join(
                rules.services[code].name.say(language) for code in codes if code in order),
            hours(one),
        ))  # fmt: skip
    return rows


def hours(centre: Centre) -> str:
    """When a centre is open, in words; '' where it is not known."""
    if not centre.days or centre.opens is None or centre.closes is None:
        return ""
    from baolei.centres.forms import WEEKDAYS

    names = dict(WEEKDAYS)
    first, last = centre.days[0], centre.days[-1]
    run = "".join(str(one) for one in range(int(first), int(last) + 1))
    days = (f"{names[first]}—{names[last]}" if len(run) > 2 and centre.days == run
            else pgettext("between names", ", ").join(str(names[one]) for one in centre.days))  # fmt: skip
    return f"{days} {centre.opens:%H:%M}—{centre.closes:%H:%M}"


def level_name(level: int) -> str:
    """What a level is called; 0 is all together."""
    return centre_rules().levels[level].say(get_language() or "") if level else _("All levels together")


def coverage_grid(found: Sequence[Figure]) -> Grid:
    """Coverage as a file."""
    heads = (Column(_("Level")), Column(_("With a centre at work"), "whole"), Column(_("Units"), "whole"),
             Column(_("Share"), "share"), Column(_("Day"), "day"))  # fmt: skip
    return Grid(pgettext("centres", "Coverage"), heads, [
        (level_name(one.level), one.numerator, one.denominator, one.share, one.day) for one in found
    ])  # fmt: skip


def centre_grid(rows: Iterable[CentreRow]) -> Grid:
    """Centres as a file, in the columns in which a list is sent."""
    heads = (Column(_("Unit")), Column(_("Code")), Column(_("Level")), Column(_("Name")), Column(_("Kind")),
             Column(_("What it offers")), Column(_("Address")), Column(pgettext("centres", "Hours")),
             Column(pgettext("centres", "Standing")),
             Column(_("Since"), "day"), Column(_("Longitude")), Column(_("Latitude")))  # fmt: skip
    return Grid(_("Service centres"), heads, (
        (row.unit, row.unit_code, row.level, row.one.name, row.kind, row.services, row.one.address, row.hours,
         row.state, row.since, _degrees(row.one.lon), _degrees(row.one.lat)) for row in rows
    ))  # fmt: skip


def _degrees(value: float | None) -> str | None:
    return None if value is None else f"{value:.6f}"


def look_grid(looks: Iterable[Look]) -> Grid:
    """The looks at a centre as a file."""
    return Grid(_("Looks"), (Column(_("Day"), "day"), Column(_("It was"))), [
        (one.day, _("open as announced") if one.open else _("not open")) for one in looks])  # fmt: skip


# ---- the circle ----


@dataclass(frozen=True, slots=True)
class CircleRow:
    """A place as a row: minutes by class (None: none reached), whether the circle is complete (None: not located)."""

    place: Place
    profile: str
    minutes: tuple[float | None, ...]
    complete: bool | None
    lacking: str


def minutes_of(
    run: CircleRun, units: Sequence[int], profile: str = "", service: str = ""
) -> dict[tuple[int, str, str], float | None]:
    """The minutes of places (by one profile, to one class) by unit, profile and class."""
    found = Minutes.objects.filter(run=run, unit__in=list(units))
    found = found.filter(profile=profile) if profile else found
    found = found.filter(service=service) if service else found
    return {(unit, by, service): minutes for unit, by, service, minutes in
            found.values_list("unit", "profile", "service", "minutes")}  # fmt: skip


def circle_rows(run: CircleRun, where: Sequence[Place], profile: str = "") -> list[CircleRow]:
    """Places as rows: measured by `profile`, or each by its own."""
    rules, language = centre_rules(), get_language() or ""
    units = [one.unit for one in where]
    near = minutes_of(run, units, profile)
    from baolei.centres.models import PlaceCircle

    known = {unit: (located, whole) for unit, located, whole in PlaceCircle.objects.filter(
        run=run, unit__in=units).values_list("unit", "located", "complete")}  # fmt: skip
    rows = []
    for one in where:
        by = profile or one.profile
        mine = {service: near.get((one.unit, by, service)) for service in rules.services}
        located, whole = known.get(one.unit, (False, False))
        lacks = missing(mine, rules) if located else ()
        complete = (whole if by == one.profile else not lacks) if located else None
        rows.append(CircleRow(
            one, rules.profiles[by][0].say(language), tuple(mine.values()), complete,
            pgettext("between names", ", ").join(rules.services[code].name.say(language) for code in lacks),
        ))  # fmt: skip
    return rows


def service_names() -> dict[str, str]:
    """The classes of service by code, in the reader's language."""
    language = get_language() or ""
    return {code: one.name.say(language) for code, one in centre_rules().services.items()}


def circle_grid(rows: Iterable[CircleRow]) -> Grid:
    """The circle of places as a file: minutes by class, empty where none is reached or the place is not located."""
    heads = [Column(_("Code")), Column(pgettext("circle", "Place")), Column(pgettext("centres", "Measured"))]
    heads += [Column(_("%(service)s, minutes") % {"service": name}, "points") for name in service_names().values()]
    return Grid(_("Circle"), (*heads, Column(_("Complete")), Column(_("Too far"))), (
        (row.place.code, row.place.name, row.profile, *row.minutes,
         _("not located") if row.complete is None else _("yes") if row.complete else _("no"), row.lacking)
        for row in rows
    ))  # fmt: skip


def next_grid(found: Suggestion) -> Grid:
    """The next points as a file."""
    heads = (Column(pgettext("centres", "Step"), "whole"), Column(_("Code")), Column(pgettext("circle", "Place")),
             Column(_("Gains"), "whole"), Column(_("Together"), "whole"))  # fmt: skip
    return Grid(_("Next points"), heads, [
        (number, one.place.code, one.place.name, one.gain, one.together) for number, one in enumerate(found.steps, 1)
    ])  # fmt: skip


def notes_of(title: str, run: CircleRun | None, extra: Mapping[str, Any] | None = None) -> list[str]:
    """Where a file on the circle comes from; an invented network says so."""
    if run is None:
        return [title]
    told = [title, f"{_('As of')}: {run.day}", f"{_('Roads')}: {run.roads.name} · SHA-256 {run.roads.digest}",
            f"{_('Inputs')}: SHA-256 {run.inputs}"]  # fmt: skip
    if run.roads.synthetic:
        return [*told, _("The roads are invented for the demo: these minutes say nothing of real places.")]
    return [*told, _("Roads: © OpenStreetMap contributors, Open Database License")]
