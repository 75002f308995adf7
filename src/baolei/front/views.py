"""The start page and the style guide."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from baolei.front import styleguide as guide


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is, and where to go from here."""
    return render(request, "front/home.html")


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component once, with the figures of a worked example. For those who build pages."""
    return render(request, "front/styleguide.html", guide.context(request.GET.get("page", "1")))
