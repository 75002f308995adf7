"""What is asked where a pile of paper ballots is entered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.ballots.actions import enter_pile
from baolei.ballots.models import Pile
from baolei.organisations.forms_of_people import PeopleForm
from baolei.standards.at_hand import at_hand


class EnterPile(forms.Form):
    """How many papers were handed out, how many of those that came back were spoiled, and what stands on the others."""

    issued = forms.IntegerField(label=lazy("Papers handed out"), min_value=1, max_value=9999)
    spoiled = forms.IntegerField(
        label=lazy("Of those that came back, spoiled"), min_value=0, max_value=2000, initial=0,
        help_text=lazy("Papers on which nobody can read what is meant. They are not among the lines below."),
    )  # fmt: skip
    papers = forms.CharField(
        label=lazy("The ballots, one in each line"), required=False, strip=False, max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false", "autocomplete": "off", "data-papers": ""}),
        help_text=lazy("In any order: no order is kept."),
    )  # fmt: skip


class CountBallots(EnterPile, PeopleForm):
    """The same, of one of the sources that are asked."""

    verb = lazy("Enter the ballots of a source")
    note = lazy("The second person learns nothing of the first look; where the two differ, a third one settles.")

    source = forms.ChoiceField(label=lazy("Asked"))
    why: Any = None  # the ledger is told how many ballots there are, and nothing else

    def prepare(self) -> None:
        """The sources of the round's standard."""
        source, language = self.fields["source"], get_language() or ""
        assert isinstance(source, forms.ChoiceField)
        source.choices = [(one.code, one.name.say(language)) for one in at_hand(self.about.round.edition).asked()]

    def perform(self, now: Any) -> str:
        """Enter them."""
        said = self.cleaned_data
        made = enter_pile(actor=self.actor, now=now, declaration=self.about, source=said["source"],
                          text=said["papers"], issued=said["issued"], spoiled=said["spoiled"])  # fmt: skip
        return told(made)


def told(made: Pile) -> str:
    """What somebody is told who has entered a pile: of the other look only whether it is the same."""
    if made.agrees:
        return _("Two looks agree: the pile is settled")
    if made.look == 1:
        return _("The first look is entered; another person counts next")
    return _("The looks differ: a third person counts again")
