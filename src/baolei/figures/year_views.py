"""The pages of the year in one file: the auditors' for whoever leads the round, everybody's for all."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_safe

from baolei.figures import year_jobs
from baolei.figures.models import YearFile
from baolei.naming.models import NamingList
from baolei.organisations.doors import both_scopes, writing_scope
from baolei.organisations.downloads import send
from baolei.organisations.forms_of_people import PeopleForm
from baolei.organisations.people_views import answered
from baolei.rounds import doors
from baolei.rounds.models import Round
from baolei.rounds.views import led_by, one_of, trail
from baolei.standards.folders import ZIP
from baolei.warehouse.check_year import PUBLIC, WHOLE


class MakeYear(PeopleForm):
    """The year of an adopted list, made now."""

    verb = lazy("Make the file")
    note = lazy("It is made by itself once a list is adopted; here it is made at once, or again after it failed.")

    def perform(self, now: Any) -> str:
        """Have it made."""
        year_jobs.ask_for_year(**self.given, now=now, naming_list=self.about)
        return _("The file is being made: its page shows how far it is")


@login_required
@require_safe
def year(request: HttpRequest, round: int) -> HttpResponse:
    """The year of a round: how far it is, what it holds, how to check it; for its leaders the auditors' file too."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    this = one_of(scope, round)
    made = NamingList.objects.filter(round=this).first()
    leads = doors.leads(writing, this)
    shown = {**_shown(this, made), "leads": leads, "makes": leads and _can_be_made(made),
             "trail": [*trail(this, last=False), {"label": _("The year in one file"), "url": ""}]}  # fmt: skip
    return _page(request, shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def make(request: HttpRequest, round: int) -> HttpResponse:
    """Have the year of a round that one leads made."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    this = led_by(writing, round)
    made = NamingList.objects.filter(round=this).first()
    if not _can_be_made(made):
        raise Http404(round)
    form = MakeYear(request.POST or None, about=made, actor=request.user, scope=writing, today=today)
    back = reverse("year", args=[this.pk])
    way = [*trail(this, last=False), {"label": _("The year in one file"), "url": back}, {"label": form.verb, "url": ""}]
    return answered(request, form, this.name, back, way)


@login_required
@require_safe
def auditors(request: HttpRequest, round: int) -> HttpResponseBase:
    """The auditors' file, for who leads the round; who took it is on record."""
    today = timezone.localdate()
    return _sent(request, led_by(writing_scope(request.user, today), round), WHOLE)


@require_safe
def public(request: HttpRequest, round: int) -> HttpResponse:
    """The year of a round as everybody sees it, from its public notice on."""
    made = NamingList.objects.filter(round=round).exclude(posting=None, adopted_on=None).select_related("round").first()
    if made is None:
        raise Http404(round)
    return _page(request, {**_shown(made.round, made), "open": True})


@require_safe
def everybody(request: HttpRequest, round: int) -> HttpResponseBase:
    """The file for everybody, once the list is adopted."""
    made = NamingList.objects.filter(round=round, adopted_on__isnull=False).select_related("round").first()
    if made is None:
        raise Http404(round)
    return _sent(request, made.round, PUBLIC)


def _page(request: HttpRequest, shown: dict[str, Any]) -> HttpResponse:
    """The page; while the file is made only how far it is, where the page asks for that."""
    if request.headers.get("HX-Request"):
        if not shown["waits"]:
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return render(request, "figures/_year_made.html", {**shown, "here": request.path})
    return render(request, "figures/year.html", {**shown, "here": request.path})


def _shown(this: Round, made: NamingList | None) -> dict[str, Any]:
    mine: YearFile | None = YearFile.objects.filter(list=made).first() if made else None
    waits = mine is not None and mine.state in YearFile.OPEN
    percent = 100 * mine.done // mine.total if mine and mine.total else 0
    return {"round": this, "list": made, "year": mine, "waits": waits, "percent": percent,
            "ready": mine is not None and mine.state == YearFile.DONE}  # fmt: skip


def _can_be_made(made: NamingList | None) -> bool:
    """Whether a list is adopted and its year is neither made nor under way."""
    if made is None or made.adopted_on is None:
        return False
    mine = YearFile.objects.filter(list=made).first()
    return mine is None or mine.state == YearFile.FAILED


def _sent(request: HttpRequest, this: Round, variant: str) -> HttpResponseBase:
    """One of the two files on its way. Raises Http404 where it is not made, or lost."""
    mine = YearFile.objects.filter(list__round=this, state=YearFile.DONE).select_related("list").first()
    if mine is None or not mine.file(variant).exists():
        raise Http404(this.pk)
    name = f"baolei-{this.year}-{variant}-{getattr(mine, variant)[:12]}.zip"
    body = mine.file(variant).open("rb")
    body.seek(0, 2)
    return send(request, body, ZIP, name, rows=mine.list.lines.count(), path=this.path)
