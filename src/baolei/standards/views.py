"""The standard of the round, the editions that are at hand, and the method in plain words."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from baolei.organisations.current import current
from baolei.organisations.downloads import asked_format, download
from baolei.programme.standard.edition import Edition
from baolei.standards import doors, otherwise, steps, tables
from baolei.standards.at_hand import all_at_hand, at_hand, codes_at_hand, files_at_hand
from baolei.standards.book import book
from baolei.standards.draft_views import sent_files

ROUND = ""
"""Stands for the edition that the round was judged by, wherever an edition may be named."""


@require_safe
def standard(request: HttpRequest, edition: str = ROUND) -> HttpResponseBase:
    """An edition: its fields with their weights, gates, vetoes, additions, deductions and tiers."""
    found, figures = _edition(edition)
    rows = [(field, tables.weights(found, field, figures)) for field in found.fields]
    if asked_format(request):
        return download(request, found.name.say(get_language() or ""), tables.edition_grids(found, rows))
    shown = {"edition": found, "rows": rows, "total": tables.total(found), "of_round": not edition, "at": edition,
             "own": doors.published().filter(code=edition).first() if edition else None,
             "office": bool(doors.tops(request.user, timezone.localdate()))}  # fmt: skip
    return render(request, "standards/standard.html", shown)


@require_safe
def field(request: HttpRequest, code: str, edition: str = ROUND) -> HttpResponseBase:
    """The table of one field: cells, items, goalposts."""
    found, figures = _edition(edition)
    if code not in {one.code for one in found.fields}:
        raise Http404(code)
    table = found.field(code)
    others = otherwise.readings(found, table, figures)
    if asked_format(request):
        grids = tables.grids(found, table) | ({"otherwise": otherwise.grid(others)} if others else {})
        return download(request, table.name.say(get_language() or ""), grids)
    shown = {
        "others": others,
        "edition": found,
        "field": table,
        "cells": tables.cell_rows(found, table),
        "items": tables.item_rows(found, table),
        "weights": tables.weights(found, table, figures),
        "total": tables.total(found),
        "at": edition,
    }
    return render(request, "standards/field.html", shown)


@require_safe
def editions(request: HttpRequest) -> HttpResponseBase:
    """The editions that are at hand, the one of the round marked."""
    opened = current()
    rows = [(one, opened is not None and one.digest == opened.edition.digest) for one in all_at_hand()]
    today = timezone.localdate()
    drafts, office = list(doors.drafts(request.user, today)), bool(doors.tops(request.user, today))
    if asked_format(request):
        grids = {"editions": tables.list_grid(rows)} | ({"drafts": tables.draft_grid(drafts)} if office else {})
        return download(request, "editions", grids)
    listed = [(one, book(one.files)) for one in drafts]
    return render(request, "standards/editions.html", {"rows": rows, "drafts": listed, "office": office})


@require_safe
def files(request: HttpRequest, edition: str) -> HttpResponseBase:
    """The files of an edition at hand, word for word, as one ZIP file."""
    if edition not in codes_at_hand():
        raise Http404(edition)
    return sent_files(request, files_at_hand(edition), edition)


@require_safe
def method(request: HttpRequest) -> HttpResponse:
    """How a score becomes a name, in plain words: the steps as the programme walks them."""
    opened = current()
    shown = {"steps": steps.told(), "edition": opened.edition if opened else None}
    return render(request, "standards/method.html", shown)


def _edition(code: str) -> tuple[Edition, dict[str, Any]]:
    """The edition of that code with the figures of the round where it is the round's. Raises Http404."""
    if code:
        if code not in codes_at_hand():
            raise Http404(code)
        return at_hand(code), {}
    opened = current()
    if opened is None:
        raise Http404
    return opened.edition, opened.figures
