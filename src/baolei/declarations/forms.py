"""What is asked before a declaration is taken back, withdrawn, or returned, and where its conditions are entered."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.declarations import actions
from baolei.declarations.conditions import choices, not_stated
from baolei.declarations.models import Declaration
from baolei.organisations.forms_of_people import PeopleForm
from baolei.organisations.units import NotPossible
from baolei.programme import declaration as rules


class HandIn(PeopleForm):
    """Into the hands of the superior."""

    verb = lazy("Hand in")
    note = lazy("Every item is answered, 0 of 0 where it does not apply. You may take it back until the phase ends.")
    act: ClassVar[str] = rules.SUBMIT
    why: Any = None  # what there is to say stands at the items

    def perform(self, now: Any) -> str:
        """Hand it in."""
        actions.hand_in(actor=self.actor, now=now, declaration=self.about)
        return handed_in(self.about)


def handed_in(declaration: Declaration) -> str:
    """What somebody is told who has handed a declaration in."""
    if actions.is_frozen(declaration.round):
        return _("The declaration is handed in again, and goes on to be reviewed. The round is to be scored anew.")
    return _("The declaration is handed in")


class TakeBack(PeopleForm):
    """Back into one's own hands."""

    verb = lazy("Take the declaration back")
    note = lazy("You may change it and hand it in again until the phase ends.")
    act: ClassVar[str] = rules.TAKE_BACK

    def perform(self, now: Any) -> str:
        """Take it back."""
        actions.take_back(**self.given, now=now, declaration=self.about)
        return _("The declaration is yours again")


class Withdraw(PeopleForm):
    """Out of the round."""

    verb = lazy("Withdraw from the round")
    note = lazy("It costs nothing and is held against nobody. It cannot be undone in this round.")
    act: ClassVar[str] = rules.WITHDRAW

    def perform(self, now: Any) -> str:
        """Withdraw."""
        actions.withdraw(**self.given, now=now, declaration=self.about)
        return _("The branch has withdrawn from the round")


BY_BRANCH: dict[str, Any] = {"take-back": TakeBack, "withdraw": Withdraw}
"""What the branch does with its own declaration, by its name in the address."""


class SendBack(PeopleForm):
    """Back to the branch, with the reason at each item."""

    verb = lazy("Return the declaration")
    note = lazy("Write at each item that is to be looked at again what is wrong there and what would be right.")
    act: ClassVar[str] = rules.RETURN

    def prepare(self) -> None:
        """A line for each item."""
        edition, table = actions.standard(self.about)
        language = get_language() or ""
        for item in rules.asked(edition, table):
            self.fields[f"item-{item.code}"] = forms.CharField(
                label=item.name.say(language), max_length=500, required=False
            )

    def clean(self) -> dict[str, Any]:
        """A reason somewhere."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not any(value for name, value in cleaned.items() if name.startswith("item-")):
            raise forms.ValidationError(_("Write the reason at the item that is to be looked at again"))
        return cleaned

    def perform(self, now: Any) -> str:
        """Return it."""
        items = {name.removeprefix("item-"): value for name, value in self.cleaned_data.items()
                 if name.startswith("item-")}  # fmt: skip
        actions.send_back(**self.given, now=now, declaration=self.about, items=items)
        return _("The declaration is returned to the branch")


class SayGates(PeopleForm):
    """Every gate: met, not met, or not stated yet. Only those are saved that are chosen otherwise than they stood."""

    verb = lazy("Save the gates")

    document = forms.CharField(
        label=lazy("On what it stands"), max_length=200,
        help_text=lazy("One document for all gates that you change; or who found it and when."),
    )  # fmt: skip

    def prepare(self) -> None:
        """A choice for each gate, with what stood there when the page was made."""
        edition, _table = actions.standard(self.about)
        held = {one.code: str(one.value) for one in self.about.marks.all()}
        language = get_language() or ""
        self.codes = [gate.code for gate in edition.gates]
        self.now_stands = {code: held.get(code, "") for code in self.codes}
        met = [("1", pgettext("gate", "met")), ("0", pgettext("gate", "not met"))]
        for gate in edition.gates:
            here = self.now_stands[gate.code]
            self.fields[f"gate-{gate.code}"] = forms.ChoiceField(
                label=gate.name.say(language), required=False, initial=here,
                choices=met if here else [("", not_stated()), *met],
                help_text=gate.met_by.say(language) if gate.met_by else "",
            )  # fmt: skip
            self.fields[f"was-{gate.code}"] = forms.CharField(
                required=False, initial=here, widget=forms.HiddenInput, max_length=1
            )
        self.order_fields([*(name for name in self.fields if "-" in name), "document", "why"])

    def perform(self, now: Any) -> str:
        """Save those that were changed."""
        said = self.cleaned_data
        changed = {code: said[f"gate-{code}"] == "1" for code in self.codes
                   if said[f"gate-{code}"] not in ("", said[f"was-{code}"])}  # fmt: skip
        for field in (self.fields[f"gate-{code}"] for code in changed if said[f"was-{code}"] != self.now_stands[code]):
            raise NotPossible(
                _("%(gate)s: somebody else has entered something else since; open the page anew and look at it")
                % {"gate": field.label}
            )
        actions.mark_gates(**self.given, now=now, declaration=self.about, said=changed, document=said["document"])
        return _("Saved")


class EnterEvent(PeopleForm):
    """A veto, a bonus or a deduction; or one of them taken back."""

    PREFIX: ClassVar[str] = "event"
    verb = lazy("Enter")

    condition = forms.ChoiceField(label=lazy("Condition"))
    matter = forms.CharField(
        label=lazy("Which honour or event"), max_length=100, required=False,
        help_text=lazy("Its name and year. The same one counts once."),
    )  # fmt: skip
    document = forms.CharField(
        label=lazy("On what it stands"), max_length=200, help_text=lazy("The document; or who found it and when.")
    )

    def prepare(self) -> None:
        """What the standard knows, and what may be taken back."""
        condition = self.fields["condition"]
        assert isinstance(condition, forms.ChoiceField)
        condition.choices = [("", _("choose")), *choices(self.about)]

    def clean(self) -> dict[str, Any]:
        """Which honour or event, but for one that is taken back."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("condition", "").startswith("mark:") and not cleaned.get("matter", "").strip():
            self.add_error("matter", _("Say which one: the name of the honour or the event, and its year"))
        return cleaned

    def perform(self, now: Any) -> str:
        """Enter it, or take it back."""
        said = self.cleaned_data
        given = {**self.given, "now": now, "declaration": self.about, "document": said["document"]}
        code, _between, rest = said["condition"].partition(":")
        if code == "mark":
            old = self.about.marks.get(pk=int(rest))
            actions.mark(**given, code=old.code, matter=old.matter, level=old.level, met=False)
            return _("It is taken back")
        actions.mark(**given, code=code, level=rest, matter=said["matter"].strip(), met=True)
        return _("It is entered")
