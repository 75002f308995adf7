"""The pages on which a draft is changed: its head, the table of a field, gates and vetoes, items."""

from __future__ import annotations

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

from baolei.organisations.current import current
from baolei.organisations.downloads import asked_format, download
from baolei.people.models import Account
from baolei.programme.refusals import EditionRefused
from baolei.programme.standard.points_tables import COUNTED
from baolei.standards import actions, part_forms
from baolei.standards.actions import ChangedMeanwhile, NotPossible
from baolei.standards.book import Book, Part, book, text
from baolei.standards.draft_views import draft_or_404, trail_of
from baolei.standards.faults import of_part, said_of, summary, within
from baolei.standards.models import OwnEdition
from baolei.standards.part_forms import LISTS, ConditionsForm, ItemForm, NewItemForm
from baolei.standards.shown import cell_inputs, field_grids, item_inputs
from baolei.standards.table_forms import FieldForm, HeadForm, TableForm
from baolei.standards.tables import KINDS
from baolei.warehouse.spreadsheets import Column, Grid

METHODS = ["GET", "HEAD", "POST"]


@login_required
@require_http_methods(METHODS)
def head(request: HttpRequest, draft: int) -> HttpResponse:
    """Name, days and source of a draft."""
    found = draft_or_404(request, draft)
    read = book(found.files)
    return _page(request, found, HeadForm, read.head, "standards/draft_head.html", _("Name and days"))


@login_required
@require_http_methods(METHODS)
def field(request: HttpRequest, draft: int, code: str) -> HttpResponseBase:
    """The table of one field: strengths by sources, the items of each cell, the line."""
    found = draft_or_404(request, draft)
    read = book(found.files)
    if code not in read.fields:
        raise Http404(code)
    name = text(read.fields[code].body["name"]).say(get_language() or "")
    if asked_format(request):
        return download(request, f"{found.code} {name}", field_grids(read, read.fields[code].body))
    return _page(request, found, FieldForm, read.fields[code], "standards/draft_field.html", name, _of_field)


def _of_field(form: TableForm, read: Book) -> dict[str, Any]:
    """The grid of a field, its items, and the weights in effect in the round that is shown."""
    opened = current()
    figures = opened.figures.get("fields", {}) if opened else {}
    effective = figures.get(form.body["code"], {}).get("effective", {})
    faults = of_part(read, form.part)
    return {
        "cells": cell_inputs(form, read, faults), "strengths": item_inputs(form, read, faults),
        "sources": _weights(form, read, effective),
        "measured": bool(effective), "whole": round(sum(sum(row.values()) for row in form.body["cells"].values()), 2),
        "total": read.head.body["total"],
        "general": [*faults.get(("cells",), []), *faults.get(("items",), []), *faults.get((), [])],
        "of_line": faults.get(("line",), []),
    }  # fmt: skip


def _weights(form: TableForm, read: Book, effective: dict[str, float]) -> list[dict[str, Any]]:
    """Each source: what its cells add up to, their share of all points, its weight in effect."""
    language, total = get_language() or "", read.head.body["total"]
    sums = {code: sum(row.get(code, 0) for row in form.body["cells"].values()) for code in read.words.sources}
    return [
        {"code": entry["code"], "name": text(entry["name"]).say(language), "sum": round(sums[entry["code"]], 2),
         "nominal": sums[entry["code"]] / total, "effective": effective.get(entry["code"])}
        for entry in read.head.body["sources"]
    ]  # fmt: skip


@login_required
@require_http_methods(METHODS)
def conditions(request: HttpRequest, draft: int) -> HttpResponse:
    """The gates and vetoes of a draft."""
    found = draft_or_404(request, draft)
    return _page(request, found, ConditionsForm, book(found.files).head, "standards/draft_conditions.html",
                 _("Gates and vetoes"), _of_conditions)  # fmt: skip


def _of_conditions(form: TableForm, read: Book) -> dict[str, Any]:
    titles = {"gates": _("Gates: the shared political baseline"), "vetoes": _("Vetoes")}
    lists = [
        {"key": key, "title": titles[key], "rows": [
            {"code": entry["code"], "name": (form[f"{key}-{place}-name_zh"], form[f"{key}-{place}-name_en"]),
             "met_by": (form[f"{key}-{place}-met_by_zh"], form[f"{key}-{place}-met_by_en"]),
             "out": form[f"{key}-{place}-out"]}
            for place, entry in enumerate(form.body.get(key, []))
         ], "code": form[f"{key}-new-code"],
         "more": [form[f"{key}-new-{part}_{language}"] for part in ("name", "met_by") for language in ("zh", "en")]}
        for key in LISTS
    ]  # fmt: skip
    listed = [one for one in read.faults if one.place == form.part.place and one.path[:1] in (("gates",), ("vetoes",))]
    return {"lists": lists, "general": said_of(read, listed)}


@login_required
@require_safe
def items(request: HttpRequest, draft: int) -> HttpResponseBase:
    """Every item of a draft: how it is measured, and which fields use it."""
    found = draft_or_404(request, draft)
    read, language = book(found.files), get_language() or ""
    strengths = {entry["code"]: text(entry["name"]).say(language) for entry in read.head.body["strengths"]}
    rows = [
        {"code": code, "name": text(part.body["name"]).say(language), "kind": KINDS.get(part.body["kind"], ""),
         "strength": strengths.get(part.body["strength"], part.body["strength"]), "used": len(read.users(code)),
         "faults": len(within(read, part))}
        for code, part in read.items.items()
    ]  # fmt: skip
    if asked_format(request):
        columns = (Column(_("Item")), Column(_("Code")), Column(_("Strength")), Column(_("Kind")),
                   Column(_("Fields that use it"), "whole"), Column(_("Faults"), "whole"))  # fmt: skip
        grid = Grid(_("Items"), columns, [
            (row["name"], row["code"], row["strength"], str(row["kind"]), row["used"], row["faults"]) for row in rows
        ])  # fmt: skip
        return download(request, found.code, {"items": grid})
    shown = {"draft": found, "rows": rows, "kinds": KINDS.items(), "trail": trail_of(found, (_("Items"), ""))}
    return render(request, "standards/draft_items.html", shown)


@login_required
@require_http_methods(METHODS)
def item(request: HttpRequest, draft: int, code: str) -> HttpResponse:
    """The definition of an item: wording and goalposts."""
    found = draft_or_404(request, draft)
    read = book(found.files)
    if code not in read.items:
        raise Http404(code)
    name = text(read.items[code].body["name"]).say(get_language() or "")
    return _page(request, found, ItemForm, read.items[code], "standards/draft_item.html", name, _of_item)


@login_required
@require_http_methods(METHODS)
def new_item(request: HttpRequest, draft: int, kind: str) -> HttpResponse:
    """An item that is not there yet, of one kind."""
    found = draft_or_404(request, draft)
    if kind not in part_forms.KINDS:
        raise Http404(kind)
    return _page(request, found, NewItemForm, part_forms.new_item(kind), "standards/draft_item.html", _("New item"),
                 _of_item)  # fmt: skip


def _of_item(form: TableForm, read: Book) -> dict[str, Any]:
    """What kind of item it is, and who uses it."""
    code, language = form.body.get("code", ""), get_language() or ""
    used = [(field, text(read.fields[field].body["name"]).say(language)) for field in read.users(code)] if code else []
    return {"kind": KINDS.get(form.body["kind"], ""), "code": code, "used": used,
            "counted": form.body["kind"] in COUNTED,
            "plain": [form[name] for name in form.fields if not name.startswith("rung-") and name != "version"],
            "rungs": [(form[f"rung-{place}-bound"], form[f"rung-{place}-share"])
                      for place in range(sum(name.endswith("-bound") for name in form.fields))],
            "general": said_of(read, within(read, form.part)) if code else []}  # fmt: skip


def _page(
    request: HttpRequest, draft: OwnEdition, form_of: type[TableForm], part: Part, template: str, title: str,
    more: Any = None,
) -> HttpResponse:  # fmt: skip
    """The page of a part of a draft; what is sent is saved as a whole or, where another was quicker, shown again."""
    read = book(draft.files)
    form = form_of(request.POST or None, book=read, part=part, version=draft.version)
    conflict = ""
    if request.method == "POST" and form.is_valid():
        try:
            return _saved(request, draft, form)
        except ChangedMeanwhile as refused:
            conflict = str(refused)
            form.data = {**request.POST.dict(), "version": str(draft.version)}  # sent again, the newer one is meant
        except EditionRefused as refused:
            form.add_error(None, summary(refused.faults))
        except NotPossible as refused:
            form.add_error(None, str(refused))
    shown = {"draft": draft, "form": form, "title": title, "conflict": conflict, "trail": trail_of(draft, (title, "")),
             "differing": form.differing() if conflict else []}  # fmt: skip
    shown |= more(form, read) if more else {}
    status = 409 if conflict else 422 if form.is_bound else 200
    return render(request, template, shown, status=status)


def _saved(request: HttpRequest, draft: OwnEdition, form: TableForm) -> HttpResponse:
    """Save what differs; the page again with what is still wrong. Raises Refusal."""
    user, changes = request.user, form.changes()
    assert isinstance(user, Account)
    if not changes:
        messages.info(request, _("Nothing was changed."))
        return redirect(request.path)
    saved = actions.change(
        actor=user, now=timezone.now(), draft=draft, version=form.cleaned_data["version"], changes=changes,
        why=form.cleaned_data["why"],
    )  # fmt: skip
    number = len(book(saved.files).faults)
    if number:
        messages.warning(request, _("Saved. The draft has faults: %(number)s.") % {"number": number})
    else:
        messages.success(request, _("Saved. Everything adds up."))
    return redirect(request.path if not isinstance(form, NewItemForm) else reverse("draft_items", args=[draft.pk]))
