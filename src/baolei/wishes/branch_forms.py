"""What is asked of a branch: a member registered on paper, a pairing, a deed; and of the community about these."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.organisations.forms import Day, choose
from baolei.organisations.models import Membership, UnitState
from baolei.programme import wishes as rules
from baolei.warehouse.rulebook import wishes as wish_rules
from baolei.wishes import deeds, doors, pairing, registering
from baolei.wishes.deeds import Planned
from baolei.wishes.forms import Plain, RegisterForm, community_choices, deed_names
from baolei.wishes.models import LONGEST_DOCUMENT, LONGEST_LINE, LONGEST_PLAN, LONGEST_TITLE, Registration


class RegisterOnPaper(RegisterForm):
    """A member without an account, who has agreed in writing."""

    verb = lazy("Register a member on paper")
    note = lazy(
        "Only with the member's own written consent, which the branch keeps. Whether somebody registers is never a"
        " ground of an appraisal."
    )

    member = forms.ChoiceField(label=lazy("Member"))
    consented = forms.DateField(label=lazy("Consent signed on"), widget=Day)
    document = forms.CharField(
        label=lazy("Where the written consent is kept"), max_length=LONGEST_DOCUMENT,
        help_text=lazy("As “支部档案盒 2026-3”."),
    )  # fmt: skip

    def prepare(self) -> None:
        """The members of the branch, and the communities of its banner."""
        super().prepare()
        self.order_fields(["member", "unit", "skills", "until", "consented", "document"])
        there = Membership.objects.on(self.today).filter(organisation=self.about.organisation_id).order_by("pk")
        people = list(there.select_related("member"))
        choose(self, "member", [("", _("choose")), *((str(one.member_id), one.member.name) for one in people)])
        homes = doors.around(people[0].member_id, self.today) if people else UnitState.objects.none()
        choose(self, "unit", community_choices(homes))
        consent = wish_rules().consent(rules.REGISTRATION, self.today)
        self.fields["consented"].help_text = consent.text.say(get_language() or "")

    def perform(self, now: Any) -> str:
        """Register the member."""
        said = self.cleaned_data
        member = Membership.objects.on(self.today).get(
            organisation=self.about.organisation_id, member=int(said["member"])
        )
        registering.register_on_paper(
            **self.at(now), member=member.member, asked=self.asked, consented=said["consented"],
            document=said["document"],
        )  # fmt: skip
        return _("The member is registered")


class WithdrawOnPaper(Plain):
    """A member entered on paper who asks to be taken out."""

    verb = lazy("Withdraw a member entered on paper")
    note = lazy("At once, when the member asks for it; no reason is asked.")

    registration = forms.ChoiceField(label=lazy("Member"))

    def prepare(self) -> None:
        """Those whom the branch entered on paper."""
        there = Membership.objects.on(self.today).filter(organisation=self.about.organisation_id).values("member")
        found = Registration.objects.filter(ended=None, member__in=there).exclude(document="").order_by("pk")
        choose(self, "registration", [("", _("choose")), *(
            (str(one.pk), one.member.name) for one in found.select_related("member")
        )])  # fmt: skip

    def perform(self, now: Any) -> str:
        """Withdraw the member."""
        chosen = Registration.objects.get(pk=int(self.cleaned_data["registration"]))
        registering.withdraw_on_paper(**self.at(now), registration=chosen)
        return _("The member is withdrawn")


# ---- pairings ----


class Pair(Plain):
    """A pairing with a community."""

    verb = lazy("Pair with a community")
    note = lazy("The community agrees, or does not, within the days of the rules.")

    unit = forms.ChoiceField(label=lazy("Community or village"))

    def prepare(self) -> None:
        """The communities of the branch's banner."""
        choose(self, "unit", community_choices(doors.around_branch(self.about, self.today)))

    def perform(self, now: Any) -> str:
        """Record it."""
        pairing.propose(**self.at(now), organisation=self.about.organisation_id, unit=int(self.cleaned_data["unit"]))
        return _("Recorded: the community answers")


class OfPairing(Plain):
    """An act upon a pairing."""

    act = ""
    told: Any = ""

    def perform(self, now: Any) -> str:
        """Do it."""
        if self.act == "part":
            pairing.part(**self.at(now), pairing=self.about)
        elif self.act == "end":
            pairing.end(**self.at(now), pairing=self.about)
        else:
            pairing.answer(**self.at(now), pairing=self.about, act=self.act)
        return str(self.told)


class Agree(OfPairing):
    """A pairing that the community wants."""

    act, verb, told = "agree", lazy("Agree to the pairing"), lazy("You are paired")
    note = lazy("The branch may then plan practical deeds with you; either side ends it when it likes.")


class Refuse(OfPairing):
    """A pairing that the community does not want."""

    act, verb, told = "refuse", lazy("Do not agree"), lazy("The branch sees that you did not agree")
    note = lazy("No reason is asked; the branch may ask another community.")


class Part(OfPairing):
    """The end of a pairing, for the branch."""

    act, verb, told = "part", lazy("End the pairing"), lazy("The pairing has ended")
    note = lazy("Deeds that were planned are carried out all the same, or given up with a reason.")


class End(Part):
    """The end of a pairing, for the community."""

    act = "end"


OF_PAIRING: dict[str, type[OfPairing]] = {"agree": Agree, "refuse": Refuse, "part": Part, "end": End}


# ---- deeds ----


class PlanDeed(Plain):
    """A practical deed."""

    verb = lazy("Plan a practical deed")
    note = lazy("One thing that can be done and seen, for people of a community. They say whether it is done.")

    unit = forms.ChoiceField(label=lazy("For which community or village"))
    kind = forms.ChoiceField(label=pgettext_lazy("deed", "Kind"))
    title = forms.CharField(label=lazy("What is to be done"), max_length=LONGEST_TITLE)
    plan = forms.CharField(label=lazy("Plan"), max_length=LONGEST_PLAN, widget=forms.Textarea(attrs={"rows": 3}),
                           help_text=lazy("Who does what by when, in a few lines; no names of residents."))  # fmt: skip
    until = forms.DateField(label=pgettext_lazy("deed", "To be done by"), widget=Day)
    key = forms.CharField(widget=forms.HiddenInput)

    def prepare(self) -> None:
        """Communities of the banner, kinds, a month from now."""
        choose(self, "unit", community_choices(doors.around_branch(self.about, self.today, own=True)))
        choose(self, "kind", deed_names())
        self.fields["until"].initial = self.today + timedelta(days=30)

    def perform(self, now: Any) -> str:
        """Plan it."""
        said = self.cleaned_data
        planned = Planned(int(said["unit"]), said["kind"], said["title"], said["plan"], said["until"])
        deeds.plan(**self.at(now), organisation=self.about.organisation_id, key=said["key"], planned=planned)
        return _("The deed is planned")


class OfDeed(Plain):
    """An act upon a deed, with a line."""

    act: Any = None
    told: Any = ""

    words = forms.CharField(label=lazy("In one line"), max_length=LONGEST_LINE)

    def perform(self, now: Any) -> str:
        """Do it."""
        type(self).act(**self.at(now), deed=self.about, words=self.cleaned_data["words"])
        return str(self.told)


class Progress(OfDeed):
    """How a deed goes."""

    verb, told, note = (
        lazy("Note progress"),
        lazy("Noted"),
        lazy("One line where something has changed; none otherwise."),
    )
    act = staticmethod(deeds.progress)


class Report(OfDeed):
    """A deed that is done."""

    verb, told = lazy("Report it done"), lazy("Reported: the community says whether it is done")
    note = lazy("Say what came of it. It counts once the community confirms it for those it was for.")
    act = staticmethod(deeds.report)


class Drop(OfDeed):
    """A deed that is given up."""

    verb, told = lazy("Give it up"), lazy("The deed is given up")
    note = lazy("Say why. It stays to be seen, and counts among the planned ones.")
    act = staticmethod(deeds.drop)


class SendBack(OfDeed):
    """A deed that is not done."""

    verb, told = lazy("It is not done yet"), lazy("The branch sees what is missing")
    note = lazy("Say what is missing, in one line.")
    act = staticmethod(deeds.send_back)


class ConfirmDeed(Plain):
    """A deed that is done, as those say whom it was for."""

    verb = lazy("Confirm the deed")
    note = lazy("Ask some of those it was for first. Whoever answers for the branch does not confirm.")

    def perform(self, now: Any) -> str:
        """Confirm it."""
        deeds.confirm(**self.at(now), deed=self.about)
        return _("The deed is confirmed")


OF_DEED: dict[str, type[Plain]] = {
    "progress": Progress, "report": Report, "drop": Drop, "confirm": ConfirmDeed, "send_back": SendBack,
}  # fmt: skip
OF_BRANCH: dict[str, type[Plain]] = {
    "pair": Pair, "deed": PlanDeed, "register": RegisterOnPaper, "withdraw": WithdrawOnPaper,
}  # fmt: skip
"""What a branch does, by its name in the address."""
