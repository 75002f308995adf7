"""The pages of notices: those that reach whoever looks, in force and past; post one, withdraw one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from baolei.organisations import doors
from baolei.organisations.directory import pieces
from baolei.organisations.doors import Scope, nodes_of, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.forms_of_notices import PostNotice, WithdrawNotice
from baolei.organisations.forms_of_people import PeopleForm
from baolei.organisations.models import Notice
from baolei.organisations.notices import Row, rows
from baolei.organisations.people_views import answered
from baolei.warehouse.spreadsheets import Column, Grid

PAGE = 20


@login_required
@require_safe
def notices(request: HttpRequest) -> HttpResponseBase:
    """The notices that reach me, and those of the units I answer for: in force, or past."""
    today, past = timezone.localdate(), request.GET.get("which") == "past"
    writing = writing_scope(request.user, today)
    found = doors.notices(nodes_of(request.user, today), today, writing).select_related("posted_by")
    standing = Q(ended_at=None, until__gte=today)
    found = found.exclude(standing) if past else found.filter(standing).order_by("-urgent", "-since", "-pk")
    if asked_format(request):
        listed = (row for some in pieces(found) for row in rows(some, today))
        return download(request, _("Notices"), {"notices": _grid(listed)}, [_("Notices"), today.isoformat()])
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = {"page": page, "rows": rows(list(page.object_list), today, writing), "past": past,
             "posts": bool(writing.units)}  # fmt: skip
    return render(request, "organisations/notices.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def post(request: HttpRequest) -> HttpResponse:
    """Post a notice for a unit of one's own or below it."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    if not writing.units:
        raise Http404
    return _page(request, PostNotice, None, writing, today)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, notice: int) -> HttpResponse:
    """Withdraw a notice of a unit of one's own or below it."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    found = list(doors.notices(nodes_of(request.user, today), today, writing).filter(pk=notice))
    if not found or not rows(found, today, writing)[0].withdraws:
        raise Http404(notice)
    return _page(request, WithdrawNotice, found[0], writing, today)


def _page(
    request: HttpRequest, form_of: type[PeopleForm], about: Notice | None, scope: Scope, today: date
) -> HttpResponse:
    form = form_of(request.POST or None, about=about, actor=request.user, scope=scope, today=today)
    back = reverse("notices")
    trail = [{"label": _("Notices"), "url": back}, {"label": form_of.verb, "url": ""}]
    return answered(request, form, about.title if about else "", back, trail)


def _grid(listed: Iterable[Row]) -> Grid:
    columns = (
        Column(_("Title of the notice")), Column(_("Text")), Column(_("For which unit")),
        Column(_("Only for these roles")), Column(_("Urgent")), Column(_("From"), "day"), Column(_("To"), "day"),
        Column(_("Posted by")), Column(pgettext("process", "Standing")),
    )  # fmt: skip
    return Grid(_("Notices"), columns, (
        (row.notice.title, row.notice.text, row.unit, _("; ").join(row.roles),
         _("yes") if row.notice.urgent else _("no"), row.notice.since, row.notice.until,
         row.notice.posted_by.name if row.notice.posted_by else "",
         row.standing)
        for row in listed
    ))  # fmt: skip
