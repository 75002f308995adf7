"""The pages of runs: those of a round, one of them with its list and what changed since another, a sheet of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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

from baolei.organisations.asked import as_number
from baolei.organisations.doors import both_scopes, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.people_views import answered
from baolei.programme.printed import points
from baolei.rounds import doors
from baolei.rounds.models import Round
from baolei.rounds.views import led_by, one_of, trail
from baolei.scores import listing, sheet_files, sheet_page
from baolei.scores.models import Run
from baolei.scores.results import Seen, results
from baolei.scores.run_forms import OF_RUN, AskForRun
from baolei.scores.spread import spread
from baolei.scores.views import shown_rows
from baolei.warehouse.opened import opened
from baolei.warehouse.spreadsheets import Column, Grid

PAGE = 50


@dataclass(frozen=True, slots=True)
class Changed:
    """A branch whose verdict is another than in an earlier run: its scores as printed, its tiers in words."""

    code: str
    name: str
    score_before: str
    score_after: str
    tier_before: str
    tier_after: str


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
    changes = _changes(request, seen, mine)
    if asked_format(request):
        grids = {"branches": listing.as_grid(seen, rows), "changes": _changes_grid(changes)}
        return download(request, mine.round.name, grids, [mine.round.name, mine.results], path=mine.round.path)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    leads = doors.leads(writing, mine.round) and not mine.round.ended_at
    shown |= {
        "page": page, "rows": shown_rows(seen, page.object_list), "changes": changes, "acts": OF_RUN if leads else {},
        "others": mine.round.runs.filter(state=Run.DONE).exclude(pk=mine.pk), "against": request.GET.get("against", ""),
    }  # fmt: skip
    return render(request, "scores/run.html", shown)


@login_required
@require_safe
def sheet(request: HttpRequest, run: int, code: str) -> HttpResponseBase:
    """A branch's sheet in a run, before its results are public. Raises PermissionDenied outside the mandate."""
    today = timezone.localdate()
    scope, _writing = both_scopes(request.user, today, today)
    mine = _one(scope, run)
    if mine.state != Run.DONE:
        raise Http404(run)
    seen = _seen(request, mine)
    try:
        found = seen.sheet(code)
    except KeyError:
        raise Http404(code) from None
    fell = spread(seen, found.row)
    if asked_format(request):
        return download(request, found.row["name"], sheet_files.grids(found, seen.results.edition, fell),
                        [mine.round.name, mine.results], path=mine.round.path)  # fmt: skip
    unit = found.row["unit"]
    shown = sheet_page.context(
        found, seen.results.edition,
        field_size=seen.results.sums(seen.results.places.root.code, found.row["field"]).branches,
        sees_ranks=seen.sight.sees_ranks(unit), leniency=seen.results.leniency.get(found.row["unit_3"]), run=mine,
        spread=fell,
    )  # fmt: skip
    way = [*_trail(mine.round), {"label": _("Run"), "url": reverse("run", args=[mine.pk])},
           {"label": found.row["name"], "url": ""}]  # fmt: skip
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


def _mine(seen: Seen, asked: listing.Asked) -> Any:
    """The rows that the visitor may see and has asked for."""
    rows = seen.open_rows()
    return rows[seen.results.places.named(asked.words)[rows]] if asked.words else rows


def _changes(request: HttpRequest, seen: Seen, run: Run) -> list[Changed]:
    """Whose verdict is another than in the run `?against=`, among those the visitor may see."""
    other = run.round.runs.filter(pk=as_number(request.GET.get("against", "")) or 0, state=Run.DONE).first()
    before = opened(other.results_folder) if other else None
    if before is None:
        return []
    old = {row["code"]: row for row in before.table("branches").select(["code", "score", "tier", "named"]).to_pylist()}
    tiers = [tier.name.say(get_language() or "") for tier in seen.results.edition.tiers]
    rows = seen.results.branches.take(seen.open_rows()).select(["code", "name", "score", "tier", "named"]).to_pylist()
    return [
        _change(old[row["code"]], row, tiers) for row in rows
        if row["code"] in old and (row["tier"], row["named"]) != (old[row["code"]]["tier"], old[row["code"]]["named"])
    ]  # fmt: skip


def _change(old: Mapping[str, Any], new: Mapping[str, Any], tiers: list[str]) -> Changed:
    return Changed(new["code"], new["name"], points(old["score"] / 100), points(new["score"] / 100),
                   tiers[old["tier"]], tiers[new["tier"]])  # fmt: skip


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


def _changes_grid(changes: Iterable[Changed]) -> Grid:
    columns = (Column(_("Code")), Column(_("Name")), Column(_("Score before")), Column(_("Score after")),
               Column(_("Tier before")), Column(_("Tier after")))  # fmt: skip
    return Grid(_("Verdicts that changed"), columns, (
        (one.code, one.name, one.score_before, one.score_after, one.tier_before, one.tier_after) for one in changes
    ))  # fmt: skip
