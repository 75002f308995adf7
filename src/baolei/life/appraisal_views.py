"""The pages of an appraisal of members: what was decided and who was told; grades to be entered by the committee.

Names with grades are for the branch and the committee directly above it. Whoever else reads the branch's records reads
how many have a grade and were told.
"""

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
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from baolei.life import appraisal_forms as forms
from baolei.life import appraisals, doors
from baolei.life.models import Appraisal, Gathering
from baolei.organisations.doors import Scope, both_scopes, held_by, home_path, itself
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.models import OrganisationState
from baolei.organisations.people_views import in_words
from baolei.organisations.trails import down_to_organisation
from baolei.people.models import Account
from baolei.programme import life as rules
from baolei.programme.refusals import Refusal
from baolei.warehouse.rulebook import life as life_rules
from baolei.warehouse.spreadsheets import Column, Grid


@login_required
@require_safe
def appraisal(request: HttpRequest, gathering: int) -> HttpResponseBase:
    """What the committee decided after a gathering, and who has been told."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    held, state = _held(scope, gathering, today)
    made = appraisals.of_gathering(held)
    sees = doors.sees_grades(scope, state)
    rows = _rows(made) if made and sees else []
    if asked_format(request):
        if made is None or not itself(scope, state):  # grades leave the house with the branch alone
            raise Http404(gathering)
        title = f"{state.name} {_('appraisal of members')} {made.year}"
        return download(request, title, {"grades": _grid(rows)}, [title, today.isoformat()],
                        path=home_path(state))  # fmt: skip
    roll = appraisals.roll(held.organisation, held.on)
    shown = {
        "held": held, "state": state, "made": made, "sees": sees, "rows": rows, "today": today,
        "own": itself(scope, state), "enters": _enters(writing, held, state), "full": len(roll.full),
        "probationary": list(roll.probationary.values()) if sees else [],
        "counts": _counts(made) if made and sees else [], "told": _told(made), "trail": _way(state, scope, held),
    }  # fmt: skip
    return render(request, "life/appraisal.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def enter_appraisal(request: HttpRequest, gathering: int) -> HttpResponse:
    """Enter the committee's opinion, a grade for each full member."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    held, state = _held(writing, gathering, today)
    if not _enters(writing, held, state):
        raise Http404(gathering)
    made, fault = Appraisal.objects.filter(organisation=held.organisation_id, year=held.on.year).first(), ""
    said = forms.read(request.POST) if request.method == "POST" else forms.of(made)
    if request.method == "POST":
        assert isinstance(request.user, Account)
        try:
            appraisals.opine(actor=request.user, now=timezone.now(), gathering=held, grades=said.grades,
                             beyond=said.beyond, why=said.why)  # fmt: skip
        except Refusal as refused:
            fault = in_words(refused)
        else:
            messages.success(request, _("The committee's opinion is on record"))
            return redirect("appraisal", gathering)
    roll = appraisals.roll(held.organisation, held.on)
    way = _way(state, scope, held)
    way[-1]["url"] = reverse("appraisal", args=[gathering])
    shown = {
        "held": held, "state": state, "made": made, "fault": fault, "said": said, "grades": forms.grade_names(),
        "members": [(pk, name, said.grades.get(pk, "")) for pk, name in roll.full.items()],
        "probationary": list(roll.probationary.values()), "most": rules.excellent_most(len(roll.full), life_rules()),
        "trail": [*way, {"label": _("Enter grades"), "url": ""}],
    }  # fmt: skip
    return render(request, "life/enter_appraisal.html", shown, status=422 if fault else 200)


@login_required
@require_POST
def tell_appraised(request: HttpRequest, gathering: int) -> HttpResponse:
    """Note whom was told on a day."""
    today = timezone.localdate()
    _scope, writing = both_scopes(request.user, today, today)
    held, state = _held(writing, gathering, today)
    made = appraisals.of_gathering(held)
    if made is None or not _enters(writing, held, state):
        raise Http404(gathering)
    assert isinstance(request.user, Account)
    members, on = forms.told(request.POST)
    if on is None:
        messages.error(request, forms.day_wanted())
        return redirect("appraisal", gathering)
    try:
        number = appraisals.tell(actor=request.user, now=timezone.now(), appraisal=made, members=members, on=on)
    except Refusal as refused:
        messages.error(request, in_words(refused))
    else:
        messages.success(request, _("Noted: %(number)d were told") % {"number": number})
    return redirect("appraisal", gathering)


def _held(scope: Scope, gathering: int, today: date) -> tuple[Gathering, OrganisationState]:
    """A gathering that held the appraisal, and its branch today. Raises Http404 for any other."""
    one: Gathering | None = doors.gatherings(scope).filter(pk=gathering).first()
    if one is None or not appraisals.is_appraisal(one):
        raise Http404(gathering)
    state: OrganisationState | None = OrganisationState.objects.on(today).filter(
        organisation=one.organisation_id
    ).first()  # fmt: skip
    if state is None:
        raise Http404(gathering)
    return one, state


def _enters(writing: Scope, held: Gathering, state: OrganisationState) -> bool:
    return (not held.struck_on and held_by(writing, held.organisation)
            and doors.sees_grades(writing, state))  # fmt: skip


def _rows(made: Appraisal) -> list[dict[str, Any]]:
    """Members by name, never by grade."""
    called = forms.grade_names()
    found = made.grades.exclude(member=None).order_by("member__name", "member")
    told = found.values_list("member", "member__name", "grade", "took_part", "told")
    return [{"pk": pk, "name": name, "grade": called.get(grade, grade), "took_part": there, "told": on}
            for pk, name, grade, there, on in told]  # fmt: skip


def _counts(made: Appraisal) -> list[tuple[str, int]]:
    return [(name, int(made.counts.get(code, 0))) for code, name in forms.grade_names().items()]


def _told(made: Appraisal | None) -> int:
    return made.grades.exclude(told=None).count() if made else 0


def _grid(rows: list[dict[str, Any]]) -> Grid:
    columns = (Column(_("Member")), Column(_("Grade")), Column(_("Took part")), Column(_("Told on")))
    return Grid(_("Grades"), columns, (
        (row["name"], row["grade"], _("yes") if row["took_part"] else _("no"),
         row["told"].isoformat() if row["told"] else "") for row in rows
    ))  # fmt: skip


def _way(state: OrganisationState, scope: Scope, held: Gathering) -> list[dict[str, str]]:
    life = {"label": _("Organisation life"), "url": reverse("life", args=[state.organisation_id])}
    one = {"label": str(held.on), "url": reverse("gathering", args=[held.pk])}
    return [*down_to_organisation(state, scope), life, one, {"label": _("Appraisal of members"), "url": ""}]
