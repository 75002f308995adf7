"""What is asked before something is done with a member or a transfer."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.organisations import doors, members
from baolei.organisations.acts import Act
from baolei.organisations.forms import ActForm, NodeField
from baolei.organisations.models import Membership, OrganisationState, Transfer


class Confirm(ActForm):
    """A full member."""

    verb, note = lazy("Make a full member"), lazy("As the members' meeting decided and the committee above approved.")
    from_above = False

    def perform(self, act: Act) -> str:
        """Confirm the member."""
        made = members.confirm(act=act, member=self.about.member)
        return _("%(name)s is a full member now") % {"name": made.member}


class Leave(ActForm):
    """The end of a membership."""

    verb, note = lazy("End the membership"), lazy("It ends the day before, and so do the posts this member holds.")
    from_above = False

    how = forms.ChoiceField(label=lazy("How"), choices=[way for way in Membership.WAYS if way[0] != Membership.MOVED])

    def perform(self, act: Act) -> str:
        """End it."""
        members.leave(act=act, member=self.about.member, how=self.said["how"])
        return _("The membership of %(name)s has ended") % {"name": self.about.member}


class RequestTransfer(ActForm):
    """A transfer."""

    verb = lazy("Ask for a transfer")
    note = lazy("The member stays here until the other side has received the member.")
    from_above = False

    to = NodeField(
        "organisations",
        label=lazy("To which organisation here"), required=False,
        help_text=lazy("Its code; within what you answer for also its name. Only one of the two is filled."),
    )  # fmt: skip
    outside = forms.CharField(label=lazy("Or to which organisation outside"), max_length=200, required=False)

    def prepare(self) -> None:
        """The goal may lie anywhere; beyond the own scope it is known by its code alone."""
        mine = doors.organisations(self.scope)
        code = next(iter(str(self.data.get("to", "")).split()), "")
        elsewhere = OrganisationState.objects.open().filter(code=code)
        known = not code or mine.filter(code=code).exists() or not elsewhere.exists()
        self.among("to", mine if known else elsewhere)

    def perform(self, act: Act) -> str:
        """Ask for it."""
        to, outside = self.said["to"], self.said["outside"]
        members.request_transfer(act=act, member=self.about.member, to=to and to.organisation, outside=outside)
        return _("The transfer of %(name)s is asked for") % {"name": self.about.member}


# ---- transfers ----


class SendTransfer(ActForm):
    """The letter."""

    verb, note = lazy("Send the letter"), lazy("From now on the other side is expected to receive the member.")

    letter = forms.CharField(label=lazy("Number of the letter"), max_length=60)
    days = forms.IntegerField(label=lazy("Good for how many days"), min_value=1)

    def prepare(self) -> None:
        """As many days as the rules allow at most."""
        most = self.rules.number("transfer_letter_days.max")
        self.fields["days"].help_text = _("%(most)d at most.") % {"most": most}

    def perform(self, act: Act) -> str:
        """Send it."""
        done = members.send_transfer(act=act, transfer=self.about, **self.said)
        return _("The letter is good until %(day)s") % {"day": done.valid_to}


class _Step(ActForm):
    said_after: ClassVar[Any] = ""

    def perform(self, act: Act) -> str:
        """Take the step."""
        self.step(act=act, transfer=self.about)
        return str(self.said_after)

    def step(self, *, act: Act, transfer: Transfer) -> None:
        raise NotImplementedError


class ReceiveTransfer(_Step):
    """The arrival."""

    verb, note = lazy("Receive the member"), lazy("From that day on the member belongs to the new organisation.")
    said_after = lazy("The member is received")

    def step(self, *, act: Act, transfer: Transfer) -> None:
        members.receive_transfer(act=act, transfer=transfer)


class ReturnReceipt(_Step):
    """The receipt."""

    verb, note = lazy("Note the receipt"), lazy("The receipt slip is back: the transfer is closed.")
    said_after = lazy("The transfer is closed")

    def step(self, *, act: Act, transfer: Transfer) -> None:
        members.return_receipt(act=act, transfer=transfer)


class EndTransfer(_Step):
    """A transfer that does not happen."""

    verb, note = lazy("Do not carry it out"), lazy("The member stays where the member is.")
    said_after = lazy("The transfer was ended")

    def step(self, *, act: Act, transfer: Transfer) -> None:
        members.end_transfer(act=act, transfer=transfer)


OF_MEMBER: dict[str, type[ActForm]] = {"transfer": RequestTransfer, "confirm": Confirm, "leave": Leave}
OF_TRANSFER: dict[str, type[ActForm]] = {
    "send": SendTransfer, "receive": ReceiveTransfer, "receipt": ReturnReceipt, "end": EndTransfer
}  # fmt: skip
