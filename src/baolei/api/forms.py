"""What is asked before a token is made."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.api import tokens
from baolei.api.models import Token
from baolei.organisations.forms import Day
from baolei.people.lockout import failed, locked_until
from baolei.people.models import Account

USUAL = timedelta(days=90)


class MakeToken(forms.Form):
    """For which mandate, for what, until when; and the own password, for a desk that somebody left open."""

    mandate = forms.ChoiceField(label=lazy("Mandate"), help_text=lazy("The token opens what this one opens."))
    label = forms.CharField(label=lazy("Used by"), max_length=60, help_text=lazy("The program, and where it runs."))
    writes = forms.BooleanField(
        label=lazy("It may also write"), required=False,
        help_text=lazy("Acts in your name, which stand in the ledger as yours."),
    )  # fmt: skip
    expires = forms.DateField(label=lazy("Last day"), widget=Day, help_text=lazy("At most a year from today."))
    password = forms.CharField(
        label=lazy("Your password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def __init__(self, *args: Any, account: Account, now: datetime, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account, self.now = account, now
        self.held = {str(one.pk): one for one in tokens.mine(account, today)}
        mandate = self.fields["mandate"]
        assert isinstance(mandate, forms.ChoiceField)
        mandate.choices = [(pk, f"{one.title} · {one.role_name}") for pk, one in self.held.items()]
        self.fields["expires"].initial = today + USUAL

    def clean_password(self) -> str:
        """The password must be right; wrong ones count as at the log-in."""
        password, name = str(self.cleaned_data["password"]), self.account.username
        if locked_until(name, self.now):
            raise forms.ValidationError(_("Too many failures: wait a quarter of an hour, or ask an administrator"))
        if not self.account.check_password(password):
            failed(username=name, now=self.now)
            raise forms.ValidationError(_("this is not your password: enter the one you log in with"))
        return password

    def make(self) -> tuple[Token, str]:
        """Make it; the token and its secret. Raises NotGiven."""
        said = self.cleaned_data
        return tokens.make_token(actor=self.account, now=self.now, mandate=self.held[said["mandate"]],
                                 label=said["label"], writes=said["writes"], expires=said["expires"])  # fmt: skip
