"""The second factor: entering a code after the password, and putting a key into a phone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from baolei.people import second_factor as factors
from baolei.people.lockout import came_in, failed, locked_until, still_locked
from baolei.people.models import Account
from baolei.people.sessions import FACTOR, WAITING, kept_waiting, with_second_factor
from baolei.programme.refusals import Refusal


class CodeForm(forms.Form):
    """The code a phone shows."""

    code = forms.CharField(label=lazy("Code of the phone"), max_length=20, strip=True)


class ConfirmForm(CodeForm):
    """The first code of a new key, and the password once more: an open page is not enough to change the lock."""

    password = forms.CharField(label=lazy("Your password"), strip=False, widget=forms.PasswordInput)

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account

    def clean_password(self) -> str:
        """Raises ValidationError for another password; failures are counted as those at the door."""
        word, now = str(self.cleaned_data["password"]), timezone.now()
        if until := locked_until(self.account.username, now):
            raise forms.ValidationError(still_locked(until))
        if not self.account.check_password(word):
            failed(username=self.account.username, now=now)
            raise forms.ValidationError(_("This is not your password."))
        return word


class AgainForm(ConfirmForm):
    """The password once more, for new recovery codes."""

    code = None  # type: ignore[assignment]  # Django's way of leaving a field of the class above out


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def enter_code(request: HttpRequest) -> HttpResponse:
    """The second question at the door. Whoever has not answered the first is sent back to it."""
    waiting = kept_waiting(request)
    if waiting is None:
        return redirect("login")
    account, to = waiting
    form = CodeForm(request.POST or None)
    if form.is_valid():
        now = timezone.now()
        if until := locked_until(account.username, now):
            form.add_error(None, still_locked(until))
        elif factors.accepted(account=account, now=now, code=form.cleaned_data["code"]):
            return _let_in(request, account, to)
        else:
            failed(username=account.username, now=now)
            form.add_error("code", _("This code is not the one: enter the one that the phone shows now."))
    return render(request, "people/code.html", {"form": form}, status=422 if form.is_bound else 200)


def _let_in(request: HttpRequest, account: Account, to: str) -> HttpResponse:
    del request.session[WAITING]
    login(request, account, backend=settings.AUTHENTICATION_BACKENDS[0])
    with_second_factor(request)
    came_in(account=account, now=timezone.now())
    left = factors.codes_left(account)
    if left <= 2:
        messages.warning(
            request, _("%(left)d recovery codes are left: make new ones under your name.") % {"left": left}
        )
    return redirect(to)


@never_cache
@login_required
@sensitive_post_parameters("code", "password")
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """One's own second factor: put a key into a phone, or make new recovery codes."""
    account, now = request.user, timezone.now()
    assert isinstance(account, Account)
    has_one = factors.has_one(account)
    if has_one and not request.session.get(FACTOR):
        logout(request)  # it was set up elsewhere while this log-in, made without it, was open
        return redirect("login")
    wants = not has_one or "new" in request.GET
    again = not wants
    form = (AgainForm if again else ConfirmForm)(request.POST or None, account=account)
    if form.is_valid():
        try:
            codes = (factors.renew_codes(account=account, now=now) if again
                     else factors.confirm(account=account, now=now, code=form.cleaned_data["code"]))  # fmt: skip
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            with_second_factor(request)
            return render(request, "people/recovery_codes.html", {"codes": codes})
    shown = {
        "form": form, "has_one": has_one, "needed": factors.needed(account, timezone.localdate(now)),
        "offer": factors.offer(account=account) if wants else None,
        "left": factors.codes_left(account) if has_one else 0,
    }  # fmt: skip
    return render(request, "people/second_factor.html", shown, status=422 if form.is_bound else 200)
