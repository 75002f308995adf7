"""What is done with centres: one is entered, changed, opened or paused or closed, looked in at; a village is placed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.centres import roads
from baolei.centres.models import HIGHEST, LONGEST_NAME, Centre, Look, Offer, RoadMap, Spot, Standing
from baolei.ledger.actions import record
from baolei.organisations.doors import above_unit, writing_scope
from baolei.organisations.models import HubHousehold, OrganisationState, UnitState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme.centres import OPEN, check_hours, check_step
from baolei.programme.personal import personal
from baolei.warehouse.rulebook import centres as centre_rules

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Entered:
    """A centre as it is entered: name and address of a public building, services by code, hours, coordinates, or the
    hub household (pk) that it is.
    """

    kind: str
    name: str
    services: Collection[str]
    address: str = ""
    days: str = ""
    opens: time | None = None
    closes: time | None = None
    lon: float | None = None
    lat: float | None = None
    hub: int | None = None


@transaction.atomic
def open_centre(
    *, actor: Account, now: datetime, unit: UnitState, key: str, said: Entered, since: date
) -> Centre:  # fmt: skip
    """Enter a centre of a unit that has been open since a day; sent twice under one key it is entered once. Raises
    NotPossible and CentreRefused.
    """
    today = localdate(now)
    keeper(actor, unit, today)
    there: Centre | None = Centre.objects.filter(key=key, unit=unit.unit_id).first()
    if there is not None:
        return there
    _not_to_come(since, today)
    sayable(said, unit, today)
    made: Centre = Centre.objects.create(
        unit_id=unit.unit_id, level=unit.level, key=key, entered=today, by=actor, **_columns(said)
    )
    Standing.objects.create(centre=made, state=OPEN, since=since)
    _offer(made, said.services)
    note("open", made, unit, actor, now, after={"name": made.name, "kind": made.kind, "since": since.isoformat()})
    return made


@transaction.atomic
def change_centre(*, actor: Account, now: datetime, centre: Centre, said: Entered, why: str) -> Centre:
    """Put a centre's particulars right: name, services, hours, place. Raises NotPossible and CentreRefused."""
    this, unit = mine(actor, centre, localdate(now))
    sayable(said, unit, localdate(now))
    columns = _columns(said)
    before = {"name": this.name, "services": sorted(this.offers.values_list("service", flat=True))}
    for name, value in columns.items():
        setattr(this, name, value)
    this.save(update_fields=list(columns))
    Offer.objects.filter(centre=this).delete()
    _offer(this, said.services)
    note("change", this, unit, actor, now, why=why, before=before,
         after={"name": this.name, "services": sorted(said.services)})  # fmt: skip
    return this


@transaction.atomic
def set_standing(*, actor: Account, now: datetime, centre: Centre, state: str, since: date, why: str) -> Standing:
    """Open, pause or close a centre from a day on. Raises NotPossible and CentreRefused."""
    today = localdate(now)
    this, unit = mine(actor, centre, today)
    last = Standing.objects.select_for_update().get(centre=this, until=None)
    check_step(last.state, state)
    _not_to_come(since, today)
    if since <= last.since:
        raise NotPossible(_("it has stood so since %(day)s: enter a later day") % {"day": last.since})
    last.until = since - DAY
    last.save(update_fields=["until"])
    made: Standing = Standing.objects.create(centre=this, state=state, since=since)
    note("set_standing", this, unit, actor, now, why=why, before={"state": last.state},
         after={"state": state, "since": since.isoformat()})  # fmt: skip
    return made


@transaction.atomic
def look_in(*, actor: Account, now: datetime, centre: Centre, day: date, found_open: bool) -> Look:
    """Note that somebody from above looked in on a day, and whether it was open as announced. Raises NotPossible."""
    today = localdate(now)
    unit = _home(centre, today)
    writing = writing_scope(actor, today)
    if not above_unit(writing, unit):
        raise NotPossible(_("whoever answers for a unit above looks in, not the unit itself"))
    _not_to_come(day, today)
    if Look.objects.filter(centre=centre, day=day).exists():
        raise NotPossible(_("somebody looked in on %(day)s already: one look a day counts") % {"day": day})
    made: Look = Look.objects.create(centre=centre, day=day, open=found_open, by=actor)
    note("look_in", centre, unit, actor, now, after={"day": day.isoformat(), "open": found_open})
    return made


@transaction.atomic
def place_at(*, actor: Account, now: datetime, unit: UnitState, number: int) -> Spot:
    """Say that a village lies at a named place of the roads in use (its number there). Raises NotPossible."""
    today = localdate(now)
    keeper(actor, unit, today)
    used: RoadMap | None = RoadMap.objects.first()
    there = roads.named(used) if used else None
    if there is None or not 0 <= number < len(there.name):
        raise NotPossible(_("no such place on the map of roads: choose one that is offered"))
    spot: Spot
    spot, _new = Spot.objects.update_or_create(unit_id=unit.unit_id, defaults={
        "lon": float(there.lon[number]), "lat": float(there.lat[number]), "how": Spot.NAMED, "day": today})  # fmt: skip
    record(actor=actor, act="centres.place_at", subject=f"unit:{unit.unit_id}", path=unit.path, now=now,
           after={"place": str(there.name[number])})  # fmt: skip
    return spot


# ---- who, and what can be ----


def keeper(actor: Account, unit: UnitState, today: date) -> None:
    """Refuse whoever does not answer for a unit. Raises NotPossible."""
    if not writing_scope(actor, today).holds(unit.path):
        raise NotPossible(_("a centre is kept by whoever answers for its unit, or for one above"))


def mine(actor: Account, centre: Centre, today: date) -> tuple[Centre, UnitState]:
    """A centre, locked, and its unit, for which the actor answers. Raises NotPossible."""
    this: Centre = Centre.objects.select_for_update(of=("self",)).get(pk=centre.pk)
    unit = _home(this, today)
    keeper(actor, unit, today)
    return this, unit


def _home(centre: Centre, today: date) -> UnitState:
    found: UnitState | None = UnitState.objects.on(today).filter(unit=centre.unit_id).first()
    if found is None:
        raise NotPossible(_("the unit that kept this centre is no more"))
    return found


def sayable(said: Entered, unit: UnitState, today: date) -> None:
    """Refuse what cannot be, naming what would be right. Raises NotPossible and CentreRefused."""
    services, language = centre_rules().services, get_language() or ""
    if unit.level < HIGHEST:
        raise NotPossible(_("centres are kept by cities, counties, townships and villages, not by the region itself"))
    if not said.name.strip() or len(said.name.strip()) > LONGEST_NAME:
        raise NotPossible(_("give its name, %(most)d characters at most") % {"most": LONGEST_NAME})
    if found := personal(f"{said.name} {said.address}"):
        raise NotPossible(_("%(what)s stands in the name or the address: leave it out") % {"what": found.say(language)})
    if not said.services or set(said.services) - set(services):
        raise NotPossible(
            _("say what it offers, of: %(services)s")
            % {"services": ", ".join(one.name.say(language) for one in services.values())}
        )
    check_hours(said.days, said.opens, said.closes)
    on_earth(said.lon, said.lat)
    if said.hub is not None:
        _a_point(said, unit, today)


def on_earth(lon: float | None, lat: float | None) -> None:
    """Refuse half a pair of coordinates, and what lies nowhere. Raises NotPossible."""
    if (lon is None) != (lat is None):
        raise NotPossible(_("give both coordinates, or neither"))
    if lon is not None and lat is not None and not (abs(lon) <= 180 and abs(lat) <= 90):
        raise NotPossible(_("longitude lies within 180, latitude within 90 degrees, such as 111.65 and 40.82"))


def _a_point(said: Entered, unit: UnitState, today: date) -> None:
    """A hub household is a point of its own village, and is not located: it is somebody's home."""
    if said.kind != Centre.POINT or said.lon is not None or said.address:
        raise NotPossible(
            _("a hub household is a service point without address and coordinates: it is somebody's home")
        )
    here = OrganisationState.objects.on(today).filter(unit=unit.unit_id).values("organisation")
    if not HubHousehold.objects.on(today).filter(pk=said.hub, organisation__in=here).exists():
        raise NotPossible(_("choose a hub household of this unit that is one today"))


def _not_to_come(day: date, today: date) -> None:
    if day > today:
        raise NotPossible(_("%(day)s has not come yet: enter it on that day") % {"day": day})


def _columns(said: Entered) -> dict[str, Any]:
    return {
        "kind": said.kind, "name": said.name.strip(), "address": said.address.strip(), "days": said.days,
        "opens": said.opens, "closes": said.closes, "lon": said.lon, "lat": said.lat, "hub_id": said.hub,
    }  # fmt: skip


def _offer(centre: Centre, services: Collection[str]) -> None:
    Offer.objects.bulk_create(Offer(centre=centre, service=one) for one in sorted(set(services)))


def note(
    step: str, centre: Centre, unit: UnitState, actor: Account, now: datetime, why: str = "", before: Any = None,
    after: Any = None,
) -> None:  # fmt: skip
    """Put on record what was done with a centre, as the last statement of its transaction."""
    record(actor=actor, act=f"centres.{step}", subject=f"centre:{centre.pk}", path=unit.path, now=now, why=why,
           before=before, after=after)  # fmt: skip
