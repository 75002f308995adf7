"""The pages of drafts: draft one, take one in, look at one, publish it, discard it, take its files."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from baolei.organisations.downloads import asked_format, download, send
from baolei.programme.refusals import Refusal
from baolei.standards import doors, folders
from baolei.standards.book import Book, book
from baolei.standards.faults import said_of, within
from baolei.standards.forms import DiscardForm, DraftForm, EditionForm, ImportForm, PublishForm
from baolei.standards.models import OwnEdition, Trial
from baolei.standards.part_forms import LISTS
from baolei.warehouse.spreadsheets import Column, Grid


def draft_or_404(request: HttpRequest, number: int) -> OwnEdition:
    """The draft of that number, for those who set the standard. Raises Http404 for everybody else."""
    found: OwnEdition | None = doors.drafts(request.user, timezone.localdate()).filter(pk=number).first()
    if found is None:
        raise Http404(number)
    return found


def trail_of(draft: OwnEdition, *steps: tuple[str, str]) -> list[dict[str, str]]:
    """The way to a page of a draft: label and address of each step below it."""
    whole = [(_("Editions"), reverse("editions")), (draft.code, reverse("draft", args=[draft.pk])), *steps]
    return [{"label": label, "url": url} for label, url in whole]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Draft an edition from one at hand."""
    return _begun(request, DraftForm, {"based_on": request.GET.get("from", "")})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take_in(request: HttpRequest) -> HttpResponse:
    """Take an edition in that was written elsewhere."""
    return _begun(request, ImportForm, {})


def _begun(request: HttpRequest, form_of: type[EditionForm], initial: dict[str, Any]) -> HttpResponse:
    if not doors.tops(request.user, timezone.localdate()):
        raise Http404
    trail = [{"label": _("Editions"), "url": reverse("editions")}, {"label": form_of.verb, "url": ""}]
    given = {name: value for name, value in initial.items() if value}
    return _answered(request, form_of, None, reverse("editions"), trail, given)


@login_required
@require_safe
def draft(request: HttpRequest, draft: int) -> HttpResponseBase:
    """A draft: its fields with what they add up to, what is wrong with it, and what can be done next."""
    found = draft_or_404(request, draft)
    read = book(found.files)
    faults = said_of(read)
    rows = [_row(read, code) for code in read.fields]
    if asked_format(request):
        return download(request, found.code, {"fields": _field_grid(read, rows), "faults": _fault_grid(faults)})
    hands = (found.drafted_by_id, found.changed_by_id)
    shown = {
        "draft": found, "book": read, "faults": faults, "rows": rows, "trail": trail_of(found),
        "sources": [(entry["code"], entry["name"]) for entry in read.head.body["sources"]],
        "mine": request.user.pk in hands, "trial": Trial.objects.filter(edition=found).first(),
        "conditions": {key: len(read.head.body.get(key, ())) for key in LISTS},
    }  # fmt: skip
    return render(request, "standards/draft.html", shown)


def _row(read: Book, code: str) -> dict[str, Any]:
    """A field in a line: its line, what each source adds up to, the sum, its items, its faults."""
    part = read.fields[code]
    sums = {source: sum(row.get(source, 0) for row in part.body["cells"].values()) for source in read.words.sources}
    return {
        "code": code, "name": part.body["name"], "line": part.body["line"], "sums": list(sums.values()),
        "sum": round(sum(sums.values()), 2), "items": len(part.body["items"]), "faults": len(within(read, part)),
    }  # fmt: skip


def _field_grid(read: Book, rows: list[dict[str, Any]]) -> Grid:
    language = "en" if (get_language() or "").startswith("en") else "zh"
    names = [Column(entry["name"][language], "points") for entry in read.head.body["sources"]]
    columns = (Column(_("Field")), Column(_("Code")), Column(_("Line"), "points"), *names, Column(_("Sum"), "points"),
               Column(_("Items"), "whole"), Column(_("Faults"), "whole"))  # fmt: skip
    return Grid(_("Fields"), columns, [
        (row["name"][language], row["code"], row["line"], *row["sums"], row["sum"], row["items"], row["faults"])
        for row in rows
    ])  # fmt: skip


def _fault_grid(faults: list[Any]) -> Grid:
    columns = (Column(_("Place")), Column(_("What is wrong")), Column(_("What would be right")))
    return Grid(_("What is wrong"), columns, [(one.where, one.wrong, one.right) for one in faults])


@login_required
@require_safe
def files(request: HttpRequest, draft: int) -> HttpResponseBase:
    """The files of a draft, as they are."""
    found = draft_or_404(request, draft)
    return sent_files(request, found.files, found.code)


def sent_files(request: HttpRequest, texts: dict[str, str], code: str) -> HttpResponseBase:
    """The files of an edition as one ZIP file, on record."""
    return send(request, io.BytesIO(folders.packed(texts, code)), folders.ZIP, f"{code}.zip", rows=len(texts))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, draft: int) -> HttpResponse:
    """Publish a draft that another person has drafted."""
    return _on_draft(request, PublishForm, draft)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, draft: int) -> HttpResponse:
    """Put a draft away."""
    return _on_draft(request, DiscardForm, draft)


def _on_draft(request: HttpRequest, form_of: type[EditionForm], number: int) -> HttpResponse:
    found = draft_or_404(request, number)
    back = reverse("draft", args=[found.pk])
    return _answered(request, form_of, found, back, trail_of(found, (form_of.verb, "")), {})


def _answered(
    request: HttpRequest, form_of: type[EditionForm], about: OwnEdition | None, back: str, trail: list[Any],
    initial: dict[str, Any],
) -> HttpResponse:  # fmt: skip
    """The page of a form; once it is sent and nothing is wrong, it is done, and the way leads on."""
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = form_of(*sent, actor=request.user, about=about, today=timezone.localdate(), initial=initial)
    if form.is_valid():
        try:
            told = form.done(timezone.now())
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            if told is not None:
                messages.success(request, told)
                return redirect(form.leads_to)
    shown = {"form": form, "name": about.code if about else "", "back": back, "trail": trail}
    return render(request, "organisations/act.html", shown, status=422 if form.is_bound else 200)
