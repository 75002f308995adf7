"""The start page, the health of the house, and the style guide."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from baolei.front import styleguide as guide
from baolei.front.keeping.doors import may_look
from baolei.front.keeping.health import Finding, examine, well
from baolei.organisations.downloads import asked_format, download
from baolei.warehouse.spreadsheets import Column, Grid

TOLD_AGAIN = 10
"""Seconds a stranger is told the same: asking often costs nobody anything."""


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is, and where to go from here."""
    return render(request, "front/home.html")


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponseBase:
    """The health of the house: line by line for the system administrator; for anybody else only whether all is well."""
    now = timezone.now()
    if not may_look(request, timezone.localdate(now)):
        ok = cache.get_or_set("health", well, TOLD_AGAIN)
        return JsonResponse({"ok": ok}, status=200 if ok else 503)
    found = examine(settings.HOME, Path(settings.BAOLEI_RESULTS), now)
    if asked_format(request):
        return download(
            request, _("Health of the house"), {"health": _grid(found)}, [now.isoformat(timespec="seconds")]
        )
    return render(request, "front/health.html", {"findings": found, "well": all(one.ok for one in found)})


def _grid(found: tuple[Finding, ...]) -> Grid:
    columns = (Column(_("Looked at")), Column(_("State")), Column(_("Seen")))
    return Grid(_("Health of the house"), columns, [
        (one.name, _("well") if one.ok else _("not well"), one.says) for one in found
    ])  # fmt: skip


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component once, with the figures of a worked example. For those who build pages."""
    return render(request, "front/styleguide.html", guide.context(request.GET.get("page", "1")))
