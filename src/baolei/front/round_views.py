"""The page of a round: its calendar, how its declarations flow through it, and its passage to the next phase."""

from __future__ import annotations

from datetime import date, datetime

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_safe

from baolei.declarations import burden
from baolei.declarations.doors import declarations
from baolei.front import passages
from baolei.front.conductor import pass_on
from baolei.front.river import reach_grid, river, stretch_grid
from baolei.organisations.asked import as_number
from baolei.organisations.doors import Scope, both_scopes, writing_scope
from baolei.organisations.downloads import asked_format, download, home_of
from baolei.organisations.forms_of_people import PeopleForm
from baolei.organisations.models import UnitState, lineage
from baolei.organisations.people_views import answered
from baolei.organisations.units import NotPossible
from baolei.paths import at_or_below
from baolei.programme import phases
from baolei.rounds import doors
from baolei.rounds.forms import OF_ROUND
from baolei.rounds.models import Round
from baolei.rounds.views import calendar_grid, led_by, one_of, rows, steps, trail
from baolei.scores import doors as score_doors
from baolei.warehouse.rulebook import round_rules

KEY = (("flow", lazy("has gone on from here")), ("stand", lazy("stands here")), ("mend", lazy("is being mended")),
       ("late", lazy("stands here and is late")), ("out", lazy("has left the round")))  # fmt: skip
"""What is drawn how in the river."""


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


@login_required
@require_safe
def show(request: HttpRequest, round: int) -> HttpResponseBase:
    """One round: its standard, on what it stands, its calendar, and where its declarations stand; unit by unit down."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    this = one_of(scope, round)
    unit = _unit(request, scope, this, today)
    listed, flows = steps(this, today), river(scope, this, unit.path if unit else this.path, today)
    whole = unit is None or unit.path == this.path
    asks = burden.shares(this, today) if whole and doors.leads(writing, this) else []
    if asked_format(request):
        grids = {"calendar": calendar_grid(listed), "river": stretch_grid(flows), "units": reach_grid(flows)}
        grids |= {"burden": burden.grid(asks)} if asks else {}
        return download(request, this.name, grids, [this.name, today.isoformat()],
                        path=unit.path if unit else this.path)  # fmt: skip
    leads = doors.leads(writing, this) and not this.ended_at
    shown = {
        "row": rows([this], today)[0], "steps": listed, "trail": trail(this), "acts": OF_ROUND if leads else {},
        "looks": bool(scope.units), "passes": leads, "river": flows, "river_key": KEY, "unit": unit,
        "way": _way(this, unit, today), "sees_visits": score_doors.sees_list(request.user, writing, this, today),
        "sums": [one.cell.number for one in flows.every], "late": sum(one.cell.late for one in flows.every),
        "asks": asks, "asks_all": burden.together(asks),
    }  # fmt: skip
    return render(request, "front/round.html", shown)


def _unit(request: HttpRequest, scope: Scope, this: Round, today: date) -> UnitState | None:
    """The unit whose river is shown: the one asked for, where branches of the scope are in it; else the innermost one
    that holds all of them. Raises Http404 for any other.
    """
    here = UnitState.objects.on(today).filter(at_or_below(this.path))
    if "unit" in request.GET:
        unit: UnitState | None = here.filter(unit=as_number(request.GET["unit"])).first()
        mine = declarations(scope).filter(round=this)
        if unit is None or not mine.filter(at_or_below(unit.path)).exists():
            raise Http404(request.GET["unit"])
        return unit
    home = home_of(scope)
    found: UnitState | None = here.filter(path=home if home.startswith(this.path) else this.path).first()
    return found


def _way(this: Round, unit: UnitState | None, today: date) -> list[UnitState]:
    """The units above the one that is shown, up to that of the round."""
    if unit is None:
        return []
    above = [path for path in lineage(unit.path)[:-1] if path.startswith(this.path)]
    return list(UnitState.objects.on(today).filter(path__in=above).order_by("path")) if above else []


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
