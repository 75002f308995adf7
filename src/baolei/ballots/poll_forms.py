"""What is asked before polls are set up, slips printed, casting begun and ended."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.ballots import polling
from baolei.organisations.forms_of_people import PeopleForm
from baolei.standards.at_hand import at_hand


class SetUp(PeopleForm):
    """Polls for the whole round. `house` is the origin under which members reach these pages: the view says it."""

    verb = lazy("Set the polls up")
    note = lazy(
        "Each branch that takes part gets a poll for each of these sources. Slips are printed township by township; "
        "whoever draws one votes without a name, and nobody can find out what anybody said."
    )

    house = ""
    sources = forms.MultipleChoiceField(
        label=lazy("Who is asked by slips"), widget=forms.CheckboxSelectMultiple,
        help_text=lazy("The others are asked on paper, and two people count."),
    )  # fmt: skip
    revote = forms.BooleanField(
        label=lazy("A ballot may be cast anew until casting ends; the last one counts"), required=False, initial=True,
        help_text=lazy("Whoever was watched while voting can vote again alone."),
    )  # fmt: skip

    tokens = forms.BooleanField(
        label=lazy("Members with an account may take a token by phone"), required=False,
        help_text=lazy(
            "For members who are away. Where at least five take one, they vote without a slip; the house learns that "
            "they took one, never how they voted."
        ),
    )  # fmt: skip

    def prepare(self) -> None:
        """The sources that the edition asks by ballot."""
        sources, language = self.fields["sources"], get_language() or ""
        assert isinstance(sources, forms.MultipleChoiceField)
        sources.choices = [(one.code, one.name.say(language)) for one in at_hand(self.about.edition).asked()]
        sources.initial = [code for code, _name in sources.choices]

    def perform(self, now: datetime) -> str:
        """Set them up."""
        said = self.cleaned_data
        number = polling.set_up(**self.given, now=now, round=self.about, sources=said["sources"], revote=said["revote"],
                                tokens=said["tokens"], house=self.house)  # fmt: skip
        return ngettext("%(number)d poll is set up", "%(number)d polls are set up", number) % {"number": number}


class GiveOut(PeopleForm):
    """Tokens are taken."""

    verb = lazy("Let members take tokens")
    note = lazy(
        "Members with an account take a token on their phone, until the casting begins; they do not vote yet. Printing "
        "slips lets them do so too. Where no slips are printed, the casting begins only once enough have taken one."
    )

    def perform(self, now: datetime) -> str:
        """Let them."""
        number = polling.give_out(**self.given, now=now, round=self.about)
        return ngettext(
            "Tokens of %(number)d poll can be taken", "Tokens of %(number)d polls can be taken", number
        ) % {"number": number}  # fmt: skip


class Begin(PeopleForm):
    """The casting begins."""

    verb = lazy("Begin the casting")
    note = lazy(
        "From now on the slips that are printed and the tokens that were taken can be cast, until you end it. No token "
        "can be taken any more: whoever has none draws a slip."
    )

    def perform(self, now: datetime) -> str:
        """Begin it."""
        number = polling.begin(**self.given, now=now, round=self.about)
        return ngettext("%(number)d poll is open", "%(number)d polls are open", number) % {"number": number}


class End(PeopleForm):
    """The casting ends."""

    verb = lazy("End the casting")
    note = lazy("Nothing can be cast any more. The ballots are sealed and counted beside the pages, and that stays.")

    def perform(self, now: datetime) -> str:
        """End it."""
        polling.end(**self.given, now=now, round=self.about)
        return _("The casting is over; the polls are being sealed")


class Print(PeopleForm):
    """The slips of a unit."""

    verb = lazy("Print the slips")
    note = lazy(
        "One file with the slips of every branch here. The codes are on this paper and nowhere else: print it at once, "
        "delete the file, and lock the paper away until it is drawn from the box."
    )


OF_POLLS: dict[str, type[PeopleForm]] = {"set-up": SetUp, "give-out": GiveOut, "begin": Begin, "end": End}
"""What is done with the polls of a round, by its name in the address."""
