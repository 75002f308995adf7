"""The pages of rounds: those that concern whoever looks, one with its calendar, and what is done with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from baolei.organisations.doors import Scope, both_scopes, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import UnitState
from baolei.organisations.people_views import answered
from baolei.programme import phases
from baolei.programme.workdays import DAY
from baolei.rounds import actions, doors
from baolei.rounds.forms import OF_ROUND, OpenRound
from baolei.rounds.models import Round
from baolei.warehouse.rulebook import round_rules, workdays
from baolei.warehouse.spreadsheets import Column, Grid


@dataclass(frozen=True, slots=True)
class Row:
    """A round as a row: itself, what its unit is called, where it stands, the last day of that."""

    round: Round
    unit: str
    phase: str
    ends: date | None


@dataclass(frozen=True, slots=True)
class Step:
    """A phase on the calendar as a row: its rule, its days, how many of them are worked, how it stands."""

    phase: phases.Phase
    span: phases.Span
    days: int
    standing: str

    @property
    def name(self) -> str:
        """What it is called."""
        return self.phase.name.say(get_language() or "")

    @property
    def does(self) -> str:
        """What is done in it."""
        return self.phase.does.say(get_language() or "")


@login_required
@require_safe
def rounds(request: HttpRequest) -> HttpResponseBase:
    """The rounds that concern me, the latest first."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    found = rows(list(doors.rounds(scope).prefetch_related("spans")), today)
    if asked_format(request):
        return download(request, _("Rounds"), {"rounds": _grid(found)}, [_("Rounds"), today.isoformat()])
    shown = {"rows": found, "opens": may_open(writing, today)}
    return render(request, "rounds/rounds.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def open_round(request: HttpRequest) -> HttpResponse:
    """Open a round for a unit of one's own."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    if not may_open(writing, today):
        raise Http404
    form = OpenRound(request.POST or None, about=None, actor=request.user, scope=writing, today=today)
    back = reverse("rounds")
    return answered(request, form, "", back, [{"label": _("Rounds"), "url": back}, {"label": form.verb, "url": ""}])


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_round(request: HttpRequest, round: int, act: str) -> HttpResponse:
    """Change the calendar of a round that one leads, or cancel it."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    this = led_by(writing, round)
    if act not in OF_ROUND:
        raise Http404(act)
    form = OF_ROUND[act](request.POST or None, about=this, actor=request.user, scope=writing, today=today)
    way = [*trail(this, last=False), {"label": form.verb, "url": ""}]
    return answered(request, form, this.name, reverse("round", args=[this.pk]), way)


def one_of(scope: Scope, round: int) -> Round:
    """A round of a scope. Raises Http404 for any other."""
    this: Round | None = doors.rounds(scope).filter(pk=round).first()
    if this is None:
        raise Http404(round)
    return this


def led_by(writing: Scope, round: int) -> Round:
    """A round that this scope leads and that has not ended. Raises Http404 for any other."""
    this = one_of(writing, round)
    if this.ended_at or not doors.leads(writing, this):
        raise Http404(round)
    return this


def trail(this: Round, *, last: bool = True) -> list[dict[str, str]]:
    """The way to a round; `last` where its page is the one that is shown."""
    return [{"label": _("Rounds"), "url": reverse("rounds")},
            {"label": this.name, "url": "" if last else reverse("round", args=[this.pk])}]  # fmt: skip


def rows(found: list[Round], today: date) -> list[Row]:
    """Rounds as rows, in the order given."""
    states = UnitState.objects.on(today).filter(unit__in={one.unit_id for one in found})
    unit, language = {one.unit_id: one.name for one in states}, get_language() or ""
    named = phases.table(round_rules())
    spans = {(one.pk, span.phase): span.ends for one in found for span in one.spans.all()}
    return [
        Row(one, unit.get(one.unit_id, ""), named.state(one.phase).name.say(language), spans.get((one.pk, one.phase)))
        for one in found
    ]


def steps(this: Round, today: date) -> list[Step]:
    """The calendar of a round as rows."""
    rules, worked = round_rules(), workdays()
    codes = [one.code for one in rules.phases]
    here = codes.index(this.phase) if this.phase in codes else (len(codes) if this.ended_at else -1)
    return [
        Step(rules.phase(one.phase), one, worked.between(one.begins - DAY, one.ends),
             _standing(place - here, one.ends < today))
        for place, one in enumerate(actions.calendar(this))
    ]  # fmt: skip


def _standing(distance: int, late: bool) -> str:
    if distance < 0:
        return pgettext("phase", "over")
    if distance > 0:
        return pgettext("phase", "to come")
    return pgettext("phase", "under way, its last day has passed") if late else pgettext("phase", "under way")


def may_open(writing: Scope, today: date) -> bool:
    """Whether somebody writes at a unit whose level may open a round."""
    if not writing.units:
        return False
    found = UnitState.objects.on(today).filter(path__in=writing.units, level__in=round_rules().levels)
    return bool(found.exists())


def _grid(found: Iterable[Row]) -> Grid:
    columns = (
        Column(_("Name of the round")), Column(_("Year"), "whole"), Column(_("For which unit")), Column(_("Standard")),
        Column(pgettext("process", "Standing")), Column(_("To"), "day"), Column(_("On what it stands")),
    )  # fmt: skip
    return Grid(_("Rounds"), columns, (
        (row.round.name, row.round.year, row.unit, row.round.edition, row.phase, row.ends, row.round.document)
        for row in found
    ))  # fmt: skip


def calendar_grid(listed: Iterable[Step]) -> Grid:
    """A calendar as a file."""
    columns = (
        Column(_("Phase")), Column(_("From"), "day"), Column(_("To"), "day"), Column(_("Working days"), "whole"),
        Column(pgettext("process", "Standing")), Column(_("What is done")),
    )  # fmt: skip
    return Grid(_("Calendar"), columns, (
        (step.name, step.span.begins, step.span.ends, step.days, step.standing, step.does) for step in listed
    ))  # fmt: skip
