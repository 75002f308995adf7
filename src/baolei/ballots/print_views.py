"""The pages on which slips are printed: asked for, taken once, printed anew, more of them; how households are drawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from baolei.ballots import doors, lots, printing
from baolei.ballots.models import Poll, Printing
from baolei.ballots.poll_forms import Print, PrintAgain, PrintMore, Take
from baolei.ballots.poll_views import origin, way
from baolei.declarations.actions import BEFORE_THE_FREEZE
from baolei.organisations.directory import names_of, pieces
from baolei.organisations.doors import both_scopes, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import UnitState
from baolei.organisations.people_views import answered, in_words
from baolei.people.models import Account
from baolei.programme.refusals import Refusal
from baolei.rounds.views import one_of
from baolei.urn.store import CAST, ISSUE
from baolei.warehouse.spreadsheets import Column, Grid

PAGE = 50
STEPS = 3
"""A printing is asked for, has its codes, has its file, is with the urn."""


@dataclass(frozen=True, slots=True)
class Row:
    """A printing as a row: itself, what its unit is called, what it prints, whether it lists envelopes."""

    printing: Printing
    unit: str
    kind: str
    envelopes: bool
    again: bool


@login_required
@require_safe
def printings(request: HttpRequest, round: int) -> HttpResponseBase:
    """The files of a round that I may take, and how far those are that are being made."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    this = one_of(writing, round)
    if not writing.units:
        raise Http404(round)
    found = doors.printings_of(this, writing)
    if asked_format(request):
        title = f"{this.name} {_('Slips on paper')}"
        return download(request, title, {"printings": _grid(_each(found, today))}, [title, today.isoformat()],
                        path=this.path)  # fmt: skip
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    under_way = found.filter(state__in=Printing.OPEN).count()
    asked = found.count()
    shown = {
        "round": this, "page": page, "rows": rows(list(page.object_list), today), "under_way": under_way,
        "made": asked - under_way, "asked": asked, "steps": STEPS, "trail": way(this, _("Slips on paper")),
    }  # fmt: skip
    template = "ballots/_printing.html" if request.headers.get("HX-Request") else "ballots/printings.html"
    return render(request, template, shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def print_slips(request: HttpRequest, round: int, unit: int) -> HttpResponse:
    """Have the slips of a unit and all below it printed, a file for each township."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    this = one_of(writing, round)
    state = UnitState.objects.on(today).filter(unit=unit).first()
    prints = state is not None and writing.holds(state.path) and this.phase in BEFORE_THE_FREEZE
    if state is None or not prints or not printing.to_print(this, state.path):
        raise Http404(unit)
    form = Print(request.POST or None, about=(this, state), actor=request.user, scope=writing, today=today)
    return _asked(request, form, state.name, this)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest, printing: int) -> HttpResponse:
    """Have other slips printed for those of a file that was lost."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    mine = one_printing(writing, printing)
    row = rows([mine], today)[0]
    if not row.again:
        raise Http404(printing)
    form = PrintAgain(request.POST or None, about=mine, actor=request.user, scope=writing, today=today)
    return _asked(request, form, row.unit, mine.round)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def more(request: HttpRequest, poll: int) -> HttpResponse:
    """Have more slips of a poll printed while it can be cast; by a level above the branch."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    mine = doors.polls(writing).filter(pk=poll, phase__in=(ISSUE, CAST)).first()
    if mine is None or not writing.holds(mine.declaration.path):
        raise Http404(poll)
    form = PrintMore(request.POST or None, about=mine, actor=request.user, scope=writing, today=today)
    unit = UnitState.objects.on(today).filter(path=mine.declaration.path[: doors.TOWNSHIP]).first()
    if unit is None:
        raise Http404(poll)
    form.unit = unit
    name = names_of([mine.declaration.organisation_id])[mine.declaration.organisation_id]
    return _asked(request, form, name, mine.declaration.round)


def _asked(request: HttpRequest, form: Any, name: str, this: Any) -> HttpResponse:
    form.origin = origin(request)
    return answered(request, form, name, reverse("printings", args=[this.pk]), way(this, str(form.verb)))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: HttpRequest, printing: int) -> HttpResponseBase:
    """Take the file of a printing: handed out once, then deleted."""
    today, account = timezone.localdate(), request.user
    assert isinstance(account, Account)
    writing = writing_scope(account, today)
    mine = one_printing(writing, printing)
    if mine.state != Printing.READY:
        raise Http404(printing)
    form = Take(
        request.POST if request.method == "POST" else None, about=mine, actor=account, scope=writing, today=today
    )
    if request.method == "POST" and form.is_valid():
        try:
            return as_slips(take_file(account, mine), f"{mine.round_id}-{mine.unit_id}-{mine.pk}.pdf")
        except Refusal as refusal:
            form.add_error(None, in_words(refusal))
    shown = {"form": form, "name": rows([mine], today)[0].unit, "back": reverse("printings", args=[mine.round_id]),
             "trail": way(mine.round, str(form.verb))}  # fmt: skip
    return render(request, "organisations/act.html", shown, status=422 if form.is_bound else 200)


def take_file(account: Account, mine: Printing) -> bytes:
    """The file. Raises NotPossible."""
    return printing.take(actor=account, now=timezone.now(), printing=mine)


@login_required
@require_safe
def envelopes(request: HttpRequest, printing: int) -> HttpResponse:
    """Which household gets which envelope of a printing; numbers only, and the same whenever it is asked for."""
    today = timezone.localdate()
    mine = one_printing(writing_scope(request.user, today), printing)
    polls = lots.polls_by_lot(mine) if mine.made_at else []
    if not polls:
        raise Http404(printing)
    names = names_of(one.declaration.organisation_id for one in polls)
    pdf = lots.envelopes_of(mine, polls, rows([mine], today)[0].unit, names, timezone.now())
    return as_slips(pdf, f"{mine.round_id}-{mine.unit_id}-{mine.pk}-envelopes.pdf")


@login_required
@require_safe
def lot(request: HttpRequest, poll: int) -> HttpResponseBase:
    """How the households of a branch were drawn, so that anybody can draw them again."""
    today = timezone.localdate()
    scope, _writing = both_scopes(request.user, today, today)
    mine: Poll | None = doors.polls(scope).filter(pk=poll, households__gt=0).first()
    seed = printing.seed_of(mine.declaration.round) if mine else ""
    if mine is None or not seed:
        raise Http404(poll)
    organisation, this = mine.declaration.organisation_id, mine.declaration.round
    name, listed = names_of([organisation])[organisation], lots.households(mine, seed)
    if asked_format(request):
        title = f"{name} {_('Households drawn by lot')}"
        return download(
            request, title, {"lot": lots.grid(listed)}, [title, today.isoformat()], path=mine.declaration.path
        )
    shown = {"poll": mine, "round": this, "name": name, "seed": seed, "code": lots.code_of(mine), "rows": listed,
             "trail": way(this, _("Households drawn by lot"))}  # fmt: skip
    return render(request, "ballots/lot.html", shown)


def one_printing(writing: Any, number: int) -> Printing:
    """A printing of a scope. Raises Http404 for any other."""
    mine: Printing | None = doors.printings(writing).filter(pk=number).first()
    if mine is None:
        raise Http404(number)
    return mine


def as_slips(pdf: bytes, name: str) -> HttpResponse:
    """A file with slips: taken, and kept by no browser."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


def rows(found: list[Printing], today: date) -> list[Row]:
    """Printings as rows, in the order given."""
    states = UnitState.objects.filter(unit__in={one.unit_id for one in found}, since__lte=today).order_by("since")
    name = {one.unit_id: one.name for one in states}
    whose = names_of(one.poll.declaration.organisation_id for one in found if one.poll)
    by_lot = _with_public(found)
    open_ones = set(Poll.objects.filter(printing__in=found, phase__in=(ISSUE, CAST)).values_list("printing", flat=True))
    return [
        Row(one, name.get(one.unit_id, ""), _kind(one, whose), one.pk in by_lot,
            one.state in (Printing.GONE, Printing.TAKEN) and one.pk in open_ones and not one.poll_id)
        for one in found
    ]  # fmt: skip


def _with_public(found: list[Printing]) -> set[int]:
    """Those of which envelopes are listed."""
    made = [one for one in found if one.made_at]
    public = {source.code for one in made[:1] for source in lots.public_sources(one.round)}
    told = Poll.objects.filter(printing__in=made, source__in=public).values_list("printing", flat=True)
    return {*told, *(one.pk for one in made if one.poll and one.poll.source in public)}


def _kind(one: Printing, whose: dict[int, str]) -> str:
    if one.poll:
        return _("more for %(branch)s") % {"branch": whose[one.poll.declaration.organisation_id]}
    return pgettext("slips", "anew, for those lost") if one.again_id else pgettext("slips", "first")


def _each(found: Any, today: date) -> Iterable[Row]:
    for some in pieces(found):
        yield from rows(some, today)


def _grid(listed: Iterable[Row]) -> Grid:
    columns = (
        Column(_("Unit")), Column(_("Kind")), Column(pgettext("process", "Standing")), Column(_("Polls"), "whole"),
        Column(_("Slips"), "whole"), Column(_("Asked for"), "day"), Column(_("Why")),
    )  # fmt: skip
    return Grid(_("Slips on paper"), columns, (
        (row.unit, row.kind, row.printing.get_state_display(), row.printing.polls, row.printing.slips,
         timezone.localdate(row.printing.asked_at), row.printing.why) for row in listed
    ))  # fmt: skip
