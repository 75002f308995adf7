"""The page of conditions: the superior says of each gate whether it is met, and enters vetoes, bonuses, deductions."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from baolei.declarations import conditions as listing
from baolei.declarations import doors
from baolei.declarations.forms import EnterEvent, SayGates
from baolei.declarations.models import Declaration
from baolei.declarations.views import declared, way_to
from baolei.declarations.views import rows as branches
from baolei.organisations.doors import Scope, both_scopes
from baolei.organisations.downloads import asked_format, download
from baolei.organisations.forms_of_people import PeopleForm
from baolei.organisations.people_views import in_words
from baolei.programme import declaration as rules
from baolei.programme.refusals import Refusal


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def conditions(request: HttpRequest, declaration: int) -> HttpResponseBase:
    """Where every condition stands, for all who see the declaration; entered by whoever answers for it from above."""
    today = timezone.localdate()
    scope, writing = both_scopes(request.user, today, today)
    mine = declared(scope, declaration)
    enters = doors.answers_for(writing, mine) and not mine.round.ended_at and not rules.STATES.state(mine.state).final
    if request.method == "POST" and not enters:
        raise Http404(declaration)
    gates, event = _forms(request, mine, writing, today)
    sent = next((form for form in (gates, event) if form.is_bound), None)
    if sent is not None and sent.is_valid() and _done(request, sent):
        return redirect("conditions", mine.pk)
    branch, listed = branches([mine])[0], listing.rows(mine)
    if asked_format(request):
        title = f"{branch.name} {_('Conditions')}"
        return download(request, title, {"conditions": listing.grid(listed)}, [title, today.isoformat()],
                        path=mine.path)  # fmt: skip
    shown = {"branch": branch, "rows": listed, "enters": enters, "gates": gates, "event": event,
             "trail": [*way_to(branch, last=False), {"label": _("Conditions"), "url": ""}],
             "back": reverse("declaration", args=[mine.pk])}  # fmt: skip
    return render(request, "declarations/conditions.html", shown, status=422 if sent else 200)


def _forms(request: HttpRequest, mine: Declaration, writing: Scope, today: date) -> tuple[PeopleForm, PeopleForm]:
    """The form of the gates and that of everything else; what was sent belongs to one of them."""
    sent, of_event = request.POST or None, f"{EnterEvent.PREFIX}-condition" in request.POST
    given: dict[str, Any] = {"about": mine, "actor": request.user, "scope": writing, "today": today}
    return (
        SayGates(None if of_event else sent, **given),
        EnterEvent(sent if of_event else None, prefix=EnterEvent.PREFIX, **given),
    )


def _done(request: HttpRequest, form: PeopleForm) -> bool:
    """Do what a form says; where that is refused, the form says why."""
    try:
        messages.success(request, form.perform(timezone.now()))
    except Refusal as refusal:
        form.add_error(None, in_words(refusal))
        return False
    return True
