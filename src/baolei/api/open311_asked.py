"""What an Open311 client asks: its key, and how a list of requests is to be cut."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from baolei.api.open311_answers import Failed
from baolei.api.tokens import Caller, shown
from baolei.warehouse.rulebook import matters as matter_rules

SPAN = timedelta(days=90)
MOST = 1000
"""The specification's own limits of a list."""
LAST_PAGE = 100_000
OPEN, CLOSED = "open", "closed"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which requests are asked for: reported from when to when, of which services and statuses, which page."""

    start: datetime
    end: datetime
    services: tuple[str, ...]
    statuses: tuple[str, ...]
    page: int
    size: int


def given(said: Mapping[str, Any], name: str) -> str:
    """What was said under a name, '' for nothing. Raises Failed for a sign that no text has."""
    value = str(said.get(name) or "").strip()
    if "\0" in value:
        raise Failed(400, _("%(name)s: there is a sign in it that is none") % {"name": name})
    return value


def caller(request: HttpRequest) -> Caller:
    """Who shows the key: one of the house's tokens, as api_key, as Bearer, or as the password of a Basic log-in. Raises
    Failed without one that opens anything today.
    """
    key = request.POST.get("api_key") or request.GET.get("api_key") or _in_the_head(request)
    if not key:
        raise Failed(403, _("No api_key was sent: a person makes one under “Tokens for programs”."))
    found = shown(str(key).strip(), timezone.localdate())
    if found is None:
        raise Failed(403, _("This api_key opens nothing: it, its mandate or its account has ended."))
    return found


def _in_the_head(request: HttpRequest) -> str:
    """The key in the header Authorization, for clients that cannot name one when they read."""
    kind, _space, rest = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return rest.strip()
    if kind.lower() != "basic":
        return ""
    try:
        return base64.b64decode(rest, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def asked(said: Mapping[str, Any], now: datetime) -> Asked:
    """How a list is asked for. Raises Failed naming what is wrong."""
    start, end = _span(_moment(said, "start_date"), _moment(said, "end_date"), now)
    services, statuses = several(said, "service_code"), several(said, "status")
    known_services(services)
    if not set(statuses) <= {OPEN, CLOSED}:
        raise Failed(400, _("status: enter open or closed"))
    return Asked(start, end, services, statuses, _number(said, "page", 1, LAST_PAGE), _number(said, "page_size", MOST,
                 MOST))  # fmt: skip


def several(said: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """What was said, comma by comma."""
    return tuple(one.strip() for one in given(said, name).split(",") if one.strip())


def known_services(codes: tuple[str, ...]) -> None:
    """Refuse a code that is none. Raises Failed naming those that are."""
    known = matter_rules().kinds
    if not set(codes) <= set(known):
        raise Failed(404, _("service_code was not found: there are %(known)s") % {"known": ", ".join(known)})


def _span(start: datetime | None, end: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    """The whole span: of one end alone the ninety days beside it, of neither the last ninety days."""
    if start and not end:
        end = start + SPAN
    last = end or now
    first = start or last - SPAN
    if last < first or last - first > SPAN:
        raise Failed(400, _("end_date: it comes after start_date, and at most 90 days after"))
    return first, last


def _moment(said: Mapping[str, Any], name: str) -> datetime | None:
    """A moment as W3C writes it, with its zone; a plus that an address turned into a space is read as the plus."""
    text = given(said, name)
    if not text:
        return None
    try:
        found = datetime.fromisoformat(re.sub(r" (\d\d:?\d\d)$", r"+\1", text))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or not 1900 < found.year < 9000:
        raise Failed(400, _("%(name)s: enter it as 2026-03-02T00:00:00+08:00, or with Z") % {"name": name})
    return found


def _number(said: Mapping[str, Any], name: str, otherwise: int, most: int) -> int:
    text = given(said, name)
    if not text:
        return otherwise
    if not re.fullmatch(r"[0-9]{1,6}", text) or not 1 <= int(text) <= most:
        raise Failed(400, _("%(name)s: enter a number from 1 to %(most)d") % {"name": name, "most": most})
    return int(text)
