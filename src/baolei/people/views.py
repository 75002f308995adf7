"""The doors: log in and change one's password."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _

from baolei.people.accounts import change_password
from baolei.people.actions import demo_accounts
from baolei.people.lockout import came_in, failed, locked_until, still_locked
from baolei.people.models import Account
from baolei.people.second_factor import has_one
from baolei.people.sessions import keep_waiting


class LogInForm(AuthenticationForm):
    """Name and password, unless the name is locked: then no password is even looked at."""

    def clean(self) -> dict[str, Any]:
        """Who it is. Raises ValidationError, saying until when a name is locked; every failure is noted."""
        name, now = str(self.cleaned_data.get("username") or ""), timezone.now()
        until = locked_until(name, now) if name else None
        if until:
            raise ValidationError(still_locked(until))
        try:
            return super().clean()
        except ValidationError:
            if name:
                failed(username=name, now=now)
            raise


class LogIn(LoginView):
    """Name and password; in a demo also one button per demo account."""

    template_name = "people/login.html"
    authentication_form = LogInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, and the demo accounts where there are any."""
        accounts = demo_accounts()
        password = settings.BAOLEI_DEMO_PASSWORD if accounts else ""
        return super().get_context_data(demo_accounts=accounts, demo_password=password, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Let in, and note it; or, where the account has a second factor, ask for the code first."""
        account = form.get_user()
        assert isinstance(account, Account)
        if has_one(account):
            keep_waiting(self.request, account, self.get_success_url())
            return redirect("enter_code")
        came_in(account=account, now=timezone.now())
        return super().form_valid(form)


class ChangePassword(PasswordChangeView):
    """The old password once, the new one twice."""

    template_name = "people/password_change.html"
    success_url = reverse_lazy("today")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        """Save the new password, which ends every other log-in of this account, and say so."""
        account = self.request.user
        assert isinstance(account, Account)
        change_password(account=account, now=timezone.now())
        form.user = account
        messages.success(self.request, _("Your password has been changed."))
        return super().form_valid(form)
