"""The pages of organisation life: a branch's year, a gathering to be recorded on a phone, one that is on record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from baolei.life import actions, affairs_page, doors, facts, forms
from baolei.life.forms import Read
from baolei.life.models import LONGEST_MINUTES, Gathering
from baolei.organisations.asked import KEY, asked_organisation, asked_year, drawn_key
from baolei.organisations.doors import Scope, both_scopes, held_by, home_path, scope_of, writing_scope
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import OrganisationState, Post
from baolei.organisations.people_views import answered, in_words
from baolei.organisations.trails import down_to_organisation
from baolei.people.models import Account
from baolei.programme import life as rules
from baolei.programme.life import filled_in
from baolei.programme.refusals import Refusal
from baolei.warehouse.rulebook import life as life_rules
from baolei.warehouse.spreadsheets import Column, Grid

PAGE = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One form of a year: its name, its periods with how each stands, how many are held of how many owed so far."""

    name: str
    periods: list[rules.Due]
    standing: list[tuple[str, str, str]]
    done: int
    needed: int


@login_required
@require_safe
def life(request: HttpRequest, organisation: int) -> HttpResponseBase:
    """What a branch owes in a year by the rules, what is on record, and its gatherings, the latest first."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    state = asked_organisation(scope, organisation)
    year = asked_year(request, today)
    lines = _lines(facts.year_of(organisation, year), today)
    found = doors.gatherings(scope).filter(organisation=organisation, on__year=year).order_by("-on", "-pk")
    if asked_format(request):
        title = _("%(name)s: organisation life %(year)d") % {"name": state.name, "year": year}
        grids = {"year": _year_grid(lines), "gatherings": _grid(found.prefetch_related("sessions"))}
        return download(request, title, grids, [title, today.isoformat()], path=home_path(state))
    page = Paginator(found.prefetch_related("sessions"), PAGE).get_page(request.GET.get("page"))
    shown = {
        "state": state, "lines": lines, "year": year, "years": range(today.year, today.year - 3, -1), "page": page,
        "keeps": doors.sees_grades(scope, state),
        "rows": [_row(one) for one in page.object_list], "records": held_by(writing, state.organisation),
        "trail": [*down_to_organisation(state, scope), {"label": _("Organisation life"), "url": ""}],
    }  # fmt: skip
    return render(request, "life/life.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest, organisation: int) -> HttpResponseBase:
    """Record a gathering; without the script the form is sent as any other."""
    today = timezone.localdate()
    state = _mine(request, organisation, today)
    faults: dict[str, str] = {}
    if request.method == "POST":
        told, found = _kept(request, state)
        if found is not None:
            messages.success(request, _("The gathering is recorded"))
            return redirect("life", organisation)
        faults = dict(told)
    scope = scope_of(request.user, today)
    here = {"label": _("Organisation life"), "url": reverse("life", args=[organisation])}
    way = [*down_to_organisation(state, scope), here, {"label": _("Record a gathering"), "url": ""}]
    committee = set(
        Post.objects.on(today).filter(organisation=organisation, committee=True).values_list("holder", flat=True)
    )
    shown = {
        "state": state, "today": today, "faults": faults, "sent": request.POST, "key": drawn_key(request),
        "forms": forms.offered(state.organisation, today).items(), "chosen": request.POST.getlist("form"),
        "members": [(pk, name, pk in committee, request.POST.get(f"absent-{pk}", ""))
                    for pk, name, _votes in actions.invited(state.organisation, today, ())],
        "reasons": forms.reasons(), "parts": forms.parts_of(state.organisation, today), "longest": LONGEST_MINUTES,
        "trail": way,
    }  # fmt: skip
    return render(request, "life/record.html", shown, status=422 if faults else 200)


@login_required
@require_POST
def save(request: HttpRequest, organisation: int) -> HttpResponse:
    """Take the record that a browser kept, once however often it is sent; where it stands now, or what is wrong."""
    told, found = _kept(request, _mine(request, organisation, timezone.localdate()))
    if found is None:
        return JsonResponse({"faults": told})
    return JsonResponse({"url": reverse("gathering", args=[found.pk])})


@login_required
@require_safe
def gathering(request: HttpRequest, gathering: int) -> HttpResponseBase:
    """A gathering on record."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    one = doors.gatherings(scope).filter(pk=gathering).prefetch_related("sessions", "absences__member").first()
    if one is None:
        raise Http404(gathering)
    state = _today(one, today)
    called = dict(forms.reasons())
    absences = [(row.member.name, called.get(row.reason, row.reason)) for row in one.absences.all()]
    if asked_format(request):
        grid = Grid(_("Absent"), (Column(_("Name")), Column(_("Reason"))), iter(sorted(absences)))
        title = f"{state.name} {one.on}"
        return download(request, title, {"absent": grid}, [title, today.isoformat()], path=home_path(state))
    shown = {
        "one": one, "row": _row(one), "state": state, "absences": sorted(absences), "topics": _topics(one),
        "appraisal": any(session.form == rules.APPRAISAL for session in one.sessions.all()),
        "follow": affairs_page.follow_up(one, today),
        "records": held_by(writing, one.organisation) and not one.struck_on, "trail": _way(state, scope, one),
    }  # fmt: skip
    return render(request, "life/gathering.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def strike(request: HttpRequest, gathering: int) -> HttpResponse:
    """Strike a record that was made in error."""
    today = timezone.localdate()
    writing = writing_scope(request.user, today)
    one = doors.gatherings(writing).filter(pk=gathering, struck_on=None).first()
    if one is None or not held_by(writing, one.organisation):
        raise Http404(gathering)
    state = _today(one, today)
    form = forms.Strike(request.POST or None, about=one, actor=request.user, scope=writing, today=today)
    way = [*_way(state, writing, one)[:-1], {"label": str(one.on), "url": reverse("gathering", args=[one.pk])},
           {"label": str(form.verb), "url": ""}]  # fmt: skip
    return answered(request, form, f"{state.name} {one.on}", reverse("gathering", args=[one.pk]), way)


def _kept(request: HttpRequest, state: OrganisationState) -> tuple[dict[str, str], Gathering | None]:
    """The gathering that was sent, on record now; or what is wrong with it."""
    assert isinstance(request.user, Account)
    key = request.POST.get("key", "")
    there: Gathering | None = Gathering.objects.filter(key=key, organisation=state.organisation).first()
    if there is not None:
        return {}, there
    read: Read = forms.read(request.POST)
    if not KEY.fullmatch(key):
        return {"": _("This page is out of date: open it anew. What you typed is kept in this browser.")}, None
    if read.held is None:
        return dict(read.faults), None
    try:
        made = actions.record_gathering(
            actor=request.user, now=timezone.now(), organisation=state.organisation, key=key, held=read.held
        )
    except Refusal as refused:
        return {"": in_words(refused)}, None
    return {}, made


def _today(one: Gathering, today: date) -> OrganisationState:
    """The branch of a gathering as it stands today. Raises Http404 where it is no more."""
    state: OrganisationState | None = (
        OrganisationState.objects.on(today).filter(organisation=one.organisation_id).first()
    )
    if state is None:
        raise Http404(one.pk)
    return state


def _mine(request: HttpRequest, organisation: int, today: date) -> OrganisationState:
    """The branch one records for. Raises Http404 for any other."""
    writing = writing_scope(request.user, today)
    state = asked_organisation(writing, organisation)
    if not held_by(writing, state.organisation):
        raise Http404(organisation)
    return state


def _lines(plan: dict[str, tuple[rules.Due, ...]], today: date) -> list[Line]:
    names = forms.form_names(today)
    return [
        Line(names[form], list(due), [_said(one, today) for one in due], *rules.fact(due, today))
        for form, due in plan.items()
    ]


def _said(one: rules.Due, today: date) -> tuple[str, str, str]:
    """A period: its months, how it stands, and that in words."""
    months = str(one.first.month) if one.first.month == one.last.month else f"{one.first.month}–{one.last.month}"
    standing = one.standing(today)
    count = f" {one.done}/{one.needed}" if one.needed > 1 else ""
    words = {rules.HELD: _("on record"), rules.OPEN: _("the time runs"), rules.NONE: _("nothing on record"),
             rules.COMING: _("to come")}[standing]  # fmt: skip
    return months, standing, words + count


def _row(one: Gathering) -> dict[str, Any]:
    names = forms.form_names(one.on)
    sessions = sorted(one.sessions.all(), key=lambda session: rules.FORMS.index(session.form))
    return {
        "one": one, "kinds": [names[session.form] for session in sessions],
        "short": [names[session.form] for session in sessions if not session.quorate],
        "late": filled_in(one.on, one.entered, life_rules()),
    }  # fmt: skip


def _topics(one: Gathering) -> list[tuple[str, str]]:
    language, called = get_language() or "", life_rules().topics
    return [(called[item["topic"]].say(language), item["words"]) for item in one.agenda]


def _year_grid(lines: Iterable[Line]) -> Grid:
    columns = (Column(_("Kind of gathering")), Column(_("Months")), Column(_("Standing")), Column(_("held"), "whole"),
               Column(_("owed"), "whole"))  # fmt: skip
    return Grid(_("The year"), columns, (
        (line.name, months, words, due.done, due.needed)
        for line in lines for due, (months, _code, words) in zip(line.periods, line.standing, strict=True)
    ))  # fmt: skip


def _grid(found: Any) -> Grid:
    columns = (Column(_("Held on")), Column(_("Entered on")), Column(_("Kind of gathering")),
               Column(_("Should attend"), "whole"), Column(_("Present"), "whole"), Column(_("Opened with study")),
               Column(_("Decisions")), Column(_("Struck on")))  # fmt: skip
    return Grid(_("Gatherings"), columns, (
        (one.on.isoformat(), one.entered.isoformat(), "、".join(_row(one)["kinds"]), one.should_attend, one.present,
         _("yes") if one.study else "", "；".join(one.decisions), one.struck_on.isoformat() if one.struck_on else "")
        for one in found.iterator(chunk_size=500)
    ))  # fmt: skip


def _way(state: OrganisationState, scope: Scope, one: Gathering) -> list[dict[str, str]]:
    here = {"label": _("Organisation life"), "url": reverse("life", args=[state.organisation_id])}
    return [*down_to_organisation(state, scope), here, {"label": str(one.on), "url": ""}]
