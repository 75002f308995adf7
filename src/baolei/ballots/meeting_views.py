"""The pages of the polls of meetings: those of a branch or of one's part of the tree, one of them with what may be told
of it, and what is done with it in the room.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from baolei.ballots import doors, meetings
from baolei.ballots.meeting_forms import SetUp, kinds_held, open_acts
from baolei.ballots.models import MeetingPoll
from baolei.ballots.poll_views import origin
from baolei.ballots.print_views import as_slips
from baolei.ballots.urns import sealing_key
from baolei.organisations import doors as organisation_doors
from baolei.organisations.directory import names_of, pieces
from baolei.organisations.doors import Scope, both_scopes, scope_of, writing_scope
from baolei.organisations.downloads import asked_format, download, send
from baolei.organisations.forms_of_people import PeopleForm
from baolei.organisations.models import OrganisationState
from baolei.organisations.people_views import answered, in_words
from baolei.organisations.trails import down_to_organisation
from baolei.programme.ballot.comments import FROM, comments
from baolei.programme.ballot.meetings import Kind, Told, exact, told
from baolei.programme.refusals import Refusal
from baolei.urn.sealing import tallied
from baolei.urn.store import PHASES, SEALED, Sealed
from baolei.warehouse import tally_bundle
from baolei.warehouse.spreadsheets import Column, Grid

PAGE = 50
ZIP = "application/zip"


@dataclass(frozen=True, slots=True)
class Row:
    """A meeting's poll as a row: the branch, the kind and phase in words; ballots in, None where so few are closed."""

    meeting: MeetingPoll
    branch: str
    kind: str
    phase: str
    cast: int | None

    @property
    def short_of(self) -> bool:
        """Whether it is over, with fewer ballots than are needed."""
        return self.meeting.cast is not None and self.meeting.cast < self.meeting.least


@login_required
@require_safe
def all_meetings(request: HttpRequest) -> HttpResponseBase:
    """The polls of meetings in my part of the tree, the latest first."""
    scope = scope_of(request.user, timezone.localdate())
    return _listed(request, doors.meetings(scope), _("Votes at meetings"), {
        "trail": [{"label": _("Votes at meetings"), "url": ""}], "branch": None,
    })  # fmt: skip


@login_required
@require_safe
def meetings_of(request: HttpRequest, organisation: int) -> HttpResponseBase:
    """The polls of the meetings of one branch, and the way to another."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    state = _branch(scope, organisation)
    found = doors.meetings(scope).filter(organisation=organisation)
    return _listed(request, found, f"{state.name} {_('Votes at meetings')}", {
        "trail": [*down_to_organisation(state, scope), {"label": _("Votes at meetings"), "url": ""}],
        "branch": state, "sets_up": SetUp if kinds_held(writing, state) else None,
    })  # fmt: skip


def _listed(request: HttpRequest, found: Any, title: str, shown: dict[str, Any]) -> HttpResponseBase:
    found = found.order_by("-held_on", "-pk")
    if asked_format(request):
        grid = _grid(row for some in pieces(found) for row in rows(some))
        return download(request, title, {"meetings": grid}, [title, timezone.localdate().isoformat()])
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "ballots/meetings.html", {**shown, "page": page, "rows": rows(page.object_list)})


def rows(found: Iterable[MeetingPoll]) -> list[Row]:
    """Meetings' polls as rows, in their order."""
    listed, language = list(found), get_language() or ""
    names = names_of(one.organisation_id for one in listed)
    return [
        Row(one, names[one.organisation_id], meetings.called(one), PHASES[one.phase].say(language),
            meetings.inside(one))
        for one in listed
    ]  # fmt: skip


def _grid(listed: Iterable[Row]) -> Grid:
    columns = (
        Column(_("Day of the meeting"), "day"), Column(_("Party branch")), Column(_("What is voted")),
        Column(pgettext("process", "Standing")), Column(_("may vote"), "whole"), Column(_("Slips handed out"), "whole"),
        Column(_("Ballots"), "whole"), Column(_("ballots needed"), "whole"),
    )  # fmt: skip
    return Grid(_("Votes at meetings"), columns, (
        (row.meeting.held_on, row.branch, row.kind, row.phase, row.meeting.people, row.meeting.handed, row.cast,
         row.meeting.least) for row in listed
    ))  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_meeting(request: HttpRequest, organisation: int) -> HttpResponse:
    """Set up the vote of a meeting."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    state = _branch(writing, organisation)
    if not kinds_held(writing, state):
        raise Http404(organisation)
    form = SetUp(request.POST or None, about=state, actor=request.user, scope=writing, today=today)
    return answered(request, form, state.name, reverse("meetings", args=[organisation]), _way(writing, state, form))


# ---- one of them ----


@login_required
@require_safe
def meeting(request: HttpRequest, meeting: int) -> HttpResponseBase:
    """One vote: how many slips are out and ballots in; once it is sealed, what may be told of them."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    this, state = _one(scope, meeting)
    kind = meetings.kind_of(this)
    sealed = meetings.sealed_of(this) if this.phase == SEALED else None
    counted = tallied(sealed).totals if sealed else None
    lines = told(kind.questions, counted, meetings.fewest()) if counted else ()
    (row,) = rows([this])
    if asked_format(request):
        title = f"{state.name} {row.kind} {this.held_on.isoformat()}"
        return download(request, title, {"totals": _totals(kind, lines)}, [title, today.isoformat()])
    signs = _signs(kind)
    shown = {
        "row": row, "meeting": this, "state": state, "kind": kind, "signs": signs,
        "lines": [(one.question, list(zip(signs, one.numbers or (), strict=False)), one.band) for one in lines],
        "valid": counted.valid if lines and counted else None,
        "acts": open_acts(writing, state, this), "few": meetings.fewest(),
        "bundle": sealed is not None and row.cast is not None,
        **_words(scope, state, kind, sealed),
        "trail": [*down_to_organisation(state, scope), _back(state), {"label": row.kind, "url": ""}],
    }  # fmt: skip
    return render(request, "ballots/meeting.html", shown)


def _words(scope: Scope, state: OrganisationState, kind: Kind, sealed: Sealed | None) -> dict[str, Any]:
    """What was added in words and passes the screen; how many stay closed. Nothing where it is not this scope's."""
    if sealed is None or not doors.reads_comments(scope, state, kind):
        return {"comments": (), "held": 0, "reads_comments": False}
    words = [one.ballot.comment for one in sealed.ballots]
    found = comments(words, len(words), bytes.fromhex(sealed.root))
    return {"comments": found.shown, "held": len(found.held), "reads_comments": len(words) >= FROM}


def _signs(kind: Kind) -> list[str]:
    """What a question can be answered, in the order of the totals."""
    return [*(one.say(get_language() or "") for one in kind.grades), _("don't know"), _("left blank")]


def _totals(kind: Kind, lines: Iterable[Told]) -> Grid:
    """The totals as a file: nothing but what the page shows."""
    language, names = get_language() or "", _signs(kind)
    columns = (Column(_("Question")), *(Column(name, "whole") for name in names), Column(_("In words")))

    def each() -> Iterator[tuple[Any, ...]]:
        for line in lines:
            numbers = line.numbers or (None,) * len(names)
            yield line.question.say(language), *numbers, line.band.say(language) if line.band else ""

    return Grid(_("Totals"), columns, each())


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_meeting(request: HttpRequest, meeting: int, act: str) -> HttpResponseBase:
    """Print the slips of a vote, begin it, end it, or call it off."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    this, state = _one(writing, meeting)
    offered = open_acts(writing, state, this)
    if act not in offered:
        raise Http404(act)
    form = offered[act](request.POST or None, about=this, actor=request.user, scope=writing, today=today)
    name, back = f"{state.name} {meetings.called(this)}", reverse("meeting", args=[this.pk])
    way = _way(writing, state, form, this)
    if act != "print":
        return answered(request, form, name, back, way)
    if request.method == "POST" and form.is_valid():
        try:
            pdf = meetings.print_slips(**form.given, now=timezone.now(), meeting=this, origin=origin(request))
        except Refusal as refusal:
            form.add_error(None, in_words(refusal))
        else:
            return as_slips(pdf, f"{this.short}.pdf")
    shown = {"form": form, "name": name, "back": back, "trail": way}
    return render(request, "organisations/act.html", shown, status=422 if form.is_bound else 200)


@login_required
@require_safe
def meeting_bundle(request: HttpRequest, meeting: int) -> HttpResponseBase:
    """The tally of a sealed vote as a file that anybody checks with `verify_tally.py`."""
    scope = scope_of(request.user, timezone.localdate())
    this, state = _one(scope, meeting)
    sealed = meetings.sealed_of(this) if this.phase == SEALED else None
    if sealed is None or meetings.inside(this) is None:
        raise Http404(meeting)
    whole = tallied(sealed)
    body = io.BytesIO()
    tally_bundle.write(tally_bundle.everybodys(whole, sealing_key(), exact(whole.totals, meetings.fewest())), body)
    return send(request, body, ZIP, f"{state.name} {this.held_on.isoformat()} {this.short}.zip", rows=this.cast or 0)


def _branch(scope: Scope, organisation: int) -> OrganisationState:
    """A branch of a scope. Raises Http404 for any other."""
    found: OrganisationState | None = organisation_doors.organisations(scope).filter(organisation=organisation).first()
    if found is None or not found.field:
        raise Http404(organisation)
    return found


def _one(scope: Scope, meeting: int) -> tuple[MeetingPoll, OrganisationState]:
    """A meeting's poll of a scope, and its branch. Raises Http404 for any other."""
    found: MeetingPoll | None = doors.meetings(scope).filter(pk=meeting).first()
    if found is None:
        raise Http404(meeting)
    return found, meetings.state_of(found)


def _back(state: OrganisationState) -> dict[str, str]:
    return {"label": _("Votes at meetings"), "url": reverse("meetings", args=[state.organisation_id])}


def _way(
    writing: Scope, state: OrganisationState, form: PeopleForm, this: MeetingPoll | None = None
) -> list[dict[str, str]]:
    """The way to a form: down to the branch, its votes, the one it is about."""
    one = [{"label": meetings.called(this), "url": reverse("meeting", args=[this.pk])}] if this else []
    return [*down_to_organisation(state, writing), _back(state), *one, {"label": str(form.verb), "url": ""}]
