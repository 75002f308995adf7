"""The doors: log in and change one's password."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from baolei.people.actions import demo_accounts


class LogIn(LoginView):
    """Name and password; in a demo also one button per demo account."""

    template_name = "people/login.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, and the demo accounts where there are any."""
        accounts = demo_accounts()
        password = settings.BAOLEI_DEMO_PASSWORD if accounts else ""
        return super().get_context_data(demo_accounts=accounts, demo_password=password, **kwargs)


class ChangePassword(PasswordChangeView):
    """The old password once, the new one twice."""

    template_name = "people/password_change.html"
    success_url = reverse_lazy("home")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        """Save the new password and say so."""
        messages.success(self.request, _("Your password has been changed."))
        return super().form_valid(form)
