"""What is asked before a demonstration site or base is given, and while it stands."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from baolei.naming import demonstrations as giving
from baolei.naming.forms import OF_TITLE, AnswerOfBranch
from baolei.naming.models import Demonstration
from baolei.organisations import doors
from baolei.organisations.forms import Day, NodeField, choose
from baolei.organisations.forms_of_people import PeopleForm
from baolei.programme import titles
from baolei.warehouse.rulebook import titles as title_rules


class ProposeSite(PeopleForm):
    """An honour is proposed."""

    verb = lazy("Propose an honour")
    note = lazy("It goes to one branch; a base are branches led by one. It is given when another person agrees.")

    kind = forms.ChoiceField(label=lazy("Kind"))
    name = forms.CharField(label=lazy("Name"), max_length=100)
    unit = NodeField("units", label=lazy("Given by the unit"), help_text=lazy("Code or name."))
    lead = NodeField("organisations", label=lazy("Lead branch"), help_text=lazy("Code or name."))
    others = forms.CharField(
        label=lazy("Other branches of a base"), required=False, max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}), help_text=lazy("Code or name, one a line."),
    )  # fmt: skip
    document = forms.CharField(label=lazy("Document"), max_length=100)
    on = forms.DateField(label=lazy("From which day on"), widget=Day)

    def prepare(self) -> None:
        """Today, and the nodes of the own scope."""
        self.fields["on"].initial = self.today
        language = get_language() or ""
        choose(self, "kind", ((code, one.name.say(language)) for code, one in title_rules().honours.items()))
        for name, states in (("unit", doors.units), ("lead", doors.organisations)):
            field = self.fields[name]
            assert isinstance(field, NodeField)
            field.queryset = states(self.scope)

    def clean_unit(self) -> Any:
        """A unit that one answers for as a whole."""
        unit = self.cleaned_data["unit"]
        if unit and not self.scope.holds(unit.path):
            raise forms.ValidationError(_("You do not answer for %(unit)s") % {"unit": unit.name})
        return unit

    def clean_others(self) -> list[Any]:
        """The branches that are meant, line by line. Raises ValidationError naming the line."""
        one = NodeField("organisations")
        one.queryset = doors.organisations(self.scope)
        found, faults = [], list[str]()
        for number, words in enumerate(self.cleaned_data["others"].splitlines(), 1):
            try:
                found.append(one.clean(words))
            except forms.ValidationError as error:
                faults.append(_("Line %(number)d: %(fault)s") % {"number": number, "fault": error.messages[0]})
        if faults:
            raise forms.ValidationError(faults)
        return [state for state in found if state is not None]

    def perform(self, now: Any) -> str:
        """Propose it."""
        said = self.cleaned_data
        giving.propose(**self.given, now=now, kind=said["kind"], name=said["name"], unit=said["unit"].unit,
                       branches=[said["lead"], *said["others"]], lead=said["lead"], document=said["document"],
                       on=said["on"])  # fmt: skip
        return _("It is proposed: another person has to agree")


class AgreeToSite(PeopleForm):
    """The second person."""

    verb = lazy("Agree")
    note = lazy("You agree to what another has proposed; from its day on it stands.")

    def perform(self, now: Any) -> str:
        """Agree."""
        giving.agree(**self.given, now=now, demonstration=self.about)
        return _("It is decided")


class DeclineSite(PeopleForm):
    """It is not given."""

    verb = lazy("Do not give it")
    note = lazy("What was proposed does not come about.")

    def perform(self, now: Any) -> str:
        """Decline."""
        giving.decline(**self.given, now=now, demonstration=self.about)
        return _("It is not given")


OF_DEMONSTRATION: dict[str, type[PeopleForm]] = {
    "agree": AgreeToSite, "decline": DeclineSite, **OF_TITLE, "answer": AnswerOfBranch,
}  # fmt: skip
"""What is done with a site or a base, by its name in the address."""


def offered(mine: Demonstration, *, gives: bool, answers: bool) -> dict[str, type[PeopleForm]]:
    """What may be done with it now, by one who gives it and by its lead branch."""
    if mine.state == Demonstration.PROPOSED:
        names = ("agree", "decline") if gives else ()
        return {name: OF_DEMONSTRATION[name] for name in names}
    if mine.state == Demonstration.DECLINED:
        return {}
    ways = {row.act for row in titles.STATES.ways(mine.state, "committee")} if gives else set()
    found: dict[str, type[PeopleForm]] = {name: form for name, form in OF_TITLE.items() if form.act in ways}
    if answers and mine.state == titles.WITHDRAWING:
        found["answer"] = AnswerOfBranch
    return found
