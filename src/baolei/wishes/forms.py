"""What is asked before something is done with a wish or the own registration: as few boxes as it takes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.organisations.directory import names_of_units
from baolei.organisations.forms import Day, choose
from baolei.organisations.forms_of_people import PeopleForm
from baolei.organisations.models import UnitState
from baolei.programme import wishes as rules
from baolei.programme.organisation.periods import months_later
from baolei.warehouse.rulebook import wishes as wish_rules
from baolei.wishes import actions, doors, registering
from baolei.wishes.actions import Written
from baolei.wishes.registering import Asked

YEAR = 12


class Plain(PeopleForm):
    """An act that gives no reason in words: what people wish for is nobody's business in the ledger."""

    why = None  # type: ignore[assignment]  # it takes no reason

    def at(self, now: Any) -> dict[str, Any]:
        """Who acts, and when."""
        return {"actor": self.actor, "now": now}


def skill_names() -> dict[str, str]:
    """What the skills are called."""
    return {code: name.say(get_language() or "") for code, name in wish_rules().skills.items()}


def deed_names() -> dict[str, str]:
    """What the kinds of deeds are called."""
    return {code: kind.name.say(get_language() or "") for code, kind in wish_rules().deeds.items()}


def reason_names() -> dict[str, str]:
    """Why a wish may be taken down."""
    return {code: name.say(get_language() or "") for code, name in wish_rules().reasons.items()}


def community_choices(found: Any) -> list[tuple[str, str]]:
    """Communities with the township each lies in, in the order of their codes; the first choice is none."""
    listed: list[UnitState] = list(found.order_by("code"))
    above = names_of_units(one.above_id for one in listed if one.above_id)
    named = [(str(one.unit_id), f"{above.get(one.above_id or 0, '')} {one.name}".strip()) for one in listed]
    return [("", _("choose")), *named]


# ---- registration ----


class RegisterForm(Plain):
    """What every registration says."""

    unit = forms.ChoiceField(label=lazy("Community or village"))
    skills = forms.MultipleChoiceField(
        label=lazy("Skills"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=lazy("Three at most; none is right as well."),
    )  # fmt: skip
    until = forms.DateField(label=lazy("Until"), widget=Day)

    def prepare(self) -> None:
        """Communities of the banner; a year from now."""
        choose(self, "skills", skill_names())
        self.fields["until"].initial = months_later(self.today, YEAR)
        self.fields["until"].help_text = _("%(last)s at the latest.") % {"last": registering.longest(self.today)}

    @property
    def asked(self) -> Asked:
        """What was entered."""
        said = self.cleaned_data
        return Asked(int(said["unit"]), tuple(said["skills"]), said["until"])


class Register(RegisterForm):
    """The own registration."""

    verb = lazy("Register with a community")
    note = lazy("Of your own will, and for as long as you like: you withdraw at any time, and give no reason.")

    agreed = forms.BooleanField(label=lazy("I agree"))

    def prepare(self) -> None:
        """What is agreed to stands beside the tick."""
        super().prepare()
        choose(self, "unit", community_choices(doors.around(self.about, self.today)))
        consent = wish_rules().consent(rules.REGISTRATION, self.today)
        self.fields["agreed"].help_text = consent.text.say(get_language() or "")

    def perform(self, now: Any) -> str:
        """Register."""
        registering.register(**self.at(now), asked=self.asked, agreed=self.cleaned_data["agreed"])
        return _("You are registered. Wishes near you stand on this page.")


class Withdraw(Plain):
    """The end of the own registration."""

    verb = lazy("Withdraw from the community")
    note = lazy("At once and without a reason. What you have taken up and not done is open to others again.")

    def perform(self, now: Any) -> str:
        """Withdraw."""
        registering.withdraw(**self.at(now))
        return _("You have withdrawn. Your skills were deleted.")


# ---- wishes ----


class WriteWish(Plain):
    """A wish, as the community takes it down."""

    verb = lazy("Write a small wish")
    note = lazy(
        "What somebody wishes for, without who it is: it is shown to registered members nearby. All contact goes"
        " through the community."
    )

    words = forms.CharField(label=lazy("Wish"), widget=forms.Textarea(attrs={"rows": 3}))
    skill = forms.ChoiceField(label=lazy("Skill it needs"), required=False)
    called = forms.CharField(
        label=lazy("Known by"), required=False, max_length=20,
        help_text=lazy(
            "A first name or “Granny Wang”, for your desk only. No whole name; empty for somebody under age."
        ),
    )  # fmt: skip
    minor = forms.BooleanField(label=lazy("It is of somebody under age: the guardian agrees"), required=False)
    consented = forms.DateField(label=lazy("Consent signed on"), widget=Day)

    def prepare(self) -> None:
        """Skills, what is agreed to, and how long a wish may be."""
        rule, language = wish_rules(), get_language() or ""
        most = rule.number("longest_words")
        self.fields["words"].widget.attrs["maxlength"] = most
        self.fields["words"].help_text = _("%(most)d characters at most; no names, numbers or addresses.") % {
            "most": most
        }
        choose(self, "skill", {"": _("none"), **skill_names()})
        self.fields["consented"].initial = self.today
        self.fields["consented"].help_text = rule.consent(rules.WISH, self.today).text.say(language)
        self.fields["minor"].help_text = rule.consent(rules.MINOR, self.today).text.say(language)

    @property
    def written(self) -> Written:
        """The wish that was entered."""
        said = self.cleaned_data
        return Written(said["words"], said["called"], said["minor"], said["skill"], said["consented"])


class Upon(Plain):
    """An act upon a wish that asks for nothing but the button."""

    act: Any = None
    told: Any = ""

    def perform(self, now: Any) -> str:
        """Do it."""
        type(self).act(**self.at(now), wish=self.about)
        return str(self.told)


class Claim(Upon):
    """A wish that one takes up."""

    verb, told = lazy("Take it up"), lazy("It is yours to do. Ask the community how to reach whoever has it.")
    note = lazy("Nobody counts what you do, and you may give it back. The community puts you in touch.")
    act = staticmethod(actions.claim)


class GiveBack(Upon):
    """A wish that somebody else shall do."""

    verb, told = lazy("Give it back"), lazy("It is open to others again")
    note = lazy("Nothing is held against anybody. The wish keeps its place: it waits since it was first shown.")
    act = staticmethod(actions.give_back)


class Fulfil(Upon):
    """A wish that is done."""

    verb, told = lazy("It is done"), lazy("The community now asks whoever has the wish")
    note = lazy("It counts as done once whoever has it says so: to the community, or by giving you the receipt code.")
    act = staticmethod(actions.fulfil)


class EnterCode(Plain):
    """The code on the receipt."""

    verb = lazy("Enter the receipt code")
    note = lazy("Whoever has the wish holds a receipt with a code of six signs. With it the wish is confirmed at once.")

    code = forms.CharField(
        label=lazy("Receipt code"), max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def perform(self, now: Any) -> str:
        """Try it."""
        actions.enter_code(**self.at(now), wish=self.about, code=self.cleaned_data["code"])
        return _("Confirmed by whoever had the wish. Thank you.")


class Confirm(Upon):
    """A wish whose owner says that it is fulfilled."""

    verb, told = lazy("Whoever has it confirms"), lazy("The wish is confirmed as done")
    note = lazy("Ask first, by a call or a visit. Of somebody under age the guardian says so.")
    act = staticmethod(actions.confirm)


class NotDone(Upon):
    """A wish whose owner says that it is not fulfilled."""

    verb, told = lazy("It is not done yet"), lazy("The member sees that it is not done yet")
    note = lazy("It goes back to the member, with the days of the rules anew.")
    act = staticmethod(actions.not_done)


class Renew(Plain):
    """A wish that is shown for longer."""

    verb = lazy("Show it for longer")
    note = lazy(
        "Once more for the days of the rules, with consent given anew. It goes on waiting since it was shown first."
    )

    consented = forms.DateField(label=lazy("Consent signed on"), widget=Day)

    def prepare(self) -> None:
        """Today, as a rule."""
        self.fields["consented"].initial = self.today

    def perform(self, now: Any) -> str:
        """Show it."""
        actions.renew(**self.at(now), wish=self.about, consented=self.cleaned_data["consented"])
        return _("The wish is shown for longer")


class TakeDown(Plain):
    """A wish that is shown no more."""

    verb = lazy("Take it down")
    note = lazy("It is shown no more, and deleted after the days of the rules like every wish that has ended.")

    reason = forms.ChoiceField(label=lazy("Reason"))

    def prepare(self) -> None:
        """The reasons of the rules."""
        choose(self, "reason", reason_names())

    def perform(self, now: Any) -> str:
        """Take it down."""
        actions.withdraw(**self.at(now), wish=self.about, reason=self.cleaned_data["reason"])
        return _("The wish is taken down")


OF_MEMBER: dict[str, type[Plain]] = {
    "claim": Claim, "fulfil": Fulfil, "enter_code": EnterCode, "give_back": GiveBack,
}  # fmt: skip
OF_DESK: dict[str, type[Plain]] = {"confirm": Confirm, "not_done": NotDone, "renew": Renew, "withdraw": TakeDown}
OF_WISH = {**OF_MEMBER, **OF_DESK}
"""What is done with a wish, by its name in the address: by a member, at the desk."""
