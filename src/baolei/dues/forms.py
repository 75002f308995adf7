"""What is asked about dues: what came in, on one page of a phone; who agreed on what; a waiver; the calculator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.dues import actions
from baolei.dues.models import Waiver
from baolei.organisations.forms import Day
from baolei.organisations.forms_of_people import PeopleForm
from baolei.organisations.models import Membership
from baolei.programme import dues as rules
from baolei.programme.dues import FEN, DuesRefused
from baolei.programme.organisation.periods import months_later
from baolei.warehouse.rulebook import dues as dues_rules


def month_read(said: str) -> date | None:
    """The month that a page or an address names as 2026-11, as its first day; None for what is none."""
    try:
        return date.fromisoformat(f"{said}-01")
    except ValueError:
        return None


def yuan(fen: int) -> str:
    """An amount in fen as people write it: 0.20, 3,015.00."""
    return f"{fen / FEN:,.2f}"


class MonthInput(forms.DateInput):
    """A month, entered by the browser's own calendar."""

    input_type = "month"


class MonthField(forms.CharField):
    """A month."""

    widget = MonthInput

    def clean(self, value: Any) -> Any:
        """Its first day. Raises ValidationError."""
        found = month_read(super().clean(value) or "")
        if found is None:
            raise forms.ValidationError(_("Enter the month as 2026-11."))
        return found


# ---- the calculator ----


class Calculator(forms.Form):
    """Who pays, and the base in yuan; nothing of it is kept."""

    kind = forms.ChoiceField(label=lazy("Who pays"))
    base = forms.CharField(
        label=lazy("Base a month, in yuan"), required=False, max_length=20,
        help_text=lazy("The fixed and regular part after tax. Empty for farmers, herders, and who lives on relief."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind, language = self.fields["kind"], get_language() or ""
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [(code, name.say(language)) for code, (name, _table) in dues_rules().kinds.items()]

    def clean(self) -> dict[str, Any]:
        """The least and the most a month, in fen, as `least` and `most`."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if "kind" not in said:
            return said
        wanted, table = dues_rules(), dues_rules().kinds[said["kind"]][1]
        try:
            base = rules.in_fen(said.get("base", ""), wanted.number("base_most_fen")) if table else 0
            said["least"], said["most"] = rules.monthly(said["kind"], base, wanted)
        except DuesRefused as refused:
            self.add_error("base", refused.say(get_language() or ""))
        return said


# ---- what came in ----


@dataclass(frozen=True, slots=True)
class Received:
    """What the page of a branch sends: received on, paid through, by whom; or what is wrong by field."""

    day: date | None
    through: date | None
    members: tuple[int, ...]
    faults: Mapping[str, str]


def received(sent: Any) -> Received:
    """What was sent (`sent` has `get` and `getlist`)."""
    faults: dict[str, str] = {}
    through = month_read(sent.get("through", ""))
    try:
        day = date.fromisoformat(sent.get("day", ""))
    except ValueError:
        day, faults["day"] = None, _("Enter the day as 2026-11-20.")
    members = tuple(int(one) for one in sent.getlist("member") if one.isdecimal() and len(one) < 15)
    if through is None:
        faults[""] = _("Choose up to which month was paid.")
    if not members:
        faults["member"] = _("Tick whoever paid, one at least.")
    return Received(day, through, members, faults)


def months_to_choose(today: date) -> list[date]:
    """The months up to which dues can be entered: those of the last year, and as many ahead as the rules allow."""
    ahead = dues_rules().number("ahead_months")
    return [months_later(rules.first_of(today), number) for number in range(-12, ahead + 1)]


def amounts(sent: Any, members: Mapping[int, int | None], faults: dict[str, str]) -> dict[int, int]:
    """The amounts in fen of those members for whom another one was typed than is agreed on now; what is wrong goes into
    `faults` by member.
    """
    found = {}
    for member, before in members.items():
        said = sent.get(f"yuan-{member}", "").strip()
        if not said:
            continue
        try:
            fen = rules.in_fen(said, dues_rules().number("agreed_most_fen"))
        except DuesRefused as refused:
            faults[str(member)] = refused.say(get_language() or "")
            continue
        if fen < dues_rules().number("relief_fen"):
            faults[str(member)] = _("0.2 yuan a month is the least there is.")
        elif fen != before:
            found[member] = fen
    return found


class Strike(PeopleForm):
    """A collection, or one payment of it."""

    verb = lazy("Strike what was entered")
    note = lazy("It stays to be seen and counts for nothing. Record what is right anew.")

    whose = forms.ChoiceField(label=lazy("Whose payment"))

    def prepare(self) -> None:
        """All together, or one of those on it."""
        whose = self.fields["whose"]
        assert isinstance(whose, forms.ChoiceField)
        standing = self.about.payments.filter(struck_on=None).order_by("member__name", "member")
        whose.choices = [("", _("all of them")), *standing.values_list("member", "member__name")]
        whose.required = False

    def perform(self, now: Any) -> str:
        """Strike it."""
        whose = self.cleaned_data["whose"]
        actions.strike(**self.given, now=now, collection=self.about, member=int(whose) if whose else None)
        return _("It is struck")


# ---- waivers ----


class OfWaiver(PeopleForm):
    """Something done with a waiver: no sentence is asked, since it would be one on somebody's health or means."""

    do_not_call_in_templates: ClassVar[bool] = True

    def prepare(self) -> None:
        """Without the reason."""
        del self.fields["why"]


class MemberField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in its stubs only
    """A member of the branch."""

    def label_from_instance(self, row: Any) -> str:
        """The name."""
        return str(row.member)


class AskWaiver(OfWaiver):
    """A member's application, studied by the branch."""

    verb = lazy("Ask for a waiver")
    note = lazy(
        "The member applies, the branch studies it, the superior organisation approves. Why is not written down here;"
        " the papers stay with the branch."
    )

    member = MemberField(queryset=Membership.objects.none(), label=lazy("Member"))
    first = MonthField(label=lazy("First month"))
    last = MonthField(label=lazy("Last month"))
    applied = forms.DateField(label=lazy("The member applied on"), widget=Day)
    studied = forms.DateField(label=lazy("The branch studied it on"), widget=Day)

    def prepare(self) -> None:
        """The members of the branch."""
        super().prepare()
        member = self.fields["member"]
        assert isinstance(member, forms.ModelChoiceField)
        here = Membership.objects.on(self.today).filter(organisation=self.about)
        member.queryset = here.select_related("member").order_by("member__name", "member")

    def perform(self, now: Any) -> str:
        """Send it up."""
        said = self.cleaned_data
        actions.ask_waiver(
            actor=self.actor, now=now, organisation=self.about, member=said["member"].member_id,
            months=(said["first"], said["last"]), applied=said["applied"], studied=said["studied"],
        )  # fmt: skip
        return _("The application waits for the superior organisation")


class ApproveWaiver(OfWaiver):
    """An approval."""

    verb = pgettext_lazy("waiver", "Approve")
    note = lazy("The months are owed no more. It stands on the document of the approval.")

    document = forms.CharField(label=lazy("Number of the document"), max_length=100)

    def perform(self, now: Any) -> str:
        """Approve it."""
        actions.approve_waiver(actor=self.actor, now=now, waiver=self.about, document=self.cleaned_data["document"])
        return _("The waiver is approved")


class RefuseWaiver(OfWaiver):
    """A refusal."""

    verb = pgettext_lazy("waiver", "Refuse")
    note = lazy("The months stay owed. The branch is told the answer and may ask anew.")

    answer = forms.ChoiceField(label=lazy("Answer to the branch"))

    def prepare(self) -> None:
        """The answers of the rules."""
        super().prepare()
        answer, language = self.fields["answer"], get_language() or ""
        assert isinstance(answer, forms.ChoiceField)
        answer.choices = [(code, words.say(language)) for code, words in dues_rules().answers.items()]

    def perform(self, now: Any) -> str:
        """Refuse it."""
        actions.refuse_waiver(actor=self.actor, now=now, waiver=self.about, answer=self.cleaned_data["answer"])
        return _("The waiver is refused, and the branch is told why")


class WithdrawWaiver(OfWaiver):
    """A withdrawal."""

    verb = pgettext_lazy("waiver", "Withdraw")
    note = lazy("The months are owed as if nothing had been asked.")

    def perform(self, now: Any) -> str:
        """Withdraw it."""
        actions.withdraw_waiver(actor=self.actor, now=now, waiver=self.about)
        return _("The waiver is withdrawn")


OF_WAIVER: dict[str, type[OfWaiver]] = {"approve": ApproveWaiver, "refuse": RefuseWaiver, "withdraw": WithdrawWaiver}


def steps(waiver: Waiver, *, keeps: bool, approves: bool) -> dict[str, type[OfWaiver]]:
    """What somebody may do with a waiver, who keeps the branch's dues, or decides from above it."""
    allowed = {
        Waiver.STUDIED: (["approve", "refuse"] if approves else []) + (["withdraw"] if keeps else []),
        Waiver.APPROVED: ["withdraw"] if approves else [],
    }.get(waiver.state, [])
    return {act: OF_WAIVER[act] for act in allowed}
