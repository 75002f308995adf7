"""The pages of official papers: how far they are, their files, the words; plaques where a round has asked for them."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from baolei.naming import content, doors, papers
from baolei.naming.models import NamingList, Paper, Title
from baolei.naming.paper_forms import Word, issuer_of
from baolei.organisations.directory import names_of
from baolei.organisations.doors import both_scopes, scope_of, writing_scope
from baolei.organisations.downloads import send
from baolei.organisations.people_views import answered
from baolei.programme.papers import NAMING
from baolei.rounds import doors as round_doors
from baolei.rounds.models import Round
from baolei.rounds.views import one_of, trail
from baolei.warehouse.papers.blank import blank
from baolei.warehouse.papers.pdf import plaque
from baolei.warehouse.papers.word import DOCX


@login_required
@require_safe
def naming_paper(request: HttpRequest, round: int) -> HttpResponse:
    """The naming document of a round: how far it is, its files, its words."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    this = one_of(scope, round)
    made = NamingList.objects.filter(round=this, adopted_on__isnull=False).first()
    words = reverse("word_naming_paper", args=[this.pk]) if made and round_doors.leads(writing, this) else ""
    way = [*trail(this, last=False), {"label": _("List"), "url": reverse("naming_list", args=[this.pk])},
           {"label": _("Naming document"), "url": ""}]  # fmt: skip
    return paper_page(request, this, NAMING, {
        "heading": _("Naming document"), "words": words, "trail": way, "here": reverse("naming_paper", args=[this.pk]),
        "none": _("Once the list is adopted, whoever leads the round words the document here."),
    })  # fmt: skip


def paper_page(request: HttpRequest, this: Round, kind: str, shown: dict[str, Any]) -> HttpResponse:
    """The page of a paper; by htmx the bar of one that is being made."""
    mine = Paper.objects.filter(list__round=this, kind=kind).select_related("list__run").first()
    under_way = mine is not None and mine.state in Paper.OPEN
    if request.headers.get("HX-Request"):
        if not under_way:
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return render(request, "naming/_setting.html", {**shown, "paper": mine, "steps": papers.STEPS})
    stale = mine is not None and mine.state == Paper.DONE and mine.of != content.state_of(mine.list)
    there = mine is not None and mine.state == Paper.DONE and papers.file_of(mine, "pdf").exists()
    shown |= {"round": this, "kind": kind, "paper": mine, "under_way": under_way, "steps": papers.STEPS, "stale": stale,
              "there": there}  # fmt: skip
    return render(request, "naming/paper.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def word_naming_paper(request: HttpRequest, round: int) -> HttpResponse:
    """Word the naming document of a round that one leads, also after the round has ended."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    this = one_of(writing, round)
    made = NamingList.objects.filter(round=this, adopted_on__isnull=False).first()
    if made is None or not round_doors.leads(writing, this):
        raise Http404(round)
    form = Word(request.POST or None, about=made, actor=request.user, scope=writing, today=today)
    back = reverse("naming_paper", args=[this.pk])
    way = [*trail(this, last=False), {"label": _("Naming document"), "url": back}, {"label": form.verb, "url": ""}]
    return answered(request, form, this.name, back, way)


@login_required
@require_safe
def paper_file(request: HttpRequest, round: int, kind: str, file: str) -> HttpResponseBase:
    """A file of a paper; or our Word template, for a unit to change, for whoever leads the round."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    this = one_of(scope, round)
    if file == "template" and round_doors.leads(writing, this):
        return send(request, io.BytesIO(blank()), DOCX, f"{kind}.docx", rows=0, path=this.path)
    return file_answer(request, this, kind, file)


def file_answer(request: HttpRequest, this: Round, kind: str, file: str) -> HttpResponseBase:
    """A file of a paper that is made. Raises Http404 for any other."""
    mine = Paper.objects.filter(list__round=this, kind=kind, state=Paper.DONE).select_related("list").first()
    if mine is None or file not in papers.FILES or not papers.file_of(mine, file).exists():
        raise Http404(file)
    ending, media = papers.FILES[file]
    name = f"{this.name} {_('Naming document') if kind == NAMING else _('Public notice')}.{ending}"
    return send(request, io.BytesIO(papers.file_of(mine, file).read_bytes()), media, name, rows=mine.names,
                path=this.path)  # fmt: skip


@login_required
@require_safe
def title_plaque(request: HttpRequest, title: int) -> HttpResponseBase:
    """The sheet of a plaque for one title, where the round hands plaques out."""
    today = timezone.localdate()
    mine = doors.titles(scope_of(request.user, today)).filter(pk=title).first()
    if mine is None or not has_plaque(mine):
        raise Http404(title)
    branch = names_of([mine.organisation_id]).get(mine.organisation_id, "")
    said = {"title": mine.name, "branch": branch, "issuer": issuer_of(mine.round), "date": _month(mine.since)}
    body = plaque(said, mine.since, Path(settings.BAOLEI_HOME) / "fonts")
    return send(request, io.BytesIO(body), papers.FILES["pdf"][1], f"{branch} {mine.name}.pdf", rows=1,
                path=mine.round.path)  # fmt: skip


def has_plaque(mine: Title) -> bool:
    """Whether the round of a title hands plaques out, and the title still holds."""
    return mine.ended is None and NamingList.objects.filter(round=mine.round_id, plaques=True).exists()


def _month(day: date) -> str:
    return f"{day.year}年{day.month}月"
