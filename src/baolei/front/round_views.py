"""The page of a round: its calendar, how its declarations flow through it, and its passage to the next phase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.db.models.functions import Substr
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_safe

from baolei.declarations import doors as declaration_doors
from baolei.front import passages
from baolei.front.conductor import pass_on
from baolei.organisations.doors import Scope, both_scopes, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.forms_of_people import PeopleForm
from baolei.organisations.models import WIDTH, UnitState
from baolei.organisations.people_views import answered
from baolei.organisations.units import NotPossible
from baolei.programme import declaration as rules
from baolei.programme import phases
from baolei.rounds import doors
from baolei.rounds.forms import OF_ROUND
from baolei.rounds.models import Round
from baolei.rounds.views import calendar_grid, led_by, one_of, rows, steps, trail
from baolei.warehouse.rulebook import round_rules
from baolei.warehouse.spreadsheets import Column, Grid


class Pass(PeopleForm):
    """The passage of a round to its next phase: what it brings, what is missing, and why it goes on all the same."""

    verb = lazy("Pass to the next phase")
    note = lazy("Everything that phase begins with is done at once, or nothing. Before a phase's last day, say why.")

    anyway = forms.CharField(
        label=lazy("Why the round goes on without what is missing"), max_length=200, required=False,
        help_text=lazy("Leave it empty to wait. The ledger keeps the reason and how many were left out."),
    )  # fmt: skip
    from_phase = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)

    def prepare(self) -> None:
        """Look at what the next phase needs and brings."""
        now, phase = timezone.now(), passages.coming(self.about)
        self.into = phases.table(round_rules()).state(phase).name.say(get_language() or "")
        self.lacks, self.brought = passages.lacks(self.about, phase, now), passages.brought(self.about, phase, now)
        self.fields["from_phase"].initial = self.about.phase
        if not any(one.need.waived for one in self.lacks):
            del self.fields["anyway"]

    def perform(self, now: datetime) -> str:
        """Pass it on."""
        said = self.cleaned_data
        if said["from_phase"] not in ("", self.about.phase):
            raise NotPossible(_("somebody has passed the round on since: look at its page again"))
        pass_on(**self.given, now=now, round=self.about, expected=self.about.phase, anyway=said.get("anyway", ""))
        return _("The round is passed on: %(phase)s") % {"phase": self.into}


@dataclass(frozen=True, slots=True)
class Reach:
    """A stretch of the river: a unit and how many of its declarations stand where, in the order of the states."""

    unit: UnitState
    numbers: tuple[int, ...]


@login_required
@require_safe
def show(request: HttpRequest, round: int) -> HttpResponseBase:
    """One round: its standard, on what it stands, its calendar, and where its declarations stand by unit."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    this = one_of(scope, round)
    listed, reaches = steps(this, today), river(scope, this, today)
    if asked_format(request):
        grids = {"calendar": calendar_grid(listed), "river": _river_grid(reaches)}
        return download(request, this.name, grids, [this.name, today.isoformat()], path=this.path)
    leads = doors.leads(writing, this) and not this.ended_at
    language = get_language() or ""
    shown = {
        "row": rows([this], today)[0], "steps": listed, "trail": trail(this), "acts": OF_ROUND if leads else {},
        "passes": leads, "river": reaches, "states": [one.name.say(language) for one in rules.STATES.states],
        "sums": [sum(column) for column in zip(*(one.numbers for one in reaches), strict=True)],
    }  # fmt: skip
    return render(request, "front/round.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pass_round(request: HttpRequest, round: int) -> HttpResponse:
    """Pass a round that one leads to its next phase."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    this = led_by(writing, round)
    form = Pass(request.POST or None, about=this, actor=request.user, scope=writing, today=today)
    way = [*trail(this, last=False), {"label": form.verb, "url": ""}]
    return answered(request, form, this.name, reverse("round", args=[this.pk]), way, "front/pass.html")


def river(scope: Scope, this: Round, today: Any) -> list[Reach]:
    """How many declarations of a scope stand where, for each unit right below that of the round (or for itself)."""
    wide = len(this.path) + WIDTH
    found = declaration_doors.declarations(scope).filter(round=this).order_by().annotate(at=Substr("path", 1, wide))
    numbers: dict[str, dict[str, int]] = {}
    for at, state, number in found.values_list("at", "state").annotate(Count("pk")):
        numbers.setdefault(at, {})[state] = number
    units = UnitState.objects.on(today).filter(path__in=numbers).order_by("code")
    order = [one.code for one in rules.STATES.states]
    return [Reach(unit, tuple(numbers[unit.path].get(code, 0) for code in order)) for unit in units]


def _river_grid(reaches: Sequence[Reach]) -> Grid:
    language = get_language() or ""
    columns = (Column(_("Unit")), *(Column(one.name.say(language), "whole") for one in rules.STATES.states))
    return Grid(_("Declarations"), columns, [(one.unit.name, *one.numbers) for one in reaches])
