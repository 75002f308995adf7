"""The pages of declarations: those of a round in one's part of the tree, one of them to be filled in, what is done with
it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from baolei.declarations import actions, counting_again, doors
from baolei.declarations.actions import Changed
from baolei.declarations.form import Form, form_of, read
from baolei.declarations.forms import BY_BRANCH, SendBack, handed_in
from baolei.declarations.models import Declaration
from baolei.declarations.paper_views import filed
from baolei.organisations.acting import actor_of
from baolei.organisations.asked import as_number
from baolei.organisations.directory import pieces
from baolei.organisations.doors import both_scopes, scope_of, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import OrganisationState, UnitState
from baolei.organisations.people_views import answered, in_words
from baolei.paths import at_or_below
from baolei.programme import declaration as rules
from baolei.programme.refusals import ActRefused, Refusal
from baolei.rounds.views import one_of, trail
from baolei.warehouse.rulebook import round_rules
from baolei.warehouse.spreadsheets import Column, Grid

PAGE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A declaration as a row: itself, the branch's name, the unit it serves, where it stands."""

    declaration: Declaration
    name: str
    unit: str
    standing: str


@login_required
@require_safe
def declarations(request: HttpRequest, round: int) -> HttpResponseBase:
    """The declarations of a round in my part of the tree, by where they stand, fifty at a time."""
    today = timezone.localdate()
    scope = scope_of(request.user, today)
    this = one_of(scope, round)
    found = doors.declarations(scope).filter(round=this).order_by("path", "pk")
    unit = UnitState.objects.on(today).filter(unit=as_number(request.GET.get("unit", ""))).first()
    if unit is not None:
        found = found.filter(at_or_below(unit.path))
    counts = dict(found.order_by().values_list("state").annotate(Count("pk")))
    state = request.GET.get("state", "") if request.GET.get("state") in counts else ""
    chosen = found.filter(state=state) if state else found
    if asked_format(request):
        title = f"{this.name} {_('Declarations')}"
        return download(request, title, {"declarations": _grid(_each_row(chosen))}, [title, today.isoformat()],
                        path=this.path)  # fmt: skip
    page = Paginator(chosen, PAGE).get_page(request.GET.get("page"))
    language = get_language() or ""
    shown = {
        "round": this, "page": page, "rows": rows(list(page.object_list)), "state": state,
        "states": [(one.code, one.name.say(language), counts[one.code]) for one in rules.STATES.states
                   if one.code in counts],
        "trail": [*trail(this, last=False), {"label": _("Declarations"), "url": ""}], "unit": unit,
    }  # fmt: skip
    return render(request, "declarations/declarations.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def declaration(request: HttpRequest, declaration: int) -> HttpResponseBase:
    """One declaration: the branch fills it in, its superiors look at it."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    mine = declared(scope, declaration)
    fills = not mine.round.ended_at and mine.state in (rules.OPEN, rules.RETURNED) and doors.fills_in(writing, mine)
    faults: dict[str, str] = {}
    if request.method == "POST":
        if not fills:
            raise Http404(declaration)
        faults = {**_saved(request, mine), **filed(request, mine)}
        if not faults and "hand_in" in request.POST:
            return _handed_in(request, mine)
        if not faults:
            return redirect("declaration", mine.pk)
        mine.refresh_from_db()
    row = rows([mine])[0]
    if asked_format(request):
        return download(request, row.name, {"answers": _answer_grid(form_of(mine))}, [row.name, today.isoformat()],
                        path=mine.path)  # fmt: skip
    typed = request.POST.dict() if faults else {}
    shown = {"row": row, "form": form_of(mine, faults, typed), "fills": fills, "faults": faults, "typed": typed,
             "acts": acts_on(writing, mine), "trail": way_to(row), "papers": round_rules().papers,
             "scored": actions.is_frozen(mine.round) and mine.state in (rules.FROZEN, rules.CONCLUDED)}  # fmt: skip
    return render(request, "declarations/declaration.html", shown, status=422 if faults else 200)


@login_required
@require_POST
def save(request: HttpRequest, declaration: int) -> HttpResponse:
    """Save what has changed, for the page's script: what stands there now, what it earns, what could not be saved."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    mine = declared(writing, declaration)
    if not doors.fills_in(writing, mine):
        raise Http404(declaration)
    found = read(mine, request.POST.dict())
    told: dict[str, Any] = {"faults": found.faults, "clash": {}}
    try:
        if found.anything:
            actions.answer(actor=actor_of(request), now=timezone.now(), declaration=mine, said=found.said,
                           served=found.served)  # fmt: skip
    except Changed as changed:
        told["clash"] = {item: {"num": one.num, "den": one.den, "words": one.words, "seen": one.version}
                         for item, one in changed.items.items()}  # fmt: skip
    except Refusal as refused:
        told["refused"] = in_words(refused)
    form = form_of(mine)
    told["items"] = {
        entry.item.code: {"earned": entry.earned, "of": entry.of, "standing": entry.standing, "lack": entry.lack,
                          "seen": entry.answer.version if entry.answer else 0}
        for part in form.parts for entry in part.entries
    }  # fmt: skip
    return JsonResponse({**told, "score": form.score, "unanswered": form.unanswered})


@login_required
@require_POST
def count_again(request: HttpRequest, declaration: int) -> HttpResponse:
    """Fill a declaration anew from the records as they stand today."""
    writing = writing_scope(request.user, timezone.localdate())
    mine = declared(writing, declaration)
    if not doors.fills_in(writing, mine):
        raise Http404(declaration)
    try:
        changed = counting_again.count_again(actor=actor_of(request), now=timezone.now(), declaration=mine)
    except Refusal as refused:
        messages.error(request, in_words(refused))
    else:
        number = len(changed)
        told = ngettext("%(number)d item is counted anew", "%(number)d items are counted anew", number)
        messages.success(
            request, told % {"number": number} if number else _("The records say what stands here already")
        )
    return redirect("declaration", mine.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_declaration(request: HttpRequest, declaration: int, act: str) -> HttpResponse:
    """Take a declaration back, withdraw from the round, or return it with reasons."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    mine = declared(writing, declaration)
    offered = acts_on(writing, mine)
    if act not in offered:
        raise Http404(act)
    form = offered[act](request.POST or None, about=mine, actor=request.user, scope=writing, today=today)
    row = rows([mine])[0]
    return answered(request, form, row.name, reverse("declaration", args=[mine.pk]),
                    [*way_to(row, last=False), {"label": form.verb, "url": ""}])  # fmt: skip


def declared(scope: Any, declaration: int) -> Declaration:
    """A declaration of a scope. Raises Http404 for any other."""
    mine: Declaration | None = doors.declarations(scope).filter(pk=declaration).first()
    if mine is None:
        raise Http404(declaration)
    return mine


def _saved(request: HttpRequest, mine: Declaration) -> dict[str, str]:
    """Save what was entered without a script; the faults by item, where nothing was saved."""
    found = read(mine, request.POST.dict())
    if found.faults or not found.anything:
        return found.faults
    try:
        actions.answer(actor=actor_of(request), now=timezone.now(), declaration=mine, said=found.said,
                       served=found.served)  # fmt: skip
    except Changed as changed:
        return {
            item: _("%(refusal)s. Here stands now: %(num)d / %(den)d. Save again to put yours in its place.")
            % {"refusal": changed, "num": one.num, "den": one.den} for item, one in changed.items.items()
        }  # fmt: skip
    messages.success(request, _("Saved"))
    return {}


def _handed_in(request: HttpRequest, mine: Declaration) -> HttpResponse:
    try:
        actions.hand_in(actor=actor_of(request), now=timezone.now(), declaration=mine)
    except ActRefused as refused:
        messages.error(request, in_words(refused))
    else:
        messages.success(request, handed_in(mine))
    return redirect("declaration", mine.pk)


def acts_on(writing: Any, mine: Declaration) -> dict[str, Any]:
    """What may be done with a declaration as it stands, by its name in the address."""
    if mine.round.ended_at:
        return {}
    open_to = {row.act for row in rules.STATES.ways(mine.state)}
    found: dict[str, Any] = {}
    if doors.fills_in(writing, mine):
        found |= {name: form for name, form in BY_BRANCH.items() if form.act in open_to}
    # Once it is frozen it is returned by whoever reviews it, with two opinions, and by nobody else.
    if rules.RETURN in open_to and mine.state != rules.FROZEN and doors.answers_for(writing, mine):
        found["return"] = SendBack
    return found


def rows(found: list[Declaration]) -> list[Row]:
    """Declarations as rows, in the order given; two questions to the database whatever their number."""
    today, language = timezone.localdate(), get_language() or ""
    pks = [one.organisation_id for one in found]
    states = OrganisationState.objects.filter(organisation__in=pks, since__lte=today).order_by("since")
    name = {one.organisation_id: one.name for one in states}
    units = UnitState.objects.filter(unit__in={one.unit_id for one in found}, since__lte=today).order_by("since")
    unit = {one.unit_id: one.name for one in units}
    said = {one.code: one.name.say(language) for one in rules.STATES.states}
    return [Row(one, name.get(one.organisation_id, ""), unit.get(one.unit_id, ""), said[one.state]) for one in found]


def _each_row(found: Any) -> Iterator[Row]:
    for some in pieces(found):
        yield from rows(some)


def way_to(row: Row, *, last: bool = True) -> list[dict[str, str]]:
    """The way to a declaration; `last` where its page is the one that is shown."""
    mine = row.declaration
    way = [*trail(mine.round, last=False),
           {"label": _("Declarations"), "url": reverse("declarations", args=[mine.round_id])}]  # fmt: skip
    here = "" if last else reverse("declaration", args=[mine.pk])
    return [*way, {"label": row.name, "url": here}]


def _grid(listed: Iterable[Row]) -> Grid:
    columns = (
        Column(_("Party branch")), Column(_("Unit served")), Column(_("Field")),
        Column(pgettext("process", "Standing")), Column(_("Handed in"), "day"),
    )  # fmt: skip
    return Grid(_("Declarations"), columns, (
        (row.name, row.unit, row.declaration.field, row.standing,
         timezone.localdate(row.declaration.submitted_at) if row.declaration.submitted_at else None)
        for row in listed
    ))  # fmt: skip


def _answer_grid(form: Form) -> Grid:
    columns = (
        Column(_("Strength")), Column(_("Item")), Column(_("Done"), "whole"), Column(_("Due"), "whole"),
        Column(_("Points")), Column(_("of")), Column(pgettext("process", "Standing")), Column(_("What it rests on")),
        Column(_("Files"), "whole"),
    )  # fmt: skip
    language = get_language() or ""
    return Grid(_("Answers"), columns, (
        (part.name, entry.item.name.say(language), entry.answer.num if entry.answer else None,
         entry.answer.den if entry.answer else None, entry.earned, entry.of, entry.standing,
         entry.answer.words if entry.answer else "", len(entry.papers))
        for part in form.parts for entry in part.entries
    ))  # fmt: skip
