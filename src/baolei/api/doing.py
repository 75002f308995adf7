"""How something is done by a program: upon what, which acts are open there, what each asks; done once, by its form.

The forms are those of the pages. What is wrong is said by field, and nothing is done.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
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
from baolei.api.reading import FAILURES, Reading, View, caller_of, reading
from baolei.organisations.forms import Day, NodeField
from baolei.organisations.forms_of_people import PeopleForm
from baolei.organisations.people_views import in_words
from baolei.programme.refusals import Refusal

WRITING = {200: shapes.Said, FAILURES | {403, 415}: shapes.Problem}
KEY: dict[str, Any] = {
    "in": "header", "name": HEADER, "required": True, "schema": {"type": "string", "maxLength": 200},
    "description": noop("A new one for each act, the same one when the same act is sent again."),
}  # fmt: skip
LISTS = noop("The acts that are open today, and what each asks: the same as on the pages.")
DOES = noop(
    "Does one of the acts that are open, as its page does. What is wrong is said by field, and nothing is done."
)


@dataclass(frozen=True, slots=True)
class Upon:
    """Something that acts are done upon: what it is called, the acts that are open, how the form of one is made of what
    was said (None: an empty one), and how a form is carried out: what the user is told, None where it is refused.
    """

    name: str
    acts: Collection[str]
    form: Callable[[str, Mapping[str, Any] | None], forms.Form]
    perform: Callable[[Any, datetime], str | None]


Find = Callable[[Reading, int], Upon]
"""What a number means to somebody. Raises Http404 for what is not even read."""


def by_people(read: Reading, about: Any, name: str, acts: Mapping[str, type[PeopleForm]]) -> Upon:
    """Something upon which these forms of people are open, to a token that writes."""
    open_ones = acts if read.caller.token.writes else {}

    def form(act: str, said: Mapping[str, Any] | None) -> PeopleForm:
        return open_ones[act](said, about=about, actor=read.caller.account, scope=read.written, today=read.day)

    return Upon(name, open_ones, form, _performed)


def _performed(form: PeopleForm, now: datetime) -> str | None:
    if not form.is_valid():
        return None
    try:
        return form.perform(now)
    except Refusal as refusal:
        form.add_error(None, in_words(refusal))
        return None


def posting(router: Router, example: Mapping[str, str]) -> Callable[[str, str, str], Callable[[View], View]]:
    """The addresses of a router at which acts are done; `example` is a body."""
    schema = (shapes.Written if "on" in example else shapes.Told).model_json_schema()
    body = {"required": True, "content": {"application/json": {"schema": schema, "example": dict(example)}}}

    def post(path: str, name: str, summary: str) -> Callable[[View], View]:
        return router.post(path, url_name=f"api_{name}", response=WRITING, tags=["acts"], summary=summary,
                           description=DOES, openapi_extra={"parameters": [KEY], "requestBody": body})  # fmt: skip

    return post


# ---- what is open ----


def listed_acts(upon: Upon, address: str, *at: int) -> shapes.Acts:
    """What may be done; `address` and `at` say where each act is sent to."""
    return shapes.Acts(name=upon.name, acts=[
        _act(name, upon.form(name, None), reverse(f"baolei-1:{address}", args=[*at, name])) for name in upon.acts
    ])  # fmt: skip


def _act(name: str, form: Any, address: str) -> shapes.Act:
    asks = [_asked(field, form.fields[field]) for field in form.fields]
    return shapes.Act(act=name, verb=str(form.verb), note=str(form.note), address=address, asks=asks)


def _asked(name: str, field: forms.Field) -> shapes.Asked:
    choices = getattr(field, "choices", ())
    return shapes.Asked(
        name=name, label=str(field.label or ""), help=str(field.help_text), type=_type(field), required=field.required,
        choices=[shapes.Choice(value=str(value), label=str(label)) for value, label in choices if value != ""],
    )  # fmt: skip


def _type(field: forms.Field) -> str:
    if isinstance(field, NodeField):
        return field.offers.removesuffix("s")
    kinds: tuple[tuple[type[Any], str], ...] = (
        (forms.MultipleChoiceField, "choices"), (forms.ChoiceField, "choice"), (forms.BooleanField, "yes-or-no"),
        (forms.IntegerField, "number"),
    )  # fmt: skip
    of = "day" if isinstance(field.widget, Day) else "text"
    return next((word for kind, word in kinds if isinstance(field, kind)), of)


# ---- what is done ----


def done(request: HttpRequest, find: Callable[[Reading], Upon], act: str) -> HttpResponse:
    """Do an act once. Raises Problem, Http404."""
    now, said = timezone.now(), body_of(request) if may_write(request) else {}

    def do() -> str:
        upon = find(reading(request))
        if act not in upon.acts:
            raise Http404(act)
        form = upon.form(act, plain(upon.form(act, None), said))
        told = upon.perform(form, now)
        if told is None:
            raise not_valid(faults(form))
        return told

    return done_once(request, act, now, do)


def may_write(request: HttpRequest) -> bool:
    """That this token writes. Raises Problem for one that only reads."""
    if not caller_of(request).token.writes:
        raise Problem("read-only", _("Make a token that may also write, for a mandate that changes records."))
    return True


def done_once(request: HttpRequest, act: str, now: datetime, do: Callable[[], str]) -> HttpResponse:
    """What `do` tells the user, done at most once for each key of a token. Raises Problem."""
    may_write(request)

    def answer() -> str:
        return shapes.Said(act=act, said=do()).model_dump_json()

    token = caller_of(request).token
    answered = once(token=token, key=key_of(request), digest=digest_of(request), now=now, do=answer)
    response = HttpResponse(answered.body, content_type="application/json; charset=utf-8")
    if answered.before:
        response["Idempotency-Replayed"] = "true"
    return response


def body_of(request: HttpRequest) -> dict[str, Any]:
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


def plain(form: forms.Form, said: Mapping[str, Any]) -> dict[str, Any]:
    """What was said, as a form is told it. Raises Problem naming what the act does not ask, or not in that way."""
    wrong, told = [], {}
    for name, value in said.items():
        field = form.fields.get(name)
        fault = _strange(form) if field is None else _unlike(field, value)
        if fault:
            wrong.append((name, fault))
        elif value is not None:
            told[name] = value if isinstance(value, bool | list) else str(value)
    if wrong:
        raise not_valid(wrong)
    return told


def _strange(form: forms.Form) -> str:
    return _("this act asks for no such thing: it asks for %(asked)s") % {"asked": ", ".join(form.fields)}


def _unlike(field: forms.Field, value: Any) -> str:
    """What is wrong with the kind of a value; '' for nothing."""
    if value is None:
        return ""
    if isinstance(field, forms.MultipleChoiceField):
        several = isinstance(value, list) and all(isinstance(one, str) for one in value)
        return "" if several else _("enter a list of texts")
    if isinstance(field, forms.BooleanField):
        return "" if isinstance(value, bool) else _("enter true or false")
    return _("enter a text or a number") if isinstance(value, bool | dict | list) else ""


def faults(form: forms.Form) -> list[tuple[str, str]]:
    """What a form found wrong, by field."""
    return [("" if name == "__all__" else name, str(wrong)) for name, all_wrong in form.errors.items()
            for wrong in all_wrong]  # fmt: skip
