"""The pages on which something is done: with an organisation, a unit, a member, a transfer. One form each.

What may be done follows from the mandate: at the node itself or above it, and for what changes the tree only above it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
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


@dataclass(frozen=True, slots=True)
class Target:
    """What something may be done with: what forms are told of it, what it is called, and the acts that are open."""

    about: Any
    name: str
    acts: Mapping[str, type[ActForm]]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_organisation(request: HttpRequest, organisation: int, act: str) -> HttpResponse:
    """Do something with a Party organisation."""
    scope = writing_scope(request.user, timezone.localdate())
    target = organisation_target(scope, organisation)
    trail = [*down_to_organisation(target.about, scope)] if target else []
    return _page(request, target, act, scope, reverse("organisation", args=[organisation]), trail)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_unit(request: HttpRequest, unit: int, act: str) -> HttpResponse:
    """Do something with an administrative unit."""
    scope = writing_scope(request.user, timezone.localdate())
    target = unit_target(scope, unit)
    trail = [*down_to_unit(target.about, scope)] if target else []
    return _page(request, target, act, scope, reverse("tree_unit", args=[unit]), trail)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_member(request: HttpRequest, member: int, act: str) -> HttpResponse:
    """Do something with a member."""
    scope = writing_scope(request.user, timezone.localdate())
    target, back = member_target(scope, member), reverse("member", args=[member])
    trail = []
    if target:
        state = doors.organisations(scope).get(organisation=target.about.organisation_id)
        trail = [*down_to_organisation(state, scope), {"label": target.name, "url": back}]
    return _page(request, target, act, scope, back, trail)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_transfer(request: HttpRequest, transfer: int, act: str) -> HttpResponse:
    """Take the next step of a transfer: each side its own."""
    scope = writing_scope(request.user, timezone.localdate())
    target, back = transfer_target(scope, transfer), reverse("transfer", args=[transfer])
    name = target.name if target else ""
    trail = [{"label": _("Transfers"), "url": reverse("transfers")}, {"label": name, "url": back}]
    return _page(request, target, act, scope, back, trail)


@login_required
@require_safe
def offered(request: HttpRequest, kind: str) -> HttpResponse:
    """The units or organisations of one's own that begin with what was typed, as options of a field."""
    scope = scope_of(request.user, timezone.localdate())
    typed = str(next(iter(request.GET.values()), ""))[:50].strip()
    found: Any = doors.units(scope) if kind == "units" else doors.organisations(scope)
    rows = found.filter(name__contains=typed).order_by("path")[:OFFERED] if typed else []
    return render(request, "organisations/_offered.html", {"rows": rows})


def organisation_target(scope: Scope, organisation: int) -> Target | None:
    """An organisation that may be written in this scope, with its acts; None for any other."""
    state = doors.organisations(scope).filter(organisation=organisation).first()
    return Target(state, state.name, acts_on_organisation(scope, state)) if state else None


def unit_target(scope: Scope, unit: int) -> Target | None:
    """The same of a unit."""
    state = doors.units(scope).filter(unit=unit).first()
    return Target(state, state.name, acts_on_unit(scope, state)) if state else None


def member_target(scope: Scope, member: int) -> Target | None:
    """The same of a member; `about` is the membership of today."""
    belongs = doors.memberships(scope).filter(member=member).select_related("member").first()
    return Target(belongs, belongs.member.name, OF_MEMBER) if belongs else None


def transfer_target(scope: Scope, transfer: int) -> Target | None:
    """The same of a transfer; its acts are the steps that come next on one's own side."""
    found = doors.transfers(scope).filter(pk=transfer).select_related("member").first()
    return Target(found, found.member.name, steps_of(scope, found)) if found else None


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


def form_of(target: Target, act: str, scope: Scope, today: date, said: Mapping[str, Any] | None) -> ActForm:
    """The form of an act upon a target, filled with what was said. Raises Http404 for an act that is not open."""
    if act not in target.acts:
        raise Http404(act)
    return target.acts[act](said, about=target.about, scope=scope, rules=setup_rules(today), today=today)


def performed(form: ActForm, actor: Account | None, now: datetime) -> str | None:
    """Do what a form asks; what the user is told. None where it is refused, and the form then says why."""
    if not form.is_valid():
        return None
    on, why = form.cleaned_data["on"], form.cleaned_data["why"]
    try:
        return form.perform(Act(actor=actor, now=now, on=on, why=why, rules=setup_rules(on)))
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return None


def _page(
    request: HttpRequest, target: Target | None, act: str, scope: Scope, back: str, trail: list[Any]
) -> HttpResponse:
    """The page of an act. Raises Http404 where the target or the act is not open."""
    if target is None:
        raise Http404(act)
    form = form_of(target, act, scope, timezone.localdate(), request.POST or None)
    if request.method == "POST":
        said = performed(form, actor_of(request), timezone.now())
        if said is not None:
            messages.success(request, said)
            return redirect(back)
    shown = {"form": form, "name": target.name, "back": back, "trail": [*trail, {"label": form.verb, "url": ""}]}
    return render(request, "organisations/act.html", shown, status=422 if form.is_bound else 200)


def act_of(request: HttpRequest, on: date, why: str) -> Act:
    """The act of whoever is logged in, from a day on."""
    return Act(actor=actor_of(request), now=timezone.now(), on=on, why=why, rules=setup_rules(on))


def actor_of(request: HttpRequest) -> Account | None:
    """Who is logged in."""
    return request.user if isinstance(request.user, Account) else None
