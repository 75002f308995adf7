"""What is asked before a form is proposed, decided, withdrawn or said to be of use, and before a branch says that one
is too much.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.burden import actions, doors, existing, register
from baolei.burden.actions import Draft
from baolei.burden.models import LONGEST_WORDS, Complaint
from baolei.organisations.forms import Day, choose, name_field
from baolei.organisations.forms_of_people import PeopleForm
from baolei.organisations.models import UnitState
from baolei.programme.asked import Cost, cost
from baolei.programme.organisation.periods import months_later
from baolei.warehouse.rulebook import fields as field_names
from baolei.warehouse.rulebook import forms as form_rules
from baolei.warehouse.rulebook import setup_rules

DAY = timedelta(days=1)


class Propose(PeopleForm):
    """A new form: what exists and what it costs is shown before it can be proposed."""

    verb = lazy("Propose this form")
    note = lazy(
        "Before a new form is proposed, see what is on record and what it would cost all branches below. A box that is"
        " on record already is taken out: read it where it stands."
    )

    unit = forms.ChoiceField(label=lazy("Which unit asks"))
    title = name_field(lazy("Title of the form"))
    basis = forms.CharField(
        label=lazy("Legal basis"), max_length=200,
        help_text=lazy("The document that allows it to be asked, with its number."),
    )  # fmt: skip
    asks = forms.CharField(
        label=lazy("What it asks, one box in a line"), widget=forms.Textarea(attrs={"rows": 6}), max_length=4000
    )
    fields_asked = forms.MultipleChoiceField(
        label=lazy("Of which fields"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=lazy("None: of all."),
    )  # fmt: skip
    kinds_asked = forms.MultipleChoiceField(
        label=lazy("Of which kinds of branches"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=lazy("None: of all."),
    )  # fmt: skip
    often = forms.ChoiceField(label=lazy("How often"))
    minutes = forms.IntegerField(label=lazy("Minutes it takes a branch each time"), min_value=1, max_value=600)
    begins = forms.DateField(label=lazy("From which day on"), widget=Day)
    ends = forms.DateField(label=lazy("Expires on"), widget=Day)
    insists = forms.CharField(
        label=lazy("If a box on record must be asked all the same: why"), required=False, max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=lazy("A second person decides on it, with a reason of the own."),
    )  # fmt: skip

    def prepare(self) -> None:
        """The own units, every field and kind, a year from today."""
        language, rules = get_language() or "", form_rules()
        self.units: dict[str, UnitState] = {str(one.unit_id): one for one in doors.own_units(self.actor, self.today)}
        kinds = setup_rules(self.today).kinds
        choose(self, "unit", [(pk, one.name) for pk, one in self.units.items()])
        choose(self, "fields_asked", [(code, name.say(language)) for code, name in field_names().items()])
        choose(self, "kinds_asked", [(one, kinds[one].name.say(language)) for one in setup_rules(self.today).branches])
        choose(self, "often", [(one.code, one.name.say(language)) for one in rules.often.values()])
        longest = rules.number("longest_months")
        self.fields["ends"].help_text = _("%(months)d months at most; then it is proposed anew or it is gone.") % {
            "months": longest}  # fmt: skip
        self.fields["begins"].initial, self.fields["ends"].initial = self.today, months_later(self.today, longest) - DAY

    @property
    def chosen(self) -> UnitState:
        """The unit that asks."""
        return self.units[self.cleaned_data["unit"]]

    @property
    def draft(self) -> Draft:
        """What was entered."""
        said = self.cleaned_data
        asks = tuple(line.strip() for line in said["asks"].splitlines() if line.strip())
        return Draft(said["title"], said["basis"], said["often"], said["minutes"], said["begins"], said["ends"], asks,
                     said["fields_asked"], said["kinds_asked"], said["insists"])  # fmt: skip

    def looked_up(self) -> tuple[list[tuple[str, existing.Found]], Cost]:
        """What exists of it box by box, and what it would cost. Raises Refusal for what no form may be."""
        draft, unit = self.draft, self.chosen
        actions.must_be_possible(draft, unit)
        asking = draft.asking(unit.path)
        branches = register.addressed(asking, self.today)
        return (existing.looked_up(draft.asks, unit.path, self.today),
                cost(asking, branches, form_rules().number("day_hours")))  # fmt: skip


class Agree(PeopleForm):
    """The second person's yes."""

    verb = lazy("Agree to the form")
    note = lazy("From its first day on it asks the branches, until it expires by itself.")

    override = forms.BooleanField(
        label=lazy("It asks what is on record; I have read where, and it is asked all the same"), required=False
    )
    why = forms.CharField(label=lazy("Reason"), max_length=LONGEST_WORDS, widget=forms.Textarea(attrs={"rows": 3}))

    def prepare(self) -> None:
        """Asked only where it asks what is on record."""
        if not self.about.boxes.filter(duplicate=True).exists():
            del self.fields["override"]

    def perform(self, now: datetime) -> str:
        """Agree."""
        actions.agree(**self.given, now=now, form=self.about, override=self.cleaned_data.get("override", False))
        return _("The form is in force")


class Refuse(PeopleForm):
    """The second person's no."""

    verb = lazy("Refuse the form")
    note = lazy("Nobody is asked. Boxes that are on record count as duplicates refused.")

    why = forms.CharField(label=lazy("Reason"), max_length=LONGEST_WORDS, widget=forms.Textarea(attrs={"rows": 3}))

    def perform(self, now: datetime) -> str:
        """Refuse it."""
        actions.refuse(**self.given, now=now, form=self.about)
        return _("The form is refused")


class Withdraw(PeopleForm):
    """A form that asks no more."""

    verb = lazy("Withdraw the form")
    note = lazy("From now on no branch is asked. It stays in the register as withdrawn.")

    def perform(self, now: datetime) -> str:
        """Withdraw it."""
        actions.withdraw(**self.given, now=now, form=self.about)
        return _("The form is withdrawn")


class NoteUse(PeopleForm):
    """What a form was good for."""

    verb = lazy("Say what it was used for")
    note = lazy("A form of which nobody says this for a year stands on the list to be pruned.")

    why = forms.CharField(label=lazy("What it was used for"), max_length=LONGEST_WORDS,
                          widget=forms.Textarea(attrs={"rows": 3}))  # fmt: skip

    def perform(self, now: datetime) -> str:
        """Keep it."""
        actions.note_use(**self.given, now=now, form=self.about)
        return _("It is on record what the form was used for")


class Complain(PeopleForm):
    """What a branch says of a form; `about` is the branch's state and the form, or the code of one of the house."""

    verb = lazy("Say that it is too much")
    note = lazy(
        "The owner answers within working days, and every level above sees it. Nobody is shown which branch it came"
        " from."
    )

    kind = forms.ChoiceField(label=lazy("What is wrong"), choices=Complaint.KINDS)
    why = forms.CharField(label=lazy("In words, if you wish"), max_length=LONGEST_WORDS, required=False,
                          widget=forms.Textarea(attrs={"rows": 3}))  # fmt: skip

    def perform(self, now: datetime) -> str:
        """Say it."""
        state, about = self.about
        made = actions.complain(actor=self.actor, now=now, state=state, about=about, kind=self.cleaned_data["kind"],
                                words=self.cleaned_data["why"])  # fmt: skip
        return _("It is on record: an answer is due by %(day)s") % {"day": made.due}


class AnswerComplaint(PeopleForm):
    """The owner's answer."""

    verb = lazy("Answer the branch")
    note = lazy("Say what is done about it, or why it has to be asked. The branch reads it beside the form.")

    why = forms.CharField(
        label=pgettext_lazy("objection", "Answer"), max_length=LONGEST_WORDS, widget=forms.Textarea(attrs={"rows": 4})
    )

    def perform(self, now: datetime) -> str:
        """Answer."""
        actions.answer(actor=self.actor, now=now, complaint=self.about, words=self.cleaned_data["why"])
        return _("The answer is on record")


OF_FORM: dict[str, type[PeopleForm]] = {"agree": Agree, "refuse": Refuse, "withdraw": Withdraw, "use": NoteUse}
"""What is done with a registered form, by its name in the address."""
