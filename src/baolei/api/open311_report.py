"""A matter reported by another system: the fields of the specification, of which only what the matter needs is kept.

Coordinates, devices, accounts, pictures and whatever else a client sends along are dropped unread.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from baolei.api.once import HEADER
from baolei.api.open311_answers import Failed
from baolei.api.open311_asked import caller, given, known_services
from baolei.api.open311_matters import LANDMARK, promise
from baolei.api.tokens import Caller
from baolei.matters import actions, doors
from baolei.matters.actions import Said
from baolei.matters.models import Grid, Matter
from baolei.organisations.people_views import in_words
from baolei.programme.refusals import Refusal
from baolei.warehouse.rulebook import matters as matter_rules

ENCODED = "application/x-www-form-urlencoded"
KEY_FIELD = "idempotency_key"
"""For clients that can send no header of their own."""


def reported(request: HttpRequest, now: datetime) -> list[dict[str, Any]]:
    """Report a matter; its receipt as the token. Raises Failed."""
    if request.content_type != ENCODED:
        raise Failed(400, _("Send the fields form-encoded, with Content-Type: %(type)s.") % {"type": ENCODED})
    who, fields = caller(request), request.POST
    if not who.token.writes:
        raise Failed(403, _("This api_key only reads: make one that may also write."))
    _complete(fields)
    code = given(fields, "service_code")
    known_services((code,))
    grid = _grid(who, fields)
    said = Said(code, given(fields, "description"), _landmark(grid, fields), _name(fields), _contact(fields))
    receipt = _taken_in(grid, said, _key(request, who, grid, said), now)
    return [{"token": receipt, "service_notice": promise(matter_rules().kinds[code]), "account_id": None}]


def _complete(fields: Mapping[str, Any]) -> None:
    """That everything is there that a report needs. Raises Failed naming all that is missing."""
    missing = [_("%(name)s was not provided") % {"name": name}
               for name in ("service_code", "description") if not given(fields, name)]  # fmt: skip
    if not (given(fields, "address_id") or given(fields, "address_string")):
        missing.append(_("address_id was not provided: it is the number of the grid. Coordinates are not kept here, "
                         "so lat and long alone do not say where it is."))  # fmt: skip
    if missing:
        raise Failed(400, *missing)


def _grid(who: Caller, fields: Mapping[str, Any]) -> Grid:
    """The grid of an address_id (its number, or the code on its wall), or of an address_string (its number or name),
    where this key reports. Raises Failed.
    """
    there = doors.grids(doors.scope(who.account, who.today)).on(who.today)
    number, words = given(fields, "address_id"), given(fields, "address_string")
    on_the_wall = doors.grid_of_code(number, who.today) if number else None
    if on_the_wall:
        found: list[Grid] = list(there.filter(pk=on_the_wall.pk))
    elif number:
        found = list(there.filter(code=number))
    else:
        found = list(there.filter(code=words)) or list(there.filter(name=words)[:2])
    if len(found) > 1:
        raise Failed(400, _("address_string: there are several of this name; send address_id, the number of the grid"))
    if not found or not doors.reports_for(who.account, found[0], who.today):
        raise Failed(404, _("no grid of this number or name is open to this key: see its number on the list of grids"))
    return found[0]


def _landmark(grid: Grid, fields: Mapping[str, Any]) -> int | None:
    """The landmark (pk) that is named, if any. Raises Failed for one that is not on the list of the grid's unit."""
    name = given(fields, f"attribute[{LANDMARK}]")
    if not name:
        return None
    found: int | None = actions.landmarks(grid.unit_id).filter(name=name).values_list("pk", flat=True).first()
    if found is None:
        raise Failed(400, _("attribute[landmark]: it is not on the list of this community; leave it away"))
    return found


def _name(fields: Mapping[str, Any]) -> str:
    """The name, family name first where it is written without spaces."""
    first, last = given(fields, "first_name"), given(fields, "last_name")
    return f"{first} {last}".strip() if first.isascii() and last.isascii() else last + first


def _contact(fields: Mapping[str, Any]) -> str:
    return " ".join(filter(None, (given(fields, "phone"), given(fields, "email"))))


def _key(request: HttpRequest, who: Caller, grid: Grid, said: Said) -> str:
    """Under what the matter is kept, so that a request sent twice makes one.

    What was said is part of it: a client that gives one key to everything loses none of it. Without a key each request
    is one of its own: two people may well say the same.
    """
    named = request.headers.get(HEADER, "") or given(request.POST, KEY_FIELD)
    if not named:
        return secrets.token_hex(32)
    parts = (str(who.token.pk), named, str(grid.pk), repr(said))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _taken_in(grid: Grid, said: Said, key: str, now: datetime) -> str:
    """The receipt. Raises Failed with what the rules say against it."""
    known: dict[str, Any] = {"now": now, "grid": grid, "said": said, "channel": Matter.PROGRAM, "key": key}
    try:
        try:
            return actions.report(**known)[1]
        except IntegrityError:  # the same request came twice at once: the other one has made it
            return actions.report(**known)[1]
    except Refusal as refusal:
        raise Failed(400, in_words(refusal)) from refusal
