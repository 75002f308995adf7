"""What is said when something cannot be done: problem details (RFC 9457), in words, naming the fields."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

_LOG = logging.getLogger("django.request")
KIND = "application/problem+json"
NAMES = "urn:baolei:problem:"

TITLES: Mapping[str, str | Promise] = {
    "no-token": lazy("No token that opens anything"),
    "read-only": lazy("This token only reads"),
    "not-found": lazy("There is nothing at this address"),
    "not-understood": lazy("This request was not understood"),
    "not-allowed": lazy("This address does not take that method"),
    "not-json": lazy("The body is not JSON"),
    "not-valid": lazy("Something in it is not right"),
    "no-key": lazy("A write needs an Idempotency-Key"),
    "key-taken": lazy("This key was given to another request"),
    "changed": lazy("Somebody else has changed it since"),
    "cursor": lazy("This cursor belongs to no list that goes on here"),
    "broken": lazy("Something broke on our side"),
}
STATUS: Mapping[str, int] = {
    "no-token": 401, "read-only": 403, "not-found": 404, "not-understood": 400, "not-allowed": 405, "not-json": 415,
    "not-valid": 422, "no-key": 400, "key-taken": 422, "changed": 409, "cursor": 400,
    "broken": 500,
}  # fmt: skip
OF_STATUS: Mapping[int, str] = {
    400: "not-understood", 401: "no-token", 403: "read-only", 404: "not-found", 405: "not-allowed", 415: "not-json",
    409: "changed", 422: "not-valid",
}  # fmt: skip

Errors = Sequence[tuple[str, str]]
"""The name of a field ('' the whole) and what is wrong with it."""


class Problem(Exception):
    """Something cannot be done: its name, what would be right, and the fields it is about."""

    def __init__(self, name: str, detail: str, errors: Errors = ()) -> None:
        self.name, self.detail, self.errors = name, detail, errors
        super().__init__(name, detail)


def answer(name: str, detail: str, errors: Errors = ()) -> HttpResponse:
    """A problem as an answer."""
    status = STATUS[name]
    said: dict[str, Any] = {
        "type": NAMES + name, "title": str(TITLES[name]), "status": status, "detail": detail,
        "errors": [{"field": field or None, "detail": wrong} for field, wrong in errors],
    }  # fmt: skip
    response = HttpResponse(json.dumps(said, ensure_ascii=False), status=status, content_type=KIND)
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="baolei"'
    return response


def advice(name: str) -> str:
    """What to do about problems that are the same each time."""
    return {
        "no-token": _("Send “Authorization: Bearer” with a token that is live, whose mandate is in force and whose "
                      "account may log in. A person makes one under “Tokens for programs”."),
        "not-found": _("It may have been typed wrongly, or lie outside this token's mandate. The description names "
                       "every address."),
        "not-allowed": _("The header Allow names the methods that it takes."),
        "broken": _("It has been written to the log, and nothing was done: send it again, with the same key."),
    }.get(name, _("The address or the data sent with it is not in a form we can read."))  # fmt: skip


def not_valid(errors: Errors) -> Problem:
    """The problem of fields that are not right."""
    return Problem("not-valid", _("Nothing was done. Put right what stands under “errors” and send it again."), errors)


def speak(api: NinjaAPI) -> None:
    """Let an API say everything that goes wrong this way."""

    @api.exception_handler(Problem)
    def problem(_request: HttpRequest, problem: Problem) -> HttpResponse:
        return answer(problem.name, problem.detail, problem.errors)

    @api.exception_handler(AuthenticationError)
    def no_token(_request: HttpRequest, _error: Any) -> HttpResponse:
        return answer("no-token", advice("no-token"))

    @api.exception_handler(Http404)
    @api.exception_handler(OverflowError)  # a number that is larger than any of ours can be
    def not_found(_request: HttpRequest, _error: Any) -> HttpResponse:
        return answer("not-found", advice("not-found"))

    @api.exception_handler(HttpError)
    def refused(_request: HttpRequest, error: Any) -> HttpResponse:
        name = OF_STATUS.get(error.status_code, "not-understood")
        return answer(name, advice(name))

    @api.exception_handler(SuspiciousOperation)  # such as a body larger than anything we take
    def suspicious(_request: HttpRequest, _error: Any) -> HttpResponse:
        return answer("not-understood", advice("not-understood"))

    @api.exception_handler(Exception)
    def broken(request: HttpRequest, error: Any) -> HttpResponse:
        _LOG.error("Internal Server Error: %s", request.path, exc_info=error)
        return answer("broken", advice("broken"))

    @api.exception_handler(ValidationError)
    def invalid(_request: HttpRequest, error: Any) -> HttpResponse:
        wrong = not_valid([(_place(one["loc"]), _in_words(one)) for one in error.errors])
        return answer(wrong.name, wrong.detail, wrong.errors)


def _place(loc: Sequence[str | int]) -> str:
    """Where something stands that is wrong: the filter, or the way to it in a body: answers.0.done."""
    return ".".join(str(one) for one in loc[2:]) if loc[0] == "body" else str(loc[-1])


def _in_words(error: dict[str, Any]) -> str:
    """What pydantic found wrong with a filter, and what would be right."""
    told = error.get("ctx", {})
    words = {
        "greater_than_equal": _("too small: enter %(least)s or more") % {"least": told.get("ge", "")},
        "less_than_equal": _("too large: enter %(most)s or less") % {"most": told.get("le", "")},
        "int_parsing": _("no whole number: enter one in digits"),
        "bool_parsing": _("neither yes nor no: enter true or false"),
        "missing": _("missing: the description says what is asked"),
        "extra_forbidden": _("not asked for: leave it away"),
        "date_shape": _("no day: enter one as 2026-11-24"),
        "string_too_long": _("too long: enter at most %(most)s characters") % {"most": told.get("max_length", "")},
        "literal_error": _("not known: enter one of %(known)s") % {"known": str(told.get("expected", ""))},
    }
    return words.get(error["type"], _("not understood: the description says what is asked"))
