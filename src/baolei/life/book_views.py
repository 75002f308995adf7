"""The branch's own book of a year as a file, for the branch and the committee directly above it."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from baolei.life import doors
from baolei.life.book import book_of
from baolei.organisations import doors as tree_doors
from baolei.organisations.asked import as_number
from baolei.organisations.doors import home_path, scope_of
from baolei.organisations.downloads import send
from baolei.organisations.models import OrganisationState
from baolei.organisations.people_views import in_words
from baolei.programme.refusals import Refusal
from baolei.warehouse.papers.book import Book, book_pdf, book_word
from baolei.warehouse.papers.word import DOCX

FILES: dict[str, tuple[str, str, Callable[[Book], bytes]]] = {
    "pdf": ("pdf", "application/pdf", lambda book: book_pdf(book, Path(settings.BAOLEI_HOME) / "fonts")),
    "word": ("docx", DOCX, book_word),
}
"""By the last word of the address: the ending, the kind, how it is set."""


@login_required
@require_safe
def life_book(request: HttpRequest, organisation: int, file: str) -> HttpResponseBase:
    """The book of a year as a file."""
    today = timezone.localdate()
    scope = scope_of(request.user, today)
    state: OrganisationState | None = tree_doors.organisations(scope).filter(organisation=organisation).first()
    year = as_number(request.GET.get("year", "")) or today.year
    if state is None or file not in FILES or not doors.sees_grades(scope, state) or not 2000 <= year <= today.year:
        raise Http404(organisation)
    book = book_of(state, year, today)
    ending, media, made = FILES[file]
    try:
        body = made(book)
    except Refusal as refused:
        messages.error(request, in_words(refused))
        return redirect("life", organisation)
    name = f"{state.name} {year} {_('Work book of the Party branch')}.{ending}"
    return send(request, io.BytesIO(body), media, name, rows=book.entries, path=home_path(state))
