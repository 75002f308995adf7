"""A member's own page, and the transfers on their way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from baolei.organisations import doors
from baolei.organisations.acting import steps_of
from baolei.organisations.directory import names_of, pieces
from baolei.organisations.doors import scope_of, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.forms_of_members import OF_MEMBER
from baolei.organisations.models import Membership, Post, Transfer
from baolei.organisations.trails import down_to_organisation
from baolei.warehouse.spreadsheets import Column, Grid

PAGE = 50
WHICH = ("mine", "late", "closed")


@login_required
@require_safe
def member(request: HttpRequest, member: int) -> HttpResponseBase:
    """A member: where the member belongs and has belonged, the posts held, the transfers."""
    today = timezone.localdate()
    scope = scope_of(request.user, today)
    belongs = doors.memberships(scope).filter(member=member).select_related("member").first()
    if belongs is None:
        raise Http404(member)
    state = doors.organisations(scope).get(organisation=belongs.organisation_id)
    writing = writing_scope(request.user, today)
    mine = doors.organisations(writing).filter(organisation=belongs.organisation_id).exists()
    through = list(Membership.objects.filter(member=member).order_by("since"))
    posts = list(Post.objects.filter(holder=member).order_by("since"))
    moves = list(doors.transfers(scope).filter(member=member).order_by("requested"))
    name, held = belongs.member.name, _with_names(posts, "organisation_id")
    lived = _with_names(through, "organisation_id")
    if asked_format(request):
        grids = {"through": _span_grid(_("Membership through the years"), _("Kind"), lived),
                 "posts": _span_grid(_("Posts"), _("Post"), held)}  # fmt: skip
        return download(request, name, grids, [name, today.isoformat()])
    shown = {
        "belongs": belongs, "state": state, "posts": held, "through": lived, "moves": moves,
        "acts": OF_MEMBER if mine else {},
        "trail": [*down_to_organisation(state, scope), {"label": name, "url": ""}],
    }  # fmt: skip
    return render(request, "organisations/member.html", shown)


@login_required
@require_safe
def transfers(request: HttpRequest) -> HttpResponseBase:
    """The transfers from and to what one answers for: those under way first, the late ones marked."""
    today = timezone.localdate()
    scope = scope_of(request.user, today)
    which = request.GET.get("which", "") if request.GET.get("which") in WHICH else ""
    found = doors.transfers(scope)
    under_way = found.filter(state__in=[*Transfer.UNDER_WAY, Transfer.RECEIVED])
    chosen = {
        "": under_way,
        "late": under_way.filter(state=Transfer.SENT, valid_to__lt=today),
        "closed": found.filter(state__in=[Transfer.CLOSED, Transfer.ENDED]),
    }.get(which, under_way)
    listed = chosen.select_related("member").order_by("valid_to", "requested", "pk")
    if asked_format(request):
        title = _("Transfers")
        return download(request, title, {"transfers": _grid(_each_row(listed, today))}, [title, today.isoformat()])
    page = Paginator(listed, PAGE).get_page(request.GET.get("page"))
    return render(request, "organisations/transfers.html", {"page": page, "rows": rows(page.object_list, today),
                                                            "which": which})  # fmt: skip


@login_required
@require_safe
def transfer(request: HttpRequest, transfer: int) -> HttpResponseBase:
    """One transfer: what has been done, and the next step for whoever has to take it."""
    today = timezone.localdate()
    scope = scope_of(request.user, today)
    found = doors.transfers(scope).filter(pk=transfer).select_related("member").first()
    if found is None:
        raise Http404(transfer)
    row = rows([found], today)[0]
    if asked_format(request):
        name = found.member.name
        return download(request, name, {"steps": _grid([row])}, [name, today.isoformat()])
    trail = [{"label": _("Transfers"), "url": reverse("transfers")}, {"label": found.member.name, "url": ""}]
    shown = {"row": row, "steps": steps_of(writing_scope(request.user, today), found), "trail": trail}
    return render(request, "organisations/transfer.html", shown)


def rows(found: Any, today: Any) -> list[dict[str, Any]]:
    """Transfers with the names of both sides, and whether the letter has run out."""
    listed = list(found)
    names = names_of([one.source_id for one in listed] + [one.to_id for one in listed if one.to_id])
    return [
        {
            "transfer": one, "source": names.get(one.source_id, ""),
            "goal": names.get(one.to_id, "") if one.to_id else one.outside,
            "late": one.state == Transfer.SENT and one.valid_to is not None and one.valid_to < today,
        }
        for one in listed
    ]  # fmt: skip


def _each_row(found: Any, today: Any) -> Iterator[dict[str, Any]]:
    for some in pieces(found):
        yield from rows(some, today)


def _with_names(rows: list[Any], key: str) -> list[dict[str, Any]]:
    names = names_of([getattr(row, key) for row in rows])
    return [{"row": row, "name": names.get(getattr(row, key), "")} for row in rows]


def _span_grid(title: str, kind: str, rows: list[dict[str, Any]]) -> Grid:
    """From when to when, what, and where."""
    columns = (Column(_("From"), "day"), Column(_("To"), "day"), Column(kind), Column(_("Organisation")))
    return Grid(title, columns, [
        (one["row"].since, one["row"].until, one["row"].get_kind_display(), one["name"]) for one in rows
    ])  # fmt: skip


def _grid(rows: Iterable[dict[str, Any]]) -> Grid:
    words = (
        _("Member"),
        pgettext("organisation", "From"),
        pgettext("organisation", "To"),
        _("Standing"),
        _("Number of the letter"),
    )
    days = (_("Requested on"), _("Sent on"), _("Letter good until"), _("Received on"), _("Receipt returned on"))
    columns = (*map(Column, words), *(Column(label, "day") for label in days))
    return Grid(_("Transfers"), columns, (
        (row["transfer"].member.name, row["source"], row["goal"], row["transfer"].get_state_display(),
         row["transfer"].letter, row["transfer"].requested, row["transfer"].sent, row["transfer"].valid_to,
         row["transfer"].received, row["transfer"].receipt)
        for row in rows
    ))  # fmt: skip
