"""Offices: posts and terms at a unit and below it, the terms that end soon, the structure of those who hold posts."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from baolei.organisations import directory, doors, post_pages
from baolei.organisations.asked import as_number, asked_day, unit_of
from baolei.organisations.directory import pieces, table
from baolei.organisations.doors import scope_of
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.holders import Cell, cells_kept, holders
from baolei.organisations.models import OrganisationState
from baolei.organisations.post_counts import REMINDER
from baolei.organisations.tasks import left, terms_ending
from baolei.organisations.trails import down_to_unit
from baolei.programme.printed import count, share
from baolei.warehouse.rulebook import setup_rules
from baolei.warehouse.spreadsheets import Column, Grid

PAGE = 50


@login_required
@require_safe
def posts(request: HttpRequest, unit: int) -> HttpResponseBase:
    """Posts and terms at a unit and below it as the last look through counted them, each figure with its rows."""
    today, run = timezone.localdate(), directory.last_run()
    day = run.day if run else today
    scope, rules = scope_of(request.user, today, day), setup_rules(day)
    state = unit_of(scope, unit)
    if state is None:
        raise Http404(unit)
    here, *below = directory.lines([state, *directory.below(state, day)], run)
    listed = post_pages.figures(here.count, unit, rules)
    units = [post_pages.Below(one) for one in below]
    cells = cells_kept(here.count.posts)
    parts = {"ages": (_("By age"), cells["ages"]), "education": (_("By education"), cells["education"])}
    title = f"{state.name} {_('Posts and terms')}"
    if asked_format(request):
        grids = {"figures": post_pages.figure_grid(listed, day), "units": post_pages.unit_grid(units),
                 **{key: _grid(name, found) for key, (name, found) in parts.items()}}  # fmt: skip
        return download(request, title, grids, [title, day.isoformat()], path=state.path)
    page = Paginator(units, PAGE).get_page(request.GET.get("page"))
    shown = {
        "state": state, "day": day, "run": run, "figures": listed, "page": page, "counted": here.count,
        "months": rules.number(REMINDER), "origin": rules.rules[REMINDER].origin.cite(),
        "holders": here.count.posts.get("holders", 0),
        "drawings": [_drawing(key, name, found) for key, (name, found) in parts.items()],
        "trail": [*down_to_unit(state, scope), {"label": _("Posts and terms"), "url": ""}],
    }  # fmt: skip
    return render(request, "organisations/posts.html", shown)


@login_required
@require_safe
def rows(request: HttpRequest, unit: int, which: str) -> HttpResponseBase:
    """The rows behind a figure of posts and terms: organisations or villages, never persons."""
    today = timezone.localdate()
    scope, kinds = scope_of(request.user, today), post_pages.kinds_of_rows()
    state = doors.units(scope).filter(unit=unit).first()
    if state is None or which not in kinds:
        raise Http404(which)
    ends = which == post_pages.ENDING
    found: Any = post_pages.ending_rows(scope, state) if ends else post_pages.village_rows(scope, state, which)
    title = f"{state.name} {kinds[which]}"
    if asked_format(request):
        grid = _term_grid(kinds[which], found, today) if ends else post_pages.village_grid(scope, found, kinds[which])
        return download(request, title, {"rows": grid}, [title, today.isoformat()], path=state.path)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    listed = list(page.object_list)
    shown = {
        "state": state, "which": which, "title": kinds[which], "day": today, "page": page,
        "kinds": kinds.items(), "terms": _named(listed, today) if ends else [],
        "villages": [] if ends else post_pages.with_leaders(scope, listed),
        "trail": [*down_to_unit(state, scope), {"label": _("Posts and terms"), "url": reverse("posts", args=[unit])},
                  {"label": kinds[which], "url": ""}],
    }  # fmt: skip
    return render(request, "organisations/posts_rows.html", shown)


@login_required
@require_safe
def terms(request: HttpRequest) -> HttpResponseBase:
    """The terms of office that end within the months of the rules, the nearest first; with `?organisation=` of those
    affiliated with it alone.
    """
    today = timezone.localdate()
    scope, rules = scope_of(request.user, today), setup_rules(today)
    found = terms_ending(scope, today).order_by("ends", "pk")
    above = None
    if asked := request.GET.get("organisation"):
        above = doors.organisations(scope).filter(organisation=as_number(asked)).first()
        if above is None:
            raise Http404(asked)
        below = doors.organisations(scope).under(above.path).exclude(pk=above.pk)
        found = found.filter(organisation__in=below.values("organisation"))
    title = _("Terms that end")
    if asked_format(request):
        return download(request, title, {"terms": _term_grid(title, found, today)}, [title, today.isoformat()])
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = {"page": page, "rows": _named(page.object_list, today), "above": above, "months": rules.number(REMINDER),
             "origin": rules.rules[REMINDER].origin.cite()}  # fmt: skip
    return render(request, "organisations/terms.html", shown)


@login_required
@require_safe
def structure(request: HttpRequest, unit: int) -> HttpResponseBase:
    """The structure of office holders at a unit and below it: both posts in one hand, age, education; as of a day."""
    day, today = asked_day(request), timezone.localdate()
    scope = scope_of(request.user, today, day)
    state = doors.units(scope).filter(unit=unit).first()
    if state is None:
        raise Http404(unit)
    found = holders(scope, state)
    parts = {"ages": (_("By age"), found.ages), "education": (_("By education"), found.education)}
    if asked_format(request):
        grids = {key: _grid(title, cells) for key, (title, cells) in parts.items()}
        return download(request, f"{state.name} {_('Office holders')}", grids, [state.name, day.isoformat()],
                        path=state.path)  # fmt: skip
    shown = {
        "state": state, "found": found, "day": day, "past": day != today,
        "drawings": [_drawing(key, title, cells) for key, (title, cells) in parts.items()],
        "trail": [*down_to_unit(state, scope), {"label": _("Office holders"), "url": ""}],
    }  # fmt: skip
    return render(request, "organisations/holders.html", shown)


def _term_grid(title: str, found: Any, today: date) -> Grid:
    columns = (Column(_("Organisation")), Column(_("Elected"), "day"), Column(_("Term ends"), "day"))
    listed = (row for some in pieces(found) for row in _named(some, today))
    return Grid(title, columns, ((row["name"], row["term"].elected, row["term"].ends) for row in listed))


def _named(found: Any, today: date) -> list[dict[str, Any]]:
    """Terms as rows: the name of each organisation, and how many whole months are left."""
    listed = list(found)
    states = OrganisationState.objects.open().filter(organisation__in=[one.organisation_id for one in listed])
    names = dict(states.values_list("organisation_id", "name"))
    return [{"term": one, "name": names.get(one.organisation_id, ""), "left": left(today, one.ends)} for one in listed]


def _drawing(key: str, title: str, cells: tuple[Cell, ...]) -> dict[str, Any]:
    names = [cell.name.say(get_language() or "") for cell in cells]
    rows = [(name, _number(cell), share(cell.share))
            for name, cell in zip(names, cells, strict=True)]  # fmt: skip
    most = max(cells, key=lambda cell: cell.number or 0)
    known = bool(cells[0].of)
    return {
        "id": key, "kind": "bars", "title": title,
        "says": _("Most are in “%(band)s”.") % {"band": most.name.say(get_language() or "")},
        "data": {"categories": names, "series": [{"name": title, "values": [cell.number for cell in cells]}]}
        if known else None,
        "table": table((title, _("Holders"), _("Share")), rows),
    }  # fmt: skip


def _number(cell: Cell) -> str:
    return _("fewer than five, or withheld") if cell.number is None else count(cell.number)


def _grid(title: str, cells: tuple[Cell, ...]) -> Grid:
    language = get_language() or ""
    columns = (Column(title), Column(_("Holders"), "whole"))
    return Grid(title, columns, [(cell.name.say(language), cell.number) for cell in cells])
