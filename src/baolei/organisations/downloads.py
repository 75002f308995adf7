"""Any table of a page as a file: `?format=csv&table=units` or `?format=xlsx`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from baolei.organisations.current import current_or_404
from baolei.warehouse.spreadsheets import CSV, XLSX, Grid, as_csv, as_workbook

FORMATS = ("csv", "xlsx")


def asked_format(request: HttpRequest) -> str:
    """The format asked for, '' for the page itself. Raises Http404 for one that we do not write."""
    name = request.GET.get("format", "")
    if name and name not in FORMATS:
        raise Http404(name)
    return name


def download(
    request: HttpRequest, title: str, grids: Mapping[str, Grid], notes: Sequence[str] | None = None
) -> HttpResponse:
    """The table `?table=` as a file, or the first one as CSV, or all of them as one workbook.

    The workbook says on its last tab where it comes from: `notes`, else the results of the round that is shown.
    Raises Http404 for a table that is not on the page.
    """
    form, table = asked_format(request), request.GET.get("table", "")
    if table and table not in grids:
        raise Http404(table)
    chosen = [grids[table]] if table else list(grids.values())
    if form == "csv":
        return _file(as_csv(chosen[0]), CSV, f"{title} {chosen[0].name}.csv")
    return _file(as_workbook(chosen, notes or _notes(request, title)), XLSX, f"{title}.xlsx")


def _notes(request: HttpRequest, title: str) -> list[str]:
    opened = current_or_404()
    round_ = opened.manifest.get("round", {})
    edition = opened.manifest["edition"]
    return [
        title,
        f"{_('Records as of')}: {round_.get('as_of', '—')}",
        f"{_('Edition')}: {edition['code']} · SHA-256 {edition['digest']}",
        f"{_('Results')}: SHA-256 {opened.digest}",
        f"{_('Snapshot')}: SHA-256 {opened.manifest['snapshot']}",
        f"{_('Page')}: {request.build_absolute_uri(request.path)}",
        *([str(_("Demo: the people, branches and figures are invented."))] if round_.get("invented") else []),
    ]


def _file(body: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=kind)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "private, no-store"
    return response
