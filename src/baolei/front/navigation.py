"""The side bar, and what every page needs to know of the shell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from baolei.ballots.electors import votes_by_phone
from baolei.organisations import doors
from baolei.organisations.appointing import appoints
from baolei.organisations.models import Notice
from baolei.people.models import Account, Mandate


@dataclass(frozen=True, slots=True)
class Stop:
    """One entry of the side bar: the name of its address, its label and its drawing in `icons.svg`.

    An entry whose address does not exist in this installation is left out, and so is one `for_mandated` people for
    whoever has not logged in, one `for_appointing` for whoever has nothing to do with other people's accounts, one
    `for_electors` for whoever's account is linked to no member.
    """

    url_name: str
    label: str | Promise
    icon: str
    for_mandated: bool = False
    for_appointing: bool = False
    for_electors: bool = False


UNFINISHED = ("password_change", "second_factor", "enter_code")
"""Pages on which a log-in may not be finished yet: they tell nothing of the house."""
URGENT = 3
"""So many urgent notices stand above a page; the others on the page of notices."""

STOPS = (
    Stop("today", _("Today"), "calendar", for_mandated=True),
    Stop("my_ballots", _("My ballots"), "check", for_electors=True),
    Stop("my_wishes", _("Wishes near me"), "home", for_electors=True),
    Stop("notices", _("Notices"), "horn", for_mandated=True),
    Stop("home", _("Round"), "home"),
    Stop("rounds", _("Rounds"), "updown", for_mandated=True),
    Stop("reviews", _("Reviews"), "check", for_mandated=True),
    Stop("public_notices", _("Public notices"), "horn"),
    Stop("titles", _("Titles"), "check", for_mandated=True),
    Stop("tree", _("Organisations"), "tree", for_mandated=True),
    Stop("matters", _("Matters"), "horn", for_mandated=True),
    Stop("all_meetings", _("Votes at meetings"), "check", for_mandated=True),
    Stop("forms", _("Forms and burden"), "list", for_mandated=True),
    Stop("transfers", _("Transfers"), "updown", for_mandated=True),
    Stop("audit", _("Structural audit"), "check", for_mandated=True),
    Stop("sheets", _("Spreadsheets"), "upload", for_mandated=True),
    Stop("ledger", _("Ledger"), "list", for_mandated=True),
    Stop("accounts", _("Accounts"), "person", for_appointing=True),
    Stop("article", _("Figures"), "bars"),
    Stop("standard", _("Standard"), "book"),
    Stop("method", _("Method"), "list"),
    Stop("styleguide", _("Style guide"), "swatch"),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: the side bar, the languages, the places one answers for, whether this is a demo."""
    nodes = _nodes(request)
    return {
        "stops": [entry for entry in (_entry(stop, request.path) for stop in _open(request, nodes)) if entry],
        "languages": [get_language_info(code) for code, _label in settings.LANGUAGES],
        "is_demo": settings.BAOLEI_DEMO,
        "nodes": nodes,
        "urgent_notices": partial(_urgent, [] if request.path in map(reverse, UNFINISHED) else nodes),
    }


def _urgent(nodes: list[Mandate]) -> list[Notice]:
    """The urgent notices that reach whoever holds these mandates, the latest first.

    Asked for where a page shows them. On most days nothing is urgent anywhere, which is a question of its own, and a
    short one; whom a notice reaches is a long one.
    """
    today = timezone.localdate()
    if not nodes or not Notice.objects.in_force(today).filter(urgent=True).exists():
        return []
    found = doors.notices([(one.role, one.tree, one.path) for one in nodes], today)
    return list(found.in_force(today).filter(urgent=True)[:URGENT])


def _open(request: HttpRequest, nodes: list[Mandate]) -> tuple[Stop, ...]:
    user = getattr(request, "user", None)
    inside, appointing = bool(user and user.is_authenticated), appoints(one.role for one in nodes)
    electing = isinstance(user, Account) and votes_by_phone(user)
    return tuple(
        stop for stop in STOPS
        if (inside or not stop.for_mandated) and (appointing or not stop.for_appointing)
        and (electing or not stop.for_electors)
    )  # fmt: skip


def _nodes(request: HttpRequest) -> list[Mandate]:
    """The mandates in force of whoever has logged in: the places to switch between."""
    user = getattr(request, "user", None)
    return user.in_force(timezone.localdate()) if isinstance(user, Account) else []


def _entry(stop: Stop, here: str) -> dict[str, Any] | None:
    try:
        url = reverse(stop.url_name)
    except NoReverseMatch:
        return None
    current = here == url if url == "/" else here.startswith(url)
    return {"url": url, "label": stop.label, "icon": stop.icon, "current": current}
