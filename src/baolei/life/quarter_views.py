"""The page of what a branch counts by the quarter: numbers, and nothing about anybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from baolei.life import talks
from baolei.life.models import Quarter
from baolei.organisations import doors as tree_doors
from baolei.organisations.asked import as_number
from baolei.organisations.doors import both_scopes, held_by, home_path
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import OrganisationState
from baolei.organisations.people_views import in_words
from baolei.organisations.trails import down_to_organisation
from baolei.people.models import Account
from baolei.programme import life as rules
from baolei.programme.refusals import Refusal
from baolei.warehouse.spreadsheets import Column, Grid

FIRST_YEAR = 2000


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def life_talks(request: HttpRequest, organisation: int) -> HttpResponseBase:
    """The quarters of a year as they were counted; one to be entered."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    state: OrganisationState | None = tree_doors.organisations(scope).filter(organisation=organisation).first()
    year = as_number(request.GET.get("year", "")) or today.year
    if state is None or not FIRST_YEAR <= year <= today.year:
        raise Http404(organisation)
    records = held_by(writing, state.organisation)
    fault = ""
    if request.method == "POST":
        if not records:
            raise Http404(organisation)
        fault = _entered(request, state, year)
        if not fault:
            messages.success(request, _("The counts are on record"))
            return redirect(f"{reverse('life_talks', args=[organisation])}?year={year}")
    columns = talks.columns(state.field)
    found = {one.quarter: one for one in Quarter.objects.filter(organisation=organisation, year=year)}
    if asked_format(request):
        title = _("%(name)s: counts by the quarter %(year)d") % {"name": state.name, "year": year}
        return download(request, title, {"quarters": _grid(columns, found)}, [title, today.isoformat()],
                        path=home_path(state))  # fmt: skip
    shown = _shown(request, state, year, columns, found) | {
        "records": records, "fault": fault, "years": range(today.year, today.year - 3, -1),
        "trail": [*down_to_organisation(state, scope),
                  {"label": _("Organisation life"), "url": reverse("life", args=[organisation])},
                  {"label": _("Talks and other counts"), "url": ""}],
    }  # fmt: skip
    return render(request, "life/talks.html", shown, status=422 if fault else 200)


def _shown(
    request: HttpRequest, state: OrganisationState, year: int, columns: tuple[str, ...], found: Mapping[int, Quarter]
) -> dict[str, Any]:
    today = timezone.localdate()
    names = _names()
    begun = [one for one in (1, 2, 3, 4) if talks.first_of(year, one) <= today]
    chosen = as_number(request.POST.get("quarter", "") or request.GET.get("quarter", "")) or begun[-1]
    one = found.get(chosen)
    at_hand = {column: getattr(one, column) for column in columns} if one else {}
    within, across = rules.pairs_due(*talks.people(state.organisation_id, min(talks.last_of(year, 4), today)))
    return {
        "state": state, "year": year, "names": [names[column] for column in columns], "begun": begun, "chosen": chosen,
        "rows": [(quarter, [getattr(found.get(quarter), column, None) for column in columns])
                 for quarter in (1, 2, 3, 4)],
        "fields": [(column, names[column], request.POST.get(column, _blank(at_hand.get(column))))
                   for column in columns],
        "within": within, "across": across, "any": bool(found),
    }  # fmt: skip


def _blank(number: int | None) -> str:
    return "" if number is None else str(number)


def _entered(request: HttpRequest, state: OrganisationState, year: int) -> str:
    """Enter what was sent; what is wrong with it, '' where nothing is."""
    assert isinstance(request.user, Account)
    said = {column: request.POST.get(column, "").strip() for column in talks.columns(state.field)}
    if any(number and not number.isdecimal() for number in said.values()):
        return _("Enter numbers, or leave out what was not counted.")
    try:
        talks.count(
            actor=request.user, now=timezone.now(), organisation=state.organisation, year=year,
            quarter=as_number(request.POST.get("quarter", "")) or 0,
            counts={column: int(number) for column, number in said.items() if number},
        )  # fmt: skip
    except Refusal as refused:
        return in_words(refused)
    return ""


def _names() -> dict[str, str]:
    """What is counted, in words."""
    return {
        "within": _("Pairs within the committee that talked"),
        "across": _("Pairs of one of the committee and a member that talked"),
        "mutual": _("Pairs of members that talked"),
        "excused": _("Members excused from gatherings"),
        "brought": _("Of these, study was brought home to"),
        "briefings": _("Briefings given"),
    }


def _grid(columns: tuple[str, ...], found: Mapping[int, Quarter]) -> Grid:
    names = _names()
    heads = (Column(_("Quarter"), "whole"), *(Column(names[column], "whole") for column in columns))
    return Grid(_("Quarters"), heads, (
        (quarter, *(getattr(found.get(quarter), column, None) for column in columns)) for quarter in (1, 2, 3, 4)
    ))  # fmt: skip
