"""What a page of the trees is asked for: a unit, as of a day, in the borders of a day; and how it says so."""

from __future__ import annotations

import re
import secrets
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from baolei.organisations import doors
from baolei.organisations.borders import told
from baolei.organisations.doors import Scope
from baolei.organisations.models import OrganisationState, UnitState

TODAY = "today"
FIRST_YEAR = 2000
KEY = re.compile(r"[0-9a-f]{32}")
LONGEST_NUMBER = 14
"""So many digits a number in an address has at most."""


def asked_day(request: HttpRequest) -> date:
    """The day asked for, today without one. Raises Http404 for what is no day."""
    return _day(request.GET.get("day", "")) or timezone.localdate()


def asked_borders(request: HttpRequest, day: date) -> date:
    """The day in whose borders to count: `day` itself without one, today by that word. Raises Http404 for what is no
    day.
    """
    asked = request.GET.get("borders", "")
    return timezone.localdate() if asked == TODAY else _day(asked) or day


def as_number(words: str) -> int | None:
    """A number as it stands in an address, None for what is none or too long to be one of ours."""
    return int(words) if words.isdecimal() and len(words) <= LONGEST_NUMBER else None


def _day(asked: str) -> date | None:
    if not asked:
        return None
    try:
        found = parse_date(asked)
    except ValueError:
        found = None
    if found is None:
        raise Http404(asked)
    return found


def unit_of(scope: Scope, unit: int | None) -> UnitState | None:
    """The state of a unit of the scope; without a number the outermost one. Raises Http404 for what lies outside."""
    found = doors.units(scope)
    state: UnitState | None = (found if unit is None else found.filter(unit=unit)).order_by("path").first()
    if unit is not None and state is None:
        raise Http404(unit)
    return state


def without_units(request: HttpRequest, scope: Scope) -> HttpResponse:
    """For those who answer for a Party organisation alone its page; else what is missing and who gives it."""
    own = doors.organisations(scope).order_by("path").first()
    if own:
        return redirect("organisation", own.organisation_id)
    return render(request, "organisations/nothing.html", {})


def as_of(day: date) -> dict[str, Any]:
    """What a page says of its day."""
    return {"day": day, "past": day != timezone.localdate()}


def in_borders(state: UnitState, day: date, borders: date) -> dict[str, Any]:
    """What a page says of the borders in which it counts, and of what has happened to the units on it since."""
    today = timezone.localdate()
    kept = {day: "", today: f"&borders={TODAY}"}.get(borders, f"&borders={borders.isoformat()}")
    return {
        "day": day, "borders": borders, "others": borders != day, "today": today, "past": not day == borders == today,
        "changes": told(state.unit_id, day, today if borders == day else borders),
        "kept": f"?day={day.isoformat()}{kept}",
    }  # fmt: skip


def notes(title: str, day: date, borders: date | None = None) -> list[str]:
    """What a workbook says of its day, and of its borders where they are those of another."""
    said = [title, f"{_('As of')}: {day.isoformat()}"]
    if borders and borders != day:
        said.append(_("In the borders of %(day)s") % {"day": borders.isoformat()})
    return said


def asked_year(request: HttpRequest, today: date) -> int:
    """The year asked for, this one without. Raises Http404 for one that has not come, or lies before the house."""
    year = as_number(request.GET.get("year", "")) or today.year
    if not FIRST_YEAR <= year <= today.year:
        raise Http404(year)
    return year


def asked_unit(scope: Scope, unit: int) -> UnitState:
    """A unit of a scope. Raises Http404 for any other."""
    found: UnitState | None = doors.units(scope).filter(unit=unit).first()
    if found is None:
        raise Http404(unit)
    return found


def asked_organisation(scope: Scope, organisation: int) -> OrganisationState:
    """An organisation of a scope. Raises Http404 for any other."""
    found: OrganisationState | None = doors.organisations(scope).filter(organisation=organisation).first()
    if found is None:
        raise Http404(organisation)
    return found


def drawn_key(request: HttpRequest) -> str:
    """The name of a record before it is sent: the one that was sent, or a new one that nobody else draws."""
    sent = request.POST.get("key", "")
    return sent if KEY.fullmatch(sent) else secrets.token_hex(16)
