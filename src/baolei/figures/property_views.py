"""The pages of branches of property-service companies: the list, and one beside itself."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from baolei.figures import property as of
from baolei.matters import doors as matter_doors
from baolei.matters import facts
from baolei.organisations import doors as tree_doors
from baolei.organisations.directory import pieces
from baolei.organisations.doors import both_scopes, scope_of
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.trails import down_to_organisation
from baolei.warehouse.rulebook import effects as effect_rules

PAGE = 50


@login_required
@require_safe
def property_branches(request: HttpRequest) -> HttpResponseBase:
    """The branches of property-service companies in my part of the tree, in its order, with what they recovered."""
    today = timezone.localdate()
    scope = scope_of(request.user, today)
    found = of.branches(scope)
    if asked_format(request):
        title = _("Property-service branches")
        rows = (row for some in pieces(found) for row in of.rows(some, scope))
        return download(request, title, {"branches": of.sheet(rows)}, [title, today.isoformat()])
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "figures/property_branches.html", {"page": page, "rows": of.rows(page.object_list, scope)})


@login_required
@require_safe
def property_branch(request: HttpRequest, organisation: int) -> HttpResponseBase:
    """One such branch: its grids, their matters by half-year beside its own earlier ones, the fees it recovered."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    state = of.branches(scope).filter(organisation=organisation).first()
    if state is None:
        raise Http404(organisation)
    grids = facts.grids_of([organisation], today).get(organisation, [])
    halves = of.halves(grids, today)
    told = list(of.recovered(scope).filter(organisation=organisation).order_by("-year", "-pk"))
    if asked_format(request):
        title = f"{state.name} {_('Property service')}"
        sheets = {"matters": of.half_sheet(halves), "fees": of.fee_sheet(told)}
        return download(request, title, sheets, [title, today.isoformat()])
    seen = matter_doors.grids(matter_doors.scope(request.user, today)).filter(pk__in=[one.pk for one in grids])
    way = [
        *down_to_organisation(state, scope),
        {"label": _("Property-service branches"), "url": reverse("property_branches")},
    ]
    shown = {
        "state": state, "grids": grids, "open": set(seen.values_list("pk", flat=True)), "halves": halves,
        "heads": of.heads(), "told": told, "kind": effect_rules().effects[effect_rules().recovered],
        "tells": tree_doors.held_by(writing, organisation),
        "trail": [*way, {"label": _("Property service"), "url": ""}],
    }  # fmt: skip
    return render(request, "figures/property_branch.html", shown)
