"""The pages of honours, demonstration sites and bases among them: those of my part of the tree, and one of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from baolei.naming import doors, honours
from baolei.naming.demonstration_forms import OF_DEMONSTRATION, ProposeSite, offered
from baolei.naming.models import Demonstration
from baolei.organisations import doors as organisations
from baolei.organisations.directory import names_of
from baolei.organisations.doors import Scope, both_scopes, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import OrganisationState
from baolei.organisations.people_views import answered
from baolei.programme import titles
from baolei.programme.organisation.levels import LEVELS
from baolei.warehouse.rulebook import titles as title_rules
from baolei.warehouse.spreadsheets import Column, Grid

PAGE = 50
LEVEL = {level.code: level.number for level in LEVELS}


@login_required
@require_safe
def demonstrations(request: HttpRequest) -> HttpResponseBase:
    """The honours of my part of the tree, the latest first; each branch counted once."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    found = doors.demonstrations(scope).order_by("-since", "pk")
    if asked_format(request):
        title = _("Honours")
        return download(request, title, {"sites": _grid(_rows(list(found)))}, [title, today.isoformat()])
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = {
        "page": page, "rows": _rows(list(page.object_list)), "proposes": _proposes(writing),
        "counted": [(name, honours.by_level(found.filter(kind=kind), "lead", today))
                    for kind, name in _kinds(found)],
    }  # fmt: skip
    return render(request, "naming/demonstrations.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_demonstration(request: HttpRequest) -> HttpResponse:
    """Propose an honour that a unit of one's own gives."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    if not _proposes(writing):
        raise Http404
    form = ProposeSite(request.POST or None, about=None, actor=request.user, scope=writing, today=today)
    return answered(request, form, "", reverse("demonstrations"), [*_trail(), {"label": form.verb, "url": ""}])


@login_required
@require_safe
def demonstration(request: HttpRequest, demonstration: int) -> HttpResponseBase:
    """One site or base: its branches and their titles, its days, whether it stands, what may be done with it."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    mine = _one(scope, demonstration)
    standing = honours.standing_of(mine, today)
    names = names_of(map(int, (*standing.named, *standing.without)))
    members = [(name, str(pk) in standing.named, pk == mine.lead_id) for pk, name in sorted(names.items())]
    if asked_format(request):
        grids = {"members": _member_grid(members), "sites": _grid(_rows([mine]))}
        return download(request, mine.name, grids, [mine.name, today.isoformat()], path=mine.path)
    shown = {
        "one": mine, "standing": _standing(mine), "members": members, "stands": standing.stands,
        "least": title_rules().number("base_branches_least"), "acts": _acts(writing, mine),
        "trail": [*_trail(), {"label": mine.name, "url": ""}],
    }  # fmt: skip
    return render(request, "naming/demonstration.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_demonstration(request: HttpRequest, demonstration: int, act: str) -> HttpResponse:
    """Agree to a site or base, look at it again, withdraw it; or answer for its lead branch."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    mine = _one(writing, demonstration)
    if act not in _acts(writing, mine):
        raise Http404(act)
    form = OF_DEMONSTRATION[act](request.POST or None, about=mine, actor=request.user, scope=writing, today=today)
    back = reverse("demonstration", args=[mine.pk])
    way = [*_trail(), {"label": mine.name, "url": back}, {"label": form.verb, "url": ""}]
    return answered(request, form, mine.name, back, way)


def _kinds(found: Any) -> list[tuple[str, str]]:
    """The kinds of honours that are among these, in the order of the rules."""
    there, language = set(found.order_by().values_list("kind", flat=True).distinct()), get_language() or ""
    return [(code, one.name.say(language)) for code, one in title_rules().honours.items() if code in there]


def _one(scope: Scope, demonstration: int) -> Demonstration:
    found: Demonstration | None = doors.demonstrations(scope).filter(pk=demonstration).first()
    if found is None:
        raise Http404(demonstration)
    return found


def _acts(writing: Scope, mine: Demonstration) -> dict[str, Any]:
    lead = OrganisationState.objects.open().filter(organisation=mine.lead_id).first()
    answers = bool(lead and writing.organisations and lead.path.startswith(writing.organisations))
    return offered(mine, gives=writing.holds(mine.path), answers=answers)


def _proposes(writing: Scope) -> bool:
    """Whether this scope holds a unit of a level that gives titles."""
    lowest = max(LEVEL[code] for code in title_rules().levels)
    return writing.whole or organisations.units(writing).filter(level__lte=lowest, path__in=writing.units).exists()


def _standing(mine: Demonstration) -> str:
    if mine.state == Demonstration.PROPOSED:
        return _("waits for a second person")
    if mine.state == Demonstration.DECLINED:
        return _("not given")
    return titles.STATES.state(mine.state).name.say(get_language() or "")


def _rows(found: list[Demonstration]) -> list[tuple[Demonstration, str, str, str]]:
    """Sites and bases with the name of the lead branch, the level in words and where each stands."""
    names, language = names_of(one.lead_id for one in found), get_language() or ""
    return [(one, names.get(one.lead_id, ""), honours.NAMES[one.level].say(language), _standing(one)) for one in found]


def _trail() -> list[dict[str, str]]:
    return [{"label": _("Honours"), "url": reverse("demonstrations")}]


def _grid(found: Iterable[tuple[Demonstration, str, str, str]]) -> Grid:
    columns = (
        Column(_("Name")), Column(_("Kind")), Column(_("Level")), Column(_("Lead branch")), Column(_("From"), "day"),
        Column(_("To"), "day"), Column(pgettext("process", "Standing")), Column(_("Document")),
    )  # fmt: skip
    return Grid(_("Honours"), columns, (
        (one.name, one.kind_name, level, lead, one.since, one.until, standing, one.document)
        for one, lead, level, standing in found
    ))  # fmt: skip


def _member_grid(members: Iterable[tuple[str, bool, bool]]) -> Grid:
    columns = (Column(_("Party branch")), Column(_("Holds a title")), Column(_("Lead branch")))
    said = {True: _("yes"), False: _("no")}
    return Grid(_("Branches of it"), columns, [(name, said[named], said[lead]) for name, named, lead in members])
