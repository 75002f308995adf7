"""The start page, the health of the house, and the style guide."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from baolei.front import styleguide as guide
from baolei.front.keeping.doors import may_look
from baolei.front.keeping.health import examine, well

TOLD_AGAIN = 10
"""Seconds a stranger is told the same: asking often costs nobody anything."""


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is, and where to go from here."""
    return render(request, "front/home.html")


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """The health of the house: line by line for the system administrator; for anybody else only whether all is well."""
    now = timezone.now()
    if not may_look(request, timezone.localdate(now)):
        ok = cache.get_or_set("health", well, TOLD_AGAIN)
        return JsonResponse({"ok": ok}, status=200 if ok else 503)
    found = examine(settings.HOME, Path(settings.BAOLEI_RESULTS), now)
    return render(request, "front/health.html", {"findings": found, "well": all(one.ok for one in found)})


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component once, with the figures of a worked example. For those who build pages."""
    return render(request, "front/styleguide.html", guide.context(request.GET.get("page", "1")))
