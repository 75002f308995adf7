"""Any table of a page as a file: `?format=csv&table=units` or `?format=xlsx`. What leaves the house is on record.

A file is written whole before its first byte leaves, to the disk where it is large: one that broke off half-way would
look like a whole one, its digest could not be put on record, and a slow line would keep the database waiting.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from typing import IO
from urllib.parse import quote

from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.organisations.current import current
from baolei.organisations.doors import Scope, scope_of
from baolei.organisations.models import WIDTH, OrganisationState, UnitState
from baolei.people.models import Account
from baolei.warehouse.spreadsheets import CSV, XLSX, Grid, write_csv, write_workbook

FORMATS = ("csv", "xlsx")
EXPORT = "house.export"
"""The act under which a file that left stands in the ledger."""
SMALL = 2**20
"""Bytes of a file that is kept in memory; a larger one lies on the disk while it is sent, piece by piece."""


def asked_format(request: HttpRequest) -> str:
    """The format asked for, '' for the page itself. Raises Http404 for one that we do not write."""
    name = request.GET.get("format", "")
    if name and name not in FORMATS:
        raise Http404(name)
    return name


def download(
    request: HttpRequest, title: str, grids: Mapping[str, Grid], notes: Sequence[str] | None = None, *, path: str = ""
) -> HttpResponseBase:
    """The table `?table=` as a file, or the first one as CSV, or all of them as one workbook.

    The workbook says on its last tab where it comes from: `notes`, else the results of the round that is shown.
    `path` is the unit that it is about, '' what the visitor answers for. Raises Http404 for a table that is not on the
    page.
    """
    form, table = asked_format(request), request.GET.get("table", "")
    if table and table not in grids:
        raise Http404(table)
    chosen = [grids[table]] if table else list(grids.values())
    body = tempfile.SpooledTemporaryFile(max_size=SMALL)  # noqa: SIM115  the answer closes it
    if form == "csv":
        rows = write_csv(chosen[0], body)
        return send(request, body, CSV, f"{title} {chosen[0].name}.csv", rows=rows, path=path)
    rows = write_workbook(chosen, notes or _notes(request, title), body)
    return send(request, body, XLSX, f"{title}.xlsx", rows=rows, path=path)


def send(request: HttpRequest, body: IO[bytes], kind: str, name: str, *, rows: int, path: str = "") -> HttpResponseBase:
    """A file that has been written, on record and on its way. `body` is closed with the answer."""
    body.seek(0)
    digest = hashlib.file_digest(body, "sha256").hexdigest()  # type: ignore[arg-type]  # the stubs ask for a raw file
    size = body.tell()
    _put_on_record(request, path, {"file": name, "rows": rows, "bytes": size, "sha256": digest})
    body.seek(0)
    answer: HttpResponse | FileResponse
    if size <= SMALL:
        with body:
            answer = HttpResponse(body.read(), content_type=kind)
    else:
        answer = FileResponse(body, content_type=kind)
    answer["Content-Length"] = str(size)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer["Cache-Control"] = "private, no-store"
    return answer


@transaction.atomic
def _put_on_record(request: HttpRequest, path: str, told: dict[str, str | int]) -> None:
    """Who took what, where a log-in did: what lies open to everybody has no taker to name, and whoever walks through
    all open pages without one must not be able to fill the ledger. The words asked for may name people, so they stand
    with what can be erased.
    """
    taker = request.user
    if request.method != "GET" or not isinstance(taker, Account):
        return
    now = timezone.now()
    asked = request.META.get("QUERY_STRING", "")[:500]
    record(actor=taker, act=EXPORT, subject=f"page:{request.path}"[:120],
           path=path or home_of(scope_of(taker, timezone.localdate(now))), now=now,
           after={**told, "asked": asked})  # fmt: skip


def home_of(scope: Scope) -> str:
    """The innermost unit at or above everything that somebody answers for; '' for the whole house."""
    paths = scope.units
    if not paths and scope.organisations:
        served = OrganisationState.objects.on(scope.day).filter(path__in=scope.organisations).values("unit")
        paths = tuple(UnitState.objects.on(scope.day).filter(unit__in=served).values_list("path", flat=True))
    common = paths[0] if paths else ""
    while not all(path.startswith(common) for path in paths):
        common = common[:-WIDTH]
    return common


def _notes(request: HttpRequest, title: str) -> list[str]:
    page, opened = f"{_('Page')}: {request.build_absolute_uri(request.path)}", current()
    if opened is None:  # the editions of the standard are there before the first round
        return [title, page]
    round_ = opened.manifest.get("round", {})
    edition = opened.manifest["edition"]
    return [
        title,
        f"{_('Records as of')}: {round_.get('as_of', '—')}",
        f"{_('Edition')}: {edition['code']} · SHA-256 {edition['digest']}",
        f"{_('Results')}: SHA-256 {opened.digest}",
        f"{_('Snapshot')}: SHA-256 {opened.manifest['snapshot']}",
        page,
        *([str(_("Demo: the people, branches and figures are invented."))] if round_.get("invented") else []),
    ]
