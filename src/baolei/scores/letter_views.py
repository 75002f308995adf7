"""The pages of the letters on how superiors measure: those one may see, and one of them, to be read and printed."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from baolei.organisations.downloads import asked_format, download
from baolei.scores import letters
from baolei.scores.run_views import run_seen, way_to_run


@login_required
@require_safe
def leniencies(request: HttpRequest, run: int) -> HttpResponseBase:
    """Every letter of a run that is open to me, and what is told of all branches together."""
    mine, seen = run_seen(request, run)
    found = letters.letters(seen)
    if asked_format(request):
        grids = {"letters": letters.as_grid(found)}
        return download(request, f"{mine.round.name} {_('How superiors measure')}", grids,
                        [mine.round.name, mine.results], path=mine.round.path)  # fmt: skip
    shown = {
        "run": mine, "rows": [(one, letters.words(one)) for one in found], "whole": seen.results.inflation,
        "trail": [*way_to_run(mine), {"label": _("How superiors measure"), "url": ""}],
    }  # fmt: skip
    return render(request, "scores/letters.html", shown)


@login_required
@require_safe
def leniency(request: HttpRequest, run: int, code: str) -> HttpResponseBase:
    """The letter to one banner. Raises Http404 where it is not open to me, or too few were visited."""
    mine, seen = run_seen(request, run)
    found = letters.letter(seen, code)
    if found is None:
        raise Http404(code)
    title = _("How superiors measure: %(unit)s") % {"unit": found.unit.name}
    if asked_format(request):
        return download(request, title, {"letter": letters.as_grid([found])}, [mine.round.name, mine.results],
                        path=mine.round.path)  # fmt: skip
    shown = {
        "run": mine, "letter": found, "said": letters.words(found), "follows": letters.follows(found), "title": title,
        "as_of": seen.results.as_of, "today": timezone.localdate(),
        "trail": [*way_to_run(mine), {"label": _("How superiors measure"), "url": reverse("leniencies", args=[run])},
                  {"label": found.unit.name, "url": ""}],
    }  # fmt: skip
    return render(request, "scores/letter.html", shown)
