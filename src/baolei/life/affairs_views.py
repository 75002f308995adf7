"""The pages of decisions and affairs 议事与公开: what meetings lead to, what is made public, tasks of a branch."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from baolei.life import affairs, affairs_doors, affairs_forms, doors
from baolei.life import affairs_page as shown_as
from baolei.life.affairs_forms import OF_RESOLUTION, StrikeRecord
from baolei.life.affairs_models import Matter
from baolei.life.models import Gathering
from baolei.organisations.asked import as_number, asked_organisation, asked_year
from baolei.organisations.doors import Scope, both_scopes, held_by, home_path, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.forms_of_people import PeopleForm
from baolei.organisations.models import OrganisationState
from baolei.organisations.people_views import answered, in_words
from baolei.organisations.trails import down_to_organisation
from baolei.people.models import Account
from baolei.programme.refusals import Refusal
from baolei.warehouse.rulebook import affairs as affairs_rules
from baolei.warehouse.spreadsheets import Column, Grid

MOST = shown_as.MOST
Way = list[dict[str, str]]


@login_required
@require_safe
def affairs_of_branch(request: HttpRequest, organisation: int) -> HttpResponseBase:
    """What a branch's decisions lead to in a year, what it makes public, its major matters, tasks set from above."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    state = asked_organisation(scope, organisation)
    year = asked_year(request, today)
    found = _found(scope, state, year, today)
    if asked_format(request):
        return _file(request, state, year, found, today)
    called, kinds = dict(affairs.answering(state.organisation, today)), shown_as.kind_names(state.field)
    shown = {
        "state": state, "year": year, "years": range(today.year, today.year - 3, -1), "today": today,
        "records": held_by(writing, state.organisation), "most": MOST,
        "resolutions": [shown_as.resolution_row(one, today, called) for one in found["resolutions"][:MOST]],
        "strips": shown_as.strips(state, year, today),
        "listed": [shown_as.listed_row(one, today) for one in found["listed"][:MOST]],
        "announcements": [(one, kinds[one.kind], affairs_rules().places[one.place])
                          for one in found["announcements"][:MOST]],
        "matters": [shown_as.walked(one, state.field) for one in found["matters"][:MOST]],
        "keeps_matters": bool(affairs_rules().steps_in(state.field)),
        "tasks": [shown_as.task_row(one, today) for one in found["tasks"][:MOST]],
        "places": affairs_forms.places(),
        "trail": [*down_to_organisation(state, scope), {"label": _title(), "url": ""}],
    }  # fmt: skip
    return render(request, "life/affairs.html", shown)


def _found(scope: Scope, state: OrganisationState, year: int, today: date) -> dict[str, Any]:
    mine = {"organisation": state.organisation_id}
    matters = affairs_doors.matters(scope).filter(**mine)
    if year != today.year:
        matters = matters.filter(steps__on__year=year).distinct()
    return {
        "resolutions": shown_as.resolutions(scope, state.organisation_id, year, today),
        "announcements": affairs_doors.announcements(scope).filter(on__year=year, **mine).order_by("-on", "-pk"),
        "listed": affairs_doors.listed(scope).filter(due__year=year, **mine).prefetch_related("announcements")
        .order_by("due", "pk"),
        "matters": matters.order_by("-pk"),
        "tasks": shown_as.tasks(scope, state.organisation_id, year, today),
    }  # fmt: skip


def _file(
    request: HttpRequest, state: OrganisationState, year: int, found: dict[str, Any], today: date
) -> HttpResponseBase:
    title = f"{state.name} {_title()} {year}"
    grids = {
        "resolutions": shown_as.resolution_grid(found["resolutions"]),
        "announcements": shown_as.announcement_grid(found["announcements"], state.field),
        "listed": shown_as.listed_grid(found["listed"], today),
        "matters": shown_as.matter_grid(found["matters"].iterator(chunk_size=500), state.field),
        "tasks": shown_as.task_grid(found["tasks"], today),
    }
    return download(request, title, grids, [title, today.isoformat()], path=home_path(state))


# ---- resolutions ----


@login_required
@require_POST
def follow_up(request: HttpRequest, gathering: int) -> HttpResponse:
    """Keep a line of a members' meeting as a resolution, with its day and who answers."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    one: Gathering | None = doors.gatherings(writing).filter(pk=gathering).first()
    if one is None or not held_by(writing, one.organisation):
        raise Http404(gathering)
    assert isinstance(request.user, Account)
    due = _day(request.POST.get("due", ""))
    if due is None:
        messages.error(request, _("Enter the day as 2026-11-20."))
        return redirect("gathering", gathering)
    try:
        affairs.resolve(actor=request.user, now=timezone.now(), meeting=one, words=request.POST.get("words", ""),
                        due=due, who=request.POST.get("who", ""))  # fmt: skip
    except Refusal as refused:
        messages.error(request, in_words(refused))
    else:
        messages.success(request, _("Kept as a resolution, due on %(day)s") % {"day": due})
    return redirect("gathering", gathering)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_resolution(request: HttpRequest, resolution: int, act: str) -> HttpResponse:
    """Something is done with a resolution."""
    return _asked(request, OF_RESOLUTION.get(act), affairs_doors.resolutions, resolution)


# ---- major matters ----


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def open_matter(request: HttpRequest, organisation: int) -> HttpResponse:
    """Open a major matter."""
    state, _writing = mine(request, organisation)
    if not affairs_rules().steps_in(state.field):
        raise Http404(organisation)
    return _of_branch(request, affairs_forms.OpenMatter, organisation)


@login_required
@require_safe
def matter(request: HttpRequest, matter: int) -> HttpResponseBase:
    """A major matter, step by step."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    one: Matter | None = affairs_doors.matters(scope).filter(pk=matter).first()
    if one is None:
        raise Http404(matter)
    state = asked_organisation(scope, one.organisation_id)
    walked = shown_as.walked(one, state.field)
    if asked_format(request):
        columns = (Column(_("Step")), Column(_("Day"), "day"), Column(_("Taken as the rules ask")))
        rows = ((name, taken.on if taken else None, "" if taken is None else _("yes") if taken.kept else _("no"))
                for _code, name, taken in walked.steps)  # fmt: skip
        grid = Grid(_("Steps"), columns, rows)
        return download(request, one.title, {"steps": grid}, [one.title, today.isoformat()],
                        path=home_path(state))  # fmt: skip
    records = held_by(writing, one.organisation) and not one.struck_on
    source = affairs_rules().source
    shown = {"one": one, "state": state, "walked": walked, "records": records, "source": source,
             "trail": [*way_of(state, scope), {"label": one.title, "url": ""}]}  # fmt: skip
    return render(request, "life/matter.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take_step(request: HttpRequest, matter: int, step: str) -> HttpResponse:
    """Note a step of a matter whose turn it is."""
    writing = writing_scope(request.user, timezone.localdate())
    one = affairs_doors.matters(writing).filter(pk=matter, struck_on=None).first()
    state = _records(writing, one)
    taken = shown_as.step_named(one, state.field, step)
    if taken is None:
        raise Http404(step)
    form = affairs_forms.TakeStep(request.POST or None, about=one, actor=request.user, scope=writing,
                                  today=writing.day, step=taken)  # fmt: skip
    words = shown_as.walked(one, state.field)
    name = next(name for code, name in words.turn if code == taken.code)
    back = reverse("matter", args=[matter])
    way = [*way_of(state, writing), {"label": one.title, "url": back}, {"label": name, "url": ""}]
    return answered(request, form, f"{one.title} · {name}", back, way)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def strike_matter(request: HttpRequest, matter: int) -> HttpResponse:
    """Strike a matter that was recorded in error."""
    return _asked(request, StrikeRecord, affairs_doors.matters, matter)


# ---- what is made public ----


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def announce(request: HttpRequest, organisation: int) -> HttpResponse:
    """Note what was made public; the page of the year sends it in one tap."""
    state, writing = mine(request, organisation)
    number = as_number(request.POST.get("listed", "") or request.GET.get("listed", ""))
    listed = None
    if number is not None:
        listed = affairs_doors.listed(writing).filter(pk=number, organisation=organisation, struck_on=None).first()
        if listed is None:
            raise Http404(number)
    form = affairs_forms.Announce(
        request.POST or None, about=state, actor=request.user, scope=writing, today=writing.day, listed=listed,
        initial={"kind": request.GET.get("kind", "")},
    )  # fmt: skip
    back = reverse("affairs", args=[organisation])
    way = [*way_of(state, writing), {"label": str(form.verb), "url": ""}]
    return answered(request, form, listed.words if listed else state.name, back, way)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def set_list(request: HttpRequest, organisation: int) -> HttpResponse:
    """Put matters on the branch's own list of what is made public."""
    return _of_branch(request, affairs_forms.SetList, organisation)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def strike_listed(request: HttpRequest, listed: int) -> HttpResponse:
    """Strike a matter of the own list that was put there in error."""
    return _asked(request, StrikeRecord, affairs_doors.listed, listed)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def strike_announcement(request: HttpRequest, announcement: int) -> HttpResponse:
    """Strike a note of what was made public, made in error."""
    return _asked(request, StrikeRecord, affairs_doors.announcements, announcement)


# ---- what they have in common ----


def mine(request: HttpRequest, organisation: int) -> tuple[OrganisationState, Scope]:
    """The branch one records for, and the scope in which one does. Raises Http404 for any other."""
    writing = writing_scope(request.user, timezone.localdate())
    state = asked_organisation(writing, organisation)
    if not held_by(writing, state.organisation):
        raise Http404(organisation)
    return state, writing


def way_of(state: OrganisationState, scope: Scope) -> Way:
    """The way to the page of a branch's decisions and affairs."""
    here = {"label": _title(), "url": reverse("affairs", args=[state.organisation_id])}
    return [*down_to_organisation(state, scope), here]


def _title() -> str:
    return _("Decisions and affairs")


def _records(writing: Scope, one: Any) -> OrganisationState:
    """The branch of a record that one may write. Raises Http404 where it is none."""
    if one is None or not held_by(writing, one.organisation):
        raise Http404
    return asked_organisation(writing, one.organisation_id)


def _asked(request: HttpRequest, form_of: type[PeopleForm] | None, door: Any, number: int) -> HttpResponse:
    """The form of an act upon a record of the own branch, which leads back to the page of the year."""
    writing = writing_scope(request.user, timezone.localdate())
    one = door(writing).filter(pk=number, struck_on=None).first()
    state = _records(writing, one)
    if form_of is None:
        raise Http404(number)
    form = form_of(request.POST or None, about=one, actor=request.user, scope=writing, today=writing.day)
    way = [*way_of(state, writing), {"label": str(form.verb), "url": ""}]
    return answered(request, form, str(one), reverse("affairs", args=[one.organisation_id]), way)


def _of_branch(request: HttpRequest, form_of: type[PeopleForm], organisation: int) -> HttpResponse:
    """A form about the branch as it stands today."""
    state, writing = mine(request, organisation)
    form = form_of(request.POST or None, about=state, actor=request.user, scope=writing, today=writing.day)
    way = [*way_of(state, writing), {"label": str(form.verb), "url": ""}]
    return answered(request, form, state.name, reverse("affairs", args=[organisation]), way)


def _day(said: str) -> date | None:
    try:
        return parse_date(said)
    except ValueError:
        return None
