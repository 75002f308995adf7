"""What is asked before a declaration is taken back, withdrawn, or returned."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.declarations import actions
from baolei.organisations.forms_of_people import PeopleForm
from baolei.programme import declaration as rules


class TakeBack(PeopleForm):
    """Back into one's own hands."""

    verb = lazy("Take the declaration back")
    note = lazy("You may change it and hand it in again until the phase ends.")
    act: ClassVar[str] = rules.TAKE_BACK

    def perform(self, now: Any) -> str:
        """Take it back."""
        actions.take_back(**self.given, now=now, declaration=self.about)
        return _("The declaration is yours again")


class Withdraw(PeopleForm):
    """Out of the round."""

    verb = lazy("Withdraw from the round")
    note = lazy("It costs nothing and is held against nobody. It cannot be undone in this round.")
    act: ClassVar[str] = rules.WITHDRAW

    def perform(self, now: Any) -> str:
        """Withdraw."""
        actions.withdraw(**self.given, now=now, declaration=self.about)
        return _("The branch has withdrawn from the round")


BY_BRANCH: dict[str, Any] = {"take-back": TakeBack, "withdraw": Withdraw}
"""What the branch does with its own declaration, by its name in the address."""


class SendBack(PeopleForm):
    """Back to the branch, with the reason at each item."""

    verb = lazy("Return the declaration")
    note = lazy("Write at each item that is to be looked at again what is wrong there and what would be right.")
    act: ClassVar[str] = rules.RETURN

    def prepare(self) -> None:
        """A line for each item."""
        edition, table = actions.standard(self.about)
        language = get_language() or ""
        for item in rules.asked(edition, table):
            self.fields[f"item-{item.code}"] = forms.CharField(
                label=item.name.say(language), max_length=500, required=False
            )

    def clean(self) -> dict[str, Any]:
        """A reason somewhere."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not any(value for name, value in cleaned.items() if name.startswith("item-")):
            raise forms.ValidationError(_("Write the reason at the item that is to be looked at again"))
        return cleaned

    def perform(self, now: Any) -> str:
        """Return it."""
        items = {name.removeprefix("item-"): value for name, value in self.cleaned_data.items()
                 if name.startswith("item-")}  # fmt: skip
        actions.send_back(**self.given, now=now, declaration=self.about, items=items)
        return _("The declaration is returned to the branch")
