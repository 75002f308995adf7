"""The page of the year's plan: what a branch means to hold in which months, what comes next, and the calendar of it."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from baolei.life import planning
from baolei.life.forms import form_names
from baolei.life.on_record import last_day
from baolei.organisations import doors as tree_doors
from baolei.organisations.asked import as_number
from baolei.organisations.doors import Scope, both_scopes, held_by, home_path, scope_of
from baolei.organisations.downloads import asked_format, download, send
from baolei.organisations.models import OrganisationState
from baolei.organisations.people_views import in_words
from baolei.organisations.trails import down_to_organisation
from baolei.people.models import Account
from baolei.programme.plan import Planned, coming
from baolei.programme.refusals import Refusal
from baolei.warehouse.icalendar import MEDIA, Event, calendar
from baolei.warehouse.spreadsheets import Column, Grid

NEXT = 5
"""So much of what comes is shown."""
MONTHS = range(1, 13)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def life_plan(request: HttpRequest, organisation: int) -> HttpResponseBase:
    """The plan of a year; whoever records for the branch makes it here."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    state, year = _asked(request, scope, organisation, today)
    records, fault = held_by(writing, state.organisation) and year >= today.year, ""
    if request.method == "POST":
        if not records:
            raise Http404(organisation)
        rows, fault = _read(request)
        fault = fault or _planned(request, state, year, rows)
        if not fault:
            messages.success(request, _("The plan is on record"))
            return redirect(f"{reverse('life_plan', args=[organisation])}?year={year}")
    plan = planning.plan_of(organisation, year)
    if asked_format(request):
        title = _title(state, year)
        return download(request, title, {"plan": plan_grid(plan, year)}, [title, today.isoformat()],
                        path=home_path(state))  # fmt: skip
    names = form_names(last_day(year))
    chosen = rows if fault else plan or planning.suggested(state, year)
    shown = {
        "state": state, "year": year, "records": records, "fault": fault, "plan": plan, "months": MONTHS,
        "years": (today.year + 1, today.year, today.year - 1), "lines": _lines(state, year, chosen, names),
        "coming": [(day, names[one.form], one.day) for day, one in coming(plan, year, today, NEXT)],
        "trail": [*down_to_organisation(state, scope),
                  {"label": _("Organisation life"), "url": reverse("life", args=[organisation])},
                  {"label": _("Plan of the year"), "url": ""}],
    }  # fmt: skip
    return render(request, "life/plan.html", shown, status=422 if fault else 200)


@login_required
@require_safe
def life_calendar(request: HttpRequest, organisation: int) -> HttpResponseBase:
    """The plan as a calendar for a phone or a desk."""
    today = timezone.localdate()
    state, year = _asked(request, scope_of(request.user, today), organisation, today)
    names, plan = form_names(last_day(year)), planning.plan_of(organisation, year)
    events = [_event(one, organisation, year, names[one.form]) for one in plan]
    title = _title(state, year)
    body = calendar(title, events, datetime(today.year, today.month, today.day, tzinfo=UTC))
    return send(request, io.BytesIO(body), MEDIA, f"{title}.ics", rows=len(events), path=home_path(state))


def plan_grid(plan: Iterable[Planned], year: int) -> Grid:
    """The plan as a table."""
    names = form_names(last_day(year))
    columns = (Column(_("Kind of gathering")), Column(_("Month"), "whole"), Column(_("Day")))
    return Grid(_("Plan"), columns, (
        (names[one.form], one.month, one.on(year).isoformat() if one.day else "") for one in plan
    ))  # fmt: skip


def _event(one: Planned, organisation: int, year: int, name: str) -> Event:
    """What is planned without a day stands on the first of its month."""
    day = one.on(year) if one.day else date(year, one.month, 1)
    words = name if one.day else _("%(form)s (in the course of the month)") % {"form": name}
    return Event(f"life-{organisation}-{year}-{one.month}-{one.form}@baolei", day, words)


def _asked(request: HttpRequest, scope: Scope, organisation: int, today: date) -> tuple[OrganisationState, int]:
    state: OrganisationState | None = tree_doors.organisations(scope).filter(organisation=organisation).first()
    year = as_number(request.GET.get("year", "")) or today.year
    if state is None or not today.year - 20 <= year <= today.year + 1:
        raise Http404(organisation)
    return state, year


def _title(state: OrganisationState, year: int) -> str:
    return _("%(name)s: plan of organisation life %(year)d") % {"name": state.name, "year": year}


def _read(request: HttpRequest) -> tuple[list[Planned], str]:
    """The rows that were sent, and what is wrong with them."""
    rows, fault = [], ""
    for sent in request.POST.getlist("planned"):
        form, _colon, month = sent.partition(":")
        said = request.POST.get(f"day-{form}", "").strip()
        if said and not said.isdecimal():
            fault = _("A day of the month is a number from 1 to 31, or nothing.")
        rows.append(Planned(form, as_number(month) or 0, int(said) if said.isdecimal() else None))
    return rows, fault


def _planned(request: HttpRequest, state: OrganisationState, year: int, rows: list[Planned]) -> str:
    assert isinstance(request.user, Account)
    try:
        planning.plan(actor=request.user, now=timezone.now(), organisation=state.organisation, year=year, rows=rows)
    except Refusal as refused:
        return in_words(refused)
    return ""


def _lines(
    state: OrganisationState, year: int, chosen: list[Planned], names: dict[str, str]
) -> list[dict[str, Any]]:  # fmt: skip
    """A line for each form that is asked for or planned: its months, and the day of the month."""
    wanted = planning.asked(state, year).keys() | {one.form for one in chosen}
    found = []
    for form, name in names.items():
        mine = [one for one in chosen if one.form == form]
        if form in wanted:
            found.append({"form": form, "name": name, "months": {one.month for one in mine},
                          "day": next((one.day for one in mine if one.day), None)})  # fmt: skip
    return found
