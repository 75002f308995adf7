"""Which members of a branch have an account here, and who of them has taken a token: for those who answer for it from
above, who link them, and give a slip to everybody else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from baolei.ballots import doors
from baolei.ballots.counted import OUT
from baolei.ballots.elector_forms import OF_ELECTOR
from baolei.ballots.models import Elector, Issued, Poll
from baolei.organisations.doors import writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import Member, Membership, OrganisationState
from baolei.organisations.people_views import answered
from baolei.organisations.trails import down_to_organisation
from baolei.urn.store import CAST, ISSUE
from baolei.warehouse.spreadsheets import Column, Grid


@dataclass(frozen=True, slots=True)
class Row:
    """A full member: the linked account's user name, '' for none; by poll whether a token was taken."""

    member: Member
    username: str
    taken: tuple[bool, ...]


@login_required
@require_safe
def electors(request: HttpRequest, organisation: int) -> HttpResponseBase:
    """The full members of a branch, their accounts, and the tokens taken in its polls."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    place = _place(writing, organisation)
    polls = _with_tokens(organisation)
    listed = rows(organisation, polls, today)
    title = f"{place.name} {_('Members with an account')}"
    if asked_format(request):
        return download(request, title, {"electors": _grid(listed, polls)}, [title, today.isoformat()], path=place.path)
    shown = {
        "place": place, "rows": listed, "polls": polls, "issuing": any(one.phase == ISSUE for one in polls),
        "trail": [*down_to_organisation(place, writing), {"label": _("Members with an account"), "url": ""}],
    }  # fmt: skip
    return render(request, "ballots/electors.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def act_on_elector(request: HttpRequest, organisation: int, member: int, act: str) -> HttpResponse:
    """Link an account to a member, or take the link away."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    place = _place(writing, organisation)
    about = next((one for one in rows(organisation, [], today) if one.member.pk == member), None)
    if about is None or act != ("unlink" if about.username else "link"):
        raise Http404(member)
    form = OF_ELECTOR[act](request.POST or None, about=about.member, actor=request.user, scope=writing, today=today)
    form.organisation = organisation
    back = reverse("electors", args=[organisation])
    way = [*down_to_organisation(place, writing), {"label": _("Members with an account"), "url": back},
           {"label": about.member.name, "url": ""}]  # fmt: skip
    return answered(request, form, about.member.name, back, way)


def rows(organisation: int, polls: Iterable[Poll], today: date) -> list[Row]:
    """The full members of today, and whoever took a token in one of these polls or is linked still, by name."""
    polls = list(polls)
    issued = set(Issued.objects.filter(poll__in=polls).values_list("member_id", "poll_id"))
    belong = Membership.objects.filter(organisation=organisation, kind=Membership.FULL)
    linked = belong.filter(member__elector__isnull=False)
    here = {*belong.on(today).values_list("member_id", flat=True), *linked.values_list("member_id", flat=True)}
    members = Member.objects.filter(pk__in=here | {member for member, _poll in issued}).order_by("name", "pk")
    names = dict(Elector.objects.filter(member__in=members).values_list("member_id", "account__username"))
    return [
        Row(one, names.get(one.pk, ""), tuple((one.pk, poll.pk) in issued for poll in polls)) for one in members
    ]  # fmt: skip


def _place(writing: Any, organisation: int) -> OrganisationState:
    found: OrganisationState | None = doors.branches_from_above(writing).filter(organisation=organisation).first()
    if found is None:
        raise Http404(organisation)
    return found


def _with_tokens(organisation: int) -> list[Poll]:
    """The polls about a branch whose tokens are given out or cast."""
    found = Poll.objects.filter(declaration__organisation=organisation, tokens=True, phase__in=(ISSUE, CAST))
    return list(found.exclude(declaration__state__in=OUT).select_related("declaration__round").order_by("pk"))


def _grid(listed: Iterable[Row], polls: list[Poll]) -> Grid:
    columns = (
        Column(_("Member")), Column(_("User name")),
        *(Column(f"{_('Token taken')} {one.declaration.round.name}") for one in polls),
    )  # fmt: skip
    return Grid(_("Members with an account"), columns, (
        (row.member.name, row.username, *(_("yes") if one else _("no") for one in row.taken)) for row in listed
    ))  # fmt: skip
