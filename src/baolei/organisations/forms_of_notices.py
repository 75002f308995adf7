"""What is asked before a notice is posted or withdrawn."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.organisations import doors, notices
from baolei.organisations.forms import Day, NodeField
from baolei.organisations.forms_of_people import PeopleForm
from baolei.organisations.models import LONGEST_NOTICE
from baolei.organisations.notices import Words
from baolei.people.roles import roles

WEEK = timedelta(days=6)


class Prose(forms.CharField):
    """Some lines of plain text; a line's end counts as one character, as it does in the browser."""

    widget = forms.Textarea(attrs={"rows": 6})

    def to_python(self, value: Any) -> Any:
        """The text with one kind of line end."""
        return str(super().to_python(value) or "").replace("\r\n", "\n").strip()


class PostNotice(PeopleForm):
    """A new notice."""

    verb = lazy("Post a notice")
    note = lazy("It reaches everybody who has a mandate at the unit or below it. Nobody is told who has read it.")

    unit = NodeField(
        "units", label=lazy("For which unit"), help_text=lazy("Itself and everything below it: code or name.")
    )  # fmt: skip
    title = forms.CharField(label=lazy("Title of the notice"), max_length=80)
    text = Prose(
        label=lazy("Text"), max_length=LONGEST_NOTICE,
        help_text=lazy("Plain words, at most 1,000 characters. No names of residents."),
    )  # fmt: skip
    roles = forms.MultipleChoiceField(
        label=lazy("Only for these roles"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=lazy("None chosen: for everybody there."),
    )  # fmt: skip
    since = forms.DateField(label=lazy("From"), widget=Day)
    until = forms.DateField(label=lazy("To"), widget=Day, help_text=lazy("At most ninety days."))
    urgent = forms.BooleanField(
        label=lazy("Urgent"), required=False, help_text=lazy("Stands above every page until it is closed there.")
    )  # fmt: skip

    def prepare(self) -> None:
        """The units of the own scope, the own one first; the roles there are; a week."""
        unit, role = self.fields["unit"], self.fields["roles"]
        assert isinstance(unit, NodeField)
        assert isinstance(role, forms.MultipleChoiceField)
        unit.queryset = doors.units(self.scope)
        if len(self.scope.units) == 1 and (own := unit.queryset.filter(path=self.scope.units[0]).first()):
            unit.initial = f"{own.code} {own.name}"
        role.choices = [(code, rule.name) for code, rule in roles().items()]
        self.fields["since"].initial, self.fields["until"].initial = self.today, self.today + WEEK

    def perform(self, now: Any) -> str:
        """Post it."""
        said = self.cleaned_data
        words = Words(said["title"], said["text"], said["since"], said["until"], said["urgent"], tuple(said["roles"]))
        made = notices.post_notice(**self.given, now=now, unit=said["unit"].unit, words=words)
        return _("“%(title)s” is posted") % {"title": made.title}


class WithdrawNotice(PeopleForm):
    """The end of a notice."""

    verb = lazy("Withdraw the notice")
    note = lazy("From this moment on it is in force no more. It stays in the list, marked as withdrawn.")

    def perform(self, now: Any) -> str:
        """Withdraw it."""
        notices.withdraw_notice(**self.given, now=now, notice=self.about)
        return _("“%(title)s” is withdrawn") % {"title": self.about.title}
