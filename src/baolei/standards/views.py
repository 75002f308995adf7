"""The standard of the round, and the method in plain words."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from baolei.organisations.current import current, current_or_404
from baolei.organisations.downloads import asked_format, download
from baolei.standards import tables


@require_safe
def standard(request: HttpRequest) -> HttpResponse:
    """The edition: its fields with their weights, gates, vetoes, additions, deductions and tiers."""
    opened = current_or_404()
    edition = opened.edition
    rows = [(field, tables.weights(edition, field, opened.figures)) for field in edition.fields]
    digest = opened.manifest["edition"]["digest"]
    shown = {"edition": edition, "rows": rows, "digest": digest, "total": tables.total(edition)}
    return render(request, "standards/standard.html", shown)


@require_safe
def field(request: HttpRequest, code: str) -> HttpResponse:
    """The table of one field: cells, items, goalposts."""
    opened = current_or_404()
    edition = opened.edition
    if code not in {one.code for one in edition.fields}:
        raise Http404(code)
    table = edition.field(code)
    if asked_format(request):
        return download(request, table.name.say(get_language() or ""), tables.grids(edition, table))
    shown = {
        "edition": edition,
        "field": table,
        "cells": tables.cell_rows(edition, table),
        "items": tables.item_rows(edition, table),
        "weights": tables.weights(edition, table, opened.figures),
        "total": tables.total(edition),
    }
    return render(request, "standards/field.html", shown)


@require_safe
def method(request: HttpRequest) -> HttpResponse:
    """How a score becomes a name, in plain words, with the numbers of the edition where there is one."""
    opened = current()
    return render(request, "standards/method.html", {"edition": opened.edition if opened else None})
