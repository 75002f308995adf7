"""The page of a trial: a draft on the records of the round that is on show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from baolei.organisations.current import current
from baolei.organisations.directory import pieces
from baolei.organisations.downloads import asked_format, download
from baolei.people.models import Account
from baolei.standards import trials
from baolei.standards.actions import NotPossible
from baolei.standards.book import book
from baolei.standards.differences import names_of
from baolei.standards.draft_views import draft_or_404, trail_of
from baolei.standards.models import OtherVerdict, OwnEdition, Trial
from baolei.warehouse.spreadsheets import Column, Grid

PAGE = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def trial(request: HttpRequest, draft: int) -> HttpResponseBase:
    """Try a draft on the last round; what was found."""
    found = draft_or_404(request, draft)
    if request.method == "POST":
        assert isinstance(request.user, Account)
        try:
            trials.try_out(actor=request.user, now=timezone.now(), draft=found)
        except NotPossible as refused:
            messages.error(request, str(refused))
        return redirect(request.path)
    last = Trial.objects.filter(edition=found).select_related("asked_by").first()
    names = _names(found)
    verdicts = OtherVerdict.objects.filter(trial=last) if last else OtherVerdict.objects.none()
    if asked_format(request):
        grids = {"fields": _field_grid(last, names), "verdicts": _verdict_grid(verdicts, names)}
        return download(request, _("Trial of %(code)s") % {"code": found.code}, grids, _sources(found, last, names))
    page = Paginator(verdicts, PAGE).get_page(request.GET.get("page"))
    shown = {
        "draft": found, "trial": last, "hindrance": trials.hindrance(found), "page": page,
        "refused": trials.words(last.refused, names) if last else [],
        "notes": trials.words(last.notes, names) if last else [],
        "fields": [{**row, "name": names.get(row["field"], row["field"])}
                   for row in (trials.figures(last) if last else [])],
        "rows": [_row(one, names) for one in page.object_list],
        "trail": trail_of(found, (_("Try it on the last round"), "")),
    }  # fmt: skip
    return render(request, "standards/trial.html", shown)


@login_required
@require_safe
def progress(request: HttpRequest, draft: int) -> HttpResponse:
    """How far a trial has come; the whole page anew once it is done."""
    found = draft_or_404(request, draft)
    last = Trial.objects.filter(edition=found).first()
    if last is None:
        raise Http404(draft)
    if last.state != Trial.WAITING:
        answer = HttpResponse(status=204)
        answer["HX-Refresh"] = "true"
        return answer
    return render(request, "standards/_trial_progress.html", {"draft": found, "trial": last})


def _names(draft: OwnEdition) -> dict[str, str]:
    """What the fields, tiers, items and conditions of both editions are called."""
    opened = current()
    both = [edition for edition in (opened.edition if opened else None, book(draft.files).edition) if edition]
    return {code: name for edition in both for code, name in names_of(edition).items()}


def _row(one: OtherVerdict, names: dict[str, str]) -> dict[str, Any]:
    said = {part: names.get(getattr(one, part), getattr(one, part)) for part in ("field", "before", "after")}
    scores = {"score_before": one.score_before, "score_after": one.score_after}
    return {"branch": one.branch, "name": one.name, **scores, **said}


def _verdict_grid(verdicts: Any, names: dict[str, str]) -> Grid:
    columns = (
        Column(_("Party branch")), Column(_("Code")), Column(_("Field")), Column(_("Tier before")),
        Column(_("Tier after")), Column(_("Score before"), "points"), Column(_("Score after"), "points"),
    )  # fmt: skip
    rows: Iterable[dict[str, Any]] = (_row(one, names) for some in pieces(verdicts) for one in some)
    return Grid(_("Verdicts that would change"), columns, (
        (row["name"], row["branch"], row["field"], row["before"], row["after"], row["score_before"] / 100,
         row["score_after"] / 100)
        for row in rows
    ))  # fmt: skip


def _field_grid(last: Trial | None, names: dict[str, str]) -> Grid:
    columns = (
        Column(_("Field")), Column(_("Branches"), "whole"), Column(_("Other tier"), "whole"),
        Column(_("Titles before"), "whole"), Column(_("Titles after"), "whole"),
        Column(_("Mean score before"), "points"), Column(_("Mean score after"), "points"),
    )  # fmt: skip
    return Grid(_("By field"), columns, [
        (names.get(row["field"], row["field"]), row["branches"], row["other"], row["titles_before"],
         row["titles_after"], row["mean_before"], row["mean_after"])
        for row in (trials.figures(last) if last else [])
    ])  # fmt: skip


def _sources(draft: OwnEdition, last: Trial | None, names: dict[str, str]) -> list[str]:
    """Where a file of a trial comes from, for its last tab."""
    if last is None:
        return [draft.code]
    return [f"{_('Draft')}: {draft.code} ({last.version})", f"{_('Edition of the round')}: {last.round_edition}",
            f"{_('Snapshot')}: SHA-256 {last.snapshot}", *trials.words(last.notes, names)]  # fmt: skip
