"""What is asked before polls are set up, slips printed, casting begun and ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.ballots import polling, printing, publishing, reminding
from baolei.organisations.forms_of_people import PeopleForm
from baolei.organisations.models import UnitState
from baolei.standards.at_hand import at_hand


class SetUp(PeopleForm):
    """Polls for the whole round."""

    verb = lazy("Set the polls up")
    note = lazy(
        "Each branch that takes part gets a poll for each of these sources. Slips are printed township by township; "
        "whoever draws one votes without a name, and nobody can find out what anybody said."
    )

    house = ""
    """The origin under which members reach these pages."""

    sources = forms.MultipleChoiceField(
        label=lazy("Who is asked by slips"), widget=forms.CheckboxSelectMultiple,
        help_text=lazy("The others are asked on paper, and two people count."),
    )  # fmt: skip
    revote = forms.BooleanField(
        label=lazy("A ballot may be cast anew until casting ends; the last one counts"), required=False, initial=True,
        help_text=lazy("Whoever was watched while voting can vote again alone."),
    )  # fmt: skip

    listed = forms.BooleanField(
        label=lazy("There is a numbered list of the households served"), required=False, initial=True,
        help_text=lazy("Households are drawn from it by lot, number by number; no name is entered anywhere. Without a "
                       "list, envelopes are only counted."),
    )  # fmt: skip
    seed = forms.CharField(
        label=lazy("Public number"), max_length=100, required=False,
        help_text=lazy("Drawn after the lists of households are closed, where everybody can look it up, such as a "
                       "lottery's: households are drawn by it. Until it is known leave this empty, and come back: what "
                       "is there stays as it is."),
    )  # fmt: skip

    tokens = forms.BooleanField(
        label=lazy("Members with an account may take a token by phone"), required=False,
        help_text=lazy(
            "For members who are away. Where at least five take one, they vote without a slip; the house learns that "
            "they took one, never how they voted."
        ),
    )  # fmt: skip

    words = forms.BooleanField(
        label=lazy("Ask for words as well"), required=False,
        help_text=lazy("Shown of ten ballots or more; somebody first looks through them for what tells who wrote."),
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
                                seed=said["seed"], listed=said["listed"], words=said["words"], tokens=said["tokens"],
                                house=self.house or polling.house_origin())  # fmt: skip
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
        "From now on the slips that are printed and the tokens that were taken can be cast. No token can be taken any "
        "more: whoever has none draws a slip. On the first day of the phase it begins by itself, and after its last "
        "day it ends by itself."
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


class Remind(PeopleForm):
    """The townships in which too few have voted."""

    verb = lazy("Remind the units")
    note = lazy(
        "A notice goes to every township in which polls have fewer ballots than they need. It goes to units, never to "
        "people: nobody knows who has voted."
    )

    def perform(self, now: datetime) -> str:
        """Remind them."""
        number = reminding.remind(**self.given, now=now, round=self.about)
        return ngettext("%(number)d township is reminded", "%(number)d townships are reminded", number) % {
            "number": number
        }


class Publish(PeopleForm):
    """The totals are laid open."""

    verb = lazy("Publish the totals")
    note = lazy(
        "Once for all. A rule decides what is shown, so that nobody can work a small group out of it, and it stays. "
        "Everybody who answers for units sees the totals of the own part; nobody sees a ballot."
    )

    def perform(self, now: datetime) -> str:
        """Publish them."""
        publishing.publish(**self.given, now=now, round=self.about)
        return _("The totals are being worked out; they are shown together when all are there")


class Printed(PeopleForm):
    """Something that is printed; `origin` is that of the casting host, which stands on each slip."""

    origin = ""


class Print(Printed):
    """The slips of a unit and all below it."""

    verb = lazy("Print the slips")
    note = lazy(
        "A file for each township, with the slips of every branch in it. The codes stand in that file and nowhere "
        "else. It is handed out once and then deleted here; what is not taken within a day is deleted too. No backup "
        "has it: slips that are lost are replaced by others, never printed again."
    )

    def perform(self, now: datetime) -> str:
        """Have them printed."""
        this, unit = self.about
        number = printing.ask_to_print(**self.given, now=now, round=this, unit=unit, origin=self.origin)
        return ngettext("%(number)d file is being made", "%(number)d files are being made", number) % {"number": number}


class PrintAgain(Printed):
    """Other slips for those of a file that was lost."""

    verb = lazy("Print new slips for those that were lost")
    note = lazy(
        "As many slips as before, with other codes. Those of the lost file stay issued and are counted as unused; if "
        "the file has been printed after all, burn that paper first."
    )

    def perform(self, now: datetime) -> str:
        """Have them printed."""
        printing.print_again(**self.given, now=now, printing=self.about, origin=self.origin)
        return _("The file is being made")


class PrintMore(Printed):
    """More slips of one poll."""

    verb = lazy("Print more slips")
    note = lazy(
        "Of members: for slips that were spoiled or lost, say how. Of the public: for the households that are next by "
        "lot, where too few have answered. Each slip counts as issued."
    )

    number = forms.IntegerField(label=lazy("So many slips"), min_value=1, max_value=9999)
    unit: UnitState

    def perform(self, now: datetime) -> str:
        """Have them printed."""
        said = self.cleaned_data
        printing.print_more(**self.given, now=now, poll=self.about, number=said["number"], unit=self.unit,
                            origin=self.origin)  # fmt: skip
        return _("The file is being made")


class Take(PeopleForm):
    """The file of a printing."""

    verb = lazy("Take the file")
    note = lazy(
        "It is handed out this once, then deleted here. Print it at once, delete the file on your computer, and lock "
        "the paper away until the slips are drawn from the box: whoever has a code can vote with it."
    )
    why: Any = None  # it was asked for with a reason


OF_POLLS: dict[str, type[PeopleForm]] = {
    "set-up": SetUp, "give-out": GiveOut, "begin": Begin, "remind": Remind, "end": End, "publish": Publish,
}  # fmt: skip
"""What is done with the polls of a round, by its name in the address."""
