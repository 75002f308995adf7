"""What a branch does beyond its own members: communities it is paired with, practical deeds, members registered on
paper.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from baolei.organisations.asked import asked_organisation, asked_year, drawn_key
from baolei.organisations.doors import Scope, both_scopes, held_by, home_path, scope_of, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.people_views import answered, sent
from baolei.organisations.trails import down_to_organisation
from baolei.programme.evidence import added_up
from baolei.programme.wishes import BRANCH, COMMUNITY, DEEDS, PAIRING
from baolei.wishes import doors, facts, tables
from baolei.wishes.branch_forms import OF_BRANCH, OF_DEED, OF_PAIRING
from baolei.wishes.models import Deed, Pairing
from baolei.wishes.views import PAGE


@login_required
@require_safe
def of_branch(request: HttpRequest, organisation: int) -> HttpResponseBase:
    """A branch's pairings and deeds, and how many of the services its members took up were confirmed: no names."""
    today, year = timezone.localdate(), asked_year(request, timezone.localdate())
    scope, writing = both_scopes(request.user, today, today)
    state = asked_organisation(scope, organisation)
    if not doors.is_branch(state, today):
        raise Http404(organisation)
    writes = held_by(writing, organisation)
    pairs = tables.pair_rows(doors.pairings(scope).filter(organisation=organisation).order_by("ended", "-pk"),
                             (BRANCH,) if writes else ())  # fmt: skip
    found = doors.deeds(scope).filter(organisation=organisation, planned__year=year).order_by("-pk")
    title = _("%(name)s: wishes and deeds %(year)d") % {"name": state.name, "year": year}
    if asked_format(request):
        grids = {"deeds": tables.deed_grid(tables.deed_rows(found, today)), "pairings": tables.pair_grid(pairs)}
        return download(request, title, grids, [title, today.isoformat()], path=home_path(state))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    home = doors.communities(scope).filter(unit=state.unit_id).first()
    service = added_up(facts.registered_service_rows(organisation, year, today))
    return render(request, "wishes/branch.html", {
        "state": state, "year": year, "years": range(today.year, today.year - 3, -1), "writes": writes, "pairs": pairs,
        "page": page, "deeds": tables.deed_rows(page.object_list, today), "home": home,
        "service": service if service[1] else None,
        "trail": [*down_to_organisation(state, scope), {"label": _("Wishes and deeds"), "url": ""}],
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_branch(request: HttpRequest, organisation: int, act: str) -> HttpResponse:
    """Pair, plan a deed, register a member on paper, for the branch."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    state = asked_organisation(writing, organisation)
    if act not in OF_BRANCH or not held_by(writing, organisation) or not doors.is_branch(state, today):
        raise Http404(act)
    form = OF_BRANCH[act](sent(request), about=state, actor=request.user, scope=writing, today=today)
    if act == "deed":
        form.fields["key"].initial = drawn_key(request)
    back = reverse("wishes_of_branch", args=[organisation])
    way = [*down_to_organisation(state, scope_of(request.user, today)), {"label": _("Wishes and deeds"), "url": back},
           {"label": str(form.verb), "url": ""}]  # fmt: skip
    return answered(request, form, state.name, back, way)


# ---- a pairing ----


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_pairing(request: HttpRequest, pairing: int, act: str) -> HttpResponse:
    """Answer for the community, or end it for either side."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    one: Pairing | None = doors.pairings(writing).filter(pk=pairing).first()
    if one is None or act not in {row.act for who in _sides(writing, one) for row in PAIRING.ways(one.state, who)}:
        raise Http404(act)
    form = OF_PAIRING[act](sent(request), about=one, actor=request.user, scope=writing, today=today)
    row = tables.pair_rows([one], ())[0]
    at_branch = act == "part"
    back = (reverse("wishes_of_branch", args=[one.organisation_id]) if at_branch
            else reverse("wishes_of_unit", args=[one.unit_id]))  # fmt: skip
    way = [{"label": _("Wishes and deeds"), "url": back}, {"label": str(form.verb), "url": ""}]
    return answered(request, form, f"{row.branch} · {row.community}", back, way)


def _sides(writing: Scope, one: Pairing | Deed) -> list[str]:
    """As what a scope acts on what a branch and a community have together."""
    desk = doors.communities(writing).filter(unit=one.unit_id).exists()
    branch = held_by(writing, one.organisation_id)
    return [who for who, mine in ((BRANCH, branch), (COMMUNITY, desk)) if mine]


# ---- a deed ----


@login_required
@require_safe
def deed(request: HttpRequest, deed: int) -> HttpResponseBase:
    """A deed: its plan, how it went, what those say whom it was for."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    one = _deed(scope, deed)
    row = tables.deed_rows([one], today)[0]
    if asked_format(request):
        grids = {"deed": tables.deed_grid([row]), "lines": tables.line_grid(one)}
        return download(request, one.title, grids, [one.title, today.isoformat()])
    sides = _sides(writing, one)
    if BRANCH in sides:
        sides = [BRANCH]  # whoever answers for the branch does not confirm its deed
    return render(request, "wishes/deed.html", {
        "row": row, "deed": one,
        "acts": [act for who in sides for act in tables.verbs(DEEDS, one.state, who, OF_DEED)],
        "lines": [(line, DEEDS.words[line.act].say(get_language() or "")) for line in one.lines.all()],
        "trail": [{"label": _("Wishes and deeds"), "url": _back(scope, one)}, {"label": one.title, "url": ""}],
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_deed(request: HttpRequest, deed: int, act: str) -> HttpResponse:
    """Do something with a deed: for its branch, or for the community."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    one = _deed(writing, deed)
    sides = _sides(writing, one)
    offered = {row.act for who in ([BRANCH] if BRANCH in sides else sides) for row in DEEDS.ways(one.state, who)}
    if act not in offered:
        raise Http404(act)
    form = OF_DEED[act](sent(request), about=one, actor=request.user, scope=writing, today=today)
    back = reverse("deed", args=[deed])
    way = [{"label": one.title, "url": back}, {"label": str(form.verb), "url": ""}]
    return answered(request, form, one.title, back, way)


def _deed(scope: Scope, deed: int) -> Deed:
    found: Deed | None = doors.deeds(scope).filter(pk=deed).first()
    if found is None:
        raise Http404(deed)
    return found


def _back(scope: Scope, one: Deed) -> str:
    """To whichever page lists the deed and is open."""
    if doors.communities(scope).filter(unit=one.unit_id).exists():
        return reverse("wishes_of_unit", args=[one.unit_id])
    return reverse("wishes_of_branch", args=[one.organisation_id])
