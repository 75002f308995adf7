"""What is asked before a meeting's poll is set up, its slips printed, the casting begun and ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.ballots import doors, meetings
from baolei.ballots.models import MeetingPoll
from baolei.ballots.poll_forms import Print as PrintOfRound
from baolei.organisations.forms import Day
from baolei.organisations.forms_of_people import PeopleForm
from baolei.organisations.models import OrganisationState
from baolei.warehouse.rulebook import meetings as rules


class SetUp(PeopleForm):
    """A poll for one meeting of a branch."""

    verb = lazy("Set up a meeting's vote")
    note = lazy(
        "At the meeting everybody signs the roll on paper and draws a slip from a box; what is cast bears no name. "
        "Here you see how many ballots are in, and the totals when the vote is ended."
    )

    kind = forms.ChoiceField(label=lazy("What is voted"))
    held_on = forms.DateField(label=lazy("Day of the meeting"), widget=Day)
    people = forms.IntegerField(label=lazy("How many may vote"), min_value=1, max_value=meetings.MOST)
    revote = forms.BooleanField(
        label=lazy("A ballot may be cast anew until casting ends; the last one counts"), required=False, initial=True,
        help_text=lazy("Whoever was watched while voting can vote again alone."),
    )  # fmt: skip

    def prepare(self) -> None:
        """The kinds that this person holds here; the members of the branch, today."""
        kind, language = self.fields["kind"], get_language() or ""
        assert isinstance(kind, forms.ChoiceField)
        held = kinds_held(self.scope, self.about)
        kind.choices = [(one.code, one.name.say(language)) for one in held]
        kind.initial = held[0].code if held else None
        kind.help_text = " ".join(f"{one.name.say(language)} — {one.note.say(language)}" for one in held)
        full = meetings.full_members(self.about, self.today)
        self.fields["held_on"].initial = self.today
        self.fields["people"].initial = full or None
        self.fields["people"].help_text = _("The branch has %(full)d full members today.") % {"full": full}

    def perform(self, now: datetime) -> str:
        """Set it up."""
        said = self.cleaned_data
        made = meetings.set_up(**self.given, now=now, branch=self.about, kind=said["kind"], held_on=said["held_on"],
                               people=said["people"], revote=said["revote"])  # fmt: skip
        return _("%(kind)s is set up: print the slips next") % {"kind": meetings.called(made)}


class Print(PrintOfRound):
    """The slips of a meeting."""

    note = lazy(
        "A file with the slips, ten to a page. The codes are on this paper and nowhere else: print it at once, delete "
        "the file, and lock the paper away until it is drawn from the box."
    )


class Begin(PeopleForm):
    """The casting begins, in the room."""

    verb = lazy("Begin the voting")
    note = lazy(
        "When everybody present has signed the roll and drawn a slip. Whoever has no phone uses a tablet that is "
        "handed round, and hands it on when it says “done”; nobody casts for somebody else."
    )

    handed = forms.IntegerField(label=lazy("Slips handed out"), min_value=1, max_value=2 * meetings.MOST)

    def prepare(self) -> None:
        """How many are needed, and are there."""
        self.fields["handed"].help_text = _("%(least)d at least; %(slips)d are printed.") % {
            "least": self.about.least, "slips": self.about.slips
        }  # fmt: skip

    def perform(self, now: datetime) -> str:
        """Begin it."""
        meetings.begin(**self.given, now=now, meeting=self.about, handed=self.cleaned_data["handed"])
        return _("The voting has begun")


class End(PeopleForm):
    """The casting ends, and is counted."""

    verb = lazy("End the voting and count")
    note = lazy(
        "Nothing can be cast any more. The ballots are sealed and counted at once, and that stays. Tear up the slips "
        "that are left."
    )

    def perform(self, now: datetime) -> str:
        """End it."""
        meetings.end(**self.given, now=now, meeting=self.about)
        return _("The voting is over; the ballots are sealed and counted")


class CallOff(End):
    """A poll that was never begun."""

    verb = lazy("Call it off")
    note = lazy("Nobody can vote with these slips any more: tear them up. Another vote may then be set up.")

    def perform(self, now: datetime) -> str:
        """End it, with no ballot."""
        meetings.end(**self.given, now=now, meeting=self.about)
        return _("It is called off")


OF_MEETING: dict[str, type[PeopleForm]] = {"print": Print, "begin": Begin, "end": End, "call-off": CallOff}
"""What is done with a meeting's poll, by its name in the address."""


def kinds_held(writing: Any, branch: OrganisationState) -> list[Any]:
    """The kinds of polls that this scope may hold at a branch."""
    if not branch.field:
        return []
    return [kind for kind in rules().kinds.values() if doors.holds_meeting(writing, branch, kind)]


def open_acts(writing: Any, branch: OrganisationState, meeting: MeetingPoll) -> dict[str, type[PeopleForm]]:
    """What may be done with a meeting's poll now, by whoever holds it."""
    if not doors.holds_meeting(writing, branch, meetings.kind_of(meeting)):
        return {}
    now = {"set up": ("print", "call-off"), "issue": ("begin", "call-off"), "cast": ("end",), "closed": ("end",)}
    return {name: OF_MEETING[name] for name in now.get(meeting.phase, ())}
