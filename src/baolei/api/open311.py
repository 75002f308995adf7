"""Open311 GeoReport v2: the matters of residents to other systems' clients, as the specification says it.

Services and how to begin are open to everybody. What is reported or read needs a key, which is one of the house's own
tokens: it reports and reads where its mandate does. The token of a report is the asker's receipt.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from baolei.api import open311_matters as told
from baolei.api.open311_answers import FORMS, Failed, failure, said
from baolei.api.open311_asked import MOST, asked, caller, given, known_services, several
from baolei.api.open311_report import reported
from baolei.api.reading import Reading, put_on_record
from baolei.matters import actions, doors
from baolei.matters.models import Matter
from baolei.organisations.doors import Scope
from baolei.programme.refusals import Refusal
from baolei.warehouse.rulebook import matters as matter_rules

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
Does = Callable[..., Any]


def answers(root: str, *methods: str) -> Callable[[Does], Callable[..., HttpResponse]]:
    """A view that answers what a function says, or how it failed, in the form of its address.

    Cookies are taken off before it (`for_programs`), so that nobody's log-in can be used here by another site.
    """

    def decorate(does: Does) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @require_http_methods(["GET", "HEAD", *methods])
        @wraps(does)
        def view(request: HttpRequest, form: str, **at: str) -> HttpResponse:
            try:
                return said(root, does(request, **at), form)
            except Failed as failed:
                return failure(failed.status, failed.descriptions, form)

        return view

    return decorate


@answers("discovery")
def discovery(request: HttpRequest) -> dict[str, Any]:
    """Where the endpoint is, which forms it speaks, how one comes by a key."""
    changed = timezone.make_aware(datetime.combine(matter_rules().since, time())).isoformat()
    url = request.build_absolute_uri(reverse("open311_services_json")).removesuffix("/services.json")
    key = request.build_absolute_uri(reverse("tokens"))
    endpoint = {
        "specification": SPECIFICATION, "url": url, "changeset": changed,
        "type": "test" if settings.BAOLEI_DEMO else "production",
        "formats": [kind.partition(";")[0] for kind in FORMS.values()],
    }  # fmt: skip
    return {
        "changeset": changed, "contact": _("Ask the office that runs this installation."),
        "key_service": _("A person makes a key, for one mandate, under %(address)s") % {"address": key},
        "endpoints": [endpoint],
    }  # fmt: skip


@answers("services")
def services(request: HttpRequest) -> list[dict[str, Any]]:
    """The kinds of matters."""
    return told.services()


@answers("service_definition")
def service(request: HttpRequest, code: str) -> dict[str, Any]:
    """What a report of a kind may say. Raises Failed for a kind that is none."""
    known_services((code,))
    return told.definition(code)


@answers("service_requests")
def token(request: HttpRequest, token: str) -> list[dict[str, Any]]:
    """The request of a receipt, to whoever holds it. Raises Failed for one that is none, or was removed."""
    try:
        matter = actions.of_receipt(token)
    except Refusal as refusal:
        raise Failed(404, _("token was not found: see that every sign is as it was given")) from refusal
    return [{"service_request_id": told.name_of(matter.pk), "token": token}]


@answers("service_requests", "POST")
def requests(request: HttpRequest) -> list[dict[str, Any]]:
    """Report a matter, or read those of the key's part of the tree. Raises Failed."""
    now = timezone.now()
    if request.method == "POST":
        return reported(request, now)
    read = _reading(request)
    named = several(request.GET, "service_request_id")
    if named:
        found = _of(read).filter(pk__in=told.numbers_of(named[:MOST])).order_by("-pk")
        return _listed(request, read, list(found), more=False)
    ask = asked(request.GET, now)
    found = _of(read).filter(at__range=(ask.start, ask.end))
    if ask.services:
        found = found.filter(kind__in=ask.services)
    if len(ask.statuses) == 1:
        found = found.filter(told.standing(ask.statuses[0]))
    first = (ask.page - 1) * ask.size
    rows = list(found.order_by("-pk")[first : first + ask.size + 1])
    return _listed(request, read, rows[: ask.size], more=len(rows) > ask.size)


@answers("service_requests")
def one_request(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    """One request. Raises Failed for what lies outside the key's mandate, as if it were not."""
    read = _reading(request)
    found = list(_of(read).filter(pk__in=told.numbers_of([number])))
    if not found:
        raise Failed(404, _("service_request_id was not found: it may lie outside the mandate of this key"))
    return told.requests(found, read.day)


def _reading(request: HttpRequest) -> Reading:
    """Whose key reads, and the part of the tree whose matters its mandate opens. Raises Failed."""
    who = caller(request)
    return Reading(who, who.today, doors.scope(who.account, who.today), Scope(who.today))


def _of(read: Reading) -> Any:
    """Its matters, without what is told to nobody."""
    return doors.matters(read.scope).select_related("grid", "landmark").defer("words", "contact", "key", "code")


def _listed(request: HttpRequest, read: Reading, rows: list[Matter], *, more: bool) -> list[dict[str, Any]]:
    """Matters as requests; that the list was taken is put on record once a day, whatever days it was asked for."""
    if rows and given(request.GET, "page") in ("", "1"):
        filters = {name: value for name in ("service_code", "status") if (value := given(request.GET, name))}
        put_on_record(read, request.path, filters, len(rows), more=more, path="")
    return told.requests(rows, read.day)


def _in_each_form(route: str, view: Callable[..., HttpResponse], name: str) -> list[URLPattern]:
    return [path(f"{route}.{form}", view, {"form": form}, name=f"open311_{name}_{form}") for form in FORMS]


urlpatterns = [
    *_in_each_form("discovery", discovery, "discovery"),
    *_in_each_form("v2/services", services, "services"),
    *_in_each_form("v2/services/<slug:code>", service, "service"),
    *_in_each_form("v2/requests", requests, "requests"),
    *_in_each_form("v2/requests/<slug:number>", one_request, "request"),
    *_in_each_form("v2/tokens/<slug:token>", token, "token"),
]
