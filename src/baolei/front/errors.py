"""What we say when a page cannot be shown: what happened and what to do now, in words, never a code alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request was not understood. Drawn without the shell: the request may be unfit to be asked anything."""
    return _plain(
        400,
        _("This request was not understood"),
        _("The address or the data sent with it is not in a form we can read. Go back to the start and try again."),
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: the visitor may not see this, or not before having logged in."""
    if request.user.is_authenticated:
        advice = _("Your account has no mandate here. If you need one, ask the office that gave you your account.")
    else:
        advice = _("It is open to the branch and to those who answer for it. Log in, if that is you.")
    return _in_shell(request, 403, _("This page is not open to you"), advice, door=not request.user.is_authenticated)


def expired_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose protection has run out, mostly because the page had been open for a long time."""
    return _in_shell(
        request,
        403,
        _("This form has expired"),
        _("Nothing was saved. Go back, reload the page and send the form again. Cookies must be allowed."),
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: nothing stands at this address."""
    return _in_shell(
        request,
        404,
        _("There is nothing at this address"),
        _("It may have been typed wrongly, or the unit may have been merged or renamed. Start again from the top."),
    )


def broken(request: HttpRequest) -> HttpResponse:
    """500: our fault. Drawn without the shell, which may be what broke."""
    return _plain(
        500,
        _("Something broke on our side"),
        _("It has been written to the log. What you had saved is safe; what you had just sent may not be. Try again."),
    )


def _in_shell(request: HttpRequest, status: int, title: str, advice: str, *, door: bool = False) -> HttpResponse:
    context = {"title": title, "advice": advice, "status": status, "door": door}
    return HttpResponse(render_to_string("errors/in_shell.html", context, request), status=status)


def _plain(status: int, title: str, advice: str) -> HttpResponse:
    context = {"title": title, "advice": advice, "status": status}
    return HttpResponse(render_to_string("errors/plain.html", context), status=status)
