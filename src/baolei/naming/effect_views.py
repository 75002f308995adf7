"""The pages of effects and support: those of my part of the tree, one of them, what is done with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from baolei.naming import doors
from baolei.naming.effect_forms import GiveSupport, StrikeSupport, TellEffect, steps
from baolei.naming.effect_models import Effect, Support
from baolei.naming.honours import NAMES, holding
from baolei.naming.models import Demonstration
from baolei.organisations import doors as tree_doors
from baolei.organisations.directory import names_of, pieces
from baolei.organisations.doors import Scope, both_scopes, scope_of, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import OrganisationState
from baolei.organisations.people_views import answered
from baolei.organisations.trails import down_to_organisation
from baolei.warehouse.rulebook import effects as effect_rules
from baolei.warehouse.spreadsheets import Column, Grid

PAGE = 50


@login_required
@require_safe
def effects(request: HttpRequest) -> HttpResponseBase:
    """The effects told in my part of the tree, the latest first; with `which=told` those nobody has looked into."""
    today = timezone.localdate()
    waiting = request.GET.get("which") == "told"
    found = doors.effects(scope_of(request.user, today)).order_by("-year", "-pk")
    if waiting:
        found = found.filter(state=Effect.TOLD)
    if asked_format(request):
        title = _("Effects")
        rows = (row for some in pieces(found) for row in _rows(some))
        return download(request, title, {"effects": _grid(rows)}, [title, today.isoformat()])
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "naming/effects.html", {"page": page, "rows": _rows(page.object_list), "waiting": waiting})


@login_required
@require_safe
def effect(request: HttpRequest, effect: int) -> HttpResponseBase:
    """One effect: what was told, by whom it was looked into, and what may be done with it."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    mine = _one(scope, effect)
    row = _rows([mine])[0]
    if asked_format(request):
        title = f"{row[1]} {mine.kind_name} {mine.year}"
        return download(request, title, {"effects": _grid([row])}, [title, today.isoformat()], path=mine.path)
    shown = {"one": mine, "branch": row[1], "acts": _acts(writing, mine), "trail": _trail(mine, row[1])}
    return render(request, "naming/effect.html", shown)


@login_required
@require_safe
def branch_effects(request: HttpRequest, organisation: int) -> HttpResponseBase:
    """What one branch told it has brought about, the honours it holds, and what it was given."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    state = tree_doors.organisations(scope).filter(organisation=organisation).first()
    if state is None:
        raise Http404(organisation)
    told = _rows(doors.effects(scope).filter(organisation=organisation).order_by("-year", "-pk"))
    given = _support_rows(doors.supports(scope).filter(organisation=organisation).order_by("-on", "-pk"), writing)
    if asked_format(request):
        title = f"{_('Effects and support')} {state.name}"
        grids = {"effects": _grid(told), "supports": _support_grid(given)}
        return download(request, title, grids, [title, today.isoformat()])
    shown = {
        "state": state, "told": told, "given": given, "tells": tree_doors.held_by(writing, organisation),
        "property": state.field in effect_rules().property_fields,
        "honours": Demonstration.objects.filter(holding(today), branches=organisation).order_by("-since", "pk"),
        "trail": [*down_to_organisation(state, scope), {"label": _("Effects and support"), "url": ""}],
    }  # fmt: skip
    return render(request, "naming/branch_effects.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tell_effect(request: HttpRequest, organisation: int) -> HttpResponse:
    """Tell an effect for a branch of one's own."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    if not tree_doors.held_by(writing, organisation):
        raise Http404(organisation)
    state = OrganisationState.objects.on(today).get(organisation=organisation)
    form = TellEffect(request.POST or None, about=state, actor=request.user, scope=writing, today=today)
    back = reverse("branch_effects", args=[organisation])
    way = [*down_to_organisation(state, scope_of(request.user, today)),
           {"label": _("Effects and support"), "url": back}, {"label": form.verb, "url": ""}]  # fmt: skip
    return answered(request, form, state.name, back, way)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_effect(request: HttpRequest, effect: int, act: str) -> HttpResponse:
    """Confirm an effect or do not, or take it back."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    mine = _one(writing, effect)
    acts = _acts(writing, mine)
    if act not in acts:
        raise Http404(act)
    form = acts[act](request.POST or None, about=mine, actor=request.user, scope=writing, today=today)
    back = reverse("effect", args=[mine.pk])
    way = [*_trail(mine, "")[:-1], {"label": mine.kind_name, "url": back}, {"label": form.verb, "url": ""}]
    return answered(request, form, mine.kind_name, back, way)


def _one(scope: Scope, effect: int) -> Effect:
    found: Effect | None = doors.effects(scope).filter(pk=effect).first()
    if found is None:
        raise Http404(effect)
    return found


def _acts(writing: Scope, mine: Effect) -> dict[str, Any]:
    state = OrganisationState.objects.on(writing.day).filter(organisation=mine.organisation_id).first()
    if state is None:
        return {}
    holds = tree_doors.held_by(writing, mine.organisation_id)
    return steps(mine, holds=holds, above=tree_doors.from_above(writing, state))


def _trail(mine: Effect, name: str) -> list[dict[str, str]]:
    return [{"label": _("Effects"), "url": reverse("effects")}, {"label": f"{name} {mine.kind_name}", "url": ""}]


def _rows(found: Iterable[Effect]) -> list[tuple[Effect, str]]:
    listed = list(found)
    names = names_of(one.organisation_id for one in listed)
    return [(one, names.get(one.organisation_id, "")) for one in listed]


def _grid(rows: Iterable[tuple[Effect, str]]) -> Grid:
    columns = (
        Column(_("Party branch")), Column(_("Effect")), Column(_("Year"), "whole"), Column(_("Number"), "whole"),
        Column(_("Of which whole"), "whole"), Column(_("How it came about")), Column(_("Honour")),
        Column(pgettext("process", "Standing")), Column(_("Looked into on"), "day"),
        Column(_("How it was looked into")),
    )  # fmt: skip
    return Grid(_("Effects, self-reported"), columns, (
        (branch, one.kind_name, one.year, one.part, one.whole, one.words, one.honour.name if one.honour else "",
         one.get_state_display(), one.checked_on, one.checked_how)
        for one, branch in rows
    ))  # fmt: skip


# ---- support ----


@login_required
@require_safe
def supports(request: HttpRequest) -> HttpResponseBase:
    """The support given to my part of the tree, the latest first, and its sums by year and level."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    found = doors.supports(scope).order_by("-on", "-pk")
    sums = _sums(found)
    if asked_format(request):
        title = _("Support given")
        rows = (row for some in pieces(found) for row in _support_rows(some, writing))
        grids = {"supports": _support_grid(rows), "sums": _sum_grid(sums)}
        return download(request, title, grids, [title, today.isoformat()])
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = {"page": page, "rows": _support_rows(page.object_list, writing), "sums": sums, "gives": bool(writing.units)}
    return render(request, "naming/supports.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def give_support(request: HttpRequest) -> HttpResponse:
    """Enter what a unit of one's own gave."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    if not writing.units:
        raise Http404
    form = GiveSupport(request.POST or None, about=None, actor=request.user, scope=writing, today=today)
    return answered(request, form, "", reverse("supports"), [*_way(), {"label": form.verb, "url": ""}])


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def strike_support(request: HttpRequest, support: int) -> HttpResponse:
    """Strike what was entered in error."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    mine: Support | None = doors.supports(writing).filter(pk=support, struck_on=None).select_related("unit").first()
    if mine is None or not _gave(mine, writing):
        raise Http404(support)
    form = StrikeSupport(request.POST or None, about=mine, actor=request.user, scope=writing, today=today)
    return answered(request, form, mine.words, reverse("supports"), [*_way(), {"label": form.verb, "url": ""}])


def _gave(mine: Support, writing: Scope) -> bool:
    """Whether this scope answers for the unit that gave it."""
    return bool(tree_doors.units(writing).filter(unit=mine.unit_id).exists())


def _way() -> list[dict[str, str]]:
    return [{"label": _("Support given"), "url": reverse("supports")}]


def _support_rows(found: Iterable[Support], writing: Scope) -> list[dict[str, Any]]:
    """Support with the names of who has it and gave it, and whether one may strike it."""
    listed, language = list(found), get_language() or ""
    names = names_of(one.organisation_id for one in listed)
    units = tree_doors.units(writing).filter(unit__in=[one.unit_id for one in listed])
    own = set(units.values_list("unit", flat=True)) if writing.units else set()
    return [
        {"one": one, "name": names.get(one.organisation_id, ""), "level": NAMES[one.level].say(language),
         "mine": one.struck_on is None and one.unit_id in own}
        for one in listed
    ]  # fmt: skip


def _sums(found: Any) -> list[tuple[int, str, str, int, int | None]]:
    """By year, level and kind: how often, and yuan."""
    rows = found.filter(struck_on=None).order_by().values("on__year", "level", "kind")
    rows = rows.annotate(number=Count("pk"), sum=Sum("yuan"))
    kinds, language, order = effect_rules().supports, get_language() or "", list(NAMES)
    return [
        (row["on__year"], NAMES[row["level"]].say(language), kinds[row["kind"]].name.say(language), row["number"],
         row["sum"])
        for row in sorted(rows, key=lambda one: (-one["on__year"], order.index(one["level"]), one["kind"]))
    ]  # fmt: skip


def _support_grid(rows: Iterable[dict[str, Any]]) -> Grid:
    columns = (
        Column(_("Given to")), Column(_("Level")), Column(_("Kind")), Column(_("Sum in yuan"), "whole"),
        Column(_("What was given")), Column(_("Document")), Column(_("Given on"), "day"), Column(_("Struck on"), "day"),
    )  # fmt: skip
    return Grid(_("Support given"), columns, (
        (row["name"], row["level"], row["one"].kind_name, row["one"].yuan, row["one"].words, row["one"].document,
         row["one"].on, row["one"].struck_on)
        for row in rows
    ))  # fmt: skip


def _sum_grid(sums: Iterable[tuple[int, str, str, int, int | None]]) -> Grid:
    columns = (Column(_("Year"), "whole"), Column(_("Level")), Column(_("Kind")), Column(_("How often"), "whole"),
               Column(_("Sum in yuan"), "whole"))  # fmt: skip
    return Grid(_("By level"), columns, sums)
