"""The pages of waivers: asked for by a branch, decided from above it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
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

from baolei.dues import doors, forms
from baolei.dues.models import Waiver
from baolei.organisations import doors as tree_doors
from baolei.organisations.directory import pieces
from baolei.organisations.doors import scope_of, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import OrganisationState
from baolei.organisations.people_views import answered
from baolei.organisations.trails import down_to_organisation
from baolei.warehouse.rulebook import dues as dues_rules
from baolei.warehouse.spreadsheets import Column, Grid

PAGE = 50


@login_required
@require_safe
def waivers(request: HttpRequest) -> HttpResponseBase:
    """The waivers of the branches one answers for: those that wait, or with `which=all` every one."""
    today = timezone.localdate()
    every = request.GET.get("which") == "all"
    found = doors.waivers(writing_scope(request.user, today)).order_by("applied", "pk")
    if not every:
        found = found.filter(state=Waiver.STUDIED)
    if asked_format(request):
        title = _("Waivers of dues")
        grid = _grid(row for some in pieces(found) for row in _rows(some, today))
        return download(request, title, {"waivers": grid}, [title, today.isoformat()])
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = {"page": page, "rows": _rows(page.object_list, today), "every": every}
    return render(request, "dues/waivers.html", shown)


@login_required
@require_safe
def waiver(request: HttpRequest, waiver: int) -> HttpResponseBase:
    """One waiver: how it stands, and what is to be done with it."""
    today = timezone.localdate()
    one, state, acts = _one(request, waiver, today)
    row = _rows([one], today)[0]
    if asked_format(request):
        title = f"{_('Waiver of dues')} {one.member.name}"
        return download(request, title, {"waiver": _grid([row])}, [title, today.isoformat()])
    shown = {"row": row, "acts": acts, "trail": _way(request, state, one, today)}
    return render(request, "dues/waiver.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, organisation: int) -> HttpResponse:
    """Send up a member's application that the branch has studied."""
    today = timezone.localdate()
    state = doors.kept_by(request.user, today).filter(organisation=organisation).select_related("organisation").first()
    if state is None:
        raise Http404(organisation)
    scope = scope_of(request.user, today)
    form = forms.AskWaiver(request.POST or None, about=state.organisation, actor=request.user, scope=scope, today=today)
    back = reverse("dues", args=[organisation])
    way = [*down_to_organisation(state, scope), {"label": _("Party dues"), "url": back},
           {"label": str(form.verb), "url": ""}]  # fmt: skip
    return answered(request, form, state.name, back, way)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_waiver(request: HttpRequest, waiver: int, act: str) -> HttpResponse:
    """Approve, refuse or withdraw a waiver."""
    today = timezone.localdate()
    one, state, acts = _one(request, waiver, today)
    if act not in acts:
        raise Http404(act)
    form = acts[act](request.POST or None, about=one, actor=request.user, scope=writing_scope(request.user, today),
                     today=today)  # fmt: skip
    back = reverse("waiver", args=[one.pk])
    way = [*_way(request, state, one, today)[:-1], {"label": one.member.name, "url": back},
           {"label": str(form.verb), "url": ""}]  # fmt: skip
    return answered(request, form, one.member.name, back, way)


def _one(
    request: HttpRequest, waiver: int, today: date
) -> tuple[Waiver, OrganisationState, dict[str, type[forms.OfWaiver]]]:
    """A waiver, its branch as it stands today, and what one may do with it. Raises Http404 for any other."""
    writing = writing_scope(request.user, today)
    one: Waiver | None = doors.waivers(writing).filter(pk=waiver).first()
    if one is None:
        raise Http404(waiver)
    state = tree_doors.organisations(writing).filter(organisation=one.organisation_id).first()
    if state is None:
        raise Http404(waiver)
    keeps = doors.keeps(request.user, one.organisation_id, today)
    return one, state, forms.steps(one, keeps=keeps, approves=tree_doors.from_above(writing, state))


def _rows(found: Iterable[Waiver], today: date) -> list[dict[str, Any]]:
    """Waivers with the names of their branches and what they were answered."""
    listed, answers = list(found), dues_rules().answers
    states = OrganisationState.objects.on(today).filter(organisation__in=[one.organisation_id for one in listed])
    names = dict(states.values_list("organisation", "name"))
    return [{"one": one, "branch": names.get(one.organisation_id, ""),
             "answer": answers[one.answer].say(get_language() or "") if one.answer in answers else ""}
            for one in listed]  # fmt: skip


def _grid(rows: Iterable[dict[str, Any]] | Iterator[dict[str, Any]]) -> Grid:
    words = (pgettext("person", "Name"), _("Party branch"), _("First month"), _("Last month"), _("How it stands"),
             _("Document"), _("Answer to the branch"))  # fmt: skip
    days = (_("The member applied on"), _("The branch studied it on"), _("Decided on"))
    columns = (*map(Column, words), *(Column(label, "day") for label in days))
    return Grid(_("Waivers"), columns, (
        (row["one"].member.name, row["branch"], row["one"].first_month.strftime("%Y-%m"),
         row["one"].last_month.strftime("%Y-%m"), row["one"].get_state_display(), row["one"].document, row["answer"],
         row["one"].applied, row["one"].studied, row["one"].decided)
        for row in rows
    ))  # fmt: skip


def _way(request: HttpRequest, state: OrganisationState, one: Waiver, today: date) -> list[dict[str, str]]:
    scope = scope_of(request.user, today)
    here = {"label": _("Party dues"), "url": reverse("dues", args=[state.organisation_id])}
    return [*down_to_organisation(state, scope), here, {"label": one.member.name, "url": ""}]
