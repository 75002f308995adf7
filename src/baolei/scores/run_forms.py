"""What is asked before a round is scored, before visits are drawn, before results go on the public pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from baolei.organisations.forms_of_people import PeopleForm
from baolei.scores import actions


class AskForRun(PeopleForm):
    """A run of a round."""

    verb = lazy("Freeze and score")
    note = lazy(
        "What was handed in is sealed as a snapshot, and scored. Anybody who holds the snapshot computes the same."
    )

    seed = forms.CharField(
        label=lazy("Public number"), max_length=100,
        help_text=lazy("Drawn after the freeze, where everybody can look it up, such as a lottery's: visits go by it."),
    )  # fmt: skip

    def perform(self, now: Any) -> str:
        """Ask for it."""
        actions.ask_for_run(**self.given, now=now, round=self.about, seed=self.cleaned_data["seed"])
        return _("The run is asked for: its page shows how far it is")


class DrawVisits(PeopleForm):
    """Whom to visit."""

    verb = lazy("Draw the visits")
    note = lazy("By lot with the public number, and those nearest the line. Whoever was drawn before stays drawn.")

    def perform(self, now: Any) -> str:
        """Draw them."""
        number = actions.draw_visits(**self.given, now=now, run=self.about)
        return ngettext("%(number)d visit is drawn", "%(number)d visits are drawn", number) % {"number": number}


class Show(PeopleForm):
    """Results for everybody."""

    verb = lazy("Put the results on the public pages")
    note = lazy(
        "Everybody sees tiers, the five strengths of units and the share named; nobody outside sees a branch's score."
    )

    def perform(self, now: Any) -> str:
        """Show them."""
        actions.show(**self.given, now=now, run=self.about)
        return _("The results are on the public pages")


OF_RUN: dict[str, type[PeopleForm]] = {"draw-visits": DrawVisits, "show": Show}
"""What is done with a run that is done, by its name in the address."""
