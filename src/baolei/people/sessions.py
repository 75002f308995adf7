"""How long a log-in lasts, and what it may do before its first password is changed. Asked at every request."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

View = Callable[[HttpRequest], HttpResponseBase]
BEGAN, SEEN = "began", "seen"
OPEN = ("login", "logout", "set_language", "password_change")
"""What is open also to whoever has to change the password first."""


def kept_within_limits(get_response: View) -> View:
    """End a log-in that was idle or open for too long; lead whoever has a first password to change it."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        user = request.user
        if not user.is_authenticated:
            return get_response(request)
        if _over(request):
            logout(request)
            return _to(request, f"{reverse('login')}?{urlencode({'next': request.get_full_path()})}")
        if getattr(user, "must_change_password", False) and request.path not in map(reverse, OPEN):
            return _to(request, reverse("password_change"))
        return get_response(request)

    return answer


def _over(request: HttpRequest) -> bool:
    """Whether the log-in has lasted too long; notes that it was seen, once a minute."""
    now = timezone.now().timestamp()
    session = request.session
    began, seen = session.setdefault(BEGAN, now), session.get(SEEN, now)
    if now - seen > settings.BAOLEI_IDLE_MINUTES * 60 or now - began > settings.BAOLEI_SESSION_HOURS * 3600:
        return True
    if SEEN not in session or now - seen > 60:
        session[SEEN] = now
    return False


def _to(request: HttpRequest, address: str) -> HttpResponseBase:
    """To another page: a fragment that htmx asked for would be put into the old one, so the page itself goes."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)
