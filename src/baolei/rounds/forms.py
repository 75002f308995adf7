"""What is asked before something is done with a round."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.organisations import doors
from baolei.organisations.forms import Day, NodeField, name_field
from baolei.organisations.forms_of_people import PeopleForm
from baolei.rounds import actions
from baolei.rounds.models import Round
from baolei.standards.at_hand import all_at_hand
from baolei.warehouse.rulebook import round_rules

SOON = timedelta(days=14)


class OpenRound(PeopleForm):
    """A new round."""

    verb = lazy("Open a round")
    note = lazy("Its phases are laid on the calendar in working days. Nobody is asked for anything before it begins.")

    unit = NodeField(
        "units", label=lazy("For which unit"), help_text=lazy("Itself and everything below it: code or name.")
    )
    name = name_field(lazy("Name of the round"))
    year = forms.IntegerField(label=lazy("Year that is judged"), min_value=2012, max_value=2100)
    edition = forms.ChoiceField(label=lazy("Standard"))
    begins = forms.DateField(label=lazy("First day of the self-assessment"), widget=Day)
    basis = forms.ChoiceField(label=lazy("On what it stands"), choices=Round.BASES)
    document = forms.CharField(
        label=lazy("Number of the approval, or the reason why none is needed"), max_length=200,
        help_text=lazy("Such as 组通字〔2026〕8号; or: yearly assessment of the own branches, no title of creation."),
    )  # fmt: skip

    def prepare(self) -> None:
        """The own unit first, every standard there is, last year, in two weeks."""
        unit, edition = self.fields["unit"], self.fields["edition"]
        assert isinstance(unit, NodeField)
        assert isinstance(edition, forms.ChoiceField)
        unit.queryset = doors.units(self.scope).filter(level__in=round_rules().levels)
        if len(self.scope.units) == 1 and (own := unit.queryset.filter(path=self.scope.units[0]).first()):
            unit.initial = f"{own.code} {own.name}"
        language = get_language() or ""
        edition.choices = [(one.code, f"{one.name.say(language)} · {one.code}") for one in all_at_hand()]
        self.fields["year"].initial, self.fields["begins"].initial = self.today.year, self.today + SOON
        self.fields["basis"].initial = Round.APPROVED

    def perform(self, now: Any) -> str:
        """Open it."""
        said = {name: value for name, value in self.cleaned_data.items() if name not in ("why", "unit")}
        made = actions.open_round(**self.given, now=now, unit=self.cleaned_data["unit"].unit, **said)
        return _("%(name)s is opened") % {"name": made.name}


class ExtendPhase(PeopleForm):
    """Another last day for a phase."""

    verb = lazy("Move the end of a phase")
    note = lazy("The phases after it move along and keep their working days.")

    phase = forms.ChoiceField(label=lazy("Phase"))
    ends = forms.DateField(label=lazy("New last day"), widget=Day)

    def prepare(self) -> None:
        """The phases that are not over."""
        phase, language = self.fields["phase"], get_language() or ""
        assert isinstance(phase, forms.ChoiceField)
        rules, codes = round_rules(), [one.code for one in round_rules().phases]
        here = codes.index(self.about.phase) if self.about.phase in codes else 0
        phase.choices = [(code, rules.phase(code).name.say(language)) for code in codes[here:]]
        spans = {one.phase: one for one in actions.calendar(self.about)}
        self.fields["ends"].initial = spans[codes[here]].ends

    def perform(self, now: Any) -> str:
        """Move it."""
        said = self.cleaned_data
        actions.extend_phase(**self.given, now=now, round=self.about, phase=said["phase"], ends=said["ends"])
        return _("The calendar is changed")


class CancelRound(PeopleForm):
    """The end of a round before its time."""

    verb = lazy("Cancel the round")
    note = lazy("Nobody is named by it. What was declared stays on record; a new round may be opened.")

    def perform(self, now: Any) -> str:
        """Cancel it."""
        actions.cancel_round(**self.given, now=now, round=self.about)
        return _("%(name)s is cancelled") % {"name": self.about.name}


OF_ROUND: dict[str, type[PeopleForm]] = {"extend": ExtendPhase, "cancel": CancelRound}
"""What is done with a round that is open, by its name in the address."""
