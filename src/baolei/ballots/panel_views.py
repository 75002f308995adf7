"""The pages of the panel of society: who was named and how far they are, what each said of which branch, and the form
on which a panellist rates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from baolei.ballots import doors
from baolei.ballots import panels as actions
from baolei.ballots.counted import panel_source
from baolei.ballots.models import Panel, Panellist, Rating
from baolei.ballots.panel_forms import OF_PANEL, Home, Rate, grades
from baolei.organisations.directory import names_of, pieces
from baolei.organisations.doors import Scope, both_scopes, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.forms_of_people import PeopleForm
from baolei.organisations.models import UnitState
from baolei.organisations.people_views import answered, in_words
from baolei.people.models import Account
from baolei.programme.piles import BLANK, PHASE, UNKNOWN
from baolei.programme.refusals import Refusal
from baolei.rounds.models import Round
from baolei.rounds.views import one_of, trail
from baolei.standards.at_hand import at_hand
from baolei.warehouse.spreadsheets import Column, Grid

PAGE = 50


@login_required
@require_safe
def panels(request: HttpRequest, round: int) -> HttpResponseBase:
    """The panels of a round that my unit and those below it have named: panellists, and ratings under their names."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    this = one_of(scope, round)
    if not scope.units:
        raise Http404(round)
    mine = doors.panels(scope).filter(round=this)
    people = Panellist.objects.filter(panel__in=mine.values("pk")).select_related("panel", "account").annotate(
        branches=Count("ratings"), rated=Count("ratings", filter=~Q(ratings__answers=""))
    ).order_by("panel__path", "pk")  # fmt: skip
    ratings = Rating.objects.filter(panellist__panel__in=mine.values("pk")).select_related("panellist", "declaration")
    ratings = ratings.order_by("declaration__path", "declaration", "pk")
    if asked_format(request):
        title = f"{this.name} {_('Panel of society')}"
        grids = {"panellists": _people_grid(people), "ratings": _ratings_grid(this, _each(this, ratings))}
        return download(request, title, grids, [title, today.isoformat()], path=this.path)
    page = Paginator(ratings, PAGE).get_page(request.GET.get("page"))
    home = _home(writing, this)
    shown = {
        "round": this, "people": [(one, doors.rates(request.user, writing, one) and _takes(one)) for one in people],
        "page": page, "rows": rows(this, page.object_list), "questions": _questions(this),
        "acts": _acts(home) if home else {}, "trail": [*trail(this, last=False),
                                                       {"label": _("Panel of society"), "url": ""}],
    }  # fmt: skip
    return render(request, "ballots/panels.html", shown)


def _questions(this: Round) -> list[str]:
    edition = at_hand(this.edition)
    source = panel_source(edition)
    number = len(edition.questions[source.code]) if source else 0
    return [_("Question %(number)s") % {"number": place} for place in range(1, number + 1)]


def rows(this: Round, found: Iterable[Rating]) -> list[tuple[Rating, str, list[str]]]:
    """Ratings with the branch's name and the answers in words; those that are not handed in stay the panellist's."""
    listed = list(found)
    names = names_of(one.declaration.organisation_id for one in listed)
    said = {**dict(grades(at_hand(this.edition))), UNKNOWN: _("don't know"), BLANK: "—"}
    wide = len(_questions(this))
    return [
        (one, names[one.declaration.organisation_id],
         [said[sign] for sign in (one.answers if one.panellist.handed_in else "").ljust(wide, BLANK)])
        for one in listed
    ]  # fmt: skip


def _each(this: Round, found: Any) -> Iterator[tuple[Rating, str, list[str]]]:
    for some in pieces(found):
        yield from rows(this, some)


def _people_grid(people: Any) -> Grid:
    columns = (
        Column(pgettext("person", "Name")), Column(_("Stands for")), Column(_("Named on"), "day"),
        Column(_("Party branches"), "whole"), Column(_("Rated"), "whole"),
        Column(pgettext("ratings", "Handed in"), "day"), Column(_("Panel closed on"), "day"),
    )  # fmt: skip
    return Grid(_("Panellists"), columns, (
        (one.name, one.stands_for, one.day, one.branches, one.rated, one.handed_in, one.panel.closed_on)
        for one in people.iterator()
    ))  # fmt: skip


def _ratings_grid(this: Round, listed: Iterable[tuple[Rating, str, list[str]]]) -> Grid:
    columns = (
        Column(_("Party branch")), Column(_("Panellist")), Column(_("Stands for")),
        *map(Column, _questions(this)),
    )  # fmt: skip
    return Grid(_("Ratings"), columns, (
        (name, one.panellist.name, one.panellist.stands_for, *answers) for one, name, answers in listed
    ))  # fmt: skip


# ---- named, closed ----


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_panel(request: HttpRequest, round: int, act: str) -> HttpResponse:
    """Name somebody to the panel of my unit, or close it."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    this = one_of(writing, round)
    home = _home(writing, this)
    offered = _acts(home) if home else {}
    if home is None or act not in offered:
        raise Http404(act)
    form = offered[act](request.POST or None, about=home, actor=request.user, scope=writing, today=today)
    back = reverse("panels", args=[this.pk])
    way = [*trail(this, last=False), {"label": _("Panel of society"), "url": back}, {"label": form.verb, "url": ""}]
    return answered(request, form, f"{this.name} {home.unit.name}", back, way)


def _home(writing: Scope, this: Round) -> Home | None:
    """Where somebody names a panel of a round: at the highest unit he answers for that lies within it."""
    within = [this.path if this.path.startswith(path) else path for path in writing.units]
    found = sorted(path for path in within if path.startswith(this.path))
    state = UnitState.objects.on(writing.day).filter(path__in=found[:1]).first()
    if state is None:
        return None
    return Home(this, state, Panel.objects.filter(round=this, unit=state.unit_id).first())


def _acts(home: Home) -> dict[str, type[PeopleForm]]:
    """What may be done with the panel of a unit now."""
    panel = home.panel
    allowed = {
        "name": home.round.phase == PHASE and (panel is None or panel.closed_on is None)
        and panel_source(at_hand(home.round.edition)) is not None,
        "close": panel is not None and panel.closed_on is None,
    }  # fmt: skip
    return {name: form for name, form in OF_PANEL.items() if allowed[name]}


# ---- the form ----


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, panellist: int) -> HttpResponse:
    """Rate the branches one is named for; or enter the paper form of somebody without an account."""
    today, account = timezone.localdate(), request.user
    assert isinstance(account, Account)
    one = Panellist.objects.select_related("panel__round").filter(pk=panellist).first()
    if one is None or not doors.rates(account, writing_scope(account, today), one):
        raise Http404(panellist)
    form = Rate(request.POST or None, panellist=one)
    if request.method == "POST" and form.is_valid():
        handed = "hand_in" in request.POST
        try:
            actions.rate(actor=account, now=timezone.now(), panellist=one, said=form.said, hand_in=handed)
        except Refusal as refusal:
            form.add_error(None, in_words(refusal))
        else:
            messages.success(request, _("Handed in: thank you") if handed else _("Kept; it is not handed in yet"))
            return redirect("rate", one.pk)
    shown = {"one": one, "form": form, "round": one.panel.round, "takes": _takes(one),
             "own": one.account_id is not None}  # fmt: skip
    return render(request, "ballots/rate.html", shown, status=422 if form.is_bound else 200)


def _takes(one: Panellist) -> bool:
    return one.handed_in is None and one.panel.closed_on is None and one.panel.round.phase == PHASE
