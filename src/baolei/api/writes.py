"""What programs write to the house: the acts of the pages, asked by the same forms and done by the same functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as noop
from ninja import Router

from baolei.api import shapes
from baolei.api.doing import LISTS, Find, Upon, done, listed_acts, posting
from baolei.api.reading import Reading, getting, reading
from baolei.organisations import acting
from baolei.organisations.acting import Target, form_of, performed
from baolei.organisations.doors import Scope

router = Router()
get = getting(router)
post = posting(router, {"on": "2026-11-24", "why": "组通字〔2026〕8号", "name": "红旗村党支部"})


def _found(target_of: Callable[[Scope, int], Target | None]) -> Find:
    """What is found by one of the four functions of the pages; upon what is only read nothing is open."""

    def find(read: Reading, pk: int) -> Upon:
        target = target_of(read.written, pk)
        if target is None and (seen := target_of(read.scope, pk)):
            target = Target(seen.about, seen.name, {})
        if target is None:
            raise Http404(pk)
        return _upon(target, read)

    return find


def _upon(target: Target, read: Reading) -> Upon:
    def form(act: str, said: Mapping[str, Any] | None) -> forms.Form:
        return form_of(target, act, read.written, read.day, said)

    def perform(filled: Any, now: datetime) -> str | None:
        return performed(filled, read.caller.account, now)

    return Upon(target.name, target.acts, form, perform)


organisation_target, unit_target = _found(acting.organisation_target), _found(acting.unit_target)
member_target, transfer_target = _found(acting.member_target), _found(acting.transfer_target)


@get(
    "/organisations/{int:organisation}/acts",
    "acts_on_organisation",
    shapes.Acts,
    "acts",
    noop("What may be done with an organisation"),
    LISTS,
)
def acts_on_organisation(request: HttpRequest, organisation: int) -> shapes.Acts:
    """What may be done."""
    return listed_acts(organisation_target(reading(request), organisation), "api_act_on_organisation", organisation)


@post(
    "/organisations/{int:organisation}/acts/{slug:act}",
    "act_on_organisation",
    noop("Do something with an organisation"),
)
def act_on_organisation(request: HttpRequest, organisation: int, act: str) -> HttpResponse:
    """Do it."""
    return done(request, lambda read: organisation_target(read, organisation), act)


@get("/units/{int:unit}/acts", "acts_on_unit", shapes.Acts, "acts", noop("What may be done with a unit"), LISTS)
def acts_on_unit(request: HttpRequest, unit: int) -> shapes.Acts:
    """What may be done."""
    return listed_acts(unit_target(reading(request), unit), "api_act_on_unit", unit)


@post("/units/{int:unit}/acts/{slug:act}", "act_on_unit", noop("Do something with a unit"))
def act_on_unit(request: HttpRequest, unit: int, act: str) -> HttpResponse:
    """Do it."""
    return done(request, lambda read: unit_target(read, unit), act)


@get("/members/{int:member}/acts", "acts_on_member", shapes.Acts, "acts", noop("What may be done with a member"), LISTS)
def acts_on_member(request: HttpRequest, member: int) -> shapes.Acts:
    """What may be done."""
    return listed_acts(member_target(reading(request), member), "api_act_on_member", member)


@post("/members/{int:member}/acts/{slug:act}", "act_on_member", noop("Do something with a member"))
def act_on_member(request: HttpRequest, member: int, act: str) -> HttpResponse:
    """Do it."""
    return done(request, lambda read: member_target(read, member), act)


@get(
    "/transfers/{int:transfer}/acts",
    "acts_on_transfer",
    shapes.Acts,
    "acts",
    noop("The next steps of a transfer"),
    LISTS,
)
def acts_on_transfer(request: HttpRequest, transfer: int) -> shapes.Acts:
    """What may be done."""
    return listed_acts(transfer_target(reading(request), transfer), "api_act_on_transfer", transfer)


@post("/transfers/{int:transfer}/acts/{slug:act}", "act_on_transfer", noop("Take the next step of a transfer"))
def act_on_transfer(request: HttpRequest, transfer: int, act: str) -> HttpResponse:
    """Do it."""
    return done(request, lambda read: transfer_target(read, transfer), act)
