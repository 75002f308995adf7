"""The pages on which something is done: with an organisation, a unit, a member, a transfer. One form each.

What may be done follows from the mandate: at the node itself or above it, and for what changes the tree only above it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from baolei.organisations import doors
from baolei.organisations.acts import Act
from baolei.organisations.doors import Scope, scope_of, writing_scope
from baolei.organisations.forms import OF_ORGANISATION, ActForm
from baolei.organisations.forms_of_members import OF_MEMBER, OF_TRANSFER
from baolei.organisations.forms_of_units import OF_UNIT
from baolei.organisations.models import OrganisationState, Transfer, UnitState
from baolei.organisations.trails import down_to_organisation, down_to_unit
from baolei.people.models import Account
from baolei.programme.refusals import Refusal
from baolei.warehouse.rulebook import setup_rules

OFFERED = 20
"""So many nodes are offered while one types."""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_organisation(request: HttpRequest, organisation: int, act: str) -> HttpResponse:
    """Do something with a Party organisation."""
    scope = writing_scope(request.user, timezone.localdate())
    state = doors.organisations(scope).filter(organisation=organisation).first()
    if state is None or act not in acts_on_organisation(scope, state):
        raise Http404(act)
    back = reverse("organisation", args=[organisation])
    trail = [*down_to_organisation(state, scope), {"label": OF_ORGANISATION[act].verb, "url": ""}]
    return _page(request, OF_ORGANISATION[act], state, scope, state.name, back, trail)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_unit(request: HttpRequest, unit: int, act: str) -> HttpResponse:
    """Do something with an administrative unit."""
    scope = writing_scope(request.user, timezone.localdate())
    state = doors.units(scope).filter(unit=unit).first()
    if state is None or act not in acts_on_unit(scope, state):
        raise Http404(act)
    back = reverse("tree_unit", args=[unit])
    trail = [*down_to_unit(state, scope), {"label": OF_UNIT[act].verb, "url": ""}]
    return _page(request, OF_UNIT[act], state, scope, state.name, back, trail)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_member(request: HttpRequest, member: int, act: str) -> HttpResponse:
    """Do something with a member."""
    scope = writing_scope(request.user, timezone.localdate())
    belongs = doors.memberships(scope).filter(member=member).select_related("member").first()
    if belongs is None or act not in OF_MEMBER:
        raise Http404(act)
    state = doors.organisations(scope).get(organisation=belongs.organisation_id)
    back = reverse("member", args=[member])
    trail = [*down_to_organisation(state, scope), {"label": belongs.member.name, "url": back},
             {"label": OF_MEMBER[act].verb, "url": ""}]  # fmt: skip
    return _page(request, OF_MEMBER[act], belongs, scope, belongs.member.name, back, trail)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_transfer(request: HttpRequest, transfer: int, act: str) -> HttpResponse:
    """Take the next step of a transfer: each side its own."""
    scope = writing_scope(request.user, timezone.localdate())
    found = doors.transfers(scope).filter(pk=transfer).select_related("member").first()
    if found is None or act not in steps_of(scope, found):
        raise Http404(act)
    back = reverse("transfer", args=[transfer])
    trail = [{"label": _("Transfers"), "url": reverse("transfers")}, {"label": found.member.name, "url": back},
             {"label": OF_TRANSFER[act].verb, "url": ""}]  # fmt: skip
    return _page(request, OF_TRANSFER[act], found, scope, found.member.name, back, trail)


@login_required
@require_safe
def offered(request: HttpRequest, kind: str) -> HttpResponse:
    """The units or organisations of one's own that begin with what was typed, as options of a field."""
    scope = scope_of(request.user, timezone.localdate())
    typed = str(next(iter(request.GET.values()), ""))[:50].strip()
    found: Any = doors.units(scope) if kind == "units" else doors.organisations(scope)
    rows = found.filter(name__contains=typed).order_by("path")[:OFFERED] if typed else []
    return render(request, "organisations/_offered.html", {"rows": rows})


def acts_on_organisation(scope: Scope, state: OrganisationState) -> dict[str, type[ActForm]]:
    """What may be done with an organisation by whoever may write in this scope, by its name in the address."""
    above = doors.above(scope, state)
    return {name: form for name, form in OF_ORGANISATION.items() if above or not form.from_above}


def acts_on_unit(scope: Scope, state: UnitState) -> dict[str, type[ActForm]]:
    """What may be done with a unit by whoever may write in this scope."""
    return OF_UNIT if doors.above_unit(scope, state) else {}


def steps_of(scope: Scope, transfer: Transfer) -> dict[str, type[ActForm]]:
    """The steps of a transfer that come next, on the side that this scope holds."""
    sides = {
        "send": ({Transfer.REQUESTED}, transfer.source_id),
        "receive": ({Transfer.SENT}, transfer.to_id or transfer.source_id),
        "receipt": ({Transfer.RECEIVED}, transfer.source_id),
        "end": (set(Transfer.UNDER_WAY), transfer.source_id),
    }
    next_ones = {name: side for name, (states, side) in sides.items() if transfer.state in states}
    mine = set(
        doors.organisations(scope).filter(organisation__in=next_ones.values()).values_list("organisation", flat=True)
    )
    return {name: OF_TRANSFER[name] for name, side in next_ones.items() if side in mine}


def _page(
    request: HttpRequest, form_of: type[ActForm], about: Any, scope: Scope, name: str, back: str, trail: list[Any]
) -> HttpResponse:
    today = timezone.localdate()
    given = {"about": about, "scope": scope, "rules": setup_rules(today), "today": today}
    form = form_of(request.POST or None, **given)
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, form.perform(act_of(request, form.cleaned_data["on"], form.cleaned_data["why"])))
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(back)
    status = 422 if form.is_bound else 200
    return render(request, "organisations/act.html", {"form": form, "name": name, "back": back, "trail": trail},
                  status=status)  # fmt: skip


def act_of(request: HttpRequest, on: date, why: str) -> Act:
    """The act of whoever is logged in, from a day on."""
    actor = request.user if isinstance(request.user, Account) else None
    return Act(actor=actor, now=timezone.now(), on=on, why=why, rules=setup_rules(on))
