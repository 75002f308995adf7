"""Matters as Open311 speaks of them: kinds are services, matters are requests. Words and askers are never told.

A request is named by its disguised number: numbers run through the whole house and would tell how much comes in, and
which matter came right after which.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.matters.models import Landmark, Matter, Step
from baolei.organisations.models import UnitState
from baolei.people.sealing import disguised, undisguised
from baolei.programme.matters import CLOSED, MERGED, NOT_FIXED, OPEN, PAUSED, STATES, Kind
from baolei.warehouse.rulebook import matters as matter_rules

PURPOSE = "name of a request"
NOTICE, LANDMARK = "notice", "landmark"
"""The attributes of each service: what is not asked for, and a public place near by."""


def name_of(matter: int) -> str:
    """The service_request_id of a matter (pk)."""
    return disguised(matter, PURPOSE)


def numbers_of(names: Iterable[str]) -> list[int]:
    """The matters (pk) of service_request_ids; those that are none are left out."""
    return [number for one in names if (number := undisguised(one, PURPOSE)) is not None]


# ---- services ----


def services() -> list[dict[str, Any]]:
    """The kinds of matters."""
    group = _("matters of residents")
    return [
        {"service_code": kind.code, "service_name": kind.name.say(_language()), "description": promise(kind),
         "metadata": True, "type": "batch", "keywords": f"{kind.name.zh},{kind.name.en}", "group": group}
        for kind in matter_rules().kinds.values()
    ]  # fmt: skip


def definition(code: str) -> dict[str, Any]:
    """What a report of a kind may say besides the fields of the specification."""
    notice = _("Say what it is about, in a line or two: no names, no identity or telephone number. Your own contact "
               "goes into its fields; coordinates are not kept.")  # fmt: skip
    landmark = _("A public place of the list of this community, if one is near; never a home.")
    return {"service_code": code, "attributes": [_attribute(NOTICE, 1, notice, asks=False),
                                                 _attribute(LANDMARK, 2, landmark, asks=True)]}  # fmt: skip


def _attribute(code: str, order: int, description: str, *, asks: bool) -> dict[str, Any]:
    return {"variable": asks, "code": code, "datatype": "string", "required": False, "datatype_description": None,
            "order": order, "description": description, "values": []}  # fmt: skip


def promise(kind: Kind) -> str:
    """By when a matter of a kind is taken in hand and ended."""
    return _("Taken in hand within %(take)d working days, ended within %(total)d.") % {
        "take": kind.take, "total": kind.total,
    }  # fmt: skip


# ---- requests ----


def standing(status: str) -> Q:
    """The matters of a status; open until the asker, a call-back or the clock has closed it."""
    return Q(state__in=OPEN) if status == "open" else ~Q(state__in=OPEN)


def requests(matters: list[Matter], today: date) -> list[dict[str, Any]]:
    """Matters as requests. They come with grid and landmark."""
    units = dict(UnitState.objects.on(today).filter(unit__in=_units(matters)).values_list("unit", "name"))
    closed = Q(after__in=(*CLOSED, MERGED))
    steps = Step.objects.filter(matter__in=matters).values("matter")
    moved = {
        pk: (last, ended) for pk, last, ended in steps.annotate(last=Max("at"), ended=Max("at", filter=closed))
        .values_list("matter", "last", "ended")
    }  # fmt: skip
    return [_request(one, units, *moved.get(one.pk, (None, None))) for one in matters]


def _units(matters: Iterable[Matter]) -> set[int]:
    return {unit for one in matters for unit in (one.unit_id, one.holder_id)}


def _request(matter: Matter, units: dict[int, str], last: datetime | None, ended: datetime | None) -> dict[str, Any]:
    kind, is_open = matter_rules().kinds[matter.kind], matter.state in OPEN
    changed = last if is_open else ended or last
    return {
        "service_request_id": name_of(matter.pk), "status": "open" if is_open else "closed",
        "status_notes": notes(matter), "service_name": kind.name.say(_language()), "service_code": kind.code,
        "description": None, "agency_responsible": units.get(matter.holder_id), "service_notice": promise(kind),
        "requested_datetime": _w3(matter.at), "updated_datetime": _w3(changed or matter.at),
        "expected_datetime": _w3(_evening(matter.ends)) if is_open else None,
        "address": _address(matter.landmark, matter.grid.name, units.get(matter.unit_id)),
        "address_id": matter.grid.code, "zipcode": None, "lat": None, "long": None, "media_url": None,
    }  # fmt: skip


def notes(matter: Matter) -> str:
    """How a matter stands, and why where it waits or was not fixed."""
    rules, state = matter_rules(), STATES.state(matter.state).name.say(_language())
    ending = "" if matter.ending in ("", matter.state) else STATES.state(matter.ending).name.say(_language())
    paused = rules.paused[matter.paused].say(_language()) if matter.state == PAUSED else ""
    unfixed = rules.unfixed[matter.unfixed].say(_language()) if matter.ending == NOT_FIXED else ""
    return " · ".join(filter(None, (state, paused, ending, unfixed)))


def _address(landmark: Landmark | None, grid: str, unit: str | None) -> str:
    """The place from the narrowest to the widest."""
    return ", ".join(filter(None, (landmark.name if landmark else "", grid, unit)))


def _evening(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))


def _w3(at: datetime) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds")


def _language() -> str:
    return get_language() or ""
