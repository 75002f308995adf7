"""What every answer has in common."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

LARGEST = 2**63 - 1
"""The largest number that a record can have."""
View = Callable[[HttpRequest], HttpResponseBase]

# The pages count and show; they have no business with any of these.
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED")


def through_the_proxy(get_response: View) -> View:
    """Believe the reverse proxy about whom it speaks for, and nobody else.

    From the proxy, the visitor's address is the last one it was told that is not a proxy's own; from anybody else the
    same words are taken away before anything reads them: whoever sends them would choose his own address, and hide
    from the lock-out, or call a plain connection a safe one.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        if _is_proxy(request.META.get("REMOTE_ADDR", "")):
            told = [one.strip() for one in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
            visitor = next((one for one in reversed(told) if _address(one) and not _is_proxy(one)), "")
            request.META["REMOTE_ADDR"] = visitor or request.META["REMOTE_ADDR"]
        else:
            for name in FORWARDED:
                request.META.pop(name, None)
        return get_response(request)

    return answer


def _is_proxy(text: str) -> bool:
    address = _address(text)
    return address is not None and any(address in network for network in settings.BAOLEI_PROXY)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def chosen_language(get_response: View) -> View:
    """Speak the language the visitor chose on the page, else Chinese.

    Django's own LocaleMiddleware also believes the browser's Accept-Language, which on office machines is often English
    by accident: Chinese comes first here, English is one click away.
    """
    known = {code for code, _ in settings.LANGUAGES}

    def answer(request: HttpRequest) -> HttpResponseBase:
        asked = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = asked if asked in known else settings.LANGUAGE_CODE
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = get_response(request)
        if not response.has_header("Content-Language"):
            response["Content-Language"] = language
        patch_vary_headers(response, ["Cookie"])
        return response

    return answer


def permissions_policy(get_response: View) -> View:
    """Tell the browser that these pages use no camera, no microphone and no location."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        return response

    return answer


def kept_by_nobody(get_response: View) -> View:
    """What is shown to somebody who has logged in is kept by no browser and nobody between: not after the log-out, and
    not for whoever uses the computer next.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response

    return answer


def numbers_there_can_be(get_response: View) -> View:
    """An address with a number that no database can hold leads nowhere: it is not found, as any number nobody has."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        return get_response(request)

    def before_the_page(request: HttpRequest, page: object, said: object, numbers: dict[str, object]) -> None:
        for number in numbers.values():
            if isinstance(number, int) and number > LARGEST:
                raise Http404(number)

    answer.process_view = before_the_page  # type: ignore[attr-defined]  # how Django asks for it
    return answer
