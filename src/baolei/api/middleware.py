"""How the addresses of programs differ from pages: no cookies, the language of the request, every failure as JSON."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from baolei.api import problems
from baolei.api.open311_answers import FORMS, failure_of_the_house

View = Callable[[HttpRequest], HttpResponseBase]
ROOT = "/api/v1/"
OPEN311 = "/api/open311/"
"""Where failures are said as another specification has it."""
PAGES = (ROOT + "docs", ROOT + "openapi.json")
"""What lies beside the addresses of programs and is a page, with a log-in."""


def for_programs(get_response: View) -> View:
    """Answer a program as a program: whoever is logged in in the same browser is nobody here.

    Without cookies there is no session, so no other site can act with one: a token is the only way in.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith((ROOT, OPEN311)) or request.path in PAGES:
            return get_response(request)
        language = _language(request.headers.get("Accept-Language", ""))
        request.COOKIES = {settings.LANGUAGE_COOKIE_NAME: language}
        in_form = _as_open311 if request.path.startswith(OPEN311) else _as_problem
        response = in_form(get_response(request), language, request.path)
        response["Cache-Control"] = "private, no-store"
        response["Content-Language"] = language
        patch_vary_headers(response, ["Accept-Language", "Authorization"])
        return response

    return answer


def _language(accepted: str) -> str:
    """English or Chinese, whichever a request names first; Chinese where it names neither."""
    for one in accepted.lower().split(","):
        word = one.partition(";")[0].strip()
        if word.startswith("zh"):
            break
        if word == "en" or word.startswith("en-"):
            return "en"
    return settings.LANGUAGE_CODE


def _as_problem(response: HttpResponseBase, language: str, _path: str) -> HttpResponseBase:
    """A failure that Django itself answered, with a page for people, in the form of all the others."""
    if response.status_code < 400 or response.headers.get("Content-Type") == problems.KIND:
        return response
    name = problems.OF_STATUS.get(response.status_code, "broken" if response.status_code >= 500 else "not-understood")
    with translation.override(language):
        said = problems.answer(name, problems.advice(name))
    return _with_heads(said, response)


def _as_open311(response: HttpResponseBase, language: str, path: str) -> HttpResponseBase:
    """The same of an address of Open311."""
    if response.status_code < 400 or response.headers.get("Content-Type") in FORMS.values():
        return response
    with translation.override(language):
        said = failure_of_the_house(response.status_code, path)
    return _with_heads(said, response)


def _with_heads(said: HttpResponse, response: HttpResponseBase) -> HttpResponse:
    for header in ("Allow", "Retry-After"):
        if response.has_header(header):
            said[header] = response[header]
    return said
