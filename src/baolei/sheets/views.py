"""The pages of spreadsheets: send one, see what it would do, let it be written, take it back."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from baolei.organisations.directory import pieces
from baolei.organisations.downloads import asked_format, download, send
from baolei.organisations.models import UnitState
from baolei.people.models import Account
from baolei.sheets import actions, doors, preview
from baolei.sheets.actions import NotNow, Sent
from baolei.sheets.blank import blank
from baolei.sheets.errand import errand
from baolei.sheets.forms import SendForm
from baolei.sheets.kinds import ORDER, kinds
from baolei.sheets.marked import marked
from baolei.sheets.models import Batch
from baolei.warehouse.spreadsheets import XLSX

PAGE = 20


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sheets(request: HttpRequest) -> HttpResponseBase:
    """Send a spreadsheet; and what was sent."""
    today = timezone.localdate()
    scope = doors.scope_of(request.user, today)
    tops = doors.tops(scope)
    if not tops:
        return render(request, "sheets/nobody.html", {}, status=200 if request.method == "GET" else 403)
    found = doors.batches(scope)
    if asked_format(request):
        rows = (row for some in pieces(found) for row in preview.grid_rows(some, _units(some)))
        return download(request, _("Spreadsheets"), {"sheets": preview.grid(rows)}, [_("Spreadsheets")])
    sent = request.method == "POST"
    form = SendForm(
        *((request.POST, request.FILES) if sent else ()), tops=tops, today=today,
        too_large=bool(getattr(request, "too_large", ())),
    )  # fmt: skip
    if sent and form.is_valid() and (batch := _send(request, form)):
        return redirect("sheet_batch", batch.pk)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    known = kinds(today)
    shown = {
        "form": form,
        "tops": tops,
        "page": page,
        "units": _units(page.object_list),
        "kinds": [known[one] for one in ORDER],
    }
    return render(request, "sheets/sheets.html", shown, status=422 if sent else 200)


def _send(request: HttpRequest, form: SendForm) -> Batch | None:
    """Take the file in; None, with the fault on the form, where it is not taken."""
    said, user = form.cleaned_data, request.user
    assert isinstance(user, Account)
    unit = UnitState.objects.open().get(unit=int(said["unit"]))
    try:
        batch, new = actions.send(
            actor=user, unit=unit, kind=said["kind"], day=said["day"], why=said["why"],
            sent=Sent(said["file"].name, said["file"].chunks()), now=timezone.now(),
        )  # fmt: skip
    except NotNow as refused:
        form.add_error(None, str(refused))
        return None
    if not new:
        messages.info(request, _("This very file was sent before and is still open: here it is."))
    return batch


@login_required
@require_safe
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """The template of a kind of list. It holds nothing of the house, so nobody has taken anything by taking it."""
    known = kinds(timezone.localdate())
    if kind not in known:
        raise Http404(kind)
    answer = HttpResponse(blank(known[kind]), content_type=XLSX)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{known[kind].name.zh}_导入模板.xlsx')}"
    return answer


@login_required
@require_safe
def batch(request: HttpRequest, batch: int) -> HttpResponseBase:
    """One spreadsheet: what it would do, or what it did."""
    found = _found(request, batch)
    language = get_language() or ""
    state = UnitState.objects.filter(unit=found.unit_id).order_by("-since")[0]
    if asked_format(request):
        grids = {"wrong": preview.fault_grid(found, kinds(found.day)[found.kind], language)}
        return download(request, found.name, grids, [found.name], path=state.path)
    shown = preview.shown(found, kinds(found.day)[found.kind], language)
    trail = [{"label": _("Spreadsheets"), "url": reverse("sheets")}, {"label": found.name, "url": ""}]
    return render(request, "sheets/batch.html", {"batch": found, "unit": state, "trail": trail, **shown})


@login_required
@require_safe
def progress(request: HttpRequest, batch: int) -> HttpResponse:
    """How far the work has come; the whole page anew once it is done."""
    found = _found(request, batch)
    if not found.under_way:
        answer = HttpResponse(status=204)
        answer["HX-Refresh"] = "true"
        return answer
    shown = preview.shown(found, kinds(found.day)[found.kind], get_language() or "")
    return render(request, "sheets/_progress.html", {"batch": found, **shown})


@login_required
@require_safe
def marked_sheet(request: HttpRequest, batch: int) -> HttpResponseBase:
    """The sheet as it was sent, with what is wrong marked."""
    found = _found(request, batch)
    if not found.counts.get("wrong") or not found.rows.exists():
        raise Http404(batch)
    file = marked(found, errand(found, timezone.now()), get_language() or "")
    name, rows = found.name.rpartition(".")[0] or found.name, found.rows.count()
    where = UnitState.objects.filter(unit=found.unit_id).order_by("-since").values_list("path", flat=True)[0]
    return send(request, file, XLSX, f"{name}_{_('marked')}.xlsx", rows=rows, path=where)


@login_required
@require_POST
def apply(request: HttpRequest, batch: int) -> HttpResponse:
    """Let it be written."""
    only_right = request.POST.get("only_right") == "1"
    return _step(request, batch, lambda who, found: actions.apply(
        actor=who, batch=found, only_right=only_right, now=timezone.now()))  # fmt: skip


@login_required
@require_POST
def discard(request: HttpRequest, batch: int) -> HttpResponse:
    """Put it away."""
    return _step(request, batch, lambda who, found: actions.discard(actor=who, batch=found, now=timezone.now()))


@login_required
@require_POST
def revert(request: HttpRequest, batch: int) -> HttpResponse:
    """Take it back."""
    why = request.POST.get("why", "")[:200]
    return _step(request, batch, lambda who, found: actions.revert(
        actor=who, batch=found, why=why, now=timezone.now()))  # fmt: skip


def _step(request: HttpRequest, batch: int, act: Any) -> HttpResponse:
    found = _found(request, batch)
    try:
        act(request.user, found)
    except NotNow as refused:
        messages.error(request, str(refused))
    return redirect("sheet_batch", found.pk)


def _found(request: HttpRequest, batch: int) -> Batch:
    """A spreadsheet of one's units. Raises Http404 for any other."""
    scope = doors.scope_of(request.user, timezone.localdate())
    found: Batch | None = doors.batches(scope).filter(pk=batch).first()
    if found is None:
        raise Http404(batch)
    return found


def _units(batches: Any) -> dict[int, str]:
    """What the units of some spreadsheets are called."""
    numbers = {one.unit_id for one in batches}
    return dict(UnitState.objects.filter(unit__in=numbers).order_by("since").values_list("unit_id", "name"))
