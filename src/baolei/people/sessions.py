"""How long a log-in lasts, and what it may do before it is complete: a password of the own that is not out of date, and
the second factor where a mandate asks for one. Asked at every request.
"""

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
from django.utils.crypto import constant_time_compare

from baolei.people.models import Account
from baolei.people.passwords import is_over
from baolei.people.second_factor import needed

View = Callable[[HttpRequest], HttpResponseBase]
BEGAN, SEEN = "began", "seen"
FACTOR, WAITING = "factor", "waiting"
"""In a session: that a code was entered; who has given the password and is asked for the code."""
WAITS = 5 * 60
"""So many seconds a code is waited for."""
OPEN = ("login", "logout", "set_language")
"""What is open also to whoever has to do something else first."""


def kept_within_limits(get_response: View) -> View:
    """End a log-in that was idle or open for too long; lead whoever has a first password to change it."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        user = request.user
        if not user.is_authenticated:
            return get_response(request)
        if _over(request):
            logout(request)
            return _to(request, f"{reverse('login')}?{urlencode({'next': request.get_full_path()})}")
        first = ""
        if isinstance(user, Account):
            user.asked_once = {}
            first = _first(request, user)
        if first and request.path not in map(reverse, (*OPEN, first)):
            return _to(request, reverse(first))
        return get_response(request)

    return answer


def _first(request: HttpRequest, account: Account) -> str:
    """The name of the page that comes before every other; '' where a log-in is complete."""
    if account.must_change_password or is_over(account, timezone.localdate()):
        return "password_change"
    if not request.session.get(FACTOR) and needed(account, timezone.localdate()):
        return "second_factor"
    return ""


def keep_waiting(request: HttpRequest, account: Account, to: str) -> None:
    """Note who has given the right password, and where to go once the code is right too."""
    request.session[WAITING] = {
        "account": account.pk, "hash": account.get_session_auth_hash(), "to": to, "at": timezone.now().timestamp(),
    }  # fmt: skip


def kept_waiting(request: HttpRequest) -> tuple[Account, str] | None:
    """Who is asked for a code, and where to go then; None where nobody is, or it took too long."""
    noted = request.session.get(WAITING)
    account = Account.objects.filter(pk=noted["account"], is_active=True).first() if noted else None
    if account is None or noted is None or timezone.now().timestamp() - noted["at"] > WAITS:
        return None
    same = constant_time_compare(noted["hash"], account.get_session_auth_hash())
    return (account, str(noted["to"])) if same else None


def with_second_factor(request: HttpRequest) -> None:
    """Note that whoever has logged in here has entered a code."""
    request.session[FACTOR] = True


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
