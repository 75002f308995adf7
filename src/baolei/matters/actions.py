"""A matter is reported: by a worker on a phone, by a resident at a grid's code, at a desk, by another system.

The ledger keeps of it the kind, the channel and the grid: never a word of it, never whose it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.matters import doors
from baolei.matters.contacts import sealed
from baolei.matters.models import LONGEST_WORDS, Grid, Landmark, Matter
from baolei.organisations.units import NotPossible
from baolei.people import receipts
from baolei.people.models import Account
from baolei.programme import matters as rules
from baolei.programme.matters import LYING, OPEN, Other
from baolei.warehouse.rulebook import matters as matter_rules
from baolei.warehouse.rulebook import workdays

RECEIPT = "receipt of a matter"
UNKNOWN = (Matter.RESIDENT, Matter.PROGRAM)
"""Channels of people who have not logged in: so many an hour for each grid."""
COMPARED = 200
"""So many open matters of a grid and kind are looked at for the same one."""


@dataclass(frozen=True, slots=True)
class Said:
    """What is reported: the kind, what it is about, at which landmark (pk) of the unit; name and contact of the asker,
    where they were left.
    """

    kind: str
    words: str
    landmark: int | None = None
    name: str = ""
    contact: str = ""


@transaction.atomic
def report(
    *, now: datetime, grid: Grid, said: Said, channel: str, key: str, actor: Account | None = None
) -> tuple[Matter, str]:
    """Take a matter in; the matter, and the receipt that only the asker gets. Sent again under the same key, it is the
    first one and the same receipt.

    `actor` for the channels of people who have logged in. Raises Refusal: for nobody who may, a grid that is no more,
    an unknown kind or landmark, words that are missing or name somebody, too many at once.
    """
    known, receipt = receipts.digest(f"key{key}"), receipts.of_key(key, RECEIPT)
    there: Matter | None = Matter.objects.filter(key=known).first()
    if there is not None:
        return there, receipt
    today, grid = localdate(now), Grid.objects.get(pk=grid.pk)
    _may_report(actor, channel, grid, today)
    kind, words = _kind(said.kind), rules.screened(said.words, LONGEST_WORDS)
    landmark, contact = _landmark(grid, said.landmark), sealed(said.name, said.contact)
    if channel in UNKNOWN:
        _counted(grid, now)
    at = doors.places(grid.unit_id, today)
    first = at[rules.first_at(kind, at)]
    made: Matter = Matter.objects.create(
        unit_id=grid.unit_id, grid=grid, landmark=landmark, kind=kind.code, channel=channel, words=words, at=now,
        on=today, by=actor, key=known, code=receipts.digest(receipt), contact=contact, holder_id=first.unit_id,
        level=first.level, due=rules.due(LYING, today, kind, matter_rules(), workdays()),
        ends=rules.ends(today, kind, workdays()),
    )  # fmt: skip
    record(actor=actor, act="matters.report", subject=f"matter:{made.pk}", path=doors.path_of(grid.unit_id), now=now,
           after={"matter_kind": kind.code, "channel": channel, "grid": grid.name})  # fmt: skip
    return made, receipt


def _may_report(actor: Account | None, channel: str, grid: Grid, today: date) -> None:
    if not (grid.since <= today and (grid.until is None or grid.until >= today)):
        raise NotPossible(_("this grid is no more: take the code or the list of today"))
    if channel in UNKNOWN:
        if actor is not None:
            raise NotPossible(_("who has logged in reports as a worker or at the desk"))
    elif actor is None or not doors.reports_for(actor, grid, today):
        raise NotPossible(_("matters of this grid are reported by its workers, its unit and the units above"))


def _kind(code: str) -> rules.Kind:
    known = matter_rules().kinds
    if code not in known:
        names = ", ".join(one.name.say(get_language() or "") for one in known.values())
        raise NotPossible(_("choose a kind: %(names)s") % {"names": names})
    return known[code]


def _landmark(grid: Grid, landmark: int | None) -> Landmark | None:
    if landmark is None:
        return None
    found: Landmark | None = landmarks(grid.unit_id).filter(pk=landmark).first()
    if found is None:
        raise NotPossible(_("choose a landmark of the list, or none"))
    return found


def _counted(grid: Grid, now: datetime) -> None:
    here: Grid = Grid.objects.select_for_update(no_key=True).get(pk=grid.pk)
    if here.hour is None or now - here.hour >= timedelta(hours=1):
        here.hour, here.taken = now, 0
    if here.taken >= matter_rules().number("per_hour"):
        raise NotPossible(_("very many reports come in for this grid just now: try again in an hour, or call its desk"))
    here.taken += 1
    here.save(update_fields=["hour", "taken"])


# ---- look-ups ----


def landmarks(unit: int) -> Any:
    """The landmarks that a report may name, of a unit."""
    return Landmark.objects.filter(unit=unit, until=None).order_by("name", "pk")


def of_receipt(receipt: str) -> Matter:
    """The matter of a receipt. Raises NotPossible for one that is none, or whose matter was removed."""
    found: Matter | None = whole().filter(code=receipts.digest(receipt)).first()
    if found is None:
        raise NotPossible(_("no matter has this code: see that every sign is as on the receipt"))
    return found


def whole() -> Any:
    """Matters with what every page shows of them."""
    return Matter.objects.select_related("grid", "landmark", "handler", "by")


def alike(matter: Matter) -> list[tuple[Matter, int]]:
    """Open matters of the same grid and kind that may be the same, the most alike first, with how alike in per cent."""
    found = Matter.objects.filter(grid=matter.grid_id, kind=matter.kind, state__in=OPEN).exclude(pk=matter.pk)
    listed = {one.pk: one for one in found.order_by("-pk")[:COMPARED]}
    others = [Other(one.pk, one.words) for one in listed.values()]
    return [(listed[one.number], percent) for one, percent in rules.alike(matter.words, others, matter_rules())]
