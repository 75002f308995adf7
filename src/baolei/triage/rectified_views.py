"""The page of what may be claimed for rectification: the change less what was to be expected without any action."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from baolei.organisations.directory import names_of
from baolei.organisations.doors import scope_of
from baolei.organisations.downloads import asked_format, download
from baolei.paths import at_or_below
from baolei.programme.printed import cents, signed
from baolei.programme.rectification import Effect
from baolei.rectification.tables import campaigns
from baolei.rounds.views import one_of, trail
from baolei.scores.sums import LEAST_CELL
from baolei.triage.models import Sorting
from baolei.triage.rectified import Rectified, effects, rectified
from baolei.triage.views import unit_asked
from baolei.warehouse.spreadsheets import Column, Grid

PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """What became of the scores of a campaign's branches; dashes for fewer than five."""

    name: str
    n: int
    observed: str
    expected: str
    left: str


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch behind it, as a row."""

    name: str
    sorted: int
    case: int
    campaign: str
    before: str
    after: str
    expected: str


@login_required
@require_safe
def rectified_page(request: HttpRequest, round: int) -> HttpResponseBase:
    """What may be claimed for rectification in a round, in my part of the tree or one unit of it."""
    today = timezone.localdate()
    scope = scope_of(request.user, today)
    this = one_of(scope, round)
    unit = unit_asked(request, scope, this, today)
    sorting = Sorting.objects.filter(round=this).first()
    path = at_or_below(unit.path, "declaration__path") if unit else None
    found = rectified(scope, sorting, path) if sorting and sorting.expects else []
    listed = [_line(name, one) for name, one in effects(found)]
    if asked_format(request):
        grids = {"effects": _effect_grid(listed), "branches": _branch_grid(_rows(found))}
        title = f"{this.name} {_('What may be claimed for rectification')}"
        return download(request, title, grids, [title, today.isoformat()], path=unit.path if unit else this.path)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    way = [*trail(this, last=False), {"label": _("Triage"), "url": reverse("triage", args=[this.pk])},
           {"label": _("What may be claimed for rectification"), "url": ""}]  # fmt: skip
    shown = {"round": this, "unit": unit, "effects": listed, "page": page, "rows": _rows(list(page.object_list)),
             "trail": way}  # fmt: skip
    return render(request, "triage/rectified.html", shown)


def _line(name: str, one: Effect) -> Line:
    if one.n < LEAST_CELL:
        return Line(name, one.n, "—", "—", "—")
    return Line(name, one.n, *(signed(value / 100) for value in (one.observed, one.expected, one.left)))


def _rows(found: Sequence[Rectified]) -> list[Branch]:
    names, called = names_of(one.case.organisation_id for one in found), campaigns()
    return [
        Branch(names.get(one.case.organisation_id, ""), one.sorted.pk, one.case.pk, called[one.case.campaign],
               cents(one.scored.before), cents(one.scored.after), cents(round(one.scored.before + one.one.expected)))
        for one in found
    ]  # fmt: skip


def _effect_grid(listed: Sequence[Line]) -> Grid:
    heads: tuple[Any, ...] = (
        Column(_("Campaign")), Column(_("Branches"), "whole"), Column(_("Change of the mean score")),
        Column(_("Regression to the mean alone")), Column(_("What is left")),
    )  # fmt: skip
    return Grid(_("By campaign"), heads, [(one.name, one.n, one.observed, one.expected, one.left) for one in listed])


def _branch_grid(listed: Sequence[Branch]) -> Grid:
    heads = (Column(_("Party branch")), Column(_("Campaign")), Column(_("Last year")), Column(_("This year")),
             Column(_("Expected without action")))  # fmt: skip
    return Grid(_("The branches behind it"), heads, [
        (one.name, one.campaign, one.before, one.after, one.expected) for one in listed
    ])  # fmt: skip
