"""What programs write: the acts of the pages, asked by the same forms and done by the same functions."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from ninja import Router

from baolei.api import shapes
from baolei.api.once import HEADER, digest_of, key_of, once
from baolei.api.problems import Problem, not_valid
from baolei.api.reading import Reading, caller_of, reading
from baolei.api.reads import FAILURES, View, get
from baolei.organisations import acting
from baolei.organisations.acting import Target, form_of, performed
from baolei.organisations.doors import Scope
from baolei.organisations.forms import ActForm, Day, NodeField

router = Router()
Find = Callable[[Scope, int], Target | None]
WRITING = {200: shapes.Said, FAILURES | {403, 415}: shapes.Problem}
BODY: dict[str, Any] = {
    "parameters": [{"in": "header", "name": HEADER, "required": True, "schema": {"type": "string", "maxLength": 200},
                    "description": noop("A new one for each act, the same one when the same act is sent again.")}],
    "requestBody": {"required": True, "content": {"application/json": {
        "schema": shapes.Written.model_json_schema(),
        "example": {"on": "2026-11-24", "why": "组通字〔2026〕8号", "name": "红旗村党支部"},
    }}},
}  # fmt: skip
LISTS = noop("The acts that are open today, and what each asks: the same as on the pages.")
DOES = noop(
    "Does one of the acts that are open, as its page does. What is wrong is said by field, and nothing is done."
)


def post(path: str, name: str, summary: str) -> Callable[[View], View]:
    """An address that is written to."""
    return router.post(path, url_name=f"api_{name}", response=WRITING, tags=["acts"], summary=summary, description=DOES,
                       openapi_extra=BODY)  # fmt: skip


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
    return _acts(reading(request), acting.organisation_target, organisation, "api_act_on_organisation")


@post(
    "/organisations/{int:organisation}/acts/{slug:act}",
    "act_on_organisation",
    noop("Do something with an organisation"),
)
def act_on_organisation(request: HttpRequest, organisation: int, act: str) -> HttpResponse:
    """Do it."""
    return _do(request, acting.organisation_target, organisation, act)


@get("/units/{int:unit}/acts", "acts_on_unit", shapes.Acts, "acts", noop("What may be done with a unit"), LISTS)
def acts_on_unit(request: HttpRequest, unit: int) -> shapes.Acts:
    """What may be done."""
    return _acts(reading(request), acting.unit_target, unit, "api_act_on_unit")


@post("/units/{int:unit}/acts/{slug:act}", "act_on_unit", noop("Do something with a unit"))
def act_on_unit(request: HttpRequest, unit: int, act: str) -> HttpResponse:
    """Do it."""
    return _do(request, acting.unit_target, unit, act)


@get("/members/{int:member}/acts", "acts_on_member", shapes.Acts, "acts", noop("What may be done with a member"), LISTS)
def acts_on_member(request: HttpRequest, member: int) -> shapes.Acts:
    """What may be done."""
    return _acts(reading(request), acting.member_target, member, "api_act_on_member")


@post("/members/{int:member}/acts/{slug:act}", "act_on_member", noop("Do something with a member"))
def act_on_member(request: HttpRequest, member: int, act: str) -> HttpResponse:
    """Do it."""
    return _do(request, acting.member_target, member, act)


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
    return _acts(reading(request), acting.transfer_target, transfer, "api_act_on_transfer")


@post("/transfers/{int:transfer}/acts/{slug:act}", "act_on_transfer", noop("Take the next step of a transfer"))
def act_on_transfer(request: HttpRequest, transfer: int, act: str) -> HttpResponse:
    """Do it."""
    return _do(request, acting.transfer_target, transfer, act)


def _acts(read: Reading, find: Find, pk: int, address: str) -> shapes.Acts:
    """What may be done with something; nothing with what is only read. Raises Http404 for what is not even that."""
    target = find(read.written, pk)
    if target is None and (seen := find(read.scope, pk)):
        target = Target(seen.about, seen.name, {})
    if target is None:
        raise Http404(pk)
    return shapes.Acts(name=target.name, acts=[
        _act(name, form_of(target, name, read.written, read.day, None), reverse(f"baolei-1:{address}", args=[pk, name]))
        for name in target.acts
    ])  # fmt: skip


def _act(name: str, form: ActForm, address: str) -> shapes.Act:
    asks = [_asked(field, form.fields[field]) for field in form.fields]
    return shapes.Act(act=name, verb=str(form.verb), note=str(form.note), address=address, asks=asks)


def _asked(name: str, field: forms.Field) -> shapes.Asked:
    choices = getattr(field, "choices", ())
    return shapes.Asked(
        name=name, label=str(field.label), help=str(field.help_text), type=_type(field), required=field.required,
        choices=[shapes.Choice(value=str(value), label=str(label)) for value, label in choices if value != ""],
    )  # fmt: skip


def _type(field: forms.Field) -> str:
    if isinstance(field, NodeField):
        return field.offers.removesuffix("s")
    kinds: tuple[tuple[type[Any], str], ...] = (
        (forms.ChoiceField, "choice"), (forms.BooleanField, "yes-or-no"), (forms.IntegerField, "number"),
    )  # fmt: skip
    of = "day" if isinstance(field.widget, Day) else "text"
    return next((word for kind, word in kinds if isinstance(field, kind)), of)


def _do(request: HttpRequest, find: Find, pk: int, act: str) -> HttpResponse:
    """Do an act once. Raises Problem, Http404."""
    caller, now = caller_of(request), timezone.now()
    if not caller.token.writes:
        raise Problem("read-only", _("Make a token that may also write, for a mandate that changes records."))
    key, said = key_of(request), _json(request)

    def do() -> str:
        read = reading(request)
        target = find(read.written, pk)
        if target is None:
            raise Http404(act)
        blank = form_of(target, act, read.written, read.day, None)
        form = form_of(target, act, read.written, read.day, _plain(blank, said))
        told = performed(form, caller.account, now)
        if told is None:
            raise not_valid(_faults(form))
        return shapes.Said(act=act, said=told).model_dump_json()

    answered = once(token=caller.token, key=key, digest=digest_of(request), now=now, do=do)
    response = HttpResponse(answered.body, content_type="application/json; charset=utf-8")
    if answered.before:
        response["Idempotency-Replayed"] = "true"
    return response


def _json(request: HttpRequest) -> dict[str, Any]:
    """The body. Raises Problem for anything but an object of JSON."""
    if request.content_type != "application/json":
        raise Problem("not-json", _("Send an object of JSON, with the header Content-Type: application/json."))
    try:
        said = json.loads(request.body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise Problem("not-understood", _("The body is to be one object of JSON, in UTF-8."))
    return said


def _plain(form: ActForm, said: Mapping[str, Any]) -> dict[str, Any]:
    """What was said, as a form is told it. Raises Problem naming what the act does not ask, or not in that way."""
    faults, plain = [], {}
    for name, value in said.items():
        field = form.fields.get(name)
        if field is None:
            faults.append((name, _("this act asks for no such thing: it asks for %(asked)s")
                           % {"asked": ", ".join(form.fields)}))  # fmt: skip
        elif isinstance(field, forms.BooleanField) != isinstance(value, bool) and value is not None:
            right = _("enter true or false") if isinstance(field, forms.BooleanField) else _("enter a text or a number")
            faults.append((name, right))
        elif isinstance(value, dict | list):
            faults.append((name, _("enter a text or a number")))
        elif value is not None:
            plain[name] = value if isinstance(value, bool) else str(value)
    if faults:
        raise not_valid(faults)
    return plain


def _faults(form: ActForm) -> list[tuple[str, str]]:
    """What a form found wrong, by field."""
    return [("" if name == "__all__" else name, str(wrong)) for name, all_wrong in form.errors.items()
            for wrong in all_wrong]  # fmt: skip
