"""The pages of runs: those of a round, one of them with its list and what changed since another, a sheet of it."""

from __future__ import annotations

from collections.abc import Iterable
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

from baolei.organisations.asked import as_number
from baolei.organisations.doors import both_scopes, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.people_views import answered
from baolei.rounds import doors
from baolei.rounds.models import Round
from baolei.rounds.views import led_by, one_of, trail
from baolei.scores import changes, listing, sheet_files, sheet_page
from baolei.scores.models import Run
from baolei.scores.results import Seen, results
from baolei.scores.run_forms import OF_RUN, AskForRun
from baolei.scores.spread import spread
from baolei.scores.views import shown_rows
from baolei.warehouse.opened import opened
from baolei.warehouse.spreadsheets import Column, Grid

PAGE, MOST_CHANGES = 50, 200
"""So many branches stand on a page, and so many changes; the file holds all."""


@login_required
@require_safe
def runs(request: HttpRequest, round: int) -> HttpResponseBase:
    """The runs of a round, the latest first."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    this = one_of(scope, round)
    found = list(this.runs.select_related("asked_by"))
    if asked_format(request):
        return download(request, f"{this.name} {_('Runs')}", {"runs": _grid(found)}, [this.name], path=this.path)
    shown = {"round": this, "runs": found, "asks": doors.leads(writing, this) and not this.ended_at,
             "trail": [*trail(this, last=False), {"label": _("Runs"), "url": ""}]}  # fmt: skip
    return render(request, "scores/runs.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, round: int) -> HttpResponse:
    """Have a round that one leads frozen and scored."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    this = led_by(writing, round)
    form = AskForRun(request.POST or None, about=this, actor=request.user, scope=writing, today=today)
    back = reverse("runs", args=[this.pk])
    return answered(request, form, this.name, back, [*_trail(this), {"label": form.verb, "url": ""}])


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_run(request: HttpRequest, run: int, act: str) -> HttpResponse:
    """Draw the visits of a run of a round that one leads, or put its results on the public pages."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    mine = _one(writing, run)
    if act not in OF_RUN or not doors.leads(writing, mine.round) or mine.state != Run.DONE:
        raise Http404(act)
    form = OF_RUN[act](request.POST or None, about=mine, actor=request.user, scope=writing, today=today)
    back = reverse("run", args=[mine.pk])
    return answered(request, form, mine.round.name, back, [*_trail(mine.round), {"label": form.verb, "url": ""}])


@login_required
@require_safe
def show(request: HttpRequest, run: int) -> HttpResponseBase:
    """A run: how far it is, or what came out of it in my part of the tree; what changed since an earlier one."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    mine = _one(scope, run)
    shown: dict[str, Any] = {"run": mine, "trail": [*_trail(mine.round), {"label": _("Run"), "url": ""}]}
    if mine.state != Run.DONE:
        percent = 100 * mine.done // mine.total if mine.total else 0
        template = "scores/_running.html" if request.headers.get("HX-Request") else "scores/run.html"
        return render(request, template, {**shown, "percent": percent})
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    seen = _seen(request, mine)
    asked = listing.Asked.of(request.GET, seen.results.edition)
    rows = _mine(seen, asked)
    before = _before(request, mine)
    old = opened(before.results_folder) if before else None
    changed = changes.changes(seen, old) if old else []
    if asked_format(request):
        grids = {"branches": listing.as_grid(seen, rows), "changes": changes.as_grid(changed)}
        return download(request, mine.round.name, grids, [mine.round.name, mine.results], path=mine.round.path)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    leads = doors.leads(writing, mine.round) and not mine.round.ended_at
    shown |= {
        "page": page, "rows": shown_rows(seen, page.object_list), "changes": changed[:MOST_CHANGES],
        "changed": len(changed), "before": before, "letters": bool(seen.leniencies()), "acts": OF_RUN if leads else {},
        "others": mine.round.runs.filter(state=Run.DONE).exclude(pk=mine.pk),
    }  # fmt: skip
    return render(request, "scores/run.html", shown)


@login_required
@require_safe
def sheet(request: HttpRequest, run: int, code: str) -> HttpResponseBase:
    """A branch's sheet in a run, before its results are public. Raises PermissionDenied outside the mandate."""
    mine, seen = run_seen(request, run)
    try:
        found = seen.sheet(code)
    except KeyError:
        raise Http404(code) from None
    fell = spread(seen, found.row)
    if asked_format(request):
        return download(request, found.row["name"], sheet_files.grids(found, seen.results.edition, fell),
                        [mine.round.name, mine.results], path=mine.round.path)  # fmt: skip
    shown = sheet_page.context(seen, found, run=mine, spread=fell)
    way = [*way_to_run(mine), {"label": found.row["name"], "url": ""}]
    return render(request, "scores/sheet.html",
                  {**shown, "trail": way, "as_of": seen.results.as_of, "digest": mine.results})  # fmt: skip


def _one(scope: Any, run: int) -> Run:
    found: Run | None = (
        Run.objects.filter(pk=run, round__in=doors.rounds(scope).values("pk")).select_related("round").first()
    )
    if found is None:
        raise Http404(run)
    return found


def _seen(request: HttpRequest, run: Run) -> Seen:
    """The results of a run as the visitor may see them. Raises Http404 where its files are gone."""
    found = opened(run.results_folder)
    if found is None:
        raise Http404(run.pk)
    return results(found).visible_to(request.user, timezone.localdate())


def run_seen(request: HttpRequest, run: int) -> tuple[Run, Seen]:
    """A run that is done, of a round that concerns the visitor, as they may see it. Raises Http404 for any other."""
    today = timezone.localdate()
    scope, _writing = both_scopes(request.user, today, today)
    mine = _one(scope, run)
    if mine.state != Run.DONE:
        raise Http404(run)
    return mine, _seen(request, mine)


def way_to_run(run: Run) -> list[dict[str, str]]:
    """The way to the page of a run."""
    return [*_trail(run.round), {"label": _("Run"), "url": reverse("run", args=[run.pk])}]


def _mine(seen: Seen, asked: listing.Asked) -> Any:
    """The rows that the visitor may see and has asked for."""
    rows = seen.open_rows()
    return rows[seen.results.places.named(asked.words)[rows]] if asked.words else rows


def _before(request: HttpRequest, run: Run) -> Run | None:
    """The run it is compared with: the one asked for by `?against=`, else the last one done before it."""
    done = run.round.runs.filter(state=Run.DONE).exclude(pk=run.pk)
    asked = as_number(request.GET.get("against", ""))
    found: Run | None = (done.filter(pk=asked) if asked else done.filter(pk__lt=run.pk).order_by("-pk")).first()
    return found


def _trail(this: Round) -> list[dict[str, str]]:
    return [*trail(this, last=False), {"label": _("Runs"), "url": reverse("runs", args=[this.pk])}]


def _grid(found: Iterable[Run]) -> Grid:
    columns = (
        Column(_("Asked for"), "day"), Column(_("Why")), Column(pgettext("process", "Standing")),
        Column(_("Party branches"), "whole"), Column(_("Public number")), Column(_("Digest of the snapshot")),
        Column(_("Digest of the results")),
    )  # fmt: skip
    return Grid(_("Runs"), columns, (
        (timezone.localdate(one.asked_at), one.why, one.get_state_display(), one.branches, one.seed, one.snapshot,
         one.results) for one in found
    ))  # fmt: skip
